"""Turning, warping and red ink."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.image import (
    _without_red,
    apply,
    darkest,
    grey_of,
    invert,
    part_of,
    percentile_of,
    red_ink,
    redness,
    rotation_matrix,
    shrink,
    suppress_red,
    turn,
    turn_matrix,
    warp,
)
from pipeline.model import Image


def noise(width: int, height: int) -> Image:
    return np.random.default_rng(1).integers(0, 255, (height, width, 3)).astype(np.uint8)


@given(st.sampled_from([0, 90, 180, 270]), st.integers(2, 40), st.integers(2, 40))
def test_turn_matrix_agrees_with_turn(degrees: int, width: int, height: int) -> None:
    image = noise(width, height)
    turned = turn(image, degrees)
    for x, y in ((0, 0), (width - 1, 0), (width // 2, height - 1)):
        u, v = (round(c) for c in apply(turn_matrix((width, height), degrees), [(x, y)])[0])
        assert (turned[v, u] == image[y, x]).all()


def test_rotation_matrix_turns_clockwise_on_the_screen() -> None:
    assert apply(rotation_matrix(90), [(1, 0)])[0] == pytest.approx((0, 1), abs=1e-9)


def test_shrink_when_picture_is_small_enough() -> None:
    image = noise(40, 30)
    same, factor = shrink(image, 100)
    assert same is image
    assert factor == 1.0


def test_warp_when_much_smaller_averages_instead_of_picking_pixels() -> None:
    # A fine chequerboard is an even grey from afar.
    board = (np.indices((800, 800)).sum(axis=0) % 2 * 255).astype(np.uint8)
    flat = warp(np.dstack([board] * 3), np.diag([10.0, 10.0, 1.0]), (80, 80))
    assert abs(float(flat[5:-5, 5:-5].mean()) - 127) < 8
    assert float(flat[5:-5, 5:-5].std()) < 12


def test_warp_when_matrix_is_identity_keeps_pixels() -> None:
    image = noise(50, 40)
    assert np.array_equal(warp(image, np.eye(3), (50, 40)), image)


def test_warp_places_pixels_where_the_matrix_says() -> None:
    image = np.zeros((400, 600, 3), np.uint8)
    cv2.circle(image, (420, 130), 12, (255, 255, 255), -1)
    matrix = rotation_matrix(12, (300, 200)) @ np.diag([2.5, 2.5, 1.0])
    small = grey_of(warp(image, matrix, (240, 160)))
    seen = np.argwhere(small > 127).mean(axis=0)[::-1]
    assert seen == pytest.approx(apply(invert(matrix), [(420, 130)])[0], abs=0.7)


def test_warp_when_cut_reaches_beyond_the_picture_repeats_its_edge() -> None:
    image = np.full((50, 50, 3), 200, np.uint8)
    matrix = np.array([[1.0, 0, -30], [0, 1, -30], [0, 0, 1]])
    assert (warp(image, matrix, (110, 110)) == 200).all()


def stamped() -> Image:
    """Black print and a blue signature on cream paper, a red ring and star over them."""
    image = np.full((400, 600, 3), (205, 225, 235), np.uint8)
    cv2.putText(image, "4501020020", (40, 220), cv2.FONT_HERSHEY_SIMPLEX, 2.4, (35, 30, 30), 6)
    cv2.putText(image, "Li Si", (40, 340), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 2, (180, 60, 30), 4)
    stamp = np.full_like(image, 255)
    cv2.circle(stamp, (300, 210), 140, (60, 50, 225), 12)
    cv2.line(stamp, (180, 200), (420, 230), (60, 50, 225), 14)
    return (image.astype(np.uint16) * stamp // 255).astype(np.uint8)


def test_suppress_red_fades_a_stamp_and_keeps_black_and_blue() -> None:
    image = stamped()
    cleaned = suppress_red(image)
    ring = red_ink(image) > 0
    grey, before = grey_of(cleaned).astype(int), grey_of(image).astype(int)
    paper = int(np.median(grey))
    black = before < 60
    blue = (image[..., 0].astype(int) - image[..., 2] > 60) & ~ring
    assert ring.sum() > 5000
    alone = ring & (image[..., 2] > 150)
    assert float(np.mean(np.abs(grey[alone] - paper))) < 0.25 * float(
        np.mean(np.abs(before[alone] - paper))
    )
    assert float(grey[black].mean()) < 80
    assert float(np.abs(grey[blue] - before[blue]).mean()) < 12


def test_suppress_red_when_paper_is_pink_leaves_paper_alone() -> None:
    pink = np.full((300, 300, 3), (215, 205, 245), np.uint8)
    cv2.putText(pink, "Aa", (60, 180), cv2.FONT_HERSHEY_SIMPLEX, 3, (40, 40, 40), 8)
    assert np.abs(suppress_red(pink).astype(int) - pink).mean() < 1.5
    assert np.count_nonzero(red_ink(pink)) < 0.003 * pink[..., 0].size


def test_suppress_red_when_picture_is_grey() -> None:
    grey = grey_of(stamped())
    assert suppress_red(grey) is grey
    assert not red_ink(grey).any()


@pytest.mark.parametrize("percent", [0.0, 30.0, 99.5, 100.0])
def test_percentile_of_counts_as_numpy_sorts(percent: float) -> None:
    values = np.random.default_rng(3).integers(0, 256, (37, 53)).astype(np.uint8)
    for picture in (values, values // 200, np.full((4, 4), 7, np.uint8)):
        assert percentile_of(picture, percent) == pytest.approx(np.percentile(picture, percent))


def test_darkest_is_the_lowest_channel() -> None:
    picture = np.random.default_rng(4).integers(0, 256, (9, 7, 3)).astype(np.uint8)
    assert np.array_equal(darkest(picture), picture.min(axis=2))
    assert darkest(picture[..., 0].copy()).shape == (9, 7)


def test_red_ink_is_made_faint_where_it_is_as_on_the_whole_picture() -> None:
    random = np.random.default_rng(6)
    grey = random.integers(225, 245, (400, 500, 1)).astype(np.uint8)
    picture = np.repeat(grey, 3, axis=2)
    picture[180:220, 240:300] = (60, 60, 200)
    picture[195:205, 200:340] = 40
    cleaned = suppress_red(picture)
    assert np.array_equal(cleaned, _without_red(picture, redness(picture).astype(np.uint8)))
    assert np.array_equal(cleaned[:140], picture[:140])
    assert cleaned[185, 250, 0] > 180


@pytest.mark.parametrize(
    ("box", "rows", "columns"),
    [
        ((2.9, 1.2, 4.9, 3.2), range(1, 4), range(2, 5)),
        ((-3.0, -2.0, 1.0, 0.0), range(1), range(2)),
        ((8.0, 4.0, 20.0, 20.0), range(4, 6), range(8, 10)),
        ((-9.0, 1.0, -3.0, 2.0), range(1, 3), range(0)),
        ((1.0, -9.0, 2.0, -3.0), range(0), range(1, 3)),
    ],
)
def test_a_part_is_cut_at_whole_pixels_within_the_image(
    box: tuple[float, float, float, float], rows: range, columns: range
) -> None:
    image = np.arange(60, dtype=np.uint8).reshape(6, 10)
    assert np.array_equal(part_of(image, *box), image[np.ix_(rows, columns)])
