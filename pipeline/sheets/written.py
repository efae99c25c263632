"""A born-digital page: its text layer held against what the page shows.

A text layer says what a program wrote. Where the map from its glyphs to characters is wrong, a
page that shows 1982 says 1972, and the wrong number may even have a right check digit. So every
line is also read from the pixels. Where the two agree, the layer's line stands as it is, with its
exact places; where they differ, what the page shows is kept, in doubt where it differs.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

import numpy as np

from pipeline.contracts import OcrEngine
from pipeline.image import as_quad
from pipeline.model import Char, Image, Line, Quad

MARGIN = 0.15
"""Heights of a line by which its box is widened on each side: boxes of a text layer end where the
glyphs' own boxes end, those that the recogniser was trained on leave a rim."""
IN_DOUBT = 0.5
"""Score of a character that page and layer do not agree on: under every threshold."""


def lines_as_shown(image: Image, lines: Sequence[Line], engine: OcrEngine) -> tuple[Line, ...]:
    """The lines of a text layer of the page ``image``, those that it does not show so replaced by
    what it shows. Order and number of lines stay."""
    shown = engine.recognise(image, [_widened(line.quad) for line in lines])
    return tuple(_agreed(line, seen) for line, seen in zip(lines, shown, strict=True))


def _agreed(written: Line, seen: Line) -> Line:
    said, read = _plain(written.chars), _plain(seen.chars)
    matcher = SequenceMatcher(a=said[0], b=read[0], autojunk=False)
    differing = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    if not differing:
        return written
    if not read[0]:  # too small or too ornate to be read: what it says is not borne out
        return _doubted(written, range(len(written.chars)))
    doubted: list[int] = []
    for _, _, _, start, end in differing:
        # Where the page shows nothing of what the layer says, its neighbours carry the doubt.
        first, last = (
            (start, end) if end > start else (max(0, start - 1), min(len(read[1]), start + 1))
        )
        doubted += read[1][first:last]
    return replace(_doubted(seen, doubted), quad=written.quad)


def _doubted(line: Line, places: Sequence[int] | range) -> Line:
    marked = set(places)
    chars = tuple(
        replace(char, score=min(char.score, IN_DOUBT), contested=True) if i in marked else char
        for i, char in enumerate(line.chars)
    )
    return replace(line, chars=chars, score=float(np.mean([c.score for c in chars])))


def _plain(chars: Sequence[Char]) -> tuple[str, list[int]]:
    """What of the characters must agree: letters and digits, full-width as plain; and the place
    of each. Signs and boxes are drawn in too many ways to be held against each other."""
    text, places = "", []
    for i, char in enumerate(chars):
        for c in unicodedata.normalize("NFKC", char.text):
            if unicodedata.category(c)[0] in "LN":
                text += c
                places.append(i)
    return text, places


def _widened(quad: Quad) -> Quad:
    corners = np.asarray(quad)
    middle = corners.mean(axis=0)
    height = float(np.linalg.norm(corners[3] - corners[0]))
    across = corners[1] - corners[0]
    along = across / max(1e-6, float(np.linalg.norm(across)))
    down = np.array([-along[1], along[0]])
    outward = corners - middle
    signs = np.sign(np.stack([outward @ along, outward @ down], axis=1))
    return as_quad(corners + MARGIN * height * (signs[:, :1] * along + signs[:, 1:] * down))
