"""Print of seals among the pieces of a cell: what a value's line does not look like.

On colour scans red seals are told by their colour (:mod:`extractors.hukou.writing`). On grey
copies what tells is how a piece stands: letters on an arc slant, are larger than the values, lie
off the line on which all values of the page lie, and are read poorly. One sign alone is no
proof, two are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import mean

from extractors.hukou.form import Slot
from extractors.hukou.placing import Shift, row_offset
from extractors.hukou.words import noise_words, seal_words
from pipeline.layout.piece import Piece
from pipeline.layout.stamp_words import without_stamp
from pipeline.reference.names import is_han
from pipeline.reference.text import is_misread

SEAL_TILT = 0.11
"""Rise over run beyond the page's own."""
TILT_SINGLE = 0.4
"""The same for a single character, whose box tells little."""
OFF_LINE = 0.3
"""Rows off the middle of the cell."""
BETWEEN_ROWS = 0.4
"""Rows off the middle from which a piece may belong to the next row: with the shift taken off, a
wrapped line stands at most a third of a row away."""
SEAL_TALL = 1.45
"""Times the usual height of a value's line."""
DATED = frozenset(
    {"birth_date", "registration_date", "issue_date", "date", "content", "item"}
    | {"move_in_from_city", "move_in_to_address"}
)
"""Fields in which a day may stand."""
_DAY = re.compile(r"(?:19|20)\d\d(?:年\d{1,2}月\d{1,2}日?|([./-])\d{1,2}\1\d{1,2})")
NEAR_MIN = 5
"""Characters of a seal's words of which one may be misread (中口专用章)."""
WEAK_SEAL = 0.6
"""Score of the weakest character."""


def without_seals(
    pieces: Sequence[Piece],
    faint: Sequence[bool],
    slot: Slot,
    shift: Shift,
    tilt: float,
    line_height: float,
) -> tuple[list[Piece], list[str]]:
    """The pieces of a slot without those that two signs call a seal's, and what is doubtful about
    the others. ``faint`` says which pieces are much fainter than the page's values."""
    kept = []
    doubts = []
    offsets = [row_offset(p, slot, shift) for p in pieces]
    for piece, own, is_faint in zip(pieces, offsets, faint, strict=True):
        if slot.field not in DATED and _DAY.fullmatch(piece.text):
            continue  # when the copy was stamped
        signs = _signs(piece, tilt, line_height) + is_faint
        if shift.anchors and _is_off(own, offsets):
            signs += 1
        if signs >= 2:
            continue
        kept.append(piece)
        if signs == 1 and (is_faint or _is_slanting(piece, tilt)):
            doubts.append("疑有印章文字混入")
        if abs(own) > BETWEEN_ROWS:
            doubts.append("落在两行之间，所属栏目不能确定")
    return kept, doubts


def without_words(piece: Piece) -> list[Piece]:
    """The piece without words of seals and copy stamps that no value holds."""
    return [own for part in without_stamp(piece) for own in _without_noise(part)]


def is_of_stamp(text: str) -> bool:
    """Whether it is a part of a seal's or stamp's words, of two characters or more."""
    return len(text) > 1 and any(text in word for word in noise_words())


def _without_noise(piece: Piece) -> list[Piece]:
    text = piece.text
    if len(text) >= 3 and any(text in word for word in noise_words()):
        return []
    if len(text) >= NEAR_MIN and any(is_misread(text, word) for word in noise_words()):
        return []
    for word in noise_words():
        at = text.find(word)
        if at >= 0:
            before = [piece.part(0, at)] if at else []
            end = at + len(word)
            after = _without_noise(piece.part(end, len(text))) if end < len(text) else []
            return [*before, *after]
    return [piece]


def _signs(piece: Piece, tilt: float, line_height: float) -> int:
    weakest = min(c.score for c in piece.chars)
    odd = not any(is_han(c.text) or c.text.isalnum() for c in piece.chars)
    return (
        int(_is_slanting(piece, tilt))
        + int(piece.height > SEAL_TALL * line_height)
        + int(weakest < WEAK_SEAL)
        + int(odd)
        + int(any(word in piece.text for word in seal_words()))
    )


def _is_slanting(piece: Piece, tilt: float) -> bool:
    limit = SEAL_TILT if len(piece.chars) > 1 else TILT_SINGLE
    return abs(piece.tilt - tilt) > limit


def _is_off(own: float, offsets: Sequence[float]) -> bool:
    """Whether a piece lies off the lines that a value of this cell has: one in the middle, or two
    about it."""
    if abs(own) <= OFF_LINE:
        # In the middle's neighbourhood, but beside a line that fits better?
        return abs(own) > 0.15 and any(abs(o) < 0.08 for o in offsets)
    return abs(mean(offsets)) > 0.15
