"""A form that names passports is none."""

from __future__ import annotations

import pytest

from extractors import passport
from tests.lines import line

WORDS = ("护照", "国籍/Nationality", "性别/Sex", "出生日期/Date of birth", "护照号码/Passport No.")


@pytest.mark.parametrize(("other", "told"), [("签发日期/Date of issue", True), ("抵达日期", False)])
def test_a_lodging_form_without_its_title_is_no_passport(other: str, told: bool) -> None:
    lines = [line(text, 60, 60 + 90 * i) for i, text in enumerate((*WORDS, other))]
    assert (passport.score(lines) is not None) == told
