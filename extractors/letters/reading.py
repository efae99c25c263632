"""Reading the fields of a letter from its running text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from extractors.labelled.arithmetic import corroborate
from extractors.labelled.candidates import prefer
from extractors.labelled.grammar import Grammar
from extractors.labelled.looks import UNLABELLED, look
from extractors.letters.closing import close_of, weigh_digits
from extractors.letters.grammar import LETTER_GRAMMARS, NO_BODY
from extractors.letters.kinds import LetterFact, LetterKind
from extractors.letters.mentions import weigh_mentions
from extractors.letters.names import begins_surely, is_apart, is_open
from extractors.letters.owners import weigh_owner, weigh_parts
from extractors.letters.places import mend_place
from extractors.letters.running import Running
from extractors.letters.telling import title_of, title_rows, without_remark
from pipeline.contracts import Recogniser
from pipeline.evidence.evidence import Evidence, Value, outline_of, reading_of
from pipeline.model import DocumentType, Face, Reading, Sheet
from pipeline.reference import dates
from pipeline.watch import PlaceFound, is_watched, tell

LETTER_USES = {"name": "name", "person": "name", "org": "issuing_authority"}
"""As which field's characters second choices are weighed, by grammar."""

IN_TEXT = {"name": "person"}
"""Stricter grammars of values that no label announces."""
NAMES_DIFFER = "与同页所印的单位名称不一致"
LETTER_CUT = "姓名前后的字可能属于姓名"
ELSEWHERE = "只在标题或其他语句中出现"
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
    """The value that the first fitting pattern finds. A pattern whose value does not fit the
    field's grammar counts only where no other does better."""
    spare: tuple[str, tuple[int, int]] | None = None
    for i, pattern in enumerate(fact.patterns):
        for found in pattern.finditer(running.text):
            span = found.span("v")
            labelled = i < fact.labelled and is_apart(running.text, span[0])
            grammar = fact.grammar if labelled else IN_TEXT.get(fact.grammar, fact.grammar)
            doubts = LETTER_GRAMMARS[grammar](_plain(found["v"])).doubts
            if not doubts and not _is_cut(grammar, running.text, span):
                fullest, rivals = span, tuple[str, ...]()
                if i >= fact.labelled or fact.grammar != "full_date":
                    fullest, rivals = weigh_mentions(fact, span, running.text)
                evidence = read_span(fact.name, grammar, fullest, running, sheet, recognise)
                evidence.doubts += rivals
                if fact.weak and pattern is fact.patterns[-1] and fullest == span:
                    evidence.doubts.append(ELSEWHERE)
                return evidence
            spare = spare or (grammar, span)
    if spare is None:
        short = (found.span("v") for p in fact.short for found in p.finditer(running.text))
        spare = next(((fact.grammar, span) for span in short), None)
    if spare is None:
        return None
    evidence = read_span(fact.name, spare[0], spare[1], running, sheet, recognise)
    if _is_cut(spare[0], running.text, spare[1]):
        evidence.doubts.append(LETTER_CUT)
    return evidence


def _is_cut(grammar: str, text: str, span: tuple[int, int]) -> bool:
    """Whether the character before or behind a name may be a part of it: a surname that is not
    listed (亓 in 亓景行, where no label announces it), or one that names and sentences both go on
    with (为 in 韦有为)."""
    start, end = span
    if grammar not in LETTER_USES or grammar == "org":
        return False
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


def read_letter(
    kind: LetterKind, running: Running, sheet: Sheet, recognise: Recogniser
) -> tuple[dict[str, Evidence], list[str]]:
    """The fields of a letter, weighed against each other, and those that are missing."""
    if is_watched():
        _tell_title(running)
    fields = read_facts(kind, running, sheet, recognise)
    if "id_number" in kind.always and "id_number" not in fields:
        number = find_number(running)
        if number is not None:
            fields["id_number"] = number
    _weigh_people(kind, fields, running, sheet, recognise)
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
    corroborate(fields)
    _until(fields)
    return fields, [name for name in kind.always if name not in fields]


def _tell_title(running: Running) -> None:
    title = title_of(running)
    for row in title_rows(running):
        text = without_remark(row.text)
        if title is not None and text and text in title:
            for piece in row.pieces:
                tell(PlaceFound("title", piece.quad))


def _weigh_people(
    kind: LetterKind,
    fields: dict[str, Evidence],
    running: Running,
    sheet: Sheet,
    recognise: Recogniser,
) -> None:
    def take(field: str, grammar: str, span: tuple[int, int]) -> Evidence:
        return read_span(field, grammar, span, running, sheet, recognise)

    weigh = weigh_owner if "id_number" in kind.always else weigh_parts
    weigh(fields, running.text, take)


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
    issuer, named = fields.get("issuing_authority"), fields.get("employer")
    if named is not None and NO_BODY not in named.value.doubts:
        return
    body, doubts = issuer, list[str]()
    addressed = fields.pop("addressee", None)
    if addressed is not None and not addressed.value.doubts:
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
