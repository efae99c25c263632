"""A sample inbox beside what was drawn into it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from flows.case import make_case_record
from flows.reading import Reader
from pipeline.intake.case import list_case
from pipeline.record import Record
from pipeline.settings import load_settings

DAY = date(2026, 11, 23)
"""The day on which the specimens are handed in."""


def recorded(reader: Reader, entry: Path) -> Record:
    """The record of an inbox's entry, from its scans."""
    files = list_case(entry, load_settings().limits)
    return make_case_record(files, reader.read(files.files), reader.models, DAY).record


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
