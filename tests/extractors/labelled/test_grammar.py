"""What a value of a field looks like."""

from __future__ import annotations

import pytest

from extractors.labelled.grammar import read_value


@pytest.mark.parametrize(
    ("text", "value", "doubted"),
    [("英国", "英国", False), ("英國", "英国", True), ("英围", "英围", True)],
)
def test_nationality_is_a_country_by_its_chinese_name(text: str, value: str, doubted: bool) -> None:
    read = read_value("nationality", text)
    assert (read.value, bool(read.doubts)) == (value, doubted)


@pytest.mark.parametrize("text", ["女/F", "女ノF", "F女", "Female/女", "女"])
def test_sex_is_told_with_its_translation_behind_a_stroke(text: str) -> None:
    assert (read_value("sex", text).value, read_value("sex", text).doubts) == ("女", ())
