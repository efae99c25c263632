"""The annotated picture: there for every photo that opens, and different where verdicts are."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pictures
from PIL import ImageDraw

from tests.validators.photo.portraits import Sitter, draw_portrait, jpeg
from validators.photo import FaceModels
from validators.photo.annotate import annotate
from validators.photo.judge import examine_photo
from validators.photo.limits import CheckOutcome, read_limits
from validators.photo.verdict import RuleVerdict, verdict_of

pytestmark = pytest.mark.drawn


def drawn(data: bytes, models: FaceModels | None) -> np.ndarray:
    png = annotate(examine_photo(data, models))
    assert png is not None
    with Pictures.open(BytesIO(png)) as picture:
        assert picture.format == "PNG"
        return np.asarray(picture.convert("RGB"))


def near(picture: np.ndarray, colour: tuple[int, int, int]) -> int:
    return int((np.abs(picture.astype(int) - colour).max(axis=-1) < 12).sum())


def test_picture_shows_ears_and_wall_when_measured(models: FaceModels) -> None:
    good = drawn(jpeg(draw_portrait()), models)
    covered = drawn(jpeg(draw_portrait(Sitter(ears=(False, False)))), models)
    red, blue = (190, 24, 38), (60, 140, 220)
    assert near(good, red) == 0
    assert near(covered, red) > 500
    assert near(good, blue) > 500


@pytest.mark.parametrize("size", [(40, 50), (2000, 300), (300, 2000)])
def test_picture_is_drawn_when_the_shape_is_odd(models: FaceModels, size: tuple[int, int]) -> None:
    image = np.full((size[1], size[0], 3), 180, np.uint8)
    assert drawn(jpeg(image, quality=80), models).shape[0] < 1000


def test_picture_is_drawn_when_there_are_no_models() -> None:
    assert drawn(jpeg(draw_portrait()), None).size


def test_there_is_no_picture_when_the_photo_does_not_open(models: FaceModels) -> None:
    assert annotate(examine_photo(b"no picture", models)) is None


def test_what_a_person_confirms_is_cut_off_when_the_rules_fill_the_sheet() -> None:
    examined = examine_photo(jpeg(draw_portrait()), None)
    passed = RuleVerdict(rule="PH-SIZE", verdict=CheckOutcome.PASS)
    full = annotate(replace(examined, verdict=verdict_of((passed,) * 27)))
    assert full is not None
    with Pictures.open(BytesIO(full)) as sheet:
        bottom = np.asarray(sheet.convert("RGB"))[-6:, -700:]
    assert (bottom == bottom[0, 0]).all()


def test_the_lines_drawn_are_the_limits_that_judge(
    models: FaceModels, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B22: one pair of limits in the words and in the picture."""
    told: list[str] = []
    text = ImageDraw.ImageDraw.text

    def heard(self: ImageDraw.ImageDraw, xy: object, words: str, *rest: Any, **more: Any) -> None:
        told.append(words)
        text(self, xy, words, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(ImageDraw.ImageDraw, "text", heard)
    assert annotate(examine_photo(jpeg(draw_portrait()), models)) is not None
    checks = {check.measure: check for check in read_limits().checks}
    assert f"头顶 {checks['hair_top_px'].limit}" in told
    assert any(words.endswith(f"（{checks['face_width_px'].limit}）") for words in told)
