"""The engine of our own held against PaddleOCR over the same weights, and which of them reads.

Both read the committed specimens. Rounding and the numbers that OpenVINO computes with (bf16 where
the processor has it) move boxes by pixels and faint lines by characters; what reads surely is the
same. Every difference is printed (``pytest -s``).
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.model import Image, Quad
from pipeline.ocr import openvino_engine
from pipeline.ocr.engines import choose_engine
from pipeline.ocr.openvino_engine import OpenVinoEngine
from pipeline.ocr.paddle import PaddleEngine
from pipeline.ocr.weights import Weights, locate
from pipeline.settings import Settings, load_settings

pytestmark = pytest.mark.long

PAPERS = Path(__file__).parents[3] / "samples" / "papers"
EVERY = 24
SURE = 0.95


@pytest.fixture
def weights(tmp_path: Path) -> Weights:
    """Models that are described, and never loaded."""
    folders = [tmp_path / name for name in ("det", "rec")]
    for folder in folders:
        folder.mkdir()
        (folder / "inference.yml").write_text(folder.name, encoding="utf-8")
    return Weights(folders[0], folders[1], digests={"det": "d" * 64, "rec": "r" * 64})


@pytest.fixture(scope="module")
def both() -> tuple[OpenVinoEngine, PaddleEngine]:
    weights = locate(load_settings())
    return OpenVinoEngine(weights), PaddleEngine(weights)


def specimens() -> list[Path]:
    return sorted(PAPERS.glob("*.jpg"))[::EVERY]


def overlap(one: Quad, other: Quad) -> float:
    """Common area over joint area."""
    a, b = (np.asarray(q, np.float32) for q in (one, other))
    common, _ = cv2.intersectConvexConvex(a, b)
    joint = cv2.contourArea(a) + cv2.contourArea(b) - common
    return float(common) / joint if joint else 0.0


@pytest.mark.engine
@pytest.mark.parametrize("path", specimens(), ids=lambda p: str(p.stem))
def test_both_engines_find_and_read_the_same(
    both: tuple[OpenVinoEngine, PaddleEngine], path: Path
) -> None:
    ours, judge = both
    image: Image = np.asarray(cv2.imread(str(path)), np.uint8)
    quads = judge.detect(image)
    found = ours.detect(image)
    missed = [q for q in quads if max((overlap(q, f) for f in found), default=0.0) < 0.5]
    print(f"\n{path.stem}: {len(quads)} boxes, {len(found)} of ours, {len(missed)} missed")  # noqa: T201
    assert len(missed) <= 0.05 * len(quads) + 1
    assert abs(len(found) - len(quads)) <= 0.05 * len(quads) + 1
    sure = differing = 0
    for theirs, own in zip(
        judge.recognise(image, quads), ours.recognise(image, quads), strict=True
    ):
        if theirs.text != own.text:
            print(f"  {theirs.score:.3f} {theirs.text!r} | {own.score:.3f} {own.text!r}")  # noqa: T201
        if theirs.score >= SURE:
            sure += 1
            differing += theirs.text != own.text
    assert sure > 0
    assert differing <= 0.02 * sure + 1


def test_the_other_engine_reads_where_openvino_does_not_run(
    monkeypatch: pytest.MonkeyPatch, weights: Weights, tmp_path: Path
) -> None:
    settings = Settings(cache=tmp_path)
    usual = choose_engine(settings, weights)
    assert (usual.name, usual.notice) == ("openvino", "")
    monkeypatch.setattr(openvino_engine, "precision", lambda: None)
    other = choose_engine(settings, weights)
    assert other.name == "paddleocr"
    assert "OpenVINO" in other.notice
    assert other.fingerprint != usual.fingerprint


def test_the_numbers_computed_with_are_part_of_the_fingerprint(
    monkeypatch: pytest.MonkeyPatch, weights: Weights, tmp_path: Path
) -> None:
    seen = set()
    for numbers in ("f32", "bf16"):
        monkeypatch.setattr(openvino_engine, "precision", lambda n=numbers: n)
        seen.add(choose_engine(Settings(cache=tmp_path), weights).fingerprint)
    assert len(seen) == 2


def test_paddleocr_reads_where_it_is_asked_for(weights: Weights, tmp_path: Path) -> None:
    choice = choose_engine(Settings(cache=tmp_path, engine="paddleocr"), weights)
    assert (choice.name, choice.notice) == ("paddleocr", "")
    assert "paddleocr" in choice.fingerprint


@pytest.mark.engine
def test_lines_on_their_heads_are_told_by_both_engines(
    both: tuple[OpenVinoEngine, PaddleEngine],
) -> None:
    image: Image = np.asarray(cv2.imread(str(specimens()[0])), np.uint8)
    for engine in both:
        quads = sorted(engine.detect(image), key=lambda q: q[0][0] - q[1][0])[:6]
        assert np.mean(engine.on_its_head(image, quads)) < 0.2
        turned = [(c, d, a, b) for a, b, c, d in quads]
        assert np.mean(engine.on_its_head(image, turned)) > 0.8
