"""Which papers' titles a sheet plainly prints (``titles.toml``): the title decides the type.

A title is a line that says a paper's name and nothing else but its translation, the state's or the
province's name before it, 副本 and the like behind. It may be set wide, over pieces of a row, or
over two lines. What a sentence or a list of materials mentions is no title: a line as small as the
other print counts only at the head of the sheet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from statistics import median

from extractors.labelled.tables import load_table
from pipeline.layout.piece import Piece, pieces_of
from pipeline.layout.stamp_words import is_stamped, without_stamp
from pipeline.model import DocumentType, Line
from pipeline.once import once_per_lines
from pipeline.reference import dates
from pipeline.reference.names import in_standard_form, is_han
from pipeline.reference.text import narrow

TITLE_LARGE = 1.15
"""Heights of the sheet's print from which a line is larger than it."""
HEAD_LINES = 2
"""Lines that may stand above a title no larger than the print: the state's name, an emblem's."""
TITLE_GAP = 6.0
"""Line heights between two pieces of a title set wide."""
ID_TITLE = "居民身份证"
LONG_TITLE = 6
"""Characters of a title from which one may be misread beyond the recogniser's alternatives."""
LONGEST_TITLE = 24
"""Characters before the ending of a form's title, at most."""
HEADLESS_TITLE = 5
"""Characters of a foreign title from which anything may be read before it on its line."""
SURE_TITLE = 0.6
"""Mean score from which a line is read well enough to tell a paper."""


@dataclass(frozen=True, slots=True)
class Title:
    """A title on the sheet: the guide's paper that it names, or None for a foreign one; its name in
    ``titles.toml``, and the line as read."""

    kind: DocumentType | None
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class _Table:
    titles: tuple[tuple[str, DocumentType | None], ...]
    before: re.Pattern[str]
    behind: re.Pattern[str]
    endings: re.Pattern[str]
    simple: dict[int, int]


@cache
def _table() -> _Table:
    table = load_table("labelled", "titles.toml")
    guide = [(name, DocumentType(kind)) for kind, names in table["guide"].items() for name in names]
    foreign = [(name, None) for names in table["foreign"].values() for name in names]
    return _Table(
        # The longer name first: 临时居民身份证 before 居民身份证.
        titles=tuple(sorted((*guide, *foreign), key=lambda row: -len(row[0]))),
        before=re.compile(f"(?:{table['before']})*"),
        behind=re.compile(f"(?:{table['behind']})*"),
        endings=re.compile(f"[一-鿿]{{2,{LONGEST_TITLE}}}(?:{table['endings']})"),
        simple=str.maketrans(table["traditional"], table["simple"]),
    )


@once_per_lines
def find_titles(lines: Sequence[Line]) -> tuple[Title, ...]:
    """The titles that the sheet prints, each paper once."""
    pieces = [
        p
        for piece in pieces_of(lines)
        for p in without_stamp(piece)
        if p.is_upright and p.score >= SURE_TITLE and not is_stamped(p)
    ]
    if not pieces:
        return ()
    print_height = median(p.height for p in pieces)
    found: dict[str, tuple[Title, list[Piece]]] = {}
    for run in _runs(pieces):
        title = _title_of(run)
        if title is None or title.name in found:
            continue
        above = [p for p in pieces if p not in run and _is_above(p, run[0])]
        if min(p.height for p in run) >= TITLE_LARGE * print_height or len(above) <= HEAD_LINES:
            found[title.name] = title, run
    if ID_TITLE in found and any(_runs_for_months(p.text) for p in pieces):
        # No other card does: the first words of its title were lost.
        title, run = found[ID_TITLE]
        found[ID_TITLE] = replace(title, kind=DocumentType.TEMPORARY_ID_CARD), run
    runs = tuple(found.values())
    return tuple(t for t, run in runs if not any(_ends(t, run, *other) for other in runs))


def _runs_for_months(text: str) -> bool:
    """Whether a text is a span of validity shorter than a year: a temporary card's."""
    span = dates.parse_span(text)
    return span is not None and span[1] < f"{int(span[0][:4]) + 1}{span[0][4:]}"


def _ends(title: Title, run: Sequence[Piece], longer: Title, whole: Sequence[Piece]) -> bool:
    """Whether a title is but the end of a longer one that is set wide: 通行证, 居民身份证."""
    within = all(any(piece is own for own in whole) for piece in run)
    return within and title is not longer and title.name in longer.name


def names_another(lines: Sequence[Line], kind: DocumentType, *, guide: bool = False) -> bool:
    """Whether the sheet prints a listed title of a foreign paper; with ``guide``, or of any other
    paper of the guide."""
    listed = {name for name, _ in _table().titles}
    return any(
        title.name in listed and title.kind != kind and (guide or title.kind is None)
        for title in find_titles(lines)
    )


def titles_say(lines: Sequence[Line]) -> dict[str, str]:
    """Why a sheet tells no paper though it prints titles (:data:`pipeline.contracts.TitlesSay`):
    ``page`` is ``titles`` (of more papers than one, one of them the guide's), ``title`` (of one of
    the guide's, which the rest of the sheet contradicts) or ``foreign``; ``titles`` are those that
    the table lists: others may hold a name."""
    listed = {name for name, _ in _table().titles}
    found = [title for title in find_titles(lines) if title.name in listed]
    kinds = {title.kind or title.name for title in found}
    if not found:
        return {}
    guides = any(title.kind is not None for title in found)
    page = "foreign" if not guides else "title" if len(kinds) == 1 else "titles"
    return {"page": page, "titles": "、".join(title.name for title in found)}


def _runs(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """What may be a title: a line, the pieces of a row, two rows one below the other."""
    for piece in pieces:
        yield [piece]
    for piece in pieces:
        row = _row_from(piece, pieces)
        if len(row) > 1:
            yield row
    for upper in pieces:
        for lower in pieces:
            if _is_second_line(upper, lower):
                yield [upper, lower]


def _row_from(first: Piece, pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces that go on in a row as tall as the first, no wider apart than a title is set."""
    row = [first]
    for piece in sorted(pieces, key=lambda p: p.left):
        last = row[-1]
        level = abs(piece.centre[1] - last.centre[1]) < 0.5 * last.height
        near = -0.3 * last.height < piece.left - last.right < TITLE_GAP * last.height
        alike = 0.7 < piece.height / last.height < 1.4
        if piece is not last and level and near and alike:
            row.append(piece)
    return row


def _is_second_line(upper: Piece, lower: Piece) -> bool:
    down = (lower.centre[1] - upper.centre[1]) / max(upper.height, lower.height)
    middle = abs(upper.centre[0] - lower.centre[0]) < 2.0 * upper.height
    aligned = middle or abs(upper.left - lower.left) < upper.height
    return 0.8 < down < 2.2 and aligned and 0.6 < upper.height / lower.height < 1.7


def _is_above(piece: Piece, title: Piece) -> bool:
    return (
        piece.centre[1] < title.centre[1] - 0.6 * title.height and sum(map(is_han, piece.text)) >= 2
    )


def _title_of(run: Sequence[Piece]) -> Title | None:
    chars = [c for piece in run for c in piece.chars]
    han = [c for c in chars if is_han(c.text)]
    read = "".join(piece.text for piece in run)
    if not han:
        letters = "".join(c.text for c in chars if c.text.isalpha()).upper()
        return next((Title(kind, n, read) for n, kind in _table().titles if n == letters), None)
    if (
        any(c.text in "，。；、：:,;?？!！" for c in chars)
        or sum(c.text.isdigit() for c in chars) > 1
    ):
        return None
    plain = [_simple(c.text) for c in han]
    text = "".join(plain)
    before, behind = _table().before, _table().behind
    for name, kind in _possible(set(plain)):
        for start in range(max(0, len(text) - len(name)) + 1):
            end = start + len(name)
            # The first words of a foreign title may be lost: it denies by what is left.
            headless = kind is None and len(name) >= HEADLESS_TITLE
            if not ((headless or before.fullmatch(text[:start])) and behind.fullmatch(text[end:])):
                continue
            wrong = [i for i in range(len(name)) if plain[start + i : start + i + 1] != [name[i]]]
            unseen = [
                i
                for i in wrong
                if start + i >= len(han)
                or all(_simple(o) != name[i] for o, _ in han[start + i].alternatives)
            ]
            if not wrong or (
                len(wrong) <= len(name) // 3 and len(unseen) <= len(name) // LONG_TITLE
            ):
                return Title(kind, name, read)
    if kind_of_tail := _tails().get(text):
        return Title(kind_of_tail[1], kind_of_tail[0], read)
    return Title(None, text, read) if _table().endings.fullmatch(text) else None


def _possible(present: set[str]) -> Iterator[tuple[str, DocumentType | None]]:
    """The titles of which enough characters are there: one in three may be misread."""
    titles, owners = _table().titles, _owners()
    here: dict[int, int] = {}
    for char in present:
        for index, times in owners.get(char, ()):
            here[index] = here.get(index, 0) + times
    for index in sorted(here):
        size = len(titles[index][0])
        if here[index] >= size - size // 3:
            yield titles[index]


@cache
def _owners() -> Mapping[str, tuple[tuple[int, int], ...]]:
    """Of each character the titles that hold it, by their place in the table, and how often."""
    owners: dict[str, list[tuple[int, int]]] = {}
    for index, (name, _) in enumerate(_table().titles):
        for char in dict.fromkeys(name):
            owners.setdefault(char, []).append((index, name.count(char)))
    return {char: tuple(found) for char, found in owners.items()}


@cache
def _tails() -> Mapping[str, tuple[str, DocumentType | None]]:
    """The second halves of long titles by which one title alone goes on: of a title over two lines
    the first may lie under a stamp (来往大陆通行证)."""
    names = {name for name, _ in _table().titles}
    tails: dict[str, set[tuple[str, DocumentType | None]]] = {}
    for name, kind in _table().titles:
        for i in range(1, len(name) // 2 + 1):
            if len(name) - i >= LONG_TITLE:
                tails.setdefault(name[i:], set()).add((name, kind))
    return {
        tail: next(iter(owners))
        for tail, owners in tails.items()
        if len(owners) == 1 and tail not in names
    }


@lru_cache(maxsize=8192)
def _simple(char: str) -> str:
    return in_standard_form(narrow(char).translate(_table().simple))
