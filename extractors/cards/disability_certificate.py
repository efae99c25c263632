"""中华人民共和国残疾人证, issued by the disabled persons' federation (残联).

``booklet``    second generation: a spread of two pages, which may also be scanned singly;
``card``       third generation, front;
``card_back``  third generation, back: address, guardian, issuing organ.

Number: citizen number, category 1 to 7, grade 1 to 4; after a re-issue B and a count.
Source: domain.md 2.4 (GB/T 26341-2010).
"""

from __future__ import annotations

from extractors.labelled.card import card
from pipeline.model import DocumentType

KIND = DocumentType.DISABILITY_CERTIFICATE
score, extract, extract_side = card(KIND, derives_number=True)
