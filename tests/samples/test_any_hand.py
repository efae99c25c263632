"""Papers of any hand: the same again from the same seed, truth as printed, nothing clipped."""

from __future__ import annotations

import re
from random import Random

import numpy as np
import pytest

from samples.any_hand import faces, foreign, make
from samples.any_hand.letter import KINDS as LETTERS
from samples.any_hand.letter import letters, offices
from samples.any_hand.page import Box, Crowded, Page, fit
from samples.any_hand.wear import LEVELS, wear
from samples.draw import Canvas, Drawn, Ink, Kit, UnmarkedPaper
from samples.fonts import Shelf
from samples.ornament import watermark

pytestmark = pytest.mark.long

SHELF = Shelf.bundled()
DATE = re.compile(r"\d{4}-\d\d(-\d\d)?|长期")
DATES = re.compile("birth_date|valid_|_date|until")
AS_PRINTED = ("name", "id_number", "address", "permit_number", "addressee", "proxy_name",
              "card_number", "passport_number", "issuing_authority", "old_name")  # fmt: skip
FAMILIES = [
    (kind, part, make.names(kind, part)[index])
    for kind in make.KINDS
    for part in faces.PARTS
    for index in ((0, 2) if kind in LETTERS else (1,))
]


def _text(pages: list[Page]) -> str:
    return re.sub(r"\s", "", "".join(box.text for page in pages for box in page.boxes))


@pytest.mark.drawn
@pytest.mark.parametrize(("kind", "part", "name"), FAMILIES)
def test_paper_is_sound_when_drawn_in_any_family(kind: str, part: faces.Part, name: str) -> None:
    drawn, pages = make.draw(kind, name, part, "t", SHELF)
    assert [fault for page in pages for fault in page.faults()] == []
    printed = _text(pages)
    for face in drawn:
        assert (face.fields == {}) == (kind == "unknown")
        for field, value in face.fields.items():
            assert value == value.strip() and "\u3000" not in value, field
            if DATES.search(field) and field != "validity_days" and value:
                assert DATE.fullmatch(value), field
            if field.endswith("id_number") and re.fullmatch(r"\d{17}[\dX]", value):
                assert int(value[14:17]) >= 900, field
            if field in AS_PRINTED:
                there = all(part in printed for part in value.split())
                assert there or field in face.derived, field


@pytest.mark.drawn
@pytest.mark.parametrize("kind", ["residence_permit", "transfer_letter", "hukou", "unknown"])
def test_faces_are_the_same_when_drawn_again(kind: str) -> None:
    name = make.names(kind, "develop")[0]
    first, again, other = (make.draw(kind, name, "develop", s, SHELF)[0] for s in ("a", "a", "b"))
    assert [f.fields for f in first] == [f.fields for f in again]
    assert all(np.array_equal(a.image, b.image) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0].image, other[0].image)


@pytest.mark.drawn
@pytest.mark.parametrize("level", LEVELS)
def test_picture_is_the_same_when_worn_again(level: str) -> None:
    job = make.Job("id_card", make.names("id_card", "develop")[0], "develop", level, "t", 3)
    first, again = make.make_one(job, SHELF), make.make_one(job, SHELF)
    assert first.truth == again.truth
    assert np.array_equal(first.image, again.image)
    capture = first.truth["capture"]
    assert capture["family"].startswith("id_card/") and capture["part"] == "develop"
    assert capture["rotation"] in (0, 90, 180, 270)


@pytest.mark.drawn
def test_layouts_differ_when_families_differ() -> None:
    seen = set()
    for name in make.names("residence_permit", "develop"):
        pages = make.draw("residence_permit", name, "develop", "t", SHELF)[1]
        seen.add(tuple((round(b.left), round(b.top)) for b in pages[0].boxes[:6]))
    assert len(seen) == len(make.names("residence_permit", "develop"))


@pytest.mark.parametrize("kind", make.KINDS)
def test_no_family_is_in_both_parts(kind: str) -> None:
    develop, held_out = (set(make.names(kind, part)) for part in faces.PARTS)
    assert develop and held_out and not develop & held_out
    if kind in LETTERS:
        told = [
            {o.wording for o in offices(kind, part) if o.form.startswith("prose")}
            for part in faces.PARTS
        ]
        assert told[0] and told[1] and not told[0] & told[1]
        assert told[0] | told[1] == set(range(len(letters()[kind]["prose"])))


def test_no_font_is_in_both_parts() -> None:
    assert not faces.file_names("develop") & faces.file_names("held-out")


def test_there_are_sixty_kinds_of_foreign_papers() -> None:
    assert len({k for part in faces.PARTS for k in foreign.kinds(part)}) >= 60


def test_jobs_go_round_kinds_families_and_levels() -> None:
    jobs = list(make.jobs("held-out", len(make.KINDS) * 8, "s"))
    assert {j.kind for j in jobs} == set(make.KINDS)
    assert len({j.file for j in jobs}) == len(jobs)
    for kind in make.KINDS:
        mine = [j for j in jobs if j.kind == kind]
        assert {j.level for j in mine} == set(LEVELS)
        assert len({j.family for j in mine}) >= min(len(make.names(kind, "held-out")), 4)


def _ink() -> Ink:
    return Kit(Random(0), SHELF).ink("hei")


def test_overlap_is_a_fault_when_two_texts_meet() -> None:
    page = Page(Canvas(50, 30, Random(0)))
    page.write(5, 5, "姓名", 4, _ink())
    page.write(9, 6, "张三", 4, _ink())
    page.write(45, 20, "出界的字", 4, _ink())
    assert page.faults() == ["outside: 出界的字", "姓名 | 张三"]
    assert not Box(0, 0, 5, 5, "a").meets(Box(5, 0, 9, 5, "b"))


def test_text_is_set_smaller_when_it_does_not_fit() -> None:
    def draft(page: Page, rng: Random) -> Drawn:
        page.write(2, 2, "一二三四五六七八九十", 4.4 * page.scale, _ink())
        page.paint(lambda c: watermark(c, 20, 10, 3, _ink()))
        return Drawn("face", page.canvas.pixels())

    assert fit((41, 20), draft, "s")[1].scale < 1
    with pytest.raises(Crowded):
        fit((20, 20), draft, "s")


def test_paper_is_refused_when_it_has_no_watermark() -> None:
    def draft(page: Page, rng: Random) -> Drawn:
        return Drawn("face", page.canvas.pixels())

    with pytest.raises(UnmarkedPaper):
        fit((40, 20), draft, "s")


def test_photo_of_two_faces_is_refused() -> None:
    blank = np.full((60, 90, 3), 255, np.uint8)
    with pytest.raises(ValueError, match="one face"):
        wear([blank, blank], "screen", Random(0), Kit(Random(0), SHELF), card=True)


@pytest.mark.parametrize("kind", ["id_card", "hukou", "residence_permit"])
def test_truth_holds_what_is_shown_when_faces_are_chosen(kind: str) -> None:
    faces = make.draw(kind, make.names(kind, "develop")[0], "develop", "t", SHELF)[0]
    for alone in (True, False):
        for seed in range(12):
            shown = make.view(kind, faces, Random(seed), alone=alone)[1]
            assert 1 <= len(shown) <= (1 if alone else 2)


def test_unknown_level_is_refused() -> None:
    blank = np.full((60, 90, 3), 255, np.uint8)
    with pytest.raises(KeyError):
        wear([blank], "moon", Random(0), Kit(Random(0), SHELF), card=True)
