"""Whether one look at a value settles what another look at the same print read otherwise.

Two looks that read different characters are two opinions, and a person is asked. They are one
where the other wavered, and comparing the print with reference fonts
(:mod:`pipeline.ocr.glyphs`) told for the one that was chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pipeline.evidence.evidence import chances
from pipeline.model import Char
from pipeline.reference.names import in_standard_form
from pipeline.reference.place_names import covering

SETTLED: Final = 0.98
"""Chance from which the chosen character stands against the other look's. On development papers
the right ones had 0.99 and more, the one that was wrong (邕 for 岜) 0.84."""
UNNAMED: Final = 1e-4
"""Chance of a character that a look does not name among its alternatives."""


def settles(chosen: Sequence[Char], other: Sequence[Char]) -> bool:
    """Whether the chosen look's characters stand against the other's, each where they differ: by
    both looks' chances together, since the other gives the traditional form that engines give for
    a simple one, or since the chosen one alone makes the name of a place."""
    if len(chosen) != len(other):
        return False
    text = "".join(c.text for c in chosen)
    return all(
        own.text == its.text
        or _is_simple_form(own.text, its.text)
        or _alone_makes_a_name(text, at)
        or _chance(own, its) >= SETTLED
        for at, (own, its) in enumerate(zip(chosen, other, strict=True))
    )


def _alone_makes_a_name(text: str, at: int) -> bool:
    """Whether a place's name stands there that no other character at ``at`` makes."""
    return any(at in name.certain for name in covering(text, at))


def _is_simple_form(own: str, its: str) -> bool:
    return own == in_standard_form(its)


def _chance(own: Char, its: Char) -> float:
    """How likely the chosen character is rather than the other look's, by both."""
    if not own.compared:
        return 0.0
    mine, others = chances(own), chances(its)
    for_it = mine[own.text] * others.get(own.text, UNNAMED)
    against = mine.get(its.text, 1.0 - mine[own.text]) * others[its.text]
    return for_it / (for_it + against)
