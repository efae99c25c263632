"""What is stuck on the face goes to a person; lines, beards' shade and cheeks do not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.model import Image
from tests.validators.photo.covering import covering
from tests.validators.photo.portraits import Colour, Sitter, draw_portrait
from validators.photo import FaceModels
from validators.photo.look import FRAME_HEIGHT, FRAME_WIDTH, OVAL, FaceFrame, Tone, lab_of
from validators.photo.measures.patches import steepest_patch

SKIN = Tone(66.0, 14.0, 22.0)
SKIN_BGR = (121, 148, 192)


def with_plaster(colour: Colour, sitter: Sitter | None = None) -> Image:
    """A drawn portrait with a plaster on one cheek."""
    image = draw_portrait(sitter).astype(np.float32)
    share = np.zeros(image.shape[:2], np.float32)
    corners = cv2.boxPoints(((236, 240), (30, 14), 20))
    cv2.fillPoly(share, [np.round(corners).astype(np.int32)], (1.0,))
    share = np.asarray(cv2.GaussianBlur(share, (0, 0), 0.6), np.float32)
    return np.asarray(
        image * (1 - share[..., None]) + np.array(colour) * share[..., None], np.uint8
    )


@pytest.mark.drawn
@pytest.mark.parametrize("colour", [(235, 238, 240), (170, 90, 60)], ids=["white", "blue"])
def test_plaster_goes_to_a_person_when_it_sits_on_a_cheek(
    models: FaceModels, colour: Colour
) -> None:
    edge, message = covering(models, with_plaster(colour), "face_edge")
    assert edge > 16
    assert "贴" in message


@pytest.mark.drawn
@pytest.mark.parametrize(
    "sitter",
    [
        Sitter(),
        Sitter(old=True, seed=2),
        Sitter(woman=True, hair=(96, 156, 196), seed=3),
        Sitter(skin=(58, 80, 122), old=True, woman=True, seed=4),
    ],
)
def test_bare_face_has_nothing_on_it(models: FaceModels, sitter: Sitter) -> None:
    edge, _ = covering(models, draw_portrait(sitter), "face_edge")
    assert edge <= 16


def face(image: Image) -> FaceFrame:
    """A frame whose face is an oval of that picture, its features far below it."""
    xy = np.full((468, 2), 5000.0, np.float32)
    around = np.linspace(0, 2 * np.pi, 36, endpoint=False)
    xy[list(OVAL)] = np.stack([136 + 75 * np.sin(around), 210 - 100 * np.cos(around)], axis=-1)
    xy[[105, 334], 1] = 150
    shape = (FRAME_HEIGHT, FRAME_WIDTH)
    return FaceFrame(
        image=image,
        lab=lab_of(image),
        person=np.ones(shape, np.float32),
        inside=np.ones(shape, bool),
        xy=xy,
        to_frame=np.eye(2, 3),
        parts={},
    )


def skin() -> Image:
    return np.full((FRAME_HEIGHT, FRAME_WIDTH, 3), SKIN_BGR, np.uint8)


def test_light_that_fades_is_no_patch_and_what_ends_at_once_is() -> None:
    stuck, shining = skin(), skin().astype(np.float32)
    cv2.rectangle(stuck, (120, 220), (150, 234), (235, 235, 235), -1)
    ys, xs = np.indices(shining.shape[:2], dtype=np.float32)
    light = 70 * np.exp(-(((xs - 136) / 28) ** 2) - ((ys - 226) / 20) ** 2)
    shining += light[..., None]
    assert (steepest_patch(face(stuck), SKIN) or 0) > 16
    assert steepest_patch(face(np.clip(shining, 0, 255).astype(np.uint8)), SKIN) == 0


def test_hair_that_hangs_into_the_forehead_is_no_patch_since_it_goes_on() -> None:
    lock, free = skin(), skin()
    cv2.rectangle(lock, (124, 100), (148, 142), (30, 30, 34), -1)
    cv2.rectangle(free, (124, 128), (148, 146), (30, 30, 34), -1)
    assert steepest_patch(face(lock), SKIN) == 0
    assert (steepest_patch(face(free), SKIN) or 0) > 16


def test_nothing_is_measured_when_the_face_lies_off_the_picture() -> None:
    made = face(skin())
    made.xy[:, 1] += 4000
    assert steepest_patch(made, SKIN) is None
