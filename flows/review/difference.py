"""What changed between two records of a case: shown to whoever decided on the older one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.finding import field_label, type_label
from pipeline.record import Record


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is otherwise now. ``before`` and ``after`` are values of the field ``field``,
    to be masked by whoever shows them; empty where there was, or is, none."""

    what: str
    field: str = ""
    before: str = ""
    after: str = ""


def changes(old: Record, new: Record) -> tuple[Change, ...]:
    """What is otherwise in ``new``."""
    return (*_values(old, new), *_findings(old, new))


def _values(old: Record, new: Record) -> Iterator[Change]:
    before, after = _facts(old), _facts(new)
    for place in dict.fromkeys((*before, *after)):
        was, now = before.get(place, ""), after.get(place, "")
        if was != now:
            kind, field = place[0], place[-1]
            yield Change(f"{type_label(kind)} · {field_label(field)}", field, was, now)


def _facts(record: Record) -> dict[tuple[str, str, int, str], str]:
    """Each value by paper and field; papers by content, as their ids may have moved."""
    return {
        (d.type, d.pages[0].sha256, d.pages[0].page, name): str(field.value)
        for d in record.documents
        for name, field in d.fields.items()
    }


def _findings(old: Record, new: Record) -> Iterator[Change]:
    before = {f.message for f in old.open_findings}
    after = {f.message for f in new.open_findings}
    for message in dict.fromkeys(f.message for f in old.open_findings):
        if message not in after:
            yield Change(f"已不存在：{message}")
    for message in dict.fromkeys(f.message for f in new.open_findings):
        if message not in before:
            yield Change(f"新出现：{message}")
