"""派出所变更证明: a police station states a person's identity before and after a change.

A sentence, a list of label and value, or a table; the new values are those that the person's ID
card shows now. ``old_<item>`` and ``new_<item>`` hold the two values of each item (name, id_number,
birth_date, ethnicity, sex).

Source: domain.md 2.11, X13; guide 五 (6.1, 8.1: the identity before and after must be stated).
"""

from __future__ import annotations

from extractors.letters.letter import letter
from pipeline.model import DocumentType

KIND = DocumentType.POLICE_CHANGE_PROOF
score, extract = letter(KIND)
