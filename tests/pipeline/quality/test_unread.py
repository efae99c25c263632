"""Pages that are no paper of the guide: what is said of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest

from pipeline.assemble import assemble
from pipeline.evidence.doubts import reading_findings
from pipeline.model import DocumentType, Image, Line, Page, Quad, Sheet, Source
from pipeline.quality.unread import is_latin, is_mirrored, why_unknown
from pipeline.steps import read_pages
from tests.lines import Paper, line

SOURCE = Source("a.jpg", 1, "0" * 64)


class _Blind:
    """An engine that finds ``count`` lines and can read none."""

    fingerprint = "blind"

    def __init__(self, count: int):
        self.count = count

    def detect(self, image: Image, long_side_px: int = 960) -> list[Quad]:
        return [
            ((50.0, y), (400.0, y), (400.0, y + 20), (50.0, y + 20))
            for y in (60.0 * (i + 1) for i in range(self.count))
        ]

    def recognise(self, image: Image, quads: Sequence[Quad]) -> list[Line]:
        return [Line("", 0.0, quad) for quad in quads]

    def read(self, image: Image, long_side_px: int = 960) -> list[Line]:
        return []


class _Reads(_Blind):
    """An engine that reads the same lines on every page."""

    def __init__(self, lines: Sequence[Line]):
        super().__init__(len(lines))
        self.lines = lines

    def recognise(self, image: Image, quads: Sequence[Quad]) -> list[Line]:
        return [replace(own, quad=q) for own, q in zip(self.lines, quads, strict=False)]

    def read(self, image: Image, long_side_px: int = 960) -> list[Line]:
        return self.recognise(image, self.detect(image))


def paper(written: bool) -> Image:
    image = np.full((1100, 800, 3), 248, np.uint8)
    image[:, :12] = 90  # the scanner's own dark edge
    if written:
        for y in range(80, 700, 60):
            at, ink = (60, y), (0, 0, 0)
            cv2.putText(image, "ilil lili ilil", at, cv2.FONT_HERSHEY_SCRIPT_COMPLEX, 1.4, ink, 2)
    return image


@pytest.mark.parametrize(
    ("written", "lines", "words"),
    [(False, 0, "空白页"), (True, 10, "少数民族文字"), (True, 1, "没有文字")],
)
def test_page_without_readable_text_is_named(written: bool, lines: int, words: str) -> None:
    pages = [Page(paper(written), SOURCE)]
    ((_, faces, _),) = read_pages(pages, _Blind(lines), {})
    (found,) = reading_findings(assemble(faces))
    assert found.rule == "DOC-UNKNOWN"
    assert words in found.message
    assert faces[0].type == DocumentType.UNKNOWN


def test_blurred_page_is_named_so() -> None:
    far_off = cv2.GaussianBlur(paper(True), (0, 0), 9).astype(np.uint8)
    ((_, faces, _),) = read_pages([Page(far_off, SOURCE)], _Blind(0), {})
    assert faces[0].marks["page"] == "blurred"
    assert "模糊" in why_unknown("blurred")


def test_page_in_latin_letters_is_told_from_a_paper_with_a_latin_line() -> None:
    zhuang = [line("Bouxboux ma daengz lajmbwn couh miz cwyouz"), line("cunhyenz caeuq genzli")]
    assert is_latin(zhuang)
    assert not is_latin([*zhuang, line("中华人民共和国居民身份证广西壮族自治区")])
    assert not is_latin([line("ABC")])
    assert not is_latin([])


def test_nothing_is_added_where_nothing_is_known() -> None:
    assert why_unknown(None) == "" == why_unknown("nonsense")
    assert why_unknown("latin").startswith("（")


def _backwards() -> Sheet:
    """A sheet that is read poorly as it lies."""
    paper = Paper()
    for row in range(5):
        paper.write("文岷卦市太百", 60, 60 + 80 * row, score=0.7)
    return paper.sheet()


@pytest.mark.parametrize(("score", "mirrored"), [(0.99, True), (0.75, False)])
def test_mirror_image_is_told_by_reading_it_in_the_mirror(score: float, mirrored: bool) -> None:
    seen: list[Quad] = []

    def recognise(image: Image, quads: Sequence[Quad]) -> list[Line]:
        seen.extend(quads)
        return [Line("广西百色市", score, quad) for quad in quads]

    assert is_mirrored(_backwards(), recognise) is mirrored
    assert seen[0][:2] == ((759.0, 60.0), (939.0, 60.0))


def test_print_that_reads_well_is_not_looked_at_in_the_mirror() -> None:
    paper = Paper()
    for row in range(5):
        paper.write("广西百色市右江区", 60, 60 + 80 * row)
    assert not is_mirrored(paper.sheet(), lambda image, quads: pytest.fail("read again"))


@pytest.mark.parametrize(
    ("page", "rule", "words"),
    [
        ("titles", "DOC-TITLE", "印有不止一种材料的标题：居民身份证、机动车驾驶证"),
        ("title", "DOC-TITLE", "标题与栏目不符"),
        ("foreign", "DOC-UNKNOWN", "其他材料：居民身份证、机动车驾驶证"),
    ],
)
def test_page_is_named_by_the_titles_that_were_read(page: str, rule: str, words: str) -> None:
    marks = {"page": page, "titles": "居民身份证、机动车驾驶证"}
    lines = [line("广西百色市右江区", y=60.0 * row) for row in range(6)]
    pages = [Page(paper(True), SOURCE)]
    ((_, faces, _),) = read_pages(pages, _Reads(lines), {}, titles=lambda _: marks)
    (found,) = reading_findings(assemble(faces))
    assert found.rule == rule
    assert words in found.message
    assert "分开" in found.hint or rule == "DOC-UNKNOWN"
