"""Numbers of travel permits, passports and foreigners' permanent residence cards.

Source: domain.md 2.7 and 2.8 (the standards behind them are named there).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pipeline.reference import idnumber, mrz
from pipeline.reference.text import plain_dashes, squeeze

Region = Literal["香港", "澳门", "台湾"]

_HK_MACAO = re.compile(r"([HM])(\d{8})(\d{2})?", re.ASCII)
_HK_MACAO_FOREIGN = re.compile(r"([HM])A(\d{7})", re.ASCII)
_TAIWAN = re.compile(r"(\d{8})(?:(\d{2})(?:\(?([A-Z])\)?)?)?", re.ASCII)
_CARD_2017 = re.compile(r"([A-Z]{3})(\d{4})(\d{6})(\d)(\d)", re.ASCII)
_PASSPORT = re.compile(r"[A-Z0-9]{5,9}", re.ASCII)


@dataclass(frozen=True, slots=True, repr=False)
class TravelPermit:
    """``lifetime`` is the part that never changes; ``chinese`` False for a permit of a resident
    who is no Chinese citizen (since 2024-07-10)."""

    number: str
    region: Region
    lifetime: str
    chinese: bool
    issue_count: str | None


@dataclass(frozen=True, slots=True, repr=False)
class ForeignCard:
    """Card of 2017 (15 characters): country, place, birth ``YYMMDD``, sex digit, check.

    ``check_fits`` is a soft sign: the 7-3-1 digit is known from one specimen only.
    """

    number: str
    country: str
    birth: str
    check_fits: bool


def clean(text: str) -> str:
    """Narrow, upper-case, without spaces and dashes."""
    return plain_dashes(squeeze(text)).replace("-", "").upper()


def parse_travel_permit(text: str) -> TravelPermit | None:
    """The permit to the mainland of a Hong Kong, Macao or Taiwan resident; None for anything
    else."""
    number = clean(text)
    if found := _HK_MACAO.fullmatch(number):
        region: Region = "香港" if found[1] == "H" else "澳门"
        return TravelPermit(number, region, found[1] + found[2], True, found[3])
    if found := _HK_MACAO_FOREIGN.fullmatch(number):
        region = "香港" if found[1] == "H" else "澳门"
        return TravelPermit(number, region, number, False, None)
    if found := _TAIWAN.fullmatch(number):
        return TravelPermit(number, "台湾", found[1], True, found[2])
    return None


def parse_foreign_card(text: str) -> ForeignCard | None:
    """The 15-character number of a permanent residence card of 2017; None for anything else.

    An 18-character one (2023) is a citizen-like number: :func:`pipeline.reference.idnumber.parse`.
    """
    number = clean(text)
    found = _CARD_2017.fullmatch(number)
    if found is None:
        return None
    fits = mrz.check_digit(number[:14]) == number[14]
    return ForeignCard(number, found[1], found[3], fits)


def is_new_foreign_card(text: str) -> bool:
    """Whether the number is a permanent residence card's of 2023 (18 characters, first 9)."""
    try:
        return idnumber.parse(text).kind == "foreign"
    except idnumber.InvalidIdNumber:
        return False


def is_passport_number(text: str) -> bool:
    """Whether a passport may have this number (five to nine letters and digits)."""
    number = clean(text)
    return bool(_PASSPORT.fullmatch(number)) and any(c.isdigit() for c in number)


def birth_fits(yymmdd: str, birth: date) -> bool:
    """Whether the two-digit birth date in a number is that of ``birth``."""
    return yymmdd == birth.strftime("%y%m%d")
