"""How a card is held before a phone: in a sleeve, by a thumb."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

import cv2
import numpy as np

from samples.draw import Floats, Pixels
from samples.scanner import turn


def sleeved(face: Pixels, rng: Random) -> Pixels:
    """In a plastic sleeve: a wider, milky sheet with streaks of light."""
    pad = rng.randrange(30, 70)
    out = cv2.copyMakeBorder(face, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=(214, 214, 210))
    lit: Floats = np.asarray(out, np.float32) * 0.92 + 16
    h, w = lit.shape[:2]
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    for _ in range(rng.randrange(1, 4)):
        slope, at = rng.uniform(-0.6, 0.6), rng.uniform(0, h)
        far = np.abs(y - at - slope * (x - w / 2))
        lit += (np.exp(-((far / rng.uniform(5, 16)) ** 2)) * rng.uniform(15, 45))[..., None]
    cv2.rectangle(lit, (3, 3), (w - 4, h - 4), (176.0, 176.0, 172.0), 3)
    return lit.clip(0, 255).astype(np.uint8)


def thumb(image: Pixels, capture: Mapping[str, Any], rng: Random) -> Pixels:
    """A thumb over the card's edge, between the lines or beside them."""
    quad = np.array(capture["corners"], np.float32)
    left, right = (0, 3), (1, 2)
    a, b = quad[list(rng.choice((left, right)))]
    middle = quad.mean(axis=0)
    at = a + (b - a) * rng.uniform(0.25, 0.75)
    inward = (middle - at) / max(float(np.linalg.norm(middle - at)), 1.0)
    size = float(np.linalg.norm(b - a)) * 0.11
    tip = at + inward * size * 0.25
    far = at - inward * size * 9
    layer: Any = np.zeros(image.shape[:2], np.uint8)
    ends = [(int(p[0]), int(p[1])) for p in (tip, far)]
    cv2.line(layer, ends[0], ends[1], (255,), round(size * 1.5), cv2.LINE_AA)
    turned = turn(layer[..., None].repeat(3, axis=2), (360 - capture["rotation"]) % 360)
    return _skin(image, turned[..., 0] if turned.shape[:2] == image.shape[:2] else layer, rng)


def _skin(image: Pixels, mask: Pixels, rng: Random) -> Pixels:
    soft = cv2.GaussianBlur(mask, (0, 0), 2).astype(np.float32)[..., None] / 255
    inner = cv2.distanceTransform((mask > 127).astype(np.uint8), cv2.DIST_L2, 3)
    light = np.clip(inner / max(float(inner.max()), 1.0), 0, 1)[..., None]
    tone = np.array(rng.choice(((130, 160, 206), (108, 140, 190), (150, 180, 222))), np.float32)
    skin = tone * (0.62 + 0.45 * light)
    drop = cv2.GaussianBlur(mask, (0, 0), 14).astype(np.float32)[..., None] / 255
    under = image * (1 - 0.35 * drop)
    return (under * (1 - soft) + skin * soft).clip(0, 255).astype(np.uint8)
