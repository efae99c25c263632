"""Traditional characters that the engine gives for simple ones.

In some typefaces it gives both for one sign, and either may be the likelier. On a sheet whose other
lines are in simple characters the simple one is meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.evidence.evidence import Evidence
from pipeline.layout.label_words import FOLDED
from pipeline.layout.piece import Piece
from pipeline.model import Char, Line
from pipeline.reference.address_words import in_simple_form
from pipeline.reference.names import standard_forms
from pipeline.reference.rarity import is_rare

SAME_SIGN = 0.02
"""Chance of the simple form of a traditional character from which the engine named it."""
LIKELY = 0.3
"""Chance of it from which both are one sign."""
SIMPLE_SIGNS = 3
"""Characters on a sheet in simple ones of which there is a traditional form."""
SIMPLE_SHARE = 10
"""Simple ones to a traditional one, from which the engine gave that for a simple one, too."""
_SIMPLE = frozenset(map(chr, FOLDED.values()))


def simplify(evidence: Evidence, lines: Sequence[Line]) -> None:
    """Take traditional characters of a value, which is what was read, for their simple forms, in
    place: where the sheet's other ``lines`` are in simple ones, and the engine named these. Rare
    ones (贇) are characters of their own."""
    if not _is_simple(lines, evidence.chars):
        return
    evidence.pieces = [
        Piece(
            replace(piece.line, chars=tuple(map(_simple, piece.line.chars))),
            tuple(map(_simple, piece.chars)),
            piece.quad,
        )
        for piece in evidence.pieces
    ]
    evidence.pooled = tuple(map(_simple, evidence.pooled))
    evidence.value = replace(evidence.value, value=evidence.raw)


def _simple(char: Char) -> Char:
    """The character as its simple form: one sign with the traditional one where it was likely
    itself, else no surer than it was."""
    scores = {char.text: char.score, **dict(char.alternatives)}
    plain = in_simple_form(char.text)
    if is_rare(char.text) or scores.get(plain, 0.0) < SAME_SIGN:
        return char
    same = [t for t in scores if in_simple_form(t) == plain and not is_rare(t)]
    others = tuple((t, s) for t, s in char.alternatives if t not in same)
    one = scores[plain] if scores[plain] < LIKELY else min(1.0, sum(scores[t] for t in same))
    return replace(char, text=plain, score=one, alternatives=others)


def _is_simple(lines: Sequence[Line], own: Sequence[Char]) -> bool:
    """Whether the other characters of a sheet are simple ones where there are two forms."""
    others = [c.text for line in lines for c in line.chars if all(c is not o for o in own)]
    simple = sum(c in standard_forms() or c in _SIMPLE for c in others)
    traditional = sum(in_simple_form(c.translate(FOLDED)) != c for c in others)
    return simple >= max(SIMPLE_SIGNS, SIMPLE_SHARE * traditional)
