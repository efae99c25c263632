"""``--fix``: every output passes the container rules, and the face stays as it was."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

import cv2
import numpy as np
import pytest
from PIL import Image as Pictures

from pipeline.model import Image
from tests.validators.photo.portraits import HAIR, Sitter, draw_portrait, jpeg
from validators.photo import CheckOutcome, FaceModels, fix
from validators.photo.fix import repair
from validators.photo.judge import examine_photo
from validators.photo.limits import read_limits
from validators.photo.look import look_at_photo
from validators.photo.matte import find_wall_share

pytestmark = pytest.mark.drawn

CONTAINER = ("PH-FORMAT", "PH-SIZE", "PH-DPI", "PH-BYTES")


@dataclass(frozen=True)
class Shot:
    """How an ordinary portrait comes in: a larger scene around the drawn one, tilted, turned, in
    another size and format."""

    sitter: Sitter
    width: int
    angle: float = 0
    quarter: int = 0
    form: str = "JPEG"
    margin: float = 0.3

    def image(self) -> Image:
        drawn = draw_portrait(self.sitter)
        side, top = round(358 * self.margin), round(441 * self.margin)
        wide = cv2.copyMakeBorder(
            drawn, top, 0, side, side, cv2.BORDER_CONSTANT, value=self.sitter.background
        )
        height, width = wide.shape[:2]
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), self.angle, 1)
        tilted = cv2.warpAffine(
            wide, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE, flags=cv2.INTER_CUBIC
        )
        scale = self.width / width
        sized = cv2.resize(tilted, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        return np.ascontiguousarray(np.rot90(np.asarray(sized, dtype=np.uint8), self.quarter))

    def data(self) -> bytes:
        out = BytesIO()
        Pictures.fromarray(np.ascontiguousarray(self.image()[..., ::-1])).save(out, self.form)
        return out.getvalue()


SITTERS = [
    Sitter(),
    Sitter(skin=(60, 85, 130), seed=2),
    Sitter(skin=(190, 210, 240), seed=3),
    Sitter(hair=(90, 150, 190), seed=4),
    Sitter(clothes=(40, 40, 150), seed=5),
]
SHOTS = [
    Shot(sitter, width, angle, quarter, form, margin)
    for i, sitter in enumerate(SITTERS)
    for width, angle, quarter, form, margin in (
        (600 + 40 * i, 0, 0, "JPEG", 0.3),
        (1500, 3 + i, 0, "PNG", 0.15),
        (560, -7 - i, 0, "BMP", 0.5),
        (900, 0, 1 + i % 3, "JPEG", 0.25),
    )
]


@pytest.mark.parametrize(
    "shot",
    [pytest.param(s, marks=pytest.mark.long if n % 3 else ()) for n, s in enumerate(SHOTS)],
    ids=lambda s: f"{s.width}-{s.angle}-{s.quarter}-{s.form}",
)
def test_output_passes_the_container_rules_when_a_portrait_is_ordinary(
    models: FaceModels, shot: Shot
) -> None:
    made = repair(shot.data(), models)
    assert made.data is not None, made.left
    outcomes = {row.rule: row.verdict for row in made.verdict.rules if row.rule in CONTAINER}
    assert outcomes == dict.fromkeys(CONTAINER, CheckOutcome.PASS)
    assert made.verdict == examine_photo(made.data, models).verdict
    assert made.verdict.verdict is CheckOutcome.PASS, [
        (r.rule, r.message) for r in made.verdict.rules if r.verdict != "pass"
    ]


@pytest.mark.parametrize(
    ("orientation", "turn"), [(3, "ROTATE_180"), (6, "ROTATE_90"), (8, "ROTATE_270")]
)
def test_output_stands_upright_without_a_mark_when_exif_turned_the_picture(
    models: FaceModels, orientation: int, turn: str
) -> None:
    shown = Pictures.fromarray(np.ascontiguousarray(Shot(Sitter(), 700).image()[..., ::-1]))
    exif = Pictures.Exif()
    exif[0x0112] = orientation
    out = BytesIO()
    shown.transpose(Pictures.Transpose[turn]).save(out, "JPEG", exif=exif)
    made = repair(out.getvalue(), models)
    assert made.verdict.verdict is CheckOutcome.PASS
    assert made.data is not None
    assert not Pictures.open(BytesIO(made.data)).getexif()


def test_light_even_wall_is_whitened_when_the_person_is_sure(models: FaceModels) -> None:
    made = repair(jpeg(draw_portrait(Sitter(background=(214, 214, 214)))), models)
    assert any("提亮" in line for line in made.done)
    row = made.verdict.of("PH-BACKGROUND")
    assert row is not None
    assert row.verdict == "pass"


def test_face_keeps_its_colours_when_the_wall_is_whitened(models: FaceModels) -> None:
    before = examine_photo(jpeg(draw_portrait(Sitter(background=(214, 214, 214)))), models)
    made = repair(jpeg(draw_portrait(Sitter(background=(214, 214, 214)))), models)
    assert made.data is not None
    after = examine_photo(made.data, models)
    assert before.measures is not None
    assert after.measures is not None
    for name in ("skin_lightness", "odd_region"):
        assert after.measures.values[name] == pytest.approx(before.measures.values[name], abs=1.5)


@pytest.mark.parametrize("background", [(220, 140, 60), (120, 120, 120), (45, 40, 200)])
def test_flat_wall_is_taken_away_and_said_when_the_person_stands_off_it(
    models: FaceModels, background: tuple[int, int, int]
) -> None:
    before = draw_portrait(Sitter(background=background))
    made = repair(jpeg(before), models)
    assert any("换成白色" in line for line in made.done)
    row = made.verdict.of("PH-BACKGROUND")
    assert row is not None and row.verdict == "pass"
    assert made.mended is not None
    white = draw_portrait(Sitter(background=(255, 255, 255)))
    looked = look_at_photo(before, models)
    share = find_wall_share(looked, np.array(background, np.float32))
    assert share is not None
    # What was mixed with the wall is mixed with white, and nothing of the person is lost.
    mended = before + share[..., None] * (255 - np.array(background, np.float32))
    assert np.percentile(np.abs(mended - white), 97) < 16


def test_wall_is_left_and_said_when_the_clothes_have_its_colour(models: FaceModels) -> None:
    made = repair(jpeg(draw_portrait(Sitter(background=(96, 58, 36)))), models)
    assert any("净化背景" in line for line in made.left)
    assert any(line.startswith("PH-BACKGROUND") for line in made.left)
    assert made.verdict.verdict is CheckOutcome.FAIL


def test_wall_is_left_and_said_when_it_is_uneven(models: FaceModels) -> None:
    picture = draw_portrait(Sitter(background=(220, 140, 60))).astype(np.float32)
    picture *= np.linspace(0.6, 1, picture.shape[1], dtype=np.float32)[None, :, None]
    made = repair(jpeg(np.asarray(picture, np.uint8)), models)
    assert any("净化背景" in line for line in made.left)


def test_person_looks_at_it_when_the_output_was_enlarged(models: FaceModels) -> None:
    small = cv2.resize(draw_portrait(), (170, 209), interpolation=cv2.INTER_AREA)
    made = repair(jpeg(np.asarray(small, np.uint8), quality=95), models)
    row = made.verdict.of("PH-SHARP")
    assert row is not None and row.verdict == "review"
    assert "放大了 2" in row.message and row.cure
    assert made.verdict.verdict is CheckOutcome.REVIEW


def test_border_is_cut_when_it_runs_round_the_picture(models: FaceModels) -> None:
    image = cv2.copyMakeBorder(draw_portrait(), 8, 8, 8, 8, cv2.BORDER_CONSTANT, value=(0, 0, 0))
    made = repair(jpeg(np.asarray(image, dtype=np.uint8)), models)
    assert "裁去边框" in made.done
    row = made.verdict.of("PH-BORDER")
    assert row is not None
    assert row.verdict == "pass"


def test_covered_ears_stay_a_failure_when_all_else_is_mended(models: FaceModels) -> None:
    made = repair(Shot(Sitter(ears=(False, False)), 800).data(), models)
    assert made.data is not None
    assert any(line.startswith("PH-EARS") for line in made.left)


@pytest.mark.parametrize("data", [b"", b"x" * 100, jpeg(np.full((441, 358, 3), 200, np.uint8))])
def test_nothing_is_made_when_there_is_no_portrait(models: FaceModels, data: bytes) -> None:
    made = repair(data, models)
    assert made.data is None
    assert made.left


def test_nothing_is_made_when_there_are_no_models() -> None:
    made = repair(jpeg(draw_portrait()), None)
    assert made.data is None
    assert made.left


def test_nothing_is_made_when_there_are_two_persons(models: FaceModels) -> None:
    half = cv2.resize(draw_portrait(), (179, 220))
    both = np.full((441, 358, 3), 255, np.uint8)
    both[221:, :179] = both[221:, 179:] = half
    made = repair(jpeg(both), models)
    assert made.data is None
    assert made.lines()[-1] == "未能：照片中不止一人，无法裁剪"


def test_one_edge_is_no_border_when_the_other_sides_have_none(models: FaceModels) -> None:
    image = draw_portrait()
    image[:, :6] = 0
    made = repair(jpeg(image), models)
    assert "裁去边框" not in made.done


def test_lack_of_room_is_said_when_the_picture_ends_below_the_chin(models: FaceModels) -> None:
    made = repair(jpeg(draw_portrait()[:345]), models)
    assert made.data is not None
    assert any("原片裁得太紧" in line for line in made.left)
    assert any(line.startswith("已按制证标准裁剪") for line in made.lines())


def test_nothing_is_made_when_no_quality_gives_the_size(
    models: FaceModels, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = read_limits()
    narrow = limits.bytes.model_copy(update={"review_below": 1, "review_above": 2})
    monkeypatch.setattr(fix, "read_limits", lambda: limits.model_copy(update={"bytes": narrow}))
    made = repair(jpeg(draw_portrait()), models)
    assert made.data is None
    assert made.left[-1] == "压缩到 30K～50K 之间"


def test_high_hair_is_not_cut(models: FaceModels) -> None:
    """B22: a bun above the head stays whole; where it makes the face too small, that is said."""
    portrait = draw_portrait()
    picture = cv2.copyMakeBorder(portrait, 300, 60, 200, 200, cv2.BORDER_REPLICATE)
    picture[:300] = 255
    middle = (200 + portrait.shape[1] // 2, 235)
    cv2.ellipse(picture, middle, (52, 110), 0, 0, 360, HAIR, -1, cv2.LINE_AA)
    made = repair(jpeg(np.asarray(picture, np.uint8)), models)
    assert made.data is not None
    row = made.verdict.of("PH-FACE")
    assert row is not None
    assert float(row.measure["hair_top_px"] or 0) >= 3
    assert "头顶" not in row.message
    assert any("头发太高" in line for line in made.left)


def test_a_repair_that_fails_is_no_repair(models: FaceModels) -> None:
    made = repair(jpeg(draw_portrait(Sitter(ears=(False, False)))), models)
    assert made.data is not None and made.mended is None
    good = repair(jpeg(draw_portrait()), models)
    assert good.mended == good.data is not None
