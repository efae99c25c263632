"""Written answers of a form: the text beside, behind or below each label."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extractors.application_form.layout import Block, FormLayout, text_of
from extractors.application_form.wording import FoundPhrase, bare, find_phrases
from pipeline.layout.piece import Piece, cut_at_gaps
from pipeline.reference.names import is_han

ANSWER_NARROW = 2.2
"""Characters' widths up to which a cell is one box of a comb field."""
NOTE = 6
"""Characters that a label's cell may print beside the label (可多选, 必填)."""
_CUT = "：:;；.…_|丨·-—*"


@dataclass(frozen=True, slots=True)
class Answer:
    """What stands at a label: empty ``pieces`` where the place is blank. ``place``: left, top,
    right, bottom of the cell or strip in which an answer may stand."""

    key: str
    label: tuple[Piece, ...]
    pieces: tuple[Piece, ...]
    place: tuple[float, float, float, float]


def read_answers(layout: FormLayout) -> list[Answer]:
    """Every label with its answer, in reading order; a label may stand there several times."""
    return [answer for block in layout.blocks for answer in _answers(block, layout)]


def _answers(block: Block, layout: FormLayout) -> Iterator[Answer]:
    tokens = [t for t in find_phrases(block.text) if t.phrase.kind == "label"]
    tokens = [t for t in tokens if _is_label(t, block)]
    for number, token in enumerate(tokens):
        key = token.phrase.meanings[0][0]
        label = block.cut(token.start, token.end)
        end = tokens[number + 1].start if number + 1 < len(tokens) else len(block.places)
        start = token.end
        while start < end and block.text[start] in _CUT:
            start += 1
        own = [part for piece in block.cut(start, end) for part in cut_at_gaps(piece, 3.0)]
        right = block.box[2]
        if number + 1 < len(tokens):
            after = block.cut(end, end + 1)[0]
            if abs(after.centre[1] - label[-1].centre[1]) < 0.6 * after.height:
                right = after.left
        beside = (label[-1].right, block.box[1], right, block.box[3])
        if own and not (block.is_cell and len(tokens) == 1 and _is_note(own)):
            yield Answer(key, tuple(label), tuple(own), beside)
        elif not block.is_cell and (cell := _next_cell(label[-1], layout)) is not None:
            yield Answer(key, tuple(label), tuple(_own(cell)), cell.box)
        elif block.is_cell and len(tokens) == 1 and not _has_room(block, label, layout):
            pieces, place = _in_next_cells(key, block, layout)
            yield Answer(key, tuple(label), tuple(pieces), place)
        else:
            yield Answer(key, tuple(label), (), beside)


def _is_label(token: FoundPhrase, block: Block) -> bool:
    """Whether a label's words stand as a label: at the beginning of a line, after a gap or a sign,
    and not running on into other words."""
    if token.start > 0 and _is_joined(block, token.start):
        return False
    return not (
        token.end < len(block.places)
        and token.end - token.start < 3
        and _is_joined(block, token.end, before=False)
    )


def _is_joined(block: Block, index: int, *, before: bool = True) -> bool:
    """Whether the character before ``index`` and that at it stand close together, and the one that
    is no label's (``before``: the first) is a Chinese one."""
    (one,), (other,) = block.cut(index - 1, index), block.cut(index, index + 1)
    height = (other if before else one).height
    level = abs(one.centre[1] - other.centre[1]) < 0.5 * height
    near = other.left - one.right < 0.35 * height
    return level and near and is_han((one if before else other).text)


def _is_note(own: Sequence[Piece]) -> bool:
    """Whether what follows the only label of a cell is a printed remark: (可多选), (必填)."""
    text = text_of(own)
    return len(text) <= NOTE and text[:1] in "(（" and text[-1:] in ")）"


def _has_room(block: Block, label: Sequence[Piece], layout: FormLayout) -> bool:
    """Whether the label's own cell leaves room for an answer behind it (姓名：____)."""
    return block.text.rstrip()[-1:] in ":：" and block.box[2] - label[-1].right > 5 * layout.em


def _in_next_cells(
    key: str, block: Block, layout: FormLayout
) -> tuple[list[Piece], tuple[float, float, float, float]]:
    """The answer in the cell to the right, or in all boxes of a comb; below where the cell to the
    right holds a label of its own, too, or where the row of such labels ends."""
    near = layout.right_of(block)
    if near is block:
        return [], block.box
    if near is not None and not near.pieces and near.box[2] >= layout.sheet.image.shape[1]:
        near = None  # beside the table
    if near is None or _is_asking(near):
        before = layout.left_of(block)
        heads = near is not None or (before is not None and _is_asking(before))
        below = layout.below(block) if heads else None
        if below is not None and below is not block and _may_answer(key, below):
            return _own(below), below.box
        return [], (near or block).box
    pieces, box = _own(near), near.box
    while near.box[2] - near.box[0] < ANSWER_NARROW * layout.em:
        after = layout.right_of(near)
        if after is None or after is near or _is_asking(after):
            break
        if after.box[2] - after.box[0] >= ANSWER_NARROW * layout.em:
            break
        near = after
        pieces += _own(near)
        box = (box[0], box[1], near.box[2], box[3])
    return pieces, box


def _next_cell(label: Piece, layout: FormLayout) -> Block | None:
    """The cell beside a label whose own cell has lost a rule."""
    for step in range(1, 12):
        near = layout.block_at(label.right + step * 0.5 * layout.em, label.centre[1])
        if near is not None:
            return near if near.pieces and not _is_asking(near) else None
    return None


def _may_answer(key: str, block: Block) -> bool:
    """Whether a cell may hold the answer. The item of a change is itself the name of a field."""
    return key == "change_item" or not _is_asking(block)


def _own(block: Block) -> list[Piece]:
    return [p for row in block.rows for p in row]


def _is_asking(block: Block) -> bool:
    """Whether a cell prints a label or a question rather than an answer."""
    tokens = [t for t in find_phrases(block.text) if t.phrase.kind in ("label", "question")]
    size = len(bare(block.text))
    return any(len(t.phrase.text) >= size - 2 for t in tokens)
