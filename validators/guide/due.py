"""办理时限: workdays, and the day on which a matter is due (guide 六).

A day is looked up in the region's overlay, the national overlay, chinesecalendar, and last in the
statutory days of years whose swaps are not out yet; an answer of the last kind, or one near a
壮族三月三 whose notice is not in the table, is *provisional*. Day 1 is the first workday after
acceptance. 即时办结 (0 workdays) is due on the day of acceptance, or the next workday.
Source: domain.md 1.10, 3.9.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import chinese_calendar

from validators.guide.rows import MatterRow, SpecialDays, WorkdaysTable

Standing = Literal["official", "provisional"]
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Due:
    """A day, and whether the calendar it rests on is settled."""

    day: date
    calendar: Standing


class Workdays:
    """The calendar of workdays that ``workdays.toml`` and chinesecalendar make together."""

    def __init__(self, table: WorkdaysTable) -> None:
        self._table = table
        self._known = {**_by_day(table.national), **_by_day(table.region)}
        self._national = {row.year for row in table.national}
        self._statutory = _by_day(table.statutory)
        self._statutory_years = {row.year for row in table.statutory}
        self._answers: dict[date, tuple[bool, Standing]] = {}
        noticed = {row.year for row in table.region}
        feast = table.sanyuesan
        self._expected: dict[date, bool] = {}
        self._open: set[date] = set()
        for year, first in feast.dates.items():
            if year not in noticed:
                for n in range(feast.days_off):
                    self._expected[first + n * _DAY] = False
                for n in range(-feast.window_days, feast.days_off + feast.window_days):
                    self._open.add(first + n * _DAY)

    def is_workday(self, day: date) -> tuple[bool, Standing]:
        """Whether people work on this day, and how surely that is known. Never raises."""
        if day not in self._answers:
            self._answers[day] = self._look_up(day)
        return self._answers[day]

    def _look_up(self, day: date) -> tuple[bool, Standing]:
        if day in self._known:
            return self._known[day], "official"
        if day in self._expected:
            return False, "provisional"
        standing: Standing = "provisional" if day in self._open else "official"
        if day.year in self._national:
            return day.weekday() < 5, standing
        try:
            return chinese_calendar.is_workday(day), standing
        except NotImplementedError:
            return self._provisional(day), "provisional"

    def _provisional(self, day: date) -> bool:
        if day.weekday() >= 5:
            return False
        if day.year in self._statutory_years:
            return self._statutory.get(day, True)
        return day.strftime("%m-%d") not in self._table.fixed.off

    def after(self, start: date, workdays: int) -> Due:
        """The day ``workdays`` workdays after ``start``; for 0, ``start`` itself or the next
        workday."""
        day, left = start, workdays
        works, standing = self.is_workday(day)
        if workdays == 0 and works:
            return Due(day, standing)
        standing = "official"
        left = max(1, left)
        while left:
            day += _DAY
            works, known = self.is_workday(day)
            if known == "provisional":
                standing = "provisional"
            left -= works
        return Due(day, standing)


def _by_day(rows: tuple[SpecialDays, ...]) -> Mapping[date, bool]:
    return {
        **{day: False for row in rows for day in row.off},
        **{day: True for row in rows for day in row.worked},
    }


def due(matter: MatterRow, channel: str | None, accepted: date, calendar: Workdays) -> Due | None:
    """When a matter is due; None where the limit hangs on a channel that is not known."""
    limits = {
        "online": matter.online_workdays,
        "window": matter.offline_workdays,
        "mail": matter.offline_workdays,
    }
    if channel is None:
        if len(set(limits.values())) > 1:
            return None
        return calendar.after(accepted, matter.online_workdays)
    return calendar.after(accepted, limits[channel])
