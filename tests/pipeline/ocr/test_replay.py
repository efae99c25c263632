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
from pipeline.ocr import tape as tapes
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


def test_other_pictures_other_sizes_and_other_boxes_are_not_on_the_tape(tmp_path: Path) -> None:
    engine = ReplayEngine(recorded(tmp_path))
    moved = ((QUAD[0][0] + 0.1, QUAD[0][1]), *QUAD[1:])
    for ask in (
        lambda: engine.detect(PICTURE.reshape(60, 40, 3)),
        lambda: engine.detect(PICTURE, 1280),
        lambda: engine.recognise(PICTURE, [QUAD]),
        lambda: engine.recognise(PICTURE, [QUAD, moved]),
        lambda: engine.recognise(PICTURE + np.uint8(2), [QUAD, QUAD]),
        lambda: engine.read(PICTURE[::-1].copy()),
    ):
        with pytest.raises(InputError, match="没有这张图") as caught:
            ask()
        assert caught.value.exit_code == ExitCode.INPUT
        assert "yijianshi look" in caught.value.hint


def test_one_stroke_more_is_another_picture(tmp_path: Path) -> None:
    paper = np.full((320, 480, 3), 235, dtype=np.uint8)
    paper[100:120, 50:300] = 30
    recorder = Recorder(Scripted())
    recorder.detect(paper)
    engine = ReplayEngine(write(tmp_path, recorder.tape()))
    assert engine.detect(paper) == [QUAD, QUAD]
    paper[200:201, 71:83] = 30
    with pytest.raises(InputError, match="没有这张图"):
        engine.detect(paper)


def test_last_bits_of_pixels_and_places_are_no_other_question(tmp_path: Path) -> None:
    recorder = Recorder(Telling())
    recorder.recognise(PICTURE, [QUAD])
    recorder.on_its_head(PICTURE, [QUAD])
    engine = ReplayEngine(write(tmp_path, recorder.tape()))
    other = PICTURE.copy()
    other[::3, ::2] ^= 1
    moved: Quad = ((QUAD[0][0] + 1e-6, QUAD[0][1] - 0.01), *QUAD[1:])
    assert engine.recognise(other, [moved]) == Scripted().recognise(PICTURE, [QUAD])
    assert engine.on_its_head(other, [moved]) == [SCORE]


def test_of_answers_to_all_but_the_same_question_the_nearest_is_given(tmp_path: Path) -> None:
    class Counting(Scripted):
        def detect(self, image: Image, long_side_px: int = 960) -> list[Quad]:
            return [QUAD] * int(image[0, 0])

    recorder = Recorder(Counting())
    pictures = [np.full((40, 60), level, dtype=np.uint8) for level in (4, 5, 6)]
    for picture in pictures:
        recorder.detect(picture)
    played = ReplayEngine(write(tmp_path, recorder.tape()))
    assert [len(played.detect(picture)) for picture in pictures] == [4, 5, 6]


def test_a_tape_of_another_version_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="第 0 版格式，本程序只认第 2 版"):
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
        gzip.compress(b'{"format": "yijianshi-tape", "version": 2, "engine": "x"}'),
        gzip.compress(b'{"format": "yijianshi-tape", "version": 2, "answers": []}'),
        gzip.compress(b'{"format": "yijianshi-tape"')[:-9],
    ],
    # gzip writes the time: as names of tests these would differ from process to process.
    ids=range(9),
)
def test_a_damaged_tape_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(InputError, match="已损坏"):
        ReplayEngine(write(tmp_path, content))


@pytest.mark.parametrize(
    "changes",
    [
        {"pictures": None},
        {"pictures": [{"shape": [1]}]},
        {"pictures": [{"shape": [1], "cells": "?"}]},
        {"pictures": [{"shape": ["x"], "cells": ""}]},
        {"pictures": []},
        {"answers": {"a": None}},
        {"answers": [{"asked": ["recognise"], "picture": 0, "at": [[1, 2]]}]},
    ],
)
def test_rows_that_are_none_are_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="已损坏"):
        ReplayEngine(altered(recorded(tmp_path), **changes))


def test_a_tape_cut_short_is_refused(tmp_path: Path) -> None:
    path = recorded(tmp_path)
    with pytest.raises(InputError, match="已损坏"):
        ReplayEngine(write(tmp_path, path.read_bytes()[:-20]))


def test_a_tape_beyond_the_limit_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = recorded(tmp_path)
    monkeypatch.setattr(tapes, "TAPE_BYTES", 10)
    with pytest.raises(InputError, match="已损坏"):
        ReplayEngine(path)


@pytest.mark.parametrize(
    "answer",
    [{}, {"quads": [[1, 2]], "lines": [[]]}, {"quads": [3], "heads": "x"}, {"heads": ["x"]}],
)
def test_answers_of_the_wrong_shape_are_refused(tmp_path: Path, answer: Any) -> None:
    recorder = Recorder(Telling())
    recorder.read(PICTURE)
    recorder.on_its_head(PICTURE, [QUAD, QUAD])
    path = write(tmp_path, recorder.tape())
    rows = json.loads(gzip.decompress(path.read_bytes()))["answers"]
    asked = [{name: row[name] for name in ("asked", "picture", "at")} for row in rows]
    engine = ReplayEngine(altered(path, answers=[row | answer for row in asked]))
    for ask in (
        engine.detect,
        lambda picture: engine.recognise(picture, [QUAD, QUAD]),
        lambda picture: engine.on_its_head(picture, [QUAD, QUAD]),
    ):
        with pytest.raises(InputError, match="已损坏"):
            ask(PICTURE)
