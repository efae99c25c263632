"""What goes over the wire beside records and packets, which have schemas of their own."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from pipeline.finding import Severity
from pipeline.model import Frozen
from pipeline.record import Action
from pipeline.status import Status
from pipeline.store.arrivals import Policy
from pipeline.store.cases import CaseState
from pipeline.wire import DESCRIBED, DepartmentCode, MatterCode, Sha256
from validators.output.packet import Packet


class FileTaken(Frozen):
    """A file as it was taken in."""

    model_config = DESCRIBED

    name: str
    """Its name within the case: the last part of what was sent; of two of one name the second gets
    a number."""
    sha256: Sha256
    """Of its bytes."""
    size_bytes: int
    """How long it is, in bytes."""


class FileRefused(Frozen):
    """A file that was not taken in, while the others were."""

    model_config = DESCRIBED

    name: str
    """Its name within the case."""
    rule: str
    """Id of the rule (contract.md)."""
    message: str
    """Why, in Chinese."""


class CaseTaken(Frozen):
    """A case that was submitted."""

    model_config = DESCRIBED

    case_id: str
    """By this id it is asked for from now on."""
    arrival: Policy
    """What it is: ``new``; ``same``, the content of a case that is there; ``grown`` or
    ``replaced``, more or other files of this sender's case of that name; ``other``, a new case
    whose name another one had."""
    files: tuple[FileTaken, ...]
    """What was taken in."""
    refused: tuple[FileRefused, ...] = ()
    """What was not."""


class CaseStand(Frozen):
    """How a case stands. Holds nothing of the person."""

    model_config = DESCRIBED

    case_id: str
    """The case."""
    state: CaseState
    """How far the work on it is: ``arrived``, ``running``, ``done``, ``quarantined`` (it broke, and
    an operator must look)."""
    status: Status | None = None
    """By the record that stands; absent before there is one."""
    revision: int = Field(ge=0)
    """Number of the record that stands; 0 before there is one."""
    matters: tuple[MatterCode, ...] = ()
    """What is applied for."""
    channel: str | None = None
    """How the application came in."""
    doubts: int = Field(ge=0)
    """How many doubts wait for a person."""
    due_on: date | None = None
    """The promised day of the whole."""
    arrived_at: datetime | None = None
    """When its first files came in; absent of cases of version 1."""
    changed_at: datetime
    """When the work on it last changed its state."""


class DecisionTold(Frozen):
    """What a person decided. What holds something of the applicant is there only for tokens that
    may read records."""

    model_config = DESCRIBED

    time: str
    """When: ISO 8601 with offset."""
    action: Action
    """What was decided."""
    rule: str = ""
    """Rule of the finding that it settles; empty where it says what stands in a field, or which
    papers there are."""
    document: str | None = None
    """Id of the document it is about."""
    field: str | None = None
    """Name of the field it is about."""
    matters: tuple[str, ...] = ()
    """The finding's matters, where it named some."""
    severity: Severity | None = None
    """The finding's severity when it was looked at."""
    revision: str = ""
    """Of the record that was decided on."""
    reviewer: str | None = None
    """Who. With ``records:read`` only."""
    value: str | None = None
    """What is right, of a correction. With ``records:read`` only."""
    reason: str | None = None
    """Why, in the reviewer's words. With ``records:read`` only."""


class Decisions(Frozen):
    """The decisions of a case that count, in their order."""

    model_config = DESCRIBED

    case_id: str
    """The case."""
    revision: int
    """Number of the record that they stand in."""
    items: tuple[DecisionTold, ...]
    """The decisions."""


class PacketItem(Frozen):
    """A department's part of a case, or word that there is none any more."""

    model_config = DESCRIBED

    case_id: str
    """The case."""
    department: DepartmentCode
    """Whose part it is."""
    revision: int
    """Number of the case's record; a higher one replaces a lower one."""
    changed_at: datetime
    """When that record was made."""
    withdrawn: bool
    """The case is not ready any more: what was handed out before no longer holds."""
    packet: Packet | None = None
    """The packet; absent where it was withdrawn."""


class PacketPage(Frozen):
    """A page of packets, the earliest change first."""

    model_config = DESCRIBED

    items: tuple[PacketItem, ...]
    """Packets of this page. A page may be empty and have others behind it."""
    cursor: str | None
    """Where the next page begins. Keep it: asked for again later, it gives what has changed since.
    Absent only while nothing was ever ready."""
    more: bool
    """Whether there is a next page now."""
