"""From bytes to verdict, on portraits drawn by code. Each says its own fault and no other."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import cv2
import numpy as np
import pytest
from PIL import Image as Pictures

from pipeline.finding import Severity, catalogue
from pipeline.model import Image
from tests.validators.photo.portraits import SKIN, Sitter, draw_portrait, jpeg
from validators.photo import (
    CheckOutcome,
    FaceModels,
    PhotoVerdict,
    findings,
    judge_photo,
    judge_print,
)
from validators.photo.container import Container
from validators.photo.content import content_rules
from validators.photo.judge import examine_photo
from validators.photo.limits import read_limits
from validators.photo.rules import ear_values

pytestmark = pytest.mark.drawn

PLAIN = draw_portrait()


def verdict(models: FaceModels, image: Image) -> PhotoVerdict:
    return judge_photo(jpeg(image), models, "照片.jpg")


def wrong(found: PhotoVerdict) -> dict[str, str]:
    return {row.rule: str(row.verdict) for row in found.rules if row.verdict != "pass"}


@pytest.mark.parametrize(
    "sitter",
    [
        Sitter(),
        Sitter(skin=(60, 85, 130), seed=2),
        Sitter(skin=(190, 210, 240), seed=3),
        Sitter(hair=(90, 150, 190), seed=4),
        Sitter(clothes=(40, 40, 150), seed=5),
        Sitter(clothes=(90, 130, 60), seed=6),
    ],
)
def test_photo_passes_when_all_is_as_asked(models: FaceModels, sitter: Sitter) -> None:
    found = verdict(models, draw_portrait(sitter))
    assert wrong(found) == {}
    assert found.verdict == "pass"


def test_photo_is_never_passed_when_there_are_no_models() -> None:
    found = judge_photo(jpeg(PLAIN), None)
    assert found.verdict == "review"
    assert wrong(found) == {"PH-UNCHECKED": "review"}


@pytest.mark.parametrize(
    ("sitter", "rule", "expected"),
    [
        (Sitter(background=(220, 140, 60)), "PH-BACKGROUND", "fail"),
        (Sitter(background=(205, 205, 205)), "PH-BACKGROUND", "fail"),
        (Sitter(background=(236, 238, 240)), "PH-BACKGROUND", "review"),
        (Sitter(ears=(False, False)), "PH-EARS", "fail"),
        (Sitter(ears=(True, False)), "PH-EARS", "fail"),
        (Sitter(ears=(False, True)), "PH-EARS", "fail"),
        (Sitter(cap=(170, 40, 40)), "PH-COVER", "fail"),
        (Sitter(cap=(26, 24, 24)), "PH-COVER", "review"),
        (Sitter(cap=(110, 110, 110)), "PH-COVER", "review"),
        (Sitter(cap=(62, 60, 60), knitted=True), "PH-COVER", "review"),
        (Sitter(cap=(50, 70, 92), knitted=True), "PH-COVER", "review"),
        (Sitter(skin=(62, 84, 118), glasses=(12, 12, 12)), "PH-COVER", "fail"),
        (Sitter(mask=(210, 170, 120)), "PH-COVER", "fail"),
        (Sitter(mask=(240, 240, 240)), "PH-COVER", "fail"),
        (Sitter(glasses=(12, 12, 12)), "PH-COVER", "fail"),
        (Sitter(fringe=True), "PH-COVER", "review"),
        (Sitter(clothes=(248, 248, 248)), "PH-CLOTHES", "review"),
    ],
)
def test_rule_is_broken_when_the_sitter_breaks_it(
    models: FaceModels, sitter: Sitter, rule: str, expected: str
) -> None:
    found = wrong(verdict(models, draw_portrait(sitter)))
    assert found.get(rule) == expected
    if sitter.mask is None:  # a mask also unsettles the mesh
        assert set(found) == {rule}


def shadow(image: Image) -> Image:
    out = image.astype(np.float32)
    xs = np.arange(image.shape[1], dtype=np.float32)
    out *= np.clip(1.6 - xs / 360, 0.7, 1)[None, :, None]
    return np.asarray(out, dtype=np.uint8)


def bordered(image: Image, width: int, colour: int) -> Image:
    out = image.copy()
    out[:width] = out[-width:] = colour
    out[:, :width] = out[:, -width:] = colour
    return out


def grey(image: Image) -> Image:
    return np.asarray(cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR))


def tinted(image: Image) -> Image:
    return np.asarray(np.clip(grey(image) * np.array([0.75, 0.92, 1.0]), 0, 255), dtype=np.uint8)


def turned(image: Image, angle: float, scale: float = 1.0, dx: float = 0) -> Image:
    height, width = image.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, scale)
    matrix[0, 2] += dx
    white = (255, 255, 255)
    return np.asarray(cv2.warpAffine(image, matrix, (width, height), borderValue=white))


def two(image: Image) -> Image:
    half = cv2.resize(image, (179, 220))
    out = np.full_like(image, 255)
    out[221:, :179] = out[221:, 179:] = half
    return out


def many(image: Image) -> Image:
    part = cv2.resize(image, (89, 110))
    return np.asarray(np.tile(part, (4, 4, 1))[:441, :358])


def lying(image: Image) -> Image:
    return np.asarray(cv2.resize(np.rot90(image), (358, 441)))


def patched(image: Image) -> Image:
    out = image.copy()
    cv2.circle(out, (22, 30), 14, (60, 60, 60), -1)
    return out


def clipped(image: Image, colour: tuple[int, int, int]) -> Image:
    """With a bar of 35 by 9 px, slanted, on the hair."""
    out = np.repeat(np.repeat(image, 4, axis=0), 4, axis=1)
    bar = cv2.boxPoints(((205 * 4, 92 * 4), (35 * 4, 9 * 4), 12))
    cv2.fillConvexPoly(out, np.round(bar).astype(np.int32), colour)
    return np.asarray(cv2.resize(out, (358, 441), interpolation=cv2.INTER_AREA))


@pytest.mark.parametrize(
    ("change", "rule", "expected"),
    [
        (lambda i: clipped(i, (244, 244, 244)), "PH-COVER", "review"),
        (lambda i: clipped(i, (150, 152, 150)), "PH-COVER", "review"),
        (lambda i: clipped(i, (80, 150, 196)), "PH-COVER", "review"),
        (lambda i: bordered(i, 6, 0), "PH-BORDER", "fail"),
        (lambda i: bordered(i, 2, 0), "PH-BORDER", "fail"),
        (lambda i: bordered(i, 5, 170), "PH-BORDER", "fail"),
        (grey, "PH-COLOUR", "fail"),
        (tinted, "PH-COLOUR", "review"),
        (lambda i: cv2.GaussianBlur(i, (0, 0), 3), "PH-SHARP", "fail"),
        (lambda i: np.clip(i * 2.6, 0, 255), "PH-SHARP", "fail"),
        (lambda i: i * 0.18, "PH-SHARP", "fail"),
        (shadow, "PH-BACKGROUND", "fail"),
        (lambda i: i * np.array([0.6, 0.9, 1.0]), "PH-BACKGROUND", "review"),
        (lambda i: i * np.array([1.0, 0.85, 0.65]), "PH-BACKGROUND", "review"),
        (patched, "PH-BACKGROUND", "review"),
        (lambda i: turned(i, 15), "PH-POSE", "review"),
        (lambda i: turned(i, 30, 0.8), "PH-POSE", "fail"),
        (lambda i: i[::-1, ::-1], "PH-POSE", "fail"),
        (lying, "PH-POSE", "fail"),
        (lambda i: turned(i, 0, 0.55), "PH-FACE", "review"),
        (lambda i: turned(i, 0, 1, 60), "PH-FACE", "review"),
        (two, "PH-FACE", "fail"),
        (many, "PH-FACE", "fail"),
        (lambda i: np.full_like(i, 200), "PH-FACE", "fail"),
    ],
)
def test_rule_is_broken_when_the_picture_breaks_it(
    models: FaceModels, change: object, rule: str, expected: str
) -> None:
    assert callable(change)
    image = np.ascontiguousarray(np.asarray(change(PLAIN), dtype=np.uint8))
    assert wrong(verdict(models, image)).get(rule) == expected


def test_findings_are_mend_and_review_when_rules_fail(models: FaceModels) -> None:
    found = verdict(models, draw_portrait(Sitter(ears=(False, False), fringe=True)))
    rows = findings(found, matter="M4", document="d1", file="照片.jpg")
    severities = {row.rule: row.severity for row in rows}
    assert severities["PH-EARS"] is Severity.MEND
    assert severities["PH-COVER"] is Severity.REVIEW
    assert severities["PH-UNCHECKED"] is Severity.NOTE
    assert all(row.matter == "M4" and row.document == "d1" and row.message for row in rows)


def test_findings_only_note_when_the_photo_passes(models: FaceModels) -> None:
    rows = findings(verdict(models, PLAIN))
    assert [row.severity for row in rows] == [Severity.NOTE]
    assert "当面确认" in rows[0].message


def test_print_is_reviewed_when_its_content_is_sound(models: FaceModels) -> None:
    assert wrong(judge_print(PLAIN, models)) == {"PH-FORMAT": "review"}


def test_catalogue_knows_every_rule_when_a_verdict_names_it(models: FaceModels) -> None:
    rules = {row.rule for row in verdict(models, PLAIN).rules} | {"PH-UNCHECKED"}
    assert rules == {rule for rule in catalogue() if rule.startswith("PH-")}


def test_every_check_is_measured_when_some_photo_has_it(models: FaceModels) -> None:
    seen: set[str] = set()
    for sitter in (Sitter(), Sitter(fringe=True), Sitter(cap=(170, 40, 40))):
        found = verdict(models, draw_portrait(sitter))
        seen |= {name for row in found.rules for name in row.measure}
    bald = draw_portrait(Sitter(hair=SKIN))
    bald[:80] = cv2.GaussianBlur(bald[:80], (0, 0), 4)  # no strokes of hair on a bald head
    seen |= {
        n for i in (tinted(PLAIN), bald) for row in verdict(models, i).rules for n in row.measure
    }
    by_parser = {"hat_parsed", "earring_parsed"}  # tests of parsing.py
    assert {check.measure for check in read_limits().checks} <= seen | by_parser


def test_upright_is_not_asked_when_body_hangs_below(models: FaceModels) -> None:
    upright = examine_photo(jpeg(PLAIN), models).look
    hanging = examine_photo(jpeg(np.ascontiguousarray(PLAIN[::-1, ::-1])), models).look
    assert upright is not None
    assert upright.turned is None
    assert hanging is not None
    assert hanging.turned is not None


def test_verdict_is_the_worst_rule_when_several_are_broken(models: FaceModels) -> None:
    image = draw_portrait(replace(Sitter(), background=(236, 238, 240)))
    assert verdict(models, image).verdict is CheckOutcome.REVIEW
    assert verdict(models, bordered(image, 6, 0)).verdict is CheckOutcome.FAIL


def test_print_is_never_passed_when_there_are_no_models() -> None:
    found = judge_print(PLAIN, None)
    assert wrong(found) == {"PH-FORMAT": "review", "PH-UNCHECKED": "review"}
    assert [row.rule for row in findings(found)] == ["PH-UNCHECKED", "PH-FORMAT"]
    assert found.line("照片.jpg")["verdict"] == "review"
    assert found.line("照片.jpg")["file"] == "照片.jpg"


def test_stored_pixels_are_judged_when_a_mark_would_turn_them_off_the_size(
    models: FaceModels,
) -> None:
    exif = Pictures.Exif()
    exif[0x0112] = 6
    out = BytesIO()
    Pictures.fromarray(np.ascontiguousarray(PLAIN[..., ::-1])).save(out, "JPEG", exif=exif)
    look = examine_photo(out.getvalue(), models).look
    assert look is not None
    assert look.image.shape == PLAIN.shape
    assert np.abs(look.image.astype(int) - PLAIN).mean() < 6


def test_colour_fails_first_when_the_stored_mode_is_grey() -> None:
    facts = Container(1, mode="L")
    rows = content_rules({"faces": 1.0, "colourfulness": 99.0}, read_limits(), facts)
    colour = next(row for row in rows if row.rule == "PH-COLOUR")
    assert colour.verdict == "fail"
    assert colour.message.startswith("文件是灰度图")


def test_ear_counts_neither_way_when_its_side_is_off_the_picture() -> None:
    found = ear_values({}, read_limits().ears, {}, {})
    assert found == {"ears_seen": 0, "ears_hidden": 0, "ears_covered": 0}
