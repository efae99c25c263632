"""Finds our printed form on a sheet by its QR code, and lays it flat.

The corner marks tell how it lies; where one is cut off, in a shadow or under a finger, the printed
words do. Then every printed frame is looked for, and the page laid flat once more on all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
import zxingcpp

from extractors.application_form.boxes import Darkness, darkness_of
from extractors.application_form.printed.frames import (
    Spot,
    TickFrame,
    displacement,
    find_spots,
    is_seen,
)
from extractors.application_form.printed.geometry import FormPage, FormPlace, PrintedForm, find_page
from extractors.application_form.printed.marks import lay_on_marks
from extractors.application_form.printed.words import find_words
from pipeline.image import Points, grey_of, invert, scale_matrix, warp
from pipeline.model import Image, Matrix, Sheet

SCALE = 10
"""Pixels a millimetre of the flat form."""
WORDS_OFF_MM = 3.0
"""How far printed words may lie from where the others say: an engine's boxes are rough."""
WORDS_MIN = 8
"""Ends of words at least, without the marks."""
REACH_MM = (2.4, 1.2)
"""How far a frame may lie from its place before and after the page is laid on its frames."""
FIT_MM = (0.9, 0.5)
"""And how far off the others."""
FRAMES_MIN = 0.75
"""Part of all frames that must be seen at their places, or the page is not read by places."""


_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


@dataclass(frozen=True, slots=True)
class FlatForm:
    """A page of the form. ``sheet`` is flat, SCALE pixels a millimetre; ``dark`` its ink, 0 to 1;
    ``ticks`` where the boxes lie, ``seen`` which of them are to be seen."""

    form: PrintedForm
    page: FormPage
    sheet: Sheet
    dark: Darkness
    ticks: tuple[Spot, ...]
    seen: tuple[bool, ...]


def find_form(sheet: Sheet) -> FlatForm | None:
    """The form on a sheet; None where there is no code of ours, or its boxes are not where they
    should be: then the words must do."""
    grey = np.ascontiguousarray(grey_of(sheet.image))
    for code in zxingcpp.read_barcodes(grey, formats=_QR):
        found = find_page(code.text)
        if found is None:
            continue
        form, page = found
        p = code.position
        seen = np.array(
            [(q.x, q.y) for q in (p.top_left, p.top_right, p.bottom_right, p.bottom_left)],
            dtype=np.float64,
        )
        for guess in _guesses(sheet, form, page, seen, grey):
            if (flat := _laid(sheet, form, page, guess)) is not None:
                return flat
    return None


def _guesses(
    sheet: Sheet, form: PrintedForm, page: FormPage, code: Points, grey: Image
) -> Iterator[Matrix]:
    """Maps of the flat form's pixels to the sheet's."""
    by_marks = lay_on_marks(form, code, grey)
    if by_marks is not None:
        yield by_marks @ scale_matrix(1 / SCALE)
    printed, read = find_words(sheet.lines, form, page)
    if len(printed) >= WORDS_MIN:
        x, y = form.code.at
        side = form.code.side
        corners = np.array([(x, y), (x + side, y), (x + side, y + side), (x, y + side)])
        there = np.vstack([read, code])
        flat = np.vstack([printed, corners]) * SCALE
        to_flat, fitting = cv2.findHomography(there, flat, cv2.RANSAC, WORDS_OFF_MM * SCALE)
        if to_flat is not None and fitting.sum() >= WORDS_MIN:
            yield invert(to_flat.astype(np.float64))


def _laid(sheet: Sheet, form: PrintedForm, page: FormPage, guess: Matrix) -> FlatForm | None:
    """The page laid on its frames, from a guess of how it lies."""
    frames = list(_frames(form, page))
    to_sheet = guess
    for reach, within in zip(REACH_MM, FIT_MM, strict=True):
        dark = darkness_of(_warped(sheet, form, to_sheet))
        spots = find_spots(dark, frames, round(reach * SCALE))
        moved = displacement(spots, within * SCALE)
        if moved is None or moved[1] < FRAMES_MIN:
            return None
        to_sheet = to_sheet @ moved[0]
    return _flat(sheet, form, page, to_sheet)


def as_printed(sheet: Sheet, form: PrintedForm, page: FormPage) -> FlatForm:
    """The page as it fills a sheet: that of a PDF which is known to be this page."""
    height, width = sheet.image.shape[:2]
    across, down = width / (form.size[0] * SCALE), height / (form.size[1] * SCALE)
    return _flat(sheet, form, page, np.diag([across, down, 1.0]))


def _flat(sheet: Sheet, form: PrintedForm, page: FormPage, to_sheet: Matrix) -> FlatForm:
    frames = list(_frames(form, page))
    image = _warped(sheet, form, to_sheet)
    dark = darkness_of(image)
    spots = find_spots(dark, frames, round(FIT_MM[-1] * SCALE))
    flat = replace(sheet, image=image, lines=(), to_page=sheet.to_page @ to_sheet)
    count = len(page.tick)
    return FlatForm(form, page, flat, dark, tuple(spots[:count]), tuple(is_seen(spots)[:count]))


def _frames(form: PrintedForm, page: FormPage) -> Iterator[TickFrame]:
    """Every printed frame, the boxes to tick first."""

    def frame(at: FormPlace, width: float, height: float) -> TickFrame:
        x, y, w, h = (round(v * SCALE) for v in (*at, width, height))
        return TickFrame(x, y, w, h)

    for tick in page.tick:
        yield frame(tick.at, form.tick, form.tick)
    for comb in page.comb:
        starts = [0, *comb.gaps, comb.cells]
        cells = form.cells(comb)
        for first, last in pairwise(starts):
            yield frame(cells[first], (last - first) * form.cell[0], form.cell[1])
    for area in page.area:
        if area.look == "box":
            yield frame(area.at, *area.size)


def _warped(sheet: Sheet, form: PrintedForm, to_sheet: Matrix) -> Image:
    return warp(sheet.image, to_sheet, (round(form.size[0] * SCALE), round(form.size[1] * SCALE)))
