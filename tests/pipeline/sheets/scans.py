"""Small scans, PDFs and archives for the tests of intake."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from pipeline.finding import Finding
from pipeline.intake import SourceFile, read_source
from pipeline.model import Page
from pipeline.settings import Limits

LIMITS = Limits()
A4_POINTS = (595.0, 842.0)


def picture(width: int = 120, height: int = 80, mode: str = "RGB") -> Image.Image:
    """White, with a red block in the top left quarter and a black one in the bottom right."""
    pixels = np.full((height, width, 3), 255, dtype=np.uint8)
    pixels[: height // 2, : width // 2] = (200, 0, 0)
    pixels[height // 2 :, width // 2 :] = 0
    return Image.fromarray(pixels).convert(mode)


def encoded(image: Image.Image, format_: str, **options: Any) -> bytes:
    """The picture as the bytes of a file."""
    buffer = io.BytesIO()
    image.save(buffer, format_, **options)
    return buffer.getvalue()


def heic(name: str) -> bytes:
    """A HEIC file: ``colours`` (as :func:`picture`), ``noise`` or ``portrait``. Kept as files,
    since what decodes HEIC here does not write it."""
    return (Path(__file__).parents[2] / "pictures" / f"{name}.heic").read_bytes()


def noise(seed: int, width: int = 120, height: int = 80) -> Image.Image:
    """A picture like no other."""
    values = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(values)


def zipped(content: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive of these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def scanned_pdf(images: Iterable[Image.Image], dpi: float = 200.0, password: str = "") -> bytes:
    """A PDF whose pages are these pictures and nothing else."""
    buffer = io.BytesIO()
    encryption = StandardEncryption(password) if password else None
    canvas = Canvas(buffer, encrypt=encryption)
    for image in images:
        size = image.width * 72 / dpi, image.height * 72 / dpi
        canvas.setPageSize(size)
        canvas.drawImage(ImageReader(image), 0, 0, *size)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def blank_pdf(pages: int) -> bytes:
    """A PDF of empty pages."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4_POINTS)
    for _ in range(pages):
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def read_all(path: Path | SourceFile, limits: Limits = LIMITS) -> list[Page | Finding]:
    """All that a file gives."""
    return list(read_source(path, limits))


def read_pages(path: Path | SourceFile, limits: Limits = LIMITS) -> list[Page]:
    """The pages of a file that gives nothing but pages."""
    found = read_all(path, limits)
    assert all(isinstance(page, Page) for page in found), found
    return [page for page in found if isinstance(page, Page)]


def read_finding(path: Path | SourceFile, limits: Limits = LIMITS) -> Finding:
    """The finding of a file that gives that and nothing else."""
    (found,) = read_all(path, limits)
    assert isinstance(found, Finding)
    return found
