"""Words of seals among what was read in a cell."""

from __future__ import annotations

import pytest

from extractors.hukou.seals import without_words
from pipeline.layout.piece import pieces_of
from tests.lines import line


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("户口专用章", ""),
        ("中口专用章", ""),  # 户 misread
        ("中日专用章", "中日"),  # two characters off: no more is known of it
        ("专周章", "专周章"),  # too short for one to be misread
        ("无业户口专用章", "无业"),
    ],
)
def test_a_seal_s_words_are_left_out_also_with_one_character_misread(text: str, left: str) -> None:
    (piece,) = pieces_of([line(text)])
    assert "".join(part.text for part in without_words(piece)) == left
