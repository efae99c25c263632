"""Permits and disability certificates: labels of many layouts, stamps, wrapped values."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extractors import EXTRACTORS
from extractors.cards import foreign_permanent_resident_card
from pipeline.contracts import Extractor
from pipeline.evidence.evidence import is_doubtful
from pipeline.model import Char, DocumentType, Face, Line
from tests.lines import EM, GREY, RED, Paper, line, width_of

ID_CARD = EXTRACTORS[DocumentType.ID_CARD]
DISABILITY_CERTIFICATE = EXTRACTORS[DocumentType.DISABILITY_CERTIFICATE]
RESIDENCE_PERMIT = EXTRACTORS[DocumentType.RESIDENCE_PERMIT]
HMT_RESIDENCE_PERMIT = EXTRACTORS[DocumentType.HMT_RESIDENCE_PERMIT]

NUMBER = "450103198510169012"
CERTIFICATE = NUMBER + "43"
PERMIT = "810000199408230021"
SPREAD = (1300, 640)


def _faces(kind: Extractor, paper: Paper) -> list[Face]:
    assert (kind.score(paper.lines) or 0) >= 0.5
    return list(kind.extract(paper.sheet(), paper.recognise))


def _values(face: Face) -> dict[str, str]:
    return {name: reading.value for name, reading in face.fields.items()}


def _rows(paper: Paper, rows: tuple[tuple[str, str], ...], x: int, y: int, value_x: int) -> None:
    for i, (label, value) in enumerate(rows):
        paper.write(label, x, y + 60 * i)
        if value:
            paper.write(value, value_x, y + 60 * i)


def booklet(paper: Paper, address_at: tuple[int, int] = (240, 290), **changed: str) -> None:
    """The spread of a second-generation certificate; the address's lines at these heights."""
    text = {
        "birth_date": "1985年10月16日",
        "category": "肢体",
        "guardian": "韦志远",
        "number": CERTIFICATE,
        "valid": "有效期至",
        "until": "2030年04月05日",
    } | changed
    left = (
        ("姓名", "韦建国"),
        ("残疾人证号", text["number"]),
        ("发证日期", "2020年04月05日"),
        (text["valid"], text["until"]),
    )
    _rows(paper, left, 60, 260, 230)
    right = (("性别", "男"), ("出生日期", text["birth_date"]), ("残疾类别", text["category"]))
    _rows(paper, right, 640, 60, 800)
    paper.write("民族", 960, 60)
    paper.write("壮", 1060, 60)
    paper.write("残疾等级", 960, 180)
    paper.write("三级", 1110, 180)
    paper.write("家庭住址", 640, 240)
    paper.write("广西融水苗族自治县杆洞", 800, address_at[0])
    paper.write("乡龙琅村板旺屯131号", 800, address_at[1])
    below = (
        ("监护人", text["guardian"]),
        ("联系电话", "13900001234"),
        ("批准机关", "融水苗族自治县残疾人联合会"),
    )
    _rows(paper, below, 640, 350, 800)


def test_booklet_reads_every_field_when_nothing_is_amiss() -> None:
    paper = Paper(size=SPREAD)
    booklet(paper)
    (face,) = _faces(DISABILITY_CERTIFICATE, paper)
    assert _values(face) == {
        "name": "韦建国",
        "sex": "男",
        "ethnicity": "壮",
        "birth_date": "1985-10-16",
        "certificate_number": CERTIFICATE,
        "id_number": NUMBER,
        "category": "肢体",
        "grade": "三级",
        "issue_date": "2020-04-05",
        "valid_until": "2030-04-05",
        "address": "广西融水苗族自治县杆洞乡龙琅村板旺屯131号",
        "guardian": "韦志远",
        "guardian_phone": "13900001234",
        "issuing_authority": "融水苗族自治县残疾人联合会",
    }
    assert not any(is_doubtful(name, reading) for name, reading in face.fields.items())
    assert face.fields["id_number"].source == "derived"


def test_booklet_keeps_the_count_of_a_reissue() -> None:
    paper = Paper(size=SPREAD)
    booklet(paper, number=CERTIFICATE + "B1")
    (face,) = _faces(DISABILITY_CERTIFICATE, paper)
    assert face.fields["certificate_number"].value == CERTIFICATE + "B1"
    assert face.fields["id_number"].value == NUMBER


def test_booklet_keeps_the_count_of_a_reissue_on_the_next_line() -> None:
    paper = Paper(size=SPREAD)
    booklet(paper)
    paper.write("B3", 230, 354)
    (face,) = _faces(DISABILITY_CERTIFICATE, paper)
    assert face.fields["certificate_number"].value == CERTIFICATE + "B3"
    assert face.fields["issue_date"].value == "2020-04-05"


def test_booklet_doubts_category_and_number_when_they_disagree() -> None:
    paper = Paper(size=SPREAD)
    booklet(paper, category="视力")
    (face,) = _faces(DISABILITY_CERTIFICATE, paper)
    assert face.fields["category"].doubts == ("与残疾人证号不符",)
    assert face.fields["certificate_number"].doubts == ("与同页所印内容不符",)


def test_booklet_takes_a_word_that_is_none_from_its_number_with_doubt() -> None:
    paper = Paper(SPREAD)
    booklet(paper, category="肢")
    (face,) = _faces(DISABILITY_CERTIFICATE, paper)
    category = face.fields["category"]
    assert (category.value, category.raw) == ("肢体", "肢")
    assert is_doubtful("category", category)
    assert not is_doubtful("certificate_number", face.fields["certificate_number"])


def test_booklet_reads_labels_in_traditional_forms() -> None:
    paper = Paper(SPREAD)
    booklet(paper)
    forms = str.maketrans("监电话证号级类别", "監電話證號級類別")
    labels = {"监护人", "残疾人证号", "残疾类别"}
    for i, read in enumerate(paper.lines):
        if read.text in labels:
            chars = tuple(replace(c, text=c.text.translate(forms)) for c in read.chars)
            paper.lines[i] = replace(read, text=read.text.translate(forms), chars=chars)
    (face,) = _faces(DISABILITY_CERTIFICATE, paper)
    assert _values(face)["guardian"] == "韦志远"
    assert _values(face)["certificate_number"] == CERTIFICATE


def test_address_goes_on_behind_a_stamp_that_was_read_with_it() -> None:
    paper = Paper(SPREAD)
    booklet(paper)
    below = next(read for read in paper.lines if read.text.startswith("乡龙琅"))
    (x, y) = below.quad[0]
    paper.lines.remove(below)
    stamp = "复印件与原件一致"
    paper.lines.append(line(stamp + below.text, x - width_of(stamp) * EM, y))
    (face,) = _faces(DISABILITY_CERTIFICATE, paper)
    assert _values(face)["address"].endswith(below.text)


def test_booklet_takes_a_birth_month_as_printed_without_doubt() -> None:
    paper = Paper(size=SPREAD)
    booklet(paper, birth_date="1985年10月")
    (face,) = _faces(DISABILITY_CERTIFICATE, paper)
    assert face.fields["birth_date"].value == "1985-10"
    assert not face.fields["birth_date"].doubts


@pytest.mark.parametrize("colour", [RED, GREY])
def test_booklet_leaves_a_seal_out_of_a_blank_field(colour: tuple[int, int, int]) -> None:
    paper = Paper(size=SPREAD)
    booklet(paper, guardian="")
    paper.write("自治县残", 820, 345, colour=colour)
    (face,) = _faces(DISABILITY_CERTIFICATE, paper)
    assert face.fields["guardian"].value == ""


def test_booklet_reads_a_whole_span_beside_its_label() -> None:
    paper = Paper(size=SPREAD)
    booklet(paper, valid="有效期", until="2020.04.05-2030.04.05")
    (face,) = _faces(DISABILITY_CERTIFICATE, paper)
    assert face.fields["valid_until"].value == "2030-04-05"


def test_booklet_takes_the_guardians_telephone_when_the_holders_is_printed_too() -> None:
    paper = Paper(size=SPREAD)
    booklet(paper)
    paper.write("监护人电话", 640, 530)
    paper.write("13700009876", 820, 530)
    (face,) = _faces(DISABILITY_CERTIFICATE, paper)
    assert face.fields["guardian_phone"].value == "13700009876"


def test_booklet_reads_a_value_printed_around_the_middle_of_its_label() -> None:
    paper = Paper(size=SPREAD)
    booklet(paper, address_at=(216, 262))
    (face,) = _faces(DISABILITY_CERTIFICATE, paper)
    assert face.fields["address"].value == "广西融水苗族自治县杆洞乡龙琅村板旺屯131号"


def test_card_reads_labels_that_were_read_down_the_column() -> None:
    paper = Paper()
    paper.write("中华人民共和国残疾人证", 300, 20)
    for i, value in enumerate(("名韦建国", "别男", "族壮")):
        paper.write(value, 160, 100 + 60 * i)
    for i, char in enumerate("姓性民"):
        paper.write(char, 60, 100 + 60 * i, found=False)
    left, right, top, bottom = 60.0, 60.0 + EM, 100.0, 220.0 + EM
    chars = tuple(Char(c, 0.99, i * 0.4, i * 0.4 + 0.2) for i, c in enumerate("姓性民"))
    quad = ((right, top), (right, bottom), (left, bottom), (left, top))
    paper.lines.append(Line("姓性民", 0.99, quad, chars))
    rows = (("残疾类别", "肢体"), ("残疾等级", "三级"), ("残疾人证号", CERTIFICATE))
    _rows(paper, rows, 60, 300, 240)
    (face,) = _faces(DISABILITY_CERTIFICATE, paper)
    values = _values(face)
    assert (values["name"], values["sex"], values["ethnicity"]) == ("韦建国", "男", "壮")


def test_hmt_permit_reads_both_sides_when_they_lie_on_one_sheet() -> None:
    paper = Paper(size=(1000, 1200))
    rows = (("姓名", "陈大文"), ("性别", "女"), ("出生", "1994年8月23日"))
    _rows(paper, rows, 60, 40, 160)
    paper.write("住址", 60, 220)
    paper.write("广西南宁市青秀区民族大", 160, 220)
    paper.write("道12号3栋1单元302室", 160, 265)
    paper.write("公民身份号码", 60, 360)
    paper.write(PERMIT, 300, 360)
    paper.write("港澳居民居住证", 380, 660)
    back = (
        ("签发机关", "南宁市公安局青秀分局"),
        ("有效期限", "2023.07.07-2028.07.07"),
        ("通行证号码", "H93680659"),
        ("签发次数", "03"),
    )
    _rows(paper, back, 220, 860, 420)
    faces = {face.face: face for face in _faces(HMT_RESIDENCE_PERMIT, paper)}
    assert _values(faces["portrait"])["id_number"] == PERMIT
    assert "ethnicity" not in faces["portrait"].fields
    assert _values(faces["emblem"]) == {
        "issuing_authority": "南宁市公安局青秀分局",
        "valid_from": "2023-07-07",
        "valid_to": "2028-07-07",
        "permit_number": "H93680659",
        "issue_count": "03",
    }


def test_value_is_cut_where_its_box_begins_on_the_label() -> None:
    paper = Paper((1000, 640))
    for label, value, y in (("姓名", "韦建国", 60), ("性别", "男", 130), ("民族", "壮", 200)):
        paper.write(label, 60, y)
        paper.write(value, 180, y)
    paper.write("出生", 60, 270)
    paper.write("1985年10月16日", 180, 270)
    paper.write("住址", 60, 340)
    paper.write("广西南宁市青秀区民族大道1号", 180, 340)
    paper.write("公民身份号码", 60, 540)
    # The label's last sign, read a second time with the number.
    paper.write(f"马{NUMBER}", 230, 540)
    (face,) = _faces(ID_CARD, paper)
    assert _values(face)["id_number"] == NUMBER


def test_foreigners_card_is_told_by_its_back_when_a_line_was_found_twice() -> None:
    paper = Paper((1000, 640))
    paper.write("中华人民共和国", 420, 60)
    paper.write("外国人永久居留身份证", 340, 130)
    paper.write("签发机关", 180, 380)
    paper.write("国家移民管理局", 380, 380)
    paper.write("持证人曾持有号码", 180, 480)
    paper.write("GBR450187041844", 450, 480)
    # The detector also found label and number as one line.
    paper.write("持证人曾持有号码  GBR450187041844", 180, 480)
    (back,) = _faces(foreign_permanent_resident_card, paper)
    assert back.face == "back"
    assert _values(back)["issuing_authority"] == "国家移民管理局"
    assert _values(back)["former_number"] == "GBR450187041844"


def test_residence_permit_is_told_by_its_label_when_no_title_is_printed() -> None:
    paper = Paper()
    rows = (
        ("姓名", "韦建国"),
        ("性别", "男"),
        ("民族", "壮族"),
        ("出生日期", "1985年10月16日"),
        ("公民身份号码", NUMBER),
    )
    _rows(paper, rows, 60, 40, 280)
    paper.write("常住户口", 60, 345)
    paper.write("所在地住址", 60, 380)
    paper.write("广西桂平市石龙镇六圩村", 280, 362)
    paper.write("下垌屯57号", 280, 402)
    assert ID_CARD.score(paper.lines) is None
    (face,) = _faces(RESIDENCE_PERMIT, paper)
    values = _values(face)
    assert values["address"] == "广西桂平市石龙镇六圩村下垌屯57号"
    assert values["ethnicity"] == "壮族"


@pytest.mark.parametrize(
    "kind", [DISABILITY_CERTIFICATE, HMT_RESIDENCE_PERMIT, ID_CARD, RESIDENCE_PERMIT]
)
def test_score_none_when_the_page_is_foreign(kind: Extractor) -> None:
    pages = (
        ("桂味小馆", "桌号12", "老友粉2份", "合计36元", "谢谢惠顾"),
        ("入职登记表", "姓名韦建国", "性别男", f"身份证号{NUMBER}", "应聘岗位厨师"),
        ("劳动能力鉴定结论", "姓名韦建国", "工伤伤残等级九级", f"公民身份号码{NUMBER}"),
        (),
    )
    for texts in pages:
        paper = Paper()
        for i, text in enumerate(texts):
            paper.write(text, 60, 40 + 60 * i)
        assert kind.score(paper.lines) is None


@pytest.mark.parametrize(("number", "is_one"), [(CERTIFICATE, True), (NUMBER + "车型", False)])
def test_untitled_card_with_a_persons_number_alone_is_no_certificate(
    number: str, is_one: bool
) -> None:
    paper = Paper(SPREAD)
    rows = (("姓名", "韦建国"), ("性别", "男"), ("出生日期", "1985年10月16日"), ("证号", number))
    address = "广西南宁市青秀区民族大道12号"
    _rows(paper, (*rows, ("住址", address), ("发证机关", "南宁市公安局")), 60, 60, 300)
    assert (DISABILITY_CERTIFICATE.score(paper.lines) is not None) is is_one
