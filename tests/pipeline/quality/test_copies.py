"""What two sides in colour on one page leave open; nothing is drawn here."""

from __future__ import annotations

import pytest

from pipeline.model import DocumentType, Face, PageRef, Quality
from pipeline.quality import settle_copies

PAGE = PageRef(file="a.jpg", page=1, sha256="0" * 64)


def side(name: str, copy: bool | None = False, kind: DocumentType = DocumentType.ID_CARD) -> Face:
    quality = Quality(copy_=copy, blur=0.1)
    return Face(type=kind, face=name, score=1.0, page=PAGE, quality=quality)


def copies(*faces: Face) -> list[bool | None]:
    settled = settle_copies(faces)
    assert [f.quality.blur for f in settled] == [0.1] * len(faces)
    return [f.quality.copy_ for f in settled]


def test_both_sides_in_colour_may_be_a_colour_copy() -> None:
    assert copies(side("portrait"), side("emblem")) == [None, None]


def test_one_side_alone_is_what_it_looks_like() -> None:
    assert copies(side("portrait")) == [False]
    assert copies(side("portrait"), side("portrait")) == [False, False]


@pytest.mark.parametrize("other", [True, None])
def test_a_grey_side_stays_a_copy_beside_a_coloured_one(other: bool | None) -> None:
    assert copies(side("portrait", other), side("emblem")) == [other, None]


def test_sides_of_two_kinds_of_card_are_not_one_cards() -> None:
    permit = side("emblem", kind=DocumentType.HMT_RESIDENCE_PERMIT)
    assert copies(side("portrait"), permit) == [False, False]


def test_pages_of_a_booklet_lie_side_by_side_in_the_original() -> None:
    pages = [side(name, kind=DocumentType.HUKOU) for name in ("head", "member")]
    assert copies(*pages) == [False, False]
