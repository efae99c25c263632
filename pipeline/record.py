"""The record of contract.md: what the agencies take in. Its status is computed, never set."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, Literal

from pydantic import Field, computed_field

from pipeline.finding import Finding, Severity
from pipeline.model import DocumentType, Frozen, Request
from pipeline.record_document import RecordDocument, RecordField
from pipeline.record_versions import SCHEMA_VERSION, upgrade
from pipeline.status import Status
from pipeline.wire import (
    DESCRIBED,
    CountyCode,
    DepartmentCode,
    IsoDate,
    MatterCode,
    PaperDate,
    Sha256,
    published,
)

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
    """A household or residence."""

    model_config = DESCRIBED

    division: CountyCode | None = None
    """County-level division code."""
    address: str | None = None
    """As printed."""


class Applicant(Frozen):
    """The person as the papers (first) and the form (second) show them."""

    model_config = DESCRIBED

    category: Literal["mainland", "hmt", "foreign"] | None = None
    """Resident of the mainland, of Hong Kong, Macao or Taiwan, foreigner."""
    name: str | None = None
    """As on the identity paper."""
    sex: str | None = None
    """男 or 女."""
    birth_date: PaperDate | None = None
    """Date of birth."""
    ethnicity: str | None = None
    """Of the 56, without 族."""
    id_type: DocumentType | None = None
    """The paper that identifies."""
    id_number: str | None = None
    """Number of that paper: 公民身份号码, number of the pass, permit or passport."""
    id_valid_from: PaperDate | None = None
    """First day of that paper's validity."""
    id_valid_to: PaperDate | None = None
    """Last day of that paper's validity."""
    household: Place | None = None
    """户籍."""
    residence: Place | None = None
    """常住地, by permit or registration."""
    mobile: str | None = None
    """Telephone number."""
    postcode: str | None = None
    """Six digits."""


class Matter(Frozen):
    """One of the nine matters. ``status`` is filled in by :func:`with_status`."""

    model_config = DESCRIBED

    code: MatterCode
    """M1 … M9."""
    name: str
    """As the guide calls it."""
    department: DepartmentCode
    """Whose matter it is: 人社, 医保, 税务."""
    status: Status = Status.READY
    """By the findings about it, and those about no matter in particular."""
    rests_on: tuple[MatterCode, ...] = ()
    """The chosen matters without which this one has nothing to go by."""
    due_on: IsoDate | None = None
    """The last day of its time limit; absent where it cannot go on, or without a day of
    acceptance."""
    calendar: Literal["official", "provisional"] | None = None
    """Whether all holidays up to due_on are published."""


class Whole(Frozen):
    """When the application as a whole is due (guide 六)."""

    model_config = DESCRIBED

    due_on: IsoDate
    """As promised: 8 workdays."""
    statutory_on: IsoDate
    """By law: 85 workdays."""
    calendar: Literal["official", "provisional"]
    """Whether all holidays up to due_on are published."""


class Delivery(Frozen):
    """How the result goes back (guide 七/(三))."""

    model_config = DESCRIBED

    way: Literal["online", "mail", "pickup"]
    """线上反馈, 邮寄送达, 窗口领取."""
    name: str | None = None
    """To whom."""
    address: str | None = None
    """Where to, by mail."""
    mobile: str | None = None
    """Telephone number."""
    postcode: str | None = None
    """Six digits."""


class Material(Frozen):
    """One item of the guide's list of materials."""

    model_config = DESCRIBED

    item: str
    """Number in the list (domain.md 1.8): G1, 2.1 …"""
    matters: tuple[MatterCode, ...]
    """The matters that ask for it."""
    name: str
    """In Chinese."""
    status: Literal["present", "missing", "waived", "invalid", "unsure"]
    """There; lacking; need not be handed in; there and no good; a person must look."""
    documents: tuple[str, ...] = ()
    """Ids of the documents that fulfil it."""
    show_original: bool = False
    """The original must be shown at the window."""


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

    model_config = DESCRIBED

    reviewer: str
    """Who."""
    time: str
    """When: ISO 8601 with offset."""
    rule: str = ""
    """Rule of the finding that it settles; empty where it says what stands in a field, or which
    papers there are."""
    document: str | None = None
    """Id of the document it is about."""
    field: str | None = None
    """Name of the field it is about."""
    action: Action
    """What was decided."""
    value: str | None = None
    """What is right, of a correction."""
    reason: str = ""
    """Why, in the reviewer's words."""
    revision: str = ""
    """Of the record that was decided on."""
    matters: tuple[str, ...] = ()
    """The finding's matters, where it named some."""
    got: str | None = None
    """What the finding had found."""
    expected: str | None = None
    """What the finding would have had."""
    severity: Severity | None = None
    """The finding's severity when it was looked at."""

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

    model_config = DESCRIBED

    pipeline: str
    """Version of yijianshi."""
    ruleset: str
    """Digest of all tables of rules."""
    calendar: str
    """Version of the calendar of workdays."""
    models: dict[str, Sha256]
    """sha256 of each model file, by name."""


class Record(Frozen):
    """One case. Printed with :meth:`to_json`."""

    model_config = DESCRIBED

    schema_version: Literal["2"] = SCHEMA_VERSION
    """Of this schema."""
    case_id: str
    """The case: a name that every system takes as a file name."""
    channel: Literal["window", "online", "mail"] | None = None
    """How the application came in."""
    declared: Request | None = None
    """What was applied for: what was typed, completed by the form. Absent of records of version
    1 alone, which did not keep it."""
    applicant: Applicant
    """The person, as the papers show them."""
    matters: tuple[Matter, ...]
    """The matters applied for, each with how it stands."""
    whole: Whole | None = None
    """When all of it is due; absent where it cannot go on, or without a day of acceptance."""
    delivery: Delivery | None = None
    """How the result goes back."""
    materials: tuple[Material, ...]
    """What the guide asks for, and what there is of it."""
    documents: tuple[RecordDocument, ...]
    """The papers, with what was read from them."""
    findings: tuple[Finding, ...]
    """What a person should know, settled ones among them."""
    decisions: tuple[Decision, ...] = Field(default=())
    """What reviewers settled; only ever added to."""
    provenance: Provenance
    """Versions and digests of what made it."""

    @property
    def open_findings(self) -> tuple[Finding, ...]:
        """Findings that no decision has settled."""
        return open_among(self.findings, self.decisions)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def status(self) -> Status:
        """Computed: the worst of the open findings; equally, the worst of the matters."""
        return status_of(self.open_findings)

    def to_json(self) -> str:
        """The record as contract.md writes it: ``status`` after ``case_id``, absent keys left
        out."""
        data = self.model_dump(mode="json", exclude_none=True)
        if "declared" in data:
            data["declared"] = {key: v for key, v in data["declared"].items() if v != []}
        ordered = {key: data.pop(key) for key in ("schema_version", "case_id", "status")}
        return json.dumps(ordered | data, ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Record:
        """The record that :meth:`to_json` wrote, in this version or an older one. ``status`` is
        computed anew, never taken. Raises ValueError."""
        data = upgrade(json.loads(text))
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
    return published(Record, "record", SCHEMA_VERSION)


__all__ = [
    "SCHEMA_VERSION", "Applicant", "Decision", "Delivery", "Material", "Matter", "Place",
    "Provenance", "Record", "RecordDocument", "RecordField", "Status", "Whole", "json_schema",
    "status_of", "whole_if_open", "with_findings", "with_status", "worst",
]  # fmt: skip
