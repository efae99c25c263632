"""What values of the lodging registration form look like."""

from __future__ import annotations

import re
from collections.abc import Mapping

from extractors.labelled.grammar import MISFIT, Grammar, address, name
from extractors.letters.grammar import open_date
from pipeline.evidence.evidence import Value
from pipeline.reference import countries

MAYBE_LETTER = "首位可能是字母（B、O、I、S、Z）"


def latin(text: str) -> Value:
    """A name in Latin letters, in capitals as passports print it."""
    value = " ".join(text.replace(",", ", ").split()).strip(" .")
    fits = re.fullmatch(r"[A-Z][A-Z' ,-]*", value) is not None
    return Value(value, () if fits else ("英文姓名中有不应有的字符",))


def country(text: str) -> Value:
    """A nationality as its three-letter code; printed in Chinese, as code, or both."""
    found = countries.find(text)
    return Value(text, ("不是已知的国家或地区",)) if found is None else Value(found.code, (), True)


def either_sex(text: str) -> Value:
    """男 or 女, with or without the English letter, or that letter alone."""
    found = {c for c in text if c in "男女"}
    letter = re.sub(r"[^A-Z]", "", text.upper())
    if not found and letter in ("M", "F"):
        # A small m may be what is left of the label's translation.
        return Value("男" if letter == "M" else "女", () if text == letter else (MISFIT,), True)
    if len(found) != 1:
        return Value(text, (MISFIT,))
    value = found.pop()
    clash = letter in ("M", "F") and letter != ("M" if value == "男" else "F")
    return Value(value, (MISFIT,) if clash else (), True)


def certificate(text: str) -> Value:
    """A passport's, permit's or permanent residence card's number."""
    value = re.sub(r"[^A-Z0-9]", "", text.upper())
    fits = re.fullmatch(r"[A-Z]{0,3}\d{6,10}|[A-Z]{3}\d{12}|9\d{16}[\dX]", value)
    if fits is None or value != text.upper():
        return Value(value or text, (MISFIT,))
    # Nearly all passports of eight characters begin with a letter, which may be read as a digit.
    return Value(value, (MAYBE_LETTER,) if re.fullmatch(r"[80152]\d{7}", value) else ())


LODGING: Mapping[str, Grammar] = {
    "surname": latin,
    "given_name": latin,
    "name": latin,
    "chinese_name": name,
    "sex": either_sex,
    "birth_date": open_date,
    "nationality": country,
    "certificate_number": certificate,
    "address": address,
    "arrival_date": open_date,
    "departure_date": open_date,
    "issue_date": open_date,
}
"""Grammars of the lodging registration form, by field."""
