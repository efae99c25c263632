"""Values whose label was not read: told by their shape, or by their place and their grammar."""

from __future__ import annotations

import pytest

from extractors import EXTRACTORS
from pipeline.evidence.evidence import is_doubtful
from pipeline.model import DocumentType, Face
from tests.extractors.cards.test_id_card import NUMBER, PERSON
from tests.lines import BLUE, Paper

ID_CARD = EXTRACTORS[DocumentType.ID_CARD]


def portrait(*rows: tuple[str, float, float], without: frozenset[str] = frozenset()) -> Paper:
    """The portrait side of an ID card without some of its lines, and with others."""
    paper = Paper()
    every = (
        ("姓名", 60, 40), ("韦建国", 160, 40),
        ("性别", 60, 100), ("男", 160, 100), ("民族", 260, 100), ("壮", 360, 100),
        ("出生", 60, 160), ("1985年10月16日", 160, 160),
        ("住址", 60, 220), ("广西南宁市青秀区民族大", 160, 220), ("道12号3栋1单元302室", 160, 265),
        ("公民身份号码", 60, 360), (NUMBER, 300, 360),
    )  # fmt: skip
    labels = {"姓名", "性别", "民族", "出生", "住址", "公民身份号码"}
    for text, x, y in (*(row for row in every if row[0] not in without), *rows):
        paper.write(text, x, y, colour=BLUE if text in labels else (30, 30, 30))
    return paper


def read(paper: Paper) -> Face:
    assert (ID_CARD.score(paper.lines) or 0) >= 0.5
    (face,) = ID_CARD.extract(paper.sheet(), paper.recognise)
    return face


@pytest.mark.parametrize(
    ("rows", "name", "doubtful"),
    [
        ((("韦建国", 160, 40),), "韦建国", True),  # above the row of 性别
        ((("名韦建国", 90, 40),), "韦建国", False),  # the label's last character is label enough
        ((("名", 90, 40), ("韦建国", 160, 40)), "韦建国", False),
        ((("名韦建国", 190, 40),), "韦建国", True),  # but not where values stand
        ((("名", 190, 40),), None, True),
        ((("韦建国", 160, 40), ("陈小明", 200, 5)), None, True),  # two might be it
        ((("韦建国", 700, 40),), None, True),  # too far to the right
        ((("12", 160, 40),), None, True),
    ],
)
def test_name_without_its_label_is_told_by_its_place_and_doubted(
    rows: tuple[tuple[str, float, float], ...], name: str | None, doubtful: bool
) -> None:
    face = read(portrait(*rows, without=frozenset({"姓名", "韦建国"})))
    if name is None:
        assert "name" not in face.fields
        return
    assert {k: r.value for k, r in face.fields.items()} == PERSON
    assert is_doubtful("name", face.fields["name"]) is doubtful


@pytest.mark.parametrize(("text", "group"), [("壮", "壮"), ("粗", None)])
def test_ethnicity_without_its_label_is_an_ethnic_group_behind_the_sex(
    text: str, group: str | None
) -> None:
    face = read(portrait((text, 360, 100), without=frozenset({"民族", "壮"})))
    reading = face.fields.get("ethnicity")
    assert (reading.value if reading else None) == group
    assert reading is None or is_doubtful("ethnicity", reading)


def test_ethnicity_is_not_looked_for_where_the_sex_was_not_read() -> None:
    face = read(portrait(without=frozenset({"民族", "性别", "男"})))
    assert "ethnicity" not in face.fields


def test_number_without_its_label_is_told_by_its_digits() -> None:
    face = read(portrait(without=frozenset({"公民身份号码"})))
    assert face.fields["id_number"].value == NUMBER
