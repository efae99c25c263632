"""A drawn portrait that the face models take for a person, and JPEG files of it.

No real person, no licence: skin, hair, ears, eyes and clothes are shaded ellipses with grain. It
tests the whole road from bytes to verdict; how well real ears and hats are told apart is measured
on real portraits (docs of validators/photo), which are not in the repository.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from io import BytesIO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pictures

from pipeline.model import Image

WIDTH, HEIGHT = 358, 441
_SCALE = 3
Colour = tuple[int, int, int]

SKIN: Colour = (130, 170, 222)
HAIR: Colour = (32, 30, 36)
CLOTHES: Colour = (96, 58, 36)


@dataclass(frozen=True)
class Sitter:
    """How the portrait is drawn; colours are BGR. ``ears``: left, right of the viewer."""

    background: Colour = (255, 255, 255)
    skin: Colour = SKIN
    hair: Colour = HAIR
    clothes: Colour = CLOTHES
    ears: tuple[bool, bool] = (True, True)
    cap: Colour | None = None
    knitted: bool = False
    mask: Colour | None = None
    glasses: Colour | None = None
    fringe: bool = False
    old: bool = False
    woman: bool = False
    seed: int = 1


def draw_portrait(sitter: Sitter | None = None) -> Image:
    """358 x 441 BGR, framed as the technical standard wants it."""
    return _drawn(sitter or Sitter()).copy()


@cache
def _drawn(sitter: Sitter) -> Image:
    rng = np.random.default_rng(sitter.seed)
    canvas = np.empty((HEIGHT * _SCALE, WIDTH * _SCALE, 3), np.float32)
    canvas[:] = sitter.background
    _body(canvas, sitter)
    if sitter.woman:
        _knot(canvas, sitter)
    if not all(sitter.ears):
        _long_hair(canvas, sitter)
    _head(canvas, sitter)
    _features(canvas, sitter)
    if sitter.old:
        _wrinkles(canvas, sitter)
    _worn(canvas, sitter)
    small = cv2.resize(canvas, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    person = np.abs(small - np.array(sitter.background, np.float32)).max(axis=-1) > 12
    grain = rng.normal(0, 4, small.shape[:2])[..., None] * person[..., None]
    return np.asarray(np.clip(small + grain, 0, 255), dtype=np.uint8)


def jpeg(
    image: Image, *, quality: int = 0, dpi: tuple[int, int] | None = (350, 350), size: int = 40_000
) -> bytes:
    """The picture as JPEG; without ``quality``, the highest that is not over ``size`` bytes."""
    picture = Pictures.fromarray(np.ascontiguousarray(image[..., ::-1]))

    def encode(q: int) -> bytes:
        out = BytesIO()
        if dpi is None:
            picture.save(out, "JPEG", quality=q, subsampling=0)
        else:
            picture.save(out, "JPEG", quality=q, subsampling=0, dpi=dpi)
        return out.getvalue()

    if quality:
        return encode(quality)
    low, high = 1, 100
    while low < high:
        middle = (low + high + 1) // 2
        if len(encode(middle)) <= size:
            low = middle
        else:
            high = middle - 1
    return encode(low)


def _ellipse(
    canvas: NDArray[np.float32],
    centre: tuple[float, float],
    axes: tuple[float, float],
    colour: Colour,
    *,
    angle: float = 0,
    shade: float = 0,
    soft: float = 1.2,
) -> None:
    """A soft-edged ellipse, darker by ``shade`` towards its rim."""
    drawn = np.zeros(canvas.shape[:2], np.float32)
    c = (round(centre[0] * _SCALE), round(centre[1] * _SCALE))
    a = (round(axes[0] * _SCALE), round(axes[1] * _SCALE))
    cv2.ellipse(drawn, c, a, angle, 0, 360, (1.0,), -1)
    mask = np.asarray(cv2.GaussianBlur(drawn, (0, 0), soft * _SCALE / 2), dtype=np.float32)
    ys, xs = np.indices(mask.shape, dtype=np.float32)
    rim = ((xs - c[0]) / max(a[0], 1)) ** 2 + ((ys - c[1]) / max(a[1], 1)) ** 2
    light = 1 - shade * np.clip(rim, 0, 1)
    paint = np.array(colour, np.float32) * light[..., None]
    canvas[:] = canvas * (1 - mask[..., None]) + paint * mask[..., None]


def _darker(colour: Colour, share: float) -> Colour:
    return (round(colour[0] * share), round(colour[1] * share), round(colour[2] * share))


def _body(canvas: NDArray[np.float32], sitter: Sitter) -> None:
    _ellipse(canvas, (179, 470), (175, 110), sitter.clothes, shade=0.2)
    _ellipse(canvas, (179, 360), (52, 60), _darker(sitter.skin, 0.86), shade=0.1)
    for side in (-1, 1):
        _ellipse(
            canvas,
            (179 + side * 62, 424),
            (26, 66),
            _darker(sitter.clothes, 0.75),
            angle=-28 * side,
        )


def _knot(canvas: NDArray[np.float32], sitter: Sitter) -> None:
    """Long hair behind the ears, seen beside the neck."""
    for side in (-1, 1):
        _ellipse(canvas, (179 + side * 66, 280), (26, 110), sitter.hair, angle=-6 * side, shade=0.3)


def _long_hair(canvas: NDArray[np.float32], sitter: Sitter) -> None:
    for side, bare in zip((-1, 1), sitter.ears, strict=True):
        if not bare:
            _ellipse(canvas, (179 + side * 92, 230), (38, 150), sitter.hair, shade=0.3)


def _head(canvas: NDArray[np.float32], sitter: Sitter) -> None:
    for side, bare in zip((-1, 1), sitter.ears, strict=True):
        if bare:
            ear = (179 + side * 104, 208)
            _ellipse(canvas, ear, (17, 32), sitter.skin, angle=8 * side, shade=0.12)
            _ellipse(canvas, (ear[0] + side, ear[1]), (7, 18), _darker(sitter.skin, 0.82), soft=4)
    _ellipse(canvas, (179, 125), (106, 106), sitter.hair, shade=0.25)
    _ellipse(canvas, (179, 208), (98, 128), sitter.skin, shade=0.22)
    _ellipse(canvas, (179, 100), (88, 46), sitter.hair, shade=0.2, soft=3)
    _hairline(canvas, sitter)
    for x in range(84, 276, 6):
        top, bottom = (x * _SCALE, 60 * _SCALE), ((179 + (x - 179) * 2 // 3) * _SCALE, 24 * _SCALE)
        cv2.line(canvas, top, bottom, _darker(sitter.hair, 2.2), 2)


def _hairline(canvas: NDArray[np.float32], sitter: Sitter) -> None:
    """Locks of unlike length: hair never ends in one even line, as a cap does."""
    rng = np.random.default_rng(sitter.seed)
    locks = np.zeros(canvas.shape[:2], np.float32)
    for i, x in enumerate(range(104, 256, 8)):
        edge = 100 + 46 * (1 - ((x - 179) / 88) ** 2) ** 0.5
        tip = edge + (1 if i % 2 else 6) + float(rng.uniform(0, 4))
        corners = np.array([[x - 8, edge - 14], [x + 8, edge - 14], [x, tip]]) * _SCALE
        cv2.fillPoly(locks, [np.round(corners).astype(np.int32)], (1.0,))
    mask = cv2.GaussianBlur(locks, (0, 0), 1.0 * _SCALE)[..., None]
    canvas[:] = canvas * (1 - mask) + np.array(sitter.hair, np.float32) * mask


def _wrinkles(canvas: NDArray[np.float32], sitter: Sitter) -> None:
    """Lines across the forehead, beside the mouth and under the eyes."""
    dark = _darker(sitter.skin, 0.8)
    for y in (152, 160, 168):
        _ellipse(canvas, (179, y), (46, 0.9), dark, soft=1)
    for side in (-1, 1):
        _ellipse(canvas, (179 + side * 42, 214), (20, 1.2), dark, angle=4 * side, soft=1.5)
        _ellipse(canvas, (179 + side * 38, 272), (2, 18), dark, angle=-24 * side, soft=3)
        _ellipse(canvas, (179 + side * 66, 196), (8, 0.9), dark, angle=14 * side, soft=1)


def _features(canvas: NDArray[np.float32], sitter: Sitter) -> None:
    skin = sitter.skin
    for side in (-1, 1):
        x = 179 + side * 42
        _ellipse(canvas, (x, 262), (26, 24), (skin[0], skin[1] - 8, min(skin[2] + 8, 255)), soft=16)
        _ellipse(canvas, (x, 196), (24, 15), _darker(skin, 0.9), soft=8)
        brow = 3 if sitter.woman else 5
        _ellipse(canvas, (x, 174), (26, brow), _darker(sitter.hair, 1.2), angle=-5 * side, soft=2)
        _ellipse(canvas, (x, 199), (18, 8), (236, 238, 240))
        _ellipse(canvas, (x, 199), (8, 8), (36, 48, 66))
        _ellipse(canvas, (x, 199), (4, 4), (12, 12, 14))
        _ellipse(canvas, (x + 3, 196), (2, 2), (250, 250, 250))
        _ellipse(canvas, (x, 191), (20, 2.4), (40, 44, 56))
        _ellipse(canvas, (179 + side * 12, 254), (6, 4), _darker(skin, 0.6), soft=3)
    _ellipse(canvas, (170, 226), (5, 30), _darker(skin, 0.9), soft=6)
    _ellipse(canvas, (184, 228), (6, 30), _darker(skin, 1.06), soft=6)
    _ellipse(canvas, (179, 250), (19, 11), _darker(skin, 0.97), soft=5)
    lips: Colour = (86, 70, 196) if sitter.woman else (104, 104, 190)
    _ellipse(canvas, (179, 286), (31, 7), lips)
    _ellipse(canvas, (179, 293), (26, 8), (lips[0] + 8, lips[1] + 12, lips[2] + 14), soft=2)
    _ellipse(canvas, (179, 288), (30, 1.6), (60, 60, 120))
    _ellipse(canvas, (179, 308), (20, 4), _darker(skin, 0.88), soft=6)


def _worn(canvas: NDArray[np.float32], sitter: Sitter) -> None:
    if sitter.fringe:
        _ellipse(canvas, (179, 138), (86, 42), sitter.hair, shade=0.2)
    if sitter.cap is not None:
        _ellipse(canvas, (179, 84), (112, 72), sitter.cap, shade=0.1)
        if sitter.knitted:
            ys, xs = np.indices(canvas.shape[:2], dtype=np.float32) / _SCALE
            ribs = 12 * np.sin(xs * 1.3) + 6 * np.sin(ys * 1.1)
            canvas += (ribs * (np.abs(canvas - sitter.cap).max(axis=-1) < 30))[..., None]
        else:
            _ellipse(canvas, (179, 148), (118, 14), _darker(sitter.cap, 0.8))
    if sitter.mask is not None:
        _ellipse(canvas, (179, 284), (90, 62), sitter.mask, shade=0.08)
    if sitter.glasses is not None:
        for side in (-1, 1):
            _ellipse(canvas, (179 + side * 42, 200), (34, 24), sitter.glasses)
