"""How surely signatures are told on forms, undertakings and copies, and seals on papers of each
level, by the whole reader, on fresh drawings; ``make quality`` prints the table.

``make papers-bench`` counts the seals of every other paper as it reads them. Here are the marks
that it has too few of: papers nobody signed or sealed, copies signed beside the card and across
it. A quarter of an hour on two quiet cores.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import cv2
import numpy as np
import pytest

from flows.counter import result_of
from flows.reading import Reader
from pipeline.intake.source import SourceFile
from pipeline.settings import load_settings
from samples.draw import Kit
from samples.fonts import Shelf
from samples.layouts import id_card
from samples.persons import make_person
from samples.scanner import office, sign_card
from samples.specimens import LEVELS, RECIPES, make_by
from tests.bench.mark_tally import MarkTally, marks_of

SEED = "marks-bench-1"
EACH = 8
KINDS = ("application_form", "proxy_undertaking", "police_change_proof", "lodging_registration")
COPIES = 12
"""Copies signed beside the card, as many across it, as many not signed."""
READ = {"flatbed": 0.95, "office": 0.95, "phone": 0.85}
"""Part of the certain seals whose issuer's word must be read."""

Truths = dict[str, tuple[str, dict[str, str]]]
"""file -> level and true marks."""


def _save(path: Path, image: np.ndarray, quality: int) -> None:
    path.write_bytes(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes())


def draw_papers(out: Path, shelf: Shelf) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Papers of every level: file, level, marks."""
    for kind in KINDS:
        for level in LEVELS:
            for index in range(EACH):
                file = f"{kind}_{level}_{index:02d}.jpg"
                made = make_by(RECIPES[kind], level, Random(f"{SEED}/{file}"), index, shelf)
                _save(out / file, made.image, made.quality)
                yield file, level, made.truth["marks"]


def draw_copies(out: Path, shelf: Shelf) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Grey copies of cards on A4: signed at the foot, across the card, not at all."""
    for how in ("beside", "across", "unsigned"):
        for index in range(COPIES):
            file = f"copy_{how}_{index:02d}.jpg"
            rng = Random(f"{SEED}/{file}")
            kit, person = Kit(rng, shelf), make_person(rng)
            front, *others = (face.image for face in id_card.draw(person, kit))
            if how == "across":
                front = sign_card(front, rng, kit, person.name)
            signer = person.name if how == "beside" else ""
            shot = office([front, *others], rng, kit, grey=True, stamp=False, signed_by=signer)
            _save(out / file, shot.image, shot.quality)
            yield file, "office", {"signature": "no" if how == "unsigned" else "yes"}


@pytest.mark.bench
@pytest.mark.timeout(7200)
def test_marks_are_told(tmp_path: Path) -> None:
    shelf, tally, truths = Shelf.bundled(), MarkTally(), Truths()
    for file, level, marks in (*draw_papers(tmp_path, shelf), *draw_copies(tmp_path, shelf)):
        truths[file] = level, marks
    with Reader(load_settings()) as reader:
        sources = [SourceFile(file, tmp_path / file) for file in truths]
        for source, reading in zip(sources, reader.stream(sources), strict=True):
            level, marks = truths[source.name]
            documents = result_of(source.name, reading).documents
            tally.add(source.name, level, marks, marks_of(documents))
    print("\n".join(("", *tally.lines())))  # noqa: T201  a benchmark's result
    assert tally.false == []
    assert all(tally.share_read(level) >= wanted for level, wanted in READ.items())
