"""The limits of ``limits.toml``, and how a value stands to them."""

from __future__ import annotations

import tomllib
from enum import StrEnum
from functools import cache, cached_property
from importlib.resources import files

from pydantic import Field

from pipeline.model import Frozen


class CheckOutcome(StrEnum):
    """Verdict of a check, a rule or a whole photo; worst last."""

    PASS = "pass"
    REVIEW = "review"
    FAIL = "fail"


_ORDER = list(CheckOutcome)


def worse(one: CheckOutcome, other: CheckOutcome) -> CheckOutcome:
    """The worse of two outcomes."""
    return max(one, other, key=_ORDER.index)


class LimitCheck(Frozen):
    """One row of limits.toml."""

    rule: str
    measure: str
    label: str
    fail_below: float | None = None
    review_below: float | None = None
    review_above: float | None = None
    fail_above: float | None = None
    required: bool = False
    message: str
    cure: str
    mild_above: float | None = None
    mild_cure: str = ""
    implied_by: dict[str, float] = {}
    source: str

    def judge(self, value: float) -> CheckOutcome:
        """How a value stands to the limits; one that lies on a limit passes it."""
        if (self.fail_below is not None and value < self.fail_below) or (
            self.fail_above is not None and value > self.fail_above
        ):
            return CheckOutcome.FAIL
        if (self.review_below is not None and value < self.review_below) or (
            self.review_above is not None and value > self.review_above
        ):
            return CheckOutcome.REVIEW
        return CheckOutcome.PASS

    @cached_property
    def limit(self) -> str:
        """What passes, as text: ``≥ 97``, ``≤ 6``, ``30720–50000``, ``= 1``."""
        low = self.review_below if self.review_below is not None else self.fail_below
        high = self.review_above if self.review_above is not None else self.fail_above
        if low is not None and high is not None:
            return f"= {low:g}" if low == high else f"{low:g}–{high:g}"
        return f"≥ {low:g}" if low is not None else f"≤ {high:g}"


class EarLimits(Frozen):
    """When an ear counts as seen, hidden or wholly covered (see limits.toml)."""

    seen_area: float
    seen_share: float
    seen_height: float
    slim_area: float
    slim_share: float
    slim_height: float
    hidden_area: float
    hidden_share: float
    covered_area: float
    covered_share: float
    occupied: float
    beyond: float
    flat_occupied: float
    flat_beyond: float
    flat_rim: float
    frontal_yaw: float
    even_light: float
    parsed_seen: float
    parsed_hidden: float


class ByteLimits(Frozen):
    """File size in bytes."""

    fail_below: int
    review_below: int
    review_above: int
    fail_above: int


class DpiLimits(Frozen):
    """Resolution: dots per inch, and the whole number of dots per cm nearest to it."""

    required: int
    per_cm: int


class SizeLimits(Frozen):
    """Picture size in pixels."""

    width_px: int
    height_px: int


class TrailingLimits(Frozen):
    """Bytes after the picture's end."""

    review_above_bytes: int


class PhotoLimits(Frozen):
    """All of limits.toml."""

    ears: EarLimits
    bytes: ByteLimits
    dpi: DpiLimits
    size: SizeLimits
    trailing: TrailingLimits
    checks: tuple[LimitCheck, ...] = Field(alias="check")


@cache
def read_limits() -> PhotoLimits:
    """The limits as shipped."""
    text = (files("validators.photo") / "limits.toml").read_text(encoding="utf-8")
    return PhotoLimits.model_validate(tomllib.loads(text))
