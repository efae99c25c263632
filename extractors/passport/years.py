"""Days on a passport's data page. Years of two digits (the zone has no others, some states print
no others) get their century from the page itself: a reading that is kept must be the same whatever
the day on which it is made.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from extractors.passport.words import letters, months, plain_words
from pipeline.evidence.evidence import Value
from pipeline.layout.piece import Piece
from pipeline.reference import mrz

SHORT_YEAR = "年份只印两位"
LAST_END = date(2079, 12, 31)
"""The last end of validity that two digits can mean. Machine-readable passports (ICAO 9303) came
in 1980, and none runs for more than ten years: 80 to 99 are years of the past century."""
TERM_YEARS = 10
"""No state issues passports for longer. [K]"""

_DAY = re.compile(
    r"(?P<day>\d{1,2})[ ./-]*(?:(?P<number>\d{1,2})(?=[ ./-])(?!月)|(?P<names>[^\d]{3,18}?))[ ./-]*"
    r"(?P<year>\d{4}|\d{2})"
)
_HAN_MONTH = re.compile(
    r"(?P<digits>[\d ]{2,6})月[/ ]*(?P<names>[A-Z]{3,5})[ .]*(?P<year>\d{4}|\d{2})"
)
_EIGHT = re.compile(r"(\d\d)(\d\d)(\d{4})")


@dataclass(frozen=True, slots=True)
class PassportYears:
    """What places years of two digits: each stands for the latest year that is not after these.

    ``issue``: latest day of issue, the end of validity; ``birth``: latest day of birth, the day of
    issue, or the end of validity where that was not read; ``issued``: whether it was.
    """

    issue: date
    birth: date
    issued: bool

    @classmethod
    def of(cls, values: Mapping[str, Sequence[Piece]], zone: mrz.Mrz | None) -> PassportYears:
        """From the lines below the labels, and the zone where there is one."""
        told = None if zone is None else mrz.latest_day(zone.expiry, LAST_END)
        end = _first(values.get("valid_to", ()), LAST_END) or told or LAST_END
        issued = _first(values.get("issue_date", ()), end)
        return cls(end, issued or end, issued is not None)

    def is_birth_sure(self, birth: date) -> bool:
        """Whether the century of a birth with a year of two digits is. Without the day of issue,
        a child of the last ten years and a person a hundred years older look alike."""
        return self.issued or birth.year < self.birth.year - TERM_YEARS


def _first(pieces: Sequence[Piece], latest: date) -> date | None:
    found = (day(piece.words, latest).value for piece in pieces)
    return next((date.fromisoformat(value) for value in found if value), None)


def day(text: str, latest: date) -> Value:
    """``06 SEP 2032``, ``06/09/2032``, ``06 9月/SEP 2032``, ``06 SEP/SEPT 32``.

    A year of two digits is the latest such year in which the day is not after ``latest``.
    """
    parts = _parts(plain_words(text))
    if parts is None:
        return Value("", ("不是完整的日期",))
    number, month, year = parts
    short = len(year) == 2
    days = []
    for candidate in (int(year),) if not short else (1900 + int(year), 2000 + int(year)):
        try:
            days.append(date(candidate, month, number))
        except ValueError:
            continue
    if short:
        days = [d for d in days if d <= latest]
    if not days:
        return Value("", ("日期不存在",))
    return Value(days[-1].isoformat(), (SHORT_YEAR,) if short else (), not short)


def _parts(text: str) -> tuple[int, int, str] | None:
    """Day, month and year as printed; the spaces between them may be lost."""
    if found := _HAN_MONTH.search(text):
        month = _month(found["names"])
        digits = found["digits"].replace(" ", "")
        for tail in (f"{month:02d}", str(month)) if month else ():
            if digits.endswith(tail) and 0 < len(digits) - len(tail) < 3:
                return int(digits[: -len(tail)]), month or 0, found["year"]
        return None
    if found := _EIGHT.fullmatch(text):
        return int(found[1]), int(found[2]), found[3]
    found = _DAY.search(text)
    if found is None:
        return None
    month = int(found["number"]) if found["number"] else _month(found["names"])
    return None if month is None else (int(found["day"]), month, found["year"])


def _month(text: str) -> int | None:
    """The month that all the names in a date tell (MAR/MARS); names that are none are left out."""
    words = (letters(part) for part in re.split(r"[/ .-]+", text))
    found = {months()[word] for word in words if word in months()}
    return found.pop() if len(found) == 1 else None
