"""What a reviewer asks of a page again: as another paper, turned, or a region of it. Runs in the
reading processes, which have the engine; only that page is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from extractors import EXTRACTORS, titles_say
from extractors.labelled.grammar import read_value
from flows import worker
from flows.files import write_whole
from flows.worker import ReadingTools
from pipeline.contracts import Extractor, Recogniser
from pipeline.evidence.evidence import Evidence, confidence, unsure_characters
from pipeline.file_reading import FileReading
from pipeline.image import shrink, turn
from pipeline.intake.source import SourceFile, read_source
from pipeline.layout.piece import Piece
from pipeline.model import DocumentType, Face, Image, Line, Page, PageRef, Quad, Reading, Sheet
from pipeline.ocr.around import EngineAround
from pipeline.steps import needed_fields, read_pages
from validators.guide.guide import guide
from validators.output.packet import fields_needed

MARGIN = 0.15
"""Around a region that was drawn, in its heights: people draw close to the print."""
SMALLEST_PX = 6
LONG_SIDE_PX = 3200
"""Of a page's picture for people: an A4 page at 270 dpi, where print can still be told apart."""
KINDS = (*EXTRACTORS, DocumentType.UNKNOWN)
"""What a paper may be said to be; UNKNOWN: none that is needed."""


@dataclass(slots=True)
class _Told:
    """An extractor of a paper that a person named: nothing is weighed."""

    KIND: DocumentType
    extractor: Extractor

    def score(self, lines: Sequence[Line]) -> float | None:
        """As sure as a person is."""
        return 1.0

    def extract(self, sheet: Sheet, recognise: Recogniser) -> Sequence[Face]:
        """What the extractor reads."""
        return self.extractor.extract(sheet, recognise)


class _AsTurned(EngineAround):
    """An engine for a page that a person turned: lines that run to the right stand upright,
    whatever the engine takes them for. It was wrong before, or nobody would have turned it."""

    def on_its_head(self, image: Image, quads: Sequence[Quad]) -> list[float]:
        """0 where a line runs to the right, 1 where to the left; across, nobody has said."""
        return [_to_the_left(quad) for quad in quads]


def _to_the_left(quad: Quad) -> float:
    (x0, y0), (x1, y1) = quad[0], quad[1]
    if abs(x1 - x0) <= abs(y1 - y0):
        return 0.5
    return 0.0 if x1 > x0 else 1.0


def read_again(
    source: SourceFile, number: int, turned: int, kind: DocumentType | None
) -> FileReading:
    """One page read anew: turned clockwise by so many degrees, upright so, or as this kind of
    paper. What could not be read as it is a paper of that kind all the same, with nothing
    read."""
    tools = worker.tools()
    page = _page(tools, source, number)
    if page is None:
        return FileReading(sha256=source.sha256)
    page = replace(page, image=turn(page.image, turned))
    engine = _AsTurned(tools.engine) if turned or kind is None else tools.engine
    extractors: Mapping[str, Extractor] = tools.extractors
    if kind is not None:
        told: dict[str, Extractor] = {}
        if kind in EXTRACTORS:
            told[kind] = _Told(kind, EXTRACTORS[kind])
        extractors = told
    faces: list[Face] = []
    for _, read, _ in read_pages([page], engine, extractors, titles=titles_say):
        faces += read
    if kind is not None and not any(face.type == kind for face in faces):
        faces = [_bare(page, kind)]
    return FileReading(
        sha256=source.sha256, pages=1, faces=tuple(_turned_by(face, turned) for face in faces)
    )


def read_region(
    source: SourceFile, number: int, rotation: int, box: Quad, field: str
) -> Reading | None:
    """What stands in a box of the page turned by ``rotation``, as this field has it; None where
    nothing can be read there."""
    tools = worker.tools()
    page = _page(tools, source, number)
    if page is None:
        return None
    crop = _crop(turn(page.image, rotation), box)
    if crop is None:
        return None
    lines = tools.engine.read(crop)
    if not lines:
        height, width = crop.shape[:2]
        whole: Quad = ((0, 0), (width - 1, 0), (width - 1, height - 1), (0, height - 1))
        lines = [line for line in tools.engine.recognise(crop, [whole]) if line.text]
    pieces = [Piece(line, line.chars, line.quad) for line in _in_order(lines) if line.chars]
    if not pieces:
        return None
    value = read_value(field, "".join(piece.words for piece in pieces))
    evidence = Evidence(pieces, value)
    return Reading(
        value=value.value or evidence.raw,
        raw=evidence.raw,
        confidence=confidence(evidence),
        box=box,
        doubts=value.doubts,
        unsure=tuple(unsure_characters(evidence.chars)),
    )


def _page(tools: ReadingTools, source: SourceFile, number: int) -> Page | None:
    for page in read_source(source, tools.settings.limits):
        if isinstance(page, Page) and page.source.page == number:
            return page
    return None


def _crop(image: Image, box: Quad) -> Image | None:
    points = np.asarray(box, dtype=float)
    (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
    margin = MARGIN * (y1 - y0)
    height, width = image.shape[:2]
    left, right = max(0, int(x0 - margin)), min(width, int(x1 + margin) + 1)
    top, bottom = max(0, int(y0 - margin)), min(height, int(y1 + margin) + 1)
    if right - left < SMALLEST_PX or bottom - top < SMALLEST_PX:
        return None
    crop: Image = np.ascontiguousarray(image[top:bottom, left:right])
    return crop


def _in_order(lines: Sequence[Line]) -> list[Line]:
    """As one reads: by rows, then from the left. A row is as high as its lines are."""
    heights = [max(y for _, y in line.quad) - min(y for _, y in line.quad) for line in lines]
    row = max(1.0, float(np.median(heights))) * 0.7

    def place(line: Line) -> tuple[int, float]:
        (x, y) = np.asarray(line.quad).mean(axis=0)
        return round(float(y) / row), float(x)

    return sorted(lines, key=place)


def _bare(page: Page, kind: DocumentType) -> Face:
    ref = PageRef(file=page.source.file, page=page.source.page, sha256=page.source.sha256)
    needed = needed_fields().get(kind) or frozenset[str]().union(
        *(fields_needed(code, kind) for code in guide().codes)
    )
    missing = tuple(sorted(needed))
    return Face(type=kind, face="page", score=1.0, page=ref, missing=missing)


def _turned_by(face: Face, turned: int) -> Face:
    """The face with its page's turn as counted from the scan as it came in."""
    if not turned:
        return face
    rotation = (face.page.rotation + turned) % 360
    return face.model_copy(update={"page": face.page.model_copy(update={"rotation": rotation})})


def draw_page(source: SourceFile, number: int, rotation: int, path: Path) -> tuple[int, int] | None:
    """Write a page's picture, turned clockwise by ``rotation``; its size in pixels of the upright
    page, in which boxes are told. None where there is no such page."""
    page = _page(worker.tools(), source, number)
    if page is None:
        return None
    upright = turn(page.image, rotation)
    height, width = upright.shape[:2]
    path.parent.mkdir(parents=True, exist_ok=True)
    _, data = cv2.imencode(".jpg", shrink(upright, LONG_SIDE_PX)[0], [cv2.IMWRITE_JPEG_QUALITY, 82])
    write_whole(path, data.tobytes())
    return width, height
