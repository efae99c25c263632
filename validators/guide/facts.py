"""Facts that the tables judge: their values, and what they rest on.

A fact that cannot be known is None: the rules send it to a person, and neither pass nor reject
it. :mod:`validators.guide.declarations` computes what the form says, :mod:`validators.guide.places`
what papers show; :mod:`validators.assess` puts them together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.finding import Finding
from pipeline.model import Application
from validators.guide.guide import Guide
from validators.guide.rows import Conditions
from validators.person.applicant import find_person
from validators.person.papers import Papers


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact's value (None: unknown), whether it may reject, the papers it rests on, and words
    for the message."""

    value: str | int | None
    sure: bool = True
    documents: tuple[str, ...] = ()
    detail: str = ""


UNKNOWN = Fact(None, sure=False)


class Facts:
    """All facts of an application on a day, computed when asked for.

    ``ways`` says how each fact of :mod:`validators.guide.vocabulary` is computed; ``findings`` are
    what the checks of the papers found.
    """

    def __init__(
        self,
        application: Application,
        day: date,
        guide: Guide,
        ways: Mapping[str, FactWay],
        findings: Sequence[Finding] = (),
    ) -> None:
        self.application = application
        self.request = application.request
        self.day = day
        self.guide = guide
        self.papers = Papers(application, day, findings)
        self.person = find_person(self.papers)
        self._ways = ways
        self._known: dict[str, Fact] = {}

    def __getitem__(self, name: str) -> Fact:
        if name not in self._known:
            self._known[name] = self._ways[name](self)
        return self._known[name]

    def holds(self, when: Conditions) -> tuple[bool | None, str]:
        """Whether all conditions hold: False if one is known not to, None if one is unknown.

        With None comes the name of the unknown fact.
        """
        unknown = ""
        for name, values in when.items():
            value = self[name].value
            if value is None:
                unknown = unknown or name
            elif value not in values:
                return False, ""
        return (None, unknown) if unknown else (True, "")


FactWay = Callable[[Facts], Fact]
