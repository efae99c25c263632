"""Papers that the guide does not name: cards in families' layouts, and samples/foreign.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

from samples.any_hand.card import draw_faces
from samples.any_hand.faces import Part
from samples.any_hand.family import Family, families
from samples.any_hand.filling import Face
from samples.any_hand.page import Page
from samples.any_hand.rows import Item
from samples.draw import Drawn, Kit
from samples.fonts import Shelf
from samples.layouts import foreign_pages
from samples.persons import make_person

_LONGEST = 7
"""Characters of the longest value that may share its row."""


@cache
def cards() -> Mapping[str, Mapping[str, Any]]:
    """The cards and booklets of ``foreign.toml``, by kind."""
    text = (files("samples.any_hand") / "foreign.toml").read_text(encoding="utf-8")
    return {row["kind"]: row for row in tomllib.loads(text)["card"]}


def kinds(part: Part) -> tuple[str, ...]:
    """The kinds of foreign papers of a part: every third is held out."""
    every = (*cards(), *foreign_pages.kinds())
    return tuple(k for n, k in enumerate(every) if (n % 3 == 1) == (part == "held-out"))


def draw(kind: str, part: Part, seed: str, shelf: Shelf) -> tuple[list[Drawn], list[Page]]:
    """One foreign paper. Raises Crowded where a card does not fit its layout."""
    rng = Random(f"{seed}/filling")
    person = make_person(rng, ages=(20, 66))
    if kind not in cards():
        return foreign_pages.drawing(kind)(person, Kit(rng, shelf)), []
    row = cards()[kind]
    styles = families("foreign", part)
    style = styles[Random(f"any-hand/foreign/{kind}").randrange(len(styles))]
    family = Family("foreign", f"{kind}-{style.name}", part, style.labels, style.tongue, "hans",
                    style.portrait)  # fmt: skip
    words = foreign_pages.Words(person, rng)
    title = words.fill(family.choose("title", row["titles"])).split("|")
    sex = person.sex if row.get("portrait", True) else ""
    face = Face("card", (tuple(title), row.get("english", "")), portrait=sex)
    for label, text in row["rows"]:
        face.items.append(_item(label, words.fill(text), family))
    if "number" in row:
        label, text = row["number"]
        face.foot.append(Item(words.fill(text), (label, ""), number=True))
    return draw_faces(family, [face], seed, shelf)


def _item(label: str, text: str, family: Family) -> Item:
    zh, _, other = label.partition("/")
    return Item(text, (zh, other if family.tongue else ""), len(text) <= _LONGEST,
                wraps=len(text) > _LONGEST)  # fmt: skip
