"""The boxes to tick of our own form: which are marked, and with what certainty."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import cv2
import numpy as np

from extractors.application_form.boxes import BoxState, TickBox, judge_box
from extractors.application_form.choices import Choice
from extractors.application_form.printed.flat import SCALE, FlatForm
from extractors.application_form.printed.frames import Spot
from extractors.application_form.printed.geometry import Tick
from extractors.application_form.printed.words import BESIDE_MM, WORDS_MM
from pipeline.layout.piece import Piece, pieces_of
from pipeline.layout.ruled_table import quad_of
from pipeline.model import Char, Image, Line

AROUND_MM = (0.5, 1.4)
"""From a box, the strip around it in which a mark that missed it is looked for."""
STRAY = 0.03
"""Part of that strip that is ink, beyond most boxes', from which somebody may have marked it."""
INSIDE_MM = 0.6
"""From a box's edge to the part of it that is looked at."""
MARKED_SHARE = 0.095
"""Mean darkness inside from which a box is marked: of 578 marked ones on copies and pictures none
was below 0.1, of 1220 empty ones, some under a stamp's frame, none above 0.065."""


def tick_choices(
    flat: FlatForm, ink: Image, ticked: Collection[tuple[str, str]] = ()
) -> list[Choice]:
    """Every box of the page as a choice; ``ticked`` are those, by key and code, that were ticked
    in the PDF's own fields."""
    boxes = [_box(spot, flat) for spot in flat.ticks]
    states = judge_box([box.inside for box in boxes], MARKED_SHARE)
    beside = np.array(_beside(boxes, states, ink))
    usual = float(np.median(beside))
    made = []
    for tick, box, seen, state, covered in zip(
        flat.page.tick, boxes, flat.seen, states, beside, strict=True
    ):
        sure: BoxState = state
        if (tick.key, tick.code) in ticked:
            sure = "yes"
        elif not seen or (state == "no" and covered - usual > STRAY):
            sure = "unsure"
        made.append(Choice(tick.key, tick.code, (_words(tick, flat),), sure, True, box))
    return made


def _box(spot: Spot, flat: FlatForm) -> TickBox:
    """The box where it was found, and how dark it is within."""
    side = flat.form.tick * SCALE
    x, y = spot.frame.x + spot.right, spot.frame.y + spot.down
    inset = INSIDE_MM * SCALE
    x0, y0, x1, y1 = (round(v) for v in (x + inset, y + inset, x + side - inset, y + side - inset))
    inside = float(flat.dark[y0 : y1 + 1, x0 : x1 + 1].mean())
    return TickBox(x, y, side, spot.contrast, inside)


def _beside(boxes: Sequence[TickBox], states: Sequence[BoxState], ink: Image) -> list[float]:
    """How much of the strip around each box is ink, where no words are printed. Ink that reaches
    into a marked box belongs to that box's mark, however far it runs out."""
    _, labels = cv2.connectedComponents((ink > 0).astype(np.uint8), connectivity=8)
    owned: set[int] = set()
    for box, state in zip(boxes, states, strict=True):
        if state == "yes":
            owned |= set(np.unique(labels[_around(box, -INSIDE_MM)]).tolist())
    owned.discard(0)
    stray = (labels > 0) & ~np.isin(labels, list(owned))
    near, far = AROUND_MM
    shares = []
    for box in boxes:
        whole = stray[_around(box, far)]
        strip = np.ones(whole.shape, np.bool_)
        skip = round((far - near) * SCALE)
        strip[skip:-skip, skip:] = False
        # Words begin to the right.
        strip[:, round(box.side + (far + near) * SCALE) :] = False
        shares.append(float(whole[strip].mean()))
    return shares


def _around(box: TickBox, out_mm: float) -> tuple[slice, slice]:
    """The pixels of a box and so far around it."""
    out = out_mm * SCALE
    return (
        slice(max(0, round(box.y - out)), round(box.y + box.side + out)),
        slice(max(0, round(box.x - out)), round(box.x + box.side + out)),
    )


def _words(tick: Tick, flat: FlatForm) -> Piece:
    """The printed words of a choice, as a piece: they are known, and need no reading."""
    x, y = tick.at[0] + flat.form.tick + BESIDE_MM, tick.at[1]
    wide = WORDS_MM * len(tick.text)
    sides = (v * SCALE for v in (x, y, x + wide, y + flat.form.tick))
    n = len(tick.text)
    chars = tuple(Char(c, 1.0, i / n, (i + 1) / n) for i, c in enumerate(tick.text))
    (piece,) = pieces_of([Line(tick.text, 1.0, quad_of(*sides), chars)])
    return piece
