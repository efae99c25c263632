"""The lines of a sheet as running text, every character with its place.

Lines of one row are joined from left to right, a wide gap as a tab. A row that fills the page's
width and is followed by one that begins at the left margin goes on there: a sentence is one string
wherever the letter broke it. All other rows end with a line feed. A row of heads (姓名, 性别,
公民身份号码) over one row of values is told once more at the end, each head with its value.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial
from itertools import pairwise

from extractors.letters.tables import table
from pipeline.layout.beside import rows_of
from pipeline.layout.piece import Piece, cut_at_gaps, piece_of, pieces_of, without_doubles
from pipeline.model import Line
from pipeline.once import once_per_lines
from pipeline.reference.names import is_han

SENTENCE_GAP = 1.1
"""Line heights between two characters of a row from which they stand apart."""
PARAGRAPH = 0.4
"""Part of the longest row's characters that a row of a paragraph has."""
FULL_LINE = 2.6
"""Line heights from the right margin within which a row is full."""
LONG_ROW = 0.75
"""Part of the text's width from which a row that ends within a sentence is one of a paragraph."""
CELLS = 2.0
"""Line heights between the pieces of a row from which they are cells of a table."""
INDENT = 1.1
"""Line heights from the left margin from which a row is indented."""
NO_LINE = 4.0
"""Line heights from the left margin from which a row is no line of a paragraph (a number or a date
at the right)."""
NAME_REACH = 12
"""Characters before and behind one within which a group's name lies that it belongs to."""
CELL_PITCH = 1.3
"""Line heights from line to line in a cell; paragraphs are set wider."""
LETTER_COLUMN = 5.0
"""Line heights below a head within which its value stands."""
LEANING = 0.16
"""Rise over run from which a line is read from a stamp's arc, not from print."""
WEAK_LINE = 0.75
"""Mean score below which Latin letters and signs are read from a table's grain or a shadow."""
LETTER_NOISE = re.compile(
    r"样本|SPECIMEN|复印件|再次复印无效|复印无效|.{0,24}专用章|.{0,6}与原件(?:一致|相符|核对无误)?|原件一致|★+|仅[限供用].{0,24}(?:使用|有效|用途).{0,8}|.{0,6}他用无效"
)
"""Rows that stamps and watermarks leave. The year, month and day of a date are no stamp's."""
ECHO_MIN = 0.85
"""Mean score of a line from which one that says less of it is left out."""
ECHO_MAX, ECHO_REACH = 6, 3.0
"""Characters of a seal's text that are found as a line of their own, and line heights from the name
that the seal repeats."""
BODY_END = re.compile(
    r"(?:局|所|中心|委员会|政府|办事处|公司|院|校|学|处|站|部|厅|办公室)(?:\([^)]*\))?$"
)
HEAD_WORDS = re.compile(
    r"姓名|职工姓名|人员姓名|性别|民族|(?:公民身份|居民身份证|身份证)(?:号码?|证号)|身份证|出生(?:日期|年月)|"
    r"原?工作单位|单位名称|备注|序号|(?:调档|调动)?原因|联系电话|(?:保障|救助|人员|对象)?类别|职务|任职时间|户主姓名"
)
"""Heads of columns in tables that list persons."""


_PRINTED = str.maketrans(
    "話號證聯單簽戶電機關時變業務與別類檔調轉書編", "话号证联单签户电机关时变业务与别类档调转书编"
)
"""Signs of labels that the engine at times gives in their traditional form. Values stay as read."""
_TITLED = re.compile(r"关于.{2,30}的(?:函|证明书?|通知|批复|决定|复函)")
"""A title as wide as the text: what follows begins anew."""
_DATED = re.compile(r"年.{1,4}月.{1,4}[日目曰]")
"""No seal says that: a date that leans lies under one."""


@dataclass(frozen=True, slots=True)
class LetterRow:
    """One row of the sheet: its pieces from left to right."""

    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The characters, no white space."""
        return "".join(p.text for p in self.pieces)

    @property
    def left(self) -> float:
        """Left edge."""
        return self.pieces[0].left

    @property
    def right(self) -> float:
        """Right edge."""
        return self.pieces[-1].right

    @property
    def height(self) -> float:
        """Height of its highest piece."""
        return max(p.height for p in self.pieces)

    @property
    def level(self) -> float:
        """The middle of its first piece."""
        return self.pieces[0].centre[1]


@dataclass(frozen=True)
class Running:
    """A sheet's text. ``places[i]`` is the piece and the index in it that ``text[i]`` comes from,
    None for a tab or a line feed."""

    rows: tuple[LetterRow, ...]
    text: str
    places: tuple[tuple[Piece, int] | None, ...]

    @cached_property
    def body(self) -> float:
        """Usual height of a line: the median over characters."""
        heights = sorted(p.height for r in self.rows for p in r.pieces for _ in p.chars)
        return heights[len(heights) // 2] if heights else 1.0

    @cached_property
    def bottom(self) -> float:
        """Level of the lowest row."""
        return max((r.level for r in self.rows), default=0.0)

    def pieces(self, start: int, end: int) -> list[Piece]:
        """What lies under ``text[start:end]``: a piece for each line that it touches."""
        found: list[Piece] = []
        run: list[tuple[Piece, int]] = []
        for place in (*self.places[start:end], None):
            if run and (place is None or place[0] is not run[-1][0]):
                own = run[0][0]
                found.append(piece_of(own.line, own.chars[run[0][1] : run[-1][1] + 1]))
                run = []
            if place is not None:
                run.append(place)
        return found


@once_per_lines
def run_together(lines: Sequence[Line]) -> Running:
    """The running text of a sheet's lines."""
    found = pieces_of(lines)
    pieces = [p for p in without_doubles(_without_echoes(found)) if not _is_noise(p)]
    wrapped = _wrapped(pieces)
    parts = {id(p) for upper, lower, _ in wrapped for p in (upper, lower)}
    rows = []
    for group in rows_of([p for p in pieces if id(p) not in parts]):
        own = {id(p) for p in group}
        cells = [[p] for p in group]
        cells += [[u, lower] for u, lower, beside in wrapped if id(beside) in own]
        ordered = sorted(cells, key=lambda cell: cell[0].left)
        rows.append(
            LetterRow(
                tuple(
                    part for cell in ordered for p in cell for part in cut_at_gaps(p, SENTENCE_GAP)
                )
            )
        )
    if not rows:
        return Running((), "", ())
    return _with_known_words(_with_columns(_joined(tuple(rows))))


@cache
def _known_words() -> re.Pattern[str]:
    return re.compile("|".join(row["words"] for row in table()["group"]))


def _with_known_words(running: Running) -> Running:
    """The text with a sign's second choice where that alone makes the name of a group: 村千部 is
    村干部. It tells the paper; the value is read from the pieces, which stay as they are."""
    text = running.text
    for i, place in enumerate(running.places):
        for other, _ in place[0].chars[place[1]].alternatives if place else ():
            told = text[:i] + other + text[i + 1 :]
            if len(other) == 1 and _names_group(told, i) and not _names_group(text, i):
                text = told
                break
    return running if text == running.text else replace(running, text=text)


def _names_group(text: str, at: int) -> bool:
    """Whether the name of a group lies over a place of the text."""
    start = max(0, at - NAME_REACH)
    found = _known_words().finditer(text, start, at + NAME_REACH)
    return any(m.start() <= at < m.end() for m in found)


def _without_echoes(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces without those that say again, with less, what a longer one near says: a line found
    twice, or parts of a seal's text that lie around the name that it repeats."""
    return [p for p in pieces if not any(_is_echo(p, other) for other in pieces)]


def _is_echo(piece: Piece, other: Piece) -> bool:
    if len(piece.text) >= len(other.text) or other.score < ECHO_MIN:
        return False
    height = min(piece.height, other.height)
    apart = abs(piece.centre[1] - other.centre[1])
    near = apart < 0.5 * height
    sealed = apart < ECHO_REACH * height and re.match(rf"\D{{1,{ECHO_MAX}}}$", piece.text)
    if not (near or (sealed and BODY_END.search(other.text))):
        return False
    if piece.right <= other.left or other.right <= piece.left:
        return False
    rest = iter(other.text)
    return all(c in rest for c in piece.text)


def _wrapped(pieces: Sequence[Piece]) -> list[tuple[Piece, Piece, Piece]]:
    """Cells of two lines: upper line, lower line, and what stands beside them at the height of
    their middle, as a cell of one line in the same row of a table does."""
    found: list[tuple[Piece, Piece, Piece]] = []
    used: set[int] = set()
    for upper in sorted(pieces, key=lambda p: p.centre[1]):
        for lower in pieces:
            height = min(upper.height, lower.height)
            dy = lower.centre[1] - upper.centre[1]
            if not 0.6 * height < dy < CELL_PITCH * height or not _in_column(upper, lower, height):
                continue
            middle = (upper.centre[1] + lower.centre[1]) / 2
            beside = [
                p
                for p in pieces
                if abs(p.centre[1] - middle) < 0.25 * height
                and (p.left >= max(upper.right, lower.right) or p.right <= upper.left)
            ]
            if beside and not {id(upper), id(lower)} & used:
                used |= {id(upper), id(lower)}
                near = min(beside, key=lambda p: abs(p.centre[0] - upper.centre[0]))
                found.append((upper, lower, near))
    return [(u, lower, b) for u, lower, b in found if id(b) not in used]


def _in_column(upper: Piece, lower: Piece, height: float) -> bool:
    """Whether two lines of one cell stand so: flush left, or centred."""
    flush = abs(upper.left - lower.left) < 0.5 * height
    return flush or abs(upper.centre[0] - lower.centre[0]) < 0.5 * height


def _with_columns(running: Running) -> Running:
    """The text with what stands under heads told as label and value. Several persons under one
    head are left alone: nothing tells which of them is meant."""
    text, places = [running.text], list(running.places)
    for head, below, after in zip(
        running.rows, running.rows[1:], (*running.rows[2:], None), strict=False
    ):
        if not _is_head(head) or (after is not None and len(_under(head, after)) > 1):
            continue
        told = _under(head, below)
        for label in head.pieces:
            own = [value for under, value in told if under is label]
            if own:
                _tell(label, own, text, places)
    return Running(running.rows, "".join(text).translate(_PRINTED), tuple(places))


def _tell(
    label: Piece, own: Sequence[Piece], text: list[str], places: list[tuple[Piece, int] | None]
) -> None:
    """Append a label and its value, whose cell may have several lines."""
    for part in (label, *own):
        text.append(part.text)
        places += [(part, i) for i in range(len(part.chars))]
        if part is label or part is own[-1]:
            text.append("\t" if part is label else "\n")
            places.append(None)


def _is_head(row: LetterRow) -> bool:
    words = [p.text for p in row.pieces if HEAD_WORDS.fullmatch(p.text)]
    return len(words) >= 2 and len(words) >= len(row.pieces) - 1


def _under(head: LetterRow, row: LetterRow) -> list[tuple[Piece, Piece]]:
    """What stands under each head of a column, if anything does; the row has no label itself."""
    if any(HEAD_WORDS.fullmatch(p.text) for p in row.pieces):
        return []
    if row.level - head.level > LETTER_COLUMN * head.height:
        return []
    nearest = [(min(head.pieces, key=partial(_apart, value)), value) for value in row.pieces]
    return [(label, v) for label, v in nearest if label.left < v.right and v.left < label.right]


def _apart(one: Piece, other: Piece) -> float:
    return abs(one.centre[0] - other.centre[0])


def _joined(rows: tuple[LetterRow, ...]) -> Running:
    height = sorted(row.height for row in rows)[len(rows) // 2]
    left, right = _margins(rows, height)
    text: list[str] = []
    places: list[tuple[Piece, int] | None] = []
    for i, row in enumerate(rows):
        for j, piece in enumerate(row.pieces):
            if j and piece.left - row.pieces[j - 1].right > SENTENCE_GAP * height:
                text.append("\t")
                places.append(None)
            for k, char in enumerate(piece.text):
                text.append(char)
                places.append((piece, k))
        after = rows[i + 1] if i + 1 < len(rows) else None
        if after is None or not _goes_on(row, after, left, right, height):
            text.append("\n")
            places.append(None)
    return Running(rows, "".join(text), tuple(places))


def _margins(rows: Sequence[LetterRow], height: float) -> tuple[float, float]:
    """Left and right margin: where the rows of usual height begin and the longest end. Short rows
    are none of a paragraph's: what lies around the paper leaves some."""
    long = max(len(r.text) for r in rows)
    usual = [
        r for r in rows if r.height < 1.35 * height and len(r.text) >= PARAGRAPH * long
    ] or list(rows)
    lefts, rights = sorted(r.left for r in usual), sorted(r.right for r in usual)
    return lefts[len(lefts) // 8], rights[-1]


def _goes_on(row: LetterRow, after: LetterRow, left: float, right: float, height: float) -> bool:
    """Whether ``after`` is the next line of the same paragraph."""
    full = row.right > right - FULL_LINE * height or _breaks_off(row, after, left, right)
    begins = after.left < left + INDENT * height and row.left < left + NO_LINE * height
    alike = max(row.height, after.height) < 1.35 * min(row.height, after.height)
    near = after.level - row.level < 3.2 * height
    cells = any(b.left - a.right > CELLS * height for a, b in pairwise(row.pieces))
    titled = _TITLED.fullmatch(row.text) is not None
    return full and begins and alike and near and not cells and not titled


def _breaks_off(row: LetterRow, after: LetterRow, left: float, right: float) -> bool:
    """Whether a long row ends within a sentence that the next one, which is no label's, goes on
    with: an engine or a ragged margin left it short."""
    long = row.right - row.left > LONG_ROW * (right - left) and len(row.pieces) == 1
    ends = re.search(r"[。;:；：!]$|[)\]]$", row.text) is not None
    return long and not ends and re.match(r"[^,。]{1,8}:", after.text) is None


def _is_noise(piece: Piece) -> bool:
    leaning = len(piece.chars) >= 2 and abs(piece.tilt) > LEANING and not _DATED.search(piece.text)
    weak = piece.score < WEAK_LINE and 2 * sum(is_han(c) for c in piece.text) < len(piece.text)
    return weak or leaning or not piece.is_upright or LETTER_NOISE.fullmatch(piece.text) is not None
