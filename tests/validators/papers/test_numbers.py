"""Numbers that contradict themselves."""

from typing import Any

import pytest

from pipeline.model import Application, Document, Proxy, Request
from tests.validators.papers_made import (
    ID,
    NAME,
    PROXY_ID,
    TD3,
    Row,
    case,
    change,
    check_row,
    disability,
    found,
    hukou,
    id_card,
    paper,
    residence_permit,
    ruled,
    undertaking,
    with_check,
)

ROWS: list[Row] = [
    (case(id_card(id_number=ID[:-1] + "2")), "ID-CHECKSUM", "review", "id_number"),
    (case(id_card(id_number=ID[:-1])), "ID-CHECKSUM", "review", "id_number"),
    (case(id_card(id_number="")), "", "", None),
    (case(id_number=ID[:-1] + "2"), "ID-CHECKSUM", "review", "id_number"),
    (case(id_card(id_number="450103199002300015")), "ID-BIRTH", "review", "id_number"),
    (case(id_card(id_number="440524188001010014")), "ID-BIRTH", "review", "id_number"),
    (case(id_card(id_number="450103209901010018")), "ID-FUTURE", "review", "id_number"),
    (case(id_card(id_number=with_check("45999919900307912"))), "ID-DIVISION", "review", None),
    (case(id_card(id_number=with_check("45212319900307912"))), "", "", None),
    (case(id_card(id_number=with_check("45212320100307912"))), "ID-DIVISION", "note", None),
    (case(id_card(id_number=with_check("45018119600307912"))), "", "", None),
    (case(disability(certificate_number=f"{ID}81")), "DIS-NUMBER", "review", "certificate_number"),
    (case(disability(certificate_number=f"{ID}4")), "DIS-NUMBER", "review", "certificate_number"),
    (case(disability(certificate_number=f"{ID}42B1")), "", "", None),
    (case(mobile="12345678901"), "PHONE", "mend", "mobile"),
    (case(mobile="+86 13800138000"), "", "", None),
    (case(disability(guardian_phone="123")), "PHONE", "note", "guardian_phone"),
    (case(disability(guardian_phone="19900002969")), "", "", None),
    (case(changes=(change("mobile", new="110"),)), "PHONE", "mend", "mobile"),
    (case(changes=(change("office_phone", new="0771-5812345"),)), "", "", None),
    (case(postcode="5300"), "POSTCODE", "mend", "postcode"),
    (case(id_card(), postcode="541000"), "POSTCODE", "note", "postcode"),
    (case(id_card(), postcode="530000"), "", "", None),
    (
        case(id_card(address="广东省广州市天河区", issuing_authority=""), postcode="510000"),
        "",
        "",
        None,
    ),
    (
        case(paper("social_security_card", bank_card_number="6222000000000000")),
        "LUHN",
        "review",
        "bank_card_number",
    ),
    (case(paper("transfer_letter", uscc="91350100M000100Y44")), "USCC", "review", "uscc"),
    (case(paper("transfer_letter", uscc="91350100M000100Y43")), "", "", None),
    (case(paper("social_security_card", bank_card_number="6222000000000009")), "", "", None),
    (case(paper("passport", mrz=TD3)), "", "", None),
    (case(paper("passport", mrz=TD3[:-1] + "1")), "MRZ", "review", "mrz"),
    (case(paper("passport", mrz="P<UTO")), "MRZ", "review", "mrz"),
]


@pytest.mark.parametrize("row", ROWS)
def test_rule_speaks_when_its_case_is_there_and_is_silent_when_not(row: Row) -> None:
    check_row(row)


def test_what_was_read_from_the_form_with_doubt_is_looked_at_and_not_demanded() -> None:
    form = paper("application_form", mobile="1380013800", postcode="53002", doubtful=("mobile",))
    read = Request(mobile="1380013800", postcode="53002")
    application = Application(case_id="c1", request=read, documents=(form,), form=read)
    assert ruled(application) == [("PHONE", "review", "mobile"), ("POSTCODE", "mend", "postcode")]


def test_other_members_pages_are_not_judged() -> None:
    other = hukou("d3", name="韦建强", id_number=PROXY_ID[:-1] + "0", relation_to_head="妻")
    assert ruled(case(id_card(), hukou(), other, name=NAME, id_number=ID)) == []


# ------------------------------------------------------------------ whose numbers are judged


def told(*documents: Document, **request: Any) -> list[tuple[str, str, str | None, str | None]]:
    """Rule, severity, document and what was read of every number that is wrong."""
    wanted = ("ID-", "DIS-", "PHONE", "POSTCODE", "LUHN", "USCC", "MRZ")
    return [
        (f.rule, f.severity.value, f.document, f.got)
        for f in found(case(*documents, **request))
        if f.rule.startswith(wanted)
    ]


WRONG = ID[:-1] + "2"


def test_a_certificates_citizen_number_is_judged_with_the_whole_number() -> None:
    derived = disability(certificate_number=f"{WRONG}42", id_number=WRONG)
    assert [row[0] for row in told(derived)] == ["DIS-NUMBER"]


@pytest.mark.parametrize("kind", ["transfer_letter", "civil_affairs_proof", "group_proof"])
@pytest.mark.parametrize(
    ("number", "rules"),
    [
        (WRONG, ["ID-CHECKSUM"]),
        (ID, []),
        ("450103********9121", []),
        ("AB1234567", []),
        ("450103900307912", []),
    ],
)
def test_letters_may_mask_a_number_or_give_another(
    kind: str, number: str, rules: list[str]
) -> None:
    assert [row[0] for row in told(paper(kind, id_number=number))] == rules


def test_a_card_of_citizens_gives_a_citizens_number() -> None:
    assert [row[0] for row in told(id_card(id_number="AB1234567"))] == ["ID-CHECKSUM"]
    foreign = paper("foreign_permanent_resident_card", id_number="CAN110081080310")
    assert told(foreign) == []
    social = paper("social_security_card", social_security_number="AB1234567")
    assert told(social) == []
    wrong = paper("social_security_card", social_security_number=WRONG)
    assert [row[0] for row in told(wrong)] == ["ID-CHECKSUM"]


def test_numbers_of_the_proxy_and_of_a_change_are_judged_too() -> None:
    page = undertaking(proxy_id_number=WRONG, applicant_id_number=WRONG)
    assert [row[0] for row in told(page)] == ["ID-CHECKSUM"] * 2
    typed = Proxy(name="黄大勇", id_number=WRONG)
    assert told(proxy=typed) == [("ID-CHECKSUM", "review", None, WRONG)]
    assert told(proxy=Proxy(name="黄大勇", id_number="AB1234567")) == []
    assert told(id_number="AB1234567") == []


def test_a_wrong_check_digit_hides_no_wrong_birth_date() -> None:
    assert [row[0] for row in told(id_card(id_number="450103199002300010"))] == [
        "ID-CHECKSUM",
        "ID-BIRTH",
    ]
    assert [row[0] for row in told(id_card(id_number=WRONG))] == ["ID-CHECKSUM"]
    assert [row[0] for row in told(id_card(id_number="45010319900230"))] == ["ID-CHECKSUM"]


def test_numbers_of_residents_of_hong_kong_have_no_division() -> None:
    assert told(paper("hmt_residence_permit", id_number="810000199408230021")) == []


def test_a_certificate_of_somebody_who_is_not_born_is_none() -> None:
    unborn = with_check("45010320990307912")
    assert [row[0] for row in told(disability(certificate_number=f"{unborn}42"))] == ["DIS-NUMBER"]
    assert told(disability(certificate_number="")) == []


# ------------------------------------------------------------------ telephones and postcodes


def test_a_number_on_a_form_is_judged_as_the_request_it_is_read_into() -> None:
    form = paper("application_form", "f1", mobile="123")
    assert told(form) == []


def test_a_proxys_number_is_looked_at() -> None:
    rows = told(undertaking(proxy_phone="123"))
    assert rows == [("PHONE", "review", "d5", "123")]
    assert told(undertaking(proxy_phone="")) == []
    assert told(id_card(grade="123")) == []


def test_a_changed_mobile_is_a_mobile_and_a_changed_office_number_any() -> None:
    assert told(changes=(change("mobile", new="0771-5812345"),)) != []
    assert told(changes=(change("office_phone", new="123"),)) != []
    assert told(changes=(change("mobile", new=""),)) == []
    assert told(changes=(change("name", new="110"),)) == []


def test_a_changed_postcode_is_judged_as_a_typed_one() -> None:
    changes = (change("postcode", new="5300"),)
    # The request has no postcode of its own: what was typed is not known to be this.
    assert told(changes=changes) == [("POSTCODE", "review", None, "5300")]
    assert told(changes=(change("name", new="5300"),)) == []


def test_a_postcode_of_any_known_place_will_do() -> None:
    assert told(id_card(), postcode="545000") == [("POSTCODE", "note", None, "545000")]
    assert told(id_card(), postcode="545000", enrol_division="450202") == []
    assert told(id_card(), residence_permit(), postcode="545000") == []
    assert told(postcode="545000") == []


# ------------------------------------------------------------------ codes and zones


def test_a_sound_zone_and_a_missing_one_are_no_finding() -> None:
    assert told(paper("passport", mrz=TD3)) == []
    assert told(paper("passport", mrz="")) == []


@pytest.mark.parametrize(
    ("was", "now", "words"),
    [("L898902C36", "L898902C37", "证件号码"), ("7408122", "7408123", "出生日期")],
)
def test_a_zone_says_which_of_its_check_digits_fails(was: str, now: str, words: str) -> None:
    zone = paper("passport", mrz=TD3.replace(was, now))
    (only,) = [f.message for f in found(case(zone)) if f.rule == "MRZ"]
    assert words in only


def test_a_zone_of_another_shape_is_none() -> None:
    (row,) = told(paper("passport", mrz=TD3[:60]))
    assert (row[0], "\n" in (row[3] or "")) == ("MRZ", False)


def test_every_letter_with_a_wrong_code_is_told() -> None:
    letters = [
        paper("transfer_letter", f"d{i}", uscc=code) for i, code in enumerate(("", "1", "2"))
    ]
    assert [row[2] for row in told(*letters)] == ["d1", "d2"]
