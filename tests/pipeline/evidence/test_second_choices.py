"""Second choices, names of places that are a character off, characters the engine does not know."""

from __future__ import annotations

import pytest

from extractors.labelled.grammar import read_value
from pipeline.evidence.evidence import Evidence, Value, confidence, threshold
from pipeline.evidence.second_choices import prefer
from pipeline.layout.piece import pieces_of
from pipeline.model import Char, Line, Quad
from tests.lines import line

QUAD: Quad = ((0, 0), (600, 0), (600, 30), (0, 30))


def _preferred(
    field: str,
    text: str,
    scores: dict[str, float] | None = None,
    alternatives: dict[str, tuple[tuple[str, float], ...]] | None = None,
) -> Evidence:
    """What becomes of a line of text whose characters have these scores and second choices."""
    size = len(text)
    chars = tuple(
        Char(
            c,
            (scores or {}).get(c, 0.999),
            i / size,
            (i + 1) / size,
            (alternatives or {}).get(c, ()),
        )
        for i, c in enumerate(text)
    )
    evidence = Evidence(pieces_of([Line(text, 0.99, QUAD, chars)]), read_value(field, text))
    prefer(field, evidence)
    return evidence


def _is_doubted(evidence: Evidence) -> bool:
    return bool(evidence.doubts or evidence.value.doubts)


@pytest.mark.parametrize(
    ("read", "meant", "scores"),
    [
        ("广西龙州县龙州镇板洽村上屯12号", "广西龙州县龙州镇板冾村上屯12号", {}),
        ("广西合浦县廉州镇布泉村上屯12号", "广西合浦县廉州镇咘泉村上屯12号", {"布": 0.63}),
        ("广西罗成仫佬族自治县东门镇上屯12号", "广西罗城仫佬族自治县东门镇上屯12号", {}),
    ],
    ids=["look-alike", "unknown to the engine", "county"],
)
def test_prefer_takes_a_likelier_character_with_doubt(
    read: str, meant: str, scores: dict[str, float]
) -> None:
    evidence = _preferred("address", read, scores)
    assert evidence.value.value == meant
    assert evidence.raw == read
    assert _is_doubted(evidence)


def test_prefer_takes_a_town_only_with_the_engine_s_own_second_choice() -> None:
    read = "广西隆林各族自治县桠权镇上屯12号"
    alone = _preferred("address", read, {"权": 0.96})
    assert alone.value.value == read
    assert _is_doubted(alone)
    backed = _preferred("address", read, {"权": 0.96}, {"权": (("杈", 0.03),)})
    assert backed.value.value == "广西隆林各族自治县桠杈镇上屯12号"
    assert _is_doubted(backed)


@pytest.mark.parametrize(
    ("read", "choice", "meant"),
    [
        ("广西凌云县思江乡北坡村峒旺电21号", "屯", "屯"),
        ("广西藤县大荣瑤族乡岭杏村165号", "瑶", "瑶"),
        ("广西藤县大荣瑶族乡岭杏村165號", "号", "号"),
    ],
)
def test_a_choice_that_makes_a_word_of_addresses_is_taken(
    read: str, choice: str, meant: str
) -> None:
    odd = next(c for c in read if c in "电瑤號")
    evidence = _preferred("address", read, {odd: 0.6}, {odd: ((choice, 0.38),)})
    assert evidence.value.value == read.replace(odd, meant)


def test_a_word_of_addresses_makes_its_characters_sure() -> None:
    read = "广西凌云县思江乡北坡村峒旺屯21号"
    for text, choice, is_sure in (("屯", "电", True), ("屯", "村", False), ("旺", "汪", False)):
        evidence = _preferred("address", read, {text: 0.8}, {text: ((choice, 0.2),)})
        assert (confidence(evidence) >= threshold("address")) is is_sure


def test_what_makes_no_word_where_another_choice_does_is_doubted() -> None:
    read = "广西凌云县思江乡北坡村峒旺电21号"
    evidence = _preferred("address", read, {"电": 0.965}, {"电": (("屯", 0.03),)})
    assert confidence(evidence) < threshold("address")


def test_prefer_leaves_plain_print_and_known_names_alone() -> None:
    for text in ("广西合浦县廉州镇布泉村上屯12号", "广西南宁市邕宁区蒲庙镇良庆村8号"):
        evidence = _preferred("address", text)
        assert evidence.value.value == text
        assert not _is_doubted(evidence)


def test_read_value_tells_specks_and_seals_from_values() -> None:
    assert read_value("issuing_authority", "6柳州市公安局柳江分局").value == "柳州市公安局柳江分局"
    phone = read_value("guardian_phone", "13900002359疾")
    assert phone.value == "13900002359"
    assert phone.doubts
    assert read_value("id_number", "4501031985.10169012").value == "450103198510169012"
    assert read_value("id_number", "4501031985.1016901").doubts
    assert read_value("address", "广西南宁市青秀区东葛路13.1号").doubts
    assert read_value("address", "广西南宁市青秀区东葛路13号9栋单元201号").doubts
    assert not read_value("address", "广西南宁市青秀区东葛路131号9栋1单元201号").doubts


@pytest.mark.parametrize(
    ("town", "doubted"), [("埔均镇", True), ("青均镇", False)], ids=["埔, maybe 埇", "青"]
)
def test_a_look_alike_in_an_unknown_town_is_doubted_however_surely_read(
    town: str, doubted: bool
) -> None:
    assert _is_doubted(_preferred("address", f"广西融安县{town}上屯12号")) is doubted


@pytest.mark.parametrize(("score", "doubts"), [(0.9994, ["“岗”或为“峝”"]), (0.9996, [])])
def test_a_look_alike_in_an_unknown_town_needs_a_full_score(
    score: float, doubts: list[str]
) -> None:
    evidence = _preferred("address", "广西融安县岗均镇上屯12号", {"岗": score})
    assert evidence.doubts == doubts


def test_a_look_alike_in_a_known_town_is_not_doubted() -> None:
    assert not _is_doubted(_preferred("address", "广西南宁市武鸣区城厢镇洞上屯12号"))


@pytest.mark.parametrize(("score", "is_doubted"), [(0.9989, True), (0.9991, False)])
@pytest.mark.parametrize("pair", ["岸㟖", "地坉", "东岽", "崀峎"])
def test_a_look_alike_that_no_picture_told_is_doubted_below_the_score_of_plain_print(
    pair: str, score: float, is_doubted: bool
) -> None:
    evidence = _preferred("address", f"广西合浦县廉州镇{pair[0]}旺村12号", {pair[0]: score})
    assert evidence.doubts == ([f"“{pair[0]}”或为“{pair[1]}”"] if is_doubted else [])


@pytest.mark.parametrize(
    ("read", "value"),
    [
        ("合兴电95号", "合兴屯95号"),
        ("供电95号", ""),
        ("合兴电站95号", ""),
        ("合兴电", ""),
        ("合兴屯95号", ""),
    ],
)
def test_what_is_read_for_another_word_before_a_house_s_number_is_that_word_in_doubt(
    read: str, value: str
) -> None:
    evidence = _preferred("address", f"广西合浦县廉州镇旺村{read}")
    assert evidence.value.value.endswith(value or read)
    assert ("生僻字：“电”取“屯”" in evidence.value.doubts) is bool(value)


@pytest.mark.parametrize("read", ["筭", "茛", "昪"])
def test_a_rare_character_that_no_place_is_named_with_is_doubted_however_surely_read(
    read: str,
) -> None:
    evidence = _preferred("address", f"广西合浦县廉州镇{read}旺村12号")
    assert evidence.doubts == [f"地名中少见的字：{read}"]


@pytest.mark.parametrize("read", ["岜", "塍", "坌", "枧", "砦"])
def test_rare_characters_of_villages_are_not_doubted_as_such(read: str) -> None:
    assert _preferred("address", f"广西合浦县廉州镇{read}旺村12号").doubts == []


def test_a_rare_character_in_another_province_is_not_doubted_as_such() -> None:
    assert _preferred("address", "湖南省双峰县永丰镇筭旺村12号").doubts == []


def test_what_a_rare_character_is_read_as_with_a_full_score_is_doubted_but_in_known_names() -> None:
    assert _is_doubted(_preferred("address", "广西南宁市武鸣区城厢镇埔上屯12号"))
    assert not _is_doubted(_preferred("address", "广西柳城县大埔镇上屯12号"))


def _compared(text: str, read: str, score: float, rare: str, chance: float) -> Evidence:
    """What becomes of an address with one character that was compared with a rare one."""
    size = len(text)
    chars = tuple(
        Char(c, score, i / size, (i + 1) / size, ((rare, chance),), True)
        if c == read
        else Char(c, 0.999, i / size, (i + 1) / size)
        for i, c in enumerate(text)
    )
    evidence = Evidence(pieces_of([Line(text, 0.99, QUAD, chars)]), read_value("address", text))
    prefer("address", evidence)
    return evidence


@pytest.mark.parametrize(
    ("read", "rare", "chance", "doubted"),
    [
        ("邑", "岜", 0.001, False),
        ("邑", "岜", 0.019, False),
        ("邑", "岜", 0.03, True),
        ("良", "崀", 0.02, True),  # or 峎
        ("望", "塱", 0.049, False),
        ("望", "塱", 0.05, True),
        ("崀", "峎", 0.049, False),
        ("崀", "峎", 0.05, True),
    ],
)
def test_a_compared_character_is_doubted_where_its_picture_may_be_the_rare_one(
    read: str, rare: str, chance: float, doubted: bool
) -> None:
    text = f"广西龙州县龙州镇板{read}村上屯12号"
    evidence = _compared(text, read, 0.99, rare, chance)
    assert evidence.value.value == text
    assert _is_doubted(evidence) is doubted


def _name_compared(own: float, rare: float) -> Evidence:
    """What becomes of 韦嫌, compared with 嬿, which is at home in names, and with 妇."""
    others = (("妇", 0.01), ("嬿", rare))
    chars = (Char("韦", 0.999, 0.0, 0.5), Char("嫌", own, 0.5, 1.0, others, True))
    evidence = Evidence(pieces_of([Line("韦嫌", 0.9, QUAD, chars)]), Value("韦嫌", (), True))
    prefer("name", evidence)
    return evidence


@pytest.mark.parametrize(("rare", "value"), [(0.07, "韦嫌"), (0.08, "韦嬿")])
def test_a_second_choice_is_taken_from_a_chance_that_counts(rare: float, value: str) -> None:
    """At home in names it is four times likelier: 0.28 and 0.32."""
    evidence = _name_compared(0.2, rare)
    assert evidence.value.value == value
    assert evidence.value.closed is (value == "韦嫌")


@pytest.mark.parametrize(("rare", "doubted"), [(0.919, True), (0.92, False)])
def test_what_its_picture_makes_sure_is_taken_without_a_doubt(rare: float, doubted: bool) -> None:
    evidence = _name_compared(0.05, rare)
    assert evidence.value.value == "韦嬿"
    assert _is_doubted(evidence) is doubted
    assert evidence.chars[1].alternatives == (("嫌", 0.05), ("妇", 0.01))


def test_a_sign_of_another_width_is_no_other_choice() -> None:
    evidence = _preferred("address", "广西龙州县龙州镇上村12号Ｂ座")
    assert (evidence.value.value, _is_doubted(evidence)) == ("广西龙州县龙州镇上村12号B座", False)


def test_a_name_is_made_whole_at_the_end_of_a_value() -> None:
    assert _preferred("native_place", "广西罗成仫佬族自治县").value.value == "广西罗城仫佬族自治县"


def test_a_town_is_made_whole_with_a_choice_of_little_chance() -> None:
    read = "广西马山县古零填上村12号"
    alone, backed = (
        _preferred("address", read, {"填": 0.9}, {"填": others}).value.value
        for others in ((), (("镇", 0.005),))
    )
    assert (alone, backed) == (read, read.replace("填", "镇"))


@pytest.mark.parametrize(("chance", "doubted"), [(0.4, True), (0.6, False)])
def test_a_picture_settles_a_character_that_no_place_is_named_with(
    chance: float, doubted: bool
) -> None:
    """枧 by the picture, 视 by the engine: with 0.6, 0.6 of 0.6 + 0.05 * 0.4 is left for 枧."""
    read = "广西龙州县龙州镇视上村下屯12号"
    evidence = _compared(read, "视", 1 - chance, "枧", chance)
    assert (evidence.value.value, evidence.raw) == (read.replace("视", "枧"), read)
    assert _is_doubted(evidence) is doubted
    assert confidence(evidence) >= threshold("address") or doubted
    assert [(c.text, c.alternatives[0][0]) for c in evidence.chars if c.alternatives] == [
        ("枧", "视")
    ]


def test_a_second_choice_alone_settles_what_no_place_is_named_with_and_nothing_else() -> None:
    text = "广西龙州县龙州镇{}上村下屯12号"
    seldom = _preferred("address", text.format("视"), {"视": 0.6}, {"视": (("枧", 0.4),)})
    assert (seldom.value.value, _is_doubted(seldom)) == (text.format("枧"), False)
    also = _preferred("address", text.format("桃"), {"桃": 0.1}, {"桃": (("桄", 0.9),)})
    assert (also.value.value, _is_doubted(also)) == (text.format("桄"), True)


@pytest.mark.parametrize(("read", "twin"), [("峎", "崀"), ("风", "凤")])
def test_what_may_always_be_another_is_doubted(read: str, twin: str) -> None:
    evidence = _preferred("address", f"广西龙州县龙州镇{read}上村下屯12号")
    assert evidence.doubts == [f"“{read}”或为“{twin}”"]


@pytest.mark.parametrize(("chance", "doubted"), [(0.004, False), (0.005, True)])
def test_a_surname_is_doubted_where_its_picture_may_be_a_rare_one(
    chance: float, doubted: bool
) -> None:
    for name, doubts in (("仇文博", ["“仇”或为“仉”"] * doubted), ("韦仇博", [])):
        chars = tuple(
            Char(c, 0.98, i / 3, (i + 1) / 3, (("仉", chance),) * (c == "仇"), True)
            for i, c in enumerate(name)
        )
        evidence = Evidence(pieces_of([Line(name, 0.98, QUAD, chars)]), read_value("name", name))
        prefer("name", evidence)
        assert (evidence.value.value, evidence.doubts) == (name, doubts)


def _name_on(*texts: str, simple: float = 0.32) -> Evidence:
    """What becomes of 黃俊文 on a sheet with these lines, 黄 named with a chance of ``simple``."""
    own = line(
        "黃俊文", scores={"黃": 1 - simple}, alternatives={"黃": (("黄", simple), ("寅", 0.0001))}
    )
    evidence = Evidence(pieces_of([own]), read_value("name", own.text))
    prefer("name", evidence, [own, *(line(text, y=60 * i) for i, text in enumerate(texts, 1))])
    return evidence


SIMPLE = ("来往内地通行证", "证件号码", "签发机关")


def test_a_traditional_sign_among_simple_ones_is_its_simple_form() -> None:
    evidence = _name_on(*SIMPLE)
    assert evidence.value.value == "黄俊文"
    assert not _is_doubted(evidence)
    assert confidence(evidence) >= threshold("name")
    assert [c.alternatives for c in evidence.chars[:1]] == [(("寅", 0.0001),)]


def test_a_simple_form_that_was_hardly_named_is_doubted() -> None:
    evidence = _name_on(*SIMPLE, simple=0.05)
    assert evidence.value.value == "黄俊文"
    assert confidence(evidence) == 0.05


def test_a_simple_sign_beside_its_traditional_form_is_sure() -> None:
    evidence = _name_on(*SIMPLE, simple=0.8)
    assert evidence.value.value == "黄俊文"
    assert confidence(evidence) >= threshold("name")


@pytest.mark.parametrize(
    "lines", [("來往內地通行證", "證件號碼", "签发机关"), ("出生日期", "性别男"), ()]
)
def test_it_stays_on_a_sheet_that_prints_both_or_tells_neither(lines: tuple[str, ...]) -> None:
    assert _name_on(*lines).value.value == "黃俊文"


def test_a_sign_that_was_not_named_is_not_put_in() -> None:
    assert _name_on(*SIMPLE, simple=0.01).value.value == "黃俊文"


def test_a_rare_traditional_sign_is_a_character_of_its_own() -> None:
    own = line("陆贇洁", scores={"贇": 0.9}, alternatives={"贇": (("赟", 0.1),)})
    evidence = Evidence(pieces_of([own]), read_value("name", own.text))
    prefer("name", evidence, [own, *(line(text, y=60 * i) for i, text in enumerate(SIMPLE, 1))])
    assert evidence.value.value == "陆贇洁"
