"""What is typed into the fields and combs of our own form, read where the form has its places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest

from extractors.application_form.fields import FormFields, Rows
from extractors.application_form.printed import BETWEEN, read_printed
from extractors.application_form.printed.combs import GAPS_PX, MARGIN_PX, TALL_PX
from extractors.application_form.printed.flat import SCALE
from extractors.application_form.printed.geometry import load_form
from pipeline.model import Char, Image, Line, Quad
from samples.draw import DPI, Drawn
from samples.fonts import Shelf
from samples.layouts.printed_form import draw_printed
from samples.persons import make_person
from tests.extractors.application_form.test_office_forms import PaintingKit
from tests.extractors.application_form.test_printed_form import sheet_of

pytestmark = [pytest.mark.drawn, pytest.mark.long]

ASKED: dict[str, Any] = {
    "name": "韦晓芳",
    "id_number": "450103199003079121",
    "mobile": "13800138000",
    "postcode": "530021",
    "matters": ["M6"],
    "enrol_division": "450103",
    "changes": (
        {"item": "mobile", "old": "13900139000", "new": "13800138000"},
        {"item": "postcode", "old": "530021", "new": "530022"},
    ),
    "proxy": {"name": "黄大勇", "id_number": "450103198501019012"},
}


PROXY = (ASKED["proxy"]["name"], ASKED["proxy"]["id_number"])


@dataclass
class Typist:
    """An engine that gives the characters whose middle lies in a quad of the page laid flat, and
    of a comb's strips, which are looked at one comb after another, its number."""

    chars: tuple[tuple[str, float, float, float, float], ...]
    combs: Sequence[str]
    strips: int = 0

    def __call__(self, picture: Image, quads: Sequence[Quad]) -> list[Line]:
        if picture.shape[0] == TALL_PX + 2 * MARGIN_PX:
            self.strips += 1
            text = self.combs[(self.strips - 1) // len(GAPS_PX)]
            n = len(text)
            chars = tuple(Char(c, 0.99, i / n, (i + 1) / n) for i, c in enumerate(text))
            return [Line(text, 0.99, quads[0], chars)]
        return [self._line(quad) for quad in quads]

    def _line(self, quad: Quad) -> Line:
        xs, ys = [x for x, _ in quad], [y for _, y in quad]
        left, right = min(xs), max(xs)
        own = [
            Char(c, score, (a - left) / (right - left), (b - left) / (right - left))
            for c, a, b, y, score in sorted(self.chars, key=lambda c: c[1])
            if left <= (a + b) / 2 <= right and min(ys) <= y <= max(ys)
        ]
        return Line("".join(c.text for c in own), 0.99 if own else 0.0, quad, tuple(own))


def typist(kit: PaintingKit, drawn: Drawn, number: int, misread: Mapping[str, str]) -> Typist:
    """Who reads all that was typed, some combs as something else."""
    dot = 25.4 / DPI * SCALE
    chars = []
    for line in kit.lines_of(drawn):
        (x0, y0), (x1, _), (_, y1), _ = line.quad
        for c in line.chars:
            left, right = ((x0 + f * (x1 - x0)) * dot for f in (c.left, c.right))
            chars.append((c.text, left, right, (y0 + y1) / 2 * dot, c.score))
    form = load_form()
    assert form is not None
    written = {key: value.replace("-", "") for key, value in drawn.fields.items()} | dict(misread)
    combs = [written[c.key] for c in form.page[number].comb if drawn.fields.get(c.key)]
    return Typist(tuple(chars), combs)


def read(number: int, **misread: str) -> tuple[FormFields, Rows]:
    rng = Random("typed")
    kit = PaintingKit(rng, Shelf.bundled())
    drawn = draw_printed(make_person(rng), kit, ASKED, by_hand=False)[number]
    found = read_printed(sheet_of(drawn.image), typist(kit, drawn, number, misread))
    assert found is not None
    return found[1], found[2]


@pytest.fixture(scope="module")
def pages() -> tuple[tuple[FormFields, Rows], ...]:
    return tuple(read(number) for number in (0, 1))


def test_texts_and_combs_are_read(pages: tuple[tuple[FormFields, Rows], ...]) -> None:
    fields = {key: r for page, _ in pages for key, r in page.items()}
    keys = ("name", "id_number", "mobile", "postcode", "enrol_division")
    assert {key: fields[key].value for key in keys} == {key: ASKED[key] for key in keys}
    assert (fields["proxy_name"].value, fields["proxy_id_number"].value) == PROXY
    assert not any(fields[key].doubts for key in keys)


def test_changes_are_told_by_the_row_in_which_they_stand(
    pages: tuple[tuple[FormFields, Rows], ...],
) -> None:
    rows = [{k: r.value for k, r in row.items()} for _, changes in pages for row in changes]
    assert rows == list(ASKED["changes"])
    (whole,) = [page["changes"].value for page, _ in pages if "changes" in page]
    assert whole == "mobile,postcode"


def test_numbers_that_cannot_be_are_doubted() -> None:
    fields, _ = read(0, id_number="450103199003079122", mobile="1380013800", postcode="53002")
    assert fields["id_number"].doubts
    assert BETWEEN in fields["mobile"].doubts and "号码不合规则" in fields["mobile"].doubts
    assert BETWEEN in fields["postcode"].doubts
