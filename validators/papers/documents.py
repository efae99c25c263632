"""One paper by itself: DOC-EXPIRED, DOC-VALIDITY, DOC-DATE, DOC-SIDE.

Papers of other people (the other pages of a household's booklet) are not judged: X1 and X6 name
them. A paper that no chosen matter asks for gives a note at most. Source: domain.md 2.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from pipeline.finding import Finding, Severity, finding, type_label
from pipeline.model import Application, Document, DocumentType, Reading
from pipeline.reference.dates import LONG_TERM, last_day, to_date
from validators.papers.validity import validity_of
from validators.person.certainty import doubt, is_sure, severity
from validators.person.kinds import first, matters_touched, paper_of
from validators.person.whose import Cast, cast, judged

SIDE_NAMES = {
    (DocumentType.ID_CARD, "portrait"): "人像面",
    (DocumentType.ID_CARD, "emblem"): "国徽面",
    (DocumentType.HMT_RESIDENCE_PERMIT, "portrait"): "人像面",
    (DocumentType.HMT_RESIDENCE_PERMIT, "emblem"): "背面",
}
_START = ("valid_from", "issue_date")


def check_expiry(application: Application, today: date) -> Iterator[Finding]:
    """DOC-EXPIRED: the last day of validity lies before ``today``, the acceptance date."""
    people = cast(application)
    for document in judged(application):
        found = first(document, paper_of(document).expiry)
        last = last_day(found[1].value) if found else None
        if found is None or last is None or last >= today:
            continue
        level = _expiry_severity(document, found[1])
        remark = doubt(level)
        if not matters_touched(application, document):
            level, remark = Severity.NOTE, "（所选事项不需要该材料）"
        elif _is_renewed(document, application, people, today):
            level, remark = Severity.NOTE, "（已另交有效的新证）"
        yield finding(
            "DOC-EXPIRED",
            severity=level,
            document=document.id,
            field=found[0],
            got=found[1].value,
            expected=today.isoformat(),
            where=type_label(document.type),
            remark=remark,
            hint=f"请{paper_of(document).renew}。",
            todo=f"请{paper_of(document).renew}",
        )


def _expiry_severity(document: Document, last: Reading) -> Severity:
    """The span is a second reader: an end that fits no span is a doubtful one."""
    validity = validity_of(document.type)
    start = _start(document)
    fits = validity is None or start is None or validity.occurs(start[1], last.value)
    return severity(is_sure(last), fits)


def _is_renewed(document: Document, application: Application, people: Cast, today: date) -> bool:
    """Whether the same person's newer paper of this kind is there too."""
    for other in application.of(document.type):
        if other.id == document.id or people.roles[other.id] != people.roles[document.id]:
            continue
        found = first(other, paper_of(other).expiry)
        last = last_day(found[1].value) if found else None
        if found and (found[1].value == LONG_TERM or (last is not None and last >= today)):
            return True
    return False


def _start(document: Document) -> tuple[str, date] | None:
    for name in _START:
        day = to_date(document.value(name))
        if day is not None:
            return name, day
    return None


def check_validity(application: Application, today: date) -> Iterator[Finding]:
    """DOC-VALIDITY: a span that papers of this kind never have."""
    for document in judged(application):
        validity = validity_of(document.type)
        start = _start(document)
        found = first(document, paper_of(document).expiry)
        if validity is None or start is None or found is None:
            continue
        field, end = found
        last = to_date(end.value)
        if last is None and end.value != LONG_TERM:
            continue  # month precision, or no date: DOC-DATE
        if last is not None and last < start[1]:
            continue  # X20
        if not validity.occurs(start[1], end.value):
            yield finding(
                "DOC-VALIDITY",
                document=document.id,
                field=field,
                got=f"{start[1].isoformat()}至{end.value}",
                expected=validity.in_words(),
                where=type_label(document.type),
            )


def check_dates(application: Application, today: date) -> Iterator[Finding]:
    """DOC-DATE: what should be a day is none, or lies before the holder was born."""
    for document in judged(application):
        paper = paper_of(document)
        birth = to_date(document.value("birth_date"))
        for name in dict.fromkeys((*paper.dated, *paper.expiry)):
            value = document.value(name)
            if not value or value == LONG_TERM:
                continue
            day = to_date(value)
            why = ""
            if day is None and to_date(f"{value}-01") is None:
                why = "不是有效的日期"
            elif day is not None and birth is not None and day < birth:
                why = "早于持证人的出生日期"
            if why:
                yield finding(
                    "DOC-DATE",
                    document=document.id,
                    field=name,
                    got=value,
                    where=type_label(document.type),
                    why=why,
                )


def check_sides(application: Application, today: date) -> Iterator[Finding]:
    """DOC-SIDE: one face of a card was not handed in."""
    for document in judged(application):
        sides = paper_of(document).sides
        missing = [side for side, fields in sides.items() if not _has_side(document, side, fields)]
        if not missing or len(missing) == len(sides):
            continue
        # With several cards of a kind, a face without a name may have been put to the wrong one.
        alone = len(application.of(document.type)) == 1 and not _is_loose_beside(
            document, application.aside
        )
        for side in missing:
            yield finding(
                "DOC-SIDE",
                severity=severity(alone),
                document=document.id,
                where=type_label(document.type),
                side=SIDE_NAMES.get((document.type, side), side),
            )


def _is_loose_beside(document: Document, aside: Sequence[Document]) -> bool:
    """Whether another person's card may have taken a face: its faces lie on several pages, or on
    one with this card."""
    cards = [d for d in aside if d.type == document.type]
    return any(len(d.pages) > 1 or set(d.pages) & set(document.pages) for d in cards)


def _has_side(document: Document, side: str, fields: tuple[str, ...]) -> bool:
    return side in document.faces or any(
        name in document.fields or name in document.missing for name in fields
    )
