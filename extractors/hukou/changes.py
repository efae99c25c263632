"""Pages of rows: 登记事项变更和更正记载 (back of a member's page) and 住址变动登记.

One header row of labels, then rows filled one after another over the years. A later row overrides
an earlier one and the page it amends (domain.md 2.3).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from extractors.hukou.agreement import doubted
from extractors.hukou.faces import BookletDraft, hukou_reading
from extractors.hukou.form import Slot
from extractors.hukou.labels import HukouLabel, find_hukou_labels
from extractors.hukou.pages import BookletPage
from extractors.hukou.placing import Placed, place_pieces
from extractors.hukou.reading import HukouPage, read_cell
from extractors.hukou.seals import without_words
from extractors.hukou.values import is_strongly_typed, read_hukou_value
from extractors.hukou.words import PageKind, field_of_item
from pipeline.contracts import Recogniser
from pipeline.layout.piece import Piece
from pipeline.layout.ruled_table import Ruling
from pipeline.model import Document, Reading, Sheet

ChangeRow = Mapping[str, Reading]

COLUMNS = {"changes": ("item", "content", "date"), "address_changes": ("address", "date")}
RESIDUE = 0.5
"""Confidence up to which what stands in no full row is taken for a seal's residue."""
MOST_ROWS = 24
UNREAD_CHANGE = "变更后的内容未能识别"


def read_rows(
    sheet: Sheet, page: BookletPage, ruling: Ruling, recognise: Recogniser
) -> BookletDraft:
    """登记事项变更和更正记载: rows of item, content and date; 住址变动登记: of address and date."""
    kind = page.kind
    draft = BookletDraft(sheet, kind, page.score)
    found = find_hukou_labels(page.pieces, kind)
    rest = [part for piece in found.rest for part in without_words(piece)]
    placing = place_pieces(rest, _slots(found.labels, rest, kind, ruling, sheet.image.shape[1]))
    values = [p for placed in placing.slots.values() for p in placed.pieces]
    look = HukouPage.of(sheet, ruling, found.labels, placing, values, recognise)
    rows = (_read_row(index, kind, placing.slots, look, sheet) for index in range(MOST_ROWS))
    draft.tables[kind] = [row for row in rows if row]
    return draft


def _read_row(
    index: int, kind: PageKind, slots: Mapping[str, Placed], look: HukouPage, sheet: Sheet
) -> dict[str, Reading]:
    """One row's readings; empty where nothing is written in it."""
    row: dict[str, Reading] = {}
    unread = False
    for column in COLUMNS[kind]:
        placed = slots.get(f"{column}#{index}")
        if placed is None:
            continue
        reading = hukou_reading(column, read_cell(placed, look), sheet)
        unread = unread or reading is None
        if reading is not None and reading.value:
            row[column] = reading
    if not _is_row(kind, row):
        return {}
    if unread:
        row = {name: doubted(r, "同一行有未能识别的内容") for name, r in row.items()}
    return row


def _is_row(kind: PageKind, row: ChangeRow) -> bool:
    """Whether the readings are a row, not a copy stamp or what is left of a seal."""
    if kind == "address_changes":
        return "address" in row and ("date" in row or row["address"].confidence > RESIDUE)
    item = row.get("item")
    if item is not None and field_of_item(item.value) is not None:
        return True
    return (
        "content" in row
        and (item is not None or "date" in row)
        and all(r.confidence > RESIDUE for r in row.values())
    )


# ---------------------------------------------------------------- where the rows lie


def _slots(
    labels: Mapping[str, HukouLabel],
    pieces: Sequence[Piece],
    kind: PageKind,
    ruling: Ruling,
    width: int,
) -> dict[str, Slot]:
    """The cells below the header, named ``column#row``."""
    if not labels:
        return {}
    columns = _columns(labels, ruling, width)
    header = max(label.centre[1] + label.height for label in labels.values())
    bands = _ruled_bands(labels, ruling, header) or _free_bands(pieces, header)
    slots = {}
    for row, (top, bottom) in enumerate(bands[:MOST_ROWS]):
        for column in COLUMNS[kind]:
            if column in columns:
                left, right = columns[column]
                middle = (top + bottom) / 2
                name = f"{column}#{row}"
                slots[name] = Slot(
                    name, left, right, ((left, middle), (right, middle)), bottom - top, True
                )
    return slots


def _columns(
    labels: Mapping[str, HukouLabel], ruling: Ruling, width: int
) -> dict[str, tuple[float, float]]:
    """Left and right of each column: the header's cells, else half-way between labels."""
    ordered = sorted(labels.values(), key=lambda label: label.centre[0])
    borders = [0.0, *((a.right + b.left) / 2 for a, b in pairwise(ordered)), float(width)]
    columns = {}
    for i, label in enumerate(ordered):
        cell = ruling.cell_at(*label.centre)
        y = label.centre[1]
        left = cell.left.at(y) if cell.left else borders[i]
        right = cell.right.at(y) if cell.right else borders[i + 1]
        alone = all(other is label or not left < other.centre[0] < right for other in ordered)
        columns[label.name] = (left, right) if alone else (borders[i], borders[i + 1])
    _add_hidden(columns, labels, ruling)
    return columns


def _add_hidden(
    columns: dict[str, tuple[float, float]], labels: Mapping[str, HukouLabel], ruling: Ruling
) -> None:
    """Columns whose label was not read: the cell before or behind a column that was found."""
    for name, mate, before in (
        ("content", "date", True),
        ("item", "content", True),
        ("content", "item", False),
        ("address", "date", True),
        ("date", "content", False),
        ("date", "address", False),
    ):
        if name in columns or mate not in columns:
            continue
        anchor = labels.get(mate) or next(iter(labels.values()))  # the mate may be hidden, too
        y, step = anchor.centre[1], 0.5 * anchor.height
        left, right = columns[mate]
        cell = ruling.cell_at(left - step if before else right + step, y)
        taken = cell.box[0] + step, cell.box[2] - step
        if (
            cell.left
            and cell.right
            and all(taken[1] < a or b < taken[0] for a, b in columns.values())
        ):
            columns[name] = (cell.box[0], cell.box[2])


def _ruled_bands(
    labels: Mapping[str, HukouLabel], ruling: Ruling, header: float
) -> list[tuple[float, float]]:
    """Rows between printed rules below the header; none where the rules do not show at least two
    rows of about one height."""
    x = float(np.median([label.centre[0] for label in labels.values()]))
    places = [y for y in ruling.rows_at(x) if y > header - 0.5 * _height(labels)]
    bands = [(a, b) for a, b in pairwise(places) if b - a > 0.9 * _height(labels)]
    if len(bands) < 2:
        return []
    usual = float(np.median([b - a for a, b in bands]))
    return [(a, b) for a, b in bands if 0.6 * usual <= b - a <= 1.7 * usual]


def _free_bands(pieces: Sequence[Piece], header: float) -> list[tuple[float, float]]:
    """Rows about the dates, where no rules were found: every row has one."""
    dates = sorted(
        p.centre[1] for p in pieces if p.centre[1] > header and is_strongly_typed("date", p.text)
    )
    if not dates:
        return []
    heights = [p.height for p in pieces]
    least = 1.6 * float(np.median(heights))
    dates = [y for i, y in enumerate(dates) if i == 0 or y - dates[i - 1] > 0.5 * least]
    steps = [b - a for a, b in pairwise(dates)]
    pitch = max(least, min(steps)) if steps else 1.3 * least
    return [(y - pitch / 2, y + pitch / 2) for y in dates]


def _height(labels: Mapping[str, HukouLabel]) -> float:
    return max(label.height for label in labels.values())


# ---------------------------------------------------------------- what the rows change


def apply_changes(fields: Mapping[str, Reading], rows: Sequence[ChangeRow]) -> dict[str, Reading]:
    """A member's fields with the rows of its page of changes applied: the last of an item wins.

    A row whose item is no field of the page changes nothing; one whose content was not read
    leaves the field as it is and doubts it.
    """
    changed = dict(fields)
    for row in rows:
        item = row.get("item")
        name = field_of_item(item.value) if item is not None else None
        if item is None or name is None:
            continue
        content = row.get("content")
        if content is None:
            if name in changed:
                changed[name] = doubted(changed[name], UNREAD_CHANGE)
            continue
        value = read_hukou_value(name, content.raw)
        doubts = (*content.doubts, *value.doubts, *(item.doubts and ("变更项目识别存疑",)))
        changed[name] = content.model_copy(
            update={"value": value.value, "doubts": tuple(dict.fromkeys(doubts))}
        )
    return changed


def complete(document: Document) -> Document:
    """The booklet with its pages of changes applied: member's fields and the current address."""
    fields = apply_changes(document.fields, document.tables.get("changes", ()))
    for row in document.tables.get("address_changes", ()):
        if "address" in row:
            fields["address"] = row["address"]
    missing = tuple(name for name in document.missing if name not in fields)
    return document.model_copy(update={"fields": fields, "missing": missing})
