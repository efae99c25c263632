"""Papers that print a label beside each value: one reading engine, the forms are data.

``forms.toml`` says which labels each face of a paper has. Here a sheet's lines are matched against
a form, the values are taken from beside the labels, and doubtful ones are looked at again.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from extractors.candidates import prefer
from extractors.grammar import Grammar, read_value
from pipeline.contracts import Recogniser
from pipeline.evidence import Evidence, Value, dropped, on_page, reading_of, threshold
from pipeline.evidence import confidence as confidence_of
from pipeline.labels import Label, LabelRule, find_labels, lay_out, rows_of
from pipeline.model import DocumentType, Face, Line, PageRef, Quad, Sheet
from pipeline.piece import Piece, cut_at_gaps, pieces_of
from pipeline.reference import dates
from pipeline.reference.names import is_han

EXPLAINED_MIN = 0.62
"""Share of a sheet's characters that a form's labels and values must account for: on other
papers that print 姓名 and 性别, most of the text is something else."""
NOISE = frozenset(
    {
        "样本",
        "样本样本",
        "SPECIMEN",
        "样本SPECIMEN",
        "复印件",
        "照片",
        "持证人照片",
        "盖章",
        "(盖章)",
    }
    | {"与原件一致", "与原件", "原件一致", "与原件相符"}
)
"""Stamps and watermarks that are nobody's value, read as a line of their own."""
GAP = {"address": 1.3, "": 2.4}
"""Line heights between two pieces of one row beyond which the second belongs to something else."""
CUT = 1.3
"""Line heights between two characters of one line that part a value from what stands beside."""
LEVEL = 0.4
"""Line heights by which the pieces of one value may stand higher or lower than each other."""
LATIN = re.compile(r"[A-Za-z .'-]{3,}")


@dataclass(frozen=True, slots=True)
class Form:
    """One face of a paper, as ``forms.toml`` describes it."""

    type: DocumentType
    face: str
    labels: tuple[LabelRule, ...]
    titles: tuple[str, ...] = ()
    needs_title: bool = False
    against: tuple[str, ...] = ()
    strong: tuple[str, ...] = ()
    need: int = 1
    words: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()
    not_prefixes: tuple[str, ...] = ()
    blank: frozenset[str] = frozenset()
    spans: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def gives(self, label: str) -> tuple[str, ...]:
        """The fields that a label's value gives: itself, or the two ends of a span."""
        return dict(self.spans).get(label, (label,))


def _form(row: dict[str, Any]) -> Form:
    labels = row["labels"]
    rules = tuple(
        LabelRule(
            name,
            tuple(tuple(printing) for printing in label["print"]),
            label.get("lines", 1),
            tuple(label.get("beside", ())),
        )
        for name, label in labels.items()
    )
    spans = tuple((n, tuple(label["gives"])) for n, label in labels.items() if "gives" in label)
    return Form(
        type=DocumentType(row["type"]),
        face=row["face"],
        labels=rules,
        titles=tuple(row.get("titles", ())),
        needs_title=row.get("needs_title", False),
        against=tuple(row.get("against", ())),
        strong=tuple(row["strong"]),
        need=row["need"],
        words=frozenset(row.get("words", ())),
        prefixes=tuple(row.get("prefixes", ())),
        not_prefixes=tuple(row.get("not_prefixes", ())),
        blank=frozenset(row.get("blank", ())),
        spans=spans,
    )


@cache
def forms_of(kind: DocumentType) -> tuple[Form, ...]:
    """The faces of a type of paper."""
    text = (files("extractors") / "forms.toml").read_text(encoding="utf-8")
    forms = [_form(row) for row in tomllib.loads(text)["form"]]
    return tuple(form for form in forms if form.type == kind)


# ---------------------------------------------------------------- is it this paper?


@dataclass(frozen=True, slots=True)
class Match:
    """How well a sheet's lines fit a form. ``explained``: line pieces accounted for."""

    form: Form
    labels: dict[str, Label]
    values: dict[str, list[Piece]]
    has_title: bool
    explained: int
    total: int

    @property
    def score(self) -> float:
        """0 to 1."""
        share = len(self.labels) / max(self.form.need, min(len(self.form.labels), 6))
        return min(1.0, 0.55 * share + (0.45 if self.has_title else 0.35 * share))


def match(form: Form, lines: Sequence[Line]) -> Match | None:
    """The fit of a form, or None where the paper is certainly another one."""
    useful = [line for line in lines if not LATIN.fullmatch(line.text.strip())]
    text = "\n".join("".join(line.text.split()) for line in useful)
    if any(word in text for word in form.against):
        return None
    has_title = any(_has_title(title, text) for title in form.titles)
    if form.needs_title and not has_title:
        return None
    labels, rest = find_labels(useful, form.labels, drop=form.words | NOISE)
    if len(labels) < form.need or not any(name in labels for name in form.strong):
        return None
    typical = sorted(label.height for label in labels.values())[len(labels) // 2]
    laid = lay_out(labels, [p for p in rest if not _is_stamp(p, typical)])
    values = {name: _own(label, laid.values[name]) for name, label in labels.items()}
    number = "".join(p.text for p in values.get("id_number", ()))
    if form.prefixes and not number.startswith(form.prefixes):
        return None
    if form.not_prefixes and number.startswith(form.not_prefixes):
        return None
    explained = sum(len(part.text) for label in labels.values() for part in label.parts)
    explained += sum(
        len(piece.text)
        for name, own in values.items()
        if own and _fits(form, name, own)
        for piece in own
    )
    total = explained_total(useful, form.words | NOISE, form.titles)
    return Match(form, labels, values, has_title, explained, total)


def explained_total(lines: Sequence[Line], words: frozenset[str], titles: Sequence[str]) -> int:
    """Characters of a sheet that a form should account for."""
    return sum(
        len(piece.text)
        for piece in pieces_of(lines)
        if piece.text not in words
        and piece.score >= 0.8
        and not any(_has_title(title, piece.text) for title in titles)
    )


def _has_title(title: str, text: str) -> bool:
    """Whether a title stands in the text, one character of a long one misread or lost."""
    if title in text:
        return True
    if len(title) < 4:
        return False
    return any(
        re.search(re.escape(title[:i]) + ".?" + re.escape(title[i + 1 :]), text) is not None
        for i in range(len(title))
    )


def _fits(form: Form, label: str, pieces: Sequence[Piece]) -> bool:
    text = "".join(p.text for p in pieces)
    if label in dict(form.spans):
        return bool(re.search(r"\d{4}", text))
    return not read_value(label, text).doubts or len(text) >= 12


def _is_stamp(piece: Piece, typical: float) -> bool:
    """Whether a piece is read from a stamp or the photo: far larger than print, or leaning."""
    if any(word in piece.text for word in ("专用章", "与原件", "原件一致")):
        return True
    too_high = piece.height > 2.1 * typical
    leaning = len(piece.chars) >= 2 and abs(piece.tilt) > 0.16
    weak = piece.score < 0.72 and len(piece.text) <= 3 and not piece.text.isascii()
    return too_high or leaning or weak


def _own(label: Label, pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces of a value without what stands beside it by chance: a stamp, a watermark.

    Every row begins with the piece that follows the label best (the later rows: the first row's
    column) and goes on as long as pieces stand level with it and near.
    """
    cut = [part for piece in pieces for part in cut_at_gaps(piece, CUT)]
    own: list[Piece] = []
    for row in rows_of(cut):
        first = min(row, key=lambda p: _apart(label, own, p))
        level = [p for p in row if abs(p.centre[1] - first.centre[1]) < LEVEL * first.height]
        right = sorted((p for p in level if p.left >= first.left), key=lambda p: p.left)
        gap = GAP["address" if label.rule.lines > 1 else ""]
        for last, piece in zip([first, *right], right, strict=False):
            if piece is not first and (piece.left - last.right) > gap * last.height:
                break
            own.append(piece)
    return own


def _apart(label: Label, above: Sequence[Piece], piece: Piece) -> float:
    """How badly a piece begins a row of the value, in line heights."""
    if above:
        return abs(piece.left - min(p.left for p in above)) / piece.height
    gap = max(0.0, piece.left - label.right)
    return (gap + 3.0 * abs(piece.centre[1] - label.level)) / label.height


def matches(forms: Sequence[Form], lines: Sequence[Line]) -> list[Match]:
    """The faces that a sheet shows, best first; none where they leave too much unexplained."""
    found = [m for form in forms if (m := match(form, lines)) is not None]
    found.sort(key=lambda m: -m.score)
    if not found:
        return []
    total = min(m.total for m in found)
    explained = sum(m.explained for m in _distinct(found))
    return found if explained >= EXPLAINED_MIN * total else []


def _distinct(found: Sequence[Match]) -> list[Match]:
    """Matches that use different labels: the other face of the same card, not the same lines
    taken for another face."""
    kept: list[Match] = []
    used: set[int] = set()
    for m in found:
        parts = {id(part.line) for label in m.labels.values() for part in label.parts}
        if not parts & used:
            kept.append(m)
            used |= parts
    return kept


def score_forms(forms: Sequence[Form], lines: Sequence[Line]) -> float | None:
    """How surely the lines are one of these forms; None: they are not."""
    found = matches(forms, lines)
    return found[0].score if found else None


# ---------------------------------------------------------------- reading it


@dataclass(slots=True)
class FormDraft:
    """A face being read: evidence by field, and fields that were not found."""

    match: Match
    sheet: Sheet
    fields: dict[str, Evidence]
    missing: list[str]

    def finish(self) -> Face:
        """The face as it goes out."""
        source = self.sheet.source
        height, width = self.sheet.image.shape[:2]
        outline: Quad = ((0, 0), (width - 1, 0), (width - 1, height - 1), (0, height - 1))
        return Face(
            type=self.match.form.type,
            face=self.match.form.face,
            score=round(self.match.score, 3),
            page=PageRef(
                file=source.file,
                page=source.page,
                sha256=source.sha256,
                rotation=self.sheet.rotation,
            ),
            outline=on_page(outline, self.sheet),
            fields={name: reading_of(e, self.sheet) for name, e in self.fields.items()},
            missing=tuple(name for name in self.missing if name not in self.fields),
        )


def read_forms(forms: Sequence[Form], sheet: Sheet, recognise: Recogniser) -> Iterator[FormDraft]:
    """Read every face that the sheet shows."""
    for found in _distinct(matches(forms, sheet.lines)):
        yield _read(found, sheet, recognise)


def _read(found: Match, sheet: Sheet, recognise: Recogniser) -> FormDraft:
    draft = FormDraft(found, sheet, {}, [])
    for rule in found.form.labels:
        fields = found.form.gives(rule.name)
        label = found.labels.get(rule.name)
        pieces = found.values.get(rule.name, [])
        if label is None:
            pieces = _without_label(rule.name, found, sheet)
        elif not pieces:
            pieces = _look_beside(label, found, sheet, recognise)
        if not pieces:
            if label is not None or _is_expected(rule.name, found):
                _nothing_there(rule.name, fields, label, draft)
            continue
        grammar = _grammar(rule.name, fields)
        evidence = _look(rule.name, _fitting(pieces, grammar), grammar, sheet, recognise)
        prefer(fields[0], evidence)
        if label is None:
            evidence.doubts.append("未读到该栏的标签")
        _place(draft, fields, evidence)
    return draft


def _fitting(pieces: Sequence[Piece], grammar: Grammar) -> Sequence[Piece]:
    """The longest run of pieces that the grammar takes without doubt, nearest the label; all of
    them where it takes none. What is left out was read from a stamp beside the value."""
    text = "".join(p.text for p in pieces)
    if len(pieces) < 2 or not grammar(text).doubts:
        return pieces
    runs = [pieces[i:j] for i in range(len(pieces)) for j in range(i + 1, len(pieces) + 1)]
    fitting = [run for run in runs if not grammar("".join(p.text for p in run)).doubts]
    return max(fitting, key=lambda run: sum(len(p.text) for p in run), default=pieces)


def _grammar(name: str, fields: Sequence[str]) -> Grammar:
    """The grammar of a label's whole text: a span's is that both its ends are dates."""
    if len(fields) == 1:
        return lambda text: read_value(fields[0], text)

    def span(text: str) -> Value:
        both = dates.parse_span(text)
        if both is not None:
            return Value("~".join(both), (), True)
        single = dates.parse_date(text)
        return Value(single, (), True) if single else Value("", ("不是完整的起止日期",))

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


def _nothing_there(name: str, fields: Sequence[str], label: Label | None, draft: FormDraft) -> None:
    form = draft.match.form
    for field in fields:
        if field in form.blank and label is not None:
            value = Value("")
            draft.fields[field] = Evidence(label.parts, value, True)
        else:
            draft.missing.append(field)


def _is_expected(name: str, found: Match) -> bool:
    """Whether a face always prints the label, so that its absence is a reading lost."""
    return found.form.face in ("portrait", "emblem") and not found.form.blank


def _without_label(name: str, found: Match, sheet: Sheet) -> list[Piece]:
    """A value whose label was not read, where its own grammar and its place tell it."""
    taken = {id(p.line) for own in found.values.values() for p in own}
    taken |= {id(p.line) for label in found.labels.values() for p in label.parts}
    free = [p for p in pieces_of(sheet.lines) if id(p.line) not in taken]
    if name in ("id_number", "certificate_number"):
        size = 18 if name == "id_number" else 20
        return [p for p in free if sum(c.isdigit() for c in p.text) >= size - 1][:1]
    if name == "name":
        return _name_without_label(found, free)
    return []


def _name_without_label(found: Match, free: Sequence[Piece]) -> list[Piece]:
    """A name above the row of 性别, or one of whose label the last character was read."""
    for piece in free:
        if piece.text.startswith("名") and not read_value("name", piece.text[1:]).doubts:
            return [piece.part(1, len(piece.chars))]
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


def _look_beside(label: Label, found: Match, sheet: Sheet, recognise: Recogniser) -> list[Piece]:
    """What stands beside a label where no line was found: the strip up to the next label."""
    height = label.height
    right = sheet.image.shape[1] - 1.0
    for other in found.labels.values():
        if other is not label and other.left > label.right and label.in_row(other.parts[0]):
            right = min(right, other.left - 0.2 * height)
    left = label.right + 0.25 * height
    right = min(right, left + 14 * height)
    if right - left < height:
        return []
    tilt = label.parts[0].tilt if len(label.parts[0].text) >= 3 else 0.0
    middle = (label.top + label.bottom) / 2
    a = middle + tilt * (left - label.right)
    b = middle + tilt * (right - label.right)
    half = 0.72 * height
    quad: Quad = ((left, a - half), (right, b - half), (right, b + half), (left, a + half))
    pieces = pieces_of([line for line in recognise(sheet.image, [quad]) if line.text])
    return [p for p in pieces if p.score >= 0.75]


def _look(
    name: str,
    pieces: Sequence[Piece],
    grammar: Grammar,
    sheet: Sheet,
    recognise: Recogniser,
) -> Evidence:
    """The value, looked at again where the first look leaves doubt."""
    first = Evidence(pieces, grammar("".join(p.text for p in pieces)))
    hole = _is_han_text(first) and dropped(pieces, sheet.image)
    if not (hole or first.value.doubts or confidence_of(first) < threshold(_field(name))):
        return first
    second = _again(first, grammar, sheet, recognise)
    if second is None or second.value.value == first.value.value:
        chosen = first
    else:
        chosen = max(first, second, key=_weight)
        other = second if chosen is first else first
        if not (chosen.value.closed and not other.value.closed):
            chosen.doubts.append("两次识别不一致")
    if _is_han_text(chosen) and dropped(chosen.pieces, sheet.image):
        chosen.doubts.append("疑有未识别的字")
    return chosen


def _field(label: str) -> str:
    return {"validity": "valid_to"}.get(label, label)


def _is_han_text(evidence: Evidence) -> bool:
    return any(is_han(c.text) for c in evidence.chars)


def _weight(evidence: Evidence) -> tuple[bool, bool, float]:
    return (
        evidence.value.closed,
        not evidence.value.doubts,
        min((c.score for c in evidence.chars), default=0.0),
    )


def _again(
    first: Evidence, grammar: Grammar, sheet: Sheet, recognise: Recogniser
) -> Evidence | None:
    """The same places read once more, from a slightly wider cut."""
    quads = [_wider(p.quad, 0.10 * p.height) for p in first.pieces]
    lines = recognise(sheet.image, quads)
    if len(lines) != len(first.pieces) or not all(line.text for line in lines):
        return None
    pieces = pieces_of(lines)
    return Evidence(pieces, grammar("".join(p.text for p in pieces)))


def _wider(quad: Quad, by: float) -> Quad:
    (ax, ay), (bx, by_), (cx, cy), (dx, dy) = quad
    return (
        (ax - by, ay - by),
        (bx + by, by_ - by),
        (cx + by, cy + by),
        (dx - by, dy + by),
    )
