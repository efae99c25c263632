"""The request that a scanned application form makes.

The form's document has its readings under the request's own keys; what was not read, or was ticked
twice, is not said. Values read with doubt are kept: :mod:`validators.certainty` asks the document
how sure they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

from pipeline.evidence import is_doubtful
from pipeline.model import Archive, Change, Document, DocumentType, Proxy, Request
from pipeline.reference import divisions
from validators.certainty import form_fields
from validators.guide import guide
from validators.request import merge_requests

_TEXTS = ("name", "id_number", "mobile", "postcode")
_CHOICES = (
    "channel",
    "flex_type",
    "employment",
    "insured_pension",
    "insured_medical",
    "delivery",
)
_YES_NO = ("is_student", "card_applied_before")


def request_of(document: Document) -> tuple[Request, frozenset[str]]:
    """What the form asks for, and the keys that rest on a doubtful reading."""
    said: dict[str, Any] = {
        key: value for key in _TEXTS if (value := document.value(key)) is not None and value
    }
    for key in _CHOICES:
        value = document.value(key)
        if value in _allowed(key):
            said[key] = value
    for key in _YES_NO:
        value = document.value(key)
        if value in ("true", "false"):
            said[key] = value == "true"
    said |= _codes(document)
    accepted = document.value("accepted_on")
    if accepted and len(accepted) == 10:
        said["accepted_on"] = accepted
    division = document.value("enrol_division")
    if division and divisions.existed(division):
        said["enrol_division"] = division
    direction, holder = (document.value(name) for name in form_fields("archive"))
    if direction and holder:
        said["archive"] = Archive.model_validate({"direction": direction, "holder": holder})
    if name := document.value("proxy_name"):
        said["proxy"] = Proxy(name=name, id_number=document.value("proxy_id_number") or "")
    if changes := _changes(document):
        said["changes"] = changes
    doubtful = frozenset(
        key
        for key in said
        for name in form_fields(key)
        if (reading := document.fields.get(name)) is not None and is_doubtful(name, reading)
    )
    return Request.model_validate(said), doubtful


def form_request(documents: Sequence[Document]) -> Request | None:
    """What the forms of a case ask for together, the first one first; None where there is none."""
    made: Request | None = None
    for document in documents:
        if document.type == DocumentType.APPLICATION_FORM:
            request, _ = request_of(document)
            made = request if made is None else merge_requests(made, request)
    return made


def _allowed(key: str) -> tuple[str, ...]:
    """The codes that a key of the request takes."""
    annotation = Request.model_fields[key].annotation
    return tuple(
        code
        for option in get_args(annotation)
        for code in get_args(option)
        if getattr(option, "__origin__", None) is Literal
    )


def _codes(document: Document) -> Mapping[str, tuple[str, ...]]:
    known = {
        "matters": guide().codes,
        "special_groups": tuple(group.code for group in guide().table.special_group),
    }
    return {
        key: tuple(code for code in value.split(",") if code in codes)
        for key, codes in known.items()
        if (value := document.value(key))
    }


def _changes(document: Document) -> tuple[Change, ...]:
    items = get_args(Change.model_fields["item"].annotation)
    changes = []
    for row in document.tables.get("changes", ()):
        texts = {name: reading.value for name, reading in row.items()}
        item = texts.get("item", "")
        changes.append(
            Change.model_validate(
                {
                    "item": item if item in items else "other",
                    "old": texts.get("old", ""),
                    "new": texts.get("new", ""),
                }
            )
        )
    return tuple(changes)
