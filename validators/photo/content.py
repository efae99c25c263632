"""From measures of a photo's content to rule verdicts, as ``limits.toml`` has them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from validators.photo.container import Container
from validators.photo.limits import CheckOutcome, LimitCheck, PhotoLimits
from validators.photo.rules import PhotoProblem, colour_mode, row_of
from validators.photo.verdict import CONFIRM, RuleVerdict

_UNMEASURED = "未能测量"


def content_rules(
    values: Mapping[str, float], limits: PhotoLimits, facts: Container
) -> list[RuleVerdict]:
    """One row a rule, from the checks of limits.toml; the colour mode counts to PH-COLOUR."""
    rows = []
    for rule in dict.fromkeys(check.rule for check in limits.checks):
        checks = [c for c in limits.checks if c.rule == rule]
        found = {c.measure: p for c in checks if (p := _problem(c, values.get(c.measure)))}
        unsaid = {c.measure for c in checks if _is_implied(c, found, values)}
        problems = [
            _milder(c, found[c.measure], values)
            if len(found) - len(unsaid) == 1
            else found[c.measure]
            for c in checks
            if c.measure in found.keys() - unsaid
        ]
        if not values.get("faces") and any(p[1].startswith(_UNMEASURED) for p in problems):
            # One reason for all that hangs on the face, not a line each.
            problems = [p for p in problems if not p[1].startswith(_UNMEASURED)]
            problems.append(
                (CheckOutcome.REVIEW, "没有找到人脸，这一项未检查", "请先换成本人证件照")
            )
        if rule == "PH-COLOUR" and (mode := colour_mode(facts)) is not None:
            problems.insert(0, mode)
        measured = {c.measure: _rounded(values.get(c.measure)) for c in checks}
        known = {k: v for k, v in measured.items() if v is not None}
        limit = {c.measure: c.limit for c in checks if c.measure in known}
        row = row_of(rule, known, limit, problems, [found[m] for m in unsaid])
        if rule == "PH-COVER":
            row = row.model_copy(update={"message": _joined(row.message, CONFIRM)})
        rows.append(row)
    return rows


def _is_implied(check: LimitCheck, found: Collection[str], values: Mapping[str, float]) -> bool:
    """Whether another measure's fault says this one's, too."""
    return check.measure in found and any(
        other in found and abs(values.get(other, 0.0) - values.get(check.measure, 0.0)) <= apart
        for other, apart in check.implied_by.items()
    )


def _milder(check: LimitCheck, problem: PhotoProblem, values: Mapping[str, float]) -> PhotoProblem:
    """The problem with the cure that is enough where it is the only one, and small."""
    if check.mild_above is None or values.get(check.measure, 0.0) < check.mild_above:
        return problem
    return problem[0], problem[1], check.mild_cure


def _problem(check: LimitCheck, value: float | None) -> PhotoProblem | None:
    if value is None:
        if not check.required:
            return None
        return CheckOutcome.REVIEW, f"{_UNMEASURED}{_name(check)}", check.cure
    outcome = check.judge(value)
    if outcome is CheckOutcome.PASS:
        return None
    text = f"{check.message}（{_name(check)} {_rounded(value):g}，要求 {check.limit}）"
    return outcome, text, check.cure


def _name(check: LimitCheck) -> str:
    return check.label.partition("（")[0]


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")


def _joined(message: str, more: str) -> str:
    return f"{message}。{more}" if message else more
