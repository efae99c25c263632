"""The record of contract.md: what the agencies take in. Its status is computed, never set."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, Literal

from pydantic import Field, computed_field

from pipeline.finding import Finding, Severity
from pipeline.model import Frozen, PageRef, Quad, ReadingSource

SCHEMA_VERSION: Literal["1"] = "1"


class Status(StrEnum):
    """Best first."""

    READY = "ready"
    REVIEW = "review"
    INCOMPLETE = "incomplete"
    INELIGIBLE = "ineligible"


_STATUS_OF = {
    Severity.NOTE: Status.READY,
    Severity.REVIEW: Status.REVIEW,
    Severity.MEND: Status.INCOMPLETE,
    Severity.REJECT: Status.INELIGIBLE,
}
_ORDER = list(Status)
_SEVERITIES = list(Severity)


def worst(statuses: Iterable[Status]) -> Status:
    """The worst of the statuses; READY where there are none."""
    return max(statuses, key=_ORDER.index, default=Status.READY)


def _is_worse(one: Severity, other: Severity) -> bool:
    return _SEVERITIES.index(one) < _SEVERITIES.index(other)


def status_of(findings: Iterable[Finding]) -> Status:
    """The status that findings give: the worst severity decides."""
    return worst(_STATUS_OF[f.severity] for f in findings)


class Place(Frozen):
    """A household or residence: county-level division code and the address as printed."""

    division: str | None = None
    address: str | None = None


class Applicant(Frozen):
    """The person as the papers (first) and the form (second) show them."""

    category: Literal["mainland", "hmt", "foreign"] | None = None
    name: str | None = None
    sex: str | None = None
    birth_date: str | None = None
    ethnicity: str | None = None
    id_type: str | None = None
    id_number: str | None = None
    id_valid_from: str | None = None
    id_valid_to: str | None = None
    household: Place | None = None
    residence: Place | None = None
    mobile: str | None = None
    postcode: str | None = None


class Matter(Frozen):
    """One of the nine matters. ``status`` is filled in by :func:`with_status`; ``rests_on`` are
    the chosen matters without which this one has nothing to go by."""

    code: str
    name: str
    department: Literal["hrss", "medical", "tax"]
    status: Status = Status.READY
    rests_on: tuple[str, ...] = ()
    due_on: str | None = None
    calendar: Literal["official", "provisional"] | None = None


class Whole(Frozen):
    """When the application as a whole is due (guide 六): by the promise, and by law."""

    due_on: str
    statutory_on: str
    calendar: Literal["official", "provisional"]


class Delivery(Frozen):
    """How the result goes back (guide 七/(三)), and where to."""

    way: Literal["online", "mail", "pickup"]
    name: str | None = None
    address: str | None = None
    mobile: str | None = None
    postcode: str | None = None


class Material(Frozen):
    """One item of the guide's list of materials, and which documents fulfil it."""

    item: str
    matters: tuple[str, ...]
    name: str
    status: Literal["present", "missing", "waived", "invalid", "unsure"]
    documents: tuple[str, ...] = ()
    show_original: bool = False


class RecordField(Frozen):
    """One field of a document, beside the paper it was read from."""

    value: str
    raw: str
    confidence: float
    page: int
    box: Quad | None = None
    source: ReadingSource


class RecordDocument(Frozen):
    """A document as the record shows it."""

    id: str
    type: str
    pages: tuple[PageRef, ...]
    fields: dict[str, RecordField]
    tables: dict[str, tuple[dict[str, RecordField], ...]] = {}
    marks: dict[str, str] = {}
    quality: dict[str, Any] = {}


class Action(StrEnum):
    """What a person may do."""

    CONFIRM = "confirm"
    """The machine read rightly; or, of a finding without a reading: looked at, and it is well."""
    CORRECT = "correct"
    READ_REGION = "read_region"
    """As CORRECT: the value was read from the box that the person drew."""
    UNREADABLE = "unreadable"
    WAIVE = "waive"
    """The finding stands on the paper and is let pass, for a reason."""
    SEND_BACK = "send_back"
    """The applicant must mend it, for a reason."""
    RECLASSIFY = "reclassify"
    ROTATE = "rotate"
    SPLIT = "split"
    JOIN = "join"
    MOVE = "move"
    """The paper belongs to another case, which RECEIVEs it."""
    RECEIVE = "receive"
    CHECKED = "checked"
    """A clean case of the sample was looked through."""
    UNDO = "undo"


class Decision(Frozen):
    """What a reviewer decided (:mod:`pipeline.deciding`). ``rule`` is the finding that it settles,
    empty where it says what stands in a field, or which papers there are; ``matters``, ``got``,
    ``expected`` and ``severity`` are the finding's own."""

    reviewer: str
    time: str
    rule: str = ""
    document: str | None = None
    field: str | None = None
    action: Action
    value: str | None = None
    reason: str = ""
    revision: str = ""
    matters: tuple[str, ...] = ()
    got: str | None = None
    expected: str | None = None
    severity: Severity | None = None

    def settles(self, finding: Finding) -> bool:
        """Whether this decision is about that finding: the same rule about the same thing, which
        says the same still and is no worse than when it was looked at."""
        mine = (self.rule, self.document, self.field, self.got, self.expected)
        its = (finding.rule, finding.document, finding.field, finding.got, finding.expected)
        return (
            self.action in (Action.CONFIRM, Action.WAIVE, Action.SEND_BACK)
            and mine == its
            and (not self.matters or finding.matter in self.matters)
            and (self.severity is None or not _is_worse(finding.severity, self.severity))
        )


class Provenance(Frozen):
    """What made this record."""

    pipeline: str
    ruleset: str
    calendar: str
    models: dict[str, str]


class Record(Frozen):
    """One case. Printed with :meth:`to_json`."""

    schema_version: Literal["1"] = SCHEMA_VERSION
    case_id: str
    channel: Literal["window", "online", "mail"] | None = None
    applicant: Applicant
    matters: tuple[Matter, ...]
    whole: Whole | None = None
    delivery: Delivery | None = None
    materials: tuple[Material, ...]
    documents: tuple[RecordDocument, ...]
    findings: tuple[Finding, ...]
    decisions: tuple[Decision, ...] = Field(default=())
    provenance: Provenance

    @property
    def open_findings(self) -> tuple[Finding, ...]:
        """Findings that no decision has settled."""
        return open_among(self.findings, self.decisions)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def status(self) -> Status:
        """The worst of the open findings; equally, the worst of the matters."""
        return status_of(self.open_findings)

    def to_json(self) -> str:
        """The record as contract.md writes it: ``status`` after ``case_id``, absent keys left
        out."""
        data = self.model_dump(mode="json", exclude_none=True)
        ordered = {key: data.pop(key) for key in ("schema_version", "case_id", "status")}
        return json.dumps(ordered | data, ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Record:
        """The record that :meth:`to_json` wrote. ``status`` is computed anew, never taken."""
        data = json.loads(text)
        data.pop("status", None)
        return cls.model_validate(data)


def open_among(findings: Iterable[Finding], decisions: Sequence[Decision]) -> tuple[Finding, ...]:
    """The findings that no decision has settled."""
    return tuple(f for f in findings if not any(d.settles(f) for d in decisions))


def with_status(matters: Iterable[Matter], findings: Iterable[Finding]) -> tuple[Matter, ...]:
    """The matters, each with the status that its own findings and those naming no matter give.

    A matter that rests on others is no better than they are: it waits for each that still may be
    done, and falls where none can be. A matter that cannot go on as it stands (incomplete,
    ineligible) is not due on any day.
    """
    every, chosen = tuple(findings), tuple(matters)
    own = {m.code: status_of(f for f in every if f.matter in (None, m.code)) for m in chosen}
    stood = []
    for matter in chosen:
        status = worst((own[matter.code], *_bases(matter, own)))
        update: dict[str, object] = {"status": status}
        if status in (Status.INCOMPLETE, Status.INELIGIBLE):
            update |= {"due_on": None, "calendar": None}
        stood.append(matter.model_copy(update=update))
    return tuple(stood)


def _bases(matter: Matter, own: Mapping[str, Status]) -> Iterator[Status]:
    """What the matters that this one rests on leave of it."""
    bases = [own[code] for code in matter.rests_on if code in own]
    possible = [status for status in bases if status != Status.INELIGIBLE]
    if not bases:
        return
    if not possible:
        yield Status.INELIGIBLE
    elif len(possible) < len(bases):
        yield Status.REVIEW  # the part of it that rests on the refused one must be taken out
    yield from possible


def with_findings(record: Record, more: Iterable[Finding]) -> Record:
    """The record with further findings, and its matters' statuses by them."""
    findings = (*record.findings, *more)
    still_open = open_among(findings, record.decisions)
    return record.model_copy(
        update={
            "findings": findings,
            "matters": with_status(record.matters, still_open),
            "whole": whole_if_open(record.whole, still_open),
        }
    )


def whole_if_open(whole: Whole | None, findings: Iterable[Finding]) -> Whole | None:
    """When the whole is due; None where it cannot go on as it stands."""
    return whole if status_of(findings) in (Status.READY, Status.REVIEW) else None


def json_schema() -> dict[str, Any]:
    """The published JSON Schema of the record."""
    schema = Record.model_json_schema(mode="serialization")
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "yijianshi record"
    return schema
