"""Single damages, most of them augraphy's: what copiers, faxes, lamps and desks do to a paper.

Augraphy (MIT) is for development only. Strengths are kept where a person still reads every value;
each was looked at on cards and letters.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from random import Random
from typing import Any

import cv2
import numpy as np

from samples.damage import screen
from samples.draw import Floats, Pixels
from samples.scanner import generator

Effect = Callable[[Pixels, Random], Pixels]


def augraphy(name: str, image: Pixels, rng: Random, **options: Any) -> Pixels:
    """The augraphy effect of this name, the same for the same ``rng``.

    Augraphy draws from three global generators (random's, numpy's and numba's): all are seeded
    here, and the first two are put back afterwards.
    """
    import augraphy as library  # five seconds to import: only where something is worn
    import numba

    kept, kept_numpy = random.getstate(), np.random.get_state()
    seed = rng.getrandbits(31)
    random.seed(seed)
    np.random.seed(seed)
    _seed_compiled(numba, seed)
    try:
        made = getattr(library, name)(p=1, **options)(image.copy())
    finally:
        random.setstate(kept)
        np.random.set_state(kept_numpy)
    found = made[0] if isinstance(made, list | tuple) else made
    out = np.asarray(found, np.uint8)
    if out.ndim == 2:
        out = np.asarray(cv2.cvtColor(out, cv2.COLOR_GRAY2BGR), np.uint8)
    if out.shape[:2] != image.shape[:2]:
        out = np.asarray(cv2.resize(out, (image.shape[1], image.shape[0])), np.uint8)
    return out


_COMPILED: list[Callable[[int], None]] = []


def _seed_compiled(numba: Any, seed: int) -> None:
    if not _COMPILED:

        def plant(value: int) -> None:
            np.random.seed(value)

        _COMPILED.append(numba.njit(plant))
    _COMPILED[0](seed)


def low_ink(image: Pixels, rng: Random) -> Pixels:
    """A cartridge that runs dry: fine light lines."""
    name = rng.choice(("LowInkPeriodicLines", "LowInkRandomLines"))
    return augraphy(name, image, rng)


def drum(image: Pixels, rng: Random) -> Pixels:
    """Streaks of toner in the direction of the paper's run."""
    return _over_blank(
        image, rng, "DirtyDrum", line_width_range=(1, 3), line_concentration=0.04,
        noise_intensity=rng.uniform(0.2, 0.45), direction=rng.choice((0, 1)),
    )  # fmt: skip


def rollers(image: Pixels, rng: Random) -> Pixels:
    """Bands that dirty rollers leave, thinned to a third."""
    banded = _over_blank(image, rng, "DirtyRollers", line_width_range=(4, 9))
    return _mixed(image, banded, rng.uniform(0.2, 0.35))


def bad_copy(image: Pixels, rng: Random) -> Pixels:
    """Specks of a copy of a copy, in one part of the sheet."""
    return augraphy(
        "BadPhotoCopy", image, rng, noise_type=rng.choice((1, 2)), noise_value=(64, 160),
        noise_sparsity=(0.2, 0.5), noise_concentration=(0.03, 0.1), wave_pattern=0, edge_effect=0,
    )  # fmt: skip


def ink_bleed(image: Pixels, rng: Random) -> Pixels:
    """Ink that has run into the fibres."""
    return augraphy("InkBleed", image, rng, intensity_range=(0.2, 0.4), kernel_size=(3, 3))


def bleed_through(image: Pixels, rng: Random) -> Pixels:
    """What is printed on the other side shines through; at half size, since it is soft anyway."""
    small, _ = _reduced(image, max(image.shape[:2]) // 2)
    seen = augraphy("BleedThrough", small, rng, alpha=rng.uniform(0.08, 0.16))
    ghost = np.minimum(seen.astype(np.int16) - small, 0).astype(np.float32)
    big = cv2.resize(ghost, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray((image + big).clip(0, 255), np.uint8)


def gradient(image: Pixels, rng: Random) -> Pixels:
    """A lid that does not close: one side of the sheet darker."""
    small, _ = _reduced(image, 400)
    dark = augraphy(
        "LightingGradient", small, rng, max_brightness=255, min_brightness=150, mode="gaussian",
        transparency=0.6,
    )  # fmt: skip
    return _transferred(image, small, _mixed(small, dark, rng.uniform(0.35, 0.6)))


def mottled(image: Pixels, rng: Random) -> Pixels:
    """Fine noise of a scanner's sensor."""
    return augraphy("SubtleNoise", image, rng, subtle_range=rng.choice((5, 8, 10)))


def fax(image: Pixels, rng: Random) -> Pixels:
    """Black dots on white, as a fax machine sends them."""
    return augraphy("Faxify", image, rng, scale_range=(1.0, 1.15), monochrome=1,
                    monochrome_method="grayscale", halftone=0)  # fmt: skip


def shadow(image: Pixels, rng: Random) -> Pixels:
    """The photographer's own shadow."""
    small, _ = _reduced(image, 500)
    cast = augraphy(
        "ShadowCast", small, rng, shadow_opacity_range=(0.25, 0.5),
        shadow_iterations_range=(1, 2), shadow_color=(0, 0, 0),
    )  # fmt: skip
    return _transferred(image, small, cast)


def lamp(image: Pixels, rng: Random) -> Pixels:
    """A lamp mirrored in the picture, half as bright as augraphy makes it."""
    small, _ = _reduced(image, 300)
    lit = augraphy("ReflectedLight", small, rng, reflected_light_smoothness=0.8)
    return _transferred(image, small, _mixed(small, lit, 0.5))


def moire(image: Pixels, rng: Random) -> Pixels:
    """The beat of a display's grid with the camera's (samples/damage.py's, gentler)."""
    return _mixed(image, screen(image, rng), 0.45)


def dim(image: Pixels, rng: Random) -> Pixels:
    """A photo taken in the dusk: dark, with the sensor's noise."""
    level = rng.uniform(0.45, 0.7)
    noise = generator(rng).normal(0, rng.uniform(5, 9), image.shape)
    return (image * level + noise).clip(0, 255).astype(np.uint8)


def fold(image: Pixels, rng: Random) -> Pixels:
    """Creases of a letter that was folded in two, three or four: light on one side, dark on the
    other."""
    h, w = image.shape[:2]
    tone: Floats = np.ones((h, w), np.float32)
    for axis, count in ((0, rng.choice((1, 2))), (1, rng.choice((0, 1)))):
        size = (h, w)[axis]
        for n in range(1, count + 1):
            at = size * n / (count + 1) * rng.uniform(0.96, 1.04)
            place = np.arange(size, dtype=np.float32) - at
            wide = size * rng.uniform(0.02, 0.05)
            ramp = np.where(place > 0, -1.0, 0.5) * np.exp(-np.abs(place) / wide)
            line = 1 + rng.uniform(0.05, 0.12) * ramp - 0.25 * (np.abs(place) < 1.2)
            tone *= (line[:, None] if axis == 0 else line[None, :]).astype(np.float32)
    return (image * tone[..., None]).clip(0, 255).astype(np.uint8)


def holes(image: Pixels, rng: Random) -> Pixels:
    """Two or four holes of a punch at the left edge."""
    out = image.copy()
    h = out.shape[0]
    unit = h / 297
    count = rng.choice((2, 2, 4))
    black = rng.random() < 0.5
    for n in range(count):
        y = h / 2 + (n - (count - 1) / 2) * 80 * unit
        centre = (round(11 * unit), round(y))
        cv2.circle(
            out, centre, round(3 * unit), (36,) * 3 if black else (248,) * 3, -1, cv2.LINE_AA
        )
        if not black:
            cv2.circle(out, centre, round(3 * unit), (150,) * 3, 2, cv2.LINE_AA)
    return out


def staple(image: Pixels, rng: Random) -> Pixels:
    """A staple in the corner, with its shadow."""
    out = image.copy()
    unit = out.shape[0] / 297
    x, y = rng.uniform(5, 12) * unit, rng.uniform(5, 12) * unit
    a, b = (round(x), round(y)), (round(x + 9 * unit), round(y + rng.uniform(-5, 5) * unit))
    cv2.line(out, (a[0] + 2, a[1] + 3), (b[0] + 2, b[1] + 3), (150,) * 3, 3, cv2.LINE_AA)
    cv2.line(out, a, b, (90, 92, 96), max(2, round(0.6 * unit)), cv2.LINE_AA)
    return out


def _over_blank(image: Pixels, rng: Random, name: str, **options: Any) -> Pixels:
    """What the effect does to an empty sheet a third as large, laid over the picture: augraphy
    takes half a minute for whole sheets."""
    size = (image.shape[1] // 3, image.shape[0] // 3)
    blank = augraphy(name, np.full((size[1], size[0], 3), 255, np.uint8), rng, **options)
    dirt = cv2.resize(blank, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_LINEAR)
    return (image.astype(np.float32) * dirt / 255).clip(0, 255).astype(np.uint8)


def _reduced(image: Pixels, side: int) -> tuple[Pixels, float]:
    scale = min(1.0, side / max(image.shape[:2]))
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8), scale


def _transferred(image: Pixels, small: Pixels, changed: Pixels) -> Pixels:
    """What ``changed`` did to ``small``, done to the whole picture: smooth light only."""
    change: Floats = (changed.astype(np.float32) + 8) / (small.astype(np.float32) + 8)
    ratio = cv2.GaussianBlur(change, (0, 0), 4)
    big = cv2.resize(ratio, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_LINEAR)
    return (image * big).clip(0, 255).astype(np.uint8)


def _mixed(image: Pixels, other: Pixels, share: float) -> Pixels:
    return np.asarray(cv2.addWeighted(image, 1 - share, other, share, 0), np.uint8)
