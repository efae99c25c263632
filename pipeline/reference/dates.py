"""Dates as papers print them, to ISO.

Forms: ``2025年3月1日``, ``2025.03.01``, ``2025-3-1``, ``2025/3/1``, ``20250301``, ``2025 03 01``,
``2025年3月`` (month precision: ``2025-03``), ``二〇二五年三月一日``, ``1 Mar 2025``,
``01 MAR/3月 2025``, ``长期``. A day that does not exist is None, never moved.
Source: domain.md 3.7.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from pipeline.reference.text import DASHES, is_digits, narrow

LONG_TERM = "长期"
FIRST_YEAR = 1900
LAST_YEAR = 2099
"""Papers of people alive today and validity of up to 50 years; what lies outside is misread."""

_CHINESE = (
    {c: i for i, c in enumerate("零一二三四五六七八九")}
    | {c: 0 for c in "〇○◯О"}
    | {c: i for i, c in enumerate("零壹贰叁肆伍陆柒捌玖")}
)
_MONTHS = {m: i + 1 for i, m in enumerate(
    ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
)}  # fmt: skip
_SEPARATOR = r"[.\-/·。,、:_]"
_NUMERIC = (
    re.compile(r"(\d{4})年(\d{1,2})月(?:(\d{1,2})[日号曰目])?"),
    re.compile(r"(\d{4})年(\d{1,2})月(\d{2})"),  # 日 lost; after one digit, a digit may be lost too
    re.compile(rf"(\d{{4}}){_SEPARATOR}(\d{{1,2}})(?:{_SEPARATOR}(\d{{1,2}}))?"),
    re.compile(r"(\d{4})[.\-/]?(\d{2})[.\-/]?(\d{2})"),  # one of the signs lost
)
_SPACED = re.compile(r"(\d{4})\s+(\d{1,2})\s+(\d{1,2})")
_CHINESE_DATE = re.compile(
    r"([^年月日]{4})年([^年月日]{1,3})月(?:([^年月日目曰]{1,3})[日号目曰]?)?"
)
_WESTERN = re.compile(r"(\d{1,2})([A-Z]{3,9})(?:/\d{1,2}月)?[,.]?(\d{4})")
_DASH = str.maketrans({c: "-" for c in DASHES[:-1] + "~～〜"})


def _iso(year: int, month: int, day: int | None) -> str | None:
    if not FIRST_YEAR <= year <= LAST_YEAR or not 1 <= month <= 12:
        return None
    if day is None:
        return f"{year:04d}-{month:02d}"
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _small_number(text: str) -> int | None:
    """一 to 三十一, also 廿一, 卅 and digit by digit (一二)."""
    text = text.replace("廿", "二十").replace("卅", "三十").replace("拾", "十")
    if "十" in text:
        tens, _, ones = text.partition("十")
        if len(tens) > 1 or len(ones) > 1:
            return None
        high = _CHINESE.get(tens) if tens else 1
        low = _CHINESE.get(ones) if ones else 0
        return None if high is None or low is None else high * 10 + low
    if not text or len(text) > 2 or any(c not in _CHINESE for c in text):
        return None
    return int("".join(str(_CHINESE[c]) for c in text))


def _chinese(text: str) -> str | None:
    found = _CHINESE_DATE.fullmatch(text)
    if found is None:
        return None
    year, month, day = found.groups()
    if any(c not in _CHINESE for c in year):
        return None
    month_number = _small_number(month)
    day_number = None if day is None else _small_number(day)
    if month_number is None or (day is not None and day_number is None):
        return None
    return _iso(int("".join(str(_CHINESE[c]) for c in year)), month_number, day_number)


def is_long_term(text: str) -> bool:
    """Whether the text says that the paper does not expire."""
    return "".join(text.split()) in {"长期", "長期", "长期有效", "永久", "永久有效"}


def parse_date(text: str) -> str | None:
    """The date that ``text`` prints: ``YYYY-MM-DD``, ``YYYY-MM`` or ``长期``; None where it is not
    one date and nothing else, or no such day exists."""
    if is_long_term(text):
        return LONG_TERM
    spaced = narrow(text).strip().translate(_DASH)
    found = _SPACED.fullmatch(spaced)
    if found is None:
        joined = "".join(spaced.split()).strip(".·,、:;").upper()
        western = _WESTERN.fullmatch(joined)
        if western is not None:
            month = _MONTHS.get(western[2][:3])
            return None if month is None else _iso(int(western[3]), month, int(western[1]))
        found = next((m for p in _NUMERIC if (m := p.fullmatch(joined))), None)
        if found is None:
            return _chinese(joined)
    groups = found.groups()
    if not all(g is None or is_digits(g) for g in groups):
        return None
    year, month_, day = groups
    return _iso(int(year), int(month_), None if day is None else int(day))


_ONE = (
    r"(?:\d{4}年\d{1,2}月\d{1,2}日|\d{4}[.\-/·。,、:]\d{1,2}[.\-/·。,、:]\d{1,2}|"
    r"\d{4}[.\-/]?\d{4}|\d{6}[.\-/]\d{2})"
)
_SPAN = re.compile(rf"({_ONE})(?:至|到|-+|一|—+|=)?({_ONE}|长期|長期)(?:止|有效)?")


def parse_span(text: str) -> tuple[str, str] | None:
    """``(from, to)`` of a validity span such as ``2015.03.01-2035.03.01``, ``…-长期``, ``…至…``.

    None where either half is no date, or the end lies before the beginning.
    """
    joined = "".join(narrow(text).split())
    joined = joined.removeprefix("自").removeprefix("有效期限").lstrip(":")
    found = _SPAN.fullmatch(joined.translate(_DASH)) or _SPAN.fullmatch(joined)
    if found is None:
        return None
    start, end = parse_date(found[1]), parse_date(found[2])
    if start is None or end is None or (end != LONG_TERM and end < start):
        return None
    return start, end


def to_date(iso: str | None) -> date | None:
    """The day of a canonical full date; None for month precision, ``长期``, blank and None."""
    if iso is None or len(iso) != 10 or not iso.isascii():
        return None
    try:
        return date.fromisoformat(iso)
    except ValueError:
        return None


def last_day(iso: str | None) -> date | None:
    """The last day that a canonical date stands for: of a month, its last; else as
    :func:`to_date`."""
    if iso is not None and len(iso) == 7:
        first = to_date(f"{iso}-01")
        return None if first is None else add_months(first, 1) - timedelta(days=1)
    return to_date(iso)


def add_years(day: date, years: int) -> date:
    """The same day ``years`` later; 29 February becomes 28 February where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def add_months(day: date, months: int) -> date:
    """The same day ``months`` later (or earlier); the month's last day where there is no such
    day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def age_on(birth: date, day: date) -> int:
    """Full years of age on ``day``; a birthday counts from its own day on."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
