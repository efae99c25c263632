"""The text layer of a born-digital PDF page, as lines with a box for every character.

A text layer says what a program wrote, not what people see. It is believed only where all of it
can be seen: each character leaves ink on the rendered page, none lies over another, all stand
upright and follow each other from the left, and every one has a known meaning.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
import pdfplumber.page

from pipeline.model import Char, Image, Line

TEXT_INK = 24
"""Difference of grey within a character's box from which it can be seen."""
UNSEEN_SHARE = 0.01
"""Share of characters that may lack ink (rules of fonts differ on full stops and the like)."""
WORD_GAP = 1.0
"""A gap wider than this many character sizes parts two lines, as a text detector would."""
OVERLAP = 0.35
"""Two different characters whose middles are nearer than this share of their width collide."""

TEXT_TILT = 0.35
"""Slant of drawn italics (c of the text matrix); more is turned text."""

TextRecord = dict[str, Any]
"""A character as pdfplumber gives it; coordinates in points from the top left of the media box."""


def read_text_layer(page: pdfplumber.page.Page, image: Image) -> tuple[Line, ...]:
    """The page's lines, from the top down, in pixels of ``image``; score 1.

    Empty where the layer cannot be believed: the page is then read like a scan.
    """
    page = page.dedupe_chars()  # boldface made by printing twice
    left, top, right, bottom = page.cropbox
    scale = image.shape[1] / (right - left), image.shape[0] / (bottom - top)
    written = [c for c in page.chars if not c["text"].isspace()]
    chars = [_in_pixels(c, left, top, scale) for c in written]
    if not chars or not all(map(_is_upright, written)):
        return ()
    if not all(_is_known(c["text"]) for c in chars) or not _is_seen(chars, image):
        return ()
    words = [
        word["chars"]
        for word in page.extract_words(
            keep_blank_chars=True,
            x_tolerance_ratio=WORD_GAP,
            return_chars=True,
            expand_ligatures=False,
        )
        if not word["text"].isspace()
    ]
    order = {id(c): i for i, c in enumerate(page.chars)}
    if any(order[id(a)] > order[id(b)] for word in words for a, b in pairwise(word)):
        return ()  # written from the right: turned, mirrored, or shuffled to deceive
    lines = [_line([_in_pixels(c, left, top, scale) for c in word]) for word in words]
    return tuple(sorted(lines, key=lambda line: (line.quad[0][1], line.quad[0][0])))


def _in_pixels(char: TextRecord, left: float, top: float, scale: tuple[float, float]) -> TextRecord:
    return {
        "text": _canonical(char["text"]),
        "x0": (char["x0"] - left) * scale[0],
        "x1": (char["x1"] - left) * scale[0],
        "y0": (char["top"] - top) * scale[1],
        "y1": (char["bottom"] - top) * scale[1],
    }


def _canonical(text: str) -> str:
    """Radicals that programs write for the characters they look like: ⽂ (U+2F42) is 文."""
    return "".join(
        unicodedata.normalize("NFKC", c) if "\u2e80" <= c <= "\u2fdf" else c for c in text
    )


def _is_upright(char: TextRecord) -> bool:
    """Whether the character is drawn neither turned nor mirrored (PDF 32000-1, 9.4.4: the text
    matrix, here with the page's rotation)."""
    a, b, c, d, *_ = char["matrix"]
    return bool(
        char["upright"] and a > 0 and d > 0 and max(abs(b), abs(c)) <= TEXT_TILT * min(a, d)
    )


def _is_known(text: str) -> bool:
    if text.startswith("(cid:"):
        return False
    return all(
        unicodedata.category(c) not in ("Cc", "Co", "Cn", "Cs")
        and c != "\ufffd"
        and not "\u2e80" <= c <= "\u2fdf"
        for c in text
    )


def _is_seen(chars: Sequence[TextRecord], image: Image) -> bool:
    """Whether the characters leave ink, each in its own place."""
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    height, width = grey.shape
    hidden = _collisions(chars)
    for c in chars:
        x0, x1 = max(0, int(c["x0"])), min(width, int(np.ceil(c["x1"])))
        y0, y1 = max(0, int(c["y0"])), min(height, int(np.ceil(c["y1"])))
        box = grey[y0:y1, x0:x1]
        hidden += box.size == 0 or int(box.max()) - int(box.min()) < TEXT_INK
    return hidden <= UNSEEN_SHARE * len(chars)


def _collisions(chars: Sequence[TextRecord]) -> int:
    """How many characters lie on a different one."""
    rows: dict[int, list[tuple[float, float, str]]] = {}
    for c in chars:
        row = round((c["y0"] + c["y1"]) / max(1.0, c["y1"] - c["y0"]))
        rows.setdefault(row, []).append(((c["x0"] + c["x1"]) / 2, c["x1"] - c["x0"], c["text"]))
    return sum(
        text != other and x - before < OVERLAP * min(width, wide)
        for row in rows.values()
        for (before, wide, other), (x, width, text) in pairwise(sorted(row))
    )


def _line(chars: Sequence[TextRecord]) -> Line:
    x0, x1 = min(c["x0"] for c in chars), max(c["x1"] for c in chars)
    y0, y1 = min(c["y0"] for c in chars), max(c["y1"] for c in chars)
    width = max(x1 - x0, 1e-6)
    return Line(
        text="".join(c["text"] for c in chars),
        score=1.0,
        quad=((x0, y0), (x1, y0), (x1, y1), (x0, y1)),
        chars=tuple(
            Char(c["text"], 1.0, (c["x0"] - x0) / width, (c["x1"] - x0) / width) for c in chars
        ),
    )
