"""临时居民身份证: its printed side, and the side that holds the title alone."""

from __future__ import annotations

from extractors.cards import temporary_id_card
from extractors.labelled.looks import UNLABELLED
from tests.lines import Paper

NUMBER = "450103198510169012"


def test_printed_side_is_read_by_its_labels() -> None:
    paper = Paper()
    paper.write("临时居民身份证", 330, 20)
    rows = (
        ("姓名", "韦建国"),
        ("性别", "男"),
        ("民族", "壮"),
        ("出生", "1985年10月16日"),
        ("住址", "广西南宁市青秀区民族大道1号"),
        ("公民身份号码", NUMBER),
        ("有效期限", "2026.10.01-2027.01.01"),
        ("签发机关", "南宁市公安局青秀分局"),
    )
    for i, (label, value) in enumerate(rows):
        paper.write(label, 60, 80 + 65 * i)
        paper.write(value, 300, 80 + 65 * i)
    assert (temporary_id_card.score(paper.lines) or 0) >= 0.5
    (face,) = temporary_id_card.extract(paper.sheet(), paper.recognise)
    read = {name: reading.value for name, reading in face.fields.items()}
    assert (read["name"], read["id_number"], read["sex"]) == ("韦建国", NUMBER, "男")
    assert (read["valid_from"], read["valid_to"]) == ("2026-10-01", "2027-01-01")


def test_side_of_the_title_alone_is_a_face_without_fields() -> None:
    paper = Paper()
    paper.write("中华人民共和国", 350, 200)
    paper.write("临时居民身份证", 330, 300)
    assert temporary_id_card.score(paper.lines) == 0.9
    (face,) = temporary_id_card.extract(paper.sheet(), paper.recognise)
    assert (face.face, face.fields) == ("title", {})


def test_a_letter_about_a_temporary_card_is_none() -> None:
    paper = Paper()
    paper.write("临时居民身份证领取须知", 330, 100)
    for y in (200, 260, 320):
        paper.write("请凭本人有效证件到派出所领取并交回旧证", 60, y)
    assert temporary_id_card.score(paper.lines) is None
    assert list(temporary_id_card.extract(paper.sheet(), paper.recognise)) == []


def test_the_title_and_the_number_tell_it_where_the_numbers_label_was_lost() -> None:
    paper = Paper()
    paper.write("临时居民身份证", 330, 20)
    rows = ("姓名", "韦建国"), ("性别", "男"), ("出生", "1985年10月16日"), ("", NUMBER)
    for i, (label, value) in enumerate(rows):
        if label:
            paper.write(label, 60, 80 + 65 * i)
        paper.write(value, 300, 80 + 65 * i)
    assert temporary_id_card.score(paper.lines) is not None
    (face,) = temporary_id_card.extract(paper.sheet(), paper.recognise)
    assert face.fields["id_number"].value == NUMBER
    assert UNLABELLED in face.fields["id_number"].doubts


def test_a_title_and_labels_without_a_number_do_not() -> None:
    paper = Paper()
    paper.write("临时居民身份证", 330, 20)
    for i, (label, value) in enumerate((("姓名", "韦建国"), ("性别", "男"), ("编号", "20260101"))):
        paper.write(label, 60, 80 + 65 * i)
        paper.write(value, 300, 80 + 65 * i)
    assert temporary_id_card.score(paper.lines[1:]) is None
