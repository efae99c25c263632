"""The English labels of a bilingual form, beside or below the Chinese ones: no values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from pipeline.labels import Label
from pipeline.piece import Piece

ALIKE = 0.6
"""Likeness from which Latin letters are an English label, misread maybe."""
_LATIN = re.compile(r"[A-Za-z][A-Za-z.'/()\-]*")


def letters_of(text: str) -> str:
    """The letters A to Z of a label, as capitals: how labels are compared."""
    return re.sub(r"[^A-Z]", "", text.upper())


def without_english(
    pieces: Iterable[Piece], labels: Iterable[Label], english: Sequence[str]
) -> list[Piece]:
    """The pieces without English labels (``english``: their letters): those beside a Chinese one by
    their words, those below one of ``labels`` by their place."""
    placed = list(labels)
    kept = []
    for piece in pieces:
        rest = _after_english(piece, english)
        if rest is not None and not _is_below(rest, placed):
            kept.append(rest)
    return kept


def _after_english(piece: Piece, english: Sequence[str]) -> Piece | None:
    """What follows an English label at the beginning of a piece; None where nothing does."""
    text = piece.text
    start = 1 if text.startswith("/") else 0
    found = _LATIN.match(text, start)
    if found is None:
        return piece.part(start, len(text)) if start < len(text) else None
    end = start + _label_end(text[start:], found[0], english)
    if end == start:
        return piece.part(start, len(text))
    while end < len(text) and text[end] in ".):;":
        end += 1
    return piece.part(end, len(text)) if end < len(text) else None


def _label_end(text: str, word: str, english: Sequence[str]) -> int:
    """Where the label ends that a text begins with; 0 where it begins with none. A value may touch
    the label: CertificateNo.L9026828, NameinFullNGUYEN."""
    if text[len(word) : len(word) + 1] == ":":
        return len(word) if _is_english_label(word, english) else 0
    if word.isupper():
        return 0
    exact = [i for i in range(len(word), 1, -1) if letters_of(word[:i]) in english]
    whole = next((i for i in exact if not word[i : i + 1].islower()), 0)
    if whole and (whole == len(word) or word[whole:].strip(".)/(-").isupper()):
        return whole
    if not _is_english_label(word, english):
        return whole
    if text[len(word) : len(word) + 1].isdigit():
        tail = re.search(r"[A-Z]{1,3}$", word)
        return tail.start() if tail else len(word)
    return len(word)


def _is_english_label(text: str, english: Sequence[str]) -> bool:
    letters = letters_of(text)
    # Labels are set in lower case, names in capitals: a surname alone must not pass for one.
    if len(letters) < 2 or text.isupper():
        return False
    return any(SequenceMatcher(None, letters, e).ratio() >= ALIKE for e in english)


def _is_below(piece: Piece, labels: Sequence[Label]) -> bool:
    """Whether Latin letters stand right below a Chinese label, in its column."""
    if not _LATIN.fullmatch(piece.text):
        return False
    x, y = piece.centre
    return any(
        label.left - 1.6 * label.height < x < label.right + 1.6 * label.height
        and 0.4 * label.height < y - label.bottom < 2.2 * label.height
        for label in labels
    )
