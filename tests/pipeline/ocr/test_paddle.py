"""PaddleOCR's engine around a detector and a recogniser that answer from a script.

What PaddleOCR is asked, what is made of its answers, and what is said where it cannot be used;
what it reads is tested with the weights (test_engines.py).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from pipeline.errors import DependencyError
from pipeline.model import Image, Quad
from pipeline.ocr import paddle
from pipeline.ocr.engines import load_engine
from pipeline.ocr.paddle import PaddleEngine
from pipeline.ocr.weights import Weights

CHARACTERS = ["韦", "建", "国"]
PAGE: Image = np.full((120, 400, 3), 230, np.uint8)
LINE: Quad = ((10.0, 10.0), (106.0, 10.0), (106.0, 58.0), (10.0, 58.0))
BLANK_LINE: Quad = ((10.0, 70.0), (106.0, 70.0), (106.0, 118.0), (10.0, 118.0))
NO_LINE: Quad = ((10.0, 10.0), (90.0, 10.0), (90.0, 10.4), (10.0, 10.4))


def chances(*classes: int) -> Any:
    """What the recogniser puts out where it is sure: a column of five classes each."""
    out = np.full((1, len(classes), 5), 0.01, np.float32)
    out[0, np.arange(len(classes)), classes] = 0.96
    return out


class Library(ModuleType):
    """Stands for paddleocr: keeps what it was asked, answers as it was told."""

    def __init__(self) -> None:
        super().__init__("paddleocr")
        self.made: list[dict[str, Any]] = []
        self.asked: list[tuple[Any, dict[str, Any]]] = []
        self.ran: list[Any] = []
        self.boxes: list[Quad] = [LINE, BLANK_LINE]
        self.answers = [chances(1, 0, 2, 0), chances(0, 0, 0, 0)]
        self.TextDetection = self._detection
        self.TextRecognition = self._recognition

    def _detection(self, **options: Any) -> Any:
        self.made.append(options)
        return SimpleNamespace(predict=self._predict)

    def _predict(self, picture: Image, **options: Any) -> list[dict[str, Any]]:
        self.asked.append((picture, options))
        return [{"dt_polys": [np.asarray(quad, np.int16) for quad in self.boxes]}]

    def _recognition(self, **options: Any) -> Any:
        self.made.append(options)
        config = {"PostProcess": {"character_dict": CHARACTERS}}
        return SimpleNamespace(
            paddlex_predictor=SimpleNamespace(config=config, runner=self._run, post_op=None)
        )

    def _run(self, x: Sequence[Any]) -> list[Any]:
        self.ran.append(x[0])
        return [self.answers[len(self.ran) - 1]]


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Library:
    made = Library()
    monkeypatch.setitem(sys.modules, "paddleocr", made)
    return made


@pytest.fixture
def weights(tmp_path: Path) -> Weights:
    """Models that are described, and never loaded."""
    for name in ("det", "rec"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "inference.yml").write_text(f"Global: {{model_name: {name}_small}}")
    digests = {"det": "d" * 64, "rec": "r" * 64}
    return Weights(tmp_path / "det", tmp_path / "rec", digests=digests)


def test_models_are_taken_from_their_folders(library: Library, weights: Weights) -> None:
    """Named and placed, so that PaddleOCR gets none from a hub; threads as asked."""
    engine = PaddleEngine(weights, threads=2)
    assert [(o["model_name"], o["model_dir"]) for o in library.made] == [
        ("det_small", str(weights.detector)),
        ("rec_small", str(weights.recogniser)),
    ]
    for options in library.made:
        assert options["engine"] == "onnxruntime"
        assert options["engine_config"] == {"intra_op_num_threads": 2}
    assert engine.fingerprint == paddle.fingerprint(weights)
    assert isinstance(load_engine("paddleocr", weights), PaddleEngine)


def test_boxes_are_asked_for_at_the_size_wanted(library: Library, weights: Weights) -> None:
    assert PaddleEngine(weights).detect(PAGE, 640) == [LINE, BLANK_LINE]
    picture, options = library.asked[0]
    assert picture is PAGE
    assert options["limit_side_len"] == 640
    assert options["limit_type"] == "max"


def test_grey_pictures_are_read_as_coloured_ones(library: Library, weights: Weights) -> None:
    engine = PaddleEngine(weights)
    lines = engine.read(PAGE[..., 0])
    picture, _ = library.asked[0]
    assert np.array_equal(picture, PAGE)
    assert [line.text for line in lines] == ["韦建"]
    assert library.ran[0].shape[1] == 3


def test_lines_keep_the_score_of_every_character(library: Library, weights: Weights) -> None:
    """In the order of the boxes; the box in which nothing stands is an empty line."""
    read, empty = PaddleEngine(weights).recognise(PAGE, [LINE, BLANK_LINE])
    assert (read.text, read.quad) == ("韦建", LINE)
    assert [round(c.score, 2) for c in read.chars] == [0.96, 0.96]
    assert read.chars[0].right <= read.chars[1].left
    assert (empty.text, empty.score, empty.quad) == ("", 0.0, BLANK_LINE)


def test_lines_are_handed_over_48_pixels_high_and_padded(
    library: Library, weights: Weights
) -> None:
    long: Quad = ((0.0, 0.0), (100.0, 0.0), (100.0, 48.0), (0.0, 48.0))
    PaddleEngine(weights).recognise(PAGE, [long])
    (tensor,) = library.ran
    assert tensor.shape == (1, 3, 48, 128)
    assert tensor[..., :100] == pytest.approx((230 / 255 - 0.5) / 0.5)
    assert not tensor[..., 100:].any()


def test_box_too_thin_for_a_line_is_not_read(library: Library, weights: Weights) -> None:
    (line,) = PaddleEngine(weights).recognise(PAGE, [NO_LINE])
    assert (line.text, line.score, line.chars) == ("", 0.0, ())
    assert library.ran == []


def test_nothing_tells_directions_without_their_classifier(
    library: Library, weights: Weights
) -> None:
    assert PaddleEngine(weights).on_its_head(PAGE, [LINE, NO_LINE]) == [0.5, 0.5]


def test_directions_are_the_classifier_s(
    library: Library, weights: Weights, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = []

    def run(_: None, given: dict[str, Any]) -> list[Any]:
        asked.append(given["x"])
        return [np.array([[0.25, 0.75]], np.float32)]

    session = SimpleNamespace(run=run, get_inputs=lambda: [SimpleNamespace(name="x")])
    monkeypatch.setattr(paddle, "_session", lambda _path, _threads: session)
    classifier = tmp_path / "cls.onnx"
    classifier.write_bytes(b"classifier")
    own = Weights(weights.detector, weights.recogniser, classifier, digests=weights.digests)
    assert PaddleEngine(own).on_its_head(PAGE, [LINE, NO_LINE]) == [0.75, 0.5]
    (tensor,) = asked
    assert tensor.shape == (1, 3, 48, 192)
    assert tensor.min() >= -1 and tensor.max() <= 1
    assert paddle.fingerprint(own) != paddle.fingerprint(weights)


def test_missing_paddleocr_is_named(monkeypatch: pytest.MonkeyPatch, weights: Weights) -> None:
    monkeypatch.setitem(sys.modules, "paddleocr", None)
    with pytest.raises(DependencyError, match="未安装 paddleocr") as caught:
        PaddleEngine(weights)
    assert "make setup" in caught.value.hint


def _fails(error: Exception) -> Callable[..., Any]:
    def make(**_: Any) -> Any:
        raise error

    return make


@pytest.mark.parametrize("error", [OSError(), RuntimeError("no such model"), ValueError()])
def test_models_that_do_not_load_are_to_be_had_anew(
    library: Library, weights: Weights, error: Exception
) -> None:
    library.TextRecognition = _fails(error)
    with pytest.raises(DependencyError, match="无法载入") as caught:
        PaddleEngine(weights)
    assert "yijianshi weights" in caught.value.hint


def test_description_without_a_name_is_to_be_had_anew(library: Library, weights: Weights) -> None:
    (weights.recogniser / "inference.yml").write_text("PostProcess: {}")
    with pytest.raises(DependencyError, match="无法载入"):
        PaddleEngine(weights)


def test_missing_package_is_named_in_the_fingerprint_s_stead(
    monkeypatch: pytest.MonkeyPatch, weights: Weights
) -> None:
    def version(name: str) -> str:
        if name == "paddlex":
            raise PackageNotFoundError(name)
        return "1"

    monkeypatch.setattr(paddle, "version", version)
    with pytest.raises(DependencyError, match="未安装 paddlex"):
        paddle.fingerprint(weights)
