"""What a flatbed and an office copier make of papers (levels ``flatbed`` and ``office``)."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

import cv2
import numpy as np
from PIL import Image

from samples.draw import DPI, Canvas, Floats, Kit, Pixels, to_bgr
from samples.layouts.dates import dotted, han
from samples.ornament import chop, signature
from samples.persons import TODAY

A4_MM = (210.0, 297.0)


@dataclass(frozen=True)
class Shot:
    """A picture of papers, with what was done to it and the JPEG quality to keep it at."""

    image: Pixels
    capture: dict[str, Any]
    quality: int


def generator(rng: Random) -> np.random.Generator:
    """A numpy generator that continues ``rng``."""
    return np.random.default_rng(rng.getrandbits(48))


def turn(image: Pixels, degrees: int) -> Pixels:
    """Turn clockwise by 0, 90, 180 or 270 degrees."""
    codes = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
    if degrees == 0:
        return image
    return np.asarray(cv2.rotate(image, codes[degrees]), np.uint8)


def to_upright(turned: int) -> int:
    """How far a picture turned clockwise by ``turned`` must be turned clockwise to stand."""
    return (360 - turned) % 360


def _grain(image: Floats, rng: Random, sigma: float) -> Pixels:
    noise = generator(rng).normal(0, sigma, image.shape[:2]).astype(np.float32)
    grain = noise[..., None] if image.ndim == 3 else noise
    return np.clip(image + grain, 0, 255).astype(np.uint8)


def _paste(sheet: Pixels, face: Pixels, left: int, top: int, angle: float, shade: float) -> None:
    """Lay a paper on the glass, with the thin shadow that its edge throws."""
    h, w = face.shape[:2]
    matrix = cv2.getRotationMatrix2D((w / 2, h / 2), angle, 1.0)
    matrix[0, 2] += left
    matrix[1, 2] += top
    size = (sheet.shape[1], sheet.shape[0])
    laid = cv2.warpAffine(face, matrix, size, flags=cv2.INTER_AREA)
    mask = cv2.warpAffine(np.full((h, w), 255, np.uint8), matrix, size)
    halo = cv2.GaussianBlur(mask, (0, 0), 5).astype(np.float32) / 255 * shade
    edge = sheet.astype(np.float32) * (1 - halo[..., None])
    alpha = (mask.astype(np.float32) / 255)[..., None]
    sheet[:] = (edge * (1 - alpha) + laid.astype(np.float32) * alpha).astype(np.uint8)


def rounded(face: Pixels, radius_mm: float = 3.2, ground: int = 252) -> Pixels:
    """Cut a card's corners round."""
    h, w = int(face.shape[0]), int(face.shape[1])
    r = round(radius_mm * DPI / 25.4)
    mask: Any = np.zeros((h, w), np.uint8)
    cv2.rectangle(mask, (r, 0), (w - r, h), 255, -1)
    cv2.rectangle(mask, (0, r), (w, h - r), 255, -1)
    for x, y in ((r, r), (w - r - 1, r), (r, h - r - 1), (w - r - 1, h - r - 1)):
        cv2.circle(mask, (x, y), r, (255,), -1, cv2.LINE_AA)
    alpha = (mask.astype(np.float32) / 255)[..., None]
    cut: Floats = face * alpha + ground * (1 - alpha)
    return cut.astype(np.uint8)


def flatbed(face: Pixels, rng: Random, *, turning: bool = True, dpi: int = DPI) -> Shot:
    """One paper on a flatbed, cropped a little wider than the paper."""
    margins = [rng.randrange(8, 90) for _ in range(4)]
    h, w = face.shape[:2]
    shape = (h + margins[0] + margins[2], w + margins[1] + margins[3], 3)
    sheet = np.full(shape, 252, np.uint8)
    angle = rng.gauss(0, 0.5)
    _paste(sheet, face, margins[1], margins[0], angle, rng.uniform(0.05, 0.25))
    scale = dpi / DPI
    sheet = np.asarray(cv2.resize(sheet, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
    image = cv2.GaussianBlur(sheet, (0, 0), rng.uniform(0.4, 0.8)).astype(np.float32)
    gain = rng.uniform(0.95, 1.05)
    tone = np.array([rng.uniform(0.98, 1.02) for _ in range(3)], np.float32)
    image = np.clip((image - 128) * gain + 128, 0, 255) * tone
    turned = rng.choice((90, 180, 270)) if turning and rng.random() < 0.15 else 0
    capture = {"kind": f"flatbed{dpi}", "skew_deg": round(angle, 2), "rotation": to_upright(turned)}
    return Shot(turn(_grain(image, rng, 1.6), turned), capture, rng.choice((82, 88, 92)))


def lay_out(faces: list[Pixels], rng: Random, shade: float = 0.12) -> tuple[Pixels, str]:
    """An A4 sheet at 300 DPI with the papers upon it: stacked, side by side or in a grid."""
    width, height = (round(v * DPI / 25.4) for v in A4_MM)
    if len(faces) == 1 and faces[0].shape[0] > 0.95 * height:
        whole = cv2.resize(faces[0], (width, height), interpolation=cv2.INTER_AREA)
        return np.asarray(whole, np.uint8), "page"
    how = "column"
    if len(faces) == 2 and sum(f.shape[1] for f in faces) < width - 300 and rng.random() < 0.3:
        how = "row"
    if len(faces) > 2 and all(f.shape[1] < width / 2 - 60 for f in faces):
        how = "grid"
    sheet = np.full((height, width, 3), 253, np.uint8)
    columns = {"column": 1, "row": 2, "grid": 2}[how]
    rows = -(-len(faces) // columns)
    cell_w, cell_h = width / columns, height * 0.92 / rows
    if how == "row" or (how == "column" and len(faces) == 1):
        cell_h = height * rng.uniform(0.55, 0.9)
    for index, face in enumerate(faces):
        room = min((cell_w - 50) / face.shape[1], (cell_h - 40) / face.shape[0], 1.0)
        if room < 1:
            face = np.asarray(
                cv2.resize(face, None, fx=room, fy=room, interpolation=cv2.INTER_AREA), np.uint8
            )
        column, row = index % columns, index // columns
        slack_x, slack_y = cell_w - face.shape[1], cell_h - face.shape[0]
        left = round(column * cell_w + slack_x * rng.uniform(0.3, 0.7))
        top = round(60 + row * cell_h + slack_y * rng.uniform(0.25, 0.6))
        _paste(sheet, face, left, top, rng.gauss(0, 0.8), shade)
    return sheet, how


def _bleed(sheet: Floats, rng: Random) -> Floats:
    """What is printed on the other side shines through, mirrored."""
    other = cv2.flip(sheet, 1)
    shift = np.array(
        [[1, 0, rng.randrange(-300, 300)], [0, 1, rng.randrange(-500, 500)]], np.float32
    )
    ghost = cv2.warpAffine(
        other, shift, (sheet.shape[1], sheet.shape[0]), borderValue=(253, 253, 253)
    )
    ghost = cv2.GaussianBlur(ghost, (0, 0), 4)
    faint: Floats = np.minimum(sheet, 255 - (255 - ghost) * rng.uniform(0.06, 0.13))
    return faint.astype(np.float32)


def attest(sheet: Pixels, rng: Random, kit: Kit) -> tuple[Pixels, str]:
    """与原件一致 as offices put it on copies: a stamp, a stamp with date, or a pen."""
    canvas = Canvas(1, 1, rng)
    canvas.image = Image.fromarray(np.ascontiguousarray(sheet[:, :, ::-1]))
    x, y = rng.uniform(25, 120), rng.uniform(40, 230)
    kind = rng.choice(("stamp", "stamp", "dated", "pen"))
    words = rng.choice(("与原件一致", "经核对与原件相符", "复印件与原件一致", "与原件核对无误"))
    colour = rng.choice(((200, 30, 40), (36, 50, 150), (200, 30, 40)))
    if kind == "pen":
        canvas.write(x, y, words, 6, kit.ink("hand", (28, 34, 96), "hand"))
        canvas.write(x + 4, y + 9, dotted(TODAY), 5, kit.ink("hand", (28, 34, 96), "hand"))
    else:
        chop(
            canvas,
            x,
            y,
            words,
            rng.uniform(4.6, 6.4),
            kit.ink(rng.choice(("song", "hei"))),
            colour=colour,
            frame=rng.random() < 0.7,
        )
        if kind == "dated":
            chop(canvas, x + 3, y + 11, han(TODAY), 4, kit.ink("song"), colour=colour, frame=False)
    return to_bgr(canvas.image), kind


def sign_copy(sheet: Pixels, rng: Random, kit: Kit, name: str) -> Pixels:
    """The applicant's signature at the foot of a copy (guide, 五, common material 3)."""
    canvas = Canvas(1, 1, rng)
    canvas.image = Image.fromarray(np.ascontiguousarray(sheet[:, :, ::-1]))
    signature(canvas, rng.uniform(110, 150), rng.uniform(255, 275), name, 9, kit.ink("hand"))
    return to_bgr(canvas.image)


def sign_card(face: Pixels, rng: Random, kit: Kit, name: str) -> Pixels:
    """A signature across the copied card itself, where nobody asked for it."""
    canvas = Canvas(1, 1, rng)
    canvas.image = Image.fromarray(np.ascontiguousarray(face[:, :, ::-1]))
    signature(canvas, rng.uniform(8, 36), rng.uniform(12, 36), name, 9, kit.ink("hand"))
    return to_bgr(canvas.image)


def office(
    faces: list[Pixels],
    rng: Random,
    kit: Kit,
    *,
    grey: bool | None = None,
    signed_by: str = "",
    stamp: bool | None = None,
    dpi: int = 200,
) -> Shot:
    """A copier's A4 page: the papers upon it, copied once and scanned at ``dpi``."""
    grey = rng.random() < 0.6 if grey is None else grey
    stamp = rng.random() < 0.35 if stamp is None else stamp
    sheet, how = lay_out(faces, rng)
    capture: dict[str, Any] = {"kind": "office200", "grey": grey, "layout": how}
    copied_first = grey and rng.random() < 0.7
    if copied_first:
        sheet = _photocopy(sheet, rng)
        capture["photocopy"] = True
    if stamp:
        sheet, capture["stamp"] = attest(sheet, rng, kit)
    if signed_by:
        sheet = sign_copy(sheet, rng, kit, signed_by)
        capture["signed"] = True
    if grey:
        tone = cv2.cvtColor(sheet, cv2.COLOR_BGR2GRAY)
        sheet = np.asarray(cv2.cvtColor(tone, cv2.COLOR_GRAY2BGR), np.uint8)
    skew = rng.gauss(0, 1.4)
    size = (round(A4_MM[0] * dpi / 25.4), round(A4_MM[1] * dpi / 25.4))
    image = cv2.resize(sheet, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    if rng.random() < 0.35:
        image = _bleed(image, rng)
        capture["bleed"] = True
    matrix = cv2.getRotationMatrix2D((size[0] / 2, size[1] / 2), skew, 1.0)
    image = cv2.warpAffine(
        image, matrix, size, flags=cv2.INTER_LINEAR, borderValue=(250, 250, 250)
    ).astype(np.float32)
    if rng.random() < 0.3:
        for _ in range(rng.randrange(1, 3)):
            at, wide = rng.randrange(size[0]), rng.randrange(1, 4)
            image[:, at : at + wide] *= rng.uniform(0.7, 0.93)
        capture["streak"] = True
    if rng.random() < 0.3:
        edge = np.linspace(rng.uniform(0.55, 0.85), 1, 60, dtype=np.float32)
        image[:, :60] *= edge[None, :, None]
        capture["dark_edge"] = True
    specks = generator(rng).random(image.shape[:2]) < rng.uniform(0, 4e-5)
    image[cv2.dilate(specks.astype(np.uint8), np.ones((2, 2), np.uint8)) > 0] = 90
    image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.35, 0.7)).astype(np.float32)
    turned = rng.choice((90, 180, 270)) if rng.random() < 0.2 else 0
    capture |= {"skew_deg": round(-skew, 2), "rotation": to_upright(turned)}
    return Shot(turn(_grain(image, rng, 2.2), turned), capture, rng.choice((55, 62, 70, 78)))


def _photocopy(sheet: Pixels, rng: Random) -> Pixels:
    """Grey, harder in contrast, a little ragged: a copy of the paper on copier stock."""
    tone: Floats = cv2.cvtColor(sheet, cv2.COLOR_BGR2GRAY).astype(np.float32)
    low, high = rng.uniform(25, 60), rng.uniform(205, 238)
    tone = np.clip((tone - low) / (high - low), 0, 1) ** rng.uniform(0.85, 1.25) * 255
    ragged = generator(rng).normal(0, 5, tone.shape).astype(np.float32)
    toner = np.asarray(cv2.GaussianBlur(tone + ragged, (0, 0), 0.9)).clip(0, 255)
    return np.asarray(cv2.cvtColor(toner.astype(np.uint8), cv2.COLOR_GRAY2BGR), np.uint8)
