"""What is the same under every library that runs the PP-OCR weights: lines are cut out, brought to
the sizes that the models take, and read one by one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.model import Image, Line, Quad
from pipeline.ocr.ctc import Decoded, line_of
from pipeline.ocr.line_picture import (
    LINE_HEIGHT_PX,
    cut_line,
    direction_picture,
    line_tensor,
    line_width,
)

LEAST_PX = 2
"""Of a picture's sides, from which it may show a line."""


class LineEngine(ABC):
    """An :class:`pipeline.contracts.OcrEngine` that reads line by line. A batch is no faster a line
    than single lines on a CPU, and padding to the widest is slower."""

    def __init__(self, fingerprint: str) -> None:
        self._fingerprint = fingerprint

    @property
    def fingerprint(self) -> str:
        """Engine, versions and digests of the weights: part of every content key."""
        return self._fingerprint

    @abstractmethod
    def detect(self, image: Image, long_side_px: int = 960) -> list[Quad]:
        """Where lines of text lie, in pixels of ``image``; not in any order."""

    @abstractmethod
    def _decoded(self, line: NDArray[np.float32]) -> Decoded:
        """What stands in the picture of a line (1 x 3 x 48 x width, -1 to 1)."""

    @abstractmethod
    def _head_chance(self, line: NDArray[Any]) -> float | None:
        """The chance that a line (1 x 48 x 192 x 3, bytes) stands on its head; None without a
        classifier."""

    def recognise(self, image: Image, quads: Sequence[Quad]) -> list[Line]:
        """What the lines say, in the order of ``quads``. Empty text where nothing was read.

        Lines of one width are read one after the other: to prepare the model for another width
        takes a sixth of the time that reading does.
        """
        cut = [cut_line(image, quad) for quad in quads]
        lines = [Line("", 0.0, quad) for _, quad in cut]
        there = [i for i, (picture, _) in enumerate(cut) if min(picture.shape[:2]) >= LEAST_PX]
        for i in sorted(there, key=lambda i: line_width(cut[i][0])[1]):
            lines[i] = self._recognise_line(*cut[i])
        return lines

    def read(self, image: Image, long_side_px: int = 960) -> list[Line]:
        """``detect`` then ``recognise``, without the lines in which nothing was read."""
        lines = self.recognise(image, self.detect(image, long_side_px))
        return [line for line in lines if line.text]

    def on_its_head(self, image: Image, quads: Sequence[Quad]) -> list[float]:
        """The chance that each line stands on its head; 0.5 where nothing tells."""
        pictures = (direction_picture(image, quad) for quad in quads)
        told = (None if picture is None else self._head_chance(picture) for picture in pictures)
        return [0.5 if chance is None else chance for chance in told]

    def _recognise_line(self, picture: Image, quad: Quad) -> Line:
        tensor, width = line_tensor(picture)
        padded = tensor.shape[-1]
        return line_of(self._decoded(tensor), quad, padded / width, LINE_HEIGHT_PX / width)
