"""The reviewer's desk: open a case, decide, and see at once what follows.

A decision, the record that it makes and what must go out are written in one transaction, under the
case's lease and the person's claim. The record is made by the very functions of the batch
(:func:`flows.case.make_case_record`), on readings that are kept: no file is read again, but a page
that was turned or named otherwise.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from flows.case import CaseResult, make_case_record
from flows.decided import PAGES, read_for
from flows.outputs import write_outputs
from flows.reading import Reader
from flows.rereading import read_region
from flows.review.difference import Change, changes
from flows.review.loading import KEPT_CASES, Loaded, Loader
from flows.review.moves import (
    Arrangement,
    Move,
    arrangements,
    decisions_of_move,
    document_of,
    new_decision,
)
from flows.review.opened import NotDecided, OpenCase, opened_case
from pipeline.deciding import (
    Decided,
    Detail,
    Paper,
    arranged,
    decide_faces,
    effective,
    paper_of,
    papers_of,
)
from pipeline.errors import InputError
from pipeline.file_reading import FileReading
from pipeline.model import Face, Quad, Reading, Request
from pipeline.record import Action
from pipeline.settings import Settings
from pipeline.store.cases import Reason, Store, find_case, put_record
from pipeline.store.claims import NotClaimed, check_claim, claim, claimed_by, give_back
from pipeline.store.decisions import (
    FourEyes,
    StaleDecision,
    decisions_of,
    find_revision,
    policy_of,
    put_decision,
)
from pipeline.store.files import CaseFile, put_file, take_file
from pipeline.store.leases import new_owner, release, take
from pipeline.store.objects import Objects

CASE_LEASE = "case:"
WAIT_SECONDS = 3.0
"""How long a decision waits for whoever works on the case at this moment."""

Made = tuple[Loaded, tuple[Decided, ...], date, CaseResult]
"""A result, and all that it was made of."""

Written = Callable[[Any, str, int, CaseResult], None]
"""Told of a record within its transaction: (connection, case id, revision, result)."""


@dataclass(slots=True)
class Desk:
    """Shared by all reviewers of a process."""

    settings: Settings
    store: Store
    objects: Objects
    reader: Reader
    out: Path
    today: Callable[[], date]
    written: tuple[Written, ...] = ()
    loader: Loader = field(init=False)
    _made: dict[str, tuple[Loaded, tuple[Decided, ...], date, CaseResult]] = field(
        default_factory=dict
    )

    def __post_init__(self) -> None:
        self.loader = Loader(self.settings, self.store, self.objects, self.reader)

    @property
    def policy(self) -> FourEyes:
        """Where two people must say the same."""
        return policy_of(self.settings)

    # ------------------------------------------------------------ claims

    def claim(self, case_id: str, person: str) -> None:
        """Take a case before oneself, or keep it for longer. Raises NotClaimed."""
        with self.store.begin() as connection:
            claim(connection, case_id, person, self.settings.claim_minutes * 60)

    def give_back(self, case_id: str, person: str) -> None:
        """Let others have the case."""
        with self.store.begin() as connection:
            give_back(connection, case_id, person)

    # ------------------------------------------------------------ looking

    def open(self, case_id: str, person: str) -> OpenCase:
        """The case as it stands. Raises InputError where there is none."""
        if self.store.find_case(case_id) is None:
            raise InputError(f"没有案件“{case_id}”。", "请检查案件编号。")
        loaded = self.loader.load(case_id)
        with self.store.snapshot() as connection:
            row = find_case(connection, case_id)
            decisions = decisions_of(connection, case_id)
            holder = claimed_by(connection, case_id)
        if row is None:
            raise InputError(f"没有案件“{case_id}”。", "请检查案件编号。")
        result = self._result(loaded, decisions)
        return opened_case(row, result, decisions, person, holder)

    def refresh(self, case_id: str, person: str) -> OpenCase:
        """The case as it stands today: where the day or the rules have changed what the record
        says, it gets a revision before anybody decides on it."""
        opened = self.open(case_id, person)
        with self.store.begin() as connection:
            row = find_case(connection, case_id)
            if row is None or row.revision != opened.revision:
                return opened
            revision = put_record(
                connection, case_id, row.content_key, opened.record, opened.result.request
            )
        return replace(opened, revision=revision)

    def changes_since(self, case_id: str, revision: int, person: str) -> tuple[Change, ...]:
        """What is otherwise now than in that revision."""
        with self.store.snapshot() as connection:
            old = find_revision(connection, case_id, revision)
        return () if old is None else changes(old, self.open(case_id, person).record)

    def read_region(
        self, case_id: str, key: str, box: Quad, person: str, page: Paper
    ) -> Reading | None:
        """What stands in a box that was drawn on a page, as the item's field has it. Nothing is
        decided by it."""
        name = self.open(case_id, person).item(key).field or ""
        with self.loader.source(case_id, page.sha256) as source:
            return self.reader.ask(read_region, source, page.page, page.rotation, box, name)

    # ------------------------------------------------------------ deciding

    def decide(self, case_id: str, person: str, revision: int, move: Move) -> OpenCase:
        """Settle an item. Raises StaleDecision, NotClaimed, NotDecided, StoreError."""
        opened = self._current(case_id, person, revision)
        decided = list(decisions_of_move(opened, opened.item(move.key), move, person))
        return self._write(person, {case_id: decided})

    def looked_through(self, case_id: str, person: str, revision: int) -> OpenCase:
        """A clean case of the sample was looked through, each field of it."""
        opened = self._current(case_id, person, revision)
        looked_at: dict[str, int] = {}
        for document in opened.documents:
            for name in document.fields:
                key = f"{document.type}.{name}"
                looked_at[key] = looked_at.get(key, 0) + 1
        checked = new_decision(opened, person, Action.CHECKED, detail=Detail(looked_at=looked_at))
        return self._write(person, {case_id: [checked]})

    def undo(self, case_id: str, person: str, revision: int, decision: int) -> OpenCase:
        """Take back a decision of one's own; of a paper that was moved, in both cases."""
        opened = self._current(case_id, person, revision)
        told = next((d for d in opened.decisions if d.id == decision), None)
        if told is None:
            raise NotDecided("这项决定已撤销，或不是您作出的。", "请刷新页面后再试。")
        partner = told.detail.case_id if told.action in (Action.MOVE, Action.RECEIVE) else None
        every = {case_id: [new_decision(opened, person, Action.UNDO, undoes=told.id)]}
        taken = []
        if partner:
            other = self.open(partner, person)
            twin = _twin(told, case_id, other)
            every[partner] = [new_decision(other, person, Action.UNDO, undoes=twin.id)]
            for one, case in ((told, case_id), (twin, partner)):
                if one.action == Action.RECEIVE and not one.detail.own and one.paper:
                    taken.append((case, one.detail.file or "", one.paper.sha256))
        return self._write(person, every, taken=taken)

    def arrange(
        self, case_id: str, person: str, revision: int, arrangement: Arrangement
    ) -> OpenCase:
        """Say what a paper is or where it belongs. Raises as :meth:`decide`."""
        to = arrangement.case_id if arrangement.action == Action.MOVE else ""
        if arrangement.action == Action.MOVE and (not to or to == case_id):
            raise NotDecided("请写明移到哪一件。", "请输入另一件的案件编号。")
        opened = self._current(case_id, person, revision)
        papers = self._papers(opened, arrangement)
        if arrangement.action == Action.MOVE:
            return self._move(person, opened, papers, to)
        decided = [
            new_decision(opened, person, arrangement.action, paper=paper, detail=detail,
                 document=arrangement.document)
            for paper, detail in arrangements(opened, arrangement, papers)
        ]  # fmt: skip
        return self._write(person, {case_id: decided})

    def _move(
        self,
        person: str,
        opened: OpenCase,
        papers: Sequence[Paper],
        to: str,
    ) -> OpenCase:
        with self.store.snapshot() as connection:
            holder = claimed_by(connection, to)
        if holder not in (None, person):
            raise NotClaimed(holder)
        target = self.open(to, person)
        own = {file.sha256 for file in self.loader.load(to).files.files}
        leaving, coming, files = [], [], []
        for paper in papers:
            row = self.loader.row(opened.case_id, paper.sha256)
            name = row.name if paper.sha256 in own else f"{opened.case_id}/{row.name}"
            has = paper.sha256 in own
            leaving.append(
                new_decision(opened, person, Action.MOVE, paper=paper, detail=Detail(case_id=to))
            )
            detail = Detail(case_id=opened.case_id, file=name, own=has)
            coming.append(new_decision(target, person, Action.RECEIVE, paper=paper, detail=detail))
            if not has:
                files.append((to, row.model_copy(update={"name": name})))
        every = {opened.case_id: leaving, to: coming}
        return self._write(person, every, added=files)

    def _papers(self, opened: OpenCase, arrangement: Arrangement) -> list[Paper]:
        """The parts of the paper that the arrangement is about. Raises NotDecided."""
        document = document_of(opened, arrangement.document)
        if arrangement.page >= len(document.pages):
            raise NotDecided("这份材料没有这一页。", "请刷新页面后再试。")
        papers = papers_of(document, opened.documents, self._faces(opened))
        if arrangement.action in (Action.SPLIT, Action.ROTATE):
            ref = document.pages[arrangement.page]
            papers = [p for p in papers if (p.sha256, p.page) == (ref.sha256, ref.page)]
        return papers or [paper_of(document, page=arrangement.page)]

    def _faces(self, opened: OpenCase) -> tuple[Face, ...]:
        loaded = self.loader.load(opened.case_id)
        with self.store.snapshot() as connection:
            counting = effective(decisions_of(connection, opened.case_id))
        again = self._again(loaded, counting)
        faces = [face for reading in loaded.readings for face in reading.faces]
        anew = [(d, again[d.id].faces) for d in counting if d.id in again]
        return decide_faces(arranged(faces, counting, anew), counting)

    # ------------------------------------------------------------ beneath

    def _current(self, case_id: str, person: str, revision: int) -> OpenCase:
        opened = self.open(case_id, person)
        if opened.revision != revision:
            raise StaleDecision(opened.revision)
        return opened

    def _result(self, loaded: Loaded, decisions: Sequence[Decided]) -> CaseResult:
        """The record, made once for each state of a case: a page asks again for what a decision
        has just made."""
        case_id, day = loaded.files.case_id, self.today()
        known = tuple(decisions)  # whole: an id whose transaction failed is given again
        kept = self._made.get(case_id)
        if kept is not None and kept[0] is loaded and kept[1:3] == (known, day):
            return kept[3]
        counting = effective(decisions)
        result = make_case_record(
            loaded.files,
            loaded.readings,
            self.reader.models,
            day,
            counting,
            self._again(loaded, counting),
            self._accepted_on(case_id),
        )
        if len(self._made) >= KEPT_CASES:
            self._made.clear()
        self._made[case_id] = (loaded, known, day, result)
        return result

    def _accepted_on(self, case_id: str) -> date | None:
        """The day of acceptance that the record was made with, where its papers say none."""
        row = self.store.find_case(case_id)
        if row is None or row.request is None:
            return None
        return Request.model_validate_json(row.request).accepted_on

    def _again(self, loaded: Loaded, counting: Sequence[Decided]) -> Mapping[int, FileReading]:
        """What was read anew for decisions about pages; read now where it is not kept."""
        case_id = loaded.files.case_id
        return read_for(
            counting,
            self.store,
            self.reader,
            loaded.files,
            lambda listed: self.loader.source(case_id, listed.sha256),
        )

    def _write(
        self,
        person: str,
        every: Mapping[str, Sequence[Decided]],
        *,
        added: Sequence[tuple[str, CaseFile]] = (),
        taken: Sequence[tuple[str, str, str]] = (),
    ) -> OpenCase:
        """Keep decisions of one person about one or two cases, and the records they make. The first
        case is the one that he has before him, and is given back as it stands then."""
        first = next(iter(every))
        self._read_ahead(every)
        more = {case: [f for c, f in added if c == case] for case in every}
        loaded = {case: self.loader.load(case, more[case]) for case in every}
        results: dict[str, CaseResult] = {}
        with self._alone_with(every) as connection:
            check_claim(connection, first, person)
            claim(connection, first, person, self.settings.claim_minutes * 60)
            for case, decided in every.items():
                for one in decided:
                    put_decision(connection, case, one, self.policy)
            for case, file in added:
                put_file(connection, case, file)
            for case, name, sha256 in taken:
                take_file(connection, case, name, sha256)
            for case in every:
                results[case] = self._put_record(connection, case, loaded[case])
        for result in results.values():
            write_outputs(result, self.out, self.objects)
        return self.open(first, person)

    def _put_record(self, connection: Any, case_id: str, loaded: Loaded) -> CaseResult:
        """The record that the decisions make, kept, and what hangs on it told."""
        result = self._result(loaded, decisions_of(connection, case_id))
        row = find_case(connection, case_id)
        revision = put_record(
            connection,
            case_id,
            row.content_key if row is not None else "",
            result.record,
            result.request,
            Reason.DECIDED,
        )
        for tell in self.written:
            tell(connection, case_id, revision, result)
        return result

    @contextmanager
    def _alone_with(self, case_ids: Iterable[str]) -> Iterator[Any]:
        """A transaction under the leases of these cases. Who reads or checks one at the moment is
        waited for. Raises NotDecided."""
        until = time.monotonic() + WAIT_SECONDS
        names = [CASE_LEASE + case_id for case_id in sorted(case_ids)]
        while True:
            with self.store.begin() as connection:
                # A name for this decision alone: two of one process are kept apart, too.
                owner = new_owner()
                leases = [take(connection, name, owner, seconds=60) for name in names]
                if None not in leases:
                    yield connection
                    for lease in leases:
                        if lease is not None:
                            release(connection, lease)
                    return
                for lease in leases:
                    if lease is not None:
                        release(connection, lease)
            if time.monotonic() > until:
                raise NotDecided(
                    "这一件正在重新识别或核验。", "请稍候几秒再试，输入的内容不会丢失。"
                )
            time.sleep(0.05)

    def _read_ahead(self, every: Mapping[str, Sequence[Decided]]) -> None:
        """Read the pages that decisions ask for before the transaction begins: reading takes
        seconds, and everybody else's writing would wait."""
        for case, decided in every.items():
            asking = [d for d in decided if d.action in PAGES]
            if asking:
                self._again(self.loader.load(case), asking)


def _twin(told: Decided, case_id: str, other: OpenCase) -> Decided:
    """The other case's half of a move. Raises NotDecided."""
    for decided in other.decisions:
        is_half = decided.action in (Action.MOVE, Action.RECEIVE)
        if is_half and decided.paper == told.paper and decided.detail.case_id == case_id:
            return decided
    raise NotDecided("另一件中的相应决定已撤销。", "请刷新页面后再试。")
