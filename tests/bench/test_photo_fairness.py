"""No group of sitters goes to a person much more often than another.

Real portraits of every group are not in the repository; the sitters are drawn: every skin with
every hair, young and old, women and men as far as hair, brows and lips go, each under four lights.
What is measured is the share of good photos that do not pass, by group.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
import pytest

from pipeline.model import Image
from pipeline.ocr.weights import locate_faces
from pipeline.settings import load_settings
from tests.validators.photo.portraits import Colour, Sitter, draw_portrait, jpeg
from validators.photo import CheckOutcome, FaceModels, judge_photo, load_models

SKINS: dict[str, Colour] = {
    "肤色浅": (190, 210, 240),
    "肤色中": (130, 170, 222),
    "肤色深": (82, 112, 162),
    "肤色很深": (58, 80, 122),
}
HAIRS: dict[str, Colour] = {
    "黑发": (32, 30, 36),
    "棕发": (46, 66, 92),
    "红发": (45, 70, 125),
    "金发": (96, 156, 196),
    "灰发": (168, 166, 170),
    "白发": (206, 206, 208),
}
CLOTHES: tuple[Colour, ...] = ((96, 58, 36), (90, 130, 60), (110, 50, 90))
LIGHTS = {"正": 1.0, "暗": 0.84, "侧": 1.0}
MOST_REVIEWED = 0.15
NO_WORSE_THAN = 2.0
"""Times the share of another group of the same kind; shares under LEAST count as that."""
LEAST = 0.05


@dataclass(frozen=True)
class Good:
    """A good photo and the groups its sitter belongs to."""

    sitter: Sitter
    light: str
    groups: tuple[str, ...]

    def image(self) -> Image:
        drawn = draw_portrait(self.sitter).astype(np.float32)
        person = (drawn.min(axis=-1, keepdims=True) < 250).astype(np.float32)
        across = np.linspace(0, 0.2, drawn.shape[1], dtype=np.float32)[:, None]
        drawn *= 1 - person * (across if self.light == "侧" else 1 - LIGHTS[self.light])
        return np.clip(drawn, 0, 255).astype(np.uint8)


def good_photos() -> Iterator[Good]:
    """Every skin with every hair, on a man and a woman of whom one is old, under every light."""
    for (i, (skin, s)), (k, (hair, h)) in product(
        enumerate(SKINS.items()), enumerate(HAIRS.items())
    ):
        for woman in (False, True):
            old = (i + k + woman) % 2 == 1
            clothes = CLOTHES[(i + k + woman) % len(CLOTHES)]
            sitter = Sitter(skin=s, hair=h, clothes=clothes, old=old, woman=woman, seed=i + k)
            groups = (skin, hair, "年长" if old else "年轻", "女" if woman else "男")
            for light in LIGHTS:
                yield Good(sitter, light, groups)


@pytest.fixture(scope="module")
def models() -> FaceModels:
    return load_models(locate_faces(load_settings()))


@pytest.mark.bench
@pytest.mark.timeout(1200)
def test_no_group_goes_to_a_person_twice_as_often_as_another(models: FaceModels) -> None:
    told: dict[str, list[CheckOutcome]] = defaultdict(list)
    why: dict[str, int] = defaultdict(int)
    for good in good_photos():
        found = judge_photo(jpeg(good.image()), models)
        for group in good.groups:
            told[group].append(found.verdict)
        for row in found.rules:
            if row.verdict is not CheckOutcome.PASS:
                why[f"{'/'.join(good.groups[:2])} {row.rule}"] += 1
    shares = {
        group: sum(v is not CheckOutcome.PASS for v in found) / len(found)
        for group, found in told.items()
    }
    for group, share in shares.items():
        print(f"{group}：{len(told[group])} 张合格照片，送人工 {share:.1%}")  # noqa: T201
    print(dict(why))  # noqa: T201
    assert not any(CheckOutcome.FAIL in found for found in told.values())
    assert max(shares.values()) <= MOST_REVIEWED
    for kind in (SKINS, HAIRS, ("年轻", "年长"), ("男", "女")):
        of_kind = [max(shares[group], LEAST) for group in kind]
        assert max(of_kind) <= NO_WORSE_THAN * min(of_kind), kind
