"""An engine around another one."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.contracts import OcrEngine, TellsDirection
from pipeline.model import Image, Line, Quad


class EngineAround:
    """Passes everything to an engine; what is to be otherwise is overridden."""

    def __init__(self, engine: OcrEngine) -> None:
        self._engine = engine

    @property
    def fingerprint(self) -> str:
        """The engine's own."""
        return self._engine.fingerprint

    def detect(self, image: Image, long_side_px: int = 960) -> list[Quad]:
        """As the engine does."""
        return self._engine.detect(image, long_side_px)

    def recognise(self, image: Image, quads: Sequence[Quad]) -> list[Line]:
        """As the engine does."""
        return self._engine.recognise(image, quads)

    def on_its_head(self, image: Image, quads: Sequence[Quad]) -> list[float]:
        """As the engine does, if it can tell; else nothing tells."""
        if not isinstance(self._engine, TellsDirection):
            return [0.5] * len(quads)
        return self._engine.on_its_head(image, quads)

    def read(self, image: Image, long_side_px: int = 960) -> list[Line]:
        """``detect`` then ``recognise``, without the lines in which nothing was read."""
        lines = self.recognise(image, self.detect(image, long_side_px))
        return [line for line in lines if line.text]
