"""Our own form: one layout for printer and reader; boxes read back, blank ones left blank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest

from extractors.application_form import score
from extractors.application_form.fields import FormFields
from extractors.application_form.printed import read_printed
from extractors.application_form.printed.geometry import FormPage, find_page, load_form
from flows.cli import run_command
from pipeline.image import as_quad, rotation_matrix, warp
from pipeline.model import Image, Line, Quad, Sheet, Source
from samples.draw import DPI, Kit
from samples.fonts import Shelf
from samples.layouts.printed_form import draw_printed
from samples.persons import make_person
from validators.guide.guide import guide


def nothing(_: Image, quads: Sequence[Quad]) -> list[Line]:
    """An engine that reads no text."""
    return [Line("", 0.0, quad) for quad in quads]


def sheet_of(image: Image, degrees: float = 0.0) -> Sheet:
    height, width = image.shape[:2]
    turned = warp(image, rotation_matrix(degrees, (width / 2, height / 2)), (width, height))
    return Sheet(turned, Source("f.jpg", 1, "0" * 64), 0, np.eye(3))


def test_the_form_offers_the_guide_s_matters_and_groups() -> None:
    form = load_form()
    assert form is not None
    ticks = [t for page in form.page for t in page.tick]
    assert [t.code for t in ticks if t.key == "matters"] == list(guide().codes)
    groups = [t.code for t in ticks if t.key == "special_groups"]
    assert groups == [g.code for g in guide().table.special_group]


@pytest.mark.parametrize("text", ["", "YIJIANSHI-FORM/1", "YIJIANSHI-FORM/99/1", "https://x/1/1"])
def test_other_codes_are_not_ours(text: str) -> None:
    assert find_page(text) is None


def test_each_page_s_code_finds_it() -> None:
    form = load_form()
    assert form is not None
    assert [find_page(form.code_text(p.number)) for p in form.page] == [
        (form, p) for p in form.page
    ]


@pytest.mark.drawn
@pytest.mark.parametrize(
    ("version", "degrees"),
    [
        (2, 1.7),
        pytest.param(2, 0.0, marks=pytest.mark.long),
        pytest.param(1, 1.7, marks=pytest.mark.long),
    ],
)
def test_ticks_and_signature_are_read_back(version: int, degrees: float) -> None:
    """Forms of every version that was ever printed."""
    rng = Random("printed")
    kit = Kit(rng, Shelf.bundled())
    asked = {"matters": ["M2", "M5"], "special_groups": ["SG3"], "delivery": "mail"}
    first, second = draw_printed(make_person(rng), kit, asked, by_hand=False, version=version)
    read = read_printed(sheet_of(first.image, degrees), nothing)
    assert read is not None
    face, fields, changes, marks = read
    assert (face, changes, marks) == ("form", (), {"signature": "yes"})
    assert fields["matters"].value == "M2,M5" and not fields["matters"].doubts
    assert fields["delivery"].value == "mail"
    assert ("id_type" in fields) == (version > 1)
    assert "flex_type" not in fields and "is_student" not in fields
    other = read_printed(sheet_of(second.image, degrees), nothing)
    assert other is not None
    assert other[0] == "form2"
    assert other[1]["special_groups"].value == "SG3"
    assert "archive_direction" not in other[1]


def words_of(page: FormPage) -> tuple[Line, ...]:
    """What an engine reads of the printed words of a page, in pixels of the drawing."""
    dots = DPI / 25.4
    rows = [(*t.at, t.size, t.text) for t in page.text]
    return tuple(
        Line(text, 0.99, as_quad(np.array([(0, 0), (n, 0), (n, 1), (0, 1)]) * size * dots + at))
        for x, y, size, text in rows
        for n, at in [(len(text), np.array([x, y]) * dots)]
    )


@pytest.mark.drawn
def test_both_pages_are_told_by_their_words() -> None:
    form = load_form()
    assert form is not None
    assert [score(words_of(page)) for page in form.page] == [0.97, 0.97]


def covered(image: Image, left: int, top: int) -> Image:
    """The page with a corner under something."""
    made = image.copy()
    made[top : top + 300, left : left + 300] = (150, 170, 200)
    return made


@pytest.mark.drawn
@pytest.mark.parametrize("corners", [1, pytest.param(3, marks=pytest.mark.long)])
def test_a_page_without_marks_is_laid_on_its_words(corners: int) -> None:
    rng = Random("mark")
    asked = {"matters": ["M3", "M7"], "flex_type": "other"}
    first, _ = draw_printed(make_person(rng), Kit(rng, Shelf.bundled()), asked, by_hand=False)
    height, width = first.image.shape[:2]
    image = first.image
    for left, top in ((0, height - 300), (0, 0), (width - 300, height - 300))[:corners]:
        image = covered(image, left, top)
    assert read_printed(sheet_of(image), nothing) is None
    form = load_form()
    assert form is not None
    read = read_printed(replace(sheet_of(image), lines=words_of(form.page[0])), nothing)
    assert read is not None
    assert (read[1]["matters"].value, read[1]["matters"].doubts) == ("M3,M7", ())
    assert (read[1]["flex_type"].value, read[1]["flex_type"].doubts) == ("other", ())


@pytest.mark.drawn
@pytest.mark.long
def test_a_box_under_a_mark_of_its_neighbour_stays_empty() -> None:
    """A solid fill that runs down to the next box is that neighbour's; a stroke beside all boxes
    may be anybody's."""
    rng = Random("neighbour")
    asked = {"matters": ["M2"]}
    first, _ = draw_printed(make_person(rng), Kit(rng, Shelf.bundled()), asked, by_hand=False)
    dots = DPI / 25.4

    def drawn(x: float, y0: float, y1: float) -> FormFields:
        image = first.image.copy()
        x0, top, bottom = (round(v * dots) for v in (x, y0, y1))
        image[top:bottom, x0 : x0 + 14] = 30
        read = read_printed(sheet_of(image), nothing)
        assert read is not None
        return read[1]

    assert drawn(50, 142, 146)["matters"].doubts == ()
    assert drawn(47, 147.6, 150.1)["matters"].doubts == ("方框是否勾选不清楚",)


@pytest.mark.drawn
def test_the_command_writes_a_pdf(tmp_path: Path) -> None:
    out = tmp_path / "申请表.pdf"
    assert run_command(["form", str(out), "--page", "1"]) == 0
    assert out.read_bytes().startswith(b"%PDF")
    assert run_command(["form", str(out)]) == 5
    assert run_command(["form", str(tmp_path / "a.doc")]) == 2
    assert run_command(["form", str(tmp_path / "none" / "a.pdf")]) == 5
    assert [p.name for p in tmp_path.iterdir()] == [out.name]
