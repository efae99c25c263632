"""Whose papers these are: the applicant's, the proxy's, another member's of the household.

A paper is the applicant's when its number or its name is the one that was typed or stands on the
form; where neither says, the person whom most papers name. A name or number that is one
character off still points to the same person, so that the difference is named and not lost.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pipeline.model import Application, Document, DocumentType, Reading
from pipeline.reference import names
from pipeline.reference.same_number import canonical_number
from validators.person.certainty import is_sure
from validators.person.kinds import first, paper_of

OwnerRole = Literal["applicant", "proxy", "household", "member", "other", "nobody"]
"""``household``: another member's page of the booklet; ``member``: a proof in the name of somebody
else of the household that lists the applicant; ``other``: somebody else's paper; ``nobody``: the
paper names no one."""

IDENTITY_OF_OWNER = (
    DocumentType.ID_CARD,
    DocumentType.TEMPORARY_ID_CARD,
    DocumentType.HMT_RESIDENCE_PERMIT,
    DocumentType.FOREIGN_PERMANENT_RESIDENT_CARD,
    DocumentType.PASSPORT,
    DocumentType.HK_MACAO_TRAVEL_PERMIT,
    DocumentType.TAIWAN_TRAVEL_PERMIT,
    DocumentType.SOCIAL_SECURITY_CARD,
    DocumentType.HUKOU,
    DocumentType.RESIDENCE_PERMIT,
    DocumentType.DISABILITY_CERTIFICATE,
)
"""Papers that say who someone is, the most telling first."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What one paper says of its person. ``name`` and ``number`` are canonical, with the readings
    that they come from; ``other_names`` are the same person's in another script. A number may be
    a citizen's, a permit's or a passport's: see :func:`comparable`."""

    document: Document
    name: str | None
    name_field: str
    name_reading: Reading | None
    number: str | None
    number_field: str
    number_reading: Reading | None
    other_names: tuple[str, ...] = ()

    @property
    def all_names(self) -> tuple[str, ...]:
        """Every name on the paper, in whatever script."""
        return (*((self.name,) if self.name else ()), *self.other_names)

    @property
    def says_nothing(self) -> bool:
        """Whether the paper names no person at all."""
        return self.name is None and self.number is None


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays which part. ``names`` and ``numbers`` are those by which the applicant may go
    (old and new ones of a change registration included)."""

    names: tuple[str, ...]
    numbers: tuple[str, ...]
    claims: tuple[Claim, ...]
    roles: dict[str, OwnerRole]

    def of(self, *roles: OwnerRole) -> tuple[Claim, ...]:
        """The claims of papers in these roles, the most telling identity paper first."""
        chosen = [c for c in self.claims if self.roles[c.document.id] in roles]
        return tuple(sorted(chosen, key=_rank))


def _rank(claim: Claim) -> int:
    kind = claim.document.type
    return IDENTITY_OF_OWNER.index(kind) if kind in IDENTITY_OF_OWNER else len(IDENTITY_OF_OWNER)


def claim_of(document: Document) -> Claim:
    """What the document says of its person."""
    paper = paper_of(document)
    name = first(document, paper.name)
    number = first(document, paper.number)
    if number is not None and "*" in number[1].value:  # masked on the paper itself
        number = None
    return Claim(
        document=document,
        name=names.normalise(name[1].value) if name else None,
        name_field=name[0] if name else "name",
        name_reading=name[1] if name else None,
        number=canonical_number(number[1].value) if number else None,
        number_field=number[0] if number else "id_number",
        number_reading=number[1] if number else None,
        other_names=tuple(
            names.normalise(reading.value)
            for field in paper.other_names
            if (reading := document.fields.get(field)) is not None and reading.value
        ),
    )


def cast(application: Application) -> Cast:
    """The applicant, and the role of every document by its id."""
    claims = tuple(claim_of(d) for d in application.documents)
    known_names, known_numbers = _known(application, claims)
    proxy_names, proxy_numbers = proxy_of(application)
    if not known_names and not known_numbers:
        rest = [c for c in claims if not is_exact(c, proxy_names, proxy_numbers)]
        known_names, known_numbers = _most_named(rest)
    roles: dict[str, OwnerRole] = {}
    for claim in claims:
        roles[claim.document.id] = role_of(
            claim, (known_names, known_numbers), (proxy_names, proxy_numbers)
        )
    return Cast(known_names, known_numbers, claims, roles)


def judged(application: Application) -> tuple[Document, ...]:
    """The papers that are held to their rules: the applicant's, the proxy's, and those that name
    nobody. Other members' pages of a booklet matter only to X6, a stranger's paper to X1 and X2."""
    roles = cast(application).roles
    return tuple(d for d in application.documents if roles[d.id] not in ("household", "other"))


Who = tuple[tuple[str, ...], tuple[str, ...]]


def _known(application: Application, claims: tuple[Claim, ...]) -> Who:
    """Names and numbers that were typed or stand on the form, with those of a change. Nothing of
    a form that is somebody else's."""
    request, typed = application.request, application.typed
    found_names, numbers = [request.name or ""], [request.id_number or ""]
    if any(_is_foreign(f, application, claims) for f in _forms(application)):
        found_names = [(typed.name if typed else None) or ""]
        numbers = [(typed.id_number if typed else None) or ""]
    for change in request.changes:
        if change.item == "name":
            found_names += [change.old, change.new]
        elif change.item == "id_number":
            numbers += [change.old, change.new]
    return (
        tuple(dict.fromkeys(names.normalise(n) for n in found_names if n.strip())),
        tuple(dict.fromkeys(canonical_number(n) for n in numbers if n.strip())),
    )


# ---------------------------------------------------------------- whose form


def foreign_forms(application: Application) -> tuple[Document, ...]:
    """Forms that somebody else than the applicant filled in for himself: name and number are both
    read surely and are neither what was typed nor, where nothing was typed, what any paper says."""
    forms = _forms(application)
    if not forms:
        return ()
    claims = tuple(claim_of(d) for d in application.documents)
    return tuple(f for f in forms if _is_foreign(f, application, claims))


def _forms(application: Application) -> tuple[Document, ...]:
    """The forms on which both name and number were read surely."""
    return tuple(
        f
        for f in application.of(DocumentType.APPLICATION_FORM)
        if all(
            (r := f.fields.get(n)) is not None and r.value and is_sure(r)
            for n in ("name", "id_number")
        )
    )


def _is_foreign(form: Document, application: Application, claims: tuple[Claim, ...]) -> bool:
    name, number = form.value("name") or "", canonical_number(form.value("id_number") or "")
    typed = application.typed
    if typed is not None and (typed.name or typed.id_number):
        said_name = names.normalise(typed.name or "")
        said_number = canonical_number(typed.id_number or "")
        return bool(said_name and said_number) and not is_same_person(
            (name, number), (said_name, said_number)
        )
    proxy_names, proxy_numbers = proxy_of(application)
    speaking = [
        c
        for c in claims
        if c.document.type in IDENTITY_OF_OWNER[:-3]
        and c.name
        and c.number
        and all(r is not None and is_sure(r) for r in (c.name_reading, c.number_reading))
        and not is_exact(c, proxy_names, proxy_numbers)
    ]
    return bool(speaking) and not any(
        is_same_person((name, number), (c.name or "", c.number or "")) for c in speaking
    )


def is_same_person(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether two pairs of name and number may be one person's: either of them is alike, or the
    two cannot be compared."""
    if not same_script(one[0], other[0]) or not alike(one[1], other[1]):
        return True
    return names.compare(one[0], other[0]) != "different" or is_near_number(one[1], other[1])


# ---------------------------------------------------------------- members of a household


def members_of(document: Document) -> tuple[tuple[str, str], ...]:
    """Name and number of every member of the household that the paper lists."""
    rows = document.tables.get("members", ())
    texts = [{key: reading.value for key, reading in row.items()} for row in rows]
    return tuple(
        (names.normalise(t.get("name", "")), canonical_number(t.get("id_number", "")))
        for t in texts
        if t.get("name") or t.get("id_number")
    )


def lists(document: Document, who: Who) -> Literal["number", "name", ""]:
    """By what the paper lists this person among the members: the number, the name alone, or not
    at all."""
    known_names, numbers = who
    found: Literal["name", ""] = ""
    for name, number in members_of(document):
        if number and number in numbers:
            return "number"
        if any(names.compare(name, known) in ("same", "variant") for known in known_names):
            found = found or ("" if number and numbers else "name")
    return found


def proxy_of(application: Application) -> Who:
    """Names and numbers of who hands the application in: declared, or in the undertaking."""
    found_names: list[str] = []
    numbers: list[str] = []
    if application.request.proxy is not None:
        found_names.append(application.request.proxy.name)
        numbers.append(application.request.proxy.id_number)
    for document in application.of(DocumentType.PROXY_UNDERTAKING):
        found_names.append(document.value("proxy_name") or "")
        numbers.append(document.value("proxy_id_number") or "")
    return (
        tuple(dict.fromkeys(names.normalise(n) for n in found_names if n.strip())),
        tuple(dict.fromkeys(canonical_number(n) for n in numbers if n.strip())),
    )


def is_own_proxy(application: Application, people: Cast) -> bool:
    """Whether the applicant is named as his own proxy: by the number, else by the name."""
    found_names, numbers = proxy_of(application)
    if numbers:
        return bool(set(numbers) & set(people.numbers))
    return bool(set(found_names) & set(people.names))


def _most_named(claims: Iterable[Claim]) -> Who:
    """Name and number of the person whom most papers name; on a tie the most telling paper's."""
    speaking = sorted((c for c in claims if not c.says_nothing), key=_rank)
    if not speaking:
        return (), ()
    counted = [
        sum(is_exact(other, c.all_names, (c.number,) if c.number else ()) for other in speaking)
        for c in speaking
    ]
    chosen = speaking[counted.index(max(counted))]
    return chosen.all_names, (chosen.number,) if chosen.number else ()


def role_of(claim: Claim, applicant: Who, proxy: Who) -> OwnerRole:
    """Whose paper it is, of these two persons'."""
    if claim.says_nothing:
        return "nobody"
    if is_exact(claim, *applicant):
        return "applicant"
    if is_exact(claim, *proxy):
        return "proxy"
    if is_near(claim, *applicant):
        return "applicant"
    if is_near(claim, *proxy):
        return "proxy"
    if paper_of(claim.document).person == "household":
        return "household"
    if paper_of(claim.document).person == "either" and lists(claim.document, applicant):
        return "member"
    return "other"


def is_exact(claim: Claim, known_names: tuple[str, ...], numbers: tuple[str, ...]) -> bool:
    """Whether the claim names the person by the number, or by the name."""
    if claim.number is not None and claim.number in numbers:
        return True
    return any(
        names.compare(name, known) in ("same", "variant")
        for name in claim.all_names
        for known in known_names
    )


def is_near(claim: Claim, known_names: tuple[str, ...], numbers: tuple[str, ...]) -> bool:
    """Whether a misreading is the likely reason that claim and person differ: the number is a few
    characters off, or there is no number to go by and the name is one character off."""
    of_this_kind = [n for n in numbers if claim.number is not None and alike(claim.number, n)]
    if claim.number is not None and of_this_kind:
        return any(is_near_number(claim.number, n) for n in of_this_kind)
    return any(
        names.compare(name, known) == "near" for name in claim.all_names for known in known_names
    )


CITIZEN_NUMBER_LENGTH = 18


def alike(a: str, b: str) -> bool:
    """Whether two numbers are of one kind as far as their lengths tell: both a citizen's (one of
    them maybe with a character lost), or both of some shorter kind."""
    return (len(a) >= CITIZEN_NUMBER_LENGTH - 2) == (len(b) >= CITIZEN_NUMBER_LENGTH - 2)


def comparable(a: Claim, b: Claim) -> bool:
    """Whether the numbers of two papers must be the same: two citizen numbers, or two papers of
    one kind. A passport and a permit have each their own."""
    if a.number is None or b.number is None or not alike(a.number, b.number):
        return False
    citizens = len(a.number) >= CITIZEN_NUMBER_LENGTH - 2
    return citizens or a.document.type == b.document.type


def is_near_number(a: str, b: str) -> bool:
    """At most two characters differ, or one is lost: never two persons by chance, as a sound
    number has no sound neighbour one digit away; siblings differ in birth date and sequence."""
    if len(a) == len(b):
        return sum(x != y for x, y in zip(a, b, strict=True)) <= 2
    short, long = sorted((a, b), key=len)
    return len(long) - len(short) == 1 and any(
        long[:i] + long[i + 1 :] == short for i in range(len(long))
    )


def same_script(a: str, b: str) -> bool:
    """Whether two names can be compared at all: both Chinese, or both Latin."""
    return any(map(names.is_han, a)) == any(map(names.is_han, b))
