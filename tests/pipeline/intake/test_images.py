"""Pictures of every format and colour mode become BGR pages, upright."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.finding import Finding
from pipeline.model import Page
from pipeline.settings import Limits
from tests.pipeline.sheets.scans import (
    encoded,
    heic,
    noise,
    picture,
    read_all,
    read_finding,
    read_pages,
)

RED, BLACK, WHITE = (0, 0, 200), (0, 0, 0), (255, 255, 255)
"""In BGR."""


def is_like(page: Page, spot: tuple[float, float], colour: tuple[int, int, int]) -> bool:
    """Whether the page has about this colour at ``spot`` (fractions of width and height)."""
    height, width = page.image.shape[:2]
    pixel = page.image[int(spot[1] * height), int(spot[0] * width)].astype(int)
    return bool(np.abs(pixel - colour).max() <= 40)


@pytest.mark.parametrize(
    ("format_", "options"),
    [
        ("JPEG", {"quality": 95}),
        ("JPEG", {"quality": 95, "progressive": True}),
        ("PNG", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("TIFF", {"compression": "jpeg"}),
        ("TIFF", {"compression": "tiff_adobe_deflate"}),
        ("BMP", {}),
        ("WEBP", {"lossless": True}),
    ],
)
def test_read_source_reads_every_format_whatever_its_name(
    tmp_path: Path, format_: str, options: dict[str, object]
) -> None:
    check_picture(tmp_path / "scan.jpg", encoded(picture(), format_, **options))


def test_read_source_reads_a_phones_heic(tmp_path: Path) -> None:
    check_picture(tmp_path / "scan.jpg", heic("colours"))


def check_picture(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    (page,) = read_pages(path)
    assert page.image.shape == (80, 120, 3)
    assert page.image.dtype == np.uint8
    assert page.image.flags.c_contiguous
    assert is_like(page, (0.2, 0.2), RED)
    assert is_like(page, (0.8, 0.8), BLACK)
    assert is_like(page, (0.8, 0.2), WHITE)
    assert page.source.file == "scan.jpg"
    assert page.source.page == 1
    assert page.source.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert page.lines == ()


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA"])
def test_read_source_reads_every_colour_mode(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "scan.png"
    image = picture().convert("L").convert("LA") if mode == "LA" else picture(mode=mode)
    path.write_bytes(encoded(image, "PNG"))
    (page,) = read_pages(path)
    assert page.image.shape == (80, 120, 3)
    assert is_like(page, (0.8, 0.8), BLACK)
    assert is_like(page, (0.8, 0.2), WHITE)


def test_read_source_reads_cmyk_jpeg(tmp_path: Path) -> None:
    path = tmp_path / "scan.jpg"
    path.write_bytes(encoded(picture(mode="CMYK"), "JPEG", quality=95))
    (page,) = read_pages(path)
    assert is_like(page, (0.2, 0.2), RED)
    assert is_like(page, (0.8, 0.2), WHITE)


@pytest.mark.parametrize("format_", ["PNG", "TIFF"])
def test_read_source_reads_16_bit_grey(tmp_path: Path, format_: str) -> None:
    values = np.zeros((80, 120), dtype=np.uint16)
    values[:, :60] = 65535
    values[:, 60:90] = 32768
    path = tmp_path / "scan.png"
    path.write_bytes(encoded(Image.fromarray(values), format_))
    (page,) = read_pages(path)
    assert page.image[40, [10, 75, 110], 0].tolist() == [255, 128, 0]


def test_read_source_lays_what_is_transparent_on_white(tmp_path: Path) -> None:
    path = tmp_path / "scan.png"
    path.write_bytes(encoded(Image.new("RGBA", (100, 100), (0, 0, 0, 0)), "PNG"))
    (page,) = read_pages(path)
    assert page.image.min() == 255
    palette = Image.new("P", (100, 100), 0)
    palette.putpalette([0, 0, 0, 10, 20, 30])
    path.write_bytes(encoded(palette, "PNG", transparency=0))
    (page,) = read_pages(path)
    assert page.image.min() == 255


@pytest.mark.parametrize(
    ("orientation", "red", "size"),
    [
        (1, (0.2, 0.2), (120, 80)),
        (3, (0.8, 0.8), (120, 80)),
        (6, (0.8, 0.2), (80, 120)),
        (8, (0.2, 0.8), (80, 120)),
    ],
)
def test_read_source_turns_as_exif_says(
    tmp_path: Path, orientation: int, red: tuple[float, float], size: tuple[int, int]
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "phone.jpg"
    path.write_bytes(encoded(picture(), "JPEG", quality=95, exif=exif))
    (page,) = read_pages(path)
    assert (page.image.shape[1], page.image.shape[0]) == size
    assert is_like(page, red, RED)


def test_read_source_reads_a_picture_with_broken_exif(tmp_path: Path) -> None:
    path = tmp_path / "phone.jpg"
    broken = b"Exif\x00\x00II*\x00\x08\x00\x00\x00\xff\xff\x12\x01"
    path.write_bytes(encoded(picture(), "JPEG", quality=95, exif=broken))
    (page,) = read_pages(path)
    assert is_like(page, (0.2, 0.2), RED)


def test_read_source_takes_the_first_picture_of_a_moving_one(tmp_path: Path) -> None:
    path = tmp_path / "moving.webp"
    frames = [noise(seed) for seed in range(3)]
    path.write_bytes(encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:]))
    assert len(read_pages(path)) == 1


def test_read_source_gives_every_page_of_a_tiff(tmp_path: Path) -> None:
    path = tmp_path / "fax.tif"
    pages = [picture(200 + i, 100, "1") for i in range(4)]
    path.write_bytes(
        encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:], compression="group4")
    )
    read = read_pages(path)
    assert [page.image.shape[1] for page in read] == [200, 201, 202, 203]
    assert [page.source.page for page in read] == [1, 2, 3, 4]
    assert all(is_like(page, (0.8, 0.8), BLACK) for page in read)


def test_read_source_skips_the_thumbnail_in_a_tiff(tmp_path: Path) -> None:
    path = tmp_path / "scan.tif"
    thumbnail = picture(40, 40)
    thumbnail.encoderinfo = {"tiffinfo": {254: 1}}
    path.write_bytes(encoded(picture(), "TIFF", save_all=True, append_images=[thumbnail]))
    assert len(read_pages(path)) == 1


@pytest.mark.parametrize(
    ("said", "dpi"), [((300, 300), 300.0), ((72, 72), None), ((1, 1), None), (None, None)]
)
def test_read_source_gives_the_resolution_that_was_measured(
    tmp_path: Path, said: tuple[int, int] | None, dpi: float | None
) -> None:
    path = tmp_path / "scan.jpg"
    path.write_bytes(encoded(picture(), "JPEG", **({"dpi": said} if said else {})))
    (page,) = read_pages(path)
    assert page.dpi == dpi


def test_read_source_makes_the_pixels_of_a_fax_square(tmp_path: Path) -> None:
    path = tmp_path / "fax.tif"
    path.write_bytes(
        encoded(picture(204, 98, "1"), "TIFF", compression="group4", dpi=(204.0, 98.0))
    )
    (page,) = read_pages(path)
    assert page.image.shape[:2] == (204, 204)
    assert page.dpi == 204.0


def test_read_source_names_the_broken_page_of_a_tiff_and_gives_the_others(tmp_path: Path) -> None:
    path = tmp_path / "scan.tif"
    pages = [noise(seed) for seed in range(3)]
    good = encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:], compression="tiff_lzw")
    path.write_bytes(good)
    with Image.open(path) as image:
        image.seek(1)
        start = image.tag_v2[273][0]  # type: ignore[attr-defined]
    path.write_bytes(good[:start] + b"\xff" * 2000 + good[start + 2000 :])
    first, second, third = read_all(path)
    assert isinstance(first, Page)
    assert isinstance(third, Page)
    assert isinstance(second, Finding)
    assert second.rule == "SRC-UNREADABLE"
    assert "第 2 页" in second.message


def test_read_source_refuses_too_many_pages_before_reading_one(tmp_path: Path) -> None:
    path = tmp_path / "fax.tif"
    pages = [picture(40, 40, "1")] * 5
    path.write_bytes(encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:]))
    found = read_finding(path, Limits(pages=4))
    assert found.rule == "SRC-TOO-LARGE"
    assert "共 5 页，上限 4 页" in found.message


@pytest.mark.parametrize(("size", "rule"), [((20, 400), "UNREADABLE"), ((400, 300), "TOO-LARGE")])
def test_read_source_refuses_dots_and_posters(
    tmp_path: Path, size: tuple[int, int], rule: str
) -> None:
    path = tmp_path / "scan.png"
    path.write_bytes(encoded(picture(*size), "PNG"))
    assert read_finding(path, Limits(pixels=100_000)).rule == f"SRC-{rule}"
