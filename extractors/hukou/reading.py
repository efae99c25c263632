"""From writing in a cell to a reading: two looks at the same ink, weighed.

The first look is the line as the engine found it. The second reads the same place on a picture
that shows dark ink only, stretched over ink that the first did not cover. Where both agree, seals
had no part in it. Where they differ, the field's grammar, then the covered ink decide, and a
person is asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from extractors.hukou.labels import HukouLabel
from extractors.hukou.placing import Placed, Placing, Shift
from extractors.hukou.seals import is_of_stamp, without_seals, without_words
from extractors.hukou.values import HukouValue, is_strongly_typed, read_hukou_value
from extractors.hukou.writing import CellWriting, PenMark
from pipeline.contracts import Recogniser
from pipeline.evidence.evidence import box_around
from pipeline.evidence.two_looks import settles
from pipeline.layout.beside import rows_of
from pipeline.layout.piece import Piece, pieces_of
from pipeline.layout.ruled_table import Ruling
from pipeline.model import Char, Quad, Sheet

CELL_TEXT_MIN = 0.6
"""Mean score below which what was read is no text."""
SURE_TEXT = 0.9
"""Score of the weakest character from which text found by its ink alone is believed."""
SETTLED_SCORE = 0.98
"""Score of the weakest character from which a word of a closed list that covers all ink of its
cell is read once. On booklets of development papers no second look at one read otherwise."""
PLAIN_MIN = 0.95
"""Score of the weakest character from which a word of a closed list stands against a poor second
reading."""
FIGURE_GAP = 0.74
"""Line heights between the middles of a figure and the character behind it, with white between."""
NEVER_BLANK = frozenset({
    "name", "relation_to_head", "sex", "ethnicity", "birth_date", "id_number", "household_type",
    "head_name",
})  # fmt: skip
"""Fields that the police leave blank on no page."""
SAME_LINE = 0.5
"""Ems between middles of what stands on one line."""


@dataclass(frozen=True, slots=True)
class CellLook:
    """One reading of a cell: its text, its pieces, its value."""

    text: str
    pieces: tuple[Piece, ...]
    value: HukouValue

    @property
    def chars(self) -> list[Char]:
        """The characters read."""
        return [c for p in self.pieces for c in p.chars]

    @property
    def score(self) -> float:
        """Score of the weakest character."""
        return min((c.score for c in self.chars), default=0.0)


@dataclass(frozen=True, slots=True)
class CellReading:
    """What stands in a cell. ``look`` None: nothing was read though something may be there;
    ``again``: the other look, where it read the same."""

    look: CellLook | None
    quad: Quad | None
    doubts: tuple[str, ...] = ()
    again: CellLook | None = None


@dataclass(frozen=True, slots=True)
class HukouPage:
    """What the cells of a page have in common: where values lie, how they look, and how to read
    them again. ``tilt`` is the rise over run of its lines, ``line_height`` that of a value's."""

    shift: Shift
    writing: CellWriting
    recognise: Recogniser
    tilt: float
    line_height: float

    @classmethod
    def of(
        cls,
        sheet: Sheet,
        ruling: Ruling,
        labels: Mapping[str, HukouLabel],
        placing: Placing,
        level: Sequence[Piece],
        recognise: Recogniser,
    ) -> HukouPage:
        """The page whose writing went where ``placing`` says; ``level``: pieces whose longer ones
        tell how the page's lines slant."""
        writing = CellWriting(
            sheet.image,
            ruling,
            [h.piece.quad for label in labels.values() for h in label.hits],
            [p for placed in placing.slots.values() for p in placed.pieces],
        )
        anchors = [
            p
            for placed in placing.slots.values()
            for p in placed.pieces
            if is_strongly_typed(placed.slot.field, p.text)
        ]
        writing.calibrate(anchors)
        height = float(np.median([p.height for p in anchors])) if anchors else 1.2 * writing.em
        return cls(placing.shift, writing, recognise, tilt_of(level), height)


def tilt_of(pieces: Sequence[Piece]) -> float:
    """Rise over run of the longer lines among pieces."""
    tilts = [p.tilt for p in pieces if p.right - p.left > 4 * p.height]
    return float(np.median(tilts)) if tilts else 0.0


def read_cell(placed: Placed, page: HukouPage) -> CellReading:
    """What stands in a cell, doubted where it seems to begin before it or was left empty though
    everybody has one."""
    cell = _read_cell(placed, page)
    look, slot = cell.look, placed.slot
    if look is None:
        return cell
    if not look.text and slot.field in NEVER_BLANK:
        return replace(cell, doubts=(*cell.doubts, "此栏不应空白，疑有漏读"))
    if look.pieces and slot.is_ruled and page.shift.dx < 0:
        first = min(look.pieces, key=lambda p: p.left)
        if page.writing.begins_before(first, slot.left):
            return replace(cell, doubts=(*cell.doubts, "首字压在格线上，疑有漏读"))
    return cell


def _read_cell(placed: Placed, page: HukouPage) -> CellReading:
    """Both looks at one cell, and what follows from them."""
    name = placed.slot.field
    marks = page.writing.marks_in(placed.slot, page.shift)
    pieces = [p for p in placed.pieces if not all(page.writing.is_red(p))]
    faint = [not any(page.writing.is_dark(p)) for p in pieces]
    kept, doubts = without_seals(
        pieces, faint, placed.slot, page.shift, page.tilt, page.line_height
    )
    dark = _without_red(kept, page.writing)
    if not dark and not marks:
        return CellReading(_look(name, ()), None)
    first = _look(name, dark)
    if not doubts and dark == list(placed.pieces) and _is_settled(first, marks):
        return CellReading(first, box_around(first.pieces))
    second = _look(name, _text_only(_second_look(kept, marks, placed, page)))
    whole = _look(name, kept)
    if not first.text and not second.value.is_usual and second.score < SURE_TEXT:
        second = _look(name, ())
    for look in (first, whole):
        if look.text and _same(look.value.value, second.value.value):
            doubts = [] if look.value.is_closed else doubts
            return CellReading(look, box_around(look.pieces), tuple(doubts), second)
    if not first.text and not second.text:
        # Dark marks that are no text: a seal's residue, or writing that cannot be read.
        return CellReading(None, placed.slot.quad(page.shift.dx, page.shift.dy))
    chosen, other = _choose(
        whole if whole.value.is_usual and not first.value.is_usual else first, second, marks
    )
    if _is_plain_choice(chosen, other) or settles(chosen.chars, other.chars):
        doubts = [] if chosen.value.is_closed else doubts
    else:
        doubts.append("两次识别不一致")
    return CellReading(chosen, box_around(chosen.pieces), tuple(doubts))


def _is_settled(look: CellLook, marks: Sequence[PenMark]) -> bool:
    """Whether nothing is left for a second look to tell: a whole word of the field's list, or a
    number that checks itself, beyond doubt, and no ink of the cell beside its characters."""
    value = look.value
    if not value.is_closed or value.doubts or look.score < SETTLED_SCORE:
        return False
    return all(
        any(
            p.left - 2 <= mark.centre[0] <= p.right + 2 and p.top <= mark.centre[1] <= p.bottom
            for p in look.pieces
        )
        for mark in marks
    )


def _same(a: str, b: str) -> bool:
    return a.replace(" ", "") == b.replace(" ", "")


def _look(name: str, pieces: Sequence[Piece]) -> CellLook:
    text = "".join(p.text for p in pieces)
    value = read_hukou_value(name, _spaced(pieces) if name.startswith("move_in") else text)
    if len(value.value) > 1 and value.value.endswith("章"):
        value = replace(value, doubts=(*value.doubts, "疑有印章文字混入"))
    return CellLook(text, tuple(pieces), value)


def _text_only(pieces: Sequence[Piece]) -> list[Piece]:
    """Without what the recogniser makes of residue: a few Latin letters, read poorly."""
    return [p for p in pieces if p.score >= CELL_TEXT_MIN or any(c.score > 0.9 for c in p.chars)]


def _spaced(pieces: Sequence[Piece]) -> str:
    """The text with a space where white follows a figure (2008-04-25 广西…)."""
    text = ""
    last: Piece | None = None
    for piece in pieces:
        for i in range(len(piece.chars)):
            char = piece.part(i, i + 1)
            if last is not None and last.text.isdigit() and not char.text.isascii():
                apart = char.centre[0] - last.centre[0]
                text += " " if apart > FIGURE_GAP * piece.height else ""
            text += char.text
            last = char
    return text


def _without_red(pieces: Sequence[Piece], writing: CellWriting) -> list[Piece]:
    """The pieces without the characters at their ends that lie on red ink only: a seal's."""
    kept = []
    for piece in pieces:
        own = [i for i, is_red in enumerate(writing.is_red(piece)) if not is_red]
        if own:
            kept.append(piece.part(own[0], own[-1] + 1))
    return kept


def _second_look(
    dark: Sequence[Piece],
    marks: Sequence[PenMark],
    placed: Placed,
    page: HukouPage,
) -> list[Piece]:
    """The cell read again from dark ink only, over all of its ink."""
    writing, recognise = page.writing, page.recognise
    lines = rows_of(dark)
    free = []
    boxes = [_bounds(line, writing.em) for line in lines]
    for mark in marks:
        x, y = mark.centre
        if any(b[0] <= x <= b[2] and b[1] <= y <= b[3] for b in boxes):
            continue
        near = next((i for i, line in enumerate(lines) if _is_beside(mark, line, writing.em)), None)
        if near is None:
            free.append(mark)
        else:
            left, top, right, bottom = boxes[near]
            boxes[near] = (min(left, mark.left), top, max(right, mark.right), bottom)
    quads = [_tilted(box, line) for box, line in zip(boxes, lines, strict=True)]
    read = pieces_of([line for line in recognise(writing.clean, quads) if line.text])
    again = [part for piece in read for part in without_words(piece)]
    more = writing.read(free, placed.slot, recognise)
    if dark:
        # Beside what was found, only what is surely text adds to it.
        more = [
            p
            for p in more
            if p.score >= 0.9
            and not p.text.isascii()
            and all(abs(p.centre[1] - a.centre[1]) > 0.6 * writing.em for a in again)
        ]
    return sorted([*again, *more], key=lambda p: p.centre[1])


def _bounds(line: Sequence[Piece], em: float) -> tuple[float, float, float, float]:
    pad = 0.15 * em
    return (
        min(p.left for p in line) - pad,
        min(min(y for _, y in p.quad) for p in line),
        max(p.right for p in line) + pad,
        max(max(y for _, y in p.quad) for p in line),
    )


def _is_beside(mark: PenMark, line: Sequence[Piece], em: float) -> bool:
    """Whether a mark continues a line to the left or right."""
    x, y = mark.centre
    left, right = min(p.left for p in line), max(p.right for p in line)
    apart = max(left - mark.right, mark.left - right)
    nearest = min(line, key=lambda p: abs(p.centre[0] - x))
    high = max(mark.bottom - mark.top, mark.right - mark.left) >= 0.3 * em
    return apart <= 0.9 * em and abs(y - nearest.centre[1]) < SAME_LINE * em and high


def _tilted(box: tuple[float, float, float, float], line: Sequence[Piece]) -> Quad:
    """A line's box as a quad that slants as the line does."""
    left, top, right, bottom = box
    widest = max(line, key=lambda p: p.right - p.left)
    tilt = widest.tilt if widest.right - widest.left > 3 * widest.height else 0.0
    rise = tilt * (right - left)
    down, up = max(rise, 0.0), max(-rise, 0.0)
    return ((left, top + up), (right, top + down), (right, bottom - up), (left, bottom - down))


def _choose(
    first: CellLook, second: CellLook, marks: Sequence[PenMark]
) -> tuple[CellLook, CellLook]:
    """The better of two looks that differ, and the other."""
    for plain, stamped in ((first, second), (second, first)):
        if _goes_on_into_stamp(stamped, plain):
            return plain, stamped

    def weight(look: CellLook) -> tuple[float, float]:
        if not look.text:
            return (-9.0, 0.0)
        grammar = 2.0 * look.value.is_usual - 2.0 * bool(look.value.doubts)
        return (grammar + 2.0 * _coverage(look, marks), look.score)

    return (first, second) if weight(first) >= weight(second) else (second, first)


def _coverage(look: CellLook, marks: Sequence[PenMark]) -> float:
    """Share of the ink that a look's characters lie on."""
    total = sum(m.area for m in marks)
    if not total:
        return 1.0
    covered = sum(
        m.area for m in marks if any(p.left - 2 <= m.centre[0] <= p.right + 2 for p in look.pieces)
    )
    return covered / total


def _is_plain_choice(chosen: CellLook, other: CellLook) -> bool:
    """Whether the grammar leaves no choice: one is a word of a closed list, the other is none, or
    the same with a stamp's words behind it."""
    if not chosen.value.is_usual or chosen.value.doubts:
        return False
    if not other.text or _goes_on_into_stamp(other, chosen):
        return True
    if other.value.is_usual or chosen.score < PLAIN_MIN:
        return False
    return chosen.value.is_closed or other.text in chosen.text or _one_poor(chosen, other)


def _goes_on_into_stamp(look: CellLook, plain: CellLook) -> bool:
    """Whether a look is a usual value, the plain one, with a stamp's words behind it."""
    if not plain.value.is_usual or not look.text.startswith(plain.text):
        return False
    return is_of_stamp(look.text[len(plain.text) :])


def _one_poor(chosen: CellLook, other: CellLook) -> bool:
    """Whether the other look differs in one character only, and read that one poorly."""
    ours, theirs = chosen.chars, other.chars
    if len(ours) != len(theirs):
        return False
    differing = [b for a, b in zip(ours, theirs, strict=True) if a.text != b.text]
    return len(differing) == 1 and differing[0].score < PLAIN_MIN
