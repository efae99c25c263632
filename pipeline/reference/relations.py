"""与户主关系 (GB/T 4761-2008): words of the hukou booklet, their codes, the sex they imply.

Source: domain.md appendices D and E; ``relations.csv``.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pipeline.reference.idnumber import Sex
from pipeline.reference.text import squeeze

HEAD_RELATION = "户主"


@dataclass(frozen=True, slots=True)
class Relation:
    """One word. ``sex`` None: the word implies none."""

    word: str
    code: str
    sex: Sex | None


@cache
def _table() -> dict[str, Relation]:
    text = (files("pipeline.reference") / "relations.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    sexes: dict[str, Sex] = {"男": "男", "女": "女"}
    return {row["word"]: Relation(row["word"], row["code"], sexes.get(row["sex"])) for row in rows}


def find(text: str) -> Relation | None:
    """The relation that the text names, or None."""
    return _table().get(squeeze(text))


def is_relation(text: str) -> bool:
    """Whether the text is a relation word."""
    return find(text) is not None


def implied_sex(text: str) -> Sex | None:
    """男 or 女 where the word implies it, else None."""
    relation = find(text)
    return None if relation is None else relation.sex


def is_head(text: str) -> bool:
    """Whether the text says that the person is the head of the household."""
    relation = find(text)
    return relation is not None and relation.code in {"01", "02"}
