"""The printed zone of a passport: labels in the state's language and English, French or Spanish
above the values, which come in the state's own forms."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from extractors.labelled.grammar import Grammar
from extractors.passport.words import letters, nationalities, plain_words
from extractors.passport.years import LAST_END, PassportYears, day
from pipeline.evidence.evidence import Evidence, Value
from pipeline.layout.piece import Piece
from pipeline.reference import countries, permits
from pipeline.reference.names import is_han

SEXES = {"M": "男", "F": "女", "男": "男", "女": "女"}
ONE_NAME = "只读到姓或名之一"
MARKED_LABEL = "字母带附加符号，写法待核"


def printed_fields(
    values: Mapping[str, Sequence[Piece]], years: PassportYears
) -> dict[str, Evidence]:
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
        "birth_date": first("birth_date", lambda text: day(text, years.birth)),
        "issue_date": first("issue_date", lambda text: day(text, years.issue)),
        "valid_to": first("valid_to", lambda text: day(text, LAST_END)),
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
    for part in re.split(r"[/ノ\s-]+", text.upper())[::-1]:
        if part.strip() in SEXES:
            return Value(SEXES[part.strip()], (), True)
    return Value("", ("内容不合该栏的格式",))
