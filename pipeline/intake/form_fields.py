"""What was typed into the fields of our own form, handed in as the PDF that it is.

Programs that fill in a form write its values, and draw them, or leave that to whoever shows the
form, or leave an older drawing (ISO 32000-1, 12.7.3.3). So the fields of ours are hidden while the
page is rendered, and what they hold is drawn here: what is read and what people see are one.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import cv2
import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from pipeline.model import FORM_CODE, Entry, Image, Point, Quad

TICKED = "true"
"""What an entry says of a box that is ticked."""
COMB = 1 << 24
"""Flag of a text field: one cell a character (ISO 32000-1, table 228)."""
LONGEST = 400
"""Characters of a field at most: a name, a number, an address."""
MOST_FIELDS = 400
TALL = 0.62
"""Height of what is drawn, in that of its field."""
INSET = 0.2
"""Free paper left of what is drawn, in heights of its field."""
SMALLEST_PX = 6
"""Size below which nothing is drawn smaller, whatever the room."""


@dataclass(frozen=True, slots=True)
class Filled:
    """An entry, and in how many cells it stands; 0 where it stands freely."""

    entry: Entry
    cells: int


def take_fields(
    page: pdfium.PdfPage, forms: pdfium.PdfFormEnv | None, pixels: tuple[int, int]
) -> list[Filled]:
    """What the fields of ours on a page hold, blank ones left out. All of them are hidden in the
    open document. ``pixels``: width and height at which the page is rendered."""
    if forms is None:
        return []
    found: list[Filled] = []
    for i in range(min(pdfium_c.FPDFPage_GetAnnotCount(page), MOST_FIELDS)):
        note = pdfium_c.FPDFPage_GetAnnot(page, i)
        if not note:
            continue
        if pdfium_c.FPDFAnnot_GetSubtype(note) == pdfium_c.FPDF_ANNOT_WIDGET:
            found += _taken(page, forms, note, pixels)
        pdfium_c.FPDFPage_CloseAnnot(note)
    return found


def _taken(
    page: pdfium.PdfPage,
    forms: pdfium.PdfFormEnv,
    note: pdfium_c.FPDF_ANNOTATION,
    pixels: tuple[int, int],
) -> Iterator[Filled]:
    name = _text(pdfium_c.FPDFAnnot_GetFormFieldName, forms, note)
    if not name.startswith(FORM_CODE + "/"):
        return
    flags = pdfium_c.FPDFAnnot_GetFlags(note)
    pdfium_c.FPDFAnnot_SetFlags(note, flags | pdfium_c.FPDF_ANNOT_FLAG_HIDDEN)
    value = _text(pdfium_c.FPDFAnnot_GetFormFieldValue, forms, note)
    if pdfium_c.FPDFAnnot_GetFormFieldType(forms, note) == pdfium_c.FPDF_FORMFIELD_CHECKBOX:
        # Programs set the value, or the state that is shown, or both.
        is_on = bool(pdfium_c.FPDFAnnot_IsChecked(forms, note)) or value not in ("", "Off")
        value = TICKED if is_on else ""
    value = " ".join(value.split())[:LONGEST]
    if not value:
        return
    cells = ctypes.c_float(0)
    if pdfium_c.FPDFAnnot_GetFormFieldFlags(forms, note) & COMB:
        pdfium_c.FPDFAnnot_GetNumberValue(note, b"MaxLen", cells)
    yield Filled(Entry(name, value, _quad(page, note, pixels)), round(cells.value))


def _text(ask: Callable[..., int], forms: pdfium.PdfFormEnv, note: object) -> str:
    """What pdfium answers in UTF-16, asked for the length first."""
    size = ask(forms, note, None, 0)
    if size <= 2:
        return ""
    buffer = ctypes.create_string_buffer(size)
    ask(forms, note, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
    return buffer.raw[: size - 2].decode("utf-16-le", "replace")


def _quad(page: pdfium.PdfPage, note: object, pixels: tuple[int, int]) -> Quad:
    """Where a field lies, in pixels of the page as it is rendered, whichever way it is turned."""
    rect = pdfium_c.FS_RECTF()
    pdfium_c.FPDFAnnot_GetRect(note, rect)
    places = []
    for x, y in ((rect.left, rect.top), (rect.right, rect.bottom)):
        across, down = ctypes.c_int(), ctypes.c_int()
        pdfium_c.FPDF_PageToDevice(page, 0, 0, *pixels, 0, x, y, across, down)
        places.append((float(across.value), float(down.value)))
    (x0, x1), (y0, y1) = (sorted(v) for v in zip(*places, strict=True))
    return ((x0, y0), (x1, y0), (x1, y1), (x0, y1))


def draw_entries(image: Image, fields: Sequence[Filled]) -> Image:
    """The page with what its fields hold: black, in the middle of each field's height."""
    if not fields:
        return image
    drawn = image.copy()
    for filled in fields:
        (x0, y0), _, (x1, y1), _ = filled.entry.quad
        if filled.entry.text == TICKED:
            _tick(drawn, (x0, y0), (x1, y1))
            continue
        left, top, right, bottom = (max(0, round(v)) for v in (x0, y0, x1, y1))
        part = drawn[top:bottom, left:right]
        if min(part.shape[:2]) > 3:
            part[:] = _written(part, filled)
    return drawn


def _tick(image: Image, start: Point, end: Point) -> None:
    (x0, y0), (x1, y1) = start, end
    stroke = np.array([(0.18, 0.5), (0.42, 0.76), (0.84, 0.2)]) * (x1 - x0, y1 - y0) + (x0, y0)
    wide = max(2, round((x1 - x0) * 0.11))
    cv2.polylines(image, [np.round(stroke).astype(np.int32)], False, (0, 0, 0), wide, cv2.LINE_AA)


def _written(part: Image, filled: Filled) -> Image:
    height, width = part.shape[:2]
    picture = Pillow.fromarray(np.ascontiguousarray(part[..., ::-1]))
    pen = ImageDraw.Draw(picture)
    size, text = round(height * TALL), filled.entry.text
    if filled.cells >= len(text):
        pitch = width / filled.cells
        for i, char in enumerate(text):
            at = (pitch * (i + 0.5), height / 2)
            pen.text(at, char, fill=(0, 0, 0), font=_font(size), anchor="mm")
    else:
        inset = INSET * height
        room = width - 2 * inset
        if (length := pen.textlength(text, font=_font(size))) > room:
            size = max(SMALLEST_PX, int(size * room / length) + 1)  # nearly so, but for hinting
            while size > SMALLEST_PX and pen.textlength(text, font=_font(size)) > room:
                size -= 1
        pen.text((inset, height / 2), text, fill=(0, 0, 0), font=_font(size), anchor="lm")
    return np.asarray(picture, np.uint8)[..., ::-1]


@lru_cache(maxsize=64)
def _font(size: int) -> ImageFont.FreeTypeFont:
    path = files("cvttf_NotoSansCJK_Regular") / "NotoSansCJKtc-Regular.otf"
    return ImageFont.truetype(str(path), size)
