"""The detector's end, worked out where its map is small: the same map."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import openvino
import pytest
from openvino import opset13 as ops

from pipeline.ocr.openvino_graphs import detector_graph

CHANNELS = 5
SIZE_PX = (24, 40)
"""Height and width of a picture; the toy detector's own map is four times smaller."""


def _detector(folder: Path, *, activation: str = "relu") -> tuple[openvino.Core, Path]:
    """A model that ends as the detector does, of random weights, as a file."""
    rng = np.random.default_rng(7)

    def weights(*shape: int) -> Any:
        return ops.constant(rng.normal(size=shape).astype(np.float32) / 2)

    picture = ops.parameter([1, 3, *SIZE_PX], np.float32)
    own = ops.convolution(picture, weights(CHANNELS, 3, 4, 4), [4, 4], [0, 0], [0, 0], [1, 1])
    first = ops.convolution_backprop_data(own, weights(CHANNELS, 6, 2, 2), [2, 2])
    between = getattr(ops, activation)(ops.add(first, weights(1, 6, 1, 1)))
    last = ops.convolution_backprop_data(between, weights(6, 1, 2, 2), [2, 2])
    chances = ops.sigmoid(ops.add(last, weights(1, 1, 1, 1)))
    path = folder / "detector.xml"
    openvino.save_model(openvino.Model([chances], [picture], "toy"), path, compress_to_fp16=False)
    return openvino.Core(), path


def _run(core: openvino.Core, model: openvino.Model, given: np.ndarray[Any, Any]) -> Any:
    exact = {"INFERENCE_PRECISION_HINT": "f32"}
    return core.compile_model(model, "CPU", exact)([given])[0]


def test_the_map_is_that_of_the_model_as_published(tmp_path: Path) -> None:
    core, path = _detector(tmp_path)
    picture = np.random.default_rng(3).integers(0, 256, (1, *SIZE_PX, 3), dtype=np.uint8)
    log_odds = _run(core, detector_graph(core, path), picture)
    rgb = picture[..., ::-1].transpose(0, 3, 1, 2).astype(np.float32)
    mean, spread = ([123.675, 116.28, 103.53], [58.395, 57.12, 57.375])
    of = (1, 3, 1, 1)
    prepared = (rgb - np.reshape(mean, of)) / np.reshape(spread, of)
    published = _run(core, core.read_model(path), prepared.astype(np.float32))
    assert log_odds.shape == published.shape == (1, 1, *SIZE_PX)
    assert np.ptp(published) > 0.5
    assert 1 / (1 + np.exp(-log_odds)) == pytest.approx(published, abs=1e-5)


def test_a_detector_that_ends_otherwise_is_refused(tmp_path: Path) -> None:
    core, path = _detector(tmp_path, activation="tanh")
    with pytest.raises(RuntimeError, match="ends otherwise: Tanh, not Relu"):
        detector_graph(core, path)
