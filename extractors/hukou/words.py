"""The printed words of booklet pages (``labels.toml``): labels, titles, seals, items of changes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from extractors.labelled.tables import load_table

PageKind = Literal["member", "head", "changes", "address_changes"]
FormRows = tuple[tuple[str, ...], ...]
PAGE_KINDS: tuple[PageKind, ...] = ("member", "head", "changes", "address_changes")


@dataclass(frozen=True, slots=True)
class LabelPart:
    """One printed part of a label."""

    text: str
    label: str
    index: int
    count: int


@cache
def _table() -> dict[str, Any]:
    return load_table("hukou", "labels.toml")


@cache
def label_words(name: str) -> tuple[str, ...]:
    """The printed parts of a field's labels, on all kinds of pages."""
    table = _table()
    printings = [p for kind in PAGE_KINDS for p in table[kind].get(name, [])]
    return tuple(dict.fromkeys(part for printing in printings for part in printing))


@cache
def rows_of_form(kind: PageKind) -> tuple[FormRows, ...]:
    """The fields of a page with a grid by its rows, in each printing that is known."""
    return tuple(tuple(map(tuple, rows)) for rows in _table()["rows"][kind])


@cache
def titles(kind: PageKind) -> tuple[str, ...]:
    """The titles that this kind of page may print."""
    return tuple(str(t) for t in _table()["titles"][kind])


def is_title(text: str, kind: PageKind) -> bool:
    """Whether a line says one of them."""
    return any(title in text for title in titles(kind))


@cache
def noise_words() -> tuple[str, ...]:
    """Print and stamps that are no value."""
    return tuple(str(t) for t in _table()["noise"]["words"])


@cache
def seal_words() -> tuple[str, ...]:
    """Words of seals that may stand in a value too."""
    return tuple(str(t) for t in _table()["noise"]["seals"])


@cache
def deregistered_words() -> tuple[str, ...]:
    """Stamps of a page that proves nothing any more."""
    return tuple(str(t) for t in _table()["noise"]["deregistered"])


def field_of_item(item: str) -> str | None:
    """The field of the member page that an item of the page of changes names, or None."""
    return _items().get(_without_brackets(item))


@cache
def _items() -> dict[str, str]:
    """Names of the member page's fields: those that its labels print, and others."""
    others = {word: field for field, words in _table()["items"].items() for word in words}
    rows = _table()["member"].items()
    printed = {"".join(parts): field for field, printings in rows for parts in printings}
    return {_without_brackets(word): field for word, field in (others | printed).items()}


def _without_brackets(text: str) -> str:
    return text.replace("(", "").replace(")", "")


@cache
def label_parts(kind: PageKind) -> tuple[LabelPart, ...]:
    """All parts of all printings, longest first."""
    parts = {
        LabelPart(text, name, index, len(printing))
        for name, printings in _table()[kind].items()
        for printing in printings
        for index, text in enumerate(printing)
    }
    return tuple(sorted(parts, key=lambda p: (-len(p.text), p.text, p.label, p.count, p.index)))
