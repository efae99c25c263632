"""Container rules, each on a file made for it."""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import cache
from io import BytesIO
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pictures

from tests.pipeline.sheets.scans import heic
from tests.validators.photo.portraits import draw_portrait, jpeg
from validators.photo import PhotoVerdict, judge_photo
from validators.photo.container import read_container


@cache
def good() -> bytes:
    """A sound file."""
    return jpeg(draw_portrait())


def outcome(data: bytes, rule: str, name: str = "") -> str:
    row = judge_photo(data, None, name).of(rule)
    assert row is not None
    if row.verdict != "pass":
        assert row.message
        assert row.cure
    return str(row.verdict)


def picture() -> Pictures.Image:
    return Pictures.fromarray(np.ascontiguousarray(draw_portrait()[..., ::-1]))


def saved(made: Pictures.Image, form: str = "JPEG", **options: Any) -> bytes:
    out = BytesIO()
    if form == "JPEG":
        options = {"dpi": (350, 350), "quality": 92, **options}
    made.save(out, form, **options)
    return out.getvalue()


def of_size(size: int) -> bytes:
    """A sound JPEG of exactly so many bytes: a comment after the header fills it up."""
    short = jpeg(draw_portrait(), size=28_000)
    left = size - len(short)
    segments = b""
    while left:
        length = min(left, 60_000)
        length = length if left - length == 0 or left - length >= 4 else length - 4
        segments += b"\xff\xfe" + struct.pack(">H", length - 2) + b"x" * (length - 4)
        left -= length
    return short[:20] + segments + short[20:]


def with_density(x: int, y: int, unit: int) -> bytes:
    at = good().index(b"JFIF\0") + 7
    return good()[:at] + struct.pack(">BHH", unit, x, y) + good()[at + 5 :]


def with_exif(data: dict[int, object], **options: Any) -> bytes:
    exif = Pictures.Exif()
    exif.update(data)
    return saved(picture(), exif=exif, **options)


def test_container_passes_when_all_is_as_asked() -> None:
    verdict = judge_photo(good(), None, "照片.jpg")
    for rule in ("PH-FORMAT", "PH-SIZE", "PH-DPI", "PH-BYTES"):
        assert outcome(good(), rule) == "pass"
    assert verdict.verdict == "review"  # the content was not looked at
    assert verdict.of("PH-UNCHECKED") is not None


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((358, 441), "pass"),
        ((357, 441), "fail"),
        ((358, 442), "fail"),
        ((441, 358), "fail"),
        ((716, 882), "fail"),
    ],
)
def test_size_is_exact_when_one_pixel_is_off(size: tuple[int, int], expected: str) -> None:
    assert outcome(saved(picture().resize(size)), "PH-SIZE") == expected


@pytest.mark.parametrize(
    ("density", "expected"),
    [
        ((350, 350, 1), "pass"),
        ((300, 300, 1), "fail"),
        ((72, 72, 1), "fail"),
        ((350, 300, 1), "fail"),
        ((350, 350, 0), "fail"),
        ((350, 350, 2), "fail"),
        ((138, 138, 2), "review"),
        ((137, 137, 2), "fail"),
    ],
)
def test_dpi_reads_the_unit_when_the_header_has_one(
    density: tuple[int, int, int], expected: str
) -> None:
    assert outcome(with_density(*density), "PH-DPI") == expected


def test_dpi_is_reviewed_when_only_exif_has_it() -> None:
    data = with_exif({0x011A: 350.0, 0x011B: 350.0, 0x0128: 2}, dpi=(0, 0))
    assert outcome(data, "PH-DPI") == "review"


def test_dpi_is_reviewed_when_header_and_exif_differ() -> None:
    data = with_exif({0x011A: 72.0, 0x011B: 72.0, 0x0128: 2})
    assert outcome(data, "PH-DPI") == "review"


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (29_999, "fail"),
        (30_000, "review"),
        (30_719, "review"),
        (30_720, "pass"),
        (50_000, "pass"),
        (50_001, "review"),
        (51_200, "review"),
        (51_201, "fail"),
    ],
)
def test_bytes_are_exact_when_k_may_be_1000_or_1024(size: int, expected: str) -> None:
    data = of_size(size)
    assert len(data) == size
    assert outcome(data, "PH-BYTES") == expected
    assert outcome(data, "PH-FORMAT") == "pass"


def test_format_fails_when_a_png_is_named_jpg() -> None:
    row = judge_photo(saved(picture(), "PNG"), None, "照片.jpg").of("PH-FORMAT")
    assert row is not None
    assert row.verdict == "fail"
    assert "PNG" in row.message


def test_format_is_reviewed_when_a_jpg_is_named_otherwise() -> None:
    assert outcome(good(), "PH-FORMAT", "照片.png") == "review"
    assert outcome(good(), "PH-FORMAT", "照片.JPEG") == "pass"


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_colour_fails_when_the_file_is_grey_or_cmyk(mode: str) -> None:
    assert outcome(saved(picture().convert(mode)), "PH-COLOUR") == "fail"


@pytest.mark.parametrize("share", [0.02, 0.5, 0.98])
def test_format_fails_when_the_file_is_cut_short(share: float) -> None:
    assert outcome(good()[: int(len(good()) * share)], "PH-FORMAT") == "fail"
    assert outcome(good()[:-2], "PH-FORMAT") == "fail"


def test_format_is_reviewed_when_bytes_follow_the_picture() -> None:
    assert outcome(good() + b"\0" * 64, "PH-FORMAT") == "pass"
    assert outcome(good() + b"\0" * 65, "PH-FORMAT") == "review"


@pytest.mark.parametrize("orientation", [2, 3, 6, 8])
def test_format_is_reviewed_when_exif_turns_the_picture(orientation: int) -> None:
    data = with_exif({0x0112: orientation})
    assert outcome(data, "PH-FORMAT") == "review"
    assert outcome(data, "PH-SIZE") == "pass"
    assert read_container(data).orientation == orientation


def test_pixels_are_turned_as_exif_says_when_a_camera_lay_on_its_side() -> None:
    stored = picture().transpose(Pictures.Transpose.ROTATE_90)
    exif = Pictures.Exif()
    exif[0x0112] = 6
    facts = read_container(saved(stored, exif=exif))
    assert facts.shown_size == (358, 441)
    assert facts.pixels is not None
    assert np.abs(facts.pixels.astype(int) - draw_portrait()).mean() < 6


def test_progressive_jpeg_passes_when_all_else_does() -> None:
    assert outcome(saved(picture(), progressive=True), "PH-FORMAT") == "pass"


def test_verdict_says_so_when_the_picture_is_animated() -> None:
    frames = [picture(), picture().rotate(5)]
    data = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    row = judge_photo(data, None).of("PH-FORMAT")
    assert row is not None
    assert row.verdict == "fail"
    assert row.measure["frames"] == 2


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG", "MPO"])
def test_format_counts_the_pictures_when_there_are_several(form: str) -> None:
    data = saved(picture(), form, save_all=True, append_images=[picture().rotate(5)])
    assert outcome(data, "PH-FORMAT") != "pass"
    assert read_container(data).frames == 2


@pytest.mark.parametrize("form", ["HEIF", "AVIF", "BMP", "TIFF"])
def test_format_fails_but_opens_when_a_phone_or_scanner_wrote_another(form: str) -> None:
    data = heic("portrait") if form == "HEIF" else saved(picture(), form)
    assert outcome(data, "PH-FORMAT", "照片.jpg") == "fail"
    pixels = read_container(data).pixels
    assert pixels is not None
    assert np.abs(pixels.astype(int) - draw_portrait()).mean() < 6


def test_sixteen_bit_grey_keeps_its_tones_when_it_is_opened() -> None:
    grey = np.asarray(picture().convert("L"))
    facts = read_container(saved(Pictures.fromarray(grey.astype(np.uint16) * 257), "PNG"))
    assert facts.pixels is not None
    assert np.abs(facts.pixels[..., 0].astype(int) - grey).max() <= 1
    assert outcome(saved(Pictures.fromarray(grey), "PNG"), "PH-COLOUR") == "fail"


def test_empty_file_is_called_empty_when_it_has_no_bytes() -> None:
    row = judge_photo(b"", None).of("PH-FORMAT")
    assert row is not None
    assert row.message == "文件是空的"


BAD_INPUTS: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "text": lambda: "不是图片".encode() * 100,
    "start only": lambda: b"\xff\xd8\xff",
    "pdf": lambda: b"%PDF-1.7\n" + b"0" * 500,
    "svg": lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
    "1 x 1": lambda: saved(Pictures.new("RGB", (1, 1), "white")),
    "1 x 1 png": lambda: saved(Pictures.new("RGB", (1, 1), "white"), "PNG"),
    "20,000 px wide": lambda: saved(Pictures.new("RGB", (20_000, 30), "white")),
    "over 40 million pixels": lambda: saved(Pictures.new("L", (20_000, 2_100), 255)),
    "a bomb": lambda: saved(Pictures.new("1", (20_000, 12_000)), "PNG"),
}


@pytest.mark.parametrize("name", list(BAD_INPUTS))
def test_verdict_has_a_reason_when_the_input_is_bad(name: str) -> None:
    verdict = judge_photo(BAD_INPUTS[name](), None)
    assert verdict.verdict == "fail"
    assert any(row.verdict == "fail" and row.message and row.cure for row in verdict.rules)


@settings(max_examples=60)
@given(data=st.data(), junk=st.binary(min_size=1, max_size=12))
def test_judging_never_raises_when_bytes_are_damaged(data: st.DataObject, junk: bytes) -> None:
    at = data.draw(st.integers(0, len(good()) - 1))
    verdict = judge_photo(good()[:at] + junk + good()[at + len(junk) :], None)
    assert isinstance(verdict, PhotoVerdict)
    assert verdict.verdict != "pass"


def tiff(kind: int, count: int, value: bytes, more: bytes = b"") -> bytes:
    """EXIF whose only entry is an X resolution of this type."""
    entry = struct.pack("<HHHI", 1, 0x011A, kind, count) + value + struct.pack("<I", 0)
    return b"Exif\0\0II*\0" + struct.pack("<I", 8) + entry + more


@pytest.mark.parametrize(
    "exif",
    [
        tiff(2, 4, b"abc\0"),
        tiff(5, 1, struct.pack("<I", 26), struct.pack("<II", 350, 0)),
        tiff(11, 1, struct.pack("<f", float("inf"))),
    ],
    ids=["words", "350/0", "infinite"],
)
def test_resolution_of_exif_is_passed_over_when_it_is_no_number(exif: bytes) -> None:
    data = saved(picture(), exif=exif)
    assert read_container(data).exif_dpi is None
    assert outcome(data, "PH-DPI") == "pass"


def test_picture_has_no_end_when_the_file_stops_within_a_segment() -> None:
    found = read_container(b"\xff\xd8\xff\xe0\x00")
    assert (found.kind, found.whole, found.trailing_bytes) == ("jpg", False, 0)


def test_huge_picture_is_unreadable_when_memory_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    at = good().index(b"\xff\xc0") + 5
    huge = good()[:at] + struct.pack(">HH", 30_000, 30_000) + good()[at + 4 :]

    def no_memory(*_: object) -> None:
        raise cv2.error("Failed to allocate 42187500 bytes")

    monkeypatch.setattr(cv2, "imdecode", no_memory)
    found = read_container(huge)
    assert (found.width_px, found.height_px) == (30_000, 30_000)
    assert found.pixels is None
    assert not found.whole
