"""低保 or 特困: proof, certificate or approval by the department of civil affairs.

The members of the household, where they are listed, are the table ``members``.

Source: domain.md 2.11, 1.8 (items 2.3, 2.4); guide 五.
"""

from __future__ import annotations

from collections.abc import Sequence

from extractors.letters.kinds import letter_kinds
from extractors.letters.members import find_members
from extractors.letters.reading import make_face, read_letter
from extractors.letters.running import run_together
from extractors.letters.telling import score_letter
from pipeline.contracts import Recogniser
from pipeline.model import DocumentType, Face, Line, Sheet

KIND = DocumentType.CIVIL_AFFAIRS_PROOF


def score(lines: Sequence[Line]) -> float | None:
    """How surely these lines are such a paper."""
    return score_letter(KIND, lines)


def extract(sheet: Sheet, recognise: Recogniser) -> Sequence[Face]:
    """The paper on the sheet."""
    running = run_together(sheet.lines)
    fields, missing = read_letter(letter_kinds()[KIND], running, sheet, recognise)
    members = find_members(running)
    tables = {"members": members} if members else {}
    return [make_face(KIND, score(sheet.lines) or 0.0, sheet, fields, missing, tables)]
