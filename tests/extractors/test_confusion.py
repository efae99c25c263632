"""Which type a paper is taken for: every kind of specimen, and pages of other offices.

The reader is perfect here (tests/reader.py); tests/bench/test_confusion.py asks the real engine.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from extractors import EXTRACTORS
from flows.score import type_of
from pipeline.model import DocumentType, Line
from pipeline.steps import MIN_SCORE
from samples.fonts import Shelf
from samples.layouts import foreign_pages
from samples.persons import make_person
from samples.specimens import RECIPES, Recipe
from tests.lines import line
from tests.reader import draw_lines, read_lines

SHELF = Shelf.bundled()
SEEDS = range(2)
# The printed form is typeset, not written on a canvas: there is nothing to read here.
PAPERS = sorted(RECIPES.keys() - {"printed_form", "unknown"})


def expected(recipe: str) -> str:
    """The document type that a recipe of samples draws."""
    return type_of(RECIPES[recipe].views[0][0])


def claims(lines: Sequence[Line]) -> list[tuple[float, str]]:
    """The types that lay claim to these lines, the surest last."""
    scores = ((e.score(lines) or 0.0, str(kind)) for kind, e in EXTRACTORS.items())
    return sorted(claim for claim in scores if claim[0] >= MIN_SCORE)


@pytest.mark.drawn
@pytest.mark.parametrize("recipe", PAPERS)
def test_paper_gets_its_type_and_no_other(recipe: str) -> None:
    for seed in SEEDS:
        _, faces = draw_lines(RECIPES[recipe], f"confusion/{recipe}/{seed}", SHELF)
        surest = [found[-1][1] for lines in faces if (found := claims(lines))]
        assert set(surest) == {expected(recipe)}, f"seed {seed}: {surest}"


@pytest.mark.drawn
@pytest.mark.parametrize("kind", foreign_pages.kinds())
def test_page_of_another_office_is_no_paper_of_the_guide(kind: str) -> None:
    recipe = Recipe(foreign_pages.drawing(kind), (), make_person)
    for seed in SEEDS:
        drawn, faces = draw_lines(recipe, f"confusion/{kind}/{seed}", SHELF)
        read = read_lines(drawn[0].image, faces[0])
        text = "\n".join(line.text for line in faces[0])
        assert [f.type for f in read] == [DocumentType.UNKNOWN], f"seed {seed}: {text}"


VALUES = {"居住地住址": "广西柳州市柳北区白沙路12号", "签发机关": "柳州市公安局柳北分局"}
VALUES |= {"有效期限": "2026.03.01-2027.03.01"}
PERMIT_SIDES = {
    "its own label among others": (["居住地住址", "签发机关", "有效期限"], ["residence_permit"]),
    "its own label alone": (["居住地住址"], []),
    "what stands on any card": (["签发机关", "有效期限"], []),
    "its note": (["签发机关", "逾期未签注的使用功能中止。"], ["residence_permit"]),
}


@pytest.mark.parametrize(("texts", "told"), PERMIT_SIDES.values(), ids=PERMIT_SIDES.keys())
def test_side_of_a_permit_without_title(texts: list[str], told: list[str]) -> None:
    lines = [
        line(text + " " + VALUES.get(text, ""), 20, 20 + 200 * i) for i, text in enumerate(texts)
    ]
    assert [kind for _, kind in claims(lines)] == told


def test_there_are_many_kinds_of_foreign_pages() -> None:
    assert len(set(foreign_pages.kinds())) == len(foreign_pages.kinds()) >= 30
