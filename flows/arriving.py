"""An entry of an inbox becomes a case of the store, or the cases of a stack: what a run, a night
and a service share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from flows.stacks.parts import Begun
from flows.stacks.separators import codes_of
from flows.stacks.unstack import Unstacked, unstack
from pipeline.finding import Finding, finding
from pipeline.intake.case import Entries, find_entries
from pipeline.intake.stack import glimpses, may_be_stack
from pipeline.settings import Settings
from pipeline.store.arrivals import (
    Arrival,
    Policy,
    Stored,
    arrive,
    content_is_case,
    keep_entries,
    put_stack,
    stack_of,
)
from pipeline.store.cases import Store
from pipeline.store.objects import Objects

_REASONS = {
    Begun.NOTHING: "这些页在第一张分隔页之前，不知属于谁",
    Begun.BROKEN: "前面的分隔页已无法辨认，可能与前一件是同一件",
    Begun.FORM: "前面没有分隔页，从申请表起算另一件",
}
LOOK_EVERY = 10
"""Pages of a stack between two looks at other work."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """What became of an entry. ``said``: what a person should know of a stack."""

    arrivals: Sequence[Arrival]
    said: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class MailRoom:
    """Where entries arrive. ``source``: the inbox's name, for people; ``stays``: whether what comes
    from there under a name is the same application each time; ``meanwhile`` is called while a stack
    is told apart, which may take minutes."""

    settings: Settings
    store: Store
    objects: Objects
    source: str
    stays: bool
    now: datetime | None = None
    meanwhile: Callable[[], None] = field(default=lambda: None)

    def keep(self, entries: Entries) -> Stored:
        """Copy what was handed in into the object store."""
        return keep_entries(entries, self.objects, self.settings.limits)

    def arrive(self, case_id: str, stored: Stored) -> Arrived:
        """Make it a case; a file with separator sheets in it the cases that these part."""
        stack = self._stack_in(stored)
        if stack is not None:
            known = self._known_parts(stored)
            if known:
                return Arrived([Arrival(case_id=one, policy=Policy.SAME) for one in known])
            if arrived := self._arrive_parts(case_id, stored, stack):
                return arrived
        with self.store.begin() as connection:
            return Arrived([self._put(connection, case_id, stored)])

    def _put(self, connection: Any, case_id: str, stored: Stored) -> Arrival:
        return arrive(
            connection, case_id, stored, source=self.source, stays=self.stays, now=self.now
        )

    def _known_parts(self, stored: Stored) -> list[str]:
        with self.store.snapshot() as connection:
            return stack_of(connection, stored.digest)

    def _stack_in(self, stored: Stored) -> Path | None:
        """The bytes of a file that is a stack, or was known for one."""
        if stored.is_folder or len(stored.files) != 1:
            return None
        path = self.objects.local(stored.files[0].sha256)
        if not may_be_stack(path):
            return None
        with self.store.snapshot() as connection:
            if stack_of(connection, stored.digest):
                return path
            if content_is_case(connection, stored.digest):
                return None  # looked at before
        limits = self.settings.limits
        for count, image in enumerate(glimpses(path, limits), start=1):
            if codes_of(image).separator is not None:
                return path
            if count % LOOK_EVERY == 0:
                self.meanwhile()
        return None

    def _arrive_parts(self, case_id: str, stored: Stored, stack: Path) -> Arrived | None:
        """All cases of a stack in one transaction; None where it holds none."""

        def looked(count: int) -> None:
            if count % LOOK_EVERY == 0:
                self.meanwhile()

        limits = self.settings.limits
        with TemporaryDirectory(prefix="yijianshi-") as room:
            done = unstack(stack, Path(room), limits, looked, name=case_id)
            parts = [
                (folder.name, self.keep(_with(find_entries(folder, limits), more)))
                for folder, more in _folders(done, stored.name)
            ]
        if not parts:
            return None
        with self.store.begin() as connection:
            arrivals = [self._put(connection, name, part) for name, part in parts]
            put_stack(
                connection,
                stored,
                [arrival.case_id for arrival in arrivals],
                source=self.source,
                now=self.now,
            )
        lines = [line.strip() for line in done.lines()]
        return Arrived(arrivals, [f"整叠扫描“{stored.name}”{lines[0]}", *lines[1:]])


def _folders(done: Unstacked, stack: str) -> Iterator[tuple[Path, list[Finding]]]:
    """The cases of a stack with what a person should look at."""
    for (folder, begun, _), unread in zip(done.folders, done.of_folder, strict=True):
        told = [found.model_copy(update={"file": stack}) for found in unread]
        if begun in _REASONS:
            told.append(finding("SRC-STACK", file=stack, reason=_REASONS[begun]))
        yield folder, told


def _with(entries: Entries, findings: list[Finding]) -> Entries:
    return Entries(
        PurePosixPath(entries.name).name,
        entries.is_folder,
        entries.files,
        (*entries.findings, *findings),
    )
