"""Passport, data page: printed zone (labels above values) and machine-readable zone TD3.

The machine-readable zone carries check digits (ICAO 9303) and is the surer reader: where it and the
printed zone agree, both are surer; the comparison itself is rule X12. Source: domain.md 2.7.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from extractors.beneath import find_below
from extractors.grammar import Grammar
from extractors.matching import NOISE
from pipeline.contracts import Recogniser
from pipeline.evidence import Evidence, Value, outline_of, reading_of
from pipeline.model import DocumentType, Face, Line, Quad, Sheet
from pipeline.piece import Piece, pieces_of
from pipeline.reference import countries, mrz, permits

KIND = DocumentType.PASSPORT
VERSION = 1

MONTHS = {
    name: number
    for number, name in enumerate(
        "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(),  # noqa: SIM905  a table
        start=1,
    )
}
_DAY = re.compile(r"(\d{1,2})[ ./-]?([A-Z]{3}|\d{1,2})[A-Z/]*?[ ./-]?(\d{4})")
LABELS: Mapping[str, Sequence[str]] = {
    "passport_number": ("Passport No", "护照号码", "护照号"),
    "surname": ("Surname", "姓/Surname", "姓"),
    "given_name": ("Given name", "名/Given", "名"),
    "nationality": ("Nationality", "国籍"),
    "sex": ("Sex", "性别"),
    "birth_place": ("Place of birth", "出生地点"),
    "birth_date": ("Date of birth", "出生日期"),
    "issue_date": ("Date of issue", "签发日期"),
    "valid_to": ("Date of expiry", "有效期至", "Date of expiration"),
    "authority": ("Authority", "签发机关", "Issuing authority"),
    "type": ("Type", "类型"),
    "code": ("Code", "Country code", "国家码"),
}
NEEDED = ("name", "passport_number", "nationality", "sex", "birth_date", "valid_to")
"""What a passport proves; also printed and read: issue_date."""
_TITLE = re.compile(r"PASSPORT|PASSEPORT|护照", re.IGNORECASE)
SEXES = {"M": "男", "F": "女", "男": "男", "女": "女"}


def score(lines: Sequence[Line]) -> float | None:
    """How surely these lines are a passport's data page: its machine-readable zone, or its title
    and four of its labels."""
    if _zone(lines):
        return 0.97
    labels, _, _ = find_below(lines, LABELS)
    titled = any(_TITLE.search(line.text) for line in lines)
    return 0.8 if titled and len(labels) >= 4 and "passport_number" in labels else None


def extract(sheet: Sheet, recognise: Recogniser) -> Sequence[Face]:
    """The data page."""
    _, values, _ = find_below(
        [line for line in sheet.lines if line.text.strip() not in NOISE], LABELS
    )
    zone = _read_zone(sheet, recognise)
    fields = {name: e for name, e in _printed(values).items() if e is not None}
    if zone is not None:
        parsed, evidence = zone
        fields["mrz"] = evidence
        _compare(fields, parsed, evidence)
    return [
        Face(
            type=KIND,
            face="data",
            score=score(sheet.lines) or 0.0,
            page=sheet.ref,
            outline=outline_of(sheet),
            fields={name: reading_of(e, sheet) for name, e in fields.items()},
            missing=tuple(name for name in (*NEEDED, "mrz") if name not in fields),
        )
    ]


# ---------------------------------------------------------------- the printed zone


def _printed(values: Mapping[str, Sequence[Piece]]) -> dict[str, Evidence | None]:
    def first(name: str) -> Piece | None:
        own = values.get(name) or ()
        return own[0] if own else None

    return {
        "name": _name(first("surname"), first("given_name")),
        "passport_number": _evidence(first("passport_number"), _number),
        "nationality": _evidence(first("nationality"), nationality),
        "sex": _evidence(first("sex"), sex),
        "birth_date": _evidence(first("birth_date"), day),
        "issue_date": _evidence(first("issue_date"), day),
        "valid_to": _evidence(first("valid_to"), day),
    }


def _evidence(piece: Piece | None, grammar: Grammar) -> Evidence | None:
    if piece is None:
        return None
    value = grammar(" ".join(piece.line.text.split()))
    return Evidence([piece], value) if value.value else None


def _name(surname: Piece | None, given: Piece | None) -> Evidence | None:
    pieces = [p for p in (surname, given) if p is not None]
    if surname is None:
        return None
    text = " ".join(" ".join(p.line.text.split()) for p in pieces).upper()
    doubts = () if given is not None else ("只读到姓或名之一",)
    return Evidence(pieces, Value(text, doubts))


def _number(text: str) -> Value:
    value = permits.clean(text)
    return Value(value, () if permits.is_passport_number(value) else ("不像护照号码",))


def nationality(text: str) -> Value:
    """A country by code, Chinese or English name, to its ISO 3166-1 code; else as printed."""
    for part in (text, *text.split("/")):
        country = countries.find(part.strip())
        if country is not None:
            return Value(country.code, (), True)
    return Value(text.strip().upper(), ("不是已知的国家或地区",))


def sex(text: str) -> Value:
    """男 or 女, from M, F or either word."""
    for part in text.upper().split("/"):
        if part.strip() in SEXES:
            return Value(SEXES[part.strip()], (), True)
    return Value("", ("内容不合该栏的格式",))


def day(text: str) -> Value:
    """``06 SEP 2032``, ``06/09/2032``, ``06 9月/SEP 2032``."""
    upper = text.upper().replace("月", "")
    both = re.sub(r"(\d{1,2}) ?\d{1,2}/([A-Z]{3})", r"\1 \2", upper)  # 06 9月/SEP 2032
    found = _DAY.search(upper) or _DAY.search(both)
    if found is None:
        return Value("", ("不是完整的日期",))
    month = MONTHS.get(found[2]) or (int(found[2]) if found[2].isdigit() else None)
    try:
        return Value(date(int(found[3]), month or 0, int(found[1])).isoformat(), (), True)
    except ValueError:
        return Value("", ("日期不存在",))


# ---------------------------------------------------------------- the machine-readable zone


def _zone(lines: Sequence[Line]) -> list[Piece]:
    """The two lines of the zone, top to bottom; empty where there are not two."""
    found = [
        p
        for p in pieces_of(lines)
        if len(p.text) >= 36 and (mrz.is_line(mrz.clean(p.text)) or _fillers(p.text) >= 5)
    ]
    found.sort(key=lambda p: p.centre[1])
    return found[-2:] if len(found) >= 2 else []


def _fillers(text: str) -> int:
    return sum(c in "<《ΛΛ«" for c in text)


def _read_zone(sheet: Sheet, recognise: Recogniser) -> tuple[mrz.Mrz | None, Evidence] | None:
    """The zone parsed, and as evidence; read again from a wider cut where it does not check."""
    pieces = _zone(sheet.lines)
    if not pieces:
        return None
    best = _parsed(pieces)
    if best[0] is None:
        quads = [_grown(p) for p in pieces]
        again = pieces_of([line for line in recognise(sheet.image, quads) if line.text])
        if len(again) == 2 and _parsed(again)[0] is not None:
            best = _parsed(again)
    return best


def _grown(piece: Piece) -> Quad:
    by = 0.15 * piece.height
    (ax, ay), (bx, by_), (cx, cy), (dx, dy) = piece.quad
    return ((ax - by, ay - by), (bx + by, by_ - by), (cx + by, cy + by), (dx - by, dy + by))


def _parsed(pieces: Sequence[Piece]) -> tuple[mrz.Mrz | None, Evidence]:
    lines = mrz.by_position([_filled(p.text) for p in pieces])
    text = "\n".join(lines)
    try:
        parsed = mrz.parse(lines)
    except mrz.InvalidMrz:
        return None, Evidence(pieces, Value(text, ("机读码校验位不符",)))
    if parsed.failed:
        return None, Evidence(pieces, Value(text, ("机读码校验位不符",)))
    return parsed, Evidence(pieces, Value(text, (), True), agreed=True)


def _filled(text: str) -> str:
    """The line with fillers as engines read them put right, and its last long fill made so long
    that the line has 44 characters: engines drop or add some of many equal signs."""
    line = mrz.clean(re.sub(r"[《ΛΛ«‹]", "<", text))
    found = re.fullmatch(r"(.*?)<{3,}(\d?)", line)
    if found is None:
        return line[:44]
    head, tail = found[1], found[2]
    return head + "<" * max(0, 44 - len(head) - len(tail)) + tail


def _compare(fields: dict[str, Evidence], zone: mrz.Mrz | None, evidence: Evidence) -> None:
    if zone is None:
        return
    _compare_names(fields, zone, evidence)
    told = {"passport_number": zone.number, "nationality": zone.nationality}
    today = date.today()  # noqa: DTZ011  only to place two-digit years
    birth, expiry = mrz.birth_date(zone.birth, today), mrz.expiry_date(zone.expiry, today)
    told |= {"birth_date": birth.isoformat()} if birth else {}
    told |= {"valid_to": expiry.isoformat()} if expiry else {}
    for name, value in told.items():
        printed = fields.get(name)
        if printed is None:
            continue
        if printed.value.value == value:
            printed.agreed = True
        else:
            printed.doubts.append("与机读码不符")


def _compare_names(fields: dict[str, Evidence], zone: mrz.Mrz, evidence: Evidence) -> None:
    """The printed name against the zone's, which keeps the spaces that engines lose. Letters with
    marks are written otherwise in the zone, so a difference is no more than a doubt."""
    printed = fields.get("name")
    if printed is None:
        fields["name"] = Evidence(evidence.pieces, Value(zone.name, ("姓名仅见于机读码",)))
    elif printed.value.value.replace(" ", "") == zone.name.replace(" ", ""):
        fields["name"] = replace(printed, value=Value(zone.name, (), True), agreed=True)
    else:
        printed.doubts.append("与机读码不符")
