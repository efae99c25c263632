"""Every material of domain.md 1.8: missing once, present once, and what lies between."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pipeline.finding import Severity
from pipeline.model import Application, Document, Quality, Reading, Request
from tests.validators.applications import (
    applied,
    assessed,
    booklet,
    card,
    foreign_card,
    foreigner,
    form,
    found_by,
    hmt,
    hmt_permit,
    items,
    lodging,
    original,
    photo,
    proof,
    proxy_card,
    rules_of,
    status,
    statuses,
)
from tests.validators.papers_made import (
    HMT,
    ID,
    NAME,
    PASSPORT,
    PROXY_ID,
    PROXY_NAME,
    disability,
    paper,
    residence_permit,
    undertaking,
)
from validators.guide.guide import guide
from validators.photo.limits import CheckOutcome
from validators.photo.verdict import RuleVerdict, verdict_of

PROXY = {"proxy": {"name": PROXY_NAME, "id_number": PROXY_ID}}
OUT = {"archive": {"direction": "out", "holder": "talent_centre"}}
IN = {"archive": {"direction": "in", "holder": "state_unit"}}
AWAY = {"enrol_division": "450202"}
RENAMED = {"changes": ({"item": "name", "old": "韦小花", "new": NAME},), "employment": "unemployed"}
OLD_NAME = {"name": NAME, "old_name": "韦小花", "new_name": NAME}

permit = original(residence_permit())
letter = original(undertaking())
certificate = original(disability())
low_income = proof("civil_affairs_proof", category="城镇低保")
hmt_pass = original(
    paper("hk_macao_travel_permit", "d3", name=HMT["name"], permit_number="H12345678",
          valid_to="2030-01-01")
)  # fmt: skip


def member(*matters: str, **request: Any) -> Application:
    return applied(matters, form(), card(), booklet(), **request)


def group(code: str, *documents: Document, **request: Any) -> Application:
    return applied(["M2"], form(), card(), booklet(), *documents, special_groups=(code,), **request)


Row = tuple[str, Application, Application]
"""An item, an application in which only it is missing, one in which it is there."""

ROWS: list[Row] = [
    ("G1", applied(["M3"], card()), member("M3")),
    ("G2", applied(["M3"], form()), member("M3")),
    (
        "G3a",
        applied(["M3"], form(), card(), letter, **PROXY),
        applied(["M3"], form(), card(), letter, proxy_card(), **PROXY),
    ),
    (
        "G3b",
        applied(["M3"], form(), card(), proxy_card(), **PROXY),
        applied(["M3"], form(), card(), letter, proxy_card(), **PROXY),
    ),
    (
        "1.2",
        member("M1", **IN),
        applied(["M1"], form(), card(), proof("separation_document"), **IN),
    ),
    ("1.3", member("M1", **OUT), applied(["M1"], form(), card(), proof("transfer_letter"), **OUT)),
    ("2.1", applied(["M2"], form(), card()), member("M2")),
    ("2.2", group("SG1"), group("SG1", certificate)),
    ("2.3", group("SG2"), group("SG2", proof("civil_affairs_proof", category="特困供养"))),
    ("2.4", group("SG3"), group("SG3", low_income)),
    ("2.5a", group("SG4"), group("SG4", proof("group_proof", group="村干部"))),
    ("2.5b", group("SG5", certificate), group("SG5", certificate, low_income)),
    ("2.5b", group("SG5", low_income), group("SG5", certificate, low_income)),
    ("2.5c", group("SG6"), group("SG6", proof("group_proof", group="民办教师"))),
    ("2.5d", group("SG7"), group("SG7", proof("group_proof", group="代课人员"))),
    ("2.5e", group("SG8"), group("SG8", proof("group_proof", group="返贫致贫人员"))),
    ("2.6", hmt(["M2"], form(), hmt_pass), hmt(["M2"], form(), hmt_permit())),
    ("5.4", hmt(["M5"], form(), hmt_pass), hmt(["M5"], form(), hmt_permit())),
    ("7.2", hmt(["M7"], form(), hmt_pass), hmt(["M7"], form(), hmt_permit())),
    ("4.2", member("M4"), applied(["M4"], form(), card(), photo())),
    ("5.1", member("M5", **AWAY), applied(["M5"], form(), card(), permit, **AWAY)),
    (
        "5.2",
        foreigner(["M5"], form(), lodging()),
        foreigner(["M5"], form(), foreign_card(), lodging()),
    ),
    (
        "5.3",
        foreigner(["M5"], form(), foreign_card()),
        foreigner(["M5"], form(), foreign_card(), lodging()),
    ),
    (
        "6.1",
        applied(["M6"], form(), card(), insured_medical="resident", **RENAMED),
        applied(
            ["M6"], form(), card(), proof("police_change_proof", **OLD_NAME),
            insured_medical="resident", **RENAMED,
        ),
    ),
    ("7.1", member("M7", **AWAY), applied(["M7"], form(), card(), permit, **AWAY)),
    (
        "8.1",
        applied(["M8"], form(), card(), insured_medical="employee", **RENAMED),
        applied(
            ["M8"], form(), card(), proof("police_change_proof", **OLD_NAME),
            insured_medical="employee", **RENAMED,
        ),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("item", "lacking", "_"), ROWS, ids=[r[0] for r in ROWS])
def test_item_is_demanded_when_it_is_missing(
    item: str, lacking: Application, _: Application
) -> None:
    demanded = found_by(lacking, f"MAT-{item}")
    assert [f.severity for f in demanded] == [Severity.MEND]
    assert demanded[0].document is None
    assert demanded[0].hint and demanded[0].basis
    assert items(lacking)[item] in ("missing", "invalid")


@pytest.mark.parametrize(("item", "_", "whole"), ROWS, ids=[r[0] for r in ROWS])
def test_item_is_present_when_its_paper_is_there(
    item: str, _: Application, whole: Application
) -> None:
    rows = [m for m in assessed(whole).materials if m.item == item]
    assert rows
    assert all(m.status == "present" and m.documents for m in rows)
    assert found_by(whole, f"MAT-{item}") == []


WAIVERS = [
    ("2.1", "household", applied(["M2"], form(), card())),
    ("2.2", "disability", group("SG1")),
    ("2.3", "extreme_poverty", group("SG2")),
    ("2.4", "low_income", group("SG3")),
    ("2.5e", "returned_poverty", group("SG8")),
]


@pytest.mark.parametrize(("item", "kind", "lacking"), WAIVERS, ids=[w[0] for w in WAIVERS])
def test_item_is_waived_when_the_agency_verified_it(
    item: str, kind: str, lacking: Application
) -> None:
    verified = {"kind": kind, "ref": "GX1", "on": date(2026, 11, 23)}
    said = lacking.request.model_dump() | {"verified": (verified,)}
    del said["matters"]
    waived = applied(["M2"], *lacking.documents, **said)
    assert items(waived)[item] == "waived"
    assert f"MAT-{item}" not in rules_of(waived)


def test_both_parts_of_low_income_disability_are_waived_apart() -> None:
    verified = ({"kind": "low_income", "ref": "GX1", "on": date(2026, 11, 23)},)
    rows = [m for m in assessed(group("SG5", verified=verified)).materials if m.item == "2.5b"]
    assert [m.status for m in rows] == ["waived", "missing"]


NOT_WAIVABLE = ["SG4", "SG6", "SG7"]


@pytest.mark.parametrize("code", NOT_WAIVABLE)
def test_group_proof_stays_demanded_when_everything_else_was_verified(code: str) -> None:
    kinds = ("household", "disability", "low_income", "extreme_poverty", "returned_poverty")
    verified = tuple({"kind": k, "ref": "GX1", "on": date(2026, 11, 23)} for k in kinds)
    assert status(group(code, verified=verified)).value == "incomplete"


def test_nothing_is_demanded_for_matters_that_need_no_more() -> None:
    application = member("M3", "M7", "M9")
    assert items(application) == {"G1": "present", "G2": "present"}
    assert status(application).value == "ready"


def test_hmt_booklet_is_never_demanded() -> None:
    application = hmt(["M2", "M5"], form(), hmt_permit())
    assert "2.1" not in items(application)
    assert statuses(application) == {"M2": "ready", "M5": "ready"}


# ------------------------------------------------------------------ papers that do not count


def test_expired_permit_is_invalid_and_told_once() -> None:
    old = original(residence_permit(valid_from="2025-05-06", valid_to="2026-05-06"))
    application = applied(["M5"], form(), card(), old, **AWAY)
    assert items(application)["5.1"] == "invalid"
    assert "MAT-5.1" not in rules_of(application)  # DOC-EXPIRED and X19 say it
    assert statuses(application) == {"M5": "incomplete"}


def test_expired_card_holds_nothing_up_when_a_valid_one_is_there() -> None:
    old = card("d0", valid_from="2006-05-06", valid_to="2016-05-06")
    application = applied(["M3"], form(), old, card())
    assert [f.severity for f in found_by(application, "DOC-EXPIRED")] == [Severity.NOTE]
    assert status(application).value == "ready"


def test_somebody_elses_card_leaves_the_applicants_own_missing() -> None:
    stranger = card(
        name="农志强", id_number="450103198501019012", birth_date="1985-01-01", sex="男"
    )
    assert items(applied(["M3"], form(), stranger))["G2"] == "missing"
    assert status(applied(["M3"], form(), stranger)).value == "incomplete"


def test_card_that_cannot_be_assigned_is_unsure() -> None:
    blank = original(paper("id_card", "d1", faces=("portrait",), valid_to="2040-01-01"))
    application = applied(["M3"], form(), blank)
    assert items(application)["G2"] == "unsure"


def test_disability_of_grade_three_does_not_prove_severe_disability() -> None:
    mild = original(disability(grade="三级", certificate_number=f"{ID}43"))
    application = group("SG1", mild)
    assert items(application)["2.2"] == "invalid"
    assert [f.severity for f in found_by(application, "MAT-2.2")] == [Severity.MEND]


def test_grade_read_with_doubt_is_looked_at() -> None:
    mild = original(disability(grade="三级", certificate_number=f"{ID}43", doubtful=("grade",)))
    application = group("SG1", mild)
    assert items(application)["2.2"] == "unsure"
    assert Severity.MEND not in rules_of(application).get("MAT-2.2", set())


def test_grade_three_counts_for_low_income_disability() -> None:
    mild = original(disability(grade="三级", certificate_number=f"{ID}43"))
    assert statuses(group("SG5", mild, low_income)) == {"M2": "ready"}


def test_proof_of_another_group_does_not_count() -> None:
    application = group("SG2", low_income)
    assert items(application)["2.3"] == "invalid"


def test_old_proof_is_looked_at() -> None:
    old = proof("civil_affairs_proof", category="城镇低保", issue_date="2025-11-22")
    application = group("SG3", old)
    assert rules_of(application)["MAT-2.4"] == {Severity.REVIEW}
    young = proof("civil_affairs_proof", category="城镇低保", issue_date="2025-11-23")
    assert "MAT-2.4" not in rules_of(group("SG3", young))


def test_booklet_without_the_applicants_page_is_invalid() -> None:
    head = original(paper("hukou", "d2", faces=("head",), address="广西南宁市青秀区民族大道1号"))
    application = applied(["M2"], form(), card(), head)
    assert items(application)["2.1"] == "invalid"
    assert statuses(application) == {"M2": "incomplete"}


def test_page_of_another_member_beside_the_own_is_no_harm() -> None:
    mother = booklet("d9", name="韦美兰", id_number="450103196501019022", birth_date="1965-01-01",
                     relation_to_head="妻")  # fmt: skip
    application = applied(["M2"], form(), card(), booklet(), mother)
    assert items(application)["2.1"] == "present"


def test_booklet_of_others_only_is_invalid() -> None:
    mother = booklet(name="韦美兰", id_number="450103196501019022", birth_date="1965-01-01",
                     relation_to_head="妻")  # fmt: skip
    assert items(applied(["M2"], form(), card(), mother))["2.1"] == "invalid"


def test_portrait_on_the_card_is_no_photo() -> None:
    assert items(member("M4"))["4.2"] == "missing"


@pytest.mark.parametrize(
    ("verdict", "expected"), [("pass", "present"), ("fail", "invalid"), ("review", "unsure")]
)
def test_photo_counts_by_its_verdict(verdict: str, expected: str) -> None:
    assert items(applied(["M4"], form(), card(), photo(verdict=verdict)))["4.2"] == expected


def test_booklet_proves_a_change_only_where_it_shows_it() -> None:
    request = {"insured_medical": "resident"} | RENAMED
    plain = applied(["M6"], form(), card(), booklet(), **request)
    assert rules_of(plain)["MAT-6.1"] == {Severity.MEND}
    assert items(plain)["6.1"] == "invalid"
    changed = booklet(faces=("head", "member", "changes"))
    assert items(applied(["M6"], form(), card(), changed, **request))["6.1"] == "present"


def judged(outcome: CheckOutcome, document_id: str = "d7") -> Document:
    """A photo with what the photo checks said of its ears."""
    verdict = verdict_of((RuleVerdict(rule="PH-EARS", verdict=outcome, message="x", cure="y"),))
    made = photo(document_id, verdict=outcome.value)
    return made.model_copy(update={"marks": made.marks | {"rules": verdict.model_dump_json()}})


def test_bad_photo_is_told_by_its_own_rule_and_once() -> None:
    application = applied(["M4", "M3"], form(), card(), judged(CheckOutcome.FAIL))
    assert [(f.matter, f.severity) for f in found_by(application, "PH-EARS")] == [
        ("M4", Severity.MEND)
    ]
    assert "MAT-4.2" not in rules_of(application)
    assert items(application)["4.2"] == "invalid"
    assert statuses(application) == {"M4": "incomplete", "M3": "ready"}


def test_bad_photo_holds_nothing_up_when_a_good_one_is_there() -> None:
    photos = (judged(CheckOutcome.FAIL), judged(CheckOutcome.PASS, "d9"))
    application = applied(["M4"], form(), card(), *photos)
    assert rules_of(application)["PH-EARS"] == {Severity.NOTE}
    assert statuses(application) == {"M4": "ready"}


def test_photo_is_of_no_concern_when_no_card_is_applied_for() -> None:
    application = applied(["M3"], form(), card(), judged(CheckOutcome.FAIL))
    assert rules_of(application)["PH-EARS"] == {Severity.NOTE}
    assert status(application).value == "ready"


def test_doubt_of_the_guide_is_told_whatever_else_is_wrong_with_the_paper() -> None:
    wrong = original(paper("passport", "d1", **(PASSPORT | {"valid_to": "2032-04-15"})))
    application = applied(["M3"], form(), wrong, name=PASSPORT["name"], id_number=...)
    told = rules_of(application)
    assert "X12" in told
    assert told["MAT-G2"] == {Severity.REVIEW}


# ------------------------------------------------------------------ signatures and seals


def test_form_without_signature_must_be_signed() -> None:
    application = applied(["M3"], form(signature="no"), card())
    assert rules_of(application)["DOC-SIGNATURE"] == {Severity.MEND}
    assert items(application)["G1"] == "invalid"
    assert "MAT-G1" not in rules_of(application)


def test_signature_that_was_not_seen_is_looked_at() -> None:
    application = applied(["M3"], form(signature="unsure"), card())
    assert rules_of(application)["DOC-SIGNATURE"] == {Severity.REVIEW}


def test_lodging_registration_needs_its_seal() -> None:
    application = foreigner(["M5"], form(), foreign_card(), lodging(seal="no"))
    assert rules_of(application)["DOC-SEAL"] == {Severity.MEND}
    assert items(application)["5.3"] == "invalid"


def test_seal_that_the_guide_does_not_name_is_only_looked_at() -> None:
    letter = proof("transfer_letter").model_copy(update={"marks": {"seal": "no"}})
    out = {"archive": {"direction": "out", "holder": "talent_centre"}}
    assert rules_of(applied(["M1"], form(), card(), letter, **out))["DOC-SEAL"] == {Severity.REVIEW}


def test_proof_of_the_civil_affairs_department_bears_its_seal() -> None:
    bare = low_income.model_copy(update={"marks": {"seal": "no"}})
    assert rules_of(group("SG3", bare))["DOC-SEAL"] == {Severity.MEND}
    unseen = low_income.model_copy(update={"marks": {"seal": "unsure"}})
    assert rules_of(group("SG3", unseen))["DOC-SEAL"] == {Severity.REVIEW}
    assert "DOC-SEAL" not in rules_of(group("SG3", low_income))


def test_copy_of_a_shown_paper_may_leave_its_seal_unsure() -> None:
    to = {"archive": {"direction": "in", "holder": "state_unit"}}
    for seal, given in (("no", {Severity.REVIEW}), ("unsure", None), ("yes", None)):
        approval = proof("separation_document").model_copy(update={"marks": {"seal": seal}})
        application = applied(["M1"], form(), card(), approval, **to)
        assert rules_of(application).get("DOC-SEAL") == given


@pytest.mark.parametrize(
    ("rule", "code", "good", "other"),
    [
        ("MAT-2.3", "SG2", "南宁市青秀区民政局", "津头街道办事处"),
        ("MAT-2.4", "SG3", "南宁市青秀区民政局", "那考村村民委员会"),
        ("MAT-2.5a", "SG4", "伶俐镇人民政府", "那考村村民委员会"),
        ("MAT-2.5c", "SG6", "南宁市青秀区教育局", "那考村小学"),
        ("MAT-2.5d", "SG7", "宾阳县教育体育局", "那考村小学"),
        ("MAT-2.5e", "SG8", "宾阳县农业农村局", "那考村村民委员会"),
    ],
)
def test_proof_of_another_issuer_is_looked_at(rule: str, code: str, good: str, other: str) -> None:
    kinds = {"SG2": "特困供养", "SG3": "农村低保", "SG4": "村干部", "SG6": "民办教师"}
    kinds |= {"SG7": "代课人员", "SG8": "返贫致贫人员"}
    kind = "civil_affairs_proof" if code in ("SG2", "SG3") else "group_proof"

    def shown(issuer: str, **marks: str) -> dict[str, set[Severity]]:
        said = {"category" if kind == "civil_affairs_proof" else "group": kinds[code]}
        paper = proof(kind, issuing_authority=issuer, **said)
        return rules_of(group(code, paper.model_copy(update={"marks": {"seal": "yes"} | marks})))

    assert rule not in shown(good)
    assert shown(other)[rule] == {Severity.REVIEW}
    assert rule not in shown(other, seal_text=good)  # countersigned by the right one
    assert rule not in shown("")  # not read: OCR-MISSING tells


def test_change_proof_comes_from_the_police() -> None:
    request = {"insured_medical": "resident"} | RENAMED
    for issuer, told in (("南宁市公安局新城派出所", False), ("津头街道办事处", True)):
        paper = proof("police_change_proof", issuing_authority=issuer)
        application = applied(["M6"], form(), card(), paper, **request)
        assert ("MAT-6.1" in rules_of(application)) is told


@pytest.mark.parametrize(("former", "told"), [("韦小花", False), ("", True), ("无", True)])
def test_booklet_proves_a_change_only_where_it_shows_a_former_name(former: str, told: bool) -> None:
    request = {"insured_medical": "resident"} | RENAMED
    application = applied(["M6"], form(), card(), booklet(former_name=former), **request)
    assert ("MAT-6.1" in rules_of(application)) is told


def test_lodging_form_bears_the_seal_of_the_police() -> None:
    for issuer, told in (("南宁市公安局新城派出所", False), ("南宁市某某酒店", True)):
        registered = lodging()
        fields = registered.fields | {
            "issuing_authority": Reading(value=issuer, raw=issuer, confidence=0.99)
        }
        paper = registered.model_copy(update={"fields": fields})
        application = foreigner(["M5"], form(), foreign_card(), paper)
        assert ("MAT-5.3" in rules_of(application)) is told


# ------------------------------------------------------------------ proxy


def test_proxys_card_is_not_the_applicants() -> None:
    application = applied(["M3"], form(), letter, proxy_card(), **PROXY)
    assert items(application)["G2"] == "missing"
    assert items(application)["G3a"] == "present"


def test_applicant_who_is_his_own_proxy_is_told_once() -> None:
    own = {"proxy": {"name": NAME, "id_number": ID}}
    signed = original(undertaking(proxy_name=NAME, proxy_id_number=ID))
    application = applied(["M3"], form(), card(), signed, **own)
    spoken = {r for r, given in rules_of(application).items() if given != {Severity.NOTE}}
    assert spoken == {"X15"}
    assert items(application)["G3a"] == "present"


def test_unsigned_undertaking_is_told_by_its_signature_and_as_a_proxys() -> None:
    unsigned = original(undertaking(signature="no"))
    application = applied(["M3"], form(), card(), unsigned, proxy_card(), **PROXY)
    assert rules_of(application)["X15"] == {Severity.MEND}
    assert "DOC-SIGNATURE" not in rules_of(application)
    (found,) = found_by(application, "X15")
    assert "代办人" in found.todo and "代办人" in found.hint


def test_undertaking_alone_shows_that_a_proxy_came() -> None:
    application = applied(["M3"], form(), card(), letter)
    assert items(application)["G3a"] == "missing"


def copied(document: Document, **marks: str) -> Document:
    return document.model_copy(update={"quality": Quality(copy_=True), "marks": marks})


def test_copy_must_bear_the_applicants_signature_when_a_proxy_comes() -> None:
    papers = (form(), letter, proxy_card())
    unsigned = applied(["M3"], *papers, copied(card(), signature="no"), **PROXY)
    assert rules_of(unsigned)["MAT-G3c"] == {Severity.MEND}
    signed = applied(["M3"], *papers, copied(card(), signature="yes"), **PROXY)
    assert "MAT-G3c" not in rules_of(signed)
    unseen = applied(["M3"], *papers, copied(card()), **PROXY)
    assert rules_of(unseen)["MAT-G3c"] == {Severity.REVIEW}


def test_copy_needs_no_signature_when_the_applicant_comes() -> None:
    application = applied(["M3"], form(), copied(card(), signature="no"))
    assert "MAT-G3c" not in rules_of(application)


# ------------------------------------------------------------------ identity by matter


def test_travel_permit_counts_for_archive_and_card_but_not_elsewhere() -> None:
    application = hmt(["M1", "M4", "M7"], form(), hmt_pass, photo(), **OUT)
    rows = {(m.item, m.matters): m.status for m in assessed(application).materials}
    assert rows[("G2", ("M1",))] == "present"
    assert rows[("1.1", ("M1",))] == "present"
    assert rows[("4.1", ("M4",))] == "present"
    assert rows[("G2", ("M7",))] == "unsure"
    assert rows[("7.2", ("M7",))] == "missing"
    # The permit that M7 needs proves the identity too: it is asked for once.
    assert found_by(application, "MAT-G2") == []


def test_temporary_card_counts_for_the_social_security_card_only() -> None:
    temporary = original(
        paper("temporary_id_card", "d1", name=NAME, id_number=ID, sex="女",
              birth_date="1990-03-07", valid_from="2026-10-08", valid_to="2027-01-08",
              address="广西南宁市青秀区民族大道1号")
    )  # fmt: skip
    application = applied(["M4", "M3"], form(), temporary, photo())
    assert [f.matter for f in found_by(application, "MAT-G2")] == ["M3"]
    assert rules_of(application)["MAT-G2"] == {Severity.REVIEW}


def test_booklet_alone_is_weak_proof_for_the_social_security_card() -> None:
    application = applied(["M4"], form(), booklet(), photo())
    assert rules_of(application)["MAT-4.1"] == {Severity.REVIEW}


def test_foreign_card_must_be_the_newest_for_the_social_security_card() -> None:
    old = foreign_card(id_number="CAN110081080310")
    request = {"id_number": "CAN110081080310"}
    for_card = foreigner(["M4"], form(), old, photo(), **request)
    assert rules_of(for_card)["MAT-4.1"] == {Severity.MEND}
    newest = foreigner(["M4"], form(), foreign_card(), photo())
    assert "MAT-4.1" not in rules_of(newest)
    medical = foreigner(["M5"], form(), old, lodging(), **request)
    assert items(medical)["5.2"] == "present"


def test_identity_alternative_that_the_guide_leaves_open_is_looked_at_for_archive() -> None:
    passport = original(
        paper("passport", "d1", name=NAME, nationality="CHN", passport_number="E12345678",
              valid_to="2030-01-01")
    )  # fmt: skip
    application = applied(["M1"], form(), passport, **OUT)
    assert items(application)["G2"] == "unsure"


OF_ALTERNATIVES = [
    applied(["M4"], form(), booklet(), photo()),
    foreigner(["M5"], form(), foreign_card(), lodging(seal="no")),
    applied(["M3"], form(), letter, proxy_card(), copied(card(), signature="no"), **PROXY),
    hmt(["M1"], form(), hmt_pass.model_copy(update={"fields": {}}), **OUT),
]
"""Cases of alternatives, seals and copies, for the test that every rule is triggered."""


# ------------------------------------------------------------------ form, channel, unknowns


def test_platform_makes_the_form_when_the_application_is_online() -> None:
    assert items(applied(["M3"], card(), channel="online"))["G1"] == "present"


def test_one_word_is_enough_when_nothing_was_applied_for() -> None:
    nothing = Application("c1", Request(), (card(),))
    made = assessed(nothing)
    assert [(f.rule, f.severity) for f in made.findings] == [("MAT-G1", Severity.MEND)]
    assert [(m.item, m.status) for m in made.materials] == [("G1", "missing"), ("G2", "unsure")]
    assert made.matters == ()


def test_form_without_readable_matters_is_looked_at() -> None:
    unread = Application("c1", Request(), (form(), card()), None, Request())
    assert [(f.rule, f.severity) for f in assessed(unread).findings] == [
        ("MAT-G1", Severity.REVIEW)
    ]


def test_permit_may_be_needed_when_the_household_is_unknown() -> None:
    """Only a social security card was shown (A22)."""
    social = original(paper("social_security_card", "d1", name=NAME, social_security_number=ID))
    application = applied(["M5"], form(), social)
    assert rules_of(application)["MAT-5.1"] == {Severity.REVIEW}
    assert items(application)["5.1"] == "unsure"


def test_permit_may_be_needed_between_districts_of_one_city() -> None:
    application = member("M7", enrol_division="450105")
    assert rules_of(application)["MAT-7.1"] == {Severity.REVIEW}


def test_originals_to_be_shown_are_marked() -> None:
    shown = {m.item: m.show_original for m in assessed(group("SG3", low_income)).materials}
    assert shown == {"G1": False, "G2": True, "2.1": True, "2.4": False}


SG2_PROOF = "民政部门出具的城乡特困救助供养对象证明"
SG2_FORM = "交原件1份；经电子核验城乡特困救助供养对象信息的可免提交"
WORDS = [
    (  # a cure of its own
        group("SG1", original(disability(grade="三级", certificate_number=f"{ID}43"))),
        "MAT-2.2",
        "请核对残疾人证；三级、四级残疾人同时是低保对象的，可按低保残疾人申请。",
        "请核对残疾人证；三级、四级残疾人同时是低保对象的，可按低保残疾人申请",
    ),
    (  # who must seal it
        foreigner(["M5"], form(), foreign_card(), lodging(seal="no")),
        "DOC-SEAL",
        "请到出具单位盖章后再交。",
        "请到出具单位盖章后再交",
    ),
    (  # missing
        group("SG3"),
        "MAT-2.4",
        "请申请人交原件1份；经电子核验低保人员信息的可免提交。",
        "请交原件1份；经电子核验低保人员信息的可免提交",
    ),
    (  # missing, and perhaps not needed
        applied(["M5"], form(), card(), enrol_division=...),
        "MAT-5.1",
        "请核对是否需要提交；需要的，请申请人带原件查验。",
        "请带原件查验",
    ),
    (  # the wrong paper
        group("SG2", low_income),
        "MAT-2.3",
        f"请申请人换交“{SG2_PROOF}”：{SG2_FORM}。",
        f"请换交“{SG2_PROOF}”：{SG2_FORM}",
    ),
    (  # a paper to be looked at
        applied(["M3"], form(signature="unsure"), card()),
        "DOC-SIGNATURE",
        "请核对灵活就业参保“一件事”申请表；不能作数的，请申请人换交。",
        "请换交“灵活就业参保“一件事”申请表”：交原件1份（申请人签名）",
    ),
]


@pytest.mark.parametrize(("application", "rule", "hint", "todo"), WORDS, ids=[w[1] for w in WORDS])
def test_clerk_and_applicant_are_told_what_to_do(
    application: Application, rule: str, hint: str, todo: str
) -> None:
    assert [(f.hint, f.todo) for f in found_by(application, rule)] == [(hint, todo)]


LACKING_TOGETHER: list[tuple[Application, list[tuple[str, str | None]]]] = [
    # One permit fulfils both, and each matter waits for it.
    (hmt(["M2", "M5"], form()), [("MAT-2.6", "M2"), ("MAT-5.4", "M5")]),
    (applied(["M5", "M7"], form(), card(), **AWAY), [("MAT-5.1", "M5"), ("MAT-7.1", "M7")]),
    # The permit for one matter serves as the identity paper of that matter alone.
    (hmt(["M2", "M4"], form(), photo()), [("MAT-G2", "M4"), ("MAT-2.6", "M2")]),
    (foreigner(["M5"], form(), lodging()), [("MAT-5.2", "M5")]),
    (foreigner(["M5", "M3"], form(), lodging()), [("MAT-G2", "M3"), ("MAT-5.2", "M5")]),
    # Proofs of one kind that must each say something else.
    (
        applied(["M2"], form(), card(), booklet(), special_groups=("SG2", "SG3")),
        [("MAT-2.3", "M2"), ("MAT-2.4", "M2")],
    ),
    (
        applied(["M2"], form(), card(), booklet(), special_groups=("SG4", "SG6", "SG8")),
        [("MAT-2.5a", "M2"), ("MAT-2.5c", "M2"), ("MAT-2.5e", "M2")],
    ),
    # A certificate of grade one or two is of some grade.
    (
        applied(["M2"], form(), card(), booklet(), low_income, special_groups=("SG1", "SG5")),
        [("MAT-2.2", "M2")],
    ),
    # Nothing is asked for a matter that cannot be done, and the rest is whole without it.
    (
        applied(["M2", "M5"], form(), is_student=True, special_groups=("SG3",)),
        [("MAT-G2", None), ("MAT-5.1", "M5")],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("application", "demanded"), LACKING_TOGETHER)
def test_missing_papers_are_demanded_once_for_each_matter_and_never_silence_each_other(
    application: Application, demanded: list[tuple[str, str | None]]
) -> None:
    found = [f for f in assessed(application).findings if f.rule.startswith("MAT-")]
    assert [(f.rule, f.matter) for f in found] == demanded
    waiting = {code for _, code in demanded} - {None}
    assert all(statuses(application)[code] not in ("ready", "review") for code in waiting if code)


def test_no_two_rows_of_a_matter_make_each_other_moot() -> None:
    """Else both would be missing and neither demanded."""
    rows = [
        (
            row.item,
            matter,
            {way.type for way in row.accepts},
            {way.type for way in row.accepts if not way.says},
        )
        for row in guide().materials
        for matter in row.matters
    ]  # fmt: skip
    circles = [
        (a[0], b[0], a[1])
        for a in rows
        for b in rows
        if a[0] < b[0] and a[1] == b[1] and a[2] <= b[3] and b[2] <= a[3]
    ]
    assert circles == []


def test_rows_of_an_item_stand_together_and_the_best_first() -> None:
    permit = original(
        paper("temporary_id_card", "d1", name=NAME, id_number=ID, valid_to="2027-01-01")
    )
    listed = assessed(applied(["M3", "M4"], form(), permit)).materials
    assert [(m.item, m.status, m.matters) for m in listed] == [
        ("G1", "present", ("M3", "M4")),
        ("G2", "present", ("M4",)),
        ("4.1", "present", ("M4",)),
        ("G2", "unsure", ("M3",)),
        ("4.2", "missing", ("M4",)),
    ]


def test_fault_of_one_paper_is_not_told_by_a_finding_about_another() -> None:
    bad = photo(verdict="fail")
    photos = applied(["M4"], form(), card(), bad, judged(CheckOutcome.FAIL, "d9"))
    assert [f.document for f in found_by(photos, "MAT-4.2")] == ["d7"]
    half = original(paper("id_card", "d1", faces=("portrait",), name=NAME, id_number=ID))
    sides = applied(["M2"], form(), half, booklet(faces=("head",)))
    assert [f.document for f in found_by(sides, "DOC-SIDE")] == ["d1"]
    assert [f.document for f in found_by(sides, "MAT-2.1")] == ["d2"]


def test_of_two_faults_that_with_a_rule_of_its_own_is_told() -> None:
    application = group("SG2", low_income.model_copy(update={"marks": {"seal": "no"}}))
    assert rules_of(application)["DOC-SEAL"] == {Severity.MEND}
    assert "MAT-2.3" not in rules_of(application)


def test_what_was_not_read_of_a_paper_is_looked_at() -> None:
    application = group("SG3", proof("civil_affairs_proof"))
    assert items(application)["2.4"] == "unsure"
    assert rules_of(application)["MAT-2.4"] == {Severity.REVIEW}


def test_booklet_of_which_no_page_was_seen_may_prove_a_change() -> None:
    head = original(paper("hukou", "d2", faces=("head",), name=NAME, id_number=ID))
    application = applied(["M6"], form(), card(), head, insured_medical="resident", **RENAMED)
    assert items(application)["6.1"] == "unsure"
    assert rules_of(application)["MAT-6.1"] == {Severity.REVIEW}


def test_paper_whose_validity_is_doubted_is_unsure() -> None:
    doubted = card(valid_to="2016-05-06", valid_from="2006-05-06", doubtful=("valid_to",))
    application = applied(["M3"], form(), doubted)
    assert rules_of(application)["DOC-EXPIRED"] == {Severity.REVIEW}
    assert items(application)["G2"] == "unsure"


def test_booklet_of_another_is_not_offered_beside_a_part_of_ones_own() -> None:
    mother = booklet("d9", name="韦美兰", id_number="450103196501019022", birth_date="1965-01-01",
                     relation_to_head="妻")  # fmt: skip
    own = booklet(faces=("head",))
    (*_, row) = assessed(applied(["M2"], form(), card(), mother, own)).materials
    assert (row.item, row.status, row.documents) == ("2.1", "invalid", ("d2",))


def test_card_of_another_is_not_offered_beside_ones_own_booklet() -> None:
    stranger = card(
        name="农志强", id_number="450103198501019012", birth_date="1985-01-01", sex="男"
    )
    (_, row, _) = assessed(applied(["M2"], form(), stranger, booklet())).materials
    assert (row.item, row.status, row.documents) == ("G2", "missing", ())


def test_loose_back_is_not_taken_for_the_applicants_card_beside_it() -> None:
    """Nobody can tell whose back it is: what is wrong is told of the card that names him."""
    expired = card(valid_from="2006-05-06", valid_to="2016-05-06")
    back = original(paper("id_card", "d3", faces=("emblem",), valid_to="2040-01-01"))
    (_, identity) = assessed(applied(["M3"], form(), back, expired)).materials
    assert (identity.item, identity.status, identity.documents) == ("G2", "invalid", ("d1",))
    (_, identity) = assessed(applied(["M3"], form(), back)).materials
    assert (identity.status, identity.documents) == ("invalid", ("d3",))


def test_copy_of_a_paper_that_is_kept_asks_for_its_original() -> None:
    copy = copied(low_income, seal="unsure")
    shown = {m.item: m.show_original for m in assessed(group("SG3", copy)).materials}
    assert shown["2.4"] is True


def test_material_names_the_matter_that_needs_it() -> None:
    application = applied(["M2", "M5"], form(), card())
    assert [f.matter for f in found_by(application, "MAT-2.1")] == ["M2"]
    assert statuses(application) == {"M2": "incomplete", "M5": "ready"}


def test_material_for_everything_names_no_matter() -> None:
    assert [f.matter for f in found_by(applied(["M2", "M5"], form()), "MAT-G2")] == [None]
