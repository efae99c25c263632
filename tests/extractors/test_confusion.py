"""Which type a paper is taken for: every kind of specimen among all extractors."""

from __future__ import annotations

import pytest

from pipeline.model import DocumentType
from samples.fonts import Shelf
from samples.specimens import RECIPES
from tests.reader import read_drawn

SHELF = Shelf.bundled()


def expected(recipe: str) -> str:
    """The document type that a recipe of samples draws."""
    name = recipe.removesuffix("_worded")
    return "disability_certificate" if name.startswith("disability") else name


# The printed form is typeset, not written on a canvas: there is nothing to read here.
@pytest.mark.parametrize("recipe", sorted(RECIPES.keys() - {"printed_form"}))
def test_paper_gets_its_type_and_no_other(recipe: str) -> None:
    read = read_drawn(recipe, f"confusion/{recipe}/0", SHELF)
    assert set(read.types) - {DocumentType.UNKNOWN} <= {expected(recipe)}
    assert expected(recipe) in read.types
