"""个人代办承诺书: whoever hands in for another promises and signs.

Proxy and applicant with name and number each, as a form, as a sentence, or in two blocks; filled in
by hand or printed.

Source: domain.md 2.11, X15; guide 五 (通用材料 3).
"""

from __future__ import annotations

from collections.abc import Sequence

from extractors.letters.kinds import letter_kinds
from extractors.letters.reading import make_face, read_letter
from extractors.letters.running import run_together
from extractors.letters.telling import score_letter
from pipeline.contracts import Recogniser
from pipeline.model import DocumentType, Face, Line, Sheet

KIND = DocumentType.PROXY_UNDERTAKING


def score(lines: Sequence[Line]) -> float | None:
    """How surely these lines are such a paper."""
    return score_letter(KIND, lines)


def extract(sheet: Sheet, recognise: Recogniser) -> Sequence[Face]:
    """The paper on the sheet."""
    running = run_together(sheet.lines)
    fields, missing = read_letter(letter_kinds()[KIND], running, sheet, recognise)
    return [make_face(KIND, score(sheet.lines) or 0.0, sheet, fields, missing)]
