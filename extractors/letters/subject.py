"""The person whom a letter is about.

Every person named in a text is weighed by what stands around each mention (``letters.toml``:
table ``person``): a label of one's own, a word that introduces persons (兹有), sex, nation or a
number behind, a salutation; and against it an official's title, a relative, a name of the past.
The heaviest is meant; where another person is as heavy, nobody can tell, and that is said.
"""

from __future__ import annotations

from dataclasses import dataclass

from extractors.letters.people import Mention, Pair, Span, find_pairs, mentions_of
from pipeline.reference import names

RIVAL_MARGIN = 1.0
"""Weight by which the person meant must be heavier than any other who has a number."""
LEAST = 0.5
"""Weight of a person whom more speaks for than against."""
AGAIN = 0.5
"""Weight of each further mention of a person."""
WITH_NUMBER = 3.0


@dataclass(frozen=True, slots=True)
class Subject:
    """The person meant; ``number`` is where the citizen number beside stands, ``rival`` whether
    another person may be meant as well."""

    name: Span
    labelled: bool
    number: Span | None
    rival: bool


def subject_of(text: str) -> Subject | None:
    """Whom the text is about; None where it names nobody but officials and relatives."""
    pairs = find_pairs(text)
    people: dict[str, list[Mention]] = {}
    for mention in mentions_of(text):
        people.setdefault(names.normalise(text[slice(*mention.span)]), []).append(mention)
    if not people:
        return None
    weights = {name: _weight(own, text, pairs) for name, own in people.items()}
    best = max(weights, key=lambda name: (weights[name], -people[name][0].span[0]))
    if weights[best] < LEAST:
        return None
    own = max(people[best], key=lambda m: (m.labelled, m.weight))
    number = next((p.number for p in pairs if _is_pair_of(p, best, text)), None)
    rival = any(
        weights[best] - weights[name] < RIVAL_MARGIN
        and not (name in best or best in name)
        and any(_is_pair_of(p, name, text) for p in pairs)
        for name in weights
        if name != best
    )
    return Subject(own.span, own.labelled, number, rival)


def _weight(own: list[Mention], text: str, pairs: tuple[Pair, ...]) -> float:
    name = names.normalise(text[slice(*own[0].span)])
    numbered = any(_is_pair_of(p, name, text) for p in pairs)
    best = max(m.weight for m in own)
    spots = len({m.span for m in own})
    return best + min(2, spots - 1) * AGAIN + numbered * WITH_NUMBER


def _is_pair_of(pair: Pair, name: str, text: str) -> bool:
    return names.normalise(text[slice(*pair.name)]) == name
