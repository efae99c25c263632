"""What lies over the face or the head: headwear, fringe, mask, dark glasses, a hand.

The mesh draws hidden parts as if they were seen, so only pixels count: each part of the face
against the face's own skin colour.
"""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np

from validators.photo.look import FACE_WIDTH, FaceFrame, Tone
from validators.photo.measures.skin import Crown, tone_of
from validators.photo.parsing import ClassMask

_FOREHEAD = (103, 67, 109, 10, 338, 297, 332, 334, 296, 336, 107, 66, 105)
"""From the brows up to the upper end of the mesh."""

_LIPS = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185)
_EYES = {"left": (33, 133, 159, 145), "right": (362, 263, 386, 374)}
_EYE_PX = round(0.09 * FACE_WIDTH)
_LOBES = {"left": ((93, 132, 58), -1), "right": ((323, 361, 288), 1)}
_LOBE_REACH = 0.25
_OFF_BACKGROUND = 18.0


def forehead_share(frame: FaceFrame, bare: ClassMask) -> float:
    """Skin among the forehead's pixels, 0 to 1."""
    box, forehead = frame.patch(frame.xy[list(_FOREHEAD)])
    count = int(forehead.sum())
    return float((bare[box] & forehead).sum()) / count if count else 0.0


def forehead_tone(frame: FaceFrame, bare: ClassMask) -> Tone | None:
    """Median colour of what covers the forehead; None where nothing much does."""
    box, forehead = frame.patch(frame.xy[list(_FOREHEAD)])
    cover = forehead & ~bare[box]
    return tone_of(frame.lab[box][cover]) if cover.sum() >= 60 else None


def mask_distance(frame: FaceFrame, tones: Mapping[str, Tone], skin: Tone) -> float:
    """How far the *nearest* of chin, jaws and mouth is from skin in the a*b* plane.

    A mask covers all of them; a beard leaves the jaws' upper part and the lips.
    """
    box, lips = frame.patch(frame.xy[list(_LIPS)])
    parts = [tones[name] for name in ("jaw_left", "jaw_right", "chin") if name in tones]
    if lips.sum() >= 20:
        parts.append(tone_of(frame.lab[box][lips]))
    return min((part.apart(skin) for part in parts), default=0.0)


def odd_region(tones: Mapping[str, Tone], skin: Tone) -> float:
    """How far the *farthest* part of the face is from skin in the a*b* plane."""
    return max((tone.apart(skin) for tone in tones.values()), default=0.0)


def eye_lightness(frame: FaceFrame, skin: Tone) -> float:
    """How much darker than skin the lighter eye's surroundings are, as a share of the skin's L*:
    0 as light as skin, 1 black. A share, since a lens takes away less from dark skin.

    The upper quartile of a square over eye and lids: lids and skin under a clear glass keep it
    near the skin's lightness, a dark lens does not.
    """
    drops = []
    for points in _EYES.values():
        x, y = (round(float(v)) for v in frame.xy[list(points)].mean(axis=0))
        rows = slice(max(y - _EYE_PX, 0), max(y + _EYE_PX, 1))
        columns = slice(max(x - _EYE_PX, 0), max(x + _EYE_PX, 1))
        light = frame.lab[rows, columns, 0]
        drops.append(1 - float(np.percentile(light, 75)) / max(skin.lightness, 1.0))
    return min(drops)


def crown_colour(crown: Crown) -> float:
    """How far the crown's colour is from any that hair has: chroma where the hue lies outside
    hair's reds to yellows, half as much within (dyed hair, worn things)."""
    tone = crown.tone
    natural = -10 <= tone.hue <= 95
    return 0.0 if natural else tone.chroma


def crown_odd(crown: Crown, skin: Tone) -> float:
    """Share of the crown that is strongly coloured, but like neither its hair nor skin."""
    a, b = crown.pixels[:, 1], crown.pixels[:, 2]
    from_hair = np.hypot(a - crown.tone.a, b - crown.tone.b)
    from_skin = np.hypot(a - skin.a, b - skin.b)
    odd = (from_hair > 15) & (from_skin > 15) & (a * a + b * b > 15 * 15)
    return float(odd.mean())


def lobe_ornament(frame: FaceFrame, bare: ClassMask, background: Tone) -> float:
    """Largest spot beside the jaw, below the ears, that stands free before the wall and is not
    skin; in thousandths of a squared face width.

    Finds hanging earrings; a stud within the lobe is not seen.
    """
    largest = 0
    for points, outward in _LOBES.values():
        xy = frame.xy[list(points)]
        reach = xy[:, 0] + outward * _LOBE_REACH * FACE_WIDTH
        x0, x1 = sorted((float(xy[:, 0].mean()), float(reach.mean())))
        window = (
            slice(max(int(xy[0, 1]), 0), max(int(xy[-1, 1]), 1)),
            slice(max(int(x0), 0), max(int(x1), 1)),
        )
        if frame.inside[window].size == 0:
            continue
        skin_like = cv2.dilate(bare[window].astype(np.uint8), np.ones((3, 3), np.uint8))
        odd = (
            (frame.off(background, window) > _OFF_BACKGROUND)
            & (skin_like == 0)
            & frame.inside[window]
        )
        count, _, stats, _ = cv2.connectedComponentsWithStats(odd.astype(np.uint8))
        for left, top, width, height, area in stats[1:count]:
            free = left > 0 and top > 0 and left + width < odd.shape[1]
            if free and top + height < odd.shape[0]:
                largest = max(largest, int(area))
    return 1000 * largest / FACE_WIDTH**2
