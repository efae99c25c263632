"""Values whose label was not read, told by their shape, or by their place among the others and by
what they say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

from extractors.labelled.forms import Form
from extractors.labelled.grammar import read_value
from pipeline.layout.beside import rows_of
from pipeline.layout.labels import Label
from pipeline.layout.piece import Piece
from pipeline.layout.stamp_words import is_stamped
from pipeline.reference import dates

BARE_COLUMN = 1.2
"""Line heights by which the lines of an address begin to the left or right of its column."""
LEADING = 2.2
"""Line heights from one of its lines to the next, at most."""
LINES = 4


def take_shaped(
    form: Form, labels: Mapping[str, Label], pieces: Sequence[Piece]
) -> tuple[dict[str, list[Piece]], list[Piece]]:
    """The values that their shape tells, of which no label was read and only one is there; and
    the other pieces. What was read before or behind such a value in its line goes with it."""
    shaped: dict[str, list[Piece]] = {}
    rest = list(pieces)
    for name, shape in form.shapes:
        found = [(p, m) for p in rest for m in shape.finditer(p.text)]
        if name in labels or len(found) != 1:
            continue
        piece, place = found[0]
        value = piece.part(*place.span())
        if value.text == place[0] and is_certain(form, name, value.text):
            shaped[name] = [value]
            rest = [p for p in rest if p is not piece]
    return shaped, rest


def find_address(
    form: Form,
    labels: Mapping[str, Label],
    values: Mapping[str, Sequence[Piece]],
    loose: Sequence[Piece],
) -> list[Piece]:
    """The address of a portrait side of which no label was read: above the number, below the
    rest, in the column of the values."""
    above = [labels[name] for name in ("name", "sex", "birth_date") if name in labels]
    left = [own[0].left for name in ("name", "sex", "birth_date") if (own := values.get(name))]
    wanted = form.face == "portrait" and any(rule.name == "address" for rule in form.labels)
    if not wanted or "address" in labels or "id_number" not in labels or len(left) < 2:
        return []
    owned = {id(piece) for own in values.values() for piece in own}
    free = [piece for piece in loose if id(piece) not in owned]
    top, bottom = max(label.level for label in above), labels["id_number"].level
    return lines_of_address(free, top, bottom, median(left))


def lines_of_address(
    pieces: Sequence[Piece], top: float, bottom: float, column: float
) -> list[Piece]:
    """The lines of an address between two heights, that begin in the column of the other values:
    only if they are a whole address beyond doubt."""
    inner = [
        piece
        for piece in pieces
        if top < piece.centre[1] < bottom
        and abs(piece.left - column) < BARE_COLUMN * piece.height
        and not is_stamped(piece)
    ]
    own: list[Piece] = []
    for row in rows_of(inner):
        if own and row[0].centre[1] - own[-1].centre[1] > LEADING * own[-1].height:
            break
        own.append(min(row, key=lambda piece: abs(piece.left - column)))
    text = "".join(piece.text for piece in own)
    fits = 0 < len(own) <= LINES and not read_value("address", text).doubts
    return own if fits else []


def is_certain(form: Form, name: str, text: str) -> bool:
    """Whether nothing speaks against a value: its checksum, its dates."""
    if len(form.gives(name)) == 1:
        return bool(text) and not read_value(name, text).doubts
    if dates.parse_span(text) is not None:
        return True
    return name in form.single and dates.parse_date(text) is not None
