"""Masks of domain.md 6."""

import re

import pytest

from pipeline.privacy import mask, shown
from tests.validators.test_field_names import printed

PERSONAL = re.compile(r"(^|_)(name|id_number|phone|mobile|birth_date|address|surname|mrz)$")
"""What a field's name ends with where it tells who somebody is and how to find him."""


def test_every_personal_field_is_masked() -> None:
    personal = sorted(f for kind in printed().values() for f in kind if PERSONAL.search(f))
    assert len(personal) > 40
    assert [f for f in personal if mask(f, "1990-02-03四五六七") == "1990-02-03四五六七"] == []


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
        ("sex", "男", "男"),
        ("name", "", ""),
        ("id_number", "45", "**"),
    ],
)
def test_mask_shows_what_the_rule_allows(field: str, value: str, shown: str) -> None:
    assert mask(field, value) == shown
