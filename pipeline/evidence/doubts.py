"""What was read in doubt, as findings: OCR-LOW, OCR-MISSING, DOC-UNKNOWN, DOC-TITLE.

A doubt is worth a person's time where a matter needs the field, and where nothing has settled it
already: what a clerk typed from the paper and what was read from it are two witnesses, and so are
two papers (:mod:`pipeline.evidence.witnesses`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.evidence.evidence import is_doubtful
from pipeline.finding import Finding, Severity, finding
from pipeline.model import Document, DocumentType, PageRef, Reading, Request
from pipeline.quality.unread import why_unknown
from pipeline.reference import idnumber, names

MIRROR_HINT = "请关闭相机的镜像功能后重新拍摄，或扫描材料的正面。"


def reading_findings(documents: Sequence[Document]) -> Iterator[Finding]:
    """OCR-LOW, OCR-MISSING, and DOC-UNKNOWN or DOC-TITLE for these documents.

    A head page that belongs to several members' documents is doubted once. An empty page beside
    others in its file is the back of a sheet that was scanned on both sides: a note.
    """
    seen: set[tuple[PageRef, str]] = set()
    written = {d.pages[0].file for d in documents if d.marks.get("page") != "empty"}
    for document in documents:
        if document.type == DocumentType.UNKNOWN:
            ref, page = document.pages[0], document.marks.get("page")
            is_back = page == "empty" and ref.file in written
            yield finding(
                "DOC-TITLE" if page in ("title", "titles") else "DOC-UNKNOWN",
                severity=Severity.NOTE if is_back else None,
                document=document.id,
                file=ref.file,
                page=ref.page,
                hint=MIRROR_HINT if page == "mirrored" else None,
                why=why_unknown(page, document.marks.get("titles", "")),
            )
        for name, reading in document.fields.items():
            place = (document.pages[reading.page], name)
            if place not in seen and is_doubtful(name, reading):
                seen.add(place)
                yield finding(
                    "OCR-LOW",
                    document=document.id,
                    field=name,
                    got=reading.value,
                    why=_why(reading),
                )
        for name in document.missing:
            yield finding("OCR-MISSING", document=document.id, field=name)


def name_matters(
    findings: Iterable[Finding],
    matters: Sequence[str],
    needed_by: Mapping[str, tuple[str, ...]] | None,
    needed_fields: Mapping[str, Mapping[str, frozenset[str]]] | None = None,
) -> Iterator[Finding]:
    """The findings, each naming the matters that need its paper and field: one finding a matter,
    and no matter named where all do (contract.md). Low confidence in what no chosen matter uses is
    only a note. DOC-UNKNOWN keeps its severity: a matter may need that paper."""
    for found in findings:
        needed = None if needed_by is None else needed_by.get(found.document or "")
        fields = (needed_fields or {}).get(found.document or "")
        if needed is not None and fields is not None and found.field is not None:
            needed = tuple(m for m in needed if found.field in fields[m])
        if needed is None or found.matter is not None or set(needed) == set(matters):
            yield found
        elif needed:
            yield from (found.model_copy(update={"matter": matter}) for matter in needed)
        elif found.rule in ("DOC-UNKNOWN", "DOC-TITLE"):
            yield found
        else:
            yield found.model_copy(update={"severity": Severity.NOTE})


def settle_by_typing(
    findings: Iterable[Finding], documents: Sequence[Document], typed: Request | None
) -> Iterator[Finding]:
    """The findings, those as notes that what was typed has settled: doubts about the scanned form
    (what was typed counts, and where the two differ X14 says so), and doubts about a name or
    number that reads as it was typed."""
    if typed is None:
        yield from findings
        return
    papers = {d.id: d for d in documents}
    told = _Typed.of(typed)
    for found in findings:
        paper = papers.get(found.document or "")
        settled = paper is not None and (
            paper.type == DocumentType.APPLICATION_FORM
            or (found.rule == "OCR-LOW" and told.settles(found, paper))
        )
        yield found.model_copy(update={"severity": Severity.NOTE}) if settled else found


_NAMES = frozenset({"name", "head_name", "chinese_name", "applicant_name", "proxy_name"})
NUMBERS = frozenset(
    {"id_number", "social_security_number", "applicant_id_number", "proxy_id_number"}
)


@dataclass(frozen=True, slots=True)
class _Typed:
    """The names and numbers that were typed, canonical."""

    names: frozenset[str]
    numbers: frozenset[str]

    @classmethod
    def of(cls, request: Request) -> _Typed:
        people = [(request.name, request.id_number)]
        if request.proxy is not None:
            people.append((request.proxy.name, request.proxy.id_number))
        return cls(
            frozenset(names.normalise(name) for name, _ in people if name),
            frozenset(idnumber.clean(number) for _, number in people if number),
        )

    def settles(self, found: Finding, paper: Document) -> bool:
        """Whether the doubtful value is what was typed. Birth date and sex stand in the typed
        number, where the paper shows that very number."""
        value = found.got or ""
        if found.field in _NAMES:
            return names.normalise(value) in self.names
        if found.field in NUMBERS:
            return idnumber.clean(value) in self.numbers
        own = idnumber.clean(paper.value("id_number") or "")
        if own not in self.numbers or not idnumber.is_valid(own):
            return False
        person = idnumber.parse(own)
        return (found.field, value) in (
            ("birth_date", person.birth_date.isoformat()),
            ("sex", person.sex),
        )


def _why(reading: Reading) -> str:
    return "；".join(reading.doubts) or f"置信度 {reading.confidence:.2f}"
