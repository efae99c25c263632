"""Separator sheets: printed by us, found again on scans whichever way they lie.

Five copies of one QR code lie on a sheet, so that a fold, a clip or a punch hole leaves one whole.
A sheet on which codes are seen and none can be read is a separator all the same.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import zxingcpp
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from extractors.application_form.printed.geometry import find_page
from flows.form_print.outlines import bundled_font
from flows.form_print.pen import Pen
from pipeline.image import grey_of, shrink
from pipeline.model import Image

PREFIX = "yijianshi-separator/1"
PAPER_MM = (210.0, 297.0)
CODE_MM = 50.0
PLACES_MM = ((15.0, 15.0), (145.0, 15.0), (80.0, 190.0), (15.0, 232.0), (145.0, 232.0))
"""Left and upper edges of the five codes on A4."""
SEEN_PX = 1600
"""Long side at which a page is searched for codes: a module of a code is then 15 pixels wide."""
BROKEN_CODES = 2
"""Codes that cannot be read, from which a page is a separator that suffered: a letter with one
QR code of somebody else's that is blurred is none."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the codes on a page say. ``separator``: the sheet's number, 0 where it cannot be read,
    None where the page is no separator; ``is_form``: the first page of our own form."""

    separator: int | None = None
    is_form: bool = False


def print_separators(count: int, first: int = 1) -> bytes:
    """``count`` separator sheets as one PDF, numbered from ``first``; the same bytes each time."""
    out = io.BytesIO()
    width, height = PAPER_MM
    canvas = Canvas(out, pagesize=(width * mm, height * mm), invariant=1)
    canvas.setTitle("分隔页")
    pen = Pen(canvas, height, bundled_font())
    for number in range(first, first + count):
        for x, y in PLACES_MM:
            _draw_code(canvas, f"{PREFIX}/{number}", x, y)
        pen.write((66.0, 88.0), "分隔页", 26.0, 0.0, bold=True)
        shown = str(number)
        pen.write((105.0 - 4.2 * len(shown), 122.0), shown, 14.0, 0.0)
        pen.write((35.0, 150.0), "放在每件申请材料的最上面，连同材料一起扫描。", 6.4, 0.0)
        pen.write((35.0, 160.0), "方向不限，可反复使用，请勿在二维码上书写。", 6.4, 0.0)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _draw_code(canvas: Canvas, text: str, x: float, y: float) -> None:
    side = CODE_MM * mm
    drawing = Drawing(side, side)
    drawing.add(QrCodeWidget(text, barLevel="H", barBorder=0, barWidth=side, barHeight=side))
    drawing.drawOn(canvas, x * mm, (PAPER_MM[1] - y - CODE_MM) * mm)


def codes_of(image: Image) -> Seen:
    """What the QR codes on a page say."""
    grey = np.ascontiguousarray(grey_of(shrink(image, SEEN_PX)[0]))
    found = zxingcpp.read_barcodes(
        grey, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode), return_errors=True
    )
    texts = [code.text for code in found if code.valid]
    for text in texts:
        if text.startswith(f"{PREFIX}/"):
            number = text.removeprefix(f"{PREFIX}/")
            return Seen(separator=int(number) if number.isascii() and number.isdigit() else 0)
    if not texts and sum(not code.valid for code in found) >= BROKEN_CODES:
        return Seen(separator=0)
    pages = [known for text in texts if (known := find_page(text)) is not None]
    return Seen(is_form=any(page.number == 1 for _, page in pages))
