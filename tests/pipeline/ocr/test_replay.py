"""Tapes: what was recorded is played digit for digit, and nothing else is."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.errors import ExitCode, InputError
from pipeline.model import Char, Image, Line, Quad
from pipeline.ocr import replay
from pipeline.ocr.replay import Recorder, ReplayEngine

QUAD: Quad = ((1.1, 2.0), (30.25, 2.5), (30.0, 9.75), (1.0, 9.3333333333333339))
PICTURE: Image = np.arange(40 * 60 * 3, dtype=np.uint8).reshape(40, 60, 3)
SCORE = float(np.float32(0.9876543))


class Scripted:
    """An engine that always answers the same, and counts."""

    fingerprint = "scripted-1"

    def __init__(self) -> None:
        self.asked = 0

    def detect(self, image: Image, long_side_px: int = 960) -> list[Quad]:
        self.asked += 1
        return [QUAD, QUAD]

    def recognise(self, image: Image, quads: Sequence[Quad]) -> list[Line]:
        self.asked += 1
        chars = (
            Char("韦", SCORE, 0.1, 1 / 3, (("常", 0.1), ("", 1e-7))),
            Char(" ", 0.02, 1 / 3, 0.4),
        )
        lost = (Char("岜", 0.21, 0.5, 0.6),)
        return [Line("韦 ", SCORE, QUAD, chars, lost), Line("", 0.0, QUAD)][: len(quads)]

    def read(self, image: Image, long_side_px: int = 960) -> list[Line]:
        return self.recognise(image, self.detect(image, long_side_px))


class Telling(Scripted):
    """One that can tell which way up lines stand."""

    def on_its_head(self, image: Image, quads: Sequence[Quad]) -> list[float]:
        return [SCORE, 1 / 3][: len(quads)]


def write(folder: Path, tape: bytes) -> Path:
    path = folder / "tape.json.gz"
    path.write_bytes(tape)
    return path


def recorded(folder: Path) -> Path:
    recorder = Recorder(Scripted())
    recorder.read(PICTURE)
    return write(folder, recorder.tape())


def altered(path: Path, **changes: Any) -> Path:
    tape = json.loads(gzip.decompress(path.read_bytes())) | changes
    return write(path.parent, gzip.compress(json.dumps(tape).encode()))


def test_a_tape_answers_as_the_engine_did(tmp_path: Path) -> None:
    engine = ReplayEngine(recorded(tmp_path))
    assert engine.fingerprint == "scripted-1"
    assert engine.is_of_this_machine
    quads = engine.detect(PICTURE)
    assert quads == Scripted().detect(PICTURE)
    assert engine.recognise(PICTURE, quads) == Scripted().recognise(PICTURE, quads)
    assert engine.read(PICTURE) == [Scripted().recognise(PICTURE, quads)[0]]


def test_the_recorder_passes_everything_on() -> None:
    engine = Scripted()
    recorder = Recorder(engine)
    assert recorder.detect(PICTURE, 640) == engine.detect(PICTURE, 640)
    assert recorder.recognise(PICTURE, [QUAD]) == engine.recognise(PICTURE, [QUAD])
    assert engine.asked == 4


def test_directions_are_recorded_and_played(tmp_path: Path) -> None:
    recorder = Recorder(Telling())
    assert recorder.on_its_head(PICTURE, [QUAD, QUAD]) == [SCORE, 1 / 3]
    engine = ReplayEngine(write(tmp_path, recorder.tape()))
    assert engine.on_its_head(PICTURE, [QUAD, QUAD]) == [SCORE, 1 / 3]
    with pytest.raises(InputError, match="没有这张图"):
        engine.on_its_head(PICTURE, [QUAD])


def test_an_engine_that_cannot_tell_directions_tells_none(tmp_path: Path) -> None:
    recorder = Recorder(Scripted())
    assert recorder.on_its_head(PICTURE, [QUAD]) == [0.5]
    engine = ReplayEngine(write(tmp_path, recorder.tape()))
    assert engine.on_its_head(PICTURE, [QUAD]) == [0.5]


def test_the_same_answers_give_the_same_bytes() -> None:
    one, other = Recorder(Scripted()), Recorder(Scripted())
    one.detect(PICTURE)
    one.recognise(PICTURE, [QUAD])
    other.recognise(PICTURE, [QUAD])
    other.detect(PICTURE)
    assert one.tape() == other.tape()


def test_other_pixels_other_sizes_and_other_boxes_are_not_on_the_tape(tmp_path: Path) -> None:
    engine = ReplayEngine(recorded(tmp_path))
    other = PICTURE.copy()
    other[0, 0, 0] += 1
    moved = ((QUAD[0][0] + 1e-9, QUAD[0][1]), *QUAD[1:])
    for ask in (
        lambda: engine.detect(other),
        lambda: engine.detect(PICTURE.reshape(60, 40, 3)),
        lambda: engine.detect(PICTURE, 1280),
        lambda: engine.recognise(PICTURE, [QUAD]),
        lambda: engine.recognise(PICTURE, [QUAD, moved]),
        lambda: engine.read(other),
    ):
        with pytest.raises(InputError, match="没有这张图") as caught:
            ask()
        assert caught.value.exit_code == ExitCode.INPUT
        assert "yijianshi look" in caught.value.hint


def test_under_another_arithmetic_the_message_says_so(tmp_path: Path) -> None:
    engine = ReplayEngine(altered(recorded(tmp_path), arithmetic="other"))
    assert not engine.is_of_this_machine
    with pytest.raises(InputError, match="处理器"):
        engine.detect(PICTURE, 1)


def test_a_tape_of_another_version_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="第 0 版格式，本程序只认第 1 版"):
        ReplayEngine(altered(recorded(tmp_path), version=0))


def test_a_tape_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="找不到录带"):
        ReplayEngine(tmp_path / "none.gz")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no gzip",
        gzip.compress(b"no json"),
        gzip.compress(b"[" * 100_000),
        gzip.compress(b"[]"),
        gzip.compress(b'{"version": 1}'),
        gzip.compress(b'{"format": "yijianshi-tape", "version": 1, "engine": "x"}'),
        gzip.compress(b'{"format": "yijianshi-tape", "version": 1, "answers": {}}'),
        gzip.compress(b'{"format": "yijianshi-tape"')[:-9],
    ],
    # gzip writes the time: as names of tests these would differ from process to process.
    ids=range(9),
)
def test_a_damaged_tape_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(InputError, match="已损坏"):
        ReplayEngine(write(tmp_path, content))


def test_a_tape_cut_short_is_refused(tmp_path: Path) -> None:
    path = recorded(tmp_path)
    with pytest.raises(InputError, match="已损坏"):
        ReplayEngine(write(tmp_path, path.read_bytes()[:-20]))


def test_a_tape_beyond_the_limit_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = recorded(tmp_path)
    monkeypatch.setattr(replay, "TAPE_BYTES", 10)
    with pytest.raises(InputError, match="已损坏"):
        ReplayEngine(path)


@pytest.mark.parametrize(
    "answer",
    [None, {}, {"quads": [[1, 2]], "lines": [[]]}, {"quads": [3], "heads": "x"}, {"heads": ["x"]}],
)
def test_answers_of_the_wrong_shape_are_refused(tmp_path: Path, answer: Any) -> None:
    recorder = Recorder(Telling())
    recorder.read(PICTURE)
    recorder.on_its_head(PICTURE, [QUAD, QUAD])
    path = write(tmp_path, recorder.tape())
    keys = json.loads(gzip.decompress(path.read_bytes()))["answers"]
    engine = ReplayEngine(altered(path, answers=dict.fromkeys(keys, answer)))
    for ask in (
        engine.detect,
        lambda picture: engine.recognise(picture, [QUAD, QUAD]),
        lambda picture: engine.on_its_head(picture, [QUAD, QUAD]),
    ):
        with pytest.raises(InputError, match="已损坏"):
            ask(PICTURE)
