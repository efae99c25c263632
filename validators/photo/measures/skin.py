"""What is skin, what is hair: the two colours that most content rules rest on.

Both are taken from the photo itself, since no fixed skin colour fits everyone: skin from the
middle of the face, hair from the crown. Hues are compared as angles about the grey axis of
CIELAB, relative to the face's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate, pairwise

import cv2
import numpy as np

from validators.photo.look import FACE_WIDTH, FOREHEAD, FaceFrame, Tone
from validators.photo.models import Array
from validators.photo.parsing import ClassMask

REGIONS: dict[str, tuple[int, ...]] = {
    "forehead": (151, 9, 108, 337),
    "nose": (6, 197, 195, 5),
    "cheek_left": (117, 118, 50, 101),
    "cheek_right": (346, 347, 280, 330),
    "jaw_left": (187, 207, 214),
    "jaw_right": (411, 427, 434),
    "chin": (199, 200, 208, 428),
}
"""Mesh points in the middle of each part of the face that is bare on a photo as it should be."""

_POINTS = [point for points in REGIONS.values() for point in points]
_ENDS = [0, *accumulate(len(points) for points in REGIONS.values())]
_ROWS = {name: slice(*ends) for name, ends in zip(REGIONS, pairwise(_ENDS), strict=True)}
_DISC_PX = 5
_SPAN = np.arange(-_DISC_PX, _DISC_PX + 1)
_DISC = np.stack(np.meshgrid(_SPAN, _SPAN), axis=-1).reshape(-1, 2)
_DISC = _DISC[(_DISC**2).sum(axis=1) <= _DISC_PX**2]
_PLAUSIBLE_SHARE = 0.3
_SHADE = np.array([18.0, 5.0, 5.0], np.float32)
"""How far L*, a* and b* wander within one material, in light and in shade."""
_LEAST_CROWN = 0.01
_LIT = 12.0
"""L* within which light moves one material without saying anything."""
_INWARD = np.ones((9, 9), np.uint8)
_LEAST_INNER = 100
_BLACK, _WHITE = 4.0, 97.0
_DECILES_APART = 2.563
"""Standard deviations between the 10th and the 90th percentile of a normal distribution."""
_APART = 1.5
"""Hair and skin nearer than this, in units of _SHADE, are not told apart by colour."""


def tone_of(pixels: Array) -> Tone:
    """The median colour of N x 3 Lab pixels, N > 0."""
    # np.median gives the same, at three times the cost on so few.
    low, high = (len(pixels) - 1) // 2, len(pixels) // 2
    ordered = np.partition(np.ascontiguousarray(pixels.T), (low, high), axis=1)
    lightness, a, b = ((ordered[:, low] + ordered[:, high]) / 2).tolist()
    return Tone(lightness, a, b)


def region_pixels(frame: FaceFrame) -> dict[str, Array]:
    """N x 3 Lab pixels of each part of the face (discs about its mesh points), as far as they lie
    on the picture."""
    at = np.round(frame.xy[_POINTS]).astype(np.int32)[:, None] + _DISC
    x, y = at[..., 0], at[..., 1]
    height, width = frame.inside.shape
    shown = (x >= 0) & (y >= 0) & (x < width) & (y < height)
    x, y = np.clip(x, 0, width - 1), np.clip(y, 0, height - 1)
    shown &= frame.inside[y, x]
    lab = frame.lab[y, x]
    return {name: lab[rows][shown[rows]] for name, rows in _ROWS.items()}


def region_tones(parts: Mapping[str, Array]) -> dict[str, Tone]:
    """The colour of each part of the face that lies on the picture."""
    return {name: tone_of(pixels) for name, pixels in parts.items() if len(pixels) >= 20}


def skin_tone(parts: Mapping[str, Array]) -> Tone:
    """The face's own skin colour.

    Of the pixels in the middle of the face only those count that can be skin at all: a mask, a
    scarf or a strap would otherwise become the skin it covers. Black, which no skin is, where the
    picture shows none of them.
    """
    pixels = np.concatenate(
        [parts[name] for name in ("forehead", "nose", "cheek_left", "cheek_right")]
    )
    if not len(pixels):
        return Tone(0.0, 0.0, 0.0)
    a, b = pixels[:, 1], pixels[:, 2]
    chroma = np.hypot(a, b)
    can_be = (chroma > 6) & (chroma < 50) & (a > -2) & (b > -0.2 * a) & (pixels[:, 0] > 12)
    if can_be.mean() >= _PLAUSIBLE_SHARE:
        pixels = pixels[can_be]
    return tone_of(pixels)


def skin_mask(frame: FaceFrame, skin: Tone) -> ClassMask:
    """Where the frame has the face's own skin colour, in light and in shade.

    Hue within -45 to +22 degrees of the face's, chroma half to 2.4 times as much (ears are
    redder, shaded skin more saturated), and not darker than hair can be (photo.md 3).
    """
    chroma = max(skin.chroma, 1e-3)
    lightness, a, b = cv2.split(frame.lab)
    across_a, across_b = -skin.b / chroma, skin.a / chroma
    along_a, along_b = skin.a / chroma, skin.b / chroma
    squared = cv2.add(cv2.multiply(a, a), cv2.multiply(b, b))
    # across > -along; across < 0.404 along
    mask = cv2.addWeighted(a, across_a + along_a, b, across_b + along_b, 0) > 0
    turned = 0.404 * along_a - across_a, 0.404 * along_b - across_b
    mask &= cv2.addWeighted(a, turned[0], b, turned[1], 0) > 0
    mask &= squared > (0.5 * chroma) ** 2
    mask &= squared < (2.4 * chroma) ** 2
    mask &= lightness > 22
    mask &= (squared >= 225) | (lightness > max(28.0, skin.lightness - 42))
    return np.asarray(mask)


@dataclass(frozen=True, slots=True, eq=False)
class Crown:
    """What lies above the forehead: hair, bare skin or something worn.

    ``spread`` is how far their lightness
    varies, away from the outline (a standard deviation, from the 10th and 90th percentiles); None
    where too little is to be seen, or where it is crushed to black or burnt to white.
    """

    tone: Tone
    spread: float | None


def find_crown(frame: FaceFrame) -> Crown | None:
    """The crown; None where the picture shows too little of it."""
    x, y = frame.xy[FOREHEAD]
    bottom, reach = int(y) - 8, 0.3 * FACE_WIDTH
    if bottom < 8:
        return None
    band = (slice(0, bottom), slice(max(int(x - reach), 0), max(int(x + reach), 1)))
    crown = frame.inside[band] & (frame.person[band] > 0.7)
    at = np.flatnonzero(crown)
    if len(at) < _LEAST_CROWN * FACE_WIDTH**2:
        return None
    pixels = frame.lab[band][np.divmod(at[::2], crown.shape[1])]
    tone = tone_of(pixels)
    return Crown(tone, _lightness_spread(frame.lab[band][..., 0], crown, tone))


def _lightness_spread(lightness: Array, crown: ClassMask, tone: Tone) -> float | None:
    inner = cv2.erode(crown.view(np.uint8), _INWARD, borderValue=(0.0,)) > 0
    if inner.sum() < _LEAST_INNER or not _BLACK < tone.lightness < _WHITE:
        return None
    low, high = np.percentile(lightness[inner], (10, 90))
    return float(high - low) / _DECILES_APART


def hair_mask(frame: FaceFrame, skin: Tone, crown: Crown | None) -> ClassMask:
    """Where the frame looks more like the person's hair than like the person's skin.

    Dark hair is told from skin by its darkness already (:func:`skin_mask`); this is for light,
    dyed and grey hair, whose colour lies near the skin's. Empty where the crown is bald.
    """
    if crown is None or crown.tone.lightness < skin.lightness - 40:
        return np.zeros(frame.inside.shape, bool)
    if _far(crown.tone, skin) < _APART:
        return np.zeros(frame.inside.shape, bool)
    return np.asarray(off_material(frame.lab, crown.tone) < off_material(frame.lab, skin))


def off_material(lab: Array, tone: Tone) -> Array:
    """How unlike one material every pixel is, in units of _SHADE: its colour against the
    material's in the same light, and how far its lightness lies beyond light and shade."""
    lightness, a, b = cv2.split(lab)
    lit = (lightness + 16) / (tone.lightness + 16)
    off = np.maximum(np.abs(lightness - tone.lightness) - _LIT, 0) / _SHADE[0]
    off_a, off_b = (a - tone.a * lit) / _SHADE[1], (b - tone.b * lit) / _SHADE[2]
    return np.asarray(np.sqrt(off * off + off_a * off_a + off_b * off_b), np.float32)


def _far(one: Tone, other: Tone) -> float:
    """How far two materials lie apart, in units of _SHADE."""
    off = np.array([one.lightness - other.lightness, one.a - other.a, one.b - other.b])
    return float(np.sqrt(((off / _SHADE) ** 2).sum()))
