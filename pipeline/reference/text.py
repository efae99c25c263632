"""Cleaning of characters before a grammar is applied: width, spaces, dashes, look-alike dots.

Only what stands for the same character is changed. NFKC is not used: it would turn superscript
digits into digits and compatibility ideographs into other ideographs.
"""

from __future__ import annotations

_FULL_WIDTH = {0xFF01 + i: 0x21 + i for i in range(94)}  # ！ to ～
_SPACES = dict.fromkeys(map(ord, " \t\r\n\u00a0\u2002\u2003\u2009\u200a\u202f\u3000\u200b\ufeff"))
DASHES = "-‐‑‒–—―−﹣－ー一"
"""Signs an engine may read for a dash. The last is the numeral one: only where no numeral fits."""

_DASH_TABLE = {ord(c): "-" for c in DASHES[:-1]}


def narrow(text: str) -> str:
    """Full-width letters, digits and signs as their ordinary forms."""
    return text.translate(_FULL_WIDTH)


def squeeze(text: str) -> str:
    """:func:`narrow`, and no white space at all."""
    return text.translate(_FULL_WIDTH).translate(_SPACES)


def plain_dashes(text: str) -> str:
    """Every kind of dash as ``-``."""
    return text.translate(_DASH_TABLE)


def is_misread(text: str, word: str) -> bool:
    """Whether the text is the word but for one character, in the same number of them."""
    return len(text) == len(word) and sum(a != b for a, b in zip(text, word, strict=True)) == 1


def is_digits(text: str) -> bool:
    """Whether these are ASCII digits and nothing else (``str.isdigit`` takes ² and ٣ too)."""
    return text.isascii() and text.isdigit()
