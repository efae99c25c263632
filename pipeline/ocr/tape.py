"""The engine's answers as a tape: recorded once, played without a model.

A tape is a gzip file of one JSON object::

    {"format": "yijianshi-tape", "version": 2, "engine": "<fingerprint>",
     "pictures": [{"shape": [height, width, …], "cells": "<base64>"}, …],
     "answers": [{"asked": ["detect", long side] | ["recognise"] | ["on its head"],
                  "picture": <index>, "at": [[x, y, … 8 numbers], …],
                  "quads": [[x, y, … 8 numbers], …]
                  | "lines": [[text, score, quad, chars, lost], …]
                  | "heads": [chance that the line stands on its head, …]}, …]}

A character is ``[text, score, left, right, [[text, score], …]]``. Numbers keep all their digits: a
reading by tape is the reading by the engine, byte for byte.

A tape answers where the same was asked of the same picture, at the same places, but for the last
bits: sheets are cut by OpenCV and NumPy, whose results differ in them between kinds of processor
and between versions. Pictures are compared by the mean of each cell of some pixels (``cells``), in
which one stroke more or less shows; anything else is an error, never a guess.
"""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import InputError
from pipeline.model import Char, Image, Line, Quad

TAPE_FORMAT = "yijianshi-tape"
TAPE_VERSION = 2
"""Raised whenever a tape is written otherwise; tapes of another version are refused."""
TAPE_BYTES = 512 * 1024 * 1024
"""Largest tape that is played, unpacked. A page of A4 has a quarter of a megabyte."""
CELL_PX = 16
"""Side of the cells that pictures are compared by: smaller than a character."""
CELL_LEVELS = 1
"""Grey levels (of 256) by which a cell may differ. The last bits move it by a tenth; a stroke of
one pixel by ten moves it by six."""
PLACE_PX = 0.05
"""Pixels by which a corner may differ."""
RECORD_ANEW = "请用 yijianshi look FILE --to DIR 重新录制。"


@dataclass(frozen=True, slots=True)
class Picture:
    """What a tape keeps of a picture: its shape, and the mean of each cell, 0 to 255."""

    shape: tuple[int, ...]
    cells: NDArray[np.uint8]

    @classmethod
    def of(cls, image: Image) -> Picture:
        """The picture (H x W or H x W x 3) as a tape keeps it."""
        plain = image.astype(np.float64)
        grey = plain if plain.ndim == 2 else plain.mean(axis=2)
        for axis in (0, 1):
            starts = np.arange(0, grey.shape[axis], CELL_PX)
            counts = np.diff([*starts, grey.shape[axis]])
            sums = np.add.reduceat(grey, starts, axis=axis)
            grey = sums / (counts[:, None] if axis == 0 else counts)
        return cls(tuple(image.shape), np.rint(grey).astype(np.uint8).ravel())

    def row(self) -> dict[str, Any]:
        """As the tape has it."""
        return {"shape": self.shape, "cells": base64.b64encode(self.cells.tobytes()).decode()}

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Picture:
        """Raises KeyError, TypeError or ValueError where a row is no picture's."""
        cells = np.frombuffer(base64.b64decode(row["cells"], validate=True), dtype=np.uint8)
        return cls(tuple(map(int, row["shape"])), cells)

    def distance(self, other: Picture) -> float | None:
        """Sum of the cells' differences; None where it is another picture."""
        if self.shape != other.shape or self.cells.shape != other.cells.shape:
            return None
        apart = np.abs(self.cells.astype(np.int16) - other.cells)
        return None if apart.max(initial=0) > CELL_LEVELS else float(apart.sum())


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a tape with its question."""

    asked: list[Any]
    picture: Picture
    places: NDArray[np.float64]
    given: Mapping[str, Any]

    @classmethod
    def read(cls, row: Mapping[str, Any], pictures: Sequence[Picture]) -> Answer:
        """Raises KeyError, TypeError, ValueError or IndexError where a row is no answer's."""
        return cls(list(row["asked"]), pictures[row["picture"]], places_of(row["at"]), row)

    def distance(
        self, asked: list[Any], picture: Picture, places: NDArray[np.float64]
    ) -> tuple[float, float] | None:
        """How far the question is from another: sums of differences, of the pictures' cells and of
        the places; None where something else was asked."""
        if self.asked != asked or self.places.shape != places.shape:
            return None
        moved = np.abs(self.places - places)
        apart = self.picture.distance(picture)
        if apart is None or moved.max(initial=0) > PLACE_PX:
            return None
        return apart, float(moved.sum())


# ---------------------------------------------------------------- the file


def read_tape(path: Path) -> dict[str, Any]:
    """The file's object, of our format and version. Raises InputError."""
    try:
        with gzip.open(path) as file:
            data = file.read(TAPE_BYTES + 1)
        if len(data) > TAPE_BYTES:
            raise damaged(path)
        tape = json.loads(data)
    except FileNotFoundError as error:
        raise InputError(f"找不到录带：{path}", "请检查路径是否正确。") from error
    except (OSError, EOFError, zlib.error, ValueError, RecursionError) as error:
        raise damaged(path) from error
    if not isinstance(tape, dict) or tape.get("format") != TAPE_FORMAT:
        raise damaged(path)
    if tape.get("version") != TAPE_VERSION:
        raise InputError(
            f"录带 {path.name} 是第 {tape.get('version')} 版格式，本程序只认第 {TAPE_VERSION} 版。",
            RECORD_ANEW,
        )
    if not isinstance(tape.get("engine"), str):
        raise damaged(path)
    return tape


def damaged(path: Path) -> InputError:
    """What is said of a file that is no tape of ours."""
    return InputError(f"录带 {path.name} 已损坏，或不是本程序的录带。", RECORD_ANEW)


# ---------------------------------------------------------------- rows


def as_json(data: object) -> str:
    """Data as text without blanks."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def places_of(rows: Iterable[Sequence[float]]) -> NDArray[np.float64]:
    """Rows of 8 numbers as an array (n x 8)."""
    return np.array(list(rows), dtype=np.float64).reshape(-1, 8)


def flat(quad: Quad) -> list[float]:
    """A quad as 8 numbers: x and y of each corner."""
    return [float(v) for point in quad for v in point]


def quad_of(row: Sequence[float]) -> Quad:
    """A quad of its 8 numbers. Raises TypeError or ValueError."""
    a, b, c, d, e, f, g, h = (float(v) for v in row)
    return ((a, b), (c, d), (e, f), (g, h))


def line_row(line: Line) -> list[Any]:
    """A line as the tape has it."""
    return [
        line.text,
        line.score,
        flat(line.quad),
        [_char_row(char) for char in line.chars],
        [_char_row(char) for char in line.lost],
    ]


def line_of(row: Sequence[Any]) -> Line:
    """A line of its row. Raises TypeError or ValueError."""
    text, score, quad, chars, lost = row
    return Line(
        str(text), float(score), quad_of(quad), tuple(map(_char, chars)), tuple(map(_char, lost))
    )


def _char_row(char: Char) -> list[Any]:
    alternatives = [[text, score] for text, score in char.alternatives]
    row = [char.text, char.score, char.left, char.right, alternatives]
    return [*row, True] if char.compared else row


def _char(row: Sequence[Any]) -> Char:
    text, score, left, right, alternatives, *compared = row
    others = tuple((str(other), float(chance)) for other, chance in alternatives)
    return Char(str(text), float(score), float(left), float(right), others, any(compared))
