"""A paper as the record shows it: its values typed, its places in numbers that are worth their
decimals."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from pipeline.model import Document, DocumentType, Frozen, PageRef, Quad, Reading, ReadingSource
from pipeline.wire import BOX_SCHEMA, DESCRIBED

FieldValue = bool | int | str | tuple[str, ...]

FLAGS = frozenset({"is_student", "card_applied_before"})
LISTS = frozenset({"matters", "special_groups", "changes"})
COUNTS = frozenset({"validity_days"})
"""Fields whose values are no text: true or false, lists of codes, whole numbers."""

PHOTO_RULES = "rules"
"""The mark of a photo's page that holds its verdict; the record has it as ``photo``."""
BOX_DECIMALS, CONFIDENCE_DECIMALS, SHARE_DECIMALS = 1, 4, 3


class RecordField(Frozen):
    """One field of a document, beside the paper it was read from."""

    model_config = DESCRIBED

    value: FieldValue
    """Canonical. Text, but: true or false (is_student, card_applied_before), a list of codes
    (matters, special_groups, changes), a whole number (validity_days). Dates are ISO, 长期 for no
    end, 1990-03 where the paper prints no day; "" where the place on the paper is blank."""
    raw: str
    """As it stands on the paper."""
    confidence: float = Field(ge=0, le=1)
    """How surely it was read, 0 to 1."""
    page: int = Field(ge=1)
    """On which of the document's pages it stands: position in `pages`, from 1."""
    box: Annotated[Quad, BOX_SCHEMA] | None = None
    """Where it stands on the page."""
    source: ReadingSource
    """ocr: read; derived: computed from another field; form: from a fillable field of the PDF;
    human: a person said so."""

    @property
    def text(self) -> str:
        """The value as text, codes of a list parted by commas: what screens and rules compare."""
        if isinstance(self.value, bool):
            return "true" if self.value else "false"
        if isinstance(self.value, tuple):
            return ",".join(self.value)
        return str(self.value)


class RecordQuality(Frozen):
    """How good a scan is; only what was measured."""

    model_config = ConfigDict(**DESCRIBED, populate_by_name=True, serialize_by_alias=True)

    copy_: bool | None = Field(default=None, alias="copy")
    """A black-and-white copy."""
    screen: bool | None = None
    """A picture of a screen."""
    blur: float | None = None
    """How blurred, 0 to 1."""
    glare: float | None = None
    """Share of the paper that a reflection covers, 0 to 1."""
    cut: bool | None = None
    """The paper runs out of the picture."""


class PhotoRule(Frozen):
    """One rule of the card photo."""

    model_config = DESCRIBED

    rule: str
    """PH-…, see contract.md."""
    verdict: Literal["pass", "review", "fail"]
    """What came of it."""
    measure: dict[str, float | int | str | None] = {}
    """What was measured, by name; units as docs/photo.md has them."""
    limit: dict[str, str] = {}
    """What it must be, by the same names."""
    message: str = ""
    """What is wrong, in Chinese."""
    cure: str = ""
    """What to do about it, in Chinese."""


class RecordDocument(Frozen):
    """A paper of the case: its sides and pages together."""

    model_config = DESCRIBED

    id: str
    """Within the record: d1, d2 …"""
    type: DocumentType
    """What paper it is."""
    pages: tuple[PageRef, ...]
    """Where its pages lie, in order."""
    fields: dict[str, RecordField]
    """By field name (contract.md); what could not be read is left out, and a finding says so."""
    tables: dict[str, tuple[dict[str, RecordField], ...]] = {}
    """Rows of tables that the paper prints, by the table's name."""
    marks: dict[str, str] = {}
    """What is not text: seal and signature (yes, no, unsure), seal_text, verdict and picture_hash
    of a photo, page (why a page is no paper), deregistered."""
    quality: RecordQuality = RecordQuality()
    """How good the scan is."""
    photo: tuple[PhotoRule, ...] | None = None
    """Of a card photo: each rule with measure, limit and verdict."""

    def page_of(self, field: RecordField) -> PageRef:
        """The page that a field stands on."""
        return self.pages[field.page - 1]


def record_document(document: Document) -> RecordDocument:
    """A document as the record shows it."""
    rules = document.marks.get(PHOTO_RULES)
    return RecordDocument(
        id=document.id,
        type=document.type,
        pages=document.pages,
        fields={name: _field(name, r) for name, r in document.fields.items()},
        tables={
            name: tuple({key: _field(key, r) for key, r in row.items()} for row in rows)
            for name, rows in document.tables.items()
        },
        marks={name: mark for name, mark in document.marks.items() if name != PHOTO_RULES},
        quality=RecordQuality.model_validate(
            {
                name: round(value, SHARE_DECIMALS) if isinstance(value, float) else value
                for name, value in document.quality.model_dump().items()
            }
        ),
        photo=None if rules is None else photo_rules(rules),
    )


def photo_rules(rules: str) -> tuple[PhotoRule, ...]:
    """The rules of a photo's verdict, which its page carries as JSON."""
    verdict: Mapping[str, Any] = json.loads(rules)
    return tuple(PhotoRule.model_validate(rule) for rule in verdict["rules"])


def typed(name: str, text: str) -> FieldValue:
    """The value of a field as the record has it; text that is no such value stays text."""
    if name in FLAGS and text in ("true", "false"):
        return text == "true"
    if name in LISTS:
        return tuple(filter(None, text.split(",")))
    if name in COUNTS and text.isdecimal():
        return int(text)
    return text


def rounded(box: Quad) -> Quad:
    """A box to the tenth of a pixel: more says nothing of where print stands."""
    a, b, c, d = ((round(x, BOX_DECIMALS), round(y, BOX_DECIMALS)) for x, y in box)
    return a, b, c, d


def _field(name: str, reading: Reading) -> RecordField:
    return RecordField(
        value=typed(name, reading.value),
        raw=reading.raw,
        confidence=round(reading.confidence, CONFIDENCE_DECIMALS),
        page=reading.page + 1,
        box=None if reading.box is None else rounded(reading.box),
        source=reading.source,
    )
