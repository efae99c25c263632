"""What to bring, before anything is scanned: the list of materials for matters and circumstances.

A circumstance that was not said is not guessed: the item stands in the list with the condition
under which it is needed, and what was not said is listed. A matter that is closed to the person, by
the rows of ``eligibility.toml``, is told as closed, and nothing is asked for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pipeline.finding import Severity, type_label
from pipeline.model import DocumentType, Frozen
from validators.guide.eligibility import judge_rule
from validators.guide.facts import Fact
from validators.guide.guide import Guide, guide
from validators.guide.rows import Category, Channel, MaterialRow
from validators.guide.vocabulary import CHANGE_ITEMS
from validators.guide.wording import bring_words, waiver_words


class Circumstances(Frozen):
    """What is known of the applicant. None: not said; an empty tuple of groups: none of them."""

    category: Category | None = None
    channel: Channel | None = None
    proxy: bool | None = None
    away: bool | None = None
    age: int | None = None
    student: bool | None = None
    employment: str | None = None
    special_groups: tuple[str, ...] | None = None
    changes: tuple[str, ...] = ()
    archive_direction: str | None = None
    archive_holder: str | None = None
    verified: tuple[str, ...] = ()


class ChecklistItem(Frozen):
    """One thing to bring. ``only_if`` is the condition where it hangs on something not said;
    ``instead`` lists the papers of which one is enough."""

    item: str
    name: str
    detail: str
    form: str
    matters: tuple[str, ...]
    only_if: str = ""
    instead: tuple[str, ...] = ()
    waived: bool = False


class ChecklistMatter(Frozen):
    """A chosen matter, where it is done and how long it takes (workdays; 0: 即时办结).

    ``closed`` says why it cannot be done by this person, ``asked`` what the office decides first.
    """

    code: str
    name: str
    department: str
    days: str
    online_workdays: int
    offline_workdays: int
    remark: str = ""
    closed: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()


class Checklist(Frozen):
    """What to bring for the chosen matters, and what does not go together. ``unsaid`` are
    circumstances on which items hang and that were not said; ``whole`` is the guide's promise for
    all matters together."""

    matters: tuple[ChecklistMatter, ...]
    items: tuple[ChecklistItem, ...]
    conflicts: tuple[str, ...]
    unsaid: tuple[str, ...] = ()
    whole: str = ""


def checklist(matters: Iterable[str], circumstances: Circumstances) -> Checklist:
    """What to bring for these matters (codes, in any order).

    Raises KeyError for a matter that is none.
    """
    rules = guide()
    chosen = tuple(sorted({rules.matter(code).code for code in matters}))
    told = _with_dependants(tuple(_matters(chosen, circumstances, rules)), rules)
    open_ = tuple(m.code for m in told if not m.closed)
    items: dict[tuple[str, str], ChecklistItem] = {}
    for row in rules.materials:
        found = _item(row, open_, circumstances, rules)
        if found is None:
            continue
        # The same paper for two matters (a residence permit for M5 or M7) is brought once.
        key = (found.name, found.only_if)
        if key in items:
            both = (*items[key].matters, *found.matters)
            items[key] = items[key].model_copy(update={"matters": tuple(dict.fromkeys(both))})
        else:
            items[key] = found
    return Checklist(
        matters=told,
        items=tuple(items.values()),
        conflicts=tuple(_conflicts(chosen, rules)),
        unsaid=tuple(_unsaid(open_, circumstances, rules)),
        whole=(
            f"整件承诺{rules.limits.promised_workdays}个工作日办结，"
            f"法定办结时限合计{rules.limits.statutory_workdays}个工作日"
        ),
    )


def _with_dependants(
    matters: tuple[ChecklistMatter, ...], rules: Guide
) -> tuple[ChecklistMatter, ...]:
    """The matters, closed where all that they rest on is."""
    closed = {m.code for m in matters if m.closed}
    codes = {m.code for m in matters}
    fallen = {
        row.matter
        for row in rules.table.dependency
        if codes & set(row.on) and codes & set(row.on) <= closed
    }
    return tuple(
        m.model_copy(update={"closed": ("所依据的参保登记不能办理",)}) if m.code in fallen else m
        for m in matters
    )


_CIRCUMSTANCES = {
    "category": "申请人是大陆居民、港澳台居民还是外国人",
    "by_proxy": "是否委托他人代办",
    "enrols_away": "是否在户籍地以外参保",
    "archive_direction": "档案是接收还是转出",
    "archive_holder": "档案现在存放在哪里",
    "change_proof": "变更哪些项目",
}
"""Facts of ``materials.toml`` that people can say beforehand, in words."""


def _unsaid(chosen: tuple[str, ...], circumstances: Circumstances, rules: Guide) -> Iterator[str]:
    """What was not said and decides about an item."""
    facts = _facts(circumstances, rules)
    rows = [row for row in rules.materials if set(row.matters) & set(chosen)]
    for fact, words in _CIRCUMSTANCES.items():
        if facts.get(fact) is None and any(
            fact in row.when and _may_hold(row, facts) for row in rows
        ):
            yield words
    if circumstances.special_groups is None and any(
        row.group and _may_hold(row, facts) for row in rows
    ):
        yield "是否属于特殊参保对象"


def _may_hold(row: MaterialRow, facts: Mapping[str, str | None]) -> bool:
    """Whether nothing that was said speaks against the row's conditions."""
    values = ((facts.get(fact), allowed) for fact, allowed in row.when.items())
    return all(value is None or value in allowed for value, allowed in values)


def _facts(circumstances: Circumstances, rules: Guide) -> Mapping[str, str | None]:
    """The facts of ``materials.toml``'s conditions, as far as they were said."""
    proof = any(rules.change_class(item).proof for item in circumstances.changes)
    yes_no = {True: "yes", False: "no", None: None}
    return {
        "category": circumstances.category,
        "hmt_permit": "none",
        "by_proxy": yes_no[circumstances.proxy],
        "enrols_away": yes_no[circumstances.away],
        "archive_direction": circumstances.archive_direction,
        "archive_holder": circumstances.archive_holder,
        "change_proof": ("yes" if proof else "no") if circumstances.changes else None,
    }


def _item(
    row: MaterialRow, chosen: tuple[str, ...], circumstances: Circumstances, rules: Guide
) -> ChecklistItem | None:
    matters = tuple(code for code in chosen if code in row.matters)
    groups = circumstances.special_groups
    if not matters or (row.group and groups is not None and row.group not in groups):
        return None
    facts = _facts(circumstances, rules)
    if not _may_hold(row, facts):
        return None
    unsaid = any(facts.get(fact) is None for fact in row.when) or bool(row.group and groups is None)
    if row.generated_online and circumstances.channel == "online":
        return None
    return ChecklistItem(
        item=row.item,
        name=row.name,
        detail=row.detail,
        form=bring_words(row) + waiver_words(row),
        matters=matters,
        only_if=row.in_words if unsaid else "",
        instead=tuple(_alternatives(row, matters, circumstances)),
        waived=row.waived_by is not None and row.waived_by in circumstances.verified,
    )


def _alternatives(
    row: MaterialRow, matters: tuple[str, ...], circumstances: Circumstances
) -> Iterator[str]:
    """Papers that fulfil the item: for all of these matters first, then what the guide names for
    one of them, with its name; none where there is no choice."""
    accepted: dict[DocumentType, set[str]] = {}
    for way in row.accepts:
        other = way.category and circumstances.category not in (None, *way.category)
        # What the guide itself names counts, though a person looks at it more closely.
        if (way.doubt is None or way.item) and not other:
            accepted.setdefault(way.type, set()).update(way.matters or matters)
    lacking = _ONLY_FOR.get(circumstances.category or "", frozenset()) | _UNNAMED
    if row.holder != "applicant":  # of what category the proxy is, nobody said
        lacking = _UNNAMED
    offered = {k: c & set(matters) for k, c in accepted.items() if k not in lacking}
    whole = [kind for kind, codes in offered.items() if codes == set(matters)]
    some = {k: c for k, c in offered.items() if c and k not in whole}
    if len(whole) + len(some) > 1:
        yield from map(type_label, whole)
        for kind, codes in some.items():
            yield f"{type_label(kind)}（限{'、'.join(sorted(codes))}）"


_UNNAMED = frozenset({DocumentType.GROUP_PROOF})
"""Kinds that the row's own name describes better."""

_MAINLAND = frozenset({DocumentType.ID_CARD, DocumentType.TEMPORARY_ID_CARD, DocumentType.HUKOU})
_HMT = frozenset(
    {
        DocumentType.HMT_RESIDENCE_PERMIT,
        DocumentType.HK_MACAO_TRAVEL_PERMIT,
        DocumentType.TAIWAN_TRAVEL_PERMIT,
    }
)
_FOREIGN = frozenset({DocumentType.FOREIGN_PERMANENT_RESIDENT_CARD})
_ONLY_FOR = {
    "mainland": _HMT | _FOREIGN,
    "hmt": _MAINLAND | _FOREIGN,
    "foreign": _MAINLAND | _HMT,
}
"""Papers that somebody of this category does not have."""


def _matters(
    chosen: tuple[str, ...], circumstances: Circumstances, rules: Guide
) -> Iterator[ChecklistMatter]:
    for code in chosen:
        row = rules.matter(code)
        online, offline = (_days(n) for n in (row.online_workdays, row.offline_workdays))
        if circumstances.channel is not None:
            days = online if circumstances.channel == "online" else offline
        else:
            days = online if online == offline else f"线上{online}，线下{offline}"
        yield ChecklistMatter(
            code=code,
            name=row.name,
            department=rules.table.departments[row.department],
            days=days,
            online_workdays=row.online_workdays,
            offline_workdays=row.offline_workdays,
            remark=row.remark,
            **_closed(code, circumstances, rules),
        )


def _closed(code: str, circumstances: Circumstances, rules: Guide) -> dict[str, tuple[str, ...]]:
    """Why the matter is closed to this person, and what a person decides first: the rows of
    eligibility.toml over what was said."""
    yes_no = {True: "yes", False: "no", None: None}
    said: dict[str, str | int | None] = {
        "category": circumstances.category,
        "pension_access": circumstances.category if circumstances.category != "hmt" else None,
        "age": circumstances.age,
        "is_student": yes_no[circumstances.student],
        "employment": circumstances.employment,
        "change_channel": _change_channel(circumstances, rules),
    }
    reasons: dict[Severity, list[str]] = {Severity.REJECT: [], Severity.REVIEW: []}
    for row in rules.eligibility:
        value = said.get(row.fact)
        when = all(said.get(fact) in allowed for fact, allowed in row.when.items())
        if code not in row.matters or value is None or not when:
            continue
        outcome = judge_rule(row, Fact(value, detail=_detail(row.fact, value, circumstances)))
        if outcome is not None and outcome.severity in reasons:
            detail = _detail(row.fact, value, circumstances)
            reasons[outcome.severity].append(outcome.reason.format(detail=detail))
    return {
        "closed": tuple(dict.fromkeys(reasons[Severity.REJECT])),
        "asked": tuple(dict.fromkeys(reasons[Severity.REVIEW])),
    }


def _detail(fact: str, value: str | int, circumstances: Circumstances) -> str:
    if fact == "change_channel":
        return "、".join(CHANGE_ITEMS[item] for item in circumstances.changes)
    return str(value)


def _change_channel(circumstances: Circumstances, rules: Guide) -> str | None:
    """Whether all these changes may come by this channel; None where that was not said."""
    channel = circumstances.channel
    if channel is None or not circumstances.changes:
        return None
    rows = [rules.change_class(item) for item in circumstances.changes]
    if any(channel not in (*row.channels, *row.doubtful_channels) for row in rows):
        return "closed"
    return "open" if all(channel in row.channels for row in rows) else "doubtful"


def _days(workdays: int) -> str:
    return f"{workdays}个工作日" if workdays else "即时办结"


def _conflicts(chosen: tuple[str, ...], rules: Guide) -> Iterator[str]:
    for pair in rules.table.exclusion:
        if set(pair.matters) <= set(chosen):
            one, other = (rules.matter(code).name for code in pair.matters)
            only = (
                "只能选择一项"
                if pair.severity == Severity.REJECT
                else "一般不同时办理，请先咨询窗口"
            )
            yield f"“{one}”与“{other}”{only}。"
