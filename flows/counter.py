"""The window's way in: one case, or some files, now, without Prefect and without a store."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from extractors import COMPLETIONS
from flows.case import make_case_record
from flows.kept_readings import KeptReadings, readings_folder
from flows.pool import OcrPool
from flows.progress import Progress
from flows.reading import Reader
from flows.score import Score, read_truth, score_file
from pipeline.errors import InputError
from pipeline.evidence.doubts import reading_findings
from pipeline.file_reading import FileReading
from pipeline.finding import Finding, type_label
from pipeline.intake.case import list_case
from pipeline.intake.inbox import is_inbox
from pipeline.intake.names import readable
from pipeline.intake.source import SourceFile, read_source
from pipeline.model import Application, Document, Request
from pipeline.record import Record
from pipeline.record_document import record_document
from pipeline.settings import Settings, cores, load_settings
from pipeline.steps import make_documents
from validators.checks import CHECKS


def today() -> date:
    """The office's own day."""
    return datetime.now().astimezone().date()


def check_case(
    folder: Path,
    *,
    workers: int | None = None,
    accepted_on: date | None = None,
    keep: bool = True,
    pool: OcrPool | None = None,
) -> Record:
    """Read and check one case now. ``accepted_on``: the day of acceptance where the case says none;
    ``keep``: what was read is kept for the next time, and taken from there; ``pool``: processes
    that were started already (:mod:`flows.early`), closed at the end.

    Raises InputError where ``folder`` cannot be used, DependencyError without model files.
    """
    if is_inbox(folder):
        raise InputError(
            f"这是收件箱，不是一件申请：{readable(str(folder))}",
            "请用 yijianshi run 处理整个收件箱，或指定其中一件的文件夹。",
        )
    settings = load_settings()
    files = list_case(folder, settings.limits)
    workers = workers or settings.workers or cores()
    kept = KeptReadings(readings_folder(settings)) if keep else None
    with (
        Reader(settings, max(1, min(workers, len(files.files))), store=kept, pool=pool) as reader,
        Progress("识别材料", len(files.files)) as progress,
    ):
        readings = []
        for source, reading in zip(files.files, reader.stream(files.files), strict=True):
            progress.advance()
            progress.tell(_told(source, reading))
            readings.append(reading)
        return make_case_record(
            files, readings, reader.models, today(), accepted_on=accepted_on
        ).record


def _told(source: SourceFile, reading: FileReading) -> str:
    """What a file holds, in one line: no values, only which papers."""
    papers = dict.fromkeys(type_label(face.type) for face in reading.faces)
    return f"{readable(source.name)}：{'、'.join(papers) or '没有读到材料'}"


@dataclass(frozen=True, slots=True)
class FileResult:
    """What ``yijianshi read`` gives for one file."""

    file: str
    documents: tuple[Document, ...]
    findings: tuple[Finding, ...]
    stages: Mapping[str, float] = field(default_factory=dict)

    def to_json(self) -> str:
        """One line of JSON as contract.md has it."""
        data: dict[str, Any] = {
            "file": self.file,
            "documents": [
                record_document(d).model_dump(mode="json", exclude_none=True)
                for d in self.documents
            ],
            "findings": [f.model_dump(mode="json", exclude_none=True) for f in self.findings],
        }
        return json.dumps(data, ensure_ascii=False)


def read_files(
    files: Sequence[Path], *, workers: int | None = None, pool: OcrPool | None = None
) -> Iterator[FileResult]:
    """Read files one by one, in their order, each checked against itself. ``pool``: processes that
    were started already, closed at the end.

    Raises DependencyError without model files; a file that cannot be read is a finding.
    """
    settings = load_settings()
    workers = workers or settings.workers or cores()
    sources = {path: SourceFile(readable(str(path)), path) for path in files if path.is_file()}
    with (
        Reader(settings, max(1, min(workers, len(sources))), pool=pool) as reader,
        Progress("识别", len(files)) as progress,
    ):
        readings = reader.stream([sources[path] for path in files if path in sources])
        for path in files:
            reading = next(readings) if path in sources else _no_file(path, settings)
            progress.advance()
            yield result_of(readable(str(path)), reading)


def _no_file(path: Path, settings: Settings) -> FileReading:
    """What is said of a path that names no file: no process need start for it."""
    said = read_source(SourceFile(readable(str(path)), path), settings.limits)
    return FileReading(sha256="", findings=tuple(f for f in said if isinstance(f, Finding)))


def result_of(file: str, reading: FileReading) -> FileResult:
    """A file's documents with every finding that the file alone can give."""
    documents = make_documents([reading], COMPLETIONS)
    application = Application("", Request(), documents)
    checked = [f for check in CHECKS.values() for f in check(application, today())]
    found = (*reading.findings, *reading_findings(documents), *checked)
    return FileResult(file, documents, found, reading.stages)


def score_folder(folder: Path, *, workers: int | None = None) -> Score:
    """Read every paper of a folder with ``truth.json`` and score it. Raises InputError."""
    truth = read_truth(folder)
    names = sorted(name for name in truth if (folder / name).is_file())
    score = Score()
    results = read_files([folder / name for name in names], workers=workers)
    for name, result in zip(names, results, strict=True):
        score_file(score, name, truth[name], result.documents, result.findings)
    return score
