"""The choices of a form: which are offered, where their boxes are, which are marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from extractors.application_form.boxes import BOX_SIZES, BoxState, Frames, Shape, TickBox, judge_box
from extractors.application_form.layout import FormLayout
from extractors.application_form.offers import Offer, read_offers
from extractors.application_form.unframed import find_marks
from extractors.application_form.wording import wording
from pipeline.layout.piece import Piece
from pipeline.marks.tick_tails import settle_by_tails

CLEAR = 0.9
"""How well the box of a choice must be seen, its size known: brackets and characters that enclose
something come near to a frame."""
RIVAL = 0.8
"""Share of the seen boxes before the words that may also be seen behind them, or the other way."""
SHARE_MIN = 0.3
"""Share of the choices that must have a box, or what was seen are none."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice: ``key`` and ``code`` as in ``form.toml``; ``box`` None where none was found;
    ``written``: an answer in words."""

    key: str
    code: str
    pieces: tuple[Piece, ...]
    state: BoxState
    exact: bool
    box: TickBox | None
    written: bool = False


def read_choices(layout: FormLayout, frames: Frames) -> list[Choice]:
    """All choices that the form offers, in reading order."""
    offers = read_offers(layout)
    boxes = _boxes(offers, frames, layout.em)
    marks = find_marks(offers, [box is not None for box in boxes], layout, frames)
    seen = [replace(box, inside=frames.inside(box)) for box in boxes if box is not None]
    keys = [o.key for o, box in zip(offers, boxes, strict=True) if box is not None]
    groups = [None if wording().groups[key].many else key for key in keys]
    judged = judge_box([box.inside for box in seen])
    states = iter(zip(seen, settle_by_tails(frames.dark, seen, groups, judged), strict=True))
    choices = []
    for offer, found, mark in zip(offers, boxes, marks, strict=True):
        box: TickBox | None = None
        state: BoxState = "unsure"
        if found is not None:
            box, state = next(states)
        elif mark is not None:
            box, state = mark.box, mark.state
        elif not offer.asked and offer.key != "matters":
            continue
        made = Choice(offer.key, offer.code, offer.pieces, state, offer.exact, box)
        choices.append(replace(made, written=mark is not None and mark.written))
    return choices


# ---------------------------------------------------------------- where the boxes are


def _boxes(offers: Sequence[Offer], frames: Frames, em: float) -> list[TickBox | None]:
    """The box of each offer: all before the words or all behind them, all of one shape and size."""
    if not offers:
        return []
    tried: list[tuple[float, Shape, bool, int]] = []
    for shape, (least, most) in BOX_SIZES.items():
        wide = range(max(6, round(least * em)), round(most * em) + 1, 2)
        for is_before in (True, False):
            # Between two choices of a row stands the box of either: the ends of rows tell.
            ends = [o for o in offers if (o.first if is_before else o.last)]
            found = [box for o in ends if (box := _find(o, frames, wide, shape, is_before))]
            side = round(float(np.median([box.side for box in found]))) if found else 0
            alike = [box.seen for box in found if abs(box.side - side) <= 2]
            tried.append((sum(alike) / max(1, len(ends)), shape, is_before, side))
    share, shape, is_before, side = max(tried)
    # Where boxes before and behind the words are as likely, nobody can say whose they are.
    rival = max(s for s, _, other, _ in tried if other is not is_before)
    if side == 0 or share < SHARE_MIN or rival > RIVAL * share:
        return [None] * len(offers)
    sizes = range(max(5, side - 2), side + 3)
    own = [_find(o, frames, sizes, shape, is_before) for o in offers]
    seen = [box if box is not None and box.seen >= CLEAR else None for box in own]
    for key in {o.key for o in offers}:
        # Where most choices of a group have no box, what was seen are parts of marks and numbers.
        mine = [i for i, o in enumerate(offers) if o.key == key]
        if sum(seen[i] is not None for i in mine) < len(mine) / 2:
            for i in mine:
                seen[i] = None
    return seen


def _find(
    offer: Offer, frames: Frames, sizes: Sequence[int], shape: Shape, is_before: bool
) -> TickBox | None:
    window = offer.before if is_before else offer.behind
    return frames.find(window, sizes, window[2] if is_before else window[0], shape)
