"""Doubtful characters are weighed by their pictures, and nothing else is touched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from pipeline.evidence.evidence import threshold
from pipeline.image import grey_of
from pipeline.model import Char, Image, Line, Quad
from pipeline.ocr import glyphs
from pipeline.ocr.glyph_features import GlyphBook, Strip
from pipeline.ocr.glyphs import BY_PICTURE, ComparingEngine, compared
from pipeline.ocr.replay import Recorder, ReplayEngine
from pipeline.reference.look_alikes import rare_look_alikes
from pipeline.reference.rarity import is_rare

FONT = Path(str(files("cvttf_NotoSansCJK_Regular") / "NotoSansCJKtc-Regular.otf"))
EM = 40


@cache
def book() -> GlyphBook:
    return GlyphBook([FONT])


def likeness(one: str, other: str) -> float:
    """How much two characters look alike in print; -1 where the font lacks either."""
    a, b = book().vectors(one), book().vectors(other)
    return -1.0 if a is None or b is None else float((a * b).sum(axis=1).max())


def drawn(text: str, *, ink: int = 20, blur: float = 0.8) -> tuple[Image, Quad]:
    """A line of print on paper, a little blurred, and where it lies."""
    font = ImageFont.truetype(str(FONT), EM)
    page = Pillow.new("RGB", (EM * (len(text) + 2), 2 * EM), (235, 235, 235))
    ImageDraw.Draw(page).text((EM, EM // 3), text, font=font, fill=(ink, ink, ink))
    image = cv2.GaussianBlur(np.asarray(page), (0, 0), blur).astype(np.uint8)
    right = EM * (len(text) + 1)
    return image, ((EM, EM * 0.4), (right, EM * 0.4), (right, EM * 1.6), (EM, EM * 1.6))


def line(
    read: str, quad: Quad, choices: Mapping[int, Mapping[str, float]], sure: float = 0.999
) -> Line:
    """A line read so, with these scores at these places; the first choice is the one read."""
    chars = []
    for i, text in enumerate(read):
        first, *others = (choices.get(i) or {text: sure}).items()
        chars.append(Char(first[0], first[1], i / len(read), (i + 1) / len(read), tuple(others)))
    return Line(read, 0.9, quad, tuple(chars))


@pytest.mark.parametrize(
    ("printed", "read"),
    [("岜独村", "邑独村"), ("枧头屯", "视头屯"), ("那塱村", "那塑村"), ("黄嬿", "黄嫌")],
)
def test_a_rare_character_is_known_by_its_picture(printed: str, read: str) -> None:
    image, quad = drawn(printed)
    at = next(i for i, (a, b) in enumerate(zip(printed, read, strict=True)) if a != b)
    told = compared(line(read, quad, {at: {read[at]: 0.71, printed[at]: 0.02}}), image, book())
    assert told.text == printed
    assert told.chars[at].compared
    assert told.chars[at].score > 0.95
    assert read[at] in dict(told.chars[at].alternatives)


def test_a_rare_look_alike_that_the_engine_never_named_is_found() -> None:
    image, quad = drawn("岜独村")
    told = compared(line("邑独村", quad, {0: {"邑": 0.8, "色": 0.1}}), image, book())
    assert told.text == "岜独村"


@pytest.mark.parametrize(
    ("printed", "rare"), [("邑宁村", "岜"), ("视力表", "枧"), ("东兰县", "岽")]
)
def test_the_common_character_stays_where_it_is_printed(printed: str, rare: str) -> None:
    image, quad = drawn(printed)
    told = compared(line(printed, quad, {0: {printed[0]: 0.6, rare: 0.35}}), image, book())
    assert told.text == printed
    assert told.chars[0].score > 0.95


def test_what_the_engine_reads_surely_is_not_looked_at() -> None:
    image, quad = drawn("岜独村")
    surely = line("恩独村", quad, {0: {"恩": 0.999}})
    assert compared(surely, image, book()) is surely


def test_a_character_that_hides_a_rare_one_is_looked_at_however_sure() -> None:
    image, quad = drawn("枧头屯")
    told = compared(line("视头屯", quad, {0: {"视": 0.9999}}), image, book())
    assert told.chars[0].compared


def test_a_rare_character_of_names_is_known_however_surely_another_was_read() -> None:
    """顾 for 颀, 妍 for 妡: engines read them so with scores up to 1.00."""
    for printed, read in (("韦颀宁", "韦顾宁"), ("黄妡", "黄妍")):
        image, quad = drawn(printed)
        told = compared(line(read, quad, {1: {read[1]: 0.9999}}), image, book()).chars[1]
        assert (told.text, told.score) == (printed[1], BY_PICTURE)
        image, quad = drawn(read)
        told = compared(line(read, quad, {1: {read[1]: 0.9999}}), image, book()).chars[1]
        assert told.text == read[1]
        assert told.score > 0.95


def test_scores_of_compared_characters_are_chances() -> None:
    image, quad = drawn("岜独村")
    told = compared(
        line("邑独村", quad, {0: {"邑": 0.5, "色": 0.2, "": 0.1, "岜": 0.05}}), image, book()
    ).chars[0]
    chances = dict(told.alternatives) | {told.text: told.score}
    assert chances[""] == 0.1
    assert sum(chances.values()) == pytest.approx(1.0, abs=0.02)


def test_blank_paper_tells_nothing() -> None:
    image = np.full((80, 160, 3), 235, np.uint8)
    quad: Quad = ((10, 10), (150, 10), (150, 70), (10, 70))
    read = line("邑独村", quad, {0: {"邑": 0.5, "岜": 0.3}})
    assert compared(read, image, book()).chars == read.chars


def test_a_line_whose_text_has_more_than_its_characters_keeps_it() -> None:
    image, quad = drawn("岜独村")
    read = replace(line("邑独村", quad, {0: {"邑": 0.5, "岜": 0.3}}), text="邑独村 12")
    assert compared(read, image, book()).text == "邑独村 12"


def test_a_character_no_reference_font_has_is_no_choice() -> None:
    assert book().vectors("\U000e0100") is None
    assert likeness("岜", "\U000e0100") == -1.0
    assert likeness("岜", "岜") == pytest.approx(1.0)
    assert likeness("岜", "邑") < 0.95


def test_a_leaning_line_is_straightened() -> None:
    image, quad = drawn("岜独村")
    turn = cv2.getRotationMatrix2D((80, 40), 8, 1.0)
    leaning = cv2.warpAffine(image, turn, (200, 120), borderValue=(235, 235, 235)).astype(np.uint8)
    corners = [tuple(turn @ np.array([x, y, 1.0])) for x, y in quad]
    told = compared(
        line("邑独村", tuple(corners), {0: {"邑": 0.7, "岜": 0.02}}),  # type: ignore[arg-type]
        leaning,
        book(),
    )
    assert told.text == "岜独村"


def test_a_narrow_neighbour_is_not_cut_into_the_character() -> None:
    image, quad = drawn("一岜1号")
    strip = Strip(image, quad)
    seen = strip.vectors_at(1.5 / 4)
    own = book().vectors("岜")
    assert seen is not None and own is not None
    assert float((own @ seen.T).max()) > 0.9


class Fixed:
    """An engine that answers with one line."""

    fingerprint = "fixed-1"

    def __init__(self, answer: Line) -> None:
        self.answer = answer

    def detect(self, image: Image, long_side_px: int = 960) -> list[Quad]:
        return [self.answer.quad]

    def recognise(self, image: Image, quads: Sequence[Quad]) -> list[Line]:
        return [self.answer for _ in quads]

    def read(self, image: Image, long_side_px: int = 960) -> list[Line]:
        raise AssertionError("what is read must be compared")


class Telling(Fixed):
    """One that tells which way up lines stand."""

    def on_its_head(self, image: Image, quads: Sequence[Quad]) -> list[float]:
        return [0.25] * len(quads)


def test_the_engine_answers_for_itself_but_for_the_comparison() -> None:
    image, quad = drawn("岜独村")
    read = line("邑独村", quad, {0: {"邑": 0.71, "岜": 0.02}})
    engine = ComparingEngine(Telling(read), book())
    assert engine.fingerprint == "fixed-1"
    assert engine.detect(image) == [quad]
    assert engine.on_its_head(image, [quad]) == [0.25]
    assert ComparingEngine(Fixed(read), book()).on_its_head(image, [quad]) == [0.5]
    assert [ln.text for ln in engine.read(image)] == ["岜独村"]


def test_a_tape_keeps_that_a_character_was_compared(tmp_path: Path) -> None:
    image, quad = drawn("岜独村")
    engine = ComparingEngine(Fixed(line("邑独村", quad, {0: {"邑": 0.71, "岜": 0.02}})), book())
    recorder = Recorder(engine)
    live = recorder.read(image)
    tape = tmp_path / "tape.json.gz"
    tape.write_bytes(recorder.tape())
    assert ReplayEngine(tape).read(image) == live
    assert live[0].chars[0].compared and not live[0].chars[1].compared


def test_the_table_of_look_alikes_names_rare_characters_alone() -> None:
    assert "岜" in rare_look_alikes("邑")
    assert "岽" in rare_look_alikes("东")
    assert rare_look_alikes("A") == ""
    for char in "邑视东洽萌":
        found = rare_look_alikes(char)
        assert char not in found
        assert all(map(is_rare, found))
        assert len(found) <= glyphs.MOST


def test_grey_pictures_are_compared_as_coloured_ones() -> None:
    image, quad = drawn("岜独村")
    read = line("邑独村", quad, {0: {"邑": 0.71, "岜": 0.02}})
    assert compared(read, grey_of(image), book()).text == "岜独村"


def test_what_neither_engine_nor_table_names_is_sure_of_names_alone() -> None:
    """Nobody is called 嫌, which was read; 坭 stands in villages' names, not in persons'."""
    image, quad = drawn("黄嬿")
    told = compared(line("黄嫌", quad, {1: {"嫌": 0.71, "娣": 0.02}}), image, book())
    assert (told.text, told.chars[1].score > 0.999) == ("黄嬿", True)
    image, quad = drawn("坭寨村")
    told = compared(line("呢寨村", quad, {0: {"呢": 0.71}}), image, book())
    assert (told.text, told.chars[0].score) == ("坭寨村", glyphs.BY_PICTURE)
    assert threshold("address") > glyphs.BY_PICTURE < threshold("name")


def test_of_two_that_the_engine_reads_alike_none_is_sure() -> None:
    image, quad = drawn("崀寨村")
    told = compared(line("崑寨村", quad, {0: {"崑": 0.38, "良": 0.34}}), image, book())
    assert told.chars[0].score <= glyphs.BY_PICTURE


def test_a_rare_character_that_was_read_gives_way_to_none_that_nobody_named() -> None:
    image, quad = drawn("逯延村")  # as a rule under 渌 makes it look
    told = compared(line("渌延村", quad, {0: {"渌": 0.63, "绿": 0.23}}), image, book())
    assert (told.text, told.chars[0].score) == ("渌延村", 0.63)


def test_the_rare_character_behind_another_choice_is_compared() -> None:
    image, quad = drawn("崀寨村")
    told = compared(line("食寨村", quad, {0: {"食": 0.38, "良": 0.34}}), image, book())
    assert "崀" in {told.text[0], *dict(told.chars[0].alternatives)}
