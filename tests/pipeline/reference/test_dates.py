"""Dates and validity spans."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reference import dates
from pipeline.reference.dates import parse_date, parse_span

DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))
NUMERALS = "〇一二三四五六七八九"


def _chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = {0: "", 1: "十"}.get(tens, f"{NUMERALS[tens]}十")
    return head + (NUMERALS[ones] if ones else "")


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2025年3月1日", "2025-03-01"),
        ("2025 年 3 月 1 日", "2025-03-01"),
        ("２０２５年３月１日", "2025-03-01"),
        ("2025.03.01", "2025-03-01"),
        ("2025．03．01", "2025-03-01"),
        ("2025-3-1", "2025-03-01"),
        ("2025—03—01", "2025-03-01"),
        ("2025/3/1", "2025-03-01"),
        ("20250301", "2025-03-01"),
        ("2025.0301", "2025-03-01"),
        ("202503.01", "2025-03-01"),
        ("2025年3月1目", "2025-03-01"),
        ("2025 03 01", "2025-03-01"),
        ("2025年3月", "2025-03"),
        ("1990.03", "1990-03"),
        ("二〇二五年三月一日", "2025-03-01"),
        ("二零二五年十二月三十一日", "2025-12-31"),
        ("二○二五年廿月一日", None),
        ("1 Mar 2025", "2025-03-01"),
        ("01 MAR/3月 2025", "2025-03-01"),
        ("长期", "长期"),
        ("长 期", "长期"),
        ("2025年3月10", "2025-03-10"),
        ("2025年3月1", None),  # a digit may be lost with 日
        ("2025.02.29", None),
        ("2024.02.29", "2024-02-29"),
        ("2025.13.01", None),
        ("1899.12.31", None),
        ("2100.01.01", None),
        ("2025", None),
        ("", None),
        ("None", None),
        ("😀", None),
        ("²⁰²⁵.03.01", None),
        ("٢٠٢٥.٠٣.٠١", None),
        ("生于2025年3月1日", None),
    ],
)
def test_parse_date_gives_iso_or_nothing(text: str, iso: str | None) -> None:
    assert parse_date(text) == iso


@given(DAYS)
def test_parse_date_gives_the_day_back_when_printed_in_any_form(day: date) -> None:
    year = "".join(NUMERALS[int(c)] for c in str(day.year))
    forms = (
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y.%m.%d}",
        f"{day.year}/{day.month}/{day.day}",
        f"{day:%Y%m%d}",
        f"{year}年{_chinese(day.month)}月{_chinese(day.day)}日",
    )
    assert {parse_date(form) for form in forms} == {day.isoformat()}


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("2015.03.01-2035.03.01", ("2015-03-01", "2035-03-01")),
        ("2015.03.01-长期", ("2015-03-01", "长期")),
        ("2015.03.01至2035.03.01", ("2015-03-01", "2035-03-01")),
        ("自2015年3月1日至2025年3月1日止", ("2015-03-01", "2025-03-01")),
        ("2015.03.01 — 2035.03.01", ("2015-03-01", "2035-03-01")),
        ("2015.03.01一长期", ("2015-03-01", "长期")),
        ("2015.03.012035.03.01", ("2015-03-01", "2035-03-01")),
        ("有效期限：2015-03-01-2025-03-01", ("2015-03-01", "2025-03-01")),
        ("2035.03.01-2015.03.01", None),
        ("2015.02.30-2035.03.01", None),
        ("2015.03.01", None),
        ("长期", None),
        ("", None),
    ],
)
def test_parse_span_gives_both_ends_or_nothing(text: str, span: tuple[str, str] | None) -> None:
    assert parse_span(text) == span


@given(st.text(max_size=25))
def test_parsers_raise_nothing_when_given_junk(text: str) -> None:
    iso = parse_date(text)
    parse_span(text)
    assert dates.to_date(iso) is None or iso is not None


@pytest.mark.parametrize("iso", [None, "", "长期", "1990-03", "1990-02-30", "²0²5-01-01"])
def test_to_date_is_none_when_there_is_no_full_day(iso: str | None) -> None:
    assert dates.to_date(iso) is None


@pytest.mark.parametrize(
    ("iso", "day"),
    [
        ("2026-05", date(2026, 5, 31)),
        ("2028-02", date(2028, 2, 29)),
        ("2026-12", date(2026, 12, 31)),
        ("2026-05-06", date(2026, 5, 6)),
        ("2026-13", None),
        ("长期", None),
        ("", None),
        (None, None),
    ],
)
def test_last_day_of_a_month_is_its_end(iso: str | None, day: date | None) -> None:
    assert dates.last_day(iso) == day


def test_age_changes_on_the_birthday_itself() -> None:
    birth = date(2010, 11, 24)
    assert dates.age_on(birth, date(2026, 11, 23)) == 15
    assert dates.age_on(birth, date(2026, 11, 24)) == 16


def test_add_years_falls_back_when_there_is_no_leap_day() -> None:
    assert dates.add_years(date(2024, 2, 29), 5) == date(2029, 2, 28)
    assert dates.add_years(date(2024, 2, 29), 20) == date(2044, 2, 29)


def test_add_months_stays_within_the_month() -> None:
    assert dates.add_months(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert dates.add_months(date(2026, 10, 31), 3) == date(2027, 1, 31)
