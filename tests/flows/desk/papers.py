"""Scans whose reading is known beforehand, and a pool that "reads" them: pages are told, pictures
written, readings kept as in a real run; only the engine and the processes are left out.
"""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import cv2
import numpy as np
from PIL import Image

from flows import worker
from flows.pictures import write_pictures, write_turned
from flows.pool import OcrPool
from flows.reading import Reader
from flows.telling import Address, Mouth, PageTold
from pipeline.file_reading import FileReading
from pipeline.intake.source import SourceFile
from pipeline.model import Document, Face, Page, PageRef, Quad, Source
from pipeline.settings import Settings
from pipeline.store.cases import Store
from tests.flows.fake_reading import model_folders
from tests.reader import NothingRead
from validators.photo import FaceModels

P = ParamSpec("P")
T = TypeVar("T")

WIDTH_PX, HEIGHT_PX = 1200, 800
EMBLEM = frozenset({"issuing_authority", "valid_from", "valid_to"})


@dataclass(slots=True)
class Scans:
    """Scans in a folder, with what each holds: a list of faces a page."""

    folder: Path
    known: dict[str, tuple[tuple[Face, ...], ...]] = field(default_factory=dict)

    def scan(self, name: str, *pages: Document, number: int = 0, padding: int = 0) -> Path:
        """A file with one paper a page; more than one page makes a TIFF. ``padding``: bytes behind
        the picture, ``number``: tells scans of the same paper apart."""
        path = self.folder / name
        images = [_drawn(document, number + n) for n, document in enumerate(pages)]
        kind = ".tif" if len(images) > 1 else Path(name).suffix
        path.write_bytes(_encoded(images, kind) + bytes(padding))
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        self.known[sha256] = tuple(
            tuple(_faces(document, PageRef(file=name, page=n, sha256=sha256)))
            for n, document in enumerate(pages, start=1)
        )
        return path


class PaperPool(OcrPool):
    """Answers for scans that it knows; what it does not know is read as it is, without an engine.

    ``hold``: while it is cleared, reading waits before each page. ``deaths``: how many times a
    child dies first.
    """

    def __init__(self, scans: Scans, address: Address | None = None) -> None:
        super().__init__(2, _no_start, ())
        self._scans = scans
        self._mouth = None if address is None else Mouth(address)
        self._threads = ThreadPoolExecutor(2)
        self.hold = threading.Event()
        self.hold.set()
        self.read: list[str] = []

    def warm(self) -> None:
        """Nothing to start."""

    def submit(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """A future, done in a thread."""
        if work is worker.read_file:
            source, pictures = cast(tuple[SourceFile, Path | None], args)
            return cast("Future[T]", self._threads.submit(self._read, source, pictures))
        return self._threads.submit(work, *args, **kwargs)

    def close(self) -> None:
        """Read no more."""
        self.hold.set()
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _read(self, source: SourceFile, pictures: Path | None) -> FileReading:
        self.read.append(source.name)
        pages = self._scans.known.get(source.sha256)
        if pages is None:
            self.hold.wait(20)
            return worker.read_file(source, pictures)
        found: list[Face] = []
        for number, faces in enumerate(pages, start=1):
            self.hold.wait(20)
            faces = tuple(_named(face, source.name) for face in faces)
            if pictures is not None:
                image = _blank()
                for face in faces:
                    _write(image, face.fields)
                page = Page(image, Source(source.name, number, source.sha256))
                write_pictures(page, faces, pictures)
                for ref in {face.page for face in faces}:
                    write_turned(image, ref, pictures)
            if self._mouth is not None:
                self._mouth.say(PageTold(sha256=source.sha256, page=number, faces=faces))
            found += faces
        return FileReading(sha256=source.sha256, pages=len(pages), faces=tuple(found))


def paper_reader(
    settings: Settings,
    folder: Path,
    store: Store,
    scans: Scans,
    pictures: Path,
    faces: FaceModels | None = None,
) -> Callable[[Address], Reader]:
    """What makes the counter's reader of known scans; with ``faces`` it judges photos too."""
    worker.start_with(settings, NothingRead(), faces)

    def made(address: Address) -> Reader:
        pool = PaperPool(scans, address)
        return Reader(
            settings,
            2,
            store=store,
            pictures=pictures,
            weights=model_folders(folder),
            pool=pool,
            address=address,
        )

    return made


def _no_start() -> None:
    pass


def _named(face: Face, file: str) -> Face:
    return face.model_copy(update={"page": face.page.model_copy(update={"file": file})})


def _faces(document: Document, ref: PageRef) -> list[Face]:
    """The document's faces, with a box for every value."""
    boxed = {
        name: reading.model_copy(update={"box": _box(position), "page": 0})
        for position, (name, reading) in enumerate(document.fields.items())
    }
    made = []
    for face in document.faces or ("page",):
        only_emblem = face == "emblem"
        fields = {
            name: reading
            for name, reading in boxed.items()
            if len(document.faces) < 2 or (name in EMBLEM) == only_emblem
        }
        made.append(
            Face(
                type=document.type,
                face=face,
                score=1.0,
                page=ref,
                fields=fields,
                marks=dict(document.marks),
                quality=document.quality,
            )
        )
    return made


def _box(position: int) -> Quad:
    left, top = 420.0, 40.0 + 60 * position
    return ((left, top), (left + 640, top), (left + 640, top + 44), (left, top + 44))


def _blank() -> Any:
    return np.full((HEIGHT_PX, WIDTH_PX, 3), 246, np.uint8)


def _write(image: Any, fields: Mapping[str, Any]) -> None:
    for name, reading in fields.items():
        x, y = map(int, reading.box[3])
        text = "".join(c if c.isascii() else "#" for c in reading.value)
        ink = (40, 40, 40)
        cv2.putText(image, name, (40, y - 10), cv2.FONT_HERSHEY_SIMPLEX, 0.8, ink, 1, cv2.LINE_AA)
        cv2.putText(image, text, (x, y - 10), cv2.FONT_HERSHEY_SIMPLEX, 1.1, ink, 2, cv2.LINE_AA)


def _drawn(document: Document, number: int) -> Any:
    image = _blank()
    boxed = {
        name: reading.model_copy(update={"box": _box(position)})
        for position, (name, reading) in enumerate(document.fields.items())
    }
    _write(image, boxed)
    place = (40, HEIGHT_PX - 20)  # no two scans are the same
    cv2.putText(image, f"No. {number}", place, cv2.FONT_HERSHEY_SIMPLEX, 1.0, (90, 90, 90), 2)
    return image


def _encoded(images: list[Any], kind: str) -> bytes:
    if len(images) > 1:
        first, *rest = (Image.fromarray(image) for image in images)
        out = io.BytesIO()
        first.save(out, "TIFF", save_all=True, append_images=rest, compression="tiff_lzw")
        return out.getvalue()
    done, data = cv2.imencode(kind, images[0])
    assert done
    return bytes(data.tobytes())
