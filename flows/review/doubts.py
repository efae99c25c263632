"""What a person must look at in a case, one thing after another.

A doubt about a field is one thing, however many findings rest on it: once the value is settled, the
checks say what remains. A judgement (a rule that only a person can answer) is one thing for all
matters that it concerns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from hashlib import sha256

from pipeline.deciding import Detail, Paper, paper_of
from pipeline.evidence.evidence import threshold
from pipeline.finding import Finding, Severity, field_label, type_label
from pipeline.model import Document, DocumentType, PageRef, Quad, Reading, UnsureChar
from pipeline.record import Record
from pipeline.reference import idnumber, names
from pipeline.reference.names import is_han

READING_RULES = ("OCR-LOW", "OCR-MISSING")
OFFERED = 5
"""Whole values that are offered to choose from."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The same fact on another paper."""

    document: Document
    field: str
    reading: Reading
    agrees: bool


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to settle. ``is_field``: what stands in a field is in doubt; else it is asked what
    follows from a finding. ``key`` names it on the page."""

    key: str
    is_field: bool
    findings: tuple[Finding, ...]
    document: Document | None = None
    field: str | None = None
    paper: Paper | None = None
    elsewhere: tuple[Elsewhere, ...] = ()
    beside: Document | None = None
    """Where to look for what is asked about no paper in particular: what a form says, say."""

    @property
    def reading(self) -> Reading | None:
        """What the machine read."""
        return None if self.document is None else self.document.fields.get(self.field or "")

    @property
    def value(self) -> str:
        """The machine's value; empty where it read none."""
        return "" if self.reading is None else self.reading.value

    @property
    def page(self) -> PageRef | None:
        """The page that it stands on, or on which it can be looked at."""
        paper = self.document or self.beside
        if paper is None:
            return None
        return paper.pages[0 if self._shown is None else self._shown.page]

    @property
    def box(self) -> Quad | None:
        """Where on the page."""
        return None if self._shown is None else self._shown.box

    @property
    def _shown(self) -> Reading | None:
        paper = self.document or self.beside
        return None if paper is None else paper.fields.get(self.field or "")

    @property
    def severity(self) -> Severity:
        """The worst of its findings."""
        return min((f.severity for f in self.findings), key=list(Severity).index)

    @property
    def matters(self) -> tuple[str, ...]:
        """The matters that are meant; empty where all are."""
        told = [f.matter for f in self.findings]
        return () if None in told else tuple(dict.fromkeys(m for m in told if m))

    @property
    def label(self) -> str:
        """What it is called."""
        paper = type_label(self.document.type) if self.document else ""
        return " · ".join(part for part in (paper, field_label(self.field or "")) if part)

    @property
    def unsure(self) -> tuple[UnsureChar, ...]:
        """The uncertain characters, by their places in the value."""
        return () if self.reading is None else in_value(self.reading)

    @property
    def alternatives(self) -> tuple[str, ...]:
        """Whole values that it may be instead, likeliest first: what other papers say and the
        engine thought possible, other readings of its weakest characters, the rest of what other
        papers say."""
        found: dict[str, None] = {}
        for char in sorted(self.unsure, key=lambda c: c.score):
            for other in char.alternatives:
                found[self.value[: char.at] + other + self.value[char.at + 1 :]] = None
        told = [e.reading.value for e in self.elsewhere if not e.agrees and e.reading.value]
        offered = list(dict.fromkeys([*(t for t in told if t in found), *found, *told]))
        return tuple(o for o in offered if o != self.value)[:OFFERED]

    @property
    def detail(self) -> Detail:
        """What is kept of the moment with a decision about the field."""
        reading = self.reading
        doubted = any(f.rule in READING_RULES for f in self.findings)
        return Detail(
            matters=self.matters,
            doubted=doubted or bool(self.findings),
            doubts=() if reading is None else _why(self.field or "", reading),
            confidence=None if reading is None else reading.confidence,
        )


def _why(field: str, reading: Reading) -> tuple[str, ...]:
    if reading.doubts:
        return reading.doubts
    if reading.confidence < threshold(field):
        return (f"置信度低于 {threshold(field):.2f}",)
    return ()


def in_value(reading: Reading) -> tuple[UnsureChar, ...]:
    """The uncertain characters of what was read, by their places in the value: those that the
    engine was not sure of, and those for which another was taken (a rare one for a common one).
    The value may be written otherwise (a date): what is not in it is left out."""
    raw, value = reading.raw, reading.value
    places: dict[int, int] = {}
    taken: dict[int, str] = {}
    for change, a, until_a, b, until_b in SequenceMatcher(
        None, raw, value, autojunk=False
    ).get_opcodes():
        if change == "equal":
            places |= dict(zip(range(a, until_a), range(b, until_b), strict=True))
        elif change == "replace" and until_a - a == until_b - b:
            for i in range(until_a - a):
                if is_han(raw[a + i]) and is_han(value[b + i]):
                    places[a + i] = b + i
                    taken[a + i] = raw[a + i]
    unsure = {char.at: char for char in reading.unsure}
    return tuple(
        _at(unsure.get(at), places[at], taken.get(at), value)
        for at in sorted(places)
        if at in unsure or at in taken
    )


def _at(char: UnsureChar | None, at: int, first: str | None, value: str) -> UnsureChar:
    others = (first or "", *(() if char is None else char.alternatives))
    return UnsureChar(
        at=at,
        score=0.0 if char is None else char.score,
        alternatives=tuple(dict.fromkeys(o for o in others if o and o != value[at])),
    )


def items_of(record: Record, documents: Sequence[Document]) -> tuple[Item, ...]:
    """All that a person must look at: open findings of severity review, in the papers' order, and
    down each page; readings before judgements, as these may go with them."""
    return tuple(_items(record, documents, (Severity.REVIEW,)))


def problems_of(record: Record, documents: Sequence[Document]) -> tuple[Item, ...]:
    """What is surely wrong and asked of the applicant: not asked of the reviewer, who may know
    better all the same."""
    return tuple(_items(record, documents, (Severity.REJECT, Severity.MEND)))


def _items(
    record: Record, documents: Sequence[Document], severities: Sequence[Severity]
) -> Iterator[Item]:
    papers = {d.id: d for d in documents}
    grouped: dict[tuple[object, ...], list[Finding]] = {}
    for found in record.open_findings:
        if found.severity in severities:
            grouped.setdefault(_group(found, record), []).append(found)
    items = [_item(group, papers, documents) for group in grouped.values()]
    order = {d.id: i for i, d in enumerate(documents)}
    yield from sorted(items, key=lambda item: _place(item, order))


def _group(found: Finding, record: Record) -> tuple[object, ...]:
    if found.field and found.document:
        about = [f for f in record.open_findings if f.document == found.document]
        if any(f.field == found.field and f.rule in READING_RULES for f in about):
            return ("field", found.document, found.field)
    return (found.rule, found.document, found.field, found.got, found.expected, found.message)


def _item(
    findings: Sequence[Finding], papers: Mapping[str, Document], documents: Sequence[Document]
) -> Item:
    first = findings[0]
    document = papers.get(first.document or "")
    is_field = any(f.rule in READING_RULES for f in findings)
    about = (first.document, first.field) if is_field else _identity(first)
    return Item(
        key="-".join(str(part or "") for part in ("f" if is_field else "j", *about)),
        is_field=is_field,
        findings=tuple(findings),
        document=document,
        field=first.field,
        paper=None if document is None else paper_of(document, first.field),
        elsewhere=tuple(_elsewhere(document, first.field, documents)),
        beside=_beside(first.field or "", documents) if document is None else None,
    )


def _beside(field: str, documents: Sequence[Document]) -> Document | None:
    """The paper to look at for what is about none: the one that the finding calls by its kind, the
    form that says it, another that does, else the first."""
    forms = [d for d in documents if d.type == DocumentType.APPLICATION_FORM]
    called = [d for d in documents if d.type == field]
    saying = [d for d in (*forms, *documents) if field in d.fields]
    return next(iter((*called, *saying, *documents)), None)


def _identity(found: Finding) -> tuple[str | None, ...]:
    said = f"{found.got}\n{found.expected}\n{found.message}"
    return found.rule, found.document, found.field, sha256(said.encode()).hexdigest()[:8]


def _place(item: Item, order: Mapping[str, int]) -> tuple[object, ...]:
    where = len(order) if item.document is None else order[item.document.id]
    page = 0 if item.reading is None else item.reading.page
    top = 0.0 if item.box is None else min(y for _, y in item.box)
    return (not item.is_field, where, page, top, item.key)


_NAMES = frozenset({"name", "applicant_name"})
_NUMBERS = frozenset({"id_number", "applicant_id_number"})
"""Fields of several papers that are the holder's own name and number. A head's or a proxy's are
another person's."""


_OF_A_PAPER = frozenset({
    "addressee", "date", "end_date", "issue_count", "issue_date", "issue_place",
    "issuing_authority", "letter_number", "registration_date", "start_date", "valid_from",
    "valid_to", "valid_until", "validity_days",
})  # fmt: skip
"""Fields that are a paper's own: on one of another kind they say something else."""


def _elsewhere(
    document: Document | None, field: str | None, documents: Sequence[Document]
) -> Iterator[Elsewhere]:
    """The same fact on the other papers."""
    if document is None or not field:
        return
    group = next((g for g in (_NAMES, _NUMBERS) if field in g), frozenset({field}))
    mine = _plain(field, document.value(field) or "")
    for other in documents:
        if other.id == document.id or (field in _OF_A_PAPER and other.type != document.type):
            continue
        for name in sorted(group & other.fields.keys(), key=lambda n: n != field):
            reading = other.fields[name]
            if reading.value:
                yield Elsewhere(other, name, reading, _plain(name, reading.value) == mine)


def _plain(field: str, value: str) -> str:
    if field in _NAMES:
        return names.normalise(value)
    return idnumber.clean(value) if field in _NUMBERS else value


def certain(documents: Sequence[Document], items: Sequence[Item]) -> dict[str, dict[str, Reading]]:
    """By document, the fields that nothing is asked about: folded away."""
    asked = {(i.document.id, i.field) for i in items if i.document}
    return {d.id: {n: r for n, r in d.fields.items() if (d.id, n) not in asked} for d in documents}
