"""Lines as they are shown: every character with its rivals, and what the line is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from flows.look.sight import CharSeen, FaceSeen, LineSeen, PlaceSeen
from flows.look.words import look_words
from pipeline.evidence.evidence import chances
from pipeline.model import Char, Line
from pipeline.watch import Outline

OWN_SHARE = 0.5
"""Part of a place (a label, a value) on a line's box, or of the line under it, from which the line
is that."""
SAME_ROW = 0.6
"""Line heights between the middles of two lines of one row."""


def in_rows(lines: Sequence[Line]) -> list[Line]:
    """The lines in rows from the top, each row from the left: a sheet's lines have no order."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: _middle(line)[1]):
        high = abs(line.quad[3][1] - line.quad[0][1])
        if rows and _middle(line)[1] - _middle(rows[-1][0])[1] < SAME_ROW * high:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda line: _middle(line)[0])]


def _middle(line: Line) -> tuple[float, float]:
    return sum(x for x, _ in line.quad) / 4, sum(y for _, y in line.quad) / 4


def line_seen(line: Line, faces: Sequence[FaceSeen], places: Sequence[PlaceSeen]) -> LineSeen:
    """The line as it is shown. ``faces`` and ``places`` are those of its sheet."""
    return LineSeen(
        text=line.text,
        score=round(line.score, 4),
        outline=tuple((round(x, 1), round(y, 1)) for x, y in line.quad),
        chars=tuple(_char(char) for char in line.chars),
        lost=tuple((c.text, round(c.score, 3), round(c.left, 3)) for c in line.lost),
        tags=tuple(dict.fromkeys(_tags(line.quad, faces, places))),
    )


def _char(char: Char) -> CharSeen:
    others = tuple((text, round(score, 3)) for text, score in char.alternatives)
    return CharSeen(char.text, round(char.score, 4), round(chances(char)[char.text], 4), others)


def _tags(
    quad: Outline, faces: Sequence[FaceSeen], places: Sequence[PlaceSeen]
) -> Iterator[tuple[str, str, str]]:
    for place in places:
        if place.role in ("title", "label", "choice") and _lies_on(place.outline, quad):
            yield place.role, place.label, ""
    for face in faces:
        rows = (field for _, row in face.rows for field in row)
        for field in (*face.fields, *rows):
            if field.outline is not None and _lies_on(field.outline, quad):
                yield "value", field.label, field.key


def _lies_on(place: Outline, line: Outline) -> bool:
    one, other = (np.asarray(points, dtype=np.float32) for points in (place, line))
    common, _ = cv2.intersectConvexConvex(one, other)
    smaller = min(abs(cv2.contourArea(one)), abs(cv2.contourArea(other)))
    return smaller > 0 and common >= OWN_SHARE * smaller


def tag_text(role: str, label: str) -> str:
    """A tag in words."""
    name = look_words().roles[role]
    return f"{name}·{label}" if label else name
