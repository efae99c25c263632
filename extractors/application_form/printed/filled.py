"""Our own form handed in as the PDF into which it was typed: its fields say exactly what was
entered. What has no entry is looked for on the page: a signature drawn with a pen, a mark.
"""

from __future__ import annotations

import re
from collections import Counter

from extractors.application_form.printed import FormFace, number_value, read_flat
from extractors.application_form.printed.flat import as_printed, find_form
from extractors.application_form.printed.geometry import find_page
from extractors.application_form.values import form_value
from pipeline.contracts import Recogniser
from pipeline.evidence.evidence import Value, on_page
from pipeline.layout.piece import quad_around
from pipeline.model import FORM_CODE, Entry, Reading, Sheet
from pipeline.reference.text import narrow

_NAME = re.compile(rf"({FORM_CODE}/\d+/\d+)/(\w+(?::\w+)?)(?:/(\d+))?")


def read_filled(sheet: Sheet, recognise: Recogniser) -> FormFace | None:
    """The face of a sheet with entries; None where they are no page's of ours."""
    named = [(m, entry) for entry in sheet.entries if (m := _NAME.fullmatch(entry.name))]
    codes = Counter(m[1] for m, _ in named)
    found = find_page(codes.most_common(1)[0][0]) if codes else None
    if found is None:
        return None
    form, page = found
    flat = find_form(sheet)
    if flat is None or flat.page is not page:
        flat = as_printed(sheet, form, page)
    own = [(m, entry) for m, entry in named if m[1] == form.code_text(page.number)]
    ticks = {(t.key, t.code) for t in page.tick}
    ticked = {(key, code) for m, _ in own for key, _, code in [m[2].partition(":")]} & ticks
    combs = {comb.key for comb in page.comb}
    keys = combs | {area.key for area in page.area if area.look == "line"}
    lines: dict[str, list[tuple[int, Entry]]] = {}
    for m, entry in own:
        if m[2] in keys:
            lines.setdefault(m[2], []).append((int(m[3] or 1), entry))
    paper = next((code for key, code in sorted(ticked) if key == "id_type"), "")
    typed = {}
    for key, numbered in lines.items():
        entries = [entry for _, entry in sorted(numbered, key=lambda row: row[0])]
        text = "".join(entry.text for entry in entries)
        bare = "".join(narrow(text).split())
        value = number_value(key, bare, paper) if key in combs else _text_value(key, text)
        typed[key] = Reading(
            value=value.value,
            raw=text,
            confidence=1.0,
            box=on_page(quad_around(p for entry in entries for p in entry.quad), sheet),
            source="form",
            doubts=value.doubts,
        )
    face, fields, changes, marks = read_flat(flat, recognise, typed, ticked)
    for key in {key for key, _ in ticked}:
        own_codes = {code for tick_key, code in ticked if tick_key == key}
        said = fields.get(key)
        if said is not None and said.value and own_codes >= set(said.value.split(",")):
            # All that is marked was ticked in the fields; what the pen added would be read.
            update = {"source": "form", "confidence": 1.0}
            fields[key] = said.model_copy(update=update)
    return face, fields, changes, marks


def _text_value(key: str, text: str) -> Value:
    """What was typed stands as it was typed: doubts of a reading (an address cut short) are none of
    it. An ethnic group gets its own name, and a place of enrolment must be one."""
    if key == "ethnicity":
        return form_value(key, text)
    return Value(text, form_value(key, text).doubts if key == "enrol_place" else ())
