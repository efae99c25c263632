"""What runs in an OCR process: a model, the extractors, the photo's judge, and one file at a time.

The parent hands over where a file lies; pixels never leave the process, only the reading does, and
the pictures that people look at, written beside.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2

from extractors import EXTRACTORS
from flows.photo_face import load_face_models, photo_reader
from flows.pictures import write_pictures
from pipeline.contracts import OcrEngine
from pipeline.file_reading import FileReading
from pipeline.finding import Finding
from pipeline.intake.source import SourceFile, read_source
from pipeline.model import Face
from pipeline.ocr.engines import load_engine
from pipeline.ocr.timed import TimedEngine
from pipeline.ocr.weights import locate
from pipeline.settings import Settings
from pipeline.stages import each_in_stage, measured, stage
from pipeline.steps import read_pages
from validators.photo import FaceModels


@dataclass(frozen=True, slots=True)
class _Worker:
    settings: Settings
    engine: OcrEngine
    faces: FaceModels | None


_worker: _Worker | None = None


def start(settings: Settings) -> None:
    """Make this process ready, with the engine that the settings name. Raises DependencyError
    where it cannot be loaded."""
    cv2.setNumThreads(1)  # as many processes as cores: more threads only get in each other's way
    engine = load_engine(settings.engine, locate(settings))
    start_with(settings, engine, load_face_models(settings))


def start_with(settings: Settings, engine: OcrEngine, faces: FaceModels | None) -> None:
    """Make this process ready to read with this engine and these face models."""
    global _worker
    _worker = _Worker(settings, engine, faces)


def read_file(source: SourceFile, pictures: Path | None) -> FileReading:
    """Read one file; pictures for people go into ``pictures`` where one is given."""
    if _worker is None:
        raise RuntimeError("start() was not called in this process")
    pages = 0
    faces: list[Face] = []
    findings: list[Finding] = []
    stream = each_in_stage("decode", read_source(source, _worker.settings.limits))
    photo = photo_reader(source, _worker.settings, _worker.faces)
    engine = TimedEngine(_worker.engine)
    with measured() as times:
        for page, page_faces, page_findings in read_pages(stream, engine, EXTRACTORS, photo):
            faces += page_faces
            findings += page_findings
            if page is not None:
                pages += 1
                if pictures is not None:
                    with stage("write"):
                        write_pictures(page, page_faces, pictures)
    return FileReading(
        sha256=source.sha256,
        pages=pages,
        faces=tuple(faces),
        findings=tuple(findings),
        stages=times.seconds(),
    )
