"""What runs in an OCR process: a model, the extractors, the photo's judge, and one file at a time.

The parent hands over where a file lies; pixels never leave the process, only the reading does, and
the pictures that people look at, written beside.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2

from extractors import EXTRACTORS, titles_say
from flows.photo_face import load_face_models, photo_reader
from flows.pictures import write_large, write_pictures, write_turned
from flows.pool import breathe
from flows.telling import Address, Mouth, PageTold
from pipeline.contracts import Extractors, OcrEngine
from pipeline.file_reading import FileReading
from pipeline.finding import Finding
from pipeline.intake.source import SourceFile, read_bytes, read_source
from pipeline.memory import give_back
from pipeline.model import Face, Page, PageRef
from pipeline.ocr.engines import load_engine
from pipeline.ocr.timed import TimedEngine
from pipeline.ocr.weights import locate
from pipeline.settings import Settings
from pipeline.stages import each_in_stage, measured, stage
from pipeline.steps import read_pages
from validators.photo import FaceModels
from validators.photo.annotate import annotate
from validators.photo.fix import Repair, repair
from validators.photo.judge import examine_photo


@dataclass(frozen=True, slots=True)
class ReadingTools:
    """What it takes to read files. ``faces`` None: photos are not told from papers."""

    settings: Settings
    engine: OcrEngine
    faces: FaceModels | None
    extractors: Extractors


ShowPage = Callable[[Page, tuple[Face, ...]], None]
"""Told of each page as soon as it is read, while its pixels are there."""

GARBAGE_AFTER = 50_000
"""Objects made, less those gone, between two searches for rings of dead ones."""

_tools: ReadingTools | None = None
_mouth: Mouth | None = None


def start(settings: Settings, address: Address | None = None) -> None:
    """Make this process ready, with the engine that the settings name; it tells of each page at
    ``address``. Raises DependencyError where the engine cannot be loaded."""
    cv2.setNumThreads(1)  # as many processes as cores: more threads only get in each other's way
    engine = load_engine(settings.engine, locate(settings))
    # What was loaded stays, and a page makes many short-lived objects but few rings of them.
    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER)
    start_with(settings, engine, load_face_models(settings), address)


def start_with(
    settings: Settings,
    engine: OcrEngine,
    faces: FaceModels | None,
    address: Address | None = None,
) -> None:
    """Make this process ready to read with this engine and these face models."""
    global _tools, _mouth
    _mouth = None if address is None else Mouth(address)
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
        if _mouth is not None:
            if pictures is not None:
                write_large(page, faces, pictures)
            _mouth.say(PageTold(sha256=source.sha256, page=page.source.page, faces=faces))

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
        for page, page_faces, page_findings in read_pages(
            stream, engine, tools.extractors, photo, titles_say
        ):
            faces += page_faces
            findings += page_findings
            if page is not None:
                pages += 1
                with stage("write"):
                    show(page, page_faces)
                give_back()
                breathe()
    return FileReading(
        sha256=source.sha256,
        pages=pages,
        faces=tuple(faces),
        findings=tuple(findings),
        stages=times.seconds(),
    )


def draw_photo(source: SourceFile) -> bytes | None:
    """What was measured of a card photo, drawn over it, as PNG; None where it cannot be opened.
    Raises Refused where the file cannot be read."""
    ready = tools()
    data = read_bytes(source, ready.settings.limits)
    return annotate(examine_photo(data, ready.faces, source.name))


def fix_photo(source: SourceFile) -> Repair:
    """A conforming card photo of this one, where pixels allow. Raises Refused where the file cannot
    be read."""
    ready = tools()
    return repair(read_bytes(source, ready.settings.limits), ready.faces)


def draw_page(source: SourceFile, ref: PageRef, pictures: Path) -> bool:
    """Write a page's large picture, for a file that was read without; whether there is one now."""
    for page in read_source(source, tools().settings.limits):
        if isinstance(page, Page) and (page.source.page, page.source.sha256) == (
            ref.page,
            ref.sha256,
        ):
            write_turned(page.image, ref, pictures)
            return True
    return False
