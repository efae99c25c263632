"""Printed words of the form as fixed points: what the engine read tells where the page lies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from extractors.application_form.printed.geometry import FormPage, FormPlace, PrintedForm
from pipeline.image import Points
from pipeline.layout.piece import Piece, pieces_of
from pipeline.model import Line
from pipeline.reference.names import is_han

SHORTEST = 3
"""Characters from which printed words are no part of what somebody wrote, nor of each other."""
BESIDE_MM = 1.4
"""From a box to its words (flows.form_print)."""
WORDS_MM = 3.4
"""Size of a choice's words."""


def find_words(lines: Sequence[Line], form: PrintedForm, page: FormPage) -> tuple[Points, Points]:
    """Ends of printed words: in millimetres on the form, and in pixels of the sheet; N x 2 each.
    Words that stand there, or were read, more than once are left out."""
    pieces = pieces_of(lines)
    printed: list[FormPlace] = []
    seen: list[FormPlace] = []
    known = list(_printed(form, page))
    for (x, y), size, text in known:
        if sum(text in other for _, _, other in known) > 1:
            continue
        hits = [(p, p.text.find(text)) for p in pieces if text in p.text]
        if len(hits) != 1:
            continue
        piece, at = hits[0]
        part = piece.part(at, at + len(text))
        middle = y + size / 2
        printed += [(x, middle), (x + size * len(text), middle)]
        seen += [_end(part, first=True), _end(part, first=False)]
    return np.array(printed, np.float64).reshape(-1, 2), np.array(seen, np.float64).reshape(-1, 2)


def _printed(form: PrintedForm, page: FormPage) -> Iterator[tuple[FormPlace, float, str]]:
    """Runs of Han characters that are printed: left top of the first, size, text."""
    rows = [(t.at, t.size, t.text) for t in page.text]
    rows += [
        ((t.at[0] + form.tick + BESIDE_MM, t.at[1] + 0.4), WORDS_MM, t.text) for t in page.tick
    ]
    for at, size, text in rows:
        run = ""
        for c in text:
            if not is_han(c):
                break
            run += c
        if len(run) >= SHORTEST:
            yield at, size, run


def _end(piece: Piece, *, first: bool) -> FormPlace:
    a, b, c, d = piece.quad
    (x0, y0), (x1, y1) = (a, d) if first else (b, c)
    return (x0 + x1) / 2, (y0 + y1) / 2
