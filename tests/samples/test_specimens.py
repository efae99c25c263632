"""Every kind of specimen can be drawn with the bundled font alone, watermarked, with its truth."""

from __future__ import annotations

import re
from datetime import date
from random import Random

import numpy as np
import pytest

from samples.draw import Kit
from samples.fonts import MissingGlyph, Shelf
from samples.layouts import disability_booklet, disability_card, hukou, id_card
from samples.layouts.disability import CATEGORIES, GRADES
from samples.ornament import watermark
from samples.persons import make_person
from samples.specimens import LEVELS, RECIPES, make_specimen

SHELF = Shelf.bundled()
_DATES = ("birth_date", "valid_from", "valid_to", "issue_date", "valid_until", "registration_date")


@pytest.mark.parametrize("kind", RECIPES)
def test_specimen_is_the_same_when_drawn_again(kind: str) -> None:
    first = make_specimen(kind, "office", "t", 0, SHELF)
    again = make_specimen(kind, "office", "t", 0, SHELF)
    assert first.truth == again.truth
    assert np.array_equal(first.image, again.image)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("kind", RECIPES)
def test_truth_is_complete_when_drawn(kind: str, level: str) -> None:
    truth = make_specimen(kind, level, "t", 1, SHELF).truth
    assert truth["type"].startswith(kind)
    assert truth["level"] == level
    assert truth["faces"] >= 1
    assert truth["fields"]
    assert truth["capture"]["rotation"] in (0, 90, 180, 270)
    for name in _DATES:
        value = truth["fields"].get(name)
        if value not in (None, "长期"):
            assert re.fullmatch(r"\d{4}-\d\d(-\d\d)?", value), name
            if len(value) == 10:
                date.fromisoformat(value)


@pytest.mark.parametrize("kind", RECIPES)
def test_every_face_is_watermarked_when_drawn(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    marked: list[str] = []
    real = watermark

    def spy(canvas, *args, **kwargs):  # type: ignore[no-untyped-def]
        before = np.asarray(canvas.image).copy()
        real(canvas, *args, **kwargs)
        if np.abs(np.asarray(canvas.image).astype(int) - before).max() > 8:
            marked.append(kwargs.get("text", "样本"))

    recipe = RECIPES[kind]
    for name in sorted({recipe.draw.__module__, *_modules(kind)}):
        monkeypatch.setattr(f"{name}.watermark", spy, raising=False)
    rng = Random("w")
    drawn = recipe.draw(recipe.person(rng), Kit(rng, SHELF))
    assert len(marked) >= len(drawn)
    assert all(text.startswith("样本") for text in marked)


def _modules(kind: str) -> list[str]:
    import sys

    return [name for name in sys.modules if name.startswith("samples.layouts.")]


def test_disability_number_fits_category_and_grade_when_made() -> None:
    for seed in range(6):
        rng = Random(seed)
        person = make_person(rng)
        drawn = disability_card.draw(person, Kit(rng, SHELF))
        fields = {k: v for face in drawn for k, v in face.fields.items()}
        number = fields["certificate_number"]
        assert number[:18] == person.id_number
        assert CATEGORIES[int(number[18]) - 1] == fields["category"]
        assert GRADES[int(number[19]) - 1] == fields["grade"]


def test_booklet_prints_month_only_when_label_says_so() -> None:
    values = set()
    for seed in range(12):
        rng = Random(seed)
        face = disability_booklet.draw(make_person(rng), Kit(rng, SHELF))[0]
        values.add(len(face.fields["birth_date"]))
    assert values == {7, 10}


def test_last_row_wins_when_member_and_changes_share_a_scan() -> None:
    for index in range(12):
        truth = make_specimen("hukou", "office", "rows", index, SHELF).truth
        for row in truth.get("tables", {}).get("changes", []):
            assert row["date"] >= "2003"
    rng = Random(4)
    faces = {f.name: f for f in hukou.draw(make_person(rng), Kit(rng, SHELF))}
    rows = faces["changes"].tables["changes"]
    assert rows[-1]["content"] in faces["changes"].fields.values()


def test_card_spans_fit_the_age_when_issued() -> None:
    for seed in range(200):
        rng = Random(seed)
        person = make_person(rng)
        issued, until = id_card.validity(person, rng)
        age = (issued - person.birth).days / 365.25
        if until is None:
            assert age > 45.9
        else:
            assert until.year - issued.year in (5, 10, 20)


def test_missing_glyph_is_an_error_when_no_font_has_it() -> None:
    face = SHELF.faces[0][1][0]
    with pytest.raises(MissingGlyph):
        face.at("\U0010fffd", 20)
