"""The untitled side of a card, told by the known side that lies on the same page."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from extractors import EXTRACTORS
from extractors.labelled.bare_portrait import read_bare_portrait
from extractors.labelled.forms import forms_of
from pipeline.evidence.evidence import is_doubtful
from pipeline.model import DocumentType, Image, Line, Quad
from pipeline.steps import read_sheet, with_other_sides
from tests.lines import Paper

ID_CARD = EXTRACTORS[DocumentType.ID_CARD]

NUMBER = "450103198510169012"
YEAR = "2026.03.20-2027.03.20"
OFFICE = ("签发机关", "柳州市公安局柳北分局")
DECADE = "2016.03.20-2026.03.20"


def permit_front() -> Paper:
    paper = Paper()
    paper.write("广西壮族自治区居住证", 300, 20)
    rows = (("姓名", "韦建国"), ("性别", "男"), ("出生日期", "1985年10月16日"))
    for i, (label, value) in enumerate((*rows, ("公民身份号码", NUMBER))):
        paper.write(label, 60, 100 + 60 * i)
        paper.write(value, 280, 100 + 60 * i)
    return paper


def card_front() -> Paper:
    paper = Paper()
    rows = (("姓名", "韦建国"), ("性别", "男"), ("民族", "壮"), ("出生", "1985年10月16日"))
    place = ("住址", "广西南宁市青秀区民族大道1号")
    for i, (label, value) in enumerate((*rows, place, ("公民身份号码", NUMBER))):
        paper.write(label, 60, 40 + 70 * i)
        paper.write(value, 280, 40 + 70 * i)
    return paper


def back(*rows: tuple[str, str], note: str = "") -> Paper:
    paper = Paper()
    for i, (label, value) in enumerate(rows):
        paper.write(label, 60, 100 + 60 * i)
        if value:
            paper.write(value, 280, 100 + 60 * i)
    if note:
        paper.write(note, 60, 500)
    return paper


class Engine:
    """Reads what is written on the papers."""

    fingerprint = "papers"

    def __init__(self, *papers: Paper) -> None:
        self.papers = papers

    def detect(self, image: Image, long_side_px: int = 960) -> list[Quad]:
        """No lines but those of the papers."""
        return []

    def recognise(self, image: Image, quads: Sequence[Quad]) -> list[Line]:
        """What stands in the quads."""
        paper = next((p for p in self.papers if p.image is image), self.papers[0])
        return paper.recognise(image, quads)

    def read(self, image: Image, long_side_px: int = 960) -> list[Line]:
        """Nothing beyond."""
        return []


def faces_of(*papers: Paper) -> list[tuple[str, ...]]:
    """Type and face of what lies on one page, sheet by sheet."""
    engine = Engine(*papers)
    sheets = [paper.sheet() for paper in papers]
    read = [(sheet, read_sheet(sheet, engine, EXTRACTORS)) for sheet in sheets]
    told = with_other_sides(read, engine, EXTRACTORS)
    return [tuple(f"{face.type}/{face.face}" for face in faces) for _, faces in told]


def test_side_without_a_title_is_told_by_the_known_side_beside_it() -> None:
    note = "持证人住址变更的，应当申报居住登记。"
    side = back(OFFICE, ("有效期限", YEAR), note=note)
    assert faces_of(side) == [("unknown/page",)]
    assert faces_of(side, permit_front()) == [
        ("residence_permit/emblem",),
        ("residence_permit/portrait",),
    ]
    assert faces_of(card_front(), back(OFFICE, ("有效期限", DECADE)))[1] == ("id_card/emblem",)


def test_side_may_print_the_end_of_its_validity_alone() -> None:
    days = ("签发日期", "2026年3月20日"), ("有效期限至", "2027年3月20日")
    assert faces_of(permit_front(), back(OFFICE, *days))[1] == ("residence_permit/emblem",)
    # An ID card always prints both ends.
    assert faces_of(card_front(), back(OFFICE, days[1]))[1] == ("unknown/page",)


def bare(number: str = NUMBER, day: str = "1985 10 16", note: str = "") -> Paper:
    """The portrait side of which a copy kept the values alone."""
    paper = Paper()
    values = ("韦建国", "男", day, "广西南宁市青秀区民族大道", "131号江畔人家2栋1单元302号")
    for i, value in enumerate(values):
        paper.write(value, 120, 40 + (70 * i if i < 4 else 255))
    paper.write("壮", 340, 110)
    paper.write(number, 240, 420)
    if note:
        paper.write(note, 120, 500)
    return paper


def emblem(title: str) -> Paper:
    return back((title, ""), OFFICE, ("有效期限", "2022.03.20-2027.03.20"))


def test_portrait_side_without_labels_is_told_by_its_number_beside_the_titled_side() -> None:
    assert faces_of(bare()) == [("unknown/page",)]
    papers = emblem("居民身份证"), bare()
    assert faces_of(*papers)[1] == ("id_card/portrait",)
    hmt = emblem("港澳居民居住证"), bare("810000198510169015")
    assert faces_of(*hmt)[1] == ("hmt_residence_permit/portrait",)
    (face,) = read_bare_portrait(forms_of(DocumentType.ID_CARD), bare().sheet())
    assert {name: reading.value for name, reading in face.fields.items()} == {
        "name": "韦建国",
        "sex": "男",
        "ethnicity": "壮",
        "birth_date": "1985-10-16",
        "address": "广西南宁市青秀区民族大道131号江畔人家2栋1单元302号",
        "id_number": NUMBER,
    }
    doubted = {name for name, reading in face.fields.items() if is_doubtful(name, reading)}
    assert doubted == {"name", "address"}


@pytest.mark.parametrize(
    "side",
    [
        bare(NUMBER[:-1] + "0"),  # the checksum
        bare(day="1985 10 17"),  # not the number's
        bare("810000198510169015"),  # of Hong Kong, beside a mainland card
        bare(
            note="上述人员系我单位职工，工资按月发放，特此证明，联系电话07712345678，如有不实愿负责任。"
        ),
    ],
)
def test_values_that_are_no_portrait_side_stay_unknown(side: Paper) -> None:
    assert faces_of(emblem("居民身份证"), side)[1] == ("unknown/page",)


def test_address_whose_label_a_stamp_covers_is_read_with_doubt() -> None:
    paper = card_front()
    paper.cover("住址")
    (face,) = ID_CARD.extract(paper.sheet(), paper.recognise)
    assert face.fields["address"].value == "广西南宁市青秀区民族大道1号"
    assert is_doubtful("address", face.fields["address"])


@pytest.mark.parametrize(
    ("front", "side"),
    [
        (card_front, back(OFFICE, ("有效期限", YEAR))),  # an ID card's span is another
        (card_front, back(OFFICE)),  # one label is little
        (card_front, back(OFFICE, ("有效期限", "2026.03"))),
        (card_front, back(("签发机关", "桂味小馆"), ("有效期限", DECADE))),
        (card_front, back(OFFICE, ("有效期限", DECADE), ("准驾车型", "C1"), ("档案编号", "4502"),
                          note="请妥善保管本证，遗失须及时申报并登报声明作废，换证请持本证办理。")),
        (Paper, back(OFFICE, ("有效期限", DECADE))),
    ],
)  # fmt: skip
def test_side_of_something_else_stays_unknown(front: Callable[[], Paper], side: Paper) -> None:
    assert faces_of(front(), side)[1] == ("unknown/page",)


def test_side_is_left_unknown_when_two_papers_lack_it() -> None:
    side = back(OFFICE, ("有效期限", "2022.03.20-2027.03.20"))
    assert faces_of(card_front(), permit_front(), side)[2] == ("unknown/page",)


def test_side_that_is_there_is_not_told_twice() -> None:
    front, side = permit_front(), back(OFFICE, ("有效期限", YEAR))
    titled = back(("居住证", ""), OFFICE, ("有效期限", YEAR))
    assert faces_of(front, titled, side)[1:] == [("residence_permit/emblem",), ("unknown/page",)]


def test_permit_of_hong_kong_is_no_id_card_when_its_numbers_label_was_lost() -> None:
    paper = Paper()
    rows = (("姓名", "许雅筑"), ("性别", "女"), ("出生", "1985年10月16日"))
    for i, (label, value) in enumerate((*rows, ("住址", "广西南宁市青秀区民族大道1号"))):
        paper.write(label, 60, 40 + 70 * i)
        paper.write(value, 280, 40 + 70 * i)
    paper.write("810000198510169015", 240, 420)
    assert faces_of(paper) == [("hmt_residence_permit/portrait",)]


def test_back_with_a_travel_permits_number_is_no_mainland_residents() -> None:
    side = back(("民居住证", ""), OFFICE, ("通行证号码", "91359620"), ("签发次数", "02"))
    assert faces_of(side) == [("hmt_residence_permit/emblem",)]


def test_ethnicity_whose_label_was_lost_is_read_with_doubt() -> None:
    paper = card_front()
    (label,) = (line for line in paper.lines if line.text == "民族")
    (value,) = (line for line in paper.lines if line.text == "壮")
    paper.lines.remove(label)
    paper.lines.remove(value)
    paper.write("壮", 420, 110)
    (face,) = ID_CARD.extract(paper.sheet(), paper.recognise)
    assert face.fields["ethnicity"].value == "壮"
    assert is_doubtful("ethnicity", face.fields["ethnicity"])
