"""The untitled side of a card, told by the known side that lies on the same page."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from extractors import EXTRACTORS
from pipeline.model import Image, Line, Quad
from pipeline.steps import read_sheet, with_other_sides
from tests.lines import Paper

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
