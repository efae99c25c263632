"""Titles decide: what is one, wherever and however it is printed, and what is none."""

from __future__ import annotations

import pytest

from extractors import EXTRACTORS
from extractors.labelled.titles import find_titles, titles_say
from pipeline.model import DocumentType, Line
from tests.lines import line


def kinds(*lines: Line) -> list[DocumentType | None]:
    return [title.kind for title in find_titles(lines)]


def body(count: int = 6) -> list[Line]:
    return [line(f"第{i}行所印的内容", 60, 300 + 50 * i) for i in range(count)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("居民身份证", "id_card"),
        ("中华人民共和国居民身份证", "id_card"),
        ("临时居民身份证", "temporary_id_card"),
        ("广西壮族自治区居住证", "residence_permit"),
        ("港澳居民居住证", "hmt_residence_permit"),
        ("臺灣居民來往大陸通行證", "taiwan_travel_permit"),
        ("港澳居民来往内地通行证（非中国籍）", "hk_macao_travel_permit"),
        ("残疾人证 DISABILITY CERTIFICATE", "disability_certificate"),
        ("PASSPORT", "passport"),
    ],
)
def test_the_guides_titles(text: str, kind: str) -> None:
    assert kinds(line(text, 200, 20), *body()) == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "中华人民共和国机动车驾驶证",
        "老年人优待证",
        "结婚证",
        "学生证",
        "营业执照（副本）",
        "居住证领取凭证",
        "困难残疾人生活补贴申请审批表",
        "员从业资格证",  # its first words lie under a reflection
        "民共和国机动车驾驶证",
    ],
)
def test_foreign_titles(text: str) -> None:
    assert kinds(line(text, 200, 20), *body()) == [None]


@pytest.mark.parametrize(
    ("span", "kind"),
    [
        ("2026.03.05-2026.06.05", "temporary_id_card"),
        ("有效期限2026.11.05-2027.02.05", "temporary_id_card"),
        ("2026.03.05-2031.03.05", "id_card"),
        ("2026.03.05-长期", "id_card"),
        ("2026.03.05-2027.03.05", "id_card"),
    ],
)
def test_a_card_that_runs_for_months_is_a_temporary_one(span: str, kind: str) -> None:
    """The first words of its title lie under a thumb."""
    lines = [line("居民身份证", 200, 20), line(span, 200, 600)]
    assert kinds(*lines, *body()) == [kind]


def test_a_title_set_wide_over_pieces_and_one_over_two_lines() -> None:
    wide = [line(c, 200 + 100 * i, 20) for i, c in enumerate("居住证")]
    assert kinds(*wide, *body()) == ["residence_permit"]
    for title, kind in (("港澳居民来往内地通行证", "hk_macao_travel_permit"),
                        ("临时居民身份证", "temporary_id_card")):  # fmt: skip
        wide = [line(c, 200 + 70 * i, 20) for i, c in enumerate(title)]
        assert kinds(*wide, *body()) == [kind]  # and not 通行证, nor 居民身份证
    two = line("港澳居民来往", 200, 20), line("内地通行证", 215, 62)
    assert kinds(*two, *body()) == ["hk_macao_travel_permit"]


def test_a_misread_character_is_taken_in_a_long_title_and_not_in_a_short_one() -> None:
    assert kinds(line("外国人永久居留身分证", 200, 20)) == ["foreign_permanent_resident_card"]
    assert kinds(line("离昏证", 200, 20), *body()) == []
    seen = line("离昏证", 200, 20, alternatives={"昏": [("婚", 0.3)]})
    assert kinds(seen, *body()) == [None]


@pytest.mark.parametrize(
    "text", ["请携带居民身份证原件", "凭居住证办理，", "仅限办理居住证使用", "1.居民身份证"]
)
def test_what_a_sentence_or_a_list_mentions_is_no_title(text: str) -> None:
    assert kinds(*body(3), line(text, 200, 500)) == []


def test_a_title_as_small_as_the_print_counts_at_the_head_only() -> None:
    assert kinds(line("居住证", 200, 20), *body()) == ["residence_permit"]
    assert kinds(*body(), line("居住证", 200, 900)) == []


CARD = [
    line("姓名 阮桂香", 60, 100),
    line("性别 女", 60, 160),
    line("住址 广西南宁市青秀区民族大道8号", 60, 220),
    line("公民身份号码 450103198510169019", 60, 280),
]


def test_a_foreign_title_denies_every_certificate_read_by_labels() -> None:
    forms = ["id_card", "residence_permit", "disability_certificate", "hmt_residence_permit"]
    titled = [line("老年人优待证", 200, 20), *CARD]
    for kind in forms:
        assert EXTRACTORS[kind].score(titled) is None, kind


def test_the_copys_stamp_that_names_another_paper_does_not_deny() -> None:
    stamped = [*CARD, line("出生 1985年10月16日", 60, 340), line("仅供办理居住证使用", 300, 420)]
    assert EXTRACTORS["id_card"].score(stamped) is not None


@pytest.mark.parametrize(
    ("titles", "said"),
    [
        (["居民身份证", "机动车驾驶证"], {"page": "titles", "titles": "居民身份证、机动车驾驶证"}),
        (["居住证", "居民身份证"], {"page": "titles", "titles": "居住证、居民身份证"}),
        (["居民身份证"], {"page": "title", "titles": "居民身份证"}),
        (["机动车驾驶证"], {"page": "foreign", "titles": "机动车驾驶证"}),
        (["机动车驾驶证", "结婚证"], {"page": "foreign", "titles": "机动车驾驶证、结婚证"}),
        # an ending alone makes a foreign title, whose words may name somebody
        (["覃秀英情况证明"], {}),
        ([], {}),
    ],
)
def test_what_titles_say_of_a_sheet_that_is_no_paper(
    titles: list[str], said: dict[str, str]
) -> None:
    lines = [line(text, 200, 20 + 60 * i) for i, text in enumerate(titles)]
    assert titles_say((*lines, *body())) == said
