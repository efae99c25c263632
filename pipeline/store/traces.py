"""What each case leaves for others to be held against, in indexed columns: whether the same person,
picture or application came in before is asked without opening a record."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from pipeline.model import DocumentType, Request
from pipeline.record import Record, RecordDocument
from pipeline.reference import names
from pipeline.reference.same_number import canonical_number
from pipeline.store.tables import case_mark as _mark
from pipeline.store.tables import case_state as _case

NUMBER, SCANS, CARD, PHOTO = "number", "scans", "card", "photo"
"""Kinds of marks: the applicant's number, all scans together, pictures that identified the
applicant, hashes of card photos."""
IDENTITY = "G2"
"""The item of the guide's list that identifies the applicant."""
_AT_ONCE = 400
"""Values in one question: databases bound how many there may be."""


@dataclass(frozen=True, slots=True)
class Trace:
    """What one application leaves for the others. ``cards`` maps digests of the pictures by which
    the applicant was identified, ``photos`` the hashes of card photos, to their documents;
    ``scans`` is a digest of all pages, empty where there are none."""

    case_id: str
    name: str | None
    number: str | None
    accepted_on: date | None
    matters: tuple[str, ...]
    cards: Mapping[str, str] = field(default_factory=dict)
    photos: Mapping[bytes, str] = field(default_factory=dict)
    scans: str = ""
    arrived_at: datetime | None = None

    @property
    def age(self) -> tuple[date, datetime, str]:
        """Sorts applications from old to new: by acceptance, then by arrival; the id only makes the
        order the same every time."""
        arrived = self.arrived_at or datetime.min.replace(tzinfo=UTC)
        return self.accepted_on or date.min, arrived, self.case_id

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


def trace_of(record: Record, request: Request, arrived_at: datetime | None = None) -> Trace:
    """What a record leaves for others."""
    applicant = record.applicant
    counted = {d for m in record.materials if m.item == IDENTITY for d in m.documents}
    cards = {
        _digest([page.sha256, page.page, sorted(_numbers(document))]): document.id
        for document in record.documents
        if document.id in counted
        for page in document.pages
    }
    photos = {
        bytes.fromhex(hashed): document.id
        for document in record.documents
        if document.type == DocumentType.PHOTO and (hashed := document.marks.get("picture_hash"))
    }
    scans = sorted({(p.sha256, p.page) for d in record.documents for p in d.pages})
    return Trace(
        case_id=record.case_id,
        name=_name(applicant.name),
        number=canonical_number(applicant.id_number) if applicant.id_number else None,
        accepted_on=request.accepted_on,
        matters=tuple(m.code for m in record.matters),
        cards=cards,
        photos=photos,
        scans=_digest(scans) if scans else "",
        arrived_at=arrived_at,
    )


def put_trace(connection: Connection, trace: Trace) -> None:
    """Set the marks of a case; what else a trace says stands with the case."""
    connection.execute(delete(_mark).where(_mark.c.case_id == trace.case_id))
    rows = [
        {"case_id": trace.case_id, "kind": kind, "value": value, "document": document}
        for kind, value, document in _marks(trace)
    ]
    if rows:
        connection.execute(insert(_mark), rows)


def traces_near(connection: Connection, case_ids: Collection[str]) -> list[Trace]:
    """The traces of these cases and of all cases that share a mark with one of them, or have a
    photo where one of them has (photos are compared by their pictures, not by equal hashes)."""
    own = set(case_ids)
    marks: dict[str, list[Any]] = defaultdict(list)
    wanted: dict[str, set[str]] = defaultdict(set)
    for row in _marks_where(connection, _mark.c.case_id, own):
        marks[row.case_id].append(row)
        wanted[row.kind].add(row.value)
    near = set(own)
    for kind, values in wanted.items():
        if kind == PHOTO:
            others = select(_mark.c.case_id).where(_mark.c.kind == PHOTO).distinct()
            near.update(connection.scalars(others))
            continue
        for some in _parts(values):
            same = select(_mark.c.case_id).where(_mark.c.kind == kind, _mark.c.value.in_(some))
            near.update(connection.scalars(same))
    for row in _marks_where(connection, _mark.c.case_id, near - own):
        marks[row.case_id].append(row)
    told = ("case_id", "applicant_name", "accepted_on", "matters", "arrived_at")
    columns = [_case.c[name] for name in told]
    traces = []
    for some in _parts(near):
        found = select(*columns).where(_case.c.case_id.in_(some), _case.c.revision > 0)
        traces += [_trace(row, marks[row.case_id]) for row in connection.execute(found)]
    return sorted(traces, key=lambda trace: trace.case_id)


def _trace(row: Any, marks: Sequence[Any]) -> Trace:
    kinds = {kind: {m.value: m.document or "" for m in marks if m.kind == kind}
             for kind in (NUMBER, SCANS, CARD, PHOTO)}  # fmt: skip
    return Trace(
        case_id=row.case_id,
        name=_name(row.applicant_name),
        number=next(iter(kinds[NUMBER]), None),
        accepted_on=row.accepted_on,
        matters=tuple(filter(None, row.matters.split(","))),
        cards=kinds[CARD],
        photos={bytes.fromhex(value): document for value, document in kinds[PHOTO].items()},
        scans=next(iter(kinds[SCANS]), ""),
        arrived_at=row.arrived_at,
    )


def _marks(trace: Trace) -> Iterator[tuple[str, str, str | None]]:
    if trace.number:
        yield NUMBER, trace.number, None
    if trace.scans:
        yield SCANS, trace.scans, None
    for card, document in trace.cards.items():
        yield CARD, card, document
    for photo, document in trace.photos.items():
        yield PHOTO, photo.hex(), document


def _marks_where(connection: Connection, column: Any, values: Collection[str]) -> Iterator[Any]:
    for some in _parts(values):
        yield from connection.execute(select(_mark).where(column.in_(some)))


def _parts(values: Collection[str]) -> Iterator[list[str]]:
    listed = sorted(values)
    for start in range(0, len(listed), _AT_ONCE):
        yield listed[start : start + _AT_ONCE]


def _name(name: str | None) -> str | None:
    return names.normalise(name) if name else None


def _numbers(document: RecordDocument) -> Iterator[str]:
    return (f.text for name, f in document.fields.items() if name.endswith("number"))


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False).encode()).hexdigest()
