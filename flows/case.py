"""From the files of a case to its record: what the batch and the counter share."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from extractors import COMPLETIONS
from pipeline.file_reading import FileReading
from pipeline.intake.case import CaseFiles
from pipeline.model import Request
from pipeline.record import Record
from pipeline.steps import make_documents, make_record
from validators.assess import assess
from validators.guide.guide import guide
from validators.request.form import form_request
from validators.request.typed import merge_requests, parse_request


def case_key(files: CaseFiles, reading_keys: Sequence[str], today: date) -> str:
    """The content key of a case: its files and what reads them, what was typed, the rules, and
    the day (which stands in for a missing acceptance date)."""
    digest = hashlib.sha256()
    for file, key in zip(files.files, reading_keys, strict=True):
        digest.update(f"{file.name}\n{key}\n".encode())
    for found in files.findings:
        digest.update(f"{found.rule} {found.file}\n".encode())
    digest.update(files.application or b"")
    digest.update(f"{guide().ruleset} {today}".encode())
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case's record, and what was asked for: packets carry declarations that records do not."""

    record: Record
    request: Request


def make_case_record(
    files: CaseFiles,
    readings: Sequence[FileReading],
    models: Mapping[str, str],
    today: date,
) -> CaseResult:
    """Check a case whose files were read, and write its record."""
    documents = make_documents(readings, COMPLETIONS)
    typed, wrong = parse_request(files.application) if files.application is not None else (None, ())
    form = form_request(documents)
    sources = [*files.findings, *(f for reading in readings for f in reading.findings)]
    request = merge_requests(typed, form)
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
    )
    return CaseResult(record, request)
