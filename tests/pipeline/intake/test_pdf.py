"""PDFs: scans come out as scanned, born-digital pages bring their text, liars become pixels."""

from __future__ import annotations

import io
import unicodedata
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from pipeline.finding import Finding
from pipeline.model import Page
from pipeline.settings import Limits
from tests.pipeline.sheets.scans import (
    A4_POINTS,
    blank_pdf,
    noise,
    picture,
    read_all,
    read_finding,
    read_pages,
    scanned_pdf,
)

NUMBER = "450103198703129013"


def drawn_pdf(*draw: Callable[[Canvas], None]) -> bytes:
    """A PDF with one A4 page for each function."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4_POINTS, pageCompression=0)
    for page in draw:
        canvas.setFont("Helvetica", 12)
        page(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def raw_pdf(*objects: bytes) -> bytes:
    """A PDF of these objects, numbered from 1; the first is the catalogue."""
    body = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += str(number).encode() + b" 0 obj\n" + content + b"\nendobj\n"
    table = b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    size = str(len(objects) + 1).encode()
    end = b"xref\n0 " + size + b"\n0000000000 65535 f \n" + table
    end += b"trailer <</Root 1 0 R /Size " + size + b">>\nstartxref\n"
    return body + end + str(len(body)).encode() + b"\n%%EOF\n"


def stream(content: bytes, entries: bytes = b"") -> bytes:
    """A stream object."""
    length = str(len(content)).encode()
    return b"<<" + entries + b"/Length " + length + b">>\nstream\n" + content + b"\nendstream"


CATALOGUE = b"<</Type/Catalog/Pages 2 0 R>>"
PAGES = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"


def draw_text(canvas: Canvas) -> None:
    canvas.drawString(72, 770, "Name  ZHANG SAN")
    canvas.drawString(72, 740, NUMBER)
    canvas.drawString(300, 740, "M2 M4")


def one_page(tmp_path: Path, data: bytes) -> Page:
    path = tmp_path / "scan.pdf"
    path.write_bytes(data)
    (page,) = read_pages(path)
    return page


def test_read_source_gives_the_pixels_of_a_scan_as_they_were_scanned(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    images = [noise(1, 413, 585), noise(2, 500, 333)]
    path.write_bytes(scanned_pdf(images))
    pages = read_pages(path)
    for page, image in zip(pages, images, strict=True):
        assert np.array_equal(page.image[:, :, ::-1], np.asarray(image))
        assert page.dpi == pytest.approx(200, abs=1)
        assert page.lines == ()
    assert [page.source.page for page in pages] == [1, 2]


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_read_source_turns_a_scan_as_the_page_says(tmp_path: Path, rotation: int) -> None:
    image = noise(3, 300, 200)
    data = scanned_pdf([image]).replace(b"/Rotate 0", f"/Rotate {rotation}".encode())
    page = one_page(tmp_path, data)
    turned = np.rot90(np.asarray(image), -rotation // 90)
    assert np.array_equal(page.image[:, :, ::-1], turned)


def test_read_source_puts_a_scan_in_strips_together(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        for i in range(4):
            strip = picture(1240, 439)
            canvas.drawImage(ImageReader(strip), 0, A4_POINTS[1] * (3 - i) / 4, 595, 842 / 4)

    page = one_page(tmp_path, drawn_pdf(draw))
    assert page.dpi == pytest.approx(150, abs=1)
    assert abs(page.image.shape[0] - 1754) <= 2


def test_read_source_reads_the_text_of_a_born_digital_page(tmp_path: Path) -> None:
    page = one_page(tmp_path, drawn_pdf(draw_text))
    assert [line.text for line in page.lines] == ["Name  ZHANG SAN", NUMBER, "M2 M4"]
    assert page.image.shape == (3508, 2479, 3)
    assert page.dpi == 300
    number = page.lines[1]
    (left, top), _, (right, bottom), _ = number.quad
    assert left == pytest.approx(72 * 300 / 72, abs=2)
    assert top < (842 - 740) * 300 / 72 < bottom
    assert "".join(char.text for char in number.chars) == NUMBER
    assert all(char.score == 1 for char in number.chars)
    assert number.chars[0].left == 0
    assert number.chars[-1].right == 1
    ink = page.image[int(top) : int(bottom), int(left) : int(right)].min()
    assert ink < 100


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_read_source_reads_the_pixels_of_a_turned_page(tmp_path: Path, rotation: int) -> None:
    data = drawn_pdf(draw_text).replace(b"/Rotate 0", f"/Rotate {rotation}".encode())
    assert one_page(tmp_path, data).lines == ()


@pytest.mark.parametrize("tilt", ["-1 0 0 -1", "-1 0 0 1", "1 0 0 -1", "0 1 -1 0"])
def test_read_source_reads_the_pixels_where_text_is_turned_or_mirrored(
    tmp_path: Path, tilt: str
) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.addLiteral(f"{tilt} 300 500 cm")
        canvas.drawString(0, 0, NUMBER)

    assert one_page(tmp_path, drawn_pdf(draw)).lines == ()


def test_read_source_reads_the_pixels_where_a_font_size_is_negative(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFontSize(-12)
        canvas.drawString(300, 500, NUMBER)

    assert one_page(tmp_path, drawn_pdf(draw)).lines == ()


def test_read_source_puts_text_where_it_stands_on_a_cropped_page(tmp_path: Path) -> None:
    data = drawn_pdf(draw_text).replace(
        b"/MediaBox [ 0 0 595 842 ]", b"/MediaBox [ 0 0 595 842 ] /CropBox [ 50 600 500 820 ]"
    )
    page = one_page(tmp_path, data)
    assert page.image.shape[:2] == (917, 1875)
    assert [line.text for line in page.lines][1] == NUMBER
    (left, top), _, (right, bottom), _ = page.lines[1].quad
    assert left == pytest.approx((72 - 50) * 300 / 72, abs=2)
    assert page.image[int(top) : int(bottom), int(left) : int(right)].min() < 100


def hidden_under_a_scan(canvas: Canvas) -> None:
    canvas.drawImage(ImageReader(picture(1240, 1754)), 0, 0, *A4_POINTS)
    text = canvas.beginText(72, 740)
    text.setTextRenderMode(3)
    text.textOut(NUMBER)
    canvas.drawText(text)


def beside_a_picture(canvas: Canvas) -> None:
    draw_text(canvas)
    canvas.drawImage(ImageReader(picture(600, 400)), 100, 300, 240, 150)


def white_on_white(canvas: Canvas) -> None:
    canvas.setFillGray(1)
    draw_text(canvas)


def under_a_cover(canvas: Canvas) -> None:
    draw_text(canvas)
    canvas.setFillGray(1)
    canvas.rect(60, 700, 400, 100, stroke=0, fill=1)


def one_over_another(canvas: Canvas) -> None:
    canvas.drawString(72, 740, NUMBER)
    canvas.setFillGray(0.4)
    canvas.drawString(72, 740, NUMBER[::-1])


def turned(canvas: Canvas) -> None:
    canvas.translate(200, 400)
    canvas.rotate(90)
    canvas.drawString(0, 0, NUMBER)


def with_a_form_field(canvas: Canvas) -> None:
    draw_text(canvas)
    canvas.acroForm.textfield(value="LI SI", x=100, y=500, width=200, height=20)


@pytest.mark.parametrize(
    "draw",
    [
        hidden_under_a_scan,
        beside_a_picture,
        white_on_white,
        under_a_cover,
        one_over_another,
        turned,
        with_a_form_field,
    ],
)
def test_read_source_does_not_believe_a_text_layer_that_is_not_what_is_seen(
    tmp_path: Path, draw: Callable[[Canvas], None]
) -> None:
    page = one_page(tmp_path, drawn_pdf(draw))
    assert page.lines == ()


def test_read_source_draws_what_was_filled_into_a_form(tmp_path: Path) -> None:
    page = one_page(tmp_path, drawn_pdf(with_a_form_field))
    top, bottom = (int((842 - y) * 300 / 72) for y in (518, 502))
    field = page.image[top:bottom, int(104 * 300 / 72) : int(180 * 300 / 72)]
    assert field.min() < 100


@pytest.mark.parametrize(
    ("meaning", "text"),
    [
        (b"0030", "450103"),
        (b"2F42", "".join(unicodedata.normalize("NFKC", chr(0x2F42 + int(d))) for d in "450103")),
        (b"E030", None),  # private use
        (b"2EA0", None),  # radicals that Unicode maps to no character
    ],
)
def test_read_source_does_not_believe_characters_without_meaning(
    tmp_path: Path, meaning: bytes, text: str | None
) -> None:
    cmap = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def "
        b"1 begincodespacerange <00> <FF> endcodespacerange "
        b"1 beginbfrange <30> <39> <" + meaning + b"> endbfrange endcmap end end"
    )
    page = one_page(
        tmp_path,
        raw_pdf(
            CATALOGUE,
            PAGES,
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
            b"/Resources<</Font<</F 5 0 R>>>>>>",
            stream(b"BT /F 12 Tf 72 740 Td (450103) Tj ET"),
            b"<</Type/Font/Subtype/TrueType/BaseFont/Specimen/ToUnicode 6 0 R/FontDescriptor 7 0 R"
            b"/FirstChar 48/LastChar 57/Widths[" + b"556 " * 10 + b"]>>",
            stream(cmap),
            b"<</Type/FontDescriptor/FontName/Specimen/Flags 32/FontBBox[0 -200 1000 800]"
            b"/ItalicAngle 0/Ascent 800/Descent -200/CapHeight 700/StemV 80>>",
        ),
    )
    assert [line.text for line in page.lines] == ([] if text is None else [text])


def test_read_source_asks_for_the_password_of_a_locked_pdf(tmp_path: Path) -> None:
    path = tmp_path / "locked.pdf"
    path.write_bytes(scanned_pdf([picture()], password="secret"))
    assert read_finding(path).rule == "SRC-ENCRYPTED"


def test_read_source_refuses_a_pdf_with_too_many_pages(tmp_path: Path) -> None:
    path = tmp_path / "book.pdf"
    path.write_bytes(blank_pdf(500))
    found = read_finding(path)
    assert found.rule == "SRC-TOO-LARGE"
    assert "共 500 页，上限 200 页" in found.message


def test_read_source_renders_a_giant_page_within_the_limit(tmp_path: Path) -> None:
    data = drawn_pdf(draw_text).replace(b"[ 0 0 595 842 ]", b"[ 0 0 14400 14400 ]")
    page = one_page(tmp_path, data)
    assert max(page.image.shape) <= Limits().pdf_long_side_px


def test_read_source_refuses_a_page_with_a_giant_picture_and_reads_the_next(
    tmp_path: Path,
) -> None:
    def giant(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(picture(900, 900, "1")), 0, 0, *A4_POINTS)

    path = tmp_path / "scan.pdf"
    path.write_bytes(drawn_pdf(giant, draw_text))
    first, second = read_all(path, Limits(pixels=800_000, pdf_dpi=72))
    assert isinstance(first, Finding)
    assert first.rule == "SRC-TOO-LARGE"
    assert "第 1 页" in first.message
    assert isinstance(second, Page)


def test_read_source_stops_where_a_page_takes_too_long(tmp_path: Path) -> None:
    scribble = b"q 0.1 w " + b"0 0 m 595 842 300 100 595 0 c S " * 200_000 + b"Q"
    data = raw_pdf(
        CATALOGUE,
        b"<</Type/Pages/Kids[3 0 R 3 0 R]/Count 2>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>",
        stream(zlib.compress(scribble), b"/Filter/FlateDecode"),
    )
    path = tmp_path / "slow.pdf"
    path.write_bytes(data)
    found = read_finding(path, Limits(seconds=0.5))
    assert found.rule == "SRC-TOO-LARGE"
    assert "0.5 秒" in found.message
