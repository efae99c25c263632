"""灵活就业参保“一件事”申请表, of whatever office (domain.md 1.2 to 1.4, 2.11).

The guide prescribes no form: offices draw their own tables. So a form is read by its words: labels
with what is written beside, behind or below them, and choices with the box before or behind them.
Forms that ``yijianshi form`` printed are read by their known places instead.

Fields bear the names of the request's keys (contract.md): ``matters`` is ``M2,M4``, yes and no are
``true`` and ``false``, an archive is ``archive_direction`` and ``archive_holder``. What was written
by hand, and what was ticked unclearly, is read with a doubt.
"""

from __future__ import annotations

from collections.abc import Sequence

from extractors.application_form.answers import read_answers
from extractors.application_form.boxes import Frames
from extractors.application_form.choices import read_choices
from extractors.application_form.fields import FormFields, Rows, read_fields
from extractors.application_form.layout import FormLayout
from extractors.application_form.printed import read_printed
from extractors.application_form.printed.filled import read_filled
from extractors.application_form.signature import find_form_signature
from extractors.application_form.wording import bare, find_phrases, wording
from pipeline.contracts import Recogniser
from pipeline.evidence.evidence import outline_of
from pipeline.model import DocumentType, Face, Line, Sheet
from pipeline.watch import PlaceFound, tell

KIND = DocumentType.APPLICATION_FORM
FORM_TITLE = 12
"""Characters that a title has beyond the word that names another paper: a form may mention that
paper in a longer line."""


def score(lines: Sequence[Line]) -> float | None:
    """How surely these lines are such a form: by its title, else by the matters it offers."""
    words = wording()
    texts = [bare(line.text) for line in lines]
    against = [bare(word) for word in words.against]
    if any(
        word in text and len(text) <= len(word) + FORM_TITLE for text in texts for word in against
    ):
        return None
    found = [f for line in lines for f in find_phrases(line.text)]
    matters = {code for f in found if f.phrase.kind == "matter" for _, code in f.phrase.meanings}
    labels = {key for f in found if f.phrase.kind == "label" for key, _ in f.phrase.meanings}
    titled = any(all(any(bare(w) in text for w in part) for part in words.title) for text in texts)
    if titled and (len(labels) >= 2 or matters):
        return 0.97
    if len(matters) >= words.need_matters and len(labels) >= words.need_labels:
        return 0.8
    return None


def extract(sheet: Sheet, recognise: Recogniser) -> Sequence[Face]:
    """The one face of the form."""
    printed = read_printed(sheet, recognise)
    if printed is not None:
        return (_face(sheet, *printed),)
    layout = FormLayout(sheet)
    answers = read_answers(layout)
    choices = read_choices(layout, Frames(sheet.image))
    for answer in answers:
        for piece in answer.label:
            tell(PlaceFound("label", piece.quad, (answer.key,)))
    for choice in choices:
        for piece in choice.pieces:
            tell(PlaceFound("choice", piece.quad, (choice.key,), choice.state))
    fields, changes = read_fields(sheet, answers, choices, recognise)
    signed = find_form_signature(layout, answers, sheet.image)
    marks = {} if signed is None else {"signature": signed}
    return (_face(sheet, "form", fields, changes, marks),)


def extract_filled(sheet: Sheet, recognise: Recogniser) -> Sequence[Face]:
    """Our own form, handed in as the PDF into which it was typed."""
    filled = read_filled(sheet, recognise)
    return () if filled is None else (_face(sheet, *filled),)


def _face(
    sheet: Sheet, name: str, fields: FormFields, changes: Rows, marks: dict[str, str]
) -> Face:
    return Face(
        type=KIND,
        face=name,
        score=1.0 if sheet.entries else score(sheet.lines) or 0.0,
        page=sheet.ref,
        outline=outline_of(sheet),
        fields=fields,
        tables={"changes": changes} if changes else {},
        marks=marks,
    )
