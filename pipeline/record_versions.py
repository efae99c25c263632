"""Records of older versions, made to fit: what changed is told in docs/contract-2.md.

Whatever a version did not keep stays absent; nothing is invented.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from pipeline.record_document import (
    CONFIDENCE_DECIMALS,
    PHOTO_RULES,
    SHARE_DECIMALS,
    photo_rules,
    rounded,
    typed,
)

SCHEMA_VERSION: Literal["2"] = "2"


def upgrade(data: object) -> dict[str, Any]:
    """The values of a record, as the present version has them. Raises ValueError for what is no
    record, and for a version that is not known here."""
    if not isinstance(data, dict):
        raise ValueError("no record: no JSON object")
    while (version := data.get("schema_version")) != SCHEMA_VERSION:
        step = _STEPS.get(str(version))
        if step is None:
            raise ValueError(f"record of schema version {version!r}, which is not known here")
        data = step(data)
    return data


def _from_1(data: Mapping[str, Any]) -> dict[str, Any]:
    """Pages of fields count from 1, values have types, boxes and shares no needless decimals, the
    verdict of a photo is no text any more. What was declared was not kept."""
    documents = [_document_from_1(document) for document in data.get("documents", ())]
    return {**data, "schema_version": "2", "documents": documents}


def _document_from_1(document: Mapping[str, Any]) -> dict[str, Any]:
    marks = dict(document.get("marks", {}))
    rules = marks.pop(PHOTO_RULES, None)
    made = {
        **document,
        "marks": marks,
        "fields": {name: _field_from_1(name, f) for name, f in document["fields"].items()},
        "tables": {
            name: [{key: _field_from_1(key, f) for key, f in row.items()} for row in rows]
            for name, rows in document.get("tables", {}).items()
        },
        "quality": {
            name: round(value, SHARE_DECIMALS) if isinstance(value, float) else value
            for name, value in document.get("quality", {}).items()
        },
    }
    if rules is not None:
        made["photo"] = [rule.model_dump(mode="json") for rule in photo_rules(rules)]
    return made


def _field_from_1(name: str, field: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **field,
        "value": typed(name, field["value"]),
        "confidence": round(field["confidence"], CONFIDENCE_DECIMALS),
        "page": field["page"] + 1,
        "box": None if field.get("box") is None else rounded(field["box"]),
    }


_STEPS: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {"1": _from_1}
