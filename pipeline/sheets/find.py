"""From one page's pixels to sheets that are upright, flat and read.

The engine's time is spent so: one coarse detection on the page; a handful of lines recognised
both ways up, to know which way each sheet stands; one detection and one recognition on each flat
sheet, cut from full resolution at the size the recogniser likes; and once more those lines that
red ink lies across, with the red made faint.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import combinations

import numpy as np

from pipeline.contracts import OcrEngine, TellsDirection
from pipeline.image import COARSE_PX, apply, as_quad, first_look, invert, size_of, turn_matrix
from pipeline.model import Image, Line, Page, Quad, Sheet
from pipeline.once import only
from pipeline.sheets.area import SheetArea, join
from pipeline.sheets.aslant import find_aslant
from pipeline.sheets.blocks import boxes_of
from pipeline.sheets.crosswise import find_crosswise, find_enclosed, start_at_left
from pipeline.sheets.legible import find_illegible
from pipeline.sheets.outlines import inside
from pipeline.sheets.overlay import find_overlay, without_overlay
from pipeline.sheets.papers import is_surrounded
from pipeline.sheets.plan import Plan, plan_areas
from pipeline.sheets.read import read_area
from pipeline.sheets.specks import without_specks
from pipeline.sheets.upright import find_upright
from pipeline.sheets.written import lines_as_shown
from pipeline.watch import PagePlanned, tell

MIN_CHARACTERS = 3
"""A sheet on which fewer were read is none: a photo, a smudge, an empty page."""
CLOSE_PX = 1600
"""Long side of a page full of specks where the coarse look at it told nothing."""
TRIED_PAIRS = 3
"""Pairs of unknown neighbours that are read as one, at most."""
READ_WELL = 0.9
"""Mean score of print that stands the right way up; on its head it has less, or is dropped."""
TRIED_CROSSWISE = 4
"""Groups of lines that run another way than others, which are read by themselves, at most."""


Boxes = Callable[[Image], Sequence[Quad]]
"""Where lines of text lie on a picture, in its pixels."""


def coarse_boxes(image: Image, engine: OcrEngine) -> list[Quad]:
    """Where lines lie on a page, seen at COARSE_PX at most; in pixels of ``image``."""
    small, factor = first_look(image)
    return [as_quad(np.asarray(quad) / factor) for quad in engine.detect(small, COARSE_PX)]


def read_sheets(
    page: Page,
    engine: OcrEngine,
    is_known: Callable[[Sequence[Line]], bool] | None = None,
    look: Boxes | None = None,
) -> list[Sheet]:
    """The sheets on a page, upright, flat and read; none where there is no text.

    Our own form with what was typed into its fields is one sheet, without lines.
    A born-digital page (with a text layer) is one sheet with the layer's lines; no engine is
    used. Otherwise every line found on the page goes to exactly one sheet, and is dropped only
    where it reads as no text (``sheet_reading.READ_MIN``, MIN_CHARACTERS), or where it belongs to
    the surface below: text around a paper that ``is_known`` recognises (newspaper, patterned
    cloth). Sheets come in reading order of the upright page; the order of lines within a
    sheet says nothing. ``look`` may know the page's boxes (:func:`coarse_boxes`) already.
    """
    if page.lines:
        lines = lines_as_shown(page.image, page.lines, engine)
        return [Sheet(page.image, page.source, 0, np.eye(3), lines)]
    if page.entries:  # our own form, filled in on a computer: nothing else lies on its page
        return [Sheet(page.image, page.source, 0, np.eye(3), entries=page.entries)]
    look = look or partial(coarse_boxes, engine=engine)
    sheets = _read_print(page, engine, is_known, look)
    if is_known and not any(is_known(sheet.lines) for sheet in sheets):
        return _read_without_specks(page, engine, is_known, look) or sheets
    return sheets


def _read_without_specks(
    page: Page, engine: OcrEngine, is_known: Callable[[Sequence[Line]], bool], look: Boxes
) -> list[Sheet]:
    """The sheets of a page of which one is known, its lines looked for without the specks that lie
    among them; none where that tells nothing, or where there are few."""
    clean = without_specks(page.image)
    if clean is None:
        return []
    # Seen small, a card among what is left of them may show no line at all.
    for boxes in (look, partial(_close_boxes, engine=engine)):
        sheets = _read_print(page, engine, is_known, partial(_of_another, boxes, clean))
        if any(is_known(sheet.lines) for sheet in sheets):
            return sheets
    return []


def _close_boxes(image: Image, engine: OcrEngine) -> list[Quad]:
    """Where lines lie on a page, seen at CLOSE_PX at most."""
    return [as_quad(np.asarray(quad)) for quad in engine.detect(image, CLOSE_PX)]


def _of_another(boxes: Boxes, image: Image, _: Image) -> Sequence[Quad]:
    """Where lines lie on another picture of the same page."""
    return boxes(image)


def _read_print(
    page: Page,
    engine: OcrEngine,
    is_known: Callable[[Sequence[Line]], bool] | None,
    look: Boxes,
) -> list[Sheet]:
    """The sheets of a page that only its pixels tell; ``look`` finds where its lines lie."""
    coarse = list(look(page.image))
    small, factor = first_look(page.image)
    if overlay := find_overlay(small, [as_quad(np.asarray(quad) * factor) for quad in coarse]):
        # What the words crossed was found in scraps: the page is looked at again without them.
        page = replace(page, image=without_overlay(page.image, [coarse[i] for i in overlay]))
        coarse = list(look(page.image))
    del small
    plan = plan_areas(page.image, coarse)
    printed = boxes_of(coarse)  # a pattern that reads as nothing surrounds a paper, too
    if none := find_illegible(page.image, coarse, plan.against, engine):
        coarse = [quad for i, quad in enumerate(coarse) if i not in none]
        plan = plan_areas(page.image, coarse, on_print=True)
    _tell(page, coarse, plan)
    sheets: list[Sheet] = []
    apart: list[tuple[SheetArea, Sheet]] = []
    for area, sheet in _read_areas(page, plan.areas, coarse, engine):
        if is_known and (cards := _read_grid(page, area, sheet, plan, coarse, engine, is_known)):
            sheets += cards
            continue
        if is_known and (aslant := find_aslant(page.image, sheet, coarse)) is not None:
            flat = [s for _, s in _read_areas(page, [aslant], coarse, engine)]
            if any(is_known(s.lines) for s in flat):
                sheets += flat
                continue
        rivals = [rival for rival in plan.rivals if set(rival.lines) <= set(area.lines)]
        if is_known and is_known(sheet.lines):
            # What lies on print is read with it, if both lie nearly the same way, and is not if it
            # lies another way.
            rivals = [
                r
                for r in rivals
                if not area.has_edges
                and (is_surrounded(r.core, printed) or not _is_read(r, sheet, page.image))
            ]
        if rivals and is_known:
            papers = [
                (s, is_known(s.lines), r) for r, s in _read_areas(page, rivals, coarse, engine)
            ]
            if any(known for _, known, _ in papers):
                sheets += [s for s, known, rival in papers if known or not rival.on_print]
                continue
        sheets.append(sheet)
        if is_known and not area.has_edges and not is_known(sheet.lines):
            apart.append((area, sheet))
    if is_known and len(apart) > 1:
        _rejoin(page, apart, sheets, coarse, engine, is_known)
    if is_known and apart and any(is_known(sheet.lines) for sheet in sheets):
        # Beside a paper lies the table: of its pattern a few marks in a hundred look like signs.
        patterns = {id(sheet) for _, sheet in apart if not _is_print(sheet)}
        sheets = [sheet for sheet in sheets if id(sheet) not in patterns]
    if is_known and not any(is_known(_level(sheet.lines)) for sheet in sheets):
        # A box in a form has print above and below, its title maybe: it is no paper on print.
        faint = [area for area in plan.faint if is_surrounded(area.core, printed)]
        sheets = _read_crosswise(page, faint, coarse, engine, is_known) or sheets
    return _in_reading_order(sheets)


def _is_print(sheet: Sheet) -> bool:
    """Whether any line of more than two characters was read as well as print is: two marks of a
    woven ground, side by side, may look like signs."""
    return any(line.score >= READ_WELL and len(line.text) > 2 for line in sheet.lines)


def _is_read(area: SheetArea, sheet: Sheet, image: Image) -> bool:
    """Whether most lines of an area were read well on a sheet that holds it."""
    to_scan = invert(turn_matrix(size_of(image), sheet.rotation)) @ sheet.to_page
    well = [np.mean(line.quad, axis=0) for line in sheet.lines if line.score >= READ_WELL]
    held = inside(area.core, apply(to_scan, np.array(well).reshape(-1, 2))).sum()
    return bool(2 * held > len(area.lines))


def _level(lines: Sequence[Line]) -> Sequence[Line]:
    """The lines that run as their sheet does. By those that stand on end a sheet may be known, too,
    but it is not read: a card lies across print by which the sheet was turned."""
    return only(lines, _runs_level)


def _runs_level(line: Line) -> bool:
    across, down = np.abs(np.subtract(line.quad[1], line.quad[0]))
    return bool(across >= down)


def _read_crosswise(
    page: Page,
    faint: Sequence[SheetArea],
    coarse: Sequence[Quad],
    engine: OcrEngine,
    is_known: Callable[[Sequence[Line]], bool],
) -> list[Sheet]:
    """The paper that is known within ``faint`` edges, or among print which runs another way, where
    a page shows no other. Of several areas that are known that with the most lines: others are
    parts of it."""
    areas = (*faint, *_crosswise(page.image, coarse, engine))
    distinct = {area.lines: area for area in areas}.values()
    read = [s for a in distinct for _, s in _read_areas(page, [a], coarse, engine)]
    known = [sheet for sheet in read if is_known(_level(sheet.lines))]
    return sorted(known, key=lambda sheet: -len(_level(sheet.lines)))[:1]


def _crosswise(image: Image, coarse: Sequence[Quad], engine: OcrEngine) -> Iterator[SheetArea]:
    """The areas of print that runs another way than the rest: by its boxes, by which way up its
    lines stand, of which the engine errs in some; and of print that ends within the picture."""
    yield from find_crosswise(coarse)[:TRIED_CROSSWISE]
    if isinstance(engine, TellsDirection):
        heads = engine.on_its_head(image, [as_quad(box) for box in start_at_left(coarse)])
        yield from find_crosswise(coarse, heads)[:TRIED_CROSSWISE]
    yield from find_enclosed(coarse, size_of(image))[:TRIED_CROSSWISE]


def _tell(page: Page, coarse: Sequence[Quad], plan: Plan) -> None:
    tell(
        PagePlanned(
            page,
            lines=tuple(coarse),
            areas=tuple(as_quad(area.corners) for area in plan.areas),
            rivals=tuple(as_quad(area.corners) for area in plan.rivals),
            grids=tuple(tuple(as_quad(cell.corners) for cell in cells) for cells in plan.grids),
        )
    )


def _rejoin(
    page: Page,
    apart: list[tuple[SheetArea, Sheet]],
    sheets: list[Sheet],
    coarse: Sequence[Quad],
    engine: OcrEngine,
    is_known: Callable[[Sequence[Line]], bool],
) -> None:
    """Join sheets that were cut in two. Some cards print the title so far above the rest that the
    page is cut between them and neither half is recognised. The nearest pairs of ``apart`` are
    read as one sheet (at most TRIED_PAIRS); where an extractor knows the whole, it replaces both.

    Changes ``sheets``."""
    pairs = sorted(combinations(apart, 2), key=lambda pair: _distance(pair[0][0], pair[1][0]))
    for (one, upper), (other, lower) in pairs[:TRIED_PAIRS]:
        if not {id(upper), id(lower)} <= {id(sheet) for sheet in sheets}:
            continue
        whole = [s for _, s in _read_areas(page, [join(one, other, coarse)], coarse, engine)]
        if any(is_known(s.lines) for s in whole):
            sheets[:] = [s for s in sheets if s is not upper and s is not lower] + whole


def _distance(one: SheetArea, other: SheetArea) -> float:
    """How far the middles of two areas are apart, in pixels."""
    return float(np.linalg.norm(one.core.mean(axis=0) - other.core.mean(axis=0)))


def _read_grid(
    page: Page,
    area: SheetArea,
    whole: Sheet,
    plan: Plan,
    coarse: Sequence[Quad],
    engine: OcrEngine,
    is_known: Callable[[Sequence[Line]], bool],
) -> list[Sheet]:
    """The cards that touch in an area, if it is known by them better than as a whole: two of them,
    or one where the whole is unknown."""
    own = [cells for cells in plan.grids if {i for c in cells for i in c.lines} <= set(area.lines)]
    for cells in own:
        cards = [sheet for _, sheet in _read_areas(page, cells, coarse, engine)]
        known = sum(is_known(card.lines) for card in cards)
        if known >= (2 if is_known(whole.lines) else 1):
            return cards
    return []


def _read_areas(
    page: Page, areas: Sequence[SheetArea], coarse: Sequence[Quad], engine: OcrEngine
) -> Iterator[tuple[SheetArea, Sheet]]:
    """Each area as a sheet, if anything is written on it."""
    areas = find_upright(areas, page.image, coarse, engine)
    for area in areas:
        others = [other for other in areas if other is not area]
        sheet = read_area(page, area, [coarse[i] for i in area.lines], others, engine)
        if sum(len(line.text) for line in sheet.lines) >= MIN_CHARACTERS:
            yield area, sheet


def _in_reading_order(sheets: Sequence[Sheet]) -> list[Sheet]:
    """In rows from the top of the upright page, each row from the left. Sheets whose middles
    differ in height by less than half the upper one's height are in one row."""
    places = []
    for i, sheet in enumerate(sheets):
        height, width = sheet.image.shape[:2]
        top, middle, bottom = apply(sheet.to_page, [(width / 2, height * k / 2) for k in range(3)])
        places.append((float(middle[1]), float(middle[0]), float(bottom[1] - top[1]), i))
    rows: list[list[tuple[float, float, float, int]]] = []
    for place in sorted(places):
        if rows and place[0] - rows[-1][0][0] < rows[-1][0][2] / 2:
            rows[-1].append(place)
        else:
            rows.append([place])
    return [sheets[i] for row in rows for _, _, _, i in sorted(row, key=lambda p: p[1])]
