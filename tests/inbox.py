"""A sample inbox beside what was drawn into it."""

from __future__ import annotations

from typing import Any

from pipeline.record import Record


def differences(record: Record, expected: dict[str, Any]) -> list[str]:
    """What of a case is not as it was drawn: status, matters, rules, the applicant's values and
    the papers, each with what was expected."""
    rules = {f.rule for f in record.findings}
    fields = expected["fields"]
    asked: tuple[tuple[str, object, object], ...] = (
        ("status", record.status.value, expected["status"]),
        ("matters", {m.code: m.status.value for m in record.matters}, expected["matters"]),
        ("rules missing", set(expected["must_have"]) - rules, set()),
        ("rules too many", set(expected["must_not_have"]) & rules, set()),
        ("fields", {name: _told(record, name) for name in fields}, fields),
        ("papers", {d.type for d in record.documents}, set(expected["documents"])),
    )
    return [f"{what}: {told} for {wanted}" for what, told, wanted in asked if told != wanted]


def _told(record: Record, name: str) -> str | None:
    value: object = record.applicant
    for part in name.split("."):
        value = getattr(value, part, None)
    return None if value is None else str(value)
