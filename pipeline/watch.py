"""What reading does, told to whoever watches (``yijianshi look``). Nobody does in a usual run.

Steps tell what they found where they find it (:func:`tell`); a watcher is a function that takes
what is told, for as long as :func:`watching` lasts and in the thread that called it. Telling
changes nothing: a watched reading and an unwatched one are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

from pipeline.model import Face, Page, Point, Quad, Sheet

Outline = tuple[Point, ...]
"""A closed line through these points."""

PlaceRole = Literal["title", "label", "choice", "seal", "signature"]


@dataclass(frozen=True, slots=True, eq=False)
class PagePlanned:
    """Where the sheets of a page were thought to lie, in pixels of the page as it came in.

    ``lines``   boxes of text found on the whole page;
    ``areas``   the sheets;
    ``rivals``  outlines and parts that are read where the sheet around them is not recognised;
    ``grids``   for each area that may be cards which touch, its cells.
    """

    page: Page
    lines: tuple[Quad, ...]
    areas: tuple[Quad, ...]
    rivals: tuple[Quad, ...]
    grids: tuple[tuple[Quad, ...], ...]


@dataclass(frozen=True, slots=True, eq=False)
class SheetRead:
    """A sheet of a page and the faces it was read as; told for each sheet that was kept, in the
    order in which the faces are handed on."""

    sheet: Sheet
    faces: tuple[Face, ...]


@dataclass(frozen=True, slots=True)
class PlaceFound:
    """Something on the sheet that is being read, in its pixels: a title, a label with the fields
    it announces, a choice, a seal, a place for a signature; ``state`` as marks have it."""

    role: PlaceRole
    outline: Outline
    fields: tuple[str, ...] = ()
    state: str = ""


@dataclass(frozen=True, slots=True)
class BesideFound:
    """Writing on the blank part of a page, in pixels of the page turned clockwise by ``rotation``:
    whether it is a signature."""

    outline: Outline
    rotation: int
    state: str


Told = PagePlanned | SheetRead | PlaceFound | BesideFound
Watcher = Callable[[Told], None]

_watcher: ContextVar[Watcher | None] = ContextVar("watcher", default=None)


def tell(told: Told) -> None:
    """Hand on what was found, if somebody watches."""
    watcher = _watcher.get()
    if watcher is not None:
        watcher(told)


def is_watched() -> bool:
    """Whether somebody watches: for what is costly to tell."""
    return _watcher.get() is not None


@contextmanager
def watching(watcher: Watcher) -> Iterator[None]:
    """Have everything told to ``watcher`` meanwhile."""
    before = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(before)
