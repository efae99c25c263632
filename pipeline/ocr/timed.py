"""An engine whose time is counted."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.model import Image, Line, Quad
from pipeline.ocr.around import EngineAround
from pipeline.stages import stage


class TimedEngine(EngineAround):
    """Its time is counted as ``detect``, ``recognise`` and ``upright``."""

    def detect(self, image: Image, long_side_px: int = 960) -> list[Quad]:
        """As the engine does."""
        with stage("detect"):
            return super().detect(image, long_side_px)

    def recognise(self, image: Image, quads: Sequence[Quad]) -> list[Line]:
        """As the engine does."""
        with stage("recognise"):
            return super().recognise(image, quads)

    def on_its_head(self, image: Image, quads: Sequence[Quad]) -> list[float]:
        """As the engine does, if it can tell; else nothing tells."""
        with stage("upright"):
            return super().on_its_head(image, quads)
