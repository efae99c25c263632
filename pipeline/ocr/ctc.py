"""Decoding of what the recogniser puts out, keeping every character's score and what was lost.

Connectionist temporal classification: one row of class probabilities a column of the line's
picture. Characters are runs of one class; class 0 is the blank between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.model import Char, Line, Quad

Floats = NDArray[np.float32]

BLANK = 0
"""Class 0 of the recogniser's output: no character here."""
ALTERNATIVES = 3
ALTERNATIVE_MIN = 0.005
RANKED = ALTERNATIVES + 1
"""Classes looked at in each column: the likeliest and its alternatives."""
LOST_MIN = 0.05
"""A non-blank score at which a column in a blank run counts as an almost-read character."""
SPACE_MIN = 0.02
"""A space's score between two Latin letters from which there is one. The engine is shy of spaces
(YI CHEN is read YICHEN): of 2308 pairs of letters without one none reached 0.005, of
12 with one that it left out eleven exceed 0.02 in print."""


_Character = tuple[str, float, float, tuple[tuple[str, float], ...]]
"""A character, its score, its middle, its alternatives with their chances."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """One line picture, decoded. Places are in columns of the recogniser's output."""

    chars: tuple[_Character, ...]
    lost: tuple[tuple[str, float, float], ...]
    columns: int


@dataclass(frozen=True, slots=True)
class TopClasses:
    """What decoding needs of the recogniser's output: in each column the RANKED likeliest classes
    (``classes``, columns x RANKED, likeliest first) with their chances, and a space's chance."""

    chances: Floats
    classes: NDArray[np.integer[Any]]
    space: Floats


def top_classes(probabilities: Floats) -> TopClasses:
    """From all chances, columns x classes."""
    some = np.argpartition(probabilities, -RANKED, axis=1)[:, -RANKED:]
    chances = np.take_along_axis(probabilities, some, axis=1)
    order = np.argsort(-chances, axis=1, kind="stable")
    return TopClasses(
        np.take_along_axis(chances, order, axis=1),
        np.take_along_axis(some, order, axis=1),
        probabilities[:, -1],
    )


class CtcDecoder:
    """Connectionist-temporal-classification decoding that keeps what a mean score hides.

    Class 0 of the recogniser is the blank, the last class a space.
    """

    def __init__(self, characters: Sequence[str]) -> None:
        self._characters = ["", *characters, " "]

    def __call__(
        self, predictions: Sequence[Floats], **_: object
    ) -> tuple[list[Decoded], list[float]]:
        """Decode as paddlex calls it: (texts, scores)."""
        decoded = [self.decode(p) for p in np.asarray(predictions[0])]
        means = [float(np.mean([c[1] for c in d.chars])) if d.chars else 0.0 for d in decoded]
        return decoded, means

    def decode(self, probabilities: Floats) -> Decoded:
        """Decode one line: columns x classes."""
        return self.decode_top(top_classes(probabilities))

    def decode_top(self, top: TopClasses) -> Decoded:
        """Decode one line of which the likeliest classes are known."""
        best = top.classes[:, 0]
        n = len(best)
        starts = np.flatnonzero(np.diff(best, prepend=-1))
        chars: list[_Character] = []
        lost: list[tuple[str, float, float]] = []
        for start, end in zip(starts.tolist(), [*starts[1:].tolist(), n], strict=True):
            if best[start] != BLANK:
                chars.append(self._char(top, start, end))
                continue
            before = int(best[start - 1]) if start else BLANK
            after = int(best[end]) if end < n else BLANK
            chars += self._space(top, start, end, (before, after))
            lost += self._lost(top, start, end, (before, after))
        return Decoded(tuple(chars), tuple(lost), n)

    def _char(self, top: TopClasses, start: int, end: int) -> _Character:
        run = top.chances[start:end, 0]
        peak = start + int(run.argmax())
        centre = _middle(start, run.tolist())
        classes, chances = top.classes[peak], top.chances[peak]
        alternatives = tuple(
            (self._characters[classes[i]], float(chances[i]))
            for i in range(1, len(classes))
            if chances[i] >= ALTERNATIVE_MIN
        )
        return self._characters[classes[0]], float(chances[0]), centre, alternatives

    def _space(
        self, top: TopClasses, start: int, end: int, beside: tuple[int, int]
    ) -> Iterable[_Character]:
        """The space that a blank run between two Latin letters may hold."""
        sides = [self._characters[i] for i in beside]
        if not all(side.isascii() and side.isalpha() for side in sides):
            return
        shown = top.space[start:end]
        if shown.max() >= SPACE_MIN:
            yield " ", float(shown.max()), start + float(shown.argmax()) + 0.5, ()

    def _lost(
        self, top: TopClasses, start: int, end: int, beside: tuple[int, int]
    ) -> Iterable[tuple[str, float, float]]:
        """What was almost read in a blank run: the second of its columns is no blank."""
        strongest = top.chances[start:end, 1]
        for i in np.flatnonzero(strongest >= LOST_MIN).tolist():
            if strongest[i] < strongest[max(0, i - 1) : i + 2].max():
                continue
            # The flank of a neighbouring character is no character of its own.
            index = int(top.classes[start + i, 1])
            character = self._characters[index]
            if index not in beside and not character.isspace():
                yield character, float(strongest[i]), start + i + 0.5


def _middle(start: int, chances: Sequence[float]) -> float:
    """The middle of columns from ``start`` on, weighed by their chances. Plain numbers: a run is of
    one or two columns, of which an array would cost more than the sum."""
    total = moment = 0.0
    for column, chance in enumerate(chances, start):
        total += chance
        moment += column * chance
    return moment / total + 0.5


def line_of(decoded: Decoded, quad: Quad, padding: float, height: float) -> Line:
    """A line from its decoded characters.

    ``padding`` is padded width over line width; ``height`` the line's height over its width.
    """
    per_column = padding / decoded.columns
    centres = [centre * per_column for _, _, centre, _ in decoded.chars]
    chars = []
    for i, (text, score, _, alternatives) in enumerate(decoded.chars):
        half = height * (0.25 if text.isascii() else 0.5)
        left = centres[i] - half
        right = centres[i] + half
        if i > 0:
            left = max(left, (centres[i - 1] + centres[i]) / 2)
        if i + 1 < len(centres):
            right = min(right, (centres[i] + centres[i + 1]) / 2)
        chars.append(Char(text, score, max(0.0, left), min(1.0, right), alternatives))
    lost = tuple(
        Char(
            text,
            score,
            max(0.0, c * per_column - height / 2),
            min(1.0, c * per_column + height / 2),
        )
        for text, score, c in decoded.lost
    )
    # A leading or trailing space is a column that shone, not a character.
    while chars and chars[0].text == " ":
        chars.pop(0)
    while chars and chars[-1].text == " ":
        chars.pop()
    score = float(np.mean([c.score for c in chars])) if chars else 0.0
    return Line("".join(c.text for c in chars), score, quad, tuple(chars), lost)
