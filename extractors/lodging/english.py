"""Labels of a bilingual form that only their English tells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from extractors.labelled.translations import stands_by
from pipeline.layout.label_words import LabelRule
from pipeline.layout.labels import Label
from pipeline.layout.likeness import (
    HALF,
    SHORT_WORD,
    is_like_label,
    is_like_letters,
    latin_letters,
)
from pipeline.layout.piece import Piece

_TRANSLATED = (
    re.compile(r"([^/(]{1,6})[/(]([A-Za-z][A-Za-z.'/()\-]*)"),
    re.compile(r"([一-鿿]{1,6})?([A-Za-z][A-Za-z.'/()\-]*)"),
)
"""A label in English, behind its Chinese and a sign, whatever was read for that; or behind its
Chinese, or alone."""


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
    words = {n: [e for e in own if told[e] == 1] for n, own in english.items()}
    whole, rest = dict(labels), list(pieces)
    by_name = {r.name: [r, *([brief[r.name]] if r.name in brief else [])] for r in rules}
    for piece in pieces:
        free = {name: own for name, own in words.items() if name not in whole}
        found = [m for shape in _TRANSLATED if (m := shape.match(piece.text)) is not None]
        hits = [(m, n) for m in found for n in free if _tells(m, free[n], by_name[n])]
        if not hits or len({name for _, name in hits}) > 1:
            continue
        (match, name), behind = hits[0], piece.text[hits[0][0].end() :]
        end = len(piece.text) if is_like_label(behind, by_name[name][:1]) else match.end()
        if behind and end == match.end() and behind[0] != ":":
            continue
        own = Label(by_name[name][0], (piece.part(0, end),), exact=False)
        near = [p for p in rest if p is not piece and stands_by(p, own)]
        above = [p for p in near if is_like_label(p.text, by_name[name])][:1]
        parts = sorted((*own.parts, *above), key=lambda p: p.centre[1])
        whole[name] = replace(own, parts=tuple(parts))
        rest = [p for p in rest if p is not piece and p not in above]
        if end < len(piece.text):
            rest.append(piece.part(end, len(piece.text)))
    return whole, rest


def _tells(found: re.Match[str], words: Sequence[str], rules: Sequence[LabelRule]) -> bool:
    """Whether Chinese and English are a label's: the English to the letter, and then a long one
    whatever was read for its Chinese; or both misread, each in part."""
    letters = latin_letters(found[2])
    if found[2].isupper():
        return False
    if letters in words:
        least = 0.0 if len(letters) > SHORT_WORD else HALF
        return not found[1] or is_like_label(found[1], rules, least)
    return (
        bool(found[1])
        and is_like_label(found[1], rules)
        and any(is_like_letters(letters, w) for w in words)
    )
