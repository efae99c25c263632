"""境外人员住宿登记表 (Registration Form of Temporary Residence): a bilingual form of the police.

Layouts are local: labels in boxes, English below or beside the Chinese. Chinese labels anchor the
values; English ones are taken out by place and by their words (``lodging.toml``).

Source: domain.md 2.10; guide 五 (5.3).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Any

from extractors.labelled.directions import find_values
from extractors.labelled.faces import make_face
from extractors.labelled.grammar import Grammar
from extractors.labelled.looks import UNLABELLED, look
from extractors.labelled.matching import DOUBTED_FIT, PLAIN_FIT
from extractors.labelled.tables import load_table
from extractors.labelled.titles import find_titles, names_another
from extractors.labelled.translations import without_translations
from extractors.letters.closing import close_of, weigh_digits
from extractors.letters.grammar import org
from extractors.letters.places import mend_place
from extractors.letters.running import LETTER_NOISE, run_together
from extractors.lodging.english import with_english_alone
from extractors.lodging.grammar import LODGING
from pipeline.contracts import Recogniser
from pipeline.evidence.evidence import Evidence, Value
from pipeline.evidence.second_choices import prefer
from pipeline.layout.beside import lay_out, rows_of
from pipeline.layout.label_columns import by_columns, fills_cell
from pipeline.layout.label_words import LabelRule
from pipeline.layout.labels import Label, find_labels
from pipeline.layout.likeness import latin_letters
from pipeline.layout.piece import Piece, cut_at_gaps, pieces_of
from pipeline.layout.ruled_lines import find_rules
from pipeline.layout.stamp_words import is_weak, leans
from pipeline.model import DocumentType, Face, Frozen, Line, Sheet
from pipeline.watch import PlaceFound, is_watched, tell

KIND = DocumentType.LODGING_REGISTRATION
LODGING_GAP = 1.3
"""Line heights between two characters that part a value from what stands beside it."""
LODGING_PRINT = 0.5
"""How large the form's print is for its page (:func:`pipeline.layout.ruled_lines.find_rules`)."""
_CLOSING = frozenset({"signature", "issuer", "issue_date"})
"""Labels that stand below the form's table."""


class LodgingForm(Frozen):
    """``lodging.toml``."""

    rules: tuple[LabelRule, ...]
    brief: dict[str, LabelRule]
    fields: dict[str, str]
    english: dict[str, tuple[str, ...]]
    titles: tuple[re.Pattern[str], ...]
    title_words: re.Pattern[str]
    latin: frozenset[str]
    against: tuple[str, ...]
    need: int
    titled_need: int
    always: tuple[str, ...]


@cache
def lodging_form() -> LodgingForm:
    """The form's labels."""
    table = load_table("lodging", "lodging.toml")
    labels = table.pop("labels")

    def rule(name: str, words: Sequence[Sequence[str]], row: Mapping[str, Any]) -> LabelRule:
        return LabelRule(name, tuple(map(tuple, words)), row.get("lines", 1))

    return LodgingForm(
        rules=tuple(rule(name, row["print"], row) for name, row in labels.items()),
        brief={
            name: rule(name, row["brief"], row) for name, row in labels.items() if "brief" in row
        },
        fields={name: row["field"] for name, row in labels.items() if "field" in row},
        english={n: tuple(map(latin_letters, row["english"])) for n, row in labels.items()},
        **table,
    )


def score(lines: Sequence[Line]) -> float | None:
    """How surely these lines are the form: its title and enough of its labels."""
    form = lodging_form()
    rows = ["".join(line.text.split()).upper() for line in lines]
    titles = [r for r in rows if any(t.search(r) for t in form.titles)]
    if not any(form.title_words.search(t) for t in titles):
        return None
    if any(word in t for t in titles for word in form.against) or names_another(lines, KIND):
        return None
    labels, _ = find_labels(lines, form.rules)
    titled = any(title.kind == KIND for title in find_titles(lines))
    if len(labels) < (form.titled_need if titled else form.need):
        return None
    return min(0.97, 0.6 + 0.03 * len(labels))


def extract(sheet: Sheet, recognise: Recogniser) -> Sequence[Face]:
    """The form on the sheet."""
    form = lodging_form()
    ruling = find_rules(sheet.image, LODGING_PRINT)
    read = [p for p in pieces_of(sheet.lines) if not LETTER_NOISE.fullmatch(p.text)]
    lines = [p.line for p in read if not is_weak(p) or fills_cell(p, read, ruling)]
    sheet = replace(sheet, lines=tuple(lines))
    labels, rest = find_labels(lines, form.rules)
    labels, rest = with_english_alone(labels, rest, form.english, form.rules, form.brief)
    labels, rest = without_translations(labels, rest, form.rules, form.english, form.latin)
    told = by_columns(labels, rest, form.rules, ruling)
    labels, rest = told.labels, told.pieces
    rest = [own for piece in rest if (own := _without_signs(piece)) is not None]
    if is_watched():
        _tell(labels, sheet.lines, form)
    values = _values(labels, [p for p in rest if not leans(p)], form)
    fields: dict[str, Evidence] = {}
    for name, field in form.fields.items():
        if pieces := values.get(name):
            fields[field] = _read(field, pieces, sheet, recognise)
            if name in told.guessed and not _tells_itself(field, fields[field].raw):
                fields[field].doubts.append(UNLABELLED)
    taken = {id(piece) for own in values.values() for piece in own}
    _find_unlabelled(fields, [p for p in rest if id(p) not in taken])
    _labelled_issuer(fields, values.get("issuer", ()))
    _close(fields, _below(sheet, labels), recognise)
    _whole_name(fields)
    _in_order(fields)
    surety, optional = score(sheet.lines) or 0.0, form.fields.values()
    return [make_face(KIND, "page", surety, sheet, fields, form.always, optional=optional)]


def _without_signs(piece: Piece) -> Piece | None:
    """A piece without the bracket and the colon that close a label before it; None where it is
    nothing else."""
    start = next((i for i, c in enumerate(piece.text) if c not in ")/.:;"), 0)
    own = piece.part(start, len(piece.chars))
    return own if any(c.isalnum() for c in own.text) else None


def _tell(labels: Mapping[str, Label], lines: Sequence[Line], form: LodgingForm) -> None:
    for name, label in labels.items():
        for part in label.parts:
            tell(PlaceFound("label", part.quad, tuple(filter(None, [form.fields.get(name)]))))
    for line in lines:
        if any(t.search("".join(line.text.split()).upper()) for t in form.titles):
            tell(PlaceFound("title", line.quad))


def _read(field: str, pieces: Sequence[Piece], sheet: Sheet, recognise: Recogniser) -> Evidence:
    evidence = look(field, pieces, _spaced(field, pieces), sheet, recognise)
    if field in ("address", "issuing_authority"):
        prefer(field, evidence)
    if field.endswith("_date"):
        weigh_digits(evidence)
    return evidence


def _spaced(field: str, pieces: Sequence[Piece]) -> Grammar:
    """The field's grammar; names in Latin letters get their spaces back from the line."""
    grammar = LODGING[field]
    if field not in ("surname", "given_name", "name"):
        return grammar
    spaced = " ".join(p.words for p in pieces)
    plain = "".join(p.text for p in pieces)
    return lambda text: grammar(spaced if text == plain else text)


def _own(label: Label, pieces: Sequence[Piece]) -> list[Piece]:
    """The value without what stands far beside it."""
    own: list[Piece] = []
    for row in rows_of([part for p in pieces for part in cut_at_gaps(p, LODGING_GAP)]):
        ordered = sorted(row, key=lambda p: p.left)
        own.append(ordered[0])
        for last, piece in pairwise(ordered):
            if piece.left - last.right > 2 * LODGING_GAP * last.height:
                break
            own.append(piece)
    return own


def _tells_itself(field: str, text: str) -> bool:
    """Whether no other label of the form has such a value: a country or a sex in Chinese and by
    letters (泰国THA), an address in China."""
    if field == "address":
        return not LODGING[field](text).doubts and "公安" not in text
    found = re.fullmatch(r"(\D{1,8}?)/?([A-Z]{1,3})", text)
    if field not in ("nationality", "sex") or found is None:
        return False
    one, other = LODGING[field](found[1]), LODGING[field](found[2])
    return not (one.doubts or other.doubts) and one.value == other.value


def _find_unlabelled(fields: dict[str, Evidence], pieces: Sequence[Piece]) -> None:
    """What tells itself where its label was not read."""
    for field in ("nationality", "sex", "address"):
        own = [p for p in pieces if field not in fields and _tells_itself(field, p.text)]
        if len(own) == 1:
            value = LODGING[field](own[0].text)
            fields[field] = Evidence(own, value, False, [UNLABELLED])


def _values(
    labels: Mapping[str, Label], pieces: Sequence[Piece], form: LodgingForm
) -> Mapping[str, Sequence[Piece]]:
    """What belongs to each label, wherever the form prints values. What closes it mostly stands
    beside its label, whatever the table does: it is found by itself, in what the table leaves."""
    laid = lay_out(labels, pieces)
    beside = {name: _own(label, laid.values[name]) for name, label in labels.items()}
    closing = {name: label for name, label in labels.items() if name in _CLOSING}
    table = {name: label for name, label in labels.items() if name not in closing}

    def fit(name: str, own: Sequence[Piece]) -> float:
        field = form.fields.get(name)
        if field is None and name != "issuer":
            return PLAIN_FIT
        text = "".join(p.text for p in own)
        value = (org(text) if field is None else LODGING[field](text)) if own else None
        return 0.0 if value is None or not value.value else DOUBTED_FIT if value.doubts else 1.0

    values, _ = find_values(table, pieces, {name: beside[name] for name in table}, fit)
    taken = {id(piece) for own in values.values() for piece in own}
    free = [piece for piece in pieces if id(piece) not in taken]
    closed, _ = find_values(closing, free, {name: beside[name] for name in closing}, fit)
    return {**values, **closed}


# ---------------------------------------------------------------- fields together


def _below(sheet: Sheet, labels: Mapping[str, Label]) -> Sheet:
    """The sheet with the lines below the table only: its cells hold other dates."""
    bottoms = [label.bottom for name, label in labels.items() if name not in _CLOSING]
    floor = max(bottoms, default=sheet.image.shape[0])
    below = [p.line for p in pieces_of(sheet.lines) if p.centre[1] > floor + 0.8 * p.height]
    return replace(sheet, lines=tuple(below))


def _labelled_issuer(fields: dict[str, Evidence], pieces: Sequence[Piece]) -> None:
    """The issuer behind its label, where it is a body's name. What a seal says beside it begins in
    another column."""
    own = [p for p in pieces if abs(p.left - pieces[0].left) < p.height or p.line is pieces[0].line]
    said = org("".join(p.text for p in own))
    if own and not said.doubts:
        fields["issuing_authority"] = Evidence(own, said)


def _close(fields: dict[str, Evidence], sheet: Sheet, recognise: Recogniser) -> None:
    """Issuer, and the date where its label gave none."""
    closing = close_of(run_together(sheet.lines), sheet, recognise)
    if closing.issuer is not None and "issuing_authority" not in fields:
        prefer("issuing_authority", closing.issuer)
        mend_place(closing.issuer)
        fields["issuing_authority"] = closing.issuer
    labelled = fields.get("issue_date")
    if closing.day is not None and (labelled is None or not labelled.value.value):
        fields["issue_date"] = closing.day


def _whole_name(fields: dict[str, Evidence]) -> None:
    """Surname and given name as one."""
    surname, given = fields.get("surname"), fields.get("given_name")
    if "name" in fields or surname is None or given is None:
        return
    doubts = [*surname.value.doubts, *surname.doubts, *given.value.doubts, *given.doubts]
    value = Value(f"{surname.value.value} {given.value.value}")
    pieces = [*surname.pieces, *given.pieces]
    fields["name"] = Evidence(pieces, value, False, doubts, "derived")


def _in_order(fields: dict[str, Evidence]) -> None:
    """Nobody leaves before arriving, nor is registered before."""
    days = [fields.get(n) for n in ("arrival_date", "departure_date", "issue_date")]
    arrival, departure, issued = days
    for earlier, later in ((arrival, departure), (arrival, issued)):
        if earlier is None or later is None or not earlier.value.value or not later.value.value:
            continue
        if later.value.value < earlier.value.value:
            earlier.doubts.append("日期先后不合")
            later.doubts.append("日期先后不合")
