"""Masks: what a screen, a report or a notice shows of a personal value.

The rules are those of domain.md 6 (GB/T 35273 7.2: display restriction by de-identification).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from pipeline.finding import value_label


def mask(field: str, value: str) -> str:
    """The value as a screen may show it.

    Fields that are known to identify nobody come back as they are; of a field that neither table
    here names nothing is shown, so that a new one cannot be forgotten. Parts of the request are
    masked as the field that they end with (``proxy.name``).
    """
    name = field.rpartition(".")[2]
    if not value:
        return value
    if name in SHOWN:
        return value if name in _OF_LETTERS else mask_numbers(value)
    return _MASKS.get(name, _hidden)(value)


def shown(field: str, value: str) -> str:
    """The value as people read it: coded ones in Chinese, personal ones masked."""
    return mask(field, value_label(field, value))


def mask_words(text: str, names: Iterable[str]) -> str:
    """Words that people chose, such as a file's name, with these persons' names, and every number
    by which somebody is known, masked."""
    for name in sorted(set(names), key=len, reverse=True):
        if len(name) > 1:
            text = text.replace(name, _name(name))
    return mask_numbers(text)


def mask_case_id(case_id: str) -> str:
    """A case's id for who may not see whose it is. Ids are made of what an inbox's folders are
    called, often by the applicant: each run of Chinese letters is masked as a name, since whose
    name it may be is not known here."""
    return mask_numbers(_HAN.sub(lambda found: _name(found[0]), case_id))


def mask_numbers(text: str) -> str:
    """The text with citizen numbers and mobile telephone numbers masked."""
    return _NUMBERS.sub(lambda found: _ends(3, 4)(found[0]), text)


def is_name(field: str) -> bool:
    """Whether a field holds a person's name."""
    return _MASKS.get(field) is _name


_NUMBERS = re.compile(
    r"(?<![0-9A-Za-z])(?:\d{6}(?:19|20)\d\d(?:0[1-9]|1[0-2])\d{5}[\dXx]|1[3-9]\d{9})(?![0-9A-Za-z])"
)
_HAN = re.compile("[\u00b7\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]{2,}")
_OF_LETTERS = frozenset({"uscc", "letter_number"})
"""Numbers of offices and letters, which may look like a person's."""


def _hidden(_: str) -> str:
    return "***"


def mask_identity(document_type: str | None, number: str) -> str:
    """The number by which somebody is identified: a pass's or passport's by its own rule."""
    return mask(_NUMBER_OF.get(document_type or "", "id_number"), number)


_NUMBER_OF = {
    "hk_macao_travel_permit": "permit_number",
    "taiwan_travel_permit": "permit_number",
    "passport": "passport_number",
}


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
    "card_number": _ends(0, 4),
    "mobile": _ends(3, 4),
    "guardian_phone": _ends(3, 4),
    "proxy_phone": _ends(3, 4),
    "office_phone": _ends(3, 4),
    "birth_date": _date,
    "old_birth_date": _date,
    "new_birth_date": _date,
    "address": _address,
    "current_address": _address,
    "delivery_address": _address,
    "birth_place": _address,
    "native_place": _address,
    "other_address_in_city": _address,
    "move_in_from_city": _address,
    "move_in_to_address": _address,
    "household_number": _ends(1, 2),
}
"""What is kept of each personal field (domain.md 6). What is personal and not worth a part of it is
in neither table: religion, employer, what a change of any kind was from and to."""

SHOWN = frozenset({
    # Of the paper, not of its holder. A finding without a field measures a scan or a photo.
    "", "accepted_on", "addressee", "expiry_date", "group", "issue_count", "issue_date",
    "issue_place", "issuing_authority", "letter_number", "registration_date", "signature", "uscc",
    "valid_from", "valid_to", "valid_until", "validity_days",
    # What a clerk decides by, and what many share.
    "arrival_date", "category", "date", "departure_date", "education", "end_date", "ethnicity",
    "grade", "household_type", "marital_status", "nationality", "new_ethnicity", "new_sex",
    "occupation", "old_ethnicity", "old_sex", "postcode", "relation_to_head", "sex", "start_date",
    # Codes and choices of the application.
    "archive", "archive_direction", "archive_holder", "card_applied_before", "changes", "channel",
    "delivery", "employment", "enrol_division", "enrol_place", "flex_type", "id_type",
    "insured_medical",
    "insured_pension", "is_student", "matters", "proxy", "special_groups", "verified",
})  # fmt: skip
"""Fields whose values identify nobody and are shown whole."""
