"""What goes over the wire, as JSON Schema: formats, units and patterns of values, and the published
schemas themselves (contract.md). Descriptions are the attributes' own docstrings.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, WithJsonSchema

DIALECT = "https://json-schema.org/draft/2020-12/schema"

DESCRIBED = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
"""Of every model whose schema is published: what an attribute means is said once, beside it."""


def _text(**keywords: object) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", **keywords})


IsoDate = Annotated[str, _text(format="date")]
"""A day that we made: ``2026-12-03``."""

PaperDate = Annotated[
    str,
    _text(anyOf=[{"format": "date"}, {"const": "长期"}, {"pattern": r"^\d{4}-\d{2}$"}]),
]
"""A day as a paper prints it: ISO, ``长期`` for no end, year and month where it says no more."""

Sha256 = Annotated[str, _text(pattern="^[0-9a-f]{64}$")]
CountyCode = Annotated[str, _text(pattern=r"^\d{6}$")]
"""Of GB/T 2260: six digits, down to the county."""
MatterCode = Annotated[str, _text(enum=[f"M{n}" for n in range(1, 10)])]
GroupCode = Annotated[str, _text(enum=[f"SG{n}" for n in range(1, 9)])]
DepartmentCode = Literal["hrss", "medical", "tax"]

_POINT = {
    "type": "array",
    "prefixItems": [{"type": "number"}, {"type": "number"}],
    "minItems": 2,
    "maxItems": 2,
}
BOX_SCHEMA = WithJsonSchema(
    {
        "type": "array",
        "items": _POINT,
        "minItems": 4,
        "maxItems": 4,
        "description": "Four points [x, y] in pixels of the upright page (the page turned by its "
        "rotation; its width and height stand with it): origin top left, x to the right, y down; "
        "clockwise from the top left of the text as it is read. To 0.1 px.",
    }
)


def published(
    model: type[BaseModel],
    name: str,
    version: str,
    mode: Literal["validation", "serialization"] = "serialization",
) -> dict[str, Any]:
    """The published JSON Schema of a model: draft 2020-12, with ``$id`` and version."""
    schema = model.model_json_schema(mode=mode)
    head = {
        "$schema": DIALECT,
        "$id": f"urn:yijianshi:schema:{name}:{version}",
        "title": f"yijianshi {name}",
        "version": version,
    }
    return head | {key: value for key, value in schema.items() if key not in head}
