"""Numbers that contradict themselves."""

import pytest

from pipeline.model import Application, Request
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
    hukou,
    id_card,
    paper,
    ruled,
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
