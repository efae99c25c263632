"""Pages that are no paper of the guide: what can be said of them. Pure but for the engine.

An empty page, a picture without text, a page in a script that the engine does not read, a page in
Latin letters (Zhuang is written so, and foreign papers are), a mirror image: each is named as such.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mean

import numpy as np

from pipeline.contracts import OcrEngine, Recogniser
from pipeline.finding import page_label
from pipeline.image import grey_of, shrink
from pipeline.model import DocumentType, Face, Image, Line, Page, PageRef, Quad, Quality, Sheet
from pipeline.quality import quality_of_picture
from pipeline.quality.limits import limits
from pipeline.reference.names import is_han

UNREAD_LINES = 4
"""Lines that were found on a page and could not be read, from which it is a text."""
LATIN_LETTERS = 40
"""Letters from which a page is a text in Latin letters, where nearly all are."""
LATIN_SHARE = 0.9
MIRROR_LINES = (4, 10)
"""Lines of a sheet that are read in the mirror: at least, and at most."""
MIRROR_SCORES = (0.88, 0.94)
"""Mean score of lines read backwards, at most; and of the same lines in the mirror, at least."""
INKED_SHARE = 0.0008
"""Share of a page that is ink, from which it is not empty: a line of a few characters on A4."""
INK_DARK = 60
"""Grey levels below the paper from which a pixel is ink."""
UNREAD_RIM = 0.06
"""Part of each side that is left out: scanners leave dark edges."""


def unread_face(page: Page, engine: OcrEngine) -> Face:
    """The face of a page on which no text could be read, with ``marks["page"]`` saying why."""
    source = page.source
    quality = quality_of_picture(page.image)
    return Face(
        type=DocumentType.UNKNOWN,
        face="page",
        score=1.0,
        page=PageRef(file=source.file, page=source.page, sha256=source.sha256),
        marks={"page": _state(page.image, quality, engine)},
        quality=quality,
    )


def _state(image: Image, quality: Quality, engine: OcrEngine) -> str:
    if is_empty(image):
        return "empty"
    if quality.blur is not None and quality.blur > limits().blur.limit:
        return "blurred"
    return "unread" if len(engine.detect(shrink(image, 960)[0])) >= UNREAD_LINES else "picture"


def is_empty(image: Image) -> bool:
    """Whether hardly anything is darker than the paper, specks left out."""
    grey = grey_of(shrink(image, 800)[0])
    height, width = grey.shape
    dy, dx = round(UNREAD_RIM * height), round(UNREAD_RIM * width)
    inner = grey[dy : height - dy, dx : width - dx].astype(np.int16)
    if inner.size == 0:
        return True
    return float(np.mean(inner < np.median(inner) - INK_DARK)) < INKED_SHARE


def is_latin(lines: Sequence[Line]) -> bool:
    """Whether a text is written in Latin letters throughout."""
    text = "".join(line.text for line in lines)
    latin = sum(c.isascii() and c.isalpha() for c in text)
    return latin >= LATIN_LETTERS and latin >= LATIN_SHARE * (latin + sum(map(is_han, text)))


def is_mirrored(sheet: Sheet, recognise: Recogniser) -> bool:
    """Whether the print runs from right to left: a camera's own picture, or a transparent copy."""
    lines = sorted(sheet.lines, key=lambda line: -len(line.text))[: MIRROR_LINES[1]]
    if len(lines) < MIRROR_LINES[0] or mean(line.score for line in lines) > MIRROR_SCORES[0]:
        return False
    edge = sheet.image.shape[1] - 1.0
    turned = np.ascontiguousarray(sheet.image[:, ::-1])
    again = recognise(turned, [_mirrored(line.quad, edge) for line in lines])
    return mean(line.score for line in again) >= MIRROR_SCORES[1]


def _mirrored(quad: Quad, edge: float) -> Quad:
    a, b, c, d = ((edge - x, y) for x, y in quad)
    return (b, a, d, c)


def why_unknown(state: str | None, titles: str = "") -> str:
    """What ``marks["page"]`` says, with the titles that it is about, in brackets for a message;
    nothing where it says nothing."""
    words = page_label(state or "")
    return f"（{words}{'：' if titles else ''}{titles}）" if words else ""
