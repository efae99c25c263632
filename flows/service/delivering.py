"""The service's sender: while it serves, what is due goes out and results come in, in a thread of
its own, so that a receiver that hangs holds up no reading."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from flows.bugs import keep_bug
from flows.delivery.results import take_results
from flows.delivery.sending import Sender, Tally
from flows.delivery.targets import TARGET_LABELS
from flows.trace import log
from pipeline.errors import InputError, YijianshiError

EVERY_SECONDS = 5.0


@dataclass(slots=True)
class Delivering:
    """Rounds of a sender. Says what a person should know, once each time that it changes."""

    sender: Sender
    tell: Callable[[str], None]
    every_seconds: float = EVERY_SECONDS
    _away: dict[str, str] = field(default_factory=dict)
    _told: set[tuple[Path, str, str]] = field(default_factory=set)
    _trouble: str = ""

    def run(self, over: threading.Event) -> None:
        """Until ``over``. Never raises: delivery goes on whatever happens to one round."""
        while not over.is_set():
            self.round()
            over.wait(self.every_seconds)

    def round(self) -> None:
        """One round of sending, and of results."""
        try:
            self._tell_of(self.sender.round())
            self._take_results()
            self._trouble = ""
        except YijianshiError as error:
            self._say(f"送达暂停：{error.message}恢复后自动继续。")
        except Exception as error:  # noqa: BLE001  kept for us; the service and the next round go on
            keep_bug(error)
            log.error("delivery broke", kinds=[type(error).__name__])
            self._say(f"送达时程序出错（{type(error).__name__}），稍后重试。")

    def _say(self, words: str) -> None:
        if words != self._trouble:
            self.tell(words)
        self._trouble = words

    def _tell_of(self, tally: Tally) -> None:
        for name, error in tally.errors.items():
            if self._away.get(name) != error:
                self.tell(f"{TARGET_LABELS[name]}暂时送不到（{error}），稍后自动重试。")
            self._away[name] = error
        for name in [name for name in self._away if tally.by_target[name]]:
            if name not in tally.errors:
                del self._away[name]
                self.tell(f"{TARGET_LABELS[name]}已恢复送达。")
        if tally.dead:
            self.tell(f"{tally.dead} 条送达被搁置，原因见 yijianshi deliver --dead。")

    def _take_results(self) -> None:
        for name, target in self.sender.targets.by_name.items():
            if target.results is None:
                continue
            department = None if name == "applicant" else name
            try:
                came = take_results(self.sender.store, target.results, department)
            except InputError as error:
                came = None
                self._tell_once(target.results, "", error.message)
            if came is None:
                continue
            if came.taken:
                self.tell(f"收到{TARGET_LABELS[name]}的结果 {came.taken} 份。")
            for file, why in came.wrong:
                self._tell_once(target.results, file, f"未收结果“{file}”：{why}。")

    def _tell_once(self, folder: Path, file: str, words: str) -> None:
        if (folder, file, words) not in self._told:
            self._told.add((folder, file, words))
            self.tell(words)
