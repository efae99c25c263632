"""Choices without a box: a sign between brackets, a sign in the box's stead, a column to tick, a
tick before a line of a list, an answer written out.

What an engine read and what the pixels show must agree; where they do not, a person looks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.application_form.boxes import BoxState, Frames, TickBox
from extractors.application_form.layout import Block, FormLayout
from extractors.application_form.offers import Offer
from extractors.application_form.wording import bare, wording
from pipeline.layout.ruled_table import dark_ink, level_ink
from pipeline.marks.signature import ink_area
from pipeline.reference.names import is_han

TICKS = frozenset("√✓✔☑☒vV")
"""How an engine reads a tick."""
_BESIDES = ":：;；,，、.。．_()"
"""What may stand beside answers."""
_OPENING, _CLOSING = "([【〔{", ")]】〕}"
_QUOTES = re.compile("[“”\"'‘’「」]")
_NUMBER = re.compile(r"(?:[(]\d{1,2}[)]|\d{1,2})[.、．,:]?$")
TICK_DARK = 0.045
"""Mean darkness between brackets, beyond that of the emptiest, up to which nothing stands there."""
MARK_EM2 = 0.04
"""Ink in a cell or before a line, in squared widths of a character, from which it is a mark: a
typed √ of hair lines has 0.05."""
SPECK_EM2 = 0.012
"""And up to which it is none."""
LIST_MIN = 5
"""Matters one below another from which they are a list or a table's column."""
HIGH_EM = 4.5
"""Height of such a cell at most: above that a rule was lost."""
MOST_TICKS = 0.7
"""Part of the matters that anybody asks for: some exclude each other."""
ROOM_EM = 3.5
"""Room before a line in which somebody may put a tick."""


@dataclass(frozen=True, slots=True)
class TickMark:
    """What was found for a choice; ``written``: it is an answer written out."""

    state: BoxState
    box: TickBox
    written: bool = False


def find_marks(
    offers: Sequence[Offer], framed: Sequence[bool], layout: FormLayout, frames: Frames
) -> list[TickMark | None]:
    """For each choice without a box the mark or the place for one; None where nothing tells."""
    found: list[TickMark | None] = [None] * len(offers)
    open_ = [i for i, has in enumerate(framed) if not has]
    if not open_:
        return found
    look = _Look(layout, frames)
    for find in (look.between_brackets, look.in_a_column, look.before_lines, look.in_its_stead):
        left = [i for i in open_ if found[i] is None]
        for i, mark in zip(left, find([offers[i] for i in left]), strict=True):
            found[i] = mark
    lost = {id(o.block) for o, f, m in zip(offers, framed, found, strict=True) if f or m}
    for i in open_:
        if found[i] is None and id(offers[i].block) not in lost:
            found[i] = look.written_out(offers[i], [o for o in offers if o.key == offers[i].key])
    return found


class _Look:
    def __init__(self, layout: FormLayout, frames: Frames) -> None:
        self.layout, self.frames, self.em = layout, frames, layout.em
        ink = dark_ink(level_ink(layout.sheet.image)) > 0
        self.ink: NDArray[np.bool_] = ink & (layout.ruling.mask(margin=2) == 0)

    # ---------------------------------------------------------------- brackets

    def between_brackets(self, offers: Sequence[Offer]) -> list[TickMark | None]:
        """``（√）``: all before the words or all behind them."""
        before = [self._brackets(o, is_before=True) for o in offers]
        behind = [self._brackets(o, is_before=False) for o in offers]
        shares = []
        for places, ends in (
            (before, [o.first for o in offers]),
            (behind, [o.last for o in offers]),
        ):
            seen = [place is not None for place, end in zip(places, ends, strict=True) if end]
            shares.append(sum(seen) / len(seen) if seen else 0.0)
        if max(shares) < 0.3 or min(shares) > 0.8 * max(shares):
            return [None] * len(offers)
        places = before if shares[0] > shares[1] else behind
        inside = [None if p is None else self.frames.inside(p[0]) for p in places]
        empty = min(0.1, float(np.percentile([v for v in inside if v is not None], 20)))
        marks: list[TickMark | None] = []
        for place, dark in zip(places, inside, strict=True):
            if place is None or dark is None:
                marks.append(None)
                continue
            box, sign = place
            is_dark = dark - empty > TICK_DARK
            state: BoxState = "unsure"
            if sign in TICKS and is_dark:
                state = "yes"
            elif not sign and not is_dark:
                state = "no"
            marks.append(TickMark(state, box))
        return marks

    def _brackets(self, offer: Offer, *, is_before: bool) -> tuple[TickBox, str] | None:
        """The room between a pair of brackets beside the words, and the sign read there."""
        block, text = offer.block, offer.block.text
        low, high = offer.between
        end = offer.span[1]
        if is_before:
            close = self._before_number(offer) - 1
            tries = [(open_, close) for open_ in (close - 1, close - 2) if open_ >= low]
        else:
            tries = [(end, close) for close in (end + 1, end + 2) if close < high]
        pair = next(((a, b) for a, b in tries if text[a] in _OPENING and text[b] in _CLOSING), None)
        if pair is None:
            return None
        sign = text[pair[0] + 1 : pair[1]]
        if sign and (is_han(sign) or sign.isdigit()):
            return None
        (one,), (other,) = block.cut(pair[0], pair[0] + 1), block.cut(pair[1], pair[1] + 1)
        left, right = one.centre[0] + 0.3 * self.em, other.centre[0] - 0.3 * self.em
        middle = (left + right) / 2
        side = min(0.9 * self.em, max(0.5 * self.em, right - left))
        # Box.inside is looked at without its rim, so it may take in the brackets' own.
        return TickBox.around(middle, one.centre[1], 1.6 * side), sign

    # ---------------------------------------------------------------- instead of the box

    def in_its_stead(self, offers: Sequence[Offer]) -> list[TickMark | None]:
        """A tick printed or written where others have their box."""
        marks: list[TickMark | None] = []
        for offer in offers:
            start, _ = offer.span
            low, _ = offer.between
            sign = offer.block.text[start - 1 : start] if start - 1 >= low else ""
            if not sign or sign not in TICKS:
                marks.append(None)
                continue
            (piece,) = offer.block.cut(start - 1, start)
            box = TickBox.around(*piece.centre, self.em)
            dark = self._ink_in((box.x, box.y, box.x + box.side, box.y + box.side))
            marks.append(TickMark("yes" if dark >= MARK_EM2 else "unsure", box))
        return marks

    # ---------------------------------------------------------------- a column, a list

    def in_a_column(self, offers: Sequence[Offer]) -> list[TickMark | None]:
        """A table with one matter a row and a column that its heading tells to tick."""
        none: list[TickMark | None] = [None] * len(offers)
        rows = [o for o in offers if o.key == "matters" and o.block.is_cell]
        if len({id(o.block) for o in rows}) < LIST_MIN:
            return none
        headings = wording().tick_headings
        columns = [
            (b.box[0], b.box[2])
            for b in self.layout.blocks
            if b.is_cell and any(word in _QUOTES.sub("", b.text) for word in headings)
        ]
        own = {id(o.block) for o in offers}
        marks = none
        for left, right in columns:
            cells = [self.layout.block_at((left + right) / 2, o.pieces[0].centre[1]) for o in rows]
            if any(c is None or id(c) in own for c in cells):
                continue
            found = [self._cell_mark(cell, left, right) for cell in cells]
            if sum(m is not None and m.state == "yes" for m in found) > MOST_TICKS * len(found):
                continue  # print or dirt: nobody asks for so much
            made = dict(zip(map(id, rows), found, strict=True))
            marks = [made.get(id(o)) for o in offers]
            break
        return marks

    def _cell_mark(self, cell: Block | None, left: float, right: float) -> TickMark | None:
        """The mark in a cell, between the sides of its column's heading: a cell may have lost its
        own."""
        if cell is None:
            return None
        _, top, _, bottom = cell.box
        if bottom - top > HIGH_EM * self.em:
            return None
        rim = 0.25 * self.em
        area = self._ink_in((left + rim, top + rim, right - rim, bottom - rim))
        text = bare(cell.text)
        state = _state(area)
        if state == "yes" and text and not set(text) <= TICKS | {"是"}:
            state = "unsure"
        side = min(right - left, bottom - top)
        return TickMark(state, TickBox.around((left + right) / 2, (top + bottom) / 2, side))

    def before_lines(self, offers: Sequence[Offer]) -> list[TickMark | None]:
        """Matters one below another, a tick before some of them, nothing before the others."""
        none: list[TickMark | None] = [None] * len(offers)
        rows = [o for o in offers if o.key == "matters" and o.first and o.last]
        lefts = [self._left(o) for o in rows]
        if len(rows) < LIST_MIN or np.ptp(lefts) > 1.2 * self.em:
            return none
        left = float(np.median(lefts)) - 0.25 * self.em
        made: dict[int, TickMark] = {}
        for offer in rows:
            middle, high = offer.pieces[0].centre[1], 0.75 * self.em
            area = self._ink_in((left - ROOM_EM * self.em, middle - high, left, middle + high))
            box = TickBox.around(left - self.em, middle, 2 * self.em)
            made[id(offer)] = TickMark(_state(area), box)
        states = {mark.state for mark in made.values()}
        return [made.get(id(o)) for o in offers] if {"yes", "no"} <= states else none

    def _left(self, offer: Offer) -> float:
        """Where a line begins, its number counted, a tick before it not."""
        at = self._before_number(offer)
        return offer.block.cut(at, at + 1)[0].left

    @staticmethod
    def _before_number(offer: Offer) -> int:
        """Where in its block's text a choice begins, its number counted."""
        before = offer.block.text[offer.between[0] : offer.span[0]]
        number = _NUMBER.search(before)
        return offer.span[0] if number is None else offer.between[0] + number.start()

    # ---------------------------------------------------------------- written out

    def written_out(self, offer: Offer, group: Sequence[Offer]) -> TickMark | None:
        """An answer in words: behind its question stand some of the choices and nothing else."""
        many = wording().groups[offer.key].many
        own = [o for o in group if o.block is offer.block]
        asked = offer.asked or self._asks_for_matters(own[0])
        if not asked or len(own) != len(group) or (not many and len(own) != 1):
            return None
        if many and len(own) == len(wording().groups[offer.key].options):
            return None  # all that there are: the form's own list
        text = offer.block.text
        rest = list(text)
        for o in own:
            rest[o.span[0] : o.span[1]] = " " * (o.span[1] - o.span[0])
        first = own[0].between[0] if offer.asked else self._before_number(own[0])
        if any(not (c.isspace() or c.isdigit() or c in _BESIDES) for c in rest[first:]):
            return None
        pieces = [p for row in offer.block.rows for p in row]
        left = offer.block.cut(first, first + 1)[0].left if first < len(text) else 0.0
        tops = [p.centre[1] - p.height / 2 for p in pieces]
        bottoms = [p.centre[1] + p.height / 2 for p in pieces]
        area = (
            left,
            min(tops),
            min(offer.block.box[2], max(p.right for p in pieces) + 8 * self.em),
            max(bottoms),
        )
        if ink_area(self.ink, area, self.em, [p.quad for p in pieces]) > MARK_EM2:
            return None  # something that was not read: a box, another choice
        words = offer.pieces[0]
        box = TickBox(words.left, words.centre[1] - self.em / 2, self.em, 1.0)
        return TickMark("yes", box, written=True)

    def _asks_for_matters(self, offer: Offer) -> bool:
        """Whether the words before matters, or the cell to the left, are a heading of theirs."""
        block = offer.block
        near = self.layout.left_of(block) if block.is_cell else None
        text = block.text[: offer.span[0]] + ("" if near is None else near.text)
        return offer.key == "matters" and any(w in text for w in wording().matter_headings)

    def _ink_in(self, area: tuple[float, float, float, float]) -> float:
        """The largest stroke in an area, in squared ems, without what runs through it: a rule that
        bends. Dust does not add up."""
        left, top, right, bottom = (max(0, round(v)) for v in area)
        part = self.ink[top:bottom, left:right].astype(np.uint8)
        if part.size == 0:
            return 0.0
        count, _, stats, _ = cv2.connectedComponentsWithStats(part, connectivity=8)
        high, wide = part.shape
        kept = 0
        for i in range(1, count):
            _, _, width, height, size = (int(v) for v in stats[i])
            level = width >= 0.8 * wide or (width > 4 * height and width > self.em)
            if not level and not (height >= 0.9 * high and width < 0.25 * self.em):
                kept = max(kept, size)
        return kept / self.em**2


def _state(area: float) -> BoxState:
    """Whether so much ink is a mark."""
    return "yes" if area >= MARK_EM2 else "no" if area <= SPECK_EM2 else "unsure"
