"""Both ears visible (guide, 五, 社会保障卡申领: 双耳可见).

No model here knows an ear: the mesh draws its side points even under hair. So the pixels just
outside the face, from the brow to the lobe, are looked at. A bare ear shows a blob of the face's
own skin colour there that stands off from the cheek; hair, a scarf or a headset does not.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from validators.photo.look import FACE_WIDTH, FaceFrame, Tone
from validators.photo.models import Array
from validators.photo.parsing import ClassMask

SIDES = {"left": (127, 234, 93, 132), "right": (356, 454, 323, 361)}
"""Mesh points of the face's side from temple to lobe, by the viewer's left and right."""

_FROM = 0.03
"""Where the strip begins, in face widths outward: the mesh follows the cheek to about that."""
_TO = (0.17, 0.12)
"""Where it ends, at the temple and at the lobe."""
_OFF_BACKGROUND = 18.0


@dataclass(frozen=True, slots=True, eq=False)
class Ear:
    """One strip beside the face.

    ``outline``   corners of the strip in frame pixels;
    ``area``      largest blob of skin, in thousandths of a squared face width;
    ``share``     skin among the pixels that are not background, 0 to 1;
    ``occupied``  pixels that are not background, 0 to 1;
    ``height``    of the blob, in face widths.
    """

    outline: Array
    area: float
    share: float
    occupied: float
    height: float


def find_ears(frame: FaceFrame, bare: ClassMask, background: Tone | None) -> dict[str, Ear]:
    """The two strips, by the viewer's side; one that lies off the picture is left out.

    ``bare`` is where the frame has the face's skin colour; ``background`` the colour of the wall.
    """
    return {
        side: ear
        for side, points in SIDES.items()
        if (ear := _find_ear(frame, bare, background, points, -1 if side == "left" else 1))
    }


def _find_ear(
    frame: FaceFrame,
    bare: ClassMask,
    background: Tone | None,
    points: tuple[int, ...],
    outward: int,
) -> Ear | None:
    side = frame.xy[list(points)]
    inner, outer = side.copy(), side.copy()
    inner[:, 0] += outward * _FROM * FACE_WIDTH
    outer[:, 0] += outward * np.linspace(*_TO, len(points), dtype=np.float32) * FACE_WIDTH
    outline = np.concatenate([inner, outer[::-1]])
    strip = frame.polygon(outline)
    box = _box(outline)
    seen = (strip & frame.inside)[box]
    if seen.sum() < 0.7 * strip.sum():
        return None
    skin = seen & bare[box]
    standing = frame.person[box] > 0.5
    if background is not None:
        standing |= frame.off(background, box) > _OFF_BACKGROUND
    something = seen & (standing | skin)
    total = float(something.sum())
    count, _, stats, _ = cv2.connectedComponentsWithStats(skin.astype(np.uint8))
    area = height = 0
    if count > 1:
        best = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
        area, height = int(stats[best, cv2.CC_STAT_AREA]), int(stats[best, cv2.CC_STAT_HEIGHT])
    return Ear(
        outline=outline,
        area=1000 * area / FACE_WIDTH**2,
        share=float(skin.sum()) / total if total else 0.0,
        occupied=total / float(seen.sum()),
        height=height / FACE_WIDTH,
    )


def _box(outline: Array) -> tuple[slice, slice]:
    """Rows and columns that hold the outline."""
    left, top = np.maximum(np.floor(outline.min(axis=0)).astype(int), 0)
    right, bottom = np.maximum(np.ceil(outline.max(axis=0)).astype(int) + 2, 1)
    return slice(int(top), int(bottom)), slice(int(left), int(right))
