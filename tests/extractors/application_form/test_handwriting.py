"""Whether a form was filled in by hand, and whether it was signed: on ink drawn here."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files

import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from extractors.application_form.answers import Answer
from extractors.application_form.handwriting import WAVER_MAX, Hand
from extractors.application_form.layout import FormLayout
from extractors.application_form.signature import find_form_signature
from pipeline.layout.piece import Piece, pieces_of
from pipeline.model import Image, Sheet, Source
from tests.lines import line

NUMBER = "452525198505055153"
STEP = 14
TOP, HIGH = 20, 24


def drawn(number: str, *, broken: bool = False, off: float = 0.0) -> tuple[Image, list[Piece]]:
    """A number in print, 17 px high, each digit ``off`` px up or down by chance; ``broken``: the
    scan is so faint that some break below their bars."""
    page = Pillow.new("L", (60 + STEP * len(number), 70), 250)
    font = ImageFont.truetype(
        str(files("cvttf_NotoSansCJK_Regular") / "NotoSansCJKtc-Regular.otf"), 22
    )
    chance = np.random.default_rng(4)
    pen = ImageDraw.Draw(page)
    for i, digit in enumerate(number):
        at = TOP + round(off * chance.uniform(-1, 1))
        pen.text((30 + i * STEP, at), digit, font=font, fill=60, anchor="lt")
    image = np.array(page)
    if broken:
        for i in range(0, len(number), 3):
            image[TOP + 3 : TOP + 5, 30 + i * STEP : 30 + (i + 1) * STEP] = 250
    left, right = 28.0, 28.0 + STEP * len(number)
    top, bottom = TOP - 4.0, TOP + HIGH
    quad = ((left, top), (right, top), (right, bottom), (left, bottom))
    read = replace(line(number), quad=quad)
    return np.repeat(image[..., None], 3, axis=2), pieces_of([read])


@pytest.mark.parametrize("broken", [False, True])
def test_print_stands_in_line_however_faint(broken: bool) -> None:
    image, pieces = drawn(NUMBER, broken=broken)
    waver = Hand(image).waver(pieces)
    assert waver is not None and waver < WAVER_MAX


def test_digits_that_stand_by_chance_are_written() -> None:
    image, pieces = drawn(NUMBER, off=3.0)
    waver = Hand(image).waver(pieces)
    assert waver is not None and waver > WAVER_MAX


@pytest.mark.parametrize(("strokes", "state"), [(0, "no"), (5, "yes")])
def test_signature_is_seen_where_its_strokes_were_taken_for_a_cell(
    strokes: int, state: str
) -> None:
    image = np.full((200, 700, 3), 250, np.uint8)
    for i in range(strokes):
        image[86 + 6 * i : 89 + 6 * i, 230 + 20 * i : 330 + 20 * i] = (150, 60, 30)
    words = line("申请人签名", 40, 90)
    (label,) = pieces_of([words])
    layout = FormLayout(Sheet(image, Source("f.jpg", 1, "0" * 64), 0, np.eye(3), (words,)))
    cell = Answer("signature", (label,), (), (300.0, 40.0, 330.0, 100.0))
    assert find_form_signature(layout, [cell], image) == state


@pytest.mark.parametrize(
    "place", [(250.0, 20.0, 500.0, 98.0), (250.0, 40.0, 320.0, 180.0)], ids=["above", "narrow"]
)
def test_signature_is_looked_for_beside_its_words(place: tuple[float, ...]) -> None:
    """Strokes of the pen were taken for rules: the cell lies above the words' middle, or ends
    within the first sign."""
    image = np.full((200, 700, 3), 250, np.uint8)
    for i in range(5):
        image[96 + 6 * i : 99 + 6 * i, 330 + 20 * i : 430 + 20 * i] = (150, 60, 30)
    words = line("申请人签名", 40, 90)
    (label,) = pieces_of([words])
    layout = FormLayout(Sheet(image, Source("f.jpg", 1, "0" * 64), 0, np.eye(3), (words,)))
    left, top, right, bottom = place
    cell = Answer("signature", (label,), (), (left, top, right, bottom))
    assert find_form_signature(layout, [cell], image) == "yes"


@pytest.mark.parametrize(("read", "state"), [("", "yes"), ("（本人）", "no")])
def test_what_lies_before_the_cell_is_signed_unless_it_is_typed(read: str, state: str) -> None:
    """A long stroke was taken for the rule that the cell begins with."""
    image = np.full((200, 900, 3), 250, np.uint8)
    for i in range(5):
        for left, right in ((44, 186), (234, 346)):  # the words, and what follows them
            image[94 + 5 * i : 97 + 5 * i, left:right] = (60, 60, 60)
    words = [line("申请人签名", 40, 90), *([line(read, 230, 90)] if read else [])]
    label, *_ = pieces_of(words)
    source = Source("f.jpg", 1, "0" * 64)
    layout = FormLayout(Sheet(image, source, 0, np.eye(3), tuple(words)))
    cell = Answer("signature", (label,), (), (400.0, 40.0, 860.0, 180.0))
    assert find_form_signature(layout, [cell], image) == state
