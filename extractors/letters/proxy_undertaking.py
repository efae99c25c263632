"""个人代办承诺书: whoever hands in for another promises and signs.

Proxy and applicant with name and number each, as a form, as a sentence, or in two blocks; filled in
by hand or printed.

Source: domain.md 2.11, X15; guide 五 (通用材料 3).
"""

from __future__ import annotations

from extractors.letters.letter import letter
from pipeline.model import DocumentType

KIND = DocumentType.PROXY_UNDERTAKING
score, extract = letter(KIND)
