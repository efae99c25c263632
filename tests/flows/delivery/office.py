"""A store with cases, and a sender whose clock the test moves."""

from __future__ import annotations

import random
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flows.delivery.sending import Sender, Tally
from flows.delivery.targets import Target, Targets, read_targets
from pipeline.record import Delivery, Record, Whole
from pipeline.status import Status
from pipeline.store.cases import Store
from pipeline.store.objects import FolderObjects
from pipeline.store.outgoing import messages_of
from tests.flows.delivery.receiver import SECRET
from tests.validators.applications import applied, card, form, photo, record

DUE = Whole(due_on="2026-12-03", statutory_on="2027-04-01", calendar="provisional")


class Office:
    """One store, its objects and its targets."""

    def __init__(self, folder: Path, store: Store, told: str) -> None:
        self.folder, self.store = folder, store
        self.objects = FolderObjects(folder / "objects")
        self.ahead = timedelta(0)
        (folder / "secret").write_text(SECRET, encoding="ascii")
        (folder / "delivery.toml").write_text(told, encoding="utf-8")
        self.targets: Targets = read_targets(folder / "delivery.toml")
        self.sender = self.new_sender()

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def new_sender(self) -> Sender:
        """Another process's sender."""
        return Sender(self.store, self.objects, self.targets, lambda: self.now, random.Random(7))

    def target(self, name: str) -> Target:
        return self.targets.by_name[name]

    def wait_for_answers(self, name: str, seconds: float) -> None:
        """Give the target no longer than this to answer."""
        hasty = self.target(name).model_copy(update={"timeout_seconds": seconds})
        self.targets = self.targets.model_copy(update={"by_name": {name: hasty}})
        self.sender = self.new_sender()

    def put(self, case_id: str, *matters: str, **request: Any) -> Record:
        """A case that is ready, or refused, by what is asked for. Each has scans of its own, and is
        another person's, so that none is another one handed in again."""
        number = zlib.crc32(case_id.encode()) % 10_000
        who = {"id_number": f"45010319900307{number:04}", "name": f"韦小{case_id}"}
        application = applied(list(matters), form(), card(), photo(), **request)
        made = record(application)
        documents = [
            d.model_copy(
                update={"pages": tuple(p.model_copy(update={"sha256": f"{number:064}"})
                                       for p in d.pages)}
            )
            for d in made.documents
        ]  # fmt: skip
        own = made.model_copy(
            update={
                "case_id": case_id,
                "documents": tuple(documents),
                "applicant": made.applicant.model_copy(update=who),
                "declared": application.request,
                "delivery": Delivery(way=application.request.delivery or "pickup"),
                "whole": DUE if made.status == Status.READY else None,
            }
        )
        self.write(own)
        return own

    def write(self, made: Record) -> None:
        assert made.declared is not None
        self.store.write_record(made.case_id, "k", made, made.declared)

    def round(self, *, after: float = 0) -> Tally:
        """One round, so many seconds later."""
        self.ahead += timedelta(seconds=after)
        return self.sender.round()

    def rounds(self, *, until_sent: int = 60) -> None:
        """Rounds an hour apart, until nothing waits."""
        for _ in range(until_sent):
            tally = self.round(after=4 * 3600)
            if not (tally.failed or tally.delivered):
                return

    def states(self, case_id: str) -> list[tuple[str, str, int, int | None, str]]:
        """(target, kind, revision, replaced, state) of all messages of a case."""
        with self.store.snapshot() as connection:
            return [
                (m.target, m.kind.value, m.revision, m.replaces, m.state.value)
                for m in messages_of(connection, case_id)
            ]


def changed(made: Record, postcode: str) -> Record:
    """The same case, corrected."""
    assert made.declared is not None
    applicant = made.applicant.model_copy(update={"mobile": postcode})
    return made.model_copy(update={"applicant": applicant})
