"""Faces become documents: the two sides of a card, the pages of a booklet.

A face that names its person (number or name) begins a document; a face that does not (the emblem
side of a card, the head page of a booklet) joins the nearest document of its type that still
lacks that face: same page first, then same file, then the nearest file. Nothing is thrown
away: a face that finds no partner is a document of its own, and says so by lacking a side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.model import Document, DocumentType, Face, PageRef, Quality, Reading

Complete = Callable[[Document], Document]
"""What a paper's extractor adds once all faces are together (hukou: the last row of the page of
changes wins)."""

IDENTITY_FIELDS = ("id_number", "certificate_number", "permit_number", "passport_number", "name")

SECOND_NUMBERS = {DocumentType.HMT_RESIDENCE_PERMIT: ("permit_number",)}
"""Numbers of another paper of the holder, printed on a face that does not name him: the residence
permit's back gives the travel permit's number, the front does not."""

SHARED_FACES = {DocumentType.HUKOU: frozenset({"head", "address_changes"})}
"""Faces that belong to every document of their type in the case: a booklet has one head page and
one page for each member."""


@dataclass(slots=True)
class _Draft:
    type: DocumentType
    faces: list[Face] = field(default_factory=list)

    def lacks(self, face: Face) -> bool:
        return all(f.face != face.face for f in self.faces)


def assemble(
    faces: Sequence[Face], complete: Mapping[str, Complete] | None = None
) -> tuple[Document, ...]:
    """The documents of a case, in the order in which their first faces came; ids d1, d2 …"""
    order = {id(face): i for i, face in enumerate(faces)}
    files = {name: i for i, name in enumerate(dict.fromkeys(f.page.file for f in faces))}
    drafts: list[_Draft] = []
    for kind in dict.fromkeys(f.type for f in faces):
        drafts += _group([f for f in faces if f.type == kind], files)
    drafts.sort(key=lambda d: min(order[id(f)] for f in d.faces))
    documents = []
    for number, draft in enumerate(drafts, start=1):
        document = _document(f"d{number}", draft)
        finish = (complete or {}).get(draft.type)
        documents.append(finish(document) if finish else document)
    return tuple(documents)


def _group(faces: list[Face], files: Mapping[str, int]) -> list[_Draft]:
    """Documents of one type."""
    kind = faces[0].type
    if kind in (DocumentType.UNKNOWN, DocumentType.PHOTO):
        return [_Draft(kind, [face]) for face in faces]
    shared = [f for f in faces if f.face in SHARED_FACES.get(kind, ())]
    own = [f for f in faces if f not in shared]
    drafts: list[_Draft] = []
    anonymous = []
    for face in own:
        if not _identity(face):
            anonymous.append(face)
            continue
        same = next((d for d in drafts if _same_person(d, face)), None)
        if same is None:
            drafts.append(_Draft(kind, [face]))
        else:
            same.faces.append(face)
    for face in anonymous:
        candidates = [d for d in drafts if d.lacks(face)]
        if candidates:
            nearest = min(candidates, key=lambda d: _distance(d, face, files))
            nearest.faces.append(face)
        else:
            drafts.append(_Draft(kind, [face]))
    if not drafts and shared:
        drafts.append(_Draft(kind))
    for draft in drafts:
        draft.faces[:0] = shared
    return drafts


def _identity(face: Face) -> dict[str, str]:
    aside = SECOND_NUMBERS.get(face.type, ())
    return {
        name: reading.value
        for name in IDENTITY_FIELDS
        if name not in aside and (reading := face.fields.get(name)) is not None and reading.value
    }


def _same_person(draft: _Draft, face: Face) -> bool:
    """Whether the face shows the draft's person: a number decides, else the name.

    Two different faces of one paper (the pages of a booklet) may each name the person; the same
    face twice is the same paper scanned again.
    """
    mine = _identity(face)
    for other in draft.faces:
        theirs = _identity(other)
        common = [name for name in IDENTITY_FIELDS if name in mine and name in theirs]
        if common:
            return mine[common[0]] == theirs[common[0]]
    return False


def _distance(draft: _Draft, face: Face, files: Mapping[str, int]) -> tuple[int, int]:
    return min(
        (
            abs(files[f.page.file] - files[face.page.file]),
            abs(f.page.page - face.page.page),
        )
        for f in draft.faces
    )


def _document(document_id: str, draft: _Draft) -> Document:
    pages: list[PageRef] = []
    fields: dict[str, Reading] = {}
    tables: dict[str, tuple[dict[str, Reading], ...]] = {}
    marks: dict[str, str] = {}
    for face in draft.faces:
        if face.page not in pages:
            pages.append(face.page)
        index = pages.index(face.page)
        for name, reading in face.fields.items():
            placed = reading.model_copy(update={"page": index})
            if name not in fields or fields[name].confidence < placed.confidence:
                fields[name] = placed
        for name, rows in face.tables.items():
            placed_rows = tuple(
                {key: r.model_copy(update={"page": index}) for key, r in row.items()}
                for row in rows
            )
            tables[name] = (*tables.get(name, ()), *placed_rows)
        marks |= face.marks
    missing = dict.fromkeys(name for face in draft.faces for name in face.missing)
    return Document(
        id=document_id,
        type=draft.type,
        pages=tuple(pages),
        faces=tuple(dict.fromkeys(face.face for face in draft.faces)),
        fields=fields,
        missing=tuple(name for name in missing if name not in fields),
        tables=tables,
        marks=marks,
        quality=_worst_quality(face.quality for face in draft.faces),
    )


def _worst_quality(qualities: Iterable[Quality]) -> Quality:
    """The worst of each measure over the faces; None where no face was measured."""
    worst: dict[str, bool | float | None] = {}
    for quality in qualities:
        for name, value in quality.model_dump().items():
            if value is not None:
                worst[name] = max(value, worst.get(name) or value)
    return Quality.model_validate(worst)
