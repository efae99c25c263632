"""Finds our printed form on a sheet by its QR code, and lays it flat on its corner marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from extractors.application_form.printed.geometry import Form, FormPage, Place, find_page
from pipeline.image import Points, apply, grey_of, warp
from pipeline.model import Image, Matrix, Sheet

SCALE = 10
"""Pixels a millimetre of the flat form."""
NEAR = 0.09
"""How far from its expected place a mark may lie, in its distance from what is known already."""
NEAR_MIN_MM = 5.0
LIKE = (0.45, 1.7)
"""Area of a mark on the sheet, in its expected area."""
FULL = 0.8
"""Part of a mark's smallest box that is ink."""


_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


@dataclass(frozen=True, slots=True)
class FlatForm:
    """A page of the form. ``sheet`` is flat, SCALE pixels a millimetre."""

    form: Form
    page: FormPage
    sheet: Sheet


def find_form(sheet: Sheet) -> FlatForm | None:
    """The form on a sheet; None where there is no code of ours, or a mark is not to be seen: then
    the words must do."""
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
        to_sheet = _lay(form, seen, _squares(grey))
        if to_sheet is None:
            continue
        size = (round(form.size[0] * SCALE), round(form.size[1] * SCALE))
        flat = Sheet(
            image=warp(sheet.image, to_sheet, size),
            source=sheet.source,
            rotation=sheet.rotation,
            to_page=sheet.to_page @ to_sheet,
        )
        return FlatForm(form, page, flat)
    return None


def _lay(form: Form, code: Points, squares: Points) -> Matrix | None:
    """Maps the flat form's pixels to the sheet. From the code, mark after mark: the nearest first,
    each narrowing down where the next must be."""
    x, y = form.code.at
    side = form.code.side
    known: list[Place] = [(x, y), (x + side, y), (x + side, y + side), (x, y + side)]
    seen = [tuple(p) for p in code]
    middle = np.array([x + side / 2, y + side / 2])
    corners: list[tuple[Place, Place]] = []
    for mark in sorted(form.marks, key=lambda m: float(np.hypot(*(np.array(m) - middle)))):
        to_sheet = _fit(known, seen, plane=len(corners) >= 3)
        expected = apply(to_sheet, [mark])[0]
        pixels = float(np.sqrt(abs(np.linalg.det(to_sheet[:2, :2]))))
        away = min(float(np.hypot(*(np.array(mark) - np.array(k)))) for k in known)
        within = max(NEAR * away, NEAR_MIN_MM) * pixels
        area = (form.mark * pixels) ** 2
        near = [
            s
            for s in squares
            if np.hypot(*(s[:2] - expected)) <= within and LIKE[0] <= s[2] / area <= LIKE[1]
        ]
        if not near:
            return None
        best = min(near, key=lambda s: float(np.hypot(*(s[:2] - expected))))
        known.append(mark)
        seen.append((float(best[0]), float(best[1])))
        corners.append((mark, (float(best[0]), float(best[1]))))
    flat = np.array([c[0] for c in corners], np.float32) * SCALE
    there = np.array([c[1] for c in corners], np.float32)
    return cast(Matrix, cv2.getPerspectiveTransform(flat, there).astype(np.float64))


def _fit(known: Sequence[Place], seen: Sequence[Sequence[float]], *, plane: bool) -> Matrix:
    """Millimetres to pixels: an affine map, or a homography once there are points enough."""
    a, b = np.array(known, np.float64), np.array(seen, np.float64)
    if plane:
        found, _ = cv2.findHomography(a[3:], b[3:], 0)
        if found is not None:
            return cast(Matrix, found)
    ones = np.hstack([a, np.ones((len(a), 1))])
    rows, *_ = np.linalg.lstsq(ones, b, rcond=None)
    return np.vstack([rows.T, [0.0, 0.0, 1.0]])


def _squares(grey: Image) -> NDArray[np.float64]:
    """Solid dark squares: x and y of the middle, area. N x 3."""
    window = max(31, grey.shape[1] // 12) | 1
    ink = cv2.adaptiveThreshold(
        grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, window, 25
    )
    opened = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    contours, _ = cv2.findContours(opened, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    found = []
    for contour in contours:
        (x, y), (w, h), _ = cv2.minAreaRect(contour)
        area = cv2.contourArea(contour)
        if min(w, h) >= 8 and max(w, h) <= 1.6 * min(w, h) and area >= FULL * (w - 1) * (h - 1):
            found.append((x, y, area))
    return np.array(found, dtype=np.float64).reshape(-1, 3)
