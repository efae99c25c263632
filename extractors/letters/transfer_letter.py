"""调档函 (商调函): a body that may keep personnel archives asks for a person's.

Title, number (…字〔YYYY〕n号), addressee (who holds the archive), person, receiving unit, validity,
issuer and date under a seal; often a 回执 to be cut off.

Source: domain.md 2.11; guide 五 (个人档案, 1.3).
"""

from __future__ import annotations

from extractors.letters.letter import letter
from pipeline.model import DocumentType

KIND = DocumentType.TRANSFER_LETTER
score, extract = letter(KIND)
