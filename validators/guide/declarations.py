"""Facts that rest on what was typed or written on the form, with the papers where they matter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pipeline.model import Change, Document, DocumentType
from validators.guide.facts import UNKNOWN, Fact, Facts, FactWay
from validators.guide.rows import Accepts
from validators.guide.vocabulary import CHANGE_ITEMS, CHANNELS
from validators.person.applicant import parse_number
from validators.person.kinds import first
from validators.person.values import is_same


def _declaration(name: str) -> FactWay:
    def declared(facts: Facts) -> Fact:
        value = getattr(facts.request, name)
        if value is None:
            return UNKNOWN
        if isinstance(value, bool):
            value = "yes" if value else "no"
        return Fact(value, facts.papers.is_declared_surely(name))

    return declared


def _archive(part: str) -> FactWay:
    def declared(facts: Facts) -> Fact:
        if facts.request.archive is None:
            return UNKNOWN
        return Fact(
            getattr(facts.request.archive, part), facts.papers.is_declared_surely("archive")
        )

    return declared


def _by_proxy(facts: Facts) -> Fact:
    letters = facts.application.of(DocumentType.PROXY_UNDERTAKING)
    if facts.request.proxy is not None:
        return Fact("yes", facts.papers.is_declared_surely("proxy"))
    return Fact("yes", documents=(letters[0].id,)) if letters else Fact("no")


def _archive_kind(facts: Facts) -> Fact:
    archive = facts.request.archive
    if archive is None or archive.kind is None:
        return Fact("unsaid")
    return Fact(archive.kind, facts.papers.is_declared_surely("archive"))


def _said(name: str) -> FactWay:
    """What the application says of an insurance, ``unsaid`` where nothing."""

    def said(facts: Facts) -> Fact:
        value = getattr(facts.request, name)
        return Fact("unsaid" if value is None else value, facts.papers.is_declared_surely(name))

    return said


def _flexible_worker(facts: Facts) -> Fact:
    """Whom a unit employs is no flexible worker, but for part-time work that insures nobody."""
    employment = facts.request.employment
    part_time = employment == "employed" and facts.request.flex_type == "part_time"
    if employment in ("employed", "public_institution") and not part_time:
        detail = "在用人单位就业" if employment == "employed" else "机关事业单位工作人员"
        return Fact("contradicted", facts.papers.is_declared_surely("employment"), detail=detail)
    return UNKNOWN if facts.request.flex_type is None else Fact("yes")


def _card_before(facts: Facts) -> Fact:
    cards = facts.papers.owned(DocumentType.SOCIAL_SECURITY_CARD)
    if facts.request.card_applied_before:
        return Fact("yes", facts.papers.is_declared_surely("card_applied_before"))
    if cards:
        return Fact("card_shown", documents=(cards[0].id,))
    return UNKNOWN if facts.request.card_applied_before is None else Fact("no")


def _fee_basis(facts: Facts) -> Fact:
    request = facts.request
    insured = (request.insured_pension, request.insured_medical)
    if "employee" in insured:
        return Fact("insured")
    if {"M3", "M7"} & set(request.matters):
        return Fact("selected")
    if None in insured:
        return UNKNOWN
    if {"M2", "M5"} & set(request.matters) or "resident" in insured:
        return Fact("resident_only")
    return Fact("none")


def change_class(facts: Facts, change: Change) -> str:
    """The class of a change (guide.toml). A new sex that the number contradicts brings a new
    number (A19)."""
    if change.item == "sex" and change.new in ("男", "女"):
        number = facts.person.number
        parsed = parse_number(number.value) if number else None
        if parsed is not None and parsed.sex != change.new:
            return facts.guide.change_class("id_number").class_
    return facts.guide.change_class(change.item).class_


def _labels(changes: Iterable[Change]) -> str:
    return "、".join(dict.fromkeys(CHANGE_ITEMS[c.item] for c in changes))


def _changes(facts: Facts) -> Fact:
    changes = facts.request.changes
    sure = facts.papers.is_declared_surely("changes")
    if not changes:
        forms = facts.application.of(DocumentType.APPLICATION_FORM)
        return Fact("empty", not any("changes" in f.missing for f in forms))
    if twice := [c for c in changes for d in changes if _contradict(c, d)]:
        return Fact("conflicting", sure, detail=_labels(twice))
    if blank := [c for c in changes if not c.new.strip()]:
        return Fact("incomplete", sure, detail=_labels(blank))
    if same := [c for c in changes if c.old.strip() and is_same(c.item, c.old, c.new)]:
        return Fact("same", sure, detail=_labels(same))
    return Fact("valid", sure)


def _contradict(one: Change, other: Change) -> bool:
    """Whether one item is to be changed to two things. ``other`` stands for anything."""
    if one.item != other.item or one.item == "other":
        return False
    pairs = ((one.old, other.old), (one.new, other.new))
    return any(a and b and not is_same(one.item, a, b) for a, b in pairs)


def _unclaimed_group(facts: Facts) -> Fact:
    """Whether a paper proves a special group that was not asked for (guide 五, special groups)."""
    claimed = set(facts.request.special_groups)
    for row in facts.guide.materials:
        if row.group is None or row.group in claimed or row.item in _PART_OF_TWO:
            continue
        for way in row.accepts:
            for document in facts.application.of(way.type):
                if facts.papers.holder(document) == "applicant" and _proves(way, document, facts):
                    group = facts.guide.special_group(row.group)
                    name = group.name if group else row.group
                    return Fact("proved", True, (document.id,), detail=name)
    return Fact("none")


_PART_OF_TWO = ("2.5b",)
"""低保残疾人 needs two papers: one of them alone proves another group, or none."""


def _proves(way: Accepts, document: Document, facts: Facts) -> bool:
    for says in way.says:
        found = first(document, says.fields)
        if found is None:
            return False
        if says.kinds:
            if facts.guide.proof_kind(found[1].value) not in says.kinds:
                return False
        elif not says.holds(found[1].value):
            return False
    return bool(way.says) and facts.papers.is_expired(document) is not True


def _change_channel(facts: Facts) -> Fact:
    if not facts.request.changes:
        return Fact("nothing")
    rows = {row.class_: row for row in facts.guide.table.change_class}
    classed = [(c, rows[change_class(facts, c)]) for c in facts.request.changes]
    channel = facts.request.channel
    if channel is None:
        free = all(len(row.channels) == len(CHANNELS) for _, row in classed)
        return Fact("open") if free else UNKNOWN
    taken = {c.item: (*row.channels, *row.doubtful_channels) for c, row in classed}
    if closed := [c for c, _ in classed if channel not in taken[c.item]]:
        sure = all(facts.papers.is_declared_surely(n) for n in ("changes", "channel"))
        return Fact("closed", sure, detail=_labels(closed))
    if doubtful := [c for c, row in classed if channel not in row.channels]:
        return Fact("doubtful", detail=_labels(doubtful))
    return Fact("open")


def _change_proof(facts: Facts) -> Fact:
    rows = {row.class_: row for row in facts.guide.table.change_class}
    needed = any(rows[change_class(facts, c)].proof for c in facts.request.changes)
    return Fact("yes" if needed else "no", facts.papers.is_declared_surely("changes"))


DECLARATIONS: Mapping[str, FactWay] = {
    "channel": _declaration("channel"),
    "flex_type": _declaration("flex_type"),
    "employment": _declaration("employment"),
    "is_student": _declaration("is_student"),
    "insured_pension": _declaration("insured_pension"),
    "insured_medical": _declaration("insured_medical"),
    "archive_direction": _archive("direction"),
    "archive_holder": _archive("holder"),
    "archive_kind": _archive_kind,
    "said_pension": _said("insured_pension"),
    "said_medical": _said("insured_medical"),
    "unclaimed_group": _unclaimed_group,
    "by_proxy": _by_proxy,
    "flexible_worker": _flexible_worker,
    "card_before": _card_before,
    "fee_basis": _fee_basis,
    "changes": _changes,
    "change_channel": _change_channel,
    "change_proof": _change_proof,
}
"""How each declared fact is computed."""
