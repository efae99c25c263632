"""The form of a booklet page: which cell belongs to which label.

Which labels stand in which row is known (``labels.toml``: table ``rows``); widths, fonts and wraps
differ. A label hidden by a seal is therefore placed by its neighbours:
its row by the other labels' rows, its column by the rules, or by the labels above and below.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from extractors.hukou.labels import HukouLabel
from extractors.hukou.words import FormRows, PageKind, rows_of_form
from pipeline.layout.ruled_table import Cell, Ruling
from pipeline.model import Point, Quad

FORM_SAME_ROW = 0.4
"""Share of the row pitch within which two labels stand in one row."""
FIT_SHARE = 0.8
"""Share of the labels that must stand where the form has them before it places hidden ones."""


@dataclass(frozen=True, slots=True)
class Slot:
    """Where the value of a label is meant to stand.

    ``left`` and ``right`` bound it; ``course`` are places on its middle line, left to right;
    ``height`` is that of the cell. ``is_ruled``: bounded by printed rules on all sides;
    ``is_inferred``: its label was not read.
    """

    name: str
    left: float
    right: float
    course: tuple[Point, ...]
    height: float
    is_ruled: bool
    is_inferred: bool = False

    @property
    def field(self) -> str:
        """The field whose value stands here; rows of a table are named ``field#row``."""
        return self.name.partition("#")[0]

    def middle_at(self, x: float) -> float:
        """Height of the middle line at ``x``."""
        xs, ys = zip(*self.course, strict=True)
        return float(np.interp(x, xs, ys))

    def quad(self, dx: float = 0.0, dy: float = 0.0) -> Quad:
        """The cell, moved."""
        half = self.height / 2
        ya, yb = self.middle_at(self.left) + dy, self.middle_at(self.right) + dy
        a, b = self.left + dx, self.right + dx
        return ((a, ya - half), (b, yb - half), (b, yb + half), (a, ya + half))


@dataclass(frozen=True, slots=True)
class _Spot:
    """The place of a label, read or inferred."""

    name: str
    left: float
    right: float
    y: float
    is_inferred: bool = False


def find_slots(
    labels: Mapping[str, HukouLabel],
    rows: FormRows,
    ruling: Ruling,
    edge: float,
    tilt: float,
) -> dict[str, Slot]:
    """The slots of a page's fields, as far as they can be placed.

    ``edge`` is where the table ends on the right if no rule says so; ``tilt`` the rise over run
    of the page's lines, for pages without rules.
    """
    spots = {
        n: _Spot(n, label.left, label.right, label.centre[1])
        for n, label in labels.items()
        if any(n in row for row in rows)
    }
    if not spots:
        return {}
    pitch = _pitch(spots, rows)
    for spot in _hidden(spots, rows, pitch, ruling):
        spots[spot.name] = spot
    slots = {}
    for spot in spots.values():
        slot = _ruled_slot(spot, spots, ruling, pitch)
        slot = slot or _free_slot(spot, spots, rows, edge, pitch, tilt)
        if slot is not None:
            slots[spot.name] = slot
    return slots


def fitting_rows(kind: PageKind, labels: Mapping[str, HukouLabel]) -> FormRows:
    """The rows of the printing that the labels found fit best."""

    def agreement(rows: FormRows) -> int:
        row_of = {name: i for i, row in enumerate(rows) for name in row}
        there = [n for n in row_of if n in labels]
        agreed = 0
        for i, a in enumerate(there):
            for b in there[i + 1 :]:
                height = max(labels[a].height, labels[b].height)
                step = labels[b].centre[1] - labels[a].centre[1]
                expected = row_of[b] - row_of[a]
                agreed += (step > height) - (step < -height) == (expected > 0) - (expected < 0)
        return agreed

    return max(rows_of_form(kind), key=agreement)


def _pitch(spots: Mapping[str, _Spot], rows: FormRows) -> float:
    """Distance of neighbouring rows: the median over pairs of labels whose rows are known."""
    places = [(i, spots[n].y) for i, row in enumerate(rows) for n in row if n in spots]
    steps = [(yb - ya) / (b - a) for a, ya in places for b, yb in places if b > a and yb > ya]
    if steps:
        return float(np.median(steps))
    return 2.2 * max(s.right - s.left for s in spots.values()) / 4


def _hidden(
    spots: Mapping[str, _Spot], rows: FormRows, pitch: float, ruling: Ruling
) -> list[_Spot]:
    """Places of labels that were not read, where the form tells."""
    if len(rows) <= 3:
        return _hidden_by_rules(spots, rows, ruling)
    found = [(i, spots[n]) for i, row in enumerate(rows) for n in row if n in spots]
    if len(found) < 4 or len({i for i, _ in found}) < 3:
        return []
    index, ys = np.array([(i, s.y) for i, s in found]).T
    xs = np.array([(s.left + s.right) / 2 for _, s in found])
    design = np.column_stack([index, xs, np.ones(len(index))])
    fit = np.linalg.lstsq(design, ys, rcond=None)[0]
    off = np.abs(design @ fit - ys)
    if np.mean(off < FORM_SAME_ROW * pitch) < FIT_SHARE:
        return []
    hidden = []
    for i, row in enumerate(rows):
        for position, name in enumerate(row):
            if name in spots:
                continue
            column = _column_of(position, row, spots, rows)
            mates = [spots[n] for n in row if n in spots]
            if column is not None:
                x = (column[0] + column[1]) / 2
                y = mates[0].y if mates else float(fit @ (i, x, 1.0))
                hidden.append(_Spot(name, *column, y, True))
            elif mates:
                cell = _label_cell(position, row, mates[0], ruling, pitch)
                if cell is not None:
                    left, top, right, bottom = cell.box
                    hidden.append(_Spot(name, left + 4, right - 4, (top + bottom) / 2, True))
    return hidden


def _hidden_by_rules(spots: Mapping[str, _Spot], rows: FormRows, ruling: Ruling) -> list[_Spot]:
    """Places of hidden labels in a table of few rows: the cell above or below that of the label
    of the same column."""
    hidden = []
    for i, row in enumerate(rows):
        for position, name in enumerate(row):
            if name in spots:
                continue
            for other, step in ((i - 1, 1), (i + 1, -1)):
                if not 0 <= other < len(rows) or position >= len(rows[other]):
                    continue
                if rows[other][position] not in spots:
                    continue
                mate = spots[rows[other][position]]
                x = (mate.left + mate.right) / 2
                cell = ruling.cell_at(x, mate.y)
                border = cell.bottom if step > 0 else cell.top
                if border is None:
                    continue
                own = ruling.cell_at(x, border.at(x) + step * (mate.right - mate.left) / 4)
                if own.top is not None and own.bottom is not None:
                    y = (own.top.at(x) + own.bottom.at(x)) / 2
                    hidden.append(_Spot(name, mate.left, mate.right, y, True))
                    break
    return hidden


def _column_of(
    position: int,
    row: tuple[str, ...],
    spots: Mapping[str, _Spot],
    rows: FormRows,
) -> tuple[float, float] | None:
    """Left and right of a hidden label by the labels above and below it: the first labels of all
    rows stand in one column, and so do the second ones of rows with two labels."""
    if position == 0:
        mates = [spots[r[0]] for r in rows if r[0] in spots]
    elif len(row) == 2 and row[0] != "employer":
        mates = [spots[r[1]] for r in rows if len(r) == 2 and r[1] in spots and r[0] != "employer"]
    else:
        return None
    if not mates:
        return None
    return min(s.left for s in mates), max(s.right for s in mates)


def _label_cell(
    position: int, row: tuple[str, ...], mate: _Spot, ruling: Ruling, pitch: float
) -> Cell | None:
    """The cell of a hidden label in a row whose cells the rules show: label, value, label …"""
    places = ruling.columns_at(mate.y)
    places = [p for i, p in enumerate(places) if i == 0 or p - places[i - 1] > 0.3 * pitch]
    if len(places) != 2 * len(row) + 1:
        return None
    left, right = places[2 * position], places[2 * position + 1]
    return ruling.cell_at((left + right) / 2, mate.y)


def _ruled_slot(
    spot: _Spot, spots: Mapping[str, _Spot], ruling: Ruling, pitch: float
) -> Slot | None:
    """The cell to the right of the label's own, where the rules show both."""
    own = ruling.cell_at((spot.left + spot.right) / 2, spot.y)
    if own.right is None or own.left is None:
        return None
    start = own.right.at(spot.y)
    # A rule through the label's last characters is none (a seal's flank, a stroke).
    if start < spot.right - 0.35 * pitch or start > spot.right + 2.5 * pitch:
        return None
    value = ruling.cell_at(start + 0.25 * pitch, spot.y)
    if value.right is None or value.top is None or value.bottom is None:
        return None
    left, top, right, bottom = value.box
    if not 0.6 * pitch <= bottom - top <= 1.6 * pitch or right - left < 0.8 * pitch:
        return None
    # Another label inside: a rule between the cells was not found.
    y = (top + bottom) / 2
    for other in spots.values():
        inside = left < (other.left + other.right) / 2 < right
        if other is not spot and inside and abs(other.y - y) < FORM_SAME_ROW * pitch:
            return None
    course = tuple(
        (x, (value.top.at(x) + value.bottom.at(x)) / 2) for x in np.linspace(left, right, 5)
    )
    return Slot(spot.name, left, right, course, bottom - top, True, spot.is_inferred)


def _free_slot(
    spot: _Spot,
    spots: Mapping[str, _Spot],
    rows: FormRows,
    edge: float,
    pitch: float,
    tilt: float,
) -> Slot | None:
    """From the label to the next one in its row, or to the table's edge."""
    following = [
        s.left
        for s in spots.values()
        if s.left > spot.right
        and abs(s.y - (spot.y + tilt * (s.left - spot.right))) < FORM_SAME_ROW * pitch
    ]
    # Labels of one column end at different places; the value's column begins behind the longest.
    # A row of three labels has columns of its own (身高 stands below 民族, and is narrower).
    size = {name: len(row) for row in rows for name in row}
    column = [
        s.right
        for s in spots.values()
        if size[s.name] == size[spot.name]
        and abs((s.left + s.right) / 2 - (spot.left + spot.right) / 2) < 0.6 * pitch
    ]
    margin = 0.25 * pitch
    left = max([spot.right, *column]) + margin
    right = min(following) - margin if following else edge
    if right - left < 0.5 * pitch:
        return None
    middle = (spot.left + spot.right) / 2
    course = ((left, spot.y + tilt * (left - middle)), (right, spot.y + tilt * (right - middle)))
    return Slot(spot.name, left, right, course, pitch, False, spot.is_inferred)
