"""Families: coherent sets of choices, as one issue of a card or one office makes them.

A family's name is its seed: the same name always gives the same choices. Every second to third
family of a kind is held out; its fonts are those that no other family uses.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

from samples.any_hand.faces import Part

COUNTS: Mapping[Part, int] = {"develop": 12, "held-out": 6}
"""Families of a kind of card."""


@cache
def words() -> Mapping[str, Any]:
    """What cards print (``words.toml``)."""
    text = (files("samples.any_hand") / "words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@dataclass(frozen=True)
class Choices:
    """A family of a kind of paper; whatever it is asked, it answers the same again."""

    kind: str
    name: str
    part: Part

    def rng(self, what: str) -> Random:
        """The family's own randomness for one of its choices."""
        return Random(f"any-hand/{self.kind}/{self.name}/{what}")

    def choose(self, what: str, options: Sequence[Any]) -> Any:
        """One of the options, the same for the whole family."""
        return self.rng(what).choice(options)

    def chance(self, what: str, share: float) -> bool:
        """True in this share of the families."""
        return self.rng(what).random() < share

    def between(self, what: str, low: float, high: float) -> float:
        """A measure, the same for the whole family."""
        return self.rng(what).uniform(low, high)


@dataclass(frozen=True)
class Family(Choices):
    """The choices of one issue of a card. ``labels`` is a style of rows.py; ``tongue`` the second
    language (``en``, ``za``, or none); ``script`` ``hans`` or ``hant`` of titles and labels;
    ``portrait`` ``left``, ``right`` or none."""

    labels: str
    tongue: str
    script: str
    portrait: str

    def label(self, field: str, **values: str) -> tuple[str, str]:
        """The field's label in Chinese and in the second language ("" where there is none)."""
        table = words()[self.kind].get("labels", {}).get(field) or words()["labels"][field]
        zh: str = self.choose(f"label/{field}", table["zh"])
        there = table.get(self.tongue, []) if self.tongue else []
        other: str = self.choose(f"other/{field}", there) if there else ""
        return self.written(zh.format(**values)), other.format(**values)

    def title(self, **values: str) -> tuple[tuple[str, ...], str]:
        """The lines of the title, and its translation or ""."""
        table = words()[self.kind]
        lines = self.choose("title", table["titles"]).format(**values).split("|")
        english = self.choose("english", table["english"]) if table["english"] else ""
        return tuple(map(self.written, lines)), english

    def written(self, text: str) -> str:
        """Titles and labels in the family's script."""
        if self.script != "hant":
            return text
        pairs = words()["traditional"]["pairs"]
        return text.translate(dict(zip(map(ord, pairs[::2]), pairs[1::2], strict=True)))


@cache
def families(kind: str, part: Part) -> tuple[Family, ...]:
    """The families of a kind of card. Raises KeyError where there is no such kind.

    Choices are dealt like cards, each from a shuffled deck of its own, so that all styles occur in
    both parts, in combinations of their own.
    """
    table = words()[kind]
    made = []
    total = sum(COUNTS.values())
    decks: dict[str, list[str]] = {}
    for what in ("styles", "tongues", "scripts", "portraits"):
        options = list(table[what])
        deck = (options * (total // len(options) + 1))[:total]
        Random(f"any-hand/{kind}/{what}").shuffle(deck)
        decks[what] = deck
    for index in range(total):
        style, tongue, script, portrait = (d[index] for d in decks.values())
        if style in ("inline", "slash", "stack") and tongue == "":
            # these styles are made by a second language
            tongue = "en" if "en" in table["tongues"] else "za" if "za" in table["tongues"] else ""
        if style in ("inline", "slash", "stack") and tongue == "":
            style = "left"
        own: Part = "held-out" if index % 3 == 1 else "develop"
        parts = (
            style,
            tongue,
            script if script == "hant" else "",
            portrait or "bare",
            f"{index:02d}",
        )
        name = "-".join(p for p in parts if p)
        made.append(Family(kind, name, own, style, tongue, script, portrait))
    return tuple(f for f in made if f.part == part)
