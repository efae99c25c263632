"""The same person or picture in another application: X16, X17.

Every other check sees one application. These see what the others of an office say: whether the
same person asks for the same matter twice within the table's days, and whether one picture (of an
identity paper, or the card photo) stands for two persons. Both are notes: a record must not
depend on which other folders lie in the same inbox, and a proxy or a family may hand in one scan
several times in good faith. Source: domain.md 1.13.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from pipeline.finding import Finding, finding
from pipeline.model import DocumentType, Request
from pipeline.record import Record, RecordDocument
from pipeline.reference import names
from validators.guide.guide import guide
from validators.person.whose import canonical_number
from validators.photo.picture_hash import are_alike


@dataclass(frozen=True, slots=True)
class Trace:
    """What one application leaves for the others to be held against. ``cards`` maps the pictures
    by which the applicant was identified, ``photos`` the hashes of his card photos, to their
    documents."""

    case_id: str
    name: str | None
    number: str | None
    accepted_on: date | None
    matters: tuple[str, ...]
    cards: Mapping[Hashable, str]
    photos: Mapping[bytes, str]

    def is_another_person(self, other: Trace) -> bool:
        """Whether the two applicants are surely two persons: by number, else by name."""
        if self.number and other.number:
            return self.number != other.number
        if self.name and other.name:
            return names.compare(self.name, other.name) == "different"
        return False

    def is_within(self, days: int, other: Trace) -> bool:
        """Whether the two were accepted that near to each other; so is what bears no date."""
        if self.accepted_on is None or other.accepted_on is None:
            return True
        return abs((self.accepted_on - other.accepted_on).days) <= days


def trace_of(record: Record, request: Request) -> Trace:
    """What a record leaves for others."""
    applicant = record.applicant
    counted = {d for m in record.materials if m.item == _IDENTITY for d in m.documents}
    cards: dict[Hashable, str] = {
        (page.sha256, page.page, tuple(sorted(_numbers(document)))): document.id
        for document in record.documents
        if document.id in counted
        for page in document.pages
    }
    photos = {
        bytes.fromhex(hashed): document.id
        for document in record.documents
        if document.type == DocumentType.PHOTO and (hashed := document.marks.get("picture_hash"))
    }
    return Trace(
        case_id=record.case_id,
        name=names.normalise(applicant.name) if applicant.name else None,
        number=canonical_number(applicant.id_number) if applicant.id_number else None,
        accepted_on=request.accepted_on,
        matters=tuple(m.code for m in record.matters),
        cards=cards,
        photos=photos,
    )


_IDENTITY = "G2"


def _numbers(document: RecordDocument) -> Iterator[str]:
    return (f.text for name, f in document.fields.items() if name.endswith("number"))


def find_repeats(traces: Iterable[Trace]) -> dict[str, tuple[Finding, ...]]:
    """The findings X16 and X17 by case id; cases without any are left out."""
    every = list(traces)
    found: dict[str, list[Finding]] = defaultdict(list)
    for case_id, finding_ in (*_same_matter(every), *_same_card(every), *_same_photo(every)):
        found[case_id].append(finding_)
    return {case_id: tuple(told) for case_id, told in found.items()}


def _same_matter(traces: Sequence[Trace]) -> Iterator[tuple[str, Finding]]:
    """X16: one person asks for one matter in several applications."""
    days = guide().limits.repeat_days
    asked: dict[tuple[str, str], list[Trace]] = defaultdict(list)
    for trace in traces:
        for matter in trace.matters if trace.number else ():
            asked[trace.number or "", matter].append(trace)
    for (_, matter), group in asked.items():
        for trace in group:
            others = [t.case_id for t in group if t is not trace and trace.is_within(days, t)]
            if others:
                name = guide().matter(matter).name
                yield (
                    trace.case_id,
                    finding(
                        "X16",
                        matter=matter,
                        name=name,
                        days=days,
                        cases=tuple(sorted(others)),
                    ),
                )


def _same_card(traces: Sequence[Trace]) -> Iterator[tuple[str, Finding]]:
    """X17: one picture of an identity paper stands for two persons."""
    shown: dict[Hashable, list[Trace]] = defaultdict(list)
    for trace in traces:
        for card in trace.cards:
            shown[card].append(trace)
    for card, group in shown.items():
        for trace in group:
            others = [t.case_id for t in group if trace.is_another_person(t)]
            if others:
                yield trace.case_id, _x17("身份证件影像", trace.cards[card], others)


def _same_photo(traces: Sequence[Trace]) -> Iterator[tuple[str, Finding]]:
    """X17: one photo stands for two persons."""
    owners = [(trace, hashed) for trace in traces for hashed in trace.photos]
    if not owners:
        return
    every_hash = np.array([np.frombuffer(hashed, np.uint8) for _, hashed in owners])
    for trace, hashed in owners:
        alike = np.flatnonzero(are_alike(np.frombuffer(hashed, np.uint8), every_hash))
        near = [owners[i][0] for i in alike]
        others = [t.case_id for t in near if trace.is_another_person(t)]
        if others:
            yield trace.case_id, _x17("制卡照片", trace.photos[hashed], others)


def _x17(what: str, document: str, others: Sequence[str]) -> Finding:
    cases = tuple(sorted(set(others)))
    return finding("X17", document=document, what=what, cases=cases)
