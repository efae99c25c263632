"""Passport, data page: printed zone (labels above values) and machine-readable zone TD3.

The machine-readable zone carries check digits (ICAO 9303) and is the surer reader: where it and the
printed zone agree, both are surer; the comparison itself is rule X12. :mod:`printed` reads what is
printed, in the forms of many states, :mod:`zone` the zone, ``labels.toml`` holds the words.
Source: domain.md 2.7.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.labelled.beneath import find_below, find_inline, tell_labels
from extractors.labelled.faces import make_face
from extractors.labelled.matching import FORM_NOISE
from extractors.labelled.titles import names_another
from extractors.passport.printed import drop_marks, printed_fields, printed_nationality, printed_sex
from extractors.passport.words import labels
from extractors.passport.years import PassportYears
from extractors.passport.zone import compare_with_zone, read_zone, zone_pieces
from pipeline.contracts import Recogniser
from pipeline.model import DocumentType, Face, Line, Sheet

__all__ = ["KIND", "extract", "printed_nationality", "printed_sex", "score"]

KIND = DocumentType.PASSPORT

PASSPORT_NEEDED = (
    "name",
    "passport_number",
    "nationality",
    "sex",
    "birth_date",
    "valid_to",
)
"""What a passport proves."""
NAMES = frozenset({"surname", "given_name", "full_name"})
_TITLE = re.compile(r"PASSPORT|PASSEPORT|PASAPORTE|REISEPASS|护照|旅券", re.IGNORECASE)
_LODGED = re.compile("住宿|留宿|抵达日期|拟离")
"""What a lodging form prints, which names passports and their numbers, and no passport does."""


def score(lines: Sequence[Line]) -> float | None:
    """How surely these lines are a passport's data page: its machine-readable zone, or its title
    and four of its labels."""
    if zone_pieces(lines):
        return 0.97
    titled = any(_TITLE.search(line.text) for line in lines)
    titled = titled and not any(_LODGED.search(line.text) for line in lines)
    if not titled or names_another(lines, KIND, guide=True):
        return None
    found, _ = find_below(lines, labels())
    return 0.8 if len(found) >= 4 and "passport_number" in found else None


def extract(sheet: Sheet, recognise: Recogniser) -> Sequence[Face]:
    """The data page."""
    zoned = zone_pieces(sheet.lines)
    lines = [
        line
        for line in sheet.lines
        if line.text.strip() not in FORM_NOISE and all(line is not p.line for p in zoned)
    ]
    found, values = find_below(lines, labels())
    tell_labels(found)
    for name, own in find_inline(lines, labels()).items():
        if not values.get(name) and (own[0].text.isupper() or name not in NAMES):
            values[name] = own
    zone = read_zone(sheet, recognise)
    years = PassportYears.of(values, None if zone is None else zone[0])
    fields = printed_fields(values, years)
    if zone is not None:
        parsed, evidence = zone
        fields["mrz"] = evidence
        if parsed is not None:
            compare_with_zone(fields, parsed, evidence, years)
    drop_marks(fields)
    asked = (*PASSPORT_NEEDED, "issue_date", "mrz")
    return [make_face(KIND, "data", score(sheet.lines) or 0.0, sheet, fields, asked)]
