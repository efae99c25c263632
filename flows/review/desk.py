"""The reviewer's desk: open a case, decide, and see at once what follows.

A decision, the record that it makes and what must go out are written in one transaction, under the
case's lease and the person's claim. The record is made by the very functions of the batch
(:func:`flows.case.make_case_record`), on readings that are kept: no file is read again, but a page
that was turned or named otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from flows.case import CaseResult
from flows.notice import letterhead
from flows.outputs import write_outputs
from flows.reading import Reader
from flows.rereading import read_region
from flows.review.alone import alone_with
from flows.review.difference import Change, changes
from flows.review.loading import Loaded, Loader
from flows.review.making import Maker
from flows.review.moves import (
    Arrangement,
    Move,
    arrangements,
    decisions_of_move,
    document_of,
    new_decision,
    twin_of,
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
from pipeline.model import Face, Quad, Reading
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
from pipeline.store.objects import Objects

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
    maker: Maker = field(init=False)

    def __post_init__(self) -> None:
        self.loader = Loader(self.settings, self.store, self.objects, self.reader)
        self.maker = Maker(self.store, self.reader, self.loader, self.today)

    @property
    def policy(self) -> FourEyes:
        """Where two people must say the same."""
        return policy_of(self.settings)

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
        result = self.maker.result(loaded, decisions)
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
            twin = twin_of(told, case_id, other)
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
        again = self.maker.again(loaded, counting)
        faces = [face for reading in loaded.readings for face in reading.faces]
        anew = [(d, again[d.id].faces) for d in counting if d.id in again]
        return decide_faces(arranged(faces, counting, anew), counting)

    def _current(self, case_id: str, person: str, revision: int) -> OpenCase:
        opened = self.open(case_id, person)
        if opened.revision != revision:
            raise StaleDecision(opened.revision)
        return opened

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
        self.maker.read_ahead(every)
        more = {case: [f for c, f in added if c == case] for case in every}
        loaded = {case: self.loader.load(case, more[case]) for case in every}
        results: dict[str, CaseResult] = {}
        with alone_with(self.store, every) as connection:
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
            head = letterhead(self.settings)
            write_outputs(result, self.out, self.today(), head, self.objects)
        return self.open(first, person)

    def _put_record(self, connection: Any, case_id: str, loaded: Loaded) -> CaseResult:
        """The record that the decisions make, kept, and what hangs on it told."""
        result = self.maker.result(loaded, decisions_of(connection, case_id))
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
