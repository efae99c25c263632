"""What to bring, before anything is scanned: the list of materials for matters and circumstances.

A circumstance that was not said is not guessed: the item stands in the list with the condition
under which it is needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pipeline.finding import Severity, type_label
from pipeline.model import DocumentType, Frozen
from validators.guide.guide import Guide, guide
from validators.guide.rows import Category, Channel, MaterialRow
from validators.guide.wording import bring_words, waiver_words


class Circumstances(Frozen):
    """What is known of the applicant. None: not said."""

    category: Category | None = None
    channel: Channel | None = None
    proxy: bool = False
    away: bool | None = None
    special_groups: tuple[str, ...] = ()
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
    """A chosen matter, where it is done and how long it takes."""

    code: str
    name: str
    department: str
    days: str


class Checklist(Frozen):
    """What to bring for the chosen matters, and what does not go together."""

    matters: tuple[ChecklistMatter, ...]
    items: tuple[ChecklistItem, ...]
    conflicts: tuple[str, ...]


def checklist(matters: Iterable[str], circumstances: Circumstances) -> Checklist:
    """What to bring for these matters (codes, in any order).

    Raises KeyError for a matter that is none.
    """
    rules = guide()
    chosen = tuple(sorted({rules.matter(code).code for code in matters}))
    items: dict[tuple[str, str], ChecklistItem] = {}
    for row in rules.materials:
        found = _item(row, chosen, circumstances, rules)
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
        matters=tuple(_matters(chosen, circumstances, rules)),
        items=tuple(items.values()),
        conflicts=tuple(_conflicts(chosen, circumstances, rules)),
    )


def _facts(circumstances: Circumstances, rules: Guide) -> Mapping[str, str | None]:
    """The facts of ``materials.toml``'s conditions, as far as they were said."""
    proof = any(rules.change_class(item).proof for item in circumstances.changes)
    away = {True: "yes", False: "no", None: None}[circumstances.away]
    return {
        "category": circumstances.category,
        "by_proxy": "yes" if circumstances.proxy else "no",
        "enrols_away": away,
        "archive_direction": circumstances.archive_direction,
        "archive_holder": circumstances.archive_holder,
        "change_proof": ("yes" if proof else "no") if circumstances.changes else None,
    }


def _item(
    row: MaterialRow, chosen: tuple[str, ...], circumstances: Circumstances, rules: Guide
) -> ChecklistItem | None:
    matters = tuple(code for code in chosen if code in row.matters)
    if not matters or (row.group and row.group not in circumstances.special_groups):
        return None
    facts = _facts(circumstances, rules)
    values = [(facts.get(fact), allowed) for fact, allowed in row.when.items()]
    if any(value is not None and value not in allowed for value, allowed in values):
        return None
    unsaid = any(value is None for value, _ in values)
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
    """Papers that fulfil the item for all of these matters, where there are several."""
    accepted: dict[DocumentType, set[str]] = {}
    for way in row.accepts:
        other = way.category and circumstances.category not in (None, *way.category)
        if way.doubt is None and not other:
            accepted.setdefault(way.type, set()).update(way.matters or matters)
    whole = [kind for kind, codes in accepted.items() if set(matters) <= codes]
    if len(whole) > 1:
        for kind in whole:
            if circumstances.category is None or kind not in _ONLY_FOR.get(
                circumstances.category, frozenset()
            ):
                yield type_label(kind)


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
        )


def _days(workdays: int) -> str:
    return f"{workdays}个工作日" if workdays else "即时办结"


def _conflicts(
    chosen: tuple[str, ...], circumstances: Circumstances, rules: Guide
) -> Iterator[str]:
    for pair in rules.table.exclusion:
        if set(pair.matters) <= set(chosen):
            one, other = (rules.matter(code).name for code in pair.matters)
            only = (
                "只能选择一项"
                if pair.severity == Severity.REJECT
                else "一般不同时办理，请先咨询窗口"
            )
            yield f"“{one}”与“{other}”{only}。"
    window_only = [
        item
        for item in circumstances.changes
        if circumstances.channel is not None
        and circumstances.channel not in rules.change_class(item).channels
        and circumstances.channel not in rules.change_class(item).doubtful_channels
    ]
    if window_only and {"M6", "M8"} & set(chosen):
        yield "变更姓名、公民身份号码等重要个人信息只能到窗口办理。"
