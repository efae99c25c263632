"""The measures of a scan's quality, on papers drawn with their lines: what is wrong is told, and
nothing is told of a sound one. How well on many more: tests/bench/test_quality.py."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from random import Random

import cv2
import numpy as np
import pytest

from pipeline.image import RED_FULL, redness
from pipeline.model import (
    DocumentType,
    Face,
    Image,
    Line,
    Page,
    Quad,
    Quality,
    Reading,
    Sheet,
    Source,
)
from pipeline.quality import DAZZLED, quality_of_picture, settle_copies, with_quality
from pipeline.quality.limits import limits
from samples import damage
from samples.draw import Canvas, Ink, Kit
from samples.fonts import Shelf
from samples.specimens import RECIPES
from tests.reader import line_of

pytestmark = pytest.mark.drawn

SOURCE = Source("a.jpg", 1, "0" * 64)
KINDS = {
    "id_card": DocumentType.ID_CARD,
    "hukou": DocumentType.HUKOU,
    "disability_gen3": DocumentType.DISABILITY_CERTIFICATE,
    "residence_permit": DocumentType.RESIDENCE_PERMIT,
    "civil_affairs_proof": DocumentType.CIVIL_AFFAIRS_PROOF,
}


class _Written(Canvas):
    """A canvas that keeps where its text stands."""

    def __init__(self, width: float, height: float, rng: Random, paper: tuple[int, int, int]):
        super().__init__(width, height, rng, paper)
        self.lines: list[Line] = []

    def write(
        self, x: float, y: float, text: str, size: float, ink: Ink, track: float = 0.0
    ) -> float:
        line = line_of(self, x, y, text, size, ink, track)
        if line is not None:
            self.lines.append(line)
        return super().write(x, y, text, size, ink, track)


class _WritingKit(Kit):
    def __init__(self, rng: Random, shelf: Shelf):
        super().__init__(rng, shelf)
        self.canvases: list[_Written] = []

    def canvas(
        self, width: float, height: float, paper: tuple[int, int, int] = (255, 255, 255)
    ) -> Canvas:
        self.canvases.append(_Written(width, height, self.rng, paper))
        return self.canvases[-1]


@cache
def drawn(kind: str) -> Sheet:
    """The first face of a paper as a scanner sees it, with its lines."""
    rng = Random(f"quality/{kind}")
    kit = _WritingKit(rng, Shelf.bundled())
    image = RECIPES[kind].draw(RECIPES[kind].person(rng), kit)[0].image
    grain = np.random.default_rng(1).normal(0, 1.5, image.shape)
    scan = np.clip(image.astype(np.float32) * 0.86 + grain, 0, 255).astype(np.uint8)
    return sheet(scan, kit.canvases[0].lines)


def sheet(image: Image, lines: list[Line] | tuple[Line, ...]) -> Sheet:
    return Sheet(image, SOURCE, 0, np.eye(3), tuple(lines))


def face(kind: DocumentType, fields: dict[str, Reading] | None = None, **marks: str) -> Face:
    return Face(
        type=kind,
        face="page",
        score=1.0,
        page=drawn("id_card").ref,
        fields=fields or {},
        marks=marks,
    )


def measured(paper: Sheet, kind: DocumentType, **marks: str) -> Quality:
    (seen,) = with_quality([face(kind, {}, **marks)], paper, Page(paper.image, SOURCE))
    return seen.quality


def wrong(quality: Quality) -> set[str]:
    """What is wrong with the scan."""
    said = {
        "blur": quality.blur is not None and quality.blur > limits().blur.limit,
        "glare": bool(quality.glare),
        "screen": bool(quality.screen),
        "cut": bool(quality.cut),
        "copy": bool(quality.copy_),
    }
    return {name for name, is_so in said.items() if is_so}


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_said_of_a_sound_scan(kind: str) -> None:
    assert wrong(measured(drawn(kind), KINDS[kind])) == set()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("what", ["blur", "glare", "screen"])
def test_what_is_wrong_is_told_and_nothing_else(kind: str, what: str) -> None:
    spoil = {"blur": damage.blur, "glare": damage.glare, "screen": damage.screen}[what]
    paper = drawn(kind)
    if (kind, what) == ("civil_affairs_proof", "glare"):
        paper = upper_half(paper)
    spoilt = replace(paper, image=spoil(paper.image, Random(7)))
    assert what in wrong(measured(spoilt, KINDS[kind]))
    if what != "blur":
        assert wrong(measured(spoilt, KINDS[kind])) == {what}


def upper_half(paper: Sheet) -> Sheet:
    height = paper.image.shape[0] // 2
    return sheet(paper.image[:height], [li for li in paper.lines if li.quad[3][1] < height])


def test_lamps_image_on_blank_paper_hides_nothing() -> None:
    letter = drawn("civil_affairs_proof")
    blank = np.full_like(letter.image, int(np.median(letter.image)))
    long = np.vstack([letter.image, blank, blank])
    lit = replace(letter, image=damage.glare(long, Random(7)))
    assert wrong(measured(lit, DocumentType.CIVIL_AFFAIRS_PROOF)) == set()


def cut(paper: Sheet, side: str) -> Sheet:
    """A quarter of the paper gone, with the lines that stood there."""
    height, width = paper.image.shape[:2]
    x0, y0 = (width // 4 if side == "left" else 0), (height // 4 if side == "top" else 0)
    x1, y1 = (
        width - (width // 4 if side == "right" else 0),
        height - (height // 4 if side == "bottom" else 0),
    )
    lines = []
    for line in paper.lines:
        quad = np.clip(np.array(line.quad), (x0, y0), (x1, y1)) - (x0, y0)
        if np.ptp(quad, axis=0).min() > 8:
            (a, b, c, d) = quad.tolist()
            corners: Quad = (tuple(a), tuple(b), tuple(c), tuple(d))
            lines.append(replace(line, quad=corners))
    return sheet(np.ascontiguousarray(paper.image[y0:y1, x0:x1]), lines)


@pytest.mark.parametrize("kind", ["id_card", "residence_permit", "hukou"])
@pytest.mark.parametrize("side", ["left", "right", "top", "bottom"])
def test_half_a_paper_is_told(kind: str, side: str) -> None:
    assert wrong(measured(cut(drawn(kind), side), KINDS[kind])) == {"cut"}


def on_its_own_colour(paper: Sheet, edge: int) -> Quality:
    """The quality of a card on a table of its own colour, with edges ``edge`` pixels broad, whose
    sheet goes to the picture's rim at two sides."""
    height, width = paper.image.shape[:2]
    x, y = width // 14, (round(width * 8 / 7 * 0.75) - height) // 2
    image = cv2.copyMakeBorder(paper.image, y, y, x, x, cv2.BORDER_REPLICATE)
    if edge:
        cv2.rectangle(image, (x, y), (x + width, y + height), (90, 90, 90), edge)
    moved = []
    for line in paper.lines:
        (a, b, c, d) = ((u + x, v + y) for u, v in line.quad)
        moved.append(replace(line, quad=(a, b, c, d)))
    scan = np.asarray(image, np.uint8)
    inner = sheet(np.ascontiguousarray(scan[: -y // 2, : -x // 2]), moved)
    (seen,) = with_quality([face(DocumentType.ID_CARD)], inner, Page(scan, SOURCE))
    return seen.quality


def test_card_with_edges_on_a_table_of_its_own_colour_is_not_cut() -> None:
    paper = drawn("id_card")
    assert wrong(on_its_own_colour(paper, edge=0)) == {"cut"}
    assert wrong(on_its_own_colour(paper, edge=5)) == set()


def test_letter_is_cut_where_its_lines_run_out() -> None:
    letter = drawn("civil_affairs_proof")
    left = min(line.quad[0][0] for line in letter.lines)
    inner = np.ascontiguousarray(letter.image[:, int(left) + 20 :])
    moved = []
    for line in letter.lines:
        (a, b, c, d) = ((max(0.0, x - left - 20), y) for x, y in line.quad)
        moved.append(replace(line, quad=(a, b, c, d)))
    assert measured(sheet(inner, moved), KINDS["civil_affairs_proof"]).cut


def grey(image: Image) -> Image:
    return np.dstack([cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)] * 3)


def stamped(image: Image) -> Image:
    """与原件一致 in red, as offices stamp copies."""
    out = image.copy()
    cv2.rectangle(out, (700, 60), (940, 120), (60, 50, 205), 4)
    cv2.putText(out, "COPY", (720, 108), cv2.FONT_HERSHEY_SIMPLEX, 1.5, (60, 50, 205), 5)
    return out


@pytest.mark.parametrize("kind", ["id_card", "hukou", "disability_gen3", "residence_permit"])
def test_grey_scan_of_a_coloured_paper_is_a_copy_even_when_stamped(kind: str) -> None:
    paper = drawn(kind)
    copied = grey(paper.image)
    assert measured(replace(paper, image=copied), KINDS[kind]).copy_ is True
    assert measured(replace(paper, image=copied[..., 0]), KINDS[kind]).copy_ is True
    assert measured(replace(paper, image=stamped(copied)), KINDS[kind]).copy_ is True
    assert measured(paper, KINDS[kind]).copy_ is False


def test_black_and_white_letter_is_not_known_to_be_a_copy() -> None:
    letter = drawn("civil_affairs_proof")
    copied = replace(letter, image=grey(letter.image))
    kind = DocumentType.CIVIL_AFFAIRS_PROOF
    assert measured(copied, DocumentType.PROXY_UNDERTAKING).copy_ is None
    assert measured(copied, kind, seal="no").copy_ is None
    assert measured(copied, kind, seal="unsure").copy_ is True
    assert measured(letter, kind, seal="yes").copy_ is False


def test_red_seals_on_a_booklets_grey_page_leave_it_open() -> None:
    paper = drawn("hukou")
    red = redness(paper.image) > RED_FULL
    faded = np.where(cv2.dilate(red.astype(np.uint8), np.ones((5, 5)))[..., None] > 0, 1, 0)
    page = (paper.image * faded + grey(paper.image) * (1 - faded)).astype(np.uint8)
    assert measured(replace(paper, image=page), DocumentType.HUKOU).copy_ is not True


def test_lamps_cast_over_a_grey_copy_does_not_make_it_an_original() -> None:
    paper = drawn("id_card")
    warm = (grey(paper.image) * np.array([0.85, 0.97, 1.0])).astype(np.uint8)
    assert measured(replace(paper, image=warm), DocumentType.ID_CARD).copy_ is not False


def test_both_sides_of_a_card_in_colour_on_one_page_may_be_a_copy() -> None:
    front = face(DocumentType.ID_CARD).model_copy(
        update={"face": "portrait", "quality": Quality(copy_=False)}
    )
    back = front.model_copy(update={"face": "emblem"})
    assert [f.quality.copy_ for f in settle_copies([front, back])] == [None, None]
    assert [f.quality.copy_ for f in settle_copies([front])] == [False]


def test_reading_under_a_lamps_image_is_doubted() -> None:
    paper = drawn("id_card")
    spoilt = replace(paper, image=damage.glare(paper.image, Random(7)))
    height = paper.image.shape[0]
    burnt = np.argwhere((spoilt.image.min(axis=2) == 255) & (paper.image.min(axis=2) < 240))
    y, x = (float(v) for v in np.median(burnt, axis=0))

    def reading(x: float, y: float) -> Reading:
        box: Quad = ((x - 40, y - 12), (x + 40, y - 12), (x + 40, y + 12), (x - 40, y + 12))
        return Reading(value="v", raw="v", confidence=0.99, box=box)

    fields = {"name": reading(x, y), "address": reading(50, height - 20)}
    (seen,) = with_quality([face(DocumentType.ID_CARD, fields)], spoilt, Page(spoilt.image, SOURCE))
    assert seen.fields["name"].doubts == (DAZZLED,)
    assert seen.fields["address"].doubts == ()


def test_page_with_a_text_layer_is_not_measured() -> None:
    paper = drawn("id_card")
    born = Page(paper.image, SOURCE, lines=paper.lines)
    (seen,) = with_quality([face(DocumentType.ID_CARD)], paper, born)
    assert seen.quality == Quality()


def test_picture_without_readable_text() -> None:
    paper = drawn("hukou").image
    far_off = cv2.GaussianBlur(paper, (0, 0), 12).astype(np.uint8)
    sharp, smeared = quality_of_picture(paper).blur, quality_of_picture(far_off).blur
    assert sharp is not None and sharp <= limits().blur.limit
    assert smeared is not None and smeared > limits().blur.limit
    assert quality_of_picture(np.full((600, 800, 3), 250, np.uint8)).blur is None
