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
from pipeline.model import Application, Verification
from validators.guide.guide import Guide
from validators.guide.rows import Conditions
from validators.person.applicant import find_person
from validators.person.papers import Papers


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact's value (None: unknown), whether it may reject, the papers it rests on, and words
    for the message. ``doubt`` says why it is not sure."""

    value: str | int | None
    sure: bool = True
    documents: tuple[str, ...] = ()
    detail: str = ""
    doubt: str = "识别把握不足"


UNKNOWN = Fact(None, sure=False)


class Facts:
    """All facts of an application on its day of acceptance, computed when asked for.

    ``ways`` says how each fact of :mod:`validators.guide.vocabulary` is computed; ``findings`` are
    what the checks of the papers found; ``today`` is the day on which the rules are asked.
    """

    def __init__(
        self,
        application: Application,
        day: date,
        guide: Guide,
        ways: Mapping[str, FactWay],
        findings: Sequence[Finding] = (),
        today: date | None = None,
    ) -> None:
        self.application = application
        self.request = application.request
        self.day = day
        self.today = today or day
        self.guide = guide
        self.papers = Papers(application, day, findings)
        self.person = find_person(self.papers)
        self._ways = ways
        self._known: dict[str, Fact] = {}

    def __getitem__(self, name: str) -> Fact:
        if name not in self._known:
            self._known[name] = self._ways[name](self)
        return self._known[name]

    def verification_fault(self, verified: Verification) -> str:
        """Why this entry proves nothing: the verification must have been made by the day of
        acceptance, and bear its number. Empty where it does."""
        if not verified.ref.strip():
            return "没有核验编号"
        if verified.on > self.day:
            return f"日期（{verified.on.isoformat()}）晚于受理日"
        return ""

    def is_verified(self, kind: str) -> bool:
        """Whether the agency verified this electronically, so that no paper need be handed in."""
        return any(v.kind == kind and not self.verification_fault(v) for v in self.request.verified)

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
