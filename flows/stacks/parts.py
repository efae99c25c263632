"""Which pages of a stack belong together, from what is seen on each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from flows.stacks.separators import Seen
from pipeline.finding import Finding

P = TypeVar("P")


class Begun(StrEnum):
    """What an application in a stack begins with."""

    SEPARATOR = "separator"
    BROKEN = "broken"
    """A separator whose codes cannot be read."""
    FORM = "form"
    """The first page of a second form: the separator before it may be missing."""
    NOTHING = "nothing"
    """No separator: these pages lay on top of the stack."""


@dataclass(slots=True)
class Part(Generic[P]):
    """The pages of one application, as far as the stack tells."""

    begun: Begun
    pages: list[P] = field(default_factory=list)
    blank: int = 0
    has_form: bool = False
    unread: list[Finding] = field(default_factory=list)
    """What could not be read among its pages."""


@dataclass(slots=True)
class Parts(Generic[P]):
    """A stack, told apart page by page. ``doubled``: separators with nothing behind them."""

    parts: list[Part[P]] = field(default_factory=list)
    separators: int = 0
    doubled: int = 0

    def add(self, page: P, seen: Seen, *, is_blank: bool) -> None:
        """The next page."""
        if seen.separator is not None:
            self.separators += 1
            self._begin(Begun.SEPARATOR if seen.separator else Begun.BROKEN)
            return
        if is_blank:
            if self.parts:
                self.parts[-1].blank += 1
            return
        if not self.parts:
            self.parts.append(Part(Begun.NOTHING))
        # A person has one form: a second one is the next person's. Where nobody put separators
        # in, a form on top begins each application.
        if seen.is_form and self._is_next_form():
            self.parts.append(Part(Begun.FORM))
        self.parts[-1].pages.append(page)
        self.parts[-1].has_form |= seen.is_form

    def add_unread(self, found: Finding) -> None:
        """The next page, which cannot be read."""
        if not self.parts:
            self.parts.append(Part(Begun.NOTHING))
        self.parts[-1].unread.append(found)

    def _is_next_form(self) -> bool:
        part = self.parts[-1]
        return part.has_form or (not self.separators and bool(part.pages))

    def _begin(self, begun: Begun) -> None:
        if self.parts and not self.parts[-1].pages and not self.parts[-1].unread:
            if self.parts[-1].begun != Begun.NOTHING:
                self.doubled += 1
            self.parts.pop()
        self.parts.append(Part(begun))

    def done(self) -> list[Part[P]]:
        """The applications; a separator at the end of the stack begins none. What could not be
        read of one of which nothing could is told with the one before it, or behind."""
        done: list[Part[P]] = []
        homeless: list[Finding] = []
        for part in self.parts:
            if part.pages:
                part.unread[:0] = homeless
                homeless = []
                done.append(part)
            elif done:
                done[-1].unread += part.unread
            else:
                homeless += part.unread
        return done


def told_apart(pages: Iterable[tuple[P, Seen, bool]]) -> Parts[P]:
    """A whole stack: pages, what their codes say, whether they are blank."""
    parts: Parts[P] = Parts()
    for page, seen, is_blank in pages:
        parts.add(page, seen, is_blank=is_blank)
    return parts
