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

import hashlib
import math
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal, Protocol, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.errors import DependencyError
from pipeline.model import Char, Image, Line, Quad

# Read when the libraries are imported: no model hub, one thread.
os.environ.setdefault("PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "True")
os.environ.setdefault("OMP_NUM_THREADS", "1")

Backend = Literal["openvino", "onnxruntime"]
Floats = NDArray[np.float32]

LINE_HEIGHT_PX = 48
"""Height that the recogniser was trained on."""
MAX_LINE_WIDTH_PX = 3200
WIDTH_STEP_PX = 32
"""Line pictures are padded to a multiple of this, so that few distinct shapes occur."""
BLANK = 0
"""Class 0 of the recogniser's output: no character here."""
ALTERNATIVES = 3
ALTERNATIVE_MIN = 0.005
LOST_MIN = 0.05
"""A non-blank score at which a column in a blank run counts as an almost-read character."""
SPACE_MIN = 0.02
"""A space's score between two Latin letters from which there is one. The engine is shy of spaces
(YI CHEN is read YICHEN): of 2308 pairs of letters without one none reached 0.005, of
12 with one that it left out eleven exceed 0.02 in print."""


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


@dataclass(frozen=True, slots=True)
class Decoded:
    """One line picture, decoded. Places are in columns of the recogniser's output."""

    chars: tuple[tuple[str, float, float, tuple[tuple[str, float], ...]], ...]
    lost: tuple[tuple[str, float, float], ...]
    columns: int


class CtcDecoder:
    """Connectionist-temporal-classification decoding that keeps what a mean score hides.

    Takes the recogniser's output, batch x columns x classes with probabilities; class 0 is the
    blank, the last class a space.
    """

    def __init__(self, characters: Sequence[str]) -> None:
        self._characters = ["", *characters, " "]

    def __call__(
        self, predictions: Sequence[Floats], **_: object
    ) -> tuple[list[Decoded], list[float]]:
        """Decode as paddlex calls it: (texts, scores)."""
        decoded = [self.decode(p) for p in np.asarray(predictions[0])]
        means = [float(np.mean([c[1] for c in d.chars])) if d.chars else 0.0 for d in decoded]
        return decoded, means

    def decode(self, probabilities: Floats) -> Decoded:
        """Decode one line: columns x classes."""
        best = probabilities.argmax(axis=1)
        chars: list[tuple[str, float, float, tuple[tuple[str, float], ...]]] = []
        lost: list[tuple[str, float, float]] = []
        column = 0
        while column < len(best):
            end = column + 1
            while end < len(best) and best[end] == best[column]:
                end += 1
            if best[column] == BLANK:
                chars += self._space(probabilities, column, end)
                lost += self._lost(probabilities, column, end)
            else:
                chars.append(self._char(probabilities, int(best[column]), column, end))
            column = end
        return Decoded(tuple(chars), tuple(lost), len(best))

    def _char(
        self, probabilities: Floats, index: int, start: int, end: int
    ) -> tuple[str, float, float, tuple[tuple[str, float], ...]]:
        run = probabilities[start:end, index]
        peak = start + int(run.argmax())
        centre = float(np.average(np.arange(start, end), weights=run)) + 0.5
        row = probabilities[peak]
        ranked = np.argpartition(row, -(ALTERNATIVES + 1))[-(ALTERNATIVES + 1) :]
        ranked = ranked[np.argsort(row[ranked])[::-1]]
        alternatives = tuple(
            (self._characters[i], float(row[i]))
            for i in ranked
            if i != index and row[i] >= ALTERNATIVE_MIN
        )
        return self._characters[index], float(row[index]), centre, alternatives

    def _space(
        self, probabilities: Floats, start: int, end: int
    ) -> Iterable[tuple[str, float, float, tuple[tuple[str, float], ...]]]:
        """The space that a blank run between two Latin letters may hold."""
        if start == 0 or end == len(probabilities):
            return
        sides = (self._characters[int(probabilities[i].argmax())] for i in (start - 1, end))
        if not all(side.isascii() and side.isalpha() for side in sides):
            return
        shown = probabilities[start:end, len(self._characters) - 1]
        if shown.max() >= SPACE_MIN:
            yield " ", float(shown.max()), start + float(shown.argmax()) + 0.5, ()

    def _lost(
        self, probabilities: Floats, start: int, end: int
    ) -> Iterable[tuple[str, float, float]]:
        run = probabilities[start:end, 1:]
        strongest = run.max(axis=1)
        for i in np.flatnonzero(strongest >= LOST_MIN):
            neighbours = strongest[max(0, i - 1) : i + 2]
            if strongest[i] < neighbours.max():
                continue
            # The flank of a neighbouring character is no character of its own.
            index = int(run[i].argmax()) + 1
            before = int(probabilities[start - 1].argmax()) if start else BLANK
            after = int(probabilities[end].argmax()) if end < len(probabilities) else BLANK
            character = self._characters[index]
            if index not in (before, after) and not character.isspace():
                yield character, float(strongest[i]), start + float(i) + 0.5


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
            raise DependencyError(
                "未安装 paddleocr，无法识别文字。", "请在项目目录运行 make setup 后重试。"
            ) from error
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
            raise DependencyError(
                "文字识别模型无法载入。", "请运行 yijianshi weights 重新获取模型文件。"
            ) from error
        self._decoder = cast(CtcDecoder, recogniser_predictor.post_op)
        self._recogniser_runner = cast(Runner, recogniser_predictor.runner)
        self._fingerprint = "/".join(
            (
                f"paddleocr-{version('paddleocr')}",
                f"{backend}-{version(backend)}",
                *(_digest(folder / "inference.onnx")[:16] for folder in (detector, recogniser)),
            )
        )

    @property
    def fingerprint(self) -> str:
        """Engine, version and hashes of the weights: part of every content key."""
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
        return _line(decoded, quad, padded / width, LINE_HEIGHT_PX / width)


def _line(decoded: Decoded, quad: Quad, padding: float, height: float) -> Line:
    """A line from its decoded characters.

    ``padding`` is padded width over line width; ``height`` the line's height over its width.
    """
    per_column = padding / decoded.columns
    centres = [centre * per_column for _, _, centre, _ in decoded.chars]
    chars = []
    for i, (text, score, _, alternatives) in enumerate(decoded.chars):
        half = height * (0.25 if text.isascii() else 0.5)
        left = centres[i] - half
        right = centres[i] + half
        if i > 0:
            left = max(left, (centres[i - 1] + centres[i]) / 2)
        if i + 1 < len(centres):
            right = min(right, (centres[i] + centres[i + 1]) / 2)
        chars.append(Char(text, score, max(0.0, left), min(1.0, right), alternatives))
    lost = tuple(
        Char(
            text,
            score,
            max(0.0, c * per_column - height / 2),
            min(1.0, c * per_column + height / 2),
        )
        for text, score, c in decoded.lost
    )
    # A leading or trailing space is a column that shone, not a character.
    while chars and chars[0].text == " ":
        chars.pop(0)
    while chars and chars[-1].text == " ":
        chars.pop()
    score = float(np.mean([c.score for c in chars])) if chars else 0.0
    return Line("".join(c.text for c in chars), score, quad, tuple(chars), lost)


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
            "请运行 yijianshi weights 重新获取模型文件。",
        ) from error


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
