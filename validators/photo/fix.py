"""``--fix``: what pixels allow, and nothing in the face.

Turn upright, straighten, crop to the head position of the technical standard (photo.md 1.4),
whiten an even wall where it is sure what is wall (:mod:`validators.photo.matte`), resize to
358 x 441, write 350 DPI and a quality that lands within 30K to 50K. The result is judged by the
same rules; what cannot be mended is said.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from io import BytesIO

import cv2
import numpy as np
from PIL import Image as Pictures

from pipeline.model import Image
from validators.photo.container import read_container
from validators.photo.judge import examine_photo
from validators.photo.limits import CheckOutcome, PhotoLimits, read_limits, worse
from validators.photo.look import (
    CARD_HEIGHT_PX,
    EYE_CORNERS,
    LEFT_SIDE,
    RIGHT_SIDE,
    WORK_SIDE_PX,
    FaceLook,
    look_at_photo,
    roll,
)
from validators.photo.matte import find_wall_share
from validators.photo.measures.background import find_background, lined_sides
from validators.photo.models import Array, FaceModels, Mesh
from validators.photo.verdict import CONFIRM, PhotoVerdict, verdict_of

# Head position (photo.md 1.4): face width 179 to 255 px, hair top 7 to 21 px from the top, eye
# midpoint in the middle, eye line at least 207 px above the bottom; the last wins.
_FACE_PX, _NARROWEST_PX, _WIDEST_PX = 207, 185, 250
_HAIR_PX, _HAIR_LEAST_PX = 14, 7
_EYES_UP_PX = 210
_STRAIGHTEN_DEG = (1.0, 25.0)
_BORDER_PX = 18
_LARGEST_GAIN = 1.35
_EVEN_SPREAD, _EVEN_CHROMA = 4.0, 5.0
_MIDDLE_BYTES = 42_000
_UPSCALED = 1.5


@dataclass(frozen=True, slots=True, eq=False)
class Repair:
    """What came of a photo.

    ``data``    the new JPEG, None where none could be made;
    ``done``    what was done, ``left`` what could not be mended, as sentences;
    ``verdict`` of the new file, or of the old one where there is no new one.
    """

    data: bytes | None
    verdict: PhotoVerdict
    done: tuple[str, ...]
    left: tuple[str, ...]

    @property
    def mended(self) -> bytes | None:
        """The new JPEG where it may be used: one that still fails is no repair."""
        return None if self.verdict.verdict is CheckOutcome.FAIL else self.data

    def lines(self) -> list[str]:
        """What was done and what was not, a line each."""
        return [f"已{line}" for line in self.done] + [f"未能：{line}" for line in self.left]


def repair(data: bytes, models: FaceModels | None) -> Repair:
    """Make a conforming photo of a file where pixels allow. Never raises for what it holds."""
    facts = read_container(data)
    before = examine_photo(data, models).verdict
    if facts.pixels is None:
        return Repair(None, before, (), ("照片无法打开",))
    if models is None:
        return Repair(None, before, (), ("缺少人脸模型文件，无法定位人像",))
    return _repaired(facts.pixels, models, before)


def _repaired(pixels: Image, models: FaceModels, before: PhotoVerdict) -> Repair:
    limits = read_limits()
    done: list[str] = []
    left: list[str] = []
    picture = _without_border(pixels, done)
    picture, look = _upright(picture, models, done)
    if look.mesh is None:
        return Repair(None, before, tuple(done), ("没有找到人脸，无法裁剪",))
    if len(look.faces) > 1:
        return Repair(None, before, tuple(done), ("照片中不止一人，无法裁剪",))
    scale = picture.shape[1] / look.image.shape[1]
    mesh = replace(look.mesh, points=look.mesh.points * scale)
    person = cv2.resize(look.person, (picture.shape[1], picture.shape[0]))
    picture, look = _whitened(picture, np.asarray(person, np.float32), look, done, left)
    card, enlarged = _framed(picture, mesh, np.asarray(person, np.float32), look, done, left)
    encoded = _encode(card, limits)
    if encoded is None:
        left.append("压缩到 30K～50K 之间")
        return Repair(None, before, tuple(done), tuple(left))
    done.append(f"写成 jpg，350 DPI，{len(encoded)} 字节")
    verdict = examine_photo(encoded, models).verdict
    if enlarged > _UPSCALED:
        verdict = _with_enlarged(verdict, enlarged)
    left += [
        f"{row.rule} {row.message.removesuffix(CONFIRM).rstrip('。')}"
        for row in verdict.rules
        if row.verdict is CheckOutcome.FAIL
    ]
    return Repair(encoded, verdict, tuple(done), tuple(left))


def _with_enlarged(verdict: PhotoVerdict, enlarged: float) -> PhotoVerdict:
    """The verdict where pixels were made that no camera saw: a person looks at that."""
    rows = []
    for row in verdict.rules:
        if row.rule == "PH-SHARP":
            said = f"原片太小，放大了 {enlarged:.1f} 倍"
            row = row.model_copy(
                update={
                    "verdict": worse(row.verdict, CheckOutcome.REVIEW),
                    "measure": {**row.measure, "enlarged": round(enlarged, 2)},
                    "limit": {**row.limit, "enlarged": f"≤ {_UPSCALED:g}"},
                    "message": f"{row.message}；{said}" if row.message else said,
                    "cure": row.cure or "请核对是否清晰，最好提交更大的原片",
                }
            )
        rows.append(row)
    return verdict_of(tuple(rows))


def _without_border(picture: Image, done: list[str]) -> Image:
    """Cut the sides along which a line runs."""
    top, bottom, left, right = lined_sides(picture)
    if not (top or bottom or left or right):
        return picture
    depth = round(_BORDER_PX * max(1.0, picture.shape[0] / CARD_HEIGHT_PX))
    height, width = picture.shape[:2]
    if sum((top, bottom, left, right)) < 3 or min(height, width) < 6 * depth:
        return picture
    done.append("裁去边框")
    return np.ascontiguousarray(
        picture[
            depth * top : height - depth * bottom,
            depth * left : width - depth * right,
        ]
    )


def _upright(picture: Image, models: FaceModels, done: list[str]) -> tuple[Image, FaceLook]:
    """Turn by quarters until the face stands, then straighten what is left."""
    turns = [(k, _small(np.ascontiguousarray(np.rot90(picture, -k)))) for k in range(4)]
    scored = [(max((f.score for f in models.detect(p)), default=0.0), -k, k) for k, p in turns]
    # The detector finds lying faces too, with less certainty: a turn must win clearly.
    best = max(scored)
    quarter = best[2] if best[0] > scored[0][0] + 0.05 else 0
    if quarter:
        picture = np.ascontiguousarray(np.rot90(picture, -quarter))
        done.append(f"顺时针旋转 {90 * quarter} 度")
    look = look_at_photo(picture, models)
    if look.mesh is None:
        return picture, look
    angle = roll(look.mesh)
    low, high = _STRAIGHTEN_DEG
    if low < abs(angle) <= high:
        height, width = picture.shape[:2]
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
        picture = np.asarray(
            cv2.warpAffine(
                picture,
                matrix,
                (width, height),
                flags=cv2.INTER_CUBIC,
                borderMode=cv2.BORDER_REPLICATE,
            ),
            dtype=np.uint8,
        )
        done.append(f"扶正 {abs(angle):.0f} 度")
        look = look_at_photo(picture, models)
    return picture, look


def _small(picture: Image) -> Image:
    scale = WORK_SIDE_PX / max(picture.shape[:2])
    if scale >= 1:
        return picture
    size = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _whitened(
    picture: Image, person: Array, look: FaceLook, done: list[str], left: list[str]
) -> tuple[Image, FaceLook]:
    """Lift a light, even, colourless wall to white, away from the person wholly, towards the person
    less and less, on the person not at all; take an even wall of another colour away by matting.
    With it what was seen of the new picture."""
    wall = find_background(look)
    if wall is None or (wall.tone.lightness >= 97 and wall.dark >= 95 and wall.chroma <= 2.5):
        return picture, look
    colour = np.median(look.image[::2, ::2][wall.mask], axis=0).astype(np.float32)
    gain = 255 / np.maximum(colour, 1)
    if (
        wall.spread <= _EVEN_SPREAD
        and wall.chroma <= _EVEN_CHROMA
        and float(gain.max()) <= _LARGEST_GAIN
    ):
        reach = max(3, round(look.image.shape[0] / 100) * 2 + 1)
        near = cv2.blur(person, (reach, reach))
        share = np.clip((0.5 - np.maximum(person, near)) / 0.4, 0, 1)[..., None]
        lifted = np.minimum(picture * (gain * 1.01), 255)
        white = np.asarray(np.round(picture * (1 - share) + lifted * share), dtype=np.uint8)
        done.append("把均匀的浅色背景提亮为白色（人像未改动）")
    else:
        wall_share = None if wall.spread > _EVEN_SPREAD else find_wall_share(look, colour)
        if wall_share is None:
            left.append("净化背景（背景不均匀，或与头发、衣着分不清），请在白墙前重拍")
            return picture, look
        size = (picture.shape[1], picture.shape[0])
        resized = cv2.resize(wall_share, size, interpolation=cv2.INTER_LINEAR)
        added = np.asarray(resized, np.float32)[..., None] * (255 - colour)
        white = np.asarray(np.clip(np.round(picture + added), 0, 255), dtype=np.uint8)
        done.append("把均匀的有色背景换成白色（头发边缘请核对，人像未改动）")
    size = (look.image.shape[1], look.image.shape[0])
    small = np.asarray(cv2.resize(white, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return white, replace(look, image=small)


def _framed(
    picture: Image,
    mesh: Mesh,
    person: Array,
    look: FaceLook,
    done: list[str],
    left: list[str],
) -> tuple[Image, float]:
    """Crop to the head position of the standard, at 358 x 441; and by how much that enlarges."""
    limits = read_limits()
    width, height = limits.size.width_px, limits.size.height_px
    xy = mesh.xy
    eyes = xy[list(EYE_CORNERS)].mean(axis=0)
    face = float(np.hypot(*(xy[RIGHT_SIDE] - xy[LEFT_SIDE])))
    top = _hair_top(person, mesh)
    scale = _scale(face, float(eyes[1]) - top, picture.shape[0] - float(eyes[1]), height)
    whole = (height - _EYES_UP_PX - _HAIR_LEAST_PX) / max(float(eyes[1]) - top, 1.0)
    if scale > whole:
        scale = whole
        if face * scale < _NARROWEST_PX:
            left.append("把人像放到规定大小（头发太高，再放大会切到头顶），请把头发放低后重拍")
    eye_y = min(_HAIR_PX + (float(eyes[1]) - top) * scale, height - _EYES_UP_PX)
    matrix = np.array(
        [
            [scale, 0, width / 2 - scale * float(eyes[0])],
            [0, scale, eye_y - scale * float(eyes[1])],
        ]
    )
    wall = find_background(look)
    fill = (255, 255, 255) if wall is None or wall.tone.lightness >= 90 else None
    short = _lacking(picture, matrix, width, height)
    if short["bottom"] > 1 or (fill is None and max(short.values()) > 1):
        left.append("按标准留足画面（原片裁得太紧），请用更完整的原片")
    if scale > _UPSCALED:
        left.append("提高清晰度（原片太小，只能放大）")
    enlarged = scale
    method = cv2.INTER_AREA if scale < 0.6 else cv2.INTER_CUBIC
    if scale < 0.6:
        # warpAffine does not average: shrink first, then place.
        size = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
        picture = np.asarray(cv2.resize(picture, size, interpolation=method), dtype=np.uint8)
        matrix[:, :2] /= scale
        method = cv2.INTER_LINEAR
    border = cv2.BORDER_REPLICATE if fill is None or short["bottom"] > 1 else cv2.BORDER_CONSTANT
    card = cv2.warpAffine(
        picture,
        matrix,
        (width, height),
        flags=method,
        borderMode=border,
        borderValue=fill or (0, 0, 0),
    )
    done.append(f"按制证标准裁剪为 {width}×{height} 像素")
    return np.asarray(card, dtype=np.uint8), enlarged


def _hair_top(person: Array, mesh: Mesh) -> float:
    """The row in which the person begins, above the middle of the face."""
    xy = mesh.xy
    middle, side = xy[[LEFT_SIDE, RIGHT_SIDE]].mean(axis=0), xy[RIGHT_SIDE] - xy[LEFT_SIDE]
    reach = abs(float(side[0])) / 4
    columns = person[:, max(int(middle[0] - reach), 0) : int(middle[0] + reach)] > 0.5
    rows = np.flatnonzero(columns.any(axis=1))
    face_top = float(xy[:, 1].min())
    return min(float(rows[0]), face_top) if len(rows) else face_top


def _scale(face: float, above: float, below: float, height: int) -> float:
    """Pixels of the card for one of the picture: the standard's face width, less where much hair
    would push the eyes too low, more where the picture ends too soon below."""
    wanted = _FACE_PX / face
    room = (height - _EYES_UP_PX - _HAIR_PX) / max(above, 1.0)
    scale = max(min(wanted, room), _NARROWEST_PX / face)
    eyes_to_bottom = height - min(_HAIR_PX + above * scale, height - _EYES_UP_PX)
    if below * scale < eyes_to_bottom:
        scale = min(max(scale, _EYES_UP_PX / max(below, 1.0)), _WIDEST_PX / face)
    return scale


def _lacking(picture: Image, matrix: np.ndarray, width: int, height: int) -> dict[str, float]:
    """How many pixels of the card lie outside the picture, on each side."""
    scale = float(matrix[0, 0])
    x, y = float(matrix[0, 2]), float(matrix[1, 2])
    return {
        "left": x,
        "top": y,
        "right": width - (x + scale * picture.shape[1]),
        "bottom": height - (y + scale * picture.shape[0]),
    }


def _encode(card: Image, limits: PhotoLimits) -> bytes | None:
    """JPEG at 350 DPI whose size lies well within both readings of 30K to 50K; the nearest to
    the middle. None where no quality gives one."""
    picture = Pictures.fromarray(np.ascontiguousarray(card[..., ::-1]))
    dpi = limits.dpi.required
    best: bytes | None = None
    for subsampling in (2, 0):
        low, high = 30, 100
        while low <= high:
            quality = (low + high) // 2
            out = BytesIO()
            picture.save(out, "JPEG", quality=quality, subsampling=subsampling, dpi=(dpi, dpi))
            data = out.getvalue()
            if limits.bytes.review_below <= len(data) <= limits.bytes.review_above and (
                best is None or abs(len(data) - _MIDDLE_BYTES) < abs(len(best) - _MIDDLE_BYTES)
            ):
                best = data
            if len(data) < _MIDDLE_BYTES:
                low = quality + 1
            else:
                high = quality - 1
        if best is not None:
            return best
    return None
