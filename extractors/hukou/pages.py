"""Which booklet pages lie on a sheet. A scan may hold a spread, or two pages copied on one side."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from extractors.hukou.labels import HukouHit, find_hits
from extractors.hukou.words import PAGE_KINDS, PageKind, is_title
from pipeline.layout.piece import Piece, pieces_of
from pipeline.model import Line
from pipeline.once import once_per_lines

SHARED = frozenset({"registrar", "household_number", "date"})
"""Labels that several kinds of page print: they tell nothing."""
LEAST_CELLS = {"member": 4, "head": 2, "changes": 1, "address_changes": 1}
"""Labels that must be found before a sheet counts as such a page; one less under its title."""
EXPECTED = {"member": 20, "head": 3, "changes": 2, "address_changes": 1}

PageBox = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class BookletPage:
    """One page on a sheet: its kind, its pieces of print, and how surely it is one (0 to 1)."""

    kind: PageKind
    pieces: tuple[Piece, ...]
    score: float


@once_per_lines
def find_pages(lines: Sequence[Line]) -> tuple[BookletPage, ...]:
    """The booklet pages among the lines, in reading order; none where there are none."""
    pieces = pieces_of(lines)
    found: list[tuple[PageKind, PageBox, float]] = []
    for kind in PAGE_KINDS:
        hits = find_hits(pieces, kind)[0]
        telling = [h for h in hits if h.part.label not in SHARED]
        titled = any(is_title(p.text, kind) for p in pieces)
        if titled and not telling and not found:
            telling = hits  # a stamp lies over the labels that tell the page: its title does
        for group in _split_doubles(telling):
            names = {h.part.label for h in group}
            if len(names) < LEAST_CELLS[kind] - titled:
                continue
            if kind == "member" and len(names) < 8 and not titled:
                continue  # 姓名 性别 民族 出生日期 stand on many papers
            if kind == "changes" and "content" not in names and not titled:
                continue  # 项目 stands on any form
            if kind == "address_changes" and len(names) < 2 and not titled:
                continue  # part of 变动后的住址 is like 现住址 of a residence permit
            if kind == "head" and not titled and not _is_household(hits):
                continue  # 住址 签发日期 stand on many papers
            score = min(1.0, len(names) / EXPECTED[kind])
            found.append((kind, _box(group), score))
    if not found:
        return ()
    pages: list[list[Piece]] = [[] for _ in found]
    for piece in pieces:
        pages[min(range(len(found)), key=lambda i: _distance(piece, found[i][1]))].append(piece)
    return tuple(
        BookletPage(kind, tuple(own), score)
        for (kind, _, score), own in zip(found, pages, strict=True)
        if own
    )


def _is_household(hits: Sequence[HukouHit]) -> bool:
    """Whether the labels are those of a household: 户别, or 户主姓名 and 户号. A scheme's booklet
    (合作医疗证) or a bill prints one of the latter."""
    names = {h.part.label for h in hits}
    return "household_type" in names or {"head_name", "household_number"} <= names


def _split_doubles(hits: Sequence[HukouHit]) -> list[list[HukouHit]]:
    """The hits of each page, where one kind of page lies on the sheet more than once: a label
    that stands whole in two places parts the sheet between them."""
    if not hits:
        return []
    for axis in (1, 0):
        for name in sorted({h.part.label for h in hits}):
            places = sorted(
                h.piece.centre[axis]
                for h in hits
                if h.part.label == name
                and h.quality >= 1.0
                and h.part.index == 0
                and h.part.count == 1
            )
            gaps = [(b - a, (a + b) / 2) for a, b in itertools.pairwise(places)]
            if not gaps:
                continue
            gap, border = max(gaps)
            one = [h for h in hits if h.piece.centre[axis] < border]
            other = [h for h in hits if h.piece.centre[axis] >= border]
            both = {h.part.label for h in one} & {h.part.label for h in other}
            if gap > 8 * hits[0].piece.height and len(both) >= 4:
                return [*_split_doubles(one), *_split_doubles(other)]
    return [list(hits)]


def _box(hits: Sequence[HukouHit]) -> PageBox:
    return (
        min(h.piece.left for h in hits),
        min(h.piece.centre[1] for h in hits),
        max(h.piece.right for h in hits),
        max(h.piece.centre[1] for h in hits),
    )


def _distance(piece: Piece, box: PageBox) -> float:
    """How far a piece lies outside of a page's labels."""
    x, y = piece.centre
    left, top, right, bottom = box
    dx = max(left - x, 0.0, x - right)
    dy = max(top - y, 0.0, y - bottom)
    return math.hypot(dx, dy)
