"""Photos among papers: found where they are, and never on a card."""

from __future__ import annotations

from importlib.resources import files

import cv2
import numpy as np
import pytest
from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont

from pipeline.model import Image
from tests.validators.photo.portraits import Sitter, draw_portrait
from validators.photo import FaceModels, judge_print
from validators.photo.models import Detection
from validators.photo.portrait import (
    _above_lower_edge,
    _cut,
    find_portrait,
    is_portrait_photo,
)

pytestmark = pytest.mark.drawn

FONT = str(files("cvttf_NotoSansCJK_Regular") / "NotoSansCJKtc-Regular.otf")


def page(width: int = 1240, height: int = 1754) -> Image:
    rng = np.random.default_rng(7)
    grain = rng.normal(250, 1.5, (height, width, 3))
    return np.asarray(np.clip(grain, 0, 255), dtype=np.uint8)


def laid(base: Image, photo: Image, x: int, y: int, width: int, angle: float = 0) -> Image:
    """The photo on the page, its middle at x, y."""
    scale = width / photo.shape[1]
    middle = (photo.shape[1] / 2, photo.shape[0] / 2)
    matrix = np.array(cv2.getRotationMatrix2D(middle, angle, scale), dtype=np.float64)
    matrix[:, 2] += np.array([x - photo.shape[1] / 2, y - photo.shape[0] / 2])
    size = (base.shape[1], base.shape[0])
    out = base.copy()
    cv2.warpAffine(photo, matrix, size, dst=out, borderMode=cv2.BORDER_TRANSPARENT)
    return out


def card(photo: Image) -> Image:
    """A card as an identity card is laid out: print at the left and below, portrait at right."""
    base = np.full((540, 856, 3), (240, 236, 226), np.uint8)
    made = Pictures.fromarray(laid(base, photo, 680, 220, 250))
    pen = ImageDraw.Draw(made)
    font = ImageFont.truetype(FONT, 30)
    lines = ("姓名 某某某", "性别 女 民族 壮", "出生 1990 年 1 月 2 日", "住址 某某省某某市某某县")
    for i, text in enumerate(lines):
        pen.text((50, 60 + 75 * i), text, (40, 30, 30), font)
    pen.text((50, 455), "公民身份号码  450103199001029990", (20, 20, 20), font)
    return np.asarray(made)


def test_photo_file_is_known_when_it_holds_a_head(models: FaceModels) -> None:
    for sitter in (Sitter(), Sitter(background=(220, 140, 60)), Sitter(ears=(False, False))):
        assert is_portrait_photo(draw_portrait(sitter), models)
    assert is_portrait_photo(np.ascontiguousarray(draw_portrait()[::-1, ::-1]), models)


@pytest.mark.parametrize("quarter", range(4))
def test_card_is_a_paper_when_it_bears_a_portrait(models: FaceModels, quarter: int) -> None:
    whole = card(draw_portrait())
    on_page = page()
    on_page[200:740, 150:1006] = whole
    cut = whole[:, 380:]
    for image in (whole, on_page, cut):
        turned = np.ascontiguousarray(np.rot90(image, quarter))
        assert not is_portrait_photo(turned, models)
        assert find_portrait(turned, models) is None


def test_nothing_is_found_when_the_page_is_empty(models: FaceModels) -> None:
    assert not is_portrait_photo(page(), models)
    assert find_portrait(page(), models) is None
    assert find_portrait(np.full((8, 8, 3), 255, np.uint8), models) is None


@pytest.mark.parametrize("quarter", range(4))
@pytest.mark.parametrize("background", [(255, 255, 255), (200, 120, 50)])
def test_print_is_cut_out_upright_when_it_lies_on_a_page(
    models: FaceModels, quarter: int, background: tuple[int, int, int]
) -> None:
    photo = draw_portrait(Sitter(background=background))
    scan = np.ascontiguousarray(np.rot90(laid(page(), photo, 500, 700, 190, 3), quarter))
    crop = find_portrait(scan, models)
    assert crop is not None
    assert 1.1 < crop.shape[0] / crop.shape[1] < 1.4
    assert 150 < crop.shape[1] < 260
    verdicts = {row.rule: row.verdict for row in judge_print(crop, models).rules}
    assert verdicts["PH-POSE"] == "pass"
    assert verdicts["PH-FORMAT"] == "review"
    assert verdicts["PH-BACKGROUND"] == ("fail" if background != (255, 255, 255) else "pass")


def test_nothing_is_found_when_two_prints_lie_on_the_page(models: FaceModels) -> None:
    photo = draw_portrait(Sitter(background=(200, 120, 50)))
    assert (
        find_portrait(laid(laid(page(), photo, 400, 500, 190), photo, 800, 500, 190), models)
        is None
    )


def test_a_face_that_fills_the_sheet_is_no_print_on_it(models: FaceModels) -> None:
    assert find_portrait(draw_portrait(Sitter(background=(220, 140, 60))), models) is None


POINTS = np.zeros((6, 2), np.float32)
FACE = Detection((450, 480, 550, 580), POINTS, 0.9)


def test_print_is_cut_by_its_face_when_neither_edge_nor_foot_shows() -> None:
    blank = np.full((1000, 1000, 3), 250, np.uint8)
    crop = _cut(np.concatenate([blank, blank])[:1000], blank, FACE, 1.0)
    assert crop.shape[:2] == (192, 156)  # 1.0 + 0.92 and twice 0.78 widths of the face


def shape(*corners: tuple[int, int]) -> np.ndarray:
    made = np.zeros((1000, 1000), np.uint8)
    cv2.fillPoly(made, [np.array(corners, np.int32)], (1,))
    return made > 0


def test_foot_of_a_print_is_taken_only_when_broad_straight_and_as_far_as_a_photo_reaches() -> None:
    good = shape((420, 450), (580, 450), (580, 650), (420, 650))
    corners = _above_lower_edge(good, FACE)
    assert corners is not None
    assert corners[:, 1].max() == pytest.approx(648, abs=2)
    narrow = shape((470, 450), (530, 450), (530, 650), (470, 650))
    pointed = shape((400, 450), (600, 450), (500, 700))
    flat = shape((400, 600), (600, 600), (600, 650), (400, 650))
    for blob in (narrow, pointed, flat):
        assert _above_lower_edge(blob, FACE) is None
