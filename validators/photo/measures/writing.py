"""Writing over the picture: a date stamp, a studio's mark, a watermark.

Nothing is read. On the wall every small spot that stands free is one too many; on face, hair and
clothes the text detector tells writing from locks, lashes and knitwear.
"""

from __future__ import annotations

import cv2
import numpy as np

from validators.photo.look import (
    EYE_CORNERS,
    LEFT_SIDE,
    RIGHT_SIDE,
    FaceLook,
    at_card_height,
    lab_of,
)
from validators.photo.models import Array, Mesh

_PERSON = 0.15
_CLEAR = np.ones((19, 19), np.uint8)
_AROUND = (25, 25)
"""What a spot on the wall is compared with, in pixels."""
_LEAST_WALL = 625
_EDGE = 6
_LEAST_STEP, _NOISES = 6.0, 5.0
_MEDIAN_NOISE = 1.4826
_LEAST_SPOT = 5

_LIKELY = 0.3
_LOWEST_LINE_PX, _TALLEST_LINE_PX = 3.0, 45.0
"""Short side of a line's region: faces are 150 px and more, and what is marked of letters is about
half as tall as they are."""
_BAND = (0.56, 0.21)
_AT_EYES = 0.7
"""Half the band's width and height, in face widths; and what a chance within it counts. Frames of
clear glasses were text by 0.63 to 0.89, bare eyes by 0.6 to 0.78."""
Band = tuple[float, float, float, float]


def wall_spots(look: FaceLook) -> float:
    """Area of all spots on the wall that touch neither the person nor what sticks out from him, in
    pixels of a picture 441 px high."""
    image, person = at_card_height(look.image), at_card_height(look.person, cv2.INTER_LINEAR)
    near = cv2.dilate((person > _PERSON).astype(np.uint8), _CLEAR)
    wall = np.asarray(near == 0)
    # A line along the edge is a border, which has a rule of its own.
    wall[:_EDGE] = wall[-_EDGE:] = wall[:, :_EDGE] = wall[:, -_EDGE:] = False
    if wall.sum() < _LEAST_WALL:
        return 0.0
    lab, part = lab_of(image), wall.astype(np.float32)
    # The mean of the wall alone: what is near the person does not count.
    mean = (
        cv2.blur(lab * part[..., None], _AROUND)
        / np.maximum(cv2.blur(part, _AROUND), 1e-3)[..., None]
    )
    apart = np.abs(lab - mean)
    off = np.maximum(np.maximum(apart[..., 0], apart[..., 1]), apart[..., 2]) * part
    noise = _MEDIAN_NOISE * float(np.median(off[wall]))
    marked = (off > max(_LEAST_STEP, _NOISES * noise)).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(marked | near)
    areas = stats[:, cv2.CC_STAT_AREA].copy()
    areas[np.unique(labels[~wall])] = 0
    areas[0] = 0
    return float(areas[areas >= _LEAST_SPOT].sum()) if count > 1 else 0.0


def eye_band(look: FaceLook, mesh: Mesh, chances: Array) -> Band:
    """Where eyes and glasses are on the map of text: left, top, right, bottom."""
    scale = np.array(chances.shape[::-1], np.float32) / look.image.shape[1::-1]
    xy = mesh.xy * scale
    wide = float(np.hypot(*(xy[RIGHT_SIDE] - xy[LEFT_SIDE])))
    x, y = (float(v) for v in xy[list(EYE_CORNERS)].mean(axis=0))
    across, up = _BAND[0] * wide, _BAND[1] * wide
    return x - across, y - up, x + across, y + up


def surest_text(chances: Array, eyes: Band | None = None) -> float:
    """How sure the surest line of text is, 0 to 1: the mean chance of a region that is no taller
    than writing on a photo. ``chances`` is a map of the picture at about a card's height. Glasses
    and eyes look like letters: what lies within the band of the ``eyes`` counts for less."""
    likely = (chances > _LIKELY).astype(np.uint8)
    regions, _ = cv2.findContours(likely, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    surest = 0.0
    for region in regions:
        short = min(cv2.minAreaRect(region)[1])
        # The detector takes a whole face for one large character, and that is no writing.
        if not _LOWEST_LINE_PX <= short <= _TALLEST_LINE_PX:
            continue
        left, top, width, height = cv2.boundingRect(region)
        inside = np.zeros((height, width), np.uint8)
        cv2.drawContours(inside, [region - (left, top)], 0, (1,), -1)
        part = chances[top : top + height, left : left + width]
        chance = cv2.mean(part, inside)[0]
        if eyes is not None and (
            eyes[0] <= left
            and eyes[1] <= top
            and left + width <= eyes[2]
            and top + height <= eyes[3]
        ):
            chance *= _AT_EYES
        surest = max(surest, chance)
    return surest
