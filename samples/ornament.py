"""What a paper bears besides text: guilloche, emblem, portrait, seals, signatures, 样本.

All of it is drawn anew; nothing is a likeness of a real emblem, seal or person, and every paper
is watermarked.
"""

from __future__ import annotations

import math
from random import Random
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from samples.draw import DPI, Canvas, Colour, Floats, Ink, px

SEAL_RED: Colour = (206, 32, 40)
_BLUE_BLACK: Colour = (24, 30, 74)


def tint(canvas: Canvas, corners: tuple[Colour, Colour, Colour, Colour]) -> None:
    """Paper whose colour runs between its corners (left top, right top, left and right bottom)."""
    grid = np.array(corners, np.float32).reshape(2, 2, 3)
    size = canvas.image.size
    smooth = cv2.resize(grid, size, interpolation=cv2.INTER_LINEAR)
    canvas.image = Image.fromarray(smooth.round().astype(np.uint8))


def _curve(layer: Floats, points: Floats, width: int, *, closed: bool) -> None:
    corners: list[Any] = [np.asarray(points).round().astype(np.int32)]
    cv2.polylines(layer, corners, closed, (255,), width, cv2.LINE_AA)


def guilloche(canvas: Canvas, colour: Colour, strength: float, kind: str = "waves") -> None:
    """Fine lines under the text: ``waves``, ``rosette`` or ``mesh``."""
    rng = canvas.rng
    w, h = canvas.image.size
    layer: Any = np.zeros((h, w), np.uint8)
    if kind == "rosette":
        cx, cy = w * rng.uniform(0.3, 0.7), h * rng.uniform(0.35, 0.65)
        t = np.linspace(0, 2 * math.pi, 1400)
        petals = rng.randrange(9, 17)
        for step in range(26):
            r = h * (0.12 + 0.022 * step) * (1 + 0.16 * np.cos(petals * t + step * 0.35))
            points = np.stack([cx + r * np.cos(t) * 1.3, cy + r * np.sin(t)], axis=1)
            _curve(layer, points, 1, closed=True)
    else:
        x = np.linspace(0, w, 220)
        gap = rng.uniform(0.95, 1.7)
        period, high = rng.uniform(14, 34), rng.uniform(1.0, 2.8)
        for index in range(int(canvas.height / gap) + 4):
            phase = index * rng.choice((0.22, 0.35)) if kind == "waves" else index * math.pi
            y = px(index * gap) + px(high) * np.sin(x / px(period) * 2 * math.pi + phase)
            points = np.stack([x, y], axis=1).round().astype(np.int32)
            _curve(layer, points, 1, closed=False)
    canvas.blend(layer.astype(np.float32) / 255 * strength, 0, 0, colour)


def _star(cx: float, cy: float, r: float, turn: float = -math.pi / 2) -> list[tuple[float, float]]:
    points = []
    for i in range(10):
        radius = r if i % 2 == 0 else r * 0.382
        angle = turn + i * math.pi / 5
        points.append((cx + radius * math.cos(angle), cy + radius * math.sin(angle)))
    return points


def emblem(canvas: Canvas, x: float, y: float, size: float) -> None:
    """A red disc with stars over a gate: enough to be taken for an emblem, none in particular."""
    scale = 3
    s = px(size) * scale
    tile = Image.new("RGBA", (s, s), (0, 0, 0, 0))
    pen = ImageDraw.Draw(tile)
    red, gold = (190, 30, 34, 255), (226, 180, 76, 255)
    pen.ellipse((0, 0, s - 1, s - 1), gold)
    pen.ellipse((s * 0.055, s * 0.055, s * 0.945, s * 0.945), red)
    pen.polygon(_star(s * 0.5, s * 0.27, s * 0.11), gold)
    for i in range(4):
        angle = math.pi * (0.8 - 0.2 * i)
        pen.polygon(
            _star(s * (0.5 + 0.26 * math.cos(angle)), s * (0.5 - 0.2 * math.sin(angle)), s * 0.04),
            gold,
        )
    pen.rectangle((s * 0.26, s * 0.58, s * 0.74, s * 0.66), gold)
    pen.polygon(
        [(s * 0.22, s * 0.56), (s * 0.78, s * 0.56), (s * 0.68, s * 0.47), (s * 0.32, s * 0.47)],
        gold,
    )
    for i in range(9):
        angle = math.pi * (0.12 + 0.095 * i)
        cx, cy = s * (0.5 + 0.4 * math.cos(angle)), s * (0.5 + 0.4 * math.sin(angle))
        pen.ellipse((cx - s * 0.035, cy - s * 0.035, cx + s * 0.035, cy + s * 0.035), gold)
    tile = tile.resize((px(size), px(size)), Image.Resampling.LANCZOS)
    canvas.image.paste(tile, (px(x), px(y)), tile)


def portrait(
    canvas: Canvas,
    x: float,
    y: float,
    w: float,
    h: float,
    sex: str,
    *,
    ground: Colour,
    grey: bool = False,
) -> None:
    """A drawn silhouette on a plain ground. No face: there is nobody to recognise."""
    rng, scale = canvas.rng, 2
    pw, ph = px(w) * scale, px(h) * scale
    tile = Image.new("RGB", (pw, ph), ground)
    pen = ImageDraw.Draw(tile)
    skin = rng.choice(((226, 186, 158), (212, 170, 140), (198, 154, 122), (234, 200, 176)))
    hair = rng.choice(((30, 26, 26), (46, 36, 30), (70, 66, 66), (24, 22, 28)))
    coat = rng.choice(((38, 54, 88), (92, 34, 40), (44, 74, 62), (70, 70, 76), (30, 30, 34)))
    wide, top = rng.uniform(0.19, 0.225), rng.uniform(0.14, 0.2)
    cx = pw * (0.5 + rng.uniform(-0.012, 0.012))

    def oval(left: float, up: float, right: float, down: float, colour: Colour) -> None:
        pen.ellipse((cx + pw * left, ph * up, cx + pw * right, ph * down), colour)

    if sex == "女" and rng.random() < 0.65:
        length = rng.uniform(0.62, 0.86)
        oval(-wide - 0.075, top - 0.05, wide + 0.075, length, hair)
    pen.polygon(
        [
            (cx - pw * 0.09, ph * 0.5),
            (cx + pw * 0.09, ph * 0.5),
            (cx + pw * 0.1, ph * 0.74),
            (cx - pw * 0.1, ph * 0.74),
        ],
        tuple(int(c * 0.9) for c in skin),
    )
    oval(-0.46, 0.68, 0.46, 1.3, coat)
    if rng.random() < 0.6:
        pen.polygon(
            [(cx - pw * 0.11, ph * 0.7), (cx + pw * 0.11, ph * 0.7), (cx, ph * 0.83)],
            (238, 238, 236),
        )
    oval(-wide - 0.03, 0.37, -wide + 0.03, 0.48, skin)
    oval(wide - 0.03, 0.37, wide + 0.03, 0.48, skin)
    oval(-wide - 0.02, top - 0.045, wide + 0.02, 0.46, hair)
    oval(-wide, top + 0.035, wide, 0.62, skin)
    oval(-wide * 0.99, top - 0.02, wide * 0.99, top + rng.uniform(0.09, 0.14), hair)
    tile = tile.filter(ImageFilter.GaussianBlur(pw / 90)).resize(
        (px(w), px(h)), Image.Resampling.LANCZOS
    )
    if grey:
        tile = tile.convert("L").convert("RGB")
    canvas.image.paste(tile, (px(x), px(y)))


def watermark(
    canvas: Canvas,
    x: float,
    y: float,
    size: float,
    ink: Ink,
    strength: float = 0.3,
    turn: float = 0.0,
    text: str = "样本",
) -> None:
    """样本, centred at (x, y): dark on light paper, light on dark."""
    canvas.watermarked = True
    side = px(size) * (len(text) + 1)
    mask = Image.new("L", (side, side), 0)
    pen = ImageDraw.Draw(mask)
    font = ink.face.at(text[0], px(size))
    width = font.getlength(text)
    pen.text((side / 2 - width / 2, side / 2 + px(size) * 0.36), text, 255, font, anchor="ls")
    mask = mask.rotate(turn, Image.Resampling.BICUBIC)
    left, top = px(x) - side // 2, px(y) - side // 2
    patch = np.asarray(canvas.image.crop((left, top, left + side, top + side)).convert("L"))
    dark = float(patch[side // 3 : 2 * side // 3].mean()) < 120
    alpha = np.asarray(mask, np.float32) / 255 * strength
    if not dark:
        canvas.blend(alpha, left, top, (96, 104, 120))
        return
    white = Image.new("RGB", mask.size, (245, 245, 245))
    canvas.image.paste(white, (left, top), Image.fromarray((alpha * 255).astype(np.uint8)))


def _arc_text(
    mask: Image.Image, text: str, ink: Ink, size: int, radii: tuple[float, float], sweep: float
) -> None:
    """Write along the upper arc of an ellipse, each character upright to the centre."""
    cx, cy = mask.size[0] / 2, mask.size[1] / 2
    count = len(text)
    for i, char in enumerate(text):
        share = 0.5 if count == 1 else i / (count - 1)
        angle = math.radians(-90 - sweep / 2 + sweep * share)
        x, y = cx + radii[0] * math.cos(angle), cy + radii[1] * math.sin(angle)
        # the normal of the ellipse, so that characters stand on the curve
        lean = math.degrees(math.atan2(math.cos(angle) / radii[0], -math.sin(angle) / radii[1]))
        tile = Image.new("L", (size * 2, size * 2), 0)
        ImageDraw.Draw(tile).text(
            (size, size * 1.36), char, 255, ink.face.at(char, size), anchor="ms", stroke_width=1
        )
        tile = tile.rotate(-lean, Image.Resampling.BICUBIC)
        mask.paste(255, (round(x) - size, round(y) - size), tile)


def seal(
    canvas: Canvas,
    x: float,
    y: float,
    size: float,
    arc: str,
    ink: Ink,
    *,
    line: str = "",
    oval: bool = False,
    star: bool = True,
    strength: float = 0.8,
    colour: Colour = SEAL_RED,
) -> None:
    """A rubber stamp centred at (x, y), ``size`` wide: ``arc`` along its rim, ``line`` below
    the star. Its ink is uneven, and it is never quite straight."""
    rng = canvas.rng
    w = px(size)
    h = round(w * 0.68) if oval else w
    mask = Image.new("L", (w, h), 0)
    pen = ImageDraw.Draw(mask)
    rim = max(3, px(0.55))
    pen.ellipse((1, 1, w - 2, h - 2), outline=255, width=rim)
    if oval and rng.random() < 0.5:
        pen.ellipse((rim * 2.4, rim * 2.4, w - rim * 2.4, h - rim * 2.4), outline=255, width=2)
    char = round(min(w * 0.115, w * 2.1 / max(len(arc), 7)))
    inset = char * 0.95 + rim
    sweep = min(285.0, 17.0 * len(arc) + 40)
    _arc_text(mask, arc, ink, char, (w / 2 - inset, h / 2 - inset), sweep)
    if star:
        pen.polygon(_star(w / 2, h / 2, w * (0.13 if not oval else 0.09)), fill=255)
    if line:
        size_px = round(min(w * 0.1, w * 0.62 / len(line)))
        width = sum(ink.face.at(c, size_px).getlength(c) for c in line)
        at, base = w / 2 - width / 2, h / 2 + (w * 0.29 if not oval else h * 0.3)
        for c in line:
            font = ink.face.at(c, size_px)
            pen.text((at, base), c, 255, font, anchor="ls", stroke_width=1)
            at += font.getlength(c)
    canvas.blend(*_stamped(canvas, mask, x, y, strength), colour)


def _stamped(
    canvas: Canvas, mask: Image.Image, x: float, y: float, strength: float
) -> tuple[Floats, int, int]:
    """The mask turned a little and inked unevenly, with the pixel where it goes."""
    turned = mask.rotate(canvas.rng.gauss(0, 7), Image.Resampling.BICUBIC, expand=True)
    alpha: Floats = np.asarray(turned, np.float32) / 255
    noise = canvas.noise
    coarse = cv2.GaussianBlur(noise.random(alpha.shape, dtype=np.float32), (0, 0), 14)
    fine = cv2.GaussianBlur(noise.random(alpha.shape, dtype=np.float32), (0, 0), 1.2)
    patch = np.clip(0.8 + (coarse - 0.5) * 9, 0.35, 1) * np.clip(0.85 + (fine - 0.5) * 2, 0.3, 1)
    alpha = cv2.GaussianBlur(alpha, (0, 0), 0.9) * patch.astype(np.float32) * strength
    return alpha, px(x) - alpha.shape[1] // 2, px(y) - alpha.shape[0] // 2


def chop(
    canvas: Canvas,
    x: float,
    y: float,
    text: str,
    size: float,
    ink: Ink,
    *,
    frame: bool = True,
    colour: Colour = SEAL_RED,
    strength: float = 0.8,
) -> None:
    """A straight line stamp (与原件一致, an official's name) with its left top at (x, y)."""
    width = px(canvas.measure(text, size, ink)) + px(size)
    mask = Image.new("L", (width, px(size * 1.8)), 0)
    pen = ImageDraw.Draw(mask)
    at = float(px(size) * 0.5)
    for c in text:
        font = ink.face.at(c, px(size))
        pen.text((at, px(size * 1.28)), c, 255, font, anchor="ls")
        at += font.getlength(c)
    if frame:
        pen.rectangle((1, 1, width - 2, mask.size[1] - 2), outline=255, width=max(2, px(0.35)))
    alpha, left, top = _stamped(canvas, mask, x, y, strength)
    canvas.blend(alpha, left + alpha.shape[1] // 2, top + alpha.shape[0] // 2, colour)


def signature(
    canvas: Canvas, x: float, y: float, name: str, size: float, ink: Ink, *, scribble: bool = True
) -> None:
    """A name signed with a pen: written, then bound together by a running stroke."""
    rng: Random = canvas.rng
    pen_ink = Ink(ink.face, rng.choice((_BLUE_BLACK, (20, 20, 24), (30, 44, 110))), "hand")
    end = canvas.write(x, y, name, size, pen_ink, track=-size * 0.08)
    if not scribble:
        return
    count = rng.randrange(4, 8)
    xs = np.linspace(x + size * 0.2, end + size * rng.uniform(0.2, 0.9), count)
    ys = [y + size * rng.uniform(0.35, 1.15) for _ in range(count)]
    t = np.linspace(0, count - 1, 160)
    curve = np.stack([np.interp(t, range(count), xs), np.interp(t, range(count), ys)], axis=1)
    curve[:, 1] = cv2.GaussianBlur(curve[:, 1].reshape(-1, 1), (1, 41), 9).ravel()
    layer: Any = np.zeros((canvas.image.size[1], canvas.image.size[0]), np.uint8)
    points = (curve * DPI / 25.4).round().astype(np.int32)
    _curve(layer, points, max(2, px(0.32)), closed=False)
    canvas.blend(layer.astype(np.float32) / 255 * 0.85, 0, 0, pen_ink.colour)
