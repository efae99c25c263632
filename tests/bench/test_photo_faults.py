"""What passes of faults drawn on good portraits, and what of the good ones does not.

``make photo-bench FACES=folder SEED=1``: any folder of portraits with bare ears and a plain look,
of any size, before any wall. No picture of a face is in the repository. Faults count twice: those
that pass, on sitters whose untouched picture passes; and those that are not seen, on all sitters,
where no measure tells of them that is in order on the untouched picture.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest

from pipeline.model import Image
from pipeline.ocr.weights import locate_faces
from pipeline.settings import load_settings
from tests.bench.photo_faults import faults, good_pictures
from tests.bench.photo_sitters import Portrait, encoded, framed_portraits
from validators.photo import CheckOutcome, FaceModels, load_models
from validators.photo.judge import examine_photo
from validators.photo.limits import read_limits

FACES = os.environ.get("FACES", "")
SEED = int(os.environ.get("SEED") or 1)


class Tally:
    """What was told of the sitters so far."""

    def __init__(self, models: FaceModels) -> None:
        self.models = models
        self.sitters = self.sound = 0
        self.passed: dict[str, Counter[bool]] = defaultdict(Counter)
        self.unseen: dict[str, Counter[bool]] = defaultdict(Counter)
        self.good: Counter[CheckOutcome] = Counter()
        self.why: Counter[str] = Counter()

    def told(self, card: Image) -> tuple[CheckOutcome, frozenset[str]]:
        """The verdict on a picture, and what it rests on where it is no pass."""
        examined = examine_photo(encoded(card), self.models)
        values = {} if examined.measures is None else examined.measures.values
        reasons = {
            f"{check.rule} {check.measure}"
            for check in read_limits().checks
            if check.measure in values
            and check.judge(values[check.measure]) is not CheckOutcome.PASS
        }
        ears = examined.verdict.of("PH-EARS")
        if ears is not None and ears.verdict is not CheckOutcome.PASS:
            reasons.add(ears.rule)
        return examined.verdict.verdict, frozenset(reasons)

    def add(self, sitter: Portrait) -> None:
        """Count one sitter's good pictures and faults."""
        rng = np.random.default_rng([SEED, *sitter.name.encode()])
        pictures = [self.told(card) for _, card in good_pictures(sitter, rng)]
        for verdict, reasons in pictures:
            self.good[verdict] += 1
            self.why.update(reasons)
        untouched, known = pictures[0]
        sound = untouched is CheckOutcome.PASS
        self.sitters, self.sound = self.sitters + 1, self.sound + sound
        for fault in faults(sitter, SEED):
            verdict, reasons = self.told(fault.card)
            self.unseen[fault.kind][reasons <= known] += 1
            if sound:
                self.passed[fault.kind][verdict is CheckOutcome.PASS] += 1

    def lines(self) -> list[str]:
        """The report: kinds of faults, then the good ones by verdict and reason."""
        found = [f"{self.sitters} 人，其中原片通过 {self.sound} 人"]
        found.append("瑕疵：通过（原片通过的人）；未被发现（所有人）")
        for kind in sorted(self.unseen):
            found.append(f"  {kind}：{_share(self.passed[kind])}；{_share(self.unseen[kind])}")
        sums = (sum(by.values(), Counter[bool]()) for by in (self.passed, self.unseen))
        found.append(f"  合计：{'；'.join(_share(each) for each in sums)}")
        counts = "，".join(f"{verdict.value} {n}" for verdict, n in self.good.most_common())
        found.append(f"合格照片 {self.good.total()} 张：{counts}；未通过的原因：")
        return found + [f"  {rule}：{count}" for rule, count in self.why.most_common()]


@pytest.mark.bench
@pytest.mark.skipif(not FACES, reason="needs FACES=folder of portraits")
@pytest.mark.timeout(7200)
def test_faults_that_pass_and_good_ones_that_do_not() -> None:
    tally = Tally(load_models(locate_faces(load_settings())))
    for sitter in framed_portraits(Path(FACES), tally.models):
        tally.add(sitter)
    print("\n" + "\n".join(tally.lines()))  # noqa: T201
    assert tally.sitters, "no portrait could be framed"


def _share(found: Counter[bool]) -> str:
    return f"{found[True]}/{found.total()}"
