"""Where names begin and end in letters, and whose a number is."""

from __future__ import annotations

import re

import pytest

from extractors.letters.groups import GROUP_RIVALS, group_name, group_of
from extractors.letters.names import END, PERSON, begins_surely, is_open
from extractors.letters.parties import is_parted, parties_of
from extractors.letters.people import find_pairs
from extractors.letters.subject import subject_of

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
    parties = parties_of(text)
    found = {role: text[slice(*person.name)] for role, person in parties.persons.items()}
    assert found == {"proxy": "李梅", "applicant": "韦建国"}
    assert not parties.unsure


def test_parts_are_not_told_when_nothing_says_who_is_who() -> None:
    text = f"韦建国(身份证号:{ONE})\n李梅(身份证号:452322199707289081)"
    assert parties_of(text).unsure


SUBJECTS = {
    "the introduced": ("经办人:黄志强\n兹有韦建国同志,男。", "韦建国"),
    "the member, not the head": (f"户主黄大伟家庭成员韦建国(身份证号:{ONE})为低保对象", "韦建国"),
    "the new name": ("曾用名:韦小二\n姓名:韦建国\n办理人:黄志强(父亲)", "韦建国"),
    "the one written to": ("韦建国:\n经研究,同意你辞职。\n局长:黄志强", "韦建国"),
}


@pytest.mark.parametrize(("text", "name"), SUBJECTS.values(), ids=SUBJECTS.keys())
def test_letter_is_about_the_person_whom_its_words_mean(text: str, name: str) -> None:
    subject = subject_of(text)
    assert subject is not None
    assert text[slice(*subject.name)] == name
    assert not subject.rival


def test_letter_is_about_nobody_surely_when_two_are_told_alike() -> None:
    subject = subject_of(f"韦建国(身份证号:{ONE})\n李梅(身份证号:452322199707289081)")
    assert subject is not None
    assert subject.rival


MENTIONS = {
    "the fuller": ("享受低保待遇证明\n该户属农村低保", "享受低保待遇证明", "农村低保", ()),
    "two places": ("系城市低保,又系农村低保", "", "城市低保", (GROUP_RIVALS,)),
    "two kinds": ("系低保户,系特困供养", "", "低保", (GROUP_RIVALS,)),
    "one denied": ("系低保户,非特困供养", "", "低保", ()),
    "a box not ticked": ("√低保 □特困", "", "低保", ("只在标题或其他语句中出现",)),
}


@pytest.mark.parametrize(
    ("text", "title", "value", "doubts"), MENTIONS.values(), ids=MENTIONS.keys()
)
def test_category_is_the_fullest_wording(
    text: str, title: str, value: str, doubts: tuple[str, ...]
) -> None:
    told = group_of(text, title)
    assert told is not None
    assert (text[slice(*told.wording)], told.wording_doubts) == (value, doubts)


STATES = {
    "韦建国系我县农村低保对象,现仍在享受。": ("低保", "current"),
    "韦建国原享受农村低保,已于2025年5月停发。": ("低保", "former"),
    "韦建国申请农村低保,经审核不符合条件,不予批准。": ("低保", "refused"),
    "韦建国已申请农村低保,正在审核。": ("低保", "applied"),
    "韦建国经审核认定为低保边缘家庭成员。": ("低保边缘家庭", "current"),
    "韦建国曾在我乡担任代课教师。": ("代课人员", "former"),
    "类别:城市低保": ("低保", "current"),
}


@pytest.mark.parametrize(("text", "told"), STATES.items())
def test_group_has_the_tense_that_the_text_gives_it(text: str, told: tuple[str, str]) -> None:
    found = group_of(text, "")
    assert found is not None
    assert (group_name(text[slice(*found.span)]), found.state) == told


def test_group_has_no_tense_when_the_text_gives_none() -> None:
    found = group_of("低保证明", "低保证明")
    assert found is not None
    assert found.state is None


def test_a_name_of_several_parts_is_told_behind_the_word_that_charges_him() -> None:
    text = f"因劳超(公民身份号码:{ONE})外出务工,委托加娜尔·木拉提(公民身份号码:{OTHER})前来办理。"
    persons = parties_of(text).persons
    found = {role: text[slice(*person.name)] for role, person in persons.items()}
    assert found == {"applicant": "劳超", "proxy": "加娜尔·木拉提"}


def test_a_label_whose_value_follows_closely_tells_the_group_before_the_title() -> None:
    text = "最低生活保障证明\n保障对象姓名邵耀祖\n保障类别特困供养\n该对象目前正常享受救助。"
    told = group_of(text, "最低生活保障证明")
    assert told is not None
    assert (text[slice(*told.wording)], told.wording_doubts) == ("特困供养", ())


@pytest.mark.parametrize(
    ("text", "name", "sure"),
    [
        ("离职证明\n塔季杨娜、王同志:", "季杨娜", False),
        ("兹有,塔季杨娜、王", "季杨娜", False),
        ("离职证明\n季杨娜同志:", "季杨娜", True),
        ("拟同意录用季杨娜同志", "季杨娜", True),
    ],
)
def test_one_character_before_a_name_is_its_first(text: str, name: str, sure: bool) -> None:
    start = text.index(name)
    assert begins_surely(text, start, start + len(name)) is sure


@pytest.mark.parametrize(
    ("text", "parted"),
    [
        ("代办人\t韦建国\n申请人\t身份\t" + ONE, True),
        ("代办人\t韦建国\n身份\t" + ONE + "\n申请人\t黄丽", False),
        ("代办人:韦建国,受申请人黄丽委托。代办人身份证号:" + ONE, False),
    ],
)
def test_a_number_behind_the_other_party_may_be_the_others(text: str, parted: bool) -> None:
    person = parties_of(text).persons["proxy"]
    assert person.number is not None
    assert is_parted(text, "proxy", person) is parted
