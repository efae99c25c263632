"""Faces of papers without any layout: what they print, and the truth of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from random import Random

from samples.any_hand.family import Family
from samples.any_hand.rows import Item
from samples.layouts.dates import dotted, han
from samples.persons import Person

_WRAPPED = ("address", "current_address", "issuing_authority", "household_address")
"""Values that issues break over lines."""


@dataclass
class Face:
    """One side of a paper.

    ``heading`` is the title and its translation; ``foot`` items stand at the lower edge; ``notes``
    is small print; ``zone`` machine-readable lines; ``portrait`` the holder's sex, or "" where the
    side has no picture; ``size`` in millimetres; ``zoom`` how much larger than on a card its print
    is; ``split`` items stand left of a fold, the rest right of it; ``issuer`` seals it.
    """

    name: str
    heading: tuple[tuple[str, ...], str] = ((), "")
    items: list[Item] = field(default_factory=list)
    foot: list[Item] = field(default_factory=list)
    notes: tuple[str, ...] = ()
    zone: tuple[str, ...] = ()
    portrait: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    derived: tuple[str, ...] = ()
    size: tuple[float, float] = (85.6, 54.0)
    zoom: float = 1.0
    split: int = 0
    issuer: str = ""


class Filling:
    """Fills faces: each value is drawn and noted as truth in one call."""

    def __init__(self, family: Family, rng: Random):
        self.family, self.rng = family, rng

    def day(self, day: date) -> str:
        """A date in the family's own form."""
        forms: Mapping[str, str] = {
            "dotted": dotted(day), "han": han(day), "padded": han(day, padded=True),
            "iso": f"{day:%Y-%m-%d}",
        }  # fmt: skip
        allowed = ("dotted", "dotted", "han", "padded", "iso")
        return forms[self.family.choose("date", allowed)]

    def put(
        self, face: Face, name: str, text: str, truth: str | None = None, *, short: bool = False,
        number: bool = False, foot: bool = False, **values: str,
    ) -> None:  # fmt: skip
        """Add the value of a field; ``truth`` where it is not as printed."""
        item = Item(text, self.family.label(name, **values), short, number, name in _WRAPPED)
        (face.foot if foot else face.items).append(item)
        face.fields[name] = text if truth is None else truth

    def span(self, face: Face, first: date, last: date | None) -> None:
        """A validity printed as one value."""
        end = dotted(last) if last else "长期"
        label = self.family.label("validity")
        face.items.append(Item(f"{dotted(first)}-{end}", label))
        face.fields["valid_from"] = first.isoformat()
        face.fields["valid_to"] = last.isoformat() if last else "长期"

    def split_span(self, face: Face, first: date, last: date) -> None:
        """A validity printed as two dates."""
        self.put(face, "valid_from", self.day(first), first.isoformat())
        self.put(face, "valid_to", self.day(last), last.isoformat())

    def holder(self, face: Face, person: Person, *, ethnicity: bool = True) -> None:
        """Name, sex, ethnic group, birth."""
        self.put(face, "name", person.name)
        self.put(face, "sex", person.sex, short=True)
        if ethnicity:
            tail = "族" if self.family.chance("族", 0.12) else ""
            self.put(face, "ethnicity", person.ethnicity + tail, short=True)

    def birth(self, person: Person) -> str:
        """A birth date as the law's cards print it, at times with gaps."""
        b = person.birth
        gaps = self.family.chance("gaps", 0.4)
        return f"{b.year}年 {b.month}月 {b.day}日" if gaps else han(b)
