"""外国人永久居留身份证. On the front bilingual labels stand above the values; the back names the
issuing organ and, on newer cards, the number held before.

Card of 2017: 15 characters (country, place, birth, sex, check); five-star card of December 2023: 18
characters that begin with 9. M4 takes the newest only, M5 either. Source: domain.md 2.8.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from extractors.cards.travel_permits import PERMIT_SPECK, RUN_ON, runs_on, with_comma
from extractors.labelled.arithmetic import corroborate
from extractors.labelled.beneath import find_below, tell_labels
from extractors.labelled.faces import make_face
from extractors.labelled.forms import forms_of
from extractors.labelled.grammar import MISFIT, full_date
from extractors.labelled.matching import FORM_NOISE, score_forms
from extractors.labelled.reading import FormDraft, read_forms, read_side
from extractors.labelled.titles import find_titles
from extractors.labelled.translations import is_translation
from extractors.passport import printed_nationality, printed_sex
from extractors.passport.printed import ONE_NAME
from pipeline.contracts import Recogniser
from pipeline.evidence.evidence import Evidence, Value
from pipeline.layout.piece import Piece, pieces_of
from pipeline.model import DocumentType, Face, Line, Sheet
from pipeline.once import once_per_lines
from pipeline.reference import countries, dates, idnumber, permits
from pipeline.reference.names import is_han

KIND = DocumentType.FOREIGN_PERMANENT_RESIDENT_CARD

CARD_LABELS: Mapping[str, Sequence[str]] = {
    "name": ("姓名/Name", "姓名", "Name"),
    "sex": ("性别/Sex", "性别", "Sex"),
    "birth_date": ("出生日期/Date of Birth", "出生日期", "Date of Birth"),
    "nationality": ("国籍/Nationality", "国籍", "Nationality"),
    "validity": ("有效期限/Period of Validity", "有效期限", "Period of Validity"),
    "issue_date": ("签发日期/Date of Issue", "签发日期", "Date of Issue"),
    "valid_to": ("失效日期/Date of Expiry", "失效日期", "有效期至", "Date of Expiry"),
    "issuing_authority": ("签发机关", "Issuing Authority"),
    "id_number": ("证件号码", "公民身份号码", "ID No"),
}
CARD_NEEDED = ("name", "sex", "birth_date", "nationality", "valid_to", "id_number")
CARD_OPTIONAL = ("chinese_name", "valid_from", "issuing_authority")
_TITLES = ("外国人永久居留", "PERMANENTRESIDENTIDCARD", "PERMANENTRESIDENT")
_TITLE_WORDS = (re.compile("永久居留"), re.compile("RESIDENT", re.IGNORECASE))
_NUMBER = re.compile(r"9\d{16}[\dX]|[A-Z]{3}\d{12}")
_LABELS_MIN = 4
"""Labels that tell the front beside its number, or words of its title."""
_LABELS_MIN_TITLED = 2
"""The same beside both, or beside a line that is its title."""


def score(lines: Sequence[Line]) -> float | None:
    """How surely these lines are such a card: its title or its number, and its labels."""
    return _front_score(lines) or score_forms(forms_of(KIND), lines)


@once_per_lines
def _front_score(lines: Sequence[Line]) -> float | None:
    titled, numbered = _is_titled(lines), _is_numbered(lines)
    if not (titled or numbered):
        return None
    both = titled and numbered
    is_plain = both or any(title.kind == KIND for title in find_titles(lines))
    need = _LABELS_MIN_TITLED if is_plain else _LABELS_MIN
    if len(find_below(lines, CARD_LABELS)[0]) < need:
        return None
    return 0.95 if both else 0.85


def _is_titled(lines: Sequence[Line]) -> bool:
    text = "".join("".join(line.text.split()) for line in lines).upper()
    return any(title in text for title in _TITLES)


def _is_numbered(lines: Sequence[Line]) -> bool:
    return any(_NUMBER.fullmatch(permits.clean(piece.text)) for piece in pieces_of(lines))


def extract(sheet: Sheet, recognise: Recogniser) -> Sequence[Face]:
    """The faces on the sheet."""
    drafts = list(read_forms(forms_of(KIND), sheet, recognise))
    back = [draft.finish() for draft in drafts if draft.match.form.face == "back"]
    front = next((draft for draft in drafts if draft.match.form.face == "card"), None)
    if front is None and _front_score(sheet.lines) is None:
        return back
    # The issuing organ below the front's labels is the front's, on a card of one face.
    return [_front(sheet, front), *(back if front is None else ())]


def extract_side(sheet: Sheet, recognise: Recogniser, known: Collection[str]) -> Sequence[Face]:
    """The other side, where no title tells it."""
    return read_side(forms_of(KIND), sheet, recognise, known)


def _front(sheet: Sheet, draft: FormDraft | None) -> Face:
    """The front: values below their labels, or where :mod:`directions` finds them (``draft``)."""
    lines = [line for line in sheet.lines if line.text.strip() not in FORM_NOISE]
    labels, below = find_below(lines, CARD_LABELS)
    tell_labels(labels)
    values = {name: _no_translations(pieces) for name, pieces in below.items()}
    placed = dict(draft.match.values) if draft is not None else {}
    fields: dict[str, Evidence] = {}
    _names(values.get("name", []), fields)
    if draft is not None:
        _names(_beside_name(draft, lines), fields)
        if (country := draft.match.labels.get("nationality")) and not placed.get("nationality"):
            # A code alone is a line in Latin letters, which no label of the form's takes.
            row = [p for p in pieces_of(lines) if country.in_row(p) and p.left > country.right]
            placed["nationality"] = _no_translations(row)
    grammars = {"sex": printed_sex, "nationality": printed_nationality, "birth_date": full_date}
    grammars |= {"valid_to": full_date, "issue_date": full_date}
    for name, grammar in grammars.items():
        offered = [own[:1] for own in (values.get(name, []), placed.get(name, [])) if own]
        read = [Evidence(own, value) for own in offered if (value := grammar(own[0].words)).value]
        if read:
            fields[name] = next((e for e in read if not e.value.doubts), read[0])
    for pieces in (placed.get("validity", []), values.get("validity", [])):
        _validity(pieces, fields)
    authority = draft.fields.get("issuing_authority") if draft is not None else None
    if authority is not None:
        fields["issuing_authority"] = authority
    _number(lines, fields)
    corroborate(fields)
    _bear_nationality_out(fields)
    told, optional = score(sheet.lines) or 0.0, CARD_OPTIONAL
    return make_face(KIND, "card", told, sheet, fields, CARD_NEEDED, optional=optional)


def _bear_nationality_out(fields: Mapping[str, Evidence]) -> None:
    """The number names the holder's country, by letters (2017) or by digits (2023). That both are
    one bears the printed one out; that is known of the numbers, not laid down [K, domain.md 2.8],
    so that another country is no doubt."""
    number, printed = fields.get("id_number"), fields.get("nationality")
    if number is None or printed is None:
        return
    text = number.value.value
    country = countries.find(text[3:6] if permits.is_new_foreign_card(text) else text[:3])
    if country is not None and country.code == printed.value.value:
        printed.agreed = True


def _no_translations(pieces: Sequence[Piece]) -> list[Piece]:
    return [piece for piece in pieces if not is_translation(piece.words, CARD_LABELS)]


def _beside_name(draft: FormDraft, lines: Sequence[Line]) -> list[Piece]:
    """The lines from the row of 姓名 down to the next label, right of where it begins."""
    label = draft.match.labels.get("name")
    if label is None:
        return []
    labels = draft.match.labels.values()
    lines = [line for line in lines if all(p.line is not line for o in labels for p in o.parts)]
    lower = [o.top for o in labels if o.top > label.top + label.height]
    floor = min(lower, default=label.top + 4 * label.height) - 0.5 * label.height
    return [
        piece
        for piece in _no_translations(pieces_of(lines))
        if label.top - label.height < piece.centre[1] < floor
        and piece.left > label.left - label.height
        and all(not title.search(piece.text) for title in _TITLE_WORDS)
    ]


def _names(pieces: Sequence[Piece], fields: dict[str, Evidence]) -> None:
    """The Latin name in the first line below the label, or in two of which the first ends with the
    comma, and the Chinese one below it."""
    for piece in pieces:
        han = sum(is_han(c) for c in piece.text)
        others = len(piece.text.replace("·", "")) - han
        if han >= 2 and others <= 1:  # one sign among them is a character that was misread
            doubts = (MISFIT,) if others else ()
            fields.setdefault("chinese_name", Evidence([piece], Value(piece.text, doubts)))
        elif not han and sum(c.isalpha() for c in piece.text) >= 3:
            before = fields.get("name")
            whole = [piece] if before is None else [*before.pieces, piece]
            if before is None or before.value.value.endswith(","):
                fields["name"] = Evidence(whole, _latin_name(whole))


def _latin_name(lines: Sequence[Piece]) -> Value:
    read = " ".join(line.words.upper() for line in lines)
    text = re.sub(r"\s*,\s*", ", ", with_comma(read)).strip()
    doubts = [PERMIT_SPECK] if with_comma(read) != read else []
    doubts += [ONE_NAME] if not all(text.partition(", ")) else []
    doubts += [RUN_ON] if any(map(runs_on, lines)) else []
    return Value(text, tuple(doubts))


def _validity(pieces: Sequence[Piece], fields: dict[str, Evidence]) -> None:
    for piece in pieces:
        span = dates.parse_span(piece.text)
        if span is not None:
            fields["valid_from"] = Evidence([piece], Value(span[0], (), True))
            fields["valid_to"] = Evidence([piece], Value(span[1], (), True))
            return


def _number(lines: Sequence[Line], fields: dict[str, Evidence]) -> None:
    """The number stands beside or below its label: its own pattern tells it."""
    for piece in pieces_of(lines):
        found = _NUMBER.search(permits.clean(piece.text))
        if found is None:
            continue
        number = found[0]
        if len(number) == 18:
            doubts = () if idnumber.is_valid(number) else ("号码校验位不符",)
            fields["id_number"] = Evidence([piece], Value(number, doubts, not doubts))
            return
        card = permits.parse_foreign_card(number)
        fits = card is not None and card.check_fits
        known = countries.find(number[:3]) is not None
        doubts = () if known else ("号码中的国家代码不存在",)
        fields["id_number"] = Evidence([piece], Value(number, doubts, fits and known))
        return
