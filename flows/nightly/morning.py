"""The morning's report as Markdown, for Prefect's pages: counts, case ids and our own words. The
report with papers and doubts is OUT/report.html, which does not leave the office's disk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from flows.batch import BatchOutcome
from flows.report import STATUS_LABELS
from pipeline.finding import field_label, type_label
from pipeline.status import Status
from pipeline.store.figures import Course


def morning(outcome: BatchOutcome) -> str:
    """The report."""
    return "\n".join(_lines(outcome)) + "\n"


def _lines(outcome: BatchOutcome) -> Iterator[str]:
    total = len(outcome.records) + len(outcome.quarantined)
    yield f"# 晨报：{total} 件，用时 {outcome.seconds:.0f} 秒"
    yield ""
    counts = Counter(outcome.statuses)
    yield from _table(
        ("结论", "件数"),
        [
            *((STATUS_LABELS[status], counts[status]) for status in Status),
            (STATUS_LABELS["quarantined"], len(outcome.quarantined)),
        ],
    )
    if outcome.seconds > 0 and total:
        yield f"每小时 {3600 * total / outcome.seconds:.0f} 件，新识别 {outcome.pages_read} 页。"
        yield ""
    if outcome.seen is not None:
        yield from _course(outcome.seen, set(outcome.quarantined))
    for line in outcome.delivery:
        yield f"- {_cell(line)}"


def _course(seen: Course, quarantined: set[str]) -> Iterator[str]:
    aside = [one for one in seen.set_aside if one.case_id in quarantined]
    sections = (
        ("处理失败", ("案件", "原因"), [(a.case_id, a.reason) for a in aside]),
        ("最慢", ("案件", "秒"), [(s.case_id, f"{s.seconds:.1f}") for s in seen.slowest]),
        (
            "最常存疑",
            ("材料", "栏", "次数"),
            [
                (
                    type_label(d.document_type) if d.document_type else "",
                    field_label(d.field),
                    d.count,
                )
                for d in seen.doubted
            ],
        ),
        (
            "近几夜",
            ("日期", "件数"),
            [(night.day.isoformat(), night.total) for night in seen.nights if night.total],
        ),
    )
    for title, head, rows in sections:
        if rows:
            yield f"## {title}"
            yield ""
            yield from _table(head, rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "| " + " | ".join("---" for _ in head) + " |"
    for row in rows:
        yield "| " + " | ".join(_cell(value) for value in row) + " |"
    yield ""


def _cell(value: object) -> str:
    """A value as it stands, none of it Markdown."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>#|!" else c for c in str(value)).replace("\n", " ")
