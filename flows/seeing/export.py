"""``yijianshi export``: cases as a table for spreadsheets and statistics, streamed.

What people typed or scanned may begin as a formula does: in CSV such a text gets an apostrophe
before it (OWASP, CSV injection), in XLSX every text is a text. Full-width signs are formulas, too,
to spreadsheets of East Asia.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from flows.delivery.listing import WAYS
from flows.delivery.targets import TARGET_LABELS
from flows.seeing.status import STATE_LABELS
from pipeline.privacy import mask, mask_case_id
from pipeline.store.rows import TableRow

COLUMNS = (
    "案件编号", "状态", "版本", "事项", "受理渠道", "窗口", "申请人", "证件号码", "待复核",
    "受理日期", "承诺办结日", "送达方式", "收到时间", "最近变动", "办结时间", "审核结果",
)  # fmt: skip
CHANNELS = {"window": "窗口", "online": "线上", "mail": "邮寄"}
FORMULA = frozenset("=+-@＝＋－＠")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What no spreadsheet file can hold."""

Cell = str | int | None
Write = Callable[[Path, Iterable[tuple[Cell, ...]]], int]


def cells(row: TableRow, *, reveal: bool) -> tuple[Cell, ...]:
    """A case as the table has it; the person masked unless ``reveal``."""
    name, number = row.applicant_name or "", row.applicant_number or ""
    state = row.status if row.state == "done" and row.status else row.state
    return (
        row.case_id if reveal else mask_case_id(row.case_id),
        STATE_LABELS.get(state, state),
        row.revision,
        row.matters,
        CHANNELS.get(row.channel or "", ""),
        row.window or "",
        name if reveal else mask("name", name),
        number if reveal else mask("id_number", number),
        row.doubts,
        "" if row.accepted_on is None else row.accepted_on.isoformat(),
        "" if row.due_on is None else row.due_on.isoformat(),
        WAYS.get(row.delivery_way or "", ""),
        _moment(row.arrived_at),
        _moment(row.changed_at),
        _moment(row.closed_at),
        "；".join(_results(row)),
    )


def _results(row: TableRow) -> Iterator[str]:
    for matter in row.results:
        if matter.passed is not None:
            said = "审核通过" if matter.passed else f"审核不通过（{matter.reason}）"
            yield f"{TARGET_LABELS[matter.department]} {matter.code} {said}"


def _moment(moment: Any) -> str:
    return "" if moment is None else str(moment.astimezone().strftime("%Y-%m-%d %H:%M"))


def safe_text(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    plain = _CONTROL.sub("", text)
    begins = plain.lstrip()[:1]
    return f"'{plain}" if begins in FORMULA or (plain[:1] in "\t\r\n" and plain) else plain


def write_csv(path: Path, rows: Iterable[tuple[Cell, ...]]) -> int:
    """Write CSV as spreadsheets here open it (UTF-8 with its mark); how many rows. Raises
    OSError."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        for row in rows:
            writer.writerow([safe_text(c) if isinstance(c, str) else c for c in row])
            count += 1
    return count


def write_xlsx(path: Path, rows: Iterable[tuple[Cell, ...]]) -> int:
    """Write an Excel workbook; how many rows. Raises OSError."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet("案件")
    sheet.freeze_panes = "A2"

    def cell(value: Cell) -> Any:
        made = WriteOnlyCell(sheet, value=None)
        if isinstance(value, str):
            made.value = _CONTROL.sub("", value)
            made.data_type = "s"  # never a formula, whatever it begins with
            made.quotePrefix = True
        else:
            made.value = value
        return made

    sheet.append([cell(name) for name in COLUMNS])
    count = 0
    for row in rows:
        sheet.append([cell(value) for value in row])
        count += 1
    book.save(path)
    return count


def write_parquet(path: Path, rows: Iterable[tuple[Cell, ...]]) -> int:
    """Write Parquet, in groups of rows; how many rows. Raises OSError."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    numbers = {"版本", "待复核"}
    schema = pa.schema([(n, pa.int64() if n in numbers else pa.string()) for n in COLUMNS])
    count, part = 0, list[tuple[Cell, ...]]()
    with pq.ParquetWriter(path, schema) as writer:
        for row in rows:
            part.append(row)
            count += 1
            if len(part) == 5000:
                writer.write_table(_table(pa, part, schema))
                part.clear()
        if part or not count:
            writer.write_table(_table(pa, part, schema))
    return count


def _table(pa: Any, part: list[tuple[Cell, ...]], schema: Any) -> Any:
    columns = [list(column) for column in zip(*part, strict=True)] or [[] for _ in COLUMNS]
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema)


WRITERS: dict[str, Write] = {"xlsx": write_xlsx, "csv": write_csv, "parquet": write_parquet}
