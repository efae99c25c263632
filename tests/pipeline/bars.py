"""Drawn papers whose lines are bars, and an OcrEngine that reads bars: no model needed.

A bar's first tenth is only half as high (its lower half), so that a bar on its head is known;
its grey level is its name.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from pipeline.image import grey_of, warp
from pipeline.model import Image, Line, Matrix, Page, Quad, Source
from pipeline.ocr.line_picture import cut_line

CARD = (600, 378)
"""A card in pixels: ID-1, drawn so that a bar is as high as its print."""
INK = 90
"""Bars are darker than this, and nothing else is."""


class BarEngine:
    """Finds bars by their darkness and says their names: ``第12行文字`` for grey level 12."""

    fingerprint = "bars"

    def __init__(self) -> None:
        self.detections = 0
        self.lines_read = 0

    def detect(self, image: Image, long_side_px: int = 960) -> list[Quad]:
        self.detections += 1
        dark = np.where(grey_of(image) < INK, 255, 0).astype(np.uint8)
        contours, _ = cv2.findContours(dark, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        quads: list[Quad] = []
        for contour in contours:
            if cv2.contourArea(contour) < 60:
                continue
            points = cv2.boxPoints(cv2.minAreaRect(contour))
            points = np.roll(points, -int(np.argmin(points.sum(axis=1))), axis=0)
            a, b, c, d = ((float(x), float(y)) for x, y in points)
            quads.append((a, b, c, d))
        return quads

    def recognise(self, image: Image, quads: Sequence[Quad]) -> list[Line]:
        self.lines_read += len(quads)
        return [self._read(image, quad) for quad in quads]

    def read(self, image: Image, long_side_px: int = 960) -> list[Line]:
        return self.recognise(image, self.detect(image, long_side_px))

    def _read(self, image: Image, quad: Quad) -> Line:
        cut, quad = cut_line(image, quad)
        grey = grey_of(cut)
        height, width = grey.shape
        if width < 3 * height:
            return Line("", 0.0, quad)
        middle = grey[height // 3 : -height // 3, width // 3 : -width // 3]
        notch = grey[: height // 2, : width // 14]
        upright = float(np.median(notch)) > INK
        name = f"第{int(np.median(middle))}行文字"
        return Line(name if upright else "丨丨丨丨", 0.98 if upright else 0.45, quad)


def paper(
    width: int, height: int, names: Sequence[int], *, tone: tuple[int, int, int] = (235, 225, 215)
) -> Image:
    """A paper with its lines spread evenly from the top; BGR ``tone``. A bar is 20 px high."""
    image = np.full((height, width, 3), tone, np.uint8)
    step = (height - 60) / max(len(names), 1)
    for i, name in enumerate(names):
        top = round(40 + i * step)
        length = round(width * (0.82 if i % 2 else 0.55))
        draw_bar(image, 30, top, min(length, width - 60), name)
    return image


def draw_bar(image: Image, left: int, top: int, length: int, name: int) -> None:
    """One bar, 20 px high."""
    image[top : top + 20, left + length // 10 : left + length] = name
    image[top + 10 : top + 20, left : left + length // 10] = name


def lay(scan: Image, sheet: Image, corners: Sequence[tuple[float, float]]) -> None:
    """Lay a sheet on a scan, its corners (clockwise from its top left) at these positions."""
    height, width = sheet.shape[:2]
    flat = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32)
    seen = np.array(corners, dtype=np.float32)
    to_sheet: Matrix = cv2.getPerspectiveTransform(seen, flat).astype(np.float64)
    size = (scan.shape[1], scan.shape[0])
    there = warp(np.full(sheet.shape[:2], 255, np.uint8), to_sheet, size)
    ring = np.zeros((scan.shape[0], scan.shape[1]), np.uint8)
    cv2.fillConvexPoly(ring, np.rint(seen).astype(np.int32), (255,))
    picture = warp(sheet, to_sheet, size)
    mask = (ring > 0) & (there > 0)
    scan[mask] = picture[mask]


def rectangle(
    left: float, top: float, width: float, height: float, degrees: float = 0.0
) -> list[tuple[float, float]]:
    """Corners of a rectangle turned clockwise about its centre."""
    x, y = left + width / 2, top + height / 2
    angle = np.radians(degrees)
    corners = []
    for dx, dy in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        ax, ay = dx * width / 2, dy * height / 2
        corners.append(
            (
                x + ax * np.cos(angle) - ay * np.sin(angle),
                y + ax * np.sin(angle) + ay * np.cos(angle),
            )
        )
    return corners


def photographed(
    picture: tuple[int, int], tilt: tuple[float, float], roll: float
) -> list[tuple[float, float]]:
    """Where a card's corners come to lie in a picture (width, height) by a camera that looks
    down on it, tilted and rolled by these degrees; focal length one long side."""
    x, y, z = np.radians((*tilt, roll))
    about_x = np.array([[1, 0, 0], [0, np.cos(x), -np.sin(x)], [0, np.sin(x), np.cos(x)]])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_z = np.array([[np.cos(z), -np.sin(z), 0], [np.sin(z), np.cos(z), 0], [0, 0, 1]])
    w, h = CARD
    flat = np.array([(-w, -h, 0), (w, -h, 0), (w, h, 0), (-w, h, 0)]) / 2
    seen = flat @ (about_x @ about_y @ about_z).T + np.array([0, 0, 900.0])
    focal = max(picture)
    return [
        (focal * p[0] / p[2] + picture[0] / 2, focal * p[1] / p[2] + picture[1] / 2) for p in seen
    ]


def page_of(image: Image) -> Page:
    return Page(image, Source("scan.png", 1, "0" * 64))


def names_on(lines: Sequence[Line]) -> list[str]:
    return sorted(line.text for line in lines)
