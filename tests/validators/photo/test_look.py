"""The frame's geometry, and colours taken from it, without a model; when a hand is looked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
import pytest

from pipeline.model import Image
from pipeline.ocr.weights import locate_faces
from pipeline.settings import load_settings
from tests.validators.photo.portraits import draw_portrait
from validators.photo import load_models
from validators.photo.look import FRAME_HEIGHT, FRAME_WIDTH, FaceFrame, lab_of, look_at_photo
from validators.photo.measures.skin import region_pixels, skin_tone, tone_of
from validators.photo.models import PALMS, Detection, FaceModels, Mesh


def frame(xy: np.ndarray) -> FaceFrame:
    rng = np.random.default_rng(3)
    image = rng.integers(0, 256, (FRAME_HEIGHT, FRAME_WIDTH, 3), dtype=np.uint8)
    inside = np.ones((FRAME_HEIGHT, FRAME_WIDTH), bool)
    inside[:40] = False
    return FaceFrame(
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


class _TwoFaces:
    """Models that see a face, and another whose mesh fits as well as ``second`` says."""

    parser = None
    text = None

    def __init__(self, second: float) -> None:
        self._second = second

    def detect(self, image: Image) -> list[Detection]:
        points = np.zeros((6, 2), np.float32)
        return [
            Detection((60, 120, 290, 350), points, 0.9),
            Detection((40, 10, 200, 160), points, 0.6),
        ]

    def fit_mesh(self, image: Image, face: Detection) -> Mesh:
        return Mesh(np.zeros((468, 3), np.float32), 1.0 if face.score > 0.8 else self._second)

    def find_hand(self, image: Image) -> float | None:
        return None

    def segment(self, image: Image) -> np.ndarray:
        return np.zeros(image.shape[:2], np.float32)


@pytest.mark.parametrize(("second", "count"), [(1.0, 2), (0.5, 2), (0.04, 1)])
def test_second_face_counts_when_the_mesh_fits_it(second: float, count: int) -> None:
    models = cast("FaceModels", _TwoFaces(second))
    look = look_at_photo(np.full((441, 358, 3), 255, np.uint8), models)
    assert len(look.faces) == count


def test_no_hand_is_looked_for_when_its_models_are_not_there() -> None:
    files = locate_faces(load_settings())
    with_one = {name: path for name, path in files.items() if name != PALMS[1]}
    blank = np.full((441, 358, 3), 255, np.uint8)
    assert load_models(with_one).find_hand(blank) is None


class Palm:
    """A detector of palms that is as sure as it is told."""

    def __init__(self, logit: float) -> None:
        self.logit = logit

    def setInput(self, blob: np.ndarray) -> None:
        assert blob.shape[1:] == (3, 192, 192)

    def getUnconnectedOutLayersNames(self) -> tuple[str, ...]:
        return ("boxes", "scores")

    def forward(self, names: Sequence[str]) -> list[np.ndarray]:
        return [np.full((1, 9, 18), 99.0), np.full((1, 9, 1), self.logit)][: len(names)]


@pytest.mark.parametrize(("logits", "sure"), [((2.0, 1.0), 0.731), ((1.0, 2.0), 0.731)])
def test_hand_that_both_see_is_as_sure_as_the_less_sure(
    monkeypatch: pytest.MonkeyPatch, logits: tuple[float, float], sure: float
) -> None:
    models = load_models(locate_faces(load_settings()))
    monkeypatch.setattr(models, "_palms", [Palm(logit) for logit in logits])
    assert models.find_hand(np.full((441, 358, 3), 255, np.uint8)) == pytest.approx(sure, abs=1e-3)


def test_hand_is_as_sure_as_the_less_sure_of_both_detectors() -> None:
    models = load_models(locate_faces(load_settings()))
    score = models.find_hand(draw_portrait())
    assert score is not None and score < 0.7
