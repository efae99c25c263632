"""The bank's number on a 社会保障卡, which has no label."""

from __future__ import annotations

from stdnum import luhn

from extractors.labelled.reading import FormDraft
from pipeline.evidence.evidence import Evidence, Value
from pipeline.layout.beside import rows_of
from pipeline.layout.piece import pieces_of

BANK_DIGITS = range(16, 20)


def read_bank_number(draft: FormDraft) -> None:
    """A row of 16 to 19 digits beginning with 62, in one piece or several."""
    digits = [p for p in pieces_of(draft.sheet.lines) if p.text.isascii() and p.text.isdigit()]
    for row in rows_of(digits):
        pieces = sorted(row, key=lambda p: p.left)
        number = "".join(p.text for p in pieces)
        if len(number) in BANK_DIGITS and number.startswith("62"):
            fits = bool(luhn.is_valid(number))
            value = Value(number, () if fits else ("银行卡号校验位不符",), fits)
            draft.fields["bank_card_number"] = Evidence(pieces, value)
