"""Prints our own application form (``extractors.application_form.printed``) as a PDF."""

from __future__ import annotations

import io
from collections.abc import Sequence

from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from extractors.application_form.printed.geometry import FormPage, FormPlace, PrintedForm
from extractors.application_form.printed.words import BESIDE_MM, WORDS_MM
from flows.form_print.outlines import Font, bundled_font
from flows.form_print.pen import Pen

FORM_INK, GREY, FRAME = 0.0, 0.32, 0.25
"""Greys of print, of labels, and of boxes and lines; darker survives a copier."""


def print_form(form: PrintedForm, pages: Sequence[FormPage]) -> bytes:
    """The pages as one PDF; the same bytes for the same form."""
    out = io.BytesIO()
    width, height = form.size
    canvas = Canvas(out, pagesize=(width * mm, height * mm), invariant=1)
    canvas.setTitle("灵活就业参保“一件事”申请表")
    canvas.setSubject(f"样式 {form.version}")
    printer = _Printer(canvas, form, bundled_font())
    for page in pages:
        printer.draw(page)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


class _Printer(Pen):
    def __init__(self, canvas: Canvas, form: PrintedForm, font: Font) -> None:
        super().__init__(canvas, form.size[1], font)
        self.form = form

    def draw(self, page: FormPage) -> None:
        """One page."""
        self._marks(page)
        for rule in page.rule:
            self._line(rule.start, rule.end, rule.width, GREY)
        for text in page.text:
            shade = FORM_INK if text.tone == "ink" else GREY
            self.write(text.at, text.text, text.size, shade, bold=text.weight == "bold")
        for tick in page.tick:
            x, y = tick.at
            side = self.form.tick
            self._box(x, y, side, side, 0.28)
            end = self.write((x + side + BESIDE_MM, y + 0.4), tick.text, WORDS_MM, FORM_INK)
            if tick.note:
                self.write((end + 2, y + 0.75), f"（{tick.note}）", 2.7, GREY)
        for comb in page.comb:
            for x, y in self.form.cells(comb):
                self._box(x, y, *self.form.cell, 0.2)
        for area in page.area:
            (x, y), (width, height) = area.at, area.size
            if area.look == "box":
                self._box(x, y, width, height, 0.2)
            else:
                self._line((x, y + height), (x + width, y + height), 0.2, FRAME)

    def _marks(self, page: FormPage) -> None:
        form, half = self.form, self.form.mark / 2
        self.canvas.setFillGray(0)
        for x, y in form.marks:
            self._fill(x - half, y - half, form.mark, form.mark)
        code = QrCodeWidget(
            form.code_text(page.number),
            barLevel="M",
            barBorder=0,
            barWidth=form.code.side * mm,
            barHeight=form.code.side * mm,
        )
        drawing = Drawing(form.code.side * mm, form.code.side * mm)
        drawing.add(code)
        x, y = form.code.at
        drawing.drawOn(self.canvas, x * mm, self.up(y + form.code.side))

    def _box(self, x: float, y: float, width: float, height: float, stroke: float) -> None:
        self.canvas.setStrokeGray(FRAME)
        self.canvas.setLineWidth(stroke * mm)
        self.canvas.rect(x * mm, self.up(y + height), width * mm, height * mm)

    def _fill(self, x: float, y: float, width: float, height: float) -> None:
        self.canvas.rect(x * mm, self.up(y + height), width * mm, height * mm, stroke=0, fill=1)

    def _line(self, start: FormPlace, end: FormPlace, width: float, shade: float) -> None:
        self.canvas.setStrokeGray(shade)
        self.canvas.setLineWidth(width * mm)
        self.canvas.line(start[0] * mm, self.up(start[1]), end[0] * mm, self.up(end[1]))
