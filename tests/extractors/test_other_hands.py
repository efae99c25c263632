"""What other hands print otherwise: each mechanism that reads it, and that says what is lost."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from extractors import EXTRACTORS, hukou, passport
from extractors.cards.travel_permits import with_comma
from extractors.hukou.labels import find_hukou_labels
from extractors.hukou.seals import without_words
from extractors.labelled.beneath import find_inline
from extractors.labelled.forms import forms_of
from extractors.labelled.reading import BLANK_AMONG_LOST
from extractors.labelled.titles import find_titles, names_another
from extractors.letters.kinds import letter_kinds
from extractors.lodging.english import with_english_alone
from extractors.lodging.registration import lodging_form
from extractors.passport.words import labels
from pipeline.layout.labels import find_labels
from pipeline.layout.piece import pieces_of
from pipeline.model import DocumentType, Face, Line
from tests.lines import Paper, line

DISABILITY_CERTIFICATE = EXTRACTORS[DocumentType.DISABILITY_CERTIFICATE]
RESIDENCE_PERMIT = EXTRACTORS[DocumentType.RESIDENCE_PERMIT]

PASSED_OVER = "旁有清晰的字未计入"
NUMBER = "450103198510169012"


def permit(*address: tuple[str, float, float]) -> Paper:
    """A residence permit whose address stands in these lines (text, x, y)."""
    paper = Paper((1700, 640))
    paper.write("广西壮族自治区居住证", 300, 20)
    for label, value, top in (("姓名", "韦建国", 100), ("公民身份号码", NUMBER, 460)):
        paper.write(label, 60, top)
        paper.write(value, 280, top)
    paper.write("户籍地址", 60, 220)
    for text, x, y in address:
        paper.write(text, x, y)
    return paper


def portrait(paper: Paper) -> Face:
    (face,) = RESIDENCE_PERMIT.extract(paper.sheet(), paper.recognise)
    return face


LINES = (
    ("广西崇左市江州区木棉路2", 280.0, 220.0),
    ("1号半山雅筑9栋3单元601", 280.0, 262.0),
    ("号", 280.0, 304.0),
)
WHOLE = "广西崇左市江州区木棉路21号半山雅筑9栋3单元601号"


def test_an_address_goes_on_below_though_another_sheet_prints_beside_it() -> None:
    notes = (("持证人居住地住址变动的，应当及时办理变更。", 980.0, 246.0),)
    assert portrait(permit(*LINES, *notes)).fields["address"].value == WHOLE


def test_a_line_of_an_address_that_is_passed_over_is_said() -> None:
    first, second, last = LINES
    inner = (second[0], 330.0, 262.0)  # indented further than any line of an address
    reading = portrait(permit(first, (inner[0], 400.0, 262.0), last)).fields["address"]
    assert reading.value == WHOLE or PASSED_OVER in reading.doubts


@pytest.mark.parametrize("text", ["1994.02.26性别男", "1994年2月26日性别男"])
def test_a_label_right_behind_a_date_is_one(text: str) -> None:
    (form,) = (f for f in forms_of(DocumentType.HK_MACAO_TRAVEL_PERMIT) if f.face == "card")
    found, rest = find_labels([line("出生日期", 0, 0), line(text, 200, 0)], form.labels)
    assert {"birth_date", "sex"} <= found.keys()
    assert "男" in [piece.text for piece in rest]


def test_a_label_is_not_lost_to_another_rules_misreading() -> None:
    """残疾类别 is 残疾级别 but for one character; 等级 behind it is a label of its own."""
    (form, _) = forms_of(DocumentType.DISABILITY_CERTIFICATE)
    found, _ = find_labels([line("残疾类别", 0, 0), line("等级二级", 0, 60)], form.labels)
    assert [p.text for p in found["category"].parts] == ["残疾类别"]
    assert [p.text for p in found["grade"].parts] == ["等级"]


# ---------------------------------------------------------------- titles


def test_a_title_whose_first_line_lies_under_a_stamp_is_read() -> None:
    rows = [line(f"姓名{i}", 60, 300 + 60 * i) for i in range(4)]
    for upper in ("台湾居民复印件与原件一致", "台民件与原件一致"):
        titles = find_titles([line(upper, 200, 20), line("来往大陆通行证", 200, 62), *rows])
        assert [title.kind for title in titles] == [DocumentType.TAIWAN_TRAVEL_PERMIT]


def test_listed_titles_of_other_papers_deny() -> None:
    lines = [line("中华人民共和国结婚证", 200, 20)]
    assert names_another(lines, DocumentType.HUKOU)
    own = [line("居民身份证", 200, 20)]
    assert not names_another(own, DocumentType.HUKOU)
    assert names_another(own, DocumentType.HUKOU, guide=True)
    assert not names_another(own, DocumentType.ID_CARD, guide=True)
    # The ending of a form is no title that the table lists.
    assert not names_another([line("困难补贴申请审批表", 200, 20)], DocumentType.HUKOU)


def booklet() -> list[Line]:
    rows = ("姓名 韦建国", "户主或与户主关系 户主", "曾用名", "出生地", "籍贯", "民族 壮族",
            "宗教信仰", "文化程度", "婚姻状况", "兵役状况", "服务处所", "职业")  # fmt: skip
    return [line("常住人口登记卡", 400, 20)] + [
        line(text, 60, 120 + 60 * i) for i, text in enumerate(rows)
    ]


def visa() -> list[Line]:
    rows = ("Surname WEI", "Given name JIAN", "Passport No E12345678", "Nationality CHINA", "Sex M")
    return [line("PASSPORT", 400, 20)] + [
        line(text, 60, 120 + 60 * i) for i, text in enumerate(rows)
    ]


def proof() -> list[Line]:
    return [
        line("情况说明", 400, 20),
        line(f"兹证明韦建国（身份证号码：{NUMBER}）自2019年起享受农村低保待遇，", 100, 120),
        line("情况属实，特此证明。", 60, 170),
    ]


def registration() -> list[Line]:
    rows = ("英文姓 WEI", "英文名 JIAN", "性别 男", "出生日期 1985年10月16日", "国籍 德国",
            "证件号码 C12345678", "入住日期 2026年4月12日")  # fmt: skip
    return [line("境外人员临时住宿登记表", 400, 20)] + [
        line(text, 60, 120 + 60 * i) for i, text in enumerate(rows)
    ]


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        ("hukou", booklet()),
        ("passport", visa()),
        ("civil_affairs_proof", proof()),
        ("lodging_registration", registration()),
    ],
)
def test_a_foreign_title_denies_every_paper(kind: DocumentType, lines: Sequence[Line]) -> None:
    score = EXTRACTORS[DocumentType(kind)].score
    assert score(tuple(lines)) is not None
    foreign = Line("机动车行驶证", 0.99, ((380, 60), (700, 60), (700, 105), (380, 105)))
    assert score((*lines, foreign)) is None


# ---------------------------------------------------------------- sheets without a title


def certificate(number: str, *more: str) -> list[Line]:
    rows = ("姓名 韦建国", "性别 男", "出生日期 1985年10月16日", f"证件号码 {number}", *more)
    return [line(text, 60, 40 + 60 * i) for i, text in enumerate(rows)]


def test_without_a_title_the_number_has_the_papers_shape() -> None:
    score = DISABILITY_CERTIFICATE.score
    assert score(certificate("45010319851016901243")) is not None
    assert score(certificate("90974848")) is None
    assert score(certificate("")) is None
    assert score([line("残疾人证", 200, 0), *certificate("90974848")]) is not None


def test_print_read_poorly_from_beside_a_card_speaks_against_nothing() -> None:
    rows = (("姓名", "韦建国"), ("性别", "男"), ("民族", "壮"), ("出生", "1985年10月16日"))
    place = ("住址", "广西南宁市青秀区民族大道1号")
    lines = [
        part
        for i, (label, value) in enumerate((*rows, place, ("公民身份号码", NUMBER)))
        for part in (line(label, 60, 40 + 70 * i), line(value, 280, 40 + 70 * i))
    ]
    score = EXTRACTORS[DocumentType.ID_CARD].score
    assert score((*lines, line("口证明", 600, 560, score=0.57))) is not None
    assert score((*lines, line("口证明", 600, 560))) is None


# ---------------------------------------------------------------- single papers


@pytest.mark.parametrize(
    ("read", "name"),
    [
        ("FUNG. SZE WING", "FUNG,SZE WING"),
        ("FUNG.SZEWING", "FUNG,SZEWING"),
        ("CHAN, TSZ FUNG", "CHAN, TSZ FUNG"),
        ("J. SMITH", "J. SMITH"),
    ],
)
def test_a_comma_read_as_a_full_stop_is_one(read: str, name: str) -> None:
    assert with_comma(read) == name


@pytest.mark.parametrize("lines", [("姓/Surname",), ("姓", "Surname")])
def test_a_brief_label_counts_with_its_english(lines: tuple[str, ...]) -> None:
    form = lodging_form()
    written = [line(text, 60, 40 + 32 * i) for i, text in enumerate(lines)]
    found, rest = find_labels([*written, line("WEI", 300, 40)], form.rules)
    found, rest = with_english_alone(found, rest, form.english, form.rules, form.brief)
    assert "".join(p.text for p in found["surname"].parts) == "".join(lines)
    assert [p.text for p in rest] == ["WEI"]
    # Alone it is a name, or a part of another word.
    assert "surname" not in find_labels([line("姓", 60, 40)], form.rules)[0]


def test_the_labels_of_moves_are_found_in_one_line() -> None:
    pieces = pieces_of([line("何时由何地迁来本市(县)", 0, 0), line("何时由何地迁来本址", 0, 60)])
    assert {"move_in_from_city", "move_in_to_address"} <= find_hukou_labels(
        pieces, "member"
    ).labels.keys()


def test_a_copys_stamp_is_cut_from_a_booklets_value() -> None:
    (piece,) = pieces_of([line("全昶行经核对与原件相符", 0, 0)])
    assert [part.text for part in without_words(piece)] == ["全昶行"]


def spaced(text: str) -> Line:
    """A line with its spaces, as engines give it."""
    return Line(text, 0.99, ((0, 0), (900, 0), (900, 30), (0, 30)))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (
            "Date of issue Date de délivrance 15 SEP 2025 Date of expiry 15 SEP 2035",
            {"issue_date": "15 SEP 2025", "valid_to": "15 SEP 2035"},
        ),
        ("Sex Sexe F", {"sex": "F"}),
        ("SUSSEX", {}),
        ("Surname Nom", {}),
    ],
)
def test_values_behind_labels_in_their_line(text: str, values: dict[str, str]) -> None:
    found = find_inline([spaced(text)], labels())
    assert {name: own[0].words for name, own in found.items()} == values


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("valid_to", "逾期(2026年12月03日)未办,此函作废。", "2026年12月03日"),
        ("validity_days", "此函自签发之目起90目内有效。", "90"),
        ("validity_days", "此函自签发之日起90日内有效。", "90"),
    ],
)
def test_until_when_a_letter_holds(field: str, text: str, value: str) -> None:
    kind = letter_kinds()[DocumentType.TRANSFER_LETTER]
    fact = next(fact for fact in kind.facts if fact.name == field)
    assert next(fact.find(text))["v"] == value


def test_a_proof_of_a_special_group_is_titled_so() -> None:
    assert letter_kinds()[DocumentType.GROUP_PROOF].is_titled("特殊群体身份认定证明")


def test_the_title_side_of_a_temporary_card_alone_says_what_is_missing() -> None:
    paper = Paper()
    paper.write("中华人民共和国", 300, 200)
    paper.write("临时居民身份证", 300, 260)
    (face,) = EXTRACTORS[DocumentType.TEMPORARY_ID_CARD].extract(paper.sheet(), paper.recognise)
    assert {"name", "id_number", "valid_to"} <= set(face.missing)


def test_a_blank_among_values_that_were_lost_is_doubted() -> None:
    def emblem(authority: str) -> Face:
        paper = Paper()
        paper.write("港澳居民居住证", 300, 20)
        rows = (("签发机关", authority), ("有效期限", "2022.08.17-2027.08.17"))
        for i, (label, value) in enumerate((*rows, ("通行证号码", ""), ("签发次数", ""))):
            paper.write(label, 60, 120 + 80 * i)
            if value:
                paper.write(value, 320, 120 + 80 * i)
        kind = EXTRACTORS[DocumentType.HMT_RESIDENCE_PERMIT]
        (face,) = kind.extract(paper.sheet(), paper.recognise)
        return face

    for authority, doubts in (("柳州市公安局", []), ("", [BLANK_AMONG_LOST])):
        reading = emblem(authority).fields["permit_number"]
        assert (reading.value, list(reading.doubts)) == ("", doubts)


def test_a_line_that_runs_straight_down_stops_nothing() -> None:
    down = Line("样本", 0.9, ((50.0, 10.0), (50.0, 90.0), (20.0, 90.0), (20.0, 10.0)))
    lines = (line("PASSPORT", 200, 20), line("Sex", 40, 100), down)
    assert passport.score(lines) is None and hukou.score(lines) is None


# ---------------------------------------------------------------- no title, a number written over


def side(*labels: str, number: str = "8300002与原件一致93") -> list[Line]:
    """The portrait side of a permit like an ID card, whose number is written over."""
    rows = {"姓名": "蔡宗霖", "性别": "男", "出生": "2005年10月4日", "民族": "壮",
            "住址": "广西百色市西林县桂竹路97号", "公民身份号码": number}  # fmt: skip
    return [
        part
        for i, label in enumerate(labels)
        for part in (line(label, 60, 60 + 60 * i), line(rows[label], 300, 60 + 60 * i))
    ]


LABELS = ("姓名", "性别", "出生", "住址", "公民身份号码")


def test_all_labels_tell_a_side_whose_number_is_written_over() -> None:
    permit = EXTRACTORS[DocumentType.HMT_RESIDENCE_PERMIT]
    assert permit.score(side(*LABELS)) is not None


def test_a_side_whose_number_is_written_over_is_not_told_without_a_label() -> None:
    permit = EXTRACTORS[DocumentType.HMT_RESIDENCE_PERMIT]
    assert permit.score(side(*LABELS[:2], *LABELS[3:])) is None


def test_a_number_of_another_shape_is_no_number_written_over() -> None:
    permit = EXTRACTORS[DocumentType.HMT_RESIDENCE_PERMIT]
    assert permit.score(side(*LABELS, number="8300002-93")) is None


def test_a_resident_and_a_visitor_are_not_confused_where_a_number_is_written_over() -> None:
    card = EXTRACTORS[DocumentType.ID_CARD]
    whole = (*LABELS[:2], "民族", *LABELS[2:])
    assert card.score(side(*LABELS, number="45010与原件一致93")) is None
    assert card.score(side(*whole, number="45010与原件一致93")) is not None
    assert card.score(side(*whole)) is None


def test_without_its_number_a_visitors_side_is_no_residents() -> None:
    """Both print the same labels but for 民族."""
    card = EXTRACTORS[DocumentType.ID_CARD]
    nation = line("民族", 500, 120), line("壮", 640, 120)
    for lines in (side(*LABELS)[:-1], side(*LABELS)[:-2]):  # its label with it or not
        assert card.score(lines) is None
        assert card.score([*lines, *nation]) is not None


@pytest.mark.parametrize("number", ["450103199003079121", "45010与原件一致93"])
@pytest.mark.parametrize(
    ("span", "kind"),
    [
        ("2026.03.05-2026.06.05", "temporary_id_card"),
        ("2026.11.05-2027.02.05", "temporary_id_card"),
        ("2016.03.05-2036.03.05", "id_card"),
    ],
)
def test_what_runs_for_months_is_no_residents_card_by_part_of_its_title(
    span: str, kind: str, number: str
) -> None:
    whole = (*LABELS[:2], "民族", *LABELS[2:])
    lines = [line("民身份证", 400, 10), *side(*whole, number=number)]
    lines += [line("签发机关", 60, 460), line("横州市公安局", 300, 460)]
    lines += [line("有效期限", 60, 520), line(span, 300, 520)]
    scores = {k: s for k, e in EXTRACTORS.items() if (s := e.score(tuple(lines))) is not None}
    assert max(scores, key=lambda k: scores[k]) == kind


def permit_card(number: str = "H91562142", label: str = "证件号码") -> list[Line]:
    """A travel permit of a Macao resident whose title lies under a thumb."""
    rows = ("姓名", "麦乐怡"), ("性别", "女"), ("出生日期", "1973.12.18"), (label, number), (
        "有效期限", "2025.11.23-2030.11.23"), ("签发机关", "出入境管理局")  # fmt: skip
    return [
        part
        for i, (name, value) in enumerate(rows)
        for part in (line(name, 60, 60 + 60 * i), line(value, 300, 60 + 60 * i))
    ]


def test_a_travel_permits_number_tells_it_without_a_title() -> None:
    permit = EXTRACTORS[DocumentType.HK_MACAO_TRAVEL_PERMIT]
    assert permit.score(permit_card()) is not None
    for number in ("C91562142", "H9156214", "GBR450195122630", "H9与原件一致2"):
        assert permit.score(permit_card(number)) is None


def test_a_taiwan_permit_without_a_title_is_told_by_its_place_of_issue() -> None:
    permit = EXTRACTORS[DocumentType.TAIWAN_TRAVEL_PERMIT]
    place = [line("签发地点", 60, 460), line("广西", 300, 460)]
    assert permit.score([*permit_card("98453997"), *place]) is not None
    assert permit.score(permit_card("98453997")) is None
    for number in ("L98453997", "984539971", "98453"):
        assert permit.score([*permit_card(number), *place]) is None
    # A permit of mainland residents prints no label by its number.
    bare = [*permit_card()[:6], *permit_card()[8:], line("C84539971", 60, 520)]
    assert permit.score([*bare, *place]) is None


def test_a_translation_alone_tells_no_paper() -> None:
    """No. is any number's, Issue No. any count's: a permit's emblem side prints 通行证号码."""
    lines = [*permit_card(label="No.")[6:], line("换证次数", 60, 460), line("Issue No.", 300, 460)]
    assert EXTRACTORS[DocumentType.HMT_RESIDENCE_PERMIT].score(lines) is None
    told = [*permit_card(label="通行证号码")[6:], line("签发次数", 60, 460), line("01", 300, 460)]
    assert EXTRACTORS[DocumentType.HMT_RESIDENCE_PERMIT].score(told) is not None


def test_a_titled_card_is_told_by_its_number_though_the_lower_labels_are_lost() -> None:
    rows = ("姓名：滕毅", "民族：苗族", "性别：男", "出生：2003年12月23日")
    lower = ("南宁市良庆区望州南路191号", "450108200312239878", "南宁市公安局良庆分局",
             "2026.09.24-2026.12.24")  # fmt: skip
    lines = [line("临时居民身份证", 400, 10)]
    lines += [line(text, 60, 80 + 60 * i) for i, text in enumerate(rows)]
    lines += [line(text, 300, 320 + 60 * i) for i, text in enumerate(lower)]
    card = EXTRACTORS[DocumentType.TEMPORARY_ID_CARD]
    assert card.score(lines) is not None
    wrong = [line("450108200312239877", 300, 380) if x.text == lower[1] else x for x in lines]
    assert card.score(wrong) is None
