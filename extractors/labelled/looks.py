"""Looking again at a value where the first look leaves doubt.

The first look is the lines as they were found on the whole sheet. The others read the same place
on pictures that show other things: the sheet as it is from a slightly wider cut, the sheet without
red ink, and dark ink only; stretched over ink of the value's own darkness that no character
covers. The field's grammar decides between them, then the ink covered, then how many agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from extractors.labelled.grammar import Grammar
from pipeline.contracts import Recogniser
from pipeline.evidence.evidence import Evidence, confidence, is_unsure
from pipeline.evidence.missing_characters import lacks_character
from pipeline.evidence.two_looks import pool, settles
from pipeline.image import red_ink, suppress_red
from pipeline.layout.beside import rows_of
from pipeline.layout.crowded import without_neighbours
from pipeline.layout.ink import LONGEST, Ink
from pipeline.layout.piece import Piece, pieces_of
from pipeline.layout.stamp_ink import without_stamp_ink
from pipeline.model import Image, Quad, Sheet
from pipeline.reference.address_words import in_simple_form
from pipeline.reference.names import is_han

BEYOND = 0.35
"""Line heights that ink goes on beyond a line from which something was not read."""
LEFT_OVER = 1.0
"""Line heights of ink behind the last character read, from which something was not read."""
LOOK_PAD = 0.1
"""Line heights added around a value that is read again."""
RED_FIELD_MIN = 0.0005
"""Part of a sheet under red ink, from which it is looked at without the red, too."""
LOOK_TEXT_MIN = 0.75
"""Mean score of a line below which it is no text."""
UNFINISHED = "之"
"""Nothing ends with it: in 8号之一 the last character is as low as a dash, which ink does not tell
from the residue of a rule."""
UNFINISHED_EMS = 1.3
"""Line heights that are read behind it."""
GOES_ON = frozenset({"certificate_number"})
"""Fields whose value may be whole and yet go on: a re-issued certificate's number with B."""
DISAGREE = "两次识别不一致"
MENDED = "首次识别有遗漏，已补读"
UNREAD_LOOK = "疑有未识别的字"
UNLABELLED = "未读到该栏的标签"

Rows = Sequence[Sequence[Piece]]
Reach = Sequence[tuple[float, float]]
"""Of each row, how far its ink goes on before and behind it, in pixels."""


@dataclass
class Looker:
    """Reads places of one sheet again. ``ink`` is calibrated by the sheet's values."""

    sheet: Sheet
    recognise: Recogniser
    ink: Ink = field(repr=False)

    @classmethod
    def of(cls, sheet: Sheet, recognise: Recogniser, values: Iterable[Piece]) -> Looker:
        """A looker whose ink is calibrated by these values."""
        ink = Ink(sheet.image)
        ink.calibrate(values)
        return cls(sheet, recognise, ink)

    @cached_property
    def pictures(self) -> tuple[Image, ...]:
        """The sheet as it is, without red ink (where there is any), and dark ink only."""
        image = self.sheet.image
        pictures = [image]
        if (
            image.ndim == 3
            and np.count_nonzero(red_ink(image)) >= RED_FIELD_MIN * image[..., 0].size
        ):
            pictures.append(suppress_red(image))
        return (*pictures, self.ink.clean) if self.ink.is_calibrated else tuple(pictures)

    def look(
        self, name: str, pieces: Sequence[Piece], grammar: Grammar, limits: tuple[float, float]
    ) -> Evidence:
        """The value of the field ``name``, looked at again where that is needed. ``limits`` are how
        far it may go on to the left and to the right (x positions)."""
        pieces = without_stamp_ink(pieces, self.sheet.image)
        first = _evidence(pieces, grammar)
        rows = rows_of(pieces)
        reach = [self._reach(row, limits) for row in rows]
        if first.raw.endswith(UNFINISHED):
            reach[-1] = _further(reach[-1], 0.0, rows[-1][-1], limits[1])
        beyond = any(max(r) > 0 for r in reach)
        hole = _is_han_text(first) and lacks_character(pieces, self.sheet.image)
        ends = first.value.closed and name not in GOES_ON
        if not (hole or is_unsure(name, first) or (beyond and not ends)):
            return first
        again = self._all_again(rows, reach, grammar)
        if any(look.raw.endswith(UNFINISHED) for look in again):
            reach[-1] = _further(reach[-1], reach[-1][1], rows[-1][-1], limits[1])
            again += self._all_again(rows, reach, grammar)
        if all(look.value.doubts for look in (first, *again)):
            again += self._apart(rows, grammar)
        chosen = _choose(first, again, beyond)
        pool(name, chosen, (look.chars for look in (first, *again) if look is not chosen))
        lost = _is_han_text(chosen) and lacks_character(chosen.pieces, self.sheet.image)
        if lost or (beyond and not ends and _leaves_ink(chosen, (first, *again), rows, reach)):
            chosen.doubts.append(UNREAD_LOOK)
        return chosen

    def beside(self, quad: Quad, grammar: Grammar) -> list[Piece]:
        """What a strip says in which no line was found: of the pictures' readings the one that the
        grammar takes, else the surest."""
        best: tuple[tuple[bool, bool, float], list[Piece]] | None = None
        for picture in self.pictures:
            lines = [line for line in self.recognise(picture, [quad]) if line.text]
            pieces = [
                p for p in self.ink.without_faint(pieces_of(lines)) if p.score >= LOOK_TEXT_MIN
            ]
            if not pieces:
                continue
            value = _evidence(pieces, grammar).value
            rank = (value.closed, not value.doubts, min(p.score for p in pieces))
            if best is None or rank > best[0]:
                best = (rank, pieces)
            if value.closed:
                break
        return best[1] if best else []

    def _reach(self, row: Sequence[Piece], limits: tuple[float, float]) -> tuple[float, float]:
        """How far ink goes on beyond a row to the left and to the right; 0 for hardly."""
        first, last = row[0], row[-1]
        before, _ = self.ink.reach(first.quad, limits[0], first.left)
        free = not self._is_beside_print(last)
        _, after = self.ink.reach(last.quad, last.right, limits[1], blots=free)
        return (
            before if before > BEYOND * first.height else 0.0,
            after if after > BEYOND * last.height else 0.0,
        )

    def _is_beside_print(self, last: Piece) -> bool:
        """Whether another line lies behind a piece, within what a blot may hide of its own."""
        x, y = last.right, last.centre[1]
        boxes = (np.array(line.quad) for line in self.sheet.lines if line is not last.line)
        return any(
            box[:, 0].max() > x
            and box[:, 0].min() < x + LONGEST * last.height
            and abs(box[:, 1].mean() - y) < last.height
            for box in boxes
        )

    def _all_again(self, rows: Rows, reach: Reach, grammar: Grammar) -> list[Evidence]:
        """A look at the stretched rows on each picture."""
        quads = [_stretched(row, r) for row, r in zip(rows, reach, strict=True)]
        looks = (self._again(picture, quads, grammar) for picture in self.pictures)
        return [look for look in looks if look is not None]

    def _apart(self, rows: Rows, grammar: Grammar) -> list[Evidence]:
        """A look at a value of one row without the feet or heads of the lines above and below."""
        image = self.sheet.image
        if len(rows) != 1 or len(rows[0]) != 1:
            return []
        own = rows[0][0]
        others = [line for line in self.sheet.lines if line is not own.line]
        quad = without_neighbours(own.quad, others, image)
        found = None if quad is None else self._again(image, [quad], grammar)
        return [] if found is None else [found]

    def _again(self, picture: Image, quads: Sequence[Quad], grammar: Grammar) -> Evidence | None:
        lines = self.recognise(picture, quads)
        if not all(line.text for line in lines):
            return None
        pieces = without_stamp_ink(pieces_of(lines), self.sheet.image)
        if picture is self.sheet.image:
            pieces = self.ink.without_faint(pieces)
        return _evidence(pieces, grammar) if pieces else None


def look(
    name: str, pieces: Sequence[Piece], grammar: Grammar, sheet: Sheet, recognise: Recogniser
) -> Evidence:
    """The value of a field in running text, looked at again where the first look leaves doubt."""
    looker = Looker(sheet, recognise, Ink(sheet.image))
    edges = min(p.left for p in pieces), max(p.right for p in pieces)
    return looker.look(name, pieces, grammar, edges)


def _evidence(pieces: Sequence[Piece], grammar: Grammar) -> Evidence:
    return Evidence(pieces, grammar("".join(p.text for p in pieces)))


def _choose(first: Evidence, again: Sequence[Evidence], beyond: bool) -> Evidence:
    """The best of all looks. ``beyond``: ink goes on where the first look ends."""
    looks = [first, *again]

    def rank(look: Evidence) -> tuple[bool, bool, bool, int, float]:
        votes = sum(other.value.value == look.value.value for other in looks)
        covers = not (beyond and look is first)
        fits = not look.value.doubts
        return look.value.closed, fits, covers, votes, confidence(look)

    best = max(looks, key=rank)
    same = [look for look in looks if look.value.value == best.value.value]
    others = [look for look in looks if look.value.value != best.value.value]
    rivals = [
        other
        for other in others
        if not other.value.doubts
        and other.value.closed >= best.value.closed
        and not settles(best.chars, other.chars)
    ]
    if beyond:
        rivals = [o for o in rivals if o is not first]
    if first in same:
        best = first
    elif len(same) == 1 and not best.value.closed and not _is_read_traditional(best, others):
        best.doubts.append(MENDED)
    if rivals:
        best.doubts.append(DISAGREE)
    return best


def _is_read_traditional(best: Evidence, others: Iterable[Evidence]) -> bool:
    """Whether another look read the same in traditional forms, as engines do: 250號 for 250号."""
    meant = [in_simple_form(c) for c in best.raw]
    return any([in_simple_form(c) for c in other.raw] == meant for other in others)


def _further(
    reach: tuple[float, float], read: float, last: Piece, limit: float
) -> tuple[float, float]:
    """The reach of a row with what a character takes behind those ``read`` pixels behind it, where
    there is room."""
    before, after = reach
    room = max(0.0, limit - last.right)
    return before, max(after, min(room, read + UNFINISHED_EMS * last.height))


def _leaves_ink(chosen: Evidence, looks: Sequence[Evidence], rows: Rows, reach: Reach) -> bool:
    """Whether ink goes on behind a row further than any look read that gave the chosen value:
    specks over a value's end leave nothing to read, and nothing else would tell."""
    same = [rows_of(look.pieces) for look in looks if look.value.value == chosen.value.value]
    for at, (row, (_, after)) in enumerate(zip(rows, reach, strict=True)):
        ends = [own[at][-1].right for own in same if len(own) == len(rows)]
        inked = row[-1].right + after
        if after and ends and inked - max(ends) > LEFT_OVER * row[-1].height:
            return True
    return False


def _is_han_text(evidence: Evidence) -> bool:
    return any(is_han(c.text) for c in evidence.chars)


def _stretched(row: Sequence[Piece], reach: tuple[float, float]) -> Quad:
    """One quad around a row that lies as its lines do, stretched to both sides, with a rim."""
    first, last = row[0], row[-1]
    pad = LOOK_PAD * first.height
    before, after = reach[0] + pad, reach[1] + pad
    a, d = np.array(first.quad[0]), np.array(first.quad[3])
    b, c = np.array(last.quad[1]), np.array(last.quad[2])
    along = (b - a) / max(1.0, float(np.linalg.norm(b - a)))
    down = (d - a) / max(1.0, float(np.linalg.norm(d - a)))
    corners = (
        a - before * along - pad * down,
        b + after * along - pad * down,
        c + after * along + pad * down,
        d - before * along + pad * down,
    )
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = ((float(x), float(y)) for x, y in corners)
    return ((ax, ay), (bx, by), (cx, cy), (dx, dy))
