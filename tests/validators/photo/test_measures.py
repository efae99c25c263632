"""What is measured where little of the face, the wall or the body is to be seen: a measure that
could not be taken is absent, never a number that passes."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.model import Image
from validators.photo.look import (
    CHIN,
    FOREHEAD,
    FRAME_HEIGHT,
    FRAME_WIDTH,
    LEFT_SIDE,
    OVAL,
    RIGHT_SIDE,
    FaceFrame,
    FaceLook,
    Tone,
    lab_of,
)
from validators.photo.matte import find_wall_share
from validators.photo.measures import cover
from validators.photo.measures.background import find_background, lined_sides
from validators.photo.measures.brim import brim_share
from validators.photo.measures.cast import off_tint
from validators.photo.measures.clips import steepest_outline
from validators.photo.measures.ears import find_ears
from validators.photo.measures.measured import measure_photo
from validators.photo.measures.skin import Crown, find_crown, region_pixels, skin_tone
from validators.photo.measures.tone import detail, exposure, find_face, flatness, sharpness
from validators.photo.measures.writing import surest_text, wall_spots
from validators.photo.models import Mesh

SKIN = (130, 170, 222)
WHITE = Tone(100, 0, 0)
SKIN_TONE = Tone(76.0, 17.0, 26.0)
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
    absent = {
        "brim",
        "bald_brim",
        "crown_colour",
        "hair_ornament",
        "hair_spread",
        "hair_edge",
        "side_light",
    }
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
    assert brim_share(frame(low), None) is None
    assert brim_share(frame(beside), None) is None
    inward = points(136, 200)
    inward[FOREHEAD] = 136, 120
    assert brim_share(frame(inward), WHITE) == 0.0


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
    assert cover.lobe_ornament(frame(points(OFF, 200)), WHITE, None) == 0


def beside_face() -> np.ndarray:
    xy = points(136, 200)
    for side, x in (((127, 234, 93, 132), 56), ((356, 454, 323, 361), 216)):
        xy[list(side)] = [(x, y) for y in (170, 195, 220, 245)]
    return xy


def test_ear_is_left_out_when_its_strip_is_off_the_picture() -> None:
    made = frame(beside_face())
    bare = np.ones((FRAME_HEIGHT, FRAME_WIDTH), bool)
    assert set(find_ears(made, bare, ~bare, None)) == {"left", "right"}
    made.inside[:, :60] = False
    assert set(find_ears(made, bare, ~bare, None)) == {"right"}


def test_wall_is_not_taken_for_an_ear_when_its_colour_is_unknown() -> None:
    nothing = np.zeros((FRAME_HEIGHT, FRAME_WIDTH), bool)
    made = frame(beside_face(), person=0.0)
    ear = find_ears(made, nothing, nothing, None)["left"]
    assert (ear.area, ear.share, ear.occupied) == (0, 0, 0)
    assert find_ears(made, nothing, nothing, WHITE)["left"].occupied == 1


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


def seen_by(image: Image, person: float = 0.0) -> FaceLook:
    shape = image.shape[:2]
    return FaceLook(image, (), None, np.full(shape, person, np.float32), None, None)


def test_spot_on_the_wall_is_measured_when_it_stands_free() -> None:
    clean = np.full((441, 358, 3), 252, np.uint8)
    assert wall_spots(seen_by(clean)) == 0
    noisy = clean.astype(int) + np.random.default_rng(1).normal(0, 2, clean.shape)
    assert wall_spots(seen_by(np.clip(noisy, 0, 255).astype(np.uint8))) == 0
    pale = clean.copy()
    pale[40:43, 20:60] = 226
    assert wall_spots(seen_by(pale)) == pytest.approx(120, abs=6)
    large = np.asarray(cv2.resize(pale, (716, 882)), np.uint8)
    assert wall_spots(seen_by(large)) == pytest.approx(120, abs=40)


def test_spot_is_no_writing_on_the_wall_when_it_touches_the_person() -> None:
    image = np.full((441, 358, 3), 252, np.uint8)
    image[200:203, 100:180] = 60
    made = seen_by(image)
    made.person[190:, 170:] = 1.0
    assert wall_spots(made) == 0
    assert wall_spots(seen_by(image, person=1.0)) == 0


def chances(*regions: tuple[slice, slice, float]) -> np.ndarray:
    """A map of text with regions so sure."""
    made = np.zeros((448, 352), np.float32)
    for rows, columns, sure in regions:
        made[rows, columns] = sure
    return made


def test_line_of_text_is_as_sure_as_its_region_is_on_average() -> None:
    assert surest_text(chances()) == 0
    line = (slice(200, 212), slice(100, 200), 0.9)
    weaker = (slice(300, 312), slice(100, 200), 0.5)
    assert surest_text(chances(weaker, line)) == pytest.approx(0.9, abs=0.01)


def test_face_is_no_line_of_text_when_the_detector_takes_it_for_one_large_character() -> None:
    face = (slice(80, 380), slice(90, 280), 0.95)
    speck = (slice(20, 22), slice(20, 23), 0.95)
    assert surest_text(chances(face, speck)) == 0
    assert surest_text(chances(face, (slice(400, 410), slice(90, 280), 0.8))) > 0.7


def test_glasses_are_text_only_when_the_detector_is_all_but_certain() -> None:
    eyes = 100.0, 150.0, 260.0, 210.0
    frames = (slice(170, 195), slice(110, 250), 0.89)
    assert surest_text(chances(frames), eyes) < 0.65
    assert surest_text(chances((*frames[:2], 0.95)), eyes) > 0.65
    assert surest_text(chances((slice(170, 195), slice(110, 300), 0.89)), eyes) > 0.65


def test_nothing_is_worn_on_hair_when_the_picture_ends_at_the_forehead() -> None:
    xy = points(136, 210)
    xy[FOREHEAD] = 136, 0
    crown = find_crown(frame(points(136, 200)))
    assert crown is not None
    assert cover.hair_ornament(frame(xy), crown, Tone(60, 10, 10), None) == 0.0


def hair_with(
    worn: tuple[slice, slice] | None,
    colour: tuple[int, int, int],
    soft: float = 0.7,
) -> float:
    """How steeply something ends on dark hair with strands, before a white wall."""
    made = frame(points(136, 210))
    made.xy[FOREHEAD] = 136, 110
    image = np.full_like(made.image, 255)
    image[30:110, 56:216] = (38, 40, 46)
    image[30:110, 56:216:5] = (62, 66, 74)
    image[110:] = SKIN
    if worn is not None:
        part = image[worn].copy()
        image[worn] = colour
        if soft > 1:  # light along the strands: it fades on both sides
            fade = np.hanning(part.shape[0])[:, None, None]
            image[worn] = part + fade * (np.array(colour) - part)
    image = np.asarray(cv2.GaussianBlur(image, (0, 0), 0.7), np.uint8)
    made.image[:] = image
    made.lab[:] = lab_of(image)
    made.person[:110] = 0
    made.person[30:110, 56:216] = 1
    crown = find_crown(made)
    assert crown is not None
    return steepest_outline(made, crown, SKIN_TONE, WHITE)


CLIP = slice(64, 74), slice(100, 140)


@pytest.mark.parametrize(
    "colour", [(240, 240, 240), (150, 150, 152), (70, 150, 200)], ids=["white", "silver", "gold"]
)
def test_clip_on_hair_is_seen_by_its_outline_when_its_colour_is_one_of_hairs(
    colour: tuple[int, int, int],
) -> None:
    assert hair_with(CLIP, colour) > 10


@pytest.mark.parametrize("colour", [(14, 13, 14), (20, 18, 20)], ids=["black", "dark"])
def test_black_clip_is_seen_on_dark_hair_since_it_takes_most_of_the_light_left(
    colour: tuple[int, int, int],
) -> None:
    assert hair_with(CLIP, colour) > 10
    assert hair_with((slice(40, 90), slice(70, 200)), colour, soft=9) < 10


def beside_the_face(place: tuple[slice, slice]) -> float:
    """How steeply something white ends on hair that goes down to the temples of an oval face."""
    made = frame(points(136, 210))
    around = np.linspace(0, 2 * np.pi, 36, endpoint=False)
    made.xy[list(OVAL)] = np.stack([136 + 75 * np.sin(around), 210 - 100 * np.cos(around)], -1)
    made.xy[[105, 334], 1] = 150
    made.image[:] = (38, 40, 46)
    made.image[:, ::5] = (62, 66, 74)
    made.image[made.polygon(made.xy[list(OVAL)])] = SKIN
    made.image[place] = (240, 240, 240)
    made.image[:] = cv2.GaussianBlur(made.image, (0, 0), 0.7)
    made.lab[:] = lab_of(made.image)
    crown = find_crown(made)
    assert crown is not None
    return steepest_outline(made, crown, SKIN_TONE, None)


def test_clip_is_seen_at_the_temple_and_nothing_before_the_face_is_hair() -> None:
    assert beside_the_face((slice(122, 130), slice(54, 78))) > 10
    assert beside_the_face((slice(132, 140), slice(124, 148))) < 10


def test_band_across_the_hair_is_seen_when_it_goes_from_side_to_side() -> None:
    assert hair_with((slice(60, 70), slice(56, 216)), (250, 250, 250)) > 10


def test_hair_and_its_sheen_are_nothing_worn() -> None:
    assert hair_with(None, (0, 0, 0)) < 10
    assert hair_with((slice(40, 90), slice(70, 200)), (140, 145, 150), soft=9) < 10


def test_what_ends_at_the_forehead_or_is_as_small_as_a_strand_is_nothing_worn() -> None:
    assert hair_with((slice(84, 110), slice(100, 140)), (240, 240, 240)) < 10
    assert hair_with((slice(64, 66), slice(100, 112)), (240, 240, 240)) < 10


def test_nothing_stands_out_when_no_hair_is_on_the_picture() -> None:
    made = frame(points(136, 200))
    crown = find_crown(made)
    assert crown is not None
    made.inside[:] = False
    assert steepest_outline(made, crown, SKIN_TONE, None) == 0


def test_the_wall_has_no_share_of_pixels_when_nobody_stands_before_it() -> None:
    wall = np.array([252, 252, 252], np.float32)
    assert find_wall_share(seen_by(np.full((441, 358, 3), 252, np.uint8)), wall) is None


def worn(place: tuple[slice, slice], colour: tuple[int, int, int]) -> FaceFrame:
    """A frame: wall, a head with a neck, and something worn."""
    xy = points(136, 210)
    xy[CHIN] = 136, 300
    xy[FOREHEAD] = 136, 110
    xy[[132, 361]] = (56, 230), (216, 230)
    made = frame(xy)
    image = np.full_like(made.image, 255)
    image[30:110, 56:216] = (30, 30, 34)
    image[110:280, 56:216] = SKIN
    image[280:, 20:252] = SKIN
    image[place] = colour
    made.image[:] = image
    made.lab[:] = lab_of(image)
    return made


NOTHING = slice(0, 0), slice(0, 0)
HANGING = slice(236, 262), slice(40, 46)


def test_ornament_is_seen_when_the_lobe_it_hangs_from_lies_above_the_jaws_angle() -> None:
    gold = (60, 150, 205)
    assert cover.lobe_ornament(worn((slice(216, 236), slice(40, 48)), gold), WHITE, None) > 0.6
    assert cover.lobe_ornament(worn((slice(212, 228), slice(40, 48)), gold), WHITE, None) < 0.6


@pytest.mark.parametrize("colour", [(40, 35, 45), (70, 150, 200), SKIN, (215, 222, 230)])
def test_ornament_is_seen_when_it_hangs_from_the_lobe(colour: tuple[int, int, int]) -> None:
    assert cover.lobe_ornament(worn(NOTHING, colour), WHITE, None) < 0.6
    assert cover.lobe_ornament(worn(HANGING, colour), WHITE, None) > 0.6


def test_strand_of_hair_is_no_ornament_when_it_goes_on_into_the_shoulder() -> None:
    strand = slice(236, 280), slice(30, 36)
    hair = worn(strand, (30, 30, 34))
    assert cover.lobe_ornament(hair, WHITE, find_crown(hair)) < 0.6
    chain = worn(strand, (80, 160, 200))
    assert cover.lobe_ornament(chain, WHITE, find_crown(chain)) > 0.6
    below = worn((slice(236, FRAME_HEIGHT), slice(2, 8)), (80, 160, 200))
    assert cover.lobe_ornament(below, WHITE, None) < 0.6


@pytest.mark.parametrize(
    ("colour", "seen"),
    [((40, 30, 190), True), ((80, 150, 40), True), ((150, 70, 30), True), ((60, 90, 140), False)],
)
def test_ornament_on_hair_is_seen_when_neither_hair_nor_skin_has_its_colour(
    colour: tuple[int, int, int], seen: bool
) -> None:
    made = worn((slice(60, 72), slice(100, 130)), colour)
    crown = find_crown(made)
    assert crown is not None
    skin = skin_tone(region_pixels(frame(points(136, 200))))
    assert (cover.hair_ornament(made, crown, skin, None) > 4) is seen


def test_face_is_flat_when_it_is_drawn_in_even_tones() -> None:
    made = frame(points(136, 200))
    box = slice(100, 200), slice(100, 180)
    face = np.ones((100, 80), bool)
    assert flatness(made, box, face) == 1
    grain = np.random.default_rng(2).normal(0, 2, made.lab.shape).astype(np.float32)
    made.lab[:] += grain
    assert flatness(made, box, face) == 0
    assert flatness(made, box, ~face) == 0


def test_detail_is_lost_when_a_picture_was_enlarged() -> None:
    rng = np.random.default_rng(3)
    sharp = np.asarray(cv2.GaussianBlur(rng.normal(130, 40, (441, 358)), (0, 0), 0.5))
    image = np.clip(cv2.merge([sharp] * 3), 0, 255).astype(np.uint8)
    small = cv2.resize(image, None, fx=1 / 3, fy=1 / 3, interpolation=cv2.INTER_AREA)
    large = np.asarray(cv2.resize(small, (358, 441), interpolation=cv2.INTER_CUBIC), np.uint8)
    xyz = np.zeros((468, 3), np.float32)
    xyz[0, :2], xyz[1:, :2] = (80, 100), (280, 350)
    mesh = Mesh(xyz, 1.0)
    fine, lost = (detail(seen_by(picture), mesh) for picture in (image, large))
    assert fine is not None and fine > 0.5
    assert lost is not None and lost < 0.4
    assert detail(seen_by(image), Mesh(np.asarray(xyz / 20, np.float32), 1.0)) is None
    assert detail(seen_by(np.full_like(image, 9)), mesh) is None


def test_glass_is_tinted_when_it_takes_one_colour_more_than_another() -> None:
    xy = points(136, 200)
    xy[[23, 253]] = (100, 190), (172, 190)
    made = frame(xy)
    skin = skin_tone(region_pixels(made))
    assert cover.lens_tint(made, skin) < 2
    for share, tinted in (((0.6, 0.6, 0.6), False), ((0.2, 0.5, 0.8), True)):
        glass = np.asarray(np.array(SKIN) * share, np.uint8)
        made.lab[185:205, 80:190] = lab_of(np.tile(glass, (20, 110, 1)))
        assert (cover.lens_tint(made, skin) > 15) is tinted
    assert cover.lens_tint(frame(points(OFF, OFF)), skin) == 0


def test_glass_is_tinted_by_most_places_behind_it_and_neither_by_shade_nor_by_one() -> None:
    xy = points(136, 260)
    for points_behind, x in zip(cover.BEHIND_GLASS, (90, 182), strict=True):
        xy[list(points_behind)] = [(x, 150 + 8 * i) for i in range(len(points_behind))]
    for share, rows, tinted in (
        ((0.6, 0.6, 0.6), slice(140, 220), False),
        ((0.65, 0.8, 0.9), slice(140, 220), True),
        ((0.9, 0.7, 0.9), slice(140, 220), True),
        ((0.65, 0.8, 0.9), slice(140, 170), False),
    ):
        made = frame(xy)
        made.image[rows] = np.asarray(np.array(SKIN) * share, np.uint8)
        assert (cover.lens_loss(made) > 0.5) is tinted


def test_outline_of_a_bald_head_is_no_brim() -> None:
    xy = points(136, 200)
    xy[FOREHEAD] = 136, 120
    made = frame(xy)
    made.image[:100] = 255
    made.lab[:] = lab_of(made.image)
    assert brim_share(made, None) == 1.0
    assert brim_share(made, WHITE) == 0.0


def test_shade_is_told_from_another_colour() -> None:
    skin = Tone(70, 14, 18)
    shaded = Tone(40, 14 * 56 / 86, 18 * 56 / 86)
    assert shaded.apart_in_shade(skin) == pytest.approx(0, abs=1e-6)
    assert shaded.apart(skin) > 7
    assert Tone(40, -8, -20).apart_in_shade(skin) > 30


def test_own_hair_over_the_forehead_is_no_foreign_cover() -> None:
    blond, red_cap = Crown(Tone(64, 6, 30), 10.0), Crown(Tone(42, 52, 36), 1.0)
    assert cover.is_hair(Tone(50, 5, 24), blond)
    assert not cover.is_hair(Tone(50, 52, 36), blond)
    assert not cover.is_hair(red_cap.tone, red_cap)
    assert not cover.is_hair(Tone(45, -4, -30), Crown(Tone(45, -4, -30), 2.0))
