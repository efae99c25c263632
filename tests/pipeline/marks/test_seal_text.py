"""What a seal says, on pixels as a phone's JPEG has them: what is handed to the recogniser, and
what is made of its answer."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import cv2
import numpy as np
import pytest

from pipeline.marks.seal import SEAL_CERTAIN, find_seals
from pipeline.marks.seal_ink import SURE_INK, flatten
from pipeline.marks.seal_text import read_seal
from pipeline.marks.seal_words import mended
from pipeline.model import Char, Image, Line, Quad
from samples.draw import Kit
from samples.fonts import Shelf
from samples.ornament import seal, watermark

NAME = "环江毛南族自治县公安局"
SHELF = Shelf.bundled()


def _photo(*, crossed: bool = False, dpi: int = 110, quality: int = 80) -> Image:
    """A sheet with a seal, as JPEG with colour at half the detail."""
    kit = Kit(Random("seal"), SHELF)
    canvas = kit.canvas(210, 150)
    if crossed:
        canvas.write(70, 58, "环江毛南族自治县公安局印", 6.0, kit.ink("song"))
    seal(canvas, 105, 70, 42, NAME, kit.ink("song"), strength=0.8)
    watermark(canvas, 20, 14, 6, kit.ink("hei"), 0.3)
    small = cv2.resize(
        canvas.pixels(), None, fx=dpi / 300, fy=dpi / 300, interpolation=cv2.INTER_AREA
    )
    coded = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)


def _gaps(strip: Image) -> int:
    """How many characters stand apart on a strip."""
    inked = (strip[..., 0] < 128).sum(axis=0) > 1
    return int((np.diff(np.concatenate([[0], inked.astype(np.int8)])) == 1).sum())


@pytest.mark.drawn
def test_name_is_handed_over_as_one_line_of_characters_that_stand_apart() -> None:
    photo = _photo()
    found = find_seals(photo)
    strips: list[Image] = []

    def recognise(image: Image, quads: Sequence[Quad]) -> list[Line]:
        strips.append(image)
        return [Line(NAME, 0.99, quad) for quad in quads]

    assert found[0].ring >= SEAL_CERTAIN
    assert read_seal(photo, found[0], recognise) == NAME
    height, width = strips[0].shape[:2]
    assert height == 48
    assert width > 8 * height
    assert _gaps(strips[0]) >= len(NAME)


@pytest.mark.drawn
def test_brightness_draws_what_colour_blurs() -> None:
    photo, drawn = _photo(), _photo(dpi=300, quality=100)
    flat, true = flatten(photo, find_seals(photo)[0]), flatten(drawn, find_seals(drawn)[0])
    likeness = [
        float(np.corrcoef(ink.ravel(), true.plain.ravel())[0, 1])
        for ink in (flat.sharp, flat.plain)
    ]
    assert likeness[0] > likeness[1] + 0.02


@pytest.mark.drawn
def test_black_print_is_no_ink_of_the_seal() -> None:
    photo = _photo(crossed=True)
    grey = cv2.cvtColor(photo, cv2.COLOR_BGR2GRAY)
    ring = find_seals(photo)[0]
    flat = flatten(photo, ring)
    bare = flatten(_photo(), find_seals(_photo())[0])
    assert grey.min() < 90  # the print is there
    assert abs(float((flat.sharp > SURE_INK).mean()) - float((bare.sharp > SURE_INK).mean())) < 0.04


def _chars(text: str, **others: str) -> tuple[Char, ...]:
    return tuple(
        Char(c, 0.6, i / len(text), (i + 1) / len(text), ((others[c], 0.3),) if c in others else ())
        for i, c in enumerate(text)
    )


@pytest.mark.parametrize(
    ("chars", "text"),
    [
        (_chars("达造服出所", 服="派"), "达造派出所"),  # the engine had thought of it
        (_chars("达造服出所"), "达造服出所"),
        (_chars("下埠镇人院政府"), "下埠镇人民政府"),  # a long word, one character off
        (_chars("下埠镇入院政府"), "下埠镇入院政府"),
        (_chars("融水筑族自治县"), "融水筑族自治县"),  # the name proper is never touched
        (_chars("体育局", 体="教"), "体育局"),  # another body
    ],
)
def test_known_words_are_put_right(chars: tuple[Char, ...], text: str) -> None:
    assert mended(chars) == text
