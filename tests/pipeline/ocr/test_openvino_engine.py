"""The OpenVINO engine without its weights: what is said where it cannot read, and how it looks.

What it reads is tested with the weights (test_engines.py).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.errors import DependencyError
from pipeline.ocr import openvino_engine
from pipeline.ocr.engines import load_engine
from pipeline.ocr.weights import Weights

BOXES = (
    "{name: DBPostProcess, thresh: 0.2, box_thresh: 0.4, max_candidates: 3000, unclip_ratio: 1.4}"
)


@pytest.fixture
def weights(tmp_path: Path) -> Weights:
    """Models that are described, but damaged."""
    for name, after in (("det", BOXES), ("rec", "{character_dict: [韦, 建]}")):
        (tmp_path / name).mkdir()
        text = f"Global: {{model_name: {name}}}\nPostProcess: {after}\n"
        (tmp_path / name / "inference.yml").write_text(text, encoding="utf-8")
        (tmp_path / name / "inference.onnx").write_bytes(b"no model")
    digests = {"det": "d" * 64, "rec": "r" * 64}
    return Weights(tmp_path / "det", tmp_path / "rec", digests=digests)


@pytest.fixture
def asked_anew() -> Iterator[None]:
    """What OpenVINO computes with is asked once a process: here it is asked again."""
    openvino_engine.precision.cache_clear()
    yield
    openvino_engine.precision.cache_clear()


def test_damaged_models_are_told_with_the_way_out(weights: Weights) -> None:
    with pytest.raises(DependencyError, match="无法载入文字识别模型") as caught:
        load_engine("openvino", weights)
    assert "YIJIANSHI_ENGINE=paddleocr" in caught.value.hint


def test_missing_openvino_is_told_with_the_way_out(
    monkeypatch: pytest.MonkeyPatch, weights: Weights
) -> None:
    monkeypatch.setitem(sys.modules, "openvino", None)
    with pytest.raises(DependencyError, match="OpenVINO") as caught:
        openvino_engine.OpenVinoEngine(weights)
    assert "yijianshi doctor" in caught.value.hint


def _core(devices: list[str]) -> type:
    class Core:
        available_devices = devices

        def get_property(self, *_: str) -> Any:
            return SimpleNamespace(to_string=lambda: "bf16")

    return Core


@pytest.mark.usefixtures("asked_anew")
@pytest.mark.parametrize(("devices", "numbers"), [(["CPU", "GPU"], "bf16"), (["GPU"], None)])
def test_processor_tells_the_numbers_computed_with(
    monkeypatch: pytest.MonkeyPatch, devices: list[str], numbers: str | None
) -> None:
    """Without a processor that OpenVINO knows it does not run here, whatever else there is."""
    monkeypatch.setitem(sys.modules, "openvino", SimpleNamespace(Core=_core(devices)))
    assert openvino_engine.precision() == numbers


@pytest.mark.usefixtures("asked_anew")
def test_openvino_that_is_not_there_computes_with_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openvino", None)
    assert openvino_engine.precision() is None


@pytest.mark.parametrize(
    ("size", "long_side", "looked_at"),
    [
        ((1920, 960), 960, (960, 480)),
        ((640, 320), 960, (640, 320)),
        ((650, 330), 960, (640, 320)),
        ((900, 5), 960, (896, 32)),
    ],
    ids=["shrunk", "as it is", "whole steps", "a sliver"],
)
def test_pictures_are_looked_at_in_whole_steps_and_never_enlarged(
    size: tuple[int, int], long_side: int, looked_at: tuple[int, int]
) -> None:
    assert openvino_engine._detector_size(*size, long_side) == looked_at


def test_a_version_that_does_not_know_how_to_keep_few_shapes_reads_on() -> None:
    class Strict:
        def set_property(self, device: str, values: dict[str, int]) -> None:
            raise RuntimeError(f"{device}: {values}")

    openvino_engine._keep_few_shapes(Strict())
