"""OcrEngine over recorded lines: tests that need no model.

Wraps a real engine to record, or answers from a recording. The key is the hash of the pixels
handed in, so a recording answers only for exactly the picture it was made from; anything else is
a KeyError, never a guess.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pipeline.contracts import OcrEngine
from pipeline.model import Char, Image, Line, Quad


def _key(image: Image, *arguments: object) -> str:
    digest = hashlib.sha256(image.tobytes())
    digest.update(repr((image.shape, *arguments)).encode())
    return digest.hexdigest()


def line_from(data: dict[str, Any]) -> Line:
    """A line from what :func:`dataclasses.asdict` and JSON made of it."""

    def char(row: dict[str, Any]) -> Char:
        alternatives = tuple((text, score) for text, score in row.pop("alternatives"))
        return Char(**row, alternatives=alternatives)

    return Line(
        text=data["text"],
        score=data["score"],
        quad=quad_from(data["quad"]),
        chars=tuple(char(dict(row)) for row in data["chars"]),
        lost=tuple(char(dict(row)) for row in data["lost"]),
    )


def quad_from(points: Sequence[Sequence[float]]) -> Quad:
    """A quad from JSON's nested lists."""
    (a, b, c, d) = ((float(x), float(y)) for x, y in points)
    return (a, b, c, d)


class Recorder:
    """Passes everything to a real engine and keeps its answers; ``save`` writes them."""

    def __init__(self, engine: OcrEngine) -> None:
        self._engine = engine
        self._tape: dict[str, Any] = {}

    @property
    def fingerprint(self) -> str:
        """The recorded engine's own."""
        return self._engine.fingerprint

    def detect(self, image: Image, long_side_px: int = 960) -> list[Quad]:
        """As the engine."""
        quads = self._engine.detect(image, long_side_px)
        self._tape[_key(image, "detect", long_side_px)] = quads
        return quads

    def recognise(self, image: Image, quads: Sequence[Quad]) -> list[Line]:
        """As the engine."""
        lines = self._engine.recognise(image, quads)
        self._tape[_key(image, "recognise", tuple(quads))] = [asdict(line) for line in lines]
        return lines

    def read(self, image: Image, long_side_px: int = 960) -> list[Line]:
        """As the engine."""
        lines = self.recognise(image, self.detect(image, long_side_px))
        return [line for line in lines if line.text]

    def save(self, path: Path) -> None:
        """Write what was recorded as JSON."""
        tape = {"fingerprint": self.fingerprint, "answers": self._tape}
        path.write_text(json.dumps(tape, ensure_ascii=False), encoding="utf-8")


class ReplayEngine:
    """Answers from a recording made by :class:`Recorder`; KeyError for any other picture."""

    def __init__(self, path: Path) -> None:
        tape = json.loads(path.read_text(encoding="utf-8"))
        self._fingerprint = str(tape["fingerprint"])
        self._answers: dict[str, Any] = tape["answers"]

    @property
    def fingerprint(self) -> str:
        """The recorded engine's own."""
        return self._fingerprint

    def detect(self, image: Image, long_side_px: int = 960) -> list[Quad]:
        """As recorded."""
        return [quad_from(q) for q in self._answers[_key(image, "detect", long_side_px)]]

    def recognise(self, image: Image, quads: Sequence[Quad]) -> list[Line]:
        """As recorded."""
        rows = self._answers[_key(image, "recognise", tuple(quads))]
        return [line_from(row) for row in rows]

    def read(self, image: Image, long_side_px: int = 960) -> list[Line]:
        """As recorded."""
        lines = self.recognise(image, self.detect(image, long_side_px))
        return [line for line in lines if line.text]
