"""From facts and measures to rule verdicts. The limits decide; nothing here holds a number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from validators.photo.container import Container
from validators.photo.limits import CheckOutcome, EarLimits, PhotoLimits, worse
from validators.photo.measures.ears import Ear
from validators.photo.verdict import RuleVerdict

PhotoProblem = tuple[CheckOutcome, str, str]
"""Outcome, message, cure."""

_KINDS = {"jpg": "JPEG", "png": "PNG", "gif": "GIF", "bmp": "BMP", "tif": "TIFF", "webp": "WebP"}


def container_rules(facts: Container, limits: PhotoLimits, name: str = "") -> list[RuleVerdict]:
    """PH-FORMAT, PH-SIZE, PH-DPI and PH-BYTES."""
    return [
        _format(facts, limits, name),
        _size(facts, limits),
        _dpi(facts, limits),
        _bytes(facts, limits),
    ]


def _format(facts: Container, limits: PhotoLimits, name: str) -> RuleVerdict:
    problems: list[PhotoProblem] = []
    if not facts.size_bytes:
        problems.append((CheckOutcome.FAIL, "文件是空的", "请重新导出或重新拷贝原文件"))
    elif facts.kind != "jpg":
        what = _KINDS.get(facts.kind, facts.kind.upper()) or "无法识别的格式"
        problems.append(
            (
                CheckOutcome.FAIL,
                f"文件内容是 {what}，不是 jpg",
                "请另存为 jpg 格式，可用 --fix 生成",
            )
        )
    if facts.size_bytes and not facts.whole:
        problems.append(
            (CheckOutcome.FAIL, "文件不完整或已损坏，不能完整打开", "请重新导出或重新拷贝原文件")
        )
    if facts.frames > 1:
        problems.append(
            (CheckOutcome.REVIEW, f"文件中有 {facts.frames} 幅画面", "请只保留一幅，另存为 jpg")
        )
    if facts.trailing_bytes > limits.trailing.review_above_bytes:
        problems.append(
            (
                CheckOutcome.REVIEW,
                f"图像结束后还有 {facts.trailing_bytes} 字节其他数据",
                "请重新另存为 jpg，可用 --fix 生成",
            )
        )
    if facts.orientation != 1:
        problems.append(
            (
                CheckOutcome.REVIEW,
                f"照片靠方向标记（EXIF {facts.orientation}）旋转，制卡系统可能不认",
                "请把照片转正后另存，可用 --fix 生成",
            )
        )
    suffix = name.rpartition(".")[2].lower() if "." in name else ""
    if facts.kind == "jpg" and suffix and suffix not in ("jpg", "jpeg"):
        problems.append(
            (CheckOutcome.REVIEW, f"文件名后缀是 .{suffix}，内容是 jpg", "请把后缀改为 .jpg")
        )
    measured: dict[str, float | int | str | None] = {
        "kind": facts.kind or None,
        "whole": "yes" if facts.whole else "no",
        "orientation": facts.orientation,
        "frames": facts.frames,
        "trailing_bytes": facts.trailing_bytes,
    }
    limit = {
        "kind": "jpg",
        "whole": "yes",
        "orientation": "1",
        "frames": "1",
        "trailing_bytes": f"≤ {limits.trailing.review_above_bytes}",
    }
    return row_of("PH-FORMAT", measured, limit, problems)


def _size(facts: Container, limits: PhotoLimits) -> RuleVerdict:
    want = (limits.size.width_px, limits.size.height_px)
    stored = (facts.width_px, facts.height_px)
    right = want in (stored, facts.shown_size)
    width, height = stored if stored == want else facts.shown_size
    problems: list[PhotoProblem] = []
    if not right:
        shown = f"{width}×{height}" if width else "未知"
        problems.append(
            (
                CheckOutcome.FAIL,
                f"像素尺寸为 {shown}，应为 {want[0]}×{want[1]}",
                "请按 358×441 像素裁剪，可用 --fix 生成",
            )
        )
    return row_of(
        "PH-SIZE",
        {"width_px": width, "height_px": height},
        {"width_px": f"= {want[0]}", "height_px": f"= {want[1]}"},
        problems,
    )


def _dpi(facts: Container, limits: PhotoLimits) -> RuleVerdict:
    want = limits.dpi.required
    cure = "分辨率只是文件标记，可用 --fix 写成 350 DPI"
    exif = None if facts.exif_dpi is None else tuple(round(v) for v in facts.exif_dpi)
    x, y, unit = facts.density or (0, 0, 0)
    exif_right = exif == (want, want)
    outcome, problem = CheckOutcome.FAIL, f"分辨率标记为 {_density(facts)}，应为 {want} DPI"
    if unit == 1 and (x, y) == (want, want):
        outcome = CheckOutcome.PASS
        if exif is not None and not exif_right:
            outcome, problem = CheckOutcome.REVIEW, f"文件头为 {want} DPI，EXIF 却为 {exif[0]} DPI"
    elif unit == 2 and (x, y) == (limits.dpi.per_cm, limits.dpi.per_cm):
        outcome, problem = CheckOutcome.REVIEW, f"分辨率按厘米标记（{x} 点/厘米，约 {want} DPI）"
    elif unit not in (1, 2) and exif_right:
        outcome, problem = CheckOutcome.REVIEW, f"只有 EXIF 标明 {want} DPI，文件头没有"
    problems: list[PhotoProblem] = (
        [] if outcome is CheckOutcome.PASS else [(outcome, problem, cure)]
    )
    return row_of("PH-DPI", {"density": _density(facts)}, {"density": f"= {want} dpi"}, problems)


def _density(facts: Container) -> str:
    if facts.density is None or facts.density[2] not in (1, 2):
        if facts.exif_dpi is None:
            return "无"
        return f"EXIF {facts.exif_dpi[0]:g}×{facts.exif_dpi[1]:g} dpi"
    x, y, unit = facts.density
    return f"{x}×{y} {'dpi' if unit == 1 else 'dpcm'}"


def _bytes(facts: Container, limits: PhotoLimits) -> RuleVerdict:
    size, bounds = facts.size_bytes, limits.bytes
    problems: list[PhotoProblem] = []
    if not bounds.fail_below <= size <= bounds.fail_above:
        problems.append(
            (
                CheckOutcome.FAIL,
                f"文件大小为 {size} 字节，应在 30K～50K 之间",
                "请调整压缩质量后另存，可用 --fix 生成",
            )
        )
    elif not bounds.review_below <= size <= bounds.review_above:
        problems.append(
            (
                CheckOutcome.REVIEW,
                f"文件大小为 {size} 字节，是否在 30K～50K 之内取决于 K 按 1000 还是 1024 计",
                "请核对，或用 --fix 生成大小适中的文件",
            )
        )
    limit = f"{bounds.review_below}–{bounds.review_above}"
    return row_of("PH-BYTES", {"bytes": size}, {"bytes": limit}, problems)


def colour_mode(facts: Container) -> PhotoProblem | None:
    """What is wrong with the stored colour mode."""
    if facts.mode in ("1", "L", "LA", "I", "F", "I;16"):
        return CheckOutcome.FAIL, "文件是灰度图", "请提交彩色照片"
    if facts.mode not in ("RGB", "RGBA", "P", "PA", ""):
        return CheckOutcome.FAIL, f"颜色模式为 {facts.mode}，不是 RGB", "请另存为 RGB 颜色的 jpg"
    return None


def mode_rule(facts: Container) -> RuleVerdict:
    """PH-COLOUR where only the container could be looked at."""
    mode = colour_mode(facts)
    return row_of(
        "PH-COLOUR", {"mode": facts.mode or None}, {"mode": "RGB"}, [mode] if mode else []
    )


def unchecked(reason: str, cure: str) -> RuleVerdict:
    """PH-UNCHECKED: the content could not be looked at, so a person must."""
    return row_of("PH-UNCHECKED", {}, {}, [(CheckOutcome.REVIEW, reason, cure)])


def ear_values(
    ears: Mapping[str, Ear],
    limits: EarLimits,
    values: Mapping[str, float],
    parsed: Mapping[str, float],
) -> dict[str, float]:
    """How many ears are seen, hidden, and wholly covered.

    ``values`` are the photo's measures (yaw, side light). ``parsed`` is each side's ear area by
    the operator's parsing model, which then decides.
    """
    seen = hidden = covered = 0
    for side in ("left", "right"):
        if side in parsed:
            seen += parsed[side] >= limits.parsed_seen
            hidden += parsed[side] < limits.parsed_hidden
        elif side in ears:
            state = ear_state(ears[side], limits, values)
            seen += state == "seen"
            hidden += state in ("hidden", "covered")
            covered += state == "covered"
    return {"ears_seen": seen, "ears_hidden": hidden, "ears_covered": covered}


def ear_state(
    ear: Ear, limits: EarLimits, values: Mapping[str, float]
) -> Literal["seen", "unsure", "hidden", "covered"]:
    """What one strip beside the face shows; ``covered`` is hidden beyond all doubt, which a
    turned or half-shaded face never is."""
    if ear.beyond > limits.beyond:
        return _unseen(ear, limits, values)
    flat = ear.occupied < limits.flat_occupied and ear.beyond < limits.flat_beyond
    if flat and ear.rim >= limits.flat_rim and values.get("yaw", 1.0) <= limits.frontal_yaw:
        return "seen"
    broad = (limits.seen_area, limits.seen_share, limits.seen_height)
    slim = (limits.slim_area, limits.slim_share, limits.slim_height)
    measured = (ear.area, ear.share, ear.height)
    if any(all(m >= v for m, v in zip(measured, least, strict=True)) for least in (broad, slim)):
        return "seen"
    return _unseen(ear, limits, values)


def _unseen(
    ear: Ear, limits: EarLimits, values: Mapping[str, float]
) -> Literal["unsure", "hidden", "covered"]:
    """What a strip without an ear shows. Red or blond hair and an ear in shade have one colour:
    only where hair hangs farther out, too, is what looks like it hair."""
    skin = ear.share if ear.beyond > limits.beyond else ear.like_skin
    if (
        ear.occupied < limits.occupied
        or skin >= limits.hidden_share
        or ear.area >= limits.hidden_area
    ):
        return "unsure"
    if (
        ear.area < limits.covered_area
        and ear.rim >= limits.flat_rim
        and ear.share < limits.covered_share
        and values.get("yaw", 1.0) <= limits.frontal_yaw
        and values.get("side_light", 0.0) <= limits.even_light
    ):
        return "covered"
    return "hidden"


def row_of(
    rule: str,
    measured: Mapping[str, float | int | str | None],
    limit: dict[str, str],
    problems: Sequence[PhotoProblem],
    unsaid: Iterable[PhotoProblem] = (),
) -> RuleVerdict:
    """A rule's row: the worst of its problems, those that are not said among them."""
    worst = CheckOutcome.PASS
    for outcome, _, _ in (*problems, *unsaid):
        worst = worse(worst, outcome)
    ordered = sorted(problems, key=lambda p: p[0] is not CheckOutcome.FAIL)
    return RuleVerdict(
        rule=rule,
        verdict=worst,
        measure=dict(measured),
        limit=limit,
        message="；".join(dict.fromkeys(p[1] for p in ordered)),
        cure="；".join(dict.fromkeys(p[2] for p in ordered)),
    )
