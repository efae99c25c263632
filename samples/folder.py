"""A case folder in the making: scans under the odd names that scanners and phones give, the typed
application, and what a reader should make of them."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import cv2
import numpy as np
from PIL import Image

from samples.draw import Drawn, Kit, Pixels
from samples.fonts import Shelf
from samples.phone import photograph
from samples.scanner import flatbed, office, rounded

_THEN = time.struct_time((2026, 11, 23, 9, 0, 0, 0, 327, 0))


@dataclass(frozen=True)
class Expectation:
    """What the record of a case must say.

    ``status`` and ``matters`` (code -> status) as in contract.md; rules in ``must_have`` must be
    found, those in ``must_not_have`` must not; ``fields`` are of ``applicant`` (dotted names go
    into its parts); ``why`` tells people what the case is about.
    """

    status: str
    matters: Mapping[str, str]
    why: str
    must_have: tuple[str, ...] = ()
    must_not_have: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    documents: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As ``inbox-expected.json`` writes it."""
        return {
            "status": self.status,
            "matters": dict(self.matters),
            "must_have": list(self.must_have),
            "must_not_have": list(self.must_not_have),
            "fields": dict(self.fields),
            "documents": list(self.documents),
            "why": self.why,
        }


class Folder:
    """One case: files by name, and what is expected."""

    def __init__(self, case_id: str, seed: str, shelf: Shelf):
        self.case_id = case_id
        self.rng = Random(f"{seed}/inbox/{case_id}")
        self.shelf = shelf
        self.files: dict[str, bytes] = {}
        self.zipped = False

    def kit(self) -> Kit:
        """Typefaces for a new document."""
        return Kit(self.rng, self.shelf)

    # ------------------------------------------------------------------ scans

    def scan(self, name: str, face: Drawn) -> None:
        """A paper on a flatbed, at 200 DPI."""
        self.files[name] = _jpeg(flatbed(face.image, self.rng, turning=False, dpi=200).image, 74)

    def copy(self, name: str, *faces: Drawn, **options: Any) -> None:
        """A copier's page with these papers upon it; options of :func:`samples.scanner.office`."""
        self.files[name] = _jpeg(self.page(*faces, **options), 66)

    def page(self, *faces: Drawn, **options: Any) -> Pixels:
        """The pixels of a copier's page."""
        images = [rounded(f.image) if f.image.shape[1] < 1100 else f.image for f in faces]
        return office(images, self.rng, self.kit(), **{"stamp": False, **options}).image

    def photo(self, name: str, face: Drawn, long_side: int = 1920) -> None:
        """A phone's picture of a paper."""
        shot = photograph(face.image, self.rng, long_side=long_side, gentle=True)
        self.files[name] = _jpeg(shot.image, 76)

    def pdf(self, name: str, *pages: Pixels) -> None:
        """Scanned pages in one PDF."""
        images = [_pillow(p) for p in pages]
        out = io.BytesIO()
        images[0].save(
            out,
            "PDF",
            save_all=True,
            append_images=images[1:],
            resolution=200,
            quality=68,
            creationDate=_THEN,
            modDate=_THEN,
        )
        self.files[name] = out.getvalue()

    def tiff(self, name: str, *pages: Pixels) -> None:
        """Scanned pages in one TIFF, grey, as an office machine sends them."""
        images = [_pillow(p).convert("L") for p in pages]
        out = io.BytesIO()
        images[0].save(
            out,
            "TIFF",
            save_all=True,
            append_images=images[1:],
            compression="jpeg",
            quality=70,
            dpi=(200, 200),
        )
        self.files[name] = out.getvalue()

    def asks(self, request: Mapping[str, Any]) -> None:
        """What the clerk typed."""
        text = json.dumps(request, ensure_ascii=False, indent=1)
        self.files["application.json"] = (text + "\n").encode()

    # ------------------------------------------------------------------ writing

    def write(self, inbox: Path) -> None:
        """Write the folder, or the zip. Raises OSError where that cannot be done."""
        if self.zipped:
            with zipfile.ZipFile(inbox / f"{self.case_id}.zip", "w") as archive:
                for name, data in self.files.items():
                    entry = zipfile.ZipInfo(f"{self.case_id}/{name}", _THEN[:6])
                    archive.writestr(entry, data)
            return
        folder = inbox / self.case_id
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in self.files.items():
            (folder / name).write_bytes(data)


def _jpeg(image: Pixels, quality: int) -> bytes:
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def _pillow(image: Pixels) -> Image.Image:
    return Image.fromarray(np.ascontiguousarray(image[:, :, ::-1]))
