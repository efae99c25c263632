"""OcrEngine over PaddleOCR: PP-OCRv6 small detector and recogniser, from local ONNX files.

PaddleOCR 3.7 prepares the pictures, runs the detector and finds the boxes, under ONNX Runtime: it
reads where OpenVINO does not run, and is what :mod:`pipeline.ocr.openvino_engine` is held against.
One of its seams is used to get more out of it: the *decoder* of the recogniser. PaddleOCR keeps
one score a line. A mean of 0.99 hides one misread character, so our decoder keeps every
character's score, its place along the line, the next-best characters, and those that were almost
read but lost against the blank.

This is the only module that imports paddleocr.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Protocol, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.errors import DependencyError
from pipeline.model import Image, Quad
from pipeline.ocr.ctc import CtcDecoder, Decoded
from pipeline.ocr.line_engine import LineEngine
from pipeline.ocr.line_picture import quad_of
from pipeline.ocr.weights import Weights, model_digests, read_description

# Read when the libraries are imported: no model hub, one thread.
os.environ.setdefault("PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "True")
os.environ.setdefault("OMP_NUM_THREADS", "1")


REINSTALL = "请在项目目录运行 make setup 后重试。"
MODELS_AGAIN = "请运行 yijianshi weights 重新获取模型文件。"


class Runner(Protocol):
    """What runs an ONNX file: one input array in, the output arrays out."""

    def __call__(self, x: Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
        """Run the model on ``x``."""


class PaddleEngine(LineEngine):
    """PaddleOCR's text detection and recognition, one line at a time with all it knows.

    Raises DependencyError where PaddleOCR is missing or cannot use the weights.
    """

    def __init__(self, weights: Weights, *, threads: int = 1) -> None:
        detector, recogniser = weights.detector, weights.recogniser
        try:
            from paddleocr import TextDetection, TextRecognition
        except ImportError as error:
            raise DependencyError("未安装 paddleocr，无法识别文字。", REINSTALL) from error
        common = {"engine": "onnxruntime", "engine_config": {"intra_op_num_threads": threads}}
        try:
            self._detection = TextDetection(
                model_name=str(read_description(detector)["Global"]["model_name"]),
                model_dir=str(detector),
                **common,
            )
            self._recognition = TextRecognition(
                model_name=str(read_description(recogniser)["Global"]["model_name"]),
                model_dir=str(recogniser),
                **common,
            )
            recogniser_predictor = self._recognition.paddlex_predictor
            recogniser_predictor.post_op = CtcDecoder(
                recogniser_predictor.config["PostProcess"]["character_dict"]
            )
        except (OSError, RuntimeError, KeyError, ValueError) as error:
            raise DependencyError("文字识别模型无法载入。", MODELS_AGAIN) from error
        self._decoder = cast(CtcDecoder, recogniser_predictor.post_op)
        self._recogniser_runner = cast(Runner, recogniser_predictor.runner)
        self._direction = (
            None if weights.direction is None else _session(weights.direction, threads)
        )
        super().__init__(fingerprint(weights))

    def detect(self, image: Image, long_side_px: int = 960) -> list[Quad]:
        """Where lines of text lie, in pixels of ``image``; not in any order."""
        picture = image if image.ndim == 3 else cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)
        (result,) = self._detection.predict(
            picture, limit_side_len=long_side_px, limit_type="max", batch_size=1
        )
        return [quad_of(np.asarray(polygon, dtype=np.float64)) for polygon in result["dt_polys"]]

    def _decoded(self, line: NDArray[np.float32]) -> Decoded:
        return self._decoder.decode(self._recogniser_runner([line])[0][0])

    def _head_chance(self, line: NDArray[Any]) -> float | None:
        if self._direction is None:
            return None
        tensor = line.transpose(0, 3, 1, 2).astype(np.float32) / 127.5 - 1
        (chances,) = self._direction.run(None, {self._direction.get_inputs()[0].name: tensor})
        return float(chances[0, 1])


def _session(path: Path, threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(path, options)


def fingerprint(weights: Weights) -> str:
    """As the engine's, without loading it. Raises DependencyError where a package or a file is not
    there."""
    names = ("paddleocr", "paddlex", "onnxruntime")
    try:
        return "/".join((*(f"{name}-{version(name)}" for name in names), *model_digests(weights)))
    except PackageNotFoundError as error:
        raise DependencyError(f"未安装 {error.name}，无法识别文字。", REINSTALL) from error
