"""``--annotate``: a picture of what was measured, for a person who asks why.

Left the photo at double size: the wall that was judged (blue), the face's outline, the eye line,
a strip beside each ear, where the standard wants crown, face width and eyes. Right the rules with
measure and limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from io import BytesIO

import cv2
import numpy as np
from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont

from pipeline.model import Image
from validators.photo.judge import Examination
from validators.photo.limits import CheckOutcome, EarLimits, read_limits
from validators.photo.look import EYE_CORNERS, LEFT_SIDE, OVAL, RIGHT_SIDE, FaceFrame
from validators.photo.measures.ears import Ear
from validators.photo.measures.measured import PhotoMeasures
from validators.photo.models import Mesh
from validators.photo.rules import ear_state
from validators.photo.verdict import CONFIRM, RuleVerdict

_HEIGHT_PX = 882
_PANEL_PX = 760
_MARGIN_PX = 24
_COLOURS = {
    CheckOutcome.PASS: (22, 128, 61),
    CheckOutcome.REVIEW: (180, 95, 6),
    CheckOutcome.FAIL: (190, 24, 38),
}
_WORDS = {CheckOutcome.PASS: "合格", CheckOutcome.REVIEW: "需人工核对", CheckOutcome.FAIL: "不合格"}
TITLES = {
    "PH-FORMAT": "格式",
    "PH-SIZE": "像素尺寸",
    "PH-DPI": "分辨率",
    "PH-BYTES": "文件大小",
    "PH-FACE": "人像大小与位置",
    "PH-POSE": "姿势",
    "PH-BACKGROUND": "白色背景",
    "PH-BORDER": "无边框",
    "PH-COLOUR": "彩色",
    "PH-SHARP": "清晰与曝光",
    "PH-EARS": "双耳可见",
    "PH-COVER": "无遮挡",
    "PH-CLOTHES": "衣着与背景",
    "PH-UNCHECKED": "未检查",
}
"""What each rule is about, in a few characters."""
_EAR_WORDS = {"seen": "耳可见", "hidden": "耳被遮", "unsure": "耳不确定"}
_EAR_COLOURS = {
    "seen": _COLOURS[CheckOutcome.PASS],
    "hidden": _COLOURS[CheckOutcome.FAIL],
    "unsure": _COLOURS[CheckOutcome.REVIEW],
}
_INK, _FAINT, _PAPER, _LIMIT = (31, 41, 55), (107, 114, 128), (250, 250, 249), (37, 99, 235)


def annotate(examined: Examination) -> bytes | None:
    """PNG of what was measured; None where the photo could not be opened."""
    if examined.container.pixels is None:
        return None
    picture = examined.look.image if examined.look else examined.container.pixels
    scale = _HEIGHT_PX / picture.shape[0]
    width = min(max(round(picture.shape[1] * scale), 200), 2 * _HEIGHT_PX)
    shown = Pictures.fromarray(
        np.ascontiguousarray(_tinted(examined, picture, (width, _HEIGHT_PX))[..., ::-1])
    )
    look, measures = examined.look, examined.measures
    if look and measures and look.mesh and look.frame:
        _mark(shown, look.mesh, look.frame, measures, np.array([width / picture.shape[1], scale]))
    sheet = Pictures.new("RGB", (width + _PANEL_PX, _HEIGHT_PX + 2 * _MARGIN_PX), _PAPER)
    sheet.paste(shown, (_MARGIN_PX, _MARGIN_PX))
    _panel(sheet, examined, width + 2 * _MARGIN_PX)
    out = BytesIO()
    sheet.save(out, "PNG")
    return out.getvalue()


def _tinted(examined: Examination, picture: Image, size: tuple[int, int]) -> Image:
    """The photo at its drawn size, hatched where the wall was judged."""
    big = cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC)
    wall = examined.measures.background if examined.measures else None
    if wall is None:
        return np.asarray(big, dtype=np.uint8)
    mask = cv2.resize(wall.mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
    ys, xs = np.indices(mask.shape)
    hatch = mask & ((xs + ys) % 16 < 2)
    big[hatch] = (235, 170, 110)
    edge = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3))) > 0
    big[edge] = (220, 140, 60)
    return np.asarray(big, dtype=np.uint8)


def _mark(
    shown: Pictures.Image, mesh: Mesh, frame: FaceFrame, measures: PhotoMeasures, size: np.ndarray
) -> None:
    """Face, eyes, ears and the standard's lines, on the photo, which is drawn ``size`` (x, y)
    times as large as the models saw it."""
    pen = ImageDraw.Draw(shown, "RGBA")
    outline = [tuple(p) for p in mesh.xy[list(OVAL)] * size]
    pen.line([*outline, outline[0]], fill=(*_COLOURS[CheckOutcome.PASS], 255), width=2)
    eyes = mesh.xy[[EYE_CORNERS[0], EYE_CORNERS[3]]] * size
    pen.line([tuple(eyes[0]), tuple(eyes[1])], fill=(*_COLOURS[CheckOutcome.PASS], 255), width=2)
    limits = read_limits().ears
    for ear in measures.ears.values():
        _mark_ear(
            pen,
            ear,
            frame.to_picture(ear.outline) * size,
            limits,
            measures.values,
            shown.width,
        )
    _mark_standard(pen, shown.size, mesh.xy[[LEFT_SIDE, RIGHT_SIDE]] * size)


def _mark_ear(
    pen: ImageDraw.ImageDraw,
    ear: Ear,
    corners: np.ndarray,
    limits: EarLimits,
    values: Mapping[str, float],
    width: int,
) -> None:
    state = ear_state(ear, limits, values)
    state = "hidden" if state == "covered" else state
    colour = _EAR_COLOURS[state]
    pen.polygon([tuple(p) for p in corners], fill=(*colour, 60), outline=(*colour, 255), width=2)
    text = f"{_EAR_WORDS[state]} {ear.area:.1f}／{ear.share:.0%}"
    font = _font(17)
    x = float(corners[:, 0].mean()) - font.getlength(text) / 2
    x = min(max(x, 4), width - font.getlength(text) - 4)
    y = float(corners[:, 1].max()) + 6
    pen.rectangle((x - 3, y - 1, x + font.getlength(text) + 3, y + 23), fill=(255, 255, 255, 215))
    pen.text((x, y), text, fill=(*colour, 255), font=font)


def _mark_standard(pen: ImageDraw.ImageDraw, size: tuple[int, int], sides: np.ndarray) -> None:
    """Where crown, eyes and the sides of the face must be, by the limits that judge them."""
    width, height = size
    unit = height / read_limits().size.height_px
    checks = {check.measure: check for check in read_limits().checks}
    crown, eyes, face = (checks[name] for name in ("hair_top_px", "eye_height_px", "face_width_px"))
    highest, lowest = crown.review_below or 0, crown.review_above or 0
    blue = (*_LIMIT, 200)
    font = _font(15)
    pen.rectangle((0, highest * unit, width, lowest * unit), fill=(*_LIMIT, 28))
    _dashed(pen, (0, highest * unit), (width, highest * unit), blue)
    _dashed(pen, (0, lowest * unit), (width, lowest * unit), blue)
    pen.text((6, lowest * unit + 2), f"头顶 {crown.limit}", fill=blue, font=font)
    line = height - (eyes.review_below or 0) * unit
    _dashed(pen, (0, line), (width, line), blue)
    pen.text((6, line + 3), "双眼须在此线以上", fill=blue, font=font)
    aside = checks["off_centre_px"].review_above or 0
    for offset in (-aside, aside):
        x = width / 2 + offset * unit
        _dashed(pen, (x, line - 120 * unit), (x, line), blue)
    y = float(sides[:, 1].mean())
    for x in sides[:, 0]:
        pen.line([(float(x), y - 14), (float(x), y + 14)], fill=blue, width=3)
    text = f"脸宽 {abs(float(sides[1, 0] - sides[0, 0])) / unit:.0f}（{face.limit}）"
    pen.text(
        (float(sides[:, 0].mean()) - font.getlength(text) / 2, y + 4),
        text,
        fill=(255, 255, 255, 255),
        font=font,
        stroke_width=2,
        stroke_fill=(*_LIMIT, 255),
    )


def _dashed(
    pen: ImageDraw.ImageDraw,
    start: tuple[float, float],
    end: tuple[float, float],
    fill: tuple[int, int, int, int],
) -> None:
    first, last = np.array(start), np.array(end)
    length = float(np.hypot(*(last - first)))
    for at in np.arange(0, length, 14):
        a = first + (last - first) * at / length
        b = first + (last - first) * min(at + 8, length) / length
        pen.line([tuple(a), tuple(b)], fill=fill, width=1)


def _panel(sheet: Pictures.Image, examined: Examination, left: int) -> None:
    """The rules, each with measure and limit; what is wrong in full."""
    pen = ImageDraw.Draw(sheet)
    verdict = examined.verdict
    pen.text((left, _MARGIN_PX - 6), _WORDS[verdict.verdict], _COLOURS[verdict.verdict], _font(40))
    y = _MARGIN_PX + 56
    for row in verdict.rules:
        y = _panel_row(pen, row, left, y, sheet.width - _MARGIN_PX)
    y = max(y + 6, 0)
    for line in _wrapped(f"须由人确认：{CONFIRM}", _font(16), sheet.width - _MARGIN_PX - left):
        if y > sheet.height - 26:
            break
        pen.text((left, y), line, _FAINT, _font(16))
        y += 23


def _panel_row(pen: ImageDraw.ImageDraw, row: RuleVerdict, left: int, y: int, right: int) -> int:
    colour = _COLOURS[row.verdict]
    pen.rounded_rectangle((left, y + 3, left + 14, y + 19), 3, fill=colour)
    pen.text((left + 24, y - 2), TITLES.get(row.rule, row.rule), _INK, _font(19))
    pen.text((left + 190, y + 1), row.rule, _FAINT, _font(15))
    pen.text((left + 330, y - 1), _WORDS[row.verdict], colour, _font(17))
    y += 27
    if row.verdict is CheckOutcome.PASS:
        return y + 3
    message = row.message.removesuffix(CONFIRM).rstrip("。")
    for line in _wrapped(message, _font(16), right - left - 24):
        pen.text((left + 24, y), line, colour, _font(16))
        y += 22
    return y + 6


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    lines, line = [], ""
    for char in text:
        if line and font.getlength(line + char) > width:
            lines.append(line)
            line = ""
        line += char
    return [*lines, line] if line else lines


def _font(size: int) -> ImageFont.FreeTypeFont:
    """A sans-serif that has Chinese, from its own package (SIL Open Font License)."""
    path = files("cvttf_NotoSansCJK_Regular") / "NotoSansCJKtc-Regular.otf"
    return ImageFont.truetype(str(path), size)
