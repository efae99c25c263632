"""X1 of papers that were set aside: surely another person's, named and given back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pipeline.finding import Finding, Severity, finding, type_label
from pipeline.model import Application
from pipeline.privacy import mask
from validators.person.kinds import matters_touched
from validators.person.strangers import GIVE_BACK, person_named, take_back
from validators.person.whose import cast


def check_given_back(own: Application, today: date) -> Iterator[Finding]:
    """One finding a paper and matter, which asks for nothing: what the case lacks is said by the
    rules about what is missing."""
    people = cast(own)
    expected = next(iter(people.names), None)
    for document in own.aside:
        person = person_named(document)
        if person is None:
            continue
        field, reading = person
        label = type_label(document.type)
        others = "不是申请人的"
        proxy = own.request.proxy
        if proxy is not None and not people.of("proxy"):
            others = f"既不是申请人的，也不是代办人{mask('name', proxy.name)}的"
        for matter in matters_touched(own, document) or (None,):
            yield finding(
                "X1",
                severity=Severity.REVIEW,
                matter=matter,
                document=document.id,
                field=field,
                file=document.pages[0].file if document.pages else None,
                got=reading.value,
                expected=expected,
                hint=GIVE_BACK,
                todo=take_back(label),
                where=label,
                problem=f"是{mask('name', reading.value)}的，{others}",
                doubt="",
            )
