"""``yijianshi report --month``: a month in figures, as a page or as JSON. No case, no person."""

from __future__ import annotations

from datetime import datetime, tzinfo

from flows.charts import stacked_bars
from flows.delivery.targets import TARGET_LABELS
from flows.report import STATUS_LABELS, environment
from pipeline.errors import UsageError
from pipeline.finding import field_label, type_label
from pipeline.store.cases import Store
from pipeline.store.figures import Month, month


def read_month(store: Store, text: str, zone: tzinfo) -> Month:
    """The figures of a month (``2026-11``). Raises UsageError, StoreError."""
    try:
        first = datetime.strptime(text, "%Y-%m").replace(tzinfo=zone).date()
    except ValueError as error:
        raise UsageError(f"不是月份：{text}", "应如 --month 2026-11。") from error
    with store.snapshot() as connection:
        return month(connection, first, zone)


def month_totals(made: Month) -> dict[str, int]:
    """Cases by status."""
    names = [name for name in STATUS_LABELS if name != "quarantined"]
    return {name: sum(day.counts.get(name, 0) for day in made.days) for name in names}


def month_lines(made: Month) -> list[str]:
    """On a terminal."""
    totals = month_totals(made)
    lines = [f"{made.first:%Y年%m月}　首次核验 {sum(totals.values())} 件"]
    lines += [f"  {STATUS_LABELS[name]} {count}" for name, count in totals.items()]
    for answered in made.answered:
        label = TARGET_LABELS[answered.department]
        lines.append(f"{label} 审核通过 {answered.passed}，不通过 {answered.failed}")
    lines += [f"送达{TARGET_LABELS[name]} {count} 条" for name, count in sorted(made.sent.items())]
    if made.mean_seconds is not None:
        lines.append(f"平均每件用时 {made.mean_seconds:.1f} 秒")
    for doubted in made.doubted:
        label = type_label(doubted.document_type) if doubted.document_type else "申请信息"
        lines.append(f"待核较多 {label}·{field_label(doubted.field)} {doubted.count} 次")
    return lines


def render_month(made: Month) -> str:
    """As a page to print."""
    days = [(day.day, day.counts) for day in made.days]
    return environment.get_template("month.html").render(
        title=f"{made.first:%Y年%m月}",
        chart=stacked_bars(days, STATUS_LABELS, "每天首次核验的件数"),
        lines=month_lines(made)[1:],
        total=sum(month_totals(made).values()),
    )
