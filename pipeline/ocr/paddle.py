"""OcrEngine over PaddleOCR: PP-OCRv6 small detector and recogniser, from local ONNX files.

PaddleOCR 3.7 prepares the pictures, runs the detector and finds the boxes. Two of its seams are
used to get more out of it:

* the *runner*: the same ONNX files run 1.7 to 1.9 times as fast per core under OpenVINO as under
  ONNX Runtime (tests/bench), so OpenVINO is the default and ONNX Runtime the alternative;
* the *decoder* of the recogniser: PaddleOCR keeps one score a line. A mean of 0.99 hides one
  misread character, so our decoder keeps every character's score, its place along the line, the
  next-best characters, and those that were almost read but lost against the blank.

One engine a process, one thread each: as many processes as cores are faster than one process
with as many threads (design.md). This is the only module that imports paddleocr.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal, Protocol, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.errors import DependencyError
from pipeline.model import Image, Line, Quad
from pipeline.ocr.cache_files import sha256_of
from pipeline.ocr.ctc import CtcDecoder, line_of

# Read when the libraries are imported: no model hub, one thread.
os.environ.setdefault("PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "True")
os.environ.setdefault("OMP_NUM_THREADS", "1")

Backend = Literal["openvino", "onnxruntime"]
Floats = NDArray[np.float32]

REINSTALL = "请在项目目录运行 make setup 后重试。"
MODELS_AGAIN = "请运行 yijianshi weights 重新获取模型文件。"

LINE_HEIGHT_PX = 48
"""Height that the recogniser was trained on."""
MAX_LINE_WIDTH_PX = 3200
WIDTH_STEP_PX = 32
"""Line pictures are padded to a multiple of this, so that few distinct shapes occur."""


class Runner(Protocol):
    """What runs an ONNX file: one input array in, the output arrays out."""

    def __call__(self, x: Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
        """Run the model on ``x``."""


class OpenVinoRunner:
    """Runs an ONNX file under OpenVINO on one CPU thread."""

    def __init__(self, onnx: Path, threads: int) -> None:
        import openvino

        core = openvino.Core()
        self._model = core.compile_model(
            core.read_model(str(onnx)),
            "CPU",
            {
                "INFERENCE_NUM_THREADS": threads,
                "PERFORMANCE_HINT": "LATENCY",
                "ENABLE_CPU_PINNING": False,  # several engines share the cores
            },
        )

    def __call__(self, x: Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
        """Run the model on ``x``."""
        result = self._model(list(x))
        return [np.asarray(result[i]) for i in range(len(result))]


class PaddleEngine:
    """PaddleOCR's text detection and recognition, one line at a time with all it knows.

    ``detector`` and ``recogniser`` are directories with ``inference.onnx`` and
    ``inference.yml`` (:mod:`pipeline.ocr.weights` makes them). Raises DependencyError where they
    cannot be used.
    """

    def __init__(
        self,
        detector: Path,
        recogniser: Path,
        *,
        backend: Backend = "openvino",
        threads: int = 1,
    ) -> None:
        try:
            from paddleocr import TextDetection, TextRecognition
        except ImportError as error:
            raise DependencyError("未安装 paddleocr，无法识别文字。", REINSTALL) from error
        os.environ.setdefault("OPENVINO_TELEMETRY_OPTOUT", "1")
        common = {"engine": "onnxruntime", "engine_config": {"intra_op_num_threads": threads}}
        try:
            self._detection = TextDetection(
                model_name=_model_name(detector), model_dir=str(detector), **common
            )
            self._recognition = TextRecognition(
                model_name=_model_name(recogniser), model_dir=str(recogniser), **common
            )
            recogniser_predictor = self._recognition.paddlex_predictor
            recogniser_predictor.post_op = CtcDecoder(
                recogniser_predictor.config["PostProcess"]["character_dict"]
            )
            if backend == "openvino":
                for module, folder in (
                    (self._detection, detector),
                    (self._recognition, recogniser),
                ):
                    module.paddlex_predictor.runner = OpenVinoRunner(
                        folder / "inference.onnx", threads
                    )
        except (OSError, RuntimeError, KeyError, ValueError) as error:
            raise DependencyError("文字识别模型无法载入。", MODELS_AGAIN) from error
        self._decoder = cast(CtcDecoder, recogniser_predictor.post_op)
        self._recogniser_runner = cast(Runner, recogniser_predictor.runner)
        self._fingerprint = engine_fingerprint(backend, detector, recogniser)

    @property
    def fingerprint(self) -> str:
        """Engine, versions and digests of the models: :func:`engine_fingerprint`."""
        return self._fingerprint

    def detect(self, image: Image, long_side_px: int = 960) -> list[Quad]:
        """Where lines of text lie, in pixels of ``image``; not in any order."""
        picture = image if image.ndim == 3 else cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)
        (result,) = self._detection.predict(
            picture, limit_side_len=long_side_px, limit_type="max", batch_size=1
        )
        return [_quad(np.asarray(polygon, dtype=np.float64)) for polygon in result["dt_polys"]]

    def recognise(self, image: Image, quads: Sequence[Quad]) -> list[Line]:
        """What the lines say, in the order of ``quads``. Empty text where nothing was read."""
        return [self._recognise_line(image, quad) for quad in quads]

    def read(self, image: Image, long_side_px: int = 960) -> list[Line]:
        """``detect`` then ``recognise``, without the lines in which nothing was read."""
        lines = self.recognise(image, self.detect(image, long_side_px))
        return [line for line in lines if line.text]

    def _recognise_line(self, image: Image, quad: Quad) -> Line:
        picture, quad = cut_line(image, quad)
        if min(picture.shape[:2]) < 2:
            return Line("", 0.0, quad)
        scale = LINE_HEIGHT_PX / picture.shape[0]
        width = min(MAX_LINE_WIDTH_PX, max(1, math.ceil(picture.shape[1] * scale)))
        # A batch is no faster a line than single lines on a CPU, and padding to the widest is
        # slower: one line a run, each as wide as it needs.
        padded = math.ceil(width / WIDTH_STEP_PX) * WIDTH_STEP_PX
        tensor = np.zeros((1, 3, LINE_HEIGHT_PX, padded), dtype=np.float32)
        resized = cv2.resize(picture, (width, LINE_HEIGHT_PX))
        tensor[0, :, :, :width] = (resized.transpose(2, 0, 1) / 255 - 0.5) / 0.5
        decoded = self._decoder.decode(self._recogniser_runner([tensor])[0][0])
        return line_of(decoded, quad, padded / width, LINE_HEIGHT_PX / width)


def engine_fingerprint(
    backend: Backend, detector: Path, recogniser: Path, models: Mapping[str, str] | None = None
) -> str:
    """The fingerprint of a PaddleEngine over these directories, without loading it.

    ``models``: the sha256 of the two ONNX files (``det``, ``rec``) where they are known; else they
    are hashed. Raises DependencyError where a package or a file is not there.
    """
    known = models or {}
    try:
        return "/".join(
            (
                *(f"{name}-{version(name)}" for name in ("paddleocr", "paddlex", backend)),
                known.get("det") or sha256_of(detector / "inference.onnx"),
                known.get("rec") or sha256_of(recogniser / "inference.onnx"),
                # How pictures are prepared and which characters there are.
                *(sha256_of(folder / "inference.yml") for folder in (detector, recogniser)),
            )
        )
    except PackageNotFoundError as error:
        raise DependencyError(f"未安装 {error.name}，无法识别文字。", REINSTALL) from error
    except OSError as error:
        raise DependencyError("文字识别模型无法读取。", MODELS_AGAIN) from error


def cut_line(image: Image, quad: Quad) -> tuple[Image, Quad]:
    """The picture of a line, level, and its quad; a line that stands on end is laid down.

    As PaddleOCR cuts lines: width and height are the longer of the opposite sides, and a
    picture 1.5 times as high as wide is turned by 90 degrees counter-clockwise.
    """
    corners = np.asarray(quad, dtype=np.float32)
    width = max(_distance(corners[0], corners[1]), _distance(corners[2], corners[3]))
    height = max(_distance(corners[0], corners[3]), _distance(corners[1], corners[2]))
    if height >= 1.5 * width:
        corners = np.roll(corners, -1, axis=0)
        width, height = height, width
    size = (max(1, round(width)), max(1, round(height)))
    target = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], dtype=np.float32)
    warp = cv2.getPerspectiveTransform(corners, target)
    picture = cv2.warpPerspective(
        image, warp, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    if picture.ndim == 2:
        picture = cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR)
    return cast(Image, picture), _quad(corners.astype(np.float64))


def _distance(a: NDArray[Any], b: NDArray[Any]) -> float:
    return float(np.hypot(*(a - b)))


def _quad(points: NDArray[np.float64]) -> Quad:
    (a, b, c, d) = ((float(x), float(y)) for x, y in points)
    return (a, b, c, d)


def _model_name(folder: Path) -> str:
    """The model's name in its ``inference.yml``."""
    import yaml

    try:
        settings = yaml.safe_load((folder / "inference.yml").read_text(encoding="utf-8"))
        return str(settings["Global"]["model_name"])
    except (OSError, KeyError, TypeError, yaml.YAMLError) as error:
        raise DependencyError(
            "文字识别模型目录不完整（缺 inference.yml）。",
            MODELS_AGAIN,
        ) from error
