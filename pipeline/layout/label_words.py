"""Where the words of printed labels stand in the lines of a sheet.

A word is found as a whole line, at the beginning of a line that goes on with the value, between
gaps, or letter-spaced over several pieces; also with letters misread (:func:`_misread`). Whether
it is a label there, and which, :mod:`pipeline.layout.labels` decides by place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import median

from pipeline.layout.piece import Piece
from pipeline.model import Char
from pipeline.reference.names import is_han
from pipeline.reference.text import narrow

FOLDED = str.maketrans(
    "監電話號碼戶類級發證關機簽齡別國換數點殘業區", "监电话号码户类级发证关机签龄别国换数点残业区"
)
"""Traditional forms that engines give for the simple ones of labels, in some typefaces."""
LABEL_WIDE = 4
"""Characters of the longest word that is set wide, to be as long as the others of its column."""
SPECKS = "·.,。，、:'’_|-"
"""Signs that dirt is read as."""
LABEL_SPECKS = f"[{SPECKS}]{{0,2}}"
"""Dirt that is read between the characters of a word set wide (性·别)."""
APART = 0.35
"""Line heights between two characters that make them stand apart."""
SURE_LABEL = 0.7
"""How surely a label stands from which it tells where its column ends."""
LABEL_COLUMN = 6.0
"""How far right of the first characters of a column of labels the last character of one may lie,
in line heights."""
_ENDED = re.compile(r"\d{4}[.年/-]\d{1,2}[.月/-]\d{1,2}日?$|原件(?:[一—-]致|相符|无误)$")
"""A date, or a copy's stamp, behind which another label begins however near (1994.02.26性别男)."""
_SENTENCE = re.compile("[，。；]")
"""Signs within a line that is no label with its value: the word of a label in it is none."""
CUT_LABEL = 6
"""Characters of a label from which its last one may be lost at the end of a line: 公民身份号, and
the number as a line of its own."""
SEEN = 0.15
"""Weight that a label loses for each character found only among the recogniser's alternatives."""


@dataclass(frozen=True, slots=True)
class LabelRule:
    """How a field's label is printed.

    ``printings``  each a list of parts from top to bottom;
    ``lines``      how many lines the value may have;
    ``beside``     labels in whose row this one stands: a short word that also occurs in values
                   (民族 in 民族大道) counts only there.
    """

    name: str
    printings: tuple[tuple[str, ...], ...]
    lines: int = 1
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """Part ``index`` of a printing of a rule, found as a piece, and how surely as a label."""

    rule: LabelRule
    printing: tuple[str, ...]
    index: int
    piece: Piece
    weight: float


Owner = tuple[LabelRule, tuple[str, ...], int]
"""A rule, one of its printings, and the place of a part in that."""


@dataclass(frozen=True, slots=True)
class LabelWords:
    """All label parts of some rules, longest first, each with the printings that it belongs to; and
    their first characters."""

    owned: Sequence[tuple[str, Sequence[Owner]]]
    firsts: frozenset[str]


def words_of(rules: Sequence[LabelRule]) -> LabelWords:
    """The label parts of the rules."""
    words: dict[str, list[Owner]] = {}
    for rule in rules:
        for printing in rule.printings:
            for index, word in enumerate(printing):
                words.setdefault(word, []).append((rule, printing, index))
    return LabelWords(
        sorted(words.items(), key=lambda item: -len(item[0])), frozenset(word[0] for word in words)
    )


def with_level_letters(piece: Piece, words: LabelWords) -> list[Piece]:
    """First characters of letter-spaced labels that were read as one line down the column
    (姓, 性, 民), each by itself; any other piece as it is."""
    if piece.is_upright:
        return [piece]
    firsts = sum(c.text in words.firsts for c in piece.chars)
    return piece.singles() if firsts > len(piece.chars) / 2 else [piece]


def cut_behind_date(piece: Piece, words: LabelWords) -> list[Piece]:
    """A date apart from the first character of a label set wide that was read behind it
    (1989.08.27性, and 别男 as a line of its own); any other piece as it is."""
    last = len(piece.chars) - 1
    if piece.text[-1] in words.firsts and _ENDED.search(piece.text[:-1]):
        return [piece.part(0, last), piece.part(last, last + 1)]
    return [piece]


def cut_at_labels(piece: Piece, words: LabelWords) -> tuple[list[Hit], list[Piece]]:
    """The label parts in one piece, longest first, and the runs between them."""
    text = piece.text.translate(FOLDED)
    spans: list[tuple[int, int, list[tuple[LabelRule, tuple[str, ...], int, float]]]] = []
    # A word that is there to the letter has all its characters in the line, and one misread by
    # half has one of them: most words are settled by that.
    present = set(text)
    whole = [(word, owners) for word, owners in words.owned if present.issuperset(word)]
    part = [(w, own) for w, own in words.owned if len(w) == 1 or not present.isdisjoint(w)]
    # A word that is there to the letter goes before a longer one with a character misread.
    found = [(o, owners) for word, owners in whole for o in _exact(piece, text, word)]
    found += [(o, owners) for word, owners in part for o in _misread(piece, text, word)]
    for (start, end, weight), owners in found:
        kept = [o for o in owners if weight >= 0.5 or o[0].beside]
        if not kept:
            continue
        same = next((s for s in spans if (s[0], s[1]) == (start, end)), None)
        if same is not None:
            same[2].extend((r, p, i, weight) for r, p, i in kept)
        elif all(end <= s or start >= e for s, e, _ in spans):
            spans.append((start, end, [(r, p, i, weight) for r, p, i in kept]))
    hits: list[Hit] = []
    rest: list[Piece] = []
    at = 0
    for start, end, owners_found in sorted(spans, key=lambda s: s[0]):
        if start > at:
            rest.append(piece.part(at, start))
        own = piece.part(start, end)
        hits += [Hit(rule, printing, index, own, w) for rule, printing, index, w in owners_found]
        at = end
    if at < len(text):
        rest.append(piece.part(at, len(text)))
    return hits, [r for p in rest if (r := _without_colon(p)) is not None]


Occurrence = tuple[int, int, float]
"""Where a word stands in a piece, from and to, and how surely as a label (0 to 1)."""


def _exact(piece: Piece, text: str, word: str) -> Iterator[Occurrence]:
    for found in _printed(word).finditer(text):
        start, end = found.span()
        yield start, end, _weight(piece, start, end, len(text))


@cache
def _printed(word: str) -> re.Pattern[str]:
    """The word as it may be printed: a short one letter-spaced, with specks between."""
    return re.compile(
        LABEL_SPECKS.join(map(re.escape, word)) if len(word) <= LABEL_WIDE else re.escape(word)
    )


def _misread(piece: Piece, text: str, word: str) -> Iterator[Occurrence]:
    """Where the word stands with characters misread. The engine's other choices for a character
    tell it nearly as well as the first (国称, with 籍 as the second choice): half the characters
    may be told so. One that is not even among the choices is allowed in words of four and more,
    and one that was lost at the end of a line in longer ones."""
    size = len(word)
    for start in range(len(text) - size + 1):
        end = start + size
        wrong = [i for i in range(size) if text[start + i] != word[i]]
        if not 0 < len(wrong) <= max(1, size // 2):
            continue
        unseen = sum(not was_seen(piece.chars[start + i], word[i]) for i in wrong)
        weight = _weight(piece, start, end, len(text))
        if unseen == 0 and (size >= 4 or (start == 0 and weight >= 0.9)):
            yield start, end, weight - SEEN * len(wrong)
        elif unseen == len(wrong) == 1 and size >= 4:
            yield start, end, weight - 0.25
    cut = len(text) - size + 1
    if size >= CUT_LABEL and cut >= 0 and text[cut:] == word[:-1]:
        yield cut, len(text), _weight(piece, cut, len(text), len(text)) - 0.25


def was_seen(char: Char, wanted: str) -> bool:
    """Whether the engine had another character among its choices."""
    return any(narrow(other) == wanted for other, _ in char.alternatives)


def _weight(piece: Piece, start: int, end: int, length: int) -> float:
    """How surely a run is a label, by what stands beside it."""
    size = end - start
    before = start == 0 or _is_apart(piece, start) or _ENDED.search(piece.text[:start]) is not None
    after = end == length or _is_apart(piece, end)
    if start == 0 and end == length:
        return 1.0
    if start == 0:
        return 0.9 if size >= 3 or after else 0.7
    if before:
        return 0.8 if size >= 3 or after else 0.6
    if not after and _SENTENCE.search(piece.line.text[:-1]):
        return 0.4
    return 0.7 if size >= 4 else 0.4


def _is_apart(piece: Piece, index: int) -> bool:
    """Whether a gap, a sign that is no letter, or a word in Latin letters stands before the
    character."""
    one, other = piece.chars[index - 1], piece.chars[index]
    if not (one.text.isalnum() and other.text.isalnum()):
        return True
    if one.text.isascii() and one.text.isalpha() and is_han(other.text):  # Sex性别
        return True
    span = piece.chars[-1].right - piece.chars[0].left
    gap = (other.left - one.right) * (piece.right - piece.left) / span if span > 0 else 0.0
    return gap > APART * piece.height


def _without_colon(piece: Piece) -> Piece | None:
    """The piece without the colon, the dots and the strokes that follow a label."""
    start, end = 0, len(piece.chars)
    while start < end and piece.chars[start].text in ":：;；.…_|丨·-—":
        start += 1
    # A line that begins with a dash before a digit goes on with a number of the line above.
    if start == 1 and piece.chars[0].text in "-—" and _begins_its_line(piece):
        start = 0 if end > 1 and piece.chars[1].text.isdigit() else 1
    while end > start and piece.chars[end - 1].text in "_|丨":
        end -= 1
    return piece.part(start, end) if start < end else None


def _begins_its_line(piece: Piece) -> bool:
    first = next((c for c in piece.line.chars if not c.text.isspace()), None)
    return first is piece.chars[0]


def letter_spaced(
    pieces: Sequence[Piece], words: LabelWords, found: set[str]
) -> tuple[list[Hit], list[Piece]]:
    """Labels read as single characters far apart (姓　　名), the last one perhaps together with
    the value that follows it (姓　　名韦昊)."""
    left = list(pieces)
    hits: list[Hit] = []
    for word, owners in words.owned:
        free = [o for o in owners if o[0].name not in found and len(o[1]) == 1]
        if not free or not 2 <= len(word) <= LABEL_WIDE:
            continue
        for first in [p for p in left if len(p.chars) <= 2]:
            row = _spelled(_without_specks(first), word, left)
            if row is None:
                continue
            left = [p for p in left if p is not first]
            last, rest = row[-1], len(word) - sum(len(p.text) for p in row[:-1])
            label = _united([*row[:-1], last.part(0, rest)])
            left = [p for p in left if all(p is not q for q in row)]
            if rest < len(last.chars):
                left.append(last.part(rest, len(last.chars)))
            hits += [Hit(rule, printing, index, label, 0.8) for rule, printing, index in free]
            found = found | {o[0].name for o in free}
            break
    return hits, left


def halved(
    pieces: Sequence[Piece], words: LabelWords, hits: Sequence[Hit]
) -> tuple[list[Hit], list[Piece]]:
    """Labels of two characters of which the second alone was read (别男): it stands where the
    labels of its column end, its first character's place is empty."""
    found = {hit.rule.name for hit in hits}
    columns = [hit.piece for hit in hits if hit.weight >= SURE_LABEL]
    left = list(pieces)
    halves: list[Hit] = []
    for word, owners in words.owned:
        free = [o for o in owners if o[0].name not in found and len(o[1]) == 1]
        if len(word) != 2 or not free:
            continue
        for piece in left:
            if piece.text[:1] == word[1] and _ends_column(piece.part(0, 1), columns):
                left = [p for p in left if p is not piece]
                if len(piece.chars) > 1:
                    left.append(piece.part(1, len(piece.chars)))
                half = piece.part(0, 1)
                halves += [Hit(rule, printing, i, half, 0.6) for rule, printing, i in free]
                found = found | {o[0].name for o in free}
                break
    return halves, left


def _ends_column(char: Piece, labels: Sequence[Piece]) -> bool:
    """Whether a character stands where most labels of one column end."""
    ends = [p.right for p in labels if 0.8 < (char.left - p.left) / char.height < LABEL_COLUMN]
    return len(ends) >= 2 and abs(char.right - median(ends)) < 0.5 * char.height


def _spelled(first: Piece, word: str, others: Sequence[Piece]) -> list[Piece] | None:
    """The pieces that spell ``word`` from left to right in one row; the last may go on."""
    if not word.startswith(first.text) or first.text == word:
        return None
    row = [first]
    rest = word[len(first.text) :]
    candidates = sorted(others, key=lambda p: p.left)
    while rest:
        last = row[-1]
        after = next((p for p in candidates if _goes_on(last, p, rest)), None)
        if after is None:
            return None
        row.append(after)
        rest = rest[len(after.text) :]
    return row


def _without_specks(piece: Piece) -> Piece:
    """A piece without the specks that were read behind it: 住. of a label set wide (住　　址)."""
    end = len(piece.text.rstrip(SPECKS))
    return piece.part(0, end) if 0 < end < len(piece.chars) == len(piece.text) else piece


def _goes_on(last: Piece, piece: Piece, rest: str) -> bool:
    """Whether a piece is the next part of a letter-spaced word of which ``rest`` is left."""
    spells = rest.startswith(piece.text) or piece.text.startswith(rest)
    near = -0.5 * last.height < piece.left - last.right < 5 * last.height
    return spells and near and abs(piece.centre[1] - last.centre[1]) < 0.5 * last.height


def _united(row: Sequence[Piece]) -> Piece:
    first, last = row[0], row[-1]
    quad = (first.quad[0], last.quad[1], last.quad[2], first.quad[3])
    return Piece(first.line, tuple(c for p in row for c in p.chars), quad)
