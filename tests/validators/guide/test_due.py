"""Workdays and due dates."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.validators.applications import applied, assessed, booklet, card, form, photo
from validators.guide.due import Workdays, due
from validators.guide.guide import guide
from validators.guide.rows import WorkdaysTable
from validators.guide.tables import parse_table, table_text

CALENDAR = guide().workdays


def after(start: str, workdays: int) -> tuple[str, str]:
    found = CALENDAR.after(date.fromisoformat(start), workdays)
    return found.day.isoformat(), found.calendar


GOLDEN = [
    ("2026-09-18", 8, "2026-09-30", "official"),  # works Sun 20 Sep, skips 25 to 27
    ("2026-11-23", 8, "2026-12-03", "official"),
    ("2026-11-23", 3, "2026-11-26", "official"),
    ("2026-11-23", 5, "2026-11-30", "official"),
    ("2026-11-23", 0, "2026-11-23", "official"),
    ("2026-11-21", 0, "2026-11-23", "official"),  # a Saturday: the next workday
    ("2026-11-21", 1, "2026-11-23", "official"),
    ("2026-12-28", 5, "2027-01-05", "provisional"),
    ("2026-12-31", 0, "2026-12-31", "official"),
    ("2027-01-01", 0, "2027-01-04", "provisional"),
    ("2027-02-04", 1, "2027-02-11", "provisional"),  # 春节 with its days in lieu
    ("2035-09-28", 3, "2035-10-08", "provisional"),  # beyond every table: fixed days only
    ("2018-04-17", 1, "2018-04-23", "official"),  # 三月三 of 2018, by its notice
    ("2018-04-13", 1, "2018-04-15", "official"),  # the Sunday worked for it
    ("2021-04-13", 2, "2021-04-19", "official"),
    ("2026-04-16", 2, "2026-04-21", "provisional"),  # no notice in the table
    ("1999-12-31", 5, "2000-01-07", "provisional"),
]


@pytest.mark.parametrize(("start", "days", "day", "standing"), GOLDEN)
def test_due_day_is_as_known(start: str, days: int, day: str, standing: str) -> None:
    assert after(start, days) == (day, standing)


def test_swapped_weekend_is_worked_when_the_regions_notice_says_so() -> None:
    assert CALENDAR.is_workday(date(2018, 4, 15)) == (True, "official")
    assert CALENDAR.is_workday(date(2018, 4, 20)) == (False, "official")
    assert CALENDAR.is_workday(date(2021, 4, 18)) == (True, "official")


def test_national_swaps_are_known() -> None:
    assert CALENDAR.is_workday(date(2026, 2, 14)) == (True, "official")
    assert CALENDAR.is_workday(date(2026, 10, 10)) == (True, "official")


def test_feast_without_notice_is_off_and_provisional() -> None:
    assert CALENDAR.is_workday(date(2027, 4, 9)) == (False, "provisional")
    assert CALENDAR.is_workday(date(2026, 4, 20)) == (False, "provisional")
    assert CALENDAR.is_workday(date(2026, 4, 14))[1] == "provisional"
    assert CALENDAR.is_workday(date(2026, 5, 6))[1] == "official"


def test_agency_makes_a_year_official_by_a_row() -> None:
    row = """
[[national]]
year = 2027
off = [2027-01-01]
worked = [2027-01-03]
source = "国务院办公厅通知"
"""
    table = parse_table(table_text("workdays.toml") + row, WorkdaysTable, "workdays.toml")
    found = Workdays(table).after(date(2026, 12, 30), 3)
    assert (found.day, found.calendar) == (date(2027, 1, 4), "official")


@given(st.dates(date(1990, 1, 1), date(2090, 12, 31)), st.integers(0, 30))
def test_due_day_is_a_workday_and_never_raises(start: date, days: int) -> None:
    found = CALENDAR.after(start, days)
    assert found.day >= start
    assert CALENDAR.is_workday(found.day)[0]
    between = (start + timedelta(n) for n in range(1, (found.day - start).days + 1))
    counted = sum(CALENDAR.is_workday(day)[0] for day in between)
    if days:
        assert counted == days
    else:
        assert counted <= 1


@given(st.dates(date(2004, 1, 1), date(2060, 1, 1)), st.integers(1, 20))
def test_more_workdays_are_never_due_sooner(start: date, days: int) -> None:
    assert CALENDAR.after(start, days).day < CALENDAR.after(start, days + 1).day


LIMITS = {"M1": (2, 0), "M2": (3, 8), "M4": (5, 5)}


@pytest.mark.parametrize("code", guide().codes)
def test_time_limits_are_the_guides(code: str) -> None:
    row = guide().matter(code)
    assert (row.online_workdays, row.offline_workdays) == LIMITS.get(code, (0, 0))
    start = date(2026, 11, 23)
    for channel, days in (("online", row.online_workdays), ("window", row.offline_workdays)):
        assert due(row, channel, start, CALENDAR) == CALENDAR.after(start, days)
    unknown = due(row, None, start, CALENDAR)
    assert (unknown is None) == (row.online_workdays != row.offline_workdays)


def test_matters_are_due_by_their_own_limits() -> None:
    made = assessed(applied(["M2", "M4", "M5"], form(), card(), booklet(), photo()))
    assert [(m.code, m.due_on, m.calendar) for m in made.matters] == [
        ("M2", "2026-12-03", "official"),
        ("M4", "2026-11-30", "official"),
        ("M5", "2026-11-23", "official"),
    ]


def test_nothing_is_due_when_the_day_of_acceptance_is_not_known() -> None:
    made = assessed(applied(["M2"], form(), card(), booklet(), accepted_on=...))
    assert [m.due_on for m in made.matters] == [None]
