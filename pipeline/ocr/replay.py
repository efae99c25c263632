"""The engine's answers as a tape: recorded once, played without a model.

A tape is a gzip file of one JSON object::

    {"format": "yijianshi-tape", "version": 1, "engine": "<fingerprint>",
     "arithmetic": "<digest>",
     "answers": {"<key>": {"quads": [[x, y, … 8 numbers], …]}
                        | {"lines": [[text, score, quad, chars, lost], …]}
                        | {"heads": [chance that the line stands on its head, …]}}}

A character is ``[text, score, left, right, [[text, score], …]]``. The key is a hash of the pixels
handed in and of what was asked, so a tape answers for exactly the pictures it was made from;
anything else is an error, never a guess. Numbers keep all their digits: a reading by tape is the
reading by the engine, byte for byte.

Sheets are cut by OpenCV, whose results differ in last digits between kinds of processor (measured:
x86-64 with and without AVX2; AVX-512 gives what AVX2 gives). So a tape names the arithmetic it was
made under (:func:`arithmetic`); under another one its pictures are not met again.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from pipeline.contracts import OcrEngine, TellsDirection
from pipeline.errors import InputError
from pipeline.model import Char, Image, Line, Quad

TAPE_FORMAT = "yijianshi-tape"
TAPE_VERSION = 1
"""Raised whenever a tape is written otherwise; tapes of another version are refused."""
TAPE_BYTES = 512 * 1024 * 1024
"""Largest tape that is played, unpacked. A page of A4 has a quarter of a megabyte."""
KEY_DIGITS = 32
RECORD_ANEW = "请用 yijianshi look FILE --to DIR 重新录制。"


class Recorder:
    """Passes everything to a real engine and keeps its answers; ``tape`` gives them."""

    def __init__(self, engine: OcrEngine) -> None:
        self._engine = engine
        self._answers: dict[str, Any] = {}

    @property
    def fingerprint(self) -> str:
        """The recorded engine's own."""
        return self._engine.fingerprint

    def detect(self, image: Image, long_side_px: int = 960) -> list[Quad]:
        """As the engine."""
        quads = self._engine.detect(image, long_side_px)
        self._answers[_detection_key(image, long_side_px)] = {"quads": list(map(_flat, quads))}
        return quads

    def recognise(self, image: Image, quads: Sequence[Quad]) -> list[Line]:
        """As the engine."""
        lines = self._engine.recognise(image, quads)
        self._answers[_recognition_key(image, quads)] = {"lines": list(map(_line_row, lines))}
        return lines

    def on_its_head(self, image: Image, quads: Sequence[Quad]) -> list[float]:
        """As the engine, if it can tell; else nothing tells."""
        heads = [0.5] * len(quads)
        if isinstance(self._engine, TellsDirection):
            heads = [float(chance) for chance in self._engine.on_its_head(image, quads)]
        self._answers[_direction_key(image, quads)] = {"heads": heads}
        return heads

    def read(self, image: Image, long_side_px: int = 960) -> list[Line]:
        """As the engine."""
        lines = self.recognise(image, self.detect(image, long_side_px))
        return [line for line in lines if line.text]

    def tape(self) -> bytes:
        """What was recorded, as a file's bytes; the same answers give the same bytes."""
        data = {
            "format": TAPE_FORMAT,
            "version": TAPE_VERSION,
            "engine": self.fingerprint,
            "arithmetic": arithmetic(),
            "answers": dict(sorted(self._answers.items())),
        }
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        return gzip.compress(text.encode(), mtime=0)


class ReplayEngine:
    """Answers from a tape. Raises InputError for a tape that is damaged or of another version,
    and, when asked, for any picture that is not on it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        tape = _read_tape(path)
        self._fingerprint: str = tape["engine"]
        self._answers: dict[str, Any] = tape["answers"]
        self.is_of_this_machine: bool = tape.get("arithmetic") == arithmetic()

    @property
    def fingerprint(self) -> str:
        """The recorded engine's own."""
        return self._fingerprint

    def detect(self, image: Image, long_side_px: int = 960) -> list[Quad]:
        """As recorded. Raises InputError."""
        rows = self._answer(_detection_key(image, long_side_px), "quads")
        try:
            return [_quad(row) for row in rows]
        except (TypeError, ValueError) as error:
            raise _damaged(self._path) from error

    def recognise(self, image: Image, quads: Sequence[Quad]) -> list[Line]:
        """As recorded. Raises InputError."""
        rows = self._answer(_recognition_key(image, quads), "lines")
        try:
            return [_line(row) for row in rows]
        except (TypeError, ValueError) as error:
            raise _damaged(self._path) from error

    def on_its_head(self, image: Image, quads: Sequence[Quad]) -> list[float]:
        """As recorded. Raises InputError."""
        rows = self._answer(_direction_key(image, quads), "heads")
        try:
            return [float(chance) for chance in rows]
        except (TypeError, ValueError) as error:
            raise _damaged(self._path) from error

    def read(self, image: Image, long_side_px: int = 960) -> list[Line]:
        """As recorded. Raises InputError."""
        lines = self.recognise(image, self.detect(image, long_side_px))
        return [line for line in lines if line.text]

    def _answer(self, key: str, what: str) -> list[Any]:
        if key not in self._answers:
            why = (
                "换了扫描件，或识别之前的步骤（取图、找版面）已改动"
                if self.is_of_this_machine
                else "录制时的处理器或 OpenCV 版本与本机不同，图像运算的末位有差别"
            )
            raise InputError(f"录带 {self._path.name} 里没有这张图的识别结果：{why}。", RECORD_ANEW)
        answer = self._answers[key]
        if not isinstance(answer, dict) or not isinstance(answer.get(what), list):
            raise _damaged(self._path)
        rows: list[Any] = answer[what]
        return rows


@cache
def arithmetic() -> str:
    """A digest of what OpenCV makes, on this machine, of a picture of noise: cut, shrunk and
    smoothed as sheets are."""
    noise = np.random.default_rng(0).integers(0, 256, (160, 224, 3), dtype=np.uint8)
    turned = cv2.getRotationMatrix2D((100.0, 70.0), 7.3, 1.21)
    made = (
        cv2.warpAffine(noise, turned, (180, 140), flags=cv2.INTER_CUBIC),
        cv2.resize(noise, (97, 61), interpolation=cv2.INTER_AREA),
        cv2.resize(noise, (301, 207), interpolation=cv2.INTER_CUBIC),
        cv2.GaussianBlur(noise.astype(np.float32), (0, 0), 1.3),
        cv2.GaussianBlur(noise, (7, 7), 0),
        cv2.cvtColor(noise, cv2.COLOR_BGR2GRAY),
    )
    return hashlib.sha256(b"".join(part.tobytes() for part in made)).hexdigest()[:KEY_DIGITS]


# ---------------------------------------------------------------- the file


def _read_tape(path: Path) -> dict[str, Any]:
    try:
        with gzip.open(path) as file:
            data = file.read(TAPE_BYTES + 1)
        if len(data) > TAPE_BYTES:
            raise _damaged(path)
        tape = json.loads(data)
    except FileNotFoundError as error:
        raise InputError(f"找不到录带：{path}", "请检查路径是否正确。") from error
    except (OSError, EOFError, zlib.error, ValueError, RecursionError) as error:
        raise _damaged(path) from error
    if not isinstance(tape, dict) or tape.get("format") != TAPE_FORMAT:
        raise _damaged(path)
    if tape.get("version") != TAPE_VERSION:
        raise InputError(
            f"录带 {path.name} 是第 {tape.get('version')} 版格式，本程序只认第 {TAPE_VERSION} 版。",
            RECORD_ANEW,
        )
    if not isinstance(tape.get("engine"), str) or not isinstance(tape.get("answers"), dict):
        raise _damaged(path)
    return tape


def _damaged(path: Path) -> InputError:
    return InputError(f"录带 {path.name} 已损坏，或不是本程序的录带。", RECORD_ANEW)


# ---------------------------------------------------------------- keys and rows


def _detection_key(image: Image, long_side_px: int) -> str:
    return _key(image, "detect", long_side_px)


def _recognition_key(image: Image, quads: Sequence[Quad]) -> str:
    return _key(image, "recognise", [_flat(quad) for quad in quads])


def _direction_key(image: Image, quads: Sequence[Quad]) -> str:
    return _key(image, "on its head", [_flat(quad) for quad in quads])


def _key(image: Image, *asked: object) -> str:
    digest = hashlib.sha256(image.tobytes())
    digest.update(repr((image.shape, *asked)).encode())
    return digest.hexdigest()[:KEY_DIGITS]


def _flat(quad: Quad) -> list[float]:
    return [float(v) for point in quad for v in point]


def _quad(row: Sequence[float]) -> Quad:
    a, b, c, d, e, f, g, h = (float(v) for v in row)
    return ((a, b), (c, d), (e, f), (g, h))


def _line_row(line: Line) -> list[Any]:
    return [
        line.text,
        line.score,
        _flat(line.quad),
        [_char_row(char) for char in line.chars],
        [_char_row(char) for char in line.lost],
    ]


def _line(row: Sequence[Any]) -> Line:
    text, score, quad, chars, lost = row
    return Line(
        str(text), float(score), _quad(quad), tuple(map(_char, chars)), tuple(map(_char, lost))
    )


def _char_row(char: Char) -> list[Any]:
    alternatives = [[text, score] for text, score in char.alternatives]
    return [char.text, char.score, char.left, char.right, alternatives]


def _char(row: Sequence[Any]) -> Char:
    text, score, left, right, alternatives = row
    others = tuple((str(other), float(chance)) for other, chance in alternatives)
    return Char(str(text), float(score), float(left), float(right), others)
