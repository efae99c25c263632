"""Pages that are none of the guide's papers: bills, books, papers of other offices.

A reader must call each of them unknown, however many familiar words it holds. What they say is in
``foreign.toml``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

from samples.draw import Canvas, Drawn, Kit
from samples.fonts import Role
from samples.layouts.dates import han, printed, some_day
from samples.layouts.letter import HEIGHT, WIDTH
from samples.ornament import portrait, seal, watermark
from samples.persons import TODAY, Person, make_name, make_number, make_village, people

GROUND = (176, 204, 232)
_BODIES: tuple[Role, ...] = ("song", "song", "fang", "hei", "kai")
_FIELD = re.compile(r"\{([a-z_]+)(\d*)\}")


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads((files("samples") / "foreign.toml").read_text(encoding="utf-8"))


def kinds() -> tuple[str, ...]:
    """The kinds of foreign pages."""
    return tuple(row["kind"] for row in _table()["page"])


def draw(person: Person, kit: Kit) -> list[Drawn]:
    """One page that nobody asked for, of any kind."""
    return drawing(kit.rng.choice(kinds()))(person, kit)


def drawing(kind: str) -> Callable[[Person, Kit], list[Drawn]]:
    """What draws pages of this kind. Raises StopIteration for a kind that there is not."""
    page = next(row for row in _table()["page"] if row["kind"] == kind)
    return lambda person, kit: [_Page(page, person, kit).drawn()]


class _Page:
    """A page that fills from the top."""

    def __init__(self, page: Mapping[str, Any], person: Person, kit: Kit):
        self.page, self.kit, self.rng = page, kit, kit.rng
        self.words = Words(person, kit.rng)
        width, height = page.get("size", (WIDTH, HEIGHT))
        self.canvas: Canvas = kit.canvas(width, height)
        self.ink = kit.ink(
            page.get("ink") or self.rng.choice(_BODIES), mode="dot" if page.get("dot") else "print"
        )
        self.size = float(page.get("text", 4.4))
        self.margin = max(4.0, width * self.rng.uniform(0.08, 0.13))
        self.room = width - 2 * self.margin
        self.y = height * self.rng.uniform(0.05, 0.1)

    def drawn(self) -> Drawn:
        """The page, watermarked."""
        canvas, page = self.canvas, self.page
        title = self.words.fill(self.rng.choice(page["titles"]))
        size = min(self.size * 1.6, self.room / len(title))
        canvas.centre(canvas.width / 2, self.y, title, size, self.kit.ink(page.get("ink", "hei")))
        self.y += size * 2.2
        if page.get("portrait"):
            self._picture()
        for part in page["body"]:
            times = self.rng.randint(*part["times"]) if isinstance(part, dict) else 1
            for _ in range(times):
                self._put(part.get("row") or part["text"] if isinstance(part, dict) else part)
        if page.get("issuer"):
            self._close(self.words.fill(page["issuer"]), page.get("line", ""))
        small = min(6.0, canvas.width / 22)
        watermark(canvas, canvas.width - small * 2.5, small * 1.6, small, self.kit.ink("hei"), 0.3)
        return Drawn("page", canvas.pixels(), notes={"layout": page["kind"]})

    def _picture(self) -> None:
        width = self.room * 0.26
        self.room -= width + 2
        left = self.margin + self.room + 2
        portrait(
            self.canvas, left, self.y, width, width * 1.25, self.words.person.sex, ground=GROUND
        )

    def _put(self, part: str | Sequence[str]) -> None:
        if self.y > self.canvas.height - 2 * self.size:
            return
        if isinstance(part, str):
            text = self.words.fill(part)
            self.y = self.canvas.paragraph(
                self.margin, self.y, self.room, text, self.size, self.ink, leading=1.5
            )
            self.y += self.size * 0.4
            return
        self._row([self.words.fill(cell) for cell in part])

    def _row(self, cells: Sequence[str]) -> None:
        # A table of labels and values has narrow labels; one of columns has all alike.
        narrow = self.room * (0.28 if len(cells) == 2 else 1 / len(cells))
        widths = [narrow, self.room - narrow] if len(cells) == 2 else [narrow] * len(cells)
        inner = [
            self.canvas.wrap(c, w - 2, self.size * 0.9, self.ink)
            for c, w in zip(cells, widths, strict=True)
        ]
        height = self.size * (1.4 * max(map(len, inner)) + 0.8)
        x = self.margin
        for cell, width in zip(cells, widths, strict=True):
            self.canvas.box(x, self.y, width, height, 0.2)
            self.canvas.paragraph(
                x + 1, self.y + self.size * 0.5, width - 2, cell, self.size * 0.9, self.ink
            )
            x += width
        self.y += height

    def _close(self, issuer: str, line: str) -> None:
        canvas = self.canvas
        y = min(self.y + self.size, canvas.height - 3.5 * self.size)
        half = canvas.measure(issuer, self.size, self.ink) / 2
        x = max(canvas.width * 0.7 - max(half - canvas.width * 0.22, 0), half + 2)
        canvas.centre(x, y, issuer, self.size, self.ink)
        canvas.centre(x, y + self.size * 1.5, self.words.fill("{han}"), self.size, self.ink)
        wide = min(38.0, canvas.height * 0.3)
        seal(canvas, x, y + self.size, wide, issuer, self.kit.ink("song"), line=line)


class Words:
    """Fills the gaps of a text: the holder's facts, and others drawn each time."""

    def __init__(self, person: Person, rng: Random):
        self.person, self.rng = person, rng

    def fill(self, text: str) -> str:
        """The text with every {…} filled."""
        return _FIELD.sub(lambda found: self._of(found[1], int(found[2] or 0)), text)

    def _of(self, name: str, digits: int) -> str:
        if digits:
            return str(self.rng.randrange(10 ** (digits - 1), 10**digits))
        lists = _table()["words"]
        if name in lists:
            return str(self.rng.choice(lists[name]))
        return _FACTS[name](self.person, self.rng)


_FACTS: Mapping[str, Callable[[Person, Random], str]] = {
    "name": lambda person, _: person.name,
    "sex": lambda person, _: person.sex,
    "ethnicity": lambda person, _: person.ethnicity,
    "birth": lambda person, rng: printed(person.birth, rng),
    "id_number": lambda person, _: person.id_number,
    "masked": lambda person, _: f"{person.id_number[:6]}********{person.id_number[-4:]}",
    "address": lambda person, _: person.address,
    "mobile": lambda person, _: person.mobile,
    "county": lambda person, _: person.place.county,
    "other": lambda _, rng: make_name(rng, rng.choice("男女"), 0),
    "other_number": lambda person, rng: make_number(
        rng, person.place.code, some_day(rng, 1962, 2004), rng.choice("男女")
    ),
    "village": lambda _, rng: make_village(rng),
    "road": lambda _, rng: str(rng.choice(people()["village"]["road"])),
    "day": lambda _, rng: printed(some_day(rng, 2024, 2026), rng),
    "han": lambda _, rng: han(some_day(rng, 2024, 2026)),
    "later": lambda _, rng: han(TODAY + timedelta(days=rng.randrange(30, 3000))),
    "amount": lambda _, rng: f"{rng.randrange(8, 9000)}.{rng.randrange(100):02d}",
}
"""What a gap may name, of the holder or drawn."""
