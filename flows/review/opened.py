"""A case as it lies before a person: what is asked of him, what he may see of what was decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from flows.case import CaseResult
from flows.review.doubts import Item, certain, items_of, problems_of
from pipeline.deciding import Decided, Detail, paper_of, standing, visible
from pipeline.errors import StoreError
from pipeline.model import Document, Reading
from pipeline.record import Action, Record
from pipeline.store.cases import CaseRow


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


def opened_case(
    row: CaseRow,
    result: CaseResult,
    decisions: tuple[Decided, ...],
    person: str,
    holder: str | None,
) -> OpenCase:
    """The case for this person: what he decided and waits for a second one is not asked again."""
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
