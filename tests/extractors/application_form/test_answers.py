"""Written answers of office forms: beside, behind and below their labels, in cells and combs."""

from __future__ import annotations

import cv2
import pytest

from extractors.application_form import extract, score
from pipeline.model import Face
from tests.lines import BLACK, BLUE, EM, Colour, Paper

pytestmark = pytest.mark.drawn

Cell = tuple[float, str]
"""Width in pixels, and what is written; a label or an answer."""
TITLE = "灵活就业参保“一件事”申请表"
SIZE = (1500, 2000)
LEFT, TOP, ROW = 40, 140, 70
SPACE = 0.4
"""Ems between characters, so that the strokes of a line are no rule."""
ITEMS: list[Cell] = [(340, "变更项目"), (540, "变更前"), (540, "变更后")]


def form(*rows: list[Cell], hand: Colour = BLACK, answers: frozenset[str] = frozenset()) -> Paper:
    """A ruled table of these rows; ``answers`` are written in the colour of a ``hand``."""
    paper = Paper(SIZE)
    paper.write(TITLE, 450, 30, space=SPACE)
    paper.write("□城乡居民基本养老保险参保登记", LEFT, 80, space=SPACE)
    y = TOP
    for row in rows:
        x = float(LEFT)
        for width, text in row:
            cv2.rectangle(paper.image, (int(x), y), (int(x + width), y + ROW), BLACK, 2)
            if text:
                colour = hand if text in answers else BLACK
                paper.write(text, x + 14, y + (ROW - EM) / 2, colour=colour, space=SPACE)
            x += width
        y += ROW
    return paper


def read(paper: Paper) -> Face:
    assert score(paper.lines) == 0.97
    (face,) = extract(paper.sheet(), paper.recognise)
    return face


def values(face: Face) -> dict[str, str]:
    return {key: r.value for key, r in face.fields.items() if key not in ("matters", "changes")}


def test_answers_stand_in_the_cell_beside_their_label() -> None:
    face = read(
        form(
            [(300, "姓名"), (420, "韦晓芳"), (300, "联系电话"), (420, "13800138000")],
            [(300, "公民身份号码"), (1120, "450103199003079121")],
            [(300, "邮政编码"), (420, "530021"), (300, "民族"), (420, "壮族")],
        )
    )
    assert values(face) == {
        "name": "韦晓芳",
        "mobile": "13800138000",
        "id_number": "450103199003079121",
        "postcode": "530021",
        "ethnicity": "壮",
    }
    assert not any(r.doubts for key, r in face.fields.items() if key != "matters")


def test_a_number_stands_in_the_boxes_of_a_comb() -> None:
    boxes: list[Cell] = [(62, c) for c in "450103199003079121"]
    face = read(
        form(
            [(300, "公民身份号码"), *boxes],
            [(300, "姓名"), (1120, "韦晓芳")],
        )
    )
    assert values(face) == {"id_number": "450103199003079121", "name": "韦晓芳"}


def test_answers_stand_below_a_row_of_labels() -> None:
    face = read(
        form(
            [(460, "姓名"), (460, "联系电话"), (460, "邮政编码")],
            [(460, "韦晓芳"), (460, "13800138000"), (460, "530021")],
        )
    )
    assert values(face) == {"name": "韦晓芳", "mobile": "13800138000", "postcode": "530021"}


def test_answers_stand_behind_their_label_in_its_cell() -> None:
    face = read(
        form(
            [(710, "姓名：韦晓芳"), (710, "联系电话：13800138000")],
            [(710, "邮政编码："), (710, "")],
            [(710, "民族（必填）"), (710, "壮族")],
        )
    )
    assert values(face) == {"name": "韦晓芳", "mobile": "13800138000", "ethnicity": "壮"}


def test_the_place_of_enrolment_gives_its_county() -> None:
    face = read(form([(300, "姓名"), (1120, "韦晓芳")], [(300, "参保地"), (1120, "南宁市青秀区")]))
    place, county = face.fields["enrol_place"], face.fields["enrol_division"]
    assert (place.value, place.doubts) == ("南宁市青秀区", ())
    assert (county.value, county.source) == ("450103", "derived")
    almost = read(
        form([(300, "姓名"), (1120, "韦晓芳")], [(300, "参保地"), (1120, "南宁市青秃区")])
    )
    assert "地名疑为“青秀区”" in almost.fields["enrol_place"].doubts
    nowhere = read(form([(300, "姓名"), (1120, "韦晓芳")], [(300, "参保地"), (1120, "老家")]))
    assert nowhere.fields["enrol_place"].doubts == ("未找到已知的县（市、区）",)
    assert "enrol_division" not in nowhere.fields


def test_changes_are_the_rows_below_their_heads() -> None:
    face = read(
        form(
            [(300, "姓名"), (1120, "韦晓芳")],
            ITEMS,
            [(340, "手机号码"), (540, "13900139000"), (540, "13800138000")],
        )
    )
    (row,) = face.tables["changes"]
    assert {name: r.value for name, r in row.items()} == {
        "item": "mobile",
        "old": "13900139000",
        "new": "13800138000",
    }
    assert face.fields["changes"].value == "mobile"


@pytest.mark.parametrize("item", ["发色"])
def test_an_item_that_is_none_and_a_row_with_a_gap_are_doubted(item: str) -> None:
    face = read(
        form([(300, "姓名"), (1120, "韦晓芳")], ITEMS, [(340, item), (540, ""), (540, "530021")])
    )
    (row,) = face.tables["changes"]
    assert row["item"].doubts == ("变更项目未能识别",)
    assert set(row) == {"item", "new"}
    assert face.fields["changes"].doubts


def test_what_is_written_in_blue_is_by_hand() -> None:
    face = read(
        form(
            [(300, "姓名"), (420, "韦晓芳"), (300, "联系电话"), (420, "13800138000")],
            ITEMS,
            [(340, "邮政编码"), (540, "530021"), (540, "530022")],
            hand=BLUE,
            answers=frozenset({"韦晓芳", "13800138000", "530021", "530022"}),
        )
    )
    assert all(face.fields[key].doubts for key in ("name", "mobile", "changes"))
