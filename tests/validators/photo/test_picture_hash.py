"""The hash says that two files show one picture, and never that two pictures are one."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.validators.photo.portraits import Sitter, draw_portrait, jpeg
from validators.photo.picture_hash import are_alike, hash_picture

pytestmark = pytest.mark.drawn


def test_pictures_are_alike_when_saved_again_and_not_when_of_two_persons() -> None:
    picture = draw_portrait()
    again = cv2.imdecode(np.frombuffer(jpeg(picture, quality=40), np.uint8), cv2.IMREAD_COLOR)
    other = draw_portrait(Sitter(ears=(False, False), clothes=(240, 240, 240), seed=9))
    hashes = np.array([hash_picture(np.asarray(p, np.uint8)) for p in (picture, again, other)])
    assert hashes.shape == (3, 121)
    assert are_alike(hashes[0], hashes).tolist() == [True, True, False]
