"""Whether somebody signed: ink beside the words 申请人签名 that is no print."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from extractors.application_form.answers import Answer
from extractors.application_form.layout import FormLayout
from pipeline.layout.ruled_table import dark_ink, level_ink
from pipeline.marks.signature import ink_area, is_typed, state_of, tell_signature
from pipeline.model import Image

FORM_SIGNATURE_WIDE = 14.0
"""Characters' widths behind the words in which a signature is looked for."""
FORM_SIGNATURE_HIGH = 1.7
"""And above and below their middle."""
SIGNATURE_NARROW = 6.0
"""Width below which nobody is asked to sign."""
_PRINTED = frozenset("年月日()（）:：签名字章印按手盖")


def find_form_signature(layout: FormLayout, answers: Sequence[Answer], image: Image) -> str | None:
    """``yes``, ``no``, ``unsure``; None where no place for a signature was found."""
    places = [a for a in answers if a.key == "signature"]
    if not places:
        return None
    ink = dark_ink(level_ink(image)) > 0
    ink &= layout.ruling.mask(margin=2) == 0
    states = {_state(layout, place, ink, image) for place in places}
    return "yes" if "yes" in states else "unsure" if "unsure" in states else "no"


def _state(layout: FormLayout, place: Answer, ink: NDArray[np.bool_], image: Image) -> str:
    em = layout.em
    label = place.label[-1]
    middle = label.centre[1]
    start, room_top, end, room_bottom = place.place
    if start >= label.right - em:  # behind the words, or in the next cell
        left = label.right + 0.3 * em
        right = left + FORM_SIGNATURE_WIDE * em
        top, bottom = middle - FORM_SIGNATURE_HIGH * em, middle + FORM_SIGNATURE_HIGH * em
        first = max(left, start)
        last = min(end, first + FORM_SIGNATURE_WIDE * em)
        # A cell that is not beside the words, or is narrow, is strokes of the pen taken for rules.
        # So may be the rule that it begins with: what lies before it was signed, too.
        if room_top < middle < room_bottom and last - first >= SIGNATURE_NARROW * em:
            right = last
            if room_bottom - room_top >= 1.6 * em:  # a cell, not a row
                top, bottom = max(room_top, top), min(room_bottom, bottom)
    else:
        left, right, bottom = start, end, room_bottom
        top = max(room_top, label.centre[1] + label.height * 0.6)
    prints = [p.quad for b in layout.blocks for p in b.pieces if _is_print(p.text)]
    prints += [piece.quad for piece in place.label]
    # Words that go on before the cell in which one signs are no signature.
    between = (p for b in layout.blocks for p in b.pieces if label.right < p.centre[0] < start)
    prints += [piece.quad for piece in between if is_typed(image, ink, piece, label)]
    box = left, top, right, bottom
    state = state_of(ink_area(ink, box, em, prints))
    tell_signature(box, state)
    return state


def _is_print(text: str) -> bool:
    """Whether a piece is a date or other print that may stand beside a signature."""
    if any(c.isdigit() for c in text) or all(c in _PRINTED for c in text):
        return True
    return "承诺" in text
