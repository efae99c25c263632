"""Fields as people said."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.deciding.decided import VALUES, Decided
from pipeline.deciding.places import face_spot, nearest, on_page, paper_of
from pipeline.model import Document, Face, Point, Reading


def human_reading(decided: Decided, before: Reading | None) -> Reading:
    """The field's reading by a person: certain, where the machine or the person saw it."""
    box = decided.detail.box or (None if before is None else before.box)
    return Reading(
        value=decided.value or "",
        raw=decided.value or "",
        confidence=1.0,
        page=0 if before is None else before.page,
        box=box,
        source="human",
    )


def decide_faces(faces: Sequence[Face], decisions: Sequence[Decided]) -> tuple[Face, ...]:
    """The faces with the fields as people said: before papers are put together, as a corrected
    number may tell whose paper it is."""
    decided_faces = list(faces)
    for decided in decisions:
        if not decided.is_of_field or decided.paper is None:
            continue
        paper, field = decided.paper, decided.field or ""
        found = [
            (face_spot(face, field), face.page.rotation, position)
            for position, face in enumerate(decided_faces)
            if on_page(face.page, paper)
            and face.type == paper.type
            and (field in face.fields or field in face.missing)
        ]
        for position in nearest(paper, found):
            decided_faces[position] = _decide_face(decided_faces[position], decided, field)
    return tuple(decided_faces)


def _decide_face(face: Face, decided: Decided, field: str) -> Face:
    fields = {name: r for name, r in face.fields.items() if name != field}
    if decided.action in VALUES:
        fields[field] = human_reading(decided, face.fields.get(field))
    missing = tuple(name for name in face.missing if name != field)
    return face.model_copy(update={"fields": fields, "missing": missing})


def decide_documents(
    documents: Sequence[Document], decisions: Sequence[Decided]
) -> tuple[Document, ...]:
    """The documents with the fields as people said, whatever was derived since."""
    decided_documents = list(documents)
    for decided in decisions:
        if decided.is_of_field:
            for position, index in documents_of(decided, decided_documents):
                document = decided_documents[position]
                decided_documents[position] = _decide_document(document, index, decided)
    return tuple(decided_documents)


def _decide_document(document: Document, index: int, decided: Decided) -> Document:
    field = decided.field or ""
    before = document.fields.get(field)
    fields = dict(document.fields)
    if decided.action in VALUES:
        placed = before or Reading(value="", raw="", confidence=0.0, page=index)
        fields[field] = human_reading(decided, placed)
    elif before is not None and before.source != "human":
        del fields[field]
    missing = tuple(name for name in document.missing if name != field)
    return document.model_copy(update={"fields": fields, "missing": missing})


def documents_of(decided: Decided, documents: Sequence[Document]) -> list[tuple[int, int]]:
    """Which documents the decision is about: (position, index of the page in it)."""
    paper = decided.paper
    if paper is None:
        return []
    found: list[tuple[Point | None, int, tuple[int, int]]] = []
    for position, document in enumerate(documents):
        if document.type != paper.type:
            continue
        for index, ref in enumerate(document.pages):
            if not on_page(ref, paper):
                continue
            reading = document.fields.get(decided.field or "")
            if reading is None or reading.page == index:
                spot = paper_of(document, decided.field, index).spot
                found.append((spot, ref.rotation, (position, index)))
    return nearest(paper, found)
