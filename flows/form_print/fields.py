"""The fields of our own form's PDF (AcroForm, ISO 32000-1, 12.7): what is printed, to type into.

They bear the names by which :mod:`extractors.application_form.printed.filled` knows them, have no
look of their own, and lie exactly on what is printed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from extractors.application_form.printed.geometry import FormPage, FormPlace, PrintedForm
from pipeline.finding import field_label

WHEN = {"change_old": "变更前", "change_new": "变更后"}


@dataclass(frozen=True, slots=True)
class PdfField:
    """A field: its name, what a viewer calls it, left top and size in millimetres, and how many
    cells it has; 0 where it has none."""

    name: str
    label: str
    at: FormPlace
    size: FormPlace
    cells: int = 0
    is_tick: bool = False


def fields_of(form: PrintedForm, page: FormPage) -> Iterator[PdfField]:
    """Every field of a page in the order in which people fill them in: from the top."""
    found = [*_ticks(form, page), *_combs(form, page), *_lines(form, page)]
    yield from sorted(found, key=lambda f: (round(f.at[1] + f.size[1] / 2), f.at[0]))


def draw_fields(canvas: Canvas, form: PrintedForm, page: FormPage) -> None:
    """Put the page's fields on the canvas's page."""
    for field in fields_of(form, page):
        (x, y), (width, height) = field.at, field.size
        place = {"x": x * mm, "y": (form.size[1] - y - height) * mm}
        look = {"borderWidth": 0, "borderColor": None, "fillColor": None}
        if field.is_tick:
            canvas.acroForm.checkbox(
                name=field.name,
                tooltip=field.label,
                size=width * mm,
                fieldFlags="",
                **place,
                **look,
            )
            continue
        canvas.acroForm.textfield(
            name=field.name,
            tooltip=field.label,
            width=width * mm,
            height=height * mm,
            maxlen=field.cells or None,
            fieldFlags="comb doNotSpellCheck" if field.cells else "doNotSpellCheck",
            **place,
            **look,
        )


def _ticks(form: PrintedForm, page: FormPage) -> Iterator[PdfField]:
    for tick in page.tick:
        name = form.field_name(page.number, f"{tick.key}:{tick.code}")
        label = f"{field_label(tick.key)}：{tick.text}"
        yield PdfField(name, label, tick.at, (form.tick, form.tick), is_tick=True)


def _combs(form: PrintedForm, page: FormPage) -> Iterator[PdfField]:
    for comb in page.comb:
        if not comb.gaps:
            size = (form.cell[0] * comb.cells, form.cell[1])
            name = form.field_name(page.number, comb.key)
            yield PdfField(name, field_label(comb.key), comb.at, size, comb.cells)


def _lines(form: PrintedForm, page: FormPage) -> Iterator[PdfField]:
    count = Counter[str]()
    for area in page.area:
        if area.look != "line":
            continue
        count[area.key] += 1
        number = count[area.key]
        key, _, item = area.key.partition(":")
        label = f"{WHEN[key]}：{field_label(item)}" if item else field_label(key)
        label += "（续行）" if number > 1 else ""
        name = form.field_name(page.number, area.key, number)
        yield PdfField(name, label, area.at, area.size)
