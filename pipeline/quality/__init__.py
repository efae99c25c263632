"""How good the scan of a sheet is: smeared, dazzled, from a display, cut off, a copy.

Measured from the sheet's own pixels, and put to its faces (``Face.quality``); what it means is for
the rules to say (DOC-BLUR, DOC-GLARE, DOC-SCREEN, DOC-CUT, DOC-COPY). The limits and where they
come from: ``quality.toml``. A page with a text layer was never scanned and is not measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.image import apply, invert, shrink, size_of, suppress_red, turn_matrix
from pipeline.marks.seal import SEAL_CERTAIN, find_seals, has_grey_ring
from pipeline.model import DocumentType, Face, Image, Page, Quality, Reading, Sheet
from pipeline.quality.dazzle import Dazzle, find_dazzle
from pipeline.quality.limits import limits
from pipeline.quality.raster import is_screen
from pipeline.quality.rim import Lie, is_cut
from pipeline.quality.strokes import blur_of, blur_of_picture
from pipeline.quality.tint import is_colourless, is_grey

DAZZLED = "反光遮挡"
"""The doubt of a reading whose box a lamp's image covers."""


CARD = ((1.585, 1.585),)
"""The formats of a paper that is a card with two sides (ISO/IEC 7810, ID-1)."""
_LOOK_PX = 600
"""Long side at which patches of light and colour are looked for."""
_SURE = 0.9
"""Score from which a line of so many characters is text, no pattern of the table beneath."""
_SURE_LENGTH = 4


@dataclass(frozen=True, slots=True)
class ScanMeasures:
    """What a sheet's pixels say, whatever paper it is.

    ``blur`` 0 to 1, None without text; ``screen`` None where the sheet is too small to tell;
    ``grey`` None where it cannot be told, ``colourless``: there is no colour whatever.
    """

    blur: float | None
    screen: bool | None
    dazzle: Dazzle
    grey: bool | None
    colourless: bool
    lie: Lie


def measure_scan(sheet: Sheet, scan: Image) -> ScanMeasures:
    """The measures of a sheet of the page ``scan`` (as it came in, not turned)."""
    lie = _lie(sheet, scan)
    small, factor = shrink(sheet.image, _LOOK_PX)
    return ScanMeasures(
        blur=blur_of(sheet.image, sheet.lines, _line_share(sheet, scan, lie)),
        screen=is_screen(scan, lie.corners),
        dazzle=find_dazzle(small, factor, sheet.lines),
        grey=is_grey(small),
        colourless=is_colourless(small),
        lie=lie,
    )


def _line_share(sheet: Sheet, scan: Image, lie: Lie) -> float:
    """Height of the sheet's lines as a share of the scan's long side."""
    heights = [np.linalg.norm(np.subtract(li.quad[3], li.quad[0])) for li in sheet.lines]
    scale = float(np.linalg.norm(lie.corners[1] - lie.corners[0])) / size_of(sheet.image)[0]
    return scale * float(np.median(heights)) / max(size_of(scan)) if heights else 0.0


def _lie(sheet: Sheet, scan: Image) -> Lie:
    width, height = size_of(sheet.image)
    to_scan = invert(turn_matrix(size_of(scan), sheet.rotation)) @ sheet.to_page
    sure = [li.quad for li in sheet.lines if li.score >= _SURE and len(li.text) >= _SURE_LENGTH]
    points = np.array(sure, np.float64).reshape(-1, 2)
    around = np.zeros((4, 2))
    if len(points):
        (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
        around = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
    lines = apply(to_scan, points).reshape(-1, 4, 2)
    heights = np.linalg.norm(lines[:, 3] - lines[:, 0], axis=1)
    return Lie(
        corners=apply(to_scan, [(0, 0), (width, 0), (width, height), (0, height)]),
        print_box=apply(to_scan, around),
        lines=lines,
        em=float(np.median(heights)) if len(heights) else 0.0,
    )


def with_quality(faces: Sequence[Face], sheet: Sheet, page: Page) -> tuple[Face, ...]:
    """The faces of a sheet with their quality; readings under a lamp's image are doubted."""
    if page.lines or page.entries:
        return tuple(faces)
    seen = measure_scan(sheet, page.image)
    return tuple(_measured(face, seen, sheet, page.image) for face in faces)


def quality_of_picture(scan: Image) -> Quality:
    """The quality of a page on which no text could be read, by the whole picture."""
    width, height = size_of(scan)
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64)
    blur = blur_of_picture(scan)
    return Quality(screen=is_screen(scan, corners), blur=None if blur is None else round(blur, 3))


def settle_copies(faces: Sequence[Face]) -> tuple[Face, ...]:
    """The faces of one page, coloured copies told as far as they can be: nobody scans both sides of
    a card at once, so where they lie on one page in colour they may well be a colour copy."""
    sides: dict[DocumentType, set[str]] = {}
    for face in faces:
        if limits().formats.get(face.type) == CARD:
            sides.setdefault(face.type, set()).add(face.face)
    return tuple(
        face.model_copy(update={"quality": face.quality.model_copy(update={"copy_": None})})
        if face.quality.copy_ is False and len(sides.get(face.type, ())) > 1
        else face
        for face in faces
    )


def _measured(face: Face, seen: ScanMeasures, sheet: Sheet, scan: Image) -> Face:
    quality = Quality(
        copy_=_is_copy(face, seen, sheet),
        screen=seen.screen,
        blur=None if seen.blur is None else round(seen.blur, 3),
        glare=round(seen.dazzle.share, 3),
        cut=is_cut(scan, seen.lie, face.type, seen.grey),
    )
    fields = face.fields
    if quality.glare:
        fields = {name: _doubted(r, seen.dazzle, sheet) for name, r in fields.items()}
    return face.model_copy(update={"quality": quality, "fields": fields})


def _is_copy(face: Face, seen: ScanMeasures, sheet: Sheet) -> bool | None:
    """Whether the face is a copy: grey, though its paper is printed in colour, or must bear a red
    seal and shows a grey one. None for papers that are black on white themselves."""
    wanted = limits().copy_
    if face.type in wanted.coloured:
        sealed = seen.grey and face.type in wanted.sealed and not seen.colourless
        # A red seal may be all the colour that such a paper has; on a copy its own seal is grey.
        return None if sealed and _has_red_seal(sheet.image) else seen.grey
    if "seal" in face.marks and face.type != DocumentType.UNKNOWN:
        if face.marks["seal"] == "yes":  # only of red ink is a seal so sure
            return False
        if face.marks["seal"] == "unsure" and seen.colourless:
            return True
    return None


def _has_red_seal(image: Image) -> bool:
    certain = any(seal.ring >= SEAL_CERTAIN for seal in find_seals(image))
    return certain and not has_grey_ring(suppress_red(image))


def _doubted(reading: Reading, dazzle: Dazzle, sheet: Sheet) -> Reading:
    """The reading, doubted where a lamp's image lies over its box."""
    if reading.box is None:
        return reading
    (a, b, c, d) = apply(invert(sheet.to_page), reading.box).tolist()
    box = (tuple(a), tuple(b), tuple(c), tuple(d))
    if dazzle.covers(box) < limits().glare.hidden:
        return reading
    return reading.model_copy(update={"doubts": (*reading.doubts, DAZZLED)})
