"""What is measured where little of the face, the wall or the body is to be seen: a measure that
could not be taken is absent, never a number that passes."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.model import Image
from validators.photo.look import (
    CHIN,
    FOREHEAD,
    FRAME_HEIGHT,
    FRAME_WIDTH,
    LEFT_SIDE,
    RIGHT_SIDE,
    FaceFrame,
    FaceLook,
    Tone,
    lab_of,
)
from validators.photo.measures import cover
from validators.photo.measures.background import find_background, lined_sides
from validators.photo.measures.brim import brim_share
from validators.photo.measures.cast import off_tint
from validators.photo.measures.ears import find_ears
from validators.photo.measures.measured import measure_photo
from validators.photo.measures.skin import find_crown
from validators.photo.measures.tone import exposure, find_face, sharpness
from validators.photo.models import Mesh

SKIN = (130, 170, 222)
WHITE = Tone(100, 0, 0)
OFF = 5000.0


def points(x: float, y: float) -> np.ndarray:
    """A mesh whose points all lie in one place."""
    return np.tile(np.array([x, y], np.float32), (468, 1))


def frame(xy: np.ndarray, person: float = 1.0) -> FaceFrame:
    """A frame of skin alone."""
    image = np.full((FRAME_HEIGHT, FRAME_WIDTH, 3), SKIN, np.uint8)
    shape = (FRAME_HEIGHT, FRAME_WIDTH)
    return FaceFrame(
        image=image,
        lab=lab_of(image),
        person=np.full(shape, person, np.float32),
        inside=np.ones(shape, bool),
        xy=xy,
        to_frame=np.eye(2, 3),
        parts={},
    )


def look(xy: np.ndarray, person: float) -> FaceLook:
    image = np.full((441, 358, 3), SKIN, np.uint8)
    mesh = Mesh(np.column_stack([xy, np.zeros(468, np.float32)]), 1.0)
    shape = image.shape[:2]
    seen = np.full(shape, person, np.float32)
    return FaceLook(image, (), None, seen, mesh, frame(xy, person))


def test_nothing_is_measured_of_wall_crown_and_cheeks_when_the_picture_is_all_face() -> None:
    xy = points(136, 200)
    xy[FOREHEAD] = 136, 4
    xy[CHIN] = 136, FRAME_HEIGHT - 2
    xy[[105, 334]] = 136, 10
    xy[[117, 118, 50, 101, 346, 347, 280, 330]] = OFF, OFF
    made = measure_photo(look(xy, person=1.0))
    assert made.background is None
    absent = {"brim", "bald_brim", "crown_colour", "crown_odd", "hair_spread", "side_light"}
    absent |= {"background_lightness", "lobe_ornament", "clothes_white", "clothes_pale"}
    assert not absent & set(made.values)
    assert made.values["clothes_area"] == 0
    assert made.values["forehead_share"] in (0, 1)


def test_hair_is_not_placed_when_no_person_is_seen() -> None:
    made = measure_photo(look(points(136, 200), person=0.0))
    assert "hair_top_px" not in made.values
    assert "off_tint" not in made.values


def test_there_is_no_wall_when_a_person_fills_the_picture() -> None:
    assert find_background(look(points(136, 200), person=1.0)) is None


def framed(inner: Image, width: int, colour: tuple[int, int, int]) -> Image:
    out = inner.copy()
    out[:width] = out[-width:] = colour
    out[:, :width] = out[:, -width:] = colour
    return out


def test_frame_is_found_when_it_is_darker_than_the_wall_and_lighter_than_the_clothes() -> None:
    inner = np.full((441, 358, 3), 250, np.uint8)
    inner[:, 179:] = 10
    inner[220:] = 260 - inner[220:].astype(int)
    assert lined_sides(framed(inner, 6, (128, 128, 128))) == (True, True, True, True)


def test_grain_is_no_frame_when_it_steps_everywhere() -> None:
    grain = np.random.default_rng(5).integers(0, 256, (441, 358, 3), dtype=np.uint8)
    assert lined_sides(grain) == (False, False, False, False)


def test_brim_is_not_looked_for_when_the_forehead_is_off_the_picture() -> None:
    low, beside = points(136, 200), points(136, 200)
    low[FOREHEAD] = 136, 2
    low[[105, 334]] = 136, 10
    beside[FOREHEAD] = FRAME_WIDTH + 40, 120
    assert brim_share(frame(low)) is None
    assert brim_share(frame(beside)) is None
    inward = points(136, 200)
    inward[FOREHEAD] = 136, 120
    assert brim_share(frame(inward)) == 0.0


def test_tint_is_unknown_when_no_person_is_seen() -> None:
    image = np.full((441, 358, 3), SKIN, np.uint8)
    assert off_tint(image, np.zeros((441, 358), np.float32)) is None
    assert off_tint(image, np.ones((441, 358), np.float32)) == pytest.approx(0, abs=0.5)


def test_mask_is_judged_by_jaws_and_chin_alone_when_the_lips_are_off_the_picture() -> None:
    tones = {"chin": Tone(60, 10, 10), "jaw_left": Tone(60, 13, 14)}
    assert cover.mask_distance(frame(points(OFF, OFF)), tones, Tone(60, 10, 10)) == 0
    assert cover.mask_distance(frame(points(OFF, OFF)), tones, Tone(60, 10, 4)) == 6
    assert cover.mask_distance(frame(points(OFF, OFF)), {}, WHITE) == 0


def test_no_ornament_is_seen_when_the_lobes_are_off_the_picture() -> None:
    bare = np.zeros((FRAME_HEIGHT, FRAME_WIDTH), bool)
    assert cover.lobe_ornament(frame(points(OFF, 200)), bare, WHITE) == 0


def beside_face() -> np.ndarray:
    xy = points(136, 200)
    for side, x in (((127, 234, 93, 132), 56), ((356, 454, 323, 361), 216)):
        xy[list(side)] = [(x, y) for y in (170, 195, 220, 245)]
    return xy


def test_ear_is_left_out_when_its_strip_is_off_the_picture() -> None:
    made = frame(beside_face())
    bare = np.ones((FRAME_HEIGHT, FRAME_WIDTH), bool)
    assert set(find_ears(made, bare, None)) == {"left", "right"}
    made.inside[:, :60] = False
    assert set(find_ears(made, bare, None)) == {"right"}


def test_wall_is_not_taken_for_an_ear_when_its_colour_is_unknown() -> None:
    nothing = np.zeros((FRAME_HEIGHT, FRAME_WIDTH), bool)
    made = frame(beside_face(), person=0.0)
    ear = find_ears(made, nothing, None)["left"]
    assert (ear.area, ear.share, ear.occupied) == (0, 0, 0)
    assert find_ears(made, nothing, WHITE)["left"].occupied == 1


def test_there_is_no_crown_when_the_head_is_cut_off_or_no_person_is_above() -> None:
    cut, empty = points(136, 200), points(136, 200)
    cut[FOREHEAD] = 136, 10
    empty[FOREHEAD] = 136, 100
    assert find_crown(frame(cut)) is None
    assert find_crown(frame(empty, person=0.0)) is None
    assert find_crown(frame(empty)) is not None


def test_light_and_sharpness_are_nothing_when_the_face_is_off_the_picture() -> None:
    made = frame(points(OFF, OFF))
    assert exposure(made, *find_face(made)) == (0, 0)
    small = points(136, 200)
    small[[LEFT_SIDE, RIGHT_SIDE], 0] = 134, 138
    assert sharpness(frame(small)) == 0
