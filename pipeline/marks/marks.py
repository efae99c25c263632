"""What a paper bears besides text: seal and signature, put to its faces (``Face.marks``)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from pipeline.contracts import Recogniser
from pipeline.marks.seal import SEAL_CERTAIN, find_seals, seal_state
from pipeline.marks.seal_text import read_seal
from pipeline.marks.signature import find_signature
from pipeline.model import Face, Sheet
from pipeline.watch import PlaceFound, tell

MOST_SEALS = 3
"""Seals on one paper that are read."""
RIM_POINTS = 36
"""Points that draw a seal's ring for whoever watches."""


@cache
def _looked_for() -> Mapping[str, frozenset[str]]:
    table = tomllib.loads((files("pipeline.marks") / "marks.toml").read_text(encoding="utf-8"))
    return {mark: frozenset(kinds) for mark, kinds in table.items()}


def with_marks(faces: Sequence[Face], sheet: Sheet, recognise: Recogniser) -> tuple[Face, ...]:
    """A sheet's faces with ``seal``, ``seal_text`` and ``signature`` where their paper bears them
    (``marks.toml``). A sheet is searched once; what an extractor found stays."""
    kinds = {face.type for face in faces}
    found: dict[str, Mapping[str, str]] = {}
    if kinds & _looked_for()["seal"]:
        found["seal"] = _seals(sheet, recognise)
    if kinds & _looked_for()["signature"]:
        found["signature"] = {"signature": find_signature(sheet.image, sheet.lines) or "unsure"}
    return tuple(_marked(face, found) for face in faces)


def _marked(face: Face, found: Mapping[str, Mapping[str, str]]) -> Face:
    """The face with the marks that are looked for on a paper of its type."""
    marks: dict[str, str] = {}
    for mark, values in found.items():
        if face.type in _looked_for()[mark]:
            marks |= values
    return face.model_copy(update={"marks": marks | face.marks}) if marks else face


def _seals(sheet: Sheet, recognise: Recogniser) -> Mapping[str, str]:
    """Whether the sheet bears a seal, and what its seals say."""
    seals = find_seals(sheet.image)
    state = seal_state(sheet.image, seals)
    for seal in seals:
        certain = "yes" if seal.ring >= SEAL_CERTAIN else "unsure"
        rim = seal.rim(RIM_POINTS)
        tell(PlaceFound("seal", tuple((float(x), float(y)) for x, y in rim), state=certain))
    texts = [
        text
        for seal in seals[:MOST_SEALS]
        if seal.ring >= SEAL_CERTAIN and (text := read_seal(sheet.image, seal, recognise))
    ]
    return {"seal": state} | ({"seal_text": "；".join(texts)} if texts else {})
