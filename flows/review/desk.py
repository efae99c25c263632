"""The reviewer's desk: open a case, decide, and see at once what follows.

A decision, the record that it makes and what must go out are written in one transaction, under the
case's lease and the person's claim. The record is made by the very functions of the batch
(:func:`flows.case.make_case_record`), on readings that are kept: no file is read again, but a page
that was turned or named otherwise.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

from extractors.labelled.grammar import read_value
from flows.case import CaseResult, make_case_record
from flows.outputs import write_outputs
from flows.reading import Reader
from flows.rereading import KINDS, read_again, read_region
from flows.review.difference import Change, changes
from flows.review.doubts import Item, certain, items_of, problems_of
from flows.review.loading import Loaded, Loader
from pipeline.deciding import (
    REASONED,
    Decided,
    Detail,
    Paper,
    arranged,
    decide_faces,
    effective,
    paper_of,
    papers_of,
    standing,
    visible,
)
from pipeline.errors import InputError, StoreError
from pipeline.file_reading import FileReading
from pipeline.finding import Finding, Severity
from pipeline.model import Document, DocumentType, Face, Quad, Reading
from pipeline.record import Action, Record
from pipeline.settings import Settings
from pipeline.store.cases import CaseRow, Reason, Store, find_case, put_record
from pipeline.store.claims import NotClaimed, check_claim, claim, claimed_by, give_back
from pipeline.store.decisions import (
    FourEyes,
    StaleDecision,
    decisions_of,
    find_revision,
    put_decision,
)
from pipeline.store.files import CaseFile, put_file, take_file
from pipeline.store.leases import Lease, check, new_owner, release, take
from pipeline.store.objects import Objects

CASE_LEASE = "case:"
WAIT_SECONDS = 3.0
"""How long a decision waits for whoever works on the case at this moment."""

Written = Callable[[Any, str, int, CaseResult], None]
"""Told of a record within its transaction: (connection, case id, revision, result)."""


class NotDecided(StoreError):
    """What was asked for cannot be decided so; the message says what to do. Nothing was written."""


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A case before a person."""

    case_id: str
    revision: int
    result: CaseResult
    items: tuple[Item, ...]
    waiting: tuple[Item, ...]
    """Items that this person has decided and that wait for a second one."""
    problems: tuple[Item, ...]
    decisions: tuple[Decided, ...]
    """What this person may see of what was decided."""
    claimed_by: str | None
    person: str

    @property
    def record(self) -> Record:
        """The record, as the decisions that count make it."""
        return self.result.record

    @property
    def documents(self) -> tuple[Document, ...]:
        """Its papers."""
        return self.result.documents

    @property
    def certain(self) -> dict[str, dict[str, Reading]]:
        """The fields that nothing is asked about, by document."""
        return certain(self.documents, self.items)

    @property
    def undoable(self) -> Decided | None:
        """The person's own last decision that stands."""
        return next((d for d in reversed(self.decisions) if d.by == self.person), None)

    def item(self, key: str) -> Item:
        """The item of this name, or a field that nothing was asked about. Raises NotDecided."""
        for item in (*self.items, *self.problems, *self.waiting):
            if item.key == key:
                return item
        kind, _, rest = key.partition("-")
        document_id, _, name = rest.partition("-")
        document = next((d for d in self.documents if d.id == document_id), None)
        if kind != "f" or document is None or name not in (*document.fields, *document.missing):
            raise NotDecided("这一项已经解决或不存在。", "请刷新页面，查看现在的疑点。")
        return Item(key, True, (), document, name, paper_of(document, name))


@dataclass(frozen=True, slots=True)
class Move:
    """What a person does with an item."""

    key: str
    action: Action
    value: str = ""
    reason: str = ""
    box: Quad | None = None


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What a person does with a paper: it is of another kind, turned, part of or apart from
    another, or another case's."""

    document: str
    action: Action
    page: int = 0
    """Index among the document's pages."""
    kind: DocumentType | None = None
    turn: Literal[0, 90, 180, 270] = 0
    other: str = ""
    case_id: str = ""


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
    _owner: str = field(default_factory=new_owner)

    def __post_init__(self) -> None:
        self.loader = Loader(self.settings, self.store, self.objects, self.reader)

    @property
    def policy(self) -> FourEyes:
        """Where two people must say the same."""
        rules = tuple(r.strip() for r in self.settings.four_eyes_rules.split(",") if r.strip())
        return FourEyes(rules=rules, rate=self.settings.four_eyes_rate)

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
        loaded = self.loader.load(case_id)
        with self.store.snapshot() as connection:
            row = find_case(connection, case_id)
            decisions = decisions_of(connection, case_id)
            holder = claimed_by(connection, case_id)
        if row is None:
            raise InputError(f"没有案件“{case_id}”。", "请检查案件编号。")
        result = self._result(loaded, decisions)
        return _opened(row, result, decisions, person, holder)

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
        with self._working_on(case_id) as leases:
            opened = self._current(case_id, person, revision)
            decided = list(_decided(opened, opened.item(move.key), move, person))
            return self._write(leases, person, {case_id: decided})

    def looked_through(self, case_id: str, person: str, revision: int) -> OpenCase:
        """A clean case of the sample was looked through, each field of it."""
        with self._working_on(case_id) as leases:
            opened = self._current(case_id, person, revision)
            looked_at: dict[str, int] = {}
            for document in opened.documents:
                for name in document.fields:
                    key = f"{document.type}.{name}"
                    looked_at[key] = looked_at.get(key, 0) + 1
            checked = _new(opened, person, Action.CHECKED, detail=Detail(looked_at=looked_at))
            return self._write(leases, person, {case_id: [checked]})

    def undo(self, case_id: str, person: str, revision: int, decision: int) -> OpenCase:
        """Take back a decision of one's own; of a paper that was moved, in both cases."""
        opened = self._current(case_id, person, revision)
        told = next((d for d in opened.decisions if d.id == decision), None)
        if told is None:
            raise NotDecided("这项决定已撤销，或不是您作出的。", "请刷新页面后再试。")
        partner = told.detail.case_id if told.action in (Action.MOVE, Action.RECEIVE) else None
        with self._working_on(*filter(None, (case_id, partner))) as leases:
            opened = self._current(case_id, person, revision)
            every = {case_id: [_new(opened, person, Action.UNDO, undoes=told.id)]}
            taken = []
            if partner:
                other = self.open(partner, person)
                twin = _twin(told, case_id, other)
                every[partner] = [_new(other, person, Action.UNDO, undoes=twin.id)]
                for one, case in ((told, case_id), (twin, partner)):
                    if one.action == Action.RECEIVE and not one.detail.own and one.paper:
                        taken.append((case, one.detail.file or "", one.paper.sha256))
            return self._write(leases, person, every, taken=taken)

    def arrange(
        self, case_id: str, person: str, revision: int, arrangement: Arrangement
    ) -> OpenCase:
        """Say what a paper is or where it belongs. Raises as :meth:`decide`."""
        to = arrangement.case_id if arrangement.action == Action.MOVE else ""
        if arrangement.action == Action.MOVE and (not to or to == case_id):
            raise NotDecided("请写明移到哪一件。", "请输入另一件的案件编号。")
        with self._working_on(*filter(None, (case_id, to))) as leases:
            opened = self._current(case_id, person, revision)
            papers = self._papers(opened, arrangement)
            if arrangement.action == Action.MOVE:
                return self._move(leases, person, opened, papers, to)
            decided = [
                _new(opened, person, arrangement.action, paper=paper, detail=detail,
                     document=arrangement.document)
                for paper, detail in _arranged(opened, arrangement, papers)
            ]  # fmt: skip
            return self._write(leases, person, {case_id: decided})

    def _move(
        self,
        leases: Sequence[Lease],
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
                _new(opened, person, Action.MOVE, paper=paper, detail=Detail(case_id=to))
            )
            detail = Detail(case_id=opened.case_id, file=name, own=has)
            coming.append(_new(target, person, Action.RECEIVE, paper=paper, detail=detail))
            if not has:
                files.append((to, row.model_copy(update={"name": name})))
        every = {opened.case_id: leaving, to: coming}
        return self._write(leases, person, every, added=files)

    def _papers(self, opened: OpenCase, arrangement: Arrangement) -> list[Paper]:
        """The parts of the paper that the arrangement is about. Raises NotDecided."""
        document = _document(opened, arrangement.document)
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
        counting = effective(decisions)
        return make_case_record(
            loaded.files,
            loaded.readings,
            self.reader.models,
            self.today(),
            counting,
            self._again(loaded, counting),
        )

    def _again(self, loaded: Loaded, counting: Sequence[Decided]) -> Mapping[int, FileReading]:
        """What was read anew for decisions about pages; read now where it is not kept."""
        found = {}
        sources = {file.sha256: file for file in loaded.files.files}
        for decided in counting:
            if decided.action not in (Action.RECLASSIFY, Action.ROTATE) or decided.paper is None:
                continue
            listed = sources.get(decided.paper.sha256)
            if listed is None:
                continue
            asked = (decided.paper.page, decided.detail.turn, decided.detail.kind)
            key = self.reader.key_again(listed, *asked)
            kept = self.store.find_reading(key)
            if kept is None:
                with self.loader.source(loaded.files.case_id, listed.sha256) as source:
                    kept = self.reader.ask(read_again, source, *asked)
                self.store.write_reading(key, kept)
            found[decided.id] = kept
        return found

    @contextmanager
    def _working_on(self, *case_ids: str) -> Iterator[list[Lease]]:
        """The leases of these cases, taken in one order by everybody, so that two people who move
        papers to and fro never wait for each other."""
        leases: list[Lease] = []
        try:
            for case_id in sorted(set(case_ids)):
                leases.append(self._take(case_id))
            yield leases
        finally:
            with self.store.begin() as connection:
                for lease in leases:
                    release(connection, lease)

    def _take(self, case_id: str) -> Lease:
        owner = new_owner()  # of this decision alone: two of one process are kept apart, too
        until = time.monotonic() + WAIT_SECONDS
        while True:
            with self.store.begin() as connection:
                taken = take(connection, CASE_LEASE + case_id, owner, seconds=60)
            if taken is not None:
                return taken
            if time.monotonic() > until:
                raise NotDecided(
                    "这一件正在重新识别或核验。", "请稍候几秒再试，输入的内容不会丢失。"
                )
            time.sleep(0.05)

    def _write(
        self,
        leases: Sequence[Lease],
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
        results: dict[str, tuple[CaseResult, int, tuple[Decided, ...]]] = {}
        with self.store.begin() as connection:
            for lease in leases:
                check(connection, lease)
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
                decisions = decisions_of(connection, case)
                result = self._result(loaded[case], decisions)
                row = find_case(connection, case)
                key = row.content_key if row is not None else ""
                revision = put_record(
                    connection, case, key, result.record, result.request, Reason.DECIDED
                )
                for tell in self.written:
                    tell(connection, case, revision, result)
                results[case] = (result, revision, decisions)
        for case in every:
            write_outputs(results[case][0], self.out)
        return self.open(first, person)

    def _read_ahead(self, every: Mapping[str, Sequence[Decided]]) -> None:
        """Read the pages that decisions ask for before the transaction begins: reading takes
        seconds, and everybody else's writing would wait."""
        for case, decided in every.items():
            asking = [d for d in decided if d.action in (Action.RECLASSIFY, Action.ROTATE)]
            if asking:
                self._again(self.loader.load(case), asking)


def _opened(
    row: CaseRow,
    result: CaseResult,
    decisions: tuple[Decided, ...],
    person: str,
    holder: str | None,
) -> OpenCase:
    items = items_of(result.record, result.documents)
    seen = visible(decisions, person)
    mine = {d.subject for d in standing(seen) if d.by == person and d.four_eyes}
    waiting = tuple(item for item in items if _subjects(item) & mine)
    return OpenCase(
        case_id=row.case_id,
        revision=row.revision,
        result=result,
        items=tuple(item for item in items if item not in waiting),
        waiting=waiting,
        problems=problems_of(result.record, result.documents),
        decisions=tuple(d for d in standing(seen)),
        claimed_by=holder,
        person=person,
    )


def _subjects(item: Item) -> set[str]:
    """What decisions about this item are about."""
    base = {"revision": 0, "action": Action.CONFIRM, "by": "", "at": datetime.now(UTC)}
    told = [Decided.model_validate({**base, "paper": item.paper, "field": item.field})]
    for found in item.findings:
        detail = Detail(got=found.got, expected=found.expected)
        told.append(
            Decided.model_validate(
                {**base, "rule": found.rule, "paper": item.paper, "field": found.field,
                 "detail": detail}
            )
        )  # fmt: skip
    return {d.subject for d in told}


def _new(opened: OpenCase, person: str, action: Action, **more: Any) -> Decided:
    return Decided(revision=opened.revision, action=action, by=person, at=datetime.now(UTC), **more)


def _document(opened: OpenCase, document_id: str) -> Document:
    for document in opened.documents:
        if document.id == document_id:
            return document
    raise NotDecided("这份材料已不在这一件里。", "请刷新页面后再试。")


def _decided(opened: OpenCase, item: Item, move: Move, person: str) -> Iterator[Decided]:
    """The decisions that a move makes. Raises NotDecided."""
    if move.action in REASONED and not move.reason.strip():
        raise NotDecided("请写明理由。", "理由会留在记录中；退回的理由会告知申请人。")
    about: dict[str, Any] = {
        "paper": item.paper,
        "document": None if item.document is None else item.document.id,
        "field": item.field,
        "previous": None if item.reading is None else item.value,
        "reason": move.reason.strip(),
    }
    if move.action in (Action.CORRECT, Action.READ_REGION):
        if item.document is None or not item.field:
            raise NotDecided("这一项没有可更正的内容。", "可确认、豁免或退回。")
        value = canonical(item.field, move.value)
        same = item.reading is not None and value == item.value
        action = Action.CONFIRM if same and item.is_field else move.action
        detail = item.detail.model_copy(update={"box": move.box})
        yield _new(opened, person, action, value=value, detail=detail, **about)
    elif move.action == Action.UNREADABLE:
        if item.document is None or not item.field:
            raise NotDecided("这一项不对应材料上的某一栏。", "可确认、豁免或退回。")
        yield _new(opened, person, move.action, detail=item.detail, **about)
    elif move.action == Action.CONFIRM and item.is_field:
        if item.reading is None:
            raise NotDecided("机器没有读出这一栏。", "请对照材料录入，或按 F2 标为无法辨认。")
        yield _new(opened, person, move.action, value=item.value, detail=item.detail, **about)
    elif move.action in (Action.CONFIRM, Action.WAIVE, Action.SEND_BACK):
        yield from _settled(opened, item, move, person, about)
    else:
        raise NotDecided("不认识的操作。", "请刷新页面后再试。")


def _settled(
    opened: OpenCase, item: Item, move: Move, person: str, about: Mapping[str, Any]
) -> Iterator[Decided]:
    """Findings that are settled as they stand: one decision for each that says something else."""
    told: dict[tuple[object, ...], list[Finding]] = {}
    for found in item.findings:
        told.setdefault((found.rule, found.got, found.expected), []).append(found)
    if not told and move.action == Action.SEND_BACK:
        yield _new(opened, person, move.action, rule="", **{**about, "previous": None})
    elif not told:
        raise NotDecided("这一项没有疑点。", "如有错误，请直接更正。")
    if told and item.severity == Severity.REJECT and move.action != Action.SEND_BACK:
        raise NotDecided("指南规定不予受理的，不能豁免。", "如材料读错，请更正相应的内容。")
    for findings in told.values():
        first = findings[0]
        matters = (
            () if any(f.matter is None for f in findings) else tuple(f.matter for f in findings)
        )
        detail = item.detail.model_copy(
            update={
                "got": first.got,
                "expected": first.expected,
                "severity": min(
                    (f.severity for f in findings), key=list(type(first.severity)).index
                ),
                "matters": matters,
            }
        )
        yield _new(
            opened, person, move.action, rule=first.rule, detail=detail,
            **{**about, "previous": None},
        )  # fmt: skip


def canonical(name: str, text: str) -> str:
    """What was typed, as the field's value is written. Raises NotDecided where it cannot be."""
    value = read_value(name, text)
    if text.strip() and not value.value:
        why = "、".join(value.doubts) or "内容不合该栏的格式"
        raise NotDecided(f"录入的内容{why}。", "日期请写作 1990-01-31；长期有效写作 长期。")
    return value.value


def _arranged(
    opened: OpenCase, arrangement: Arrangement, papers: Sequence[Paper]
) -> Iterator[tuple[Paper, Detail]]:
    """What an arrangement says of which papers. Raises NotDecided."""
    if arrangement.action == Action.RECLASSIFY:
        if arrangement.kind not in KINDS:
            raise NotDecided("请选择这份材料是什么。", "列表中没有的材料，请选“不是所需材料”。")
        yield from ((paper, Detail(kind=arrangement.kind)) for paper in papers)
    elif arrangement.action == Action.ROTATE:
        yield papers[0], Detail(turn=arrangement.turn)
    elif arrangement.action == Action.SPLIT:
        if len(_document(opened, arrangement.document).pages) < 2:
            raise NotDecided("这份材料只有一页，不能拆分。", "")
        yield from ((paper, Detail()) for paper in papers)
    elif arrangement.action == Action.JOIN:
        other = _document(opened, arrangement.other)
        if other.id == arrangement.document or other.type != papers[0].type:
            raise NotDecided("只有同一种材料才能合并。", "请先更正材料的种类。")
        yield papers[0], Detail(other=paper_of(other))
    else:
        raise NotDecided("不认识的操作。", "请刷新页面后再试。")


def _twin(told: Decided, case_id: str, other: OpenCase) -> Decided:
    """The other case's half of a move. Raises NotDecided."""
    for decided in other.decisions:
        is_half = decided.action in (Action.MOVE, Action.RECEIVE)
        if is_half and decided.paper == told.paper and decided.detail.case_id == case_id:
            return decided
    raise NotDecided("另一件中的相应决定已撤销。", "请刷新页面后再试。")
