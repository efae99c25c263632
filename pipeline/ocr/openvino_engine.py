"""OcrEngine over OpenVINO alone: the PP-OCR weights with our own work before and after them.

The same files as under PaddleOCR (:mod:`pipeline.ocr.paddle`), the same boxes and characters but
for rounding, without importing it: a process is ready within a second of CPU instead of six.
The detector takes bytes, and of the recogniser's 18,710 classes only the likeliest few leave the
graph. One engine a process, one thread each.
"""

from __future__ import annotations

import os
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.errors import DependencyError
from pipeline.model import Image, Quad
from pipeline.ocr.ctc import CtcDecoder, Decoded, TopClasses
from pipeline.ocr.line_engine import LineEngine
from pipeline.ocr.openvino_graphs import (
    GROUP,
    detector_graph,
    direction_graph,
    recogniser_graph,
)
from pipeline.ocr.text_boxes import BoxLimits, boxes_of_map
from pipeline.ocr.weights import ONNX, Weights, model_digests, read_description

os.environ.setdefault("OPENVINO_TELEMETRY_OPTOUT", "1")

KEPT_SHAPES = 64
"""Steps of the models of which what was worked out for an input's shape is kept."""
LARGE_PX = 960 * 960
"""Pixels of a picture behind which the detector gives its memory back: it would keep 320 MB of one
of 1280 x 1280, and taking it anew costs a tenth of the look."""
SIDE_STEP_PX = 32
"""The detector's map is 32 times smaller inside."""


class OpenVinoEngine(LineEngine):
    """PP-OCR text detection and recognition under OpenVINO, one line at a time.

    Raises DependencyError where OpenVINO is missing or cannot run the weights.
    """

    def __init__(self, weights: Weights, *, threads: int = 1) -> None:
        try:
            import openvino
        except ImportError as error:
            raise _unusable() from error
        detector, recogniser = (
            read_description(folder) for folder in (weights.detector, weights.recogniser)
        )
        self._limits = BoxLimits.of(detector["PostProcess"])
        self._decoder = CtcDecoder(recogniser["PostProcess"]["character_dict"])
        try:
            core = openvino.Core()
            core.set_property(
                "CPU",
                {
                    "INFERENCE_NUM_THREADS": threads,
                    "PERFORMANCE_HINT": "LATENCY",
                    "ENABLE_CPU_PINNING": False,  # several engines share the cores
                },
            )
            _keep_few_shapes(core)
            self._detector = _compile(core, detector_graph(core, weights.detector / ONNX))
            self._recogniser = _compile(core, recogniser_graph(core, weights.recogniser / ONNX))
            self._direction = (
                None
                if weights.direction is None
                else _compile(core, direction_graph(core, weights.direction))
            )
        except (RuntimeError, OSError) as error:
            raise _unusable() from error
        super().__init__(fingerprint(weights, precision() or ""))

    def detect(self, image: Image, long_side_px: int = 960) -> list[Quad]:
        """Where lines of text lie, in pixels of ``image``; not in any order."""
        picture = image if image.ndim == 3 else cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)
        height, width = picture.shape[:2]
        size = _detector_size(width, height, long_side_px)
        if size != (width, height):
            picture = cv2.resize(picture, size)
        self._detector.infer([np.ascontiguousarray(picture)[None]], share_inputs=True)
        log_odds = self._detector.get_output_tensor(0).data[0, 0]
        found = boxes_of_map(log_odds, (width, height), self._limits)
        if size[0] * size[1] > LARGE_PX:
            self._detector.get_compiled_model().release_memory()
        return found

    def _decoded(self, line: NDArray[np.float32]) -> Decoded:
        self._recogniser.infer([line], share_inputs=True)
        chances, places, groups, space = (
            self._recogniser.get_output_tensor(i).data[0] for i in range(4)
        )
        classes = np.take_along_axis(groups, places // GROUP, axis=1) * GROUP + places % GROUP
        return self._decoder.decode_top(TopClasses(chances, classes, space[:, 0]))

    def _head_chance(self, line: NDArray[Any]) -> float | None:
        if self._direction is None:
            return None
        self._direction.infer([line], share_inputs=True)
        return float(self._direction.get_output_tensor(0).data[0, 1])


@cache
def precision() -> str | None:
    """What numbers OpenVINO computes with on this processor: ``f32``, or ``bf16`` where the
    processor has instructions for it, which takes 0.6 of the time and changes scores in the third
    digit. None where OpenVINO does not run here."""
    try:
        import openvino

        core = openvino.Core()
        if "CPU" not in core.available_devices:
            return None
        return str(core.get_property("CPU", "INFERENCE_PRECISION_HINT").to_string())
    except (ImportError, RuntimeError, OSError):
        return None


def fingerprint(weights: Weights, numbers: str) -> str:
    """As the engine's, without loading it. ``numbers`` is what :func:`precision` says."""
    return "/".join((f"openvino-{version('openvino')}", numbers, *model_digests(weights)))


def _detector_size(width: int, height: int, long_side_px: int) -> tuple[int, int]:
    """Width and height at which a picture is looked at: never enlarged, whole steps."""
    factor = min(1.0, long_side_px / max(width, height))
    steps = (round(int(side * factor) / SIDE_STEP_PX) for side in (width, height))
    w, h = (max(1, step) * SIDE_STEP_PX for step in steps)
    return w, h


def _keep_few_shapes(core: Any) -> None:
    """Bound what the CPU plugin keeps of each input shape that it has seen: pages and lines have
    hundreds. It lists no such property, so that it may be gone in another version."""
    with suppress(RuntimeError):
        core.set_property("CPU", {"CPU_RUNTIME_CACHE_CAPACITY": KEPT_SHAPES})


def _compile(core: Any, graph: Any) -> Any:
    return core.compile_model(graph, "CPU").create_infer_request()


def _unusable() -> DependencyError:
    return DependencyError(
        "推理库 OpenVINO 无法载入文字识别模型。",
        "请运行 yijianshi doctor 查看原因；也可设置环境变量 YIJIANSHI_ENGINE=paddleocr 后重试。",
    )
