"""Booklet pages: every cell to its field, whatever shift, seal, missing rule or hidden label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest

from extractors import hukou
from extractors.hukou.grid import BLANK_BESIDE
from pipeline.assemble import assemble
from pipeline.evidence.evidence import is_doubtful
from pipeline.model import Char, Face, Image, Line, Quad, Reading
from tests.extractors.hukou.booklet import (
    BLACK,
    DARK_GREY,
    EM,
    GREY,
    MEMBER_FIELDS,
    PERSON,
    RED,
    Paper,
    Printing,
    draw_head,
    draw_member,
    draw_rows,
)

HEAD = {
    "household_type": "家庭户",
    "head_name": "韦某甲",
    "household_number": "000028901",
    "address": "广西南宁市青秀区民族大道100号1栋2单元301号房",
    "issue_date": "2000年10月27日",
}
BLANKS = [n for row in MEMBER_FIELDS for n in row if not PERSON[n]]
ITEMS = ("项目", "变更、更正后的内容", "变更、更正日期", "承办人签章")
WIDTHS = (200.0, 520.0, 300.0, 200.0)


def _faces(paper: Paper) -> list[Face]:
    sheet = paper.sheet()
    return list(hukou.extract(sheet, paper.recognise))


def _member(how: Printing | None = None, values: dict[str, str] | None = None) -> Face:
    paper = Paper()
    draw_member(paper, values or PERSON, how)
    (face,) = _faces(paper)
    assert face.face == "member"
    return face


def _expected(values: dict[str, str]) -> dict[str, str]:
    return values | {"birth_date": "1985-10-16", "registration_date": "2011-01-13"}


def _values(face: Face) -> dict[str, str]:
    return {name: reading.value for name, reading in face.fields.items()}


@pytest.mark.drawn
@pytest.mark.parametrize(
    "how",
    [
        Printing(),
        Printing(dy=-30),
        Printing(dy=28, dx=10),
        Printing(dx=-16),
        Printing(dx=26, dy=-20),
        Printing(ruled=False),
        Printing(ruled=False, dy=-24),
        Printing(label_width=240, value_width=380, pitch=76),
        Printing(label_width=180, value_width=500, pitch=64, left=40),
    ],
)
def test_extract_when_values_lie_shifted_on_the_grid(how: Printing) -> None:
    face = _member(how)
    assert _values(face) == _expected(PERSON)
    assert face.missing == ()
    doubted = {n for n, r in face.fields.items() if r.doubts}
    assert doubted == set()


@pytest.mark.parametrize("dy", [-33.0, 33.0])
def test_extract_when_half_a_row_off_beside_blank_cells(dy: float) -> None:
    face = _member(Printing(dy=dy))
    assert face.fields["former_name"].value == ""
    assert face.fields["birth_place"].value == PERSON["birth_place"]
    assert face.fields["ethnicity"].value == PERSON["ethnicity"]


@pytest.mark.parametrize(
    "hidden", ["native_place", "birth_date", "ethnicity", "name", "occupation"]
)
def test_extract_when_a_seal_hides_a_label(hidden: str) -> None:
    face = _member(Printing(hidden=frozenset({hidden})))
    assert _values(face) == _expected(PERSON)


def test_extract_when_labels_and_rules_are_missing() -> None:
    how = Printing(ruled=False, hidden=frozenset({"height", "military_service"}))
    face = _member(how)
    assert "height" in face.missing
    assert "military_service" in face.missing
    assert face.fields["id_number"].value == PERSON["id_number"]


@pytest.mark.parametrize("name", ["sex", "native_place", "marital_status", "id_number"])
def test_extract_when_the_engine_found_no_line(name: str) -> None:
    face = _member(Printing(unfound=frozenset({name})))
    assert face.fields[name].value == _expected(PERSON)[name]


@pytest.mark.parametrize("name", ["native_place", "occupation", "sex"])
def test_extract_when_writing_cannot_be_read(name: str) -> None:
    paper = Paper()
    draw_member(paper, PERSON, Printing(unfound=frozenset({name})))
    (face,) = hukou.extract(paper.sheet(), lambda image, quads: [])
    assert name in face.missing
    assert name not in face.fields


def test_extract_when_cells_are_blank() -> None:
    face = _member()
    for name in BLANKS:
        assert face.fields[name].value == ""
        assert face.fields[name].confidence > 0.9


def test_extract_doubts_a_blank_that_nobody_has() -> None:
    face = _member(values=PERSON | {"relation_to_head": ""})
    assert is_doubtful("relation_to_head", face.fields["relation_to_head"])


def test_extract_doubts_a_value_whose_first_character_the_rule_runs_through() -> None:
    values = PERSON | {"birth_place": "西南宁市青秀区", "education": "中"}
    face = _member(values=values)
    for name in ("birth_place", "education"):
        assert is_doubtful(name, face.fields[name])
    abroad = _member(values=PERSON | {"birth_place": "越南"})
    assert not is_doubtful("birth_place", abroad.fields["birth_place"])


def test_extract_takes_a_likelier_character_with_doubt() -> None:
    face = _member(values=PERSON | {"native_place": "广西宾阳县板洽村"})
    assert face.fields["native_place"].value == "广西宾阳县板冾村"
    assert face.fields["native_place"].doubts == ("生僻字：“洽”取“冾”",)


def test_extract_when_all_cells_are_filled() -> None:
    values = PERSON | {
        "former_name": "韦阿弟",
        "other_address_in_city": "青秀区东葛路80号",
        "religion": "无宗教信仰",
        "blood_type": "0型",
        "military_service": "退出现役",
        "employer": "南宁市公安局青秀分局",
    }
    face = _member(values=values)
    assert _values(face) == _expected(values) | {"blood_type": "O型"}


def test_extract_when_a_red_seal_was_read_into_values() -> None:
    paper = Paper()
    values = PERSON | {"sex": "男", "ethnicity": "壮族"}
    draw_member(paper, values)
    _append_to_line(paper, "男", "户口", RED)
    _append_to_line(paper, "壮族", "公安", RED)
    cv2.circle(paper.image, (1130, 300), 140, RED, 7)
    (face,) = _faces(paper)
    assert face.fields["sex"].value == "男"
    assert face.fields["ethnicity"].value == "壮族"


PALE = (208, 208, 208)
"""What is left of a seal on a grey copy: too pale for a value's ink."""


def test_extract_when_a_place_reads_on_into_a_seals_words() -> None:
    paper = Paper()
    draw_member(paper, PERSON)
    _append_to_line(paper, "广西南宁市青秀区", "专用", PALE)
    (face,) = _faces(paper)
    assert face.fields["birth_place"].value == "广西南宁市青秀区"
    assert face.fields["birth_place"].doubts == ()


def test_extract_when_a_place_reads_on_into_what_is_no_seals() -> None:
    paper = Paper()
    draw_member(paper, PERSON)
    _append_to_line(paper, "广西南宁市青秀区", "西路", PALE)
    (face,) = _faces(paper)
    assert face.fields["birth_place"].doubts == ("两次识别不一致",)


def _append_to_line(paper: Paper, text: str, seal: str, colour: tuple[int, int, int]) -> None:
    """Let a line read on into a seal's letters that stand behind it."""
    index = next(i for i, line in enumerate(paper.lines) if line.text == text)
    x = paper.lines[index].quad[1][0]
    y = (paper.lines[index].quad[0][1] + paper.lines[index].quad[3][1]) / 2
    own = paper.lines.pop(index)
    paper.write(text + seal, own.quad[0][0], y)
    paper.image[int(y - 18) : int(y + 18), int(x) + 1 : int(x + 30 * len(seal))] = 238
    del paper.written[-len(text + seal) :]
    paper.write(seal, x, y, colour, found=False)


def test_extract_when_a_grey_seal_slants_into_a_blank_cell() -> None:
    paper = Paper()
    draw_member(paper, PERSON)
    paper.write("某某派出所", 300, 220, GREY, tilt=0.25, score=0.9)
    paper.write("户口专用章", 300, 475, GREY)
    (face,) = _faces(paper)
    assert face.fields["former_name"].value == ""
    assert face.fields["other_address_in_city"].value == ""


def test_extract_when_a_dark_seal_lies_in_a_blank_cell() -> None:
    paper = Paper()
    draw_member(paper, PERSON)
    paper.write("某某派出所", 300, 220, DARK_GREY, tilt=0.25, score=0.9)
    (face,) = _faces(paper)
    assert "姓名的字数或用字不常见" in face.fields["former_name"].doubts


def test_extract_when_copy_stamps_lie_on_values() -> None:
    paper = Paper()
    draw_member(paper, PERSON)
    paper.write("与原件一致", 900, 745, GREY)
    (face,) = _faces(paper)
    assert all("原件" not in r.value for r in face.fields.values())


def test_extract_when_birth_date_contradicts_the_number() -> None:
    face = _member(values=PERSON | {"birth_date": "1985年10月18日"})
    assert face.fields["birth_date"].value == "1985-10-18"
    assert face.fields["birth_date"].doubts == ("与公民身份号码中的不同",)


def test_extract_when_sex_contradicts_the_number() -> None:
    face = _member(values=PERSON | {"sex": "女"})
    assert face.fields["sex"].doubts == ("与公民身份号码中的不同",)
    assert face.fields["relation_to_head"].doubts == ("与性别不符",)


def test_extract_when_the_number_is_of_the_first_generation() -> None:
    face = _member(values=PERSON | {"id_number": "450103851016901"})
    assert face.fields["id_number"].value == "450103851016901"
    assert face.fields["id_number"].doubts == ("十五位号码，无校验位可核",)


@pytest.mark.parametrize(
    ("name", "text", "doubt"),
    [
        ("ethnicity", "壮放", "不是常见的填写内容"),
        ("marital_status", "已措", "不是常见的填写内容"),
        ("id_number", "450103198510169018", "号码位数或校验位不符"),
        ("move_in_to_address", "1998年13月2日由广西宾阳县迁来", "其中的日期不完整或不存在"),
        ("native_place", "广西宾扬县", "地名疑为“宾阳县”"),
        ("blood_type", "C型", "内容不合该栏的格式"),
    ],
)
def test_extract_when_a_value_does_not_fit_its_cell(name: str, text: str, doubt: str) -> None:
    face = _member(values=PERSON | {name: text})
    assert face.fields[name].raw == text
    assert face.fields[name].doubts[0] == doubt


def test_extract_when_the_head_page_is_read() -> None:
    paper = Paper()
    draw_head(paper, HEAD)
    (face,) = _faces(paper)
    assert face.face == "head"
    assert _values(face) == HEAD | {"issue_date": "2000-10-27"}
    assert "承办" not in "".join(_values(face).values())


def test_extract_when_head_and_own_page_lie_on_one_sheet() -> None:
    paper = Paper(1400, 1900)
    draw_head(paper, HEAD)
    own = PERSON | {"name": "韦某甲", "relation_to_head": "户主"}
    draw_member(paper, own, Printing(top=950))
    head, member = sorted(_faces(paper), key=lambda f: f.face)
    assert _values(head)["address"] == HEAD["address"]
    assert _values(member) == _expected(own)
    assert not member.fields["name"].doubts


def test_extract_when_the_head_has_another_name_on_the_own_page() -> None:
    paper = Paper(1400, 1900)
    draw_head(paper, HEAD)
    draw_member(paper, PERSON | {"name": "韦某申", "relation_to_head": "户主"}, Printing(top=950))
    head, member = sorted(_faces(paper), key=lambda f: f.face)
    assert head.fields["head_name"].doubts == ("与户主本人登记卡上的姓名不同",)
    assert member.fields["name"].doubts == ("与户主页上的户主姓名不同",)


def test_extract_when_two_members_lie_on_one_sheet() -> None:
    paper = Paper(1400, 1960)
    draw_member(paper, PERSON)
    draw_member(paper, PERSON | {"name": "黄某某"}, Printing(top=1100))
    faces = _faces(paper)
    assert [f.fields["name"].value for f in faces] == ["韦某某", "黄某某"]
    assert all(f.fields["move_in_from_city"].value == "久居" for f in faces)


@pytest.mark.parametrize("word", ["迁出", "注销", "死亡"])
def test_extract_when_the_page_is_deregistered(word: str) -> None:
    paper = Paper()
    draw_member(paper, PERSON)
    paper.write(word, 1050, 60, RED, em=60)
    (face,) = _faces(paper)
    assert face.marks == {"deregistered": "yes"}


def test_extract_when_the_household_number_stands_above_the_grid() -> None:
    paper = Paper()
    draw_member(paper, PERSON)
    paper.write("户号", 900, 110)
    paper.write("000028901", 980, 110)
    (face,) = _faces(paper)
    assert face.fields["household_number"].value == "000028901"


def _rows(face: Face, table: str) -> list[dict[str, str]]:
    return [{k: r.value for k, r in row.items()} for row in face.tables[table]]


CHANGES = [
    ("服务处所", "南宁市某某公司", "2005年3月1日", "陆警官"),
    ("文化程度", "大学专科", "2008年7月9日", "陆警官"),
    ("服务处所", "粮农", "2012年11月20日", "覃警官"),
]


@pytest.mark.parametrize(("dy", "ruled"), [(0.0, True), (-30.0, True), (0.0, False)])
def test_extract_when_the_page_of_changes_is_read(dy: float, ruled: bool) -> None:
    paper = Paper()
    draw_rows(paper, "登记事项变更和更正记载", ITEMS, WIDTHS, CHANGES, dy=dy, ruled=ruled)
    (face,) = _faces(paper)
    assert face.face == "changes"
    assert _rows(face, "changes") == [
        {"item": "服务处所", "content": "南宁市某某公司", "date": "2005-03-01"},
        {"item": "文化程度", "content": "大学专科", "date": "2008-07-09"},
        {"item": "服务处所", "content": "粮农", "date": "2012-11-20"},
    ]


def test_extract_when_a_stamp_hides_the_heads_of_item_and_content() -> None:
    paper = Paper()
    hidden = frozenset(ITEMS[:2])
    draw_rows(paper, "登记事项变更和更正记载", ITEMS, WIDTHS, CHANGES, unfound=hidden)
    (face,) = _faces(paper)
    assert face.face == "changes"
    assert [row["content"] for row in _rows(face, "changes")] == [row[1] for row in CHANGES]


def test_extract_when_the_page_of_changes_is_blank() -> None:
    paper = Paper()
    draw_rows(paper, "登记事项变更和更正记载", ITEMS, WIDTHS, [])
    (face,) = _faces(paper)
    assert face.tables == {"changes": ()}


def test_apply_changes_when_an_item_changed_twice() -> None:
    paper = Paper()
    draw_rows(paper, "登记事项变更和更正记载", ITEMS, WIDTHS, CHANGES)
    (face,) = _faces(paper)
    fields = hukou.apply_changes(_member().fields, face.tables["changes"])
    assert fields["employer"].value == "粮农"
    assert fields["education"].value == "大学专科"
    assert fields["name"].value == PERSON["name"]


def test_apply_changes_when_the_content_was_not_read() -> None:
    old = Reading(value="初中", raw="初中", confidence=0.99)
    row = {"item": Reading(value="文化程度", raw="文化程度", confidence=0.99)}
    fields = hukou.apply_changes({"education": old}, [row])
    assert fields["education"].value == "初中"
    assert fields["education"].doubts == ("变更后的内容未能识别",)


def test_apply_changes_when_a_date_is_corrected() -> None:
    row = {
        "item": Reading(value="出生日期", raw="出生日期", confidence=0.99),
        "content": Reading(value="1985年10月18日", raw="1985年10月18日", confidence=0.98),
    }
    fields = hukou.apply_changes({}, [row])
    assert fields["birth_date"].value == "1985-10-18"


def test_complete_when_the_household_moved_twice() -> None:
    paper = Paper()
    moves = [
        ("广西南宁市青秀区东葛路80号", "2005年3月1日", ""),
        ("广西宾阳县宾州镇中华路5号", "2011年4月2日", ""),
    ]
    draw_rows(
        paper, "住址变动登记", ("变动后的住址", "变动日期", "承办人签章"), (700, 300, 200), moves
    )
    other = Paper()
    draw_head(other, HEAD)
    faces = [*_faces(other), *_faces(paper)]
    assert [f.face for f in faces] == ["head", "address_changes"]
    (document,) = assemble(faces, {hukou.KIND: hukou.complete})
    assert document.value("address") == "广西宾阳县宾州镇中华路5号"


def test_score_when_the_paper_is_another() -> None:
    paper = Paper()
    for i, text in enumerate(("姓名", "性别", "民族", "出生", "住址", "公民身份号码")):
        paper.write(text, 100, 100 + 60 * i)
    assert hukou.score(paper.lines) is None
    assert hukou.score([]) is None


def test_score_when_pages_are_booklet_pages() -> None:
    member, head = Paper(), Paper()
    draw_member(member, PERSON)
    draw_head(head, HEAD)
    assert (hukou.score(member.lines) or 0) > 0.9
    assert (hukou.score(head.lines) or 0) > 0.9


def test_extract_when_lines_have_no_characters_of_their_own() -> None:
    paper = Paper()
    draw_member(paper, PERSON)
    paper.lines = [replace(line, chars=()) for line in paper.lines]
    (face,) = _faces(paper)
    assert _values(face) == _expected(PERSON)


def test_extract_when_a_label_was_read_with_the_value_behind_it() -> None:
    paper = Paper()
    draw_member(paper, PERSON, Printing(hidden=frozenset({"ethnicity", "sex"})))
    rows = {"民族": ("壮族", 325), "性别": ("男", 255)}
    for label, (value, y) in rows.items():
        found = next(line for line in paper.lines if line.text == value and line.quad[0][0] > 800)
        paper.lines.remove(found)
        paper.write(label[0], 740, y)
        paper.write(label[1], 870, y, found=False)
        x = found.quad[0][0]
        width = found.quad[1][0] - 870
        chars = [Char(label[1], 0.99, 0.0, 30 / width)]
        for i, char in enumerate(value):
            left = (x + 30 * i - 870) / width
            chars.append(Char(char, 0.99, left, left + 30 / width))
        quad = ((870.0, y - 17.0), found.quad[1], found.quad[2], (870.0, y + 17.0))
        paper.lines.append(Line(label[1] + value, 0.99, quad, tuple(chars)))
    (face,) = _faces(paper)
    assert face.fields["ethnicity"].value == "壮族"
    assert face.fields["sex"].value == "男"


def test_extract_when_the_header_of_a_column_was_not_read() -> None:
    paper = Paper()
    draw_rows(
        paper,
        "登记事项变更和更正记载",
        ITEMS,
        WIDTHS,
        CHANGES,
        unfound=frozenset({"变更、更正后的内容"}),
    )
    (face,) = _faces(paper)
    assert [row["content"] for row in _rows(face, "changes")] == [row[1] for row in CHANGES]


@pytest.mark.parametrize("hidden", ["户号", "住址"])
def test_extract_when_a_label_of_the_head_page_is_hidden(hidden: str) -> None:
    paper = Paper()
    draw_head(paper, HEAD)
    paper.lines = [line for line in paper.lines if line.text != hidden]
    (face,) = _faces(paper)
    assert _values(face) == HEAD | {"issue_date": "2000-10-27"}


def test_extract_when_the_head_page_has_a_row_for_each() -> None:
    paper = Paper()
    rows = [[("户别", "household_type")], [("户主姓名", "head_name"), ("户号", "household_number")]]
    rows.append([("住址", "address")])
    for i, row in enumerate(rows):
        y = 150 + 90 * i
        xs = [100, 300, 700, 880, 1280] if len(row) == 2 else [100, 300, 1280]
        paper.rule((100, y), (1280, y))
        for x in xs:
            paper.rule((x, y), (x, y + 90))
        for j, (label, name) in enumerate(row):
            paper.write(label, xs[2 * j] + 20, y + 45)
            paper.write(HEAD[name], xs[2 * j + 1] + 20, y + 30)
    paper.rule((100, 420), (1280, 420))
    paper.write("签发日期:2000-10-27", 760, 640)
    (face,) = _faces(paper)
    assert _values(face) == HEAD | {"issue_date": "2000-10-27"}


def test_extract_when_a_narrow_label_stands_below_wide_ones() -> None:
    """身高 ends before the labels above it do, and its value begins before theirs."""
    how = Printing(ruled=False, value_width=640)
    face = _member(how, PERSON | {"height": "172"})
    assert face.fields["height"].value == "172"


@pytest.mark.parametrize(("colour", "doubts"), [(BLACK, (BLANK_BESIDE,)), (RED, ())])
def test_extract_doubts_a_blank_beside_writing_that_no_cell_took(
    colour: tuple[int, int, int], doubts: tuple[str, ...]
) -> None:
    """A red seal's letters are no writing."""
    paper = Paper()
    draw_member(paper, PERSON | {"height": ""}, Printing(ruled=False))
    label = next(line for line in paper.lines if line.text == "身高")
    row = (label.quad[0][1] + label.quad[2][1]) / 2
    paper.write("1", label.quad[1][0] + 1, row, colour)
    (face,) = _faces(paper)
    height = face.fields["height"]
    assert (height.value, height.doubts) == ("", doubts)


@pytest.mark.parametrize("entry", ["无", "/", "—"])
def test_extract_when_there_never_was_a_former_name(entry: str) -> None:
    former = _member(values=PERSON | {"former_name": entry}).fields["former_name"]
    assert (former.value, former.doubts) == (entry, ())


def _looked_at_again(paper: Paper, word: str) -> bool:
    """Whether the cell of a word is read a second time."""
    written = next(w for w in paper.written if w.text == word)
    asked: list[Quad] = []

    def recognise(image: Image, quads: Sequence[Quad]) -> list[Line]:
        asked.extend(quads)
        return paper.recognise(image, quads)

    list(hukou.extract(paper.sheet(), recognise))
    outlines = [np.array(quad, dtype=np.float32) for quad in asked]
    return any(cv2.pointPolygonTest(o, written.centre, measureDist=False) > 0 for o in outlines)


def _member_paper() -> Paper:
    paper = Paper()
    draw_member(paper, PERSON, None)
    return paper


def test_a_word_of_a_list_beyond_doubt_is_read_once() -> None:
    assert not _looked_at_again(_member_paper(), "男")


def test_a_word_of_a_list_read_with_less_certainty_is_looked_at_again() -> None:
    paper = _member_paper()
    paper.lines = [_scored(line, 0.979) if line.text == "男" else line for line in paper.lines]
    assert _looked_at_again(paper, "男")


def test_a_word_of_a_list_with_ink_beside_it_is_looked_at_again() -> None:
    paper = _member_paper()
    x, y = next(w.centre for w in paper.written if w.text == "男")
    paper.write("王", x + EM, y, found=False)
    assert _looked_at_again(paper, "男")


def test_a_value_of_no_list_is_looked_at_again() -> None:
    assert _looked_at_again(_member_paper(), "粮")


def _scored(line: Line, score: float) -> Line:
    return replace(line, score=score, chars=tuple(replace(c, score=score) for c in line.chars))
