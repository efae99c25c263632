"""A photo's verdict, from bytes or from a picture cut out of a scan."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.model import Image
from validators.photo.container import Container, read_container
from validators.photo.content import content_rules
from validators.photo.limits import CheckOutcome, PhotoLimits, read_limits
from validators.photo.look import FaceLook, look_at_photo
from validators.photo.measures.measured import PhotoMeasures, measure_photo
from validators.photo.models import FaceModels
from validators.photo.rules import (
    container_rules,
    ear_values,
    mode_rule,
    unchecked,
)
from validators.photo.verdict import PhotoVerdict, RuleVerdict, verdict_of

_SMALLEST_PX = 32
_NO_MODELS = unchecked(
    "人脸模型文件不可用，照片内容未检查", "请运行 yijianshi weights 获取模型文件，或由人工核对照片"
)
_NO_PICTURE = unchecked("照片无法打开或过大，内容未检查", "请换一个能正常打开的照片文件")
_TOO_SMALL = unchecked("照片太小，内容无法检查", "请提交 358×441 像素的证件照")
_PRINT = RuleVerdict(
    rule="PH-FORMAT",
    verdict=CheckOutcome.REVIEW,
    measure={"kind": "scan"},
    limit={"kind": "jpg"},
    message="照片是从纸质扫描件中截取的，指南要求电子版",
    cure="请索取电子版照片，或由窗口用 --fix 制作后核对",
)


@dataclass(frozen=True, slots=True, eq=False)
class Examination:
    """A verdict with all it rests on; ``look`` and ``measures`` are None where the content was
    not looked at."""

    verdict: PhotoVerdict
    container: Container
    look: FaceLook | None = None
    measures: PhotoMeasures | None = None


def judge_photo(data: bytes, models: FaceModels | None, name: str = "") -> PhotoVerdict:
    """The verdict on a photo file. Without models the content is not checked: never a pass.

    Never raises for what the file holds.
    """
    return examine_photo(data, models, name).verdict


def judge_print(picture: Image, models: FaceModels | None) -> PhotoVerdict:
    """The verdict on a portrait cut from a scan: content only, and that it is not electronic."""
    height, width = picture.shape[:2]
    facts = Container(0, width_px=width, height_px=height, mode="RGB", whole=True, pixels=picture)
    if models is None:
        return verdict_of((_PRINT, _NO_MODELS))
    rows, _, _ = _content(picture, models, read_limits(), facts)
    return verdict_of((_PRINT, *rows))


def examine_photo(data: bytes, models: FaceModels | None, name: str = "") -> Examination:
    """As :func:`judge`, with the measures and what the models saw."""
    limits = read_limits()
    facts = read_container(data)
    rows = container_rules(facts, limits, name)
    if facts.pixels is None or models is None or min(facts.pixels.shape[:2]) < _SMALLEST_PX:
        reason = _NO_MODELS
        if facts.pixels is None:
            reason = _NO_PICTURE
        elif min(facts.pixels.shape[:2]) < _SMALLEST_PX:
            reason = _TOO_SMALL
        return Examination(verdict_of((*rows, mode_rule(facts), reason)), facts)
    more, look, measures = _content(_shown(facts, limits), models, limits, facts)
    return Examination(verdict_of((*rows, *more)), facts, look, measures)


def _content(
    picture: Image, models: FaceModels, limits: PhotoLimits, facts: Container
) -> tuple[list[RuleVerdict], FaceLook, PhotoMeasures]:
    look = look_at_photo(picture, models)
    measures = measure_photo(look)
    values = dict(measures.values)
    if measures.ears or measures.parsed_ears:
        values |= ear_values(measures.ears, limits.ears, values, measures.parsed_ears)
    return content_rules(values, limits, facts), look, measures


def _shown(facts: Container, limits: PhotoLimits) -> Image:
    """The picture that the card will show: as EXIF turns it, but where only the stored pixels
    have the right size, those (a system that ignores the mark takes them)."""
    assert facts.pixels is not None
    want = (limits.size.width_px, limits.size.height_px)
    stored = (facts.width_px, facts.height_px)
    if facts.orientation in (6, 8) and stored == want != facts.shown_size:
        return np.ascontiguousarray(np.rot90(facts.pixels, 1 if facts.orientation == 6 else -1))
    return facts.pixels
