"""The printed zone of a passport: labels in the state's language and English, French or Spanish
above the values, which come in the state's own forms."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from extractors.labelled.grammar import Grammar
from extractors.passport.words import letters, months, nationalities, plain_words
from pipeline.evidence.evidence import Evidence, Value
from pipeline.layout.piece import Piece
from pipeline.reference import countries, permits
from pipeline.reference.names import is_han

SEXES = {"M": "男", "F": "女", "男": "男", "女": "女"}
ONE_NAME = "只读到姓或名之一"
SHORT_YEAR = "年份只印两位"
MARKED_LABEL = "字母带附加符号，写法待核"
_DAY = re.compile(
    r"(?P<day>\d{1,2})[ ./-]*(?:(?P<number>\d{1,2})(?=[ ./-])(?!月)|(?P<names>[^\d]{3,18}?))[ ./-]*"
    r"(?P<year>\d{4}|\d{2})"
)
_HAN_MONTH = re.compile(
    r"(?P<digits>[\d ]{2,6})月[/ ]*(?P<names>[A-Z]{3,5})[ .]*(?P<year>\d{4}|\d{2})"
)
_EIGHT = re.compile(r"(\d\d)(\d\d)(\d{4})")


def printed_fields(values: Mapping[str, Sequence[Piece]], today: date) -> dict[str, Evidence]:
    """The fields below their labels."""

    def first(name: str, grammar: Grammar) -> Evidence | None:
        """The first line below the label that fits; else the first."""
        found = [
            Evidence([p], value)
            for p in values.get(name) or ()
            if (value := grammar(p.words)).value
        ]
        return next((e for e in found if not e.value.doubts), found[0] if found else None)

    found = {
        "passport_number": first("passport_number", printed_number),
        "nationality": first("nationality", printed_nationality),
        "sex": first("sex", printed_sex),
        "birth_date": first("birth_date", lambda text: day(text, today, past=True)),
        "issue_date": first("issue_date", lambda text: day(text, today, past=True)),
        "valid_to": first("valid_to", lambda text: day(text, today, past=False)),
    }
    fields = {name: e for name, e in found.items() if e is not None}
    return fields | _names(values)


# ---------------------------------------------------------------- names


def _names(values: Mapping[str, Sequence[Piece]]) -> dict[str, Evidence]:
    """The name in Latin letters; a Chinese one printed above it goes first, as papers of China have
    it."""
    whole = _latin(values.get("full_name", ()))
    han = [p for p in values.get("full_name", ()) if len(p.text) >= 2 and _is_han(p.text)]
    surname, given = _latin(values.get("surname", ())), _latin(values.get("given_name", ()))
    parts = [p for p in (surname, given) if p is not None]
    latin: Evidence | None = None
    if surname is not None:
        text = " ".join(_capitals(p.words) for p in parts)
        latin = Evidence(parts, Value(text, () if given is not None else (ONE_NAME,)))
    elif whole is not None:
        latin = Evidence([whole], Value(" ".join(_capitals(whole.words).replace(",", " ").split())))
    if han and latin is not None:
        return {"name": Evidence(han[:1], Value(han[0].text)), "english_name": latin}
    return {"name": latin} if latin is not None else {}


def drop_marks(fields: Mapping[str, Evidence]) -> None:
    """Write names in plain letters, in place, with a doubt where the zone did not bear them out: Ü
    may be U or UE."""
    for name in ("name", "english_name"):
        evidence = fields.get(name)
        if evidence is None or evidence.value.value == plain_words(evidence.value.value):
            continue
        evidence.value = Value(
            plain_words(evidence.value.value), (*evidence.value.doubts, MARKED_LABEL)
        )


def _is_han(text: str) -> bool:
    return all(is_han(c) for c in text.replace("·", ""))


def _latin(pieces: Sequence[Piece]) -> Piece | None:
    """The line of a name that is in Latin letters: the last of those that are, as the state's own
    letters stand above."""
    fits = [p for p in pieces if 2 * len(letters(plain_words(p.text))) > len(p.text)]
    return fits[-1] if fits else None


def _capitals(text: str) -> str:
    """A name's capitals; of two spellings in a line the Latin one, which stands last."""
    parts = [part.strip() for part in text.upper().split("/") if part.strip()]
    return parts[-1] if parts else ""


# ---------------------------------------------------------------- grammars


def printed_number(text: str) -> Value:
    """A passport's number."""
    value = permits.clean(text)
    return Value(value, () if permits.is_passport_number(value) else ("不像护照号码",))


def printed_nationality(text: str) -> Value:
    """A country by code, Chinese or English name or adjective, to its ISO 3166-1 code; else as
    printed. Words of one name are never taken apart: VIỆT NAM does not name NAM."""
    codes = {code for part in text.split("/") if (code := _country(part))}
    if len(codes) == 1:
        return Value(codes.pop(), (), True)
    return Value(text.strip().upper(), ("不是已知的国家或地区",))


def _country(part: str) -> str | None:
    joined = "".join(plain_words(part).split())
    whole = _named(joined)
    # The stroke between two names of one country is easily lost: VIETNAMVIETNAMESE.
    halves = (_named(joined[:i]) for i in range(3, len(joined) - 2) if _named(joined[i:]))
    return whole or next((code for code in halves if code), None)


def _named(joined: str) -> str | None:
    country = countries.find(joined)
    return country.code if country is not None else nationalities().get(letters(joined))


def printed_sex(text: str) -> Value:
    """男 or 女, from M, F or either word, also ``Ж/F`` and ``P-F``."""
    for part in re.split(r"[/\s-]+", text.upper())[::-1]:
        if part.strip() in SEXES:
            return Value(SEXES[part.strip()], (), True)
    return Value("", ("内容不合该栏的格式",))


def day(text: str, today: date, *, past: bool) -> Value:
    """``06 SEP 2032``, ``06/09/2032``, ``06 9月/SEP 2032``, ``06 SEP/SEPT 32``.

    A year of two digits is the last one before today (``past``), else the nearest.
    """
    parts = _parts(plain_words(text))
    if parts is None:
        return Value("", ("不是完整的日期",))
    number, month, year = parts
    short = len(year) == 2
    days = []
    for candidate in (int(year),) if not short else (1900 + int(year), 2000 + int(year)):
        try:
            days.append(date(candidate, month, number))
        except ValueError:
            continue
    if short and past:
        days = [d for d in days if d <= today][-1:]
    if not days:
        return Value("", ("日期不存在",))
    chosen = min(days, key=lambda d: abs((d - today).days))
    return Value(chosen.isoformat(), (SHORT_YEAR,) if short else (), not short)


def _parts(text: str) -> tuple[int, int, str] | None:
    """Day, month and year as printed; the spaces between them may be lost."""
    if found := _HAN_MONTH.search(text):
        month = _month(found["names"])
        digits = found["digits"].replace(" ", "")
        for tail in (f"{month:02d}", str(month)) if month else ():
            if digits.endswith(tail) and 0 < len(digits) - len(tail) < 3:
                return int(digits[: -len(tail)]), month or 0, found["year"]
        return None
    if found := _EIGHT.fullmatch(text):
        return int(found[1]), int(found[2]), found[3]
    found = _DAY.search(text)
    if found is None:
        return None
    month = int(found["number"]) if found["number"] else _month(found["names"])
    return None if month is None else (int(found["day"]), month, found["year"])


def _month(text: str) -> int | None:
    """The month that all the names in a date tell (MAR/MARS); names that are none are left out."""
    words = (letters(part) for part in re.split(r"[/ .-]+", text))
    found = {months()[word] for word in words if word in months()}
    return found.pop() if len(found) == 1 else None
