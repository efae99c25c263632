"""Masks of domain.md 6."""

import re
import tomllib
from pathlib import Path

import pytest

import pipeline
from pipeline.model import Request
from pipeline.privacy import SHOWN, mask, mask_case_id, mask_identity, mask_words, shown
from tests.validators.test_field_names import printed

PERSONAL = re.compile(r"(^|_)(name|id_number|phone|mobile|birth_date|address|surname|mrz)$")
"""What a field's name ends with where it tells who somebody is and how to find him."""


def test_every_personal_field_is_masked() -> None:
    personal = sorted(f for kind in printed().values() for f in kind if PERSONAL.search(f))
    assert len(personal) > 40
    assert [f for f in personal if mask(f, "1990-02-03四五六七") == "1990-02-03四五六七"] == []


@pytest.mark.parametrize("field", ["a_field_of_tomorrow", "religion", "employer", "old_value"])
def test_a_field_that_no_table_names_is_hidden(field: str) -> None:
    assert mask(field, "广西南宁市青秀区民族大道1号") == "***"
    assert shown(field, "450103199003079121") == "***"


def test_what_is_shown_whole_was_decided_of_every_field_of_papers_and_applications() -> None:
    """A field that is shown is in the list of those that identify nobody, and in no other way."""
    labels = tomllib.loads((Path(pipeline.__path__[0]) / "labels.toml").read_text(encoding="utf-8"))
    every = set(labels["fields"]) | set(Request.model_fields)
    every |= {f for kind in printed().values() for f in kind}
    whole = {f for f in every if mask(f, "1990-02-03四五六七八") == "1990-02-03四五六七八"}
    assert whole == SHOWN & every


def test_nothing_that_names_a_person_is_shown_whole() -> None:
    assert [f for f in SHOWN if PERSONAL.search(f)] == []


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("001 张三丰 社保", "001 张*丰 社保"),
        ("张三丰_450103199002309991.jpg", "张*丰_450***********9991.jpg"),
        ("扫描13800138000", "扫描138****8000"),
        ("银欣怡2006.08.18", "银*怡2006.08.18"),
        ("扫描_20261123_0001.jpg", "扫描_20261123_0001.jpg"),
        ("914501036697023838", "914501036697023838"),
    ],
)
def test_words_of_people_lose_what_names_a_person(text: str, seen: str) -> None:
    assert mask_words(text, ["张三丰", "银欣怡"]) == seen


def test_junk_in_a_field_that_is_shown_hides_numbers() -> None:
    assert mask("ethnicity", "450103199002309991") == "450***********9991"
    assert mask("uscc", "124501031990023099") == "124501031990023099"


def test_parts_of_the_application_are_masked_as_what_they_are() -> None:
    assert mask("proxy.name", "黄大勇") == "黄*勇"
    assert mask("archive.holder", "某人") == "***"
    assert mask("changes.new", "450103199003079121") == "***"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("delivery", "pickup", "窗口领取"),
        ("is_student", "False", "否"),
        ("special_groups", "SG1,SG5", "重度残疾人、低保残疾人"),
        ("changes", "name,mobile", "姓名、移动电话"),
        ("matters", "M3,M7", "M3,M7"),
        ("name", "张三", "张*"),
    ],
)
def test_codes_are_shown_in_chinese_and_persons_masked(field: str, value: str, words: str) -> None:
    assert shown(field, value) == words


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("name", "张三", "张*"),
        ("name", "欧阳娜", "欧*娜"),
        ("name", "阿依古丽·买买提", "阿**"),
        ("name", "王", "王*"),
        ("id_number", "450103199002300016", "450***********0016"),
        ("certificate_number", "45010319900230001644", "450***************44"),
        ("mobile", "13812348000", "138****8000"),
        ("bank_card_number", "62220000001234", "**********1234"),
        ("address", "广西南宁市青秀区伶俐镇一村1号", "广西南宁市青秀区***"),
        ("birth_date", "1990-02-03", "1990-**-**"),
        ("birth_date", "1990-02", "1990-**"),
        ("address", "青秀区民族大道1号", "青秀区***"),
        ("address", "桂林市阳朔县城关镇一村", "桂林市阳朔县***"),
        ("address", "民族大道1号", "民族大***"),
        ("address", "广西南宁市青秀区民族大道一百二十三号五县小区", "广西南宁市青秀区***"),
        ("certificate_number", "45010319900230001644B1", "450***************44B1"),
        ("certificate_number", "450", "450"),
        ("id_number", "4501031", "*******"),
        ("id_number", "45010319", "450*0319"),
        ("home_id_number", "A1234567", "A*****67"),
        ("mrz", "P<UTOERIKSSON", "P<*********ON"),
        ("passport_number", "L898902C3", "L8****2C3"),
        ("card_number", "A12345678", "*****5678"),
        ("household_number", "000028901", "0******01"),
        ("sex", "男", "男"),
        ("name", "", ""),
        ("id_number", "45", "**"),
    ],
)
def test_mask_shows_what_the_rule_allows(field: str, value: str, shown: str) -> None:
    assert mask(field, value) == shown


@pytest.mark.parametrize(
    ("kind", "number", "shown"),
    [
        ("hk_macao_travel_permit", "H12345678", "H1****678"),
        ("taiwan_travel_permit", "12345678", "12***678"),
        ("passport", "AB1234567", "AB****567"),
        ("id_card", "450103199002300016", "450***********0016"),
        (None, "450103199002300016", "450***********0016"),
    ],
)
def test_a_passes_number_is_masked_by_its_own_rule(
    kind: str | None, number: str, shown: str
) -> None:
    assert mask_identity(kind, number) == shown


NUMBERS = [
    "id_number", "proxy_id_number", "applicant_id_number", "old_id_number", "new_id_number",
    "former_number", "social_security_number",
]  # fmt: skip
PHONES = ["mobile", "guardian_phone", "proxy_phone", "office_phone"]


@pytest.mark.parametrize("field", NUMBERS)
def test_of_a_citizen_number_three_and_four_digits_are_shown(field: str) -> None:
    assert mask(field, "450103199002300016") == "450***********0016"


@pytest.mark.parametrize("field", PHONES)
def test_of_a_telephone_number_three_and_four_digits_are_shown(field: str) -> None:
    assert mask(field, "13812348000") == "138****8000"


def test_only_the_beginning_of_an_address_names_its_district() -> None:
    """Words like 小区 and 夜市 further on would show the whole of it."""
    assert mask("address", "广西" + "某" * 15 + "市一村") == "广西" + "某" * 15 + "市***"
    assert mask("address", "广西" + "某" * 16 + "市一村") == "广西某***"


@pytest.mark.parametrize(
    ("case_id", "shown"),
    [
        ("001 张三 社保", "001 张* 社*"),
        ("张小三~1f0c2a9b", "张*三~1f0c2a9b"),
        ("买买提·吐尔逊_M3", "买**_M3"),
        ("𠮷野家", "𠮷*家"),
        ("件450103199002300016", "件450***********0016"),
        ("a05-away-zip", "a05-away-zip"),
        ("W261129-K7QF2", "W261129-K7QF2"),
    ],
)
def test_a_case_id_names_nobody(case_id: str, shown: str) -> None:
    assert mask_case_id(case_id) == shown
