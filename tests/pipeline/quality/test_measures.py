"""Measures of a scan where there is next to nothing to measure."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.model import Image
from pipeline.quality.dazzle import Dazzle, find_dazzle
from pipeline.quality.limits import limits
from pipeline.quality.raster import is_screen
from pipeline.quality.tint import is_colourless, is_grey
from tests.lines import line

WHITE: Image = np.full((200, 300, 3), 255, np.uint8)


def test_a_sheet_too_small_for_a_tile_tells_nothing_of_a_display() -> None:
    corners = np.array([(0, 0), (40, 0), (40, 30), (0, 30)], np.float64)
    assert is_screen(WHITE, corners) is None


def test_a_sheet_that_is_red_all_over_is_no_copy() -> None:
    red: Image = np.full((200, 300, 3), (40, 36, 206), np.uint8)
    red[:60] = 245
    assert is_grey(red) is False


def test_a_sheet_without_channels_has_no_colour() -> None:
    assert is_colourless(WHITE[..., 0])
    assert is_colourless(WHITE)
    tinted = WHITE.copy()
    tinted[:100, :, 0] = 230
    assert not is_colourless(tinted)


def test_nothing_falls_off_on_paper_as_white_as_a_lamp() -> None:
    assert find_dazzle(WHITE, 1.0, [line("韦小芳", 20, 40)]).share == 0.0


def test_a_grey_scan_without_a_burnt_patch_is_not_dazzled() -> None:
    grey: Image = np.full((200, 300), 200, np.uint8)
    assert find_dazzle(grey, 1.0, []).share == 0.0
    specks = grey.copy()
    specks[::9, ::9] = 255
    assert find_dazzle(specks, 1.0, []).share == 0.0


def test_a_burnt_patch_that_no_text_runs_into_hides_nothing() -> None:
    grey: Image = np.full((200, 300), 200, np.uint8)
    grey[120:180, 200:280] = 255
    assert np.count_nonzero(grey == 255) > limits().glare.share * grey.size
    assert find_dazzle(grey, 1.0, [line("韦小芳", 20, 20)]).share == 0.0
    assert find_dazzle(grey, 1.0, []).share == 0.0


@pytest.mark.parametrize(
    ("box", "share"),
    [
        (((0, 0), (20, 0), (20, 20), (0, 20)), 1.0),
        (((10, 0), (30, 0), (30, 20), (10, 20)), 0.5),
        (((200, 200), (220, 200), (220, 220), (200, 220)), 0.0),
        (((-40, 0), (20, 0), (20, 20), (-40, 20)), 1.0),
    ],
)
def test_a_box_is_hidden_by_the_share_of_it_that_the_patch_covers(
    box: tuple[tuple[float, float], ...], share: float
) -> None:
    mask = np.zeros((50, 50), np.uint8)
    mask[0:10, 0:10] = 255
    dazzle = Dazzle(mask, 0.5)  # the sheet is twice as large
    a, b, c, d = box
    assert dazzle.covers((a, b, c, d)) == pytest.approx(share)
    assert dazzle.share == pytest.approx(0.04)


def waves(*slopes: float, slant: float = 0.0) -> Image:
    """Paper with fine waves 9 pixels apart that run another way on each of its parts, or, at a
    ``slant``, closer and closer."""
    x, y = np.meshgrid(np.arange(1100.0), np.arange(800.0))
    slope = np.repeat(slopes, 1 + 1100 // len(slopes))[:1100]
    along = (y + slope * x) * (1 + slant * x / 1100)
    noise = np.random.default_rng(0).normal(0, 3, x.shape)
    grey = 235 + 2 * np.sin(along * 2 * np.pi / 9) + noise
    return np.dstack([grey.round().astype(np.uint8)] * 3)


CORNERS = np.array([(0, 0), (1100, 0), (1100, 800), (0, 800)], np.float64)


@pytest.mark.parametrize("slant", [0.0, 0.1])
def test_one_pattern_on_all_of_a_sheet_is_a_displays(slant: float) -> None:
    assert is_screen(waves(0.2, slant=slant), CORNERS) is True


def test_waves_that_run_another_way_elsewhere_on_the_sheet_are_printed() -> None:
    """Of a booklet's ground on glass: of the six pieces that are looked at, the waves ran alike on
    four."""
    assert is_screen(waves(0.2, -0.3, 0.1), CORNERS) is False
