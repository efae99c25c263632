"""What the photo check says of something that covers."""

from __future__ import annotations

from pipeline.model import Image
from tests.validators.photo.portraits import jpeg
from validators.photo import FaceModels
from validators.photo.judge import examine_photo


def covering(models: FaceModels, image: Image, measure: str) -> tuple[float, str]:
    """A measure of a picture, and what PH-COVER says of it."""
    examined = examine_photo(jpeg(image), models)
    row = examined.verdict.of("PH-COVER")
    assert examined.measures is not None
    assert row is not None
    return examined.measures.values[measure], row.message
