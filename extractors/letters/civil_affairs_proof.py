"""低保 or 特困: proof, certificate or approval by the department of civil affairs.

The members of the household, where they are listed, are the table ``members``.

Source: domain.md 2.11, 1.8 (items 2.3, 2.4); guide 五.
"""

from __future__ import annotations

from extractors.letters.letter import letter
from pipeline.model import DocumentType

KIND = DocumentType.CIVIL_AFFAIRS_PROOF
score, extract = letter(KIND)
