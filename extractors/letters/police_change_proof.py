"""派出所变更证明: a police station states a person's identity before and after a change.

A sentence, a list of label and value, or a table; the new values are those that the person's ID
card shows now. ``old_<item>`` and ``new_<item>`` hold the two values of each item (name, id_number,
birth_date, ethnicity, sex).

Source: domain.md 2.11, X13; guide 五 (6.1, 8.1: the identity before and after must be stated).
"""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence

from extractors.letters.changes import find_changes
from extractors.letters.kinds import letter_kinds
from extractors.letters.reading import make_face, read_letter
from extractors.letters.running import run_together
from extractors.letters.telling import score_letter
from pipeline.contracts import Recogniser
from pipeline.evidence.evidence import Evidence
from pipeline.model import DocumentType, Face, Line, Sheet

KIND = DocumentType.POLICE_CHANGE_PROOF


def score(lines: Sequence[Line]) -> float | None:
    """How surely these lines are such a proof."""
    return score_letter(KIND, lines)


def extract(sheet: Sheet, recognise: Recogniser) -> Sequence[Face]:
    """The proof on the sheet."""
    running = run_together(sheet.lines)
    fields, missing = read_letter(letter_kinds()[KIND], running, sheet, recognise)
    changes = find_changes(running, sheet, recognise)
    for item in ("name", "id_number"):
        _prefer_new(item, fields, changes)
    if not changes:
        missing += ["old_value", "new_value"]
    face = make_face(KIND, score(sheet.lines) or 0.0, sheet, {**fields, **changes}, missing)
    return [face]


def _prefer_new(
    item: str, fields: MutableMapping[str, Evidence], changes: dict[str, Evidence]
) -> None:
    """Where a table's row of the change was taken for the person's own, or the person is named
    nowhere else, the new value is the person's."""
    old, new, own = changes.get(f"old_{item}"), changes.get(f"new_{item}"), fields.get(item)
    if old is None or new is None:
        return
    if own is None or _same_place(own, old):
        fields[item] = Evidence(new.pieces, new.value, new.agreed, list(new.doubts), "derived")


def _same_place(one: Evidence, other: Evidence) -> bool:
    return [p.quad for p in one.pieces] == [p.quad for p in other.pieces]
