"""Printed labels on a sheet.

A label is found by its words (:mod:`pipeline.layout.label_words`), never by the order of lines, and
may be wrapped into parts that stand one above the other. What stands beside it is its value
(:mod:`pipeline.layout.beside`). Everything is decided by place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.layout.label_words import (
    Hit,
    LabelRule,
    cut_at_labels,
    cut_behind_date,
    halved,
    letter_spaced,
    with_level_letters,
    words_of,
)
from pipeline.layout.piece import Piece, distinct_pieces, piece_of
from pipeline.model import Line

ROW = 0.62
"""Two things are in one row where their middles are nearer than this, in heights."""


@dataclass(frozen=True, slots=True)
class Label:
    """A label on the sheet; its parts from top to bottom. ``exact``: no character misread."""

    rule: LabelRule
    parts: tuple[Piece, ...]
    exact: bool = True

    @property
    def name(self) -> str:
        """The field's name."""
        return self.rule.name

    @property
    def left(self) -> float:
        """Left edge."""
        return min(p.left for p in self.parts)

    @property
    def right(self) -> float:
        """Right edge."""
        return max(p.right for p in self.parts)

    @property
    def height(self) -> float:
        """Height of one line of the label."""
        return max(p.height for p in self.parts)

    @property
    def top(self) -> float:
        """Middle of the first part."""
        return self.parts[0].centre[1]

    @property
    def bottom(self) -> float:
        """Middle of the last part."""
        return self.parts[-1].centre[1]

    @property
    def level(self) -> float:
        """The middle of the whole label."""
        return (self.top + self.bottom) / 2

    def in_row(self, piece: Piece) -> bool:
        """Whether the piece stands in the label's row (in one of its rows, where it wraps)."""
        height = max(self.height, min(piece.height, 1.6 * self.height))
        y = piece.centre[1] - piece.tilt_to(self.parts[0])
        return self.top - ROW * height <= y <= self.bottom + ROW * height


def find_labels(
    lines: Sequence[Line], rules: Sequence[LabelRule], *, drop: frozenset[str] = frozenset()
) -> tuple[dict[str, Label], list[Piece]]:
    """The labels of a sheet, each once, and what is left of its lines.

    ``drop`` holds printed words that are neither label nor value (titles, 样本, 盖章): a piece
    that consists of one is left out.
    """
    pieces = [p for p in distinct_pieces(lines) if p.text not in drop]
    words = words_of(rules)
    pieces = [part for piece in pieces for part in with_level_letters(piece, words)]
    pieces = [part for piece in pieces for part in cut_behind_date(piece, words)]
    hits: list[Hit] = []
    rest: list[Piece] = []
    for piece in pieces:
        found, left = cut_at_labels(piece, words)
        hits += found
        rest += left
    spaced, rest = letter_spaced(rest, words, {h.rule.name for h in hits})
    hits += spaced
    halves, rest = halved(rest, words, hits)
    hits += halves
    labels = _choose(hits, rules)
    used = {id(part) for label in labels.values() for part in label.parts}
    lost = [h.piece for h in hits if id(h.piece) not in used]
    seen: set[int] = set()
    for piece in lost:
        if id(piece) not in seen:
            seen.add(id(piece))
            rest.append(piece)
    return labels, _rejoin(rest)


def _choose(hits: Sequence[Hit], rules: Sequence[LabelRule]) -> dict[str, Label]:
    """The best label of each rule. Parts that two rules share go to the surer one.

    Labels that must stand beside another are chosen last, among what stands in its row.
    """
    labels: dict[str, Label] = {}
    used: set[int] = set()
    for late in (False, True):
        found: list[tuple[float, Label]] = []
        for rule in rules:
            if bool(rule.beside) is not late:
                continue
            own = [h for h in hits if h.rule is rule]
            if late:
                row = [labels[name] for name in rule.beside if name in labels]
                own = [h for h in own if _stands_as_label(h.piece, row, labels.values())]
            found += [_assembled(anchor, own) for anchor in own]
        for _, label in sorted(found, key=lambda item: -item[0]):
            # What a surer label took leaves a rule its next best (残疾类别 is no 残疾级别 misread).
            if label.name not in labels and not any(id(p) in used for p in label.parts):
                labels[label.name] = label
                used |= {id(p) for p in label.parts}
    return labels


def _assembled(anchor: Hit, own: Sequence[Hit]) -> tuple[float, Label]:
    """The label around one part, with the other parts that stand above and below it."""
    parts = {anchor.index: anchor}
    for index in range(len(anchor.printing)):
        if index == anchor.index:
            continue
        step = index - anchor.index
        near = [
            h
            for h in own
            if h.printing == anchor.printing
            and h.index == index
            and _is_stacked(anchor.piece, h.piece, step)
        ]
        if near:
            parts[index] = max(near, key=lambda h: h.weight)
    letters = sum(len(anchor.printing[i]) for i in parts)
    share = len(parts) / len(anchor.printing)
    weight = sum(h.weight for h in parts.values()) / len(parts) * share + 0.02 * letters
    exact = all(h.piece.text == h.printing[h.index] for h in parts.values()) and share == 1
    pieces = tuple(parts[i].piece for i in sorted(parts))
    return weight, Label(anchor.rule, pieces, exact)


def _is_stacked(piece: Piece, other: Piece, step: int) -> bool:
    """Whether ``other`` stands ``step`` lines below (above, if negative) in the same column."""
    dy = (other.centre[1] - piece.centre[1]) / step
    height = max(piece.height, other.height)
    shares = min(piece.right, other.right) - max(piece.left, other.left) > 0
    return shares and 0.5 * height <= dy <= 2.0 * height


def _stands_as_label(piece: Piece, row: Sequence[Label], labels: Iterable[Label]) -> bool:
    """Whether a short word stands where labels do: in the row of one that it is printed beside,
    or at the beginning of a line in the column of another. Where neither tells, in a line so
    short that it is no word of a value."""
    if any(other.in_row(piece) for other in row):
        return True
    first = next(c for c in piece.line.chars or piece.chars if c.text.strip())
    (x0, y0), (x1, y1) = piece.line.quad[:2]
    begins = piece.chars[0] is first or abs(y1 - y0) > abs(x1 - x0)
    columns = [label.left for label in labels]
    if begins and any(abs(piece.left - left) < 0.7 * piece.height for left in columns):
        return True
    return not row and len(piece.line.text.strip()) <= len(piece.text) + 3


def _rejoin(pieces: Sequence[Piece]) -> list[Piece]:
    """Neighbouring runs of one line that were cut at a word that turned out to be no label."""
    # In the order in which the lines came, which is the same whenever the sheet is read.
    by_line: dict[int, list[Piece]] = {}
    for piece in pieces:
        by_line.setdefault(id(piece.line), []).append(piece)
    joined: list[Piece] = []
    for runs in by_line.values():
        for piece in sorted(runs, key=lambda p: p.chars[0].left if p.chars else 0.0):
            last = joined[-1] if joined else None
            if last is not None and last.line is piece.line and _touch(last, piece):
                joined[-1] = piece_of(piece.line, (*last.chars, *piece.chars))
            else:
                joined.append(piece)
    return joined


def _touch(one: Piece, other: Piece) -> bool:
    """Whether no character of the line lies between two of its runs."""
    chars = [c for c in one.line.chars if not c.text.isspace()]
    if not chars:
        return False
    try:
        return chars.index(other.chars[0]) == chars.index(one.chars[-1]) + 1
    except ValueError:
        return False
