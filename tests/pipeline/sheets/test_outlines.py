"""Edges of papers, from pixels."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.model import Image
from pipeline.sheets.flat import flat_size, flatten_matrix, grown_to, reading_order, true_aspect
from pipeline.sheets.outlines import find_outlines, overlap
from tests.pipeline.bars import lay, paper, photographed, rectangle


def rounded(image: Image, left: int, top: int, width: int, height: int, tone: int) -> None:
    radius = width // 27
    for x, y, w, h in ((radius, 0, -2 * radius, 0), (0, radius, 0, -2 * radius)):
        corner = (left + x, top + y)
        cv2.rectangle(
            image, corner, (corner[0] + width + w, corner[1] + height + h), (tone,) * 3, -1
        )
    for x in (left + radius, left + width - radius):
        for y in (top + radius, top + height - radius):
            cv2.circle(image, (x, y), radius, (tone,) * 3, -1)


def test_find_outlines_when_corners_are_rounded_gives_the_corners_meant() -> None:
    image = np.full((560, 800, 3), 70, np.uint8)
    rounded(image, 150, 120, 480, 303, 225)
    (outline,) = find_outlines(image)
    expected = np.array([(150, 120), (630, 120), (630, 423), (150, 423)])
    order = int(np.argmin(outline.corners.sum(axis=1)))
    assert np.abs(np.roll(outline.corners, -order, axis=0) - expected).max() < 3
    assert outline.support > 0.95


@pytest.mark.parametrize(("table", "card"), [(250, 235), (244, 250), (128, 118)])
def test_find_outlines_when_card_and_table_are_nearly_alike(table: int, card: int) -> None:
    image = np.full((560, 800, 3), table, np.uint8)
    noise = np.random.default_rng(2).normal(0, 2, image.shape)
    rounded(image, 150, 120, 480, 303, card)
    image = np.clip(image + noise, 0, 255).astype(np.uint8)
    expected = np.array([(150, 120), (630, 120), (630, 423), (150, 423)], dtype=float)
    assert max(overlap(o.corners, expected) for o in find_outlines(image)) > 0.95


def test_find_outlines_when_a_paper_with_a_photo_pales_into_the_page() -> None:
    """A tinted booklet on the glass: two of its corners are nearly as white as the lid, and what
    stands out from it is the photo, at which it would be cut in two."""
    across, down = np.meshgrid(np.linspace(-1, 1, 283), np.linspace(-1, 1, 430))
    image: NDArray[np.float64] = np.full((800, 566, 3), 252, np.float64)
    tint = (np.array((236, 244, 243)) - 249) * np.abs(across + down)[..., None] / 2
    image[40:470, 155:438] = 249 + tint
    image[70:160, 345:415] = 60
    soft = cv2.GaussianBlur(image, (0, 0), 1.5)
    noise = np.random.default_rng(5).normal(0, 1, image.shape)
    scan = np.clip(soft + noise, 0, 255).astype(np.uint8)
    expected = np.array([(155, 40), (438, 40), (438, 470), (155, 470)], dtype=float)
    assert max(overlap(o.corners, expected) for o in find_outlines(scan)) > 0.95


def test_find_outlines_when_a_frame_is_only_printed() -> None:
    image = np.full((560, 800, 3), 240, np.uint8)
    cv2.rectangle(image, (150, 120), (630, 423), (50, 50, 50), 2)
    assert find_outlines(image) == []


def test_find_outlines_when_a_shadow_falls_across() -> None:
    image = np.full((560, 800, 3), (60, 100, 140), np.uint8)
    lay(image, paper(480, 303, []), rectangle(150, 120, 480, 303, 6))
    shade = np.ones((560, 800, 1))
    shade[:, 380:] = 0.55
    image = (image * cv2.GaussianBlur(shade, (0, 0), 12)[..., None]).astype(np.uint8)
    expected = np.array(rectangle(150, 120, 480, 303, 6))
    assert max(overlap(o.corners, expected) for o in find_outlines(image)) > 0.95


def test_find_outlines_when_there_is_only_texture() -> None:
    noise = np.random.default_rng(4).integers(90, 160, (560, 800, 3)).astype(np.uint8)
    assert find_outlines(cv2.GaussianBlur(noise, (0, 0), 2).astype(np.uint8)) == []


@pytest.mark.parametrize("tilt", [(0.0, 0.0), (18.0, 0.0), (12.0, -15.0), (-20.0, 8.0)])
def test_flat_size_gives_the_true_shape_of_a_tilted_card(tilt: tuple[float, float]) -> None:
    corners = np.array(photographed((1280, 960), tilt, roll=7))
    width, height = flat_size(corners, (1280, 960))
    assert width / height == pytest.approx(600 / 378, rel=0.02)


def test_true_aspect_when_sides_are_parallel_is_the_ratio_of_sides() -> None:
    corners = np.array(rectangle(100, 100, 500, 400, 10))
    assert true_aspect(corners, (1280, 960)) == pytest.approx(1.25, rel=0.01)


def test_reading_order_starts_where_lines_start() -> None:
    corners = np.array(rectangle(0, 0, 300, 500))
    on_end = np.array([[(40, 50), (60, 50), (60, 350), (40, 350)]], dtype=float)
    ordered = reading_order(corners, on_end)
    # Along the first side the lines run: it is one of the paper's long sides.
    assert np.linalg.norm(ordered[1] - ordered[0]) == pytest.approx(500)


def test_grown_to_takes_in_lines_beyond_the_edge() -> None:
    corners = np.array(rectangle(100, 100, 300, 200))
    beyond = np.array([[(380, 290), (450, 290), (450, 310), (380, 310)]], dtype=float)
    grown = grown_to(flatten_matrix(corners, (300, 200)), (300, 200), beyond, 10)
    assert grown[:, 0].max() > 450
    assert grown[:, 1].max() > 310
    assert grown.min() == pytest.approx(90, abs=0.1)
