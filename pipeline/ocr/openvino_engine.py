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
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.errors import DependencyError
from pipeline.model import Image, Quad
from pipeline.ocr.ctc import RANKED, CtcDecoder, Decoded, TopClasses
from pipeline.ocr.line_engine import LineEngine
from pipeline.ocr.line_picture import DIRECTION_SIZE_PX
from pipeline.ocr.text_boxes import BoxLimits, boxes_of_map
from pipeline.ocr.weights import ONNX, Weights, model_digests, read_description

os.environ.setdefault("OPENVINO_TELEMETRY_OPTOUT", "1")

GROUP = 128
"""Classes that are looked at together when the likeliest are searched: the likeliest few of all are
in the few groups with the likeliest members, which takes a quarter of sorting them all."""
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
            self._detector = _compile(core, _detector_graph(core, weights.detector / ONNX))
            self._recogniser = _compile(core, _recogniser_graph(core, weights.recogniser / ONNX))
            self._direction = (
                None
                if weights.direction is None
                else _compile(core, _direction_graph(core, weights.direction))
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
        chances = self._detector.get_output_tensor(0).data[0, 0]
        found = boxes_of_map(chances, (width, height), self._limits)
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


def _detector_graph(core: Any, path: Path) -> Any:
    """Bytes in (1 x H x W x 3, BGR), the map out (1 x 1 x H x W)."""
    from openvino import Layout, Type
    from openvino.preprocess import ColorFormat, PrePostProcessor

    steps = PrePostProcessor(core.read_model(path))
    tensor = steps.input().tensor()
    tensor.set_element_type(Type.u8).set_layout(Layout("NHWC")).set_color_format(ColorFormat.BGR)
    prepare = steps.input().preprocess().convert_element_type(Type.f32)
    # The mean and spread of ImageNet, in bytes (inference.yml has them as parts of 1).
    prepare.convert_color(ColorFormat.RGB).mean([123.675, 116.28, 103.53])
    prepare.scale([58.395, 57.12, 57.375])
    steps.input().model().set_layout(Layout("NCHW"))
    return steps.build()


def _recogniser_graph(core: Any, path: Path) -> Any:
    """Pixels from -1 to 1 in (1 x 3 x 48 x W, BGR). Out, of each column: the likeliest classes'
    chances, their places in the likeliest groups laid end to end, the numbers of those groups
    (1 x columns x RANKED each), and a space's chance (1 x columns x 1).

    No bytes: they would pad a line with 127 where nought is 127.5, and faint lines read otherwise.
    """
    from openvino import Model
    from openvino import opset13 as ops

    model = core.read_model(path)
    chances = model.output(0).get_node().input_value(0)
    count = chances.get_partial_shape()[2].get_length()
    whole = -(-count // GROUP)
    rest = np.array([0, 0, whole * GROUP - count], dtype=np.int64)
    padded = ops.pad(chances, np.zeros(3, dtype=np.int64), rest, "constant", np.float32(0))
    grouped = ops.reshape(padded, np.array([0, -1, whole, GROUP], dtype=np.int64), True)
    peaks = ops.reduce_max(grouped, np.array([3], dtype=np.int64))
    groups = ops.topk(peaks, np.int64(RANKED), 2, "max", "value", index_element_type="i32")
    members = ops.gather(grouped, groups.output(1), np.int64(2), 2)
    likely = ops.reshape(members, np.array([0, 0, RANKED * GROUP], dtype=np.int64), True)
    top = ops.topk(likely, np.int64(RANKED), 2, "max", "value", index_element_type="i32")
    space = ops.gather(chances, np.array([-1], dtype=np.int64), np.int64(2))
    outputs = [top.output(0), top.output(1), groups.output(1), space.output(0)]
    return Model(outputs, model.get_parameters(), "recogniser")


def _direction_graph(core: Any, path: Path) -> Any:
    """Bytes in (1 x 48 x 192 x 3, BGR), chances of upright and of on its head out (1 x 2)."""
    from openvino import Layout, Type
    from openvino.preprocess import PrePostProcessor

    width, height = DIRECTION_SIZE_PX
    model = core.read_model(path)
    model.reshape([1, 3, height, width])
    steps = PrePostProcessor(model)
    steps.input().tensor().set_element_type(Type.u8).set_layout(Layout("NHWC"))
    steps.input().preprocess().convert_element_type(Type.f32).mean(127.5).scale(127.5)
    steps.input().model().set_layout(Layout("NCHW"))
    return steps.build()


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
