"""Round and oval seals on a sheet: where they are. Pure, on pixels.

An official seal is a red ring of about 38 to 45 mm (国发〔1999〕25号), with the body's name along
the rim, mostly a star in the middle, and at times a line of text below it. On colour scans the
ring is looked for in red ink alone; black print that runs through it does not matter. Titles,
ticks, underlines and square stamps have no ring. On grey copies a ring of any ink is a hint.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.image import Points, darkest, grey_of, redness, shrink
from pipeline.marks.red_print import without_print
from pipeline.model import Image

LOOK_PX = 1000
"""Long side at which rings are looked for."""
RED = (18.0, 11.0, 7.0)
"""Grey levels of red beyond the paper's own from which a pixel may be a seal's: first full ink,
then paler ones where no ring was found."""
SEAL_SIZES = (0.09, 0.42)
"""A seal's width as a share of the sheet's short side: 42 mm on A4 are 0.2, on half a page 0.3."""
STAMP = 0.12
"""A round patch's width from which it is no character of a letterhead (GB/T 9704: below 22 mm), as
a share of the short side."""
ROUND = 0.5
"""Short axis over long axis, at least: oval seals have 0.67, seen aslant less."""
SEAL_CERTAIN, POSSIBLE = 0.62, 0.4
"""Share of the ring that is there, of what lies on the sheet."""
SEAL_WITHIN = 0.35
"""Share of the ring that lies on the sheet, at least: a seal on a sheet's edge."""
SEAL_FILLED = 0.62
"""Share of red within the ring from which it is a disc, no seal: emblems, red grounds."""
COLOURED = 14
"""Grey levels between the channels from which a pixel is coloured."""
COLOURED_SHARE = 2e-4

_ANGLES = 180
_TRIES = 80
_SIGN = 0.05
"""Long side of an edge, as a share of the sheet's short side, below which it is a sign's: the
smallest ring sought has 0.12. On 148 scans and halves of scans the answer became another one 12
times: a ring more 7 times, one less 5 times."""
_SIGN_REACH_PX = 15
"""Pixels around a sign, of a picture 700 px long, among which there is paper."""
_GREY_RING = 0.72
_GREY_ALONE = 0.4
"""A true ring ends: a circle drawn a tenth larger must meet so much less ink, as a share of the
circle. Copies of seals differ by 0.53 and more, close text, where every circle meets edges, by
0.27 at most."""

SealState = Literal["yes", "no", "unsure"]


@dataclass(frozen=True, slots=True)
class Seal:
    """A ring: centre, half axes and turn of its ellipse, in pixels and degrees; ``ring`` is the
    share of it that was seen."""

    centre: tuple[float, float]
    axes: tuple[float, float]
    turn: float
    ring: float

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        edge = self.rim(72)
        (left, top), (right, bottom) = edge.min(axis=0), edge.max(axis=0)
        return float(left), float(top), float(right), float(bottom)

    def rim(self, count: int) -> Points:
        """``count`` points along the ring, clockwise from the long axis."""
        t = np.linspace(0, 2 * math.pi, count, endpoint=False)
        return self.at(np.stack([np.cos(t), np.sin(t)], axis=1))

    def at(self, unit: Points) -> Points:
        """Points given in the unit circle, in pixels."""
        turn = math.radians(self.turn)
        along = unit * np.array(self.axes)
        rotate = np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
        return np.asarray(along @ rotate + np.array(self.centre))

    def unit(self, points: Points) -> Points:
        """Pixels as points in the unit circle."""
        turn = math.radians(self.turn)
        rotate = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
        return np.asarray((points - np.array(self.centre)) @ rotate / np.array(self.axes))

    def scaled(self, factor: float) -> Seal:
        """The same in a picture ``factor`` times as large."""
        (x, y), (a, b) = self.centre, self.axes
        return Seal((x * factor, y * factor), (a * factor, b * factor), self.turn, self.ring)


def find_seals(image: Image) -> list[Seal]:
    """The red rings on a sheet, the surest first, the doubtful ones (``ring`` below CERTAIN) too.
    None on a grey picture."""
    if image.ndim == 2:
        return []
    small, factor = shrink(image, LOOK_PX)
    white = balanced(small)
    red, full = redness(white), redness(white, even=True)
    best: list[Seal] = []
    for level in RED:
        mask = _stamps((red > level).astype(np.uint8))
        found = [seal for blob in _blobs(mask) if (seal := _ring(blob, mask)) is not None]
        seals = [seal for seal in found if not _is_disc(seal, full > level)]
        seals.sort(key=lambda s: -s.ring)
        if seals and (not best or seals[0].ring > best[0].ring):
            best = seals
        if best and best[0].ring >= SEAL_CERTAIN:
            break
    return [seal.scaled(1 / factor) for seal in best]


def seal_state(image: Image, seals: list[Seal]) -> SealState:
    """Whether a sheet bears a seal, by the red rings found on it. On a picture without colour
    nothing is certain: a seal may have faded, and a ring of any ink may be one."""
    if any(seal.ring >= SEAL_CERTAIN for seal in seals):
        return "yes"
    if seals or not is_coloured(image) or has_grey_ring(image):
        return "unsure"
    small, _ = shrink(image, LOOK_PX)
    least = SEAL_SIZES[0] * min(small.shape[:2])
    red = _stamps((redness(balanced(small)) > RED[-1]).astype(np.uint8))
    for w, h in _boxes(_closed(red)):
        if max(w, h) >= least and min(w, h) >= 0.4 * least and max(w, h) < 4 * min(w, h):
            return "unsure"  # red of a seal's size that is no ring: covered, too faint, or square
    return "no"


def is_coloured(image: Image) -> bool:
    """Whether a picture came from a colour scan, as far as can be seen: something on it has a
    colour, or the paper itself is tinted."""
    if image.ndim == 2:
        return False
    small, _ = shrink(image, LOOK_PX)
    chroma = small.max(axis=2).astype(np.int16) - darkest(small)
    return float(np.mean(chroma > COLOURED)) > COLOURED_SHARE or float(np.median(chroma)) > 1.5


def has_grey_ring(image: Image) -> bool:
    """Whether a ring of a seal's size lies on the sheet, in whatever ink."""
    small, _ = shrink(grey_of(image), 700)
    short = min(small.shape)
    smooth = _without_signs(np.asarray(cv2.GaussianBlur(small, (0, 0), 1.0), np.uint8))
    found = cv2.HoughCircles(
        smooth, cv2.HOUGH_GRADIENT, 2, short / 8, param1=90, param2=60,
        minRadius=round(short * 0.06), maxRadius=round(short * 0.17),
    )  # fmt: skip
    if found is None:
        return False
    edges = cv2.dilate(cv2.Canny(smooth, 30, 90), np.ones((3, 3), np.uint8)) > 0
    for x, y, r in found.reshape(-1, 3)[:8]:
        ring = _share_on_circle(edges, x, y, r)
        if ring >= _GREY_RING and ring - _share_on_circle(edges, x, y, 1.1 * r) >= _GREY_ALONE:
            return True
    return False


def _without_signs(grey: Image) -> Image:
    """The picture with everything small wiped out to the paper around it: circles are sought
    among what is left in a fifth of the time that a page full of print takes."""
    edges = cv2.Canny(grey, 45, 90)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(edges, connectivity=8)
    long = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    small = long < _SIGN * min(grey.shape)
    small[0] = False
    near = cv2.dilate(small[labels].astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    paper = cv2.dilate(grey, np.ones((_SIGN_REACH_PX, _SIGN_REACH_PX), np.uint8))
    return np.asarray(np.where(near, paper, grey), np.uint8)


def _share_on_circle(mask: NDArray[np.bool_], x: float, y: float, radius: float) -> float:
    t = np.linspace(0, 2 * math.pi, _ANGLES, endpoint=False)
    xs = np.rint(x + radius * np.cos(t)).astype(int).clip(0, mask.shape[1] - 1)
    ys = np.rint(y + radius * np.sin(t)).astype(int).clip(0, mask.shape[0] - 1)
    return float(mask[ys, xs].mean())


def balanced(image: Image) -> Image:
    """The picture with its paper made white: under a bluish lamp red ink is no redder than the
    paper is blue. The paper is what is brightest on most of the picture."""
    small, _ = shrink(image, 300)
    bright = small[small.sum(axis=2) >= np.percentile(small.sum(axis=2), 60)]
    paper = np.maximum(bright.mean(axis=0), 40.0)
    gains = (255.0 / paper).astype(np.float32)
    white: Image = np.clip(image * gains, 0, 255).astype(np.uint8)
    return white


def _stamps(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The red pixels without rows of print. What lies within a round patch of a seal's size stays:
    in a faint seal the characters at its top are such a row."""
    kept = without_print(mask)
    closed, short = _closed(mask), min(mask.shape)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    wide, tall = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    long, narrow = np.maximum(wide, tall), np.minimum(wide, tall)
    whole = (long >= STAMP * short) & (long <= SEAL_SIZES[1] * short) & (narrow > 0.8 * long)
    whole[0] = False
    return np.asarray(kept | (mask * whole[labels]), np.uint8)


def _closed(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Parts of one stamp run together: the gaps between its characters are below 1/60 of A4."""
    reach = max(3, round(min(mask.shape) / 50)) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    return np.asarray(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, kernel), np.uint8)


def _boxes(closed: NDArray[np.uint8]) -> list[tuple[int, int]]:
    """Width and height of each patch."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    return [(int(w), int(h)) for _, _, w, h, _ in stats[1:]]


def _blobs(mask: NDArray[np.uint8]) -> Iterator[Points]:
    """The red pixels (x, y) of each patch large enough for a seal."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(_closed(mask), connectivity=8)
    short = min(mask.shape)
    for i in range(1, len(stats)):
        x, y, w, h, _ = (int(v) for v in stats[i])
        if max(w, h) < SEAL_SIZES[0] * short or min(w, h) < SEAL_SIZES[0] * short * 0.4:
            continue
        part = mask[y : y + h, x : x + w] & (labels[y : y + h, x : x + w] == i)
        ys, xs = np.nonzero(part)
        if len(xs) > 40:
            yield np.stack([xs + x, ys + y], axis=1).astype(np.float64)


def _ring(blob: Points, mask: NDArray[np.uint8]) -> Seal | None:
    """The ellipse that most of the patch's outermost pixels lie on, or None."""
    rng = np.random.default_rng(len(blob))  # the same pixels give the same ring
    best: Seal | None = None
    outer = _outermost(blob)
    for trial in range(_TRIES):
        chosen = outer if trial == 0 else outer[rng.choice(len(outer), 7, replace=False)]
        seal = _fit(chosen, mask)
        if seal is None:
            continue
        seal = _measured(seal, mask)
        if best is None or seal.ring > best.ring:
            best = seal
    if best is None:
        return None
    for _ in range(2):
        near = blob[np.abs(np.linalg.norm(best.unit(blob), axis=1) - 1) < 0.07]
        again = _fit(near, mask) if len(near) > 30 else None
        if again is not None and (again := _measured(again, mask)).ring >= best.ring - 0.02:
            best = again
    return best if best.ring >= POSSIBLE else None


def _is_disc(seal: Seal, red: NDArray[np.bool_]) -> bool:
    """Whether most of what the ring encloses is red: an emblem or a red ground."""
    inner = np.zeros(red.shape, np.uint8)
    points = seal.at(0.88 * seal.unit(seal.rim(72)))
    cv2.fillPoly(inner, [points.round().astype(np.int32)], (1,))
    return bool(inner.any()) and float(red[inner > 0].mean()) > SEAL_FILLED


def _outermost(blob: Points) -> Points:
    """The farthest pixel in each direction from the patch's middle."""
    low, high = blob.min(axis=0), blob.max(axis=0)
    away = blob - (low + high) / 2
    sector = ((np.arctan2(away[:, 1], away[:, 0]) / (2 * math.pi) + 0.5) * _ANGLES).astype(int)
    order = np.argsort(np.linalg.norm(away, axis=1))
    last = np.full(_ANGLES + 1, -1)
    last[sector[order]] = order
    return np.asarray(blob[last[last >= 0]])


def _fit(points: Points, mask: NDArray[np.uint8]) -> Seal | None:
    """An ellipse of a seal's size and shape through the points."""
    if len(points) < 6:
        return None
    (x, y), (w, h), turn = cv2.fitEllipseDirect(points.astype(np.float32).reshape(-1, 1, 2))
    short = min(mask.shape)
    long_axis, short_axis = max(w, h), min(w, h)
    if (
        not SEAL_SIZES[0] * short <= long_axis <= SEAL_SIZES[1] * short
        or short_axis < ROUND * long_axis
    ):
        return None
    return Seal((x, y), (w / 2, h / 2), turn, 0.0)


def _measured(seal: Seal, mask: NDArray[np.uint8]) -> Seal:
    """The ring with the share of it that is red, of what lies on the sheet; 0 where hardly any
    of it does, or where it is not thin: red goes on beyond it."""
    height, width = mask.shape
    unit = seal.rim(_ANGLES)
    on = (
        (unit[:, 0] >= 1) & (unit[:, 0] < width - 2) & (unit[:, 1] >= 1) & (unit[:, 1] < height - 2)
    )
    if on.mean() < SEAL_WITHIN:
        return seal
    t = np.linspace(0, 2 * math.pi, _ANGLES, endpoint=False)
    circle = np.stack([np.cos(t), np.sin(t)], axis=1)

    def red(radius: float) -> NDArray[np.bool_]:
        points = np.rint(seal.at(circle * radius)).astype(int)
        xs, ys = points[:, 0].clip(0, width - 1), points[:, 1].clip(0, height - 1)
        return np.asarray(mask[ys, xs] > 0)

    step = 1.2 / max(8.0, min(seal.axes))
    ring = red(1 - step) | red(1.0) | red(1 + step)
    beyond = red(1.08) & red(1.13)
    share = float((ring & ~beyond)[on].mean()) * min(1.0, float(on.mean()) / 0.6)
    return Seal(seal.centre, seal.axes, seal.turn, share)
