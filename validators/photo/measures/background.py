"""The wall behind the person, and a border round the picture."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.model import Image
from validators.photo.look import CARD_HEIGHT_PX, CHIN, FaceLook, Tone, lab_of
from validators.photo.measures.skin import tone_of
from validators.photo.models import Array
from validators.photo.parsing import ClassMask

_PERSON = 0.15
_CLEAR_PX = 15
_ENOUGH = 4000
"""Pixels of the wall that are measured; of more, every second, third …"""
_EDGE_PX = 6
_DEEPEST_PX = 14
_LINE_SHARE = 0.9
_LINE_STEP = 9.0
_ANY_STEP = 5
_EVEN = 8.0
_ONES = np.ones(3, np.float32)
_FRAME_SHARE = 0.8
"""A frame of one colour meets wall and clothes; somewhere it may be as light as the clothes."""


@dataclass(frozen=True, slots=True, eq=False)
class Background:
    """The wall as far as it is surely wall.

    ``mask``      its pixels, of every second row and column of the look's image;
    ``share``     of the whole picture;
    ``tone``      median colour;
    ``dark``      5th percentile of lightness;
    ``spread``    standard deviation of lightness;
    ``chroma``    of the median colour;
    ``white``     share of its pixels whose R, G and B are all 240 or more.
    """

    mask: ClassMask
    share: float
    tone: Tone
    dark: float
    spread: float
    chroma: float
    white: float


def find_background(look: FaceLook) -> Background | None:
    """The wall above the chin, well off the person and the picture's edge; None where there is
    none to be seen."""
    image = look.image[::2, ::2]
    height = image.shape[0]
    scale = height / CARD_HEIGHT_PX
    reach = max(1, int(_CLEAR_PX * scale))
    person = (look.person[::2, ::2] > _PERSON).view(np.uint8)
    near = cv2.dilate(person, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    mask = np.asarray(near == 0)
    edge = max(1, round(_EDGE_PX * scale))
    mask[:edge] = mask[:, :edge] = mask[:, -edge:] = False
    bottom = int(height * 0.6) if look.mesh is None else int(look.mesh.xy[CHIN][1]) // 2
    mask[max(bottom, 0) :] = False
    count = int(mask.sum())
    if count < 12:
        return None
    rows, columns = np.divmod(np.flatnonzero(mask)[:: 1 + count // _ENOUGH], mask.shape[1])
    bgr = image[rows, columns]
    lab = lab_of(bgr[None])[0]
    tone = tone_of(lab)
    return Background(
        mask=mask,
        share=count / mask.size,
        tone=tone,
        dark=float(np.percentile(lab[:, 0], 5)),
        spread=float(lab[:, 0].std()),
        chroma=tone.chroma,
        white=float(((bgr[:, 0] >= 240) & (bgr[:, 1] >= 240) & (bgr[:, 2] >= 240)).mean()),
    )


def lined_sides(image: Image) -> tuple[bool, bool, bool, bool]:
    """Whether a straight line runs along the top, bottom, left and right of the picture, up to
    14 px in (of 441): a border, the edge of a mount or of a scan."""
    scale = max(1.0, image.shape[0] / CARD_HEIGHT_PX)
    deep = round(_DEEPEST_PX * scale) + 2
    if min(image.shape[:2]) < 4 * deep:
        return False, False, False, False
    turned = image.transpose(1, 0, 2)
    strips = [
        np.ascontiguousarray(strip)
        for strip in (image[:deep], image[-deep:][::-1], turned[:deep], turned[-deep:][::-1])
    ]
    top, bottom, left, right = (_may_have_line(s) and _has_line(lab_of(s)) for s in strips)
    return top, bottom, left, right


def _may_have_line(strip: Image) -> bool:
    """A quick look: a line steps by a few levels in some channel along most of its length."""
    steps = cv2.absdiff(strip[1:], strip[:-1])
    largest = np.maximum(np.maximum(steps[..., 0], steps[..., 1]), steps[..., 2])
    return bool(((largest > _ANY_STEP).mean(axis=1) > _FRAME_SHARE).any())


def _has_line(strip: Array) -> bool:
    """Whether some line of the strip differs from the next along its length: all in one
    direction, or in any where the line itself is of one colour."""
    steps = strip[1:] - strip[:-1]
    mean = steps.mean(axis=1)
    toward = mean / np.maximum(np.sqrt((mean * mean) @ _ONES), 1e-6)[:, None]
    along = np.matmul(steps, toward[:, :, None])[..., 0]
    if ((along > _LINE_STEP).mean(axis=1) > _LINE_SHARE).any():
        return True
    framed = ((steps * steps) @ _ONES > _LINE_STEP**2).mean(axis=1) > _FRAME_SHARE
    for line in strip[:-1][framed]:
        apart = np.abs(line - np.median(line, axis=0)) < _EVEN
        if (apart[:, 0] & apart[:, 1] & apart[:, 2]).mean() > _LINE_SHARE:
            return True
    return False
