"""The photo check against the time of its model runs alone, in one run."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest

from pipeline.ocr.weights import locate_faces
from pipeline.settings import load_settings
from tests.validators.photo.portraits import draw_portrait, jpeg
from validators.photo import judge_photo, load_models
from validators.photo.look import CARD_HEIGHT_PX

ROUNDS = 100


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


@pytest.mark.bench
def test_check_costs_little_beside_its_models_when_warm() -> None:
    models = load_models(locate_faces(load_settings()))
    image = draw_portrait()
    data = jpeg(image)

    def run_models() -> None:
        faces = models.detect(image)
        models.fit_mesh(image, faces[0])
        models.segment(image)
        models.find_hand(image)
        if models.text is not None:
            models.text.find_text(image, CARD_HEIGHT_PX)

    pairs = []
    for _ in range(ROUNDS):
        pairs.append((_seconds(run_models), _seconds(lambda: judge_photo(data, models))))
    # The fastest quarter of each: what else runs on the machine slows now one, now the other.
    alone, whole = np.percentile(np.array(pairs[5:]), 25, axis=0)
    ratio = whole / alone
    print(  # noqa: T201
        f"\n照片检查 {whole * 1e3:.1f} ms；各模型 {alone * 1e3:.1f} ms；比值 {ratio:.2f}（≤ 1.5）"
    )
    assert ratio <= 1.5
