"""Fields that the tables name are fields that the papers have: a name that no paper gives is a
rule that never looks."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pipeline.finding import field_label, value_label
from pipeline.model import Archive, Request
from validators.guide.tables import table_text
from validators.person.certainty import FORM_FIELDS

SAMPLES = Path(__file__).parents[2] / "samples" / "papers"
FACES = {
    "id_card_front": "id_card",
    "id_card_back": "id_card",
    "hukou_head": "hukou",
    "hukou_member": "hukou",
    "hukou_changes": "hukou",
    "hukou_address_changes": "hukou",
    "disability_gen2": "disability_certificate",
    "disability_gen3": "disability_certificate",
}
"""Types of truth.json that are faces of a document's type."""


def printed() -> dict[str, set[str]]:
    """By document type, the fields that our specimens print or imply."""
    truth = json.loads((SAMPLES / "truth.json").read_text(encoding="utf-8"))
    fields: dict[str, set[str]] = {}
    for paper in truth.values():
        kind = FACES.get(paper["type"], paper["type"])
        fields.setdefault(kind, set()).update(paper["fields"])
    return fields


def table(name: str) -> dict[str, Any]:
    room = {"packets.toml": "output", "kinds.toml": "person", "materials.toml": "guide"}[name]
    return tomllib.loads(table_text(name, f"validators.{room}"))


def named() -> Iterator[tuple[str, str, str]]:
    """Table, document type and field, for every field that a table names."""
    for matter, row in table("packets.toml").items():
        for kind, fields in row["documents"].items():
            yield from ((f"packets {matter}", kind, field) for field in fields)
    for kind, row in table("kinds.toml").items():
        for key in ("name", "other_names", "number", "expiry", "dated", "judged"):
            yield from ((f"kinds {key}", kind, field) for field in row.get(key, ()))
        for fields in row.get("sides", {}).values():
            yield from (("kinds sides", kind, field) for field in fields)
    for row in table("materials.toml")["material"]:
        for way in row["accepts"]:
            for says in way.get("says", ()):
                yield from ((f"MAT-{row['item']}", way["type"], f) for f in says["fields"])


def test_tables_name_fields_that_papers_have() -> None:
    have = printed()
    strange = [
        (where, kind, field)
        for where, kind, field in named()
        # A change may be of any item; our specimens change some. Who a proof is about and of what
        # time is the reader's own finding; some specimens only print a category.
        if field not in have[kind] and not field.startswith(("old_", "new_", "group"))
    ]
    assert strange == []


def test_every_field_has_a_chinese_name() -> None:
    """Messages are for clerks: none says ``enrol_division``."""
    fields = {field for kind in printed().values() for field in kind}
    fields |= {field for _, _, field in named()} | set(Request.model_fields)
    fields |= {f for fields in FORM_FIELDS.values() for f in fields} | {"enrol_place"}
    assert sorted(f for f in fields if field_label(f) == f) == []


def codes(kind: Any) -> Iterator[str]:
    """The words that a type of the request allows, however deep they lie in it."""
    if get_origin(kind) is Literal:
        yield from (str(word) for word in get_args(kind))
    elif kind is bool:
        yield from ("true", "false")
    else:
        for part in get_args(kind):
            yield from codes(part)


def test_every_code_of_the_application_has_a_chinese_name() -> None:
    for name, field in Request.model_fields.items():
        for code in codes(field.annotation):
            assert value_label(name, code) != code, (name, code)
    for name, field in Archive.model_fields.items():
        for code in codes(field.annotation):
            assert value_label(f"archive_{name}", code) != code, (name, code)
