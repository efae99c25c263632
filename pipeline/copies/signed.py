"""Whether somebody signed beside the papers on a copier's page: yes, no or unsure; never who.

Where a proxy hands in, every copy bears the applicant's signature (guide 五, common material 3). It
stands on the blank part of the page, as do the office's own words (与原件一致, a date, what the
copy may be used for), a photocopier's specks and streaks. Words are read and set aside; what else
a pen left is a signature. Pure but for the engine.
"""

from __future__ import annotations

import math
import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.contracts import OcrEngine
from pipeline.copies.pen_strokes import has_bound_strokes
from pipeline.evidence.evidence import outline_of
from pipeline.image import (
    Mask,
    Points,
    apply,
    darkest,
    invert,
    shrink_by_whole,
    size_of,
    turn,
    turn_matrix,
)
from pipeline.layout.ruled_table import level_ink
from pipeline.marks.signature import SignatureState
from pipeline.model import DocumentType, Face, Image, Page, Quad, Sheet
from pipeline.quality import CARD
from pipeline.quality.limits import limits
from pipeline.watch import BesideFound, tell

_LOOK_PX = 1200
"""Long side at which the page is looked at, about."""
_PAGE_MM = 297.0
"""What the long side is taken for: copiers give A4."""
_PAPER = 190
"""Grey level of blank paper, at least; and how even it must be, between its quartiles."""
_EVEN = 14
_FREE = 0.25
"""Part of the page beside its papers, at least: on a page that one paper fills nobody can tell."""
_RIM = 0.045
"""Part of the page's sides that is left out: dark edges."""
_BESIDE_MM = 2.0
"""Around the papers: shadows of their edges."""
_TALL = 1.35
"""Width over height below which a sheet is no ID-1 card alone (1.585)."""
_CARD_HIGH_MM = 60.0
"""Height of a sheet from which it is larger than an ID-1 card (54 mm) as it is."""
_MAY_BE_NAME = re.compile(r"[^\W\d_]{1,4}")
"""What a signature is read as: a few characters, and no number."""
_OFF = 1.5
"""Heights of a line between a card's own lines and one written above or below it, at least."""
_PAD = 1.6
"""Heights of a line between a card's outer lines and its edge."""
_CARD_LINES = 3
"""Lines that a card has at least."""
_DARK = 70
"""Grey levels below paper from which it is ink; what shines through from behind is paler."""
_GAP_MM = 3.5
"""Between strokes of one signature."""
_SIZE_MM = (8.0, 110.0)
"""Length of a signature, of two characters written small and of three large ones."""
_HIGH_MM = (3.0, 45.0)
_WRITTEN_MM = 5.2
"""Height from which it is handwriting, where nothing is read; print beside copies is smaller."""
_INK_MM2 = 5.0
"""Ink of a signature: two characters."""
_FRAME = 0.75
"""Heights of the office's words around them within which their stamp's frame lies."""
_WORDS = re.compile(
    r"一致|相符|无误|复印|影印|原件|核对|经核|仅[供限用]|使用|办理|业务|他用|无效|再次|样本"
    r"|[正反背]面|人像|国徽|第?\d+页|共\d+页|\d{2,4}[年./-]\d{1,2}"
)


@dataclass(frozen=True, slots=True)
class _Blank:
    """The free part of a page: the page upright and made smaller, its ink there (0 or 255)."""

    image: Image
    ink: Mask
    mm: float


def find_signature_beside(
    page: Page, sheets: Sequence[Sheet], engine: OcrEngine, cards: Container[Quad | None] = ()
) -> SignatureState | None:
    """Whether somebody signed on the blank part of a page beside these sheets; None where the page
    has none, or is no copier's page. ``unsure``, too, where strokes cross a sheet itself: nobody
    is told to sign who has signed there. ``cards``: the outlines of the sheets that are ID-1
    cards."""
    blank = _blank_of(page.image, sheets, cards)
    if blank is None:
        return None
    states: set[SignatureState] = set()
    for box in _clusters(blank):
        states.add(state := _state(blank, box, engine))
        factor = max(page.image.shape[:2]) / max(blank.image.shape[:2])
        left, top, right, bottom = (factor * side for side in box)
        outline = ((left, top), (right, top), (right, bottom), (left, bottom))
        tell(BesideFound(outline, sheets[0].rotation if sheets else 0, state))
    if "yes" in states:
        return "yes"
    if "unsure" in states:
        return "unsure"
    crossed = any(has_bound_strokes(sheet.image, _per_mm(sheet, page.image)) for sheet in sheets)
    return "unsure" if crossed else "no"


def _per_mm(sheet: Sheet, scan: Image) -> float:
    """Pixels of the sheet in a millimetre, the page taken for A4."""
    scale = math.sqrt(abs(float(np.linalg.det(sheet.to_page[:2, :2]))))
    return float(max(scan.shape[:2])) / _PAGE_MM / scale


def _blank_of(scan: Image, sheets: Sequence[Sheet], cards: Container[Quad | None]) -> _Blank | None:
    rotation = sheets[0].rotation if sheets else 0
    small, factor = shrink_by_whole(scan, _LOOK_PX)
    mm = max(small.shape[:2]) / _PAGE_MM
    small = turn(small, rotation)
    height, width = small.shape[:2]
    free = np.zeros((height, width), np.uint8)
    dy, dx = round(_RIM * height), round(_RIM * width)
    free[dy : height - dy, dx : width - dx] = 255
    for sheet in sheets:
        is_card = outline_of(sheet) in cards
        corners = _corners(sheet, scan, rotation, _per_mm(sheet, scan), is_card=is_card) * factor
        reach = 2 * round(_BESIDE_MM * mm) + 1
        own = np.zeros_like(free)
        cv2.fillConvexPoly(own, np.rint(corners).astype(np.int32), (255,))
        free[cv2.dilate(own, np.ones((reach, reach), np.uint8)) > 0] = 0
    if np.count_nonzero(free) < _FREE * free.size:
        return None
    channel = darkest(small)
    low, high = np.percentile(channel[free > 0], [25, 75])
    if low < _PAPER or high - low > _EVEN:
        return None
    ink = np.where((255 - level_ink(small) >= _DARK) & (free > 0), 255, 0).astype(np.uint8)
    return _Blank(small, _without_streaks(ink, mm), mm)


def _corners(sheet: Sheet, scan: Image, rotation: int, per_mm: float, *, is_card: bool) -> Points:
    """The corners of the sheet's own paper on the page turned by ``rotation``."""
    corners = apply(sheet.to_page, _own_part(sheet, per_mm, is_card=is_card))
    if sheet.rotation == rotation:
        return corners
    back = apply(invert(turn_matrix(size_of(scan), sheet.rotation)), corners)
    return apply(turn_matrix(size_of(scan), rotation), back)


def _own_part(sheet: Sheet, per_mm: float, *, is_card: bool) -> Points:
    """The corners, in its own pixels, of a sheet without what was written above or below its card.

    Where a copy shows no edges, a signature near a card was taken for a line of it: the sheet is
    too tall for a card, and the line lies off the others. A sheet that grew to the side, too, has
    a card's shape, but not its size; copies are made larger, so only a short line that may be a
    name is set aside there. A signature that was read as nothing leaves a card's sheet too tall
    below its last line, or above the first.
    """
    width, height = size_of(sheet.image)
    rows = sorted(
        (min(y for _, y in li.quad), max(y for _, y in li.quad), li.text) for li in sheet.lines
    )
    top, bottom = 0.0, float(height)
    if is_card and len(rows) >= _CARD_LINES and width / height < _TALL:
        pad = _PAD * float(np.median([b - a for a, b, _ in rows]))
        top, bottom = max(top, rows[0][0] - pad), min(bottom, max(b for _, b, _ in rows) + pad)
    while len(rows) > _CARD_LINES:
        is_tall = width / (bottom - top) < _TALL
        if not is_tall and bottom - top < _CARD_HIGH_MM * per_mm:
            break
        em = float(np.median([b - a for a, b, _ in rows]))
        above, below = rows[1][0] - rows[0][1], rows[-1][0] - max(b for _, b, _ in rows[:-1])
        off = rows[0] if above >= below else rows[-1]
        if max(above, below) < _OFF * em or not (is_tall or _MAY_BE_NAME.fullmatch(off[2])):
            break
        rows.remove(off)
        if above >= below:
            top = max(0.0, rows[0][0] - _PAD * em)
        else:
            bottom = min(float(height), max(b for _, b, _ in rows) + _PAD * em)
    return np.array([(0, top), (width, top), (width, bottom), (0, bottom)])


def _without_streaks(ink: Mask, mm: float) -> Mask:
    """The ink without straight lines along the page, and without specks."""
    out = ink.copy()
    length = round(14 * mm)
    for shape in ((length, 1), (1, length)):
        lines = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(shape, np.uint8))
        out[cv2.dilate(lines, np.ones((3, 3), np.uint8)) > 0] = 0
    _, labels, stats, _ = cv2.connectedComponentsWithStats(out, connectivity=8)
    specks = stats[:, cv2.CC_STAT_AREA] < (0.5 * mm) ** 2
    out[specks[labels]] = 0
    return out


_Box = tuple[int, int, int, int]
"""Left, top, right, bottom."""


def _clusters(blank: _Blank) -> Iterator[_Box]:
    """Strokes that lie together, of a signature's size."""
    reach = 2 * round(_GAP_MM * blank.mm / 2) + 1
    joined = cv2.dilate(blank.ink, np.ones((reach, reach), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    for i in range(1, count):
        x, y, w, h, _ = stats[i].tolist()
        window = np.s_[y : y + h, x : x + w]
        ys, xs = np.nonzero((labels[window] == i) & (blank.ink[window] > 0))
        if len(xs) == 0:
            continue
        box = x + int(xs.min()), y + int(ys.min()), x + int(xs.max()) + 1, y + int(ys.max()) + 1
        wide, high = (box[2] - box[0]) / blank.mm, (box[3] - box[1]) / blank.mm
        long, short = max(wide, high), min(wide, high)
        if (
            _SIZE_MM[0] <= long <= _SIZE_MM[1]
            and _HIGH_MM[0] <= short <= _HIGH_MM[1]
            and len(xs) >= _INK_MM2 * blank.mm**2
        ):
            yield box


def _state(blank: _Blank, box: _Box, engine: OcrEngine) -> SignatureState:
    """What one cluster is, by what of it is not the office's own words."""
    pad = round(3 * blank.mm)
    left, top = max(0, box[0] - pad), max(0, box[1] - pad)
    crop = np.ascontiguousarray(blank.image[top : box[3] + pad, left : box[2] + pad])
    ink = blank.ink[top : box[3] + pad, left : box[2] + pad] > 0
    ink &= _inside(ink, (box[0] - left, box[1] - top, box[2] - left, box[3] - top))
    written = ink.copy()
    large = cv2.resize(crop, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    quads = engine.detect(np.asarray(large, np.uint8), max(large.shape[:2]))
    for line in engine.recognise(np.asarray(large, np.uint8), quads):
        if _WORDS.search(line.text):
            written &= ~_filled(ink, line.quad)
    if written.sum() < _INK_MM2 * blank.mm**2:
        return "no"
    rows = np.flatnonzero(written.any(axis=1))
    columns = np.flatnonzero(written.any(axis=0))
    high = min(rows[-1] - rows[0], columns[-1] - columns[0]) / blank.mm
    return "yes" if high >= _WRITTEN_MM else "unsure"


def _inside(ink: NDArray[np.bool_], box: _Box) -> NDArray[np.bool_]:
    mask = np.zeros(ink.shape, np.bool_)
    mask[box[1] : box[3], box[0] : box[2]] = True
    return mask


def _filled(ink: NDArray[np.bool_], quad: Quad) -> NDArray[np.bool_]:
    """The quad of the crop made twice as large, as a mask of the crop, with a stamp's frame."""
    mask = np.zeros(ink.shape, np.uint8)
    corners = np.asarray(quad) / 2
    cv2.fillConvexPoly(mask, np.rint(corners).astype(np.int32), (1,))
    reach = 2 * round(_FRAME * float(np.linalg.norm(corners[3] - corners[0]))) + 1
    return np.asarray(cv2.dilate(mask, np.ones((reach, reach), np.uint8)) > 0)


def with_signature_beside(
    faces: Sequence[Face], page: Page, sheets: Sequence[Sheet], engine: OcrEngine
) -> tuple[Face, ...]:
    """The faces of a page, those that may be copies with ``marks["signature"]`` where it can be
    told whether somebody signed beside them."""
    copies = [face for face in faces if _may_be_copy(face)]
    if page.lines or page.entries or not copies:
        return tuple(faces)
    known = {face.outline for face in faces if face.type != DocumentType.UNKNOWN}
    papers = [sheet for sheet in sheets if outline_of(sheet) in known]
    cards = {face.outline for face in faces if limits().formats.get(face.type) == CARD}
    state = find_signature_beside(page, papers, engine, cards)
    if state is None:
        return tuple(faces)
    return tuple(
        face.model_copy(update={"marks": {"signature": state} | face.marks})
        if face in copies
        else face
        for face in faces
    )


def _may_be_copy(face: Face) -> bool:
    """Whether the face is a copy, or may be, by a paper whose copies can be told."""
    return (
        face.type in limits().copy_.coloured
        and face.quality.copy_ is not False
        and face.outline is not None
    )
