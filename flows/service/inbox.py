"""When an entry of an inbox is complete, and what becomes of it once it is taken.

Completeness is judged by what is seen to change between two looks, on a clock that never runs
back: neither a machine whose clock jumps nor a share that keeps another time can hurry or stall it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.errors import InputError
from pipeline.intake.inbox import Inbox, InboxCase, list_inbox
from pipeline.intake.names import readable, unique

TAKEN = "taken"
"""The folder of an inbox that what was taken in is moved to."""
READY = ".ready"
"""A file of this name in a case's folder, or ``NAME.ready`` beside an entry: it is complete."""

Shape = tuple[tuple[str, int, int], ...]
"""What is seen of an entry without reading it: name, bytes and time of change of each file."""


@dataclass(slots=True)
class _Seen:
    shape: Shape
    since: float
    """Seconds of the monotonic clock."""
    is_settled: bool = False
    """Taken, or given up, in this shape: not looked at again until it changes."""


@dataclass(slots=True)
class WatchedInbox:
    """One inbox. ``look`` gives what is complete; ``settle`` says that an entry was dealt with.

    ``settle_seconds``: how long an entry must not change; ``marker``: the name of a ready marker,
    which ends that wait; ``needs_marker``: nothing is complete without it.
    """

    path: Path
    tell: Callable[[str], None]
    settle_seconds: float = 10.0
    marker: str = READY
    needs_marker: bool = False
    clock: Callable[[], float] = time.monotonic
    _seen: dict[Path, _Seen] = field(default_factory=dict)
    _is_away: bool = False
    _told: frozenset[str] = frozenset()

    def look(self) -> list[InboxCase]:
        """The entries that are complete and not yet dealt with. None while the inbox is away."""
        try:
            listed = list_inbox(self.path)
        except InputError as error:
            if not self._is_away:
                self.tell(f"{error.message}（收件箱暂时不可用，恢复后自动继续。）")
            self._is_away = True
            return []
        if self._is_away:
            self.tell(f"收件箱已恢复：{readable(str(self.path))}")
            self._is_away = False
        self._tell_of(listed)
        cases = [case for case in listed.cases if self._is_entry(case)]
        self._seen = {c.path: s for c in cases if (s := self._seen.get(c.path)) is not None}
        return [case for case in cases if self._is_complete(case.path)]

    def is_unchanged(self, case: InboxCase) -> bool:
        """Whether an entry looks as it did when it was found complete; where not, it waits anew."""
        seen = self._seen[case.path]
        shape = shape_of(case.path)
        if shape == seen.shape:
            return True
        if shape is not None:
            self._seen[case.path] = _Seen(shape, self.clock())
        return False

    def settle(self, case: InboxCase) -> None:
        """An entry was dealt with in the shape that it has."""
        self._seen[case.path].is_settled = True

    def wait_again(self, case: InboxCase) -> None:
        """An entry could not be taken for the moment."""
        self._seen[case.path].since = self.clock()

    def move(self, case: InboxCase) -> None:
        """Move an entry that was taken in out of the way, its marker gone. Where that cannot be
        done it stays, which is said: it is known by its content and never taken twice."""
        folder = self.path / TAKEN
        try:
            folder.mkdir(exist_ok=True)
            taken = [entry.name for entry in folder.iterdir()]
            case.path.rename(folder / unique([*taken, case.path.name])[-1])
            self._beside(case.path).unlink(missing_ok=True)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            self.tell(f"“{case.name}”已接收，但无法移到 {TAKEN} 文件夹（{reason}），留在原处。")
            self.settle(case)

    def _tell_of(self, listed: Inbox) -> None:
        """Say once of each entry that is no case why it is none."""
        words = {
            f"未处理“{entry.name}”：{entry.reason}。"
            for entry in listed.unprocessed
            if not entry.name.endswith(self.marker)
        }
        if any(case.path == self.path for case in listed.cases):
            words.add("收件箱本身含有 application.json，像是一件申请；请把每件放进各自的文件夹。")
        for said in sorted(words - self._told):
            self.tell(said)
        self._told = frozenset(words)

    def _is_entry(self, case: InboxCase) -> bool:
        """Whether it is an entry that somebody handed in: not the folder of what was taken, nor the
        inbox itself, nor a marker."""
        inside = case.path.parent == self.path
        return inside and case.path.name != TAKEN and not case.path.name.endswith(self.marker)

    def _is_complete(self, path: Path) -> bool:
        shape = shape_of(path)
        if shape is None:
            return False
        seen = self._seen.get(path)
        if seen is None or seen.shape != shape:
            seen = self._seen[path] = _Seen(shape, self.clock())
        if seen.is_settled or not shape:  # an empty folder: its scans have yet to come
            return False
        if self._is_marked(path):
            return True
        return not self.needs_marker and self.clock() - seen.since >= self.settle_seconds

    def _is_marked(self, path: Path) -> bool:
        return (path / self.marker).is_file() or self._beside(path).is_file()

    def _beside(self, path: Path) -> Path:
        suffix = self.marker if self.marker.startswith(".") else f".{self.marker}"
        return path.with_name(path.name + suffix)


def shape_of(path: Path) -> Shape | None:
    """What is seen of an entry now; None where it cannot be seen."""
    try:
        return tuple(sorted(_files(path)))
    except OSError:
        return None


def _files(path: Path) -> Iterator[tuple[str, int, int]]:
    if not path.is_dir():
        status = path.stat()
        yield path.name, status.st_size, status.st_mtime_ns
        return

    def stop(error: OSError) -> None:
        raise error

    for folder, _, names in os.walk(path, onerror=stop):
        for name in names:
            file = Path(folder, name)
            status = file.lstat()
            yield str(file.relative_to(path)), status.st_size, status.st_mtime_ns
