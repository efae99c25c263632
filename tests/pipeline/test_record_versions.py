"""Records of version 1, written by yijianshi 0.1.8, are made to fit version 2."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from pipeline.record import Record, json_schema
from pipeline.record_document import typed
from pipeline.record_versions import upgrade

OLD = Path(__file__).parents[1] / "records" / "version-1.json"


def old() -> Any:
    return json.loads(OLD.read_text(encoding="utf-8"))


def test_a_record_of_version_1_fits_the_schema_of_version_2() -> None:
    before = old()
    assert before["schema_version"] == "1"
    made = Record.from_json(json.dumps(before))
    after = json.loads(made.to_json())
    jsonschema.validate(after, json_schema())
    assert after["schema_version"] == "2"
    assert (after["status"], after["case_id"]) == (before["status"], before["case_id"])
    assert len(after["findings"]) == len(before["findings"])
    assert "declared" not in after  # version 1 did not keep it, and nothing is invented


def test_values_have_types_and_pages_count_from_1() -> None:
    before, after = old()["documents"], upgrade(old())["documents"]
    said, now = before[0]["fields"], after[0]["fields"]
    assert said["is_student"]["value"] == "false" and now["is_student"]["value"] is False
    assert now["matters"]["value"] == tuple(said["matters"]["value"].split(","))
    for one, other in zip(before, after, strict=True):
        for name, field in one["fields"].items():
            assert other["fields"][name]["page"] == field["page"] + 1
            assert other["fields"][name]["raw"] == field["raw"]
            for point, placed in zip(field["box"], other["fields"][name]["box"], strict=True):
                assert placed == tuple(round(x, 1) for x in point)


def test_the_verdict_of_a_photo_is_no_text_any_more() -> None:
    rule = {"rule": "PH-DPI", "verdict": "fail", "measure": {"dpi": 72.0}, "limit": {"dpi": "350"}}
    before = old()
    before["documents"][0]["marks"] = {
        "verdict": "fail",
        "rules": json.dumps({"verdict": "fail", "rules": [rule]}),
    }
    document = Record.from_json(json.dumps(before)).documents[0]
    assert document.photo is not None
    assert document.photo[0].measure == {"dpi": 72.0}
    assert document.marks == {"verdict": "fail"}


def test_a_record_of_this_version_stays_as_it_is() -> None:
    once = Record.from_json(json.dumps(old()))
    assert Record.from_json(once.to_json()) == once


@pytest.mark.parametrize("data", [[], {}, {"schema_version": "3"}, {"schema_version": 1.5}])
def test_what_is_no_record_and_unknown_versions_are_refused(data: object) -> None:
    with pytest.raises(ValueError, match=r"no record|not known here"):
        upgrade(data)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("is_student", "true", True),
        ("is_student", "yes", "yes"),
        ("matters", "M3,M9", ("M3", "M9")),
        ("matters", "", ()),
        ("validity_days", "15", 15),
        ("validity_days", "十五", "十五"),
        ("name", "true", "true"),
    ],
)
def test_text_that_is_no_value_of_its_type_stays_text(name: str, text: str, value: object) -> None:
    assert typed(name, text) == value and type(typed(name, text)) is type(value)
