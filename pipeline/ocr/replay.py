"""The engine's answers recorded, and played without a model (:mod:`pipeline.ocr.tape`)."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.contracts import OcrEngine
from pipeline.errors import InputError
from pipeline.model import Image, Line, Quad
from pipeline.ocr.around import EngineAround
from pipeline.ocr.tape import (
    RECORD_ANEW,
    TAPE_FORMAT,
    TAPE_VERSION,
    Answer,
    Picture,
    as_json,
    damaged,
    flat,
    line_of,
    line_row,
    places_of,
    quad_of,
    read_tape,
)


class Recorder(EngineAround):
    """Keeps the answers of a real engine; ``tape`` gives them."""

    def __init__(self, engine: OcrEngine) -> None:
        super().__init__(engine)
        self._pictures: dict[str, dict[str, Any]] = {}
        self._answers: dict[str, tuple[str, dict[str, Any]]] = {}

    def detect(self, image: Image, long_side_px: int = 960) -> list[Quad]:
        """As the engine."""
        quads = super().detect(image, long_side_px)
        self._keep(image, ["detect", long_side_px], [], {"quads": list(map(flat, quads))})
        return quads

    def recognise(self, image: Image, quads: Sequence[Quad]) -> list[Line]:
        """As the engine."""
        lines = super().recognise(image, quads)
        self._keep(image, ["recognise"], quads, {"lines": list(map(line_row, lines))})
        return lines

    def on_its_head(self, image: Image, quads: Sequence[Quad]) -> list[float]:
        """As the engine, if it can tell; else nothing tells."""
        heads = [float(chance) for chance in super().on_its_head(image, quads)]
        self._keep(image, ["on its head"], quads, {"heads": heads})
        return heads

    def tape(self) -> bytes:
        """What was recorded, as a file's bytes; the same answers give the same bytes."""
        pictures = sorted(self._pictures)
        data = {
            "format": TAPE_FORMAT,
            "version": TAPE_VERSION,
            "engine": self.fingerprint,
            "pictures": [self._pictures[key] for key in pictures],
            "answers": [
                {**answer, "picture": pictures.index(picture)}
                for _, (picture, answer) in sorted(self._answers.items())
            ],
        }
        return gzip.compress(as_json(data).encode(), mtime=0)

    def _keep(
        self, image: Image, asked: list[Any], quads: Sequence[Quad], answer: dict[str, Any]
    ) -> None:
        row = Picture.of(image).row()
        picture = as_json(row)
        self._pictures[picture] = row
        question = {"asked": asked, "at": list(map(flat, quads))}
        self._answers[as_json([picture, question])] = (picture, question | answer)


class ReplayEngine:
    """Answers from a tape. Raises InputError for a tape that is damaged or of another version,
    and, when asked, for any picture that is not on it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        tape = read_tape(path)
        self._fingerprint: str = tape["engine"]
        try:
            self._pictures = [Picture.read(row) for row in tape["pictures"]]
            self._answers = [Answer.read(row, self._pictures) for row in tape["answers"]]
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise damaged(path) from error

    @property
    def fingerprint(self) -> str:
        """The recorded engine's own."""
        return self._fingerprint

    def detect(self, image: Image, long_side_px: int = 960) -> list[Quad]:
        """As recorded. Raises InputError."""
        rows = self._answer(image, ["detect", long_side_px], [], "quads")
        try:
            return [quad_of(row) for row in rows]
        except (TypeError, ValueError) as error:
            raise damaged(self._path) from error

    def recognise(self, image: Image, quads: Sequence[Quad]) -> list[Line]:
        """As recorded. Raises InputError."""
        rows = self._answer(image, ["recognise"], quads, "lines")
        try:
            return [line_of(row) for row in rows]
        except (TypeError, ValueError) as error:
            raise damaged(self._path) from error

    def on_its_head(self, image: Image, quads: Sequence[Quad]) -> list[float]:
        """As recorded. Raises InputError."""
        rows = self._answer(image, ["on its head"], quads, "heads")
        try:
            return [float(chance) for chance in rows]
        except (TypeError, ValueError) as error:
            raise damaged(self._path) from error

    def read(self, image: Image, long_side_px: int = 960) -> list[Line]:
        """As recorded. Raises InputError."""
        lines = self.recognise(image, self.detect(image, long_side_px))
        return [line for line in lines if line.text]

    def _answer(
        self, image: Image, asked: list[Any], quads: Sequence[Quad], what: str
    ) -> list[Any]:
        """The answer to the question that is nearest to this one, of those that are the same."""
        picture, places = Picture.of(image), places_of(map(flat, quads))
        apart = ((a.distance(asked, picture, places), i) for i, a in enumerate(self._answers))
        near = [(distance, i) for distance, i in apart if distance is not None]
        if not near:
            raise InputError(
                f"录带 {self._path.name} 里没有这张图的识别结果：换了扫描件，"
                "或识别之前的步骤（取图、找版面）已改动。",
                RECORD_ANEW,
            )
        rows = self._answers[min(near)[1]].given.get(what)
        if not isinstance(rows, list):
            raise damaged(self._path)
        return rows
