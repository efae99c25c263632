"""What a letter says its holder is, where it says so more than once.

A title names kinds in general (城乡低保对象证明), a form offers several of them with a box before
each, a sentence says which one it is. Of what agrees, the fullest wording counts (农村低保 before
低保); what does not agree is a doubt.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from extractors.letters.grammar import LETTER_GRAMMARS
from extractors.letters.kinds import LetterFact
from extractors.letters.people import Span

RIVALS = "文中另有不同的说法"
_UNTICKED = re.compile(r"[□☐○口]\s*$")


def civil_kind(text: str) -> tuple[str, str]:
    """低保 or 特困, and 城 or 农 where it is said."""
    place = "农" if "农" in text else "城" if re.search("城(?!乡)", text) else ""
    return ("特困" if re.search("特困|五保", text) else "低保", place)


def _group_kind(text: str) -> tuple[str, str]:
    return (LETTER_GRAMMARS["group"](text).value, "")


def _date_kind(text: str) -> tuple[str, str]:
    return (LETTER_GRAMMARS["full_date"](re.sub(r"\s", "", text)).value, "")


MENTION_KINDS: Mapping[str, Callable[[str], tuple[str, str]]] = {
    "civil_category": civil_kind,
    "group": _group_kind,
    "full_date": _date_kind,
}
"""A field's grammar: a function that gives the category of a wording, and what a fuller wording
adds to it ("" where it adds nothing)."""


def weigh_mentions(fact: LetterFact, span: Span, text: str) -> tuple[Span, tuple[str, ...]]:
    """Where the fullest wording of a fact stands of which one was found at ``span``, and doubts."""
    kind_of = MENTION_KINDS.get(fact.grammar)
    if kind_of is None:
        return span, ()
    found = text[slice(*span)]
    kind, more = kind_of(found)
    said = [
        m
        for pattern in fact.patterns[-fact.mentions :]
        for m in pattern.finditer(text)
        if not _UNTICKED.search(text[: m.start("v")])
    ]
    kinds = [kind_of(m["v"]) for m in said]
    if any(k != kind or (more and m and m != more) for k, m in kinds):
        return span, (RIVALS,)
    fuller = [m for m, (_, said_more) in zip(said, kinds, strict=True) if said_more and not more]
    if not fuller:
        return span, ()
    if len({k for k in kinds if k[1]}) > 1:
        return span, (RIVALS,)
    return max((m.span("v") for m in fuller), key=lambda s: s[1] - s[0]), ()
