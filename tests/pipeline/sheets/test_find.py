"""read_sheets on drawn papers: how many sheets, which way up, and every line in exactly one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import cv2
import numpy as np
import pytest

from pipeline.image import Points, apply, invert, turn, turn_matrix
from pipeline.model import Char, Image, Line, Page, Quad, Sheet, Source
from pipeline.sheets.find import read_sheets
from pipeline.sheets.outlines import OUTLINE_CERTAIN, SUPPORT, Outline
from pipeline.sheets.papers import is_surrounded
from pipeline.sheets.plan import WORK_PX
from tests.pipeline.bars import (
    CARD,
    BarEngine,
    draw_bar,
    lay,
    names_on,
    page_of,
    paper,
    photographed,
    rectangle,
)

pytestmark = pytest.mark.drawn

TABLES = {"dark": (118, 118, 122), "wood": (110, 145, 180), "cloth": (190, 130, 110)}


def office_copy(*, tone: tuple[int, int, int] = (235, 225, 215)) -> Image:
    """A4 at 200 dpi with two faces of a card, one below the other, each a little askew."""
    scan = np.full((2339, 1654, 3), 250, np.uint8)
    lay(scan, paper(*CARD, [10, 12, 14, 16, 18], tone=tone), rectangle(500, 500, *CARD, 2.0))
    lay(scan, paper(*CARD, [30, 32, 34, 36], tone=tone), rectangle(520, 960, *CARD, -1.5))
    return scan


def test_read_sheets_when_two_faces_lie_one_below_the_other() -> None:
    sheets = read_sheets(page_of(office_copy()), BarEngine())
    assert [names_on(s.lines) for s in sheets] == [
        [f"第{n}行文字" for n in (10, 12, 14, 16, 18)],
        [f"第{n}行文字" for n in (30, 32, 34, 36)],
    ]
    assert [s.rotation for s in sheets] == [0, 0]


def test_read_sheets_when_edges_vanished_in_copying() -> None:
    sheets = read_sheets(page_of(office_copy(tone=(250, 250, 250))), BarEngine())
    assert [len(s.lines) for s in sheets] == [5, 4]


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_read_sheets_when_page_is_turned(degrees: int) -> None:
    scan = office_copy()
    turned = turn(scan, 360 - degrees)
    sheets = read_sheets(page_of(turned), BarEngine())
    assert sorted(len(s.lines) for s in sheets) == [4, 5]
    assert {s.rotation for s in sheets} == {degrees}
    upright = next(s for s in sheets if len(s.lines) == 5)
    # The first bar lies at the top left of the card, on the upright page.
    first = next(line for line in upright.lines if line.text == "第10行文字")
    x, y = apply(upright.to_page, [first.quad[0]])[0]
    assert (x, y) == pytest.approx((540, 530), abs=25)


def test_read_sheets_when_cards_lie_different_ways() -> None:
    scan = np.full((1700, 1600, 3), 250, np.uint8)
    card = paper(*CARD, [10, 12, 14, 16])
    lay(scan, card, rectangle(100, 100, *CARD))
    lay(scan, turn(card, 180), rectangle(850, 120, *CARD))
    lay(scan, turn(card, 90), rectangle(200, 800, CARD[1], CARD[0]))
    lay(scan, turn(card, 270), rectangle(900, 800, CARD[1], CARD[0]))
    sheets = read_sheets(page_of(scan), BarEngine())
    assert sorted(s.rotation for s in sheets) == [0, 90, 180, 270]
    assert all(names_on(s.lines) == names_on(sheets[0].lines) for s in sheets)


@pytest.mark.parametrize("table", sorted(TABLES))
def test_read_sheets_when_a_phone_looks_at_a_slant(table: str) -> None:
    scan = np.full((960, 1280, 3), TABLES[table], np.uint8)
    noise = np.random.default_rng(3).integers(-12, 12, scan.shape)
    scan = np.clip(scan + noise, 0, 255).astype(np.uint8)
    corners = photographed((1280, 960), tilt=(14.0, -9.0), roll=5.0)
    lay(scan, paper(*CARD, [10, 12, 14, 16, 18, 20]), corners)
    (sheet,) = read_sheets(page_of(scan), BarEngine())
    assert len(sheet.lines) == 6
    inner = apply(invert(sheet.to_page), corners)
    width, height = sheet.image.shape[1], sheet.image.shape[0]
    # The paper's corners are the sheet's but for a small margin, and lines run level.
    expected = np.array([(0, 0), (width, 0), (width, height), (0, height)])
    assert np.abs(inner - expected).max() < 0.035 * width
    assert width / height == pytest.approx(CARD[0] / CARD[1], rel=0.06)
    for line in sheet.lines:
        assert abs(line.quad[1][1] - line.quad[0][1]) < 0.02 * width


def test_read_sheets_when_eight_cards_fill_a_page() -> None:
    scan = np.full((2339, 1654, 3), 250, np.uint8)
    for i in range(8):
        left, top = 140 + 720 * (i % 2), 120 + 540 * (i // 2)
        names = [10 * i + k for k in (2, 4, 6, 8)]
        lay(scan, paper(*CARD, names), rectangle(left, top, *CARD, (i % 3 - 1) * 2.0))
    sheets = read_sheets(page_of(scan), BarEngine())
    assert len(sheets) == 8
    assert all(len(s.lines) == 4 for s in sheets)


def test_read_sheets_come_in_reading_order_of_the_upright_page() -> None:
    scan = np.full((1400, 1600, 3), 250, np.uint8)
    for i, (left, top) in enumerate(((100, 130), (850, 100), (100, 800), (850, 820))):
        lay(scan, paper(*CARD, [10 * i + k for k in (2, 4, 6, 8)]), rectangle(left, top, *CARD))
    for degrees in (0, 180, 90):
        sheets = read_sheets(page_of(turn(scan, degrees)), BarEngine())
        assert [names_on(s.lines)[0] for s in sheets] == [f"第{n}行文字" for n in (2, 12, 22, 32)]


def letter() -> Image:
    """A heading, two paragraphs of full width, a signature far below."""
    scan = np.full((2339, 1654, 3), 252, np.uint8)
    draw_bar(scan, 600, 200, 460, 5)
    for i in range(9):
        draw_bar(scan, 220, 340 + 44 * i, 1220, 10 + i)
    for i in range(6):
        draw_bar(scan, 220, 900 + 44 * i, 1220, 30 + i)
    draw_bar(scan, 1050, 1700, 380, 50)
    draw_bar(scan, 1080, 1760, 330, 52)
    return scan


def test_read_sheets_when_page_is_a_letter() -> None:
    (sheet,) = read_sheets(page_of(letter()), BarEngine())
    assert len(sheet.lines) == 18
    assert sheet.rotation == 0


def test_read_sheets_when_page_is_a_form_of_two_tables() -> None:
    scan = np.full((2339, 1654, 3), 252, np.uint8)
    for top in (300, 1200):
        for row in range(8):
            y = top + 90 * row
            cv2.rectangle(scan, (180, y), (1480, y + 90), (60, 60, 60), 2)
            draw_bar(scan, 220, y + 35, 200, 10 + row)
            draw_bar(scan, 620, y + 35, 420, 30 + row)
    (sheet,) = read_sheets(page_of(scan), _Framed())
    assert len(sheet.lines) == 32


class _Framed(BarEngine):
    """Rules are dark, too: only what is as high as a bar is a line."""

    def detect(self, image: Image, long_side_px: int = 960) -> list[Quad]:
        opened = cv2.morphologyEx(image, cv2.MORPH_CLOSE, np.ones((7, 1), np.uint8))
        opened = cv2.morphologyEx(opened, cv2.MORPH_CLOSE, np.ones((1, 7), np.uint8))
        return super().detect(opened.astype(np.uint8), long_side_px)


def test_read_sheets_when_caption_is_stamped_beside_a_card() -> None:
    scan = office_copy()
    draw_bar(scan, 600, 1480, 260, 60)
    sheets = read_sheets(page_of(scan), BarEngine())
    texts = [line.text for s in sheets for line in s.lines]
    assert len(sheets) == 2
    assert len(texts) == len(set(texts)) == 10


@pytest.mark.parametrize("degrees", [-10, -4, 7, 10])
def test_read_sheets_when_page_is_askew(degrees: float) -> None:
    scan = np.full((1200, 1600, 3), 252, np.uint8)
    card = paper(1000, 640, [10, 12, 14, 16, 18], tone=(252, 252, 252))
    lay(scan, card, rectangle(300, 250, 1000, 640, degrees))
    (sheet,) = read_sheets(page_of(scan), BarEngine())
    assert len(sheet.lines) == 5
    for line in sheet.lines:
        (x0, y0), (x1, y1) = line.quad[0], line.quad[1]
        assert abs(np.degrees(np.arctan2(y1 - y0, x1 - x0))) < 1.0


def printed_table(read: bool) -> Image:
    """A card on a table full of print; on one that reads as nothing, if not ``read``."""
    scan = np.full((960, 1280, 3), (205, 205, 200), np.uint8)
    for top in range(10, 940, 40):
        for left in (20, 440, 860):
            draw_bar(scan, left, top, 380, 60)
            if not read:  # neither way up is there a notch
                scan[top : top + 20, left : left + 380] = 60
    card = paper(*CARD, [10, 12, 14, 16, 18], tone=(250, 240, 235))
    lay(scan, card, photographed((1280, 960), tilt=(12.0, -8.0), roll=4.0))
    return scan


CARD_NAMES = [f"第{n}行文字" for n in (10, 12, 14, 16, 18)]


def test_read_sheets_when_the_table_has_a_pattern_like_print() -> None:
    (sheet,) = read_sheets(page_of(printed_table(read=False)), BarEngine())
    assert len(sheet.lines) < 8  # what the card's edges cut may look like text
    assert set(CARD_NAMES) <= set(names_on(sheet.lines))
    assert sheet.image.shape[1] / sheet.image.shape[0] == pytest.approx(CARD[0] / CARD[1], rel=0.05)


def test_read_sheets_when_a_known_paper_lies_on_a_printed_one() -> None:
    def is_known(lines: Sequence[Line]) -> bool:
        return len(lines) < 12 and set(CARD_NAMES) <= set(names_on(lines))

    (sheet,) = read_sheets(page_of(printed_table(read=True)), BarEngine(), is_known)
    assert is_known(sheet.lines)


def test_read_sheets_when_a_paper_is_known_among_the_print_that_it_lies_on() -> None:
    def is_known(lines: Sequence[Line]) -> bool:
        return set(CARD_NAMES) <= set(names_on(lines))

    (sheet,) = read_sheets(page_of(printed_table(read=True)), BarEngine(), is_known)
    assert len(sheet.lines) < 12


@pytest.mark.parametrize(
    ("places", "surrounded"),
    [
        ([(50, 10), (60, 20), (50, 300), (60, 310)], False),
        ([(50, 10), (60, 20), (50, 300), (60, 310), (5, 150), (5, 180)], True),
        ([(50, 10), (50, 300), (5, 150), (400, 150)], False),
    ],
    ids=["above and below", "also to the left", "one line on every side"],
)
def test_print_around_a_paper_is_not_print_above_and_below_a_box(
    places: list[tuple[int, int]], surrounded: bool
) -> None:
    corners = np.array([(40, 100), (340, 100), (340, 280), (40, 280)], dtype=np.float64)
    boxes = [[(x, y), (x + 20, y), (x + 20, y + 8), (x, y + 8)] for x, y in places]
    assert is_surrounded(corners, np.array(boxes, dtype=np.float64)) == surrounded


@pytest.mark.parametrize("surrounded", [True, False])
def test_read_sheets_when_the_edges_of_a_card_on_print_show_badly(
    surrounded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With print on three sides it is a card on print; else it may be a box in a form."""
    scan = np.full((960, 1280, 3), (205, 205, 200), np.uint8)
    for top, left in product((*range(10, 240, 40), *range(720, 940, 40)), (20, 440, 860)):
        draw_bar(scan, left, top, 380, 60)
    for top, left in product(range(250, 700, 40), (20, 980)):
        draw_bar(scan, left, top, 280, 60)
    corners = rectangle(340, 291, *CARD)
    lay(scan, paper(*CARD, [10, 12, 14, 16, 18]), corners)
    shown = Outline(np.array(corners) * WORK_PX / 1280, (SUPPORT + OUTLINE_CERTAIN) / 2)
    monkeypatch.setattr("pipeline.sheets.plan.find_outlines", lambda _: [shown])
    if not surrounded:
        monkeypatch.setattr("pipeline.sheets.find.is_surrounded", lambda corners, boxes: False)

    def is_known(lines: Sequence[Line]) -> bool:
        return len(lines) < 12 and set(CARD_NAMES) <= set(names_on(lines))

    sheets = read_sheets(page_of(scan), BarEngine(), is_known)
    assert [is_known(sheet.lines) for sheet in sheets] == [surrounded]


def test_read_sheets_when_nothing_is_known_of_a_box_in_print_keeps_all_of_it() -> None:
    (sheet,) = read_sheets(page_of(printed_table(read=True)), BarEngine(), lambda lines: False)
    assert len(sheet.lines) > 30


def test_read_sheets_when_touching_cards_are_known_one_by_one() -> None:
    scan = np.full((900, 1500, 3), 250, np.uint8)
    first, second = [10, 12, 14, 16, 18], [30, 32, 34, 36, 38]
    lay(scan, paper(*CARD, first, tone=(235, 225, 215)), rectangle(100, 200, *CARD))
    lay(scan, paper(*CARD, second, tone=(210, 235, 240)), rectangle(100 + CARD[0], 200, *CARD))
    (whole,) = read_sheets(page_of(scan), BarEngine(), lambda lines: False)
    assert len(whole.lines) == 10
    sheets = read_sheets(page_of(scan), BarEngine(), lambda lines: len(lines) == 5)
    assert [names_on(s.lines) for s in sheets] == [
        [f"第{n}行文字" for n in names] for names in (first, second)
    ]


def four_cards() -> Image:
    """Four cards that touch, two by two, of one tone: only their common outline shows."""
    scan = np.full((1000, 1500, 3), 250, np.uint8)
    for column, row in product(range(2), repeat=2):
        names = [10 + 20 * column + 40 * row + 2 * i for i in range(5)]
        place = rectangle(100 + CARD[0] * column, 60 + CARD[1] * row, *CARD)
        lay(scan, paper(*CARD, names, tone=(225, 215, 205)), place)
    return scan


def test_read_sheets_when_four_cards_touch() -> None:
    sheets = read_sheets(page_of(four_cards()), BarEngine(), lambda lines: len(lines) == 5)
    assert [names_on(s.lines)[0] for s in sheets] == [f"第{n}行文字" for n in (10, 30, 50, 70)]


@pytest.mark.parametrize("known", [(5, 20), (20,), ()])
def test_read_sheets_when_four_cards_touch_and_are_known_as_one_or_not_at_all(
    known: tuple[int, ...],
) -> None:
    def is_known(lines: Sequence[Line]) -> bool:
        return len(lines) in known

    sheets = read_sheets(page_of(four_cards()), BarEngine(), is_known)
    # Two cards and more that are known tell more than the whole.
    assert len(sheets) == (4 if 5 in known else 1)


def test_read_sheets_when_a_card_without_edges_was_cut_above_its_last_lines() -> None:
    scan = np.full((1400, 1000, 3), 253, np.uint8)
    for names, top in (([10, 12, 14], 300), ([30, 32, 34], 760)):
        print_only = paper(560, 280, names, tone=(253, 253, 253))
        scan[top : top + 280, 200:760] = print_only
    assert len(read_sheets(page_of(scan), BarEngine())) == 2
    (whole,) = read_sheets(page_of(scan), BarEngine(), lambda lines: len(lines) == 6)
    assert len(whole.lines) == 6
    assert len(read_sheets(page_of(scan), BarEngine(), lambda lines: len(lines) == 3)) == 2


def test_read_sheets_when_page_is_blank() -> None:
    scan = np.full((2339, 1654, 3), 253, np.uint8)
    scan[:, :25] = 5  # the lid's shadow
    assert read_sheets(page_of(scan), BarEngine()) == []


def test_read_sheets_when_page_is_a_portrait() -> None:
    scan = np.full((600, 450, 3), (200, 120, 60), np.uint8)
    cv2.ellipse(scan, (225, 260), (110, 150), 0, 0, 360, (150, 170, 220), -1)
    cv2.rectangle(scan, (60, 470), (390, 600), (30, 30, 30), -1)
    assert read_sheets(page_of(scan), BarEngine()) == []


class _Sighted(BarEngine):
    """Reads one line, whatever it is shown."""

    def __init__(self, line: Line) -> None:
        super().__init__()
        self._line = line

    def recognise(self, image: Image, quads: Sequence[Quad]) -> list[Line]:
        return [self._line for _ in quads]


def test_read_sheets_when_page_has_a_text_layer() -> None:
    line = Line("申请表", 1.0, ((1, 1), (9, 1), (9, 4), (1, 4)), (Char("申", 1.0, 0.0, 0.3),))
    page = Page(np.zeros((20, 10, 3), np.uint8), Source("a.pdf", 1, "0" * 64), lines=(line,))
    engine = _Sighted(line)
    (sheet,) = read_sheets(page, engine)
    assert sheet.lines == (line,)
    assert sheet.rotation == 0
    assert np.array_equal(sheet.to_page, np.eye(3))
    assert engine.detections == 0


def test_read_sheets_when_page_is_grey() -> None:
    scan = cv2.cvtColor(office_copy(), cv2.COLOR_BGR2GRAY).astype(np.uint8)
    assert len(read_sheets(page_of(scan), BarEngine())) == 2


def test_read_sheets_spends_little_recognition() -> None:
    engine = BarEngine()
    read_sheets(page_of(office_copy()), engine)
    # One coarse detection and one a sheet; each line once, and a few both ways up.
    assert engine.detections == 3
    assert engine.lines_read <= 9 + 2 * 2 * 4


def test_read_sheets_cuts_large_pages_to_the_size_the_recogniser_likes() -> None:
    scan = cv2.resize(office_copy(), None, fx=2.6, fy=2.6).astype(np.uint8)
    for sheet in read_sheets(page_of(scan), BarEngine()):
        assert max(sheet.image.shape[:2]) <= 2400


def corners_on_page(sheet: Sheet) -> Points:
    height, width = sheet.image.shape[:2]
    return apply(sheet.to_page, [(0, 0), (width, 0), (width, height), (0, height)])


def test_to_page_leads_to_pixels_of_the_turned_page() -> None:
    turned = turn(office_copy(), 90)
    for sheet in read_sheets(page_of(turned), BarEngine()):
        page = turn(turned, sheet.rotation)
        for line in sheet.lines:
            middle = apply(sheet.to_page, [np.mean(line.quad, axis=0).tolist()])[0]
            x, y = (round(v) for v in middle)
            assert page[y, x].max() < 90  # on the bar
        assert turn_matrix((1, 1), 0).shape == sheet.to_page.shape
        assert (corners_on_page(sheet)[1] - corners_on_page(sheet)[0])[0] > 0


def test_read_sheets_when_a_card_is_known_by_lines_that_stand_on_end() -> None:
    scan = np.full((1400, 1600, 3), 250, np.uint8)
    for row, left in product(range(16), (40, 1080)):
        draw_bar(scan, left, 60 + 80 * row, 460, 40)
    names = [10, 12, 14, 16, 18]
    card = turn(paper(*CARD, names, tone=(250, 250, 250)), 90)
    lay(scan, card, rectangle(600, 400, CARD[1], CARD[0]))

    def is_known(lines: Sequence[Line]) -> bool:
        return {f"第{n}行文字" for n in names} <= {line.text for line in lines}

    (sheet,) = read_sheets(page_of(scan), BarEngine(), is_known)
    assert names_on(sheet.lines) == [f"第{n}行文字" for n in names]
    assert sheet.rotation == 270


def test_read_sheets_when_a_pattern_that_reads_as_nothing_surrounds_a_paper() -> None:
    scan = np.full((960, 1280, 3), 160, np.uint8)
    for row, left in product(range(23), (10, 330, 650, 970)):
        is_print = left in (10, 970) and row in (8, 14)  # by chance some of it reads as text
        draw_bar(scan, left, 10 + 40 * row, 290, 40 if is_print else 89)
    corners = rectangle(330, 300, *CARD, 7.0)
    lay(scan, paper(*CARD, [10, 12, 14, 16, 18]), corners)

    class Patterned(BarEngine):
        """Reads nothing where bars are as light as the pattern's."""

        def recognise(self, image: Image, quads: Sequence[Quad]) -> list[Line]:
            lines = super().recognise(image, quads)
            return [replace(x, text="", score=0.0) if "8" in x.text[1:2] else x for x in lines]

    (sheet,) = read_sheets(page_of(scan), Patterned(), lambda lines: len(lines) >= 5)
    assert names_on(sheet.lines) == [f"第{n}行文字" for n in (10, 12, 14, 16, 18)]
    assert sheet.image.shape[1] / sheet.image.shape[0] == pytest.approx(600 / 378, rel=0.1)


def test_read_sheets_when_a_card_lies_upside_down_on_a_letter_that_is_known() -> None:
    scan = np.full((1600, 1100, 3), 250, np.uint8)
    for row in range(13, 26):
        draw_bar(scan, 300, 60 + 56 * row, 500, 40)
    card = turn(paper(*CARD, [10, 12, 14, 16], tone=(200, 215, 190)), 180)
    lay(scan, card, rectangle(250, 350, *CARD))
    for y in (
        380,
        490,
        600,
    ):  # print that seems to run across the card's edge, which is then refused
        draw_bar(scan, 150, y, 160, 40)
    (sheet,) = read_sheets(page_of(scan), BarEngine(), lambda lines: len(lines) >= 4)
    assert names_on(sheet.lines) == [f"第{n}行文字" for n in (10, 12, 14, 16)]
    assert sheet.rotation == 180


@pytest.mark.parametrize(
    ("score", "long", "papers"),
    [(0.7, 9, 1), (0.97, 2, 1), (0.97, 9, 2)],
    ids=["pattern", "two marks that look like signs", "print"],
)
def test_read_sheets_when_marks_beside_a_known_paper_are_read_poorly(
    score: float, long: int, papers: int
) -> None:
    scan = np.full((960, 1400, 3), 250, np.uint8)
    lay(scan, paper(*CARD, [10, 12, 14, 16, 18], tone=(200, 215, 190)), rectangle(80, 300, *CARD))
    for row in range(6):
        draw_bar(scan, 1000, 340 + 60 * row, 280, 40)

    class Doubting(BarEngine):
        """Reads what lies beside the card as surely as ``score``, and so ``long``."""

        def recognise(self, image: Image, quads: Sequence[Quad]) -> list[Line]:
            lines = super().recognise(image, quads)
            return [
                replace(x, text=x.text[:long], chars=x.chars[:long], score=score)
                if "第40行" in x.text
                else x
                for x in lines
            ]

    sheets = read_sheets(page_of(scan), Doubting(), lambda lines: len(lines) == 5)
    assert len(sheets) == papers
    assert [f"第{n}行文字" for n in (10, 12, 14, 16, 18)] in [names_on(s.lines) for s in sheets]
