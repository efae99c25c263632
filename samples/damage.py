"""Scans that are no good: out of focus, dazzled, cut off, photographed from a screen, copied.

For measuring how well damage is noticed (DOC-BLUR, DOC-GLARE, DOC-CUT, DOC-SCREEN, DOC-COPY): the
truth has ``quality`` with what is so and what is not.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

import cv2
import numpy as np

from samples.draw import Floats, Kit, Pixels
from samples.fonts import Shelf
from samples.phone import photograph
from samples.scanner import Shot, flatbed, generator, office
from samples.specimens import RECIPES, Specimen, make_truth

DAMAGES = ("none", "blur", "glare", "cut", "screen", "copy")
_KINDS = (
    "id_card", "hukou", "disability_gen2", "disability_gen3", "residence_permit",
    "social_security_card", "civil_affairs_proof", "application_form",
)  # fmt: skip


def blur(image: Pixels, rng: Random) -> Pixels:
    """So far out of focus, or shaken so far, that print runs together."""
    unit = max(image.shape[:2]) / 1280
    if rng.random() < 0.5:
        return np.asarray(cv2.GaussianBlur(image, (0, 0), rng.uniform(2.6, 4.5) * unit), np.uint8)
    length = round(rng.uniform(11, 20) * unit)
    angle = rng.uniform(0, math.pi)
    kernel = np.zeros((length, length), np.float32)
    centre = (length - 1) / 2
    for t in np.linspace(-centre, centre, length * 3):
        row = round(centre + t * math.sin(angle))
        kernel[row, round(centre + t * math.cos(angle))] = 1
    return np.asarray(cv2.filter2D(image, -1, kernel / kernel.sum()), np.uint8)


def glare(image: Pixels, rng: Random) -> Pixels:
    """A lamp's image so bright that nothing can be read under it."""
    h, w = image.shape[:2]
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    cx, cy = w * rng.uniform(0.35, 0.65), h * rng.uniform(0.35, 0.65)
    size = max(h, w) * rng.uniform(0.07, 0.12)
    turn = rng.uniform(0, math.pi)
    u = (x - cx) * math.cos(turn) + (y - cy) * math.sin(turn)
    v = (y - cy) * math.cos(turn) - (x - cx) * math.sin(turn)
    spot = 1 / (1 + np.exp((np.hypot(u / rng.uniform(1.2, 2.4), v) - size) / (size * 0.14)))
    lit: Floats = image + spot[..., None] * 330
    return lit.clip(0, 255).astype(np.uint8)


def cut(face: Pixels, rng: Random) -> Pixels:
    """A quarter or so of the paper lies outside the picture."""
    h, w = face.shape[:2]
    share = rng.uniform(0.14, 0.32)
    side = rng.choice(("left", "right", "top", "bottom"))
    if side == "left":
        return face[:, int(w * share) :]
    if side == "right":
        return face[:, : int(w * (1 - share))]
    if side == "top":
        return face[int(h * share) :]
    return face[: int(h * (1 - share))]


def screen(image: Pixels, rng: Random) -> Pixels:
    """A photo of a display: its grid beats with the camera's, its light flickers and is cold."""
    h, w = image.shape[:2]
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    lit: Floats = image.astype(np.float32)
    for channel in range(3):
        turn = rng.uniform(-0.2, 0.2)
        period = rng.uniform(2.05, 3.6)
        phase = channel * 2 * math.pi / 3
        grid = np.sin((x * math.cos(turn) + y * math.sin(turn)) * 2 * math.pi / period + phase)
        rows = np.sin((y * math.cos(turn) - x * math.sin(turn)) * 2 * math.pi / (period * 1.01))
        lit[..., channel] *= 1 + 0.09 * grid + 0.06 * rows
    beat = rng.uniform(18, 60)
    slant = rng.uniform(-0.6, 0.6)
    bands = np.sin((x + y * slant) * 2 * math.pi / beat + 2 * np.sin(y / rng.uniform(60, 200)))
    lit *= (1 + 0.05 * bands)[..., None]
    lit *= np.array([1.1, 1.0, 0.92], np.float32)
    return lit.clip(0, 255).astype(np.uint8)


def _damaged(damage: str, face: Pixels, rng: Random, kit: Kit) -> Shot:
    if damage == "copy":
        return office([face], rng, kit, grey=True, stamp=False)
    if damage == "cut":
        # against the edge of the glass or of the picture: no ground is seen beyond the paper
        part = cut(face, rng)
        grain = generator(rng).normal(0, 2, part.shape).astype(np.float32)
        kept = (part + grain).clip(0, 255).astype(np.uint8)
        return Shot(kept, {"kind": "flatbed300", "rotation": 0}, 84)
    shot = photograph(face, rng, long_side=1920, gentle=True)
    if damage == "none":
        return shot if rng.random() < 0.5 else flatbed(face, rng)
    change: dict[str, Callable[[Pixels, Random], Pixels]] = {
        "blur": blur, "glare": glare, "screen": screen,
    }  # fmt: skip
    return Shot(change[damage](shot.image, rng), shot.capture, shot.quality)


def make_damaged(damage: str, seed: str, index: int, shelf: Shelf) -> Specimen:
    """The ``index``-th specimen with this damage."""
    rng = Random(f"{seed}/damage/{damage}/{index}")
    kind = _KINDS[index % len(_KINDS)]
    recipe = RECIPES[kind]
    kit = Kit(rng, shelf)
    face = recipe.draw(recipe.person(rng), kit)[0]
    shot = _damaged(damage, face.image, rng, kit)
    views = (view for view, faces in recipe.views if face.name in faces)
    name = next(views, recipe.views[0][0])
    truth = make_truth(name, "damaged", [face], shot)
    truth["capture"]["damage"] = damage
    truth["quality"] = {what: what == damage for what in DAMAGES if what != "none"}
    return Specimen(shot.image, shot.quality, truth)
