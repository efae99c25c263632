"""Where the words of labels are labels, and where they are not."""

from __future__ import annotations

import pytest

from pipeline.layout.label_words import LabelRule
from pipeline.layout.labels import find_labels
from tests.lines import line

NUMBER = LabelRule("id_number", (("公民身份号码",),))
HOME = LabelRule("address", (("住址",),))
SEX = LabelRule("sex", (("性别",),))
BIRTH = LabelRule("birth_date", (("出生日期",),))
ADDRESS = LabelRule("current_address", (("居住地住址",),), 3)
GUARDIAN = LabelRule("guardian", (("监护人",),))


def test_a_long_label_that_lost_its_last_character_at_the_lines_end_is_found() -> None:
    labels, rest = find_labels([line("公民身份号"), line("450103198510169012", 400)], [NUMBER])
    assert labels.keys() == {"id_number"}
    assert [p.text for p in rest] == ["450103198510169012"]


def test_less_of_it_is_none() -> None:
    assert find_labels([line("公民身份")], [NUMBER])[0] == {}


def test_a_label_set_wide_may_begin_in_the_line_of_a_date() -> None:
    lines = [line("1989.08.27性", 300), line("别男/M", 300 + 30 * 8)]
    labels, rest = find_labels(lines, [SEX])
    assert labels.keys() == {"sex"}
    assert sorted(p.text for p in rest) == ["1989.08.27", "男/M"]


@pytest.mark.parametrize("first", ["住", "住.", "住,"])
def test_a_label_set_wide_is_found_beside_a_speck(first: str) -> None:
    lines = [line(first, 90), line("址", 195), line("广西南宁市", 240)]
    labels, rest = find_labels(lines, [HOME])
    assert "".join(p.text for p in labels["address"].parts) == "住址"
    assert [p.text for p in rest] == ["广西南宁市"]


@pytest.mark.parametrize("first", ["住1", "往", "."])
def test_what_is_no_speck_begins_no_label(first: str) -> None:
    lines = [line(first, 90), line("址", 195), line("广西南宁市", 240)]
    assert find_labels(lines, [HOME])[0] == {}


@pytest.mark.parametrize("stamp", ["与原件一致", "与原件—致", "经核对与原件相符"])
def test_a_label_is_found_right_behind_a_copys_stamp(stamp: str) -> None:
    labels, _ = find_labels([line(f"{stamp}监护人邵坚")], [GUARDIAN])
    assert labels.keys() == {"guardian"}


def test_what_is_left_stands_in_the_same_order_wherever_its_lines_lie_in_memory() -> None:
    texts = [f"桂平市{number}号" for number in range(10, 30)]
    made = {text: line(text, y=60 * texts.index(text)) for text in sorted(texts, key=hash)}
    _, rest = find_labels([made[text] for text in texts], [SEX])
    assert [p.text for p in rest] == texts


def test_a_word_within_a_sentence_is_no_label() -> None:
    lines = [line("持证人居住地住址变动的，应当及时办理变更。")]
    assert find_labels(lines, [ADDRESS])[0] == {}
    assert find_labels([line("居住地住址广西凤山县西岗乡榃兴村5号。")], [ADDRESS])[0].keys()
