"""Which pieces are the value of which label, wherever values stand.

A hand prints its values to the right of their labels, or below them, or above, and mostly keeps to
it over a sheet. Each way is tried on the whole sheet; the one whose values fit their labels'
grammars best is taken, and a label which it leaves without a fitting value gets what fits it
another way, if that is nobody else's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from pipeline.layout.beside import rows_of
from pipeline.layout.labels import Label
from pipeline.layout.piece import Piece

Way = Literal["beside", "below", "above"]
Values = dict[str, list[Piece]]
Fit = Callable[[str, Sequence[Piece]], float]
"""How well pieces are a label's value: 0 for none at all, 1 beyond doubt."""

FIRST_GAP = 2.2
"""Heights of the larger of the two between the edges of a label and of the value below it."""
NEXT_GAP = 1.1
"""Line heights between the edges of two lines of one value."""
VALUE_COLUMN = 1.3
"""Line heights by which a value may begin left or right of the label above it."""
CELL_GAP = 2.4
"""Line heights between two pieces of a value in one row."""
BETTER = 0.5
"""By how much more of the sheet another direction must explain before it is taken."""


def find_values(
    labels: Mapping[str, Label], pieces: Sequence[Piece], beside: Values, fit: Fit
) -> tuple[Values, frozenset[str]]:
    """The pieces of every label's value, in reading order, and the labels whose values stand not
    beside them. ``beside`` is what stands beside each."""
    if all(fit(name, own) == 1 for name, own in beside.items()):
        return beside, frozenset()
    ways: dict[Way, Values] = {
        "beside": beside,
        "below": _down(labels, pieces, 1),
        "above": _down(labels, pieces, -1),
    }
    totals = {way: sum(fit(n, own) for n, own in values.items()) for way, values in ways.items()}
    totals["beside"] += BETTER
    best = max(totals, key=lambda way: totals[way])
    values = {name: list(own) for name, own in ways[best].items()}
    turned = set() if best == "beside" else {n for n, own in values.items() if own}
    for way in (w for w in ("beside", "below") if w != best):
        for name in labels:
            _mend(name, ways[way][name], values, fit, turned, way != "beside")
    return values, frozenset(turned)


def _mend(
    name: str, offered: list[Piece], values: Values, fit: Fit, turned: set[str], is_turned: bool
) -> None:
    """Give a label without a fitting value what fits it another way, in place, where no label that
    it fits has it."""
    if fit(name, values[name]) == 1 or fit(name, offered) < 1:
        return
    wanted = {id(piece) for piece in offered}
    owners = [o for o, own in values.items() if o != name and any(id(p) in wanted for p in own)]
    left = {o: [p for p in values[o] if id(p) not in wanted] for o in owners}
    # What another label loses must not have fitted it better than what it is left with.
    if any(fit(o, values[o]) > fit(o, left[o]) for o in owners):
        return
    values.update(left)
    values[name] = list(offered)
    (turned.add if is_turned else turned.discard)(name)


def _down(labels: Mapping[str, Label], pieces: Sequence[Piece], sign: int) -> Values:
    """What stands below each label in its column (above it, where ``sign`` is -1)."""
    values: Values = {name: [] for name in labels}
    used: set[int] = set()
    for piece in sorted(pieces, key=lambda p: sign * p.centre[1]):
        owner = _owner(piece, labels, values, sign)
        if owner is not None:
            values[owner].append(piece)
            used.add(id(piece))
    for name, own in values.items():
        for first in list(own):
            _add_row(first, own, [p for p in pieces if id(p) not in used], labels, name, used)
        values[name] = [p for row in rows_of(own) for p in sorted(row, key=lambda p: p.left)]
    return values


def _owner(piece: Piece, labels: Mapping[str, Label], values: Values, sign: int) -> str | None:
    """The label that a piece stands below in its column, next to it or to what it has already."""
    best: tuple[float, str] | None = None
    for name, label in labels.items():
        if not _in_column(piece, label):
            continue
        edge = label.bottom if sign > 0 else label.top
        away = sign * (piece.centre[1] - edge)
        if away <= 0.5 * min(label.height, piece.height):
            continue
        if best is None or away < best[0]:
            best = (away, name)
    if best is None:
        return None
    away, name = best
    label, own = labels[name], values[name]
    if not own:
        gap = away - (label.height + piece.height) / 2
        return name if gap < FIRST_GAP * max(label.height, piece.height) else None
    rows = rows_of(own)
    last = rows[-1] if sign > 0 else rows[0]
    down = sign * (piece.centre[1] - last[0].centre[1])
    if down < 0.5 * piece.height:
        return None
    gap = down - (last[0].height + piece.height) / 2
    fits = len(rows) < label.rule.lines and gap < NEXT_GAP * piece.height
    return name if fits and abs(piece.left - last[0].left) < VALUE_COLUMN * piece.height else None


def _in_column(piece: Piece, label: Label) -> bool:
    """Whether a piece begins where a label does, or both have their middles there."""
    middle = abs(piece.centre[0] - (label.left + label.right) / 2)
    reach = VALUE_COLUMN * max(piece.height, label.height)
    return min(abs(piece.left - label.left), middle) < reach


def _add_row(
    first: Piece,
    own: list[Piece],
    free: Sequence[Piece],
    labels: Mapping[str, Label],
    name: str,
    used: set[int],
) -> None:
    """Add what goes on in the row of a value's piece, up to the next label's column."""
    label = labels[name]
    ends = [
        other.left
        for other in labels.values()
        if other is not label and other.left > label.right and _is_level(other, label)
    ]
    limit = min(ends, default=float("inf"))
    last = first
    for piece in sorted(free, key=lambda p: p.left):
        level = abs(piece.centre[1] - last.centre[1]) < 0.5 * last.height
        near = -0.5 * last.height < piece.left - last.right < CELL_GAP * last.height
        if level and near and piece.right < limit + piece.height and id(piece) not in used:
            own.append(piece)
            used.add(id(piece))
            last = piece


def _is_level(one: Label, other: Label) -> bool:
    return abs(one.level - other.level) < 1.5 * max(one.height, other.height)
