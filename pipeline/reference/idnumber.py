"""公民身份号码 (GB 11643-1999) and the numbers made after its pattern.

18 characters: 6 division of first registration, 8 birth date, 3 sequence (odd male, even
female), 1 check character (ISO 7064 MOD 11-2). Permits of Hong Kong, Macao and Taiwan residents
begin 810000, 820000, 830000; foreigners' permanent residence cards of 2023 begin with 9. Old
papers print 15 digits: no century, no check.

Nothing here knows today's date: a birth date in the future is the business of a rule.
Source: domain.md 2.1, 2.6, 2.8.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from stdnum.iso7064 import mod_11_2

from pipeline.reference.text import is_digits, plain_dashes, squeeze

NumberKind = Literal["citizen", "hmt", "foreign"]
FaultCode = Literal["length", "charset", "birth", "check"]
Sex = Literal["男", "女"]

HMT_REGIONS = {"810000": "香港", "820000": "澳门", "830000": "台湾"}
"""First six digits of a residence permit for Hong Kong, Macao and Taiwan residents."""

EARLIEST_BIRTH = date(1900, 1, 1)
# Signs that engines read for the letter X at the end.
_X = str.maketrans("xХх×✕✖╳Χχ", "XXXXXXXXX")


class InvalidIdNumber(ValueError):
    """Not a citizen number. ``code`` says why; the message holds no number."""

    def __init__(self, code: FaultCode) -> None:
        super().__init__(code)
        self.code: FaultCode = code


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A number whose check character fits and whose birth date exists.

    ``number`` is canonical: 18 characters, upper-case X.
    """

    number: str
    division: str
    birth_date: date
    sex: Sex
    kind: NumberKind

    @property
    def region(self) -> str | None:
        """香港, 澳门 or 台湾 for a residence permit's number."""
        return HMT_REGIONS.get(self.division)

    @property
    def country(self) -> str | None:
        """ISO 3166-1 numeric code in a foreigner's number of 2023; [K], domain.md 2.8."""
        return self.number[3:6] if self.kind == "foreign" else None

    def __repr__(self) -> str:
        # Numbers must not leak into logs through reprs of values.
        return f"IdNumber(kind={self.kind!r})"


def clean(text: str) -> str:
    """The characters of a number as printed: narrow, no spaces or dashes, upper-case X."""
    return plain_dashes(squeeze(text)).replace("-", "").translate(_X)


def check_digit(first17: str) -> str:
    """The check character for 17 digits. Raises InvalidIdNumber."""
    if len(first17) != 17:
        raise InvalidIdNumber("length")
    if not is_digits(first17):
        raise InvalidIdNumber("charset")
    return str(mod_11_2.calc_check_digit(first17))


def birth_of(digits: str) -> date | None:
    """The date in ``YYYYMMDD``, None where no such day exists or before 1900."""
    if len(digits) != 8 or not is_digits(digits):
        return None
    try:
        birth = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
    return birth if birth >= EARLIEST_BIRTH else None


def upgrade(fifteen: str) -> str:
    """The 18 characters of a 15-digit number. Raises InvalidIdNumber."""
    digits = clean(fifteen)
    if len(digits) != 15:
        raise InvalidIdNumber("length")
    first17 = f"{digits[:6]}19{digits[6:]}"
    return first17 + check_digit(first17)


def parse(text: str) -> IdNumber:
    """The number that ``text`` prints; a 15-digit one is upgraded.

    Raises InvalidIdNumber with code ``length``, ``charset``, ``check`` or ``birth``, the first
    that applies.
    """
    number = clean(text)
    if len(number) == 15 and is_digits(number):
        number = upgrade(number)
    if len(number) != 18:
        raise InvalidIdNumber("length")
    if not is_digits(number[:17]) or not (is_digits(number[17]) or number[17] == "X"):
        raise InvalidIdNumber("charset")
    if check_digit(number[:17]) != number[17]:
        raise InvalidIdNumber("check")
    birth = birth_of(number[6:14])
    if birth is None:
        raise InvalidIdNumber("birth")
    return IdNumber(number, number[:6], birth, sex_of(number), kind_of(number))


def is_valid(text: str) -> bool:
    """Whether ``text`` is a citizen number in every respect that the number itself shows."""
    try:
        parse(text)
    except InvalidIdNumber:
        return False
    return True


def sex_of(number: str) -> Sex:
    """男 or 女 by the 17th digit. ``number`` has 17 or 18 characters, cleaned."""
    return "男" if int(number[16]) % 2 else "女"


def kind_of(number: str) -> NumberKind:
    """Whose number it is, by its first digits."""
    if number[:6] in HMT_REGIONS:
        return "hmt"
    return "foreign" if number[0] == "9" else "citizen"
