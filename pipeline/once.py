"""Answers that are worked out once for a sheet's lines, however many extractors ask.

Each of a score of extractors cuts the same lines into the same pieces. Lines are immutable tuples,
so the answer for the very same tuple is the same; the last few are kept.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import wraps
from typing import TypeVar

from pipeline.model import Line

T = TypeVar("T")

KEPT = 8
"""Sheets whose answers are kept: those of one page are read before they are told."""


def once_per_lines(work: Callable[[Sequence[Line]], T]) -> Callable[[Sequence[Line]], T]:
    """``work`` done once for the same tuple of lines. Its answer must not be changed by anybody; it
    is not kept where the lines come as a list."""
    kept: OrderedDict[int, tuple[Sequence[Line], T]] = OrderedDict()

    @wraps(work)
    def answer(lines: Sequence[Line]) -> T:
        if not isinstance(lines, tuple):
            return work(lines)
        known = kept.get(id(lines))
        # The tuple itself is held, so that its identity is not given to another one.
        if known is None or known[0] is not lines:
            known = (lines, work(lines))
            kept[id(lines)] = known
            if len(kept) > KEPT:
                kept.popitem(last=False)
        return known[1]

    return answer
