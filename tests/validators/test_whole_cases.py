"""Whole applications, judged by all rules together: domain.md 7 and what windows see every day."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.finding import Severity
from pipeline.model import Application, Document, DocumentType, PageRef, Quality, Reading, Request
from pipeline.record import status_of, with_status
from pipeline.status import Status
from tests.validators.applications import (
    applied,
    assessed,
    booklet,
    born,
    card,
    foreign_card,
    foreigner,
    form,
    hmt,
    hmt_permit,
    items,
    lodging,
    original,
    photo,
    proof,
    proxy_card,
    record,
    rules_of,
    statuses,
)
from tests.validators.papers_made import (
    ID,
    NAME,
    PROXY_ID,
    PROXY_NAME,
    disability,
    paper,
    residence_permit,
    undertaking,
)
from validators.assess import assess

GUANGDONG = "广东省广州市天河区石牌东路1号"
PROXY = {"proxy": {"name": PROXY_NAME, "id_number": PROXY_ID}}
YOUNG = born("1995-03-07")
AWAY = {"enrol_division": "450202"}
RENAMED: dict[str, Any] = {
    "insured_medical": "resident",
    "changes": ({"item": "name", "old": "韦小花", "new": NAME},),
}
changed = proof("police_change_proof", old_name="韦小花", new_name=NAME)
abroad = card(address=GUANGDONG, issuing_authority="广州市公安局天河分局")
permit = original(residence_permit(address=GUANGDONG))

Case = tuple[str, Application, dict[str, str], set[str]]
"""What it is, the application, the status of each matter, rules above a note (all of them)."""

CASES: list[Case] = [
    (
        "employee track",
        applied(["M3", "M7", "M9"], form(), card()),
        {"M3": "ready", "M7": "ready", "M9": "ready"},
        set(),
    ),
    (
        "resident track of a disabled person",
        applied(
            ["M2", "M5"], form(), card(), booklet(), original(disability()), special_groups=("SG1",)
        ),
        {"M2": "ready", "M5": "ready"},
        set(),
    ),
    (
        "household outside, M2",
        applied(["M2"], form(), abroad, booklet(address=GUANGDONG)),
        {"M2": "ineligible"},
        {"E-M2-1"},
    ),
    (
        "household outside, M5, permit of the place",
        applied(["M5"], form(), abroad, permit, **AWAY),
        {"M5": "ready"},
        set(),
    ),
    (
        "household outside, M5, no permit",
        applied(["M5"], form(), abroad, **AWAY),
        {"M5": "incomplete"},
        {"MAT-5.1"},
    ),
    (
        "household outside, M5, permit of another place",
        applied(["M5"], form(), abroad, permit, enrol_division="450302"),
        {"M5": "incomplete"},
        {"X19"},
    ),
    (
        "card without photo",
        applied(["M4"], form(), card()),
        {"M4": "incomplete"},
        {"MAT-4.2"},
    ),
    (
        "card with photo beside the employee track",
        applied(["M3", "M4", "M7", "M9"], form(), card(), photo()),
        {"M3": "ready", "M4": "ready", "M7": "ready", "M9": "ready"},
        set(),
    ),
    (
        "Hong Kong resident",
        hmt(["M2", "M5"], form(), hmt_permit()),
        {"M2": "ready", "M5": "ready"},
        set(),
    ),
    (
        "foreigner, M5",
        foreigner(["M5"], form(), foreign_card(), lodging()),
        {"M5": "ready"},
        set(),
    ),
    (
        "both pensions",
        applied(["M2", "M3", "M5"], form(), card(), booklet()),
        {"M2": "ineligible", "M3": "ineligible", "M5": "ready"},
        {"EXC-M2-M3"},
    ),
    (
        "new name, online",
        applied(["M6"], card(), changed, channel="online", **RENAMED),
        {"M6": "ineligible"},
        {"CH-M6"},
    ),
    (
        "new name, at the window",
        applied(["M6"], form(), card(), changed, **RENAMED),
        {"M6": "ready"},
        set(),
    ),
    (
        "proxy with everything",
        applied(["M3"], form(), card(), original(undertaking()), proxy_card(), **PROXY),
        {"M3": "ready"},
        set(),
    ),
    (
        "proxy whose undertaking is not signed",
        applied(
            ["M3"], form(), card(), original(undertaking(signature="no")), proxy_card(), **PROXY
        ),
        {"M3": "incomplete"},
        {"X15"},
    ),
    (
        "identity card expired yesterday",
        applied(["M3"], form(), card(**YOUNG, valid_from="2016-11-22", valid_to="2026-11-22"),
            id_number=YOUNG["id_number"]),
        {"M3": "incomplete"},
        {"DOC-EXPIRED"},
    ),
    (
        "identity card valid to the day",
        applied(["M3"], form(), card(**YOUNG, valid_from="2016-11-23", valid_to="2026-11-23"),
            id_number=YOUNG["id_number"]),
        {"M3": "ready"},
        set(),
    ),
    (
        "no identity paper",
        applied(["M2"], form(), booklet()),
        {"M2": "incomplete"},
        {"MAT-G2"},
    ),
    (
        "somebody else's identity card",
        applied(
            ["M3"],
            form(),
            card(name="农志强", id_number=PROXY_ID, birth_date="1985-01-01", sex="男"),
        ),
        {"M3": "incomplete"},
        {"X1", "MAT-G2"},
    ),
    (
        "archive from a state unit without the separation paper",
        applied(
            ["M1"], form(), card(), archive={"direction": "in", "holder": "state_unit"}
        ),
        {"M1": "incomplete"},
        {"MAT-1.2"},
    ),
    (
        "fee declaration on resident schemes",
        applied(["M5", "M9"], form(), card()),
        {"M5": "ready", "M9": "review"},
        {"EXC-M9"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("_", "application", "expected", "rules"), CASES, ids=[c[0] for c in CASES]
)
def test_application_is_judged_as_it_should_be(
    _: str, application: Application, expected: dict[str, str], rules: set[str]
) -> None:
    given_rules = rules_of(application)
    spoken = {rule for rule, given in given_rules.items() if given != {Severity.NOTE}}
    assert statuses(application) == expected
    assert spoken == rules


def test_applicant_comes_from_the_papers_and_is_completed_by_the_form() -> None:
    made = assessed(CASES[0][1]).applicant
    assert made.model_dump(exclude_none=True) == {
        "category": "mainland",
        "name": NAME,
        "sex": "女",
        "birth_date": "1990-03-07",
        "ethnicity": "壮",
        "id_type": "id_card",
        "id_number": ID,
        "id_valid_from": "2020-05-06",
        "id_valid_to": "2040-05-06",
        "household": {"division": "450103", "address": "广西南宁市青秀区民族大道1号"},
        "mobile": "13000003749",
        "postcode": "530022",
    }


def test_name_that_was_typed_counts_before_one_read_with_doubt() -> None:
    doubtful = card(name="韦小旁", doubtful=("name",))
    application = applied(["M3"], form(), doubtful)
    assert assessed(application).applicant.name == NAME
    assert rules_of(application)["X14"] == {Severity.REVIEW}


def test_resident_of_hong_kong_has_a_residence_and_no_household() -> None:
    made = assessed(hmt(["M5"], form(), hmt_permit())).applicant
    assert (made.category, made.id_type, made.household) == ("hmt", "hmt_residence_permit", None)
    assert made.residence is not None and made.residence.division == "450103"


def test_matter_that_cannot_go_on_is_not_due() -> None:
    made = record(applied(["M2", "M5"], form(), card()))
    assert {m.code: (m.due_on, m.calendar) for m in made.matters} == {
        "M2": (None, None),
        "M5": ("2026-11-23", "official"),
    }


def test_matter_that_is_looked_at_is_due() -> None:
    made = record(applied(["M9"], form(), card()))
    assert [(m.status, m.due_on) for m in made.matters] == [(Status.REVIEW, "2026-11-23")]


# ------------------------------------------------------------------ whatever comes in

_TEXTS = st.sampled_from(
    ["", NAME, ID, "450103", "1990-03-07", "2030-01-01", "长期", "1990-03", "广西南宁市青秀区1号",
     GUANGDONG, "男", "女", "一级", "低保", "810000199408230021", "E12345678", "x"]
)  # fmt: skip
_FIELDS = st.dictionaries(
    st.sampled_from(
        ["name", "id_number", "certificate_number", "permit_number", "address", "birth_date", "sex",
         "valid_to", "valid_from", "valid_until", "current_address", "grade", "category", "group",
         "former_name", "issue_date", "nationality", "proxy_name", "mrz", "issuing_authority"]
    ),
    st.tuples(_TEXTS, st.sampled_from([0.2, 0.95, 1.0])),
    max_size=8,
)  # fmt: skip


@st.composite
def documents(draw: st.DrawFn) -> Document:
    return Document(
        id=f"d{draw(st.integers(0, 99))}",
        type=draw(st.sampled_from(DocumentType)),
        pages=(PageRef(file="a.jpg", page=1, sha256="0" * 64),),
        faces=tuple(draw(st.sets(st.sampled_from(["portrait", "emblem", "head", "member"])))),
        fields={
            name: Reading(value=value, raw=value, confidence=confidence)
            for name, (value, confidence) in draw(_FIELDS).items()
        },
        marks=draw(
            st.dictionaries(
                st.sampled_from(["signature", "seal", "verdict"]),
                st.sampled_from(["yes", "no", "unsure", "pass", "fail", "review"]),
            )
        ),
        quality=Quality(copy_=draw(st.none() | st.booleans())),
    )


_REQUESTS = st.builds(
    Request,
    channel=st.sampled_from([None, "window", "online", "mail"]),
    accepted_on=st.none() | st.dates(date(2000, 1, 1), date(2060, 1, 1)),
    matters=st.sets(st.sampled_from([f"M{n}" for n in range(1, 10)])).map(
        lambda codes: tuple(sorted(codes))
    ),
    name=st.sampled_from([None, NAME, "甲"]),
    id_number=st.sampled_from([None, ID, "1", "810000199408230021"]),
    employment=st.sampled_from([None, "unemployed", "employed"]),
    flex_type=st.sampled_from([None, "other"]),
    insured_medical=st.sampled_from([None, "none", "resident", "employee"]),
    enrol_division=st.sampled_from([None, "450103", "450202", "440106", "452123"]),
    special_groups=st.sets(st.sampled_from(["SG1", "SG3", "SG5"])).map(tuple),
    changes=st.sampled_from([(), ({"item": "name", "old": "甲", "new": NAME},)]),
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(_REQUESTS, st.lists(documents(), max_size=5, unique_by=lambda d: d.id), st.booleans())
def test_no_application_whatever_raises(
    request: Request, papers: list[Document], typed: bool
) -> None:
    application = Application(
        "c1", request, tuple(papers), request if typed else None, None if typed else request
    )
    made = assess(application, date(2026, 11, 23))
    matters = with_status(made.matters, made.findings)
    assert tuple(m.code for m in matters) == request.matters
    known = {d.id for d in papers}
    assert {f.document for f in made.findings} <= known | {None}
    assert {f.matter for f in made.findings} <= {*request.matters, None}
    assert all(set(m.documents) <= known for m in made.materials)
    # A ready application lacks nothing.
    if request.matters and status_of(made.findings) == Status.READY:
        assert {m.status for m in made.materials} <= {"present", "waived"}


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(_REQUESTS, st.lists(documents(), max_size=4, unique_by=lambda d: d.id))
def test_nothing_rejects_on_a_doubtful_reading(request: Request, papers: list[Document]) -> None:
    """Where the request was read with doubt from a form, and every paper too, nobody is turned
    away."""
    doubtful = [
        d.model_copy(
            update={
                "fields": {
                    name: r.model_copy(update={"confidence": 0.3, "doubts": ("score",)})
                    for name, r in d.fields.items()
                }
            }
        )
        for d in papers
        if d.type != DocumentType.APPLICATION_FORM
    ]
    application = Application("c1", request, tuple(doubtful), None, request)
    made = assess(application, date(2026, 11, 23))
    assert [f for f in made.findings if f.severity == Severity.REJECT] == []


def test_items_of_unmarked_forms_are_unsure_and_never_present() -> None:
    bare = original(paper("application_form", "f1", faces=("page",)))
    assert items(applied(["M3"], bare, card()))["G1"] == "unsure"
