"""Machine-readable zones (ICAO 9303): passports (TD3, 2 x 44) and cards (TD1, 3 x 30).

Check digits: weights 7, 3, 1 over 0-9 = 0-9, A-Z = 10-35, < = 0, mod 10. The composite digit of
TD3 runs over positions 1-10, 14-20, 22-43 of line 2; that of TD1 over 6-30 of line 1 and 1-7,
9-15, 19-29 of line 2. Years have two digits; the century is the reader's business
(:func:`birth_date`, :func:`expiry_date`). Source: domain.md 2.7; ICAO Doc 9303 parts 3 to 5.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pipeline.reference.text import squeeze

Format = Literal["TD3", "TD1"]
ZoneCheck = Literal["number", "birth", "expiry", "optional", "composite"]

PLACES_TD3 = {
    "passport_number": (0, 9),
    "nationality": (10, 13),
    "birth_date": (13, 19),
    "sex": (20, 21),
    "valid_to": (21, 27),
}
"""Where the second line of a passport's zone says a field: its first character, and the one behind
its last (ICAO 9303-4, 4.2.2)."""
_SHAPES: dict[tuple[int, int], Format] = {(2, 44): "TD3", (3, 30): "TD1"}
_FILLERS = str.maketrans(
    {c: "<" for c in "‹〈《«＜≤く"}
    | {c: "I" for c in "|丨"}
    | dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧАВЕКМНОРСТУХ", "ABEZHIKMNOPTYXABEKMHOPCTYX", strict=True))
)
"""Signs that engines read for a filler or an I, and Greek and Cyrillic capitals for Latin ones."""
_ALPHABET = re.compile(r"[0-9A-Z<]+")
_TO_DIGIT = str.maketrans("OQDILZSBG", "000112586")
_TO_LETTER = str.maketrans("01258", "OIZSB")


class InvalidMrz(ValueError):
    """Not a machine-readable zone: ``code`` is ``shape`` or ``charset``."""

    def __init__(self, code: Literal["shape", "charset"]) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, repr=False)
class Mrz:
    """What a zone says, fillers taken off. Dates are ``YYMMDD``; ``failed`` names the check
    digits that do not fit."""

    format: Format
    document_code: str
    issuer: str
    surname: str
    given_names: str
    number: str
    nationality: str
    birth: str
    sex: str
    expiry: str
    optional: str
    failed: tuple[ZoneCheck, ...]

    @property
    def name(self) -> str:
        """Surname and given names, one space between."""
        return f"{self.surname} {self.given_names}".strip()


def check_digit(text: str) -> str:
    """The check digit over ``text``. Raises InvalidMrz for characters that no zone has."""
    if not _ALPHABET.fullmatch(text) and text:
        raise InvalidMrz("charset")
    values = (0 if c == "<" else int(c, 36) for c in text)
    return str(sum(v * (7, 3, 1)[i % 3] for i, v in enumerate(values)) % 10)


def clean(line: str) -> str:
    """The line without spaces, upper-case, with every sign an engine reads for < as <."""
    return squeeze(line).translate(_FILLERS).upper()


def is_line(text: str) -> bool:
    """Whether the text looks like a line of a zone: its alphabet, length, and fillers."""
    line = clean(text)
    return 28 <= len(line) <= 46 and bool(_ALPHABET.fullmatch(line)) and "<" in line


def split(text: str) -> list[str]:
    """The lines of a zone that was put into one string (by line breaks, spaces or nothing)."""
    lines = [clean(line) for line in text.splitlines() if line.strip()]
    if len(lines) == 1:
        lines = [clean(part) for part in text.split()]
    whole = "".join(lines)
    for count, width in _SHAPES:
        if len(whole) == count * width:
            return [whole[i * width : (i + 1) * width] for i in range(count)]
    return lines


def parse(lines: Sequence[str]) -> Mrz:
    """The zone of two lines of 44 or three of 30 characters, as read, nothing mended.

    Raises InvalidMrz. Check digits that do not fit are named in ``failed``, not raised.
    """
    cleaned = [clean(line) for line in lines]
    widths = {len(line) for line in cleaned}
    shape = _SHAPES.get((len(cleaned), widths.pop())) if len(widths) == 1 else None
    if shape is None:
        raise InvalidMrz("shape")
    if not all(_ALPHABET.fullmatch(line) for line in cleaned):
        raise InvalidMrz("charset")
    return _td3(*cleaned) if shape == "TD3" else _td1(*cleaned)


def _td3(first: str, second: str) -> Mrz:
    surname, given = _names(first[5:])
    optional = second[28:42]
    blank_optional = not optional.strip("<") and second[42] == "<"
    checks: dict[ZoneCheck, bool] = {
        "number": check_digit(second[:9]) == second[9],
        "birth": check_digit(second[13:19]) == second[19],
        "expiry": check_digit(second[21:27]) == second[27],
        "optional": blank_optional or check_digit(optional) == second[42],
        "composite": check_digit(second[:10] + second[13:20] + second[21:43]) == second[43],
    }
    return Mrz(
        format="TD3",
        document_code=first[:2].strip("<"),
        issuer=first[2:5].strip("<"),
        surname=surname,
        given_names=given,
        number=second[:9].strip("<"),
        nationality=second[10:13].strip("<"),
        birth=second[13:19],
        sex=second[20],
        expiry=second[21:27],
        optional=optional.strip("<"),
        failed=tuple(name for name, fits in checks.items() if not fits),
    )


def _td1(first: str, second: str, third: str) -> Mrz:
    surname, given = _names(third)
    number, number_fits = _td1_number(first)
    checks: dict[ZoneCheck, bool] = {
        "number": number_fits,
        "birth": check_digit(second[:6]) == second[6],
        "expiry": check_digit(second[8:14]) == second[14],
        "composite": check_digit(first[5:] + second[:7] + second[8:15] + second[18:29])
        == second[29],
    }
    return Mrz(
        format="TD1",
        document_code=first[:2].strip("<"),
        issuer=first[2:5].strip("<"),
        surname=surname,
        given_names=given,
        number=number,
        nationality=second[15:18].strip("<"),
        birth=second[:6],
        sex=second[7],
        expiry=second[8:14],
        optional=(first[15:30] + second[18:29]).strip("<"),
        failed=tuple(name for name, fits in checks.items() if not fits),
    )


def _td1_number(first: str) -> tuple[str, bool]:
    """Document number of a card. One of more than nine characters goes on in the optional data,
    its check digit behind it (ICAO 9303-5, 4.2.2)."""
    if first[14] != "<":
        return first[5:14].strip("<"), check_digit(first[5:14]) == first[14]
    rest = first[15:30].split("<")[0]
    number = first[5:14] + rest[:-1]
    return number.strip("<"), bool(rest) and check_digit(number) == rest[-1]


def _names(text: str) -> tuple[str, str]:
    surname, _, given = text.strip("<").partition("<<")
    return surname.replace("<", " ").strip(), given.replace("<", " ").strip()


def by_position(lines: Sequence[str]) -> list[str]:
    """The lines with letters for digits, and digits for letters, put right where the place allows
    only one of them (dates, check digits, countries, names). The rest is left as read."""
    cleaned = [clean(line) for line in lines]
    shape = tuple(map(len, cleaned))
    if shape == (44, 44):
        first, second = cleaned
        second = _mend(second, digits=((9, 10), (13, 20), (21, 28), (43, 44)), letters=((10, 13),))
        return [_mend(first, letters=((0, 44),)), second]
    if shape == (30, 30, 30):
        first, second, third = cleaned
        return [
            _mend(first, letters=((0, 5),), digits=((14, 15),)),
            _mend(second, digits=((0, 7), (8, 15), (29, 30)), letters=((15, 18),)),
            _mend(third, letters=((0, 30),)),
        ]
    return cleaned


def _mend(
    line: str,
    digits: Sequence[tuple[int, int]] = (),
    letters: Sequence[tuple[int, int]] = (),
) -> str:
    for spans, table in ((digits, _TO_DIGIT), (letters, _TO_LETTER)):
        for start, end in spans:
            line = line[:start] + line[start:end].translate(table) + line[end:]
    return line


def latest_day(yymmdd: str, latest: date) -> date | None:
    """The latest such day that is not after ``latest``; None where no such day exists."""
    return next((d for d in reversed(_centuries(yymmdd)) if d <= latest), None)


def birth_date(yymmdd: str, today: date) -> date | None:
    """The latest such day that is not after ``today``; None where no such day exists."""
    return latest_day(yymmdd, today)


def expiry_date(yymmdd: str, today: date) -> date | None:
    """The such day that lies nearest to ``today`` (papers run for ten years, some for fifty)."""
    days = _centuries(yymmdd)
    return min(days, key=lambda d: abs((d - today).days), default=None)


def _centuries(yymmdd: str) -> list[date]:
    if len(yymmdd) != 6 or not (yymmdd.isascii() and yymmdd.isdigit()):
        return []
    days = []
    for century in (1900, 2000):
        try:
            days.append(date(century + int(yymmdd[:2]), int(yymmdd[2:4]), int(yymmdd[4:])))
        except ValueError:
            continue
    return days
