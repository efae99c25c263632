"""Who may apply for what: the rows of ``eligibility.toml`` over the facts (guide 四)."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.finding import Finding, Severity, finding
from validators.guide.facts import Fact, Facts
from validators.guide.rows import EligibilityRow, RowOutcome


def check_eligibility(facts: Facts) -> Iterator[Finding]:
    """Findings of the families E, CH and EXC-M9, a matter each (E-0 and E-1: none)."""
    chosen = facts.request.matters
    told: set[tuple[str, str]] = set()
    for row in facts.guide.eligibility:
        matters = [m for m in row.matters if m in chosen]
        if not matters:
            continue
        applies, unknown = facts.holds(row.when)
        if applies is False:
            continue
        if applies is None:
            # One word about an unknown condition is enough for a matter.
            for matter in matters:
                if (matter, unknown) not in told:
                    told.add((matter, unknown))
                    reason = f"{_LABELS.get(unknown, '申请信息')}不明，无法判断受理条件"
                    yield finding(row.id, severity=Severity.REVIEW, matter=matter, reason=reason)
            continue
        outcome = judge_rule(row, facts[row.fact])
        if outcome is None:
            continue
        fact = facts[row.fact]
        if fact.value is None:
            told |= {(matter, row.fact) for matter in matters}
        reason = outcome.reason.format(detail=fact.detail)
        for named in [None] if row.whole else matters:
            yield finding(
                row.id,
                severity=outcome.severity,
                matter=named,
                document=fact.documents[0] if fact.documents else None,
                todo=outcome.todo,
                reason=reason,
            )


def judge_rule(row: EligibilityRow, fact: Fact) -> RowOutcome | None:
    """What the row makes of a fact; None: nothing to say.

    A value that was read with doubt is looked at by a person where a sure one would reject, or
    demand another paper.
    """
    if fact.value is None:
        if row.unknown is None:
            return None
        return RowOutcome(severity=Severity.REVIEW, reason=row.unknown)
    if isinstance(fact.value, int):
        enough = row.at_least is None or fact.value >= row.at_least
        outcome = None if enough else row.below
    else:
        outcome = row.outcomes.get(fact.value)
    if outcome is None or fact.sure or outcome.severity in (Severity.REVIEW, Severity.NOTE):
        return outcome
    return RowOutcome(severity=Severity.REVIEW, reason=f"{outcome.reason}（{fact.doubt}，请核对）")


def check_exclusions(facts: Facts) -> Iterator[Finding]:
    """Findings of the family EXC: one for each of the two matters."""
    chosen = facts.request.matters
    sure = facts.papers.is_declared_surely("matters")
    for row in facts.guide.table.exclusion:
        if not set(row.matters) <= set(chosen):
            continue
        one, other = (facts.guide.matter(code).name for code in row.matters)
        severity = row.severity if sure else Severity.REVIEW
        for matter in row.matters:
            yield finding(row.rule, severity=severity, matter=matter, one=one, other=other)


_LABELS = {
    "category": "申请人类别（大陆居民、港澳台居民、外国人）",
    "household_region": "户籍地",
    "enrol_place": "参保地",
    "archive_direction": "档案接收或转出",
}
