"""How like words are to a printed label's, with characters misread."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from pipeline.layout.label_words import LabelRule

TRANSLATION_ALIKE = 0.8
"""Likeness of letters from which a run of words is a label's translation, misread maybe."""
SHORT_WORD = 4
"""Letters up to which a translation must be there to the letter: No, Sex, Name."""
HALF = 0.5
"""Part of a label's Chinese characters that must be there where its translation is, too."""


def latin_letters(text: str) -> str:
    """The letters A to Z of a text, as capitals: how translations are compared. A small rn is read
    as m (Sumame), and stands for it."""
    return re.sub(r"[^A-Z]", "", text.upper()).replace("RN", "M")


def is_like_letters(own: str, word: str) -> bool:
    """Whether letters are those of a translation, misread maybe."""
    if len(word) <= SHORT_WORD or len(own) <= SHORT_WORD:
        return own == word
    likeness = SequenceMatcher(None, own, word)
    return likeness.real_quick_ratio() >= TRANSLATION_ALIKE <= likeness.ratio()


def is_like_label(text: str, rules: Sequence[LabelRule], least: float = HALF) -> bool:
    """Whether a text is the Chinese of one of the labels with characters misread."""
    return any(
        len(text) == len(word)
        and sum(a == b for a, b in zip(text, word, strict=True)) >= least * len(text)
        for rule in rules
        for printing in rule.printings
        for word in printing
    ) and bool(text)
