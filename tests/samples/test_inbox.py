"""The committed inbox and papers are what their truth says: whole, and of one schema."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import samples
from pipeline.model import DocumentType
from samples.folder import Folder
from samples.fonts import Shelf
from samples.inbox import CASES, SEED

pytestmark = pytest.mark.long

ROOM = Path(samples.__file__).parent
EXPECTED: dict[str, Any] = json.loads((ROOM / "inbox-expected.json").read_text(encoding="utf-8"))
PAPERS: dict[str, Any] = json.loads((ROOM / "papers" / "truth.json").read_text(encoding="utf-8"))

_STATUS = {"enum": ["ready", "review", "incomplete", "ineligible"]}
_SCHEMA = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "additionalProperties": False,
        "required": ["status", "matters", "must_have", "must_not_have", "fields", "why"],
        "properties": {
            "status": _STATUS,
            "matters": {
                "type": "object",
                "minProperties": 1,
                "propertyNames": {"pattern": "^M[1-9]$"},
                "additionalProperties": _STATUS,
            },
            "must_have": {"type": "array", "items": {"type": "string"}},
            "must_not_have": {"type": "array", "items": {"type": "string"}},
            "fields": {"type": "object", "additionalProperties": {"type": "string"}},
            "documents": {"type": "array", "items": {"enum": [str(t) for t in DocumentType]}},
            "why": {"type": "string", "minLength": 4},
        },
    },
}


def test_expectations_fit_their_schema_when_read() -> None:
    jsonschema.validate(EXPECTED, _SCHEMA)


def test_every_case_is_there_when_expected() -> None:
    there = {p.name.removesuffix(".zip") for p in (ROOM / "inbox").iterdir()}
    assert there == set(EXPECTED) == set(CASES)


def test_every_status_and_paper_is_shown_by_some_case() -> None:
    assert {e["status"] for e in EXPECTED.values()} == set(_STATUS["enum"])
    shown = {d for e in EXPECTED.values() for d in e["documents"]}
    assert shown >= {str(t) for t in DocumentType} - {"unknown", "photo"}


def test_status_is_the_worst_of_the_matters_when_expected() -> None:
    order = _STATUS["enum"]
    for case, expected in EXPECTED.items():
        worst = max(expected["matters"].values(), key=order.index)
        assert worst == expected["status"], case


@pytest.mark.parametrize("case", [c for c in EXPECTED if (ROOM / "inbox" / c).is_dir()])
def test_files_are_no_other_than_scans_and_request(case: str) -> None:
    for path in (ROOM / "inbox" / case).iterdir():
        assert path.suffix in {".jpg", ".pdf", ".tif", ".json"}
        assert path.stat().st_size > 100


def test_zipped_case_holds_its_folder() -> None:
    with zipfile.ZipFile(ROOM / "inbox" / "a05-away-zip.zip") as archive:
        assert all(n.startswith("a05-away-zip/") for n in archive.namelist())
        assert len(archive.namelist()) == 4


@pytest.mark.drawn
def test_case_is_the_same_when_made_again() -> None:
    files = []
    for _ in range(2):
        folder = Folder("a15-insurance-card", SEED, Shelf.bundled())
        CASES["a15-insurance-card"](folder)
        files.append(folder.files)
    assert files[0] == files[1]


def test_committed_papers_are_there_when_truth_names_them() -> None:
    pictures = {p.name for p in (ROOM / "papers").glob("*.jpg")}
    assert pictures == set(PAPERS)
    assert {t["level"] for t in PAPERS.values()} == {"flatbed", "office", "phone"}
    for name, truth in PAPERS.items():
        assert {"type", "level", "faces", "fields", "derived", "capture"} <= set(truth), name
        number = truth["fields"].get("id_number", "")
        if len(number) == 18 and number.isascii():
            assert int(number[14:17]) >= 900, name


def test_room_stays_small() -> None:
    total = sum(p.stat().st_size for p in ROOM.rglob("*") if p.is_file())
    assert total < 40_000_000
