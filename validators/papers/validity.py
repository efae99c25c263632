"""How long papers are valid: ``validity.toml``, and whether a span is one that occurs."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files

from pipeline.model import Document, DocumentType, Frozen
from pipeline.reference.dates import LONG_TERM, add_months, add_years, age_on, last_day, to_date
from validators.person.kinds import first, paper_of


class Band(Frozen):
    """What people under an age get; ``under`` None: all others."""

    under: int | None = None
    years: int | None = None
    long_term: bool = False


class Validity(Frozen):
    """Spans of one kind of paper; keys as explained in validity.toml."""

    years: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    long_term: bool = False
    tolerance_days: int = 0
    age: tuple[Band, ...] = ()

    def in_words(self) -> str:
        """The lengths that occur, in Chinese."""
        words = [f"{n}个月" for n in self.months] + [f"{n}年" for n in self.years]
        return "、".join(words + [LONG_TERM] * self.long_term)

    def occurs(self, start: date, end: str) -> bool:
        """Whether a paper that runs from ``start`` to ``end`` (ISO or 长期) can be this one."""
        if end == LONG_TERM:
            return self.long_term
        last = to_date(end)
        ends = [add_years(start, n) for n in self.years]
        ends += [add_months(start, n) for n in self.months]
        return last is not None and any(
            abs((last - expected).days) <= self.tolerance_days for expected in ends
        )

    def due(self, birth: date, start: date) -> Band | None:
        """What someone born on ``birth`` gets on ``start``; None where age does not matter."""
        age = age_on(birth, start)
        return next((b for b in self.age if b.under is None or age < b.under), None)


@cache
def validities() -> dict[str, Validity]:
    """The table, by document type."""
    text = (files("validators.papers") / "validity.toml").read_text(encoding="utf-8")
    return {kind: Validity.model_validate(row) for kind, row in tomllib.loads(text).items()}


def validity_of(kind: DocumentType) -> Validity | None:
    """What is known of this kind of paper, or None."""
    return validities().get(kind)


def is_over(document: Document, today: date) -> bool:
    """Whether the last day on the paper lies before ``today``; not where it has none."""
    found = first(document, paper_of(document).expiry)
    if found is None or found[1].value == LONG_TERM:
        return False
    last = last_day(found[1].value)
    return last is not None and last < today
