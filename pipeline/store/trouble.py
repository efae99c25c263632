"""What went wrong with a case, as it is kept: kinds and places, no values. Messages of foreign
exceptions may hold what was read, and are never kept."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from pathlib import PurePath

from pipeline.model import Frozen

_FRAME = re.compile(
    r'^ +File "(?P<file>[^"\n]+)", line (?P<line>\d+), in (?P<function>[\w.<>]+)', re.M
)
"""A frame of a traceback as text: what a child process sends of its own."""


class Trouble(Frozen):
    """An exception: its kind and those of its causes, outermost first, and the places it passed,
    from the outermost to where it struck. ``step`` says what we were at, in our own words."""

    kinds: tuple[str, ...]
    places: tuple[str, ...] = ()
    step: str = ""

    def lines(self) -> Iterator[str]:
        """As written to a file."""
        yield " <- ".join(self.kinds)
        if self.step:
            yield self.step
        yield from self.places


def trouble_of(error: BaseException, step: str = "") -> Trouble:
    """The trouble that an exception makes, with those that caused it and what a child process
    sent of the way it took there."""
    kinds: list[str] = []
    places: list[str] = []
    for one in _chain(error):
        frames = [
            _place(f.filename, f.lineno, f.name) for f in traceback.extract_tb(one.__traceback__)
        ]
        if type(one).__name__ == "_RemoteTraceback":  # concurrent.futures: a child's, as text
            found = _FRAME.finditer(str(one))
            frames = ["child " + _place(m["file"], int(m["line"]), m["function"]) for m in found]
        else:
            kinds.append(type(one).__name__)
        places += frames
    return Trouble(kinds=tuple(kinds), places=tuple(places), step=step)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception and what caused it, each once."""
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)


def _place(file: str, line: int | str | None, function: str) -> str:
    """Folder and file (``flows/pool.py:78 result``): enough to find it, and no machine's path."""
    return f"{'/'.join(PurePath(file).parts[-2:])}:{line} {function}"
