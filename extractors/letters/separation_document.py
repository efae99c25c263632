"""How somebody left an employer: 批文, 批复, 通知, or a certificate that a contract has ended.

Source: domain.md 2.11 (劳动合同法 50: what the certificate states); guide 五 (1.2).
"""

from __future__ import annotations

from extractors.letters.letter import letter
from pipeline.model import DocumentType

KIND = DocumentType.SEPARATION_DOCUMENT
score, extract = letter(KIND)
