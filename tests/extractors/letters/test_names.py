"""Where names begin and end in letters, and whose a number is."""

from __future__ import annotations

import re

import pytest

from extractors.letters.kinds import MACROS, letter_kinds
from extractors.letters.mentions import RIVALS, weigh_mentions
from extractors.letters.names import END, PERSON, is_open
from extractors.letters.people import find_pairs, parts_of
from pipeline.model import DocumentType

_NAME = re.compile(rf"{MACROS['NAME']}{END}", re.M)
ONE, OTHER = "450103199001010016", "450722198507139078"

BORDERS = {
    "达吾提·米尔扎等同志": "达吾提·米尔扎",
    "拟调尼古拉·伊万诺夫同志": "尼古拉·伊万诺夫",
    "兹有职工古丽仙·沙依木,女": "古丽仙·沙依木",
    "申请人阿卜杜热合曼·阿卜杜喀迪尔(身份证": "阿卜杜热合曼·阿卜杜喀迪尔",
    "贵单位韦有为同志": "韦有为",
    "兹证明欧阳雪系我局职工": "欧阳雪",
}


@pytest.mark.parametrize(("text", "name"), BORDERS.items())
def test_name_ends_where_other_words_begin(text: str, name: str) -> None:
    found = re.search(rf"({PERSON}){END}", text, re.M)
    assert found is not None
    assert found[1] == name


@pytest.mark.parametrize("text", ["韦有为我局职工", "李大现任会计", "韦胜男,女,壮族"])
def test_end_is_open_when_the_next_character_may_belong_to_it(text: str) -> None:
    assert is_open(text, 0, 2)


@pytest.mark.parametrize("text", ["韦有,男", "韦有为同志", "李现任会计。同意李现辞职,李现同志"])
def test_end_is_closed_when_it_is_certain_here_or_elsewhere(text: str) -> None:
    assert not is_open(text, 0, 3 if text.startswith("韦有为") else 2)


def test_number_belongs_to_whom_stands_before_it() -> None:
    text = f"经办人:黄志强\n兹证明韦建国(男,壮族,身份证号码{ONE})原名韦小二,其妻李梅({OTHER})"
    pairs = find_pairs(text.replace(OTHER, "452322199707289081"))
    assert [text[slice(*p.name)] for p in pairs] == ["韦建国", "李梅"]


PARTS = {
    "of and for": f"我是韦建国(身份证号:{ONE})的女儿李梅(身份证号:{{other}})",
    "asked by": f"本人李梅,身份证号{{other}},受韦建国(身份证号{ONE})的委托",
    "asking": f"申请人韦建国,身份证号{ONE},因行动不便,委托女儿李梅(身份证号{{other}})办理",
    "of oneself": f"因本人韦建国(身份证号{ONE})行动不便,特委托本人的儿子李梅(证号{{other}})办理",
    "headed": f"一、委托人信息\n姓名:韦建国 身份证号:{ONE}\n"
    "二、受托人信息\n姓名:李梅 身份证号:{other}",
}


@pytest.mark.parametrize("text", PARTS.values(), ids=PARTS.keys())
def test_proxy_and_applicant_are_told_apart(text: str) -> None:
    text = text.format(other="452322199707289081")
    found = {role: text[slice(*p.name)] for role, p in parts_of(find_pairs(text), text).items()}
    assert found == {"proxy": "李梅", "applicant": "韦建国"}


def test_parts_are_not_told_when_nothing_says_who_is_who() -> None:
    text = f"韦建国(身份证号:{ONE})\n李梅(身份证号:452322199707289081)"
    assert parts_of(find_pairs(text), text) == {}


MENTIONS = {
    "the fuller": ("享受低保待遇证明\n该户属农村低保", "低保", "农村低保", ()),
    "two places": ("系城市低保,又称农村低保", "城市低保", "城市低保", (RIVALS,)),
    "two kinds": ("系低保户,非特困供养", "低保", "低保", (RIVALS,)),
    "a box not ticked": ("√低保 □特困", "低保", "低保", ()),
}


@pytest.mark.parametrize(
    ("text", "found", "value", "doubts"), MENTIONS.values(), ids=MENTIONS.keys()
)
def test_category_is_the_fullest_wording(
    text: str, found: str, value: str, doubts: tuple[str, ...]
) -> None:
    kind = letter_kinds()[DocumentType.CIVIL_AFFAIRS_PROOF]
    fact = next(f for f in kind.facts if f.name == "category")
    at = text.index(found)
    span, told = weigh_mentions(fact, (at, at + len(found)), text)
    assert (text[slice(*span)], told) == (value, doubts)
