"""Our own form (``yijianshi form``), printed, filled in and scanned: read by its known places.

The code names version and page; the corner marks lay the page flat; then every box is looked at
where it was printed. What is written by hand is read with a doubt, a clear tick without.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from extractors.application_form.answers import Answer
from extractors.application_form.boxes import Box, Frames, State, judge
from extractors.application_form.choices import Choice
from extractors.application_form.fields import (
    HANDWRITTEN,
    Fields,
    Rows,
    add_enrol_division,
    changes_reading,
    choice_fields,
    look_again,
    one_choice,
)
from extractors.application_form.handwriting import WAVER_MAX, Hand
from extractors.application_form.printed.combs import Written, read_comb
from extractors.application_form.printed.flat import SCALE, FlatForm, find_form
from extractors.application_form.printed.geometry import Area, Tick
from extractors.grammar import read_value
from extractors.looks import DISAGREE, Looker
from pipeline.contracts import Recogniser
from pipeline.evidence import Value, on_page, reading_of
from pipeline.image import as_quad
from pipeline.ink import Ink
from pipeline.model import Char, Image, Line, Quad, Reading, Sheet
from pipeline.piece import Piece, pieces_of
from pipeline.reference import divisions
from pipeline.reference.contact import is_mobile, is_postcode
from pipeline.ruling import find_ink, level_ink

REACH_MM = 1.3
"""How far a box may lie from its place on the flat form: paper bends."""
FRAMES_MIN = 0.75
"""Part of all boxes that must be seen at their places, or the page is not read by places."""
AROUND_MM = 1.0
"""Width of the strip around a box in which a mark that missed it is looked for."""
STRAY = 0.03
"""Darkness of that strip, beyond that of most boxes', from which somebody may have marked it."""
SIGNED_MM2 = 6.0
"""Area of ink in the signature's box from which somebody signed; BLANK_MM2: up to which nobody."""
BLANK_MM2 = 0.8
WRITTEN_MM2 = 0.6
"""Area of ink on a line from which something is written there."""
BETWEEN = "格内有空缺或笔迹不清"


def read_printed(
    sheet: Sheet, recognise: Recogniser
) -> tuple[str, Fields, Rows, dict[str, str]] | None:
    """Face, fields, changes and marks of our own form; None where the sheet is none, or its boxes
    are not where they should be."""
    flat = find_form(sheet)
    if flat is None:
        return None
    choices = _choices(flat)
    if choices is None:
        return None
    ink = find_ink(level_ink(flat.sheet.image))
    combs = {c.key: w for c in flat.page.comb if (w := read_comb(flat, c, ink, recognise))}
    texts = _texts(flat, ink, recognise)
    by_hand = _is_by_hand(flat.sheet, combs, [p for a in texts for p in a.pieces])
    fields = choice_fields(choices, flat.sheet)
    if sex := one_choice([c for c in choices if c.key == "sex"], flat.sheet):
        fields["sex"] = sex
    fields |= {key: r for key, w in combs.items() if (r := _number(key, w, by_hand, flat.sheet))}
    looker = _looker(flat.sheet, texts, recognise)
    rows: list[dict[str, Reading]] = []
    for answer in texts:
        column, _, item = answer.key.partition(":")
        evidence = look_again(answer.key if not item else "", answer, looker)
        if by_hand:
            evidence.doubts.append(HANDWRITTEN)
        reading = reading_of(evidence, flat.sheet)
        if not reading.value:
            continue
        if not item:
            fields[answer.key] = reading
            continue
        if not rows or rows[-1]["item"].value != item:
            # The item is printed: what is written beside it says that it is asked for.
            rows.append({"item": reading.model_copy(update={"value": item, "raw": item})})
        rows[-1][column.removeprefix("change_")] = reading
    changes = tuple(rows)
    if changes:
        fields["changes"] = changes_reading(changes)
    if "enrol_division" not in fields:
        add_enrol_division(fields)
    area = next((a for a in flat.page.area if a.key == "signature"), None)
    marks = {} if area is None else {"signature": _signed(area, ink)}
    face = "form" if flat.page.number == 1 else f"form{flat.page.number}"
    return face, fields, changes, marks


# ---------------------------------------------------------------- boxes


def _choices(flat: FlatForm) -> list[Choice] | None:
    frames = Frames(flat.sheet.image)
    seen = [_frame(flat, tick, frames) for tick in flat.page.tick]
    if sum(box is not None for box in seen) < FRAMES_MIN * len(seen):
        return None
    side = flat.form.tick * SCALE
    boxes = [
        box or Box(tick.at[0] * SCALE, tick.at[1] * SCALE, side, 0.0)
        for box, tick in zip(seen, flat.page.tick, strict=True)
    ]
    states = judge([frames.inside(box) for box in boxes])
    around = np.array([_around(box, frames) for box in boxes])
    usual = float(np.median(around))
    made = []
    for tick, box, found, state, beside in zip(
        flat.page.tick, boxes, seen, states, around, strict=True
    ):
        sure: State = state
        if found is None or (state == "no" and beside - usual > STRAY):
            sure = "unsure"
        made.append(Choice(tick.key, tick.code, (_words(tick, flat),), sure, True, box))
    return made


def _frame(flat: FlatForm, tick: Tick, frames: Frames) -> Box | None:
    x, y = (v * SCALE for v in tick.at)
    side, reach = flat.form.tick * SCALE, REACH_MM * SCALE
    window = (x - reach, y - reach, x + side + reach, y + side + reach)
    sizes = range(round(side) - 2, round(side) + 4)
    return frames.find(window, sizes, x + side / 2, "square")


def _around(box: Box, frames: Frames) -> float:
    """Mean darkness of the strip around a box, where no words are printed."""
    near, far = 0.35 * SCALE, (0.35 + AROUND_MM) * SCALE
    height, width = frames.dark.shape
    x0, y0 = max(0, round(box.x - far)), max(0, round(box.y - far))
    x1, y1 = (
        min(width, round(box.x + box.side + near)),
        min(height, round(box.y + box.side + far)),
    )
    whole = frames.dark[y0:y1, x0:x1]
    mask = np.ones(whole.shape, np.bool_)
    top, left = round(far - near), round(far - near)
    mask[top : whole.shape[0] - top, left:] = False
    return float(whole[mask].mean())


def _words(tick: Tick, flat: FlatForm) -> Piece:
    """The printed words of a choice, as a piece: they are known, and need no reading."""
    x, y = tick.at[0] + flat.form.tick + 1.4, tick.at[1]
    wide = 3.4 * len(tick.text)
    quad = _quad(x, y, x + wide, y + flat.form.tick)
    n = len(tick.text)
    chars = tuple(Char(c, 1.0, i / n, (i + 1) / n) for i, c in enumerate(tick.text))
    (piece,) = pieces_of([Line(tick.text, 1.0, quad, chars)])
    return piece


# ---------------------------------------------------------------- numbers and texts


def _number(key: str, written: Written, by_hand: bool, sheet: Sheet) -> Reading | None:
    text = written.text.upper()
    doubts: list[str] = []
    if key in ("date", "accepted_on"):
        value = read_value("issue_date", f"{text[:4]}年{text[4:6]}月{text[6:]}日")
    elif key.endswith("id_number"):
        value = read_value("id_number", text)
    else:
        fits = {"mobile": is_mobile, "postcode": is_postcode, "enrol_division": divisions.existed}
        value = Value(text, () if fits[key](text) else ("号码不合规则",))
    if not written.whole:
        doubts.append(BETWEEN)
    if not written.agreed:
        doubts.append(DISAGREE)
    if by_hand:
        doubts.append(HANDWRITTEN)
    if not value.value:
        return None
    return Reading(
        value=value.value,
        raw=written.text,
        confidence=round(min(0.999, written.score), 4),
        box=on_page(written.box, sheet),
        doubts=(*value.doubts, *doubts),
    )


def _texts(flat: FlatForm, ink: Image, recognise: Recogniser) -> list[Answer]:
    """What stands on the lines, blank ones left out."""
    answers = []
    for area in flat.page.area:
        if area.look != "line":
            continue
        (x, y), (width, height) = area.at, area.size
        left, top, right, bottom = (
            round(v * SCALE) for v in (x, y - 0.6, x + width, y + height - 0.9)
        )
        part = ink[top:bottom, left:right] > 0
        if float(part.sum()) / SCALE**2 < WRITTEN_MM2:
            continue
        columns = np.flatnonzero(part.any(axis=0))
        rows = np.flatnonzero(part.any(axis=1))
        pad = 0.5 * SCALE
        quad = as_quad(
            np.array(
                [
                    (left + columns[0] - pad, top + rows[0] - pad),
                    (left + columns[-1] + pad, top + rows[0] - pad),
                    (left + columns[-1] + pad, top + rows[-1] + pad),
                    (left + columns[0] - pad, top + rows[-1] + pad),
                ],
                float,
            )
        )
        pieces = pieces_of([ln for ln in recognise(flat.sheet.image, [quad]) if ln.text])
        if pieces:
            place = (float(left), float(top), float(right), float(bottom))
            answers.append(Answer(area.key, (), tuple(pieces), place))
    return answers


def _looker(sheet: Sheet, texts: Sequence[Answer], recognise: Recogniser) -> Looker:
    ink = Ink(sheet.image)
    ink.calibrate(p for a in texts for p in a.pieces)
    return Looker(sheet, recognise, ink)


def _is_by_hand(sheet: Sheet, combs: dict[str, Written], pieces: Sequence[Piece]) -> bool:
    """Whether the page was filled in by hand: print stands level and is black. Where nothing tells,
    it was."""
    wavers = [
        waver for w in combs.values() if len(w.extents) >= 6 and (waver := _waver(w)) is not None
    ]
    hand = Hand(sheet.image)
    boxes = [p for w in combs.values() for p in [_as_piece(w)]]
    if hand.is_blue([*pieces, *boxes]):
        return True
    return not wavers or sum(w > WAVER_MAX for w in wavers) * 2 >= len(wavers)


def _waver(written: Written) -> float | None:
    """How far the characters' tops or bottoms are off a line, in heights of a character."""
    along, tops, bottoms = np.array(written.extents).T
    tall = float(np.median(bottoms - tops))
    if tall < 6:
        return None
    off = []
    for edge in (tops, bottoms):
        line = np.polyval(np.polyfit(along, edge, 1), along)
        off.append(float(np.percentile(np.abs(edge - line), 75)) / tall)
    return max(off)


def _as_piece(written: Written) -> Piece:
    (piece,) = pieces_of([Line("0", 1.0, written.box, (Char("0", 1.0, 0.0, 1.0),))])
    return piece


def _signed(area: Area, ink: Image) -> str:
    (x, y), (width, height) = area.at, area.size
    inset = 1.2
    left, top, right, bottom = (
        round(v * SCALE) for v in (x + inset, y + inset, x + width - inset, y + height - inset)
    )
    covered = float((ink[top:bottom, left:right] > 0).sum()) / SCALE**2
    return "yes" if covered >= SIGNED_MM2 else "no" if covered <= BLANK_MM2 else "unsure"


def _quad(left: float, top: float, right: float, bottom: float) -> Quad:
    x0, y0, x1, y1 = (v * SCALE for v in (left, top, right, bottom))
    return ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
