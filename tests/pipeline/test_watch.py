"""Watching: told while it lasts, and never otherwise."""

from __future__ import annotations

import pytest

from pipeline.watch import BesideFound, Told, is_watched, tell, watching

SOMETHING = BesideFound(((0, 0), (1, 0), (1, 1)), 0, "yes")


def test_a_watcher_is_told_while_watching_lasts() -> None:
    told: list[Told] = []
    tell(SOMETHING)
    with watching(told.append):
        assert is_watched()
        tell(SOMETHING)
    tell(SOMETHING)
    assert told == [SOMETHING]
    assert not is_watched()


def test_watching_ends_with_an_error_and_gives_back_to_the_watcher_before() -> None:
    outer: list[Told] = []
    inner: list[Told] = []
    with watching(outer.append):
        with pytest.raises(ZeroDivisionError), watching(inner.append):
            tell(SOMETHING)
            raise ZeroDivisionError
        tell(SOMETHING)
    assert len(outer) == len(inner) == 1
