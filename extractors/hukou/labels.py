"""Where the printed labels of a booklet page lie, as runs of characters (``labels.toml``).

Labels are found by their words, never by the order of lines: whole lines, the beginning of a
line that goes on with the value, runs between gaps, parts that stand one above the other, and
letter-spaced labels that were read as single characters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from extractors.hukou.words import LabelPart, PageKind, is_title, label_parts
from pipeline.layout.label_words import LabelRule, letter_spaced, words_of
from pipeline.layout.piece import Piece, cut_at_gaps
from pipeline.model import Point
from pipeline.watch import PlaceFound, is_watched, tell

SURE_HUKOU_LABEL = 0.9
"""Quality from which a label is looked for no further."""
LABEL_GAP = 0.4
"""Line heights between a two-character label and its neighbour on the same line."""
MISREAD_MIN = 3
"""Characters of a label from which one may be misread, where it stands alone; of a longer one
anywhere."""
_VALUES_WITH_LABELS = ("无宗教信仰", "与户主关系")
"""Values or longer labels that end in a label's words."""


@dataclass(frozen=True, slots=True)
class HukouHit:
    """A part of a label found in print. ``quality`` 0 to 1: how surely it is the label."""

    part: LabelPart
    piece: Piece
    quality: float


@dataclass(frozen=True, slots=True)
class HukouLabel:
    """A label on the page: its name (mostly the field's), and its parts from top to bottom."""

    name: str
    hits: tuple[HukouHit, ...]

    @property
    def left(self) -> float:
        """Left edge."""
        return min(h.piece.left for h in self.hits)

    @property
    def right(self) -> float:
        """Right edge."""
        return max(h.piece.right for h in self.hits)

    @property
    def is_whole(self) -> bool:
        """Whether every part of the printing was found."""
        return len(self.hits) == self.hits[0].part.count

    @property
    def height(self) -> float:
        """Height of one line of the label."""
        return max(h.piece.height for h in self.hits)

    @property
    def centre(self) -> Point:
        """The middle of the label; where a part is missing, of where it would be."""
        x = (self.left + self.right) / 2
        y = sum(h.piece.centre[1] for h in self.hits) / len(self.hits)
        if not self.is_whole:
            found = sum(h.part.index for h in self.hits) / len(self.hits)
            middle = (self.hits[0].part.count - 1) / 2
            y += (middle - found) * self.height * 1.1
        return (x, y)


@dataclass(slots=True)
class FoundLabel:
    """What label-finding made of a page: the labels, and the pieces that are none."""

    labels: dict[str, HukouLabel]
    rest: list[Piece]


def find_hits(pieces: Sequence[Piece], kind: PageKind) -> tuple[list[HukouHit], list[Piece]]:
    """All label parts on the pieces, and what is left of the pieces."""
    hits: list[HukouHit] = []
    rest: list[Piece] = []
    for piece in pieces:
        if is_title(piece.text, kind):
            continue
        found, left = _cut_labels(piece, kind)
        hits += found
        rest += left
    sure = {h.part.label for h in hits if h.quality >= SURE_HUKOU_LABEL}
    spaced, rest = _letter_spaced(rest, kind, sure)
    return hits + spaced, rest


def find_hukou_labels(pieces: Sequence[Piece], kind: PageKind) -> FoundLabel:
    """The labels of one page, each once, and the pieces that are no label."""
    hits, rest = find_hits(pieces, kind)
    labels: dict[str, HukouLabel] = {}
    taken: set[int] = set()
    by_name: dict[str, list[HukouHit]] = {}
    for hit in hits:
        by_name.setdefault(hit.part.label, []).append(hit)
    # Labels that share a part (何时由何地) take it by nearness, so the surest go first.
    for name in sorted(by_name, key=lambda n: -max(map(_anchor_weight, by_name[n]))):
        own = [h for h in by_name[name] if id(h.piece) not in taken]
        best = _assemble(own)
        if best is not None:
            labels[name] = best
            taken |= {id(h.piece) for h in best.hits}
    # A word of a label that stands elsewhere is text like any other, unless it is print that
    # occurs in labels only.
    for hit in hits:
        if id(hit.piece) not in taken and len(hit.part.text) <= 2:
            taken.add(id(hit.piece))
            rest.append(hit.piece)
    if is_watched():
        _tell(labels, pieces, kind)
    return FoundLabel(labels, rest)


def _tell(labels: Mapping[str, HukouLabel], pieces: Sequence[Piece], kind: PageKind) -> None:
    for name, label in labels.items():
        for hit in label.hits:
            tell(PlaceFound("label", hit.piece.quad, (name,)))
    for piece in pieces:
        if is_title(piece.text, kind):
            tell(PlaceFound("title", piece.quad))


def _anchor_weight(hit: HukouHit) -> float:
    return hit.quality + 0.01 * len(hit.part.text)


def _assemble(hits: Sequence[HukouHit]) -> HukouLabel | None:
    """The best label that these hits of one name make."""
    best: HukouLabel | None = None
    best_weight = 0.0
    for anchor in hits:
        chosen = [anchor]
        for index in range(anchor.part.count):
            if index == anchor.part.index:
                continue
            step = index - anchor.part.index
            near = [
                h
                for h in hits
                if h.part.count == anchor.part.count
                and h.part.index == index
                and _is_stacked(anchor.piece, h.piece, step)
            ]
            if near:
                chosen.append(min(near, key=lambda h: _distance(anchor.piece, h.piece)))
        weight = sum(h.quality * len(h.part.text) for h in chosen) / anchor.part.count
        weight *= len(chosen) / anchor.part.count
        # The part that only this label has tells more than the one it shares.
        if any(not h.part.text.endswith("何地") for h in chosen) and weight > best_weight:
            chosen.sort(key=lambda h: h.part.index)
            best, best_weight = HukouLabel(anchor.part.label, tuple(chosen)), weight
    return best


def _distance(a: Piece, b: Piece) -> float:
    return abs(a.centre[0] - b.centre[0]) + abs(a.centre[1] - b.centre[1])


def _is_stacked(piece: Piece, other: Piece, step: int) -> bool:
    """Whether ``other`` stands ``step`` lines below (above, if negative) in the same column."""
    dx = abs(piece.centre[0] - other.centre[0])
    dy = (other.centre[1] - piece.centre[1]) / step
    height = max(piece.height, other.height)
    return dx <= 2.5 * height and 0.4 * height <= dy <= 1.9 * height


def _cut_labels(piece: Piece, kind: PageKind) -> tuple[list[HukouHit], list[Piece]]:
    """The label parts in one piece, longest first, and the runs between them."""
    text = piece.text
    spans: list[tuple[int, int, LabelPart, float]] = []
    for part, start, end, quality in _matches(piece, text, kind):
        if all(end <= s or start >= e for s, e, _, _ in spans) or any(
            (s, e) == (start, end) for s, e, _, _ in spans
        ):
            spans.append((start, end, part, quality))
    hits = []
    cuts: dict[tuple[int, int], Piece] = {}
    for start, end, part, quality in spans:
        own = cuts.setdefault((start, end), piece.part(start, end))
        hits.append(HukouHit(part, own, quality))
    rest = []
    at = 0
    for start, end in [*sorted(cuts), (len(text), len(text))]:
        if start > at:
            rest.append(piece.part(at, start))
        at = end
    rest = [r for p in rest if (r := _without_colon(p)) is not None]
    return hits, rest


def _without_colon(piece: Piece) -> Piece | None:
    """The piece without the colon and the dots that follow a label."""
    start = 0
    while start < len(piece.chars) and piece.chars[start].text in ":：;；.…_":
        start += 1
    return piece.part(start, len(piece.chars)) if start < len(piece.chars) else None


def _is_soiled(text: str, word: str) -> bool:
    """Whether a whole line is a label with signs of dirt or seals among its letters (姓☑名)."""
    return len(text) <= len(word) + 2 and "".join(c for c in text if c.isalnum()) == word


def _matches(
    piece: Piece, text: str, kind: PageKind
) -> Iterator[tuple[LabelPart, int, int, float]]:
    present = set(text)
    for part, letters in _letters(kind):
        size = len(part.text)
        # Most words are settled by their characters: none may be lacking, or one of a long word.
        if len(letters - present) > (size >= MISREAD_MIN):
            continue
        if len(text) > size and _is_soiled(text, part.text):
            yield part, 0, len(text), 0.9
        for start in range(len(text) - size + 1):
            end = start + size
            differing = 0
            if not text.startswith(part.text, start):
                allowed = _tolerance(part.text, start, end, text)
                if allowed == 0:
                    continue
                differing = sum(a != b for a, b in zip(text[start:end], part.text, strict=True))
                if differing > allowed:
                    continue
            if any(
                v.endswith(part.text) and text[:end].endswith(v)
                for v in _VALUES_WITH_LABELS
                if v != part.text and len(v) > size and not v.startswith("与")
            ):
                continue
            quality = _quality(piece, start, end, size) - 0.3 * differing
            if quality > 0:
                yield part, start, end, quality


@cache
def _letters(kind: PageKind) -> tuple[tuple[LabelPart, frozenset[str]], ...]:
    """The parts of labels, with the characters of each."""
    return tuple((part, frozenset(part.text)) for part in label_parts(kind))


def _tolerance(part: str, start: int, end: int, text: str) -> int:
    """How many characters of a label may be misread: one of a long one that stands alone."""
    alone = start == 0 and end == len(text)
    return 1 if len(part) > MISREAD_MIN or (len(part) == MISREAD_MIN and alone) else 0


def _quality(piece: Piece, start: int, end: int, size: int) -> float:
    """How surely a run is a label, by what stands beside it."""
    before = start == 0 or _is_apart(piece, start)
    after = end == len(piece.chars) or _is_apart(piece, end)
    if start == 0 and end == len(piece.chars):
        return 1.0
    if size >= 4:
        return 0.9 if before else 0.7
    if before and after:
        return 0.9
    # Short words occur within values (民族大道, 职业高中).
    return 0.6 if start == 0 else 0.5 if before else 0.0


def _is_apart(piece: Piece, index: int) -> bool:
    """Whether there is a gap, or a sign that is no letter, before the character."""
    if not (piece.chars[index].text.isalnum() and piece.chars[index - 1].text.isalnum()):
        return True
    return len(cut_at_gaps(piece.part(index - 1, index + 1), LABEL_GAP)) > 1


def _letter_spaced(
    pieces: Sequence[Piece], kind: PageKind, found: set[str]
) -> tuple[list[HukouHit], list[Piece]]:
    """Labels read as single characters far apart (姓　　名)."""
    whole = {(part.label, part.text): part for part in label_parts(kind) if part.count == 1}
    rules = [LabelRule(name, ((text,),)) for name, text in whole if name not in found]
    hits, rest = letter_spaced(pieces, words_of(rules), set())
    return [HukouHit(whole[h.rule.name, h.piece.text], h.piece, 0.85) for h in hits], rest
