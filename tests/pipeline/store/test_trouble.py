"""What is kept of an exception: kinds and places, none of the values in its message."""

from __future__ import annotations

import pytest

from pipeline.store.trouble import trouble_of

SECRET = "450103198003138414"


class _RemoteTraceback(Exception):
    """As concurrent.futures sends the way an exception took in a child: as text."""


def _caught(*, hide: bool = False, sent: str | None = None) -> Exception:
    try:
        try:
            raise KeyError(SECRET) from (None if sent is None else _RemoteTraceback(sent))
        except KeyError as error:
            if hide:
                raise ValueError(SECRET) from None
            raise ValueError(SECRET) from error
    except ValueError as error:
        return error


def test_causes_follow_and_no_value_is_kept() -> None:
    trouble = trouble_of(_caught(), "reading page 1")
    assert trouble.kinds == ("ValueError", "KeyError")
    rows = list(trouble.lines())
    assert rows[:2] == ["ValueError <- KeyError", "reading page 1"]
    assert SECRET not in "".join(rows)


def test_places_name_no_machine() -> None:
    places = trouble_of(_caught()).places
    assert places
    assert all(p.startswith("store/test_trouble.py:") and p.endswith(" _caught") for p in places)


def test_cause_that_was_suppressed_is_none() -> None:
    assert trouble_of(_caught(hide=True)).kinds == ("ValueError",)


def test_way_in_a_child_process_is_kept_as_places() -> None:
    sent = f'Traceback:\n  File "/home/somebody/flows/work.py", line 7, in read\n{SECRET}\n'
    trouble = trouble_of(_caught(sent=sent))
    assert trouble.kinds == ("ValueError", "KeyError")
    assert trouble.places[-1] == "child flows/work.py:7 read"


def test_exceptions_that_cause_each_other_end() -> None:
    one, other = ValueError(), KeyError()
    one.__cause__, other.__cause__ = other, one
    assert trouble_of(one).kinds == ("ValueError", "KeyError")


@pytest.mark.parametrize("step", ["", "saving"])
def test_step_is_told_only_where_there_is_one(step: str) -> None:
    assert list(trouble_of(ValueError(), step).lines()) == ["ValueError", *([step] if step else [])]
