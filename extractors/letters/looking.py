"""A second look at values that the first leaves doubtful.

Values of letters stand in the middle of sentences, so the same stretch is read again alone, from a
slightly wider cut, and once more without red ink, for what lies under a seal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from extractors.grammar import Grammar
from pipeline.contracts import Recogniser
from pipeline.evidence import Evidence, confidence, dropped, threshold
from pipeline.image import suppress_red
from pipeline.model import Image, Quad, Sheet
from pipeline.piece import Piece, pieces_of
from pipeline.reference.names import is_han

PAD = 0.1
"""Line heights added around a stretch that is read again."""
DISAGREE = "两次识别不一致"
UNREAD = "疑有未识别的字"


def look(
    name: str, pieces: Sequence[Piece], grammar: Grammar, sheet: Sheet, recognise: Recogniser
) -> Evidence:
    """The value of the field ``name``, read again where grammar, score or ink leave doubt.

    Readings that differ are a doubt, unless the grammar is closed (a check digit) and takes one of
    them alone.
    """
    first = _evidence(pieces, grammar)
    if not _needs_look(name, first, sheet):
        return first
    chosen = first
    for second in _again(first, grammar, sheet, recognise):
        if not _alike(first, second):
            continue
        chosen = _better(chosen, second)
        if not _needs_look(name, chosen, sheet):
            break
    if _is_han(chosen) and dropped(chosen.pieces, sheet.image):
        chosen.doubts.append(UNREAD)
    return chosen


def _alike(first: Evidence, second: Evidence) -> bool:
    """Whether both are readings of the same print: half of the characters are the same."""
    one, other = first.raw, second.raw
    return 2 * SequenceMatcher(None, one, other).ratio() >= 1.0 or len(one) <= 2


def _evidence(pieces: Sequence[Piece], grammar: Grammar) -> Evidence:
    return Evidence(pieces, grammar("".join(p.text for p in pieces)))


def _needs_look(name: str, evidence: Evidence, sheet: Sheet) -> bool:
    hole = _is_han(evidence) and dropped(evidence.pieces, sheet.image)
    return hole or bool(evidence.value.doubts) or confidence(evidence) < threshold(name)


def _is_han(evidence: Evidence) -> bool:
    return any(is_han(c.text) for c in evidence.chars)


def _again(
    first: Evidence, grammar: Grammar, sheet: Sheet, recognise: Recogniser
) -> Iterator[Evidence]:
    """The same places read once more, on each picture."""
    quads = [_wider(p.quad, PAD * p.height) for p in first.pieces]
    for picture in _pictures(sheet.image):
        lines = recognise(picture, quads)
        if len(lines) == len(quads) and all(line.text for line in lines):
            yield _evidence(pieces_of(lines), grammar)


def _pictures(image: Image) -> Iterator[Image]:
    yield image
    if image.ndim == 3:
        yield suppress_red(image)


def _better(first: Evidence, second: Evidence) -> Evidence:
    """The likelier of two readings, with a doubt where they differ in what both could be."""
    if second.value.value == first.value.value:
        chosen = max(first, second, key=_weight)
        chosen.doubts = list(first.doubts)
        return chosen
    chosen = max(first, second, key=_weight)
    other = second if chosen is first else first
    chosen.doubts = list(first.doubts)
    if not (chosen.value.closed and not other.value.closed) and DISAGREE not in chosen.doubts:
        chosen.doubts.append(DISAGREE)
    return chosen


def _weight(evidence: Evidence) -> tuple[bool, bool, float]:
    lowest = min((c.score for c in evidence.chars), default=0.0)
    return evidence.value.closed, not evidence.value.doubts, lowest


def _wider(quad: Quad, by: float) -> Quad:
    (ax, ay), (bx, by_), (cx, cy), (dx, dy) = quad
    return ((ax - by, ay - by), (bx + by, by_ - by), (cx + by, cy + by), (dx - by, dy + by))
