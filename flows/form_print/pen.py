"""Writes Chinese text onto a PDF page as outlines of the bundled font: no reader needs the font."""

from __future__ import annotations

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from extractors.application_form.printed.geometry import FormPlace
from flows.form_print.outlines import Font

RISE = 0.88
"""Where the characters' base line lies, in their size from the top of their square."""
BOLD = 0.035
"""Width of the outline that makes characters bold, in their size."""

LOWER = (-0.3, -0.3)
"""Left and down, in ems: the font, Taiwan's, sets these marks in the middle of their square."""
_LOWERED = "，。、；："


class Pen:
    """Draws in millimetres from the left and top edges of a page that is ``height`` high."""

    def __init__(self, canvas: Canvas, height: float, font: Font) -> None:
        self.canvas, self.height, self.font = canvas, height, font

    def write(
        self, at: FormPlace, text: str, size: float, shade: float, *, bold: bool = False
    ) -> float:
        """Write a line. Returns where it ends, in millimetres."""
        x: float = at[0]
        base = at[1] + RISE * size
        path = self.canvas.beginPath()
        for char in text:
            glyph = self.font.glyph(char)
            begun = False
            right, up = LOWER if char in _LOWERED else (0.0, 0.0)
            for kind, v in glyph.segments:
                places = [
                    (x + (v[i] + right) * size) * mm
                    if i % 2 == 0
                    else self.up(base - (v[i] + up) * size)
                    for i in range(len(v))
                ]
                if kind == "M":
                    if begun:
                        path.close()
                    begun = True
                    path.moveTo(*places)
                elif kind == "L":
                    path.lineTo(*places)
                else:
                    path.curveTo(*places)
            if begun:
                path.close()
            x += glyph.advance * size
        self.canvas.setFillGray(shade)
        self.canvas.setStrokeGray(shade)
        self.canvas.setLineWidth(BOLD * size * mm)
        self.canvas.drawPath(path, stroke=int(bold), fill=1, fillMode=1)
        return float(x)

    def up(self, y: float) -> float:
        """Points from the bottom edge, as PDF counts."""
        return float((self.height - y) * mm)
