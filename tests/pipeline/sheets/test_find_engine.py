"""read_sheets with the real models, on cards drawn here."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.image import turn
from pipeline.model import Image
from pipeline.ocr.openvino_engine import OpenVinoEngine
from pipeline.ocr.weights import locate
from pipeline.settings import load_settings
from pipeline.sheets.find import read_sheets
from tests.pipeline.bars import lay, page_of, photographed, rectangle

pytestmark = pytest.mark.engine

FRONT = (
    "NAME LIU YANG",
    "SEX M   ETHNIC ZHUANG",
    "BORN 1990 06 01   NANNING",
    "NUMBER   450102199006012918",
)
BACK = ("REPUBLIC CARD", "ISSUED BY NANNING", "VALID THROUGH 2015.04.13-2035.04.13")


@pytest.fixture(scope="module")
def engine() -> OpenVinoEngine:
    weights = locate(load_settings())
    return OpenVinoEngine(weights)


def card(rows: tuple[str, ...], tone: int = 225) -> Image:
    image = np.full((540, 856, 3), tone, np.uint8)
    for i, row in enumerate(rows):
        place = (50, 100 + 120 * i)
        cv2.putText(image, row, place, cv2.FONT_HERSHEY_SIMPLEX, 1.1, (30, 30, 30), 3, cv2.LINE_AA)
    return image


def copied(tone: int = 225) -> Image:
    scan = np.full((2339, 1654, 3), 250, np.uint8)
    lay(scan, card(FRONT, tone), rectangle(420, 420, 680, 429, 3))
    lay(scan, card(BACK, tone), rectangle(450, 960, 680, 429, -2))
    return scan


@pytest.mark.parametrize(("degrees", "tone"), [(0, 250), (90, 225), (180, 250), (270, 250)])
def test_read_sheets_when_copy_is_turned(engine: OpenVinoEngine, degrees: int, tone: int) -> None:
    sheets = read_sheets(page_of(turn(copied(tone), -degrees % 360)), engine)
    texts = [" ".join(line.text for line in s.lines) for s in sheets]
    assert [s.rotation for s in sheets] == [degrees] * 2
    (front,) = (text for text in texts if "450102199006012918" in text)
    (back,) = (text for text in texts if "2015.04.13-2035.04.13" in text)
    assert front != back
    assert all(line.chars for s in sheets for line in s.lines)


def test_read_sheets_when_a_phone_looks_at_a_slant(engine: OpenVinoEngine) -> None:
    scan = np.full((960, 1280, 3), (50, 80, 120), np.uint8)
    lay(scan, card(FRONT), photographed((1280, 960), tilt=(16.0, -12.0), roll=-8.0))
    (sheet,) = read_sheets(page_of(scan), engine)
    assert any("450102199006012918" in line.text for line in sheet.lines)


def test_read_sheets_when_a_red_stamp_lies_across_print(engine: OpenVinoEngine) -> None:
    face = card(FRONT)
    stamp = np.full_like(face, 255)
    cv2.circle(stamp, (330, 400), 150, (70, 60, 230), 14)
    cv2.putText(stamp, "STAMP", (215, 470), cv2.FONT_HERSHEY_SIMPLEX, 2.2, (70, 60, 230), 9)
    face = (face.astype(np.uint16) * stamp // 255).astype(np.uint8)
    (sheet,) = read_sheets(page_of(face), engine)
    assert any("450102199006012918" in line.text for line in sheet.lines)


def test_read_sheets_when_nothing_is_written(engine: OpenVinoEngine) -> None:
    noise = np.random.default_rng(6).normal(244, 4, (1654, 1170, 3))
    assert read_sheets(page_of(np.clip(noise, 0, 255).astype(np.uint8)), engine) == []
