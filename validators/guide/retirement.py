"""法定退休年龄 under the reform in force since 2025-01-01 (domain.md 3.5).

Each line (men 60, women 55, women 50) moves one month for every so many months of birth, up to a
cap. For women without an employer the guide's reader cannot know which line holds: the older one
decides, and between the two a person looks.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from pipeline.reference.dates import add_months
from validators.guide.rows import RetirementLine


def delay_months(birth: date, line: RetirementLine) -> int:
    """How many months later than the base age this person retires."""
    n = (birth.year - line.first_year) * 12 + birth.month
    if n <= 0:
        return 0
    return min(line.cap_months, -(-n // line.step_months))


def retirement_date(birth: date, line: RetirementLine) -> date:
    """The day on which the statutory age is reached; the month's last day where there is no such
    day (29 February)."""
    return add_months(birth, line.base_years * 12 + delay_months(birth, line))


def retirement_span(birth: date, lines: Iterable[RetirementLine]) -> tuple[date, date]:
    """The earliest and the latest day on which this person may reach the statutory age."""
    days = sorted(retirement_date(birth, line) for line in lines)
    return days[0], days[-1]
