"""Letters in the wordings of many offices, as plain text: told apart, and read."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.assemble import assemble
from pipeline.evidence.doubts import reading_findings
from pipeline.model import Char, Document, Line, Quad
from tests.lines import width_of
from tests.reader import read_lines

TABLE = tomllib.loads((Path(__file__).parent / "prose.toml").read_text(encoding="utf-8"))
LETTERS = TABLE["letter"]
EM = 30.0
LEFT, RIGHT, TOP = 120.0, 1200.0, 100.0
PITCH, CELL = 1.8, 0.4
"""Ems from line to line, and from a cell's rule to its text."""


def _line(text: str, x: float, y: float, em: float = EM) -> Line:
    chars, at, total = [], 0.0, width_of(text)
    for c in text:
        if not c.isspace():
            chars.append(Char(c, 0.99, at / total, (at + width_of(c)) / total))
        at += width_of(c)
    right = x + total * em
    quad: Quad = ((x, y), (right, y), (right, y + em), (x, y + em))
    return Line("".join(c.text for c in chars), 0.99, quad, tuple(chars))


def _wrapped(text: str) -> Iterator[str]:
    """The lines of a paragraph between the margins; the first is indented by two ems."""
    row, room = "", (RIGHT - LEFT) / EM - 2
    for c in text:
        if width_of(row + c) > room:
            yield row
            row, room = "", (RIGHT - LEFT) / EM
        row += c
    yield row


def letter_lines(text: str) -> list[Line]:
    """What an engine finds on a sheet that bears this letter."""
    lines: list[Line] = []
    y = TOP
    for row in text.strip("\n").splitlines():
        mark, rest = row[:2], row[2:].rstrip()
        if mark == "# ":
            em = 1.5 * EM
            lines.append(_line(rest, (LEFT + RIGHT - width_of(rest) * em) / 2, y, em))
            y += 1.5 * em
        elif mark == "> ":
            lines.append(_line(rest, RIGHT - (width_of(rest) + 2) * EM, y))
        elif mark == "| ":
            cells = [cell.strip() for cell in rest.split(" | ")]
            at = LEFT
            for i, cell in enumerate(cells):
                at = max(at, LEFT + (RIGHT - LEFT) * i / max(len(cells), 2) + CELL * EM)
                lines.append(_line(cell, at, y))
                at += (width_of(cell) + 2.5) * EM
        elif mark == "^ ":
            lines.append(_line(rest, LEFT, y))
        elif not row.startswith("---"):
            for i, part in enumerate(_wrapped(rest)):
                y += PITCH * EM * bool(i)
                lines += _cut(part, LEFT + (0 if i else 2 * EM), y)
        y += PITCH * EM
    return lines


def _cut(text: str, x: float, y: float) -> Iterator[Line]:
    """A line, cut where a wide gap is, as engines do."""
    at = 0.0
    for part in text.split("   "):
        if part.strip():
            lead = len(part) - len(part.lstrip())
            yield _line(part.strip(), x + (at + 0.5 * lead) * EM, y)
        at += width_of(part) + 1.5


def read_letter_text(text: str) -> list[Document]:
    """What is made of a letter."""
    lines = letter_lines(text)
    image = np.full((1900, 1320, 3), 250, np.uint8)
    return list(assemble(read_lines(image, lines), {}))


def _differences(letter: Mapping[str, Any]) -> dict[str, Any]:
    """What was not read as the letter states it: by field, wanted and read."""
    found = read_letter_text(letter["text"])
    types = [str(d.type) for d in found if d.type != "unknown"]
    wanted = [] if letter["type"] == "unknown" else [letter["type"]]
    wrong: dict[str, Any] = {} if types == wanted else {"type": (letter["type"], types)}
    if not wanted or wrong:
        return wrong
    document = next(d for d in found if d.type == letter["type"])
    read = {name: reading.value for name, reading in document.fields.items()}
    wrong |= {n: (v, read.get(n)) for n, v in letter["fields"].items() if read.get(n) != v}
    wrong |= {n: (None, read[n]) for n in letter.get("absent", ()) if n in read}
    listed = len(document.tables.get("members", ()))
    if listed != letter.get("members", listed):
        wrong["members"] = (letter["members"], listed)
    flagged = {f.field for f in reading_findings([document])}
    silent = [n for n, (_, got) in wrong.items() if got is not None and n not in flagged]
    return wrong | ({"silent": silent} if silent else {})


@pytest.mark.parametrize("letter", LETTERS, ids=[str(i) for i in range(len(LETTERS))])
def test_letter_is_read_when_its_wording_is_any(letter: Mapping[str, Any]) -> None:
    assert _differences(letter) == {}


@pytest.mark.parametrize(("title", "body"), TABLE["foreign"].items(), ids=TABLE["foreign"].keys())
def test_paper_of_another_kind_is_none_of_ours(title: str, body: str) -> None:
    rows = (row if row.startswith("  ") else f"^ {row}" for row in body.splitlines())
    closing = ("> 横州市横州镇人民政府", "> 2026年5月6日")
    found = read_letter_text("\n".join((f"# {title}", *rows, *closing)))
    assert [str(d.type) for d in found] == ["unknown"]
