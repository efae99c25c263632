"""Papers photographed on what is itself printed or patterned: a newspaper, a letter, tartan,
planks, tiles, a littered desk.

For measuring whether the paper is found (``python -m samples.make odd``): its edges are not the
only ones in the picture, and its print is not the only print.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from random import Random

import cv2
import numpy as np

from samples.draw import Floats, Kit, Pixels
from samples.fonts import Shelf
from samples.layouts import foreign_pages
from samples.phone import noise, photograph
from samples.specimens import RECIPES, Specimen, make_truth

_KINDS = (
    "id_card", "hukou", "disability_gen2", "disability_gen3", "residence_permit",
    "hmt_residence_permit", "temporary_id_card", "passport",
)  # fmt: skip
Ground = Callable[[Random, Kit, int, int], Floats]


def make_grounded(ground: str, seed: str, index: int, shelf: Shelf) -> Specimen:
    """The ``index``-th photo of a paper on this ground (a key of GROUNDS)."""
    rng = Random(f"{seed}/ground/{ground}/{index}")
    kind = _KINDS[index % len(_KINDS)]
    recipe = RECIPES[kind]
    kit = Kit(rng, shelf)
    drawn = {face.name: face for face in recipe.draw(recipe.person(rng), kit)}
    views = [(name, f) for name, faces in recipe.views for f in faces if f in drawn]
    name, face = (views or [(kind, next(iter(drawn)))])[(index // len(_KINDS)) % max(len(views), 1)]
    shot = photograph(
        drawn[face].image,
        rng,
        long_side=1920,
        ground=lambda h, w: GROUNDS[ground](rng, kit, h, w),
    )
    shot.capture["table"] = ground
    return Specimen(shot.image, shot.quality, make_truth(name, "phone", [drawn[face]], shot))


@cache
def _words() -> tuple[str, ...]:
    """Sentences that are on none of the guide's papers."""

    def strings(value: object) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            yield from (s for v in value.values() for s in strings(v))
        elif isinstance(value, list):
            yield from (s for v in value for s in strings(v))

    table = tomllib.loads((files("samples") / "foreign.toml").read_text(encoding="utf-8"))
    plain = ("".join(c for c in s if "一" <= c <= "鿿" or c in "，。") for s in strings(table))
    return tuple(s for s in plain if len(s) > 6)


def _newspaper(rng: Random, kit: Kit, h: int, w: int) -> Floats:
    """Columns of small print under headlines, lying askew."""
    canvas = kit.canvas(280, 280, (226, 224, 214))
    body, head = kit.ink("song"), kit.ink("hei", bold=0.1)
    words = iter(lambda: rng.choice(_words()), "")
    column, size = rng.uniform(38, 60), rng.uniform(2.8, 3.8)
    x = 3.0
    while x < 276:
        y = 3.0
        while y < 276:
            if rng.random() < 0.04:
                canvas.write(x, y, next(words)[: int(column / 7)], 6.6, head)
                y += 9.5
                continue
            line = ""
            while canvas.measure(line, size, body) < column:
                line += next(words)
            while canvas.measure(line, size, body) > column:
                line = line[:-1]
            canvas.write(x, y, line, size, body)
            y += size * 1.45
        x += column + 5
    return _seen_from_above(np.asarray(canvas.image)[:, :, ::-1], rng, h, w)


def _letter(rng: Random, kit: Kit, h: int, w: int) -> Floats:
    """A page of another office, larger than the picture or not."""
    page = foreign_pages.draw(RECIPES["unknown"].person(rng), kit)[0].image
    return _seen_from_above(page, rng, h, w, share=rng.uniform(0.8, 1.3))


def _seen_from_above(
    page: Pixels, rng: Random, h: int, w: int, share: float | None = None
) -> Floats:
    """A page lying askew in the middle of the picture; all of the picture where no ``share`` of
    its long side is said."""
    angle = rng.choice((0, 90, 180, 270)) + rng.gauss(0, 5)
    scale = (share or 1.35) * max(h, w) / max(page.shape[:2])
    matrix = cv2.getRotationMatrix2D((page.shape[1] / 2, page.shape[0] / 2), angle, scale)
    matrix[0, 2] += (w - page.shape[1]) / 2
    matrix[1, 2] += (h - page.shape[0]) / 2
    return np.asarray(
        cv2.warpAffine(page, matrix, (w, h), flags=cv2.INTER_AREA, borderValue=(96, 104, 118)),
        np.float32,
    )


def _tartan(rng: Random, kit: Kit, h: int, w: int) -> Floats:
    """Cloth of stripes that cross, in three colours."""
    period = rng.uniform(0.07, 0.2) * w
    stripes = [
        (rng.random(), rng.uniform(0.05, 0.3), np.array([rng.uniform(-90, 60) for _ in range(3)]))
        for _ in range(3)
    ]
    base = np.array([rng.uniform(60, 190) for _ in range(3)])
    angle = np.radians(rng.gauss(0, 14))
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    out = np.broadcast_to(base, (h, w, 3)).astype(np.float32)
    for along in (x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)):
        for start, width, colour in stripes:
            on = ((along / period - start) % 1.0 < width)[..., None]
            out = out + 0.5 * on * colour.astype(np.float32)
    return np.asarray(out + 5 * noise(rng, h, w, 1.2)[..., None], np.float32)


def _planks(rng: Random, kit: Kit, h: int, w: int) -> Floats:
    """Boards of different tone with dark joints between them."""
    base = np.array(rng.choice(((80, 120, 165), (55, 80, 110), (140, 170, 195))), np.float32)
    tone = np.zeros((h, w), np.float32)
    edges = sorted(rng.uniform(0, h) for _ in range(rng.randint(3, 7)))
    for top, bottom in zip([0, *edges], [*edges, h], strict=True):
        tone[int(top) : int(bottom)] += rng.uniform(-26, 26)
        tone[int(top) : int(top) + 4] -= 55
    grain = cv2.resize(noise(rng, h, max(8, w // 30), 2), (w, h), interpolation=cv2.INTER_LINEAR)
    return np.asarray(base + (tone + 9 * grain)[..., None], np.float32)


def _tiles(rng: Random, kit: Kit, h: int, w: int) -> Floats:
    """Light tiles with grout between, as large as cards or as books."""
    size = w * rng.uniform(0.12, 0.4)
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    grout = (x % size < w / 150) | (y % size < w / 150)
    base = np.array(rng.choice(((205, 212, 216), (180, 190, 204), (150, 148, 146))), np.float32)
    tone = -60 * grout + 7 * noise(rng, h, w, h / 12) + 2 * noise(rng, h, w, 1.5)
    return np.asarray(base + tone[..., None], np.float32)


def _littered(rng: Random, kit: Kit, h: int, w: int) -> Floats:
    """A desk with slips, books and pens on it, some under the paper."""
    base = np.array(rng.choice(((150, 160, 166), (70, 90, 120), (200, 204, 206))), np.float32)
    out = base + 3 * noise(rng, h, w, 2)[..., None]
    for _ in range(rng.randint(3, 7)):
        long, thin = rng.uniform(0.2, 0.7) * w, rng.choice((0.02, 0.2, 0.35)) * w
        centre = (rng.uniform(0, w), rng.uniform(0, h))
        box = cv2.boxPoints((centre, (long, thin), rng.uniform(0, 180)))
        colour = [rng.uniform(30, 235) for _ in range(3)]
        cv2.fillConvexPoly(out, np.rint(box).astype(np.int32), colour)
    return np.asarray(out, np.float32)


GROUNDS: dict[str, Ground] = {
    "newspaper": _newspaper,
    "letter": _letter,
    "tartan": _tartan,
    "planks": _planks,
    "tiles": _tiles,
    "littered": _littered,
}
