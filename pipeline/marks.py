"""What a paper bears besides text: seal and signature, put to its faces (``Face.marks``)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from pipeline.contracts import Recogniser
from pipeline.model import Face, Sheet
from pipeline.seal import CERTAIN, find_seals, seal_state
from pipeline.seal_text import read_seal
from pipeline.signature import find_signature

MOST_SEALS = 3
"""Seals on one paper that are read."""


@cache
def _looked_for() -> Mapping[str, frozenset[str]]:
    table = tomllib.loads((files("pipeline") / "marks.toml").read_text(encoding="utf-8"))
    return {mark: frozenset(kinds) for mark, kinds in table.items()}


def with_marks(face: Face, sheet: Sheet, recognise: Recogniser) -> Face:
    """The face with ``seal``, ``seal_text`` and ``signature`` where its paper bears them
    (``marks.toml``). What an extractor found stays."""
    marks: dict[str, str] = {}
    if face.type in _looked_for()["seal"]:
        seals = find_seals(sheet.image)
        marks["seal"] = seal_state(sheet.image, seals)
        texts = [
            text
            for seal in seals[:MOST_SEALS]
            if seal.ring >= CERTAIN and (text := read_seal(sheet.image, seal, recognise))
        ]
        if texts:
            marks["seal_text"] = "；".join(texts)
    if face.type in _looked_for()["signature"]:
        marks["signature"] = find_signature(sheet.image, sheet.lines) or "unsure"
    return face.model_copy(update={"marks": marks | face.marks}) if marks else face
