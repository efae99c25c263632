"""Where a picture has text: the detector that finds the lines of papers, asked of a photo.

PP-OCR's text detection (``pipeline/ocr/weights.toml``, Apache-2.0), run by ``cv2.dnn``: the engine
that reads papers is never imported, and the file is loaded in 40 ms. Nothing is read.
"""

from __future__ import annotations

import threading
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.errors import DependencyError
from pipeline.model import Image
from pipeline.ocr import imagenet

TEXT_DETECTOR = "det/inference.onnx"

_STEP_PX = 32
"""The detector's map is 32 times smaller inside."""
_MEAN = np.array(imagenet.MEAN, np.float32).reshape(1, 3, 1, 1)
_SPREAD = np.array(imagenet.SPREAD, np.float32).reshape(1, 3, 1, 1)


class TextDetector:
    """The loaded network. One at a time uses it: a network keeps its blobs.

    Raises DependencyError where the file cannot be loaded.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._network = cv2.dnn.readNetFromONNX(str(path))
        except cv2.error as error:
            raise DependencyError(
                "文字检测模型文件无法载入。", "请运行 yijianshi weights 重新获取模型文件。"
            ) from error
        self._looking = threading.Lock()

    def find_text(self, image: Image, height_px: int) -> NDArray[np.float32]:
        """How surely each pixel lies in the middle of a line of text, 0 to 1: a map of the picture
        (BGR) at about ``height_px``, in whole steps of the network."""
        height, width = image.shape[:2]
        sides = (width * height_px / height, height_px)
        w, h = (max(1, round(side / _STEP_PX)) * _STEP_PX for side in sides)
        shrinks = h < height
        method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        resized = cv2.resize(image, (w, h), interpolation=method)
        blob = cv2.dnn.blobFromImage(resized, 1 / imagenet.FULL, swapRB=True)
        with self._looking:
            self._network.setInput((blob - _MEAN) / _SPREAD)
            found = self._network.forward()
        return np.asarray(found[0, 0], np.float32)
