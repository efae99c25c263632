"""The arithmetic as a second reader: numbers, dates and words of one paper, compared.

A citizen number holds a birth date, a sex and a check character; a disability certificate's number
holds the citizen number, category and grade. Where print and number agree, both are surer; where
they do not, both are doubtful. A number is corrected only where exactly one change of characters
that engines confuse makes it valid, with a division that exists or existed, *and* the birth date
and sex printed beside it agree; what was read is kept, and the correction is a doubt that a person
settles.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping, Sequence

from pipeline.evidence.evidence import PLAIN, Evidence, Value, chances
from pipeline.reference import dates, disability, divisions, idnumber
from pipeline.reference.text import narrow

CONFUSED = ("0OD", "17lI", "2Z", "38", "56S", "8B", "09", "69", "4A")
"""Characters that engines take for one another (domain.md 3.10)."""

FROM_NUMBER = "按同页号码补全"
FEW_WORDS = frozenset({"sex", "category", "grade"})
"""Fields that say one of a few words: what is none of them was misread."""

CardFields = MutableMapping[str, Evidence]


def corroborate(fields: CardFields, missing: Sequence[str] = ()) -> None:
    """Weigh the fields of one face against each other, in place. What a valid number holds stands
    in for those fields that are ``missing``, or were read as nothing that such a field may say;
    never without a doubt, since the paper may print something else."""
    certificate = fields.get("certificate_number")
    if certificate is not None:
        _disability(certificate, fields, missing)
        _citizen(certificate, certificate.value.value[:18], fields, missing)
        return
    number = fields.get("id_number")
    if number is not None:
        _correct(number, fields)
        _citizen(number, number.value.value, fields, missing)


def _citizen(evidence: Evidence, number: str, fields: CardFields, missing: Sequence[str]) -> None:
    try:
        parsed = idnumber.parse(number)
    except idnumber.InvalidIdNumber:
        return
    told = {"birth_date": parsed.birth_date.isoformat(), "sex": parsed.sex}
    _compare(evidence, told, fields, missing, "与号码不符")


def _disability(evidence: Evidence, fields: CardFields, missing: Sequence[str]) -> None:
    try:
        parsed = disability.parse(evidence.value.value)
    except disability.InvalidDisabilityNumber:
        return
    told = {"category": parsed.category, "grade": parsed.grade}
    _compare(evidence, told, fields, missing, "与残疾人证号不符")


def _compare(
    evidence: Evidence,
    told: dict[str, str],
    fields: CardFields,
    missing: Sequence[str],
    doubt: str,
) -> None:
    for name, value in told.items():
        printed = fields.get(name)
        if printed is None or not printed.value.value:
            if name in missing and not evidence.value.doubts:
                fields[name] = Evidence(
                    evidence.pieces, Value(value, (FROM_NUMBER,)), source="derived"
                )
            continue
        # A birth date printed to the month (1990-03) bears the number out as far as it goes.
        month = name == "birth_date" and len(printed.value.value) == 7
        if printed.value.value == (value[:7] if month else value):
            printed.agreed = True
            evidence.agreed = True
        elif name in FEW_WORDS and printed.value.doubts and not evidence.value.doubts:
            printed.value = Value(value, (*printed.value.doubts, FROM_NUMBER))
        else:
            printed.doubts.append(doubt)
            evidence.doubts.append("与同页所印内容不符")


def _correct(evidence: Evidence, fields: CardFields) -> None:
    number = evidence.value.value
    if idnumber.is_valid(number):
        return
    birth, sex = fields.get("birth_date"), fields.get("sex")
    if birth is None or sex is None or birth.value.doubts or sex.value.doubts:
        return
    fitting = {
        candidate
        for candidate in _candidates(number, _open_places(evidence))
        if _fits(candidate, birth.value.value, sex.value.value)
    }
    if len(fitting) == 1:
        evidence.value = Value(fitting.pop(), ("按校验位纠正",), False)


def _fits(number: str, birth_date: str, sex: str) -> bool:
    try:
        parsed = idnumber.parse(number)
    except idnumber.InvalidIdNumber:
        return False
    known = parsed.kind == "hmt" or divisions.existed(parsed.division)
    return known and parsed.birth_date == dates.to_date(birth_date) and parsed.sex == sex


def _open_places(evidence: Evidence) -> list[int]:
    """Where in a number that was read a character may be another one than was read."""
    written = [char for char in evidence.chars if not char.text.isspace()]
    if "".join(narrow(char.text) for char in written) != evidence.value.value:
        return list(range(len(evidence.value.value)))
    return [at for at, char in enumerate(written) if chances(char)[char.text] < PLAIN]


def _candidates(number: str, places: Sequence[int]) -> Iterator[str]:
    if len(number) != 18:
        return
    for i in places:
        for group in CONFUSED:
            if number[i] in group:
                for other in group:
                    if other.isdigit():
                        yield number[:i] + other + number[i + 1 :]


def derive_id_number(fields: CardFields) -> None:
    """The citizen number within a disability certificate's number, as a derived value."""
    certificate = fields.get("certificate_number")
    if certificate is None:
        return
    number = certificate.value.value[:18]
    if idnumber.is_valid(number):
        fields["id_number"] = Evidence(
            certificate.pieces,
            Value(number, (), True),
            certificate.agreed,
            list(certificate.doubts),
            "derived",
        )
