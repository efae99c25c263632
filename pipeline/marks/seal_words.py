"""Words that seals are made of, put right where a character was misread (``seal_words.toml``)."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from pipeline.model import Char
from pipeline.reference.text import narrow

LONG_NAME = 4
"""Characters of a word from which one may be put right that the engine had not thought of."""


@cache
def _words() -> tuple[str, ...]:
    table = tomllib.loads((files("pipeline.marks") / "seal_words.toml").read_text(encoding="utf-8"))
    return tuple(sorted(table["words"], key=len, reverse=True))


def mended(chars: Sequence[Char]) -> str:
    """The text of the characters with the known words put right, longer words first."""
    text = [narrow(c.text) for c in chars]
    done = [False] * len(text)
    for word in _words():
        size = len(word)
        for start in range(len(text) - size + 1):
            span = slice(start, start + size)
            if not any(done[span]) and _is_misread(chars[span], text[span], word):
                text[span] = list(word)
                done[span] = [True] * size
    return "".join(text)


def _is_misread(chars: Sequence[Char], text: Sequence[str], word: str) -> bool:
    """Whether a run of characters is the word, all but some that were misread."""
    wrong = [i for i, c in enumerate(word) if text[i] != c]
    if len(wrong) > len(word) // 2:
        return False
    unseen = [i for i in wrong if not _was_seen(chars[i], word[i])]
    return not unseen or (len(word) >= LONG_NAME and len(wrong) == 1)


def _was_seen(char: Char, wanted: str) -> bool:
    return any(narrow(other) == wanted for other, _ in char.alternatives)
