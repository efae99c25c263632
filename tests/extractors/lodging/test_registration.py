"""Lodging registrations in other arrangements than the boxed form: lines, values below labels."""

from __future__ import annotations

from dataclasses import replace

import cv2
import pytest

from extractors.labelled.looks import UNLABELLED
from extractors.labelled.translations import without_translations
from extractors.lodging.english import with_english_alone
from extractors.lodging.grammar import certificate, either_sex
from extractors.lodging.registration import extract, lodging_form, score
from pipeline.layout.labels import find_labels
from pipeline.layout.piece import pieces_of
from pipeline.model import Line
from samples.fonts import Shelf
from tests.lines import Paper, line
from tests.reader import read_drawn

SHELF = Shelf.bundled()


def _without_spaces(text: str | None) -> str | None:
    """The perfect reader gives no spaces; engines do."""
    return None if text is None else "".join(text.split())


@pytest.mark.drawn
@pytest.mark.parametrize("kind", ["lodging_registration_worded", "lodging_registration_local"])
@pytest.mark.parametrize("index", range(8))
def test_every_field_is_read_however_a_form_is_arranged(kind: str, index: int) -> None:
    read = read_drawn(kind, f"slip/{index}", SHELF)
    assert read.types == ["lodging_registration"]
    wrong = read.wrong("lodging_registration").items()
    assert {n: p for n, p in wrong if len(set(map(_without_spaces, p))) > 1} == {}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("证件号码Certificate No.：L9026828", "L9026828"),
        ("证件号码Certificate No.L9026828", "L9026828"),
        ("证件号码Certifcate No.L9026828", "L9026828"),
        ("性别/Sex", None),
        ("英文姓Surname", None),
        ("英文姓SURNAMER", "SURNAMER"),
        ("英文姓名Name in Full：NGUYEN THI HOA", "NGUYENTHIHOA"),
        ("英文姓名NGUYEN", "NGUYEN"),
    ],
)
def test_english_labels_are_taken_off_and_no_letter_of_the_value(
    text: str, value: str | None
) -> None:
    form = lodging_form()
    labels, rest = find_labels([line(text)], form.rules)
    _, kept = without_translations(labels, rest, form.rules, form.english, form.latin)
    assert [p.text for p in kept] == ([] if value is None else [value])


@pytest.mark.parametrize(
    ("text", "number", "sure"),
    [
        ("B9629270", "B9629270", True),
        ("89629270", "89629270", False),
        ("L.9182720", "L9182720", False),
        ("CAN110081080310", "CAN110081080310", True),
        ("无", "无", False),
    ],
)
def test_certificate_number_is_doubted_when_its_letter_may_be_misread(
    text: str, number: str, sure: bool
) -> None:
    value = certificate(text)
    assert (value.value, not value.doubts) == (number, sure)


def test_a_small_letter_may_be_of_the_label_and_is_no_sure_sex() -> None:
    assert either_sex("m").doubts and not either_sex("M").doubts


def test_sex_is_told_by_its_letter_with_a_doubt_when_the_character_is_misread() -> None:
    assert either_sex("文F").value == "女" and either_sex("文F").doubts
    assert either_sex("男F").doubts and not either_sex("女F").doubts


def _at(text: str, left: float, top: float, high: float) -> Line:
    right = left + 0.6 * high * len(text)
    return Line(text, 0.99, ((left, top), (right, top), (right, top + high), (left, top + high)))


def test_label_is_told_by_its_english_when_its_chinese_is_misread() -> None:
    form = lodging_form()
    lines = [_at("性刻", 100, 100, 30), _at("Sex", 110, 132, 20), _at("女", 300, 115, 30)]
    labels, rest = find_labels(lines, form.rules)
    assert "sex" not in labels
    labels, rest = with_english_alone(labels, rest, form.english, form.rules, form.brief)
    assert [p.text for p in labels["sex"].parts] == ["性刻", "Sex"]
    assert [p.text for p in rest] == ["女"]


def test_english_that_two_labels_share_tells_neither() -> None:
    form = lodging_form()
    labels, _ = find_labels([_at("Valid Until", 100, 100, 20)], form.rules)
    pieces = pieces_of([_at("Valid Until", 100, 100, 20)])
    assert with_english_alone(labels, pieces, form.english, form.rules, form.brief)[0] == {}


@pytest.mark.parametrize(
    "line", ["Document No.(证件号码):", "Document No.证件号码", "No.(证件号码)"]
)
def test_what_stands_around_a_label_is_no_value(line: str) -> None:
    form = lodging_form()
    labels, rest = find_labels([_at(line, 100, 100, 30)], form.rules)
    labels, rest = without_translations(labels, rest, form.rules, form.english, form.latin)
    assert "certificate_number" in labels
    assert not any(c.isalnum() for piece in rest for c in piece.text)


def test_words_of_a_stamp_that_run_down_the_page_join_no_value() -> None:
    paper = Paper((1000, 1000))
    paper.write("证件号码", 60, 100)
    paper.write("945764198005079610", 300, 100)
    # A line that falls by 2 in 1 goes through the number's row where the label stands.
    stamp = _at("楚湾派出", 460, 762, 30)
    paper.lines.append(replace(stamp, quad=((460, 762), (540, 922), (513, 935), (433, 775))))
    (face,) = extract(paper.sheet(), paper.recognise)
    assert face.fields["certificate_number"].value == "945764198005079610"
    assert face.fields["certificate_number"].doubts == ()


@pytest.mark.parametrize(("text", "value"), [("M", "男"), ("F", "女")])
def test_sex_may_be_its_letter_alone(text: str, value: str) -> None:
    assert (either_sex(text).value, either_sex(text).doubts) == (value, ())


def test_the_labelled_station_is_the_issuer_not_what_a_seal_says_beside_it() -> None:
    paper = Paper((1200, 1000))
    for i, label in enumerate(("英文姓", "英文名", "性别", "证件号码", "受理单位", "登记日期")):
        paper.write(label, 60, 100 + 70 * i)
    paper.write("金城江区公安局下赖派出所", 300, 380)
    paper.write("公安局", 840, 412)
    paper.write("2025年4月23日", 300, 450)
    (face,) = extract(paper.sheet(), paper.recognise)
    assert face.fields["issuing_authority"].value == "金城江区公安局下赖派出所"
    assert face.fields["issuing_authority"].doubts == ()


def test_a_stations_name_over_two_lines_is_read_whole() -> None:
    paper = Paper((1200, 1000))
    for i, label in enumerate(("英文姓", "英文名", "性别", "证件号码", "受理单位")):
        paper.write(label, 60, 100 + 70 * i)
    paper.write("恭城瑶族自治县公安局", 300, 365)
    paper.write("下赖派出所", 300, 397)
    (face,) = extract(paper.sheet(), paper.recognise)
    issuer = face.fields["issuing_authority"]
    assert issuer.value == "恭城瑶族自治县公安局下赖派出所" or issuer.doubts


def test_what_closes_the_form_may_stand_below_its_labels_beside_a_seal() -> None:
    paper = Paper((1700, 1300))
    for text, left, top in (
        ("姓/Surname", 70, 200), ("英文名/Given Name", 937, 196), ("MILLERTON", 70, 237),
        ("GRACE", 935, 228), ("中文名/Chinese Name", 70, 286), ("性别/Gender", 933, 278),
        ("米格蕾", 70, 321), ("女", 933, 317), ("出生日期/Date of Birth", 74, 379),
        ("国籍(地区)/Nationality", 937, 372), ("1987.10.10", 70, 411), ("美国", 933, 403),
        ("登记单位/Registered by", 74, 905), ("兴安县公安局古墟派出所", 76, 941),
        ("登记日期/Date", 76, 997), ("2025.02.02", 74, 1031),
    ):  # fmt: skip
        paper.write(text, left, top)
    paper.lines.append(_at("4", 1162, 990, 85))  # from the seal, in the row of label and date
    (face,) = extract(paper.sheet(), paper.recognise)
    assert face.fields["issuing_authority"].value == "兴安县公安局古墟派出所"
    assert face.fields["issue_date"].value == "2025-02-02"


@pytest.mark.parametrize(
    ("text", "label", "behind"),
    [
        ("健营地址/Adkhress", "address", ""),
        ("H/Sumame", "surname", ""),
        ("性R/Sex", "sex", ""),
        ("健营池址/Adkhress", None, None),
        ("X/Name", None, None),
    ],
)
def test_label_is_told_by_chinese_and_english_that_were_both_misread(
    text: str, label: str | None, behind: str | None
) -> None:
    form, pieces = lodging_form(), pieces_of([_at(text, 100, 100, 30)])
    labels, rest = with_english_alone({}, pieces, form.english, form.rules, form.brief)
    assert list(labels) == ([] if label is None else [label])
    assert "".join(p.text for p in rest) == (text if label is None else behind)


def _ruled(*rows: tuple[str, str, str]) -> Paper:
    """A table of labels, words behind them in their cells, and values in the next."""
    paper = Paper((1600, 2400))  # so large that no stroke is as long as a rule
    end = 200 + 90 * len(rows)
    for x in (60, 460, 1500):
        cv2.line(paper.image, (x, 200), (x, end), (30, 30, 30), 3)
    for y in range(200, end + 1, 90):
        cv2.line(paper.image, (60, y), (1500, y), (30, 30, 30), 3)
    for i, (label, words, value) in enumerate(rows):
        paper.write(label, 80, 230 + 90 * i)
        if words:
            paper.write(words, 80 + 30 * len(label) + 20, 230 + 90 * i, score=0.6)
        paper.write(value, 480, 230 + 90 * i)
    return paper


ROWS = (
    ("英文姓", "Suae", "SOMPHON"),
    ("英文名", "Gi", "KRIT"),
    ("性别", "m", "女F"),
    ("国籍", "Nony", "泰国THA"),
    ("证件号码", "cwieae", "X9133168"),
)


def test_misread_words_in_a_labels_cell_are_nobodys_value() -> None:
    paper = _ruled(*ROWS)
    (face,) = extract(paper.sheet(), paper.recognise)
    read = {name: face.fields[name].value for name in ("surname", "sex", "nationality")}
    assert read == {"surname": "SOMPHON", "sex": "女", "nationality": "THA"}
    assert face.fields["certificate_number"].value == "X9133168"
    assert face.fields["certificate_number"].doubts == ()


def test_date_at_a_guessed_label_is_doubted_and_an_address_bears_its_own_out() -> None:
    address = "广西百色市田阳区朝霞路137号"
    paper = _ruled(*ROWS, ("抵送目期", "oial", "2026.09.01"), ("往址", "Pt", address))
    (face,) = extract(paper.sheet(), paper.recognise)
    arrival = face.fields["arrival_date"]
    assert (arrival.value, UNLABELLED in arrival.doubts) == ("2026-09-01", True)
    assert face.fields["address"].value == address
    assert UNLABELLED not in face.fields["address"].doubts


def test_address_without_a_label_is_found_and_doubted_but_no_station() -> None:
    paper = _ruled(*ROWS)
    paper.write("广西百色市田阳区朝霞路137号", 480, 760)
    paper.write("百色市田阳区公安局", 480, 900)
    (face,) = extract(paper.sheet(), paper.recognise)
    assert face.fields["address"].value == "广西百色市田阳区朝霞路137号"
    assert UNLABELLED in face.fields["address"].doubts


def test_value_read_poorly_is_kept_where_it_fills_its_cell() -> None:
    paper = _ruled(*ROWS, ("中文姓名", "", "特雷曼"))
    own = next(x for x in paper.lines if x.text == "特雷曼")
    poor = tuple(replace(c, score=0.66) for c in own.chars)
    paper.lines[paper.lines.index(own)] = replace(own, score=0.66, chars=poor)
    (face,) = extract(paper.sheet(), paper.recognise)
    assert face.fields["chinese_name"].value == "特雷曼"


@pytest.mark.parametrize(("title", "is_told"), [("境外人员住宿登记表", True), ("住宿登记", False)])
def test_form_is_told_by_its_title_where_few_labels_were_read(title: str, is_told: bool) -> None:
    lines = [_at(title, 400, 100, 44), _at("境外人员", 400, 20, 20)]
    lines += [_at("联系电话", 80, 300, 24), _at("申报人签名", 80, 360, 24)]
    assert (score(lines) is not None) is is_told
    assert score(lines[:3]) is None
