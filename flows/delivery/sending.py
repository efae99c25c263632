"""The sender: takes what is due from the outbox to where it belongs, once.

A message is claimed, sent, and what came of it written down. Whoever is killed between leaves it to
the next, under the same id. What fails is tried again after a while, ever longer, drawn by lot so
that a receiver that comes back is not met by all at once; a receiver that fails several times in a
row is left in peace until the next round.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx

from flows.delivery.folder import clear, forget, leftovers, put_into_folder
from flows.delivery.http import CONNECT_SECONDS, Answer, open_client, post
from flows.delivery.message import Content, content_of, message_of
from flows.delivery.targets import TARGET_LABELS, Retrying, Target, Targets
from flows.trace import log
from pipeline.errors import StoreError
from pipeline.model import Request
from pipeline.record import Record
from pipeline.store.cases import Store
from pipeline.store.decisions import find_revision_row
from pipeline.store.dispatch import claim, due, over_among, settle
from pipeline.store.leases import free_dead, new_owner
from pipeline.store.objects import Objects
from pipeline.store.outbox import revoke
from pipeline.store.outgoing import Claimed, Kind, Outgoing, Result
from pipeline.store.traces import traces_near
from validators.papers.repeats import find_repeats

AT_ONCE = 4
"""Messages under way at one time, to all targets together."""
LEFT_AT_ONCE = 400
PATIENCE = 3
"""Failures of a target in a row, after which the round leaves it."""
SPARE_SECONDS = 60.0
"""A lease outlives the longest attempt by this."""
REPEATED = "X22"

Clock = Callable[[], datetime]


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Tally:
    """What a round did. ``errors``: the last one of each target."""

    delivered: int = 0
    failed: int = 0
    dead: int = 0
    held: int = 0
    """Of cases that were handed in again since: the newer one stands."""
    errors: dict[str, str] = field(default_factory=dict)
    by_target: Counter[str] = field(default_factory=Counter)
    """Delivered."""


@dataclass(slots=True)
class Sender:
    """Sends for one store. Safe to run in several processes at once."""

    store: Store
    objects: Objects
    targets: Targets
    clock: Clock = _now
    chance: random.Random = field(default_factory=random.SystemRandom)
    owner: str = field(default_factory=new_owner)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _failures: Counter[str] = field(default_factory=Counter)
    _clients: dict[str, httpx.Client] = field(default_factory=dict)

    def round(self) -> Tally:
        """Try everything that is due now, once. Raises StoreError."""
        began, tally, last = self.clock(), Tally(), 0
        self._failures.clear()
        with ExitStack() as open_ones, ThreadPoolExecutor(AT_ONCE) as pool:
            self._clients = {
                name: open_ones.enter_context(open_client(target))
                for name, target in self.targets.by_name.items()
                if target.url is not None
            }
            with self.store.begin() as connection:
                free_dead(connection)
            self.sweep()
            while batch := self._due(began, last):
                last = batch[-1].id
                for _ in pool.map(lambda message: self._try(message, tally), batch):
                    pass
        return tally

    def sweep(self) -> int:
        """Remove from the folders what kills left of messages that are over; how many. Others' are
        left alone: several offices may deliver to one folder. Raises StoreError."""
        cleared = 0
        for name, target in self.targets.by_name.items():
            if target.folder is None:
                continue
            try:
                left = leftovers(target.folder)
                with self.store.snapshot() as connection:
                    over = over_among(connection, list(left)[:LEFT_AT_ONCE])
                for message_id in over:
                    clear(left[message_id])
            except OSError:
                log.warning("not swept", target=name)
                continue
            cleared += len(over)
        return cleared

    def _due(self, began: datetime, last: int) -> Sequence[Outgoing]:
        with self.store.snapshot() as connection:
            return due(connection, list(self.targets.by_name), began, after=last)

    def _try(self, message: Outgoing, tally: Tally) -> None:
        with self._lock:
            if self._failures[message.target] >= PATIENCE:
                return
        if message.kind == Kind.PACKET and not self._stands(message):
            with self._lock:
                tally.held += 1
            return
        target = self.targets.by_name[message.target]
        wrong = None
        try:
            content = self._content(message)
        except ValueError as error:  # a revision that this version cannot read
            content, wrong = Content(), str(error)
        claimed = self._claim(message, content, target)
        if claimed is None:
            return
        if wrong is None:
            answer = self._send(claimed.message, content, target)
        else:
            answer = Answer(Result.REFUSED, error=f"content：无法生成内容（{wrong}）")
        self._settle(claimed, answer, target, tally)

    def _stands(self, message: Outgoing) -> bool:
        """Whether the case is not one that was handed in again since; where it is itself the newer
        one, what this target has of the older is taken back first."""
        with self.store.snapshot() as connection:
            near = traces_near(connection, [message.case_id])
        found = find_repeats(near) if len(near) > 1 else {}
        newer = {
            case_id: {c for f in findings if f.rule == REPEATED for c in f.cases}
            for case_id, findings in found.items()
        }
        if newer.get(message.case_id):
            log.info("delivery held", case=message.case_id, target=message.target)
            return False
        for case_id, others in newer.items():
            if message.case_id in others:
                with self.store.begin() as connection:
                    if revoke(connection, case_id, message.target):
                        log.info("case replaced", case=case_id, target=message.target)
        return True

    def _content(self, message: Outgoing) -> Content:
        if message.kind == Kind.REVOCATION:
            return Content()
        with self.store.snapshot() as connection:
            row = find_revision_row(connection, message.case_id, message.revision)
        record = None if row is None else Record.from_json(row.record)
        request = None if row is None else Request.model_validate_json(row.request)
        return content_of(message, record, request, self.objects)

    def _claim(self, message: Outgoing, content: Content, target: Target) -> Claimed | None:
        seconds = target.timeout_seconds + CONNECT_SECONDS + SPARE_SECONDS
        owner = f"{self.owner}:{threading.get_ident()}"
        with self.store.begin() as connection:
            return claim(
                connection, message.id, owner, content.digest, seconds=seconds, now=self.clock()
            )

    def _send(self, message: Outgoing, content: Content, target: Target) -> Answer:
        made = message_of(message, content)
        if target.folder is None:
            client, secret = self._clients[message.target], self.targets.secrets[message.target]
            return post(client, target, secret, message.message_id, made.to_bytes())
        try:
            scans = self.objects if target.scans else None
            name = put_into_folder(target.folder, message, made, content, scans)
        except (OSError, StoreError) as error:
            number = getattr(error, "errno", None)
            said = "文件夹不可用" if isinstance(error, OSError) else "扫描件不可用"
            # It is seen whole or not at all, and a mark tells which: it surely did not come.
            return Answer(Result.FAILED, error=f"folder：{said}（{number or ''}）")
        return Answer(Result.DELIVERED, text=name)

    def _settle(self, claimed: Claimed, answer: Answer, target: Target, tally: Tally) -> None:
        message, now = claimed.message, self.clock()
        is_over = answer.result == Result.REFUSED or message.attempts >= self.targets.retry.attempts
        next_at = None if is_over else now + self._wait(message.attempts, answer)
        with self.store.begin() as connection:
            settle(
                connection,
                claimed,
                answer.result,
                status=answer.status,
                answer=answer.text,
                error=answer.error,
                next_at=next_at,
                now=now,
            )
        if answer.result == Result.DELIVERED and target.folder is not None:
            try:
                forget(target.folder, message)
            except OSError:
                log.warning("mark left", case=message.case_id, target=message.target)
        self._note(message, answer, is_over=is_over, tally=tally)

    def _note(self, message: Outgoing, answer: Answer, *, is_over: bool, tally: Tally) -> None:
        told = {"case": message.case_id, "target": message.target, "attempts": message.attempts}
        with self._lock:
            if answer.result == Result.DELIVERED:
                self._failures[message.target] = 0
                tally.delivered += 1
                tally.by_target[message.target] += 1
                log.info("delivered", kind=message.kind.value, **told)
                return
            # A receiver that refuses this message takes others.
            self._failures[message.target] += answer.result != Result.REFUSED
            tally.errors[message.target] = answer.error or ""
            tally.dead += is_over
            tally.failed += not is_over
        level = log.error if is_over else log.warning
        level("not delivered", kind=message.kind.value, status=answer.status, **told)

    def _wait(self, attempts: int, answer: Answer) -> timedelta:
        drawn = jitter(self.targets.retry, attempts, self.chance)
        return timedelta(seconds=max(drawn, answer.wait_seconds or 0.0))


def jitter(retrying: Retrying, attempts: int, chance: random.Random) -> float:
    """Seconds to wait after so many attempts: full jitter."""
    most = min(retrying.cap_seconds, retrying.base_seconds * 2.0 ** min(attempts - 1, 40))
    return chance.uniform(0.0, most)


def tally_lines(tally: Tally) -> list[str]:
    """What a round did, for people."""
    parts = [f"{TARGET_LABELS[name]} {count}" for name, count in sorted(tally.by_target.items())]
    lines = [f"送达 {tally.delivered} 条" + (f"（{'、'.join(parts)}）" if parts else "") + "。"]
    if tally.failed:
        lines.append(f"  暂未送到 {tally.failed} 条，稍后自动重试。")
    if tally.dead:
        lines.append(f"  搁置 {tally.dead} 条，见 yijianshi deliver --dead。")
    if tally.held:
        lines.append(f"  {tally.held} 条未送：同一申请后来又递交过一次，以新的为准。")
    for name, error in sorted(tally.errors.items()):
        lines.append(f"  {TARGET_LABELS[name]}：{error}")
    return lines
