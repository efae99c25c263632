"""PDF: every page is rendered by pdfium; a born-digital page brings its text layer along.

A scan inside a PDF is rendered at its own resolution, so that its pixels come out as they were
scanned, together with whatever lies on it: strips, masks, stamps, filled-in fields. What was typed
into our own form is taken from its fields (:mod:`pipeline.intake.form_fields`).

A text layer is only believed (:mod:`pipeline.intake.text_layer`) where the page shows nothing but
text: under a scan it is some other program's OCR, beside a picture, or beside print
turned into outlines, it is not the whole page, and form fields and notes are not in it at all.
"""

from __future__ import annotations

import io
import logging
import math
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pdfplumber
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from pdfplumber.pdf import PDF

from pipeline.finding import Finding
from pipeline.intake.form_fields import draw_entries, take_fields
from pipeline.intake.images import SMALLEST_PX, check_size
from pipeline.intake.refusal import ENCRYPTED, TOO_LARGE, UNREADABLE, Clock, Refused
from pipeline.intake.text_layer import read_text_layer
from pipeline.model import Entry, Image, Line, Page, Source
from pipeline.settings import MEBI, Limits

POINTS_PER_INCH = 72.0
SCAN_COVERAGE = 0.5
"""Pictures over this share of a page make it a scan."""
PICTURE_COVERAGE = 0.03
"""Pictures over this share (more than a logo or a seal) may hold print: read the pixels."""
STRIP_COVERAGE = 0.01
"""Pictures under this share do not decide the resolution of a scan."""
SCAN_DPI = (72.0, 600.0)
MIXED_DPI = 200.0
"""A scan with text or drawings over it is rendered at least so fine."""
OUTLINE_SEGMENTS = 600
"""Parts of filled drawings from which they are print turned into outlines, which no text layer has:
a rule or a frame has four."""
MAX_OBJECTS = 20_000
MAX_CHARS = 20_000
"""More on one page is a map or an attack; the text layer is then left alone."""
HARMLESS_NOTES = {pdfium_c.FPDF_ANNOT_LINK, pdfium_c.FPDF_ANNOT_POPUP}
INVISIBLE = {pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium_c.FPDF_TEXTRENDERMODE_CLIP}

# pdfminer complains into the log about what a page lacks, quoting the file.
logging.getLogger("pdfminer").setLevel(logging.CRITICAL)

PDFIUM_TURN = threading.RLock()
"""pdfium is not thread-safe: one thread at a time."""


@dataclass(frozen=True, slots=True)
class Content:
    """What lies on a page: ``scan_px`` is the size of a picture that is the whole page."""

    coverage: float
    scan_dpi: float
    scan_px: tuple[int, int] | None
    visible_text: bool
    drawings: bool
    outlines: bool
    notes: bool
    crowded: bool

    @property
    def is_born_digital(self) -> bool:
        """Whether the text layer may be believed."""
        return (
            self.visible_text
            and self.coverage < PICTURE_COVERAGE
            and not self.outlines
            and not self.notes
            and not self.crowded
        )


def read_pdf(
    data: bytes, name: str, sha256: str, limits: Limits, clock: Clock
) -> Iterator[Page | Finding]:
    """The pages of a PDF, one in memory at a time.

    Raises Refused where nothing of it can be read; a page that cannot be read becomes a finding.
    """
    with PDFIUM_TURN, clock.running():
        document = _open(data)
    plumber: PDF | None = None
    try:
        with PDFIUM_TURN:
            count = len(document)
        if count > limits.pages:
            raise Refused(TOO_LARGE, f"共 {count} 页，上限 {limits.pages} 页")
        for index in range(count):
            source = Source(name, index + 1, sha256)
            try:
                with clock.running():
                    shown = _render_page(document, index, limits, clock)
                    lines: tuple[Line, ...] = ()
                    if shown.born_digital:
                        plumber = plumber or _open_plumber(data)
                        lines = _lines(plumber, index, shown.image)
            except Refused as refused:
                clock.check()
                yield refused.finding(name, index + 1)
                continue
            yield Page(shown.image, source, shown.dpi, lines, shown.entries)
    finally:
        if plumber is not None:
            plumber.close()
        with PDFIUM_TURN:
            document.close()


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that a PDF carries: its name, and its bytes or why they are not read."""

    name: str
    content: bytes | Refused


def attachments(data: bytes, limits: Limits) -> list[Attached]:
    """The embedded files of a PDF (ISO 32000-1, 7.11.4), at most ``limits.files`` of them."""
    with PDFIUM_TURN:
        document = _open(data)
        try:
            count = min(document.count_attachments(), limits.files)
            return [_attached(document.get_attachment(i), limits) for i in range(count)]
        finally:
            document.close()


def _attached(attachment: pdfium.PdfAttachment, limits: Limits) -> Attached:
    name = ""
    try:
        name = attachment.get_name()
        content = bytes(attachment.get_data())
    except (pdfium.PdfiumError, MemoryError, ValueError):
        return Attached(name, Refused(UNREADABLE, "在 PDF 附件中已损坏"))
    if len(content) > limits.file_bytes:
        return Attached(name, Refused(TOO_LARGE, f"超过 {limits.file_bytes // MEBI} MB"))
    return Attached(name.replace("\\", "/").rpartition("/")[2], content)


def _open(data: bytes) -> pdfium.PdfDocument:
    try:
        document = pdfium.PdfDocument(data)
        if document.get_formtype() != pdfium_c.FORMTYPE_NONE:
            document.init_forms()  # or filled-in fields would not be drawn
    except pdfium.PdfiumError as error:
        if error.err_code == pdfium_c.FPDF_ERR_PASSWORD:
            raise Refused(ENCRYPTED) from error
        if error.err_code == pdfium_c.FPDF_ERR_SECURITY:
            raise Refused(ENCRYPTED) from error
        raise Refused(UNREADABLE, "PDF 文件不完整、已损坏，或没有页面") from error
    return document


@dataclass(frozen=True, slots=True)
class Shown:
    """A page as it is rendered. ``born_digital``: the text layer may be believed."""

    image: Image
    dpi: float
    born_digital: bool
    entries: tuple[Entry, ...]


def _render_page(document: pdfium.PdfDocument, index: int, limits: Limits, clock: Clock) -> Shown:
    with PDFIUM_TURN:
        try:
            page = document[index]
        except pdfium.PdfiumError as error:
            raise Refused(UNREADABLE, "已损坏，无法显示") from error
        try:
            content = _content(page, limits)
            width_px, height_px, dpi = _raster(page, content, limits)
            fields = take_fields(page, document.formenv, (width_px, height_px))
            image = _render(page, document.formenv, width_px, height_px, clock)
        except pdfium.PdfiumError as error:
            raise Refused(UNREADABLE, "已损坏，无法显示") from error
        except MemoryError as error:
            raise Refused(TOO_LARGE, "内存不足以显示", passing=True) from error
        finally:
            page.close()
    entries = tuple(filled.entry for filled in fields)
    return Shown(draw_entries(image, fields), dpi, content.is_born_digital, entries)


def _content(page: pdfium.PdfPage, limits: Limits) -> Content:
    left, bottom, right, top = page.get_cropbox()
    area = max(1.0, (right - left) * (top - bottom))
    coverage = dpi = 0.0
    scan_px = None
    text = drawings = False
    objects = segments = 0
    for item in page.get_objects(max_depth=8):
        objects += 1
        if objects > MAX_OBJECTS:
            break
        if item.type == pdfium_c.FPDF_PAGEOBJ_TEXT:
            mode = pdfium_c.FPDFTextObj_GetTextRenderMode(item)
            text = text or mode not in INVISIBLE
        elif item.type == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            width_px, height_px = item.get_px_size()
            if width_px * height_px > limits.pixels:
                raise Refused(TOO_LARGE, f"含 {width_px}×{height_px} 像素的图像")
            across, down, share = _extent(item, (left, bottom, right, top), area)
            coverage += share
            if share >= STRIP_COVERAGE and across > 0 and down > 0:
                dpi = max(dpi, POINTS_PER_INCH * max(width_px / across, height_px / down))
            if share >= 0.98:
                scan_px = (width_px, height_px)
        elif item.type != pdfium_c.FPDF_PAGEOBJ_FORM:
            drawings = True
            if item.type == pdfium_c.FPDF_PAGEOBJ_PATH:
                segments += max(0, pdfium_c.FPDFPath_CountSegments(item))
    chars = 0
    if text:
        text_page = page.get_textpage()
        chars = text_page.count_chars()
        text_page.close()
    return Content(
        coverage=min(1.0, coverage),
        scan_dpi=dpi,
        scan_px=scan_px,
        visible_text=text,
        drawings=drawings,
        outlines=segments > OUTLINE_SEGMENTS,
        notes=_has_notes(page),
        crowded=objects > MAX_OBJECTS or chars > MAX_CHARS,
    )


def _extent(
    item: pdfium.PdfObject, box: tuple[float, float, float, float], area: float
) -> tuple[float, float, float]:
    """How far a picture reaches along its own sides, in points, and its share of the page."""
    matrix = item.get_matrix()
    container = item.container
    while container is not None:
        matrix = matrix.multiply(container.get_matrix())
        container = container.container
    corners = [matrix.on_point(x, y) for x, y in ((0, 0), (1, 0), (0, 1), (1, 1))]
    xs = [min(max(x, box[0]), box[2]) for x, _ in corners]
    ys = [min(max(y, box[1]), box[3]) for _, y in corners]
    share = (max(xs) - min(xs)) * (max(ys) - min(ys)) / area
    return math.hypot(matrix.a, matrix.b), math.hypot(matrix.c, matrix.d), share


def _has_notes(page: pdfium.PdfPage) -> bool:
    """Whether notes, stamps or form fields lie on the page."""
    for i in range(pdfium_c.FPDFPage_GetAnnotCount(page)):
        note = pdfium_c.FPDFPage_GetAnnot(page, i)
        if not note:
            continue
        kind = pdfium_c.FPDFAnnot_GetSubtype(note)
        pdfium_c.FPDFPage_CloseAnnot(note)
        if kind not in HARMLESS_NOTES:
            return True
    return False


def _raster(page: pdfium.PdfPage, content: Content, limits: Limits) -> tuple[int, int, float]:
    """Width and height in pixels to render the page at, and the dpi that gives."""
    width, height = page.get_size()
    if not (0 < width < math.inf and 0 < height < math.inf):
        raise Refused(UNREADABLE, "没有大小，无法显示")
    dpi = float(limits.pdf_dpi)
    if content.coverage >= SCAN_COVERAGE and content.scan_dpi > 0:
        dpi = min(max(content.scan_dpi, SCAN_DPI[0]), SCAN_DPI[1])
        if content.visible_text or content.drawings or content.notes:
            dpi = max(dpi, MIXED_DPI)
    longest = max(width, height) * dpi / POINTS_PER_INCH
    dpi *= min(1.0, limits.pdf_long_side_px / longest)
    size = (round(width * dpi / POINTS_PER_INCH), round(height * dpi / POINTS_PER_INCH))
    for scan in (content.scan_px, content.scan_px and content.scan_px[::-1]):
        # A page that is the scan and nothing else: pixel for pixel.
        if scan and max(abs(scan[0] - size[0]), abs(scan[1] - size[1])) <= 2:
            size = scan
    if min(size) < SMALLEST_PX:
        raise Refused(UNREADABLE, "过小，不是扫描件")
    check_size(*size, limits)
    return *size, round(dpi, 1)


def _render(
    page: pdfium.PdfPage,
    forms: pdfium.PdfFormEnv | None,
    width_px: int,
    height_px: int,
    clock: Clock,
) -> Image:
    """Render the page, stopping where the file's time is used up."""
    pause = pdfium_c.IFSDK_PAUSE(version=1)
    callback = type(pause.NeedToPauseNow)(lambda _: int(clock.is_over()))
    pause.NeedToPauseNow = callback
    bitmap = pdfium.PdfBitmap.new_native(width_px, height_px, pdfium_c.FPDFBitmap_BGR)
    try:
        bitmap.fill_rect((255, 255, 255, 255), 0, 0, width_px, height_px)
        place = (bitmap, page, 0, 0, width_px, height_px, 0, pdfium_c.FPDF_ANNOT)
        status = pdfium_c.FPDF_RenderPageBitmap_Start(*place, pause)
        pdfium_c.FPDF_RenderPage_Close(page)
        if status == pdfium_c.FPDF_RENDER_TOBECONTINUED:
            clock.check()
        if status != pdfium_c.FPDF_RENDER_DONE:
            raise Refused(UNREADABLE, "已损坏，无法显示")
        if forms is not None:
            pdfium_c.FPDF_FFLDraw(forms, *place)
        return np.array(bitmap.to_numpy(), dtype=np.uint8)
    finally:
        bitmap.close()


def _open_plumber(data: bytes) -> PDF | None:
    try:
        return pdfplumber.open(io.BytesIO(data))
    except Exception:  # noqa: BLE001 - pdfminer raises anything; pdfium has read the file
        return None


def _lines(plumber: PDF | None, index: int, image: Image) -> tuple[Line, ...]:
    """The text layer's lines; none, so that the pixels are read, where it cannot be believed."""
    if plumber is None:
        return ()
    try:
        page = plumber.pages[index]
        lines = read_text_layer(page, image)
        page.close()
    except Exception:  # noqa: BLE001 - pdfminer raises anything; the pixels are there
        return ()
    return lines
