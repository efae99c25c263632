"""The card photo among a case's files: told from the papers, judged, carried as a face.

A file that is a portrait photo is judged by its bytes, as the card printer would get it. A photo
on paper, scanned at the window, is cut out and judged by its content, and its verdict says that it
is no electronic photo.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from pipeline.errors import DependencyError
from pipeline.finding import Finding
from pipeline.intake.refusal import Refused
from pipeline.intake.source import SourceFile, read_bytes
from pipeline.model import DocumentType, Face, Image, Page, PageRef, Quad
from pipeline.ocr.weights import locate_faces
from pipeline.settings import Settings
from pipeline.steps import PhotoReader
from validators.photo import FaceModels, PhotoVerdict, judge_photo, judge_print, load_models
from validators.photo.parsing import read_parser
from validators.photo.picture_hash import hash_picture
from validators.photo.portrait import find_portrait, is_full_of_text, is_portrait_photo

PAPER_LINES = 4
"""Lines of text, spread over PAPER_SPREAD of a page, from which it is a paper and no print that
lies on an empty page: a face is then not looked for in four turns and nine tiles, half a second.
The backs of cards have four and more, over 0.7 of the page; prints by themselves one."""
PAPER_SPREAD = 0.15
"""Of the page's area: the least upright rectangle around all lines."""


def load_face_models(settings: Settings) -> FaceModels | None:
    """The face models; None where they are not installed: every photo is then unchecked.

    Raises DependencyError where the operator names a parsing model that cannot be used.
    """
    try:
        models = load_models(locate_faces(settings))
    except DependencyError:
        return None
    models.parser = None if settings.face_parser is None else read_parser(settings.face_parser)
    return models


def photo_reader(source: SourceFile, settings: Settings, models: FaceModels | None) -> PhotoReader:
    """What tells and judges the photos among the pages of one file."""

    def read(page: Page, boxes: Callable[[], Sequence[Quad]]) -> Face | Finding | None:
        if models is None or page.lines or page.entries:
            return None
        if is_portrait_photo(page.image, models):
            try:
                data = read_bytes(source, settings.limits)
            except Refused as refused:
                return refused.finding(page.source.file)
            return _face(page, page.image, judge_photo(data, models, source.name))
        # The boxes are found for every paper anyway: most tell by them, and its ink is not asked.
        if is_paper(page.image, boxes()) or is_full_of_text(page.image):
            return None
        portrait = find_portrait(page.image, models)
        return None if portrait is None else _face(page, portrait, judge_print(portrait, models))

    return read


def is_paper(image: Image, boxes: Sequence[Quad]) -> bool:
    """Whether the lines of text on a page, by their boxes, are too many and too far apart for the
    caption of a print."""
    if len(boxes) < PAPER_LINES:
        return False
    places = np.asarray(boxes).reshape(-1, 2)
    width, height = places.max(axis=0) - places.min(axis=0)
    return bool(width * height >= PAPER_SPREAD * image.shape[0] * image.shape[1])


def _face(page: Page, picture: Image, verdict: PhotoVerdict) -> Face:
    source = page.source
    return Face(
        type=DocumentType.PHOTO,
        face="photo",
        score=1.0,
        page=PageRef(file=source.file, page=source.page, sha256=source.sha256),
        marks={
            "verdict": verdict.verdict.value,
            "rules": verdict.model_dump_json(),
            "picture_hash": hash_picture(picture).tobytes().hex(),
        },
    )
