"""Which date of a letter is that of an event: what happened on it, by the words around.

A date belongs to the event that its own clause names behind it (于某日解除) or before it
(解除时间：某日); a date of another event (签订, 旷工) does not count, and of a span only the last
day may be an end. 当日 stands for the date before. Where two dates are as likely, that is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from extractors.letters.kinds import MACROS
from extractors.letters.people import Span
from extractors.letters.tables import table
from pipeline.reference import dates

EVENT_REACH = 26
"""Characters from a date to the word of its event."""
EVENT_RIVALS = "文中另有日期也可能是该日期"
BY_HEAD, BY_VERB, BY_FROM, BY_REFERENCE, BY_SPAN = 6.0, 4.0, 3.5, 3.0, 2.5
EVENT_MARGIN = 1.0
"""Weight by which the likeliest date must be ahead of any other."""
PER_CHARACTER = 0.03
"""Weight lost by each character between date and word."""
_DATE = re.compile(MACROS["DATES"])


@dataclass(frozen=True, slots=True)
class EventDate:
    """A date as that of an event, and how much speaks for it."""

    span: Span
    value: str
    weight: float


@dataclass(frozen=True, slots=True)
class _Words:
    event: re.Pattern[str]
    other: re.Pattern[str]
    head: re.Pattern[str]
    since: re.Pattern[str]
    lasting: re.Pattern[str]
    until: re.Pattern[str]


@cache
def _words(event: str) -> _Words:
    row = table()["event"][event]
    verbs, other = row["verbs"], row["others"]
    day = r"(?:的?(?:日期|时间|日|年月))?"
    return _Words(
        re.compile(rf"(?:{verbs})"),
        re.compile(rf"(?:{other})"),
        re.compile(
            rf"(?:{verbs})[^\d,。;\n]{{0,14}}?(?:日期|时间|日|年月)(?:\([^)]*\))?[:\t为是自从于]*$"
        ),
        re.compile(rf"(?:{verbs})[^\d,。;\n]{{0,20}}?(?:于|自|从|[:\t]){day}[:\t]*$"),
        re.compile(row["lasting"]),
        re.compile(rf"(?:{row['until']})[^,。;\n]{{0,8}}?[至到]\s*$"),
    )


def event_dates(text: str, event: str) -> list[EventDate]:
    """The dates that may be the event's, the likeliest first."""
    found = [
        EventDate(m.span(), value, weight)
        for m in _DATE.finditer(text)
        if (value := dates.parse_date("".join(m[0].split())))
        and (weight := max(_weights(text, m.span(), _words(event)), default=0.0)) > 0
    ]
    return sorted(found, key=lambda d: -d.weight)


def _weights(text: str, span: Span, words: _Words) -> Iterator[float]:
    start, end = span
    first = max(text.rfind(sign, 0, start) for sign in "。;\n") + 1
    before = text[first:start]
    clause = re.split(r"[,。;\n]", text[end : end + EVENT_REACH])[0]
    if words.head.search(before[-30:]):
        yield BY_HEAD
    if words.since.search(before[-34:]):
        yield BY_FROM
    event, other = words.event.search(clause), words.other.search(clause)
    spans_on = re.match(r"\s*(?:[至到—~-]|起至)", text[end:])
    if event and not spans_on and not (other and other.start() < event.start()):
        yield BY_VERB - PER_CHARACTER * event.start()
    if re.search(r"\d\s*[日号]?[至到—~-]+\s*$", before) and (
        words.lasting.search(before[-40:]) or words.lasting.match(clause)
    ):
        yield BY_SPAN
    if words.until.search(before[-20:]) and re.match(r"\s*为?止", text[end:]):
        yield BY_FROM
    rest = re.split(r"[。;\n]", text[end:], maxsplit=1)[0]
    reference = re.search(
        rf"[^。;]{{0,60}}?(?:当日|同日|该日|次日起)[^,。;]{{0,12}}?(?:{words.event.pattern})", rest
    )
    if reference and not _DATE.search(reference[0]):
        yield BY_REFERENCE
