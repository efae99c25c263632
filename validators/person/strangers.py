"""Papers that are surely another person's, and facts typed for another person.

Decided once, before any rule: such papers are set aside, and the rules see only the rest
(:mod:`validators.request.own`). Surely another's is a paper whose name and whose number were both
read surely and both differ from the applicant's; what was read with doubt, a number that is a few
characters off, a page of the applicant's own booklet and a proof that may name the head of the
household all stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.model import Application, Document, DocumentType, Reading
from pipeline.reference import names
from pipeline.reference.same_number import canonical_number
from validators.person.certainty import is_declared_surely, is_sure, is_sure_number
from validators.person.kinds import matters_touched, paper_of
from validators.person.whose import (
    CITIZEN_NUMBER_LENGTH,
    IDENTITY_OF_OWNER,
    Claim,
    Who,
    alike,
    cast,
    claim_of,
    comparable,
    foreign_forms,
    is_exact,
    is_near,
    is_near_number,
    is_same_person,
    proxy_of,
    role_of,
    same_script,
)

_IDENTITY = IDENTITY_OF_OWNER[:8]
_MAINLAND = (DocumentType.ID_CARD, DocumentType.TEMPORARY_ID_CARD)
_NOT_MAINLAND = (
    DocumentType.HMT_RESIDENCE_PERMIT,
    DocumentType.FOREIGN_PERMANENT_RESIDENT_CARD,
    DocumentType.HK_MACAO_TRAVEL_PERMIT,
    DocumentType.TAIWAN_TRAVEL_PERMIT,
    DocumentType.LODGING_REGISTRATION,
)
"""Papers that a holder of an ID card does not have, and that tell where nothing else can."""


GIVE_BACK = "请退回该材料。"


def take_back(label: str) -> str:
    """What the applicant does with another person's paper, for which nothing is asked."""
    return f"请取回他人的{label}"


def strangers(application: Application) -> tuple[Document, ...]:
    """The papers that are surely another person's, in their order."""
    people = cast(application)
    who: Who = (people.names, people.numbers)
    aside = {d.id for d in _forms(application)}
    own = [c for c in people.claims if people.roles[c.document.id] == "applicant"]
    if _is_known(application, own):
        aside |= {
            c.document.id
            for c in people.claims
            if c.document.type == DocumentType.PROXY_UNDERTAKING and _is_for_another(c, application)
            if _differs(c, who, own)
        }
        rest = tuple(d for d in application.documents if d.id not in aside)
        proxy = proxy_of(replace(application, documents=rest))
        for claim in people.claims:
            if claim.document.type == DocumentType.PROXY_UNDERTAKING:
                continue
            if claim.document.type == DocumentType.HUKOU:
                if _is_of_another_booklet(claim, own, application, who, proxy):
                    aside.add(claim.document.id)
            elif (
                role_of(claim, who, proxy) == "other"
                and paper_of(claim.document).person == "applicant"
                and not names_applicant(claim.document, who)
                and _differs(claim, who, own)
            ):
                aside.add(claim.document.id)
    return tuple(d for d in application.documents if d.id in aside)


def names_applicant(document: Document, who: Who) -> bool:
    """Whether the applicant stands elsewhere on the paper (a member of the household)."""
    texts = [r.value for r in document.fields.values()]
    texts += [r.value for rows in document.tables.values() for row in rows for r in row.values()]
    return any(known in text for known in (*who[0], *who[1]) for text in texts)


def person_named(document: Document) -> tuple[str, Reading] | None:
    """The field and the reading that name the paper's person; of a booklet's head page the head."""
    claim = claim_of(document)
    if claim.name_reading is not None:
        return claim.name_field, claim.name_reading
    for field in ("name", "head_name"):
        if reading := document.fields.get(field):
            return field, reading
    return None


def _forms(application: Application) -> tuple[Document, ...]:
    """Forms that somebody else filled in. Where nothing was typed and no other form is there, it
    is open which of form and papers is the stranger's: X14 asks."""
    foreign = foreign_forms(application)
    typed = application.typed
    others = len(application.of(DocumentType.APPLICATION_FORM)) > len(foreign)
    return foreign if others or (typed is not None and typed.name and typed.id_number) else ()


def _is_known(application: Application, own: Sequence[Claim]) -> bool:
    """Whether it is sure who applies: by what was typed or stands on the form, or by two papers."""
    request = application.request
    if request.name and request.id_number:
        sure = (is_declared_surely(application, key) for key in ("name", "id_number"))
        return all(sure) or any(_is_read(c) for c in own)
    return sum(_is_read(c) for c in own) > 1


def _is_for_another(claim: Claim, application: Application) -> bool:
    """Whether nothing but the undertaking itself makes its proxy this applicant's."""
    declared = application.request.proxy
    if declared is None:
        return True
    number = canonical_number(claim.document.value("proxy_id_number") or "")
    name = names.normalise(claim.document.value("proxy_name") or "")
    return name != names.normalise(declared.name) and (
        not number or number != canonical_number(declared.id_number)
    )


def _is_read(claim: Claim) -> bool:
    """Whether name and number were both read surely, a citizen's number with a sound check."""
    if claim.name is None or claim.number is None:
        return False
    citizen = len(claim.number) == CITIZEN_NUMBER_LENGTH
    sound = is_sure_number(claim.number_reading) if citizen else is_sure(claim.number_reading)
    return sound and is_sure(claim.name_reading)


def _differs(claim: Claim, who: Who, own: Sequence[Claim]) -> bool:
    """Whether the paper surely names somebody else: by name and by number, or, where these cannot
    be compared, by a kind of paper that the applicant cannot have beside his own."""
    if not _is_read(claim) or claim.number is None:
        return False
    both = [(a, b) for a in claim.all_names for b in who[0] if same_script(a, b)]
    if any(names.compare(a, b) != "different" for a, b in both):
        return False
    numbers = [n for n in who[1] if len(n) >= CITIZEN_NUMBER_LENGTH - 2 and alike(claim.number, n)]
    numbers += [c.number for c in own if c.number and comparable(claim, c)]
    if any(is_near_number(claim.number, n) for n in numbers):
        return False
    return bool(both and numbers) or _is_of_another_kind(claim, own)


def _is_of_another_kind(claim: Claim, own: Sequence[Claim]) -> bool:
    kinds = {c.document.type for c in own if _is_read(c)}
    mine, not_mine = kinds & set(_MAINLAND), kinds & set(_NOT_MAINLAND)
    if mine and not not_mine:
        return claim.document.type in _NOT_MAINLAND
    return bool(not_mine and not mine) and claim.document.type in _MAINLAND


# ---------------------------------------------------------------- booklets


def _is_of_another_booklet(
    claim: Claim, own: Sequence[Claim], application: Application, who: Who, proxy: Who
) -> bool:
    """Whether the page is of a household that is not the applicant's. Other members' pages of his
    own are usual; beside no booklet of his own, a page is a stranger's where none is needed."""
    document = claim.document
    if claim.says_nothing:
        person = person_named(document)
        if person is None or person[0] != "head_name" or not is_sure(person[1]):
            return False
        if any(names.compare(person[1].value, n) != "different" for n in who[0]):
            return False
    elif role_of(claim, who, proxy) != "household" or not _differs(claim, who, own):
        return False
    if names_applicant(document, who):
        return False
    booklets = [c.document for c in own if c.document.type == DocumentType.HUKOU]
    if not booklets:
        return not claim.says_nothing and not matters_touched(application, document)
    return all("head" in b.faces and _are_two_booklets(b, document) for b in booklets)


def _are_two_booklets(one: Document, other: Document) -> bool:
    """Whether number or head differ surely, and neither of them, nor the address, is the same."""
    if one.value("head_name") and names.compare(
        one.value("head_name") or "", other.value("name") or "—"
    ) in ("same", "variant"):
        return False
    told = []
    for field in ("household_number", "head_name", "address"):
        a, b = one.fields.get(field), other.fields.get(field)
        if a is None or b is None or not a.value or not b.value:
            continue
        x, y = ("".join(r.value.split()) for r in (a, b))
        likeness = names.compare(x, y) if field == "head_name" else "different"
        if x == y or likeness != "different":
            return False
        if field != "address" and is_sure(a) and is_sure(b):
            told.append(field)
    return bool(told)


# ---------------------------------------------------------------- what was typed


def typed_for_another(application: Application) -> tuple[str, str] | None:
    """Name and number of the person whose papers these are, where all of them agree, an identity
    paper among them, and only what was typed is another's. None where the typing may be right."""
    typed = application.typed
    if typed is None or not typed.name or not typed.id_number:
        return None
    if any(c.item in ("name", "id_number") for c in application.request.changes):
        return None
    said = names.normalise(typed.name), canonical_number(typed.id_number)
    proxy = proxy_of(application)
    claims = [_claim(d) for d in application.documents]
    claims = [c for c in claims if not c.says_nothing and not is_exact(c, *proxy)]
    if any(is_exact(c, said[:1], said[1:]) or is_near(c, said[:1], said[1:]) for c in claims):
        return None
    if any(names_applicant(c.document, (said[:1], said[1:])) for c in claims):
        return None
    telling = [c for c in claims if paper_of(c.document).person == "applicant"]
    shown = next((c for c in telling if c.document.type in _IDENTITY and _is_read(c)), None)
    if shown is None or shown.name is None or shown.number is None:
        return None
    if is_same_person(said, (shown.name, shown.number)):
        return None
    if not all(is_exact(c, shown.all_names, (shown.number,)) for c in telling):
        return None
    agreeing = [c for c in claims if _is_read(c) and is_exact(c, (), (shown.number,))]
    return (shown.name, shown.number) if len(agreeing) > 1 else None


def _claim(document: Document) -> Claim:
    """What a paper, or a form, says of its person."""
    if document.type != DocumentType.APPLICATION_FORM:
        return claim_of(document)
    name, number = (document.fields.get(key) for key in ("name", "id_number"))
    return Claim(
        document=document,
        name=names.normalise(name.value) if name and name.value else None,
        name_field="name",
        name_reading=name,
        number=canonical_number(number.value) if number and number.value else None,
        number_field="id_number",
        number_reading=number,
    )
