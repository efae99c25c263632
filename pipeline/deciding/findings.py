"""What decisions say in the record, and to the applicant."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence

from pipeline.deciding.decided import STRUCTURAL, Decided
from pipeline.deciding.readings import documents_of
from pipeline.finding import Finding, Severity, finding
from pipeline.model import Document
from pipeline.record import Action, Decision

NOT_ONES_OWN = "不是本人的"
"""Stands in the reason for which a paper of somebody else is sent back."""


def decided_findings(
    decisions: Sequence[Decided],
    documents: Sequence[Document],
    unneeded: Container[str] = (),
) -> Iterator[Finding]:
    """What people found on the papers, for the applicant to mend; what was sent back because of
    several findings is asked for once. ``unneeded``: papers that no matter counts on; sent back as
    somebody else's, such a paper is given back, and nothing is brought in its place."""
    asked: set[tuple[object, ...]] = set()
    for decided in decisions:
        ids = [documents[position].id for position, _ in documents_of(decided, documents)]
        document = ids[0] if ids else None
        if decided.action == Action.UNREADABLE and document is not None:
            holder = next(d for d in documents if d.id == document)
            if decided.field not in holder.fields:
                yield from _for_matters(
                    decided, finding("DEC-UNREADABLE", document=document, field=decided.field)
                )
        elif decided.action == Action.SEND_BACK and (document or decided.paper is None):
            about = (document, decided.field, decided.reason, decided.detail.matters)
            if about in asked:
                continue
            asked.add(about)
            spare = decided.rule == "X1" and NOT_ONES_OWN in decided.reason and document in unneeded
            yield from _for_matters(
                decided,
                finding(
                    "DEC-BACK",
                    severity=Severity.NOTE if spare else None,
                    hint="请把该材料退还，不需要补交。" if spare else None,
                    document=document,
                    field=decided.field,
                    reason=decided.reason.rstrip("。") + "。",
                    todo=decided.reason,
                ),
            )


def _for_matters(decided: Decided, found: Finding) -> Iterator[Finding]:
    """One finding a matter; none named where all are meant."""
    if not decided.detail.matters:
        yield found
    for matter in decided.detail.matters:
        yield found.model_copy(update={"matter": matter})


def record_decisions(
    decisions: Iterable[Decided], documents: Sequence[Document]
) -> tuple[Decision, ...]:
    """The decisions as the record shows them; those about papers that are gone are left out."""
    shown = []
    for decided in decisions:
        ids = [documents[position].id for position, _ in documents_of(decided, documents)]
        is_gone = decided.paper is not None and not ids
        if is_gone and decided.action not in STRUCTURAL:
            continue
        shown.append(
            Decision(
                reviewer=decided.by,
                time=decided.at.isoformat(timespec="seconds"),
                rule=decided.rule or "",
                document=ids[0] if ids else None,
                field=decided.field,
                action=decided.action,
                value=decided.value,
                reason=decided.reason,
                revision=str(decided.revision),
                matters=decided.detail.matters,
                got=decided.detail.got,
                expected=decided.detail.expected,
                severity=decided.detail.severity,
            )
        )
    return tuple(shown)
