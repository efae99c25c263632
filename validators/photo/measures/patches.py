"""What lies on the bare face: a plaster, a sticker, a label.

Skin shades off, and so do beards and cheeks; what is stuck on has an outline
(:mod:`validators.photo.measures.outlines`). Brows, eyes, nostrils and lips have one, too, and are
left out by the mesh: what lies on them is not seen here.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from validators.photo.look import FACE_WIDTH, OVAL, FaceFrame, Tone
from validators.photo.measures.outlines import (
    COLOUR_UNITS,
    Ground,
    levels_of,
    off_colour,
    steepest,
)

_FEATURES = (
    (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7),
    (362, 398, 384, 385, 386, 387, 388, 466, 263, 249, 390, 373, 374, 380, 381, 382),
    (70, 63, 105, 66, 107, 55, 65, 52, 53, 46),
    (300, 293, 334, 296, 336, 285, 295, 282, 283, 276),
    (48, 115, 220, 45, 4, 275, 440, 344, 278, 294, 327, 326, 2, 97, 98, 64),
    (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185),
)
"""Mesh points of what has an outline of its own: eyes, brows, the nose's tip, lips."""
_AROUND = np.ones((11, 11), np.uint8)
_INWARD = np.ones((9, 9), np.uint8)
_CROSS = np.ones((3, 3), np.uint8)
_LEAST_FACE = round(0.02 * FACE_WIDTH**2)
_BROADEST_PX = 0.2 * FACE_WIDTH
_AT_RIM = 0.2
_BROWS = (105, 334)
"""Mesh points in the middle of the brows: above them hair hangs into the face."""


def steepest_patch(frame: FaceFrame, skin: Tone) -> float | None:
    """How steeply the most sharply bounded thing on the face ends, in L* (or its equivalent in
    colour) a pixel; 0 where nothing stands out by 12 L* all around, None where too little of the
    face is seen."""
    bare = _bare_face(frame)
    rows, columns = np.flatnonzero(bare.any(axis=1)), np.flatnonzero(bare.any(axis=0))
    if np.count_nonzero(bare) < _LEAST_FACE:
        return None
    box = slice(int(rows[0]), int(rows[-1]) + 2), slice(int(columns[0]), int(columns[-1]) + 1)
    inside = bare[box]
    lab = frame.lab[box]
    anywhere = np.ones(inside.shape, np.bool_)
    brows = max(int(frame.xy[list(_BROWS), 1].min()) - box[0].start, 0)
    beyond = (inside > 0) & (cv2.erode(inside, _CROSS, borderValue=(0.0,)) == 0)
    beyond[brows:] = False
    return steepest(
        Ground(
            inside=inside,
            inner=anywhere,
            own=skin.lightness,
            lightness=levels_of(lab[..., 0], 0.6),
            colour=levels_of(off_colour(lab, skin) * COLOUR_UNITS, 1.0),
            foreign=anywhere,
            beyond=beyond,
            broadest_px=_BROADEST_PX,
            at_rim=_AT_RIM,
        )
    )


def _bare_face(frame: FaceFrame) -> NDArray[np.uint8]:
    """Where the face is, and no feature of it."""
    face = frame.polygon(frame.xy[list(OVAL)]) & frame.inside
    features = np.zeros(face.shape, np.uint8)
    for points in _FEATURES:
        hull = cv2.convexHull(np.round(frame.xy[list(points)]).astype(np.int32))
        cv2.fillConvexPoly(features, hull, (1,))
    inner = cv2.erode(face.astype(np.uint8), _INWARD)
    return np.asarray(inner & (cv2.dilate(features, _AROUND) == 0), np.uint8)
