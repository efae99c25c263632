"""What runs in an OCR process: a model, the extractors, the photo's judge, and one file at a time.

The parent hands over where a file lies; pixels never leave the process, only the reading does, and
the pictures that people look at, written beside.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2

from extractors import EXTRACTORS
from flows.photo_face import load_face_models, photo_reader
from flows.pictures import write_pictures
from pipeline.contracts import Extractors, OcrEngine
from pipeline.file_reading import FileReading
from pipeline.finding import Finding
from pipeline.intake.source import SourceFile, read_source
from pipeline.model import Face, Page
from pipeline.ocr.engines import load_engine
from pipeline.ocr.timed import TimedEngine
from pipeline.ocr.weights import locate
from pipeline.settings import Settings
from pipeline.stages import each_in_stage, measured, stage
from pipeline.steps import read_pages
from validators.photo import FaceModels


@dataclass(frozen=True, slots=True)
class ReadingTools:
    """What it takes to read files. ``faces`` None: photos are not told from papers."""

    settings: Settings
    engine: OcrEngine
    faces: FaceModels | None
    extractors: Extractors


ShowPage = Callable[[Page, tuple[Face, ...]], None]
"""Told of each page as soon as it is read, while its pixels are there."""

_tools: ReadingTools | None = None


def start(settings: Settings) -> None:
    """Make this process ready, with the engine that the settings name. Raises DependencyError
    where it cannot be loaded."""
    cv2.setNumThreads(1)  # as many processes as cores: more threads only get in each other's way
    engine = load_engine(settings.engine, locate(settings))
    start_with(settings, engine, load_face_models(settings))


def start_with(settings: Settings, engine: OcrEngine, faces: FaceModels | None) -> None:
    """Make this process ready to read with this engine and these face models."""
    global _tools
    _tools = ReadingTools(settings, engine, faces, EXTRACTORS)


def tools() -> ReadingTools:
    """What this process reads with. Raises RuntimeError where it was not made ready."""
    if _tools is None:
        raise RuntimeError("start() was not called in this process")
    return _tools


def read_file(source: SourceFile, pictures: Path | None) -> FileReading:
    """Read one file; pictures for people go into ``pictures`` where one is given."""
    ready = tools()

    def show(page: Page, faces: tuple[Face, ...]) -> None:
        if pictures is not None:
            write_pictures(page, faces, pictures)

    return read_with(ready, source, show)


def read_with(tools: ReadingTools, source: SourceFile, show: ShowPage) -> FileReading:
    """Read one file with these tools, in this process."""
    pages = 0
    faces: list[Face] = []
    findings: list[Finding] = []
    stream = each_in_stage("decode", read_source(source, tools.settings.limits))
    photo = photo_reader(source, tools.settings, tools.faces)
    engine = TimedEngine(tools.engine)
    with measured() as times:
        for page, page_faces, page_findings in read_pages(stream, engine, tools.extractors, photo):
            faces += page_faces
            findings += page_findings
            if page is not None:
                pages += 1
                with stage("write"):
                    show(page, page_faces)
    return FileReading(
        sha256=source.sha256,
        pages=pages,
        faces=tuple(faces),
        findings=tuple(findings),
        stages=times.seconds(),
    )
