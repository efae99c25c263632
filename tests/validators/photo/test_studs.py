"""Studs on the lobes go to a person; bare ears, their folds and freckles of noise do not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.model import Image
from tests.validators.photo.covering import covering
from tests.validators.photo.portraits import Colour, Sitter, draw_portrait
from validators.photo import FaceModels
from validators.photo.look import CARD_HEIGHT_PX, LEFT_SIDE, RIGHT_SIDE, FaceLook, Tone
from validators.photo.measures.studs import stud
from validators.photo.models import Mesh

LOBE = (77, 231)
"""Of the drawn portraits, on the viewer's left."""
FINE = 4
SKIN = Tone(66.0, 14.0, 22.0)
SKIN_BGR = (121, 148, 192)


def pierced(colour: Colour, wide: float, sitter: Sitter | None = None) -> Image:
    """A drawn portrait with a ball of a metal or stone on one lobe, ``wide`` pixels across."""
    image = draw_portrait(sitter)
    ball = np.zeros((len(image) * FINE, image.shape[1] * FINE), np.float32)
    cv2.circle(ball, (LOBE[0] * FINE, LOBE[1] * FINE), round(wide * FINE / 2), (1.0,), -1)
    share = cv2.resize(ball, image.shape[1::-1], interpolation=cv2.INTER_AREA)[..., None]
    return np.asarray(image * (1 - share) + np.array(colour) * share, np.uint8)


@pytest.mark.drawn
@pytest.mark.parametrize("wide", [6.0])
@pytest.mark.parametrize(
    "colour",
    [(245, 245, 245), (28, 26, 28), (205, 205, 200), (60, 150, 215)],
    ids=["pearl", "black", "steel", "gold"],
)
def test_stud_goes_to_a_person_when_it_sits_on_a_lobe(
    models: FaceModels, colour: Colour, wide: float
) -> None:
    spot, message = covering(models, pierced(colour, wide), "stud")
    assert spot > 9.5
    assert "耳钉" in message


@pytest.mark.drawn
@pytest.mark.parametrize(
    "sitter",
    [
        Sitter(),
        Sitter(skin=(58, 80, 122), seed=2),
        Sitter(skin=(190, 210, 240), old=True, seed=3),
        Sitter(woman=True, hair=(96, 156, 196), seed=4),
    ],
)
def test_bare_lobes_have_no_stud(models: FaceModels, sitter: Sitter) -> None:
    spot, message = covering(models, draw_portrait(sitter), "stud")
    assert spot <= 9.5
    assert "像" not in message or "耳钉" not in message


def ear(mark: Image | None = None) -> tuple[FaceLook, Mesh]:
    """A picture of skin beside a white wall, with what is marked on it, and a mesh whose lobes lie
    left and right."""
    image = np.full((CARD_HEIGHT_PX, 358, 3), SKIN_BGR, np.uint8) if mark is None else mark
    points = np.zeros((468, 3), np.float32)
    points[[LEFT_SIDE, RIGHT_SIDE]] = (80, 200, 0), (280, 200, 0)
    points[[132, 361]] = (80, 250, 0), (280, 250, 0)
    seen = np.ones(image.shape[:2], np.float32)
    return FaceLook(image, (), None, seen, Mesh(points, 1.0), None), Mesh(points, 1.0)


def plain() -> Image:
    image = np.full((CARD_HEIGHT_PX, 358, 3), SKIN_BGR, np.uint8)
    image[:, :60] = image[:, 300:] = 255
    return image


def test_fold_of_the_ear_is_no_stud_since_it_is_a_line() -> None:
    image = plain()
    cv2.line(image, (68, 225), (74, 262), (80, 100, 140), 2, cv2.LINE_AA)
    spot = stud(*ear(image), SKIN, Tone(100, 0, 0))
    assert spot is not None
    assert spot < 9.5


def test_outline_of_the_head_is_no_stud_when_the_wall_is_known() -> None:
    notched = plain()
    cv2.circle(notched, (60, 245), 3, (255, 255, 255), -1)
    spot = stud(*ear(notched), SKIN, Tone(100, 0, 0))
    assert spot is not None
    assert spot < 9.5


def test_stud_is_as_large_on_a_larger_picture() -> None:
    image = plain()
    cv2.circle(image, (72, 246), 2, (250, 250, 250), -1, cv2.LINE_AA)
    look, mesh = ear(image)
    large = np.asarray(cv2.resize(image, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), np.uint8)
    small = stud(look, mesh, SKIN, Tone(100, 0, 0))
    grown, _ = ear(large)
    same = stud(grown, Mesh(mesh.points * 2, 1.0), SKIN, Tone(100, 0, 0))
    assert small is not None
    assert small > 9.5
    assert same == pytest.approx(small, rel=0.25)


def test_no_stud_is_measured_when_hair_hangs_over_the_lobes_or_they_lie_off_the_picture() -> None:
    hair = np.full((CARD_HEIGHT_PX, 358, 3), (30, 30, 34), np.uint8)
    assert stud(*ear(hair), SKIN, Tone(100, 0, 0)) is None
    look, mesh = ear(plain())
    off = Mesh(mesh.points + np.array([0, 900, 0], np.float32), 1.0)
    assert stud(look, off, SKIN, None) is None
    assert stud(look, mesh, SKIN, None) is not None
