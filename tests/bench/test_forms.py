"""How forms drawn afresh are read by the real engine: our own and those of other offices.

Prints for each kind and level how many groups of choices were right without a doubt, right with
one, not read, and wrong without one. Nothing is kept of the drawings.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any

import cv2
import pytest

from flows.reading import Reader
from pipeline.intake.source import SourceFile
from pipeline.model import Face
from pipeline.settings import load_settings
from samples.fonts import Shelf
from samples.specimens import LEVELS, RECIPES, make_by

SEED = "forms-1"
EACH = int(os.environ.get("FORMS_EACH", "10"))
"""Forms of each kind and level."""
SURE_MIN = {"printed_form": 0.97, "office_form": 0.8}
"""Part of the groups that must be right without a doubt; wrong without one: none."""


def wanted(truth: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The groups of choices that the form offers, and what was chosen ("" for nothing)."""
    asked = truth["request"]
    for key in truth["capture"]["offers"].split(","):
        if key in ("matters", "special_groups"):
            yield key, ",".join(sorted(asked.get(key, ())))
        elif key in ("is_student", "card_applied_before"):
            yield key, {True: "true", False: "false"}.get(asked.get(key), "")
        elif key in ("archive_direction", "archive_holder"):
            yield key, asked.get("archive", {}).get(key.removeprefix("archive_"), "")
        elif key in ("flex_type", "employment", "insured_pension", "insured_medical", "delivery"):
            yield key, asked.get(key, "")


def outcome(face: Face, key: str, value: str) -> str:
    """How a group was read."""
    reading = face.fields.get(key)
    if reading is None:
        return "sure" if not value else "missed"
    if reading.doubts:
        return "doubted"
    return "sure" if reading.value == value else "silent"


@pytest.mark.bench
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("kind", list(SURE_MIN))
def test_choices_are_read(tmp_path: Path, kind: str) -> None:
    shelf, truths = Shelf.bundled(), {}
    for level in LEVELS:
        for index in range(EACH):
            name = f"{level}_{index:02d}.jpg"
            made = make_by(RECIPES[kind], level, Random(f"{SEED}/{kind}/{name}"), index, shelf)
            options = [cv2.IMWRITE_JPEG_QUALITY, made.quality]
            (tmp_path / name).write_bytes(cv2.imencode(".jpg", made.image, options)[1].tobytes())
            truths[name] = made.truth
    counts = {level: Counter[str]() for level in LEVELS}
    with Reader(load_settings()) as reader:
        sources = [SourceFile(name, tmp_path / name) for name in truths]
        for source, reading in zip(sources, reader.stream(sources), strict=True):
            truth = truths[source.name]
            forms = [f for f in reading.faces if f.type == "application_form"]
            for key, value in wanted(truth):
                told = outcome(forms[0], key, value) if forms else "no form"
                counts[truth["level"]][told] += 1
    for level, count in counts.items():
        print(f"{kind} {level}: {dict(count)}")  # noqa: T201  a benchmark's result
    total = sum(counts.values(), Counter[str]())
    assert total["silent"] == 0
    assert total["sure"] >= SURE_MIN[kind] * sum(total.values())
