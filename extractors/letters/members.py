"""Household members listed on a proof: rows under heads such as 姓名, 与户主关系, 身份证号码."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extractors.letters.grammar import LETTER_GRAMMARS
from extractors.letters.running import LetterRow, Running
from pipeline.evidence.evidence import Evidence
from pipeline.layout.piece import Piece

HEADS = {
    "姓名": "name",
    "家庭成员姓名": "name",
    "成员姓名": "name",
    "与户主关系": "relation_to_head",
    "与申请人关系": "relation_to_head",
    "家庭关系": "relation_to_head",
    "关系": "relation_to_head",
    "性别": "sex",
    "身份证号": "id_number",
    "身份证号码": "id_number",
    "公民身份号码": "id_number",
}
MEMBER_ROWS_MAX = 20


def find_members(running: Running) -> tuple[dict[str, Evidence], ...]:
    """The members of the first table whose heads name a person and a relation or a number."""
    rows = running.rows
    for i, row in enumerate(rows):
        heads = _heads(row)
        if "name" in heads and len(heads) >= 2 and ("relation_to_head" in heads):
            return tuple(_members(heads, rows[i + 1 : i + 1 + MEMBER_ROWS_MAX]))
    return ()


def _heads(row: LetterRow) -> dict[str, Piece]:
    return {HEADS[p.text]: p for p in row.pieces if p.text in HEADS}


def _members(heads: dict[str, Piece], rows: Sequence[LetterRow]) -> Iterator[dict[str, Evidence]]:
    """Row after row as long as each has a name in the column of names."""
    for row in rows:
        member: dict[str, Evidence] = {}
        for piece in row.pieces:
            field = min(heads, key=lambda name: abs(heads[name].centre[0] - piece.centre[0]))
            grammar = LETTER_GRAMMARS.get(field, LETTER_GRAMMARS["plain"])
            if field not in member:
                member[field] = Evidence([piece], grammar(piece.text))
        name = member.get("name")
        if name is None or name.value.doubts:
            return
        yield member
