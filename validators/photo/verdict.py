"""The verdict on a photo, and the findings that it gives in a case."""

from __future__ import annotations

from typing import Any

from pipeline.finding import Finding, Severity, finding
from pipeline.model import Frozen
from validators.photo.limits import CheckOutcome, worse

CONFIRM = (
    "机器会漏看小耳钉、与头发同色的发夹、贴在脸上的东西、很淡的字和手，看不出颜色很浅的镜片和肤色的口罩，"
    "请当面确认没有；"
    "因宗教或医学原因戴头饰的，由人工确认面部特征可见。"
)
"""What the machine here misses or cannot see: a person confirms it, whatever the verdict."""


class RuleVerdict(Frozen):
    """One rule: what was measured, what it must be, what is wrong and what to do."""

    rule: str
    verdict: CheckOutcome
    measure: dict[str, float | int | str | None] = {}
    limit: dict[str, str] = {}
    message: str = ""
    cure: str = ""


class PhotoVerdict(Frozen):
    """A photo judged: the worst of its rules."""

    verdict: CheckOutcome
    rules: tuple[RuleVerdict, ...]

    def of(self, rule: str) -> RuleVerdict | None:
        """One rule's verdict; None where it was not judged."""
        return next((r for r in self.rules if r.rule == rule), None)

    def line(self, file: str) -> dict[str, Any]:
        """The JSON line of contract.md."""
        return {"file": file, **self.model_dump(mode="json")}


def verdict_of(rules: tuple[RuleVerdict, ...]) -> PhotoVerdict:
    """The verdict that these rules give together."""
    worst = CheckOutcome.PASS
    for row in rules:
        worst = worse(worst, row.verdict)
    return PhotoVerdict(verdict=worst, rules=rules)


OF_THE_FILE = ("PH-FORMAT", "PH-SIZE", "PH-DPI", "PH-BYTES")
"""Rules of the file, which a repair mostly mends: said after those for which somebody must be
photographed again."""


def told_rows(verdict: PhotoVerdict) -> list[RuleVerdict]:
    """The rows in the order in which people are told of them: what shows in the picture first, by
    how bad it is, then what is wrong with the file."""
    order = list(reversed(CheckOutcome))
    return sorted(verdict.rules, key=lambda r: (r.rule in OF_THE_FILE, order.index(r.verdict)))


_SEVERITY = {CheckOutcome.FAIL: Severity.MEND, CheckOutcome.REVIEW: Severity.REVIEW}


def findings(
    verdict: PhotoVerdict,
    *,
    matter: str | None = None,
    document: str | None = None,
    file: str | None = None,
) -> tuple[Finding, ...]:
    """The PH-* findings of a case: fail is ``mend``, review is ``review``; and one note with what
    a person must confirm, wherever the content was looked at."""
    found = [
        finding(
            row.rule,
            severity=_SEVERITY[row.verdict],
            matter=matter,
            document=document,
            file=file,
            got="；".join(f"{k}={_text(v)}" for k, v in row.measure.items()) or None,
            expected="；".join(f"{k} {v}" for k, v in row.limit.items()) or None,
            problem=row.message,
            # Which command has the option is plain to who runs it, not to who reads a finding.
            cure=row.cure.replace("--fix", " yijianshi photo --fix "),
        )
        for row in told_rows(verdict)
        if row.verdict in _SEVERITY
    ]
    if verdict.of("PH-COVER") is not None:
        found.append(
            finding(
                "PH-UNCHECKED",
                severity=Severity.NOTE,
                matter=matter,
                document=document,
                file=file,
                problem=CONFIRM,
                cure="",
            )
        )
    return tuple(found)


def _text(value: float | int | str | None) -> str:
    return "未测得" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
