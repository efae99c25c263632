"""What passes of faults drawn on good portraits, and what of the good ones does not.

``make photo-bench FACES=folder SEED=1``: any folder of portraits with bare ears and a plain look,
of any size, before any wall. No picture of a face is in the repository. Faults count twice: on all
sitters, and on those whose untouched picture passes, where nothing but the fault can be seen.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest

from pipeline.ocr.weights import locate_faces
from pipeline.settings import load_settings
from tests.bench.photo_faults import faults, good_pictures
from tests.bench.photo_sitters import encoded, framed_portraits
from validators.photo import CheckOutcome, judge_photo, load_models
from validators.photo.judge import examine_photo
from validators.photo.limits import read_limits

FACES = os.environ.get("FACES", "")
SEED = int(os.environ.get("SEED") or 1)


@pytest.mark.bench
@pytest.mark.skipif(not FACES, reason="needs FACES=folder of portraits")
@pytest.mark.timeout(7200)
def test_faults_that_pass_and_good_ones_that_do_not() -> None:
    models = load_models(locate_faces(load_settings()))
    passed: dict[str, Counter[bool]] = defaultdict(Counter)
    drawn: dict[str, Counter[bool]] = defaultdict(Counter)
    good: Counter[str] = Counter()
    why: Counter[str] = Counter()
    sitters = clean = 0
    for sitter in framed_portraits(Path(FACES), models):
        rng = np.random.default_rng([SEED, *sitter.name.encode()])
        told = {}
        for name, card in good_pictures(sitter, rng):
            told[name] = examine_photo(encoded(card), models)
        sound = told["untouched"].verdict.verdict is CheckOutcome.PASS
        sitters, clean = sitters + 1, clean + sound
        for examined in told.values():
            good[examined.verdict.verdict.value] += 1
            values = {} if examined.measures is None else examined.measures.values
            why.update(
                f"{check.rule} {check.measure}"
                for check in read_limits().checks
                if check.measure in values
                and check.judge(values[check.measure]) is not CheckOutcome.PASS
            )
            ears = examined.verdict.of("PH-EARS")
            why["PH-EARS"] += ears is not None and ears.verdict is not CheckOutcome.PASS
        for fault in faults(sitter, SEED):
            through = judge_photo(encoded(fault.card), models).verdict is CheckOutcome.PASS
            drawn[fault.kind][through] += 1
            if sound:
                passed[fault.kind][through] += 1
    lines = [f"\n{sitters} 人，其中原片通过 {clean} 人", "瑕疵：通过/全部（原片通过的人；所有人）"]
    for kind in sorted(drawn):
        lines.append(f"  {kind}: {_share(passed[kind])}；{_share(drawn[kind])}")
    lines.append(f"  合计: {_share(sum(passed.values(), Counter()))}；")
    lines[-1] += _share(sum(drawn.values(), Counter()))
    lines.append(f"合格照片 {good.total()} 张：{dict(good)}")
    lines += [f"  {rule}: {count}" for rule, count in why.most_common() if count]
    print("\n".join(lines))  # noqa: T201
    assert sitters, "no portrait could be framed"


def _share(found: Counter[bool]) -> str:
    return f"{found[True]}/{found.total()}"
