"""村干部, 民办教师, 代课人员, 返贫致贫人员: proof of belonging to a special group.

Source: domain.md 1.8 (items 2.5a to 2.5e); guide 五.
"""

from __future__ import annotations

from extractors.letters.letter import letter
from pipeline.model import DocumentType

KIND = DocumentType.GROUP_PROOF
score, extract = letter(KIND)
