"""Labels of a bilingual form that only their English tells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from extractors.labelled.translations import latin_letters
from pipeline.layout.label_words import LabelRule
from pipeline.layout.labels import Label
from pipeline.layout.piece import Piece

_TRANSLATED = re.compile(r"([一-鿿]{1,6}[/(]?)?([A-Za-z][A-Za-z.'/()\-]*)")
"""A label in English, behind its Chinese maybe."""


def with_english_alone(
    labels: Mapping[str, Label],
    pieces: Sequence[Piece],
    english: Mapping[str, Sequence[str]],
    rules: Sequence[LabelRule],
    brief: Mapping[str, LabelRule],
) -> tuple[dict[str, Label], list[Piece]]:
    """The labels, those among them that only their English tells: on a form without Chinese, or
    where that was misread (性刻 Sex). ``english`` are the letters of each label's English; what two
    labels share tells neither. ``brief`` are printings that need their English (姓/Surname)."""
    told = Counter(e for own in english.values() for e in set(own))
    names = {e: name for name, own in english.items() for e in own if told[e] == 1}
    whole, rest = dict(labels), list(pieces)
    by_name = {rule.name: rule for rule in rules}
    for piece in pieces:
        found = _TRANSLATED.match(piece.text)
        name = names.get(latin_letters(found[2])) if found and not found[2].isupper() else None
        if found is None or name is None or name in whole:
            continue
        rule, behind = by_name[name], piece.text[found.end() :]
        own_rules = [rule, *([brief[name]] if name in brief else [])]
        if found[1] and not any(_is_alike(found[1].rstrip("/("), r) for r in own_rules):
            continue
        end = len(piece.text) if _is_alike(behind, rule) else found.end()
        if behind and end == found.end() and behind[0] != ":":
            continue
        own = piece.part(0, end)
        above = [
            p
            for p in rest
            if p is not piece and _is_over(own, p) and any(_is_alike(p.text, r) for r in own_rules)
        ]
        parts = sorted((own, *above[:1]), key=lambda p: p.centre[1])
        whole[name] = Label(rule, tuple(parts), exact=False)
        rest = [p for p in rest if p is not piece and all(p is not q for q in above[:1])]
        if end < len(piece.text):
            rest.append(piece.part(end, len(piece.text)))
    return whole, rest


def _is_alike(text: str, rule: LabelRule) -> bool:
    """Whether a text is a label's Chinese with a character misread."""
    return any(
        len(text) == len(word)
        and sum(a == b for a, b in zip(text, word, strict=True)) * 2 >= len(text)
        for printing in rule.printings
        for word in printing
    ) and bool(text)


def _is_over(piece: Piece, other: Piece) -> bool:
    """Whether another piece stands right above or below one, in its column."""
    off = abs(piece.centre[0] - other.centre[0])
    return (
        off < 1.6 * other.height
        and 0.4 < abs(piece.centre[1] - other.centre[1]) / other.height < 1.8
    )
