"""The slot for a face-parsing model that an operator supplies.

A parsing network (BiSeNet on CelebAMask-HQ is the usual one) tells hair, hat, glasses, ears,
earrings and cloth apart, which the face models cannot. None is shipped: there is no
package with a free licence that holds one. Where the operator has one as ONNX, a small TOML
file beside it says how to feed it and what its classes are::

    model = "bisenet.onnx"               # relative to this file
    side_px = 512
    mean = [0.485, 0.456, 0.406]         # RGB, after division by 255
    std = [0.229, 0.224, 0.225]
    [classes]                            # our part = numbers of its classes
    skin = [1, 10]
    ear = [7, 8]
    hair = [17]
    hat = [18]
    glasses = [6]
    earring = [9]
    cloth = [16]

With it the rules on ears, headwear and ornaments become as sure as the model is.
"""

from __future__ import annotations

import hashlib
import threading
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from pipeline.errors import DependencyError
from pipeline.model import Frozen, Image

FacePart = Literal["skin", "ear", "hair", "hat", "glasses", "earring", "cloth"]
ClassMask = NDArray[np.bool_]


class Parser(Protocol):
    """Tells the parts of a head apart."""

    def parse(self, image: Image) -> Mapping[FacePart, ClassMask]:
        """Where each part lies, H x W; parts that the model does not know are left out."""


class ParserCard(Frozen):
    """The TOML file beside the operator's model."""

    model: str
    side_px: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    classes: dict[FacePart, tuple[int, ...]]


class OnnxParser:
    """A parsing network as ONNX, through ``cv2.dnn``. Output: 1 x classes x h x w."""

    def __init__(self, card: ParserCard, model: Path) -> None:
        try:
            self._net = cv2.dnn.readNetFromONNX(str(model))
        except cv2.error as error:
            raise DependencyError(
                "人脸分区模型无法载入。", "请检查模型说明文件中的 model 一项，须为 ONNX 文件。"
            ) from error
        self._card = card
        self._lock = threading.Lock()

    def parse(self, image: Image) -> Mapping[FacePart, ClassMask]:
        """Where each part lies."""
        side = self._card.side_px
        rgb = cv2.cvtColor(cv2.resize(image, (side, side)), cv2.COLOR_BGR2RGB)
        fed = (rgb.astype(np.float32) / 255 - self._card.mean) / self._card.std
        blob = np.ascontiguousarray(fed.transpose(2, 0, 1)[None], dtype=np.float32)
        with self._lock:
            self._net.setInput(blob)
            scores = self._net.forward()
        labels = cv2.resize(
            scores[0].argmax(axis=0).astype(np.uint8),
            (image.shape[1], image.shape[0]),
            interpolation=cv2.INTER_NEAREST,
        )
        return {part: np.isin(labels, ids) for part, ids in self._card.classes.items()}


def parser_digest(card: Path) -> str:
    """A digest of an operator's parsing model, its card with it, without loading it; ``unusable``
    where :func:`read_parser` would refuse it for its card or because the model is not there."""
    try:
        content = card.read_bytes()
        model = card.parent / _card_of(content).model
        with model.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256")
        digest.update(content)
        return digest.hexdigest()
    except (OSError, tomllib.TOMLDecodeError, ValidationError, UnicodeDecodeError):
        return "unusable"


def _card_of(content: bytes) -> ParserCard:
    return ParserCard.model_validate(tomllib.loads(content.decode("utf-8")))


def read_parser(card: Path) -> OnnxParser:
    """The operator's parsing model.

    Raises DependencyError where the card or the model cannot be used.
    """
    try:
        row = _card_of(card.read_bytes())
    except (OSError, tomllib.TOMLDecodeError, ValidationError, UnicodeDecodeError) as error:
        raise DependencyError(
            "人脸分区模型的说明文件无法使用。",
            "请检查环境变量 YIJIANSHI_FACE_PARSER 所指的 TOML 文件，不用时请删去该变量。",
        ) from error
    return OnnxParser(row, card.parent / row.model)
