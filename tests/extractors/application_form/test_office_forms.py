"""Forms of other offices: painted, their words read perfectly, their signs seen in the pixels."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import cv2
import numpy as np
import pytest

from extractors import application_form
from pipeline.image import as_quad
from pipeline.model import Face
from samples.draw import Canvas, Ink
from samples.fonts import Shelf
from samples.layouts.application_form import make_request
from samples.layouts.office_forms import LAYOUTS, draw_office_form
from samples.persons import make_person
from tests.extractors.application_form.test_printed_form import nothing, sheet_of
from tests.reader import ReadingKit, Sheetlike

pytestmark = pytest.mark.drawn

SCALE = 0.6
"""The drawing's 300 DPI made what a sheet has."""


class Painted(Sheetlike):
    """A canvas that is painted, and keeps what is written on it."""

    def write(
        self, x: float, y: float, text: str, size: float, ink: Ink, track: float = 0.0
    ) -> float:
        """Paint the text and keep it as a line."""
        super().write(x, y, text, size, ink, track)
        return Canvas.write(self, x, y, text, size, ink, track)

    def blend(self, alpha, left, top, colour) -> None:  # type: ignore[no-untyped-def]
        """Ink is painted."""
        Canvas.blend(self, alpha, left, top, colour)


class PaintingKit(ReadingKit):
    """A kit of such canvases."""

    def canvas(
        self, width: float, height: float, paper: tuple[int, int, int] = (255, 255, 255)
    ) -> Canvas:
        """A fresh sheet."""
        self.canvases.append(Painted(width, height, self.rng))
        return self.canvases[-1]


def read(layout: str, seed: str, **asked: object) -> tuple[Face, dict[str, object]]:
    rng = Random(f"{layout}/{seed}")
    kit = PaintingKit(rng, Shelf.bundled())
    person = make_person(rng)
    request = make_request(person, rng) | asked
    drawn = draw_office_form(person, kit, layout, request)
    small = cv2.resize(drawn.image, None, fx=SCALE, fy=SCALE, interpolation=cv2.INTER_AREA)
    lines = tuple(
        replace(ln, quad=as_quad(np.array(ln.quad) * SCALE)) for ln in kit.lines_of(drawn)
    )
    sheet = sheet_of(np.asarray(small, np.uint8))
    (face,) = application_form.extract(replace(sheet, lines=lines), nothing)
    return face, request


@pytest.mark.parametrize("layout", LAYOUTS)
def test_choices_are_read_in_every_layout(layout: str) -> None:
    face, asked = read(layout, "a", matters=["M2", "M4"], delivery="mail", special_groups=["SG3"])
    for key, value in (("matters", "M2,M4"), ("delivery", "mail"), ("special_groups", "SG3")):
        assert (face.fields[key].value, face.fields[key].doubts) == (value, ()), key
    for key in ("flex_type", "employment", "insured_pension", "insured_medical"):
        reading = face.fields.get(key)
        assert reading is None or reading.doubts or reading.value == asked[key], key


def test_a_blank_form_asks_for_nothing() -> None:
    """No tick before any line: they may stand elsewhere; an empty column says so itself."""
    face, _ = read("margin", "c", matters=[])
    assert face.fields["matters"].value == "" and face.fields["matters"].doubts
    face, _ = read("column", "c", matters=[])
    assert face.fields["matters"].value == ""
