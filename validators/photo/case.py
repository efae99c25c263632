"""PH-* findings of a case: what the card photo's verdict means for M4."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pipeline.finding import Finding
from pipeline.model import Application, DocumentType
from validators.photo.verdict import Verdict, findings

MATTER = "M4"


def check_photo(application: Application, _: date) -> Iterator[Finding]:
    """The findings of every photo among the papers; of M4 alone, which needs it."""
    for document in application.of(DocumentType.PHOTO):
        rules = document.marks.get("rules")
        if rules is not None:
            verdict = Verdict.model_validate_json(rules)
            yield from findings(verdict, matter=MATTER, document=document.id)
