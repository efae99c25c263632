"""Statutory retirement age: the vectors of domain.md 3.5 and what must always hold."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators.guide.guide import guide
from validators.guide.retirement import delay_months, retirement_date, retirement_span
from validators.guide.rows import RetirementLine

LINES: dict[str, RetirementLine] = {row.line: row for row in guide().table.retirement}

VECTORS = """
M60 1964-12 0 2024-12
M60 1965-01 1 2025-02
M60 1966-01 4 2026-05
M60 1975-06 32 2038-02
M60 1976-08 35 2039-07
M60 1976-09 36 2039-09
M60 1988-09 36 2051-09
F55 1970-01 1 2025-02
F55 1970-06 2 2025-08
F55 1971-06 5 2026-11
F55 1981-08 35 2039-07
F55 1981-09 36 2039-09
F55 1988-09 36 2046-09
F50 1975-01 1 2025-02
F50 1976-06 9 2027-03
F50 1977-01 13 2028-02
F50 1984-10 59 2039-09
F50 1984-11 60 2039-11
F55 1969-12 0 2024-12
F50 1974-12 0 2024-12
"""


@pytest.mark.parametrize("vector", VECTORS.split("\n")[1:-1])
def test_delay_is_as_published(vector: str) -> None:
    line, month, delay, reached = vector.split()
    birth = date.fromisoformat(f"{month}-15")
    assert delay_months(birth, LINES[line]) == int(delay)
    assert retirement_date(birth, LINES[line]).isoformat() == f"{reached}-15"


def test_last_day_of_the_month_stands_in_where_there_is_no_such_day() -> None:
    assert retirement_date(date(1968, 2, 29), LINES["M60"]) == date(2028, 12, 29)
    assert retirement_date(date(1966, 10, 31), LINES["M60"]) == date(2027, 4, 30)


@pytest.mark.parametrize("line", LINES)
@given(st.dates(date(1940, 1, 1), date(2010, 12, 31)))
def test_later_born_never_retire_sooner(line: str, birth: date) -> None:
    row = LINES[line]
    following = date.fromordinal(birth.toordinal() + 1)
    assert retirement_date(birth, row) <= retirement_date(following, row)
    assert 0 <= delay_months(birth, row) <= row.cap_months
    full = {"M60": 63, "F55": 58, "F50": 55}[line]
    assert row.base_years <= retirement_date(birth, row).year - birth.year <= full + 1


@given(st.dates(date(1940, 1, 1), date(2010, 12, 31)))
def test_womens_earlier_line_lies_before_the_later(birth: date) -> None:
    early, late = retirement_span(birth, guide().retirement_lines("女").values())
    assert early < late
    assert early == retirement_date(birth, LINES["F50"])


@given(st.dates(date(1940, 1, 1), date(2010, 12, 31)))
def test_men_have_one_line(birth: date) -> None:
    early, late = retirement_span(birth, guide().retirement_lines("男").values())
    assert early == late
