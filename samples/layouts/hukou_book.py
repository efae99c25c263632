"""What the pages of one 居民户口簿 share: household, stock, grid, printer (domain.md 2.3).

Pages are 143 x 105 mm. A computer at the station fills a pre-printed grid, so values drift
against their cells, seals lie over both, and older pages are filled by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from samples.draw import Canvas, Colour, Ink, Kit, Mode
from samples.fonts import Role
from samples.layouts.dates import some_day
from samples.ornament import chop, guilloche, tint
from samples.persons import (
    Person,
    make_name,
    make_village,
)

WIDTH, HEIGHT = 143.0, 105.0


@dataclass(frozen=True)
class Household:
    """What the pages of one booklet share."""

    kind: str
    head: str
    number: str
    address: str
    issued: date
    station: str
    province: str = "广西壮族自治区"


class Book:
    """One booklet: its stock, grid colour, printer and misalignment."""

    def __init__(self, kit: Kit):
        rng = kit.rng
        self.kit = kit
        self.stock: Colour = rng.choice(
            ((250, 244, 232), (240, 246, 238), (252, 240, 238), (246, 246, 244))
        )
        self.rule: Colour = rng.choice(((70, 96, 80), (120, 60, 50), (60, 60, 60), (96, 84, 60)))
        self.label = kit.ink(rng.choice(("song", "hei", "fang")), self.rule)
        self.by_hand = rng.random() < 0.14
        if self.by_hand:
            colour: Colour = rng.choice(((26, 32, 80), (24, 24, 28)))
            self.value = kit.ink("hand", colour, "hand")
        else:
            roles: tuple[Role, ...] = ("song", "song", "fang", "hei")
            role = rng.choice(roles)
            mode: Mode = "dot" if rng.random() < 0.45 else "print"
            self.value = kit.ink(role, (40, 38, 46) if mode == "dot" else (26, 26, 30), mode)
        drift = 0.0 if rng.random() < 0.3 else 1.0
        self.dx, self.dy = drift * rng.gauss(0, 0.9), drift * rng.gauss(0, 0.7)

    def page(self) -> Canvas:
        """A blank page with its ground pattern."""
        canvas = self.kit.canvas(WIDTH, HEIGHT, self.stock)
        r, g, b = self.stock
        light: Colour = (min(r + 5, 255), min(g + 5, 255), min(b + 5, 255))
        tint(canvas, (self.stock, light, light, self.stock))
        guilloche(canvas, self.rule, 0.16, canvas.rng.choice(("waves", "mesh")))
        return canvas

    def cell(
        self,
        canvas: Canvas,
        x: float,
        y: float,
        w: float,
        h: float,
        text: str,
        *,
        size: float = 3.3,
        centred: bool = False,
    ) -> None:
        """Fill a value into a cell as the printer does: drifted, smaller where it is long."""
        if not text:
            return
        ink = self.value
        inner = w - 1.6
        lines = canvas.wrap(text, inner, size, ink)
        while len(lines) * size * 1.2 > h - 0.4 and size > 2.2:
            size -= 0.2
            lines = canvas.wrap(text, inner, size, ink)
        top = y + (h - len(lines) * size * 1.2) / 2 + self.dy
        for line in lines:
            if centred:
                canvas.centre(x + w / 2 + self.dx, top, line, size, ink)
            else:
                canvas.write(x + 1.2 + self.dx, top, line, size, ink)
            top += size * 1.2

    def tag(self, canvas: Canvas, x: float, y: float, w: float, h: float, text: str) -> None:
        """A printed label in its cell, over two lines where ``text`` has a break."""
        lines = text.split("\n")
        size = 3.0 if len(lines) == 1 else 2.65
        top = y + (h - len(lines) * size * 1.15) / 2
        for line in lines:
            room = min(w - 2.4, size * 5.2)
            width = canvas.measure(line, size, self.label)
            if width > w - 1:
                canvas.centre(x + w / 2, top, line, size * (w - 1) / width, self.label)
            elif len(line) <= 4 and len(lines) == 1:
                canvas.spread(x + (w - room) / 2, top, room, line, size, self.label)
            else:
                canvas.centre(x + w / 2, top, line, size, self.label)
            top += size * 1.15


def make_household(person: Person, kit: Kit, head: str | None = None) -> Household:
    """The household that this person belongs to."""
    rng = kit.rng
    town = person.address.split("镇")[0][-2:] if "镇" in person.address else make_village(rng)
    station = f"{person.place.county}公安局{town}派出所"
    kinds = (
        "家庭户",
        "家庭户",
        "非农业家庭户口",
        "农业家庭户口",
        "居民家庭户",
        "居民户口家庭户",
        "集体户",
        "非农业集体户",
    )
    length = rng.choice((9, 9, 9, 6, 8, 12))
    return Household(
        kind=rng.choice(kinds),
        head=head or person.name,
        number="".join(rng.choice("0123456789") for _ in range(length)),
        address=person.address,
        issued=some_day(rng, 1998, 2026) if rng.random() < 0.9 else date(2026, 3, 2),
        station=station,
        province="广西壮族自治区" if person.place.code.startswith("45") else person.address[:3],
    )


def draw_row(
    canvas: Canvas,
    book: Book,
    x: float,
    y: float,
    w: float,
    h: float,
    cells: list[tuple[float, str, str | None]],
) -> None:
    """One row of a grid: (share of the width, label, None) or (share, "", value)."""
    for share, label, value in cells:
        wide = w * share
        canvas.box(x, y, wide, h, 0.22, book.rule)
        if value is None:
            book.tag(canvas, x, y, wide, h, label)
        else:
            book.cell(canvas, x, y, wide, h, value, size=3.2)
        x += wide


def draw_clerk(canvas: Canvas, book: Book, x: float, y: float) -> None:
    """承办人签章: a small square stamp, a pen, or nothing."""
    rng = book.kit.rng
    colon = rng.choice(("", "：", ":"))
    end = canvas.write(x, y, f"承办人签章{colon}", 3.2, book.label)
    draw = rng.random()
    name = make_name(rng, rng.choice("男女"), 0)
    if draw < 0.5:
        chop(canvas, end + 2, y - 1, name, 3.4, book.kit.ink("song"), frame=rng.random() < 0.6)
    elif draw < 0.85:
        canvas.write(end + 2, y - 0.4, name, 4.2, book.kit.ink("hand", (30, 40, 110), "hand"))


def seal_ink(book: Book) -> Ink:
    """What the seals are cut in."""
    return book.kit.ink("song", bold=0.02)
