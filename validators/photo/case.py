"""A case's card photo: what its verdict means for M4 (PH-*), and whose face it shows (X18)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pipeline.finding import Finding, finding, type_label
from pipeline.model import Application, DocumentType
from validators.photo.verdict import PhotoVerdict, findings

MATTER = "M4"

WITH_PORTRAIT = (
    DocumentType.ID_CARD,
    DocumentType.TEMPORARY_ID_CARD,
    DocumentType.HMT_RESIDENCE_PERMIT,
    DocumentType.FOREIGN_PERMANENT_RESIDENT_CARD,
    DocumentType.HK_MACAO_TRAVEL_PERMIT,
    DocumentType.TAIWAN_TRAVEL_PERMIT,
    DocumentType.PASSPORT,
)
"""Papers that show their holder's face."""


def check_photo(application: Application, _: date) -> Iterator[Finding]:
    """The findings of every photo among the papers; of M4 alone, which needs it."""
    for document in application.of(DocumentType.PHOTO):
        rules = document.marks.get("rules")
        if rules is not None:
            verdict = PhotoVerdict.model_validate_json(rules)
            yield from findings(verdict, matter=MATTER, document=document.id)


def check_likeness(application: Application, _: date) -> Iterator[Finding]:
    """X18: whether the photo shows the holder of the paper is said to a person, never computed."""
    portraits = application.of(*WITH_PORTRAIT)
    if MATTER not in application.request.matters or not portraits:
        return
    for document in application.of(DocumentType.PHOTO):
        where = type_label(portraits[0].type)
        yield finding("X18", matter=MATTER, document=document.id, where=where)
