"""How certain a seal, its words and a signature are: never more than was seen. Nothing is drawn."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.marks import marks
from pipeline.marks.marks import MOST_SEALS, RIM_POINTS, with_marks
from pipeline.marks.seal import POSSIBLE, SEAL_CERTAIN, Seal, seal_state
from pipeline.marks.seal_words import LONG_NAME, mended
from pipeline.marks.signature import BLANK_INK, SIGNED, find_signature, ink_area, state_of
from pipeline.model import Char, DocumentType, Face, Image, Line, Sheet, Source
from pipeline.watch import PlaceFound, Told, watching

WHITE: Image = np.full((300, 200, 3), (236, 244, 246), np.uint8)
"""A sheet of a colour scan: its paper is not quite grey."""
GREY: Image = np.full((300, 200), 240, np.uint8)


def ring(share: float, x: float = 100.0) -> Seal:
    return Seal((x, 100.0), (30.0, 30.0), 0.0, share)


# ------------------------------------------------------------------ seals


def test_a_ring_of_which_enough_is_there_is_a_seal() -> None:
    assert (POSSIBLE, SEAL_CERTAIN) == (0.4, 0.62)
    assert seal_state(WHITE, [ring(0.62)]) == "yes"
    assert seal_state(WHITE, [ring(0.41), ring(0.7)]) == "yes"


def test_a_ring_in_part_is_neither_a_seal_nor_none() -> None:
    assert seal_state(WHITE, [ring(0.61)]) == "unsure"


def test_a_sheet_in_colour_without_any_red_bears_none() -> None:
    assert seal_state(WHITE, []) == "no"


def test_a_grey_picture_never_says_that_there_is_none() -> None:
    assert seal_state(GREY, []) == "unsure"
    assert seal_state(np.dstack([GREY] * 3), []) == "unsure"


def sheet() -> Sheet:
    return Sheet(WHITE, Source("a.jpg", 1, "0" * 64), 0, np.eye(3))


def face(kind: DocumentType = DocumentType.TRANSFER_LETTER, **found: str) -> Face:
    return Face(type=kind, face="page", score=1.0, page=sheet().ref, marks=found)


def sealed(monkeypatch: pytest.MonkeyPatch, *rings: Seal) -> dict[str, str]:
    """The marks of a letter on which these rings are found; each says how far right it stands."""
    monkeypatch.setattr(marks, "find_seals", lambda image: list(rings))
    monkeypatch.setattr(
        marks, "read_seal", lambda image, seal, recognise: f"{seal.centre[0]:.0f}号章"
    )
    (made,) = with_marks([face()], sheet(), lambda image, quads: [])
    return made.marks


def test_only_a_certain_seal_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sealed(monkeypatch, ring(0.7, 1), ring(0.5, 2)) == {"seal": "yes", "seal_text": "1号章"}
    assert sealed(monkeypatch, ring(0.62, 2)) == {"seal": "yes", "seal_text": "2号章"}
    assert sealed(monkeypatch, ring(0.61, 2)) == {"seal": "unsure"}


def test_a_signature_is_looked_for_where_one_belongs(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(image: Image, lines: object) -> None:
        raise AssertionError

    monkeypatch.setattr(marks, "find_signature", never)
    assert "seal" in sealed(monkeypatch, ring(0.9))


def test_three_seals_of_a_sheet_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_SEALS == 3
    every = [ring(0.9, x) for x in (1, 2, 3, 4)]
    assert sealed(monkeypatch, *every)["seal_text"] == "1号章；2号章；3号章"


def test_who_watches_is_told_of_each_seal_and_how_certain_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[Told] = []
    with watching(told.append):
        sealed(monkeypatch, ring(0.62, 1), ring(0.61, 2))
    seals = [t for t in told if isinstance(t, PlaceFound) and t.role == "seal"]
    assert [t.state for t in seals] == ["yes", "unsure"]
    assert all(len(t.outline) == RIM_POINTS == 36 for t in seals)


def test_a_seal_that_says_nothing_readable_is_a_seal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marks, "find_seals", lambda image: [ring(0.9)])
    monkeypatch.setattr(marks, "read_seal", lambda image, seal, recognise: "")
    (made,) = with_marks([face()], sheet(), lambda image, quads: [])
    assert made.marks == {"seal": "yes"}


def test_each_face_gets_the_marks_of_its_own_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marks, "find_seals", lambda image: [ring(0.5)])
    monkeypatch.setattr(marks, "find_signature", lambda image, lines: None)
    own = [face(), face(DocumentType.PROXY_UNDERTAKING), face(DocumentType.ID_CARD, seal="x")]
    letter, undertaking, card = with_marks(own, sheet(), lambda image, quads: [])
    assert letter.marks == {"seal": "unsure"}
    assert undertaking.marks == {"signature": "unsure"}  # no place for one was found
    assert card.marks == {"seal": "x"}


@pytest.mark.parametrize("state", ["yes", "no", "unsure"])
def test_a_signature_is_what_its_place_shows(monkeypatch: pytest.MonkeyPatch, state: str) -> None:
    monkeypatch.setattr(marks, "find_signature", lambda image, lines: state)
    (made,) = with_marks([face(DocumentType.PROXY_UNDERTAKING)], sheet(), lambda image, quads: [])
    assert made.marks == {"signature": state}


# ------------------------------------------------------------------ words of seals


def chars(text: str, **others: str) -> tuple[Char, ...]:
    return tuple(
        Char(c, 0.6, i / len(text), (i + 1) / len(text), ((others[c], 0.3),) if c in others else ())
        for i, c in enumerate(text)
    )


def test_half_of_a_word_that_was_read_does_not_make_it() -> None:
    assert mended(chars("派山听", 山="出", 听="所")) == "派山听"
    assert mended(chars("派山所", 山="出")) == "派出所"


def test_in_words_of_four_and_more_one_character_may_be_one_that_was_not_thought_of() -> None:
    assert LONG_NAME == 4
    assert mended(chars("人民致府")) == "人民政府"
    assert mended(chars("人氏致府")) == "人氏致府"
    assert mended(chars("人氏致府", 氏="民", 致="政")) == "人民政府"
    assert mended(chars("公安同")) == "公安同"


def test_a_longer_word_is_put_right_before_one_within_it() -> None:
    assert mended(chars("档案业务专用草")) == "档案业务专用章"
    assert mended(chars("专用草", 草="章")) == "专用章"
    assert mended(chars("材民委员会")) == "村民委员会"


def test_characters_of_one_word_are_no_other_words() -> None:
    assert mended(chars("公其就业")) == "公共就业"
    assert mended(chars("公其就业服务中心")) == "公其就业服务中心"


def test_words_stand_anywhere_and_several_times() -> None:
    assert mended(chars("甲派山所乙派山所", 山="出")) == "甲派出所乙派出所"
    assert mended(chars("派")) == "派"


# ------------------------------------------------------------------ signatures


@pytest.mark.parametrize(
    ("area", "state"),
    [(0.75, "yes"), (0.74, "unsure"), (0.13, "unsure"), (0.12, "no"), (0.0, "no")],
)
def test_a_little_ink_is_neither_a_signature_nor_none(area: float, state: str) -> None:
    assert (BLANK_INK, SIGNED) == (0.12, 0.75)
    assert state_of(area) == state


def ink(*boxes: tuple[int, int, int, int]) -> NDArray[np.bool_]:
    drawn = np.zeros((100, 100), np.bool_)
    for left, top, right, bottom in boxes:
        drawn[top:bottom, left:right] = True
    return drawn


def test_ink_is_measured_in_squared_widths_of_a_character() -> None:
    assert ink_area(ink((20, 20, 40, 40)), (0, 0, 100, 100), 20, []) == pytest.approx(1.0)
    assert ink_area(ink((20, 20, 40, 40)), (0, 0, 100, 100), 10, []) == pytest.approx(4.0)


def test_ink_counts_within_its_place_alone() -> None:
    assert ink_area(ink((20, 20, 40, 40)), (30, 0, 100, 100), 20, []) == pytest.approx(0.5)
    assert ink_area(ink((20, 20, 40, 40)), (0, 30, 100, 100), 20, []) == pytest.approx(0.5)
    assert ink_area(ink((20, 20, 40, 40)), (-50, -50, 30, 100), 20, []) == pytest.approx(0.5)
    assert ink_area(ink((20, 20, 40, 40)), (0, 0, 100, 30), 20, []) == pytest.approx(0.5)
    assert ink_area(ink((20, 20, 40, 40)), (60, 0, 50, 100), 20, []) == 0.0


def test_print_and_hair_lines_are_no_signature() -> None:
    covered = ((15.0, 15.0), (45.0, 15.0), (45.0, 45.0), (15.0, 45.0))
    assert ink_area(ink((20, 20, 40, 40)), (0, 0, 100, 100), 20, [covered]) == 0.0
    assert ink_area(ink((20, 20, 40, 21)), (0, 0, 100, 100), 20, []) == 0.0


# ------------------------------------------------------------------ what lies about a signature


def block(text: str, left: float, top: float, score: float = 0.99) -> Line:
    """A line of characters 30 pixels wide and high."""
    right = left + 30 * len(text)
    size = len(text)
    own = tuple(Char(c, score, i / size, (i + 1) / size) for i, c in enumerate(text))
    return Line(text, score, ((left, top), (right, top), (right, top + 30), (left, top + 30)), own)


def strokes(page: Image, line: Line, colour: tuple[int, int, int] = (30, 30, 30)) -> None:
    """A cross for each character of a line."""
    (left, top), (right, _) = line.quad[0], line.quad[1]
    for x in range(int(left), int(right), 30):
        page[int(top) + 3 : int(top) + 27, x + 12 : x + 17] = colour
        page[int(top) + 12 : int(top) + 17, x + 3 : x + 27] = colour


def signed(*beside: tuple[Line, tuple[int, int, int]], grey: bool = False) -> str | None:
    """What is said of a page with 代办人签名： and lines beside it in colours."""
    page: Image = np.full((300, 900, 3), 245, np.uint8)
    label = block("代办人签名：", 60, 120)
    for line, colour in ((label, (30, 30, 30)), *beside):
        strokes(page, line, colour)
    image = np.ascontiguousarray(page[..., 0]) if grey else page
    return find_signature(image, [label, *(line for line, _ in beside)])


BLACK, PEN = (30, 30, 30), (150, 60, 40)


def test_nothing_behind_the_words_is_no_signature() -> None:
    assert signed() == "no"


def test_ink_in_a_pens_colour_is_one_however_well_it_reads() -> None:
    assert signed((block("黄大勇", 300, 120), PEN)) == "yes"


def test_a_typed_name_is_looked_at() -> None:
    assert signed((block("黄大勇", 300, 120), BLACK)) == "unsure"


def test_black_writing_that_reads_poorly_is_a_signature() -> None:
    assert signed((block("黄大勇", 300, 120, score=0.7), BLACK)) == "yes"


def test_on_a_grey_scan_a_name_that_reads_well_may_be_typed() -> None:
    assert signed((block("黄大勇", 300, 120), PEN), grey=True) == "unsure"


@pytest.mark.parametrize("text", ["2026年11月20日", "日期：", "某某日期某"])
def test_a_date_is_no_signature_and_ends_its_place(text: str) -> None:
    assert signed((block(text, 330, 120), PEN)) == "no"
    later = block("黄大勇", 420 + 30 * len(text), 120, score=0.7)
    assert signed((block(text, 330, 120), PEN), (later, PEN)) == "no"


def test_the_line_above_is_no_signature() -> None:
    assert signed((block("某某某某", 300, 60), BLACK)) == "no"


# ------------------------------------------------------------------ where a seal lies


def test_the_box_of_a_ring_holds_its_turned_ellipse() -> None:
    upright = Seal((100.0, 50.0), (30.0, 20.0), 0.0, 1.0)
    assert upright.box == pytest.approx((70, 30, 130, 70), abs=0.1)
    turned = Seal((100.0, 50.0), (30.0, 20.0), 90.0, 1.0)
    assert turned.box == pytest.approx((80, 20, 120, 80), abs=0.1)


@pytest.mark.parametrize(("size", "state"), [(150, "unsure"), (20, "no")])
def test_red_of_a_seals_size_that_is_no_ring_is_looked_at(size: int, state: str) -> None:
    page: Image = np.full((1400, 1000, 3), (236, 244, 246), np.uint8)
    page[600 : 600 + size, 400 : 400 + size] = (40, 36, 206)
    assert seal_state(page, []) == state
