"""Cases for the reviewer's desk: drawn pages whose readings are put into the store as an engine
would have left them, so that tests need none."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import cv2
import numpy as np

from flows import worker
from flows.case import make_case_record
from flows.review.desk import Desk
from pipeline.contracts import OcrEngine
from pipeline.file_reading import FileReading
from pipeline.intake.case import find_entries
from pipeline.model import Char, DocumentType, Face, Image, Line, PageRef, Quad, Reading, UnsureChar
from pipeline.settings import Settings
from pipeline.store.arrivals import arrive, keep_entries
from pipeline.store.cases import CaseState, Store
from pipeline.store.objects import FolderObjects
from tests.flows.fake_reading import fake_reader
from tests.reader import NothingRead

TODAY = date(2026, 11, 23)
NUMBER_OK = "450103199001019993"
SIZE = (1000, 660)
ROW_PX = 56


def place(row: int) -> Quad:
    """Where the value of a row stands on a drawn page."""
    top = 60.0 + ROW_PX * row
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
        text = shown.value if shown.value.isascii() else "x" * len(shown.value)
        line = int(place(row)[3][1]) - 10
        for left, words in ((24, name[:10]), (206, text)):
            spot = (left, line)
            cv2.putText(page, words, spot, cv2.FONT_HERSHEY_SIMPLEX, 0.9, (30, 30, 30), 2)
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


def id_card(
    name: Shown, number: str = NUMBER_OK, *, seed: int = 0, more: Mapping[str, Shown] | None = None
) -> Drawn:
    """The portrait side of an identity card."""
    fields = {"name": name, "id_number": Shown(number), **(more or {})}
    return Drawn(DocumentType.ID_CARD, fields, seed=seed)


def low(value: str, *alternatives: str) -> Shown:
    """A value whose last character the machine was not sure of."""
    at = len(value) - 1
    return Shown(value, 0.3, (UnsureChar(at=at, score=0.3, alternatives=alternatives),))


MANY_TYPED: dict[str, object] = {
    "channel": "window",
    "matters": ["M2", "M4", "M7"],
    "accepted_on": "2026-11-20",
    "flex_type": "other",
    "employment": "flexible",
}


def many_doubts(seed: int = 100) -> list[Drawn]:
    """Three papers of one person, every value in doubt: 25 fields to settle."""
    person = {
        "name": low("韦昊炎", "燚", "焱"),
        "sex": low("男"),
        "ethnicity": low("壮"),
        "birth_date": low("1990-01-01"),
        "address": low("南宁市青秀区民族大道1号"),
        "id_number": low(NUMBER_OK),
    }
    back = {
        "issuing_authority": low("南宁市公安局"),
        "valid_from": low("2015-01-01"),
        "valid_to": low("2035-01-01"),
    }
    member = {
        **person,
        "household_type": low("家庭户"),
        "head_name": low("韦大"),
        "relation_to_head": low("子"),
        "household_number": low("01"),
    }
    permit = {**person, "current_address": low("南宁市兴宁区民主路2号"), **back}
    return [
        Drawn(DocumentType.ID_CARD, person, seed=seed),
        Drawn(DocumentType.ID_CARD, back, face="emblem", seed=seed + 1),
        Drawn(DocumentType.HUKOU, member, face="member", seed=seed + 2),
        Drawn(DocumentType.RESIDENCE_PERMIT, permit, face="front", seed=seed + 3),
    ]


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


class SeesRows(NothingRead):
    """An engine that sees a line in each row of ink, and takes every line to stand on its head."""

    def detect(self, image: Image, long_side_px: int = 960) -> list[Quad]:
        dark = np.asarray(image).min(axis=2) < 120
        rows = np.flatnonzero(np.diff(np.concatenate(([0], dark.any(axis=1), [0])).astype(int)))
        found: list[Quad] = []
        for top, bottom in rows.reshape(-1, 2).tolist():
            across = np.flatnonzero(dark[top:bottom].any(axis=0))
            left, right = float(across.min()), float(across.max() + 1)
            if right - left > 40:
                found.append(((left, top), (right, top), (right, bottom), (left, bottom)))
        return found

    def recognise(self, image: Image, quads: Sequence[Quad]) -> list[Line]:
        chars = tuple(Char(c, 0.99, i / 6, (i + 1) / 6) for i, c in enumerate("无关的文字"))
        return [Line("无关的文字", 0.99, quad, chars) for quad in quads]

    def read(self, image: Image, long_side_px: int = 960) -> list[Line]:
        return self.recognise(image, self.detect(image))

    def on_its_head(self, image: Image, quads: Sequence[Quad]) -> list[float]:
        return [1.0] * len(quads)


_engines: dict[int, OcrEngine] = {}


def made_tools(desk: Desk) -> None:
    """Make this process read for the desk, whichever was made since."""
    worker.start_with(desk.settings, _engines[id(desk)], None)


def make_desk(
    folder: Path, store: Store, engine: OcrEngine | None = None, settings: Settings | None = None
) -> Desk:
    """A desk over a store, with objects and outputs in ``folder``."""
    settings = settings or Settings(cache=folder / "cache")
    reader = fake_reader(settings, folder / "models", store, engine=engine)
    for name in ("records", "notices", "packets", "pictures"):
        (folder / "out" / name).mkdir(parents=True, exist_ok=True)
    objects = FolderObjects(folder / "out" / "objects")
    desk = Desk(settings, store, objects, reader, folder / "out", lambda: TODAY)
    _engines[id(desk)] = engine or NothingRead()
    return desk


def hand_in(
    desk: Desk, case_id: str, scans: Iterable[Drawn], typed: dict[str, object] | None = None
) -> None:
    """A case in the store as a run leaves it."""
    folder = desk.out / "made" / case_id
    folder.mkdir(parents=True)
    if typed is not None:
        (folder / "application.json").write_text(json.dumps(typed), encoding="utf-8")
    by_name = {}
    for number, drawn in enumerate(scans):
        path = folder / f"scan{number}.png"
        cv2.imwrite(str(path), picture(drawn))
        by_name[path.name] = drawn
    limits = desk.settings.limits
    stored = keep_entries(find_entries(folder, limits), desk.objects, limits)
    with desk.store.begin() as connection:
        arrive(connection, case_id, stored, source="inbox", stays=True)
    files = desk.loader.files(case_id)
    for source in files.files:
        face = face_of(by_name[source.name], source.name, source.sha256)
        reading = FileReading(sha256=source.sha256, pages=1, faces=(face,))
        desk.store.write_reading(desk.reader.key(source), reading)
    readings = desk.reader.read(files.files)
    result = make_case_record(files, readings, desk.reader.models, TODAY)
    desk.store.write_case(case_id, "k", CaseState.DONE, attempts=1)
    desk.store.write_record(case_id, "k", result.record, result.request)
