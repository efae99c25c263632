"""The face models, from the cache that `make setup` fills."""

from __future__ import annotations

import pytest

from pipeline.ocr.weights import locate_faces
from pipeline.settings import load_settings
from validators.photo import FaceModels, load_models


@pytest.fixture(scope="session")
def models() -> FaceModels:
    return load_models(locate_faces(load_settings()))
