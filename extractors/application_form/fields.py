"""From answers and choices to the fields of the document."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial

from extractors.application_form.answers import Answer
from extractors.application_form.choices import Choice
from extractors.application_form.handwriting import WAVER_MAX, Hand
from extractors.application_form.values import LIKE, form_value
from extractors.application_form.wording import bare, wording
from extractors.labelled.looks import Looker
from pipeline.contracts import Recogniser
from pipeline.evidence.evidence import Evidence, Value, box_around, on_page, reading_of
from pipeline.evidence.second_choices import prefer
from pipeline.layout.piece import quad_around
from pipeline.model import Point, Reading, Sheet
from pipeline.reference import addresses
from pipeline.reference.text import squeeze

SURE_FIELD = 0.99
HANDWRITTEN = "手写内容，请核对"
UNCLEAR = "方框是否勾选不清楚"
TWICE = "只能选一项，却勾选了多项"
MISREAD = "选项文字有一字未认准"
BOXLESS = "未找到选项的方框"
PARTIAL = "未认出全部九个事项，请核对有无遗漏"
VALUE_ALONE = "只认出一个选项"
_TEXTS = (
    "name", "sex", "ethnicity", "birth_date", "id_number", "mobile", "office_phone", "postcode",
    "address", "current_address", "delivery_address", "enrol_place", "proxy_name",
    "proxy_id_number", "date", "accepted_on",
)  # fmt: skip
_NUMBERS = ("id_number", "mobile", "postcode", "birth_date", "proxy_id_number")
_CHANGE = ("change_item", "change_old", "change_new")
FormFields = dict[str, Reading]
Rows = tuple[dict[str, Reading], ...]


def read_fields(
    sheet: Sheet,
    answers: Sequence[Answer],
    choices: Sequence[Choice],
    recognise: Recogniser,
) -> tuple[FormFields, Rows]:
    """The document's fields, and its table of changes."""
    looker = Looker.of(sheet, recognise, (p for a in answers for p in a.pieces))
    hand = Hand(sheet.image)
    first: dict[str, Answer] = {}
    for answer in answers:
        known = first.get(answer.key)
        if known is None or (answer.pieces and not known.pieces):
            first[answer.key] = answer
    by_hand = _is_by_hand(hand, [a for key, a in first.items() if key in _TEXTS])
    fields: FormFields = {}
    for key in _TEXTS:
        found = first.get(key)
        if found is None or not found.pieces:
            continue
        evidence = look_again(key, found, looker)
        if by_hand or hand.is_blue(found.pieces):
            evidence.doubts.append(HANDWRITTEN)
        if evidence.value.value:
            fields[key] = reading_of(evidence, sheet)
    add_enrol_division(fields)
    fields |= choice_fields(choices, sheet)
    for key in {c.key for c in choices if c.written and (by_hand or hand.is_blue(c.pieces))}:
        if key in fields:
            doubts = (*fields[key].doubts, HANDWRITTEN)
            fields[key] = fields[key].model_copy(update={"doubts": doubts})
    changes = _changes(answers, looker, by_hand, sheet)
    if changes:
        fields["changes"] = changes_reading(changes)
    return fields, changes


def look_again(key: str, answer: Answer, looker: Looker) -> Evidence:
    """The value of an answer by its field's grammar."""
    read = partial(form_value, key)
    evidence = looker.look(key, answer.pieces, read, (answer.place[0], answer.place[2]))
    prefer(LIKE.get(key, key), evidence)
    return evidence


def _is_by_hand(hand: Hand, answers: Sequence[Answer]) -> bool:
    """Whether the form was filled in by hand: people do not change over from line to line."""
    wavers = [
        waver
        for a in answers
        if a.key in _NUMBERS and a.pieces and (waver := hand.waver(a.pieces)) is not None
    ]
    blue = [hand.is_blue(a.pieces) for a in answers if a.pieces]
    wavering = sum(w > WAVER_MAX for w in wavers)
    return sum(blue) * 2 > len(blue) or (bool(wavers) and wavering * 2 >= len(wavers))


def add_enrol_division(fields: FormFields) -> None:
    """The county of the place of enrolment, derived from its text."""
    place = fields.get("enrol_place")
    if place is None:
        return
    code = addresses.parse_address(place.value).code_current
    if code is not None:
        fields["enrol_division"] = place.model_copy(update={"value": code, "source": "derived"})


# ---------------------------------------------------------------- choices


def choice_fields(choices: Sequence[Choice], sheet: Sheet) -> FormFields:
    """What the choices say, a field a group."""
    fields: FormFields = {}
    for key, group in wording().groups.items():
        own = [c for c in choices if c.key == key]
        if not own:
            continue
        reading = _many(key, own, sheet) if group.many else one_choice(own, sheet)
        if reading is not None:
            fields[key] = reading
    return fields


def _many(key: str, own: Sequence[Choice], sheet: Sheet) -> Reading | None:
    """All that are ticked. A blank list is told apart from one that could not be read."""
    ticked = [c for c in own if c.state == "yes"]
    unclear = [c for c in own if c.state == "unsure"]
    doubts = _doubts(ticked, unclear)
    whole = {c.code for c in own} == set(wording().groups[key].options)
    if key == "matters" and not whole and not all(c.written for c in own):
        doubts.append(PARTIAL)
    if not ticked and not unclear and key != "matters":
        return None
    codes = dict.fromkeys(c.code for c in sorted(ticked, key=lambda c: c.code))
    return _reading(",".join(codes), ticked or unclear or own, doubts, sheet)


def one_choice(own: Sequence[Choice], sheet: Sheet) -> Reading | None:
    """The one that is ticked; nothing where two are, or none surely is."""
    ticked = [c for c in own if c.state == "yes"]
    unclear = [c for c in own if c.state == "unsure"]
    codes = dict.fromkeys(c.code for c in ticked)
    if not codes and not unclear:
        return None
    doubts = _doubts(ticked, unclear)
    if len(codes) > 1:
        return _reading("", ticked, [TWICE], sheet)
    if len({c.code for c in own}) == 1 and not own[0].written:
        doubts.append(VALUE_ALONE)
    return _reading(next(iter(codes), ""), ticked or unclear, doubts, sheet)


def _doubts(ticked: Sequence[Choice], unclear: Sequence[Choice]) -> list[str]:
    doubts = []
    if any(c.box is not None for c in unclear):
        doubts.append(UNCLEAR)
    if any(c.box is None for c in unclear):
        doubts.append(BOXLESS)
    if not all(c.exact for c in (*ticked, *unclear)):
        doubts.append(MISREAD)
    return doubts


def _reading(value: str, shown: Sequence[Choice], doubts: Sequence[str], sheet: Sheet) -> Reading:
    return Reading(
        value=value,
        raw="、".join("".join(p.text for p in c.pieces) for c in shown) if value else "",
        confidence=SURE_FIELD,
        box=on_page(quad_around(point for c in shown for point in _corners(c)), sheet),
        doubts=tuple(doubts),
    )


def _corners(choice: Choice) -> list[Point]:
    """The corners of a choice's words and of its box."""
    quads = [piece.quad for piece in choice.pieces]
    return [
        point for quad in [*quads, *([choice.box.quad] if choice.box else [])] for point in quad
    ]


# ---------------------------------------------------------------- changes


def _changes(answers: Sequence[Answer], looker: Looker, by_hand: bool, sheet: Sheet) -> Rows:
    """The rows 变更项目, 变更前, 变更后 that are filled in."""
    rows: list[dict[str, Reading]] = []
    for answer in answers:
        if answer.key not in _CHANGE or not answer.pieces:
            continue
        name = answer.key.removeprefix("change_")
        if not rows or name in rows[-1] or not _is_level(rows[-1], answer, sheet):
            rows.append({})
        evidence = looker.look(
            "",
            answer.pieces,
            _item if name == "item" else _plain,
            (answer.place[0], answer.place[2]),
        )
        if by_hand:
            evidence.doubts.append(HANDWRITTEN)
        rows[-1][name] = reading_of(evidence, sheet)
    return tuple(row for row in rows if any(r.value for r in row.values()))


def _is_level(row: Mapping[str, Reading], answer: Answer, sheet: Sheet) -> bool:
    """Whether an answer stands in the row of the answers before it."""
    other = next(iter(row.values())).box
    mine = on_page(box_around(answer.pieces), sheet)
    if other is None:
        return False
    high = max(y for _, y in mine) - min(y for _, y in mine)
    return abs(sum(y for _, y in other) - sum(y for _, y in mine)) / 4 < high


def _item(text: str) -> Value:
    key = wording().items.get(bare(text))
    return Value(text, ("变更项目未能识别",)) if key is None else Value(key, (), True)


def _plain(text: str) -> Value:
    return Value(re.sub(r"[_|丨]+", "", squeeze(text)))


def changes_reading(rows: Rows) -> Reading:
    """All rows together as one reading, as sure as the least sure of them."""
    every = [r for row in rows for r in row.values()]
    worst = min(every, key=lambda r: r.confidence)
    incomplete = any(set(row) != {"item", "old", "new"} for row in rows)
    doubts = dict.fromkeys(d for r in every for d in r.doubts)
    return worst.model_copy(
        update={
            "value": ",".join(row["item"].value if "item" in row else "" for row in rows),
            "raw": "；".join(r.raw for r in every),
            "doubts": (*doubts, *(("变更前后填写不全",) if incomplete else ())),
        }
    )
