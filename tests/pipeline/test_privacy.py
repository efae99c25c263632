"""Masks of domain.md 6."""

import pytest

from pipeline.privacy import mask


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
