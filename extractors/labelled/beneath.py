"""Papers that print the value below its label, bilingual: passports, foreigners' cards.

A label is found by its words at the beginning of a line; its value is the nearest line below that
begins in the same column.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from extractors.labelled.translations import gaps
from pipeline.layout.piece import Piece, distinct_pieces
from pipeline.model import Line
from pipeline.watch import PlaceFound, tell

BENEATH_REACH = 2.6
"""Line heights from a label's middle within which its value stands below."""
BENEATH_COLUMN = 1.6
"""Line heights by which the value may begin left or right of the label."""
LONG_LABEL = 5
"""Letters of a label's word from which it need not be all that is printed."""
WHOLE_LABEL = 8
"""Letters of a word that may stand anywhere in the line: the stroke before it was lost, or the
state's own letters were misread."""
ONE_MISREAD = 7
"""Letters of a word of which one may be misread."""
_NUMBERED = re.compile(r"^\s*\d{1,2}\.|\(\d{1,2}\)\s*$")
"""The numbers that some states print with labels: 3. Geburtsdatum, Surname (1)."""


@lru_cache(maxsize=8192)
def folded(text: str) -> str:
    """Letters and Han characters only, lower-case: how label words are compared."""
    return "".join(c for c in text.lower() if c.isalnum())


def find_below(
    lines: Sequence[Line], labels: Mapping[str, Sequence[str]]
) -> tuple[dict[str, Piece], dict[str, list[Piece]]]:
    """Labels by field, and the pieces below each from top to bottom.

    ``labels`` holds the words by which each field's label begins, longest first.
    """
    pieces = sorted(distinct_pieces(lines), key=lambda p: p.centre[1])
    parts = {id(p): _parts(p.text) for p in pieces}
    found: dict[str, Piece] = {}
    used: set[int] = set()
    for name, words in labels.items():
        for word in map(folded, words):
            hit = next(
                (p for p in pieces if id(p) not in used and _begins(parts[id(p)], word)), None
            )
            if hit is not None:
                found[name] = hit
                used.add(id(hit))
                break
    values: dict[str, list[Piece]] = {name: [] for name in found}
    for piece in pieces:
        if id(piece) not in used and (owner := _owner(piece, found)) is not None:
            values[owner].append(piece)
    return found, values


def find_inline(
    lines: Sequence[Line], labels: Mapping[str, Sequence[str]]
) -> dict[str, list[Piece]]:
    """What stands behind labels in their own lines: Date of issue Date de délivrance 15 SEP 2025
    Date of expiry 15 SEP 2035. A label begins where a word does."""
    known = {(folded(word), name) for name, own in labels.items() for word in own}
    words = sorted(known, key=lambda row: (-len(row[0]), row))
    values: dict[str, list[Piece]] = {}
    for piece in distinct_pieces(lines):
        places = [i for i, c in enumerate(piece.text) if c.isalnum()]
        text = "".join(piece.text[i].lower()[:1] for i in places)
        starts = gaps(piece) | {0}
        found: list[tuple[int, int, str]] = []
        at = 0
        while at < len(text):
            begun = words if places[at] in starts else []
            hit = next((row for row in begun if text.startswith(row[0], at)), None)
            if hit is not None:
                found.append((at, at + len(hit[0]), hit[1]))
            at += len(hit[0]) if hit else 1
        for (_, end, name), (until, _, _) in pairwise([*found, (len(text), 0, "")]):
            if end < until and name not in values:
                values[name] = [piece.part(places[end], places[until - 1] + 1)]
    return values


def tell_labels(found: Mapping[str, Piece]) -> None:
    """Tell whoever watches which labels the values below them were read by."""
    for name, piece in found.items():
        tell(PlaceFound("label", piece.quad, (name,)))


def _parts(text: str) -> tuple[str, tuple[str, ...]]:
    """A line folded, and its parts between strokes (Nom/Surname), numbers left out, folded."""
    return folded(text), tuple(folded(_NUMBERED.sub("", part)) for part in text.split("/"))


def _begins(parts: tuple[str, tuple[str, ...]], wanted: str) -> bool:
    """Whether the line, or a part of it, begins with a folded word. Words of five letters and more
    may have one in seven misread; shorter ones are the whole part."""
    line, between = parts
    if (line.startswith(wanted) and len(wanted) >= LONG_LABEL) or (
        wanted in line and len(wanted) >= WHOLE_LABEL
    ):
        return True
    return any(_is_label(part, wanted) for part in between)


def _is_label(part: str, wanted: str) -> bool:
    if len(wanted) < LONG_LABEL:
        return part == wanted
    allowed = len(wanted) // ONE_MISREAD
    if not allowed:
        return part.startswith(wanted)
    head = part[: len(wanted)]
    half = len(wanted) // 2
    if allowed == 1 and head[:half] != wanted[:half] and head[half:] != wanted[half:]:
        return False  # two misread at least
    wrong = sum(a != b for a, b in zip(head, wanted, strict=False)) + len(wanted) - len(head)
    return wrong <= allowed


def _owner(piece: Piece, labels: Mapping[str, Piece]) -> str | None:
    """The nearest label above in the piece's column, unless another label stands between."""
    best: tuple[float, str] | None = None
    for name, label in labels.items():
        height = max(label.height, 0.7 * piece.height)
        down = (piece.centre[1] - label.centre[1]) / height
        off = abs(piece.left - label.left) / height
        if (
            0.5 < down < 2 * BENEATH_REACH
            and off < BENEATH_COLUMN
            and (best is None or down < best[0])
        ):
            best = (down, name)
    return None if best is None else best[1]
