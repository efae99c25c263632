"""Which special group a proof says its holder belongs to, and whether it still holds.

A mention of a group (``letters.toml``: table ``group``) stands in a clause that claims it, now
(享受) or in the past (曾, 原, 退出), asks for it (申请) or refuses it (不予批准). A label's value
and a clause that claims count more than a title and a mere mention. The clauses behind a mention,
up to the next one, still speak of it (现仍在享, 已于五月停发).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from extractors.letters.people import Span
from extractors.letters.tables import table

GroupState = Literal["current", "former", "applied", "refused"]
GROUP_RIVALS = "文中另有不同的说法"
STATE_RIVALS = "文中所述是否仍属该类对象前后不一"
ELSEWHERE = "只在标题或其他语句中出现"
BY_LABEL, BY_CLAIM, BY_TITLE, MENTIONED = 5, 4, 2, 1
"""How much a mention counts."""
CLAIM_REACH = 24
"""Characters before a mention within which a verb claims it."""
_NOUN = re.compile(r"(?:(?<=供养)|(?<=保障)|(?<=低保))(?:对象|家庭|户|人员)$")
"""The holder's noun behind the name of a kind of support."""
_UNTICKED = re.compile(r"[□☐○口]\s*$")
_CLAUSE = re.compile(r"[^,，。;；\n]+")
_SIGN = re.compile(r"[,，。;；\n]")
_STOP = re.compile(r"[。;；\n]")
_LABEL_TAIL = re.compile(r"(?:认定|识别)?(?:类别|类型|种类|姓名|身份证|认定|信息|识别)")
_ALREADY: tuple[GroupState, ...] = ("refused", "former", "applied", "current")
_LATER: tuple[GroupState, ...] = ("refused", "former", "current")


@dataclass(frozen=True, slots=True)
class GroupClaim:
    """A mention of a group: which, where, how much it counts, what its clause says of the time."""

    group: str
    span: Span
    weight: int
    state: GroupState | None


@cache
def _mention() -> tuple[re.Pattern[str], Mapping[str, str]]:
    rows = table()["group"]
    names = {f"g{i}": row["name"] for i, row in enumerate(rows)}
    text = "|".join(f"(?P<g{i}>{row['words']})" for i, row in enumerate(rows))
    return re.compile(text), names


@cache
def _cue(name: str) -> re.Pattern[str]:
    return re.compile(table()["cues"][name])


def group_name(text: str) -> str | None:
    """The group that a wording names; None for other words."""
    pattern, names = _mention()
    found = pattern.fullmatch(text)
    return names[found.lastgroup or ""] if found else None


def claims_of(text: str, title: str) -> list[GroupClaim]:
    """Every mention of a group, in the order of the text."""
    pattern, names = _mention()
    found = [
        m
        for m in pattern.finditer(text)
        if not _UNTICKED.search(text[max(0, m.start() - 3) : m.start()])
        and not _LABEL_TAIL.match(text, m.end())
    ]
    claims = []
    for i, mention in enumerate(found):
        start = max(text.rfind(sign, 0, mention.start()) for sign in "\n。;；") + 1
        until = found[i + 1].start() if i + 1 < len(found) else len(text)
        line = text[start : _line_end(text, mention.end())]
        in_title = "".join(line.split()) in title and bool(title)
        weight = _weight(text, start, mention, in_title)
        name = names[mention.lastgroup or ""]
        state = _state(text, start, mention, until)
        if state != "refused" and name in _served() and _is_past(text, start, mention.end()):
            state = "former"
        claims.append(GroupClaim(name, mention.span(), weight, state))
    return claims


@cache
def _served() -> frozenset[str]:
    """Groups whose members served for a time."""
    return frozenset(row["name"] for row in table()["group"] if row.get("served"))


def _is_past(text: str, start: int, end: int) -> bool:
    """Whether the sentence tells a time of service that has ended."""
    sign = _STOP.search(text, end)
    sentence = text[start : sign.start() if sign else len(text)]
    return _cue("served").search(sentence) is not None and "至今" not in sentence


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _weight(text: str, start: int, mention: re.Match[str], in_title: bool) -> int:
    before = text[max(start, mention.start() - CLAIM_REACH) : mention.start()]
    if _cue("group_label").search(before):
        return BY_LABEL
    if in_title:
        return BY_TITLE
    return BY_CLAIM if _cue("claim").search(before) else MENTIONED


def _state(text: str, start: int, mention: re.Match[str], until: int) -> GroupState | None:
    """What the mention's clause says, else the next clauses of its paragraph that speak of it."""
    first = max(start, *(text.rfind(sign, 0, mention.start()) + 1 for sign in ",，"))
    end = min(until, _line_end(text, mention.end()))
    sign = _SIGN.search(text, mention.end())
    whole = sign.start() if sign else len(text)
    own = text[first : mention.start()] + "X" + text[mention.end() : min(whole, until)]
    said = _said(own)
    for clause in _CLAUSE.finditer(text, min(whole, end), end):
        if said in ("refused", "former") or _cue("other_matter").search(clause[0]):
            continue
        said = _said(clause[0], later=True) or said
    return said


def _said(clause: str, *, later: bool = False) -> GroupState | None:
    """What a mention's own clause says of the time, or a ``later`` one."""
    for state in _LATER if later else _ALREADY:
        if _cue(f"{state}_later" if later else state).search(clause):
            return state
    return None


@dataclass(frozen=True, slots=True)
class GroupTold:
    """What a paper says of the group: where it claims it, its fullest wording, the state, and the
    doubts of group, wording and state."""

    span: Span
    wording: Span
    state: GroupState | None
    doubts: tuple[str, ...]
    wording_doubts: tuple[str, ...]
    state_doubts: tuple[str, ...]


def group_of(text: str, title: str) -> GroupTold | None:
    """The group that the paper proves; None where it names none."""
    claims = claims_of(text, title)
    if not claims:
        return None
    best = max(claims, key=lambda c: c.weight)
    least = max(best.weight, BY_TITLE)
    rivals = {c.group for c in claims if c.weight >= least and c.state != "refused"}
    states = list(_states(claims, best.group))
    decided = [s for s in states if s != "applied"]
    told: GroupState | None = "current" if best.weight == BY_LABEL else None
    state = (decided or states or [told])[-1]
    doubts = [GROUP_RIVALS] if rivals - {best.group} else []
    if best.weight < BY_CLAIM and state is None:
        doubts.append(ELSEWHERE)
    wording, split = _fullest([c for c in claims if c.group == best.group], best, text)
    return GroupTold(
        best.span,
        wording,
        state,
        tuple(doubts),
        (*doubts, *([GROUP_RIVALS] if split else [])),
        (STATE_RIVALS,) if len(set(decided)) > 1 else (),
    )


def _states(claims: list[GroupClaim], group: str) -> Iterator[GroupState]:
    own = [c for c in claims if c.group == group and c.state is not None]
    spoken = [c for c in own if c.weight > BY_TITLE] or own
    yield from (c.state for c in spoken if c.state is not None)


def _fullest(own: list[GroupClaim], best: GroupClaim, text: str) -> tuple[Span, bool]:
    """Where the group is worded most fully (农村低保 before 低保), and whether two wordings do not
    agree (城市低保, 农村低保)."""
    places = {place for c in own if (place := _place(text, c))}
    if not _place(text, best) and len(places) == 1:
        placed = [c for c in own if _place(text, c)]
        best = max(placed, key=lambda c: (c.weight, c.span[1] - c.span[0]))
    start, end = best.span
    if best.weight != BY_LABEL:
        end -= len(text[start:end]) - len(_NOUN.sub("", text[start:end]))
    return (start, end), len(places) > 1


def _place(text: str, claim: GroupClaim) -> str:
    said = text[slice(*claim.span)]
    return "农" if "农" in said else "城" if re.search("城(?!乡)", said) else ""
