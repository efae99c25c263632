"""Names and numbers of a letter weighed against who stands beside whom (:mod:`people`)."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, Sequence

from extractors.labelled.looks import UNLABELLED
from extractors.letters.people import (
    LetterRole,
    Pair,
    Span,
    find_pairs,
    owner_of,
    parts_of,
    persons_of,
)
from pipeline.evidence.evidence import Evidence
from pipeline.reference import names

LetterFields = MutableMapping[str, Evidence]
Take = Callable[[str, str, Span], Evidence]
"""Reads a stretch of the text as a field's value: field, grammar, stretch."""

NOT_OWNER = "号码旁所印的是另一姓名"
NOT_TOLD = "文中未能分清代办人与申请人"
PARTIES = frozenset({"proxy_name", "proxy_id_number", "applicant_name", "applicant_id_number"})


def weigh_owner(fields: LetterFields, text: str, take: Take) -> None:
    """The person of a letter, in place: whose number it is. A name that was not found, or found
    where it is doubtful, is the number's owner; a name that is another's is doubted with it."""
    pairs = find_pairs(text)
    number = fields.get("id_number")
    if number is None or not number.value.closed:
        return
    own = owner_of(number.value.value, pairs, text)
    if own is None:
        return
    if UNLABELLED in number.doubts:
        number.doubts.remove(UNLABELLED)
    _settle("name", own, fields, text, take, (number,))


def weigh_parts(fields: LetterFields, text: str, take: Take) -> None:
    """Proxy and applicant, in place, where the text names two persons and says who is who."""
    pairs = find_pairs(text)
    parts = parts_of(pairs, text)
    if not parts and len(persons_of(pairs, text)) > 1:
        for field in PARTIES & fields.keys():
            fields[field].doubts.append(NOT_TOLD)
    named = {role: names.normalise(text[slice(*pair.name)]) for role, pair in parts.items()}
    numbers = {text[slice(*pair.number)].upper() for pair in parts.values()}
    for role, pair in parts.items():
        field = f"{role}_name"
        found = fields.get(field)
        if found is not None and found.value.value in set(named.values()) - {named[role]}:
            del fields[field]  # the other one's
        _number(role, pair, fields, text, take, numbers)
        number = fields[f"{role}_id_number"]
        _settle(f"{role}_name", pair, fields, text, take, (number,))


def _number(
    role: LetterRole, pair: Pair, fields: LetterFields, text: str, take: Take, numbers: set[str]
) -> None:
    field = f"{role}_id_number"
    found = fields.get(field)
    if found is None or found.value.value != text[slice(*pair.number)].upper():
        fields[field] = take(field, "id_number", pair.number)
        if found is not None and not found.value.doubts and found.value.value not in numbers:
            fields[field].doubts.append(NOT_OWNER)


def _settle(
    field: str, own: Pair, fields: LetterFields, text: str, take: Take, others: Sequence[Evidence]
) -> None:
    found = fields.get(field)
    beside = names.normalise(text[slice(*own.name)])
    if found is not None and names.compare(found.raw, beside) != "different":
        return
    if found is None or found.value.doubts:
        fields[field] = take(field, "name", own.name)
        return
    for evidence in (found, *others):
        evidence.doubts.append(NOT_OWNER)
