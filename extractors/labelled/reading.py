"""Reading the values of a form, and looking again where the first look leaves doubt."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from extractors.labelled.faces import make_face
from extractors.labelled.forms import Form
from extractors.labelled.grammar import VALUE_SPECKS, Grammar, read_value
from extractors.labelled.looks import MENDED, UNLABELLED, Looker
from extractors.labelled.matching import (
    FORM_NOISE,
    Match,
    assign,
    bears_title,
    distinct,
    match_side,
    matches,
)
from pipeline.contracts import Recogniser
from pipeline.evidence.evidence import Evidence, Value
from pipeline.evidence.second_choices import prefer
from pipeline.layout.labels import Label, find_labels
from pipeline.layout.piece import Piece, pieces_of
from pipeline.layout.ruled_table import quad_of
from pipeline.model import Face, Line, Quad, Sheet
from pipeline.reference import dates
from pipeline.watch import PlaceFound, is_watched, tell

BLANK_AMONG_LOST = "其他栏有漏读，此栏是否空白待核"
NOT_BLANK = "栏内有未读清的字"
VALUE_SURELY_READ = 0.9
"""Mean score from which what was left out of a value is print, as far as reading tells."""
BLANK_EMS = 8.0
"""Line heights right of a label within which its value begins, in whatever column that is."""
LABEL_EMS = 9.0
"""Line heights left of a value within which its label stands, its translation with it."""


@dataclass(slots=True)
class FormDraft:
    """A face being read: evidence by field, and fields that were not found."""

    match: Match
    sheet: Sheet
    fields: dict[str, Evidence]
    missing: list[str]

    def finish(self) -> Face:
        """The face as it goes out."""
        form, score, fields = self.match.form, self.match.score, self.fields
        unread = (rule.name for rule in form.labels if rule.name not in dict(form.under))
        optional = [field for name in unread for field in form.gives(name)]
        kind, face, sheet = form.type, form.face, self.sheet
        return make_face(kind, face, score, sheet, fields, self.missing, optional=optional)


def read_forms(forms: Sequence[Form], sheet: Sheet, recognise: Recogniser) -> Iterator[FormDraft]:
    """Read every face that the sheet shows."""
    found = distinct(matches(forms, sheet.lines))
    lost = [line for match in found for line in _lost_labels(match, sheet, recognise)]
    if lost:
        sheet = replace(sheet, lines=(*sheet.lines, *lost))
        found = distinct(matches(forms, sheet.lines))
    yield from _read_matches(found, sheet, recognise)


def _lost_labels(found: Match, sheet: Sheet, recognise: Recogniser) -> list[Line]:
    """Labels that were not found among specks, under a stamp or a fold: what stands left of values
    that belong to none, where the face lacks one that it always prints."""
    form = found.form
    rules = [rule for rule in form.labels if rule.name not in found.labels]
    if not any({rule.name, *form.gives(rule.name)}.intersection(form.always) for rule in rules):
        return []
    owned = {id(piece) for own in found.values.values() for piece in own}
    free = [p for p in found.loose if id(p) not in owned]
    free += [p for own in found.shaped.values() for p in own]
    strips = [quad for piece in free if (quad := _strip_before(piece, sheet)) is not None]
    lines = recognise(sheet.image, strips) if strips else ()
    return [line for line in lines if line.text and find_labels([line], rules)[0]]


def _strip_before(piece: Piece, sheet: Sheet) -> Quad | None:
    """The place left of a piece, as far as a label goes, or to what stands there."""
    row = [
        p.right
        for p in pieces_of(sheet.lines)
        if p.right <= piece.left and abs(p.centre[1] - piece.centre[1]) < 0.5 * piece.height
    ]
    left = max([0.0, piece.left - LABEL_EMS * piece.height, *row])
    right = piece.left - 0.1 * piece.height
    if right - left < 2 * piece.height:
        return None
    top, bottom = piece.top - 0.1 * piece.height, piece.bottom + 0.1 * piece.height
    return quad_of(left, top, right, bottom)


def read_side(
    forms: Sequence[Form], sheet: Sheet, recognise: Recogniser, known: Collection[str]
) -> list[Face]:
    """The side of a paper that no title tells, beside its ``known`` faces."""
    found = match_side(forms, sheet.lines, known)
    drafts = _read_matches([found] if found else [], sheet, recognise)
    return [draft.finish() for draft in drafts]


def _read_matches(
    found: Sequence[Match], sheet: Sheet, recognise: Recogniser
) -> Iterator[FormDraft]:
    if not found:
        return
    own = (piece for match in found for own in match.values.values() for piece in own)
    looker = Looker.of(sheet, recognise, own)
    for match in found:
        values, turned = assign(match.form, match.labels, looker.ink.without_faint(match.loose))
        yield _read(replace(match, values=values, turned=turned), match.values, looker)


def _read(found: Match, faint: Mapping[str, Sequence[Piece]], looker: Looker) -> FormDraft:
    """``faint`` are the values of the labels, with what is fainter than the sheet's print."""
    sheet = looker.sheet
    if is_watched():
        _tell(found, sheet)
    draft = FormDraft(found, sheet, {}, [])
    for rule in found.form.labels:
        fields = _fields(rule.name, found)
        if not fields:
            continue
        label = found.labels.get(rule.name)
        pieces = found.values.get(rule.name, [])
        grammar = _grammar(found.form, rule.name, fields)
        seen = bool(pieces)
        if label is None:
            pieces = _without_label(rule.name, found, sheet)
        elif not pieces and not found.turned:
            pieces = _look_beside(label, found, looker, grammar)
        faded = _faded(found.form, fields, grammar, faint.get(rule.name, ())) if not pieces else []
        pieces = pieces or faded
        if not pieces:
            _nothing_there(fields, label, draft)
            continue
        own = _fitting(pieces, grammar)
        is_beside = label is not None and rule.name not in found.turned
        left = label.right if label is not None and is_beside else own[0].left
        limits = left, _limit(own[0], found, sheet)
        evidence = looker.look(fields[-1], own, grammar, limits)
        prefer(fields[0], evidence, sheet.lines)
        if rule.lines > 1 and (_left_out(pieces, own) or _passed_over(own, found)):
            evidence.doubts.append("旁有清晰的字未计入")
        if label is not None and not seen and not evidence.value.closed:
            evidence.doubts.append(MENDED)
        if faded:
            evidence.doubts.append("墨色比其他栏浅")
        if label is None:
            evidence.doubts.append(UNLABELLED)
        elif _lacks_anchor(rule.name, found):
            evidence.doubts.append("未读到其上一栏，归属存疑")
        _place(draft, fields, evidence)
    if draft.missing:
        # Where values were lost, a place that seems empty may have lost its own.
        for evidence in draft.fields.values():
            if not evidence.value.value:
                evidence.doubts.append(BLANK_AMONG_LOST)
    return draft


def _tell(found: Match, sheet: Sheet) -> None:
    for name, label in found.labels.items():
        for part in label.parts:
            tell(PlaceFound("label", part.quad, found.form.gives(name)))
    for line in sheet.lines:
        text = "".join(line.text.split())
        if any(bears_title(title, text) for title in found.form.titles):
            tell(PlaceFound("title", line.quad))


def _fitting(pieces: Sequence[Piece], grammar: Grammar) -> Sequence[Piece]:
    """The longest run of pieces that the grammar takes without doubt, nearest the label; all of
    them where it takes none. What is left out was read from a stamp beside the value."""
    text = "".join(p.text for p in pieces)
    if len(pieces) < 2 or not grammar(text).doubts:
        return pieces
    runs = [pieces[i:j] for i in range(len(pieces)) for j in range(i + 1, len(pieces) + 1)]
    fitting = [run for run in runs if not grammar("".join(p.text for p in run)).doubts]
    return max(fitting, key=lambda run: sum(len(p.text) for p in run), default=pieces)


def _faded(
    form: Form, fields: Sequence[str], grammar: Grammar, faint: Sequence[Piece]
) -> list[Piece]:
    """What stands where a value should, fainter than the others (a reflection, a worn card): where
    no blank is allowed and the grammar takes it, it is hardly a stamp's."""
    text = "".join(piece.text for piece in faint)
    fits = bool(faint) and not form.blank.intersection(fields) and not grammar(text).doubts
    return list(faint) if fits else []


def _left_out(pieces: Sequence[Piece], own: Sequence[Piece]) -> bool:
    """Whether something that reads as surely as the value itself was left out of it: where
    a value may go on, perhaps its end."""
    kept = {id(piece) for piece in own}
    return any(p.score >= VALUE_SURELY_READ for p in pieces if id(p) not in kept)


def _passed_over(own: Sequence[Piece], found: Match) -> bool:
    """Whether a line that is nobody's stands between the lines of a value."""
    owned = {id(p.line) for pieces in found.values.values() for p in pieces}
    top, bottom = own[0].centre[1], own[-1].centre[1]
    return any(
        id(p.line) not in owned
        and p.score >= VALUE_SURELY_READ
        and top + 0.4 * p.height < p.centre[1] < bottom - 0.4 * p.height
        and p.left < max(o.right for o in own)
        and p.right > min(o.left for o in own)
        for p in found.loose
    )


def _stands_beside(label: Label, found: Match, sheet: Sheet) -> bool:
    """Whether something stands beside a label that was taken for a stamp's, or for no text: a place
    with print in it is not blank."""
    owned = {id(p.line) for pieces in found.values.values() for p in pieces}
    owned |= {id(p.line) for other in found.labels.values() for p in other.parts}
    limit = _limit(label.parts[-1], found, sheet)
    return any(
        id(piece.line) not in owned
        and label.in_row(piece)
        and label.right - piece.height
        < piece.left
        < min(limit, label.right + BLANK_EMS * label.height)
        for piece in pieces_of(sheet.lines)
        if piece.text not in FORM_NOISE
    )


def _fields(name: str, found: Match) -> tuple[str, ...]:
    """The fields that a label gives on this sheet.

    None where it counts only below another label and stands above it, or a surer label gives
    the same.
    """
    fields = found.form.gives(name)
    above = dict(found.form.under).get(name)
    if above is None:
        return fields
    label, anchor = found.labels.get(name), found.labels.get(above)
    if label is None or any(field in found.labels for field in fields):
        return ()
    return fields if anchor is None or anchor.level < label.level else ()


def _lacks_anchor(name: str, found: Match) -> bool:
    above = dict(found.form.under).get(name)
    return above is not None and above not in found.labels


def _grammar(form: Form, label: str, fields: Sequence[str]) -> Grammar:
    """The grammar of a label's whole text: a span's is that both its ends are dates."""
    if len(fields) == 1:
        field = "month" if fields[0] in form.month_dates else fields[0]
        return lambda text: read_value(field, text)

    def span(printed: str) -> Value:
        text = printed.strip(VALUE_SPECKS)
        both = dates.parse_span(text)
        if both is not None:
            return Value("~".join(both), (), True)
        single = read_value("month" if fields[-1] in form.month_dates else fields[-1], text)
        if not single.value:
            return Value("", ("不是完整的起止日期",))
        if label in form.single:
            return single
        return Value(single.value, (*single.doubts, "只读到一个日期"))

    return span


def _place(draft: FormDraft, fields: Sequence[str], evidence: Evidence) -> None:
    if len(fields) == 1:
        if evidence.value.value:
            draft.fields[fields[0]] = evidence
        else:
            draft.missing.append(fields[0])
        return
    ends = evidence.value.value.split("~") if evidence.value.value else []
    # A single date is the end of the span.
    wanted = fields if len(ends) == 2 else fields[-1:]
    if not ends:
        draft.missing += fields
        return
    for name, end in zip(wanted, ends, strict=True):
        value = replace(evidence.value, value=end)
        draft.fields[name] = Evidence(
            evidence.pieces, value, evidence.agreed, list(evidence.doubts)
        )


def _nothing_there(fields: Sequence[str], label: Label | None, draft: FormDraft) -> None:
    form = draft.match.form
    for field in fields:
        if field in form.blank and label is not None:
            doubts = [NOT_BLANK] if _stands_beside(label, draft.match, draft.sheet) else []
            draft.fields[field] = Evidence(label.parts, Value(""), True, doubts)
        elif label is not None or field in form.always:
            draft.missing.append(field)


def _without_label(name: str, found: Match, sheet: Sheet) -> list[Piece]:
    """A value whose label was not read, where shape, or grammar and place, tell it."""
    if name in found.shaped:
        return found.shaped[name]
    taken = {id(p.line) for own in found.values.values() for p in own}
    taken |= {id(p.line) for label in found.labels.values() for p in label.parts}
    free = [p for p in pieces_of(sheet.lines) if id(p.line) not in taken]
    if name in ("id_number", "certificate_number"):
        size = 18 if name == "id_number" else 20
        return [p for p in free if sum(c.isdigit() for c in p.text) >= size - 1][:1]
    if name == "ethnicity":
        return _ethnicity_without_label(found, free)
    if name == "name":
        return _name_without_label(found, free)
    return []


def _ethnicity_without_label(found: Match, free: Sequence[Piece]) -> list[Piece]:
    """What stands behind the sex in its row, if it is an ethnic group."""
    sex, own = found.labels.get("sex"), found.values.get("sex")
    if sex is None or not own:
        return []
    behind = [p for p in free if p.left > own[-1].right and sex.in_row(p)]
    return [p for p in behind if not read_value("ethnicity", p.text).doubts][:1]


def _name_without_label(found: Match, free: Sequence[Piece]) -> list[Piece]:
    """A name above the row of 性别, or one of whose label the last character was read."""
    for piece in free:
        if not piece.text.startswith("名") or len(piece.chars) < 2:
            continue
        name = piece.part(1, len(piece.chars))
        if not read_value("name", name.text).doubts:
            return [name]
    sex = found.labels.get("sex")
    if sex is None or found.form.face != "portrait":
        return []
    above = [
        p
        for p in free
        if 0.8 < (sex.top - p.centre[1]) / sex.height < 4
        and sex.right - sex.height < p.left < sex.right + 4 * sex.height
        and p.score > 0.9
        and not read_value("name", p.text).doubts
        and p.text not in found.form.words
    ]
    return above if len(above) == 1 else []


def _look_beside(label: Label, found: Match, looker: Looker, grammar: Grammar) -> list[Piece]:
    """What stands beside a label where no line was found: the strip up to the next label."""
    height = label.height
    left = label.right + 0.25 * height
    right = min(_limit(label.parts[0], found, looker.sheet), left + 14 * height)
    if right - left < height:
        return []
    tilt = label.parts[0].tilt if len(label.parts[0].text) >= 3 else 0.0
    a = label.level + tilt * (left - label.right)
    b = label.level + tilt * (right - label.right)
    half = 0.72 * height
    quad: Quad = ((left, a - half), (right, b - half), (right, b + half), (left, a + half))
    return looker.beside(quad, grammar)


def _limit(piece: Piece, found: Match, sheet: Sheet) -> float:
    """How far to the right a row may go: up to the next label in it, or the sheet's edge."""
    following = [
        label.left - 0.2 * label.height
        for label in found.labels.values()
        if label.left > piece.right and label.in_row(piece)
    ]
    return float(min([sheet.image.shape[1] - 1.0, *following]))
