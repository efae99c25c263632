"""When two ways of writing a value mean the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pipeline.reference import contact, divisions, ethnicities, names
from pipeline.reference.dates import parse_date
from pipeline.reference.same_number import canonical_number
from pipeline.reference.text import squeeze


def _county(code: str) -> str:
    return divisions.current_code(code) or code


_AS_COMPARED: Mapping[str, Callable[[str], str]] = {
    "name": lambda text: "".join(names.normalise(text).upper().split()),
    "id_number": canonical_number,
    "mobile": contact.clean_phone,
    "office_phone": contact.clean_phone,
    "enrol_division": _county,
    "former_division": _county,
    "archive_division": _county,
    "birth_date": lambda text: parse_date(text) or text,
}
"""Values that are written in several ways, in the form in which they are the same: a country code
before a telephone number, bullets within a name, a county's code of former years."""


def is_same(key: str, one: str, other: str) -> bool:
    """Whether two values of a key mean the same. White space, the width of characters and the
    case of letters never count."""
    if key == "ethnicity" and ethnicities.is_same(one, other):
        return True
    as_compared = _AS_COMPARED.get(key, str.upper)
    return as_compared(squeeze(one)) == as_compared(squeeze(other))
