"""The same fact in two places of a booklet: agreement raises confidence, disagreement is a doubt.

The number holds birth date and sex (GB 11643-1999); the head's own page names the head; the
relation implies a sex (domain.md 2.3, appendix E).
"""

from __future__ import annotations

from collections.abc import Sequence

from extractors.hukou.faces import BookletDraft
from pipeline.evidence.evidence import SURE_CHARACTER
from pipeline.model import Reading
from pipeline.reference import idnumber, names, relations

AGREED = 0.3
"""What is left of a reading's doubt when something independent agrees."""


def weigh_against_number(draft: BookletDraft) -> None:
    """Number against birth date, sex and relation, all of one member page."""
    number = draft.fields.get("id_number")
    if number is not None and idnumber.is_valid(number.value):
        parsed = idnumber.parse(number.value)
        for name, expected in (("birth_date", parsed.birth_date.isoformat()), ("sex", parsed.sex)):
            printed = draft.fields.get(name)
            if printed is None or not printed.value:
                continue
            if printed.value == expected:
                draft.fields[name] = _agreed(printed)
                draft.fields["id_number"] = _agreed(draft.fields["id_number"])
            else:
                draft.fields[name] = doubted(printed, "与公民身份号码中的不同")
    relation, sex = draft.fields.get("relation_to_head"), draft.fields.get("sex")
    implied = relations.implied_sex(relation.value) if relation else None
    if relation and sex and sex.value and implied and implied != sex.value:
        draft.fields["relation_to_head"] = doubted(relation, "与性别不符")


def weigh_against_head(heads: Sequence[BookletDraft], members: Sequence[BookletDraft]) -> None:
    """The head's own member page against the head page, where both lie on one sheet."""
    if len(heads) != 1:
        return
    head = heads[0].fields.get("head_name")
    if head is None:
        return
    for member in members:
        relation, name = member.fields.get("relation_to_head"), member.fields.get("name")
        if relation is None or name is None or not relations.is_head(relation.value):
            continue
        likeness = names.compare(head.value, name.value)
        if likeness == "same":
            heads[0].fields["head_name"] = _agreed(head)
            member.fields["name"] = _agreed(name)
        elif likeness in ("variant", "near"):
            heads[0].fields["head_name"] = doubted(head, "与户主本人登记卡上的姓名不同")
            member.fields["name"] = doubted(name, "与户主页上的户主姓名不同")


def _agreed(reading: Reading) -> Reading:
    doubt = (1.0 - reading.confidence) * AGREED
    return reading.model_copy(update={"confidence": round(min(SURE_CHARACTER, 1.0 - doubt), 4)})


def doubted(reading: Reading, doubt: str) -> Reading:
    """The reading with a doubt."""
    return reading.model_copy(update={"doubts": tuple(dict.fromkeys((*reading.doubts, doubt)))})
