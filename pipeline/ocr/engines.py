"""Which engine reads, and what its answers depend on, told without loading it."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.contracts import OcrEngine
from pipeline.ocr import openvino_engine, paddle
from pipeline.ocr.glyph_features import GlyphBook
from pipeline.ocr.glyphs import ComparingEngine
from pipeline.ocr.weights import Weights
from pipeline.settings import EngineName, Settings


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """The engine that will read. ``fingerprint``: engine, version, numbers and hashes of the
    weights, part of every content key; ``notice``: why it is not the one asked for, or empty."""

    name: EngineName
    fingerprint: str
    notice: str = ""


def choose_engine(settings: Settings, weights: Weights) -> EngineChoice:
    """The engine that the settings ask for; PaddleOCR where OpenVINO does not run here."""
    if settings.engine == "openvino":
        numbers = openvino_engine.precision()
        if numbers is not None:
            return EngineChoice("openvino", openvino_engine.fingerprint(weights, numbers))
        notice = "OpenVINO 在本机不能运行，改用 PaddleOCR 识别（较慢）；原因见 yijianshi doctor。"
        return EngineChoice("paddleocr", paddle.fingerprint(weights), notice)
    return EngineChoice("paddleocr", paddle.fingerprint(weights))


def load_engine(name: EngineName, weights: Weights) -> OcrEngine:
    """The engine, ready to read; what it doubts is compared with the reference fonts where they are
    at hand. Raises DependencyError where it cannot be loaded."""
    engine: OcrEngine = (
        openvino_engine.OpenVinoEngine(weights)
        if name == "openvino"
        else paddle.PaddleEngine(weights)
    )
    return ComparingEngine(engine, GlyphBook(weights.glyphs)) if weights.glyphs else engine
