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
from weakref import ref

from pipeline.model import Image, Line

T = TypeVar("T")

KEPT_LINES = 8
"""Sheets whose lines' answers are kept: those of one page are read before they are told."""
KEPT_PICTURES = 2
"""Pictures whose answers are kept: a sheet's own and that of what it is cut from."""


def once_per_lines(work: Callable[[Sequence[Line]], T]) -> Callable[[Sequence[Line]], T]:
    """``work`` done once for the same tuple of lines. Its answer is not kept where the lines come
    as a list, which may change."""
    kept: OrderedDict[int, tuple[Sequence[Line], T]] = OrderedDict()

    @wraps(work)
    def answer(lines: Sequence[Line]) -> T:
        if not isinstance(lines, tuple):
            return work(lines)
        known = kept.get(id(lines))
        # The lines themselves are held, so that their identity is not given to others.
        if known is None or known[0] is not lines:
            known = kept[id(lines)] = (lines, work(lines))
            if len(kept) > KEPT_LINES:
                kept.popitem(last=False)
        return known[1]

    return answer


def only(lines: Sequence[Line], keep: Callable[[Line], bool]) -> Sequence[Line]:
    """The lines for which ``keep`` holds: the very same object where all do, so that what is known
    of them is not worked out anew."""
    kept = tuple(line for line in lines if keep(line))
    return lines if len(kept) == len(lines) else kept


def once_per_picture(work: Callable[[Image], T]) -> Callable[[Image], T]:
    """``work`` done once for the same picture. The picture, which may be large, is not held."""
    kept: OrderedDict[int, tuple[ref[Image], T]] = OrderedDict()

    @wraps(work)
    def answer(picture: Image) -> T:
        known = kept.get(id(picture))
        if known is None or known[0]() is not picture:
            known = kept[id(picture)] = (ref(picture), work(picture))
            if len(kept) > KEPT_PICTURES:
                kept.popitem(last=False)
        return known[1]

    return answer
