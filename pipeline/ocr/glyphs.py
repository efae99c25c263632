"""A second opinion on doubtful characters: which of the choices looks like the picture.

The recogniser has seen rare characters so seldom that it reads a common look-alike (邑 for 岜) or
wavers between several. Their pictures differ plainly. Where it is not sure, its choices and the
rare characters that look like its first one are printed in reference fonts and compared with what
stands on the paper; engine and picture together say how likely each one is.

A character that was compared is marked (``Char.compared``): its score and those of its alternatives
are chances, and need no correction for what the engine has seen too seldom.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from pipeline.contracts import OcrEngine
from pipeline.model import Char, Image, Line, Quad
from pipeline.ocr.around import EngineAround
from pipeline.ocr.glyph_features import Floats, GlyphBook, Strip
from pipeline.reference.look_alikes import rare_look_alikes
from pipeline.reference.name_characters import written_in_names
from pipeline.reference.names import is_han
from pipeline.reference.rare_characters import behind_in_names, hidden_behind, is_seldom_itself
from pipeline.reference.rarity import is_rare

SURE = 0.995
"""Score from which the engine alone is believed. 13 of 403 misread characters of 3,000 drawn lines
with rare ones had it, and 96 in 100 right ones."""
TRUST: Final = 0.79
LIKENESS: Final = 11.6
LACKS_LEAST: Final = 0.05
"""Weights of the logarithm of the engine's score and of the likeness to the picture, in parts of
what the best choice lacks of being wholly alike. Fitted by likelihood to half of 2,331 doubtful
characters of 3,600 drawn lines (seven fonts that are none of the reference fonts; flatbed, office
copies, phone pictures; 60 in 100 lines with a rare character), checked on the other half: of 290
misread ones 145 stay wrong, 9 of them with a chance above 0.95."""
FAINTEST = 1e-4
"""Score below which the engine's own choices do not differ."""
HIDDEN, PERHAPS_HIDDEN = 0.05, 0.01
"""Scores that a rare character is given which is known to be read as the one that was read: where
the engine is not sure of one that is seldom meant in a place's name, and elsewhere."""
UNREAD = 0.0025
"""The same of a rare look-alike of which neither engine nor table says anything. The fit gave 0.01,
with ten times as many rare characters as real papers have."""
DECIDED = 0.95
"""Chance among the choices from which the picture has told; else the character stays as it was
read, with its doubts."""
OVERTURNS = 4.0
"""How many times likelier than any other such a look-alike must be to be taken."""
BY_PICTURE = 0.88
"""Chance, at most, of a character for which neither engine nor table speaks, or the table of two
alike: below what any field is sure with. Pictures of rare look-alikes (峎 and 崀) hardly differ."""
SHOWN = 0.999
"""Chance from which the picture alone tells a rare character of names, where what was read is no
character of names. Of 7,304 readings of the 989 of them, in six typefaces, sharp and blurred, it
told for 116 so, all of them right; of 2,102 of rare characters that no list has it took none."""
LEFT = 0.1
"""Chance beside the character read from which a rare one of names is left that engines read so."""
HELD = 0.1
"""Score of another choice of the engine's, from which the rare one that it hides is compared."""
MOST = 12
"""Choices compared at the most."""
KEPT = 10
KEPT_MIN = 0.001
"""Alternatives kept, and from which chance on those that the engine did not name."""


class ComparingEngine(EngineAround):
    """Compares what an engine doubts with reference fonts, which its fingerprint covers."""

    def __init__(self, engine: OcrEngine, book: GlyphBook) -> None:
        super().__init__(engine)
        self._book = book

    def recognise(self, image: Image, quads: Sequence[Quad]) -> list[Line]:
        """As the engine, doubtful characters weighed by their pictures."""
        return [compared(line, image, self._book) for line in super().recognise(image, quads)]


def compared(line: Line, image: Image, book: GlyphBook) -> Line:
    """The line, its doubtful Han characters weighed by how they look."""
    doubtful = [i for i, char in enumerate(line.chars) if _is_doubtful(char)]
    if not doubtful:
        return line
    strip = Strip(image, line.quad)
    chars = list(line.chars)
    for i in doubtful:
        seen = strip.vectors_at((chars[i].left + chars[i].right) / 2)
        if seen is not None:
            chars[i] = weigh(chars[i], seen, book)
    if "".join(c.text for c in line.chars) == line.text:
        return replace(line, chars=tuple(chars), text="".join(c.text for c in chars))
    return replace(line, chars=tuple(chars))


def _is_doubtful(char: Char) -> bool:
    known_of = hidden_behind(char.text) or behind_in_names(char.text)
    return is_han(char.text) and (char.score < SURE or known_of != "")


@dataclass(slots=True)
class _Choices:
    """What a character may be, with scores before the picture is asked. ``hidden``: rare ones that
    engines read as one that was named; ``of_names``: those of names behind the one that was read;
    ``unheard``: those of which neither engine nor table says anything."""

    scores: dict[str, float]
    named: frozenset[str]
    hidden: frozenset[str]
    of_names: str
    unheard: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, char: Char) -> _Choices:
        """The engine's choices and the rare characters known behind them."""
        told = dict(char.alternatives) | {char.text: char.score}
        scores = {t: max(s, FAINTEST) for t, s in told.items() if is_han(t) and len(t) == 1}
        named = frozenset(scores)
        hidden = set[str]()
        for read in (char.text, *(t for t in named if told[t] >= HELD)):
            for rare in hidden_behind(read):
                strong = char.score < SURE and is_seldom_itself(read)
                known_of = HIDDEN if strong else PERHAPS_HIDDEN
                scores[rare] = max(scores.get(rare, 0.0), known_of)
                hidden.add(rare)
        of_names = behind_in_names(char.text)
        for rare in of_names:
            scores[rare] = max(scores.get(rare, 0.0), PERHAPS_HIDDEN)
        return cls(scores, named, frozenset(hidden), of_names)

    def add_look_alikes(self, char: str) -> list[str]:
        """Rare look-alikes of a character as choices; those that were none before."""
        new = [rare for rare in rare_look_alikes(char) if rare not in self.scores]
        self.scores |= dict.fromkeys(new, UNREAD)
        self.unheard.update(new)
        return new

    def likeliest(
        self, likeness: Mapping[str, float], whole: float
    ) -> tuple[dict[str, float], str]:
        """The chances of the choices, together ``whole``, and the one that is taken."""
        chances = _chances(self.scores, likeness, whole)
        weight = {t: c / (OVERTURNS if t in self.unheard else 1.0) for t, c in chances.items()}
        return chances, max(weight, key=lambda t: weight[t])

    def tells_only_picture(self, best: str, read: str, chance: float) -> bool:
        """Whether only the picture tells for the one that is taken with this chance, or between two
        that the engine reads alike, or against the engine for one that it knows as well: print in
        other regions' forms (启 without its dot) looks more like another character of the reference
        font (后)."""
        is_shown = chance >= SHOWN and _alone_is_of_names(best, read)
        if best in self.unheard and not is_shown:
            return True
        if best not in self.named and (len(self.hidden) > 1 or best in self.of_names):
            return True
        return best != read and best not in self.hidden and not is_rare(best)


def weigh(char: Char, seen: Floats, book: GlyphBook) -> Char:
    """The character that is likeliest by engine and picture (``seen``: vectors, n x 512), with the
    others as alternatives."""
    scores = dict(char.alternatives) | {char.text: char.score}
    choices = _Choices.of(char)
    choices.add_look_alikes(char.text)
    likeness = _likeness(list(choices.scores)[:MOST], seen, book)
    if char.text not in likeness or len(likeness) < 2:
        return char
    whole = max(0.0, 1.0 - sum(s for text, s in scores.items() if text not in likeness))
    chances, best = choices.likeliest(likeness, whole)
    if best != char.text:
        # What is taken instead is held against its own look-alikes (𬴂 read 驿, taken for 骅).
        likeness |= _likeness(choices.add_look_alikes(best), seen, book)
        chances, best = choices.likeliest(likeness, whole)
    if chances[best] < DECIDED * sum(chances.values()):
        return _undecided(char, chances, choices.of_names)
    if best in choices.unheard and is_rare(char.text):
        return char  # engines hardly ever read a rare character for another rare one
    by_picture = choices.tells_only_picture(best, char.text, chances[best])
    told = min(chances[best], BY_PICTURE) if by_picture else chances[best]
    others = {t: s for t, s in scores.items() if t not in likeness} | chances
    del others[best]
    if by_picture:
        others.pop("", None)  # that nothing may stand there does not make the limit a higher one
    ranked = sorted(others.items(), key=lambda item: -item[1])[:KEPT]
    return replace(
        char,
        text=best,
        score=told,
        alternatives=tuple((t, s) for t, s in ranked if t in scores or s >= KEPT_MIN),
        compared=True,
    )


def _likeness(texts: Iterable[str], seen: Floats, book: GlyphBook) -> dict[str, float]:
    """How like each character is to what was seen, of those that the reference fonts have."""
    return {
        text: float((vectors @ seen.T).max())
        for text in texts
        if (vectors := book.vectors(text)) is not None
    }


def _alone_is_of_names(rare: str, read: str) -> bool:
    """Whether names are written with the rare character and not with the one that was read (𬶍 read
    蛇); not so of forms of one character (眞 read 真)."""
    return is_rare(rare) and rare in written_in_names() and read not in written_in_names()


def _undecided(char: Char, chances: Mapping[str, float], of_names: str) -> Char:
    """The character as it was read, less sure where a rare one of names has a chance beside it."""
    own = chances[char.text]
    is_left = any(chances.get(r, 0.0) >= LEFT * (chances.get(r, 0.0) + own) for r in of_names)
    return replace(char, score=min(char.score, BY_PICTURE)) if is_left else char


def _chances(
    scores: Mapping[str, float], likeness: Mapping[str, float], whole: float
) -> dict[str, float]:
    """How likely each choice is; together ``whole``."""
    lacks = max(LACKS_LEAST, 1.0 - max(likeness.values()))
    weight = np.array(
        [TRUST * np.log(scores[text]) + LIKENESS * likeness[text] / lacks for text in likeness]
    )
    shares = np.exp(weight - weight.max())
    return {
        text: whole * float(share)
        for text, share in zip(likeness, shares / shares.sum(), strict=True)
    }
