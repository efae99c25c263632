"""Cases for the reviewer's desk: drawn pages whose readings are put into the store as an engine
would have left them, so that tests need none."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import cv2
import numpy as np

from flows.case import make_case_record
from flows.review.desk import Desk
from pipeline.contracts import OcrEngine
from pipeline.file_reading import FileReading
from pipeline.model import Char, DocumentType, Face, Image, Line, PageRef, Quad, Reading, UnsureChar
from pipeline.settings import Settings
from pipeline.store.cases import CaseState, Store
from pipeline.store.files import CaseFile, put_file
from pipeline.store.objects import FolderObjects
from tests.flows.fake_reading import fake_reader
from tests.reader import NothingRead

TODAY = date(2026, 11, 23)
NUMBER = "450103199002309991"
NUMBER_OK = "450103199001019993"
SIZE = (1000, 640)
ROW_PX = 80


def place(row: int) -> Quad:
    """Where the value of a row stands on a drawn page."""
    top = 60 + ROW_PX * row
    return ((200.0, top), (700.0, top), (700.0, top + 44.0), (200.0, top + 44.0))


@dataclass(slots=True)
class Shown:
    """A value as the machine read it: (value, confidence, uncertain characters)."""

    value: str
    confidence: float = 0.99
    unsure: tuple[UnsureChar, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(slots=True)
class Drawn:
    """One scan of a case: a paper's type and what stands on it, a row each."""

    type: DocumentType
    fields: dict[str, Shown]
    missing: tuple[str, ...] = ()
    face: str = "portrait"
    seed: int = 0
    ink: Sequence[str] = field(default_factory=tuple)


def picture(drawn: Drawn) -> Image:
    """The page: a row of Latin print for each field (OpenCV has no Chinese letters)."""
    page = np.full((SIZE[1], SIZE[0], 3), 250, np.uint8)
    for row, (name, shown) in enumerate(drawn.fields.items()):
        text = f"{name}: {shown.value if shown.value.isascii() else 'x' * len(shown.value)}"
        spot = (40, int(place(row)[3][1]) - 10)
        cv2.putText(page, text, spot, cv2.FONT_HERSHEY_SIMPLEX, 1.0, (30, 30, 30), 2)
    page[-1, -1] = (drawn.seed % 256, drawn.seed // 256, 7)
    return page


def face_of(drawn: Drawn, file: str, sha256: str) -> Face:
    """What the engine would have made of it."""
    return Face(
        type=drawn.type,
        face=drawn.face,
        score=1.0,
        page=PageRef(file=file, page=1, sha256=sha256),
        fields={
            name: Reading(
                value=shown.value,
                raw=shown.value,
                confidence=shown.confidence,
                box=place(row),
                unsure=shown.unsure,
                doubts=shown.doubts,
            )
            for row, (name, shown) in enumerate(drawn.fields.items())
        },
        missing=drawn.missing,
    )


def id_card(name: Shown, number: str = NUMBER_OK, *, seed: int = 0, **more: Shown) -> Drawn:
    """The portrait side of an identity card."""
    fields = {"name": name, "id_number": Shown(number), **more}
    return Drawn(DocumentType.ID_CARD, fields, seed=seed)


class SeesText(NothingRead):
    """An engine that reads the same words wherever it is asked to."""

    def __init__(self, text: str) -> None:
        self.text = text

    def read(self, image: Image, long_side_px: int = 960) -> list[Line]:
        height, width = image.shape[:2]
        quad: Quad = ((0, 0), (width - 1, 0), (width - 1, height - 1), (0, height - 1))
        step = 1 / len(self.text)
        chars = tuple(
            Char(text, 0.99, i * step, (i + 1) * step) for i, text in enumerate(self.text)
        )
        return [Line(self.text, 0.99, quad, chars)]


def make_desk(
    folder: Path, store: Store, engine: OcrEngine | None = None, settings: Settings | None = None
) -> Desk:
    """A desk over a store, with objects and outputs in ``folder``."""
    settings = settings or Settings(cache=folder / "cache")
    reader = fake_reader(settings, folder / "models", store, engine=engine)
    for name in ("records", "notices", "packets", "pictures"):
        (folder / "out" / name).mkdir(parents=True, exist_ok=True)
    objects = FolderObjects(folder / "out" / "objects")
    return Desk(settings, store, objects, reader, folder / "out", lambda: TODAY)


def hand_in(
    desk: Desk, case_id: str, scans: Iterable[Drawn], typed: dict[str, object] | None = None
) -> None:
    """A case in the store as a run leaves it."""
    folder = desk.out / "made" / case_id
    folder.mkdir(parents=True)
    with desk.store.begin() as connection:
        if typed is not None:
            path = folder / "application.json"
            path.write_text(json.dumps(typed), encoding="utf-8")
            sha256 = desk.objects.put(path)
            put_file(
                connection,
                case_id,
                CaseFile(name=path.name, sha256=sha256, size_bytes=path.stat().st_size),
            )
        faces = {}
        for number, drawn in enumerate(scans):
            path = folder / f"scan{number}.png"
            cv2.imwrite(str(path), picture(drawn))
            sha256 = desk.objects.put(path)
            faces[sha256] = face_of(drawn, path.name, sha256)
            size = path.stat().st_size
            put_file(connection, case_id, CaseFile(name=path.name, sha256=sha256, size_bytes=size))
    with desk.loader.laid_out(case_id) as files:
        for source in files.files:
            face = faces[source.sha256]
            reading = FileReading(sha256=source.sha256, pages=1, faces=(face,))
            desk.store.write_reading(desk.reader.key(source), reading)
        readings = desk.reader.read(files.files)
        result = make_case_record(files, readings, desk.reader.models, TODAY)
    desk.store.write_case(case_id, "k", CaseState.DONE, attempts=1)
    desk.store.write_record(case_id, "k", result.record, result.request)
