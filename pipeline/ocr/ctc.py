"""Decoding of what the recogniser puts out, keeping every character's score and what was lost.

Connectionist temporal classification: one row of class probabilities a column of the line's
picture. Characters are runs of one class; class 0 is the blank between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.model import Char, Line, Quad

Floats = NDArray[np.float32]

BLANK = 0
"""Class 0 of the recogniser's output: no character here."""
ALTERNATIVES = 3
ALTERNATIVE_MIN = 0.005
LOST_MIN = 0.05
"""A non-blank score at which a column in a blank run counts as an almost-read character."""
SPACE_MIN = 0.02
"""A space's score between two Latin letters from which there is one. The engine is shy of spaces
(YI CHEN is read YICHEN): of 2308 pairs of letters without one none reached 0.005, of
12 with one that it left out eleven exceed 0.02 in print."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """One line picture, decoded. Places are in columns of the recogniser's output."""

    chars: tuple[tuple[str, float, float, tuple[tuple[str, float], ...]], ...]
    lost: tuple[tuple[str, float, float], ...]
    columns: int


class CtcDecoder:
    """Connectionist-temporal-classification decoding that keeps what a mean score hides.

    Takes the recogniser's output, batch x columns x classes with probabilities; class 0 is the
    blank, the last class a space.
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
        best = probabilities.argmax(axis=1)
        chars: list[tuple[str, float, float, tuple[tuple[str, float], ...]]] = []
        lost: list[tuple[str, float, float]] = []
        column = 0
        while column < len(best):
            end = column + 1
            while end < len(best) and best[end] == best[column]:
                end += 1
            if best[column] == BLANK:
                chars += self._space(probabilities, column, end)
                lost += self._lost(probabilities, column, end)
            else:
                chars.append(self._char(probabilities, int(best[column]), column, end))
            column = end
        return Decoded(tuple(chars), tuple(lost), len(best))

    def _char(
        self, probabilities: Floats, index: int, start: int, end: int
    ) -> tuple[str, float, float, tuple[tuple[str, float], ...]]:
        run = probabilities[start:end, index]
        peak = start + int(run.argmax())
        centre = float(np.average(np.arange(start, end), weights=run)) + 0.5
        row = probabilities[peak]
        ranked = np.argpartition(row, -(ALTERNATIVES + 1))[-(ALTERNATIVES + 1) :]
        ranked = ranked[np.argsort(row[ranked])[::-1]]
        alternatives = tuple(
            (self._characters[i], float(row[i]))
            for i in ranked
            if i != index and row[i] >= ALTERNATIVE_MIN
        )
        return self._characters[index], float(row[index]), centre, alternatives

    def _space(
        self, probabilities: Floats, start: int, end: int
    ) -> Iterable[tuple[str, float, float, tuple[tuple[str, float], ...]]]:
        """The space that a blank run between two Latin letters may hold."""
        if start == 0 or end == len(probabilities):
            return
        sides = (self._characters[int(probabilities[i].argmax())] for i in (start - 1, end))
        if not all(side.isascii() and side.isalpha() for side in sides):
            return
        shown = probabilities[start:end, len(self._characters) - 1]
        if shown.max() >= SPACE_MIN:
            yield " ", float(shown.max()), start + float(shown.argmax()) + 0.5, ()

    def _lost(
        self, probabilities: Floats, start: int, end: int
    ) -> Iterable[tuple[str, float, float]]:
        run = probabilities[start:end, 1:]
        strongest = run.max(axis=1)
        for i in np.flatnonzero(strongest >= LOST_MIN):
            neighbours = strongest[max(0, i - 1) : i + 2]
            if strongest[i] < neighbours.max():
                continue
            # The flank of a neighbouring character is no character of its own.
            index = int(run[i].argmax()) + 1
            before = int(probabilities[start - 1].argmax()) if start else BLANK
            after = int(probabilities[end].argmax()) if end < len(probabilities) else BLANK
            character = self._characters[index]
            if index not in (before, after) and not character.isspace():
                yield character, float(strongest[i]), start + float(i) + 0.5


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
