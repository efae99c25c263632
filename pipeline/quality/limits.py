"""The limits of ``quality.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from pydantic import Field

from pipeline.model import DocumentType, Frozen


class BlurLimits(Frozen):
    """``[blur]``"""

    height_px: int = Field(gt=8)
    smear: float = Field(gt=0.1)
    smear_of_picture: float
    smear_most: float = Field(lt=1)
    lines: int = Field(gt=0)
    contrast: float
    limit: float = Field(gt=0, lt=1)


class ScreenLimits(Frozen):
    """``[screen]``"""

    tile_px: int = Field(ge=64)
    tiles: int = Field(gt=0)
    periods_px: tuple[float, float]
    peak: float
    amplitude: float


class GlareLimits(Frozen):
    """``[glare]``"""

    level: int = Field(gt=128, le=255)
    share: float = Field(gt=0, lt=1)
    fall: float
    ink: float
    hidden: float


class CopyLimits(Frozen):
    """``[copy]``"""

    colourless: float
    tint: float
    grey_p90: float
    grey_p98: float
    grey_p98_tinted: float
    colour_p90: float
    coloured: frozenset[DocumentType]
    sealed: frozenset[DocumentType]


class CutLimits(Frozen):
    """``[cut]``"""

    rim: float
    like: float
    same: float
    printed: float
    runs: int = Field(gt=0)
    lines: int = Field(gt=0)
    dark: float
    sides: int = Field(gt=0, le=4)
    fills: float
    aspect: float


class QualityLimits(Frozen):
    """The whole table."""

    blur: BlurLimits
    screen: ScreenLimits
    glare: GlareLimits
    copy_: CopyLimits = Field(alias="copy")
    cut: CutLimits
    formats: dict[DocumentType, tuple[tuple[float, float], ...]]


@cache
def limits() -> QualityLimits:
    """The table. Raises ValueError naming the row that is wrong."""
    text = (files("pipeline.quality") / "quality.toml").read_text(encoding="utf-8")
    return QualityLimits.model_validate(tomllib.loads(text))
