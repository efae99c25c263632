"""Dates as papers print them."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from samples.persons import TODAY

_DIGITS = "〇一二三四五六七八九"


def add_years(day: date, years: int) -> date:
    """The same day so many years on; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def dotted(day: date) -> str:
    """2024.03.07."""
    return f"{day:%Y.%m.%d}"


def han(day: date, *, padded: bool = False) -> str:
    """2024年3月7日, or 2024年03月07日."""
    if padded:
        return f"{day.year}年{day.month:02d}月{day.day:02d}日"
    return f"{day.year}年{day.month}月{day.day}日"


def numerals(day: date) -> str:
    """二〇二四年三月七日."""
    year = "".join(_DIGITS[int(d)] for d in str(day.year))
    return f"{year}年{_count(day.month)}月{_count(day.day)}日"


def _count(n: int) -> str:
    tens, ones = divmod(n, 10)
    head = {0: "", 1: "十"}.get(tens, f"{_DIGITS[tens]}十")
    return head + (_DIGITS[ones] if ones else "")


def printed(day: date, rng: Random) -> str:
    """In one of the ways that computers at counters write a date."""
    return rng.choice(
        (han(day), han(day, padded=True), f"{day:%Y-%m-%d}", dotted(day), f"{day:%Y/%m/%d}")
    )


def some_day(rng: Random, first_year: int, last_year: int) -> date:
    """A day between January of the first and December of the last year, never in the future."""
    day = date(rng.randint(first_year, last_year), rng.randrange(1, 13), rng.randrange(1, 29))
    return day if day < TODAY else TODAY - timedelta(days=rng.randrange(3, 200))
