"""A second opinion on doubtful characters: which of the choices looks like the picture.

The recogniser has seen rare characters so seldom that it reads a common look-alike (邑 for 岜) or
wavers between several. Their pictures differ plainly. Where it is not sure, its choices and the
rare characters that look like its first one are printed in reference fonts and compared with what
stands on the paper; engine and picture together say how likely each one is.

A character that was compared is marked (``Char.compared``): its score and those of its alternatives
are chances, and need no correction for what the engine has seen too seldom.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from pipeline.contracts import OcrEngine, TellsDirection
from pipeline.model import Char, Image, Line, Quad
from pipeline.ocr.glyph_features import Floats, GlyphBook, Strip
from pipeline.reference.look_alikes import rare_look_alikes
from pipeline.reference.names import is_han
from pipeline.reference.rare_characters import hidden_behind

SURE = 0.995
"""Score from which the engine alone is believed. 13 of 403 misread characters of 3,000 drawn lines
with rare ones had it, and 96 in 100 right ones."""
TRUST: Final = 0.86
LIKENESS: Final = 14.7
"""Weights of the logarithm of the engine's score and of the likeness to the picture, in parts of
what the best choice lacks of being wholly alike; fitted by likelihood to 1,500 characters of 3,000
drawn lines in seven fonts that are none of the reference fonts (60 in 100 lines with a rare
character), checked on the other half."""
LACKS_LEAST = 0.05
UNREAD = 0.013
"""Score that a rare look-alike is given of which the engine says nothing, fitted with them."""
MOST = 12
"""Choices compared at the most."""
KEPT = 10
KEPT_MIN = 0.001
"""Alternatives kept, and from which chance on those that the engine did not name."""


class ComparingEngine:
    """Passes everything to an engine and compares what it doubts with reference fonts."""

    def __init__(self, engine: OcrEngine, book: GlyphBook) -> None:
        self._engine = engine
        self._book = book

    @property
    def fingerprint(self) -> str:
        """The engine's own, which covers the reference fonts."""
        return self._engine.fingerprint

    def detect(self, image: Image, long_side_px: int = 960) -> list[Quad]:
        """As the engine."""
        return self._engine.detect(image, long_side_px)

    def recognise(self, image: Image, quads: Sequence[Quad]) -> list[Line]:
        """As the engine, doubtful characters weighed by their pictures."""
        return [compared(line, image, self._book) for line in self._engine.recognise(image, quads)]

    def on_its_head(self, image: Image, quads: Sequence[Quad]) -> list[float]:
        """As the engine, if it can tell; else nothing tells."""
        if not isinstance(self._engine, TellsDirection):
            return [0.5] * len(quads)
        return self._engine.on_its_head(image, quads)

    def read(self, image: Image, long_side_px: int = 960) -> list[Line]:
        """``detect`` then ``recognise``, without the lines in which nothing was read."""
        lines = self.recognise(image, self.detect(image, long_side_px))
        return [line for line in lines if line.text]


def compared(line: Line, image: Image, book: GlyphBook) -> Line:
    """The line, its doubtful Han characters weighed by how they look."""
    doubtful = [i for i, char in enumerate(line.chars) if _is_doubtful(char)]
    if not doubtful:
        return line
    strip = Strip(image, line.quad)
    chars = list(line.chars)
    for i in doubtful:
        seen = strip.vectors_at((chars[i].left + chars[i].right) / 2)
        if seen is not None:
            chars[i] = weigh(chars[i], seen, book)
    if "".join(c.text for c in line.chars) == line.text:
        return replace(line, chars=tuple(chars), text="".join(c.text for c in chars))
    return replace(line, chars=tuple(chars))


def _is_doubtful(char: Char) -> bool:
    return is_han(char.text) and (char.score < SURE or hidden_behind(char.text) != "")


def weigh(char: Char, seen: Floats, book: GlyphBook) -> Char:
    """The character that is likeliest by engine and picture (``seen``: vectors, n x 512), with the
    others as alternatives."""
    scores = dict(char.alternatives) | {char.text: char.score}
    choices = {text: score for text, score in scores.items() if is_han(text) and len(text) == 1}
    for rare in hidden_behind(char.text) + rare_look_alikes(char.text):
        choices.setdefault(rare, 0.0)
    likeness = {
        text: float((vectors @ seen.T).max())
        for text in list(choices)[:MOST]
        if (vectors := book.vectors(text)) is not None
    }
    if char.text not in likeness or len(likeness) < 2:
        return char
    rest = sum(score for text, score in scores.items() if text not in likeness)
    chances = _chances({text: choices[text] for text in likeness}, likeness, max(0.0, 1.0 - rest))
    best = max(chances, key=lambda text: chances[text])
    others = {t: s for t, s in scores.items() if t not in likeness} | chances
    del others[best]
    ranked = sorted(others.items(), key=lambda item: -item[1])[:KEPT]
    return replace(
        char,
        text=best,
        score=chances[best],
        alternatives=tuple((t, s) for t, s in ranked if t in scores or s >= KEPT_MIN),
        compared=True,
    )


def _chances(
    scores: Mapping[str, float], likeness: Mapping[str, float], whole: float
) -> dict[str, float]:
    """How likely each choice is; together ``whole``."""
    lacks = max(LACKS_LEAST, 1.0 - max(likeness.values()))
    weight = np.array(
        [
            TRUST * np.log(max(scores[text], UNREAD)) + LIKENESS * likeness[text] / lacks
            for text in likeness
        ]
    )
    shares = np.exp(weight - weight.max())
    return {
        text: whole * float(share)
        for text, share in zip(likeness, shares / shares.sum(), strict=True)
    }
