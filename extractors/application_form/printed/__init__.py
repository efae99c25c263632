"""Our own form (``yijianshi form``), printed, filled in and scanned: read by its known places.

The code names version and page; the page is laid flat on its marks, words and frames; then every
box is looked at where it was printed. What is written by hand is read with a doubt, a clear tick
without.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from extractors.application_form.answers import Answer
from extractors.application_form.boxes import BoxState, TickBox, judge_box
from extractors.application_form.choices import Choice
from extractors.application_form.fields import (
    HANDWRITTEN,
    FormFields,
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
from extractors.application_form.printed.frames import Spot
from extractors.application_form.printed.geometry import FormArea, Tick
from extractors.application_form.printed.words import BESIDE_MM, WORDS_MM
from extractors.labelled.grammar import read_value
from extractors.labelled.looks import DISAGREE, Looker
from pipeline.contracts import Recogniser
from pipeline.evidence.evidence import Value, on_page, reading_of
from pipeline.image import as_quad
from pipeline.layout.ink import Ink
from pipeline.layout.piece import Piece, pieces_of
from pipeline.layout.ruled_table import dark_ink, level_ink
from pipeline.model import Char, Image, Line, Quad, Reading, Sheet
from pipeline.reference import divisions
from pipeline.reference.contact import is_mobile, is_postcode

AROUND_MM = (0.5, 1.4)
"""From a box, the strip around it in which a mark that missed it is looked for."""
STRAY = 0.03
"""Part of that strip that is ink, beyond most boxes', from which somebody may have marked it."""
INSIDE_MM = 0.6
"""From a box's edge to the part of it that is looked at."""
MARKED_SHARE = 0.095
"""Mean darkness inside from which a box is marked: of 578 marked ones on copies and pictures none
was below 0.1, of 1220 empty ones, some under a stamp's frame, none above 0.065."""
SIGNED_MM2 = 6.0
"""Area of ink in the signature's box from which somebody signed; BLANK_MM2: up to which nobody."""
BLANK_MM2 = 0.8
WRITTEN_MM2 = 0.6
"""Area of ink on a line from which something is written there."""
BETWEEN = "格内有空缺或笔迹不清"


def read_printed(
    sheet: Sheet, recognise: Recogniser
) -> tuple[str, FormFields, Rows, dict[str, str]] | None:
    """Face, fields, changes and marks of our own form; None where the sheet is none, or its boxes
    are not where they should be."""
    flat = find_form(sheet)
    if flat is None:
        return None
    ink = dark_ink(level_ink(flat.sheet.image))
    choices = _choices(flat, ink)
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


def _choices(flat: FlatForm, ink: Image) -> list[Choice]:
    boxes = [_box(spot, flat) for spot in flat.ticks]
    states = judge_box([box.inside for box in boxes], MARKED_SHARE)
    beside = np.array(_beside(boxes, states, ink))
    usual = float(np.median(beside))
    made = []
    for tick, box, seen, state, covered in zip(
        flat.page.tick, boxes, flat.seen, states, beside, strict=True
    ):
        sure: BoxState = state
        if not seen or (state == "no" and covered - usual > STRAY):
            sure = "unsure"
        made.append(Choice(tick.key, tick.code, (_words(tick, flat),), sure, True, box))
    return made


def _box(spot: Spot, flat: FlatForm) -> TickBox:
    """The box where it was found, and how dark it is within."""
    side = flat.form.tick * SCALE
    x, y = spot.frame.x + spot.right, spot.frame.y + spot.down
    inset = INSIDE_MM * SCALE
    x0, y0, x1, y1 = (round(v) for v in (x + inset, y + inset, x + side - inset, y + side - inset))
    inside = float(flat.dark[y0 : y1 + 1, x0 : x1 + 1].mean())
    return TickBox(x, y, side, spot.contrast, inside)


def _beside(boxes: Sequence[TickBox], states: Sequence[BoxState], ink: Image) -> list[float]:
    """How much of the strip around each box is ink, where no words are printed. Ink that reaches
    into a marked box belongs to that box's mark, however far it runs out."""
    _, labels = cv2.connectedComponents((ink > 0).astype(np.uint8), connectivity=8)
    owned: set[int] = set()
    for box, state in zip(boxes, states, strict=True):
        if state == "yes":
            owned |= set(np.unique(labels[_around(box, -INSIDE_MM)]).tolist())
    owned.discard(0)
    stray = (labels > 0) & ~np.isin(labels, list(owned))
    near, far = AROUND_MM
    shares = []
    for box in boxes:
        whole = stray[_around(box, far)]
        strip = np.ones(whole.shape, np.bool_)
        skip = round((far - near) * SCALE)
        strip[skip:-skip, skip:] = False
        # Words begin to the right.
        strip[:, round(box.side + (far + near) * SCALE) :] = False
        shares.append(float(whole[strip].mean()))
    return shares


def _around(box: TickBox, out_mm: float) -> tuple[slice, slice]:
    """The pixels of a box and so far around it."""
    out = out_mm * SCALE
    return (
        slice(max(0, round(box.y - out)), round(box.y + box.side + out)),
        slice(max(0, round(box.x - out)), round(box.x + box.side + out)),
    )


def _words(tick: Tick, flat: FlatForm) -> Piece:
    """The printed words of a choice, as a piece: they are known, and need no reading."""
    x, y = tick.at[0] + flat.form.tick + BESIDE_MM, tick.at[1]
    wide = WORDS_MM * len(tick.text)
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


def _signed(area: FormArea, ink: Image) -> str:
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
