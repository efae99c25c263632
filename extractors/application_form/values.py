"""What the answers of a form look like: canonical form, and what speaks against them."""

from __future__ import annotations

from collections.abc import Mapping

from extractors.labelled.grammar import Grammar, read_value
from pipeline.evidence.evidence import Value
from pipeline.finding import type_label
from pipeline.model import IDENTITY_PAPERS
from pipeline.reference import addresses, ethnicities
from pipeline.reference.contact import clean_phone, is_mobile, is_phone, is_postcode
from pipeline.reference.text import squeeze

LIKE: Mapping[str, str] = {
    "proxy_name": "name",
    "proxy_id_number": "id_number",
    "enrol_place": "address",
    "delivery_address": "address",
    "date": "issue_date",
    "accepted_on": "issue_date",
}
"""Keys of a form whose values look like another field's."""
NUMBERS: Mapping[str, str] = {
    "hk_macao_travel_permit": "permit_number",
    "taiwan_travel_permit": "permit_number",
    "passport": "passport_number",
    "foreign_permanent_resident_card": "passport_number",
}
"""What the number of a paper looks like that has no 公民身份号码. A foreigner's card has 15
characters or 18, a passport any number: they are checked on the paper itself."""
_AROUND = ":：_|丨."


def form_value(key: str, text: str) -> Value:
    """The value of an answer as the form asks for it."""
    if key in _GRAMMARS:
        stripped = squeeze(text).strip(_AROUND)
        return _GRAMMARS[key](stripped) if stripped else Value("")
    return read_value(LIKE.get(key, key), text)


def paper_number(paper: str, text: str) -> Value:
    """The number of an identity paper."""
    return read_value(NUMBERS.get(paper, "id_number"), text.upper())


def _mobile(text: str) -> Value:
    value = clean_phone(text)
    return Value(value, () if is_mobile(value) or is_phone(value) else ("电话号码位数不符",))


def _postcode(text: str) -> Value:
    value = squeeze(text)
    return Value(value, () if is_postcode(value) else ("邮政编码应为6位数字",))


def _ethnicity(text: str) -> Value:
    """Canonical: without 族."""
    found = ethnicities.find(text)
    return read_value("ethnicity", text.removesuffix("族") if found else text)


def _place(text: str) -> Value:
    found = addresses.parse_address(text)
    if found.near is not None:
        return Value(text, (f"地名疑为“{found.near.name}”",))
    known = found.code_current is not None
    return Value(text, () if known else ("未找到已知的县（市、区）",), known)


def _id_type(text: str) -> Value:
    """The code of an identity paper; another text as it stands."""
    named = {type_label(code): code for code in IDENTITY_PAPERS} | {"身份证": "id_card"}
    return Value(named.get(text, text))


_GRAMMARS: Mapping[str, Grammar] = {
    "mobile": _mobile,
    "office_phone": _mobile,
    "postcode": _postcode,
    "ethnicity": _ethnicity,
    "enrol_place": _place,
    "id_type": _id_type,
}
