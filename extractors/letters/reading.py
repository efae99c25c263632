"""Reading the fields of a letter from its running text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from extractors.labelled.arithmetic import corroborate
from extractors.labelled.candidates import prefer
from extractors.labelled.grammar import Grammar
from extractors.labelled.looks import UNLABELLED, look
from extractors.letters.changes import ITEMS, find_changes
from extractors.letters.closing import close_of, weigh_digits
from extractors.letters.events import EVENT_MARGIN, EVENT_RIVALS, event_dates
from extractors.letters.grammar import LETTER_GRAMMARS, NO_BODY
from extractors.letters.groups import group_of
from extractors.letters.kinds import LetterFact, LetterKind
from extractors.letters.members import find_members
from extractors.letters.names import begins_surely, is_open
from extractors.letters.parties import parties_of, phone_of
from extractors.letters.places import mend_place
from extractors.letters.running import Running
from extractors.letters.subject import Subject, subject_of
from pipeline.contracts import Recogniser
from pipeline.evidence.evidence import Evidence, Value, outline_of, reading_of
from pipeline.model import DocumentType, Face, Reading, Sheet
from pipeline.reference import dates
from pipeline.watch import PlaceFound, is_watched, tell

LETTER_USES = {"name": "name", "person": "name", "org": "issuing_authority"}
"""As which field's characters second choices are weighed, by grammar."""

NAMES_DIFFER = "与同页所印的单位名称不一致"
OTHER_PERSON = "文中另有一人也带号码，请核对材料所指的人"
NOT_TOLD = "文中未能分清代办人与申请人"
LETTER_CUT = "姓名前后的字可能属于姓名"
_NUMBER = re.compile(r"(?P<v>(?<!\d)\d{17}[\dXx×])(?!\d)")


def read_facts(
    kind: LetterKind, running: Running, sheet: Sheet, recognise: Recogniser
) -> dict[str, Evidence]:
    """Every field that the text states."""
    fields: dict[str, Evidence] = {}
    for fact in kind.facts:
        evidence = find_fact(fact, running, sheet, recognise)
        if evidence is not None:
            fields[fact.name] = evidence
    return fields


def find_fact(
    fact: LetterFact, running: Running, sheet: Sheet, recognise: Recogniser
) -> Evidence | None:
    """The value that the first fitting label or wording finds. One whose value does not fit the
    field's grammar counts only where no other does better."""
    spare: tuple[int, int] | None = None
    for found in fact.find(running.text):
        span = found.span("v")
        if LETTER_GRAMMARS[fact.grammar](_plain(found["v"])).doubts:
            spare = spare or span
            continue
        return read_span(fact.name, fact.grammar, span, running, sheet, recognise)
    if spare is None:
        return None
    return read_span(fact.name, fact.grammar, spare, running, sheet, recognise)


def _is_cut(grammar: str, text: str, span: tuple[int, int]) -> bool:
    """Whether the character before or behind a name may be a part of it: a surname that is not
    listed (亓 in 亓景行, where no label announces it), or one that names and sentences both go on
    with (为 in 韦有为)."""
    start, end = span
    begins = grammar != "person" or begins_surely(text, start, end)
    return not begins or is_open(text, start, end)


def find_number(running: Running) -> Evidence | None:
    """The only citizen number in a text that does not label it, told by its check digit."""
    found = {
        value.value: span
        for m in _NUMBER.finditer(running.text)
        if (value := LETTER_GRAMMARS["id_number"](_plain(m["v"]))).closed and (span := m.span("v"))
    }
    if len(found) != 1:
        return None
    number, span = found.popitem()
    return Evidence(running.pieces(*span), Value(number, (), True), False, [UNLABELLED])


def read_span(
    name: str,
    grammar: str,
    span: tuple[int, int],
    running: Running,
    sheet: Sheet,
    recognise: Recogniser,
) -> Evidence:
    """A stretch of the text as a field's value, looked at again where it is doubtful."""
    pieces = running.pieces(*span)
    evidence = look(name, pieces, _squeezed(LETTER_GRAMMARS[grammar]), sheet, recognise)
    if grammar in LETTER_USES:
        prefer(LETTER_USES[grammar], evidence)
    if grammar == "org":
        mend_place(evidence)
    if grammar == "full_date":
        weigh_digits(evidence)
    return evidence


def _squeezed(grammar: Grammar) -> Grammar:
    return lambda text: grammar(_plain(text))


def _plain(text: str) -> str:
    return re.sub(r"\s", "", text).strip(".,。，、·:;“”\"'_|")


Tables = Mapping[str, Sequence[Mapping[str, Evidence]]]


def read_letter(
    kind: LetterKind, title: str, running: Running, sheet: Sheet, recognise: Recogniser
) -> tuple[dict[str, Evidence], list[str], Tables]:
    """The fields of a letter, weighed against each other, those that are missing, and the members
    of the household where they are listed."""
    fields = read_facts(kind, running, sheet, recognise)
    for name in kind.events:
        _read_event(name, fields, running, sheet, recognise)
    missing: list[str] = []
    tables: Tables = {}
    if "group" in kind.always:
        _read_group(fields, kind, title, running, sheet, recognise)
        members = find_members(running)
        tables = {"members": members} if members else {}
    if "id_number" in kind.always:
        _read_subject(fields, running, sheet, recognise)
    else:
        _read_parties(fields, running, sheet, recognise)
    closing = close_of(running, sheet, recognise)
    if closing.day is not None:
        fields["issue_date"] = closing.day
    if closing.issuer is not None and "issuing_authority" in kind.always:
        issuer = closing.issuer
        prefer("issuing_authority", issuer)
        mend_place(issuer)
        fields["issuing_authority"] = issuer
        _compare_bodies(issuer, fields)
    if kind.employer_is_issuer:
        _employer(fields, running)
    if "old_value" in kind.always:
        missing += read_changes(fields, running, sheet, recognise)
    corroborate(fields)
    _until(fields)
    asked = (name for name in kind.always if name not in ("old_value", "new_value"))
    return fields, [*missing, *(name for name in asked if name not in fields)], tables


def _read_event(
    name: str, fields: dict[str, Evidence], running: Running, sheet: Sheet, recognise: Recogniser
) -> None:
    """The date of an event, in place, doubted where another date is as likely."""
    found = event_dates(running.text, name)
    if not found:
        return
    best = found[0]
    fields[name] = read_span(name, "full_date", best.span, running, sheet, recognise)
    if any(d.value != best.value and best.weight - d.weight < EVENT_MARGIN for d in found[1:]):
        fields[name].doubts.append(EVENT_RIVALS)


def _read_group(
    fields: dict[str, Evidence],
    kind: LetterKind,
    title: str,
    running: Running,
    sheet: Sheet,
    recognise: Recogniser,
) -> None:
    """The group that the paper proves, in place, and whether it still holds."""
    told = group_of(running.text, title)
    if told is None:
        return
    fields["group"] = read_span("group", "group", told.span, running, sheet, recognise)
    fields["group"].doubts += told.doubts
    if "category" in kind.always:
        wording = read_span("category", "wording", told.wording, running, sheet, recognise)
        wording.doubts += told.wording_doubts
        fields["category"] = wording
    if told.state is not None:
        pieces, doubts = fields["group"].pieces, list(told.state_doubts)
        fields["group_state"] = Evidence(pieces, Value(told.state, (), True), False, doubts)


def _read_subject(
    fields: dict[str, Evidence], running: Running, sheet: Sheet, recognise: Recogniser
) -> None:
    """Whom the letter is about and the number beside, in place."""
    subject = subject_of(running.text)
    number = fields.get("id_number")
    if number is None:
        number = find_number(running)
        if number is not None:
            fields["id_number"] = number
    if subject is None:
        return
    name = _read_name("name", subject, running, sheet, recognise)
    fields["name"] = name
    if subject.number is not None:
        beside = running.text[slice(*subject.number)].upper()
        if number is None or number.value.value != beside or UNLABELLED in number.doubts:
            fields["id_number"] = read_span(
                "id_number", "id_number", subject.number, running, sheet, recognise
            )
    if subject.rival:
        for evidence in (name, fields.get("id_number")):
            if evidence is not None:
                evidence.doubts.append(OTHER_PERSON)


def _read_name(
    field: str, subject: Subject, running: Running, sheet: Sheet, recognise: Recogniser
) -> Evidence:
    grammar = "name" if subject.labelled else "person"
    evidence = read_span(field, grammar, subject.name, running, sheet, recognise)
    if _is_cut(grammar, running.text, subject.name):
        evidence.doubts.append(LETTER_CUT)
    return evidence


def _read_parties(
    fields: dict[str, Evidence], running: Running, sheet: Sheet, recognise: Recogniser
) -> None:
    """Proxy and applicant, in place."""
    parties = parties_of(running.text)
    for role, person in parties.persons.items():
        name = _read_name(f"{role}_name", person, running, sheet, recognise)
        fields[f"{role}_name"] = name
        if person.number is not None:
            field = f"{role}_id_number"
            fields[field] = read_span(field, "id_number", person.number, running, sheet, recognise)
        if parties.unsure:
            for field in (f"{role}_name", f"{role}_id_number"):
                if field in fields:
                    fields[field].doubts.append(NOT_TOLD)
    phone = phone_of(running.text, parties)
    if phone is not None:
        fields["proxy_phone"] = read_span("proxy_phone", "phone", phone, running, sheet, recognise)


def read_changes(
    fields: dict[str, Evidence], running: Running, sheet: Sheet, recognise: Recogniser
) -> list[str]:
    """What was changed, in place: ``old_<item>``, ``new_<item>``; returns what is missing. The
    person's own name and number are the new ones."""
    spans = find_changes(running)
    grammars = {item.field: item.grammar for item in ITEMS}
    for name, span in spans.items():
        grammar = grammars[name.partition("_")[2]]
        fields[name] = read_span(name, grammar, span, running, sheet, recognise)
    for item in ("name", "id_number"):
        old, new, own = (fields.get(name) for name in (f"old_{item}", f"new_{item}", item))
        if new is not None and (own is None or (old is not None and _same_place(own, old))):
            fields[item] = Evidence(new.pieces, new.value, new.agreed, list(new.doubts), "derived")
        elif new is None and old is not None and own is not None and own.value != old.value:
            doubts = list(own.doubts)
            fields[f"new_{item}"] = Evidence(own.pieces, own.value, own.agreed, doubts, "derived")
    items = [name for name in grammars if f"old_{name}" in fields or f"new_{name}" in fields]
    if not items:
        return ["old_value", "new_value"]
    sides = (f"{side}_{name}" for name in items for side in ("old", "new"))
    return [name for name in sides if name not in fields]


def _same_place(one: Evidence, other: Evidence) -> bool:
    return [p.quad for p in one.pieces] == [p.quad for p in other.pieces]


_OWN_STAFF = re.compile(
    r"[我本](?:单位|公司|局|校|院|厂|所|中心|社|部|委|站|司)[^,。;\n]{0,8}?(?:职工|员工|教师|干部|医生|护士|工人|聘用)|"
    r"[与和同][我本](?:单位|公司|局|校|院|厂|所|中心|社|部|委|站|司)"
)
_REQUESTED = re.compile(r"(?:你|贵)(?:单位|公司|局|校|院|厂|所|中心|社|部|委|站)")
ADDRESSED = "服务处所按落款或主送单位推定"


def _compare_bodies(issuer: Evidence, fields: Mapping[str, Evidence]) -> None:
    """An issuer that is the end of the employer's name, or the other way round, lost its
    beginning."""
    employer = fields.get("employer")
    if employer is None:
        return
    one, other = issuer.value.value, employer.value.value
    if one != other and (one.endswith(other) or other.endswith(one)):
        issuer.doubts.append(NAMES_DIFFER)
        employer.doubts.append(NAMES_DIFFER)


def _employer(fields: dict[str, Evidence], running: Running) -> None:
    """Who writes that somebody left is the employer, or the authority above that answers it: then
    the employer is addressed."""
    if "addressee" in fields and NO_BODY in fields["addressee"].value.doubts:
        del fields["addressee"]
    issuer, named = fields.get("issuing_authority"), fields.get("employer")
    if named is not None and NO_BODY not in named.value.doubts:
        return
    body, doubts = issuer, list[str]()
    addressed = fields.get("addressee")
    own = _OWN_STAFF.search(running.text) is not None
    if addressed is not None and not addressed.value.doubts and not own:
        within = issuer is not None and addressed.value.value.startswith(issuer.value.value)
        if not within:
            doubts = [ADDRESSED]
            body = addressed if _REQUESTED.search(running.text) else issuer
    if body is not None:
        doubts += body.doubts
        fields["employer"] = Evidence(body.pieces, body.value, body.agreed, doubts, "derived")


def _until(fields: dict[str, Evidence]) -> None:
    """The last day of a letter that is good for so many days from its date."""
    lasts, day = fields.get("validity_days"), fields.get("issue_date")
    begun = dates.to_date(day.value.value) if day else None
    if lasts is None or day is None or begun is None or "valid_to" in fields:
        return
    if not lasts.value.value.isdigit():
        return
    until = begun + timedelta(days=int(lasts.value.value))
    doubts = [*lasts.value.doubts, *lasts.doubts, *day.value.doubts, *day.doubts]
    pieces = [*lasts.pieces, *day.pieces]
    fields["valid_to"] = Evidence(
        pieces, Value(until.isoformat(), (), True), False, doubts, "derived"
    )


def make_face(
    kind: DocumentType,
    score: float,
    sheet: Sheet,
    fields: Mapping[str, Evidence],
    missing: Iterable[str],
    tables: Mapping[str, Sequence[Mapping[str, Evidence]]] | None = None,
) -> Face:
    """The face as it goes out: one page that is all of the sheet."""
    return Face(
        type=kind,
        face="page",
        score=round(score, 3),
        page=sheet.ref,
        outline=outline_of(sheet),
        fields=_readings(fields, sheet),
        missing=tuple(name for name in missing if name not in fields),
        tables={
            name: tuple(_readings(row, sheet) for row in rows)
            for name, rows in (tables or {}).items()
        },
    )


def _readings(fields: Mapping[str, Evidence], sheet: Sheet) -> dict[str, Reading]:
    return {name: reading_of(evidence, sheet) for name, evidence in fields.items()}
