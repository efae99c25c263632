"""Answers that are worked out once for a sheet's lines or its picture, however many ask.

Each of a score of extractors cuts the same lines into the same pieces, and reader, extractors and
quality look for the same red ink. The answer for the very same object is the same; the last few
are kept. Nobody may change an answer, or a picture that was handed in.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import wraps
from typing import TypeVar

from pipeline.model import Image, Line

A = TypeVar("A")
T = TypeVar("T")

KEPT_LINES = 8
"""Sheets whose lines' answers are kept: those of one page are read before they are told."""
KEPT_PICTURES = 2
"""Pictures whose answers are kept: a sheet's own and that of what it is cut from."""


def once_per_lines(work: Callable[[Sequence[Line]], T]) -> Callable[[Sequence[Line]], T]:
    """``work`` done once for the same tuple of lines. Its answer is not kept where the lines come
    as a list, which may change."""
    return _once(work, KEPT_LINES, lambda lines: isinstance(lines, tuple))


def once_per_picture(work: Callable[[Image], T]) -> Callable[[Image], T]:
    """``work`` done once for the same picture."""
    return _once(work, KEPT_PICTURES, lambda _: True)


def _once(work: Callable[[A], T], most: int, may_keep: Callable[[A], bool]) -> Callable[[A], T]:
    kept: OrderedDict[int, tuple[A, T]] = OrderedDict()

    @wraps(work)
    def answer(thing: A) -> T:
        if not may_keep(thing):
            return work(thing)
        known = kept.get(id(thing))
        # The thing itself is held, so that its identity is not given to another one.
        if known is None or known[0] is not thing:
            known = kept[id(thing)] = (thing, work(thing))
            if len(kept) > most:
                kept.popitem(last=False)
        return known[1]

    return answer
