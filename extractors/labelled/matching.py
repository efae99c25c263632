"""Whether a sheet shows a form, and what on it belongs to which label."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from extractors.labelled.bare import find_address, is_certain, take_shaped
from extractors.labelled.directions import find_values
from extractors.labelled.forms import Form
from extractors.labelled.grammar import GRAMMARS, read_value
from extractors.labelled.tables import load_table
from extractors.labelled.titles import SURE_TITLE, Title, find_titles
from extractors.labelled.translations import is_translation, without_translations
from pipeline.layout.beside import lay_out, rows_of
from pipeline.layout.labels import Label, find_labels
from pipeline.layout.piece import Piece, cut_at_gaps, distinct_pieces
from pipeline.layout.stamp_words import STAMPS, is_stamp, is_stamped, is_weak, without_stamp
from pipeline.model import Line
from pipeline.once import only
from pipeline.reference import dates, idnumber

EXPLAINED_MIN = 0.62
"""Share of a sheet's characters that a form's labels and values must account for: on other
papers that print 姓名 and 性别, most of the text is something else."""
FORM_NOISE = frozenset[str](load_table("labelled", "forms.toml")["noise"])
"""Stamps and watermarks that are nobody's value, read as a line of their own."""
VALUE_GAP = {"address": 1.3, "": 2.4}
"""Largest gap between two pieces of one row that belong together, in line heights: within a value
of several lines ("address"), and within any other ("")."""
LABEL_CUT = 1.3
"""Line heights between two characters of one line that part a value from what stands beside."""
UNTITLED_MIN = 3
"""Labels by which a form is told where its title is not found."""
FORM_COLUMN = 4.0
"""Line heights by which a row of a value may begin to the left or right of the others."""
VOUCHED_MIN = 2
"""Labels by which a side without a title is told beside the other side of its paper."""
LEVEL_ROW = 0.4
"""Line heights by which the pieces of one value may stand higher or lower than each other."""
TITLED_MIN = 1
"""Labels by which a form is told where its title is plainly printed."""
TITLED_EXPLAINED = 0.4
"""The share that must be explained on a sheet that plainly prints the paper's title."""
NOTES_MOST = 2
"""Characters of notes that are left out of account for one that is explained."""
BLANK_FIT, PLAIN_FIT, DOUBTED_FIT = 0.9, 0.6, 0.3
"""How well nothing fits a label that may be blank, anything one of no grammar, and a doubted value
its label."""
NUMBER_DIGITS = {"id_number": 14, "certificate_number": 15, "permit_number": 6}
"""Digits that the number on a paper without a title has at least, lost ones left out."""
LATIN = re.compile(r"[A-Za-z .'-]{3,}")
_NOTE = re.compile(r"^(?=.{8,}).*[，。；、,;]|^[0-9一二三四五六][.、．)）].{5,}|注意事项|须知|说明")
"""What notes to the holder look like: sentences, numbered lines, their heading."""


@dataclass(frozen=True, slots=True)
class Match:
    """How well a sheet's lines fit a form.

    ``loose`` are the pieces that are no label; ``values`` those of them that belong to one;
    ``shaped`` those that belong to none, but whose shape or place tells what they are.
    ``turned`` are the labels whose values stand below or above them. ``explained`` of ``total``
    characters are accounted for.
    """

    form: Form
    labels: dict[str, Label]
    loose: list[Piece]
    values: dict[str, list[Piece]]
    shaped: dict[str, list[Piece]]
    has_title: bool
    explained: int
    total: int
    turned: frozenset[str] = frozenset()

    @property
    def score(self) -> float:
        """0 to 1."""
        usual = sum(bool(self.form.gives(rule.name)) for rule in self.form.labels)
        share = len(self.labels) / max(self.form.need, min(usual, 6))
        return min(1.0, 0.55 * share + (0.45 if self.has_title else 0.35 * share))


def match(
    form: Form, lines: Sequence[Line], titles: Sequence[Title], *, vouched: bool = False
) -> Match | None:
    """The fit of a form, or None where the paper is certainly another one. ``titles`` are those
    that the sheet prints: one of another paper denies. ``vouched``: the other side lies beside it,
    so no title is asked for, but more than one label."""
    if any(title.kind != form.type for title in titles):
        return None
    useful = only(lines, lambda line: not _is_foreign(line, form))
    if not titles and _is_denied(form, useful):
        return None
    text = _rows(useful)
    titled = bool(titles) or any(bears_title(title, text) for title in form.titles)
    words = form.words | FORM_NOISE | {title.text for title in titles}
    plain, rest = find_labels(useful, form.labels, drop=words)
    letters = sum(len(piece.chars) for piece in rest)
    labels, rest = without_translations(plain, rest, form.labels)
    letters -= sum(len(piece.chars) for piece in rest)
    if form.never & labels.keys():
        return None
    if form.needs_title and not (titled or vouched or _is_told(form, plain)):
        return None
    shaped, rest = take_shaped(form, labels, rest)
    told = labels.keys() | (shaped.keys() if titled or form.prefixes else set())
    numbers = [piece for piece in rest if titles and idnumber.is_valid(piece.text)]
    if numbers:
        told |= {"id_number"} & set(form.strong)  # its label was lost, the number stands there
    need = max(form.need, VOUCHED_MIN) if vouched else form.need
    if titles:
        need = min(need, TITLED_MIN)
    if not labels or len(told) < need or not told & set(form.strong):
        return None
    loose = _loose(rest, labels)
    values, turned = assign(form, labels, loose)
    number = "".join(p.text for p in values.get("id_number", shaped.get("id_number", ())))
    validity = "".join(p.text for p in values.get("validity", ()))
    if not form.bears(number) or not (titles or _runs_as_long(form, validity)):
        return None
    if not (titled or vouched or _is_numbered(form, labels, values, shaped)):
        return None
    if address := find_address(form, labels, values, loose):
        shaped["address"] = address
    fitting = [own for name, own in values.items() if own and _fits(form, name, own)]
    told_by = [*(label.parts for label in plain.values()), *fitting, *shaped.values()]
    told_by += [numbers] if "id_number" not in labels else []
    explained = letters + sum(len(piece.text) for own in told_by for piece in own)
    total = explained_total(useful, words, form.titles)
    total -= sum(len(piece.text) for piece in _stamped_dates(useful, loose, values))
    if titles or len(labels) >= UNTITLED_MIN or form.telling & labels.keys():
        total -= min(NOTES_MOST * explained, _notes(loose, labels, values))
    return Match(form, labels, loose, values, shaped, titled, explained, total, turned)


def _loose(pieces: Sequence[Piece], labels: Mapping[str, Label]) -> list[Piece]:
    """The pieces without stamps: what may be a value."""
    typical = sorted(label.height for label in labels.values())[len(labels) // 2]
    label_lines = {id(part.line) for label in labels.values() for part in label.parts}
    return [
        _off_labels(part, labels)
        for piece in pieces
        for part in without_stamp(piece)
        # What was read badly behind a label in its own line is its value.
        if not is_stamp(part, typical) or (is_weak(part) and id(part.line) in label_lines)
    ]


def _is_foreign(line: Line, form: Form) -> bool:
    """Whether a line is in Latin letters and no translation of a label: Zhuang, a name's."""
    text = line.text.strip()
    names = [rule.name for rule in form.labels]
    return LATIN.fullmatch(text) is not None and not is_translation(text, names)


def _is_denied(form: Form, lines: Sequence[Line]) -> bool:
    """Whether a word is printed that this paper never prints. What is read poorly is mostly from
    beside the paper, and speaks against none; nor does a stamp."""
    clear = [line for line in lines if line.score >= SURE_TITLE]
    printed = "\n".join(row for row in _rows(clear).split("\n") if not STAMPS.search(row))
    return any(word in printed for word in form.against)


def _rows(lines: Sequence[Line]) -> str:
    """The lines without white space, one below another."""
    return "\n".join("".join(line.text.split()) for line in lines)


def _notes(
    loose: Sequence[Piece], labels: Mapping[str, Label], values: Mapping[str, Sequence[Piece]]
) -> int:
    """Characters of the notes below all labels, in sentences: what the holder is told."""
    owned = {id(piece) for own in values.values() for piece in own}
    floor = max(label.level for label in labels.values())
    return sum(
        len(piece.text)
        for piece in loose
        if id(piece) not in owned and piece.centre[1] > floor and _NOTE.search(piece.text)
    )


def _stamped_dates(
    lines: Sequence[Line], loose: Sequence[Piece], values: Mapping[str, Sequence[Piece]]
) -> list[Piece]:
    """The dates on a sheet with a copy's stamp that are no label's value: when it was stamped."""
    if not STAMPS.search(_rows(lines)):
        return []
    owned = {id(piece) for own in values.values() for piece in own}
    return [p for p in loose if id(p) not in owned and _DATE.fullmatch(p.text)]


def _is_told(form: Form, labels: Mapping[str, Label]) -> bool:
    """Whether the printed labels, their translations left out (No. is anybody's), tell the paper as
    surely as its title: one of its own, among others."""
    return bool(form.telling & labels.keys()) and len(labels) >= UNTITLED_MIN


def _is_numbered(
    form: Form,
    labels: Mapping[str, Label],
    values: Mapping[str, Sequence[Piece]],
    shaped: Mapping[str, Sequence[Piece]],
) -> bool:
    """Whether the paper's number is of its shape: on a sheet without a title one of another shape
    is another paper's. Where it was not read, or is written over, all other labels tell it."""
    read = {n: "".join(p.text for p in values.get(n, shaped.get(n, ()))) for n in NUMBER_DIGITS}
    known = {rule.name for rule in form.labels} & read.keys() - form.never
    told = [n for n in known if read[n] and n in labels]
    stamped = any(STAMPS.search(piece.line.text) for n in told for piece in values[n])
    if stamped or (known and not any(read[n] for n in known)):
        own = not form.needs_title or (stamped and not form.telling <= known)
        return own and labels.keys() | known >= set(form.always)
    certificate = read["certificate_number"]
    if idnumber.is_valid(certificate[:18]) and not certificate[18:20].isdigit():
        return False  # the number of a person alone, on other papers' 证号
    shaped_like = {n: shape.search(read[n]) for n, shape in form.shapes if n == "permit_number"}
    digits = {n: sum(c.isdigit() for c in read[n]) for n in told if n not in shaped_like}
    return all(shaped_like.values()) and all(digits[n] >= NUMBER_DIGITS[n] for n in digits)


def assign(
    form: Form, labels: Mapping[str, Label], loose: Sequence[Piece]
) -> tuple[dict[str, list[Piece]], frozenset[str]]:
    """What belongs to each label, in reading order; and the labels whose values stand below or
    above them."""
    laid = lay_out(labels, loose)
    beside = {name: _own(label, laid.values[name]) for name, label in labels.items()}
    return find_values(labels, loose, beside, partial(_fit, form))


def _fit(form: Form, name: str, pieces: Sequence[Piece]) -> float:
    """How well pieces are a label's value: 1 beyond doubt."""
    fields = form.gives(name)
    if not pieces:
        return BLANK_FIT if form.blank.intersection(fields) else 0.0
    if not fields:
        return PLAIN_FIT
    text = "".join(piece.text for piece in pieces)
    if len(fields) > 1:
        return 1.0 if is_certain(form, name, text) else DOUBTED_FIT
    field = "month" if fields[0] in form.month_dates else fields[0]
    if field not in GRAMMARS:
        return PLAIN_FIT
    value = read_value(field, text)
    return 1.0 if value.value and not value.doubts else DOUBTED_FIT


def explained_total(lines: Sequence[Line], words: frozenset[str], titles: Sequence[str]) -> int:
    """Characters of a sheet that a form should account for."""
    return sum(
        len(piece.text)
        for piece in distinct_pieces(lines)
        if piece.text not in words
        and not is_stamped(piece)
        and piece.score >= 0.8
        and not any(bears_title(title, piece.text) for title in titles)
    )


def bears_title(title: str, text: str) -> bool:
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
    if not form.gives(label):
        return True
    if len(form.gives(label)) != 1:
        return bool(re.search(r"\d{4}", text))
    return not read_value(label, text).doubts or len(text) >= 12


def _off_labels(piece: Piece, labels: Mapping[str, Label]) -> Piece:
    """A number without the sign before it that lies on a label: boxes of the detector overlap, and
    the label's last sign was read a second time. Names may begin with any sign, and are left."""
    if not _AFTER_LABEL.fullmatch(piece.text):
        return piece
    on_label = any(
        label.in_row(piece) and label.left < piece.left < label.right for label in labels.values()
    )
    return piece.part(1, len(piece.chars)) if on_label else piece


_DATE = re.compile(r"[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日?")
_AFTER_LABEL = re.compile(r"[^0-9A-Za-z][0-9]{8,}[0-9X]")


def _own(label: Label, pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces of a value without what stands beside it by chance: a stamp, a watermark.

    The value's column is that of the piece that follows the label best. Every row begins with the
    piece nearest to it, and goes on as long as pieces stand level with that and near. A row that
    begins elsewhere is none of the value's, but for the rest of one that runs aslant.
    """
    cut = [part for piece in pieces for part in cut_at_gaps(piece, LABEL_CUT)]
    own: list[Piece] = []
    if not cut:
        return own
    gap = VALUE_GAP["address" if label.rule.lines > 1 else ""]
    best = min(cut, key=lambda p: _apart(label, p))
    for row in rows_of(cut):
        first = best if best in row else min(row, key=lambda p: abs(p.left - best.left))
        goes_on = bool(own) and 0 <= first.left - own[-1].right < gap * first.height
        if abs(first.left - best.left) > FORM_COLUMN * best.height and not goes_on:
            continue
        level = [p for p in row if abs(p.centre[1] - first.centre[1]) < LEVEL_ROW * first.height]
        right = sorted((p for p in level if p.left >= first.left), key=lambda p: p.left)
        for last, piece in zip([first, *right], right, strict=False):
            if piece is not first and (piece.left - last.right) > gap * last.height:
                break
            own.append(piece)
    return own


def _apart(label: Label, piece: Piece) -> float:
    """How badly a piece follows a label as the first of its value, in line heights."""
    gap = max(0.0, piece.left - label.right)
    off = piece.centre[1] - piece.tilt_to(label.parts[0]) - label.level
    return (gap + 3.0 * abs(off)) / label.height


def matches(forms: Sequence[Form], lines: Sequence[Line]) -> list[Match]:
    """The faces that a sheet shows, best first; none where they leave too much unexplained."""
    titles = find_titles(lines)
    found = [m for form in forms if (m := match(form, lines, titles)) is not None]
    found.sort(key=lambda m: -m.score)
    if not found:
        return []
    total = min(m.total for m in found)
    explained = sum(m.explained for m in distinct(found))
    least = TITLED_EXPLAINED if titles else EXPLAINED_MIN
    return found if explained >= least * total else []


def match_side(
    forms: Sequence[Form], lines: Sequence[Line], known: Collection[str]
) -> Match | None:
    """The side that the sheet shows of a paper of which other faces, and no such side, are
    ``known``. It names no person; its labels' values are beyond doubt, and leave little
    unexplained."""
    titles = find_titles(lines)
    for form in forms:
        if form.face in known or any(rule.name == "name" for rule in form.labels):
            continue
        found = match(form, lines, titles, vouched=True)
        if found is None or found.explained < EXPLAINED_MIN * found.total:
            continue
        own = {name: "".join(p.text for p in found.values[name]) for name in found.labels}
        if all(is_certain(form, name, text) for name, text in own.items() if form.gives(name)):
            return found
    return None


def _runs_as_long(form: Form, validity: str) -> bool:
    """Whether a span of validity, where there is one, runs as long as the paper's do."""
    span = dates.parse_span(validity)
    if span is None or not form.years:
        return True
    start, end = span
    return (0 if end == dates.LONG_TERM else max(1, int(end[:4]) - int(start[:4]))) in form.years


def distinct(found: Sequence[Match]) -> list[Match]:
    """Matches that use different labels: the other face of the same card, not the same lines
    taken for another face. What gives no field (the holder's name on a back) may be another's."""
    kept: list[Match] = []
    used: set[int] = set()
    for m in found:
        told = [label for name, label in m.labels.items() if m.form.gives(name)]
        parts = {id(part.line) for label in told for part in label.parts}
        if not parts & used:
            kept.append(m)
            used |= parts
    return kept


def score_forms(forms: Sequence[Form], lines: Sequence[Line]) -> float | None:
    """How surely the lines are one of these forms; None: they are not."""
    found = matches(forms, lines)
    return found[0].score if found else None
