"""Papers as people arranged them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.deciding.decided import Decided, Paper
from pipeline.deciding.places import face_spot, nearest, on_page
from pipeline.model import Document, Face
from pipeline.record import Action


def arranged(
    faces: Sequence[Face],
    decisions: Sequence[Decided],
    again: Sequence[tuple[Decided, Sequence[Face]]],
) -> tuple[Face, ...]:
    """The faces of the case's papers as people arranged them: without those that were moved away,
    of files that came from another case only what was moved here; what was turned or named
    otherwise as it was read ``again``."""
    kept = list(faces)
    for decided, read in again:
        kept = _replaced(kept, decided, read)
    taken: list[Face] = []
    received = [d for d in decisions if d.action == Action.RECEIVE]
    for decided in received:
        taken += [kept[i] for i in faces_of(decided.paper, kept)]
    foreign = {d.paper.sha256 for d in received if d.paper} - {
        d.paper.sha256 for d in received if d.paper and d.detail.own
    }
    gone: list[Face] = [
        kept[i] for d in decisions if d.action == Action.MOVE for i in faces_of(d.paper, kept)
    ]
    return tuple(
        face
        for face in kept
        if not _among(face, gone) and (face.page.sha256 not in foreign or _among(face, taken))
    )


def _among(face: Face, faces: Iterable[Face]) -> bool:
    return any(face is other for other in faces)


def _replaced(faces: list[Face], decided: Decided, read: Sequence[Face]) -> list[Face]:
    paper = decided.paper
    if paper is None:
        return faces
    if decided.action == Action.ROTATE:
        out = [i for i, face in enumerate(faces) if on_page(face.page, paper)]
    else:
        out = faces_of(paper, faces)
    if not out:
        return faces
    renamed = [
        face.model_copy(
            update={"page": face.page.model_copy(update={"file": faces[out[0]].page.file})}
        )
        for face in read
    ]
    return [*(f for i, f in enumerate(faces[: out[0]]) if i not in out), *renamed,
            *(f for i, f in enumerate(faces) if i > out[0] and i not in out)]  # fmt: skip


def papers_of(
    document: Document, documents: Sequence[Document], faces: Sequence[Face]
) -> list[Paper]:
    """The parts of a document by content: each face of it. A face belongs to it where one of its
    readings does, or where no other paper of its kind lies on the page."""
    parts = []
    for face in faces:
        if face.type != document.type or face.page not in document.pages:
            continue
        rivals = [d for d in documents if d.type == face.type and face.page in d.pages]
        boxes = {r.box for r in face.fields.values()}
        mine = {r.box for r in document.fields.values() if document.pages[r.page] == face.page}
        if len(rivals) == 1 or boxes & mine - {None}:
            parts.append(
                Paper(
                    sha256=face.page.sha256,
                    page=face.page.page,
                    rotation=face.page.rotation,
                    type=face.type,
                    spot=face_spot(face),
                )
            )
    return parts


def faces_of(paper: Paper | None, faces: Sequence[Face]) -> list[int]:
    """Where the faces of this paper stand."""
    if paper is None:
        return []
    found = [
        (face_spot(face), face.page.rotation, position)
        for position, face in enumerate(faces)
        if on_page(face.page, paper) and face.type == paper.type
    ]
    return nearest(paper, found)


def apart(faces: Sequence[Face], decisions: Sequence[Decided]) -> list[int]:
    """Faces that are papers of their own."""
    return [i for d in decisions if d.action == Action.SPLIT for i in faces_of(d.paper, faces)]


def together(faces: Sequence[Face], decisions: Sequence[Decided]) -> list[tuple[int, int]]:
    """Faces that are of one paper."""
    return [
        (one, other)
        for d in decisions
        if d.action == Action.JOIN
        for one in faces_of(d.paper, faces)
        for other in faces_of(d.detail.other, faces)
    ]
