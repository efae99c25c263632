"""Lines are read in an order of their own and given in the one that was asked for."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.model import Image, Quad
from pipeline.ocr.ctc import Decoded
from pipeline.ocr.line_engine import LineEngine

PAGE: Image = np.full((100, 2000, 3), 255, np.uint8)


class Measuring(LineEngine):
    """Reads each line as how wide its picture is."""

    def __init__(self) -> None:
        super().__init__("measuring")
        self.seen: list[int] = []

    def detect(self, image: Image, long_side_px: int = 960) -> list[Quad]:
        return []

    def _decoded(self, line: NDArray[np.float32]) -> Decoded:
        self.seen.append(line.shape[-1])
        width = str(line.shape[-1])
        return Decoded(tuple((sign, 0.99, i + 0.5, ()) for i, sign in enumerate(width)), (), 9)

    def _head_chance(self, line: NDArray[Any]) -> float | None:
        return None


def _quad(width: int, height: int = 48) -> Quad:
    return ((0, 0), (width, 0), (width, height), (0, height))


def test_lines_of_one_width_are_read_together_and_given_in_their_order() -> None:
    engine = Measuring()
    widths = [320, 64, 640, 310, 1, 60, 640]
    lines = engine.recognise(PAGE, [_quad(w) for w in widths])
    assert engine.seen == sorted(engine.seen)
    assert [line.text for line in lines] == ["320", "64", "640", "320", "", "64", "640"]
    assert [line.quad[1][0] for line in lines] == widths
