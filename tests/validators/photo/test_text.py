"""Text over a photo goes to a person wherever it stands; faces, hair and clothes do not."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.errors import DependencyError
from pipeline.model import Image
from pipeline.ocr.weights import locate_faces
from pipeline.settings import load_settings
from tests.validators.photo.portraits import Sitter, draw_portrait, jpeg
from validators.photo import FaceModels, judge_photo, load_models
from validators.photo.text import TEXT_DETECTOR, TextDetector

pytestmark = pytest.mark.drawn

PALE = (236, 238, 240)


def over(
    text: str, at: tuple[int, int], share: float, *, high: float = 0.6, sitter: Sitter | None = None
) -> Image:
    """A drawn portrait with letters laid over it, of which so much covers what is beneath."""
    image = draw_portrait(sitter)
    letters = np.zeros(image.shape[:2], np.float32)
    cv2.putText(letters, text, at, cv2.FONT_HERSHEY_SIMPLEX, high, (1.0,), 2, cv2.LINE_AA)
    covered = letters[..., None] * share
    return np.asarray(image * (1 - covered) + np.array(PALE) * covered, np.uint8)


def sure_of_text(models: FaceModels, image: Image) -> tuple[float, str]:
    row = judge_photo(jpeg(image), models).of("PH-BACKGROUND")
    assert row is not None
    return float(row.measure.get("writing") or 0), row.message


@pytest.mark.parametrize(
    ("at", "share"),
    [((110, 240), 0.6), ((105, 160), 0.5), ((120, 345), 0.6), ((120, 60), 0.5), ((110, 425), 0.5)],
    ids=["cheeks", "forehead", "neck", "hair", "clothes"],
)
def test_pale_letters_go_to_a_person_when_they_lie_over_the_portrait(
    models: FaceModels, at: tuple[int, int], share: float
) -> None:
    sure, message = sure_of_text(models, over("SAMPLE 2026", at, share))
    assert sure > 0.65
    assert "文字" in message


@pytest.mark.parametrize(
    "sitter",
    [
        Sitter(),
        Sitter(skin=(58, 80, 122), old=True, seed=2),
        Sitter(hair=(206, 206, 208), old=True, seed=3),
        Sitter(woman=True, hair=(96, 156, 196), seed=4),
        Sitter(fringe=True, seed=5),
    ],
)
def test_portrait_has_no_text_when_none_lies_over_it(models: FaceModels, sitter: Sitter) -> None:
    sure, message = sure_of_text(models, draw_portrait(sitter))
    assert sure <= 0.65
    assert "文字" not in message


def test_photo_goes_to_a_person_when_the_text_detector_is_not_there() -> None:
    files = locate_faces(load_settings())
    models = load_models({name: path for name, path in files.items() if name != TEXT_DETECTOR})
    found = judge_photo(jpeg(draw_portrait()), models).of("PH-BACKGROUND")
    assert found is not None
    assert found.verdict == "review"
    assert found.message == "未能测量像文字的把握"


def test_file_that_is_no_network_is_told_when_the_detector_is_loaded(tmp_path: Path) -> None:
    broken = tmp_path / "inference.onnx"
    broken.write_bytes(b"no network")
    with pytest.raises(DependencyError) as told:
        TextDetector(broken)
    assert "yijianshi weights" in told.value.hint
