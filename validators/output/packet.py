"""Packets: what each department gets of a case, and no more.

``packets.toml`` says which of the applicant's data, declarations, papers and fields each matter
needs; a department gets the union over its own matters. Papers are named by the hash of their
scan, never by file names, which may tell names.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, Literal

from pydantic import Field, RootModel

from pipeline.model import DocumentType, Frozen, Request
from pipeline.record import Applicant, Material, Matter, Record, RecordDocument, Status
from validators.guide.guide import guide
from validators.guide.rows import Department
from validators.guide.tables import TableError, parse_table, table_line, table_text

PACKET_VERSION: Literal["1"] = "1"
EVERY = "every"


class NeedRow(Frozen):
    """What one matter needs."""

    applicant: tuple[str, ...]
    declared: tuple[str, ...]
    documents: dict[DocumentType, tuple[str, ...]]
    source: str


class NeedTable(RootModel[dict[str, NeedRow]]):
    """packets.toml."""


class PacketPage(Frozen):
    """One page of a paper: the scan's hash, its page (from 1), and how far it must be turned."""

    sha256: str
    page: int
    rotation: int


class PacketDocument(Frozen):
    """A paper that the department's matters need, with the fields that they need."""

    id: str
    type: str
    matters: tuple[str, ...]
    pages: tuple[PacketPage, ...]
    fields: dict[str, str]


class PacketFinding(Frozen):
    """What is open about the department's matters."""

    rule: str
    severity: str
    message: str
    matter: str | None = None
    document: str | None = None


class Packet(Frozen):
    """One department's part of a case."""

    packet_version: Literal["1"] = PACKET_VERSION
    case_id: str
    department: Department
    status: Status
    applicant: Applicant
    declared: dict[str, Any] = Field(default={})
    matters: tuple[Matter, ...]
    materials: tuple[Material, ...]
    documents: tuple[PacketDocument, ...]
    findings: tuple[PacketFinding, ...]
    ruleset: str


@cache
def needs() -> dict[str, NeedRow]:
    """The table of this package. Raises TableError where it is wrong."""
    return parse_needs(table_text("packets.toml", "validators.output"))


def parse_needs(text: str) -> dict[str, NeedRow]:
    """The table of a text, checked: every matter, and only keys that there are."""
    table = parse_table(text, NeedTable, "packets.toml").root
    if lacking := {EVERY, *guide().codes} - set(table):
        raise TableError("packets.toml", None, f"缺少 {sorted(lacking)}")
    for name, row in table.items():
        if name != EVERY and name not in guide().codes:
            raise TableError(
                "packets.toml", table_line(text, [name, "applicant"]), f"没有事项 {name}"
            )
        for key, known in (
            ("applicant", Applicant.model_fields),
            ("declared", Request.model_fields),
        ):
            if strange := set(getattr(row, key)) - set(known):
                line = table_line(text, [name, key])
                raise TableError("packets.toml", line, f"{name}.{key}：没有 {sorted(strange)}")
    return table


def fields_needed(matter: str, kind: DocumentType) -> frozenset[str]:
    """The fields of a paper of this kind that the matter's department gets."""
    rows = (needs()[EVERY], needs()[matter])
    return frozenset(name for row in rows for name in row.documents.get(kind, ()))


def make_packets(record: Record, request: Request | None = None) -> tuple[Packet, ...]:
    """The packet of each department that has a matter in this case.

    ``request`` adds what was declared; without it the packets carry none.
    """
    departments = dict.fromkeys(m.department for m in record.matters)
    return tuple(_packet(record, request, department) for department in departments)


def _packet(record: Record, request: Request | None, department: Department) -> Packet:
    matters = tuple(m for m in record.matters if m.department == department)
    codes = tuple(m.code for m in matters)
    rows = [needs()[EVERY], *(needs()[code] for code in codes)]
    materials = tuple(
        m.model_copy(update={"matters": tuple(c for c in m.matters if c in codes)})
        for m in record.materials
        if set(m.matters) & set(codes)
    )
    documents = tuple(_documents(record.documents, materials))
    passed = {d.id for d in documents}
    return Packet(
        case_id=record.case_id,
        department=department,
        status=max((m.status for m in matters), key=list(Status).index),
        applicant=Applicant.model_validate(
            record.applicant.model_dump(include={key for row in rows for key in row.applicant})
        ),
        declared={} if request is None else _declared(request, rows, codes),
        matters=matters,
        materials=tuple(
            m.model_copy(update={"documents": tuple(d for d in m.documents if d in passed)})
            for m in materials
        ),
        documents=documents,
        findings=tuple(
            PacketFinding(
                rule=f.rule,
                severity=f.severity,
                message=f.message,
                matter=f.matter,
                document=f.document if f.document in passed else None,
            )
            for f in record.open_findings
            if (f.matter in codes or f.matter is None) and f.document in {None, *passed}
        ),
        ruleset=record.provenance.ruleset,
    )


def _declared(request: Request, rows: Iterable[NeedRow], codes: Iterable[str]) -> dict[str, Any]:
    keys = {key for row in rows for key in row.declared}
    said: dict[str, Any] = request.model_dump(mode="json", include=keys, exclude_none=True)
    return {key: value for key, value in said.items() if value != []}


def _documents(
    documents: Iterable[RecordDocument], materials: Iterable[Material]
) -> Iterable[PacketDocument]:
    """Papers that fulfil one of these materials, with the fields that its matters need."""
    every = needs()[EVERY].documents
    listed = list(materials)
    for document in documents:
        matters = dict.fromkeys(c for m in listed if document.id in m.documents for c in m.matters)
        kind = DocumentType(document.type)
        tables = [every, *(needs()[code].documents for code in matters)]
        if not matters or not any(kind in table for table in tables):
            continue
        wanted = {name for table in tables for name in table.get(kind, ())}
        yield PacketDocument(
            id=document.id,
            type=document.type,
            matters=tuple(matters),
            pages=tuple(
                PacketPage(sha256=p.sha256, page=p.page, rotation=p.rotation)
                for p in document.pages
            ),
            fields={name: f.value for name, f in document.fields.items() if name in wanted},
        )


def packet_schema() -> dict[str, Any]:
    """The published JSON Schema of a packet."""
    schema = Packet.model_json_schema(mode="serialization")
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "yijianshi packet"
    return schema
