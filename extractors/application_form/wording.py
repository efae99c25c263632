"""What a form prints, from ``form.toml``: phrases, and where they stand in a text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from extractors.labelled.tables import load_table
from pipeline.reference.text import narrow

PhraseKind = Literal["matter", "option", "question", "label"]
FUZZY_MIN = 7
"""Characters from which a phrase may have one misread: shorter ones differ by one from others."""
_SKIPPED = frozenset(
    " \t\u3000“”\"'‘’()[]【】〔〕《》<>、,，。.．·/;；:：-—_|*※口□☐☑■☒✓√✔◻▢○●◯〇丨?？"
)
_YES_NO = {"true": ("是", "有"), "false": ("否", "无")}


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase, bare; ``meanings`` are (key, code) pairs: the same word may belong to several
    groups. ``code`` is empty for questions and labels."""

    text: str
    kind: PhraseKind
    meanings: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Choices that belong together."""

    key: str
    many: bool
    options: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Wording:
    """All that a form may print, longest phrases first."""

    phrases: tuple[Phrase, ...]
    groups: dict[str, Group]
    items: dict[str, str]
    tick_headings: tuple[str, ...]
    matter_headings: tuple[str, ...]
    title: tuple[tuple[str, ...], ...]
    against: tuple[str, ...]
    need_matters: int
    need_labels: int


@dataclass(frozen=True, slots=True)
class FoundPhrase:
    """A phrase in a text: from and to in places of the text; ``exact``: no character misread."""

    phrase: Phrase
    start: int
    end: int
    exact: bool


def bare(text: str) -> str:
    """The text without what does not count."""
    return _bare_places(text)[0]


def _bare_places(text: str) -> tuple[str, list[int]]:
    """The text without what does not count, and where each character stood."""
    kept = [
        (c, i)
        for i, c in enumerate(narrow(text))
        if c not in _SKIPPED and not (c.isascii() and c.isdigit())
    ]
    joined = "".join(c for c, _ in kept)
    places = [i for _, i in kept]
    while (at := joined.find("基本")) >= 0:
        joined = joined[:at] + joined[at + 2 :]
        del places[at : at + 2]
    return joined, places


@cache
def wording() -> Wording:
    """The table of ``form.toml``."""
    table = load_table("application_form", "form.toml")
    groups = {"matters": Group("matters", True, {k: tuple(v) for k, v in table["matters"].items()})}
    found: dict[tuple[str, PhraseKind], list[tuple[str, str]]] = {}

    def add(words: Sequence[str], kind: PhraseKind, key: str, code: str = "") -> None:
        for word in words:
            found.setdefault((bare(word), kind), []).append((key, code))

    for code, words in groups["matters"].options.items():
        add(words, "matter", "matters", code)
    for row in table["group"]:
        options = _YES_NO if row.get("yes_no") else row["options"]
        group = Group(row["key"], row.get("many", False), {k: tuple(v) for k, v in options.items()})
        groups[group.key] = group
        add(row["questions"], "question", group.key)
        for code, words in group.options.items():
            add(words, "option", group.key, code)
    for key, words in table["labels"].items():
        add(words, "label", key)
    order: dict[PhraseKind, int] = {"matter": 0, "option": 1, "question": 2, "label": 3}
    phrases = [Phrase(text, kind, tuple(m)) for (text, kind), m in found.items()]
    return Wording(
        tuple(sorted(phrases, key=lambda p: (-len(p.text), order[p.kind]))),
        groups,
        {bare(word): key for key, words in table["items"].items() for word in words},
        tuple(table["tick_headings"]),
        tuple(table["matter_headings"]),
        tuple(tuple(words) for words in table["title"]),
        tuple(table["against"]),
        table["need_matters"],
        table["need_labels"],
    )


def find_phrases(text: str) -> list[FoundPhrase]:
    """Phrases in the text, in order, none within another: those that are there to the letter
    first, the longest of them first."""
    joined, places = _bare_places(text)
    taken = [False] * len(joined)
    found: list[FoundPhrase] = []
    printed = [phrase for phrase in wording().phrases if phrase.text in joined]
    for exact in (True, False):
        for phrase in printed if exact else _nearly_printed(joined):
            for start in _occurrences(joined, phrase, exact):
                end = start + len(phrase.text)
                if not any(taken[start:end]):
                    taken[start:end] = [True] * (end - start)
                    found.append(FoundPhrase(phrase, places[start], places[end - 1] + 1, exact))
    return sorted(found, key=lambda f: f.start)


def _nearly_printed(text: str) -> list[Phrase]:
    """The phrases that may have a character misread, and of which no more is lacking."""
    present = set(text)
    return [phrase for phrase, letters in _long_phrases() if len(letters - present) <= 1]


@cache
def _long_phrases() -> tuple[tuple[Phrase, frozenset[str]], ...]:
    """The phrases that may have a character misread, with their characters."""
    return tuple(
        (phrase, frozenset(phrase.text))
        for phrase in wording().phrases
        if len(phrase.text) >= FUZZY_MIN and phrase.kind in ("matter", "option")
    )


def _occurrences(text: str, phrase: Phrase, exact: bool) -> Iterator[int]:
    size = len(phrase.text)
    if exact:
        start = text.find(phrase.text)
        while start >= 0:
            yield start
            start = text.find(phrase.text, start + 1)
        return
    for start in range(len(text) - size + 1):
        part = text[start : start + size]
        if sum(a != b for a, b in zip(part, phrase.text, strict=True)) == 1:
            yield start
