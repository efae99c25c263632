"""The recipe: find sheets, recognise, classify, extract, assemble, check, record.

Free functions, values in, values out. What knows a paper (extractors) or a rule (assess) comes in
as an argument; what is wrong with a paper goes out as findings. The unit of reading is a file:
the same bytes give the same :class:`FileReading`, which is what the store keeps.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache, partial
from importlib.resources import files

from pipeline import __version__
from pipeline.assemble import Complete, assemble
from pipeline.contracts import (
    Assess,
    Assessment,
    Extractors,
    Fillable,
    OcrEngine,
    TitlesSay,
    TwoSided,
)
from pipeline.copies.signed import with_signature_beside
from pipeline.deciding import (
    Decided,
    apart,
    arranged,
    decide_documents,
    decide_faces,
    decided_findings,
    record_decisions,
    together,
)
from pipeline.evidence.doubts import name_matters, reading_findings, settle_by_typing
from pipeline.evidence.unusual_names import with_unusual_names
from pipeline.evidence.witnesses import settle_by_papers
from pipeline.file_reading import FileReading
from pipeline.finding import Finding, PassingFinding, Severity
from pipeline.marks.marks import with_marks
from pipeline.model import (
    Application,
    Document,
    DocumentType,
    Face,
    Line,
    Page,
    Quad,
    Request,
    Sheet,
)
from pipeline.once import once_per_lines, once_per_picture
from pipeline.quality import settle_copies, with_quality
from pipeline.quality.unread import is_empty, is_latin, is_mirrored, unread_face
from pipeline.record import (
    Provenance,
    Record,
    open_among,
    whole_if_open,
    with_status,
)
from pipeline.record_document import record_document
from pipeline.sheets import coarse_boxes, read_sheets
from pipeline.stages import stage
from pipeline.watch import SheetRead, tell

MIN_SCORE = 0.5
"""Below this an extractor's claim on a sheet is no claim: unknown rather than a guess."""


PhotoReader = Callable[[Page, Callable[[], Sequence[Quad]]], Face | Finding | None]
"""Tells a card photo, and a portrait that lies on a page, from a paper: a face of type ``photo``,
or None; a finding where the photo could not be looked at. Given the page, and what finds the boxes
of its lines where the page alone does not tell."""

Scoring = Callable[[Sequence[Line]], Mapping[str, float]]
"""The papers that lines may be, and how surely."""


def read_pages(
    pages: Iterable[Page | Finding],
    engine: OcrEngine,
    extractors: Extractors,
    photo: PhotoReader | None = None,
    titles: TitlesSay | None = None,
) -> Iterator[tuple[Page | None, tuple[Face, ...], tuple[Finding, ...]]]:
    """Read page after page, one in memory at a time: (page, its faces, its findings)."""
    scores = once_per_lines(partial(_scores, extractors))
    look = once_per_picture(partial(coarse_boxes, engine=engine))
    for page in pages:
        if isinstance(page, Finding):
            yield None, (), (page,)
            continue
        with stage("photo"):
            portrait = photo(page, partial(look, page.image)) if photo else None
        if isinstance(portrait, Finding):
            yield page, (), (portrait,)
            continue
        if portrait is not None:
            yield page, (_measured(portrait, page),), ()
            continue
        with stage("plan"):
            sheets = read_sheets(page, engine, lambda lines: bool(scores(lines)), look)
        read = [(sheet, read_sheet(sheet, engine, extractors, scores)) for sheet in sheets]
        read = list(with_other_sides(read, engine, extractors))
        read = [(sheet, tuple(_said(f, sheet, engine, titles) for f in own)) for sheet, own in read]
        with stage("quality"):
            faces = tuple(face for sheet, own in read for face in with_quality(own, sheet, page))
            faces = settle_copies(faces)
        with stage("marks"):
            faces = with_signature_beside(faces, page, sheets, engine)
        with stage("quality"):
            if all(face.type == DocumentType.UNKNOWN for face in faces) and is_empty(page.image):
                faces, read = (), []  # shadows of the other side, read as print
            faces = faces or (unread_face(page, engine),)
        for sheet, own in read:
            tell(SheetRead(sheet, own))
        yield page, tuple(_measured(face, page) for face in faces), ()


def _measured(face: Face, page: Page) -> Face:
    """The face, with the size of its page as boxes measure it."""
    height, width = page.image.shape[:2]
    if face.page.rotation in (90, 270):
        height, width = width, height
    placed = face.page.model_copy(update={"width": width, "height": height})
    return face.model_copy(update={"page": placed})


@stage("extract")
def read_sheet(
    sheet: Sheet, engine: OcrEngine, extractors: Extractors, scoring: Scoring | None = None
) -> tuple[Face, ...]:
    """Classify one sheet and read its faces; one face of type ``unknown`` where none fits.

    ``scoring`` may know the scores of the sheet's lines already."""
    for extractor in extractors.values() if sheet.entries else ():
        if isinstance(extractor, Fillable) and (
            filled := tuple(extractor.extract_filled(sheet, engine.recognise))
        ):
            return tuple(map(with_unusual_names, filled))
    scores = scoring(sheet.lines) if scoring else _scores(extractors, sheet.lines)
    for kind in sorted(scores, key=lambda k: scores[k], reverse=True):
        faces = tuple(extractors[kind].extract(sheet, engine.recognise))
        if faces:
            faces = tuple(map(with_unusual_names, faces))
            with stage("marks"):
                return with_marks(faces, sheet, engine.recognise)
    return (
        Face(
            type=DocumentType.UNKNOWN,
            face="page",
            score=1.0 - max(scores.values(), default=0.0),
            page=sheet.ref,
        ),
    )


def _said(face: Face, sheet: Sheet, engine: OcrEngine, titles: TitlesSay | None) -> Face:
    """The face; one of type ``unknown`` with marks that say why the sheet tells no paper."""
    if face.type != DocumentType.UNKNOWN:
        return face
    marks = dict(titles(sheet.lines)) if titles else {}
    if not marks and is_latin(sheet.lines):
        marks = {"page": "latin"}
    if not marks and is_mirrored(sheet, engine.recognise):
        marks = {"page": "mirrored"}
    return face.model_copy(update={"marks": marks})


def with_other_sides(
    read: Sequence[tuple[Sheet, tuple[Face, ...]]], engine: OcrEngine, extractors: Extractors
) -> Iterator[tuple[Sheet, tuple[Face, ...]]]:
    """The sheets of a page, those that nothing told as the other side of a paper beside them:
    where they fit the side that a known paper lacks, and of one paper only."""
    known: dict[str, set[str]] = {}
    for _, faces in read:
        for face in faces:
            known.setdefault(face.type, set()).add(face.face)
    for sheet, faces in read:
        if all(face.type == DocumentType.UNKNOWN for face in faces):
            with stage("extract"):
                sides = [
                    found
                    for kind, present in known.items()
                    if isinstance(extractor := extractors.get(kind), TwoSided)
                    and (found := tuple(extractor.extract_side(sheet, engine.recognise, present)))
                ]
            if len(sides) == 1:
                with stage("marks"):
                    faces = with_marks(sides[0], sheet, engine.recognise)
        yield sheet, faces


@stage("extract")
def _scores(extractors: Extractors, lines: Sequence[Line]) -> dict[str, float]:
    """The papers that the lines may be, and how surely."""
    return {
        kind: score
        for kind, extractor in extractors.items()
        if (score := extractor.score(lines)) is not None and score >= MIN_SCORE
    }


@cache
def needed_fields() -> Mapping[str, frozenset[str]]:
    """The fields that are kept of each paper (``needed.toml``)."""
    table = tomllib.loads((files("pipeline") / "needed.toml").read_text(encoding="utf-8"))
    return {kind: frozenset(names) for kind, names in table.items()}


def minimise(document: Document) -> Document:
    """The document with only the fields that the matters need (``needed.toml``)."""
    needed = needed_fields().get(document.type)
    if needed is None:
        return document
    return document.model_copy(
        update={
            "fields": {name: r for name, r in document.fields.items() if name in needed},
            "missing": tuple(name for name in document.missing if name in needed),
        }
    )


def make_documents(
    readings: Sequence[FileReading],
    complete: Mapping[str, Complete],
    decisions: Sequence[Decided] = (),
    again: Mapping[int, FileReading] | None = None,
) -> tuple[Document, ...]:
    """The documents of all files of a case, as people decided. ``again``: by a decision's id what
    was read anew for it."""
    read = [face for reading in readings for face in reading.faces]
    if not decisions:
        return assemble(read, complete)
    anew = [(d, (again or {})[d.id].faces) for d in decisions if d.id in (again or {})]
    faces = decide_faces(arranged(read, decisions, anew), decisions)
    documents = assemble(
        faces, complete, apart=apart(faces, decisions), together=together(faces, decisions)
    )
    return decide_documents(documents, decisions)


UNOPENED_HINT = "本件有文件未能打开：请先处理该文件并重新核验，再判断是否缺少。"


def without_unopened(assessment: Assessment, sources: Sequence[Finding]) -> Assessment:
    """The assessment of a case, as far as it can be told while a file of it could not be opened for
    a reason of ours: what seems to lack may lie in that file, so a person looks and nothing is
    asked of the applicant. ``file`` of such a finding is the one that was not opened."""
    file = next((f.file for f in sources if is_ours(f)), None)
    if file is None:
        return assessment
    return replace(
        assessment,
        findings=tuple(_asked_of_nobody(f, file) for f in assessment.findings),
        materials=tuple(
            m.model_copy(update={"status": "unsure"}) if m.status == "missing" else m
            for m in assessment.materials
        ),
    )


def is_ours(found: Finding) -> bool:
    """Whether a finding says that a file could not be opened for a reason of ours."""
    return isinstance(found, PassingFinding) and found.severity == Severity.REVIEW


def _asked_of_nobody(found: Finding, file: str) -> Finding:
    """The finding; where it says that something lacks or was not declared, a question about the
    file that was not opened."""
    rule, is_side = found.rule, found.rule == "DOC-SIDE"
    if not is_side and (
        found.document or found.file or not rule.startswith(("MAT-", "E-", "EXC-"))
    ):
        return found
    if found.severity == Severity.REVIEW:
        return found.model_copy(update={"file": file})
    if found.severity != Severity.MEND or not (is_side or rule.startswith("MAT-")):
        return found
    update: dict[str, object] = {"severity": Severity.REVIEW, "file": file, "hint": UNOPENED_HINT}
    if not is_side:
        what = found.message.partition("：")[0].rstrip("。")
        update["message"] = f"{what}：已打开的文件中没有找到。"
    return found.model_copy(update=update)


def _unneeded(assessment: Assessment, documents: Iterable[Document]) -> frozenset[str]:
    """The papers that no chosen matter counts on; none where the matters are not known."""
    listed = {document for material in assessment.materials for document in material.documents}
    needed_by = assessment.needed_by
    if needed_by is None:
        return frozenset()
    return frozenset(d.id for d in documents if not needed_by.get(d.id) and d.id not in listed)


def make_record(
    case_id: str,
    request: Request,
    typed: Request | None,
    form: Request | None,
    documents: Sequence[Document],
    findings: Iterable[Finding],
    assess: Assess,
    today: date,
    models: Mapping[str, str],
    decisions: Sequence[Decided] = (),
) -> Record:
    """Check a case and write its record. ``findings`` are those of its sources; ``decisions`` those
    with which the documents were made."""
    kept = tuple(minimise(d) for d in documents)
    application = Application(case_id, request, kept, typed, form)
    sources = tuple(findings)
    assessment = without_unopened(assess(application, today), sources)
    every = (
        *sources,
        *name_matters(
            settle_by_papers(settle_by_typing(reading_findings(kept), kept, typed), kept),
            request.matters,
            assessment.needed_by,
            assessment.needed_fields,
        ),
        *assessment.findings,
        *decided_findings(decisions, kept, _unneeded(assessment, kept)),
    )
    told = record_decisions(decisions, kept)
    still_open = open_among(every, told)
    return Record(
        case_id=case_id,
        channel=request.channel,
        declared=request,
        applicant=assessment.applicant,
        matters=with_status(assessment.matters, still_open),
        whole=whole_if_open(assessment.whole, still_open),
        delivery=assessment.delivery,
        materials=assessment.materials,
        documents=tuple(record_document(d) for d in kept),
        findings=every,
        decisions=told,
        provenance=Provenance(
            pipeline=__version__,
            ruleset=assessment.ruleset,
            calendar=assessment.calendar,
            models=dict(models),
        ),
    )
