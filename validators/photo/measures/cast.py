"""A tint over the whole picture: one colour in place of all (sepia), or the colour of a light.

A cast lies over wall and skin alike. A white wall under it looks coloured, so its colour proves
nothing; what the light added is taken away again before the face is measured.
"""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np

from pipeline.model import Image
from validators.photo.look import FaceFrame, Tone, lab_of
from validators.photo.models import Array

_DAYLIGHT = (15.0, 22.0)
_REACH = (10.0, 12.0)
"""a* and b* in the middle of what skin has in daylight, and how far it reaches to either side
(OFIQ NaturalColour: 5 to 25, 5 to 35). Portraits of light and dark skin lie within 1.05 reaches."""
_STRANGE, _BETTER = 0.9, 0.3
"""Skin this many reaches off, and so much nearer once the wall is taken as white, is under a cast.
Measured on 22 faces: 362 of 440 pictures under ten lights; none of 726 in plain light, most of them
before grey or coloured walls."""
_BINS, _BIN = 20, 5.0
_SHRINK = 0.25


def off_tint(image: Image, person: Array) -> float | None:
    """How far the person's colours stray from one tint: 90th percentile of the distance of a* or
    b* from the mean of what is as light. 2 at most for a tinted grey picture, 6 and more for a
    coloured one; None where no person is seen."""
    small = cv2.resize(image, None, fx=_SHRINK, fy=_SHRINK, interpolation=cv2.INTER_AREA)
    seen = cv2.resize(person, (small.shape[1], small.shape[0]), interpolation=cv2.INTER_NEAREST)
    sure = seen > 0.5
    if not sure.any():
        return None
    pixels = lab_of(np.asarray(small, dtype=np.uint8)[sure][None])[0]
    light = np.minimum(pixels[:, 0] / _BIN, _BINS - 1).astype(np.int64)
    count = np.maximum(np.bincount(light, minlength=_BINS), 1)
    far = np.zeros(len(pixels))
    for channel in (1, 2):
        colour = pixels[:, channel]
        mean = np.bincount(light, colour, _BINS) / count
        far = np.maximum(far, np.abs(colour - mean[light]))
    return float(np.percentile(far, 90))


def is_cast(skin: Tone, wall: Tone) -> bool:
    """Whether skin of a colour that skin has not becomes likely where the wall is held white."""
    before = _strangeness(skin)
    if before <= _STRANGE:
        return False
    return _strangeness(_tone(_bgr(skin) * _gains(wall))) < before - _BETTER


def without_cast(frame: FaceFrame, wall: Tone) -> tuple[FaceFrame, Tone]:
    """The frame and the wall as a light without colour would show them."""
    gains = _gains(wall)
    image = np.clip(frame.image * gains, 0, 255).astype(np.uint8)
    return replace(frame, image=image, lab=lab_of(image)), _tone(_bgr(wall) * gains)


def _strangeness(skin: Tone) -> float:
    return math.hypot(
        (skin.a - _DAYLIGHT[0]) / _REACH[0],
        (skin.b - _DAYLIGHT[1]) / _REACH[1],
    )


def _gains(wall: Tone) -> Array:
    """What blue, green and red must be multiplied by to make the wall grey, its lightest channel
    left as it is."""
    bgr = np.maximum(_bgr(wall), 0.05)
    return np.asarray(bgr.max() / bgr, np.float32)


def _bgr(tone: Tone) -> Array:
    """Blue, green and red, 0 to 1."""
    lab = np.array([[[tone.lightness, tone.a, tone.b]]], np.float32)
    return np.asarray(cv2.cvtColor(lab, cv2.COLOR_LAB2BGR)[0, 0], np.float32)


def _tone(bgr: Array) -> Tone:
    lab = cv2.cvtColor(np.clip(bgr, 0, 1).reshape(1, 1, 3), cv2.COLOR_BGR2LAB)[0, 0]
    return Tone(float(lab[0]), float(lab[1]), float(lab[2]))
