"""Accuracy on real papers, from daily work: every decision about a field is a label.

What was doubted and looked at says how many looks were needless, and which thresholds cost them.
What the machine was sure of is seen only in the sample of clean cases: only there are silent errors
counted, each with the interval in which their true share lies.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import sqrt
from pathlib import Path

from pipeline.deciding import VALUES, Decided, effective
from pipeline.errors import InputError
from pipeline.evidence.evidence import field_kind
from pipeline.finding import field_label, type_label
from pipeline.record import Action
from pipeline.settings import load_settings
from pipeline.store.cases import STORE_FILE, open_store
from pipeline.store.decisions import each_decision

Z_95 = 1.959964
"""Of the normal distribution: two-sided 95 in 100."""


def wilson(errors: int, looked_at: int) -> tuple[float, float]:
    """The interval (0 to 1) in which the true share lies, 95 times in 100 (E. B. Wilson, 1927);
    0 to 1 where nothing was looked at."""
    if looked_at == 0:
        return 0.0, 1.0
    share, z2 = errors / looked_at, Z_95**2
    middle = share + z2 / (2 * looked_at)
    half = Z_95 * sqrt(share * (1 - share) / looked_at + z2 / (4 * looked_at**2))
    scale = 1 + z2 / looked_at
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)


@dataclass(frozen=True, slots=True)
class Label:
    """What a person said stands in a field, and what the machine had read there: the truth of one
    place on one paper."""

    case_id: str
    sha256: str
    page: int
    type: str
    field: str
    month: str
    truth: str | None
    """None: unreadable for people, too."""
    read: str | None
    doubted: bool
    why: tuple[str, ...]
    sampled: bool
    """Found while a clean case was looked through."""

    @property
    def is_right(self) -> bool:
        """Whether the machine had read what a person sees."""
        return self.read is not None and self.read == self.truth


@dataclass(slots=True)
class Row:
    """Counts of one paper, field or month."""

    looks: int = 0
    needless: int = 0
    """Doubted, and right."""
    wrong: int = 0
    """Doubted, and wrong or not read."""
    unreadable: int = 0
    sampled: int = 0
    """Fields looked at in the sample."""
    silent: int = 0
    """Of these, wrong without a doubt."""
    found: int = 0
    """Wrong without a doubt, found by chance outside the sample: of no share, but a fact."""

    @property
    def interval(self) -> tuple[float, float]:
        """Where the true share of silent errors lies."""
        return wilson(self.silent, self.sampled)


@dataclass(slots=True)
class Accuracy:
    """What daily work shows."""

    total: Row = field(default_factory=Row)
    by_type: dict[str, Row] = field(default_factory=dict)
    by_field: dict[str, Row] = field(default_factory=dict)
    by_month: dict[str, Row] = field(default_factory=dict)
    costs: dict[str, int] = field(default_factory=dict)
    """Needless looks by what asked for them, most first."""
    cases_sampled: int = 0
    cases_wrong: int = 0
    labels: list[Label] = field(default_factory=list)


def measure(cases: Iterable[tuple[str, tuple[Decided, ...]]]) -> Accuracy:
    """The accuracy that decisions show: (case id, all its decisions)."""
    found = Accuracy()
    for case_id, decisions in cases:
        counting = effective(decisions)
        checked = [d for d in decisions if d.action == Action.CHECKED]
        labels = list(_labels(case_id, counting, bool(checked)))
        found.labels += labels
        for label in labels:
            for row in _rows(found, label.type, label.field, label.month):
                _count(row, label)
            if label.doubted and label.is_right:
                for why in label.why or ("规则提出的疑问",):
                    cause = f"{field_kind(label.field)}：{why}"
                    found.costs[cause] = found.costs.get(cause, 0) + 1
        for one in checked[:1]:
            found.cases_sampled += 1
            found.cases_wrong += any(_is_silent(label) for label in labels)
            for place, number in one.detail.looked_at.items():
                kind, _, name = place.partition(".")
                for row in _rows(found, kind, name, _month(one)):
                    row.sampled += number
    found.costs = dict(sorted(found.costs.items(), key=lambda item: -item[1]))
    return found


def _labels(case_id: str, counting: Iterable[Decided], sampled: bool) -> Iterator[Label]:
    for decided in counting:
        if not decided.is_of_field or decided.paper is None:
            continue
        yield Label(
            case_id=case_id,
            sha256=decided.paper.sha256,
            page=decided.paper.page,
            type=decided.paper.type.value,
            field=decided.field or "",
            month=_month(decided),
            truth=decided.value if decided.action in VALUES else None,
            read=decided.previous,
            doubted=decided.detail.doubted,
            why=decided.detail.doubts,
            sampled=sampled and not decided.detail.doubted,
        )


def _month(decided: Decided) -> str:
    return decided.at.astimezone().strftime("%Y-%m")


def _rows(found: Accuracy, kind: str, name: str, month: str) -> tuple[Row, ...]:
    return (
        found.total,
        found.by_type.setdefault(kind, Row()),
        found.by_field.setdefault(name, Row()),
        found.by_month.setdefault(month, Row()),
    )


def _is_silent(label: Label) -> bool:
    return not label.doubted and not label.is_right


def _count(row: Row, label: Label) -> None:
    if _is_silent(label):
        if label.sampled:
            row.silent += 1
        else:
            row.found += 1
        return
    if not label.doubted:
        return
    row.looks += 1
    if label.truth is None:
        row.unreadable += 1
    elif label.is_right:
        row.needless += 1
    else:
        row.wrong += 1


def accuracy_lines(found: Accuracy) -> Iterator[str]:
    """The accuracy as lines of text."""
    yield f"{'':34}  looks needless  wrong unread. sampled silent    95%"
    for kind, row in sorted(found.by_type.items()):
        yield f"{type_label(kind):28}{_told(row)}"
    yield ""
    for name, row in sorted(found.by_field.items()):
        yield f"{field_label(name):28}{_told(row)}"
    yield ""
    for month, row in sorted(found.by_month.items()):
        yield f"{month:34}{_told(row)}"
    yield f"{'all':34}{_told(found.total)}"
    low, high = wilson(found.cases_wrong, found.cases_sampled)
    yield ""
    yield (
        f"clean cases looked through: {found.cases_sampled}, with an error: {found.cases_wrong}"
        f" (95%: {100 * low:.2f} to {100 * high:.2f} in 100)"
    )
    if found.costs:
        yield ""
        yield "needless looks by what asked for them:"
        yield from (f"{number:7}  {cause}" for cause, number in found.costs.items())


def _told(row: Row) -> str:
    low, high = row.interval
    span = f"{100 * low:.2f}-{100 * high:.2f}" if row.sampled else ""
    return (
        f"{row.looks:7}{row.needless:9}{row.wrong:7}{row.unreadable:8}{row.sampled:8}"
        f"{row.silent:7}  {span}"
    )


def scored_decisions(out: Path, *, errors: bool = False) -> Iterator[str]:
    """The accuracy of a result folder's daily work, as lines; with each error where it is asked
    for (without values: by case, paper and field). Raises InputError, StoreError."""
    settings = load_settings()
    if settings.database_url is None and not (out / STORE_FILE).is_file():
        raise InputError(
            f"结果目录“{out.name}”中没有处理记录。",
            "请用 --from-decisions 指定 yijianshi run 的结果目录。",
        )
    with open_store(settings, out) as store, store.snapshot() as connection:
        found = measure(each_decision(connection))
    yield from accuracy_lines(found)
    if errors:
        yield ""
        for label in found.labels:
            if not label.is_right:
                kind = "SILENT" if _is_silent(label) else "wrong"
                yield (
                    f"{kind:9} {label.type:24} {label.field:24} {label.case_id}"
                    f" {label.sha256[:12]} {label.page}"
                )
