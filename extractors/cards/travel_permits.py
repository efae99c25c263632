"""What the two travel permits share: the name in Latin letters stands below the Chinese one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from extractors.labelled.reading import FormDraft
from extractors.passport.words import plain_words
from pipeline.evidence.evidence import Evidence, Value
from pipeline.layout.piece import Piece, pieces_of
from pipeline.model import DocumentType, Line
from pipeline.once import once_per_lines, only

_ENGLISH = re.compile(r"[A-Z][A-Z'-]*(?:,[A-Z'-]+)+|[A-Z'-]+,?(?:[A-Z'-]+)*")
_MIN_LETTERS = 4
PERMIT_SPECKS = ".·'_-|"
"""Dirt that is read before or behind the letters."""
PERMIT_COLUMN = 3.0
"""Heights of the label by which the name may begin to the left or right of the Chinese one."""
PERMIT_SPECK = "字母上有不应有的符号"
RUN_ON = "字母之间疑有空格"
WIDE_STEP = 1.8
"""Usual steps from one letter to the next, from which a space may stand between them. Two wide
letters have 1.5."""
NO_LETTER = "号码前缺字母H或M"
ZONE_FILLERS = 4
"""Fillers (<) in a line from which it belongs to a machine-readable zone."""


def with_comma(name: str) -> str:
    """A name whose comma was read as a full stop: no card prints one between two words."""
    return re.sub(r"(?<=[A-Z]{2})\s*\.\s*(?=[A-Z]{2})", ",", name, count=1)


def runs_on(name: Piece) -> bool:
    """Whether two letters of one word stand so far apart that a space between them was lost."""
    pairs = list(pairwise(name.run))
    steps = [
        (two.left + two.right - one.left - one.right) / 2
        for one, two in pairs
        if one.text.isalpha() and two.text.isalpha()
    ]
    return bool(steps) and max(steps) > WIDE_STEP * median(steps)


def _doubt_without_letter(draft: FormDraft) -> None:
    """Without its letter, a number would be one of the other permit (domain.md 2.7)."""
    number = draft.fields.get("permit_number")
    if number is not None and number.value.value[:1] not in ("H", "M"):
        number.doubts.append(NO_LETTER)


@once_per_lines
def without_zone(lines: Sequence[Line]) -> Sequence[Line]:
    """The lines without the machine-readable zone, whose layout here is not published; where there
    is none the lines themselves, so that what is known of them need not be found again."""
    return only(lines, lambda line: line.text.count("<") < ZONE_FILLERS)


def read_latin_name(draft: FormDraft) -> None:
    """The line of capitals below the row of 姓名 and above 出生日期, in the name's column."""
    if draft.match.form.face != "card":
        return
    if draft.match.form.type == DocumentType.HK_MACAO_TRAVEL_PERMIT:
        _doubt_without_letter(draft)
    found = _find_english_name(draft)
    if found is None:
        draft.missing.append("english_name")
        return
    # Spaces are kept as printed: CHAN, YI CHEN. No marks are printed: they are specks.
    read = found.words
    bare = read.strip(PERMIT_SPECKS).strip()
    text = re.sub(r"\s*,\s*", ", ", with_comma(plain_words(bare)))
    doubts = [PERMIT_SPECK] if with_comma(plain_words(bare)) != read else []
    doubts += [RUN_ON] if runs_on(found) else []
    draft.fields["english_name"] = Evidence([found], Value(text, tuple(doubts)))


def _find_english_name(draft: FormDraft) -> Piece | None:
    name, birth = draft.match.labels.get("name"), draft.match.labels.get("birth_date")
    if name is None:
        return None
    floor = birth.level - 0.3 * birth.height if birth else name.level + 5 * name.height
    own = draft.fields.get("name")
    column = own.pieces[0].left if own else name.right + 0.5 * name.height
    # A label with its translation below is as high as both.
    ceiling = own.pieces[0].centre[1] if own else name.level
    height = own.pieces[0].height if own else name.height
    found = [
        piece
        for piece in pieces_of(draft.sheet.lines)
        if ceiling + 0.5 * height < piece.centre[1] < floor
        and abs(piece.left - column) < PERMIT_COLUMN * name.height
        and sum(c.isalpha() for c in piece.text) >= _MIN_LETTERS
        and _ENGLISH.fullmatch(with_comma(plain_words(piece.text.strip(PERMIT_SPECKS))))
    ]
    return min(found, key=lambda piece: abs(piece.left - column), default=None)
