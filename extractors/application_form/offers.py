"""The choices that a form offers, by their words: whose they are, and where a box may stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extractors.application_form.layout import Block, FormLayout
from extractors.application_form.wording import FoundPhrase, find_phrases
from pipeline.layout.piece import Piece
from pipeline.reference.names import is_han

SHORT = 2
"""Words of up to so many characters (是, 其他, 学校) are choices only after their question."""
HEADING = 1.9
"""Heights of a line, in characters' widths, from which its words are a heading."""
OFFER_REACH = 4.5
"""Characters' widths from words to their box at most; a number may stand between."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A choice whose box is to be found: windows (left, top, right, bottom) before and behind.
    ``span``: its words' place in the block's text; ``between``: that of what is not another's."""

    key: str
    code: str
    pieces: tuple[Piece, ...]
    block: Block
    span: tuple[int, int]
    between: tuple[int, int]
    exact: bool
    before: tuple[float, float, float, float]
    behind: tuple[float, float, float, float]
    first: bool
    last: bool
    asked: bool


def read_offers(layout: FormLayout) -> list[Offer]:
    """All choices that the form offers, in reading order."""
    return [offer for block in layout.blocks for offer in _offers(block, layout)]


def _offers(block: Block, layout: FormLayout) -> list[Offer]:
    tokens = _merged(find_phrases(block.text), block)
    if not any(t.phrase.kind in ("matter", "option") for t in tokens):
        return []
    asked = _asked(block, layout)
    offers: list[Offer] = []
    shown = [t for t in tokens if t.phrase.kind in ("matter", "option", "question")]
    for number, token in enumerate(shown):
        if token.phrase.kind == "question":
            if _is_question(token, block):
                asked = [key for key, _ in token.phrase.meanings]
            continue
        meaning = _meaning(token, asked)
        if meaning is None:
            continue
        key, code = meaning
        if key != "matters" and key not in asked and not _stands_alone(token, block, layout.em):
            continue
        before = shown[number - 1] if number else None
        after = shown[number + 1] if number + 1 < len(shown) else None
        offers.append(_offer(block, token, key, code, before, after, key in asked, layout.em))
    return offers


def _merged(tokens: Sequence[FoundPhrase], block: Block) -> list[FoundPhrase]:
    """Two names of one matter, the second in brackets, as one."""
    merged: list[FoundPhrase] = []
    for token in tokens:
        last = merged[-1] if merged else None
        if (
            last is not None
            and last.phrase.kind == token.phrase.kind == "matter"
            and last.phrase.meanings == token.phrase.meanings
            and not any(c.isdigit() for c in block.text[last.end : token.start])
        ):
            merged[-1] = FoundPhrase(last.phrase, last.start, token.end, last.exact and token.exact)
        else:
            merged.append(token)
    return merged


def _asked(block: Block, layout: FormLayout) -> list[str]:
    """What the cells to the left ask, the nearest first; else the cell above."""
    if not block.is_cell:
        return []
    near: Block | None = block
    for _ in range(3):
        near = layout.left_of(near) if near is not None else None
        if near is None or near is block:
            break
        if keys := _questions(near):
            return keys
    above = layout.above(block)
    return [] if above is None else _questions(above)


def _questions(block: Block) -> list[str]:
    tokens = find_phrases(block.text)
    if any(t.phrase.kind == "matter" for t in tokens):
        return []
    return [k for t in tokens if t.phrase.kind == "question" for k, _ in t.phrase.meanings]


def _is_question(token: FoundPhrase, block: Block) -> bool:
    """Whether a question's words ask: a colon follows, or they begin a line."""
    after = block.text[token.end : token.end + 4].lstrip(")） ?？")
    if after.startswith((":", "：")):
        return True
    return token.start == 0 or block.row_of(token.start) != block.row_of(token.start - 1)


def _meaning(token: FoundPhrase, asked: Sequence[str]) -> tuple[str, str] | None:
    meanings = token.phrase.meanings
    for key, code in meanings:
        if key in asked:
            return key, code
    if len(meanings) == 1 and len(token.phrase.text) > SHORT:
        return meanings[0]
    return None


def _stands_alone(token: FoundPhrase, block: Block, em: float) -> bool:
    """Whether words without a question are no part of a longer text, nor of a heading."""
    pieces = block.cut(token.start, token.end)
    if pieces[0].height > HEADING * em:
        return False
    if token.end >= len(block.places):
        return True
    (after,) = block.cut(token.end, token.end + 1)
    level = abs(after.centre[1] - pieces[-1].centre[1]) < 0.5 * after.height
    near = 0.35 * max(em, pieces[-1].height)
    return not (level and is_han(after.text) and after.left - pieces[-1].right < near)


def _offer(
    block: Block,
    token: FoundPhrase,
    key: str,
    code: str,
    before: FoundPhrase | None,
    after: FoundPhrase | None,
    asked: bool,
    em: float,
) -> Offer:
    pieces = block.cut(token.start, token.end)
    first, last = pieces[0], pieces[-1]
    first_row, last_row = block.row_of(token.start), block.row_of(token.end - 1)
    left_limit = max(block.box[0], first.left - OFFER_REACH * em)
    begins = True
    if before is not None and block.row_of(before.end - 1) == first_row:
        left_limit = max(left_limit, block.cut(before.end - 1, before.end)[0].right - 0.3 * em)
        begins = before.phrase.kind == "question"
    right_limit = min(block.box[2], last.right + OFFER_REACH * em)
    ends = True
    if after is not None and block.row_of(after.start) == last_row:
        right_limit = min(right_limit, block.cut(after.start, after.start + 1)[0].left + 0.3 * em)
        ends = False
    reach = 0.95 * em
    return Offer(
        key,
        code,
        tuple(pieces),
        block,
        (token.start, token.end),
        (before.end if before else 0, after.start if after else len(block.places)),
        token.exact,
        (left_limit, first.centre[1] - reach, first.left + 0.3 * em, first.centre[1] + reach),
        (last.right - 0.3 * em, last.centre[1] - reach, right_limit, last.centre[1] + reach),
        begins,
        ends,
        asked,
    )
