"""ID cards: values to their fields, whatever was merged, wrapped, lost or stamped."""

from __future__ import annotations

import pytest

from extractors import EXTRACTORS
from pipeline.evidence.evidence import is_doubtful
from pipeline.model import DocumentType, Face, Line
from tests.lines import BLUE, EM, GREY, RED, Paper

ID_CARD = EXTRACTORS[DocumentType.ID_CARD]

NUMBER = "450103198510169012"
PERSON = {
    "name": "韦建国",
    "sex": "男",
    "ethnicity": "壮",
    "birth_date": "1985-10-16",
    "address": "广西南宁市青秀区民族大道12号3栋1单元302室",
    "id_number": NUMBER,
}


def portrait(paper: Paper, number: str = NUMBER, top: float = 40, name: str = "韦建国") -> None:
    """The portrait side: labels in blue, values in black, the address on two lines."""
    paper.write("姓名", 60, top, colour=BLUE)
    paper.write(name, 160, top)
    paper.write("性别", 60, top + 60, colour=BLUE)
    paper.write("男", 160, top + 60)
    paper.write("民族", 260, top + 60, colour=BLUE)
    paper.write("壮", 360, top + 60)
    paper.write("出生", 60, top + 120, colour=BLUE)
    paper.write("1985年10月16日", 160, top + 120)
    paper.write("住址", 60, top + 180, colour=BLUE)
    paper.write("广西南宁市青秀区民族大", 160, top + 180)
    paper.write("道12号3栋1单元302室", 160, top + 225)
    paper.write("公民身份号码", 60, top + 320, colour=BLUE)
    paper.write(number, 300, top + 320)


def emblem(paper: Paper, top: float = 40, span: str = "2015.03.01-2035.03.01") -> None:
    """The emblem side."""
    paper.write("中华人民共和国", 350, top)
    paper.write("居民身份证", 380, top + 60)
    paper.write("签发机关", 250, top + 300)
    paper.write("南宁市公安局青秀分局", 400, top + 300)
    paper.write("有效期限", 250, top + 350)
    paper.write(span, 400, top + 350)


def _faces(paper: Paper) -> list[Face]:
    assert (ID_CARD.score(paper.lines) or 0) >= 0.5
    return list(ID_CARD.extract(paper.sheet(), paper.recognise))


def _values(face: Face) -> dict[str, str]:
    return {name: reading.value for name, reading in face.fields.items()}


def _line(paper: Paper, text: str) -> Line:
    return next(line for line in paper.lines if line.text == text)


def test_extract_reads_every_field_when_nothing_is_amiss() -> None:
    paper = Paper()
    portrait(paper)
    (face,) = _faces(paper)
    assert (face.face, _values(face), face.missing) == ("portrait", PERSON, ())
    assert not any(is_doubtful(name, reading) for name, reading in face.fields.items())


def test_extract_when_labels_and_values_were_read_as_one_line() -> None:
    paper = Paper()
    portrait(paper)
    for texts in (("姓名", "韦建国"), ("性别", "男", "民族", "壮"), ("公民身份号码", NUMBER)):
        paper.join(*(_line(paper, text) for text in texts))
    (face,) = _faces(paper)
    assert _values(face) == PERSON


def test_extract_when_lines_come_in_any_order() -> None:
    paper = Paper()
    portrait(paper)
    paper.lines.reverse()
    (face,) = _faces(paper)
    assert _values(face) == PERSON


def test_extract_drops_latin_labels_of_bilingual_cards() -> None:
    paper = Paper()
    portrait(paper)
    for text, y in (("SINGQMINGZ", 20), ("SINGQBIED", 82), ("SENG", 142), ("DIEGYOUQ", 200)):
        paper.write(text, 60, y, colour=BLUE)
    paper.write("GUNGHMINZ SINHFWN", 60, 340, colour=BLUE)
    (face,) = _faces(paper)
    assert _values(face) == PERSON


def test_extract_keeps_the_separator_of_long_names() -> None:
    paper = Paper()
    portrait(paper, name="阿依古丽•买买提")
    (face,) = _faces(paper)
    assert face.fields["name"].value == "阿依古丽·买买提"


def test_extract_doubts_both_when_number_and_birth_date_disagree() -> None:
    paper = Paper()
    portrait(paper, number="450103198510179018")
    (face,) = _faces(paper)
    assert face.fields["id_number"].doubts == ("与同页所印内容不符",)
    assert face.fields["birth_date"].doubts == ("与号码不符",)


def test_extract_corrects_a_digit_only_with_doubt_when_birth_and_sex_agree() -> None:
    paper = Paper()
    portrait(paper, number="450108198510169012")
    (face,) = _faces(paper)
    number = face.fields["id_number"]
    assert number.value == NUMBER
    assert number.raw == "450108198510169012"
    assert number.doubts == ("按校验位纠正",)


def test_extract_keeps_a_wrong_number_as_read_when_nothing_else_speaks() -> None:
    paper = Paper()
    portrait(paper, number="450103198510169011")
    paper.lines = [x for x in paper.lines if x.text != "男"]
    paper.written = [x for x in paper.written if x[0] != "男"]
    (face,) = _faces(paper)
    assert face.fields["id_number"].value == "450103198510169011"
    assert face.fields["id_number"].doubts
    assert "sex" in face.missing


def test_extract_reads_beside_a_label_when_the_value_was_not_found() -> None:
    paper = Paper()
    portrait(paper)
    paper.lines = [x for x in paper.lines if x.text != "1985年10月16日"]
    (face,) = _faces(paper)
    assert face.fields["birth_date"].value == "1985-10-16"


def test_extract_doubts_a_number_when_its_label_was_not_found() -> None:
    paper = Paper()
    portrait(paper)
    paper.cover("公民身份号码")
    (face,) = _faces(paper)
    assert face.fields["id_number"].value == NUMBER
    assert is_doubtful("id_number", face.fields["id_number"])


@pytest.mark.parametrize("label", ["姓名", "住址", "公民身份号码"])
def test_label_that_was_not_found_is_read_left_of_its_value(label: str) -> None:
    paper = Paper()
    portrait(paper)
    whole = {name: reading.value for name, reading in _faces(paper)[0].fields.items()}
    paper.lines = [x for x in paper.lines if x.text != label]
    (face,) = _faces(paper)
    assert {name: reading.value for name, reading in face.fields.items()} == whole
    assert not any(is_doubtful(name, reading) for name, reading in face.fields.items())


def test_value_read_badly_behind_its_label_in_one_line_is_kept_with_a_doubt() -> None:
    paper = Paper()
    portrait(paper)
    label, value = (x for x in paper.lines if x.text in ("民族", "壮"))
    paper.lines.remove(value)
    paper.lines.append(paper.write("壮", 360, 100, score=0.45, found=False))
    paper.join(label, paper.lines[-1])
    (face,) = _faces(paper)
    assert face.fields["ethnicity"].value == "壮"


def test_extract_leaves_a_seal_out_when_its_letters_follow_the_name() -> None:
    for colour in (GREY, RED):
        paper = Paper()
        portrait(paper)
        paper.write("公安", 160 + 3 * EM, 40, colour=colour)
        paper.join(_line(paper, "韦建国"), _line(paper, "公安"))
        (face,) = _faces(paper)
        assert _values(face) == PERSON


def test_extract_leaves_watermarks_out() -> None:
    paper = Paper()
    portrait(paper)
    paper.write("与原件一致", 260, 40, colour=RED)
    paper.write("仅供参保登记使用", 420, 220)
    paper.write("样本", 560, 100)
    (face,) = _faces(paper)
    assert _values(face) == PERSON


def test_extract_reads_on_when_a_line_ends_before_its_ink() -> None:
    paper = Paper()
    portrait(paper)
    paper.write("之五", 160 + EM * 9.6, 265, found=False)
    (face,) = _faces(paper)
    assert face.fields["address"].value == PERSON["address"] + "之五"


def test_extract_reads_the_low_character_behind_an_unfinished_number() -> None:
    paper = Paper()
    portrait(paper)
    address = PERSON["address"]
    line = next(n for n in paper.lines if address.endswith(n.text))
    right = max(x for x, _ in line.quad)
    paper.join(line, paper.write("之", right, 265))
    paper.write("一", right + EM, 265, found=False)
    low = slice(int(right + EM), int(right + 2 * EM))
    paper.image[265:278, low] = paper.image[283:300, low] = 238
    (face,) = _faces(paper)
    assert face.fields["address"].value == address + "之一"


def test_extract_prefers_a_rare_character_with_doubt() -> None:
    paper = Paper()
    portrait(paper, name="韦")
    paper.lines.remove(_line(paper, "韦"))
    paper.written.remove(("韦", 175.0, 55.0))
    paper.write(
        "韦嫌", 160, 40, scores={"嫌": 0.7}, alternatives={"嫌": [("嬿", 0.28), ("嫁", 0.01)]}
    )
    (face,) = _faces(paper)
    assert (face.fields["name"].value, face.fields["name"].raw) == ("韦嬿", "韦嫌")
    assert face.fields["name"].doubts


def test_extract_reads_the_emblem_side() -> None:
    paper = Paper()
    emblem(paper)
    (face,) = _faces(paper)
    assert face.face == "emblem"
    assert _values(face) == {
        "issuing_authority": "南宁市公安局青秀分局",
        "valid_from": "2015-03-01",
        "valid_to": "2035-03-01",
    }


def test_extract_reads_long_term_validity() -> None:
    paper = Paper()
    emblem(paper, span="2015.03.01-长期")
    (face,) = _faces(paper)
    assert face.fields["valid_to"].value == "长期"


def test_extract_never_makes_up_validity_when_only_one_date_is_legible() -> None:
    paper = Paper()
    emblem(paper, span="2015.03")
    (face,) = _faces(paper)
    assert "valid_from" not in face.fields
    assert all(is_doubtful(n, r) for n, r in face.fields.items() if n.startswith("valid"))


def test_extract_gives_two_faces_when_both_sides_lie_on_one_sheet() -> None:
    paper = Paper(size=(1000, 1200))
    portrait(paper)
    emblem(paper, top=600)
    faces = {face.face: _values(face) for face in _faces(paper)}
    assert faces["portrait"] == PERSON
    assert faces["emblem"]["valid_to"] == "2035-03-01"


def test_score_none_when_the_paper_is_another() -> None:
    papers: list[list[str]] = [
        ["临时居民身份证", "签发机关", "有效期限"],
        ["港澳居民居住证", "签发机关", "有效期限", "通行证号码"],
        ["桂味小馆", "姓名", "住址", "合计", "谢谢惠顾"],
    ]
    for texts in papers:
        paper = Paper()
        for i, text in enumerate(texts):
            paper.write(text, 60, 40 + 50 * i)
        assert ID_CARD.score(paper.lines) is None


def test_score_none_when_the_number_is_a_permit_holders() -> None:
    paper = Paper()
    portrait(paper, number="810000199408230021")
    assert ID_CARD.score(paper.lines) is None


def test_score_none_when_a_form_prints_the_labels_among_much_else() -> None:
    paper = Paper(size=(1200, 1400))
    portrait(paper)
    for i in range(16):
        paper.write("本人自愿参加企业职工基本养老保险并按规定缴费", 60, 520 + 45 * i)
    assert ID_CARD.score(paper.lines) is None
