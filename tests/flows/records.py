"""Records for tests of what is made from them."""

from __future__ import annotations

from pipeline.finding import Finding, finding
from pipeline.model import DocumentType, PageRef, Quad
from pipeline.record import (
    Applicant,
    Material,
    Matter,
    Provenance,
    Record,
    RecordDocument,
    RecordField,
    with_status,
)

BOX: Quad = ((10, 20), (90, 20), (90, 40), (10, 40))
PAGE = PageRef(file="扫描 01.jpg", page=2, sha256="ab" * 32, rotation=90)


def make_record(*findings: Finding, case_id: str = "c1") -> Record:
    """A record of one ID card and one matter with these findings."""
    field = RecordField(value="韦昊燊", raw="韦昊燊", confidence=0.9, page=1, box=BOX, source="ocr")
    document = RecordDocument(
        id="d1", type=DocumentType.ID_CARD, pages=(PAGE,), fields={"name": field}
    )
    matter = Matter(
        code="M2",
        name="城乡居民基本养老保险参保登记",
        department="hrss",
        due_on="2026-12-03",
        calendar="provisional",
    )
    return Record(
        case_id=case_id,
        applicant=Applicant(name="韦昊燊", id_number="450103199002309991", category="mainland"),
        matters=with_status([matter], findings),
        materials=(
            Material(
                item="2.1",
                matters=("M2",),
                name="居民户口簿",
                status="present",
                documents=("d1",),
                show_original=True,
            ),
        ),
        documents=(document,),
        findings=findings,
        provenance=Provenance(pipeline="0", ruleset="r", calendar="c", models={}),
    )


def low_name() -> Finding:
    """The name was read with doubt."""
    return finding("OCR-LOW", document="d1", field="name", got="韦昊燊", why="置信度 0.60")
