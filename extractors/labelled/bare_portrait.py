"""The portrait side of an ID card of whose labels the copier left nothing: values alone.

Its number is the witness: the birth date and the sex that stand above are the number's own. Which
paper it is, the other side beside it tells.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.labelled.bare import lines_of_address
from extractors.labelled.faces import make_face
from extractors.labelled.forms import Form
from extractors.labelled.grammar import read_value
from extractors.labelled.looks import UNLABELLED
from extractors.labelled.matching import EXPLAINED_MIN, FORM_NOISE, explained_total
from pipeline.evidence.evidence import Evidence, Value
from pipeline.layout.piece import Piece, pieces_of
from pipeline.model import Face, Sheet
from pipeline.reference import idnumber

SCORE = 0.6
PORTRAIT_COLUMN = 2.0
"""Line heights by which the values begin to the left or right of each other."""


def read_bare_portrait(forms: Sequence[Form], sheet: Sheet) -> list[Face]:
    """The portrait side of these forms without its labels; none where the sheet is none."""
    faces = [_read(form, sheet) for form in forms if form.face == "portrait"]
    return [face for face in faces if face is not None]


def _read(form: Form, sheet: Sheet) -> Face | None:
    """The side with name, sex, birth date, address and number below each other, or None where the
    number is not valid, where what stands above is not what it holds, or where too much more is
    printed. Name and address are doubted: only their place tells them."""
    pieces = [p for p in pieces_of(sheet.lines) if p.text not in FORM_NOISE]
    numbers = [p for p in pieces if idnumber.is_valid(p.text)]
    if len(numbers) != 1 or not form.bears(numbers[0].text):
        return None
    number, told = numbers[0], idnumber.parse(numbers[0].text)
    above = [p for p in pieces if p.centre[1] < number.centre[1] - number.height]
    day = told.birth_date
    birth = next((p for p in above if _digits(p.text) == f"{day.year}{day.month}{day.day}"), None)
    sex = next((p for p in above if p.text == told.sex), None)
    if birth is None or sex is None or sex.centre[1] > birth.centre[1]:
        return None
    fields = {
        "sex": Evidence([sex], Value(sex.text, (), True), agreed=True),
        "birth_date": Evidence([birth], Value(day.isoformat(), (), True), agreed=True),
        "id_number": Evidence([number], Value(number.text, (), True), agreed=True),
    }
    row = [p for p in above if abs(p.centre[1] - sex.centre[1]) < 0.5 * sex.height and p is not sex]
    if row and any(rule.name == "ethnicity" for rule in form.labels):
        value = read_value("ethnicity", row[0].text)
        if not value.doubts:
            fields["ethnicity"] = Evidence([row[0]], value)
    name = [
        p for p in above if p.centre[1] < sex.centre[1] - 0.7 * sex.height and _in_column(p, sex)
    ]
    if len(name) == 1 and not read_value("name", name[0].text).doubts:
        fields["name"] = Evidence(name, read_value("name", name[0].text), doubts=[UNLABELLED])
    low = birth.centre[1] + 0.5 * birth.height
    address = lines_of_address(above, low, number.centre[1], birth.left)
    if address:
        text = "".join(p.text for p in address)
        fields["address"] = Evidence(address, read_value("address", text), doubts=[UNLABELLED])
    explained = sum(len(p.text) for own in fields.values() for p in own.pieces)
    if explained < EXPLAINED_MIN * explained_total(sheet.lines, FORM_NOISE, ()):
        return None
    return make_face(form.type, form.face, SCORE, sheet, fields, form.always)


def _digits(text: str) -> str:
    """A date's digits, without the leading zeros of month and day; other signs left out."""
    return "".join(part.lstrip("0") for part in re.findall(r"\d+", text))


def _in_column(piece: Piece, other: Piece) -> bool:
    return abs(piece.left - other.left) < PORTRAIT_COLUMN * other.height
