"""Letters and characters that are a label's, misread."""

from __future__ import annotations

from pipeline.layout.label_words import LabelRule
from pipeline.layout.likeness import is_like_label, is_like_letters, latin_letters


def test_rn_and_the_m_that_it_is_read_as_are_the_same_letters() -> None:
    assert latin_letters("Sumame") == latin_letters("Surname")


def test_short_word_is_like_none_but_itself() -> None:
    assert not is_like_letters("SES", "SEX")
    assert is_like_letters("ADKHRESS", "ADDRESS")


def test_chinese_is_like_a_label_of_its_length_with_half_of_its_characters() -> None:
    rule = LabelRule("address", (("住宿地址",),))
    assert is_like_label("健营地址", [rule])
    assert not is_like_label("健营池址", [rule])
    assert not is_like_label("地址", [rule])
    assert not is_like_label("", [rule])
