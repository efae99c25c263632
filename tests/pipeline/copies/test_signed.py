"""Signatures beside the papers on a copier's page: drawn with strokes, read by an engine that says
what it is told to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.copies.signed import find_signature_beside, with_signature_beside
from pipeline.evidence.evidence import outline_of
from pipeline.image import turn, turn_matrix
from pipeline.model import DocumentType, Face, Image, Line, Page, Quad, Quality, Sheet, Source
from tests.lines import line

SOURCE = Source("a.jpg", 1, "0" * 64)
INK = (30, 30, 30)
CARD = (300, 240, 976, 667)
"""Left, top, right, bottom of an ID-1 card on an A4 page of 200 DPI."""


@dataclass
class _Engine:
    """Reads the same words in whatever it is shown."""

    words: str = ""
    fingerprint: str = "words"

    def detect(self, image: Image, long_side_px: int = 960) -> list[Quad]:
        height, width = (float(v) for v in image.shape[:2])
        y0, y1 = 0.35 * height, 0.65 * height
        return [((0.0, y0), (width, y0), (width, y1), (0.0, y1))] if self.words else []

    def recognise(self, image: Image, quads: Sequence[Quad]) -> list[Line]:
        return [Line(self.words, 0.99, quad) for quad in quads]

    def read(self, image: Image, long_side_px: int = 960) -> list[Line]:
        return self.recognise(image, self.detect(image))


def page() -> Image:
    """A copied card on white paper, with specks, a streak and a dark edge."""
    image = np.full((2339, 1654, 3), 249, np.uint8)
    left, top, right, bottom = CARD
    image[top:bottom, left:right] = 215
    for y in range(top + 60, bottom - 40, 70):
        cv2.putText(
            image, "XHMB 4501", (left + 40, y), cv2.FONT_HERSHEY_SIMPLEX, 1, (30, 30, 30), 3
        )
    image[:, :50] = 120
    image[:, 1200:1203] = 150
    rng = np.random.default_rng(3)
    for x, y in rng.integers(60, 1500, (80, 2)):
        image[y : y + 2, x : x + 2] = 90
    return image


def signed(image: Image, x: int = 900, y: int = 1900) -> Image:
    """A name signed in blue-black, 60 px (8 mm) high."""
    out = image.copy()
    points = [(0, 0), (40, 50), (10, 60), (60, 5), (90, 60), (120, 10), (150, 55), (260, 20)]
    strokes = np.array([(x + a, y + b) for a, b in points], np.int32)
    cv2.polylines(out, [strokes], False, (90, 40, 30), 5)
    cv2.line(out, (x + 20, y + 30), (x + 200, y + 34), (90, 40, 30), 4)
    return out


def stamped(image: Image, colour: tuple[int, int, int]) -> Image:
    """Words in a frame, as offices stamp copies."""
    out = image.copy()
    cv2.rectangle(out, (820, 1400), (1180, 1490), colour, 4)
    cv2.putText(out, "WORDS", (850, 1465), cv2.FONT_HERSHEY_SIMPLEX, 1.9, colour, 5)
    return out


def card(image: Image) -> Sheet:
    left, top, right, bottom = CARD
    to_page = np.array([[1, 0, left], [0, 1, top], [0, 0, 1]], np.float64)
    lines = tuple(line("公民身份号码", 40, y) for y in (30.0, 120.0, 210.0, 330.0))
    return Sheet(image[top:bottom, left:right], SOURCE, 0, to_page, lines)


def state(image: Image, words: str = "") -> str | None:
    return find_signature_beside(Page(image, SOURCE), [card(image)], _Engine(words))


def test_signature_on_the_blank_part_is_seen() -> None:
    assert state(signed(page())) == "yes"
    assert state(signed(page()), "何超") == "yes"
    assert state(cv2.cvtColor(signed(page()), cv2.COLOR_BGR2GRAY).astype(np.uint8)) == "yes"


def test_specks_streaks_and_dark_edges_are_no_signature() -> None:
    assert state(page()) == "no"


def test_the_offices_own_words_are_no_signature() -> None:
    blue, red = (150, 50, 36), (50, 40, 200)
    assert state(stamped(page(), blue), "与原件一致") == "no"
    assert state(stamped(page(), red), "与原件一致") == "no"
    assert state(signed(stamped(page(), red)), "何超") == "yes"


def test_small_ink_that_may_be_print_is_unsure() -> None:
    image = page()
    cv2.putText(image, "nnnn nnnn", (820, 1465), cv2.FONT_HERSHEY_SIMPLEX, 1.4, INK, 4)
    assert state(image) == "unsure"


def test_signature_within_a_copys_sheet_is_seen_above_and_below_the_card() -> None:
    image = signed(page(), 420, 860)
    left, top, right, _ = CARD
    whole = card(image)
    name = line("何超", 120, 620)
    tall = Sheet(image[top : top + 740, left:right], SOURCE, 0, whole.to_page, (*whole.lines, name))
    assert find_signature_beside(Page(image, SOURCE), [tall], _Engine("何超")) == "yes"


def test_signature_that_was_read_as_nothing_is_seen_below_its_card() -> None:
    """It made the card's sheet too tall, and stands on none of its lines."""
    image = signed(page(), 420, 860)
    left, top, right, _ = CARD
    close = tuple(line("公民身份号码", 40, y) for y in range(30, 380, 50))
    to_page = card(image).to_page
    tall = Sheet(image[top : top + 740, left:right], SOURCE, 0, to_page, close)
    found = face(image, None).model_copy(update={"outline": outline_of(tall)})
    (told,) = with_signature_beside([found], Page(image, SOURCE), [tall], _Engine("何超"))
    assert told.marks["signature"] == "yes"
    booklet = found.model_copy(update={"type": DocumentType.HUKOU})  # of any height
    (told,) = with_signature_beside([booklet], Page(image, SOURCE), [tall], _Engine("何超"))
    assert told.marks["signature"] != "yes"


def grown(image: Image, text: str) -> Sheet:
    """A sheet that grew below and to the side of its card, so that it has a card's shape again."""
    left, top, right, _ = CARD
    whole = card(image)
    added = line(text, 640, 620)
    pixels = image[top : top + 740, left : right + 480]
    return Sheet(pixels, SOURCE, 0, whole.to_page, (*whole.lines, added))


def test_signature_within_a_sheet_of_a_cards_shape_but_not_its_size_is_seen() -> None:
    image = signed(page(), 940, 860)
    found = find_signature_beside(Page(image, SOURCE), [grown(image, "何超")], _Engine("何超"))
    assert found == "yes"


def test_a_cards_own_number_far_below_its_other_lines_is_no_signature() -> None:
    """A copy made larger: its number stands off the other lines, as it does on the card."""
    image = page()
    cv2.putText(image, "45010", (940, 900), cv2.FONT_HERSHEY_SIMPLEX, 2.2, INK, 5)
    sheet = grown(image, "450103199408230021")
    assert find_signature_beside(Page(image, SOURCE), [sheet], _Engine()) == "no"


def test_signature_across_the_card_itself_is_unsure() -> None:
    assert state(signed(page(), 420, 420)) == "unsure"
    assert state(page()) == "no"


def test_page_turned_on_its_side_is_looked_at_upright() -> None:
    image = signed(page())
    scan = turn(image, 90)
    upright = card(image)
    lying = Sheet(upright.image, SOURCE, 270, upright.to_page, upright.lines)
    assert turn_matrix((scan.shape[1], scan.shape[0]), 270).shape == (3, 3)
    assert find_signature_beside(Page(scan, SOURCE), [lying], _Engine()) == "yes"


def test_page_without_blank_white_paper_tells_nothing() -> None:
    table = (signed(page()) * 0.6).astype(np.uint8)
    assert state(table) is None
    full = page()
    height, width = full.shape[:2]
    letter = Sheet(full, SOURCE, 0, np.eye(3), (line("证明", 200, 200),))
    assert height > width
    assert find_signature_beside(Page(full, SOURCE), [letter], _Engine()) is None


def face(image: Image, copy: bool | None, kind: DocumentType = DocumentType.ID_CARD) -> Face:
    sheet = card(image)
    quality = Quality(copy_=copy)
    return Face(
        type=kind,
        face="portrait",
        score=1.0,
        page=sheet.ref,
        outline=outline_of(sheet),
        quality=quality,
    )


def test_only_what_may_be_a_copy_gets_the_mark() -> None:
    image = signed(page())
    scan, sheets = Page(image, SOURCE), [card(image)]

    def marked(taken: Face) -> str | None:
        (seen,) = with_signature_beside([taken], scan, sheets, _Engine())
        return seen.marks.get("signature")

    assert marked(face(image, True)) == "yes"
    assert marked(face(image, None)) == "yes"
    assert marked(face(image, False)) is None
    assert marked(face(image, None, DocumentType.APPLICATION_FORM)) is None
