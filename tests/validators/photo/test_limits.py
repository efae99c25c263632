"""The limits as data, and how a value stands to them."""

from __future__ import annotations

import numpy as np
import pytest

from validators.photo.limits import CheckOutcome, LimitCheck, read_limits
from validators.photo.measures.ears import Ear
from validators.photo.rules import ear_state, ear_values

CHECKS = read_limits().checks


@pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.measure)
def test_check_is_complete_when_read(check: LimitCheck) -> None:
    assert check.label and check.message and check.cure
    assert check.source.startswith(("guide", "technical", "ours"))
    bounds = [check.fail_below, check.review_below, check.review_above, check.fail_above]
    present = [b for b in bounds if b is not None]
    assert present == sorted(present)
    assert present


@pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.measure)
def test_value_on_a_limit_passes_it_when_judged(check: LimitCheck) -> None:
    for bound in (check.review_below, check.review_above):
        if bound is not None:
            assert check.judge(bound) is CheckOutcome.PASS
    if check.fail_below is not None:
        assert check.judge(check.fail_below) is not CheckOutcome.FAIL
        assert check.judge(check.fail_below - 1e-6) is CheckOutcome.FAIL
    if check.fail_above is not None:
        assert check.judge(check.fail_above) is not CheckOutcome.FAIL
        assert check.judge(check.fail_above + 1e-6) is CheckOutcome.FAIL
    if check.review_below is not None:
        assert check.judge(check.review_below - 1e-6) is not CheckOutcome.PASS


def test_only_the_guide_may_fail_when_limits_come_from_elsewhere() -> None:
    for check in CHECKS:
        fails = check.fail_below is not None or check.fail_above is not None
        if fails and check.rule != "PH-POSE":
            assert "guide" in check.source or "ours: grey" in check.source, check.measure


def ear(
    area: float,
    share: float,
    occupied: float = 0.9,
    height: float = 0.28,
    *,
    like_skin: float | None = None,
    beyond: float = 0.0,
    rim: float = 0.9,
) -> Ear:
    like = share if like_skin is None else like_skin
    return Ear(np.zeros((8, 2), np.float32), area, share, occupied, height, like, beyond, rim)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (ear(20, 0.9), "seen"),
        (ear(10, 0.3), "unsure"),
        (ear(4.5, 0.15), "hidden"),
        (ear(0, 0), "covered"),
        (ear(0, 0, occupied=0.4), "unsure"),
        (ear(20, 0.9, height=0.05), "unsure"),
        (ear(20, 0.9, beyond=0.7), "unsure"),
        (ear(0, 0, beyond=0.7), "covered"),
        (ear(0, 0, like_skin=0.8), "unsure"),
        (ear(0, 0, like_skin=0.8, beyond=0.7), "covered"),
        (ear(0, 0, rim=0.2), "hidden"),
        (ear(0, 0, occupied=0.05), "seen"),
        (ear(0, 0, occupied=0.05, rim=0.2), "unsure"),
        (ear(0, 0, occupied=0.05, beyond=0.2), "unsure"),
    ],
)
def test_ear_state_follows_skin_when_measured(seen: Ear, expected: str) -> None:
    assert ear_state(seen, read_limits().ears, {"yaw": 0.0}) == expected


@pytest.mark.parametrize("values", [{"yaw": 0.2}, {"yaw": 0.0, "side_light": 50.0}, {}])
def test_ear_is_not_called_covered_when_the_head_is_turned_or_in_shade(
    values: dict[str, float],
) -> None:
    assert ear_state(ear(0, 0), read_limits().ears, values) == "hidden"


def test_flat_ear_is_not_taken_for_seen_when_the_head_is_turned() -> None:
    limits = read_limits().ears
    assert ear_state(ear(0, 0, occupied=0.05), limits, {"yaw": 0.2}) == "unsure"
    assert ear_state(ear(0, 0, occupied=0.05), limits, {}) == "unsure"


def test_parsing_model_decides_when_the_operator_has_one() -> None:
    limits = read_limits().ears
    strips = {"left": ear(0, 0), "right": ear(20, 0.9)}
    found = ear_values(strips, limits, {"yaw": 0.0}, {"left": 9.0, "right": 0.0})
    assert found == {"ears_seen": 1, "ears_hidden": 1, "ears_covered": 0}


@pytest.mark.parametrize(
    ("measure", "value", "expected"),
    [
        ("hair_spread", 0.5, CheckOutcome.FAIL),
        ("crown_spread", 1.5, CheckOutcome.REVIEW),
        ("eyes_darker", 0.5, CheckOutcome.REVIEW),
        ("eyes_darker", 0.85, CheckOutcome.FAIL),
    ],
)
def test_plain_caps_and_dark_lenses_are_caught_when_measured(
    measure: str, value: float, expected: CheckOutcome
) -> None:
    check = next(c for c in CHECKS if c.measure == measure)
    assert check.judge(value) is expected


def test_slim_ear_is_seen_when_nearly_all_of_it_is_skin() -> None:
    assert ear_state(ear(8.5, 0.75), read_limits().ears, {"yaw": 0.1}) == "seen"
    assert ear_state(ear(8.5, 0.45), read_limits().ears, {"yaw": 0.1}) != "seen"
