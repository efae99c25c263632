"""The place at the beginning of a body's name, put right where one character of it was misread or
one of a seal stands before it. What was read stays as ``raw``, and a person is always asked."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from extractors.labelled.grammar import UNPLACED
from pipeline.evidence.evidence import Evidence, Value
from pipeline.model import Char
from pipeline.reference.divisions import every

REGION = "45"
"""Guangxi, whose bodies write nearly all these letters."""
LONG_PLACE = 5
"""Characters of a name of which one may be misread without the engine having seen the right one."""


@cache
def _names() -> tuple[str, ...]:
    """Names of counties and prefectures, of today and of the past."""
    return tuple({d.name for d in every() if d.code.startswith(REGION) and len(d.name) > 2})


def mend_place(evidence: Evidence) -> None:
    """Take the one known place that is a character off, in place. Only for names whose place is not
    known (:data:`UNPLACED`)."""
    value = evidence.value
    chars = evidence.chars
    if UNPLACED not in value.doubts or "".join(c.text for c in chars) != value.value:
        return
    found = {
        (name, start)
        for name in _names()
        for start in (0, 1)
        if _fits(name, chars[start : start + len(name)], exact=start == 1)
    }
    if len(found) != 1:
        return
    name, start = found.pop()
    mended = name + value.value[start + len(name) :]
    told = f"地名“{value.value[: start + len(name)]}”取“{name}”"
    evidence.value = Value(mended, (told,))


def _fits(name: str, chars: Sequence[Char], *, exact: bool) -> bool:
    if len(chars) < len(name):
        return False
    wrong = [(c, n) for c, n in zip(chars, name, strict=True) if c.text != n]
    if exact or len(wrong) != 1:
        return exact and not wrong
    char, wanted = wrong[0]
    return len(name) >= LONG_PLACE or any(other == wanted for other, _ in char.alternatives)
