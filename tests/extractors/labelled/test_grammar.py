"""What a value of a field looks like."""

from __future__ import annotations

import pytest

from extractors.labelled.grammar import read_value


@pytest.mark.parametrize(
    ("text", "value", "doubted"),
    [("英国", "英国", False), ("英國", "英国", True), ("英围", "英围", True)],
)
def test_nationality_is_a_country_by_its_chinese_name(text: str, value: str, doubted: bool) -> None:
    read = read_value("nationality", text)
    assert (read.value, bool(read.doubts)) == (value, doubted)
