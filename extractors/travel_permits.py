"""What the two travel permits share: the name in Latin letters stands below the Chinese one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from extractors.forms import forms_of
from extractors.passport.words import plain
from extractors.reading import FormDraft, read_forms
from pipeline.contracts import Recogniser
from pipeline.evidence import Evidence, Value
from pipeline.model import DocumentType, Face, Line, Sheet
from pipeline.piece import pieces_of

_ENGLISH = re.compile(r"[A-Z][A-Z'-]*(?:,[A-Z'-]+)+|[A-Z'-]+,?(?:[A-Z'-]+)*")
_MIN_LETTERS = 4
SPECK = "字母上有不应有的符号"
ZONE_FILLERS = 4
"""Fillers (<) in a line from which it belongs to a machine-readable zone."""


def read_permit(kind: DocumentType, sheet: Sheet, recognise: Recogniser) -> Iterator[Face]:
    """The faces of a permit on the sheet."""
    plain = replace(sheet, lines=without_zone(sheet.lines))
    for draft in read_forms(forms_of(kind), plain, recognise):
        if draft.match.form.face == "card":
            _read_english_name(draft)
        yield draft.finish()


def without_zone(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines without the machine-readable zone, whose layout here is not published."""
    return tuple(line for line in lines if line.text.count("<") < ZONE_FILLERS)


def _read_english_name(draft: FormDraft) -> None:
    """The line of capitals below the row of 姓名 and above 出生日期."""
    name, birth = draft.match.labels.get("name"), draft.match.labels.get("birth_date")
    if name is None:
        draft.missing.append("english_name")
        return
    floor = birth.level - 0.3 * birth.height if birth else name.level + 5 * name.height
    for piece in pieces_of(draft.sheet.lines):
        below = name.level + 0.5 * name.height < piece.centre[1] < floor
        letters = sum(c.isalpha() for c in piece.text)
        if below and letters >= _MIN_LETTERS and _ENGLISH.fullmatch(plain(piece.text)):
            # Spaces are kept as printed: CHAN, YI CHEN. No marks are printed: they are specks.
            read = piece.line.text.strip()
            text = re.sub(r"\s*,\s*", ", ", plain(read))
            doubts = (SPECK,) if plain(read) != read else ()
            draft.fields["english_name"] = Evidence([piece], Value(text, doubts))
            return
    draft.missing.append("english_name")
