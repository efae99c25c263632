"""What becomes of papers at each level.

``flatbed`` scans of the papers themselves; ``office`` copies with stamps and slanting words;
``phone`` photos on tables and newspapers, held by hand or in a sleeve; ``hard`` faxes, poor toner,
dusk, screens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from random import Random
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw

from samples.any_hand import ageing
from samples.any_hand.holding import sleeved, thumb
from samples.draw import DPI, Floats, Kit, Pixels
from samples.grounds import GROUNDS
from samples.phone import photograph
from samples.scanner import A4_MM, Shot, attest, generator, lay_out, rounded, to_upright, turn

LEVELS = ("flatbed", "office", "phone", "hard")
_WORDS = (
    "仅限办理灵活就业参保使用", "仅限办理社保业务使用", "仅供办理参保登记使用",
    "此件仅用于档案转递", "仅限医保参保使用 他用无效",
)  # fmt: skip


_MANNERS: Mapping[str, tuple[str, ...]] = {"hard": ("fax", "toner", "dusk", "screen")}
PHOTOS = ("phone", "dusk", "screen")
"""Manners that show one face only."""


def manner(level: str, rng: Random) -> str:
    """How a picture of this level is taken: the level, or one of the hard manners."""
    return rng.choice(_MANNERS.get(level, (level,)))


def wear(images: list[Pixels], how: str, rng: Random, kit: Kit, *, card: bool) -> Shot:
    """One picture of these faces, taken in this manner.

    Raises KeyError for another manner, ValueError for a photo of several faces.
    """
    if how in PHOTOS and len(images) > 1:
        raise ValueError(f"{how} shows one face")
    makers: Mapping[str, Callable[..., Shot]] = {
        "flatbed": _flatbed, "office": _office, "phone": _phone,
        "dusk": partial(_dim_photo, how=how), "screen": partial(_dim_photo, how=how),
        "fax": partial(_poor_copy, how=how), "toner": partial(_poor_copy, how=how),
    }  # fmt: skip
    return makers[how](images, rng, kit, card=card)


# ---------------------------------------------------------------------- flatbed


def _flatbed(images: list[Pixels], rng: Random, kit: Kit, *, card: bool) -> Shot:
    del kit
    lid = rng.choice(((252, 252, 252), (252, 252, 252), (226, 226, 224), (30, 30, 32)))
    capture: dict[str, Any] = {"lid": "dark" if lid[0] < 99 else "light"}
    if not card and len(images) > 1:
        sheet, capture["layout"] = lay_out(images, rng)
        dpi, capture["kind"] = 200, "scan_a4"
    elif card and (len(images) > 1 or rng.random() < 0.35):
        sheet, dpi = _scattered([rounded(i, ground=lid[0]) for i in images], rng, lid), 200
        capture["kind"] = "scan_a4"
    else:
        sheet, dpi = _with_margin(images[0], rng, lid), 300 if card else 200
        capture["kind"] = "scan_crop" if card else "scan_page"
    sheet = _scaled(sheet, dpi)
    if rng.random() < 0.5:
        sheet = ageing.mottled(sheet, rng)
    return _turned(sheet, rng, capture, 0.2, rng.choice((80, 85, 90)))


def _with_margin(face: Pixels, rng: Random, lid: tuple[int, int, int]) -> Pixels:
    top, bottom, left, right = (rng.randrange(14, 90) for _ in range(4))
    sheet = cv2.copyMakeBorder(face, top, bottom, left, right, cv2.BORDER_CONSTANT, value=lid)
    return _skewed(np.asarray(sheet, np.uint8), rng, 0.6, lid)


def _scattered(faces: list[Pixels], rng: Random, lid: tuple[int, int, int]) -> Pixels:
    """Cards on an A4 glass, one below the other, each a little askew."""
    width, height = (round(v * DPI / 25.4) for v in A4_MM)
    sheet = np.full((height, width, 3), lid, np.uint8)
    band = height // max(len(faces), 2)
    for index, face in enumerate(faces):
        angle = rng.gauss(0, 1.5)
        h, w = face.shape[:2]
        left = rng.randrange(40, max(41, width - w - 80))
        top = index * band + rng.randrange(60, max(61, band - h - 60))
        _put(sheet, face, left, top, angle)
    return sheet


def _put(sheet: Pixels, face: Pixels, left: int, top: int, angle: float) -> None:
    h, w = face.shape[:2]
    matrix: Floats = np.asarray(cv2.getRotationMatrix2D((w / 2, h / 2), angle, 1.0), np.float64)
    matrix[:, 2] += (left, top)
    size = (sheet.shape[1], sheet.shape[0])
    laid = cv2.warpAffine(face, matrix, size, flags=cv2.INTER_AREA)
    mask = cv2.warpAffine(np.full((h, w), 255, np.uint8), matrix, size)
    halo = cv2.GaussianBlur(mask, (0, 0), 6).astype(np.float32) / 255 * 0.15
    alpha = (mask.astype(np.float32) / 255)[..., None]
    under = sheet * (1 - halo[..., None])
    sheet[:] = (under * (1 - alpha) + laid * alpha).astype(np.uint8)


# ---------------------------------------------------------------------- office

_COPIES: tuple[ageing.Effect, ...] = (
    ageing.low_ink, ageing.drum, ageing.rollers, ageing.bad_copy, ageing.ink_bleed,
    ageing.bleed_through, ageing.gradient,
)  # fmt: skip
_HANDLING: tuple[ageing.Effect, ...] = (ageing.fold, ageing.holes, ageing.staple)


def _office(images: list[Pixels], rng: Random, kit: Kit, *, card: bool) -> Shot:
    capture: dict[str, Any] = {"kind": "copy", "grey": rng.random() < 0.65}
    faces = [rounded(i) for i in images] if card else images
    sheet, capture["layout"] = lay_out(faces, rng)
    if rng.random() < 0.25:
        sheet = _slanting(sheet, rng, kit)
        capture["slanting"] = True
    if rng.random() < 0.3:
        sheet, capture["stamp"] = attest(sheet, rng, kit)
    sheet = _scaled(sheet, 200)
    if capture["grey"]:
        sheet = _grey(sheet, rng)
    effects = rng.sample(_COPIES, rng.choice((1, 1, 2)))
    if rng.random() < 0.3:
        effects.append(rng.choice(_HANDLING))
    for effect in effects:
        sheet = effect(sheet, rng)
    capture["effects"] = [e.__name__ for e in effects]
    sheet = _skewed(sheet, rng, 0.9, (250, 250, 250))
    return _turned(sheet, rng, capture, 0.25, rng.choice((62, 70, 78)))


def _grey(sheet: Pixels, rng: Random) -> Pixels:
    tone: Floats = cv2.cvtColor(sheet, cv2.COLOR_BGR2GRAY).astype(np.float32)
    low, high = rng.uniform(10, 45), rng.uniform(215, 245)
    tone = np.clip((tone - low) / (high - low), 0, 1) * 255
    return np.asarray(cv2.cvtColor(tone.astype(np.uint8), cv2.COLOR_GRAY2BGR), np.uint8)


def _slanting(sheet: Pixels, rng: Random, kit: Kit) -> Pixels:
    """仅限办理…使用, aslant and grey, once or in rows across the sheet."""
    words, h, w = rng.choice(_WORDS), sheet.shape[0], sheet.shape[1]
    face = kit.ink("hei").face
    size = round(rng.uniform(0.028, 0.045) * w)
    tile = Image.new("L", (w * 2, h * 2), 0)
    pen = ImageDraw.Draw(tile)
    gap = round(h * rng.uniform(0.16, 0.4))
    for row, y in enumerate(range(gap, 2 * h, gap)):
        x = float(w * 0.3 + (row % 2) * w * 0.2)
        while x < 2 * w:
            for char in words:
                font = face.at(char, size)
                pen.text((x, y), char, 255, font, anchor="ls")
                x += font.getlength(char)
            x += size * 8
    tile = tile.rotate(rng.uniform(20, 40), Image.Resampling.BILINEAR)
    mask = np.asarray(tile.crop((w // 2, h // 2, w // 2 + w, h // 2 + h)), np.float32) / 255
    colour = np.array(rng.choice(((120, 120, 120), (80, 80, 190), (150, 110, 90))), np.float32)
    alpha = (mask * rng.uniform(0.16, 0.3))[..., None]
    return (sheet * (1 - alpha) + np.minimum(sheet, colour) * alpha).astype(np.uint8)


# ---------------------------------------------------------------------- phone


def _phone(images: list[Pixels], rng: Random, kit: Kit, *, card: bool) -> Shot:
    long_side = rng.choice((1440, 1600, 1920, 2400)) if card else rng.choice((2000, 2400, 3000))
    face = images[0]
    extra: list[str] = []
    if card and rng.random() < 0.2:
        face = sleeved(face, rng)
        extra.append("sleeve")
    if not card and rng.random() < 0.4:
        face = ageing.fold(face, rng)
        extra.append("fold")
    ground = None
    if rng.random() < 0.45:
        name = rng.choice(tuple(GROUNDS))
        ground = lambda h, w: GROUNDS[name](rng, kit, h, w)  # noqa: E731
        extra.append(name)
    shot = photograph(face, rng, long_side=long_side, gentle=True, ground=ground)
    image, upright = shot.image, shot.capture["rotation"]
    if rng.random() < 0.35 and card:
        image = thumb(image, shot.capture, rng)
        extra.append("thumb")
    if rng.random() < 0.35:
        effect = rng.choice((ageing.shadow, ageing.lamp))
        image = effect(image, rng)
        extra.append(effect.__name__)
    shot.capture.update(kind="phone", rotation=upright, effects=extra)
    return Shot(image, shot.capture, rng.randrange(66, 90))


# ---------------------------------------------------------------------- hard


def _dim_photo(images: list[Pixels], rng: Random, kit: Kit, *, card: bool, how: str) -> Shot:
    """A photo in the dusk, or of a display."""
    shot = _phone(images, rng, kit, card=card)
    effect = ageing.dim if how == "dusk" else ageing.moire
    image = effect(shot.image, rng)
    if rng.random() < 0.4:
        image = _by_chat(image)
        shot.capture["chat"] = True
    return Shot(image, {**shot.capture, "kind": how}, rng.randrange(58, 76))


def _poor_copy(images: list[Pixels], rng: Random, kit: Kit, *, card: bool, how: str) -> Shot:
    """A fax, or a copy by a cartridge that is nearly empty."""
    del kit
    faces = [rounded(i) for i in images] if card else images
    # a fax machine has no dots for the small print of a card: clerks enlarge it on the copier
    if how == "fax" and card:
        faces = [np.asarray(cv2.resize(f, None, fx=1.5, fy=1.5), np.uint8) for f in faces]
    sheet, _ = lay_out(faces, rng)
    sheet = _grey(_scaled(sheet, 200), rng)
    if how == "fax":
        sheet = ageing.fax(sheet, rng)
    else:
        pale = 255 - (255 - sheet.astype(np.float32)) * rng.uniform(0.4, 0.6)
        specks = generator(rng).normal(0, 4, sheet.shape)
        sheet = ageing.low_ink((pale + specks).clip(0, 255).astype(np.uint8), rng)
    sheet = _skewed(sheet, rng, 1.2, (250, 250, 250))
    return _turned(sheet, rng, {"kind": how}, 0.3, rng.randrange(50, 70))


def _by_chat(image: Pixels) -> Pixels:
    """As a chat program passes pictures on: 1280 pixels, compressed hard."""
    scale = min(1.0, 1280 / max(image.shape[:2]))
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    coded = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 62])[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)


# ---------------------------------------------------------------------- common


def _scaled(sheet: Pixels, dpi: int) -> Pixels:
    scale = dpi / DPI
    return np.asarray(
        cv2.resize(sheet, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
    )


def _skewed(sheet: Pixels, rng: Random, sigma: float, lid: tuple[int, int, int]) -> Pixels:
    h, w = sheet.shape[:2]
    matrix = cv2.getRotationMatrix2D((w / 2, h / 2), rng.gauss(0, sigma), 1.0)
    return np.asarray(
        cv2.warpAffine(sheet, matrix, (w, h), flags=cv2.INTER_LINEAR, borderValue=lid), np.uint8
    )


def _turned(
    image: Pixels, rng: Random, capture: dict[str, Any], share: float, quality: int
) -> Shot:
    turned = rng.choice((90, 180, 270)) if rng.random() < share else 0
    capture["rotation"] = to_upright(turned)
    return Shot(turn(image, turned), capture, quality)
