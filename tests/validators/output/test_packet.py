"""Packets: each department gets its own part, and no more."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import jsonschema
import pytest

from flows.packets import packet_schema, packets
from pipeline.finding import finding
from pipeline.record import with_findings
from tests.validators.applications import (
    applied,
    booklet,
    card,
    foreign_card,
    foreigner,
    form,
    lodging,
    original,
    photo,
    record,
)
from tests.validators.papers_made import disability, residence_permit
from validators import output
from validators.guide.guide import guide
from validators.guide.tables import TableError
from validators.output.packet import EVERY, needs, parse_needs

WHOLE = applied(
    ["M2", "M4", "M5", "M9"],
    form(),
    card(),
    booklet(),
    original(disability()),
    photo(),
    special_groups=("SG1",),
    insured_pension="resident",
)


def test_departments_get_their_own_matters() -> None:
    made = packets(record(WHOLE))
    assert {d: [m["code"] for m in p["matters"]] for d, p in made.items()} == {
        "hrss": ["M2", "M4"],
        "medical": ["M5"],
        "tax": ["M9"],
    }


def test_papers_go_only_where_they_are_needed() -> None:
    made = packets(record(WHOLE))
    types = {d: {doc["type"] for doc in p["documents"]} for d, p in made.items()}
    both = {"application_form", "id_card"}
    assert types["hrss"] == both | {"hukou", "disability_certificate", "photo"}
    assert types["medical"] == both
    assert types["tax"] == both


def test_fields_go_only_where_they_are_needed() -> None:
    made = packets(record(WHOLE), WHOLE.request)
    cards = {
        d: next(doc["fields"] for doc in p["documents"] if doc["type"] == "id_card")
        for d, p in made.items()
    }
    assert "address" in cards["medical"] and "ethnicity" in cards["medical"]
    assert "address" not in cards["tax"] and "ethnicity" not in cards["tax"]
    assert "household" not in made["tax"]["applicant"]
    assert made["tax"]["applicant"]["id_number"] == WHOLE.request.id_number
    assert "special_groups" in made["hrss"]["declared"]
    assert "special_groups" not in made["medical"]["declared"]


def test_health_is_told_to_nobody_but_who_needs_it() -> None:
    made = packets(record(WHOLE), WHOLE.request)
    for department in ("medical", "tax"):
        text = json.dumps(made[department], ensure_ascii=False)
        assert "残疾" not in text and "SG1" not in text


def test_scans_are_named_so_that_a_department_can_ask_for_them() -> None:
    for packet in packets(record(WHOLE)).values():
        lying = {(p["file"], p["sha256"]) for d in packet["documents"] for p in d["pages"]}
        assert {(s["file"], s["sha256"]) for s in packet["scans"]} == lying
        assert all(scan["pages"] == sorted(set(scan["pages"])) for scan in packet["scans"])


def test_the_card_photo_goes_with_m4_alone() -> None:
    made = record(WHOLE)
    (paper,) = [d for d in made.documents if d.type == "photo"]
    sha256 = paper.pages[0].sha256
    with_bytes = packets(made, photos={sha256: b"\xff\xd8jpeg"})
    assert base64.b64decode(with_bytes["hrss"]["photo"]["data"]) == b"\xff\xd8jpeg"
    assert with_bytes["hrss"]["photo"]["document"] == paper.id
    assert "photo" not in with_bytes["medical"] and "photo" not in with_bytes["tax"]
    assert "data" not in packets(made)["hrss"]["photo"]


def test_other_cases_are_never_named() -> None:
    told = finding("X16", matter="M2", name="甲", days=30, cases=("韦小芳 重交",))
    made = packets(with_findings(record(WHOLE), [told]))
    assert "X16" in {f["rule"] for f in made["hrss"]["findings"]}
    assert "韦小芳 重交" not in json.dumps(made, ensure_ascii=False)


def test_findings_say_which_field_they_are_about() -> None:
    told = finding("OCR-LOW", document="d1", field="name", got="x", why="y")
    made = packets(with_findings(record(WHOLE), [told]))
    assert {f.get("field") for f in made["hrss"]["findings"] if f["rule"] == "OCR-LOW"} == {"name"}


def test_where_the_applicant_enrols_goes_to_every_insurer() -> None:
    for matter in ("M6", "M8", "M9"):
        asked = applied([matter], form(), card(), enrol_division="450103")
        (packet,) = packets(record(asked), asked.request).values()
        assert packet["declared"]["enrol_division"] == "450103"


def test_findings_go_only_where_they_concern() -> None:
    lacking = applied(["M2", "M5"], form(), card(), is_student=True)
    made = packets(record(lacking))
    rules = {d: {f["rule"] for f in p["findings"]} for d, p in made.items()}
    assert rules["hrss"] == {"E-M2-4"}
    assert rules["medical"] == set()
    assert made["hrss"]["status"] == "ineligible" and made["medical"]["status"] == "ready"


SCHEMA_CASES = [
    WHOLE,
    applied(["M3"], form()),
    foreigner(["M5"], form(), foreign_card(), lodging()),
    applied(["M7"], form(), card(), original(residence_permit()), enrol_division="450202"),
]


@pytest.mark.parametrize("application", SCHEMA_CASES)
def test_packet_fits_its_schema(application) -> None:  # type: ignore[no-untyped-def]
    schema = packet_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    for packet in packets(record(application), application.request).values():
        jsonschema.validate(packet, schema)


def test_every_matter_has_its_needs() -> None:
    assert set(needs()) == {EVERY, *guide().codes}


def test_papers_that_fulfil_a_material_are_all_passed_on() -> None:
    """No paper that an item accepts is lost on the way to the department."""
    every = needs()[EVERY].documents
    for row in guide().materials:
        for way in row.accepts:
            if way.doubt is not None:
                continue
            for code in way.matters or row.matters:
                assert way.type in every or way.type in needs()[code].documents, (row.item, way)


def test_a_table_of_needs_names_every_matter_and_no_other() -> None:
    text = (Path(output.__path__[0]) / "packets.toml").read_text(encoding="utf-8")
    assert parse_needs(text) == needs()
    with pytest.raises(TableError, match="M99"):
        parse_needs(
            text + '\n[M99]\napplicant = []\ndeclared = []\nsource = "x"\n[M99.documents]\n'
        )
    with pytest.raises(TableError, match="缺少"):
        parse_needs(text.replace("[M3", "[M98"))
