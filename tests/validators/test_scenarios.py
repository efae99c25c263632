"""What the office would have decided: the rows of ``scenarios/*.toml``, judged by the rules alone.

The guide decides; each row names its clauses. See scenarios/README.md.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from flows.notice import Letterhead, render_notice
from pipeline.finding import Severity
from pipeline.model import Application, Document, Quality, Reading, Request
from pipeline.record import Provenance, Record, whole_if_open, with_status
from pipeline.record_document import record_document
from tests.test_docs import clauses
from tests.validators import applications as made
from tests.validators import papers_made
from validators.assess import assess
from validators.photo.limits import CheckOutcome
from validators.photo.verdict import RuleVerdict, verdict_of
from validators.request.form import form_request
from validators.request.typed import merge_requests

FOLDER = Path(__file__).parent / "scenarios"
KEYS = {
    "id", "clause", "who", "matters", "papers", "with", "without", "born", "sex", "says", "typed",
    "today", "expect", "each", "rules", "notes", "items", "due", "whole", "told", "untold",
}  # fmt: skip
MARKS = {"seal", "seal_text", "signature", "verdict"}
Row = dict[str, Any]


# ------------------------------------------------------------------ papers

PASSPORT = {
    "name": "SMITH JOHN",
    "passport_number": "AB1234567",
    "nationality": "CAN",
    "birth_date": "1981-08-03",
    "sex": "女",
    "issue_date": "2024-06-05",
    "valid_to": "2034-06-05",
}
SOCIAL = {
    "name": papers_made.NAME,
    "social_security_number": papers_made.ID,
    "issue_date": "2019-05-06",
}
TEMPORARY = {
    "name": papers_made.NAME,
    "id_number": papers_made.ID,
    "sex": "女",
    "birth_date": "1990-03-07",
    "address": "广西南宁市青秀区民族大道1号",
    "valid_from": "2026-10-08",
    "valid_to": "2027-01-08",
}
TAIWAN = {
    "name": "林雅婷",
    "sex": "女",
    "birth_date": "1994-08-23",
    "permit_number": "12345678",
    "valid_from": "2024-06-05",
    "valid_to": "2029-06-05",
}
CIVIL = {"category": "城市低保", "issuing_authority": "南宁市青秀区民政局"}
TRANSFER = {"issuing_authority": "南宁市人才服务管理办公室", "valid_to": "2026-12-31"}
STRANGER = {
    "name": "李四平",
    "id_number": papers_made.with_check("45010319870202901"),
    "birth_date": "1987-02-02",
    "sex": "男",
}


def plain(kind: str, face: str, whole: dict[str, str]) -> Callable[..., Document]:
    """A builder of papers of this kind, in order as they stand."""

    def build(document_id: str, **fields: Any) -> Document:
        return made.original(
            papers_made.paper(kind, document_id, faces=(face,), **(whole | fields))
        )

    return build


BUILDERS: dict[str, Callable[..., Document]] = {
    "form": made.form,
    "card": made.card,
    "booklet": made.booklet,
    "disability": lambda d, **f: made.original(papers_made.disability(d, **f)),
    "permit": lambda d, **f: made.original(papers_made.residence_permit(d, **f)),
    "hmt_permit": made.hmt_permit,
    "hk_pass": made.hk_pass,
    "tw_pass": plain("taiwan_travel_permit", "front", TAIWAN),
    "foreign_card": made.foreign_card,
    "lodging": made.lodging,
    "passport": plain("passport", "page", PASSPORT),
    "social_card": plain("social_security_card", "front", SOCIAL),
    "temporary": plain("temporary_id_card", "portrait", TEMPORARY),
    "undertaking": lambda d, **f: made.original(papers_made.undertaking(d, **f)),
    "proxy_card": lambda d, **f: made.proxy_card(d),
    "stranger": lambda d, **f: made.card(d, **(STRANGER | f)),
    "photo": lambda d, verdict="pass", **f: made.photo(d, verdict),
    "civil": lambda d, **f: made.proof(
        "civil_affairs_proof", d, **(CIVIL | f)
    ),
    "group": lambda d, **f: made.proof("group_proof", d, **f),
    "transfer": lambda d, **f: made.proof(
        "transfer_letter", d, **(TRANSFER | f)
    ),
    "separation": lambda d, **f: made.proof(
        "separation_document", d, **({"issuing_authority": "南宁市第一中学"} | f)
    ),
    "police": lambda d, **f: made.proof(
        "police_change_proof", d, **({"issuing_authority": "南宁市公安局青秀分局南湖派出所"} | f)
    ),
}  # fmt: skip


def member(text: str) -> dict[str, Reading]:
    """A row of the list of members: ``name/number``."""
    values = dict(zip(("name", "id_number"), text.split("/"), strict=False))
    return {k: Reading(value=v, raw=v, confidence=0.99) for k, v in values.items()}


def build(text: str, document_id: str, born: dict[str, Any]) -> Document:
    """The paper that a row names."""
    name, *parts = (part.strip() for part in text.split("|"))
    given = {k.strip(): v.strip() for k, v in (part.split("=", 1) for part in parts)}
    own = born if name in ("card", "booklet") else {}
    kept_apart = {*MARKS, "copy", "faces", "doubtful", "photo_rule"}
    special = {k: given.pop(k) for k in list(given) if k in kept_apart}
    members = given.pop("member", "")
    known = {"doubtful": tuple(special["doubtful"].split())} if "doubtful" in special else {}
    if name == "photo" and "verdict" in special:
        known["verdict"] = special["verdict"]  # type: ignore[assignment]
    blank = [k for k, v in given.items() if v == "-"]
    document = BUILDERS[name](document_id, **(own | given | known))
    update: dict[str, Any] = {
        "fields": {k: r for k, r in document.fields.items() if k not in blank},
        "marks": document.marks | {k: v for k, v in special.items() if k in MARKS},
    }
    if "photo_rule" in special:
        row = RuleVerdict(
            rule=special["photo_rule"],
            verdict=CheckOutcome(special["verdict"]),
            message="不符合要求",
            cure="请按要求提供照片",
        )
        update["marks"]["rules"] = verdict_of((row,)).model_dump_json()
    if "copy" in special:
        update["quality"] = Quality(copy_=special["copy"] == "yes")
    if "faces" in special:
        update["faces"] = tuple(special["faces"].split())
    if members:
        update["tables"] = {"members": tuple(map(member, members.split()))}
    return document.model_copy(update=update)


# ------------------------------------------------------------------ rows


@cache
def rows() -> tuple[Row, ...]:
    """Every row of every file, with what its file gives to all."""
    found: list[Row] = []
    for path in sorted(FOLDER.glob("*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        base = table.get("base", {})
        for row in table["row"]:
            whole = base | row
            whole["says"] = base.get("says", {}) | row.get("says", {})
            found.append(whole)
    return tuple(found)


def papers_of(row: Row) -> Iterator[Document]:
    texts = list(row.get("papers", ()))
    for added in row.get("with", ()):
        name = added.split("|")[0].strip()
        texts = [t for t in texts if t.split("|")[0].strip() != name]
    texts += row.get("with", ())
    gone = row.get("without", "").split()
    born = made.born(row["born"], row.get("sex", "女")) if "born" in row else {}
    kept = [t for t in texts if t.split("|")[0].strip() not in gone]
    for number, text in enumerate(kept, start=1):
        yield build(text, f"d{number}", born)


WHO = {
    "mainland": {"name": papers_made.NAME, "id_number": papers_made.ID},
    "hmt": {"name": papers_made.HMT["name"], "id_number": papers_made.HMT["id_number"]},
    "foreign": {"name": papers_made.FPR["name"], "id_number": papers_made.FPR["id_number"]},
}


def application_of(row: Row) -> Application:
    """The application that a row describes."""
    documents = tuple(papers_of(row))
    said = made.ORDER | WHO[row.get("who", "mainland")] | {"matters": tuple(row["matters"].split())}
    if "born" in row:
        said |= {"id_number": made.born(row["born"], row.get("sex", "女"))["id_number"]}
    said |= row["says"]
    asked = Request.model_validate({k: v for k, v in said.items() if v != "-"})
    form = form_request(documents)
    if row.get("typed", True):
        return Application(row["id"], merge_requests(asked, form), documents, asked, form)
    return Application(row["id"], merge_requests(None, form), documents, None, form)


@dataclass(frozen=True)
class Judged:
    """What the rules made of a row."""

    record: Record
    rules: dict[str, set[str]]


def judge(row: Row) -> Judged:
    application = application_of(row)
    today = row.get("today", application.request.accepted_on or made.TODAY)
    assessed = assess(application, today)
    record = Record(
        case_id=row["id"],
        channel=application.request.channel,
        applicant=assessed.applicant,
        matters=with_status(assessed.matters, assessed.findings),
        whole=whole_if_open(assessed.whole, assessed.findings),
        delivery=assessed.delivery,
        materials=assessed.materials,
        documents=tuple(record_document(d) for d in application.documents),
        findings=assessed.findings,
        provenance=Provenance(pipeline="t", ruleset="t", calendar="t", models={}),
    )
    rules: dict[str, set[str]] = {}
    for found in assessed.findings:
        rules.setdefault(found.rule, set()).add(found.severity.value)
    return Judged(record, rules)


def pairs(text: str) -> list[tuple[str, str]]:
    """``A=x B`` as pairs."""
    return [(k, v) for k, _, v in (part.partition("=") for part in text.split())]


# ------------------------------------------------------------------ tests


def test_there_are_enough_rows_and_each_says_what_it_is() -> None:
    assert len(rows()) >= 300
    names = [row["id"] for row in rows()]
    assert [n for n in set(names) if names.count(n) > 1] == []
    assert [(r["id"], set(r) - KEYS) for r in rows() if set(r) - KEYS] == []
    assert [r["id"] for r in rows() if not r.get("clause") or not r.get("expect")] == []


def test_no_two_rows_are_one_situation() -> None:
    seen: dict[str, str] = {}
    for row in rows():
        asked = application_of(row)
        told = repr((asked.request, asked.documents, asked.typed is None, row.get("today")))
        assert told not in seen, (row["id"], seen.get(told))
        seen[told] = row["id"]


def test_every_clause_of_conditions_materials_and_time_limits_is_decided_by_a_row() -> None:
    named = {clause for row in rows() for clause in row["clause"]}
    wanted = {key for key in clauses() if key.split("/")[0] in ("四", "五", "六")}
    assert len(wanted) > 40
    assert named - clauses() == set()
    assert wanted - named == set()


@pytest.mark.parametrize("row", rows(), ids=[row["id"] for row in rows()])
def test_row_is_decided_as_the_guide_says(row: Row) -> None:
    judged = judge(row)
    record, given = judged.record, judged.rules
    told = [(f.rule, f.severity.value, f.matter, f.message) for f in record.findings]
    assert record.status == row["expect"], told
    each = dict(pairs(row.get("each", "")))
    wanted = {m.code: each.get(m.code, row["expect"]) for m in record.matters}
    assert {m.code: m.status.value for m in record.matters} == wanted, told
    rules = pairs(row.get("rules", ""))
    above = {rule for rule, severities in given.items() if severities - {Severity.NOTE.value}}
    assert above == {rule for rule, _ in rules}, told
    assert [(r, s) for r, s in rules if s and s not in given[r]] == [], told
    noted = {rule for rule, severities in given.items() if "note" in severities}
    assert set(row.get("notes", "").split()) <= noted, told
    items: dict[str, set[str]] = {}
    for material in record.materials:
        items.setdefault(material.item, set()).add(material.status)
    for item, status in pairs(row.get("items", "")):
        assert status in items.get(item, {"-"}), (item, items)
    due = {m.code: m.due_on or "-" for m in record.matters}
    assert [(m, d, due[m]) for m, d in pairs(row.get("due", "")) if due[m] != d] == []
    if "whole" in row:
        assert (record.whole.due_on if record.whole else "-") == row["whole"]
    if "told" in row or "untold" in row:
        page = re.sub(
            r"<style>.*?</style>|<[^>]+>",
            "",
            render_notice(record, made.TODAY, Letterhead()),
            flags=re.S,
        )
        assert [word for word in row.get("told", ()) if word not in page] == [], page
        assert [word for word in row.get("untold", ()) if word in page] == [], page


def test_the_runner_sees_a_wrong_row() -> None:
    """A row that expects what is not so must fail, whatever it is wrong in."""
    right = next(r for r in rows() if r["expect"] == "incomplete" and r.get("rules"))
    test_row_is_decided_as_the_guide_says(right)
    for wrong in (
        {"expect": "ready"},
        {"rules": ""},
        {"rules": right["rules"] + " E-M2-1"},
        {"notes": "E-M2-11 X17"},
        {"items": "G1=waived"},
        {"told": ["没有这句话"]},
    ):
        with pytest.raises((AssertionError, KeyError)):
            test_row_is_decided_as_the_guide_says(right | wrong)
