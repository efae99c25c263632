"""统一社会信用代码 (GB 32100-2015): 18 characters of an organisation.

1 registering department, 2 kind, 3-8 division, 9-17 organisation code (GB 11714-1997, its own
check character at 17), 18 check character (weights 3^(i-1), mod 31). ``stdnum.cn.uscc`` refuses
letters in positions 1 and 2 (rural collectives N…, others Y…), so this is our own.
Source: domain.md 3.8.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.reference.text import is_digits, plain_dashes, squeeze

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""31 characters: no I, O, S, V, Z."""

DEPARTMENTS = frozenset("123456789ANY")
_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

OrganisationCode = Literal["length", "charset", "department", "division", "check"]


class InvalidUscc(ValueError):
    """Not a social credit code; ``code`` says why."""

    def __init__(self, code: OrganisationCode) -> None:
        super().__init__(code)
        self.code: OrganisationCode = code


@dataclass(frozen=True, slots=True)
class Uscc:
    """A code whose check character fits. ``organisation_fits``: whether position 17 does too; some
    older codes were taken over without it, so it is no reason to refuse one [K]."""

    code: str
    department: str
    division: str
    organisation: str
    organisation_fits: bool


def clean(text: str) -> str:
    """Narrow, upper-case, without spaces and dashes."""
    return plain_dashes(squeeze(text)).replace("-", "").upper()


def check_character(first17: str) -> str:
    """The check character for 17 characters. Raises InvalidUscc."""
    if len(first17) != 17:
        raise InvalidUscc("length")
    if any(c not in ALPHABET for c in first17):
        raise InvalidUscc("charset")
    total = sum(ALPHABET.index(c) * w for c, w in zip(first17, _WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def organisation_check(first8: str) -> str:
    """The ninth character of an organisation code (GB 11714)."""
    total = sum(int(c, 36) * w for c, w in zip(first8, _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X"[-total % 11]


def parse(text: str) -> Uscc:
    """The code that ``text`` prints. Raises InvalidUscc."""
    code = clean(text)
    if len(code) != 18:
        raise InvalidUscc("length")
    if any(c not in ALPHABET for c in code):
        raise InvalidUscc("charset")
    if code[0] not in DEPARTMENTS:
        raise InvalidUscc("department")
    if not is_digits(code[2:8]):
        raise InvalidUscc("division")
    if check_character(code[:17]) != code[17]:
        raise InvalidUscc("check")
    fits = organisation_check(code[8:16]) == code[16]
    return Uscc(code, code[0], code[2:8], code[8:17], fits)


def is_valid(text: str) -> bool:
    """Whether ``text`` is a social credit code."""
    try:
        parse(text)
    except InvalidUscc:
        return False
    return True
