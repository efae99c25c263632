"""Masks: what a screen, a report or a notice shows of a personal value.

The rules are those of domain.md 6 (GB/T 35273 7.2: display restriction by de-identification).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pipeline.finding import value_label


def mask(field: str, value: str) -> str:
    """The value as a screen may show it; fields that identify nobody come back as they are."""
    if not value:
        return value
    masker = _MASKS.get(field)
    return value if masker is None else masker(value)


def shown(field: str, value: str) -> str:
    """The value as people read it: coded ones in Chinese, personal ones masked."""
    return mask(field, value_label(field, value))


def _name(value: str) -> str:
    if "·" in value:
        return value.split("·")[0][0] + "**"
    if len(value) <= 2:
        return value[0] + "*"
    return value[0] + "*" * (len(value) - 2) + value[-1]


def _ends(first: int, last: int) -> Callable[[str], str]:
    def masked(value: str) -> str:
        hidden = len(value) - first - last
        if hidden <= 0:
            return "*" * len(value)
        return value[:first] + "*" * hidden + (value[-last:] if last else "")

    return masked


def _disability(value: str) -> str:
    """First three digits, category and grade: 450***************44."""
    return value[:3] + "*" * max(0, len(value[:20]) - 5) + value[18:]


def _address(value: str) -> str:
    """To the county, district or city: 广西南宁市青秀区***."""
    end = 0
    for suffix in ("县", "区", "市"):
        end = max(end, value[:18].rfind(suffix) + 1)
    return value[: end or 3] + "***"


def _date(value: str) -> str:
    """The year alone: 1990-**-**."""
    return value[:4] + "".join(c if c == "-" else "*" for c in value[4:])


_MASKS: Mapping[str, Callable[[str], str]] = {
    "name": _name,
    "english_name": _name,
    "head_name": _name,
    "former_name": _name,
    "guardian": _name,
    "proxy_name": _name,
    "applicant_name": _name,
    "chinese_name": _name,
    "surname": _name,
    "given_name": _name,
    "old_name": _name,
    "new_name": _name,
    "id_number": _ends(3, 4),
    "proxy_id_number": _ends(3, 4),
    "applicant_id_number": _ends(3, 4),
    "old_id_number": _ends(3, 4),
    "new_id_number": _ends(3, 4),
    "home_id_number": _ends(1, 2),
    "former_number": _ends(3, 4),
    "mrz": _ends(2, 2),
    "permit_number": _ends(2, 3),
    "passport_number": _ends(2, 3),
    "certificate_number": _disability,
    "social_security_number": _ends(3, 4),
    "bank_card_number": _ends(0, 4),
    "mobile": _ends(3, 4),
    "guardian_phone": _ends(3, 4),
    "proxy_phone": _ends(3, 4),
    "office_phone": _ends(3, 4),
    "birth_date": _date,
    "old_birth_date": _date,
    "new_birth_date": _date,
    "address": _address,
    "current_address": _address,
    "birth_place": _address,
    "native_place": _address,
    "other_address_in_city": _address,
    "move_in_from_city": _address,
    "move_in_to_address": _address,
    "household_number": _ends(1, 2),
}
