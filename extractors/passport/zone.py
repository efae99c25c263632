"""The machine-readable zone of a passport, and what it says of the printed one.

Check digits cover number, birth and expiry, neither the first line nor nationality and sex (ICAO
9303-4, 4.2.2): a first line counts only where its state is one, and its name the printed one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping, Sequence
from datetime import date

from extractors.passport.printed import SEXES
from extractors.passport.words import letters, spellings
from extractors.passport.years import LAST_END, SHORT_YEAR, PassportYears
from pipeline.contracts import Recogniser
from pipeline.evidence.evidence import Evidence, Value
from pipeline.layout.piece import Piece, pieces_of
from pipeline.model import Line, Quad, Sheet
from pipeline.reference import countries, mrz

FAILED = "机读码校验位不符"
FIRST_LINE = "机读码首行疑有误识"
NO_PRINT = "仅见于机读码"
NAME_NO_PRINT = "姓名仅见于机读码"
DIFFERS = "与机读码不符"
NUMBER_DIFFERS = "机读码中的号码与印刷的号码不符"
_FILLER = re.compile(r"[《ΛΛ«‹]")
_BLANK_FIRST = "P<XXX" + "<" * 39
CHECKED = 28
"""Characters of the second line as far as the check digit of the expiry (ICAO 9303-4, 4.2.2)."""
_LIKE_FILLERS = frozenset("<AKCLSXE4")
"""What engines read for fillers of the first line."""


def zone_pieces(lines: Sequence[Line]) -> list[Piece]:
    """The two lines of the zone, top to bottom; empty where there are not two."""
    found = [
        p
        for p in pieces_of(lines)
        if len(p.text) >= 36 and (mrz.is_line(mrz.clean(p.text)) or _fillers(p.text) >= 5)
    ]
    found.sort(key=lambda p: p.centre[1])
    return found[-2:] if len(found) >= 2 else _by_second_line(pieces_of(lines))


def _fillers(text: str) -> int:
    return sum(c in "<《ΛΛ«" for c in text)


def _by_second_line(pieces: Sequence[Piece]) -> list[Piece]:
    """A zone whose second line checks by itself, with the line above it: fillers of the first may
    all be read as letters, and both may be cut off."""
    for second in pieces:
        if len(second.text) < CHECKED or not _checks_itself(second.text):
            continue
        above = [
            p
            for p in pieces
            if len(p.text) >= 30 and 0 < second.centre[1] - p.centre[1] < 4 * second.height
        ]
        if above:
            return [max(above, key=lambda p: p.centre[1]), second]
    return []


def _checks_itself(second: str) -> bool:
    """Whether the check digits of number, birth and expiry fit; that of the whole line is at its
    end, which may be lost."""
    try:
        failed = mrz.parse(mrz.by_position([_BLANK_FIRST, _filled(second)])).failed
    except mrz.InvalidMrz:
        return False
    return not {"number", "birth", "expiry"}.intersection(failed)


def _parse(first: str, second: str) -> mrz.Mrz | None:
    """The zone of two lines where it is one and every check digit fits."""
    try:
        parsed = mrz.parse(mrz.by_position([first, second]))
    except mrz.InvalidMrz:
        return None
    return None if parsed.failed else parsed


def read_zone(sheet: Sheet, recognise: Recogniser) -> tuple[mrz.Mrz | None, Evidence] | None:
    """The zone parsed, and as evidence; read again from a wider cut where it does not check."""
    pieces = zone_pieces(sheet.lines)
    if not pieces:
        return None
    best = _parsed(pieces)
    if best[0] is None or best[1].value.doubts:
        quads = [_grown(p) for p in pieces]
        again = pieces_of([line for line in recognise(sheet.image, quads) if line.text])
        if len(again) == 2:
            other = _parsed(again)
            if other[0] is not None and not other[1].value.doubts:
                best = other
    return best


def _grown(piece: Piece) -> Quad:
    by = 0.15 * piece.height
    (ax, ay), (bx, by_), (cx, cy), (dx, dy) = piece.quad
    return ((ax - by, ay - by), (bx + by, by_ - by), (cx + by, cy + by), (dx - by, dy + by))


def _parsed(pieces: Sequence[Piece]) -> tuple[mrz.Mrz | None, Evidence]:
    first, second = mrz.by_position([_first(pieces[0].text), _filled(pieces[1].text)])
    parsed = _parse(first, second)
    if parsed is None:
        # The second line may be whole where the first is no line of a zone at all.
        parsed, first = _parse(_BLANK_FIRST, second), first[:44].ljust(44, "<")
    text = f"{first}\n{second}"
    if parsed is None:
        return None, Evidence(pieces, Value(text, (FAILED,)))
    doubts = () if _is_sound(parsed) else (FIRST_LINE,)
    return parsed, Evidence(pieces, Value(text, doubts, not doubts), agreed=not doubts)


def _is_sound(zone: mrz.Mrz) -> bool:
    """Whether what no check digit covers can be so: a passport of a state, its holder's nationality
    and sex, a name of letters."""
    states = countries.is_mrz_code(zone.issuer) and countries.is_mrz_code(zone.nationality)
    named = bool(zone.surname) and letters(zone.name) == zone.name.replace(" ", "")
    return zone.document_code.startswith("P") and states and zone.sex in "MF<X" and named


def _first(text: str) -> str:
    """The first line: nothing follows its last long fill, whatever was read there."""
    line = _filled(text)
    found = re.fullmatch(r"(.*?[A-Z])(<{3,}.*)", line)
    if found is None or len(found[2].replace("<", "")) > 2:
        return line
    return found[1].ljust(44, "<")


def _filled(text: str) -> str:
    """The line with fillers as engines read them put right, and its last long fill made so long
    that the line has 44 characters: engines drop or add some of many equal signs."""
    line = mrz.clean(_FILLER.sub("<", text))
    found = re.fullmatch(r"(.*?)<{3,}(\d?)", line)
    if found is None:
        return line[:44]
    head, tail = found[1], found[2]
    return head + "<" * max(0, 44 - len(head) - len(tail)) + tail


def compare_with_zone(
    fields: MutableMapping[str, Evidence],
    zone: mrz.Mrz,
    evidence: Evidence,
    years: PassportYears,
) -> None:
    """Weigh the printed values against the zone's, in place: both are surer where they agree, the
    printed one is doubtful where not. What was not found in print is given with a doubt, unless the
    zone bears it out by itself."""
    zone = _with_printed_name(fields, zone, evidence)
    _compare_names(fields, zone, evidence)
    for name, value in _told(fields, zone, years).items():
        printed = fields.get(name)
        if printed is None:
            second, is_sure = evidence.pieces[-1], _is_borne_out(name, zone, value, years)
            if len(second.chars) == len(_BLANK_FIRST):
                second = second.part(*mrz.PLACES_TD3[name])
            doubts = [] if is_sure else [NO_PRINT]
            fields[name] = Evidence([second], Value(value, (), is_sure), is_sure, doubts)
        elif printed.value.value == value:
            printed.value = Value(value, _left_open(name, printed, years), True)
            printed.agreed = True
        else:
            printed.doubts.append(DIFFERS)
            if name == "passport_number":
                # L and 1, G and 6, S and 8 look alike and have the same check digit.
                evidence.doubts.append(NUMBER_DIFFERS)
    _weigh_first_line(fields, evidence)


def _is_borne_out(name: str, zone: mrz.Mrz, value: str, years: PassportYears) -> bool:
    """Whether the zone alone makes a value sure: check digits tell every misread figure of a date
    (not every letter of a number) and that M or F stands between two; the first line names the
    state once more."""
    if name == "birth_date":
        return years.is_birth_sure(date.fromisoformat(value))
    return name in ("valid_to", "sex") or (
        name == "nationality" and zone.issuer == zone.nationality
    )


def _with_printed_name(
    fields: Mapping[str, Evidence], zone: mrz.Mrz, evidence: Evidence
) -> mrz.Mrz:
    """The zone with a first line whose fillers were read as letters put right, where the printed
    name gives every letter of it; what was read stays as ``raw``."""
    printed = fields.get("english_name") or fields.get("name")
    if printed is None or letters(zone.name) in map(letters, spellings(printed.value.value)):
        return zone
    read, second = evidence.value.value.split("\n")
    made = {
        line
        for spelt in spellings(printed.value.value)
        for line in _first_lines(re.sub(r"[^A-Z]+", " ", spelt).split(), second[10:13])
        if _differs_by_fillers(read, line)
    }
    parsed = _parse(only, second) if len(made) == 1 and (only := made.pop()) else None
    if parsed is None or not _is_sound(parsed):
        return zone
    evidence.value = Value(f"{only}\n{second}", (), True)
    return parsed


def _first_lines(words: Sequence[str], state: str) -> list[str]:
    """First lines with these words as name, by how many of them are the surname."""
    names = ("<".join(words[:i]) + "<<" + "<".join(words[i:]) for i in range(1, len(words) + 1))
    return [f"P<{state}{name}"[:44].ljust(44, "<") for name in names]


def _differs_by_fillers(read: str, line: str) -> bool:
    """Whether all letters of a line were read, and what was read for fillers looks like them."""
    pairs = list(zip(read, line, strict=True))
    return all(a == b or (b == "<" and a in _LIKE_FILLERS) for a, b in pairs)


def _left_open(name: str, printed: Evidence, years: PassportYears) -> tuple[str, ...]:
    """The doubt of a printed year of two digits that two digits of the zone do not settle."""
    short = name == "birth_date" and SHORT_YEAR in printed.value.doubts
    sure = not short or years.is_birth_sure(date.fromisoformat(printed.value.value))
    return () if sure else (SHORT_YEAR,)


def _told(fields: Mapping[str, Evidence], zone: mrz.Mrz, years: PassportYears) -> Mapping[str, str]:
    told = {"passport_number": zone.number}
    birth, expiry = mrz.latest_day(zone.birth, years.birth), mrz.latest_day(zone.expiry, LAST_END)
    if birth and not years.is_birth_sure(birth) and "birth_date" in fields:
        # The print has the century that the zone leaves open.
        elder = birth.isoformat().replace("20", "19", 1)
        birth = date.fromisoformat(elder) if fields["birth_date"].value.value == elder else birth
    told |= {"birth_date": birth.isoformat()} if birth else {}
    told |= {"valid_to": expiry.isoformat()} if expiry else {}
    country = countries.find(zone.nationality)
    told |= {"nationality": country.code} if country else {}
    return told | ({"sex": SEXES[zone.sex]} if zone.sex in SEXES else {})


def _compare_names(
    fields: MutableMapping[str, Evidence], zone: mrz.Mrz, evidence: Evidence
) -> None:
    """The printed name against the zone's, which keeps the spaces that engines lose and writes
    letters with marks plainly; hyphens and apostrophes are the print's."""
    latin = "name" if "english_name" not in fields else "english_name"
    printed = fields.get(latin)
    told = letters(zone.name)
    if not told:
        return
    if printed is None:
        fields[latin] = Evidence(evidence.pieces[:1], Value(zone.name, (NAME_NO_PRINT,)))
        return
    spelt = [text for text in spellings(printed.value.value) if letters(text) == told]
    if not spelt:
        printed.doubts.append(DIFFERS)
        return
    printed.value = Value(_with_signs(zone.name, spelt[0]), (), True)
    printed.agreed = True


def _with_signs(told: str, printed: str) -> str:
    """The zone's name with the hyphens and apostrophes that are printed between its letters."""
    signs: dict[int, str] = {}
    count = 0
    for char in printed:
        if char.isalpha():
            count += 1
        elif char in "-'’":
            signs[count] = "'" if char == "’" else char
    out, count = "", 0
    for char in told:
        if char == " ":
            out += signs.pop(count, " ")
            continue
        out += signs.pop(count, "") + char if count else char
        count += 1
    return out


def _weigh_first_line(fields: Mapping[str, Evidence], evidence: Evidence) -> None:
    """The zone's first line has no check digit: the printed name bears it out, or nothing does."""
    name = fields.get("english_name") or fields.get("name")
    if name is None or not name.agreed:
        evidence.doubts.append(FIRST_LINE)
        evidence.agreed = False
