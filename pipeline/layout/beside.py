"""What stands beside the labels of a sheet, and lines of text from pieces.

The value of a label is what stands to the right of it in its row, up to the next label, and, where
the field may wrap, the lines below that keep to the value's column.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations

from pipeline.layout.labels import Label
from pipeline.layout.piece import Piece

AWAY = 4.0
"""Heights right of a value's column from which a row begins that is none of its lines."""
NEXT_ROW = 1.5
"""Heights within which a label that is not in a thing's row is still beside it."""


@dataclass(slots=True)
class Laid:
    """What lies on a sheet: its labels, the pieces that belong to each, and the others."""

    labels: dict[str, Label]
    values: dict[str, list[Piece]] = field(default_factory=dict)
    rest: list[Piece] = field(default_factory=list)


def lay_out(labels: Mapping[str, Label], pieces: Sequence[Piece]) -> Laid:
    """Give every piece to the label that it belongs to, if it belongs to any."""
    laid = Laid(dict(labels), {name: [] for name in labels})
    pending: list[Piece] = []
    for piece in sorted(pieces, key=lambda p: (p.centre[1], p.left)):
        label = _label_in_row(piece, labels.values())
        if label is None:
            pending.append(piece)
        else:
            laid.values[label.name].append(piece)
    for piece in pending:
        wrapped = _continued(piece, laid) or _begun(piece, laid)
        if wrapped is None:
            laid.rest.append(piece)
        else:
            laid.values[wrapped.name].append(piece)
    for name, own in laid.values.items():
        laid.values[name] = _in_reading_order(own)
    return laid


def _label_in_row(piece: Piece, labels: Iterable[Label]) -> Label | None:
    """The nearest label to the left in the piece's row.

    A label does not reach beyond others that stand between: one a little higher or lower, or a
    column of them (on the spread of a booklet, the other page's).
    """
    left_of = [label for label in labels if label.right - 0.6 * label.height <= piece.left]
    row = [
        label for label in left_of if label.in_row(piece) and not _is_parted(label, piece, left_of)
    ]
    if not row:
        return None
    # Of two labels one above the other whose rows both take the piece, the nearer row has it.
    nearest = max(label.left for label in row)
    near = [label for label in row if nearest - label.left < 1.5 * label.height]
    return min(near, key=lambda label: abs(label.level - piece.centre[1]))


def _is_parted(label: Label, piece: Piece, labels: Sequence[Label]) -> bool:
    """Whether other labels, that are not in the piece's row, stand between a label and it."""
    y = piece.centre[1]
    between = [o for o in labels if o.left > label.right and not o.in_row(piece)]
    if any(abs(o.level - y) < NEXT_ROW * o.height for o in between):
        return True
    return any(
        one.level < y < other.level and abs(one.left - other.left) < one.height
        for one, other in permutations(between, 2)
    )


def _continued(piece: Piece, laid: Laid) -> Label | None:
    """The wrapping field whose last line stands right above the piece, in the same column."""
    best: tuple[float, Label] | None = None
    for name, label in laid.labels.items():
        own = laid.values[name]
        if label.rule.lines < 2 or not own:
            continue
        column = min(p.left for p in own)
        # What stands far to the right in the same rows is another sheet's, or another column's.
        near = (r for r in rows_of(own) if min(p.left for p in r) - column < AWAY * r[0].height)
        rows = list(near)
        if len(rows) >= label.rule.lines:
            continue
        last = [p for p in rows[-1] if p.left - column < AWAY * p.height]
        height = max(p.height for p in last)
        dy = piece.centre[1] - max(p.centre[1] for p in last)
        if piece.right <= column:
            continue  # it stands under the label: words of its translation, not of the value
        off = abs(piece.left - column) / height
        # Booklets space their lines widely; there the column must be kept more strictly.
        reach = 2.9 if off < 1.0 else 2.1
        if 0.5 < dy / height < reach and off < 2.2 and (best is None or dy < best[0]):
            best = (dy, label)
    return None if best is None else best[1]


def _begun(piece: Piece, laid: Laid) -> Label | None:
    """The wrapping field whose first line stands right above its label's row: a value of two
    lines printed around the middle of its label."""
    best: tuple[float, Label] | None = None
    for name, label in laid.labels.items():
        own = laid.values[name]
        above = label.level - piece.centre[1]
        if label.rule.lines < 2 or not 0 < above < 1.5 * label.height:
            continue
        if own:
            first = rows_of(own)[0]
            height = max(p.height for p in first)
            aligned = abs(piece.left - min(p.left for p in first)) < height
            dy = min(p.centre[1] for p in first) - piece.centre[1]
            fits = aligned and first[0].centre[1] > label.level and 0.5 < dy / height < 2.1
        else:
            fits = 0 < piece.left - label.right < 5 * label.height
        if fits and (best is None or above < best[0]):
            best = (above, label)
    return None if best is None else best[1]


def rows_of(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Pieces grouped into lines of text, from top to bottom."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda p: p.centre[1]):
        for row in rows:
            if abs(row[0].centre[1] - piece.centre[1]) < 0.5 * max(row[0].height, piece.height):
                row.append(piece)
                break
        else:
            rows.append([piece])
    return rows


def _in_reading_order(pieces: Sequence[Piece]) -> list[Piece]:
    return [p for row in rows_of(pieces) for p in sorted(row, key=lambda p: p.left)]
