"""Columns of a ruled table that hold labels and no values.

A form that is ruled keeps its labels in cells of their own, and the value in the cell behind. What
stands in such a column is then known for what it is, however badly it was read: small words of a
translation are no value, and characters that are like a label not yet found are that label.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from pipeline.layout.label_words import LabelRule, was_seen
from pipeline.layout.labels import Label
from pipeline.layout.piece import Piece
from pipeline.layout.ruled_table import Cell, Ruling
from pipeline.reference.names import is_han

COLUMN_LABELS = 3
"""Labels between the same two rules from which that is a column of labels."""
LIKE_LABEL = 0.5
"""Part of a label's characters that must have been read, or been among the engine's choices."""
VALUE_DIGITS = 4
"""Digits with which a run of Latin letters is a value's, not a translation's."""


@dataclass(frozen=True, slots=True)
class InColumns:
    """What columns of labels tell: the labels, those among them that were ``guessed`` with a
    character that was not even a choice of the engine, and the pieces that may be values."""

    labels: dict[str, Label]
    guessed: frozenset[str]
    pieces: list[Piece]


@dataclass(frozen=True, slots=True)
class _Guess:
    """A label that the first ``end`` characters of a piece are like."""

    rule: LabelRule
    piece: Piece
    end: int
    likeness: float
    is_seen: bool


def by_columns(
    labels: Mapping[str, Label],
    pieces: Sequence[Piece],
    rules: Sequence[LabelRule],
    ruling: Ruling,
) -> InColumns:
    """The labels with those that only their column tells, and the pieces without what is no value
    in such a column."""
    columns = _columns(labels, pieces, ruling)
    inside = {id(p) for p in pieces if _stands_in(p, columns, ruling)}
    whole, guessed, rest = dict(labels), set[str](), list(pieces)
    blank = [p for p in pieces if id(p) in inside and _label_of(p, labels, ruling) is None]
    guesses = [g for p in blank if (g := _guess(p, rules, labels)) is not None]
    for guess in sorted(guesses, key=lambda g: -g.likeness):
        if guess.rule.name in whole:
            continue
        own = guess.piece
        whole[guess.rule.name] = Label(guess.rule, (own.part(0, guess.end),), exact=False)
        if not guess.is_seen:
            guessed.add(guess.rule.name)
        rest = [p for p in rest if p is not own]
        if guess.end < len(own.chars):
            behind = own.part(guess.end, len(own.chars))
            inside.add(id(behind))
            rest.append(behind)
    values = [p for p in rest if id(p) not in inside or not _is_small_print(p)]
    kept = {id(p) for p in values}
    for piece in rest:
        name = None if id(piece) in kept else _label_of(piece, whole, ruling)
        if name is not None:
            parts = sorted((*whole[name].parts, piece), key=lambda part: part.centre[1])
            whole[name] = replace(whole[name], parts=tuple(parts))
    return InColumns(whole, frozenset(guessed), values)


def fills_cell(piece: Piece, pieces: Sequence[Piece], ruling: Ruling) -> bool:
    """Whether a piece is all that stands in a cell: what is read poorly there is its value, not
    what a seal says beside one."""
    cell = ruling.cell_at(*piece.centre)
    left, top, right, bottom = cell.box
    return all(cell.sides) and not any(
        left < p.centre[0] < right and top < p.centre[1] < bottom for p in pieces if p is not piece
    )


def _columns(
    labels: Mapping[str, Label], pieces: Sequence[Piece], ruling: Ruling
) -> list[list[Cell]]:
    """The cells of labels, by columns: most have something behind them in the next column, which
    holds no label. Where values stand in one cell with their labels there is no such column."""
    own = {name: ruling.cell_at(*label.parts[0].centre) for name, label in labels.items()}
    columns: list[list[str]] = []
    for name in sorted(labels, key=lambda n: labels[n].level):
        # The place of rules, not the rules: one may have been found in two parts.
        for column in columns:
            if any(_is_same_strip(own[name], own[n], labels[n].height) for n in column):
                column.append(name)
                break
        else:
            columns.append([name])
    cells = {id(p): ruling.cell_at(*p.centre) for p in pieces}

    def has_value(name: str) -> bool:
        label, end = labels[name], own[name].box[2]
        return any(
            label.in_row(p) and abs(cells[id(p)].box[0] - end) < label.height for p in pieces
        )

    def ends_free(name: str) -> bool:
        high, end = labels[name].height, own[name].box[2]
        return all(abs(cell.box[0] - end) >= high for cell in own.values())

    return [
        [own[name] for name in column]
        for column in columns
        if len(column) >= COLUMN_LABELS
        and all(map(ends_free, column))
        and sum(map(has_value, column)) * 2 >= len(column)
    ]


def _is_same_strip(one: Cell, other: Cell, off: float) -> bool:
    """Whether two cells lie between the same two rules, which may have moved a little."""
    return None not in (one.right, other.right) and all(
        abs(one.box[side] - other.box[side]) < off for side in (0, 2)
    )


def _stands_in(piece: Piece, columns: Sequence[Sequence[Cell]], ruling: Ruling) -> bool:
    cell = ruling.cell_at(*piece.centre)
    return any(_is_same_strip(cell, own, piece.height) for column in columns for own in column)


def _label_of(piece: Piece, labels: Mapping[str, Label], ruling: Ruling) -> str | None:
    """The label in whose cell a piece stands."""
    cell = ruling.cell_at(*piece.centre)
    for name, label in labels.items():
        own = ruling.cell_at(*label.parts[0].centre)
        if own.sides == cell.sides or (
            label.in_row(piece) and _is_same_strip(own, cell, label.height)
        ):
            return name
    return None


def _guess(piece: Piece, rules: Sequence[LabelRule], found: Mapping[str, Label]) -> _Guess | None:
    """The one label not yet found that the Chinese characters at a piece's beginning are like."""
    end = len(list(takewhile(is_han, piece.text)))
    best: dict[str, _Guess] = {}
    for rule in rules:
        for word in (p[0] for p in rule.printings if len(p) == 1 and rule.name not in found):
            chars = piece.chars[:end]
            if not end or len(word) != end:
                continue
            read = sum(c.text == w for c, w in zip(chars, word, strict=True))
            seen = sum(was_seen(c, w) for c, w in zip(chars, word, strict=True) if c.text != w)
            likeness = (read + seen) / end
            known = best.get(rule.name)
            if read and likeness >= LIKE_LABEL and (known is None or likeness > known.likeness):
                best[rule.name] = _Guess(rule, piece, end, likeness, read + seen == end)
    likest = max((g.likeness for g in best.values()), default=0.0)
    same = [g for g in best.values() if g.likeness == likest]
    return same[0] if len(same) == 1 else None


def _is_small_print(piece: Piece) -> bool:
    """Whether a piece is what is left of a translation: no Chinese characters, no number, and no
    word in capitals, as values in Latin letters are."""
    text = piece.text
    if any(map(is_han, text)) or sum(c.isdigit() for c in text) >= VALUE_DIGITS:
        return False
    return not text.isupper() or len(text) == 1
