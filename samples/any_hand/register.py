"""A register of names and addresses: what is measured where one mistake in thousands counts.

Whole papers hold too few names and addresses to tell one silent error in five thousand values. A
register has twenty, in one typeface, worn as papers are.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from samples.any_hand.page import Hand
from samples.any_hand.wear import manner, wear
from samples.draw import Canvas, Kit
from samples.fonts import Role, Shelf
from samples.ornament import watermark
from samples.persons import make_address, make_name, places
from samples.scanner import Shot

NAME, ADDRESS = "姓名", "住址"
SIZE_MM = (128.0, 152.0)
MARGIN_MM = 8.0
ROWS = 20
RARE_NAMES = 0.1
RARE_PLACES = 0.1
"""Shares of names and of addresses with a rare character. Of Guangxi's village names about one in
twenty has one ([K], general knowledge: 岜, 峒, 埇, 渌 …), and an address names two places."""
RARE = "岜塱垌峒岽崬榃渌菉埌埇磡咘㟖峎蓢枧氹冾峝塝崀塍坌砦"
"""Characters of Guangxi's village names that hardly any other text has ([K])."""
_TYPEFACES: tuple[Role, ...] = ("hei", "song", "kai", "fang")
_COMMON = "旺马合山田村坡岭洞桥"
_SHARE_WITH_VILLAGES = 0.31
"""Of 2,000 addresses of samples/persons.py, those that name a 屯 (others end with a street)."""
_LEVEL_2 = 0xD8
"""First byte in GB 2312 of characters that are not among its 3,755 common ones."""


@dataclass(frozen=True)
class Entry:
    """One row: what is printed before the colon, and what behind."""

    label: str
    text: str


def draw_register(seed: str, level: str, fonts: Shelf) -> tuple[Shot, list[Entry]]:
    """A register and its rows from top to bottom; the same for the same seed and fonts."""
    rng = Random(f"register/{seed}/{level}")
    hand = Hand(seed, fonts)
    rows = _entries(rng)
    canvas = Canvas(*SIZE_MM, rng)
    ink = hand.ink(rng.choice(_TYPEFACES))
    widest = max(canvas.measure(f"{row.label}：{row.text}", 1.0, ink) for row in rows)
    size = min(rng.uniform(2.9, 4.0), (SIZE_MM[0] - 2 * MARGIN_MM) / widest)
    canvas.centre(SIZE_MM[0] / 2, 3.0, "人员登记", 4.2, ink)
    watermark(canvas, SIZE_MM[0] - 12, 6.0, 5.0, ink)
    for index, row in enumerate(rows):
        canvas.write(MARGIN_MM, 11.0 + index * 6.8, f"{row.label}：{row.text}", size, ink)
    shot = wear([canvas.pixels()], manner(level, rng), rng, Kit(rng, fonts), card=False)
    return shot, rows


def _entries(rng: Random) -> list[Entry]:
    """The rows of one register, names and addresses by turns."""
    return [
        Entry(NAME, make_name(rng, rng.choice("男女"), RARE_NAMES))
        if turn % 2 == 0
        else Entry(ADDRESS, _address(rng))
        for turn in range(ROWS)
    ]


def _address(rng: Random) -> str:
    """An address whose villages have common characters, or one rare one."""
    where = rng.choice(places())
    head, county, street = make_address(rng, where).partition(where.county)
    street = "".join(rng.choice(_COMMON) if _is_rare(c) else c for c in street)
    if "屯" in street and rng.random() < RARE_PLACES / _SHARE_WITH_VILLAGES:
        village, _, house = street.rpartition("屯")
        street = f"{village[:-2]}{rng.choice(RARE)}{village[-1]}屯{house}"
    return head + county + street


def _is_rare(char: str) -> bool:
    try:
        return char > "一" and char.encode("gb2312")[0] >= _LEVEL_2
    except UnicodeEncodeError:
        return True
