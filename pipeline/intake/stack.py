"""A stack: pages of many applications in one file, or in a folder as a feeder numbers them.

Each page comes as it is seen and as it can be kept: a page of a PDF as a PDF of its own, a frame
of a TIFF as a TIFF, a picture as it is. Nothing is drawn anew, so nothing is lost.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pypdfium2 as pdfium
from PIL import Image as Pillow
from PIL import TiffImagePlugin

from pipeline.finding import Finding
from pipeline.intake.inbox import natural_key
from pipeline.intake.kinds import HEAD_BYTES, FileKind, file_kind
from pipeline.intake.names import is_clutter, readable
from pipeline.intake.pdf import PDFIUM_TURN
from pipeline.intake.source import SourceFile, read_bytes, read_source
from pipeline.model import Image
from pipeline.settings import Limits

STACK_PAGES = 5000
"""Pages of one stack file: a feeder's tray holds 500 sheets, ten trays make a night."""
STACK_SECONDS = 7200.0
"""For reading all pages of one stack file, two for every second that a page takes."""


LOOK_DPI = 150
"""At which the pages of a PDF are looked at to see whether it is a stack: a module of a separator's
code is then ten pixels wide."""

LOSSLESS = ("tiff_deflate", "tiff_adobe_deflate", "tiff_lzw", "packbits", "group3", "group4")
"""Ways in which a frame of a TIFF is kept as it was packed; the first for all others, so that no
frame is packed with loss twice."""


@dataclass(frozen=True, slots=True)
class StackPage:
    """A page of a stack. ``name`` is the file it lies in, ``number`` its place there from 1;
    ``data`` the page alone as a file, ``suffix`` that file's ending."""

    name: str
    number: int
    image: Image
    data: bytes
    suffix: str


def stack_pages(path: Path, limits: Limits) -> Iterator[StackPage | Finding]:
    """The pages of a stack, one in memory at a time, in natural order of their files; what cannot
    be read comes as findings. Raises OSError where the folder cannot be listed."""
    roomy = limits.model_copy(update={"pages": STACK_PAGES, "seconds": STACK_SECONDS})
    files = sorted(_files(path), key=lambda file: natural_key(readable(file.name)))
    for file in files:
        yield from _pages(file, roomy)


def may_be_stack(path: Path) -> bool:
    """Whether a file is of a kind that can hold a stack. Raises OSError."""
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    return file_kind(head) == FileKind.PDF or head[:4] in (b"II*\0", b"MM\0*")


def glimpses(path: Path, limits: Limits) -> Iterator[Image]:
    """The pages of a file, good enough to see whether there are separators among them."""
    seconds, pages = STACK_SECONDS, STACK_PAGES
    coarse = limits.model_copy(update={"pages": pages, "seconds": seconds, "pdf_dpi": LOOK_DPI})
    for page in read_source(SourceFile(readable(path.name), path), coarse):
        if not isinstance(page, Finding):
            yield page.image


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for entry in path.iterdir():
        if entry.is_file() and not is_clutter(readable(entry.name)):
            yield entry


def _pages(file: Path, limits: Limits) -> Iterator[StackPage | Finding]:
    source = SourceFile(readable(file.name), file)
    cutter: _Cutter | None = None
    try:
        for page in read_source(source, limits):
            if isinstance(page, Finding):
                yield page
                continue
            cutter = cutter or _cutter(read_bytes(source, limits), file.suffix)
            number = page.source.page
            yield StackPage(source.name, number, page.image, cutter.page(number), cutter.suffix)
    finally:
        if cutter is not None:
            cutter.close()


class _Cutter:
    """Takes single pages out of a file; here of one that is a single page."""

    def __init__(self, data: bytes, suffix: str) -> None:
        self._data = data
        self.suffix = suffix.lower()

    def page(self, number: int) -> bytes:
        """The page alone, as a file."""
        del number
        return self._data

    def close(self) -> None:
        """Let go of the file."""


class _PdfCutter(_Cutter):
    def __init__(self, data: bytes) -> None:
        super().__init__(data, ".pdf")
        with PDFIUM_TURN:
            self._document = pdfium.PdfDocument(data)

    def page(self, number: int) -> bytes:
        out = io.BytesIO()
        with PDFIUM_TURN, pdfium.PdfDocument.new() as single:
            single.import_pages(self._document, [number - 1])
            single.save(out)
        return out.getvalue()

    def close(self) -> None:
        with PDFIUM_TURN:
            self._document.close()


class _TiffCutter(_Cutter):
    def __init__(self, data: bytes, picture: Pillow.Image) -> None:
        super().__init__(data, ".tif")
        self._picture = picture

    def page(self, number: int) -> bytes:
        self._picture.seek(number - 1)
        kept = self._picture.info.get("compression")
        dpi = self._picture.info.get("dpi", (0, 0))
        out = io.BytesIO()
        self._picture.save(
            out,
            "TIFF",
            compression=kept if kept in LOSSLESS else LOSSLESS[0],
            **({"dpi": dpi} if min(dpi) > 0 else {}),
        )
        return out.getvalue()

    def close(self) -> None:
        self._picture.close()


def _cutter(data: bytes, suffix: str) -> _Cutter:
    if file_kind(data[:HEAD_BYTES]) == FileKind.PDF:
        return _PdfCutter(data)
    with suppress(OSError, ValueError):
        picture = Pillow.open(io.BytesIO(data))
        if isinstance(picture, TiffImagePlugin.TiffImageFile) and picture.n_frames > 1:
            return _TiffCutter(data, picture)
    return _Cutter(data, suffix)
