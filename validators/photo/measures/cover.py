"""What lies over the face or the head: headwear, fringe, mask, dark glasses, a hand.

The mesh draws hidden parts as if they were seen, so only pixels count: each part of the face
against the face's own skin colour.
"""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from validators.photo.look import CHIN, FACE_WIDTH, FOREHEAD, FaceFrame, Tone
from validators.photo.measures.skin import Crown, off_material, tone_of
from validators.photo.models import Array
from validators.photo.parsing import ClassMask

_FOREHEAD = (103, 67, 109, 10, 338, 297, 332, 334, 296, 336, 107, 66, 105)
"""From the brows up to the upper end of the mesh."""

_LIPS = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185)
_EYES = {"left": (33, 133, 159, 145), "right": (362, 263, 386, 374)}
_UNDER_EYES = (23, 253)
"""Mesh points on the lower lids."""
_LENS_PX = (-1, 9)
_LENS_HALF_PX = 12
BEHIND_GLASS = (
    (23, 119, 230, 223, 27, 226, 130, 244),
    (253, 348, 450, 443, 257, 446, 359, 464),
)
"""Mesh points behind each lens: lids, corners, below the eye."""
_BELOW_GLASS = ((50, 101, 118, 205, 187), (280, 330, 347, 425, 411))
_GLASS_DISC = np.stack(np.meshgrid(np.arange(-3, 4), np.arange(-3, 4)), axis=-1).reshape(-1, 2)
_GREEN_UNITS = 2.5
"""Red and blue vary by so much more between bare eyes and cheeks than green does."""
_EYE_PX = round(0.09 * FACE_WIDTH)
_HAIR_REACH = 0.5
_HAIR_HUES = (5.0, 100.0)
_MOST_SATURATED = 0.7
"""Chroma over L* + 16, which light and shade leave as it is: red hair reaches 0.6."""
_OWN_HAIR = 12.0
_OTHER_MATERIAL = 2.5
_SAME_MATERIAL = 1.5
_OFF_HAIR_WALL = 18.0
_LOBES = {132: -1, 361: 1}
"""Mesh points at the jaw's angle, and which way is outward."""
_LOBE_REACH = 0.32
_LOBE_PX = round(0.12 * FACE_WIDTH)
"""How far above the jaw's angle the search begins."""
_LOBE_ENDS_PX = round(0.08 * FACE_WIDTH)
"""How far below that the middle of a thing lies that hangs from the lobe."""
_NEXT_PX = 3
_SLIM = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (17, 17))
"""A tenth of the face's width: lobe, jaw, neck and shoulder are broader."""
_OFF_WALL = 8.0


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


def is_hair(tone: Tone, crown: Crown) -> bool:
    """Whether a colour is the crown's and one that hair has: a fringe, or a cap that looks like
    hair, which its edge tells."""
    natural = _HAIR_HUES[0] <= tone.hue <= _HAIR_HUES[1]
    muted = tone.chroma <= _MOST_SATURATED * (tone.lightness + 16)
    return natural and muted and tone.apart_in_shade(crown.tone) < _OWN_HAIR


def mask_distance(frame: FaceFrame, tones: Mapping[str, Tone], skin: Tone) -> float:
    """How far the *nearest* of chin, jaws and mouth is from skin in the a*b* plane.

    A mask covers all of them; a beard leaves the jaws' upper part and the lips.
    """
    box, lips = frame.patch(frame.xy[list(_LIPS)])
    parts = [tones[name] for name in ("jaw_left", "jaw_right", "chin") if name in tones]
    if lips.sum() >= 20:
        parts.append(tone_of(frame.lab[box][lips]))
    return min((part.apart_in_shade(skin) for part in parts), default=0.0)


def odd_region(tones: Mapping[str, Tone], skin: Tone) -> float:
    """How far the *farthest* part of the face is from skin in the a*b* plane."""
    return max((tone.apart_in_shade(skin) for tone in tones.values()), default=0.0)


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


def lens_tint(frame: FaceFrame, skin: Tone) -> float:
    """How far the skin under the eyes is from the face's own in the same light: a coloured glass
    before it takes one colour more than another, shade and dark rings take all alike."""
    tints = []
    for point in _UNDER_EYES:
        x, y = (round(float(v)) for v in frame.xy[point])
        rows = slice(max(y + _LENS_PX[0], 0), max(y + _LENS_PX[1], 0))
        columns = slice(max(x - _LENS_HALF_PX, 0), max(x + _LENS_HALF_PX, 0))
        pixels = frame.lab[rows, columns][frame.inside[rows, columns]]
        if len(pixels) >= 20:
            tone = tone_of(pixels)
            lit = (tone.lightness + 16) / (skin.lightness + 16)
            tints.append((tone.a - skin.a * lit, tone.b - skin.b * lit))
    return float(np.hypot(*np.mean(tints, axis=0))) if tints else 0.0


def lens_loss(frame: FaceFrame) -> float:
    """How much more of one colour than of the others is lost about the eyes, against the cheek on
    the same side: the logarithm of the ratio of red to blue, or of green to both, whichever is
    more for what it varies on bare faces. A tinted glass takes the same from lids, temple and
    cheek behind it, so the middle of many places counts, which no dark ring and no make-up on one
    of them moves; how much light is lost does not count."""
    shifts = []
    for behind, beside in zip(BEHIND_GLASS, _BELOW_GLASS, strict=True):
        shift = _log_light(frame, behind) - np.median(_log_light(frame, beside), axis=0)
        blue, green, red = shift.T
        shifts.append((np.median(red - blue), np.median(green - (red + blue) / 2)))
    red_blue, green = np.abs(np.mean(shifts, axis=0))
    return float(max(red_blue, _GREEN_UNITS * green))


def _log_light(frame: FaceFrame, points: tuple[int, ...]) -> Array:
    """The logarithm of the light of each colour (B, G, R) about mesh points, as a camera saw it
    before it was brightened for the eye."""
    at = np.round(frame.xy[list(points)]).astype(np.int32)[:, None] + _GLASS_DISC
    height, width = frame.inside.shape
    x, y = np.clip(at[..., 0], 0, width - 1), np.clip(at[..., 1], 0, height - 1)
    shares = np.median(frame.image[y, x], axis=1).astype(np.float32) / 255
    light = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    return np.asarray(np.log(light + 1e-3), np.float32)


def crown_colour(crown: Crown) -> float:
    """How far the crown's colour is from any that hair has: chroma where the hue lies outside
    hair's reds to yellows, half as much within (dyed hair, worn things)."""
    tone = crown.tone
    natural = -10 <= tone.hue <= 95
    return 0.0 if natural else tone.chroma


def hair_ornament(frame: FaceFrame, crown: Crown, skin: Tone, wall: Tone | None) -> float:
    """Largest thing on the hair whose colour neither hair nor skin has: blue, green, violet or
    pink, or more saturated than any hair; in thousandths of a squared face width.

    What is black, white or of metal's grey has a colour that hair has in shade and in light: its
    outline tells it (:mod:`validators.photo.measures.clips`).
    """
    x, y = frame.xy[FOREHEAD]
    reach = _HAIR_REACH * FACE_WIDTH
    box = slice(0, max(int(y), 0)), slice(max(int(x - reach), 0), max(int(x + reach), 0))
    inside = frame.inside[box] & (frame.person[box] > 0.7)
    if not inside.any():
        return 0.0
    if wall is not None:
        off_wall = (frame.off(wall, box) > _OFF_HAIR_WALL).astype(np.uint8)
        inside &= cv2.erode(off_wall, np.ones((9, 9), np.uint8)) > 0
    lightness, a, b = cv2.split(frame.lab[box])
    chroma, hue = cv2.cartToPolar(a, b, angleInDegrees=True)
    strange = ((hue < _HAIR_HUES[0]) | (hue > _HAIR_HUES[1])) & (chroma > 12)
    strange |= chroma > _MOST_SATURATED * (lightness + 16)
    for own in (crown.tone, skin):
        strange &= off_material(frame.lab[box], own) > _OTHER_MATERIAL
    strange &= inside
    odd = cv2.morphologyEx(strange.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(odd)
    largest = max((int(area) for area in stats[1:count, cv2.CC_STAT_AREA]), default=0)
    return 1000 * largest / FACE_WIDTH**2


def lobe_ornament(frame: FaceFrame, background: Tone, crown: Crown | None) -> float:
    """Largest thing beside the jaw, from the lobe to the chin, that is slimmer than any part of
    the body and ends before the wall; in thousandths of a squared face width.

    Finds what hangs from an ear, of whatever colour: pale things stand off a white wall by little,
    but by more than the wall itself varies. A strand of hair goes on into the shoulder. A stud
    within the lobe is for :mod:`validators.photo.measures.studs`.
    """
    largest = 0
    bottom = int(frame.xy[CHIN][1])
    for point, outward in _LOBES.items():
        x, y = frame.xy[point]
        x0, x1 = sorted((int(x), int(x + outward * _LOBE_REACH * FACE_WIDTH)))
        window = slice(max(int(y) - _LOBE_PX, 0), max(bottom, 0)), slice(max(x0, 0), max(x1, 0))
        if frame.inside[window].size == 0:
            continue
        standing = (frame.off(background, window) > _OFF_WALL) & frame.inside[window]
        slim = _without_body(standing.astype(np.uint8))
        count, labels, stats, middles = cv2.connectedComponentsWithStats(slim)
        for thing in range(1, count):
            left, top, width, height, area = (int(v) for v in stats[thing])
            if top + height == len(slim) or middles[thing][1] < _LOBE_ENDS_PX or area <= largest:
                continue
            under = standing[top + height : top + height + _NEXT_PX, left : left + width]
            if crown is not None and under.any():
                tone = tone_of(frame.lab[window][labels == thing])
                pixel = np.array([[[tone.lightness, tone.a, tone.b]]], np.float32)
                if off_material(pixel, crown.tone)[0, 0] < _SAME_MATERIAL:
                    continue
            largest = area
    return 1000 * largest / FACE_WIDTH**2


def _without_body(standing: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What is slimmer than the disc; what touches the rim goes on beyond it."""
    side = len(_SLIM)
    grown = cv2.copyMakeBorder(standing, side, side, side, side, cv2.BORDER_REPLICATE)
    body = cv2.morphologyEx(grown, cv2.MORPH_OPEN, _SLIM)[side:-side, side:-side]
    return np.asarray(standing & (cv2.dilate(body, np.ones((3, 3), np.uint8)) == 0), np.uint8)
