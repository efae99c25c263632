"""Packets: what each department gets of a case, and no more.

``packets.toml`` says which of the applicant's data, declarations, papers and fields each matter
needs; a department gets the union over its own matters, the scans that its papers lie on by name
and hash, and, where a matter makes a card, the card photo itself. Other cases are never named.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import RootModel, WithJsonSchema

from pipeline.finding import Severity
from pipeline.model import DocumentType, Frozen, PageRef, Request
from pipeline.record import Applicant, Material, Matter, Record, RecordDocument
from pipeline.record_document import FieldValue
from pipeline.status import Status
from pipeline.wire import DESCRIBED, MatterCode, Sha256, published
from validators.guide.guide import guide
from validators.guide.rows import Department
from validators.guide.tables import TableError, parse_table, table_line, table_text

PACKET_VERSION: Literal["2"] = "2"
EVERY = "every"
PHOTO_MATTER = "M4"
"""Whose department prints the card photo."""

Base64 = Annotated[str, WithJsonSchema({"type": "string", "contentEncoding": "base64"})]


class NeedRow(Frozen):
    """What one matter needs."""

    applicant: tuple[str, ...]
    declared: tuple[str, ...]
    documents: dict[DocumentType, tuple[str, ...]]
    source: str


class NeedTable(RootModel[dict[str, NeedRow]]):
    """packets.toml."""


class PacketScan(Frozen):
    """A scan that papers of this packet lie on, as a department asks for it."""

    model_config = DESCRIBED

    file: str
    """Its name within the case."""
    sha256: Sha256
    """Of its bytes."""
    pages: tuple[int, ...]
    """The pages of it that papers of this packet lie on, from 1."""


class PacketPhoto(Frozen):
    """The card photo."""

    model_config = DESCRIBED

    document: str
    """Id of the document in this packet."""
    file: str
    """Name of the file within the case."""
    sha256: Sha256
    """Of the file's bytes."""
    data: Base64 | None = None
    """The file's bytes, as they were handed in; absent where it is no picture file of its own."""


class PacketDocument(Frozen):
    """A paper that the department's matters need, with the fields that they need."""

    model_config = DESCRIBED

    id: str
    """As in the record: d1, d2 …"""
    type: DocumentType
    """What paper it is."""
    matters: tuple[MatterCode, ...]
    """The department's matters that count on it."""
    pages: tuple[PageRef, ...]
    """Where it lies."""
    fields: dict[str, FieldValue]
    """Values by field name, typed as in the record."""


class PacketFinding(Frozen):
    """What is open about the department's matters."""

    model_config = DESCRIBED

    rule: str
    """Id of the rule (contract.md)."""
    severity: Severity
    """As in the record."""
    message: str
    """In Chinese."""
    matter: MatterCode | None = None
    """The matter it is about; absent where about all."""
    document: str | None = None
    """Id of the document it is about."""
    field: str | None = None
    """Field name, or key of the application, it is about."""


class Packet(Frozen):
    """One department's part of a case."""

    model_config = DESCRIBED

    packet_version: Literal["2"] = PACKET_VERSION
    """Of this schema."""
    case_id: str
    """The case."""
    department: Department
    """Whose part it is: 人社, 医保, 税务."""
    status: Status
    """The worst of the department's matters."""
    applicant: Applicant
    """What of the person the department's matters need."""
    declared: Request = Request()
    """What of the application they need."""
    matters: tuple[Matter, ...]
    """The department's."""
    materials: tuple[Material, ...]
    """Items that these matters ask for."""
    documents: tuple[PacketDocument, ...]
    """Papers that fulfil them."""
    scans: tuple[PacketScan, ...]
    """The files that these papers lie on."""
    photo: PacketPhoto | None = None
    """The card photo, for M4 alone."""
    findings: tuple[PacketFinding, ...]
    """What is open about these matters."""
    ruleset: str
    """Digest of all tables of rules that judged the case."""

    def to_data(self) -> dict[str, Any]:
        """JSON values; keys without a value are left out."""
        data = self.model_dump(mode="json", exclude_none=True)
        data["declared"] = {key: value for key, value in data["declared"].items() if value != []}
        return data


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


def make_packets(
    record: Record, request: Request | None = None, photos: Mapping[str, bytes] | None = None
) -> tuple[Packet, ...]:
    """The packet of each department that has a matter in this case.

    ``request`` is what was declared, where the record does not say it (version 1); ``photos`` are
    the bytes of card photos, by sha256.
    """
    declared = record.declared or request
    departments = dict.fromkeys(m.department for m in record.matters)
    return tuple(_packet(record, declared, department, photos or {}) for department in departments)


def _packet(
    record: Record,
    request: Request | None,
    department: Department,
    photos: Mapping[str, bytes],
) -> Packet:
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
        declared=Request() if request is None else _declared(request, rows),
        matters=matters,
        materials=tuple(
            m.model_copy(update={"documents": tuple(d for d in m.documents if d in passed)})
            for m in materials
        ),
        documents=documents,
        scans=tuple(_scans(documents)),
        photo=_photo(documents, photos),
        findings=tuple(
            PacketFinding(
                rule=f.rule,
                severity=f.severity,
                message=f.message,
                matter=f.matter,
                document=f.document if f.document in passed else None,
                field=f.field,
            )
            for f in record.open_findings
            if (f.matter in codes or f.matter is None) and f.document in {None, *passed}
        ),
        ruleset=record.provenance.ruleset,
    )


def _declared(request: Request, rows: Iterable[NeedRow]) -> Request:
    keys = {key for row in rows for key in row.declared}
    return Request.model_validate({key: getattr(request, key) for key in keys})


def _scans(documents: Iterable[PacketDocument]) -> Iterable[PacketScan]:
    pages: dict[tuple[str, str], set[int]] = {}
    for document in documents:
        for page in document.pages:
            pages.setdefault((page.file, page.sha256), set()).add(page.page)
    for (file, sha256), numbers in pages.items():
        yield PacketScan(file=file, sha256=sha256, pages=tuple(sorted(numbers)))


def _photo(documents: Iterable[PacketDocument], photos: Mapping[str, bytes]) -> PacketPhoto | None:
    for document in documents:
        if document.type == DocumentType.PHOTO and PHOTO_MATTER in document.matters:
            page = document.pages[0]
            data = photos.get(page.sha256)
            return PacketPhoto(
                document=document.id,
                file=page.file,
                sha256=page.sha256,
                data=None if data is None else base64.b64encode(data).decode("ascii"),
            )
    return None


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
            pages=document.pages,
            fields={name: f.value for name, f in document.fields.items() if name in wanted},
        )


def packet_schema() -> dict[str, Any]:
    """The published JSON Schema of a packet."""
    return published(Packet, "packet", PACKET_VERSION)
