"""Telephone numbers, postcodes, bank card numbers. Source: domain.md 3.7, 2.5."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from stdnum import luhn

from pipeline.reference.text import is_digits, plain_dashes, squeeze

_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_LANDLINE = re.compile(r"(?:0\d{2,3})?[2-8]\d{6,7}(?:-\d{1,6})?", re.ASCII)


def clean_phone(text: str) -> str:
    """Digits of a telephone number, without +86, brackets and dashes."""
    digits = re.sub(r"[-().]", "", plain_dashes(squeeze(text)))
    return re.sub(r"^(?:\+86|0086|86(?=1\d{10}$))", "", digits)


def is_mobile(text: str) -> bool:
    """Whether this is a mobile number of the mainland. Prefixes are not looked up: new ones are
    given out faster than tables follow."""
    return bool(_MOBILE.fullmatch(clean_phone(text)))


def is_phone(text: str) -> bool:
    """A mobile number, or a landline with or without area code and extension."""
    if is_mobile(text):
        return True
    landline = re.sub(r"[().]", "", plain_dashes(squeeze(text))).removeprefix("+86")
    area, dash, number = landline.partition("-")
    if dash and re.fullmatch(r"0\d{2,3}", area, re.ASCII):
        landline = area + number
    return bool(_LANDLINE.fullmatch(landline))


def is_postcode(text: str) -> bool:
    """Six digits."""
    digits = squeeze(text)
    return len(digits) == 6 and is_digits(digits)


@cache
def _postcodes() -> dict[str, tuple[str, ...]]:
    text = (files("pipeline.reference") / "contact.toml").read_text(encoding="utf-8")
    return {code: tuple(heads) for code, heads in tomllib.loads(text)["postcode"].items()}


def postcode_fits(postcode: str, division: str) -> bool | None:
    """Whether a postcode may be one of the division's prefecture; None where no table says."""
    heads = _postcodes().get(f"{division[:4]}00")
    if heads is None:
        return None
    return squeeze(postcode).startswith(heads)


def is_bank_number(text: str) -> bool:
    """Whether this may be a bank card's number: 16 to 19 digits, Luhn."""
    digits = plain_dashes(squeeze(text)).replace("-", "")
    return 16 <= len(digits) <= 19 and is_digits(digits) and bool(luhn.is_valid(digits))
