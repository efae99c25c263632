"""Both ears visible (guide, 五, 社会保障卡申领: 双耳可见).

No model here knows an ear: the mesh draws its side points even under hair. So the pixels just
outside the face, from the brow to the lobe, are looked at. A bare ear shows a blob of the face's
own skin colour there that stands off from the cheek; hair, a scarf or a headset does not. Light
hair has skin's colour, but reaches farther out than any ear; an ear that lies close leaves nothing
but the wall beside a bare cheek.
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
_BEYOND = (0.24, 0.34)
"""Farther out than an ear reaches, and still on the frame: hair that hangs over ears is there."""
_RIM = (-0.06, 0.0)
"""The cheek's own edge: skin where no hair is combed over it."""
_OFF_BACKGROUND = 18.0


@dataclass(frozen=True, slots=True, eq=False)
class Ear:
    """One strip beside the face.

    ``outline``   corners of the strip in frame pixels;
    ``area``      largest blob of skin, in thousandths of a squared face width;
    ``share``     skin among the pixels that are not background, 0 to 1;
    ``occupied``  pixels that are not background, 0 to 1;
    ``height``    of the blob, in face widths;
    ``like_skin`` as ``share``, with what could be hair as well as skin;
    ``beyond``    person among the pixels farther out than an ear reaches, 0 to 1;
    ``rim``       skin along the edge of the cheek, 0 to 1.
    """

    outline: Array
    area: float
    share: float
    occupied: float
    height: float
    like_skin: float
    beyond: float
    rim: float


def find_ears(
    frame: FaceFrame, bare: ClassMask, hair: ClassMask, background: Tone | None
) -> dict[str, Ear]:
    """The two strips, by the viewer's side; one that lies off the picture is left out.

    ``bare`` is where the frame has the face's skin colour, ``hair`` where it looks more like the
    hair; ``background`` the colour of the wall.
    """
    return {
        side: ear
        for side, points in SIDES.items()
        if (ear := _find_ear(frame, bare, hair, background, points, -1 if side == "left" else 1))
    }


def _find_ear(
    frame: FaceFrame,
    bare: ClassMask,
    hair: ClassMask,
    background: Tone | None,
    points: tuple[int, ...],
    outward: int,
) -> Ear | None:
    side = frame.xy[list(points)]
    outline = _outline(side, outward, _FROM, np.linspace(*_TO, len(points), dtype=np.float32))
    strip = frame.polygon(outline)
    box = _box(outline)
    seen = (strip & frame.inside)[box]
    if seen.sum() < 0.7 * strip.sum():
        return None
    like_skin = seen & bare[box]
    skin = like_skin & ~hair[box]
    standing = frame.person[box] > 0.5
    if background is not None:
        standing |= frame.off(background, box) > _OFF_BACKGROUND
    something = seen & (standing | like_skin)
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
        like_skin=float(like_skin.sum()) / total if total else 0.0,
        beyond=_share(frame, _outline(side, outward, *_BEYOND), frame.person > 0.5),
        rim=_share(frame, _outline(side, outward, *_RIM), bare),
    )


def _outline(side: Array, outward: int, start: float, end: float | Array) -> Array:
    """Corners of a strip along the face's side, from ``start`` to ``end`` face widths outward."""
    inner, outer = side.copy(), side.copy()
    inner[:, 0] += outward * start * FACE_WIDTH
    outer[:, 0] += outward * end * FACE_WIDTH
    return np.concatenate([inner, outer[::-1]])


def _share(frame: FaceFrame, outline: Array, of: ClassMask) -> float:
    """How much of a strip, as far as it lies on the picture, is so; 0 where none of it does."""
    box, strip = frame.patch(outline)
    count = int(strip.sum())
    return float((of[box] & strip).sum()) / count if count else 0.0


def _box(outline: Array) -> tuple[slice, slice]:
    """Rows and columns that hold the outline."""
    left, top = np.maximum(np.floor(outline.min(axis=0)).astype(int), 0)
    right, bottom = np.maximum(np.ceil(outline.max(axis=0)).astype(int) + 2, 1)
    return slice(int(top), int(bottom)), slice(int(left), int(right))
