"""The translations that stand by labels (``translations.toml``): in the same line, before or behind
the label's own words, above them, below them. They belong to the label and are nobody's value."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache

from extractors.labelled.tables import load_table
from pipeline.layout.label_words import LabelRule
from pipeline.layout.labels import Label
from pipeline.layout.likeness import is_like_letters, latin_letters
from pipeline.layout.piece import Piece
from pipeline.reference.names import is_han

NEAR_LABEL = 2.2
"""Label heights from a label within which its translation stands."""
SMALLER = 0.92
"""Part of a label's height up to which Latin letters by it are small print."""
Words = Mapping[str, tuple[str, ...]]
"""Label -> its translations by their letters (:func:`pipeline.layout.likeness.latin_letters`)."""
_SIGNS = "/()（）.:：·|-— "
_LATIN = re.compile(r"[A-Za-z][A-Za-z ./()'-]*")


@cache
def _words() -> Words:
    return {
        name: tuple(sorted(map(latin_letters, words), key=lambda word: -len(word)))
        for name, words in load_table("labelled", "translations.toml").items()
    }


def is_translation(text: str, names: Collection[str], words: Words | None = None) -> bool:
    """Whether a text is the translation of one of the labels, and nothing else."""
    told = _translated(text) if words is None else _told(text, words)
    return not told.isdisjoint(names)


@lru_cache(maxsize=4096)
def _translated(text: str) -> frozenset[str]:
    """The labels of which a text is the translation, by ``translations.toml``."""
    return _told(text, _words())


def _told(text: str, words: Words) -> frozenset[str]:
    if not _LATIN.fullmatch(text.strip(_SIGNS)):
        return frozenset()
    own = latin_letters(text)
    return frozenset(
        n for n, known in words.items() if any(is_like_letters(own, word) for word in known)
    )


def without_translations(
    labels: Mapping[str, Label],
    pieces: Sequence[Piece],
    rules: Sequence[LabelRule],
    words: Words | None = None,
    latin: Collection[str] | None = None,
) -> tuple[dict[str, Label], list[Piece]]:
    """The labels with their translations as parts of their own, those that only a translation
    tells among them, and the other pieces. ``words``: a paper's own translations, instead of
    ``translations.toml``; ``latin``: on a paper with values in Latin letters, the labels that have
    such; by the others any small print in Latin letters is a translation, known or not."""
    names = [rule.name for rule in rules]
    whole = dict(labels)
    rest: list[Piece] = []
    for piece in pieces:
        is_value = latin is not None and piece.text.isupper()  # names in capitals, labels never
        if is_value or not any(c.text.isascii() and c.text.isalpha() for c in piece.chars):
            rest.append(piece)
        elif is_translation(piece.words, names, words):
            if not _joined(piece, whole, words):
                _add(piece, whole, rules, words)
        elif latin is not None and (by := _explained(piece, whole, latin)):
            _extend(by, piece, whole)
        elif (own := _behind_translation(piece, whole, names, words)) is not None:
            rest.append(own)
    return whole, rest


def _joined(piece: Piece, labels: dict[str, Label], words: Words | None) -> bool:
    """Whether a translation stands by a label: one before, behind, above or below it becomes a
    part of it."""
    for name, label in labels.items():
        is_own = is_translation(piece.words, [name], words)
        if any(part.line is piece.line for part in label.parts):
            if is_own and any(_follows(p, piece) or _follows(piece, p) for p in label.parts):
                _extend(name, piece, labels)
            return True
        if is_own and stands_by(piece, label):
            _extend(name, piece, labels)
            return True
        beside = -label.height < piece.left - label.right < NEAR_LABEL * label.height
        if is_own and beside and label.in_row(piece):
            return True
    return False


def stands_by(piece: Piece, label: Label) -> bool:
    """Whether a piece stands above or below a label in its column."""
    away = abs(piece.centre[1] - label.level)
    aligned = abs(piece.left - label.left) < label.height or (
        abs(piece.centre[0] - (label.left + label.right) / 2) < label.height
    )
    return aligned and 0.5 * label.height < away < NEAR_LABEL * label.height


def _explained(piece: Piece, labels: Mapping[str, Label], latin: Collection[str]) -> str | None:
    """The label by which a piece of words in small letters stands, smaller than it: no value in
    capitals, and none of a label that has its values in Latin letters."""
    if not _LATIN.fullmatch(piece.words.strip(_SIGNS)) or not any(c.islower() for c in piece.text):
        return None
    for name, label in labels.items():
        is_small = piece.height < SMALLER * min(part.height for part in label.parts)
        if name not in latin and is_small and stands_by(piece, label):
            return name
    return None


def _extend(name: str, piece: Piece, labels: dict[str, Label]) -> None:
    parts = sorted((*labels[name].parts, piece), key=lambda part: part.centre[1])
    labels[name] = replace(labels[name], parts=tuple(parts))


def _add(
    piece: Piece, labels: dict[str, Label], rules: Sequence[LabelRule], words: Words | None
) -> None:
    """A label of which only the translation was read, or printed, where it tells one alone."""
    told = [
        rule
        for rule in rules
        if rule.name not in labels and is_translation(piece.words, [rule.name], words)
    ]
    if len(told) == 1 and not piece.text.isupper():
        labels[told[0].name] = Label(told[0], (piece,), exact=False)


def _behind_translation(
    piece: Piece, labels: dict[str, Label], names: Collection[str], words: Words | None
) -> Piece | None:
    """What is left of a piece behind the translation that it begins with (姓名 Name张三); None
    where nothing is."""
    by = next((n for n, own in labels.items() if any(_follows(p, piece) for p in own.parts)), None)
    if by is None:
        return piece
    best = max(_begun(piece, names, words), default=0)
    while 0 < best < len(piece.chars) and piece.text[best] in _SIGNS:
        best += 1
    if best:
        _extend(by, piece.part(0, best), labels)
    return piece.part(best, len(piece.chars)) if best < len(piece.chars) else None


def _begun(piece: Piece, names: Collection[str], words: Words | None) -> Iterator[int]:
    """Where a translation may end that the piece begins with: where it stands to the letter, or
    misread before a space, a digit or a Chinese character. A value's first letter is never taken
    for its end: in Document No. M9661791 the M is the number's."""
    apart = gaps(piece)
    known = {word for name in names for word in (words or _words()).get(name, ())}
    for end in range(1, len(piece.chars) + 1):
        begun = piece.text[:end].strip(_SIGNS)
        if not begun or not is_translation(begun, names, words):
            continue
        behind = piece.text[end : end + 1]
        goes_on = behind.islower() if begun[-1].islower() else behind.isalpha()
        before = piece.text[end - 1]
        parted = end in apart or is_han(behind)
        parted = parted or (behind.isdigit() and before.islower())
        parted = parted or (before in _SIGNS and not behind.islower())
        exact = latin_letters(begun) in known
        if end == len(piece.chars) or (exact and not goes_on) or parted:
            yield end


def gaps(piece: Piece) -> frozenset[int]:
    """Before which characters of a piece the line has a space."""
    ends, count = set(), 0
    for char in piece.run:
        if char.text.isspace():
            ends.add(count)
        else:
            count += 1
    return frozenset(ends)


def _follows(part: Piece, piece: Piece) -> bool:
    """Whether a piece goes on in the line where another one ends, a sign or two between them."""
    if part.line is not piece.line:
        return False
    chars = [id(c) for c in part.line.chars if not c.text.isspace()]
    last, first = id(part.chars[-1]), id(piece.chars[0])
    return last in chars and first in chars and 1 <= chars.index(first) - chars.index(last) <= 3
