"""What a phone held by hand makes of a paper on a table (level ``phone``)."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random
from typing import Any

import cv2
import numpy as np

from samples.draw import Floats, Pixels
from samples.scanner import Shot, generator, to_upright, turn

TABLES = ("oak", "marble", "laminate", "checked", "leather", "white", "felt", "newsprint")


def noise(rng: Random, h: int, w: int, sigma: float) -> Floats:
    """Smooth noise with mean 0 and deviation 1, made small and stretched for speed."""
    scale = max(1.0, sigma / 3)
    small = generator(rng).standard_normal((max(4, int(h / scale)), max(4, int(w / scale))))
    smooth = cv2.GaussianBlur(small.astype(np.float32), (0, 0), sigma / scale)
    smooth = cv2.resize(smooth, (w, h), interpolation=cv2.INTER_LINEAR)
    return np.asarray((smooth - smooth.mean()) / max(float(smooth.std()), 1e-6), np.float32)


def table(kind: str, rng: Random, h: int, w: int) -> Floats:
    """A table top."""
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    if kind == "oak":
        rings = np.sin((y / h * rng.uniform(30, 60)) + 2.2 * noise(rng, h, w, h / 9)) * 11
        tone = rings + 7 * noise(rng, h, w, 2)
        base = rng.choice(((70, 110, 160), (50, 80, 118), (110, 150, 190)))
    elif kind == "marble":
        vein = np.abs(noise(rng, h, w, h / 14))
        tone = -38 * np.exp(-((vein / 0.08) ** 2)) + 4 * noise(rng, h, w, 5)
        base = rng.choice(((214, 216, 220), (120, 124, 128)))
    elif kind == "laminate":
        tone = 3 * noise(rng, h, w, 2.5)
        base = rng.choice(((150, 160, 166), (186, 200, 208), (96, 90, 84)))
    elif kind == "checked":
        cell = w / rng.uniform(12, 26)
        tone = 22 * ((x // cell % 2) + (y // cell % 2) - 1) + 6 * noise(rng, h, w, 1.5)
        base = rng.choice(((120, 80, 160), (130, 150, 90), (80, 90, 190)))
    elif kind == "leather":
        tone = 9 * noise(rng, h, w, 5) + 4 * noise(rng, h, w, 1.5)
        base = rng.choice(((40, 44, 62), (34, 34, 36), (60, 50, 44)))
    elif kind == "white":
        tone = 2 * noise(rng, h, w, 40)
        base = rng.choice(((232, 232, 230), (218, 224, 226)))
    elif kind == "felt":
        tone = 7 * noise(rng, h, w, 1.2)
        base = rng.choice(((70, 96, 50), (96, 60, 40)))
    else:
        line = np.where((y % (h / 60) < h / 110) & (noise(rng, h, w, 6) > -0.6), -70.0, 0.0)
        tone = line.astype(np.float32) * (noise(rng, h, w, 2.2) > 0) + 5 * noise(rng, h, w, 30)
        base = (196, 204, 206)
    return np.asarray(np.array(base, np.float32) + tone[..., None], np.float32)


def _corners(rng: Random, w: int, h: int, aspect: float) -> Floats:
    """Where the paper's corners fall: perspective, a small roll, some room around."""
    fill = rng.uniform(0.62, 0.92)
    pw = min(w * fill, h * fill * aspect)
    ph = pw / aspect
    tilt, roll = rng.uniform(-0.09, 0.09), math.radians(rng.gauss(0, 4))
    lean = rng.uniform(-0.09, 0.09)
    quad = []
    for sx, sy in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        x = sx * pw / 2 * (1 + tilt * sy)
        y = sy * ph / 2 * (1 + lean * sx)
        quad.append(
            (x * math.cos(roll) - y * math.sin(roll), x * math.sin(roll) + y * math.cos(roll))
        )
    points = np.array(quad, np.float32)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = min(1.0, 0.97 * w / (high[0] - low[0]), 0.97 * h / (high[1] - low[1]))
    points *= scale
    span = (high - low) * scale
    slack = np.maximum(np.array([w, h], np.float32) - span, 0) / 2
    shift = np.array(
        [rng.uniform(-0.8, 0.8) * slack[0], rng.uniform(-0.8, 0.8) * slack[1]], np.float32
    )
    centre = np.array([w / 2, h / 2], np.float32) - (low + high) * scale / 2
    return np.asarray(points + centre + shift, np.float32)


def _light(image: Floats, rng: Random, capture: dict[str, Any]) -> Floats:
    """Uneven light, the photographer's shadow, the colour of the lamp."""
    h, w = image.shape[:2]
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    angle = rng.uniform(0, 2 * math.pi)
    ramp = ((x / w - 0.5) * math.cos(angle) + (y / h - 0.5) * math.sin(angle)) * rng.uniform(
        0.1, 0.4
    )
    light = 1 + ramp
    if rng.random() < 0.45:
        angle = rng.uniform(0, 2 * math.pi)
        side = (x / w - rng.uniform(0.3, 0.7)) * math.cos(angle) + (
            y / h - rng.uniform(0.3, 0.7)
        ) * math.sin(angle)
        soft = rng.uniform(0.01, 0.06)
        light *= 1 - rng.uniform(0.2, 0.45) / (1 + np.exp(-side / soft))
        capture["shadow"] = True
    lamp = rng.choice(((1, 1, 1), (0.86, 0.97, 1.05), (1.05, 1.0, 0.94), (0.93, 1.0, 1.03)))
    return np.asarray(image * light[..., None] * np.array(lamp, np.float32), np.float32)


def _glare(image: Floats, rng: Random, quad: Floats) -> Floats:
    """A lamp mirrored in the lamination: bright, but mostly still legible."""
    h, w = image.shape[:2]
    s, t = rng.uniform(0.15, 0.85), rng.uniform(0.15, 0.85)
    top, bottom = quad[0] * (1 - s) + quad[1] * s, quad[3] * (1 - s) + quad[2] * s
    cx, cy = top * (1 - t) + bottom * t
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    size = float(np.linalg.norm(quad[1] - quad[0])) * rng.uniform(0.06, 0.13)
    far = ((x - cx) / (size * rng.uniform(1, 2.2))) ** 2 + ((y - cy) / size) ** 2
    spot = np.exp(-far) * rng.uniform(90, 190)
    return np.asarray(image + spot[..., None], np.float32)


def _soften(image: Floats, rng: Random, capture: dict[str, Any]) -> Floats:
    """Defocus or a shaking hand, in proportion to the picture's size."""
    unit = max(image.shape[:2]) / 1280
    draw = rng.random()
    if draw < 0.55:
        sigma = rng.uniform(0.4, 1.05) * unit
        capture["defocus_sigma"] = round(sigma, 2)
        return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.float32)
    if draw < 0.8:
        length = max(3, round(rng.uniform(2.2, 4.4) * unit))
        kernel = np.zeros((length, length), np.float32)
        angle = rng.uniform(0, math.pi)
        c = (length - 1) / 2
        for t in np.linspace(-c, c, length * 3):
            kernel[round(c + t * math.sin(angle)), round(c + t * math.cos(angle))] = 1
        capture["motion_px"] = length
        return np.asarray(cv2.filter2D(image, -1, kernel / kernel.sum()), np.float32)
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 0.45 * unit), np.float32)


def photograph(
    face: Pixels,
    rng: Random,
    *,
    long_side: int | None = None,
    gentle: bool = False,
    ground: Callable[[int, int], Floats] | None = None,
) -> Shot:
    """A hand-held photo of one paper, 1280 to 3000 pixels long; ``gentle``: without glare;
    ``ground`` draws what it lies on, by height and width, instead of a table of any kind."""
    long_side = long_side or rng.choice((1280, 1600, 1920, 2400, 3000))
    aspect = face.shape[1] / face.shape[0]
    w, h = (long_side, long_side * 3 // 4) if aspect > 1 else (long_side * 3 // 4, long_side)
    kind = rng.choice(TABLES)
    quad = _corners(rng, w, h, aspect)
    capture: dict[str, Any] = {
        "kind": f"phone{long_side}",
        "table": kind,
        "corners": [[round(float(v), 1) for v in p] for p in quad],
    }
    shrink = float(np.linalg.norm(quad[1] - quad[0])) / face.shape[1]
    if shrink < 0.7:
        face = np.asarray(
            cv2.resize(face, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), np.uint8
        )
    fh, fw = face.shape[:2]
    corners = np.array([(0, 0), (fw, 0), (fw, fh), (0, fh)], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, quad)
    laid = cv2.warpPerspective(face, matrix, (w, h), flags=cv2.INTER_CUBIC).astype(np.float32)
    radius = max(2, round(0.006 * fw))
    mask: Any = np.zeros((fh, fw), np.uint8)
    cv2.rectangle(mask, (radius, radius), (fw - radius, fh - radius), 255, -1)
    mask = cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1,) * 2))
    alpha = (cv2.warpPerspective(mask, matrix, (w, h)).astype(np.float32) / 255)[..., None]
    under = ground(h, w) if ground else table(kind, rng, h, w)
    drop = np.array([[1, 0, rng.uniform(-6, 10)], [0, 1, rng.uniform(2, 12)]], np.float32)
    thrown = cv2.GaussianBlur(cv2.warpAffine(alpha[..., 0], drop, (w, h)), (0, 0), max(w / 160, 3))
    under = under * (1 - 0.45 * thrown[..., None])
    image = _light(np.asarray(under * (1 - alpha) + laid * alpha, np.float32), rng, capture)
    if rng.random() < 0.3 and not gentle:
        image = _glare(image, rng, quad)
        capture["glare"] = True
    image = _soften(
        np.clip(image * rng.uniform(0.82, 1.06), 0, 255).astype(np.float32), rng, capture
    )
    grain = generator(rng).normal(0, rng.uniform(1.5, 5), image.shape).astype(np.float32)
    pixels = np.clip(image + grain, 0, 255).astype(np.uint8)
    turned = rng.choice((90, 180, 270)) if rng.random() < 0.35 else 0
    capture["rotation"] = to_upright(turned)
    return Shot(turn(pixels, turned), capture, rng.randrange(62, 93))
