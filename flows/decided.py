"""A case's record with what people decided: what every way to a record shares, so that a reading by
a newer engine, another day or another machine keeps each decision."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date

from flows.case import CaseResult, make_case_record
from flows.reading import Reader
from flows.rereading import read_again
from pipeline.deciding import Decided, effective
from pipeline.file_reading import FileReading
from pipeline.intake.case import CaseFiles
from pipeline.intake.source import SourceFile
from pipeline.record import Action
from pipeline.store.cases import Store
from pipeline.store.decisions import counting

PAGES = frozenset({Action.RECLASSIFY, Action.ROTATE})
"""Decisions for which a page is read again."""

Lay = Callable[[SourceFile], AbstractContextManager[SourceFile]]
"""Where a file can be read while this lasts."""


def decided_record(
    store: Store,
    reader: Reader,
    files: CaseFiles,
    readings: Sequence[FileReading],
    today: date,
) -> CaseResult:
    """Check a case whose files were read, as people decided about it so far. Raises PoolBroken."""
    with store.snapshot() as connection:
        decisions = counting(connection, files.case_id)
    again = read_for(decisions, store, reader, files)
    return make_case_record(files, readings, reader.models, today, decisions, again)


def read_for(
    decisions: Sequence[Decided],
    store: Store,
    reader: Reader,
    files: CaseFiles,
    lay: Lay = nullcontext,
) -> Mapping[int, FileReading]:
    """What was read anew for decisions about pages, by their ids; read now where it is not kept.
    Raises PoolBroken."""
    found = {}
    sources = {file.sha256: file for file in files.files}
    for decided in effective(decisions):
        listed = sources.get(decided.paper.sha256) if decided.paper is not None else None
        if decided.action not in PAGES or listed is None or decided.paper is None:
            continue
        asked = (decided.paper.page, decided.detail.turn, decided.detail.kind)
        key = reader.key_again(listed, *asked)
        kept = store.find_reading(key)
        if kept is None:
            with lay(listed) as source:
                kept = reader.ask(read_again, source, *asked)
            store.write_reading(key, kept)
        found[decided.id] = kept
    return found
