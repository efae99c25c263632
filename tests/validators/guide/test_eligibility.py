"""Every rule of who may apply: a case that triggers it and one that does not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.finding import Severity
from pipeline.model import Application
from tests.validators.applications import (
    TODAY,
    aged,
    applied,
    assessed,
    booklet,
    card,
    foreign_card,
    foreigner,
    form,
    found_by,
    hk_pass,
    hmt,
    hmt_permit,
    lodging,
    original,
    rules_of,
    statuses,
)
from tests.validators.papers_made import (
    HMT,
    ID,
    NAME,
    disability,
    paper,
    residence_permit,
    with_check,
)
from validators.assess import WAYS
from validators.guide.facts import Facts
from validators.guide.guide import FILES, parse_guide
from validators.guide.tables import table_text

REJECT, MEND, REVIEW, NOTE = Severity.REJECT, Severity.MEND, Severity.REVIEW, Severity.NOTE
GUANGDONG = "广东省广州市天河区石牌东路1号"
WUMING = "广西南宁市武鸣县城厢镇灵源路1号"


def mainland(*matters: str, **request: object) -> Application:
    return applied(matters, form(), card(), booklet(), **request)


def pass_of(number: str) -> Application:
    permit = paper(
        "hk_macao_travel_permit",
        "d1",
        name=HMT["name"],
        permit_number=number,
        valid_to="2030-01-01",
    )
    return hmt(["M2"], form(), original(permit))


def named(item: str, old: str, new: str) -> dict[str, object]:
    return {"changes": ({"item": item, "old": old, "new": new},)}


def changing(matter: str, **request: object) -> Application:
    insured = "resident" if matter == "M6" else "employee"
    proof = paper("police_change_proof", "d5", name=NAME, id_number=ID)
    said = {"insured_medical": insured, **named("mobile", "13000000000", "13000003749")}
    return applied([matter], form(), card(), original(proof), **(said | request))


def archive(direction: str = "in", holder: str = "talent_centre") -> dict[str, object]:
    return {"archive": {"direction": direction, "holder": holder}}


PERMIT = original(residence_permit(current_address="广西柳州市城中区中山路2号"))
AWAY = {"enrol_division": "450202"}

TRIGGERED: list[tuple[str, Severity, Application]] = [
    ("E-0", REVIEW, mainland("M3", flex_type=...)),
    ("E-1", MEND, hmt(["M3"], form(), hk_pass(valid_from="2016-11-22", valid_to="2026-11-22"))),
    ("E-0", REVIEW, mainland("M3", employment="public_institution")),
    ("E-0", REVIEW, mainland("M7", employment="employed")),
    ("E-M2-10", REVIEW, mainland("M2", insured_pension="resident")),
    ("E-M2-11", NOTE, applied(["M2"], form(), card(), booklet(), original(disability()))),
    ("E-M3-4", REVIEW, mainland("M3", insured_pension="employee")),
    ("E-M57-8", REVIEW, mainland("M5", insured_medical="resident")),
    ("E-M57-8", REVIEW, mainland("M5", insured_medical="employee")),
    ("E-M57-8", REVIEW, mainland("M7", insured_medical="employee")),
    ("E-M1-1", REVIEW, mainland("M1", employment="employed", **archive())),
    ("E-M1-1", REVIEW, mainland("M1", employment=..., **archive())),
    ("E-M1-1", REVIEW, mainland("M1")),
    ("E-M1-2", REVIEW, mainland("M1", enrol_division="450202", **archive())),
    ("E-M1-2", REVIEW, mainland("M1", enrol_division=..., **archive())),
    (
        "E-M2-1",
        REJECT,
        applied(["M2"], form(), card(address=GUANGDONG), booklet(address=GUANGDONG)),
    ),
    (
        "E-M2-1",
        REVIEW,
        applied(
            ["M2"],
            form(),
            original(paper("social_security_card", "d1", name=NAME, social_security_number=ID)),
        ),
    ),
    ("E-M2-2", REJECT, mainland("M2", enrol_division="450105")),
    ("E-M2-2", REVIEW, mainland("M2", enrol_division=...)),
    ("E-M2-3", REJECT, aged(["M2"], "2010-11-24")),
    ("E-M2-4", REJECT, mainland("M2", is_student=True)),
    ("E-M2-4", REVIEW, mainland("M2", is_student=...)),
    ("E-M2-5", REJECT, mainland("M2", employment="public_institution")),
    ("E-M2-5", REVIEW, mainland("M2", employment=...)),
    ("E-M2-6", REJECT, mainland("M2", insured_pension="employee")),
    ("E-M2-6", REVIEW, mainland("M2", insured_pension=...)),
    ("E-M2-6", REVIEW, mainland("M2", employment="employed")),
    ("E-M2-7", REJECT, hmt(["M2"], form(), hmt_permit(address=GUANGDONG))),
    ("E-M2-7", REJECT, hmt(["M2"], form(), hmt_permit(), employment="employed")),
    ("E-M2-7", REJECT, pass_of("HA1234567")),
    ("E-M2-8", REVIEW, hmt(["M2"], form(), hmt_permit(), enrol_division="450202")),
    ("E-M2-9", REJECT, foreigner(["M2"], form(), foreign_card())),
    ("E-M2-9", REVIEW, applied(["M2"], form(), id_number=...)),
    ("E-M3-1", REJECT, aged(["M3"], "1966-01-15", "男", accepted_on=date(2026, 5, 15))),
    ("E-M3-1", REVIEW, aged(["M3"], "1976-06-10", "女", accepted_on=date(2027, 4, 1))),
    ("E-M3-1", REVIEW, applied(["M3"], form(), id_number=...)),
    ("E-M3-2", REVIEW, aged(["M3"], "2012-01-01")),
    ("E-M3-3", REVIEW, foreigner(["M3"], form(), foreign_card())),
    (
        "E-M3-3",
        REVIEW,
        hmt(
            ["M3"],
            form(),
            original(
                paper("hk_macao_travel_permit", "d1", name=HMT["name"], permit_number="H12345678")
            ),
        ),
    ),
    ("E-M57-1", REJECT, aged(["M5"], "2010-11-24")),
    ("E-M57-1", REJECT, aged(["M7"], "2010-11-24")),
    ("E-M57-2", REVIEW, mainland("M5", employment="employed")),
    ("E-M57-3", REJECT, hmt(["M7"], form(), hmt_permit(address=GUANGDONG))),
    (
        "E-M57-3",
        REVIEW,
        hmt(
            ["M5"],
            form(),
            original(
                paper("hk_macao_travel_permit", "d1", name=HMT["name"], permit_number="MA1234567")
            ),
        ),
    ),
    ("E-M57-4", REJECT, foreigner(["M5"], form(), foreign_card(), lodging(address=GUANGDONG))),
    (
        "E-M57-4",
        REJECT,
        foreigner(["M5"], form(), foreign_card(), lodging(), employment="employed"),
    ),
    ("E-M7-5", REVIEW, foreigner(["M7"], form(), foreign_card(), lodging())),
    ("E-M57-6", REJECT, mainland("M5", enrol_division="440106")),
    ("E-M57-6", REJECT, hmt(["M5"], form(), hmt_permit(), enrol_division="450202")),
    ("E-M57-6", REVIEW, mainland("M7", enrol_division="450105")),
    ("E-M57-6", REVIEW, mainland("M5", enrol_division=...)),
    (
        "E-M57-7",
        MEND,
        applied(
            ["M5"],
            form(),
            card(),
            original(residence_permit(current_address=GUANGDONG)),
            enrol_division="450202",
        ),
    ),
    # Where the permit says that he lives was not read.
    (
        "E-M57-6",
        REVIEW,
        applied(
            ["M5"],
            form(),
            card(),
            original(residence_permit(current_address="")),
            enrol_division="450202",
        ),
    ),
    (
        "E-M57-7",
        REVIEW,
        applied(
            ["M7"],
            form(),
            card(),
            original(residence_permit(valid_to="", valid_from="2025-03-01")),
            enrol_division="450202",
        ),
    ),
    ("E-M68-1", REJECT, changing("M6", insured_medical="none")),
    ("E-M68-1", REJECT, changing("M8", insured_medical="resident")),
    ("E-M68-1", REVIEW, changing("M6", insured_medical=...)),
    ("E-M68-2", MEND, changing("M6", changes=())),
    ("E-M68-2", MEND, changing("M6", changes=...)),
    ("E-M68-2", MEND, changing("M8", **named("mobile", "13000003749", "+86 13000003749"))),
    ("E-M68-2", MEND, changing("M8", **named("mobile", "13000003749", ""))),
    (
        "E-M68-2",
        REVIEW,
        changing(
            "M8",
            changes=(
                {"item": "mobile", "new": "13000003749"},
                {"item": "mobile", "new": "13000003740"},
            ),
        ),
    ),
    ("E-M68-3", REVIEW, changing("M6", channel=..., **named("name", "韦小花", NAME))),
    ("E-M68-3", REVIEW, changing("M8", channel="mail", **named("name", "韦小花", NAME))),
    ("E-M68-3", REVIEW, changing("M8", **named("other", "农业户口", "居民户口"))),
    ("CH-M6", REJECT, changing("M6", channel="online", **named("name", "韦小花", NAME))),
    ("CH-M8", REJECT, changing("M8", channel="online", **named("id_number", ID[:17] + "0", ID))),
    ("CH-M8", REJECT, changing("M8", channel="online", **named("birth_date", "1990-03-08", "x"))),
    # The number is a woman's: a man's sex would need a new number (A19).
    ("CH-M8", REJECT, changing("M8", channel="online", **named("sex", "女", "男"))),
    ("E-M4-1", REJECT, mainland("M4", card_applied_before=True)),
    ("E-M4-1", REVIEW, mainland("M4", card_applied_before=...)),
    (
        "E-M4-1",
        REVIEW,
        applied(
            ["M4"],
            form(),
            card(),
            original(paper("social_security_card", "d9", name=NAME, social_security_number=ID)),
        ),
    ),
    ("E-M4-2", REVIEW, mainland("M4", employment="employed")),
    ("E-M9-1", REVIEW, mainland("M9")),
    ("E-M9-1", REVIEW, mainland("M9", insured_pension=...)),
    ("EXC-M9", REVIEW, mainland("M2", "M9")),
    ("EXC-M9", REVIEW, mainland("M9", insured_medical="resident")),
]

SILENT: list[tuple[tuple[str, ...], Application]] = [
    (("E-0", "E-1", "E-M3-1", "E-M3-2", "E-M3-3", "E-M57-1", "E-M57-6", "E-M7-5"),
     mainland("M3", "M7", "M9")),
    (("E-M9-1", "EXC-M9"), mainland("M3", "M7", "M9")),
    (("E-M9-1", "EXC-M9"), mainland("M9", insured_pension="employee")),
    (("E-M9-1", "EXC-M9"), mainland("M9", "M5", insured_medical="employee")),
    (("E-M1-1", "E-M1-2"), mainland("M1", **archive())),
    (("E-M1-1", "E-M1-2"), mainland("M1", employment="flexible", **archive("out"))),
    (("E-M2-1", "E-M2-2", "E-M2-3", "E-M2-4", "E-M2-5", "E-M2-6", "E-M2-9"), mainland("M2")),
    (("E-M2-3",), aged(["M2"], "2010-11-23")),
    (("E-M57-1",), aged(["M5", "M7"], "2010-11-23")),
    (("E-M2-1", "E-M2-2"),
     applied(["M2"], form(), card(address=WUMING), booklet(address=WUMING),
             enrol_division="450110")),
    # The place of enrolment under its old code.
    (("E-M2-2",),
     applied(["M2"], form(), card(address=WUMING), booklet(address=WUMING),
             enrol_division="450122")),
    (("E-M2-7", "E-M2-8", "E-M2-9", "E-M57-2", "E-M57-3", "E-M57-6"),
     hmt(["M2", "M5"], form(), hmt_permit())),
    (("E-M3-3",), hmt(["M3"], form(), hmt_permit())),
    (("E-M2-7",), hmt(["M2"], form(), hmt_permit(), employment="flexible")),
    (("E-M2-7",), pass_of("H12345678")),
    (("E-M57-4", "E-M57-6"), foreigner(["M5"], form(), foreign_card(), lodging())),
    (("E-M3-1",), aged(["M3"], "1966-01-15", "男", accepted_on=date(2026, 5, 14))),
    (("E-M3-1",), aged(["M3"], "1976-06-10", "女", accepted_on=date(2027, 2, 28))),
    (("E-M57-6", "E-M57-7"), applied(["M5", "M7"], form(), card(), PERMIT, **AWAY)),
    (("E-M57-6", "E-M57-7"), mainland("M5", enrol_division="450202")),  # MAT-5.1 says it
    (("E-M68-1", "E-M68-2", "E-M68-3", "CH-M6"), changing("M6", channel="online")),
    (("E-M68-1", "E-M68-2", "E-M68-3", "CH-M8"), changing("M8", channel=...)),
    (("E-M68-3", "CH-M6"), changing("M6", **named("name", "韦小花", NAME))),
    (("E-M68-3", "CH-M8"), changing("M8", channel="online", **named("sex", "男", "女"))),
    (("E-M4-1", "E-M4-2"), mainland("M4")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "severity", "application"), TRIGGERED, ids=[f"{r}-{s}" for r, s, _ in TRIGGERED]
)
def test_rule_speaks_when_its_condition_fails(
    rule: str, severity: Severity, application: Application
) -> None:
    assert severity in rules_of(application).get(rule, set())


@pytest.mark.parametrize(("rules", "application"), SILENT, ids=[" ".join(r) for r, _ in SILENT])
def test_rules_are_silent_when_their_conditions_hold(
    rules: tuple[str, ...], application: Application
) -> None:
    given_rules = rules_of(application)
    assert [rule for rule in rules if rule in given_rules] == []


def test_finding_names_only_the_matter_that_the_rule_stops() -> None:
    application = mainland("M2", "M5", is_student=True)
    assert [f.matter for f in found_by(application, "E-M2-4")] == ["M2"]
    assert statuses(application) == {"M2": "ineligible", "M5": "ready"}


def test_rule_about_everybody_names_no_matter() -> None:
    assert [f.matter for f in found_by(mainland("M3", "M4", flex_type=...), "E-0")] == [None]


def test_doubtful_address_is_reviewed_when_it_would_reject() -> None:
    application = applied(
        ["M2"], form(), card(address=GUANGDONG, doubtful=("address",)), booklet(address="")
    )
    assert rules_of(application)["E-M2-1"] == {REVIEW}


def test_doubtful_address_rejects_when_two_papers_agree() -> None:
    application = applied(
        ["M2"],
        form(),
        card(address=GUANGDONG, doubtful=("address",)),
        booklet(address=GUANGDONG + "2栋", doubtful=("address",)),
    )
    assert rules_of(application)["E-M2-1"] == {REJECT}


def test_doubtful_address_rejects_when_another_paper_is_a_character_off() -> None:
    """``鱼蜂`` for ``鱼峰``: too little alone, enough beside a paper that names the county."""
    almost, doubted = "广西柳州市鱼蜂区中山路1号", ("address",)
    named = booklet(address="广西柳州市鱼峰区中山路1号", doubtful=doubted)
    assert rules_of(applied(["M2"], form(), card(address=almost)))["E-M2-2"] == {REVIEW}
    assert rules_of(applied(["M2"], form(), card(address=""), named))["E-M2-2"] == {REVIEW}
    assert rules_of(applied(["M2"], form(), card(address=almost), named))["E-M2-2"] == {REJECT}


def test_household_that_names_no_place_is_looked_at() -> None:
    nowhere = "民族大道1号"
    application = applied(["M2"], form(), card(address=nowhere), booklet(address=nowhere))
    assert rules_of(application)["E-M2-1"] == {REVIEW}


def test_sex_that_has_no_age_of_retirement_is_looked_at() -> None:
    card_says = {"sex": "X", "id_number": "", "birth_date": "1950-01-01"}
    application = applied(["M3"], form(), card(**card_says), id_number=...)
    assert rules_of(application)["E-M3-1"] == {REVIEW}


@pytest.mark.parametrize(
    ("line", "stands"), [("BOTH", "between"), ("F50", "past"), ("F55", "before")]
)
def test_an_office_may_decide_which_age_of_retirement_women_have(line: str, stands: str) -> None:
    """A woman of 52: 50 is past, 55 is to come."""
    texts = {name: table_text(name) for name in FILES}
    written = texts["guide.toml"].replace('female_line = "BOTH"', f'female_line = "{line}"')
    rules = parse_guide(texts | {"guide.toml": written})
    facts = Facts(aged(["M3"], "1974-06-01"), TODAY, rules, WAYS)
    assert facts["retirement"].value == stands


@pytest.mark.parametrize(
    ("grade", "told"),
    [("二级", {NOTE}), ("三级", None), ("", None)],
    ids=["two", "three", "unread"],
)
def test_group_that_a_paper_proves_is_named_where_it_was_not_chosen(
    grade: str, told: set[Severity] | None
) -> None:
    certificate = original(disability(grade=grade))
    application = applied(["M2"], form(), card(), booklet(), certificate)
    assert rules_of(application).get("E-M2-11") == told


def test_booklet_decides_when_card_has_another_household() -> None:
    application = applied(["M2"], form(), card(address=GUANGDONG), booklet())
    assert "E-M2-1" not in rules_of(application)


def test_nobody_is_too_young_by_a_birth_date_that_is_to_come() -> None:
    """A birth date after the day of acceptance is a misreading or a forgery, never an age."""
    application = aged(["M2", "M5"], "2099-01-01")
    assert not [f for f in assessed(application).findings if f.severity == REJECT]
    assert rules_of(application)["ID-FUTURE"] == {REVIEW}
    assert rules_of(application)["E-M57-1"] == {REVIEW}


def test_number_never_tells_the_household() -> None:
    """The first six digits are the place of first registration."""
    number = with_check("440106" + ID[6:17])
    application = applied(
        ["M2"], form(), card(id_number=number), booklet(id_number=number), id_number=number
    )
    assert "E-M2-1" not in rules_of(application)


def test_declaration_ticked_with_doubt_is_reviewed_when_it_would_reject() -> None:
    application = mainland("M2", is_student=True)
    doubtful = form(is_student="true", doubtful=("is_student",))
    read = Application(
        "c1", application.request, (doubtful, card(), booklet()), None, application.request
    )
    assert rules_of(read)["E-M2-4"] == {REVIEW}


@settings(deadline=None)
@given(
    st.dates(date(1930, 1, 1), date(2024, 12, 31)), st.dates(date(2025, 1, 1), date(2036, 12, 31))
)
def test_sixteen_is_reached_on_the_birthday(birth: date, day: date) -> None:
    sixteenth = birth.replace(year=birth.year + 16)  # a leap year again for 29 February
    application = aged(["M5"], birth.isoformat(), accepted_on=day)
    assert ("E-M57-1" in rules_of(application, day)) == (day < sixteenth)


@given(st.dates(date(2009, 1, 1), date(2011, 1, 1)), st.integers(-1, 1))
def test_age_rule_flips_exactly_at_the_sixteenth_birthday(birth: date, shift: int) -> None:
    day = birth.replace(year=birth.year + 16) + timedelta(days=shift)
    application = aged(["M2"], birth.isoformat(), accepted_on=day)
    assert ("E-M2-3" in rules_of(application, day)) == (shift < 0)


def test_household_is_the_address_that_was_placed() -> None:
    """The booklet's address was covered by its stamp: the card's stands in, but not surely."""
    application = applied(
        ["M2"], form(), card(address=GUANGDONG), booklet(address="线上反馈线下邮寄")
    )
    household = assessed(application).applicant.household
    assert household is not None
    assert (household.division, household.address) == ("440106", GUANGDONG)
    assert rules_of(application)["E-M2-1"] == {REVIEW}


def test_booklet_that_does_not_show_the_applicant_says_nothing_of_the_household() -> None:
    head = original(paper("hukou", "d2", faces=("head",), address=GUANGDONG))
    household = assessed(applied(["M5"], form(), card(), head)).applicant.household
    assert household is not None and household.division == "450103"


def test_a_condition_that_is_unknown_is_told_once_to_each_matter() -> None:
    nobody = applied(["M2", "M5"], form(), id_number=...)
    unknown = "申请人类别（大陆居民、港澳台居民、外国人）不明，无法判断受理条件"
    told = [f for f in assessed(nobody).findings if unknown in f.message]
    assert [(f.rule, f.severity, f.matter) for f in told] == [
        ("E-M2-1", REVIEW, "M2"),
        ("E-M57-2", REVIEW, "M5"),
    ]


def test_rules_of_matters_that_nobody_chose_are_silent() -> None:
    nobody = applied(["M3"], form(), id_number=...)
    rules = [f.rule for f in assessed(nobody).findings if f.rule.startswith(("E-M", "CH-"))]
    assert rules and all(rule.startswith("E-M3") for rule in rules)


def test_a_finding_names_the_first_paper_that_its_fact_rests_on() -> None:
    both = applied(["M2"], form(), card(address=GUANGDONG), booklet(address=GUANGDONG))
    regions = [f for f in assessed(both).findings if f.severity == REJECT and f.document]
    assert {f.document for f in regions} == {"d2"}
