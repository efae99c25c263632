"""The same kind of paper twice: X21.

Both are kept as papers of their own, and the valid one counts; where they differ in what rules
rest on, a person must know which of them holds. Names and numbers are X1's and X2's.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pipeline.finding import Finding, Severity, field_label, finding, type_label
from pipeline.model import Application, Document, DocumentType
from validators.papers.validity import is_over
from validators.person.certainty import is_sure
from validators.person.values import is_same
from validators.person.whose import cast

COMPARED = (
    "address", "current_address", "household_number", "birth_date", "sex", "ethnicity",
    "category", "grade", "group", "nationality",
)  # fmt: skip
"""What rules rest on, whatever the paper. Two sources of a change may differ in all of it."""

MANY = frozenset(
    {
        DocumentType.APPLICATION_FORM,
        DocumentType.PHOTO,
        DocumentType.UNKNOWN,
        DocumentType.POLICE_CHANGE_PROOF,
        DocumentType.LODGING_REGISTRATION,
    }
)
"""Kinds of which several are usual, or that X14 compares."""


def check_twice(application: Application, today: date) -> Iterator[Finding]:
    """X21: two papers of one kind of the applicant say different things. A note where one of them
    has expired: the valid one counts."""
    people = cast(application)
    own = [c.document for c in people.of("applicant") if c.document.type not in MANY]
    for kind in dict.fromkeys(d.type for d in own):
        papers = sorted((d for d in own if d.type == kind), key=lambda d: is_over(d, today))
        for later in papers[1:]:
            yield from _differ(papers[0], later, today)


def _differ(one: Document, other: Document, today: date) -> Iterator[Finding]:
    fields = [name for name in COMPARED if _is_contradicted(name, one, other)]
    if not fields:
        return
    over = [d for d in (one, other) if is_over(d, today)]
    settled = len(over) == 1
    yield finding(
        "X21",
        severity=Severity.NOTE if settled else Severity.REVIEW,
        document=other.id,
        field=fields[0],
        got=other.value(fields[0]),
        expected=one.value(fields[0]),
        where=type_label(one.type),
        what="".join(f"“{field_label(name)}”" for name in fields),
        remark="，以有效的一份为准" if settled else "",
    )


def _is_contradicted(name: str, one: Document, other: Document) -> bool:
    a, b = one.fields.get(name), other.fields.get(name)
    if a is None or b is None or not a.value or not b.value:
        return False
    return is_sure(a) and is_sure(b) and not is_same(name, a.value, b.value)
