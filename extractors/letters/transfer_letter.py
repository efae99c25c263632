"""调档函 (商调函): a body that may keep personnel archives asks for a person's.

Title, number (…字〔YYYY〕n号), addressee (who holds the archive), person, receiving unit, validity,
issuer and date under a seal; often a 回执 to be cut off.

Source: domain.md 2.11; guide 五 (个人档案, 1.3).
"""

from __future__ import annotations

from collections.abc import Sequence

from extractors.letters.kinds import letter_kinds
from extractors.letters.reading import make_face, read_letter
from extractors.letters.running import run_together
from extractors.letters.telling import score_letter
from pipeline.contracts import Recogniser
from pipeline.model import DocumentType, Face, Line, Sheet

KIND = DocumentType.TRANSFER_LETTER


def score(lines: Sequence[Line]) -> float | None:
    """How surely these lines are such a paper."""
    return score_letter(KIND, lines)


def extract(sheet: Sheet, recognise: Recogniser) -> Sequence[Face]:
    """The paper on the sheet."""
    running = run_together(sheet.lines)
    fields, missing = read_letter(letter_kinds()[KIND], running, sheet, recognise)
    return [make_face(KIND, score(sheet.lines) or 0.0, sheet, fields, missing)]
