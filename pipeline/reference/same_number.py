"""Numbers of one person on two papers, in one form."""

from __future__ import annotations

from functools import lru_cache

from pipeline.reference import disability, idnumber


@lru_cache(maxsize=256)
def canonical_number(text: str) -> str:
    """A number in the form in which two papers can be compared: 15 digits upgraded, the first 18
    characters of a disability certificate's."""
    cleaned = disability.clean(text)
    if len(cleaned) in (20, 22):
        return cleaned[:18]
    try:
        return idnumber.parse(text).number
    except idnumber.InvalidIdNumber:
        return idnumber.clean(text).upper()
