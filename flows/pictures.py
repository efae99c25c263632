"""Pictures for people: a thumbnail of each page, a crop of each doubtful field.

Written by the process that has the pixels anyway, named by content, so that a second run finds
them: ``<hash>-<page>-<rotation>.jpg`` and ``<hash>-<page>-<rotation>-<field>-<x>-<y>.jpg``.
"""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import cast

import cv2
import numpy as np
from PIL import Image as Pictures

from flows.files import write_whole
from pipeline.evidence.evidence import is_doubtful
from pipeline.image import shrink, turn
from pipeline.model import Face, Image, Page, PageRef, Quad
from pipeline.record_document import rounded

THUMBNAIL_PX = 640
LARGE_PX = 2000
"""Longer side of the picture of a page that a person reads values on."""
CROP_HEIGHT_PX = 220
CROP_MARGIN = 0.6
"""Margin around a field's box, in heights of the box: enough to see its label."""


def page_picture(ref: PageRef) -> str:
    """File name of a page's thumbnail."""
    return f"{ref.sha256[:20]}-{ref.page}-{ref.rotation}.jpg"


def field_picture(ref: PageRef, field: str, box: Quad) -> str:
    """File name of a field's crop."""
    placed = rounded(box)  # as the record has it, by which the crop is looked for
    x = round(min(p[0] for p in placed))
    y = round(min(p[1] for p in placed))
    return f"{ref.sha256[:20]}-{ref.page}-{ref.rotation}-{field}-{x}-{y}.jpg"


def write_pictures(page: Page, faces: Iterable[Face], folder: Path) -> None:
    """Write the page's thumbnail and the crops of its doubtful fields."""
    folder.mkdir(parents=True, exist_ok=True)
    by_rotation: dict[int, list[Face]] = {}
    for face in faces:
        by_rotation.setdefault(face.page.rotation, []).append(face)
    for rotation, turned in by_rotation.items():
        upright = turn(page.image, rotation)
        _write(shrink(upright, THUMBNAIL_PX)[0], folder / page_picture(turned[0].page))
        for face in turned:
            for name, reading in face.fields.items():
                if reading.box is not None and is_doubtful(name, reading):
                    crop = crop_around(upright, reading.box)
                    if crop is not None:
                        _write(crop, folder / field_picture(face.page, name, reading.box))


def large_picture(ref: PageRef) -> str:
    """File name of a page's large picture."""
    return f"{ref.sha256[:20]}-{ref.page}-{ref.rotation}-large.jpg"


def write_large(page: Page, faces: Iterable[Face], folder: Path) -> None:
    """Write the page's large pictures, one for each way in which its papers stand upright."""
    for ref in dict.fromkeys(face.page for face in faces):
        write_turned(page.image, ref, folder)


def write_turned(image: Image, ref: PageRef, folder: Path) -> None:
    """Write the large picture of a page as it came in. It tells the size of the whole page, in
    whose pixels boxes are."""
    folder.mkdir(parents=True, exist_ok=True)
    upright = turn(image, ref.rotation)
    small = cv2.cvtColor(shrink(upright, LARGE_PX)[0], cv2.COLOR_BGR2RGB)
    out = BytesIO()
    size = f"{upright.shape[1]}x{upright.shape[0]}"
    Pictures.fromarray(small).save(out, "JPEG", quality=82, comment=size.encode("ascii"))
    write_whole(folder / large_picture(ref), out.getvalue())


def crop_of_large(path: Path, box: Quad) -> bytes:
    """The part of a large picture around a box, as JPEG. Raises OSError where the picture is not
    there, ValueError where it holds nothing there, or does not tell the size of its page."""
    with Pictures.open(path) as picture:
        width = int(bytes(picture.info["comment"]).partition(b"x")[0])
        scale = picture.width / width
        image = cv2.cvtColor(np.asarray(picture.convert("RGB")), cv2.COLOR_RGB2BGR)
    a, b, c, d = ((x * scale, y * scale) for x, y in box)
    crop = crop_around(cast(Image, image), (a, b, c, d))
    if crop is None:
        raise ValueError("the box lies beside the page")
    _, data = cv2.imencode(".jpg", crop, [cv2.IMWRITE_JPEG_QUALITY, 85])
    return data.tobytes()


def crop_around(image: Image, box: Quad) -> Image | None:
    """The part of a picture around a box, with what stands beside it; None where there is none."""
    points = np.asarray(box)
    left, top = points.min(axis=0)
    right, bottom = points.max(axis=0)
    margin = CROP_MARGIN * max(8.0, bottom - top)
    height, width = image.shape[:2]
    x0, x1 = max(0, int(left - 3 * margin)), min(width, int(right + margin) + 1)
    y0, y1 = max(0, int(top - margin)), min(height, int(bottom + margin) + 1)
    if x1 - x0 < 2 or y1 - y0 < 2:
        return None
    crop: Image = image[y0:y1, x0:x1]
    if crop.shape[0] > CROP_HEIGHT_PX:
        scale = CROP_HEIGHT_PX / crop.shape[0]
        size = {"fx": scale, "fy": scale}
        crop = cast(Image, cv2.resize(crop, None, interpolation=cv2.INTER_AREA, **size))
    return crop


def _write(image: Image, path: Path) -> None:
    _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 70])
    write_whole(path, data.tobytes())
