"""Household members listed on a proof: rows of a table, or a list in a sentence.

A table has heads such as 姓名, 与户主关系, 身份证号码; a sentence names its members one after the
other (保障人口三人：甲、乙、丙; 家庭成员有妻子甲（号码）).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from extractors.labelled.grammar import plain
from extractors.letters.grammar import LETTER_GRAMMARS
from extractors.letters.names import PERSON
from extractors.letters.people import KIN
from extractors.letters.running import LetterRow, Running
from extractors.letters.tables import table
from pipeline.evidence.evidence import Evidence, Value
from pipeline.layout.piece import Piece

MEMBER_ROWS_MAX = 20
Members = tuple[dict[str, Evidence], ...]


def find_members(running: Running) -> Members:
    """The members of the first table whose heads name a person and a relation, or a person and a
    number above several rows; else those whom a sentence lists."""
    rows = running.rows
    known = {word: field for field, words in table()["members"].items() for word in words}
    for i, row in enumerate(rows):
        heads = {known[p.text]: p for p in row.pieces if p.text in known}
        if "name" in heads and ("relation_to_head" in heads or "id_number" in heads):
            found = tuple(_members(heads, rows[i + 1 : i + 1 + MEMBER_ROWS_MAX]))
            if found and ("relation_to_head" in heads or len(found) > 1):
                return found
    return tuple(_listed(running))


def _members(heads: dict[str, Piece], rows: Sequence[LetterRow]) -> Iterator[dict[str, Evidence]]:
    """Row after row as long as each has a name in the column of names."""
    for row in rows:
        member: dict[str, Evidence] = {}
        for piece in row.pieces:
            field = min(heads, key=lambda name: abs(heads[name].centre[0] - piece.centre[0]))
            if field not in member:
                member[field] = Evidence([piece], _value(field, piece.text))
        name = member.get("name")
        if name is None or name.value.doubts:
            return
        yield member


def _value(field: str, text: str) -> Value:
    return LETTER_GRAMMARS.get(field, plain)(text)


@cache
def _list() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Where a sentence lists the members, and one of them with relation and number."""
    one = (
        rf"(?:(?P<relation_to_head>户主|{KIN})[:]?)?(?P<name>{PERSON})"
        r"(?:[(,](?:[^()、;。]{0,14}?)(?P<id_number>\d{17}[\dXx])\)?)?(?=[、,;)。\n和及]|等|$)"
    )
    start = r"(?:家庭|共同生活|户内)(?:的?家庭)?成员|保障(?:人口|人员|对象)|共同生活的?人"
    return re.compile(rf"(?:{start})[^。\n]*"), re.compile(rf"(?<=[、,;(:人员为有是和及]){one}")


def _listed(running: Running) -> Iterator[dict[str, Evidence]]:
    where, one = _list()
    for sentence in where.finditer(running.text):
        found = list(one.finditer(running.text, sentence.start(), sentence.end() + 1))
        if len(found) < 2 and not any(m["id_number"] for m in found):
            continue
        for member in found:
            yield {
                field: Evidence(running.pieces(*member.span(field)), _value(field, member[field]))
                for field in ("name", "relation_to_head", "id_number")
                if member[field]
            }
        return
