"""Our own form (``yijianshi form``), printed, filled in and scanned: read by its known places.

The code names version and page; the page is laid flat on its marks, words and frames; then every
box is looked at where it was printed. What is written by hand is read with a doubt, a clear tick
without.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np

from extractors.application_form.answers import Answer
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
from extractors.application_form.handwriting import WAVER_MAX, Hand, waver_of
from extractors.application_form.printed.combs import Written, read_comb
from extractors.application_form.printed.flat import SCALE, FlatForm, find_form
from extractors.application_form.printed.geometry import FormArea
from extractors.application_form.printed.ticks import tick_choices
from extractors.application_form.values import form_value, paper_number
from extractors.labelled.looks import DISAGREE, Looker
from pipeline.contracts import Recogniser
from pipeline.evidence.evidence import Value, on_page, reading_of
from pipeline.layout.piece import Piece, pieces_of
from pipeline.layout.ruled_table import dark_ink, level_ink, quad_of
from pipeline.model import Char, Image, Line, Quad, Reading, Sheet
from pipeline.reference import divisions
from pipeline.reference.contact import is_mobile, is_postcode

FormFace = tuple[str, FormFields, Rows, dict[str, str]]
"""Face, fields, changes and marks."""
Place = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels of the flat form."""
ONE_OF = ("sex", "id_type")
"""Choices that other offices' forms ask for in writing."""
SIGNED_MM2 = 6.0
"""Area of ink in the signature's box from which somebody signed; BLANK_MM2: up to which nobody."""
BLANK_MM2 = 0.8
WRITTEN_MM2 = 0.6
"""Area of ink on a line from which something is written there."""
BETWEEN = "格内有空缺或笔迹不清"
NO_NUMBER = "号码不合规则"


def read_printed(sheet: Sheet, recognise: Recogniser) -> FormFace | None:
    """The face of our own form on paper; None where the sheet is none, or its boxes are not where
    they should be."""
    flat = find_form(sheet)
    return None if flat is None else read_flat(flat, recognise)


def read_flat(
    flat: FlatForm,
    recognise: Recogniser,
    typed: Mapping[str, Reading] | None = None,
    ticked: Collection[tuple[str, str]] = (),
) -> FormFace:
    """Face, fields, changes and marks of a page of our own form. ``typed`` and ``ticked`` are
    known from the PDF's own fields: there the picture is not asked."""
    typed = typed or {}
    ink = dark_ink(level_ink(flat.sheet.image))
    choices = tick_choices(flat, ink, ticked)
    combs = {
        c.key: w
        for c in flat.page.comb
        if c.key not in typed and (w := read_comb(flat, c, ink, recognise))
    }
    texts = _texts(flat, ink, recognise, typed)
    by_hand = _is_by_hand(flat.sheet, combs, [p for a in texts for p in a.pieces])
    fields = choice_fields(choices, flat.sheet)
    for key in ONE_OF:
        if said := one_choice([c for c in choices if c.key == key], flat.sheet):
            fields[key] = said
    paper = fields["id_type"].value if "id_type" in fields else ""
    for key, written in combs.items():
        if number := _number(key, written, paper, by_hand, flat.sheet):
            fields[key] = number
    fields |= {c.key: typed[c.key] for c in flat.page.comb if c.key in typed}
    answers = {**typed, **dict(_read_texts(flat.sheet, texts, by_hand, recognise))}
    keys = (area.key for area in flat.page.area)
    answers = {key: answers[key] for key in keys if key in answers and answers[key].value}
    fields |= {key: reading for key, reading in answers.items() if ":" not in key}
    if changes := _changes(answers):
        fields["changes"] = changes_reading(changes)
    if "enrol_division" not in fields:
        add_enrol_division(fields)
    signed = next((a for a in flat.page.area if a.key == "signature"), None)
    marks = {} if signed is None else {"signature": _signed(signed, ink)}
    face = "form" if flat.page.number == 1 else f"form{flat.page.number}"
    return face, fields, changes, marks


# ---------------------------------------------------------------- numbers and texts


def _number(key: str, written: Written, paper: str, by_hand: bool, sheet: Sheet) -> Reading | None:
    value = number_value(key, written.text, paper)
    doubts: list[str] = []
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


def number_value(key: str, text: str, paper: str) -> Value:
    """The value of what stands in a comb; ``paper``: whose number an ``id_number`` is."""
    text = text.upper()
    if key in ("date", "accepted_on"):
        return form_value(key, f"{text[:4]}年{text[4:6]}月{text[6:]}日")
    if key == "id_number":
        return paper_number(paper, text)
    if key == "proxy_id_number":
        return form_value(key, text)
    fits = {"mobile": is_mobile, "postcode": is_postcode, "enrol_division": divisions.existed}
    return Value(text, () if fits[key](text) else (NO_NUMBER,))


def _texts(
    flat: FlatForm, ink: Image, recognise: Recogniser, known: Collection[str]
) -> list[Answer]:
    """What stands on the lines, blank ones left out, the lines of one answer together."""
    places: dict[str, list[Place]] = {}
    for area in flat.page.area:
        if area.look == "line" and area.key not in known:
            (x, y), (width, height) = area.at, area.size
            place = (x * SCALE, (y - 0.6) * SCALE, (x + width) * SCALE, (y + height - 0.9) * SCALE)
            places.setdefault(area.key, []).append(place)
    answers = []
    for key, lines in places.items():
        quads = [quad for place in lines if (quad := _written(place, ink))]
        if not quads:
            continue
        pieces = pieces_of([ln for ln in recognise(flat.sheet.image, quads) if ln.text])
        if pieces:
            lefts, tops, rights, bottoms = zip(*lines, strict=True)
            around = (min(lefts), min(tops), max(rights), max(bottoms))
            answers.append(Answer(key, (), tuple(pieces), around))
    return answers


def _read_texts(
    sheet: Sheet, texts: Sequence[Answer], by_hand: bool, recognise: Recogniser
) -> Iterator[tuple[str, Reading]]:
    """The reading of each text."""
    looker = Looker.of(sheet, recognise, (p for a in texts for p in a.pieces))
    for answer in texts:
        evidence = look_again("" if ":" in answer.key else answer.key, answer, looker)
        if by_hand:
            evidence.doubts.append(HANDWRITTEN)
        yield answer.key, reading_of(evidence, sheet)


def _changes(answers: Mapping[str, Reading]) -> Rows:
    """The rows of changes by their items, which are printed: what is written beside one says that
    it is asked for."""
    rows: dict[str, dict[str, Reading]] = {}
    for key, reading in answers.items():
        column, _, item = key.partition(":")
        if item:
            named = {"item": reading.model_copy(update={"value": item, "raw": item})}
            rows.setdefault(item, named)[column.removeprefix("change_")] = reading
    return tuple(rows.values())


def _written(place: Place, ink: Image) -> Quad | None:
    """The box around what is written in a place; None where it is blank."""
    left, top, right, bottom = (round(v) for v in place)
    part = ink[top:bottom, left:right] > 0
    if float(part.sum()) / SCALE**2 < WRITTEN_MM2:
        return None
    columns = np.flatnonzero(part.any(axis=0))
    rows = np.flatnonzero(part.any(axis=1))
    pad = 0.5 * SCALE
    x0, x1 = left + float(columns[0]) - pad, left + float(columns[-1]) + pad
    return quad_of(x0, top + float(rows[0]) - pad, x1, top + float(rows[-1]) + pad)


def _is_by_hand(sheet: Sheet, combs: dict[str, Written], pieces: Sequence[Piece]) -> bool:
    """Whether the page was filled in by hand: print stands level and is black. Where nothing tells,
    it was."""
    wavers = [waver for w in combs.values() if (waver := waver_of(w.extents)) is not None]
    hand = Hand(sheet.image)
    boxes = [_as_piece(w) for w in combs.values()]
    if hand.is_blue([*pieces, *boxes]):
        return True
    return not wavers or sum(w > WAVER_MAX for w in wavers) * 2 >= len(wavers)


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
