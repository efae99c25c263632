"""Reading the fields of a letter from its running text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from extractors.labelled.arithmetic import corroborate
from extractors.labelled.looks import UNLABELLED
from extractors.letters.changes import ITEMS, find_changes
from extractors.letters.closing import close_of
from extractors.letters.draft import LetterDraft, stripped
from extractors.letters.events import EVENT_MARGIN, EVENT_RIVALS, event_dates
from extractors.letters.grammar import LETTER_GRAMMARS, NO_BODY
from extractors.letters.groups import group_of
from extractors.letters.kinds import MACROS, LetterKind
from extractors.letters.members import find_members
from extractors.letters.parties import is_parted, parties_of, phone_of
from extractors.letters.places import mend_place
from extractors.letters.subject import subject_of
from pipeline.evidence.evidence import Evidence, Value, is_unsure
from pipeline.evidence.second_choices import prefer
from pipeline.reference import dates

NAMES_DIFFER = "与同页所印的单位名称不一致"
OTHER_PERSON = "文中另有一人也带号码，请核对材料所指的人"
NOT_TOLD = "文中未能分清代办人与申请人"
UNSURE_ELSEWHERE = "文中另一处同样的内容识别把握不足"
ADDRESSED = "服务处所按落款或主送单位推定"
_NUMBER = re.compile(r"(?<!\d)\d{17}[\dXx×](?!\d)")
_BODY = "(?:单位|公司|局|校|院|厂|所|中心|社|部|委|站|司)"
_OWN_STAFF = re.compile(
    rf"[我本]{_BODY}[^,。;\n]{{0,8}}?(?:职工|员工|教师|干部|医生|护士|工人|聘用)|[与和同][我本]{_BODY}"
)
_PHONE_SHOWN = re.compile(rf"电话|手机|联系方式|(?<!\d){MACROS['PHONE']}(?!\d)")
_REQUESTED = re.compile(rf"(?:你|贵){_BODY}")
Tables = Mapping[str, Sequence[Mapping[str, Evidence]]]


def read_letter(kind: LetterKind, title: str, draft: LetterDraft) -> tuple[list[str], Tables]:
    """Find the fields of a letter and weigh them against each other, in place; returns those that
    are missing, and the members of the household where they are listed."""
    for fact in kind.facts:
        draft.take_fact(fact)
    for name in kind.events:
        _read_event(name, draft)
    tables: Tables = {}
    if "group" in kind.always:
        _read_group(draft, title, worded="category" in kind.always)
        members = find_members(draft.running)
        tables = {"members": members} if members else {}
    if "id_number" in kind.always:
        _read_subject(draft)
    else:
        _read_parties(draft)
    _read_closing(kind, draft)
    missing = _read_changes(draft) if "old_value" in kind.always else []
    corroborate(draft.fields)
    _until(draft)
    asked = (name for name in kind.always if name not in ("old_value", "new_value"))
    lost = (*missing, *asked, *_unread(kind, draft.text))
    return [name for name in dict.fromkeys(lost) if name not in draft.fields], tables


def _unread(kind: LetterKind, text: str) -> Iterator[str]:
    """The fields that not every paper of the kind has, but whose label or number this one shows."""
    yield from (fact.name for fact in kind.facts if fact.printed and fact.printed.search(text))
    if "proxy_name" in kind.always and _PHONE_SHOWN.search(text):
        yield "proxy_phone"


def _read_event(name: str, draft: LetterDraft) -> None:
    """The date of an event, doubted where another date is as likely."""
    found = event_dates(draft.text, name)
    if found:
        best = found[0]
        near = (d for d in found[1:] if best.weight - d.weight < EVENT_MARGIN)
        rival = any(d.value != best.value for d in near)
        draft.take(name, "full_date", best.span, [EVENT_RIVALS] if rival else [])


def _read_group(draft: LetterDraft, title: str, *, worded: bool) -> None:
    """The group that the paper proves, and whether it still holds."""
    told = group_of(draft.text, title)
    if told is None:
        return
    group = draft.take("group", "group", told.span, told.doubts)
    if worded:
        draft.take("category", "wording", told.wording, told.wording_doubts)
    if told.state is not None and group is not None:
        draft.state("group_state", told.state, group, told.state_doubts)


def _read_subject(draft: LetterDraft) -> None:
    """Whom the letter is about and the number beside; else the only number of the text."""
    if "id_number" not in draft.fields:
        _read_only_number(draft)
    subject, number = subject_of(draft.text), draft.fields.get("id_number")
    if subject is None:
        return
    rival = [OTHER_PERSON] if subject.rival else []
    draft.take_name("name", subject.name, labelled=subject.labelled, doubts=rival)
    if subject.number is not None:
        beside = draft.text[slice(*subject.number)].upper()
        if number is None or number.value.value != beside or UNLABELLED in number.doubts:
            number = draft.take("id_number", "id_number", subject.number)
    if number is not None:
        number.doubts += rival


def _read_only_number(draft: LetterDraft) -> None:
    """The only citizen number in a text that does not label it, told by its check digit."""
    grammar = LETTER_GRAMMARS["id_number"]
    spans = {
        value.value: m.span()
        for m in _NUMBER.finditer(draft.text)
        if (value := grammar(stripped(m[0]))).closed
    }
    if len(spans) == 1:
        draft.take("id_number", "id_number", spans.popitem()[1], [UNLABELLED])


def _read_parties(draft: LetterDraft) -> None:
    """Proxy and applicant."""
    parties = parties_of(draft.text)
    unsure = [NOT_TOLD] if parties.unsure else []
    for role, person in parties.persons.items():
        draft.take_name(f"{role}_name", person.name, labelled=person.labelled, doubts=unsure)
        parted = [NOT_TOLD] if is_parted(draft.text, role, person) else []
        draft.take(f"{role}_id_number", "id_number", person.number, unsure or parted)
    draft.take("proxy_phone", "phone", phone_of(draft.text, parties))


def _read_changes(draft: LetterDraft) -> list[str]:
    """What was changed: ``old_<item>``, ``new_<item>``; returns what is missing. The person's own
    name and number are the new ones."""
    grammars = {item.field: item.grammar for item in ITEMS}
    fields = draft.fields
    for name, span in find_changes(draft.running).items():
        draft.take(name, grammars[name.partition("_")[2]], span)
    for item in ("name", "id_number"):
        old, new, own = (fields.get(name) for name in (f"old_{item}", f"new_{item}", item))
        if new is not None and (own is None or (old is not None and _same_place(own, old))):
            draft.derive(item, new)
        elif new is None and old is not None and own is not None and own.value != old.value:
            draft.derive(f"new_{item}", own)
        elif new is not None and own is not None:
            _share_doubt(item, own, new)
    items = [name for name in grammars if f"old_{name}" in fields or f"new_{name}" in fields]
    if not items:
        return ["old_value", "new_value"]
    sides = (f"{side}_{name}" for name in items for side in ("old", "new"))
    return [name for name in sides if name not in fields]


def _share_doubt(item: str, own: Evidence, new: Evidence) -> None:
    """Doubt both of two equal readings where one is unsure, in place: the same sign misread twice
    is one witness."""
    unsure = [is_unsure(item, e) for e in (own, new)]
    if own.value == new.value and any(unsure) and not all(unsure):
        (new if unsure[0] else own).doubts.append(UNSURE_ELSEWHERE)


def _same_place(one: Evidence, other: Evidence) -> bool:
    return [p.quad for p in one.pieces] == [p.quad for p in other.pieces]


def _read_closing(kind: LetterKind, draft: LetterDraft) -> None:
    """Issuer and date, and the employer where the issuer is one."""
    closing = close_of(draft.running, draft.sheet, draft.recognise)
    if closing.day is not None:
        draft.fields["issue_date"] = closing.day
    if closing.issuer is not None and "issuing_authority" in kind.always:
        prefer("issuing_authority", closing.issuer)
        mend_place(closing.issuer)
        draft.fields["issuing_authority"] = closing.issuer
        _compare_bodies(closing.issuer, draft.fields.get("employer"))
    if kind.employer_is_issuer:
        _read_employer(draft)


def _compare_bodies(issuer: Evidence, employer: Evidence | None) -> None:
    """An issuer that is the end of the employer's name, or the other way round, lost its
    beginning."""
    if employer is None:
        return
    one, other = issuer.value.value, employer.value.value
    if one != other and (one.endswith(other) or other.endswith(one)):
        issuer.doubts.append(NAMES_DIFFER)
        employer.doubts.append(NAMES_DIFFER)


def _read_employer(draft: LetterDraft) -> None:
    """Who writes that somebody left is the employer, or the authority above that answers it: then
    the employer is addressed."""
    fields = draft.fields
    addressed = fields.get("addressee")
    if addressed is not None and NO_BODY in addressed.value.doubts:
        del fields["addressee"]
        addressed = None
    issuer, named = fields.get("issuing_authority"), fields.get("employer")
    if named is not None and NO_BODY not in named.value.doubts:
        return
    body, doubts = issuer, list[str]()
    above = issuer is None or (
        addressed is not None and not addressed.value.value.startswith(issuer.value.value)
    )
    if addressed and not addressed.value.doubts and above and not _OWN_STAFF.search(draft.text):
        doubts = [ADDRESSED]
        body = addressed if _REQUESTED.search(draft.text) else issuer
    if body is not None:
        draft.derive("employer", body, doubts)


def _until(draft: LetterDraft) -> None:
    """The last day of a letter that is good for so many days from its date."""
    fields = draft.fields
    lasts, day = fields.get("validity_days"), fields.get("issue_date")
    begun = dates.to_date(day.value.value) if day else None
    if lasts is None or day is None or begun is None or "valid_to" in fields:
        return
    if lasts.value.value.isdigit():
        until = (begun + timedelta(days=int(lasts.value.value))).isoformat()
        doubts = [*lasts.value.doubts, *lasts.doubts, *day.value.doubts, *day.doubts]
        pieces = [*lasts.pieces, *day.pieces]
        fields["valid_to"] = Evidence(pieces, Value(until, (), True), False, doubts, "derived")
