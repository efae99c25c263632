"""What is worn in the hair and has a colour that hair could have: black, white, silver, gold.

Hair in light and shade is as black and as white as a clip, but its light fades along the strands
(:mod:`validators.photo.measures.outlines`): a sheen or a gap between locks has no outline.
"""

from __future__ import annotations

import cv2
import numpy as np

from validators.photo.look import FACE_WIDTH, FOREHEAD, OVAL, FaceFrame, Tone
from validators.photo.measures.outlines import (
    COLOUR_UNITS,
    Ground,
    levels_of,
    off_colour,
    steepest,
)
from validators.photo.measures.skin import Crown, off_material
from validators.photo.parsing import ClassMask

_REACH = 0.65
"""How far to both sides of the middle the hair is looked at, in face widths."""
_BELOW_BROWS = 0.05
"""How far below the brows it is looked at beside the face, where clips sit at the temples."""
_BROWS = (105, 334)
_FACE = 0.96
"""Of the mesh's outline, within which brows and locks before the skin are."""
_LEAST_HAIR = round(0.05 * FACE_WIDTH**2)
_OFF_WALL = 18.0
_RIM_PX = 12
"""How far into the person, along the outline, what has the wall's colour may be the wall, which
shines through locks."""
_INWARD_PX, _OFF_FACE_PX = 8, 9
"""What lies nearer to the person's outline, or to the face, may be the end of a lock."""
_SKIN_FROM, _SKIN_TO = 1.0, 2.0
"""Unlikeness to skin below which a pixel is skin, and from which it counts in full."""
_OFF_SKIN = 1.2
_BROADEST_PX = 0.12 * FACE_WIDTH
"""A shining forehead under short black hair is 0.16 wide."""
_AT_RIM = 0.25
"""The ends of a band lie on the outline of the hair."""


def steepest_outline(frame: FaceFrame, crown: Crown, skin: Tone, wall: Tone | None) -> float:
    """How steeply the most sharply bounded thing on the hair ends, in L* a pixel; 0 where nothing
    stands out by 12 L* all around, or too little hair is seen."""
    hair = _find_hair(frame, crown, skin, wall)
    return 0.0 if hair is None else steepest(hair)


def _find_hair(frame: FaceFrame, crown: Crown, skin: Tone, wall: Tone | None) -> Ground | None:
    x, y = frame.xy[FOREHEAD]
    reach = _REACH * FACE_WIDTH
    brows = float(frame.xy[list(_BROWS), 1].min()) + _BELOW_BROWS * FACE_WIDTH
    box = (
        slice(0, max(int(max(y, brows)), 0)),
        slice(max(int(x - reach), 0), max(int(x + reach), 0)),
    )
    inside = frame.inside[box] & (frame.person[box] > 0.5)
    if inside.sum() < _LEAST_HAIR:
        return None
    rows = np.flatnonzero(inside.any(axis=1))
    box = slice(int(rows[0]), box[0].stop), box[1]
    inside = inside[rows[0] :]
    if wall is not None:
        inside = inside & ~_wall(frame.off(wall, box) <= _OFF_WALL, inside)
    bare = ~_face(frame)[box]
    inner = cv2.distanceTransform(inside.astype(np.uint8), cv2.DIST_C, 3) > _INWARD_PX
    inner &= cv2.distanceTransform(bare.astype(np.uint8), cv2.DIST_C, 3) > _OFF_FACE_PX
    inside = inside & bare
    lab = frame.lab[box]
    off_skin = off_material(lab, skin)
    share = np.clip((off_skin - _SKIN_FROM) / (_SKIN_TO - _SKIN_FROM), 0, 1)
    tone = crown.tone
    # Skin is no thing on the hair, but lighter: what lies between both must not run into it.
    light = tone.lightness + share * (lab[..., 0] - tone.lightness)
    colour = share * off_colour(lab, tone) * COLOUR_UNITS
    mask = inside.astype(np.uint8)
    return Ground(
        inside=mask,
        inner=inner,
        own=tone.lightness,
        lightness=levels_of(light, 0.6),
        colour=levels_of(colour, 1.0),
        foreign=off_skin >= _OFF_SKIN,
        beyond=np.zeros(mask.shape, np.bool_),
        broadest_px=_BROADEST_PX,
        at_rim=_AT_RIM,
    )


def _face(frame: FaceFrame) -> ClassMask:
    """The face below the mesh's upper end: above it the forehead goes on into the hair."""
    outline = frame.xy[list(OVAL)]
    middle = outline.mean(axis=0)
    face = frame.polygon(middle + (outline - middle) * _FACE)
    face[: max(int(frame.xy[FOREHEAD][1]), 0)] = False
    return face


def _wall(like: ClassMask, inside: ClassMask) -> ClassMask:
    """Where the wall shows along the outline of the person: like it, and joined to it."""
    outside = (~inside).astype(np.uint8)
    size = 2 * _RIM_PX + 1
    near = cv2.dilate(outside, np.ones((size, size), np.uint8)) > 0
    _, labels = cv2.connectedComponents(((like & near) | ~inside).astype(np.uint8), connectivity=4)
    joined = np.zeros(int(labels.max()) + 1, np.bool_)
    joined[labels[~inside]] = True
    joined[0] = False
    return np.asarray(cv2.dilate(joined[labels].astype(np.uint8), np.ones((5, 5), np.uint8)) > 0)
