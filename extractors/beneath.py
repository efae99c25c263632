"""Papers that print the value below its label, bilingual: passports, foreigners' cards.

A label is found by its words at the beginning of a line; its value is the nearest line below that
begins in the same column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.model import Line
from pipeline.piece import Piece, pieces_of, without_doubles

REACH = 2.6
"""Line heights from a label's middle within which its value stands below."""
COLUMN = 1.6
"""Line heights by which the value may begin left or right of the label."""


def folded(text: str) -> str:
    """Letters and Han characters only, lower-case: how label words are compared."""
    return "".join(c for c in text.lower() if c.isalnum())


def find_below(
    lines: Sequence[Line], labels: Mapping[str, Sequence[str]]
) -> tuple[dict[str, Piece], dict[str, list[Piece]], list[Piece]]:
    """Labels by field, the pieces below each from top to bottom, and the pieces that are neither.

    ``labels`` holds the words by which each field's label begins, longest first.
    """
    pieces = sorted(without_doubles(pieces_of(lines)), key=lambda p: p.centre[1])
    found: dict[str, Piece] = {}
    used: set[int] = set()
    for name, words in labels.items():
        for word in words:
            hit = next((p for p in pieces if id(p) not in used and _begins(p, word)), None)
            if hit is not None:
                found[name] = hit
                used.add(id(hit))
                break
    values: dict[str, list[Piece]] = {name: [] for name in found}
    rest = []
    for piece in pieces:
        if id(piece) in used:
            continue
        owner = _owner(piece, found)
        if owner is None:
            rest.append(piece)
        else:
            values[owner].append(piece)
    return found, values, rest


def _begins(piece: Piece, word: str) -> bool:
    return folded(piece.text).startswith(folded(word))


def _owner(piece: Piece, labels: Mapping[str, Piece]) -> str | None:
    """The nearest label above in the piece's column, unless another label stands between."""
    best: tuple[float, str] | None = None
    for name, label in labels.items():
        height = max(label.height, 0.7 * piece.height)
        down = (piece.centre[1] - label.centre[1]) / height
        off = abs(piece.left - label.left) / height
        if 0.5 < down < 2 * REACH and off < COLUMN and (best is None or down < best[0]):
            best = (down, name)
    return None if best is None else best[1]
