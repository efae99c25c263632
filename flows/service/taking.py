"""What is complete in an inbox is taken in: kept, made a case, said, and moved out of the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from flows.arriving import MailRoom
from flows.case_work import CaseWork
from flows.service.inbox import WatchedInbox
from flows.trace import log
from pipeline.errors import InputError
from pipeline.intake.case import Entries, find_entries
from pipeline.intake.inbox import InboxCase
from pipeline.intake.names import readable
from pipeline.store.arrivals import Arrival, Policy

PATIENCE = 3
"""Tries at an entry with a file that cannot be read for the moment, before it is taken without."""

_SAID = {
    Policy.GROWN: "“{name}”增加了材料：{added}，将重新核验（案件 {case}）。",
    Policy.REPLACED: "“{name}”的材料有变化：新增 {added}，不再有 {removed}，"
    "将重新核验（案件 {case}）。",
    Policy.OTHER: "“{name}”与已有案件同名但材料不同，另立案件 {case}。",
    Policy.SAME: "“{name}”与案件 {case} 的材料完全相同，没有重复受理。",
}


@dataclass(slots=True)
class Taking:
    """Takes entries in. ``leave``: they stay where they lie; ``meanwhile`` is called while a stack
    is told apart."""

    work: CaseWork
    leave: bool = False
    meanwhile: Callable[[], None] = field(default=lambda: None)
    _tries: dict[Path, int] = field(default_factory=dict)

    def take(self, inbox: WatchedInbox, case: InboxCase) -> None:
        """Take an entry in; what changes while it is copied, or cannot be read, waits anew."""
        work = self.work
        try:
            entries = find_entries(case.path, work.settings.limits)
        except InputError:
            return  # it vanished, or its share did: the next look says
        source = readable(inbox.path.name)
        room = MailRoom(
            work.settings,
            work.store,
            work.objects,
            source,
            self.leave,
            meanwhile=self.meanwhile,
        )
        stored = room.keep(_without_marker(entries, inbox.marker))
        if not inbox.is_unchanged(case):
            return
        tries = self._tries.get(case.path, 0) + 1
        if stored.is_passing and tries < PATIENCE:
            self._tries[case.path] = tries
            inbox.wait_again(case)
            work.tell(f"“{case.name}”中有文件暂时无法读取，稍后再试。")
            return
        self._tries.pop(case.path, None)
        arrived = room.arrive(case.case_id, stored)
        for words in arrived.said:
            work.tell(words)
        for arrival in arrived.arrivals:
            self._say(case, arrival)
        if self.leave or stored.is_passing:  # what was not read in full stays for a person
            inbox.settle(case)
        else:
            inbox.move(case)

    def _say(self, case: InboxCase, arrival: Arrival) -> None:
        log.info("case arrived", case=arrival.case_id, policy=arrival.policy.value)
        if arrival.policy in _SAID and not (self.leave and arrival.policy == Policy.SAME):
            added, removed = ("、".join(n) or "无" for n in (arrival.added, arrival.removed))
            words = {"name": case.name, "case": arrival.case_id, "added": added, "removed": removed}
            self.work.tell(_SAID[arrival.policy].format(**words))


def _without_marker(entries: Entries, marker: str) -> Entries:
    files = tuple(entry for entry in entries.files if entry.name != marker)
    return Entries(entries.name, entries.is_folder, files, entries.findings)
