"""Studs on the lobes of ears that are seen (guide, 五, 社会保障卡申领: 耳环).

A stud of 3 mm is 4 px wide on a card photo. An ear's folds are as light and as dark, but they are
ridges: along one direction their light hardly changes. A stud ends on all sides, so the *weaker*
of the two curvatures tells it, in lightness (pearl, steel, black) or in colour (less red, more
yellow than skin).
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from validators.photo.look import LEFT_SIDE, RIGHT_SIDE, FaceLook, Tone, at_card_height
from validators.photo.measures.skin import off_material
from validators.photo.models import Array, Mesh
from validators.photo.parsing import ClassMask

_LOBES = {132: -1, 361: 1}
"""Mesh points at the jaw's angle, and which way is outward."""
_INWARD, _OUTWARD, _ABOVE, _BELOW = 0.02, 0.16, 0.2, 0.1
"""Where lobes are, from those points, in face widths: middles of 38 lobes lay 0 to 0.1 outward and
0.12 above to 0.05 below; those of a head held low 0.18 above. Higher up begin the ear's folds."""
_MARGIN_PX = 8
_SCALES_PX = (0.9, 1.3, 1.8, 2.4)
_WEIGHTS = np.array([[1.0, 0.0, 0.0], [-1.0, 0.0, 0.0], [0.0, -2.0, 0.0], [0.0, 0.0, 1.75]])
"""What counts of L*, a* and b*: lighter, darker, less red, yellower. Skin's own red and yellow
vary by half of what its lightness does."""
_OFF_WALL = 9.0
_LEAST_WALL_PX = 150
_LEAST_LOBE_PX = 40
_NOTCH = np.ones((7, 7), np.uint8)
_SKIN, _MOSTLY = 2.0, 0.25
_ALONG = np.array([[1, -2, 1]], np.float32)
_ACROSS = np.array([[1, 0, -1], [0, 0, 0], [-1, 0, 1]], np.float32) / 4


def stud(look: FaceLook, mesh: Mesh, skin: Tone, wall: Tone | None) -> float | None:
    """How much the most sharply bounded spot on a lobe stands out, in L* or what weighs as much;
    None where no lobe's surroundings are skin (hair hangs there). ``wall`` is the wall's colour,
    which does not count."""
    image = at_card_height(look.image)
    xy = mesh.xy * (len(image) / len(look.image))
    width = float(np.hypot(*(xy[RIGHT_SIDE] - xy[LEFT_SIDE])))
    found = []
    for point, outward in _LOBES.items():
        x, y = xy[point]
        left, right = sorted((x - outward * _INWARD * width, x + outward * _OUTWARD * width))
        top, bottom = y - _ABOVE * width, y + _BELOW * width
        rows = slice(max(int(top) - _MARGIN_PX, 0), max(int(bottom) + _MARGIN_PX, 0))
        columns = slice(max(int(left) - _MARGIN_PX, 0), max(int(right) + _MARGIN_PX, 0))
        part = image[rows, columns]
        if min(part.shape[:2]) <= 2 * _MARGIN_PX:
            continue
        lab = cv2.cvtColor(part.astype(np.float32) / 255, cv2.COLOR_BGR2LAB)
        spot = _spot(np.asarray(lab, np.float32), skin, wall)
        if spot is not None:
            found.append(spot)
    return max(found, default=None)


def _spot(lab: Array, skin: Tone, wall: Tone | None) -> float | None:
    own = ~_wall(lab, wall)
    if own.sum() < _LEAST_LOBE_PX or (off_material(lab, skin)[own] < _SKIN).mean() < _MOSTLY:
        return None
    channels = _filled(lab, own) @ _WEIGHTS.T.astype(np.float32)
    strongest = np.zeros(own.shape, np.float32)
    for scale in _SCALES_PX:
        strongest = np.maximum(strongest, _weaker_curvature(channels, scale).max(axis=-1))
    # Where lobe, jaw and wall meet there is a dark notch.
    within = cv2.erode(own.astype(np.uint8), _NOTCH, borderValue=(1.0,))
    inner = slice(_MARGIN_PX, -_MARGIN_PX)
    return float((strongest * within)[inner, inner].max())


def _weaker_curvature(channels: Array, scale: float) -> Array:
    """Of each channel how much every place is a summit, whatever direction one looks; in the
    channel's unit, 0 where it falls in one direction only."""
    smooth = cv2.GaussianBlur(channels, (0, 0), scale)
    xx, yy, xy = (cv2.filter2D(smooth, -1, kernel) for kernel in (_ALONG, _ALONG.T, _ACROSS))
    highest = (xx + yy) / 2 + np.sqrt(((xx - yy) / 2) ** 2 + xy**2)
    return np.asarray(np.maximum(-highest, 0) * scale**2, np.float32)


def _wall(lab: Array, wall: Tone | None) -> ClassMask:
    """Where the wall is, and what is mixed with it: a bright stone is smaller than any wall, and
    what shows between ear and jaw goes on beyond this part."""
    if wall is None:
        return np.zeros(lab.shape[:2], np.bool_)
    tone = np.array([wall.lightness, wall.a, wall.b], np.float32)
    like = (np.abs(lab - tone).max(axis=-1) < _OFF_WALL).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(like)
    large = stats[:, cv2.CC_STAT_AREA] > _LEAST_WALL_PX
    for edge in (labels[0], labels[-1], labels[:, 0], labels[:, -1]):
        large[edge] = True
    large[0] = False
    return np.asarray(cv2.dilate(large[labels].astype(np.uint8), np.ones((5, 5), np.uint8)) > 0)


def _filled(lab: Array, own: NDArray[np.bool_]) -> Array:
    """The picture with the wall in the colour of what is nearest: the head's outline is no edge."""
    share = own.astype(np.float32)
    near = cv2.GaussianBlur(lab * share[..., None], (0, 0), 3.0)
    weight = cv2.GaussianBlur(share, (0, 0), 3.0)[..., None]
    median = np.median(lab[own], axis=0).astype(np.float32)
    around = np.where(weight > 0.02, near / np.maximum(weight, 0.02), median)
    return np.asarray(np.where(own[..., None], lab, around), np.float32)
