"""Every kind of specimen can be drawn with the bundled font alone, watermarked, with its truth."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from random import Random

import numpy as np
import pytest

from samples.damage import DAMAGES, make_damaged
from samples.draw import Canvas, Drawn, Kit, UnmarkedPaper
from samples.fonts import MissingGlyph, Shelf
from samples.grounds import GROUNDS, make_grounded
from samples.layouts import disability_booklet, disability_card, hukou, id_card, travel
from samples.layouts.disability import CATEGORIES, GRADES
from samples.make import make_papers
from samples.mixed import make_mixed
from samples.ornament import watermark
from samples.persons import make_person
from samples.scanner import turn
from samples.specimens import LEVELS, RECIPES, make_specimen

pytestmark = [pytest.mark.drawn, pytest.mark.long]

SHELF = Shelf.bundled()
DATES = ("birth_date", "valid_from", "valid_to", "issue_date", "valid_until", "registration_date")


def _draw(kind: str, seed: str) -> list[Drawn]:
    rng = Random(seed)
    return RECIPES[kind].draw(RECIPES[kind].person(rng), Kit(rng, SHELF))


@pytest.mark.parametrize("kind", RECIPES)
def test_faces_are_the_same_when_drawn_again(kind: str) -> None:
    first, again = _draw(kind, "t"), _draw(kind, "t")
    assert [f.fields for f in first] == [f.fields for f in again]
    assert all(np.array_equal(a.image, b.image) for a, b in zip(first, again, strict=True))
    assert _draw(kind, "u")[0].fields != first[0].fields or kind == "unknown"


@pytest.mark.parametrize("kind", RECIPES)
def test_values_are_canonical_when_drawn(kind: str) -> None:
    for face in _draw(kind, "v"):
        for name, value in face.fields.items():
            assert "\u3000" not in value, name
            if name in DATES and value != "长期":
                assert re.fullmatch(r"\d{4}-\d\d(-\d\d)?", value), name
            if name == "id_number" and kind != "foreign_permanent_resident_card":
                assert int(value[14:17]) >= 900


@pytest.mark.parametrize("level", LEVELS)
def test_picture_and_truth_are_the_same_when_seed_is_the_same(level: str) -> None:
    first = make_specimen("id_card", level, "t", 1, SHELF, small=True)
    again = make_specimen("id_card", level, "t", 1, SHELF, small=True)
    assert first.truth == again.truth
    assert np.array_equal(first.image, again.image)
    assert first.truth["level"] == level
    assert first.truth["capture"]["rotation"] in (0, 90, 180, 270)


def test_views_come_in_turn_when_many_are_drawn() -> None:
    types = {make_specimen("hukou", "flatbed", "t", i, SHELF)
             .truth["type"] for i in range(4)}  # fmt: skip
    assert types == {"hukou_member", "hukou_head", "hukou_changes", "hukou_address_changes"}


def test_rows_override_when_member_and_changes_share_a_scan() -> None:
    for index in range(4):
        truth = make_specimen("hukou", "office", "rows", index, SHELF).truth
        if "tables" in truth and truth["faces"] == 2:
            last = truth["tables"]["changes"][-1]["content"]
            assert last in truth["fields"].values()
            assert truth["fields"]["name"]
            return
    pytest.fail("no scan with member and changes among four")


def test_unmarked_paper_does_not_leave_its_canvas() -> None:
    canvas = Canvas(80, 50, Random(1))
    with pytest.raises(UnmarkedPaper):
        canvas.pixels()
    watermark(canvas, 40, 25, 6, Kit(Random(1), SHELF).ink("hei"), 0.3)
    assert (canvas.pixels() < 240).mean() > 0.002


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


def test_booklet_truth_has_a_month_only_when_it_prints_one() -> None:
    lengths = set()
    for seed in range(12):
        rng = Random(seed)
        face = disability_booklet.draw(make_person(rng), Kit(rng, SHELF))[0]
        lengths.add(len(face.fields["birth_date"]))
    assert lengths == {7, 10}


def test_last_row_wins_when_an_item_changes_twice() -> None:
    rng = Random(4)
    faces = {f.name: f for f in hukou.draw(make_person(rng), Kit(rng, SHELF))}
    rows = faces["changes"].tables["changes"]
    assert rows[-1]["content"] in faces["changes"].fields.values()
    moves = faces["address_changes"].tables["address_changes"]
    assert faces["address_changes"].fields["address"] == moves[-1]["address"]


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


def test_check_digits_are_those_of_the_published_specimen() -> None:
    # ICAO 9303 part 4, the specimen of Utopia
    first, second = travel.mrz_lines(
        "UTO", "ERIKSSON", "ANNA MARIA", "L898902C3", "UTO", date(1974, 8, 12), "F",
        date(2012, 4, 15), "ZE184226B",
    )  # fmt: skip
    assert first == "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
    assert second == "L898902C36UTO7408122F1204159ZE184226B<<<<<10"


def test_character_without_a_glyph_is_an_error() -> None:
    face = SHELF.faces[0][1][0]
    with pytest.raises(MissingGlyph):
        face.at("\U0010fffd", 20)


def test_picture_turned_clockwise_has_its_left_edge_on_top() -> None:
    image = np.zeros((4, 6, 3), np.uint8)
    image[:, 0] = 255
    assert turn(image, 90)[0].min() == 255


def test_folder_keeps_earlier_truth_when_more_is_drawn(tmp_path: Path) -> None:
    for kind in ("social_security_card", "taiwan_travel_permit"):
        made = make_papers(tmp_path, "t", 1, [kind], ["flatbed"], SHELF, small=True)
        assert made == 1
    truth = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))
    assert {t["type"] for t in truth.values()} == {"social_security_card", "taiwan_travel_permit"}
    assert all((tmp_path / name).stat().st_size > 10_000 for name in truth)


@pytest.mark.parametrize("damage", DAMAGES)
def test_truth_names_the_damage_when_a_scan_is_damaged(damage: str) -> None:
    specimen = make_damaged(damage, "t", 0, SHELF)
    assert specimen.truth["capture"]["damage"] == damage
    assert [w for w, so in specimen.truth["quality"].items() if so] == [damage] * (damage != "none")
    assert specimen.image.shape[2] == 3


def test_every_paper_is_in_the_truth_when_several_lie_on_a_sheet() -> None:
    truth = make_mixed("t", 2, SHELF).truth
    numbers = [d["fields"]["id_number"] for d in truth["documents"]]
    assert len(set(numbers)) == 2
    assert truth["faces"] == 4


@pytest.mark.parametrize("ground", GROUNDS)
def test_paper_lies_on_its_ground(ground: str) -> None:
    specimen = make_grounded(ground, "t", 0, SHELF)
    assert specimen.truth["type"] == "id_card_front"
    assert specimen.truth["capture"]["table"] == ground
    assert specimen.image.shape[:2] in ((1440, 1920), (1920, 1440))
