"""Where a paper lies: what tells the papers of a page apart, and finds one again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from pipeline.deciding.decided import Paper
from pipeline.model import Document, Face, PageRef, Point, Quad

T = TypeVar("T")


def middle(box: Quad) -> Point:
    """The middle of a box, to the pixel."""
    return (round(sum(x for x, _ in box) / 4), round(sum(y for _, y in box) / 4))


def paper_of(document: Document, field: str | None = None, page: int = 0) -> Paper:
    """The paper that a document of a record is, by content: where the field was read, else the
    page with this index."""
    reading = document.fields.get(field or "")
    index = page if reading is None else reading.page
    ref = document.pages[index]
    if reading is not None and reading.box is not None:
        spot: Point | None = middle(reading.box)
    else:
        boxes = [r.box for r in document.fields.values() if r.page == index and r.box is not None]
        spot = _middle_of(boxes)
    return Paper(
        sha256=ref.sha256,
        page=ref.page,
        rotation=ref.rotation,
        type=document.type,
        spot=spot,
    )


def _middle_of(boxes: Sequence[Quad]) -> Point | None:
    if not boxes:
        return None
    points = [point for box in boxes for point in box]
    return (
        round(sum(x for x, _ in points) / len(points)),
        round(sum(y for _, y in points) / len(points)),
    )


def face_spot(face: Face, field: str | None = None) -> Point | None:
    """The middle of a face, or of its field, on the page; None where nothing is placed."""
    reading = face.fields.get(field or "")
    if reading is not None and reading.box is not None:
        return middle(reading.box)
    boxes = [r.box for r in face.fields.values() if r.box is not None]
    return _middle_of(boxes) or (None if face.outline is None else middle(face.outline))


def nearest(paper: Paper, found: Sequence[tuple[Point | None, int, T]]) -> list[T]:
    """Those of the papers on the page that lie where the decision was made: all that lie equally
    near (the page that several share). Where the page is turned otherwise now, places tell nothing,
    and of several papers none is taken: a person decides anew."""
    if len(found) < 2:
        return [one for _, _, one in found]
    if paper.spot is None or any(rotation != paper.rotation for _, rotation, _ in found):
        return []
    distances = [_distance(paper.spot, spot) for spot, _, _ in found]
    return [one for (_, _, one), far in zip(found, distances, strict=True) if far == min(distances)]


def _distance(one: Point, other: Point | None) -> float:
    return 1e9 if other is None else (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2


def on_page(ref: PageRef, paper: Paper) -> bool:
    """Whether the paper lies on this page."""
    return (ref.sha256, ref.page) == (paper.sha256, paper.page)
