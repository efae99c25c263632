"""From the files of a case to its record: what the batch and the counter share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from extractors import COMPLETIONS
from pipeline.content_key import code_digest, key_of, library_versions
from pipeline.deciding import Decided
from pipeline.file_reading import FileReading
from pipeline.finding import PassingFinding
from pipeline.intake.case import CaseFiles
from pipeline.model import Document, Request
from pipeline.record import Record
from pipeline.steps import make_documents, make_record, minimise
from validators.assess import assess
from validators.guide.guide import guide
from validators.request.own import own_form
from validators.request.typed import merge_requests, parse_request

CASE_CODE = (
    "pipeline",
    "extractors",
    "validators",
    "flows.case",
    "flows.notice",
    "flows.packets",
    "flows.templates",
)
"""What code and tables make a case's record, notice and packets from its readings."""


def case_key(
    files: CaseFiles,
    reading_keys: Sequence[str],
    today: date,
    accepted_on: date | None = None,
) -> str:
    """The content key of a case: its files and what reads them, what was typed, the rules, and
    the day (which stands in for a missing acceptance date)."""
    typed = files.application
    return key_of(
        case_id=files.case_id,
        files=[(f.name, key) for f, key in zip(files.files, reading_keys, strict=True)],
        findings=[found.model_dump(mode="json") for found in files.findings],
        typed=None if typed is None else typed.hex(),
        code=code_digest(*CASE_CODE),
        calendar=guide().calendar,
        libraries=library_versions(),
        day=today.isoformat(),
        accepted_on=None if accepted_on is None else accepted_on.isoformat(),
    )


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case's record, and what was asked for: packets carry declarations that records do not.

    ``lasting``: whether all of it speaks of the papers. Else a file was locked, say, and the case
    is taken up anew the next time.
    """

    record: Record
    request: Request
    lasting: bool = True
    documents: tuple[Document, ...] = ()
    """The papers as the record has them, with what was read and doubted; only of a record that was
    just made."""


def make_case_record(
    files: CaseFiles,
    readings: Sequence[FileReading],
    models: Mapping[str, str],
    today: date,
    decisions: Sequence[Decided] = (),
    again: Mapping[int, FileReading] | None = None,
    accepted_on: date | None = None,
) -> CaseResult:
    """Check a case whose files were read, and write its record. ``decisions`` are those that count
    (:func:`pipeline.deciding.effective`); ``again`` what was read anew for them, by their ids;
    ``accepted_on`` the day of acceptance where neither what was typed nor the form says one."""
    documents = make_documents(readings, COMPLETIONS, decisions, again)
    typed, wrong = parse_request(files.application) if files.application is not None else (None, ())
    form = own_form(documents, typed)
    sources = [*files.findings, *(f for reading in readings for f in reading.findings)]
    request = merge_requests(typed, form)
    if request.accepted_on is None and accepted_on is not None:
        request = Request(**request.model_dump(exclude_unset=True) | {"accepted_on": accepted_on})
    record = make_record(
        files.case_id,
        request,
        typed,
        form,
        documents,
        (*sources, *wrong),
        assess,
        today,
        models,
        decisions,
    )
    lasting = not any(isinstance(found, PassingFinding) for found in sources)
    return CaseResult(record, request, lasting, tuple(minimise(d) for d in documents))
