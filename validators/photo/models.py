"""The face models, run through ``cv2.dnn``.

MediaPipe's BlazeFace short-range detector, face mesh (468 points) and selfie segmentation:
TFLite files, Apache-2.0, from the wheel named in ``pipeline/ocr/weights.toml``; mediapipe itself is
never imported. OpenCV 4.10 and LiteRT give the same mesh to 0.1 px. Where they are there, the two
palm detectors of the same wheel look for hands, and the papers' text detector for text.

What they cannot do: the mesh draws hidden parts as if they were seen, and nothing here tells
hair, hat, glasses or ear apart. An operator may supply a face-parsing model for that
(:mod:`validators.photo.parsing`).
"""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.errors import DependencyError
from pipeline.model import Image
from validators.photo.parsing import Parser, read_parser
from validators.photo.text import TEXT_DETECTOR, TextDetector

Array = NDArray[np.float32]

DETECTOR = "face_detection_short_range.tflite"
MESH = "face_landmark.tflite"
SEGMENTER = "selfie_segmentation.tflite"
MODEL_FILES = (DETECTOR, MESH, SEGMENTER)
PALMS = ("palm_detection_lite.tflite", "palm_detection_full.tflite")

_DETECTOR_SIDE = 128
_MESH_SIDE = 192
_SEGMENT_SIDE = 256
_PALM_SIDE = 192
_LIKELY_PALM = 0.7
_MESH_MARGIN = 1.5
_CANDIDATE_SCORE = 0.3
_OVERLAP = 0.3
_EMPTY = 6.0


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """A face: box (left, top, right, bottom) and 6 points (eye, eye, nose, mouth, ear, ear; the
    viewer's left first), in pixels of the picture; ``score`` from 0 to 1."""

    box: tuple[float, float, float, float]
    points: Array
    score: float

    @property
    def width(self) -> float:
        """Width of the box in pixels."""
        return self.box[2] - self.box[0]

    @property
    def centre(self) -> tuple[float, float]:
        """Middle of the box."""
        return (self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """468 points (x, y in pixels of the picture, z in the same scale) and the model's score that
    this is a face (0 to 1)."""

    points: Array
    score: float

    @property
    def xy(self) -> Array:
        """468 x 2."""
        return self.points[:, :2]


class FaceModels:
    """The loaded networks. One at a time uses each of them: a network keeps its blobs."""

    def __init__(
        self, detector: Path, mesh: Path, segmenter: Path, palms: Sequence[Path] = ()
    ) -> None:
        try:
            self._palms = [cv2.dnn.readNetFromTFLite(str(palm)) for palm in palms]
            self._detector = cv2.dnn.readNetFromTFLite(str(detector))
            self._mesh = cv2.dnn.readNetFromTFLite(str(mesh))
            self._segmenter = cv2.dnn.readNetFromTFLite(str(segmenter))
        except cv2.error as error:
            raise DependencyError(
                "人脸模型文件无法载入。", "请运行 yijianshi weights 重新获取模型文件。"
            ) from error
        self._detecting, self._fitting, self._segmenting = (threading.Lock() for _ in range(3))
        self._reaching = threading.Lock()
        self._anchors = _anchors()
        self.parser: Parser | None = None
        self.text: TextDetector | None = None

    def detect(self, image: Image) -> list[Detection]:
        """Faces, surest first. Faces under about a tenth of the longer side may be missed."""
        return self._detect([image])[0]

    def detect_small(self, image: Image) -> list[Detection]:
        """Faces in the picture and in its four overlapping quarters: finds them half as big."""
        height, width = image.shape[:2]
        return self._detect_in(image, math.ceil(height * 0.6), math.ceil(width * 0.6))

    def detect_tiled(self, image: Image, share: float) -> list[Detection]:
        """Faces in the picture and in half-overlapping squares of ``share`` of its shorter side:
        finds those of a tenth of a square."""
        side = max(16, math.ceil(min(image.shape[:2]) * share))
        return self._detect_in(image, side, side)

    def _detect_in(self, image: Image, tall: int, wide: int) -> list[Detection]:
        height, width = image.shape[:2]
        corners = [(x, y) for y in _starts(height, tall) for x in _starts(width, wide)]
        corners = [(x, y) for x, y in corners if _is_marked(image[y : y + tall, x : x + wide])]
        tiles = [image[y : y + tall, x : x + wide] for x, y in corners]
        whole, *parts = self._detect([image, *tiles])
        found = list(whole)
        for (x, y), part in zip(corners, parts, strict=True):
            found += [_moved(face, x, y) for face in part]
        return _suppress(found)

    def fit_mesh(self, image: Image, face: Detection) -> Mesh:
        """The mesh of one face."""
        left, top, right, bottom = face.box
        eyes = face.points[1] - face.points[0]
        return self._fit(
            image,
            centre=((left + right) / 2, (top + bottom) / 2),
            side=max(right - left, bottom - top) * _MESH_MARGIN,
            angle=math.atan2(float(eyes[1]), float(eyes[0])),
        )

    def refit_mesh(self, image: Image, mesh: Mesh) -> Mesh:
        """The mesh again, looked for where it was found: steadier on turned and tilted faces."""
        xy = mesh.xy
        eyes = xy[263] - xy[33]
        angle = math.atan2(float(eyes[1]), float(eyes[0]))
        low, high = xy.min(axis=0), xy.max(axis=0)
        middle = (low + high) / 2
        return self._fit(
            image,
            centre=(float(middle[0]), float(middle[1])),
            side=float((high - low).max()) * _MESH_MARGIN,
            angle=angle,
        )

    def segment(self, image: Image) -> Array:
        """How surely each pixel is person, 0 to 1; H x W."""
        blob = cv2.dnn.blobFromImage(
            image, 1 / 255, (_SEGMENT_SIDE, _SEGMENT_SIDE), swapRB=True, crop=False
        )
        with self._segmenting:
            self._segmenter.setInput(blob)
            mask = self._segmenter.forward()[0, 0]
        resized = cv2.resize(mask, (image.shape[1], image.shape[0]))
        return np.clip(np.asarray(resized, dtype=np.float32), 0, 1)

    def find_hand(self, image: Image) -> float | None:
        """How surely a hand is seen, 0 to 1: what the least sure of the palm detectors says, since
        each alone sees hands in braids and folds. The slower one is asked only where the quicker
        one sees a hand. None without these models."""
        if not self._palms:
            return None
        blob = cv2.dnn.blobFromImage(_letterbox(image, _PALM_SIDE)[0], 1 / 255, swapRB=True)
        score = 1.0
        with self._reaching:
            for palm in self._palms:
                palm.setInput(blob)
                outputs = palm.forward(palm.getUnconnectedOutLayersNames())
                logit = max(float(o.max()) for o in outputs if o.shape[-1] == 1)
                score = min(score, 1 / (1 + math.exp(-max(-50.0, min(50.0, logit)))))
                if score <= _LIKELY_PALM:
                    break
        return score

    def _detect(self, images: Sequence[Image]) -> list[list[Detection]]:
        boxed = [_letterbox(image, _DETECTOR_SIDE) for image in images]
        blob = cv2.dnn.blobFromImages(
            [b[0] for b in boxed], 1 / 127.5, mean=(127.5, 127.5, 127.5), swapRB=True
        )
        with self._detecting:
            self._detector.setInput(blob)
            raw_scores, raw_boxes = self._detector.forward(["classificators", "regressors"])
        scores = _by_image(np.asarray(raw_scores, np.float32).reshape(-1, 1), len(images))[:, :, 0]
        boxes = _by_image(np.asarray(raw_boxes, np.float32).reshape(-1, 16), len(images))
        return [
            _suppress(self._decode(scores[i], boxes[i], *boxed[i][1:])) for i in range(len(images))
        ]

    def _decode(
        self, logits: Array, boxes: Array, scale: float, left: int, top: int
    ) -> list[Detection]:
        scores = 1 / (1 + np.exp(-np.clip(logits, -50, 50)))
        found = []
        for i in np.flatnonzero(scores >= _CANDIDATE_SCORE):
            values = boxes[i].reshape(-1, 2).copy()
            values[0] += self._anchors[i] * _DETECTOR_SIDE
            values[2:] += self._anchors[i] * _DETECTOR_SIDE
            values[[0, *range(2, 8)]] -= (left, top)
            values /= scale
            (cx, cy), (w, h) = values[0], values[1]
            box = (float(cx - w / 2), float(cy - h / 2), float(cx + w / 2), float(cy + h / 2))
            found.append(Detection(box, values[2:].astype(np.float32), float(scores[i])))
        return found

    def _fit(self, image: Image, centre: tuple[float, float], side: float, angle: float) -> Mesh:
        scale = _MESH_SIDE / max(side, 1.0)
        cos, sin = math.cos(angle) * scale, math.sin(angle) * scale
        to_crop = np.array(
            [
                [cos, sin, _MESH_SIDE / 2 - cos * centre[0] - sin * centre[1]],
                [-sin, cos, _MESH_SIDE / 2 + sin * centre[0] - cos * centre[1]],
            ]
        )
        crop = cv2.warpAffine(image, to_crop, (_MESH_SIDE, _MESH_SIDE))
        blob = cv2.dnn.blobFromImage(crop, 1 / 255, swapRB=True)
        with self._fitting:
            self._mesh.setInput(blob)
            outputs = self._mesh.forward(self._mesh.getUnconnectedOutLayersNames())
        raw = next(o for o in outputs if o.size > 1).reshape(-1, 3)
        logit = float(next(o for o in outputs if o.size == 1).ravel()[0])
        back = cv2.invertAffineTransform(to_crop)
        points = np.empty_like(raw, dtype=np.float32)
        points[:, :2] = raw[:, :2] @ back[:, :2].T + back[:, 2]
        points[:, 2] = raw[:, 2] / scale
        return Mesh(points, 1 / (1 + math.exp(-max(-50.0, min(50.0, logit)))))


def load_models(files: Mapping[str, Path], parser: Path | None = None) -> FaceModels:
    """The models; ``files`` maps MODEL_FILES to their paths, as ``pipeline.ocr.weights`` gives
    them; without PALMS no hands are looked for, without TEXT_DETECTOR no text. ``parser`` is the
    card of an operator's parsing model.

    Raises DependencyError where a file is not there or cannot be loaded.
    """
    missing = [name for name in MODEL_FILES if name not in files]
    if missing:
        raise DependencyError(
            f"缺少人脸模型文件：{'、'.join(missing)}。", "请运行 yijianshi weights 获取模型文件。"
        )
    palms = [files[name] for name in PALMS if name in files]
    detector, mesh, segmenter = (files[name] for name in MODEL_FILES)
    models = FaceModels(detector, mesh, segmenter, palms if len(palms) == len(PALMS) else ())
    models.parser = None if parser is None else read_parser(parser)
    models.text = TextDetector(files[TEXT_DETECTOR]) if TEXT_DETECTOR in files else None
    return models


def _letterbox(image: Image, side: int) -> tuple[Image, float, int, int]:
    """The picture on a detector's square: pixels, scale, left and top margin."""
    height, width = image.shape[:2]
    scale = side / max(height, width)
    w, h = max(1, round(width * scale)), max(1, round(height * scale))
    method = cv2.INTER_AREA if scale < 0.5 else cv2.INTER_LINEAR
    canvas = np.zeros((side, side, 3), np.uint8)
    left, top = (side - w) // 2, (side - h) // 2
    canvas[top : top + h, left : left + w] = cv2.resize(image, (w, h), interpolation=method)
    return canvas, scale, left, top


def _anchors() -> Array:
    """Middles of the 896 anchors: 16 x 16 cells of two, then 8 x 8 cells of six."""
    rows = []
    for cells, each in ((16, 2), (8, 6)):
        middle = (np.arange(cells) + 0.5) / cells
        grid = np.stack(np.meshgrid(middle, middle), axis=-1).reshape(-1, 2)
        rows.append(np.repeat(grid, each, axis=0))
    return np.concatenate(rows).astype(np.float32)


def _starts(length: int, part: int) -> list[int]:
    """Where parts that overlap by half at least begin, the last ending at the end."""
    count = 1 if length <= part else 1 + math.ceil((length - part) / (part / 2))
    return [round(i * (length - part) / max(count - 1, 1)) for i in range(count)]


def _is_marked(tile: Image) -> bool:
    """Whether anything is on it: an empty part of a page holds no face."""
    return float(tile[::4, ::4].std()) > _EMPTY


def _by_image(rows: Array, count: int) -> Array:
    """Count x 896 x values. The network was made for one picture and lays the rows of a batch
    grid after grid: all pictures' 16 x 16 cells, then all pictures' 8 x 8 cells."""
    fine = rows[: 512 * count].reshape(count, 512, -1)
    coarse = rows[512 * count :].reshape(count, 384, -1)
    return np.concatenate([fine, coarse], axis=1)


def _moved(face: Detection, x: float, y: float) -> Detection:
    left, top, right, bottom = face.box
    return replace(
        face,
        box=(left + x, top + y, right + x, bottom + y),
        points=face.points + np.array([x, y], np.float32),
    )


def _suppress(faces: list[Detection]) -> list[Detection]:
    """One detection a face: those that overlap a surer one are averaged into it, as BlazeFace
    does, which is steadier than taking the surest alone."""
    left = sorted(faces, key=lambda f: -f.score)
    kept = []
    while left:
        best = left[0]
        same = [f for f in left if f is best or _shared(best.box, f.box) > _OVERLAP]
        taken = {id(f) for f in same}
        left = [f for f in left if id(f) not in taken]
        weights = np.array([f.score for f in same])
        box = np.average([f.box for f in same], axis=0, weights=weights)
        points = np.average([f.points for f in same], axis=0, weights=weights)
        kept.append(
            Detection(
                (float(box[0]), float(box[1]), float(box[2]), float(box[3])),
                points.astype(np.float32),
                best.score,
            )
        )
    return kept


def _shared(
    one: tuple[float, float, float, float], other: tuple[float, float, float, float]
) -> float:
    """Intersection over union, or over the smaller box where one lies inside the other."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    inter = width * height
    areas = [(b[2] - b[0]) * (b[3] - b[1]) for b in (one, other)]
    return max(inter / (sum(areas) - inter), 0.5 * inter / min(areas))
