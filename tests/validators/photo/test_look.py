"""The frame's geometry, and colours taken from it, without a model."""

from __future__ import annotations

import numpy as np
import pytest

from validators.photo.look import FRAME_HEIGHT, FRAME_WIDTH, Frame, lab_of
from validators.photo.skin import region_pixels, skin_tone, tone_of


def frame(xy: np.ndarray) -> Frame:
    rng = np.random.default_rng(3)
    image = rng.integers(0, 256, (FRAME_HEIGHT, FRAME_WIDTH, 3), dtype=np.uint8)
    inside = np.ones((FRAME_HEIGHT, FRAME_WIDTH), bool)
    inside[:40] = False
    return Frame(
        image=image,
        lab=lab_of(image),
        person=np.ones((FRAME_HEIGHT, FRAME_WIDTH), np.float32),
        inside=inside,
        xy=xy.astype(np.float32),
        to_frame=np.eye(2, 3),
        parts={},
    )


@pytest.mark.parametrize("shift", [(0, 0), (-60, 0), (150, 30), (0, -150), (0, 300), (-400, 0)])
def test_patch_is_the_polygon_on_the_picture_when_cut_to_its_box(shift: tuple[int, int]) -> None:
    outline = np.array([[80, 60], [190, 90], [200, 250], [90, 200]], np.float32) + shift
    made = frame(np.zeros((468, 2)))
    box, mask = made.patch(outline)
    whole = np.zeros_like(made.inside)
    whole[box] = mask
    assert np.array_equal(whole, made.polygon(outline) & made.inside)


@pytest.mark.parametrize("count", [1, 2, 301, 302])
def test_tone_is_the_median_when_pixels_are_odd_or_even_in_number(count: int) -> None:
    pixels = np.random.default_rng(count).uniform(-90, 90, (count, 3)).astype(np.float32)
    tone = tone_of(pixels)
    assert (tone.lightness, tone.a, tone.b) == pytest.approx(np.median(pixels, axis=0), abs=1e-4)


def test_skin_has_no_colour_when_the_face_lies_off_the_picture() -> None:
    parts = region_pixels(frame(np.full((468, 2), -500)))
    assert all(len(pixels) == 0 for pixels in parts.values())
    assert skin_tone(parts).chroma == 0
