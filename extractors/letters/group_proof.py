"""村干部, 民办教师, 代课人员, 返贫致贫人员: proof of belonging to a special group.

Source: domain.md 1.8 (items 2.5a to 2.5e); guide 五.
"""

from __future__ import annotations

from collections.abc import Sequence

from extractors.letters.kinds import letter_kinds
from extractors.letters.reading import make_face, read_letter
from extractors.letters.running import run_together
from extractors.letters.telling import score_letter
from pipeline.contracts import Recogniser
from pipeline.model import DocumentType, Face, Line, Sheet

KIND = DocumentType.GROUP_PROOF


def score(lines: Sequence[Line]) -> float | None:
    """How surely these lines are such a paper."""
    return score_letter(KIND, lines)


def extract(sheet: Sheet, recognise: Recogniser) -> Sequence[Face]:
    """The paper on the sheet."""
    running = run_together(sheet.lines)
    fields, missing = read_letter(letter_kinds()[KIND], running, sheet, recognise)
    return [make_face(KIND, score(sheet.lines) or 0.0, sheet, fields, missing)]
