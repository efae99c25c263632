"""Printed labels on a sheet, and what stands beside them.

A label is found by its words, never by the order of lines: as a whole line, at the beginning of a
line that goes on with the value, between gaps, letter-spaced over several pieces, or wrapped into
parts that stand one above the other. The value of a label is what stands to the right of it in its
row, up to the next label, and, where the field may wrap, the lines below that keep to the value's
column. Everything is decided by place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations

from pipeline.model import Line
from pipeline.piece import Piece, piece_of, pieces_of, without_doubles

ROW = 0.62
"""Two things are in one row where their middles are nearer than this, in heights."""
NEXT_ROW = 1.5
"""Heights within which a label that is not in a thing's row is still beside it."""
APART = 0.35
"""Line heights between two characters that make them stand apart."""


@dataclass(frozen=True, slots=True)
class LabelRule:
    """How a field's label is printed.

    ``printings``  each a list of parts from top to bottom;
    ``lines``      how many lines the value may have;
    ``beside``     labels in whose row this one stands: a short word that also occurs in values
                   (民族 in 民族大道) counts only there.
    """

    name: str
    printings: tuple[tuple[str, ...], ...]
    lines: int = 1
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Label:
    """A label on the sheet; its parts from top to bottom. ``exact``: no character misread."""

    rule: LabelRule
    parts: tuple[Piece, ...]
    exact: bool = True

    @property
    def name(self) -> str:
        """The field's name."""
        return self.rule.name

    @property
    def left(self) -> float:
        """Left edge."""
        return min(p.left for p in self.parts)

    @property
    def right(self) -> float:
        """Right edge."""
        return max(p.right for p in self.parts)

    @property
    def height(self) -> float:
        """Height of one line of the label."""
        return max(p.height for p in self.parts)

    @property
    def top(self) -> float:
        """Middle of the first part."""
        return self.parts[0].centre[1]

    @property
    def bottom(self) -> float:
        """Middle of the last part."""
        return self.parts[-1].centre[1]

    @property
    def level(self) -> float:
        """The middle of the whole label."""
        return (self.top + self.bottom) / 2

    def in_row(self, piece: Piece) -> bool:
        """Whether the piece stands in the label's row (in one of its rows, where it wraps)."""
        height = max(self.height, min(piece.height, 1.6 * self.height))
        y = piece.centre[1] - piece.tilt_to(self.parts[0])
        return self.top - ROW * height <= y <= self.bottom + ROW * height


@dataclass(slots=True)
class Laid:
    """What lies on a sheet: its labels, the pieces that belong to each, and the others."""

    labels: dict[str, Label]
    values: dict[str, list[Piece]] = field(default_factory=dict)
    rest: list[Piece] = field(default_factory=list)


# ---------------------------------------------------------------- finding labels


@dataclass(frozen=True, slots=True)
class _Hit:
    rule: LabelRule
    printing: tuple[str, ...]
    index: int
    piece: Piece
    weight: float


def find_labels(
    lines: Sequence[Line], rules: Sequence[LabelRule], *, drop: frozenset[str] = frozenset()
) -> tuple[dict[str, Label], list[Piece]]:
    """The labels of a sheet, each once, and what is left of its lines.

    ``drop`` holds printed words that are neither label nor value (titles, 样本, 盖章): a piece
    that consists of one is left out.
    """
    pieces = [p for p in without_doubles(pieces_of(lines)) if p.text not in drop]
    pieces = [part for piece in pieces for part in _level(piece, rules)]
    hits: list[_Hit] = []
    rest: list[Piece] = []
    for piece in pieces:
        found, left = _cut(piece, rules)
        hits += found
        rest += left
    spaced, rest = _letter_spaced(rest, rules, {h.rule.name for h in hits})
    hits += spaced
    labels = _choose(hits, rules)
    used = {id(part) for label in labels.values() for part in label.parts}
    lost = [h.piece for h in hits if id(h.piece) not in used]
    seen: set[int] = set()
    for piece in lost:
        if id(piece) not in seen:
            seen.add(id(piece))
            rest.append(piece)
    return labels, _rejoin(rest)


def _level(piece: Piece, rules: Sequence[LabelRule]) -> list[Piece]:
    """First characters of letter-spaced labels that were read as one line down the column
    (姓, 性, 民), each by itself; any other piece as it is."""
    if not piece.is_upright:
        firsts = {word[0] for word, _ in _words(rules)}
        if sum(c.text in firsts for c in piece.chars) > len(piece.chars) / 2:
            return piece.singles()
    return [piece]


def _cut(piece: Piece, rules: Sequence[LabelRule]) -> tuple[list[_Hit], list[Piece]]:
    """The label parts in one piece, longest first, and the runs between them."""
    text = piece.text
    spans: list[tuple[int, int, list[tuple[LabelRule, tuple[str, ...], int, float]]]] = []
    words = _words(rules)
    # A word that is there to the letter goes before a longer one with a character misread.
    found = [(o, owners) for word, owners in words for o in _exact(piece, text, word)]
    found += [(o, owners) for word, owners in words for o in _misread(piece, text, word)]
    for (start, end, weight), owners in found:
        kept = [o for o in owners if weight >= 0.5 or o[0].beside]
        if not kept:
            continue
        same = next((s for s in spans if (s[0], s[1]) == (start, end)), None)
        if same is not None:
            same[2].extend((r, p, i, weight) for r, p, i in kept)
        elif all(end <= s or start >= e for s, e, _ in spans):
            spans.append((start, end, [(r, p, i, weight) for r, p, i in kept]))
    hits: list[_Hit] = []
    rest: list[Piece] = []
    at = 0
    for start, end, owners_found in sorted(spans, key=lambda s: s[0]):
        if start > at:
            rest.append(piece.part(at, start))
        own = piece.part(start, end)
        hits += [_Hit(rule, printing, index, own, w) for rule, printing, index, w in owners_found]
        at = end
    if at < len(text):
        rest.append(piece.part(at, len(text)))
    return hits, [r for p in rest if (r := _without_colon(p)) is not None]


Owner = tuple[LabelRule, tuple[str, ...], int]


def _words(rules: Sequence[LabelRule]) -> list[tuple[str, list[Owner]]]:
    """All label parts, longest first, with the printings that they belong to."""
    words: dict[str, list[Owner]] = {}
    for rule in rules:
        for printing in rule.printings:
            for index, word in enumerate(printing):
                words.setdefault(word, []).append((rule, printing, index))
    return sorted(words.items(), key=lambda item: -len(item[0]))


Occurrence = tuple[int, int, float]
"""Where a word stands in a piece, from and to, and how surely as a label (0 to 1)."""


def _exact(piece: Piece, text: str, word: str) -> Iterator[Occurrence]:
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        yield start, end, _weight(piece, start, end, len(text))
        start = text.find(word, start + 1)


def _misread(piece: Piece, text: str, word: str) -> Iterator[Occurrence]:
    """Where the word stands with one character misread: words of four and more."""
    size = len(word)
    if size < 4:
        return
    for start in range(len(text) - size + 1):
        end = start + size
        if sum(a != b for a, b in zip(text[start:end], word, strict=True)) == 1:
            yield start, end, _weight(piece, start, end, len(text)) - 0.25


def _weight(piece: Piece, start: int, end: int, length: int) -> float:
    """How surely a run is a label, by what stands beside it."""
    size = end - start
    before = start == 0 or _is_apart(piece, start)
    after = end == length or _is_apart(piece, end)
    if start == 0 and end == length:
        return 1.0
    if start == 0:
        return 0.9 if size >= 3 or after else 0.7
    if before:
        return 0.8 if size >= 3 or after else 0.6
    return 0.7 if size >= 4 else 0.4


def _is_apart(piece: Piece, index: int) -> bool:
    """Whether a gap, or a sign that is no letter, stands before the character."""
    one, other = piece.chars[index - 1], piece.chars[index]
    if not (one.text.isalnum() and other.text.isalnum()):
        return True
    span = piece.chars[-1].right - piece.chars[0].left
    gap = (other.left - one.right) * (piece.right - piece.left) / span if span > 0 else 0.0
    return gap > APART * piece.height


def _without_colon(piece: Piece) -> Piece | None:
    """The piece without the colon, the dots and the strokes that follow a label."""
    start, end = 0, len(piece.chars)
    while start < end and piece.chars[start].text in ":：;；.…_|丨·-—":
        start += 1
    while end > start and piece.chars[end - 1].text in "_|丨":
        end -= 1
    return piece.part(start, end) if start < end else None


def _letter_spaced(
    pieces: Sequence[Piece], rules: Sequence[LabelRule], found: set[str]
) -> tuple[list[_Hit], list[Piece]]:
    """Labels read as single characters far apart (姓　　名), the last one perhaps together with
    the value that follows it (姓　　名韦昊)."""
    left = list(pieces)
    hits: list[_Hit] = []
    for word, owners in _words(rules):
        free = [o for o in owners if o[0].name not in found and len(o[1]) == 1]
        if not free or not 2 <= len(word) <= 4:
            continue
        for first in [p for p in left if len(p.chars) <= 2]:
            row = _spelled(first, word, left)
            if row is None:
                continue
            last, rest = row[-1], len(word) - sum(len(p.text) for p in row[:-1])
            label = _united([*row[:-1], last.part(0, rest)])
            left = [p for p in left if all(p is not q for q in row)]
            if rest < len(last.chars):
                left.append(last.part(rest, len(last.chars)))
            hits += [_Hit(rule, printing, index, label, 0.8) for rule, printing, index in free]
            found = found | {o[0].name for o in free}
            break
    return hits, left


def _spelled(first: Piece, word: str, others: Sequence[Piece]) -> list[Piece] | None:
    """The pieces that spell ``word`` from left to right in one row; the last may go on."""
    if not word.startswith(first.text) or first.text == word:
        return None
    row = [first]
    rest = word[len(first.text) :]
    candidates = sorted(others, key=lambda p: p.left)
    while rest:
        last = row[-1]
        after = next((p for p in candidates if _goes_on(last, p, rest)), None)
        if after is None:
            return None
        row.append(after)
        rest = rest[len(after.text) :]
    return row


def _goes_on(last: Piece, piece: Piece, rest: str) -> bool:
    """Whether a piece is the next part of a letter-spaced word of which ``rest`` is left."""
    spells = rest.startswith(piece.text) or piece.text.startswith(rest)
    near = -0.5 * last.height < piece.left - last.right < 5 * last.height
    return spells and near and abs(piece.centre[1] - last.centre[1]) < 0.5 * last.height


def _united(row: Sequence[Piece]) -> Piece:
    first, last = row[0], row[-1]
    quad = (first.quad[0], last.quad[1], last.quad[2], first.quad[3])
    return Piece(first.line, tuple(c for p in row for c in p.chars), quad)


def _choose(hits: Sequence[_Hit], rules: Sequence[LabelRule]) -> dict[str, Label]:
    """The best label of each rule. Parts that two rules share go to the surer one.

    Labels that must stand beside another are chosen last, among what stands in its row.
    """
    labels: dict[str, Label] = {}
    used: set[int] = set()
    for late in (False, True):
        found: list[tuple[float, Label]] = []
        for rule in rules:
            if bool(rule.beside) is not late:
                continue
            own = [h for h in hits if h.rule is rule]
            if late:
                row = [labels[name] for name in rule.beside if name in labels]
                own = [h for h in own if _stands_as_label(h.piece, row, labels.values())]
            made = [_assembled(anchor, own) for anchor in own]
            if made:
                found.append(max(made, key=lambda m: m[0]))
        for _, label in sorted(found, key=lambda item: -item[0]):
            if not any(id(p) in used for p in label.parts):
                labels[label.name] = label
                used |= {id(p) for p in label.parts}
    return labels


def _assembled(anchor: _Hit, own: Sequence[_Hit]) -> tuple[float, Label]:
    """The label around one part, with the other parts that stand above and below it."""
    parts = {anchor.index: anchor}
    for index in range(len(anchor.printing)):
        if index == anchor.index:
            continue
        step = index - anchor.index
        near = [
            h
            for h in own
            if h.printing == anchor.printing
            and h.index == index
            and _is_stacked(anchor.piece, h.piece, step)
        ]
        if near:
            parts[index] = max(near, key=lambda h: h.weight)
    letters = sum(len(anchor.printing[i]) for i in parts)
    share = len(parts) / len(anchor.printing)
    weight = sum(h.weight for h in parts.values()) / len(parts) * share + 0.02 * letters
    exact = all(h.piece.text == h.printing[h.index] for h in parts.values()) and share == 1
    pieces = tuple(parts[i].piece for i in sorted(parts))
    return weight, Label(anchor.rule, pieces, exact)


def _is_stacked(piece: Piece, other: Piece, step: int) -> bool:
    """Whether ``other`` stands ``step`` lines below (above, if negative) in the same column."""
    dy = (other.centre[1] - piece.centre[1]) / step
    height = max(piece.height, other.height)
    shares = min(piece.right, other.right) - max(piece.left, other.left) > 0
    return shares and 0.5 * height <= dy <= 2.0 * height


def _stands_as_label(piece: Piece, row: Sequence[Label], labels: Iterable[Label]) -> bool:
    """Whether a short word stands where labels do: in the row of one that it is printed beside,
    or at the beginning of a line in the column of another. Where neither tells, in a line so
    short that it is no word of a value."""
    if any(other.in_row(piece) for other in row):
        return True
    first = next(c for c in piece.line.chars or piece.chars if c.text.strip())
    (x0, y0), (x1, y1) = piece.line.quad[:2]
    begins = piece.chars[0] is first or abs(y1 - y0) > abs(x1 - x0)
    columns = [label.left for label in labels]
    if begins and any(abs(piece.left - left) < 0.7 * piece.height for left in columns):
        return True
    return not row and len(piece.line.text.strip()) <= len(piece.text) + 3


def _rejoin(pieces: Sequence[Piece]) -> list[Piece]:
    """Neighbouring runs of one line that were cut at a word that turned out to be no label."""
    joined: list[Piece] = []
    for piece in sorted(pieces, key=lambda p: (id(p.line), p.chars[0].left if p.chars else 0.0)):
        last = joined[-1] if joined else None
        if last is not None and last.line is piece.line and _touch(last, piece):
            joined[-1] = piece_of(piece.line, (*last.chars, *piece.chars))
        else:
            joined.append(piece)
    return joined


def _touch(one: Piece, other: Piece) -> bool:
    """Whether no character of the line lies between two of its runs."""
    chars = [c for c in one.line.chars if not c.text.isspace()]
    if not chars:
        return False
    try:
        return chars.index(other.chars[0]) == chars.index(one.chars[-1]) + 1
    except ValueError:
        return False


# ---------------------------------------------------------------- what stands beside them


def lay_out(labels: Mapping[str, Label], pieces: Sequence[Piece]) -> Laid:
    """Give every piece to the label that it belongs to, if it belongs to any."""
    laid = Laid(dict(labels), {name: [] for name in labels})
    pending: list[Piece] = []
    for piece in sorted(pieces, key=lambda p: (p.centre[1], p.left)):
        label = _label_in_row(piece, labels.values())
        if label is None:
            pending.append(piece)
        else:
            laid.values[label.name].append(piece)
    for piece in pending:
        wrapped = _continued(piece, laid) or _begun(piece, laid)
        if wrapped is None:
            laid.rest.append(piece)
        else:
            laid.values[wrapped.name].append(piece)
    for name, own in laid.values.items():
        laid.values[name] = _in_reading_order(own)
    return laid


def _label_in_row(piece: Piece, labels: Iterable[Label]) -> Label | None:
    """The nearest label to the left in the piece's row.

    A label does not reach beyond others that stand between: one a little higher or lower, or a
    column of them (on the spread of a booklet, the other page's).
    """
    left_of = [label for label in labels if label.right - 0.6 * label.height <= piece.left]
    row = [
        label for label in left_of if label.in_row(piece) and not _is_parted(label, piece, left_of)
    ]
    if not row:
        return None
    # Of two labels one above the other whose rows both take the piece, the nearer row has it.
    nearest = max(label.left for label in row)
    near = [label for label in row if nearest - label.left < 1.5 * label.height]
    return min(near, key=lambda label: abs(label.level - piece.centre[1]))


def _is_parted(label: Label, piece: Piece, labels: Sequence[Label]) -> bool:
    """Whether other labels, that are not in the piece's row, stand between a label and it."""
    y = piece.centre[1]
    between = [o for o in labels if o.left > label.right and not o.in_row(piece)]
    if any(abs(o.level - y) < NEXT_ROW * o.height for o in between):
        return True
    return any(
        one.level < y < other.level and abs(one.left - other.left) < one.height
        for one, other in permutations(between, 2)
    )


def _continued(piece: Piece, laid: Laid) -> Label | None:
    """The wrapping field whose last line stands right above the piece, in the same column."""
    best: tuple[float, Label] | None = None
    for name, label in laid.labels.items():
        own = laid.values[name]
        if label.rule.lines < 2 or not own:
            continue
        rows = rows_of(own)
        if len(rows) >= label.rule.lines:
            continue
        last = rows[-1]
        height = max(p.height for p in last)
        dy = piece.centre[1] - max(p.centre[1] for p in last)
        column = min(p.left for p in own)
        off = abs(piece.left - column) / height
        # Booklets space their lines widely; there the column must be kept more strictly.
        reach = 2.9 if off < 1.0 else 2.1
        if 0.5 < dy / height < reach and off < 2.2 and (best is None or dy < best[0]):
            best = (dy, label)
    return None if best is None else best[1]


def _begun(piece: Piece, laid: Laid) -> Label | None:
    """The wrapping field whose first line stands right above its label's row: a value of two
    lines printed around the middle of its label."""
    best: tuple[float, Label] | None = None
    for name, label in laid.labels.items():
        own = laid.values[name]
        above = label.level - piece.centre[1]
        if label.rule.lines < 2 or not 0 < above < 1.5 * label.height:
            continue
        if own:
            first = rows_of(own)[0]
            height = max(p.height for p in first)
            aligned = abs(piece.left - min(p.left for p in first)) < height
            dy = min(p.centre[1] for p in first) - piece.centre[1]
            fits = aligned and first[0].centre[1] > label.level and 0.5 < dy / height < 2.1
        else:
            fits = 0 < piece.left - label.right < 5 * label.height
        if fits and (best is None or above < best[0]):
            best = (above, label)
    return None if best is None else best[1]


def rows_of(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Pieces grouped into lines of text, from top to bottom."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda p: p.centre[1]):
        for row in rows:
            if abs(row[0].centre[1] - piece.centre[1]) < 0.5 * max(row[0].height, piece.height):
                row.append(piece)
                break
        else:
            rows.append([piece])
    return rows


def _in_reading_order(pieces: Sequence[Piece]) -> list[Piece]:
    return [p for row in rows_of(pieces) for p in sorted(row, key=lambda p: p.left)]
