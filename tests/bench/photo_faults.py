"""Faults drawn on a good portrait, as real ones look on a card photo.

Everything is drawn four times finer and laid on the card with the light of the place, a shadow,
the softness of a lens and grain; the JPEG comes after it. Places come from the mesh of the
untouched picture, sizes go by the width of the face. Hands and hair are drawn, too: fingers and
locks with shading, not cut from photos. A head turned aside is not drawn: a picture has no back.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.model import Image
from tests.bench.photo_sitters import Plane, Point, Portrait
from validators.photo.look import CHIN, FOREHEAD, LEFT_SIDE, OVAL, RIGHT_SIDE

FINE = 4
Colour = tuple[float, float, float]

METALS: dict[str, Colour] = {
    "black": (32, 30, 34),
    "white": (232, 236, 238),
    "silver": (190, 188, 184),
    "gold": (92, 160, 208),
}
COLOURS: dict[str, Colour] = {"red": (50, 40, 190), "blue": (170, 90, 50), "pink": (170, 130, 235)}
GLASS: dict[str, Colour] = {
    "brown": (1.0, 0.72, 0.45),
    "grey": (0.8, 0.8, 0.8),
    "rose": (0.5, 0.8, 0.15),
    "amber": (1.0, 0.45, 0.1),
    "green": (0.8, 0.25, 0.85),
    "blue": (0.1, 0.55, 1.0),
}
"""What a lens takes of blue, green and red, of which its strength is taken."""
EYES = ((33, 133), (362, 263))


@dataclass(frozen=True, eq=False)
class Fault:
    """A picture that must not pass: its ``kind``, and which of that kind it is."""

    kind: str
    variant: str
    card: Image


class Canvas:
    """A card that things are laid on."""

    def __init__(self, sitter: Portrait, rng: np.random.Generator) -> None:
        self.sitter, self.rng = sitter, rng
        self.picture = sitter.card.astype(np.float32)

    def mask(self) -> Plane:
        """An empty mask, four times finer than the card."""
        height, width = self.picture.shape[:2]
        return np.zeros((height * FINE, width * FINE), np.float32)

    def px(self, share: float) -> float:
        """Pixels of the card for a share of the face's width."""
        return self.sitter.px(share)

    def lay(
        self,
        fine: Plane,
        paint: Plane | Colour,
        *,
        share: float = 1.0,
        shadow: float = 0.3,
        gloss: float = 0.0,
        on_person: bool = False,
        soft: float = 0.45,
    ) -> None:
        """Paint where the mask is: with a ``shadow`` under it, a bright streak of ``gloss`` along
        what bulges, and cut off where the person ends if it lies ``on_person``."""
        height, width = self.picture.shape[:2]
        mask = cv2.resize(fine, (width, height), interpolation=cv2.INTER_AREA)
        mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), soft), np.float32)
        if on_person:
            mask = mask * np.clip(self.sitter.person * 4 - 2, 0, 1)
        if shadow:
            below = cv2.GaussianBlur(np.roll(mask, (2, 1), (0, 1)), (0, 0), 1.6)
            on = np.clip(self.sitter.person * 2, 0, 1)
            self.picture *= (1 - shadow * below * on)[..., None]
        colour = np.broadcast_to(np.asarray(paint, np.float32), self.picture.shape).copy()
        if gloss:
            depth = cv2.distanceTransform((fine > 0.5).astype(np.uint8), cv2.DIST_L2, 3)
            bulge = cv2.GaussianBlur(np.asarray(depth, np.float32), (0, 0), 1.5)
            slope = cv2.Sobel(bulge, cv2.CV_32F, 0, 1, ksize=3) / 8
            shade = cv2.resize(slope, (width, height), interpolation=cv2.INTER_AREA)
            streak = np.clip((shade - 0.55) / 0.3, 0, 1)[..., None]
            colour = colour * (1 + 0.35 * shade[..., None])
            colour += gloss * streak * (255 - colour)
        colour *= self.sitter.light[..., None]
        colour += self.rng.normal(0, 2.0, colour.shape[:2])[..., None]
        cover = share * mask[..., None]
        self.picture = self.picture * (1 - cover) + colour * cover

    def done(self) -> Image:
        """The card as it would be handed in."""
        return np.asarray(np.clip(np.round(self.picture), 0, 255), np.uint8)


def _fill(mask: Plane, points: Sequence[Point] | Plane) -> None:
    corners = np.round(np.asarray(points, np.float32) * FINE).astype(np.int32)
    cv2.fillPoly(mask, [corners], (1.0,))


def _line(mask: Plane, points: Sequence[Point] | Plane, wide: float, value: float = 1.0) -> None:
    corners = np.round(np.asarray(points, np.float32) * FINE).astype(np.int32)
    cv2.polylines(mask, [corners], False, (value,), max(1, round(wide * FINE)), cv2.LINE_AA)


def _oval(
    mask: Plane, centre: Point, axes: Point, angle: float = 0.0, value: float = 1.0, wide: int = -1
) -> None:
    at = (round(centre[0] * FINE), round(centre[1] * FINE))
    size = (max(1, round(axes[0] * FINE)), max(1, round(axes[1] * FINE)))
    cv2.ellipse(mask, at, size, angle, 0, 360, (value,), wide, cv2.LINE_AA)


def _turned(points: Sequence[Point], centre: Point, degrees: float) -> Plane:
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    around = np.asarray(points, np.float32) @ np.array([[cos, sin], [-sin, cos]], np.float32)
    return np.asarray(around + np.asarray(centre, np.float32), np.float32)


# ------------------------------------------------------------------ hair


def clips(sitter: Portrait, rng: np.random.Generator) -> Iterator[Fault]:
    """Bars, snap clips, bows, pins and bands of every colour, where hair is thick enough."""
    for name, colour in (METALS | COLOURS).items() if sitter.has_hair else ():
        for shape, draw in CLIPS.items():
            canvas = Canvas(sitter, rng)
            mask = canvas.mask()
            if draw(canvas, mask):
                canvas.lay(mask, colour, gloss=0.6, on_person=True)
                yield Fault(
                    f"{'coloured' if name in COLOURS else name} clips", shape, canvas.done()
                )


def _place(canvas: Canvas) -> tuple[Point, float] | None:
    """Somewhere on the hair, and the direction along the head's outline there."""
    angles = [float(a) for a in canvas.rng.permutation([-50, -38, -25, 25, 38, 50])]
    for angle in angles:
        found = canvas.sitter.hair_at(angle)
        if found is not None and found[1] > canvas.px(0.12):
            return found[0], angle + float(canvas.rng.uniform(-25, 25))
    return None


def _bar(canvas: Canvas, mask: Plane) -> bool:
    place = _place(canvas)
    if place is not None:
        w, h = canvas.px(0.12), canvas.px(0.022)
        corners = [(-w, -h), (w, -h), (w, h), (-w, h)]
        _fill(mask, _turned(corners, place[0], place[1]))
    return place is not None


def _snap(canvas: Canvas, mask: Plane) -> bool:
    place = _place(canvas)
    if place is not None:
        w, h = canvas.px(0.13), canvas.px(0.045)
        corners = [(-w, 0.0), (0.3 * w, -h), (0.85 * w, -h), (w, 0.0), (0.85 * w, h), (0.3 * w, h)]
        _fill(mask, _turned(corners, place[0], place[1]))
        hole = [(0.0, -0.2 * h), (0.75 * w, -0.45 * h), (0.75 * w, 0.45 * h), (0.0, 0.2 * h)]
        cv2.fillPoly(
            mask, [np.round(_turned(hole, *place) * FINE).astype(np.int32)], (0.0,), cv2.LINE_AA
        )
    return place is not None


def _bow(canvas: Canvas, mask: Plane) -> bool:
    place = _place(canvas)
    if place is not None:
        w, h = canvas.px(0.13), canvas.px(0.07)
        corners = [(-w, -h), (0.0, -0.25 * h), (w, -h), (w, h), (0.0, 0.25 * h), (-w, h)]
        _fill(mask, _turned(corners, place[0], place[1]))
        _oval(mask, place[0], (0.25 * h, 0.4 * h))
    return place is not None


def _pins(canvas: Canvas, mask: Plane) -> bool:
    place = _place(canvas)
    if place is not None:
        w, gap = canvas.px(0.11), canvas.px(0.05)
        for side in (-gap, gap):
            _line(mask, _turned([(-w, side), (w, 0.4 * side)], *place), canvas.px(0.02))
    return place is not None


def _band(share: float) -> Callable[[Canvas, Plane], bool]:
    def draw(canvas: Canvas, mask: Plane) -> bool:
        sitter = canvas.sitter
        found = [sitter.hair_at(float(a)) for a in range(-30, 31, 10)]
        thick = [f[1] for f in found if f is not None]
        if len(thick) < 5 or np.median(thick) < canvas.px(0.15):
            return False
        x, y = sitter.at(LEFT_SIDE, RIGHT_SIDE)
        top = min(f[0][1] for f in found if f is not None)
        angles = np.radians(np.arange(-80, 81, 4))
        reach, rise = sitter.width * 0.66, y - top
        _line(mask, np.stack([x + reach * np.sin(angles), y - rise * np.cos(angles)], -1),
              canvas.px(share))  # fmt: skip
        return True

    return draw


CLIPS: dict[str, Callable[[Canvas, Plane], bool]] = {
    "bar": _bar,
    "snap": _snap,
    "bow": _bow,
    "pins": _pins,
    "band narrow": _band(0.04),
    "band broad": _band(0.085),
}


def hair_over_ears(sitter: Portrait, rng: np.random.Generator) -> Iterator[Fault]:
    """Locks that hang over one ear or both, of the sitter's hair and of light hair."""
    own = sitter.card[(sitter.hair > 0.8) & (sitter.off_skin > 2.5)]
    if not sitter.has_hair or len(own) < 0.03 * sitter.width**2:
        return
    tones: dict[str, Colour] = {"own": tuple(np.median(own, axis=0)), "light": (118, 160, 196)}
    for name, tone in tones.items():
        for both in (False, True):
            canvas = Canvas(sitter, rng)
            if name == "light":
                dyed = canvas.picture.mean(axis=-1, keepdims=True) * 0.55 / 128 + 0.55
                share = sitter.hair[..., None]
                canvas.picture = canvas.picture * (1 - share) + np.array(tone) * dyed * share
            for side, sign in ((LEFT_SIDE, -1), (RIGHT_SIDE, 1))[: 1 + both]:
                _locks(canvas, side, sign, tone)
            yield Fault("hair over ears", f"{name} {'both' if both else 'one'}", canvas.done())


def _locks(canvas: Canvas, side: int, outward: int, tone: Colour) -> None:
    sitter, rng = canvas.sitter, canvas.rng
    x = sitter.at(side)[0]
    top, bottom = sitter.at(FOREHEAD)[1], sitter.at(CHIN)[1] + canvas.px(0.25)
    for shade in rng.permutation(np.linspace(0.6, 1.35, 8)):
        mask = canvas.mask()
        for _ in range(5):
            start = x + outward * canvas.px(float(rng.uniform(-0.06, 0.06)))
            end = x + outward * canvas.px(float(rng.uniform(-0.03, 0.19)))
            ys = np.linspace(top + canvas.px(float(rng.uniform(0, 0.25))), bottom, 12)
            bend = np.sin(np.linspace(0, np.pi / 2, 12))
            _line(mask, np.stack([start + (end - start) * bend, ys], -1), canvas.px(0.035))
        canvas.lay(mask, (tone[0] * shade, tone[1] * shade, tone[2] * shade), shadow=0.1, soft=0.7)


# ------------------------------------------------------------------ ears


def earrings(sitter: Portrait, rng: np.random.Generator) -> Iterator[Fault]:
    """Drops, hoops and chains that hang from both lobes."""
    for name, colour in METALS.items():
        for shape in ("drop", "hoop", "chain"):
            canvas = Canvas(sitter, rng)
            mask = canvas.mask()
            for x, y in sitter.lobes:
                if shape == "hoop":
                    r = canvas.px(0.055)
                    _oval(mask, (x, y + r), (0.75 * r, r), wide=round(canvas.px(0.018) * FINE))
                else:
                    long = canvas.px(0.1 if shape == "drop" else 0.2)
                    _line(mask, [(x, y), (x, y + long)], canvas.px(0.012))
                    _oval(mask, (x, y + long), (canvas.px(0.026), canvas.px(0.038)))
            if sitter.lobes:
                canvas.lay(mask, colour, gloss=0.7)
                yield Fault("hanging earrings", f"{name} {shape}", canvas.done())


def studs(sitter: Portrait, rng: np.random.Generator) -> Iterator[Fault]:
    """Balls on both lobes, of 2.6, 4 and 5.5 px."""
    for wide in (2.6, 4.0, 5.5):
        for name, colour in METALS.items():
            canvas = Canvas(sitter, rng)
            mask = canvas.mask()
            for x, y in sitter.lobes:
                _oval(mask, (x, y - canvas.px(0.01)), (wide / 2, wide / 2))
            if sitter.lobes:
                canvas.lay(mask, colour, gloss=0.8, shadow=0.25, soft=0.35)
                yield Fault(f"studs of {wide:g} px", name, canvas.done())


# ------------------------------------------------------------------ writing


def writing(sitter: Portrait, rng: np.random.Generator) -> Iterator[Fault]:
    """Dates, watermarks and addresses, on the wall, the clothes, the face."""
    height, width = sitter.card.shape[:2]
    chin, eyes = sitter.at(CHIN)[1], sitter.at(33, 263)[1]
    clothes, wall = min(chin + 60, height - 12.0), 24.0
    rows: tuple[tuple[str, str, Point, float, Colour, float], ...] = (
        ("date", "orange", (width - 128.0, height - 12.0), 14, (40, 140, 250), 1.0),
        ("date", "red", (width - 128.0, height - 12.0), 12, (50, 50, 230), 1.0),
        ("date", "white", (12.0, height - 12.0), 14, (245, 245, 245), 1.0),
        ("date", "on the wall", (6.0, wall), 10, (60, 60, 220), 1.0),
        ("watermark", "on the wall", (width - 92.0, wall), 12, (205, 205, 205), 0.8),
        ("watermark", "pale on face", (width * 0.3, eyes + sitter.width * 0.3), 20, WHITE, 0.3),
        ("watermark", "dark on face", (width * 0.3, eyes + sitter.width * 0.3), 20, DARK, 0.3),
        ("watermark", "pale on clothes", (width * 0.25, clothes), 18, WHITE, 0.35),
        ("address", "white", (width * 0.2, clothes), 13, WHITE, 0.95),
        ("address", "black", (width * 0.2, clothes), 13, DARK, 0.95),
    )
    for kind, variant, at, tall, colour, share in rows:
        canvas = Canvas(sitter, rng)
        mask = canvas.mask()
        words = {
            "date": "2024 08 16",
            "watermark": "STUDIO No.7",
            "address": "12 North Road, Lane 4",
        }
        font = cv2.FONT_HERSHEY_DUPLEX if kind == "date" else cv2.FONT_HERSHEY_SIMPLEX
        scale = cv2.getFontScaleFromHeight(font, round(tall * FINE), 1)
        thick = max(1, round(tall * FINE / 9))
        where = (round(at[0] * FINE), round(at[1] * FINE))
        cv2.putText(mask, words[kind], where, font, scale, (1.0,), thick, cv2.LINE_AA)
        canvas.lay(mask, colour, share=share, shadow=0)
        yield Fault(kind, variant, canvas.done())


WHITE: Colour = (250, 250, 250)
DARK: Colour = (35, 35, 35)


# ------------------------------------------------------------------ eyes


def glasses(sitter: Portrait, rng: np.random.Generator) -> Iterator[Fault]:
    """Tinted lenses that take 25, 40 and 60 %, each in a dark, a golden and no frame."""
    for name, takes in GLASS.items():
        for strength in (0.25, 0.4, 0.6):
            frame = ("dark", "gold", "none")[int(rng.integers(3))]
            card = with_glasses(sitter, rng, frame, takes, strength)
            yield Fault(f"lenses of {strength:.0%}", f"{name} {frame}", card)


def with_glasses(
    sitter: Portrait,
    rng: np.random.Generator,
    frame: str,
    takes: Colour = (0, 0, 0),
    strength: float = 0.0,
) -> Image:
    """Glasses on the sitter: a frame, a faint reflection, and what the lenses take."""
    canvas = Canvas(sitter, rng)
    lenses, rims, shine = canvas.mask(), canvas.mask(), canvas.mask()
    wide, tall = canvas.px(0.165), canvas.px(0.125)
    corners = []
    for x, y in (sitter.at(*eye) for eye in EYES):
        around = np.linspace(0, 2 * np.pi, 60)
        # A superellipse: between round and square, as most lenses are.
        cos, sin = np.cos(around), np.sin(around)
        xs = x + wide * np.sign(cos) * np.abs(cos) ** 0.75
        ys = y + 0.2 * tall + tall * np.sign(sin) * np.abs(sin) ** 0.75
        outline = np.stack([xs, ys], -1).astype(np.float32)
        _fill(lenses, outline)
        _line(rims, outline, canvas.px(0.016))
        _line(shine, [(x - 0.5 * wide, y + 0.7 * tall), (x + 0.1 * wide, y - 0.5 * tall)], 3.5)
        corners.append((x, y - 0.15 * tall))
    (left, y0), (right, y1) = corners
    _line(rims, [(left + wide, y0), (right - wide, y1)], canvas.px(0.016))
    for x, sign, side in ((left, -1, LEFT_SIDE), (right, 1, RIGHT_SIDE)):
        _line(rims, [(x + sign * wide, y0), sitter.at(side)], canvas.px(0.014))
    height, width = canvas.picture.shape[:2]
    glass = cv2.GaussianBlur(
        cv2.resize(lenses, (width, height), interpolation=cv2.INTER_AREA), (0, 0), 0.5
    )
    canvas.picture *= 1 - strength * glass[..., None] * np.array(takes, np.float32)
    canvas.lay(shine, WHITE, share=0.1, shadow=0, soft=1.5)
    if frame != "none":
        canvas.lay(rims, (34, 32, 36) if frame == "dark" else METALS["gold"], gloss=0.4, shadow=0.2)
    return canvas.done()


# ------------------------------------------------------------------ things over face and head


def scarves(sitter: Portrait, rng: np.random.Generator) -> Iterator[Fault]:
    """Head scarves that leave the face free."""
    x, y = sitter.at(LEFT_SIDE, RIGHT_SIDE)
    for name, colour in (
        ("black", METALS["black"]),
        ("blue", COLOURS["blue"]),
        ("beige", (150, 180, 200)),
    ):
        canvas = Canvas(sitter, rng)
        mask = canvas.mask()
        top = max(sitter.at(FOREHEAD)[1] - canvas.px(0.42), 4.0)
        tall = (sitter.at(CHIN)[1] + canvas.px(0.3) - top) / 2
        _oval(mask, (x, top + tall), (canvas.px(0.72), tall))
        shoulders = sitter.card.shape[0] + 20.0
        near, far = canvas.px(0.6), canvas.px(0.85)
        _fill(mask, [(x - near, y), (x + near, y), (x + far, shoulders), (x - far, shoulders)])
        face = sitter.xy[list(OVAL)]
        middle = face.mean(axis=0)
        inner = canvas.mask()
        _fill(inner, middle + (face - middle) * 0.97)
        canvas.lay(mask * (1 - inner), _folds(canvas, colour, x, y), shadow=0.25, soft=0.8)
        yield Fault("head scarves", name, canvas.done())


def _folds(canvas: Canvas, colour: Colour, x: float, y: float) -> Plane:
    """Cloth that runs round the head in folds."""
    ys, xs = np.indices(canvas.picture.shape[:2], dtype=np.float32)
    angle, far = np.arctan2(ys - y, xs - x), np.hypot(xs - x, ys - y) / canvas.sitter.width
    shade = 1 + 0.18 * np.sin(26 * far + 4 * np.sin(3 * angle)) + 0.08 * np.sin(9 * angle)
    return np.asarray(np.array(colour, np.float32) * shade[..., None], np.float32)


def hats(sitter: Portrait, rng: np.random.Generator) -> Iterator[Fault]:
    """Knitted caps that come down to the forehead."""
    x = sitter.at(LEFT_SIDE, RIGHT_SIDE)[0]
    brow = sitter.at(105, 334)[1] - sitter.px(0.1)
    ys, xs = np.indices(sitter.card.shape[:2], dtype=np.float32)
    for name, colour in (
        ("black", (36, 34, 38)),
        ("grey", (120, 118, 116)),
        ("red", (52, 44, 150)),
    ):
        canvas = Canvas(sitter, rng)
        mask = canvas.mask()
        _oval(mask, (x, brow), (canvas.px(0.58), brow - 8))
        mask[round(brow * FINE) :] = 0
        knit = 1 + 0.14 * np.sin(xs * 1.6) * np.sin(ys * 1.1) + 0.1 * np.sin((xs - x) / 18)
        canvas.lay(mask, np.asarray(np.array(colour) * knit[..., None], np.float32), soft=0.7)
        yield Fault("caps", name, canvas.done())


def hands(sitter: Portrait, rng: np.random.Generator) -> Iterator[Fault]:
    """Drawn fingers on a cheek, under the chin, beside the face, across the mouth."""
    chin, cheek = sitter.at(CHIN), sitter.at(50)
    places: dict[str, tuple[Point, float]] = {
        "cheek": (cheek, 25.0),
        "chin": (chin, -15.0),
        "beside": ((sitter.at(LEFT_SIDE)[0] - sitter.px(0.2), chin[1]), 5.0),
        "mouth": (sitter.at(13), 60.0),
    }
    for name, (tip, lean) in places.items():
        canvas = Canvas(sitter, rng)
        for i, long in enumerate((0.36, 0.42, 0.4, 0.32)):
            end = _turned([((i - 1.5) * canvas.px(0.1), (0.42 - long) * canvas.px(1))], tip, lean)[
                0
            ]
            root = _turned([((i - 1.5) * canvas.px(0.09), canvas.px(0.5))], tip, lean)[0]
            finger = canvas.mask()
            _line(finger, [tuple(root), tuple(end)], canvas.px(0.095))
            canvas.lay(finger, tuple(sitter.skin * 0.96), gloss=0.08, shadow=0.35, soft=0.7)
            nail = canvas.mask()
            _oval(nail, tuple(end), (canvas.px(0.026), canvas.px(0.036)), lean)
            canvas.lay(nail, tuple(sitter.skin * (1.02, 1.0, 1.08)), gloss=0.3, shadow=0.1)
        palm = canvas.mask()
        _oval(palm, tuple(_turned([(0.0, canvas.px(0.66))], tip, lean)[0]),
              (canvas.px(0.22), canvas.px(0.24)), lean)  # fmt: skip
        canvas.lay(palm, tuple(sitter.skin * 0.92), gloss=0.05, shadow=0.2, soft=1.0)
        yield Fault("hands (drawn)", name, canvas.done())


def plasters(sitter: Portrait, rng: np.random.Generator) -> Iterator[Fault]:
    """Plasters of three colours on cheek, forehead, nose, chin and over a brow."""
    colours: dict[str, Colour] = {
        "tan": (130, 170, 205),
        "white": (232, 236, 238),
        "blue": (190, 120, 60),
    }
    for place, point in (
        ("cheek", 50),
        ("forehead", 151),
        ("nose", 5),
        ("chin", 199),
        ("brow", 105),
    ):
        for name, colour in colours.items():
            canvas = Canvas(sitter, rng)
            mask, pad = canvas.mask(), canvas.mask()
            lean, at = float(rng.uniform(-40, 40)), sitter.at(point)
            for part, w, h in ((mask, 0.11, 0.04), (pad, 0.04, 0.04)):
                w, h = canvas.px(w), canvas.px(h)
                _fill(part, _turned([(-w, -h), (w, -h), (w, h), (-w, h)], at, lean))
            canvas.lay(mask, colour, shadow=0.15)
            canvas.lay(pad, tuple(np.array(colour) * 1.06), shadow=0)
            yield Fault("plasters", f"{place} {name}", canvas.done())


def masks(sitter: Portrait, rng: np.random.Generator) -> Iterator[Fault]:
    """Masks over nose and mouth, one of the sitter's own colour."""
    colours: dict[str, Colour] = {
        "white": (225, 228, 230),
        "blue": (205, 180, 140),
        "black": (40, 38, 40),
        "skin": tuple(sitter.skin * 1.03),
    }
    around = [sitter.at(p) for p in (5, 347, 345, 361, 397, 400, 152, 176, 172, 132, 116, 118)]
    for name, colour in colours.items():
        canvas = Canvas(sitter, rng)
        mask, straps = canvas.mask(), canvas.mask()
        _fill(mask, around)
        for side, ends in ((LEFT_SIDE, (116, 132)), (RIGHT_SIDE, (345, 361))):
            for end in ends:
                _line(straps, [sitter.at(end), sitter.at(side)], 1.5)
        ys = np.indices(canvas.picture.shape[:2], dtype=np.float32)[0]
        pleats = 1 + 0.05 * np.sin(ys / canvas.px(0.03)) - 0.03
        canvas.lay(straps, (235, 235, 235))
        canvas.lay(mask, np.asarray(np.array(colour) * pleats[..., None], np.float32), soft=0.7)
        yield Fault(f"masks of {'skin colour' if name == 'skin' else 'other colours'}", name,
                    canvas.done())  # fmt: skip


# ------------------------------------------------------------------ the whole picture


def whole(sitter: Portrait, rng: np.random.Generator) -> Iterator[Fault]:
    """Enlarged, drawn, bordered, grey; another wall, a shadow on it; white clothes."""
    card = sitter.card
    height, width = card.shape[:2]
    for times in (2.5, 3.0):
        small = cv2.resize(card, None, fx=1 / times, fy=1 / times, interpolation=cv2.INTER_AREA)
        large = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
        yield Fault("enlarged", f"{times:g} times", np.asarray(large, np.uint8))
    even = cv2.pyrMeanShiftFiltering(card, 12, 26)
    yield Fault("drawings", "even tones", np.asarray(even, np.uint8))
    yield Fault(
        "drawings", "painted", np.asarray(cv2.stylization(card, sigma_s=40, sigma_r=0.3), np.uint8)
    )
    edges = cv2.adaptiveThreshold(
        cv2.medianBlur(cv2.cvtColor(card, cv2.COLOR_BGR2GRAY), 5), 255,
        cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 9, 4)  # fmt: skip
    yield Fault(
        "drawings", "outlined", np.asarray(cv2.bitwise_and(even, even, mask=edges), np.uint8)
    )
    for name, wide, inset, colour in (
        ("black", 2, 0, DARK),
        ("grey", 5, 0, (150, 150, 150)),
        ("line", 1, 5, DARK),
    ):
        framed = card.copy()
        cv2.rectangle(
            framed, (inset, inset), (width - 1 - inset, height - 1 - inset), colour, 2 * wide - 1
        )
        yield Fault("borders", name, framed)
    grey = cv2.cvtColor(card, cv2.COLOR_BGR2GRAY)
    yield Fault("grey", "plain", np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), np.uint8))
    wall = 1 - np.clip(cv2.GaussianBlur(sitter.person, (0, 0), 2) * 2, 0, 1)[..., None]
    wall = wall * (card.min(axis=-1, keepdims=True) > 200)
    ys, xs = np.indices(card.shape[:2], dtype=np.float32)
    beside = np.exp(-(((xs - 0.85 * width) / 45) ** 2) - ((ys - 0.5 * height) / 130) ** 2)
    walls: dict[str, Plane | Colour] = {
        "grey": (200, 200, 200),
        "blue": (220, 160, 90),
        "cream": (222, 236, 242),
        "shadow": np.asarray(255 - 60 * beside[..., None], np.float32),
        "gradient": np.asarray(255 - 70 * (xs / width)[..., None], np.float32),
    }
    for name, tone in walls.items():
        tinted = card * (1 - wall) + card * wall * np.asarray(tone, np.float32) / 255
        yield Fault("wrong walls", name, np.asarray(tinted, np.uint8))
    neck = np.abs(xs - sitter.at(CHIN)[0]) < 0.35 * sitter.width
    cloth = (sitter.person > 0.5) & ((sitter.off_skin > 1.0) | ~neck)
    cloth[: int(sitter.at(CHIN)[1] + 0.12 * sitter.width)] = False
    share = cv2.GaussianBlur(cloth.astype(np.float32), (0, 0), 1.5)[..., None]
    light = 228 + 0.12 * (card.mean(axis=-1, keepdims=True) - 60)
    white = card * (1 - share) + np.minimum(light, 250) * share
    yield Fault("white clothes", "plain", np.asarray(white, np.uint8))


def good_pictures(sitter: Portrait, rng: np.random.Generator) -> Iterator[tuple[str, Image]]:
    """The untouched picture first, then as other cameras and lights would have taken it."""
    card = sitter.card.astype(np.float32)
    person = np.clip(sitter.person * 2 - 0.5, 0, 1)[..., None]
    across = np.linspace(1.0, 0.86, card.shape[1], dtype=np.float32)[None, :, None]
    yield "untouched", sitter.card
    made = {
        "mirrored": card[:, ::-1],
        "darker": card * (1 - 0.14 * person),
        "warmer": card * (1 - person * np.array([0.07, 0.01, 0.0], np.float32)),
        "from one side": card * (1 - person + person * across),
        "grainy": card + rng.normal(0, 3.0, card.shape[:2])[..., None] * person,
    }
    for name, picture in made.items():
        yield name, np.asarray(np.clip(np.round(picture), 0, 255), np.uint8)
    yield "clear glasses", with_glasses(sitter, rng, "dark")


KINDS = (
    clips, hair_over_ears, earrings, studs, writing, glasses, scarves, hats, hands, plasters, masks,
    whole,
)  # fmt: skip


def faults(sitter: Portrait, seed: int) -> Iterator[Fault]:
    """All faults on one sitter; the same for the same seed and name."""
    for kind in KINDS:
        rng = np.random.default_rng([seed, *sitter.name.encode(), *kind.__name__.encode()])
        yield from kind(sitter, rng)
