"""The English labels of a bilingual form, beside, above or below the Chinese ones: no values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from extractors.labelled.translations import latin_letters
from pipeline.layout.label_words import LabelRule
from pipeline.layout.labels import Label
from pipeline.layout.piece import Piece
from pipeline.model import Char

ALIKE = 0.6
"""Likeness from which Latin letters are an English label, misread maybe."""
SMALLER = 0.92
"""Heights of a Chinese label below which Latin letters beside it are its English."""
_WORDS = re.compile(r"[/(]?[A-Za-z](?:[A-Za-z0-9.'/()\-]*[a-z])?[.)]?:?")
"""Words of a form, as far as small letters go: a number or a name in capitals may follow."""
_TRANSLATED = re.compile(r"([一-鿿]{1,6}[/(]?)?([A-Za-z][A-Za-z.'/()\-]*)")
"""A label in English, behind its Chinese maybe."""
_LATIN = re.compile(r"[A-Za-z][A-Za-z.'/()\-]*")


def bilingual(
    labels: Mapping[str, Label],
    pieces: Sequence[Piece],
    english: Sequence[str],
    latin: Collection[str],
) -> tuple[dict[str, Label], list[Piece]]:
    """The labels with what stands above, below or before them in English as parts of their own, and
    the other pieces without English labels and signs. ``english`` are the letters of those that are
    known; ``latin`` the labels whose values are in Latin letters: what stands by them is a label
    only where it is a known one."""
    whole = dict(labels)
    rest = []
    for piece in sorted(pieces, key=lambda p: p.centre[1]):
        by = _stacked_on(piece, whole, english, latin) or _before(piece, labels)
        if by is not None:
            parts = sorted((*whole[by].parts, piece), key=lambda p: p.centre[1])
            whole[by] = replace(whole[by], parts=tuple(parts))
        elif (own := _without_label(piece, labels, english, latin)) is not None:
            rest.append(own)
    return whole, rest


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


def _stacked_on(
    piece: Piece, labels: Mapping[str, Label], english: Sequence[str], latin: Collection[str]
) -> str | None:
    """The label whose English the piece is, right above or below it in its column."""
    if not _LATIN.fullmatch(piece.text):
        return None
    x, y = piece.centre
    near = []
    for name, label in labels.items():
        away = min(abs(y - label.top), abs(y - label.bottom))
        middle = (label.left + label.right) / 2
        aligned = abs(x - middle) < 1.6 * label.height or (
            abs(piece.left - label.left) < 0.6 * label.height
        )
        if aligned and 0.5 * label.height < away < 1.8 * label.height:
            known = _is_english_label(piece.text, english)
            if known or (name not in latin and _is_phrase(piece, label)):
                near.append((away, name))
    return min(near)[1] if near else None


def _before(piece: Piece, labels: Mapping[str, Label]) -> str | None:
    """The label before whose Chinese words the piece stands in English, at its line's beginning."""
    if not (_begins_line(piece) and _is_worded(piece.text)):
        return None
    return next(
        (name for name, label in labels.items() if any(follows(piece, p) for p in label.parts)),
        None,
    )


def _is_phrase(piece: Piece, label: Label) -> bool:
    """Whether Latin letters are words of a form, known or not: smaller than the Chinese ones, and
    not in capitals, as what is filled in would be."""
    small = piece.height < SMALLER * min(p.height for p in label.parts)
    return small and any(c.islower() for c in piece.text)


def _without_label(
    piece: Piece, labels: Mapping[str, Label], english: Sequence[str], latin: Collection[str]
) -> Piece | None:
    """What is left of a piece without an English label behind a Chinese one, and without the
    bracket and the colon that close it."""
    own: Piece | None = piece
    for name, label in labels.items():
        for part in label.parts:
            if own is not None and follows(part, own):
                own = _after_bracket(own) if is_opened(part) else own
                if own is not None and name not in latin:
                    own = _after_words(own)
    own = None if own is None else _after_english(own, english)
    return own if own is not None and any(c.isalnum() for c in own.text) else None


def _is_worded(text: str) -> bool:
    """Whether a text is Latin words that are no name in capitals."""
    found = _WORDS.match(text)
    return found is not None and any(c.islower() for c in found[0])


def _after_words(piece: Piece) -> Piece | None:
    """What follows Latin words at the beginning of a piece, read however badly."""
    found = _WORDS.match(piece.text)
    if found is None or sum(c.islower() for c in found[0]) < 2:
        return piece
    return piece.part(found.end(), len(piece.text)) if found.end() < len(piece.text) else None


def _begins_line(piece: Piece) -> bool:
    first = next((c for c in piece.line.chars if not c.text.isspace()), None)
    return first is not None and piece.chars[0] is first


def follows(part: Piece, piece: Piece) -> bool:
    """Whether a piece goes on in the line where another one ends."""
    if part.line is not piece.line:
        return False
    chars = [c for c in part.line.chars if not c.text.isspace()]
    return _index(chars, piece.chars[0]) == _index(chars, part.chars[-1]) + 1


def is_opened(part: Piece) -> bool:
    """Whether a label stands in brackets."""
    chars = [c for c in part.line.chars if not c.text.isspace()]
    at = _index(chars, part.chars[0])
    return at > 0 and chars[at - 1].text in "(（[【"


def _index(chars: Sequence[Char], char: Char) -> int:
    return next((i for i, c in enumerate(chars) if c is char), -2)


def _after_bracket(piece: Piece) -> Piece | None:
    """What follows the bracket that closes a label, its colon too, however they were read."""
    text = piece.text
    colon = text.find(":", 0, 4)
    end = colon + 1 if colon >= 0 else 1
    return piece.part(end, len(text)) if end < len(text) else None


def _after_english(piece: Piece, english: Sequence[str]) -> Piece | None:
    """What follows an English label at the beginning of a piece; None where nothing does."""
    text = piece.text
    start = 1 if text.startswith(("/", "(")) else 0
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
    exact = [i for i in range(len(word), 1, -1) if latin_letters(word[:i]) in english]
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
    letters = latin_letters(text)
    # Labels are set in lower case, names in capitals: a surname alone must not pass for one.
    if len(letters) < 2 or text.isupper():
        return False
    return any(SequenceMatcher(None, letters, e).ratio() >= ALIKE for e in english)
