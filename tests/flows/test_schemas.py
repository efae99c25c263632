"""The published schemas: every property is described, enums are the code's, and what is written
fits them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from flows.cli import run_command
from pipeline.model import DocumentType, Request
from validators.guide.guide import guide
from validators.request.typed import parse_request

NAMES = ("record", "packet", "application", "message", "manifest", "result")
OLD = Path(__file__).parents[1] / "records" / "version-1.json"
Capture = pytest.CaptureFixture[str]


def schema(name: str, capfd: Capture) -> dict[str, Any]:
    assert run_command(["schema", name]) == 0
    made: dict[str, Any] = json.loads(capfd.readouterr().out)
    return made


def properties(node: object, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every property of a schema, with its place."""
    if isinstance(node, dict):
        for name, value in node.get("properties", {}).items():
            yield f"{place}/{name}", value
        for key, value in node.items():
            yield from properties(value, f"{place}/{key}")
    elif isinstance(node, list):
        for value in node:
            yield from properties(value, place)


@pytest.mark.parametrize("name", NAMES)
def test_every_property_is_described_and_the_schema_is_named(name: str, capfd: Capture) -> None:
    made = schema(name, capfd)
    jsonschema.Draft202012Validator.check_schema(made)
    assert made["$id"] == f"urn:yijianshi:schema:{name}:{made['version']}"
    every = list(properties(made))
    assert len(every) > (8 if name in ("result", "manifest") else 15)
    assert [place for place, value in every if not value.get("description")] == []


def test_enums_are_those_of_the_code(capfd: Capture) -> None:
    record, application = schema("record", capfd), schema("application", capfd)
    assert record["$defs"]["DocumentType"]["enum"] == [kind.value for kind in DocumentType]
    matters = application["properties"]["matters"]["items"]["enum"]
    groups = application["properties"]["special_groups"]["items"]["enum"]
    assert tuple(matters) == tuple(guide().codes)
    assert groups == [group.code for group in guide().table.special_group]
    assert set(application["properties"]) == set(Request.model_fields)
    material = record["$defs"]["Material"]["properties"]["status"]["enum"]
    assert material == ["present", "missing", "waived", "invalid", "unsure"]


def test_formats_and_units_are_said(capfd: Capture) -> None:
    record, application = schema("record", capfd), schema("application", capfd)
    assert application["properties"]["accepted_on"]["anyOf"][0]["format"] == "date"
    assert record["$defs"]["Matter"]["properties"]["due_on"]["anyOf"][0]["format"] == "date"
    box = record["$defs"]["RecordField"]["properties"]["box"]
    assert "pixels of the upright page" in json.dumps(box)
    assert record["$defs"]["RecordField"]["properties"]["page"]["minimum"] == 1


GOOD = [
    {},
    {"matters": ["M2", "M4"], "is_student": False, "accepted_on": "2026-11-23"},
    {"proxy": {"name": "何婷"}, "archive": {"direction": "in", "holder": "school"}},
    {"verified": [{"kind": "household", "ref": "A1", "on": "2026-11-20"}]},
]
BAD = [
    {"matter": ["M2"]},
    {"matters": ["M10"]},
    {"is_student": "否"},
    {"accepted_on": 20261123},
    {"delivery": "courier"},
    {"proxy": {"id_number": "1"}},
]


@pytest.mark.parametrize("typed", [*GOOD, *BAD])
def test_the_application_schema_and_the_parser_agree(typed: Any, capfd: Capture) -> None:
    made = schema("application", capfd)
    fits = jsonschema.Draft202012Validator(made).is_valid(typed)
    _, wrong = parse_request(typed)
    assert fits == (not wrong) == (typed in GOOD)


def test_a_kept_record_is_converted(tmp_path: Path, capfd: Capture) -> None:
    assert run_command(["convert-record", str(OLD), "--to", str(tmp_path / "new")]) == 0
    made = json.loads((tmp_path / "new" / OLD.name).read_text(encoding="utf-8"))
    capfd.readouterr()
    jsonschema.validate(made, schema("record", capfd))
    assert run_command(["convert-record", str(tmp_path / "new" / OLD.name)]) == 0
    assert json.loads(capfd.readouterr().out) == made


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema_version": "1"}', '{"a": 1}'])
def test_what_is_no_record_is_said_and_the_others_are_converted(
    text: str, tmp_path: Path, capfd: Capture
) -> None:
    bad = tmp_path / "坏.json"
    bad.write_text(text, encoding="utf-8")
    assert run_command(["convert-record", str(bad), str(OLD)]) == 3
    told = capfd.readouterr()
    assert "坏.json" in told.err and "Traceback" not in told.err
    assert json.loads(told.out)["schema_version"] == "2"


def test_two_files_of_one_name_would_overwrite_each_other(tmp_path: Path, capfd: Capture) -> None:
    assert run_command(["convert-record", str(OLD), str(OLD), "--to", str(tmp_path)]) == 2
    assert "同名" in capfd.readouterr().err
