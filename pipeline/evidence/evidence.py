"""From characters to a reading: how surely a value is right, and why a person should look.

Confidence is that of the weakest character: one misread character makes a value wrong, whatever
the mean says. The engine's scores of Han characters are corrected for what it has seen too
seldom (:func:`chances`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from importlib.resources import files

from pipeline.image import apply, as_quad
from pipeline.layout.piece import Piece, quad_around
from pipeline.model import Char, Quad, Reading, ReadingSource, Sheet, UnsureChar
from pipeline.reference import name_characters, place_characters
from pipeline.reference.names import is_han
from pipeline.reference.place_names import covering, region_before
from pipeline.reference.rarity import is_rare
from pipeline.reference.text import narrow

PLAIN_SPACE = 0.2
"""Score from which a space is certain. Real spaces score low (``SPACE_MIN`` of the engine), so a
fifth is already much."""
RESTORED = "生僻字"
"""What a doubt begins with that is about nothing but characters taken for others than were read."""
SURE_CHARACTER = 0.999
SURE_ENOUGH = 0.97
"""Chance from which a character is not marked for a person who looks at a doubtful value."""
OFFERED = 5
"""Alternatives of a character that are offered to choose from."""
CIRCLES = frozenset("〇○◯")
"""Signs that are one and the same in print: the zero of a year in Chinese numerals."""
PERHAPS = 0.01
"""Chance of a letter or a figure from which a sign may be what is left of one."""
NOTHING_MOST = 0.3
"""Chance of there being nothing, at most, that does not speak against what a picture shows."""
PLAIN = 0.999
"""Chance from which nothing of a character is left to weigh."""
BORNE_OUT_MIN = 0.3
BORNE_OUT_DOUBT = 0.1
"""What is left of the doubt about a character that a table of places bears out, if it was read with
some chance at all: any other would leave a name that no table has."""
RARE_WEIGHT = 6.7
"""How many times likelier a rare character is than the engine's score for it says. Nearly all
misread Han characters are rare ones read as common ones, hardly ever the other way round: of 2575
on drawn papers 27 were misread, all of them rare. With this weight no misread character of a name
keeps more than 0.60, and 3 of 382 right ones fall below 0.85 (by bare scores: 0.91, and 9)."""


@dataclass(frozen=True, slots=True)
class Value:
    """What a field's grammar makes of its text.

    ``closed``: the value is a word of a short list or fits a check, so that a misreading would
    hardly give another one. ``doubts``: why a person should look. ``of_person``: it is a person's
    name, which some characters are hardly in.
    """

    value: str
    doubts: tuple[str, ...] = ()
    closed: bool = False
    of_person: bool = False


@dataclass(slots=True)
class Evidence:
    """A value on its way to a reading."""

    pieces: Sequence[Piece]
    value: Value
    agreed: bool = False
    doubts: list[str] = field(default_factory=list)
    source: ReadingSource = "ocr"
    pooled: Sequence[Char] = ()
    """The characters by all looks that read the same, where there was more than one."""

    @property
    def raw(self) -> str:
        """What was read."""
        return "".join(p.text for p in self.pieces)

    @property
    def chars(self) -> list[Char]:
        """The characters read."""
        return list(self.pooled) or [c for p in self.pieces for c in p.chars]


def reading_of(evidence: Evidence, sheet: Sheet) -> Reading:
    """The reading of the record, its box in pixels of the upright page."""
    doubts = dict.fromkeys((*evidence.value.doubts, *evidence.doubts))
    return Reading(
        value=evidence.value.value,
        raw=evidence.raw,
        confidence=confidence(evidence),
        box=on_page(box_around(evidence.pieces), sheet) if evidence.pieces else None,
        source=evidence.source,
        doubts=tuple(doubts),
        unsure=tuple(unsure_characters(evidence.chars)),
    )


def unsure_characters(chars: Iterable[Char]) -> Iterator[UnsureChar]:
    """The characters that may be others, with what they may be. An alternative of several
    characters, or none, is not offered: a person types it."""
    at = 0
    for char in chars:
        likely = chances(char)
        chance = likely[char.text]
        width = len(narrow(char.text))
        if chance < SURE_ENOUGH and width == 1:
            others = sorted(likely, key=lambda text: -likely[text])
            yield UnsureChar(
                at=at,
                score=round(chance, 4),
                alternatives=tuple(o for o in others if len(o) == 1 and o != char.text)[:OFFERED],
            )
        at += width


def confidence(evidence: Evidence) -> float:
    """Chance that the value is right: the weakest character's, nearer to certainty where the
    field's grammar is closed or something independent agrees."""
    name = evidence.value.value
    chars = evidence.chars
    if name.isascii() and not any(c.isdigit() for c in name):
        # The words of a name in Latin letters are as sure as the spaces between them.
        chars = [c for p in evidence.pieces for c in p.run]
    written = _without_specks(chars, name)
    likely = _chances_in_name(written) if evidence.value.of_person else _chances_in_place(written)
    doubt = 1.0 - min(likely, default=0.0)
    if evidence.value.closed:
        doubt *= 0.5
    if evidence.agreed:
        doubt *= 0.3
    return round(min(SURE_CHARACTER, max(0.0, 1.0 - doubt)), 4)


def _without_specks(chars: Sequence[Char], value: str) -> Sequence[Char]:
    """The characters without signs before and behind them that are none of the value: a speck
    beside a number reads as a full stop. What may be a letter or a figure counts."""
    written = [i for i, char in enumerate(chars) if not _is_speck(char, value)]
    return chars[written[0] : written[-1] + 1] if written else chars


def _is_speck(char: Char, value: str) -> bool:
    if narrow(char.text) in value:
        return False
    may_be = (char.text, *(text for text, score in char.alternatives if score >= PERHAPS))
    return not any(c in CIRCLES or c.isalnum() for c in may_be)


def _chances_in_place(chars: Sequence[Char]) -> Iterator[float]:
    """How likely each character is, since it stands where it does."""
    yield from (likely[char.text] for char, likely in in_place(chars))
    yield from (chances(c)[c.text] for c in chars if c.text.isspace())


def _chances_in_name(chars: Iterable[Char]) -> Iterator[float]:
    """How likely each character is, since persons' names are hardly written with some others; as
    its picture told where it was compared."""
    for char in chars:
        likely = chances(char)
        if not char.compared:
            likely = _reweighed(likely, partial(name_characters.share_left, own=char.text))
        yield likely[char.text]


def in_place(chars: Sequence[Char]) -> Iterator[tuple[Char, dict[str, float]]]:
    """Each character that is no space with the chances of its choices: of those one of which makes
    a name or word of addresses there, the others are hardly meant."""
    written = [c for c in chars if not c.text.isspace()]
    text = "".join(narrow(c.text)[:1] for c in written)
    for at, char in enumerate(written):
        likely = chances(char)
        if 0 < at < len(written) - 1:
            # Between others something stands there: of 30 places of addresses where the engine's
            # nothing had 0.02 and more none was empty.
            likely = _as_something(likely)
        yield char, likely if likely[char.text] >= PLAIN else _weighed(likely, char.text, at, text)


def _weighed(likely: dict[str, float], own: str, at: int, text: str) -> dict[str, float]:
    """The chances of the choices for the character ``own`` at ``at``, by what they make there."""
    standing = {
        choice: covering(text if choice == own else text[:at] + choice + text[at + 1 :], at)
        for choice in likely
        if len(choice) == 1
    }
    if not any(standing.values()):
        is_placed = 0 < region_before(text) <= at
        return _as_places_are_named(likely, own) if is_placed else likely
    weights = {
        choice: chance * (1.0 if standing.get(choice) else BORNE_OUT_DOUBT)
        for choice, chance in likely.items()
    }
    rest = max(0.0, 1.0 - sum(likely.values()))  # of what was not named hardly any makes a word
    total = sum(weights.values()) + rest * (BORNE_OUT_DOUBT if standing.get(own) else 1.0)
    weighed = {choice: weight / total for choice, weight in weights.items()}
    if likely[own] >= BORNE_OUT_MIN and any(at in name.certain for name in standing.get(own, ())):
        weighed[own] = max(weighed[own], 1.0 - BORNE_OUT_DOUBT * (1.0 - likely[own]))
    return weighed


def _as_places_are_named(likely: dict[str, float], own: str) -> dict[str, float]:
    """The chances of the choices for a character of an address, where no name or word is known."""
    return _reweighed(likely, lambda choice: place_characters.weight(choice, own, likely))


def _reweighed(likely: Mapping[str, float], weight: Callable[[str], float]) -> dict[str, float]:
    """The chances, each as many times likelier; what the engine did not tell stays."""
    weighed = {choice: chance * weight(choice) for choice, chance in likely.items()}
    total = sum(weighed.values()) + max(0.0, 1.0 - sum(likely.values()))
    return {choice: chance / total for choice, chance in weighed.items()}


def chances(char: Char) -> dict[str, float]:
    """How likely each choice for a character is, the one read among them; they sum up to less than
    1 by what the engine did not tell. The same sign in another width is no other choice."""
    scores = {char.text: char.score}
    for text, score in char.alternatives:
        same = char.text if narrow(text) == narrow(char.text) else text
        scores[same] = scores.get(same, 0.0) + score
    if char.text in CIRCLES:
        # The engine's nothing is no rival: without its zero the year would lack a figure.
        there = sum(score for text, score in scores.items() if text)
        circles = sum(score for text, score in scores.items() if text in CIRCLES)
        return {char.text: circles / max(there, 1.0 - scores.get("", 0.0))}
    if char.text.isspace():
        return {char.text: min(1.0, char.score / PLAIN_SPACE)}
    if char.compared:
        # Nor is it one of a character that its picture shows: of 39 addresses on 6,400 drawn rows
        # against which nothing but a low chance spoke 13 are sure without it, all of them right.
        return _as_something(scores)
    if not is_han(char.text):
        return scores
    rest = max(0.0, 1.0 - sum(scores.values()))
    weighed = {
        text: score * (RARE_WEIGHT if is_rare(text) else 1.0) for text, score in scores.items()
    }
    total = sum(weighed.values()) + rest
    return {text: weight / total for text, weight in weighed.items()}


def _as_something(likely: Mapping[str, float]) -> dict[str, float]:
    """The chances where it is known that something stands there."""
    there = 1.0 - min(likely.get("", 0.0), NOTHING_MOST)
    return {text: min(1.0, chance / there) for text, chance in likely.items() if text}


def box_around(pieces: Sequence[Piece]) -> Quad:
    """The box around pieces; a single piece's own quad, which may lean."""
    if len(pieces) == 1:
        return pieces[0].quad
    return quad_around(point for piece in pieces for point in piece.quad)


def on_page(quad: Quad, sheet: Sheet) -> Quad:
    """A quad of sheet pixels in pixels of the upright page."""
    return as_quad(apply(sheet.to_page, quad))


def outline_of(sheet: Sheet) -> Quad:
    """The sheet's own rim in pixels of the upright page."""
    height, width = sheet.image.shape[:2]
    return on_page(((0, 0), (width - 1, 0), (width - 1, height - 1), (0, height - 1)), sheet)


# ---------------------------------------------------------------- thresholds


@cache
def _thresholds() -> tuple[dict[str, float], dict[str, str]]:
    table = tomllib.loads(
        (files("pipeline.evidence") / "thresholds.toml").read_text(encoding="utf-8")
    )
    kinds = {name: kind for kind, names in table["kinds"].items() for name in names}
    return table["confidence"], kinds


def field_kind(name: str) -> str:
    """The kind of the field ``name`` (``name``, ``address``, ``number`` …), or ``default``."""
    return _thresholds()[1].get(name, "default")


def threshold(name: str) -> float:
    """The confidence below which a reading of this field is doubtful."""
    return _thresholds()[0][field_kind(name)]


def is_unsure(name: str, evidence: Evidence) -> bool:
    """Whether a value of the field ``name``, which is no reading yet, is doubted or unsure."""
    return bool(evidence.doubts or evidence.value.doubts) or confidence(evidence) < threshold(name)


def is_doubtful(name: str, reading: Reading) -> bool:
    """Whether a person should look at this reading of the field ``name``."""
    if reading.source == "human":
        return False
    return bool(reading.doubts) or reading.confidence < threshold(name)


def is_of_characters(reading: Reading) -> bool:
    """Whether nothing speaks against the reading but that some of its characters may be others."""
    return all(doubt.startswith(RESTORED) for doubt in reading.doubts)
