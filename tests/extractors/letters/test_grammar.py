"""Numbers, bodies, persons and counts that letters print."""

from __future__ import annotations

import pytest

from extractors.labelled.grammar import HALF_NAME, MISFIT, UNPLACED
from extractors.letters.grammar import (
    BEHEADED,
    NO_BODY,
    SHORT_WORD,
    days,
    letter_number,
    org,
    person,
)

NUMBERS = [
    ("桂人才函〔2026〕57号", "桂人才函〔2026〕57号", ()),
    ("桂人才函〔2026]57号", "桂人才函〔2026〕57号", ()),
    ("函字〔2026〕57号", "函字〔2026〕57号", (SHORT_WORD,)),
    ("桂人才函|2026|57号", "桂人才函〔2026〕57号", (MISFIT,)),
    ("桂人才函〔〔2026〕57号", "桂人才函〔2026〕57号", (MISFIT,)),
    ("2026-0057", "2026-0057", ()),
    ("第五十七", "第五十七", (MISFIT,)),
]
BODIES = [
    ("南宁市青秀区民政局", ()),
    ("南宁市青秃区民政局", ("地名疑为“青秀区”",)),
    ("广西壮族自冶区南宁市青秀区民政局", ("地名疑为“广西壮族自治区”",)),
    ("民政局驻", (NO_BODY,)),
    ("县民政局", (BEHEADED,)),
    ("虎丘县民政局", (UNPLACED,)),
    ("程总公司", (BEHEADED,)),
    ("装有限责任公司", (BEHEADED,)),
    ("柳钢集团", ()),
    ("安装工程总公司", ()),
    ("宜州区公安局坡樟源出所", (HALF_NAME,)),
    ("西林县公共就业服务中心调档函桂平市第二高级中学", (NO_BODY,)),
    ("柳州市函授学院", ()),
]
PERSONS = [
    ("韦小芳", ()),
    ("韦小芳同志", ("含有不属于姓名的字",)),
    ("买买提江艾合买提·吐尔逊", ("姓名前的字可能不属于姓名",)),
    ("壮族", ("含有不属于姓名的字",)),
]
DAYS = [
    ("15", "15", ()),
    ("十五", "15", ()),
    ("叁拾", "30", ()),
    ("一百二十", "120", ()),
    ("数", "数", (MISFIT,)),
]


@pytest.mark.parametrize(("text", "value", "doubts"), NUMBERS)
def test_number_of_a_letter(text: str, value: str, doubts: tuple[str, ...]) -> None:
    read = letter_number(text)
    assert (read.value, read.doubts) == (value, doubts)


@pytest.mark.parametrize(("text", "doubts"), BODIES)
def test_body_is_one_and_lies_in_a_place_that_there_is(text: str, doubts: tuple[str, ...]) -> None:
    assert org(text).doubts == doubts


@pytest.mark.parametrize(("text", "doubts"), PERSONS)
def test_person_is_no_other_word(text: str, doubts: tuple[str, ...]) -> None:
    assert set(doubts) <= set(person(text).doubts)
    assert bool(person(text).doubts) == bool(doubts)


@pytest.mark.parametrize(("text", "value", "doubts"), DAYS)
def test_days_are_counted_in_figures_and_numerals(
    text: str, value: str, doubts: tuple[str, ...]
) -> None:
    read = days(text)
    assert (read.value, read.doubts) == (value, doubts)
