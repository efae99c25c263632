"""The same person, picture or application again: X16, X17, X22.

Every other check sees one application. These see what the others of an office say: whether the
same person asks for the same matter twice within the table's days, and whether one picture (of an
identity paper, or the card photo) stands for two persons. Both are notes: a proxy or a family may
hand in one scan several times in good faith. Where the whole application came in again, the newest
stands and the others are held (X22), so that no department gets it twice. Source: domain.md 1.13.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence

import numpy as np

from pipeline.finding import Finding, finding
from pipeline.store.traces import Trace, trace_of
from validators.guide.guide import guide
from validators.photo.picture_hash import are_alike

__all__ = ["Trace", "find_repeats", "trace_of"]


def find_repeats(traces: Iterable[Trace]) -> dict[str, tuple[Finding, ...]]:
    """The findings X16, X17 and X22 by case id; cases without any are left out."""
    every = list(traces)
    found: dict[str, list[Finding]] = defaultdict(list)
    older = _older(every)
    for case_id, newer in older.items():
        found[case_id].append(finding("X22", cases=newer))
    for case_id, finding_ in (*_same_matter(every), *_same_card(every), *_same_photo(every)):
        if finding_.rule != "X16" or case_id not in older:  # one fact once
            found[case_id].append(finding_)
    return {case_id: tuple(told) for case_id, told in found.items()}


def _older(traces: Sequence[Trace]) -> dict[str, tuple[str, ...]]:
    """The applications that were handed in again, each with the newest of their kind: the same
    scans, or the same person and matters within the table's days."""
    groups: dict[Hashable, list[Trace]] = defaultdict(list)
    for trace in traces:
        if trace.scans:
            groups[trace.scans].append(trace)
        if trace.number and trace.matters:
            groups[trace.number, frozenset(trace.matters)].append(trace)
    days = guide().limits.repeat_days
    older: dict[str, tuple[str, ...]] = {}
    for group in groups.values():
        for trace in group if len(group) > 1 else ():
            again = [other for other in group if _is_again(trace, other, days)]
            newest = max([trace, *again], key=lambda one: one.age)
            if newest is not trace:
                older[trace.case_id] = (newest.case_id,)
    return older


def _is_again(one: Trace, other: Trace, days: int) -> bool:
    """Whether two that share scans, or person and matters, are one application."""
    same_matters = set(one.matters) == set(other.matters) or not (one.matters and other.matters)
    return same_matters and not one.is_another_person(other) and one.is_within(days, other)


def _same_matter(traces: Sequence[Trace]) -> Iterator[tuple[str, Finding]]:
    """X16: one person asks for one matter in several applications."""
    days = guide().limits.repeat_days
    asked: dict[tuple[str, str], list[Trace]] = defaultdict(list)
    for trace in traces:
        for matter in trace.matters if trace.number else ():
            asked[trace.number or "", matter].append(trace)
    for (_, matter), group in asked.items():
        for trace in group:
            others = [t.case_id for t in group if t is not trace and trace.is_within(days, t)]
            if others:
                name = guide().matter(matter).name
                yield (
                    trace.case_id,
                    finding(
                        "X16",
                        matter=matter,
                        name=name,
                        days=days,
                        cases=tuple(sorted(others)),
                    ),
                )


def _same_card(traces: Sequence[Trace]) -> Iterator[tuple[str, Finding]]:
    """X17: one picture of an identity paper stands for two persons."""
    shown: dict[str, list[Trace]] = defaultdict(list)
    for trace in traces:
        for card in trace.cards:
            shown[card].append(trace)
    for card, group in shown.items():
        for trace in group:
            others = [t.case_id for t in group if trace.is_another_person(t)]
            if others:
                yield trace.case_id, _x17("身份证件影像", trace.cards[card], others)


def _same_photo(traces: Sequence[Trace]) -> Iterator[tuple[str, Finding]]:
    """X17: one photo stands for two persons."""
    owners = [(trace, hashed) for trace in traces for hashed in trace.photos]
    if not owners:
        return
    every_hash = np.array([np.frombuffer(hashed, np.uint8) for _, hashed in owners])
    for trace, hashed in owners:
        alike = np.flatnonzero(are_alike(np.frombuffer(hashed, np.uint8), every_hash))
        near = [owners[i][0] for i in alike]
        others = [t.case_id for t in near if trace.is_another_person(t)]
        if others:
            yield trace.case_id, _x17("制卡照片", trace.photos[hashed], others)


def _x17(what: str, document: str, others: Sequence[str]) -> Finding:
    cases = tuple(sorted(set(others)))
    return finding("X17", document=document, what=what, cases=cases)
