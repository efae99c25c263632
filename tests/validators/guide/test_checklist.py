"""What to bring, before anything is scanned."""

from __future__ import annotations

from typing import Any

import pytest

from validators.guide.checklist import Circumstances, checklist
from validators.guide.guide import guide


def listed(matters: str, **circumstances: Any) -> list[str]:
    said: dict[str, Any] = {"proxy": False, "special_groups": ()} | circumstances
    made = checklist(matters.split(), Circumstances(**said))
    return [item.item for item in made.items]


CASES: list[tuple[str, dict[str, Any], list[str]]] = [
    ("M3", {"proxy": False}, ["G1", "G2"]),
    ("M3", {"proxy": None}, ["G1", "G2", "G3a", "G3b"]),
    ("M2", {"category": "foreign"}, []),
    ("M2 M4", {"category": "foreign"}, ["G1", "G2", "4.2"]),
    ("M2 M4", {"age": 15, "category": "mainland"}, ["G1", "G2", "4.2"]),
    ("M7 M9", {"age": 15}, []),
    ("M3 M7 M9", {"away": False, "category": "mainland"}, ["G1", "G2"]),
    ("M7", {"away": False}, ["G1", "G2", "7.2"]),
    ("M5", {"category": "hmt"}, ["G1", "G2", "5.4"]),
    ("M3", {"proxy": True}, ["G1", "G2", "G3a", "G3b"]),
    ("M2", {"category": "mainland"}, ["G1", "G2", "2.1"]),
    ("M2", {"category": "hmt"}, ["G1", "G2", "2.6"]),
    ("M2", {}, ["G1", "G2", "2.1", "2.6"]),
    ("M2 M4", {"category": "mainland", "special_groups": ("SG1", "SG5")},
     ["G1", "G2", "2.1", "2.2", "2.5b", "2.5b", "4.2"]),
    ("M5", {"category": "foreign"}, ["G1", "G2", "5.2", "5.3"]),
    ("M5", {"category": "mainland", "away": True}, ["G1", "G2", "5.1"]),
    ("M5 M7", {"category": "mainland", "away": True}, ["G1", "G2", "5.1"]),
    ("M6", {"changes": ("mobile",)}, ["G1", "G2"]),
    ("M6", {"changes": ("name", "mobile")}, ["G1", "G2", "6.1"]),
    ("M8", {}, ["G1", "G2", "8.1"]),
    ("M1", {"archive_direction": "out"}, ["G1", "G2", "1.3"]),
    ("M1", {"archive_direction": "in", "archive_holder": "school"}, ["G1", "G2"]),
    ("M1", {"archive_direction": "in", "archive_holder": "state_unit"}, ["G1", "G2", "1.2"]),
    ("M3", {"channel": "online"}, ["G2"]),
]  # fmt: skip


@pytest.mark.parametrize(("matters", "circumstances", "expected"), CASES)
def test_list_is_what_the_matters_need(
    matters: str, circumstances: dict[str, Any], expected: list[str]
) -> None:
    assert listed(matters, **circumstances) == expected


def test_condition_is_told_when_it_was_not_said() -> None:
    made = checklist(["M2"], Circumstances())
    conditions = {i.item: i.only_if for i in made.items if i.only_if}
    assert conditions["2.1"] == "大陆居民" and conditions["2.6"] == "港澳台居民"
    assert conditions["G3b"] == "委托他人代办的" and conditions["2.5a"] == "属村干部的"
    assert len(made.unsaid) == 3 and "代办" in "".join(made.unsaid)
    said = Circumstances(category="mainland", proxy=False, special_groups=())
    assert checklist(["M2"], said).unsaid == ()


def test_closed_matter_says_so_and_why() -> None:
    def closed(code: str, **said: Any) -> tuple[str, ...]:
        return checklist([code], Circumstances(**said)).matters[0].closed

    assert "外国人" in closed("M2", category="foreign")[0]
    assert "16周岁" in closed("M5", age=15)[0]
    assert closed("M5", age=16) == () and closed("M2", category="mainland") == ()
    assert "在校学生" in closed("M2", student=True)[0]
    assert "事业单位" in closed("M2", employment="public_institution")[0]


def test_matter_that_the_guide_leaves_open_says_that_the_window_decides() -> None:
    made = checklist(["M7"], Circumstances(category="foreign")).matters[0]
    assert made.closed == () and "外国人" in made.asked[0]


def test_verified_item_is_marked_as_waived() -> None:
    made = checklist(["M2"], Circumstances(category="mainland", verified=("household",)))
    assert [i.item for i in made.items if i.waived] == ["2.1"]


def test_papers_of_other_people_are_not_offered() -> None:
    made = checklist(["M4"], Circumstances(category="mainland"))
    identity = next(i for i in made.items if i.item == "G2")
    assert identity.instead == ("居民身份证", "社会保障卡", "临时居民身份证", "居民户口簿")


def test_papers_that_count_for_one_matter_only_name_it() -> None:
    made = checklist(["M2", "M4"], Circumstances(category="mainland"))
    identity = next(i for i in made.items if i.item == "G2")
    assert identity.instead == (
        "居民身份证",
        "社会保障卡",
        "临时居民身份证（限M4）",
        "居民户口簿（限M4）",
    )
    whole = checklist(["M4"], Circumstances())
    named = next(i for i in whole.items if i.item == "G2").instead
    assert {"护照", "台湾居民来往大陆通行证", "外国人永久居留身份证"} <= set(named)


def test_same_paper_for_two_matters_is_brought_once() -> None:
    made = checklist(["M5", "M7"], Circumstances(category="mainland", away=True))
    assert next(i for i in made.items if i.item == "5.1").matters == ("M5", "M7")


def test_exclusive_pair_is_told() -> None:
    assert "只能选择一项" in checklist(["M2", "M3"], Circumstances()).conflicts[0]
    assert checklist(["M3", "M5"], Circumstances()).conflicts == ()


def test_important_change_online_is_told() -> None:
    online = Circumstances(channel="online", changes=("name",))
    assert "窗口" in checklist(["M6"], online).matters[0].closed[0]
    at_window = Circumstances(channel="window", changes=("name",))
    assert checklist(["M6"], at_window).matters[0].closed == ()


def test_time_is_told_by_channel() -> None:
    def days(code: str, **said: Any) -> str:
        return checklist([code], Circumstances(**said)).matters[0].days

    assert days("M2") == "线上3个工作日，线下8个工作日"
    assert days("M2", channel="online") == "3个工作日"
    assert days("M1", channel="window") == "即时办结"


def test_unknown_matter_raises() -> None:
    with pytest.raises(KeyError):
        checklist(["M0"], Circumstances())


@pytest.mark.parametrize("code", guide().codes)
def test_every_matter_needs_form_and_identity(code: str) -> None:
    assert {"G1", "G2"} <= set(listed(code))
