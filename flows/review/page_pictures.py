"""Pictures of whole pages, and crops of them.

Scans are decoded in the reading processes alone; what they leave is ours, and is kept by content
beside the report's pictures.
"""

from __future__ import annotations

import json
from pathlib import Path

import cv2

from flows.files import write_whole
from flows.rereading import draw_page
from flows.review.desk import Desk
from pipeline.errors import InputError
from pipeline.model import Frozen

CROP_SIDE_PX = 1400
MARGIN = 0.6
"""Around a field's box, in its heights: its label stands beside it."""


class PagePicture(Frozen):
    """A page's picture: where it lies, and the size of the page in which boxes are told."""

    path: Path
    width: int
    height: int


def page_picture(desk: Desk, case_id: str, sha256: str, page: int, rotation: int) -> PagePicture:
    """The picture of a page, drawn where there is none yet. Raises InputError."""
    folder = desk.out / "pictures" / "pages"
    name = f"{sha256[:20]}-{page}-{rotation}"
    path, told = folder / f"{name}.jpg", folder / f"{name}.json"
    if not told.is_file() or not path.is_file():
        with desk.loader.source(case_id, sha256) as source:
            size = desk.reader.ask(draw_page, source, page, rotation, path)
        if size is None:
            raise InputError("这一页无法显示。", "请查看原件，或重新扫描。")
        write_whole(told, json.dumps(size))
    width, height = json.loads(told.read_text(encoding="utf-8"))
    return PagePicture(path=path, width=width, height=height)


def crop(picture: PagePicture, box: tuple[float, float, float, float]) -> bytes:
    """The part of a page around (left, top, right, bottom), as JPEG. Raises InputError."""
    image = cv2.imread(str(picture.path))
    if image is None:
        raise InputError("这一页的图片已损坏。", "请刷新页面后再试。")
    scale = image.shape[1] / picture.width
    left, top, right, bottom = (value * scale for value in box)
    margin = MARGIN * max(12.0, bottom - top)
    x0, x1 = max(0, int(left - 3 * margin)), min(image.shape[1], int(right + margin) + 1)
    y0, y1 = max(0, int(top - margin)), min(image.shape[0], int(bottom + margin) + 1)
    if x1 - x0 < 2 or y1 - y0 < 2:
        raise InputError("该栏不在这一页上。", "请刷新页面后再试。")
    part = image[y0:y1, x0:x1]
    if part.shape[1] > CROP_SIDE_PX:
        factor = CROP_SIDE_PX / part.shape[1]
        part = cv2.resize(part, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    _, data = cv2.imencode(".jpg", part, [cv2.IMWRITE_JPEG_QUALITY, 88])
    return bytes(data.tobytes())
