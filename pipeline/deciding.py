"""What people decided about a case, and what follows from it.

A decision binds to the paper's content (hash of the file, page, kind, and where on the page) and to
the field, never to ids that another reading may give anew: so it survives a newer engine. It works
where readings work: a value that a person confirmed or corrected *is* the field's reading, surely
read, and every check runs on it as on any other. Only what is no reading (a judgement on a finding)
settles a finding.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from pipeline.finding import Finding, Severity, finding
from pipeline.model import Document, DocumentType, Face, Frozen, PageRef, Point, Quad, Reading
from pipeline.record import Action, Decision

T = TypeVar("T")


VALUES = frozenset({Action.CONFIRM, Action.CORRECT, Action.READ_REGION})
"""What gives a field its value."""
OF_FIELDS = VALUES | {Action.UNREADABLE}
STRUCTURAL = frozenset(
    {Action.RECLASSIFY, Action.ROTATE, Action.SPLIT, Action.JOIN, Action.MOVE, Action.RECEIVE}
)
"""What says which papers there are."""
REASONED = frozenset({Action.WAIVE, Action.SEND_BACK})
"""What is nothing without a reason."""


class Paper(Frozen):
    """A paper by content. ``spot`` is its middle (or that of the field in question) in pixels of
    the page turned by ``rotation``: it tells two papers of one kind on one page apart."""

    sha256: str
    page: int
    rotation: int = 0
    type: DocumentType = DocumentType.UNKNOWN
    spot: Point | None = None


class Detail(Frozen):
    """What an action needs beside, and what is kept of the moment for measuring."""

    paper: Paper | None = None
    got: str | None = None
    expected: str | None = None
    severity: Severity | None = None
    matters: tuple[str, ...] = ()
    box: Quad | None = None
    other: Paper | None = None
    case_id: str | None = None
    file: str | None = None
    own: bool = False
    kind: DocumentType | None = None
    turn: int = 0
    doubted: bool = False
    doubts: tuple[str, ...] = ()
    confidence: float | None = None
    looked_at: dict[str, int] = {}


class Decided(Frozen):
    """One decision as it is kept. ``value`` is the field's value by the person, ``previous`` what
    the machine had read; ``undoes`` the decision that this one takes back; ``second``: made without
    seeing the first; ``four_eyes``: it counts once another person said the same."""

    id: int = 0
    revision: int
    action: Action
    by: str
    at: datetime
    rule: str | None = None
    paper: Paper | None = None
    document: str | None = None
    field: str | None = None
    value: str | None = None
    previous: str | None = None
    reason: str = ""
    detail: Detail = Detail()
    undoes: int | None = None
    second: bool = False
    four_eyes: bool = False

    @property
    def is_of_field(self) -> bool:
        """Whether it says what stands in a field, rather than what is made of a finding."""
        return self.action in OF_FIELDS and self.rule is None and self.field is not None

    @property
    def subject(self) -> str:
        """What it is about: equal for every decision about the same thing."""
        paper = "" if self.paper is None else self.paper.model_dump_json()
        about: tuple[object, ...]
        if self.action in STRUCTURAL:
            about = ("paper", paper, self.action, self.detail.other)
        elif self.rule is None:
            about = ("field", paper, self.field)
        else:
            about = ("finding", self.rule, paper, self.field, self.detail.got, self.detail.expected)
        return hashlib.sha256(repr(about).encode()).hexdigest()[:40]

    @property
    def verdict(self) -> tuple[str, str | None]:
        """What it comes to: two people agree where their verdicts are equal."""
        if self.is_of_field and self.action in VALUES:
            return "value", self.value
        if self.action in STRUCTURAL:
            return self.action, f"{self.detail.kind} {self.detail.turn} {self.detail.case_id}"
        return self.action, None


def standing(decisions: Iterable[Decided]) -> tuple[Decided, ...]:
    """The decisions that nobody took back, in their order. Taking back may be taken back."""
    gone: set[int] = set()
    kept = []
    for decided in sorted(decisions, key=lambda d: d.id, reverse=True):
        if decided.id and decided.id in gone:
            continue
        if decided.action == Action.UNDO:
            gone.add(decided.undoes or 0)
        else:
            kept.append(decided)
    return tuple(reversed(kept))


def effective(decisions: Iterable[Decided]) -> tuple[Decided, ...]:
    """The decisions that count: the last one about each thing; where four eyes are asked for, once
    the last words of two different people agree."""
    by_subject: dict[str, list[Decided]] = defaultdict(list)
    for decided in standing(decisions):
        if decided.action != Action.CHECKED:
            by_subject[decided.subject].append(decided)
    counting = []
    for said in by_subject.values():
        one = _agreed(said) if any(d.four_eyes for d in said) else said[-1]
        if one is not None:
            counting.append(one)
    return tuple(sorted(counting, key=lambda d: d.id))


def waiting(decisions: Iterable[Decided]) -> tuple[Decided, ...]:
    """Decisions that wait for a second person."""
    every = standing(decisions)
    settled = {d.subject for d in effective(every)}
    return tuple(d for d in every if d.four_eyes and d.subject not in settled)


def visible(decisions: Iterable[Decided], viewer: str) -> tuple[Decided, ...]:
    """What this person may see: of what waits for a second person only his own, and nothing from
    which the first one's could be told."""
    every = tuple(sorted(decisions, key=lambda d: d.id))
    settled = {d.subject for d in effective(every)}
    hidden: set[int] = set()
    for decided in every:
        is_open = decided.four_eyes and decided.subject not in settled
        if decided.by != viewer and (is_open or decided.undoes in hidden):
            hidden.add(decided.id)
    return tuple(d for d in every if d.id not in hidden)


def _agreed(said: Sequence[Decided]) -> Decided | None:
    """The last decision with which the last word of another person agrees."""
    last = list({d.by: d for d in said}.values())
    agreeing = [d for d in last if any(o.by != d.by and o.verdict == d.verdict for o in last)]
    return max(agreeing, key=lambda d: d.id, default=None)


def asks_four_eyes(
    case_id: str, subject: str, rule: str | None, rules: Iterable[str], rate: float
) -> bool:
    """Whether a second person must say the same: the rules chosen for it (by their beginning), and
    a sample that is the same on every machine and day."""
    if rule is not None and any(rule.startswith(start) for start in rules):
        return True
    return in_sample(f"{case_id}\n{subject}", rate)


def in_sample(name: str, rate: float) -> bool:
    """Whether a name falls into a sample of this rate (0 to 1): by its hash, so always the same."""
    return draw_of(name) < rate


def draw_of(name: str) -> float:
    """A number from 0 to 1 that belongs to a name: what a sample is drawn by."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:6], "big") / 2**48


# ---------------------------------------------------------------- where a paper lies


def middle(box: Quad) -> Point:
    """The middle of a box, to the pixel."""
    return (round(sum(x for x, _ in box) / 4), round(sum(y for _, y in box) / 4))


def paper_of(document: Document, field: str | None = None, page: int = 0) -> Paper:
    """The paper that a document of a record is, by content: where the field was read, else the
    page with this index."""
    reading = document.fields.get(field or "")
    index = page if reading is None else reading.page
    ref = document.pages[index]
    if reading is not None and reading.box is not None:
        spot: Point | None = middle(reading.box)
    else:
        boxes = [r.box for r in document.fields.values() if r.page == index and r.box is not None]
        spot = _middle_of(boxes)
    return Paper(
        sha256=ref.sha256,
        page=ref.page,
        rotation=ref.rotation,
        type=document.type,
        spot=spot,
    )


def _middle_of(boxes: Sequence[Quad]) -> Point | None:
    if not boxes:
        return None
    points = [point for box in boxes for point in box]
    return (
        round(sum(x for x, _ in points) / len(points)),
        round(sum(y for _, y in points) / len(points)),
    )


def _face_spot(face: Face, field: str | None = None) -> Point | None:
    reading = face.fields.get(field or "")
    if reading is not None and reading.box is not None:
        return middle(reading.box)
    boxes = [r.box for r in face.fields.values() if r.box is not None]
    return _middle_of(boxes) or (None if face.outline is None else middle(face.outline))


def _nearest(paper: Paper, found: Sequence[tuple[Point | None, int, T]]) -> list[T]:
    """Those of the papers on the page that lie where the decision was made: all that lie equally
    near (the page that several share). Where the page is turned otherwise now, places tell nothing,
    and of several papers none is taken: a person decides anew."""
    if len(found) < 2:
        return [one for _, _, one in found]
    if paper.spot is None or any(rotation != paper.rotation for _, rotation, _ in found):
        return []
    distances = [_distance(paper.spot, spot) for spot, _, _ in found]
    return [one for (_, _, one), far in zip(found, distances, strict=True) if far == min(distances)]


def _distance(one: Point, other: Point | None) -> float:
    return 1e9 if other is None else (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2


def _on_page(ref: PageRef, paper: Paper) -> bool:
    return (ref.sha256, ref.page) == (paper.sha256, paper.page)


# ---------------------------------------------------------------- readings


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
            (_face_spot(face, field), face.page.rotation, position)
            for position, face in enumerate(decided_faces)
            if _on_page(face.page, paper)
            and face.type == paper.type
            and (field in face.fields or field in face.missing)
        ]
        for position in _nearest(paper, found):
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
            if not _on_page(ref, paper):
                continue
            reading = document.fields.get(decided.field or "")
            if reading is None or reading.page == index:
                spot = paper_of(document, decided.field, index).spot
                found.append((spot, ref.rotation, (position, index)))
    return _nearest(paper, found)


# ---------------------------------------------------------------- papers


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
        out = [i for i, face in enumerate(faces) if _on_page(face.page, paper)]
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
                    spot=_face_spot(face),
                )
            )
    return parts


def faces_of(paper: Paper | None, faces: Sequence[Face]) -> list[int]:
    """Where the faces of this paper stand."""
    if paper is None:
        return []
    found = [
        (_face_spot(face), face.page.rotation, position)
        for position, face in enumerate(faces)
        if _on_page(face.page, paper) and face.type == paper.type
    ]
    return _nearest(paper, found)


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


# ---------------------------------------------------------------- findings


def decided_findings(
    decisions: Sequence[Decided], documents: Sequence[Document]
) -> Iterator[Finding]:
    """What people found on the papers, for the applicant to mend; what was sent back because of
    several findings is asked for once."""
    asked: set[tuple[object, ...]] = set()
    for decided in decisions:
        ids = [documents[position].id for position, _ in documents_of(decided, documents)]
        document = ids[0] if ids else None
        if decided.action == Action.UNREADABLE and document is not None:
            holder = next(d for d in documents if d.id == document)
            if decided.field not in holder.fields:
                yield from _for_matters(
                    decided, finding("DEC-UNREADABLE", document=document, field=decided.field)
                )
        elif decided.action == Action.SEND_BACK and (document or decided.paper is None):
            about = (document, decided.field, decided.reason, decided.detail.matters)
            if about in asked:
                continue
            asked.add(about)
            yield from _for_matters(
                decided,
                finding(
                    "DEC-BACK",
                    document=document,
                    field=decided.field,
                    reason=decided.reason.rstrip("。") + "。",
                    todo=decided.reason,
                ),
            )


def _for_matters(decided: Decided, found: Finding) -> Iterator[Finding]:
    """One finding a matter; none named where all are meant."""
    if not decided.detail.matters:
        yield found
    for matter in decided.detail.matters:
        yield found.model_copy(update={"matter": matter})


def record_decisions(
    decisions: Iterable[Decided], documents: Sequence[Document]
) -> tuple[Decision, ...]:
    """The decisions as the record shows them; those about papers that are gone are left out."""
    shown = []
    for decided in decisions:
        ids = [documents[position].id for position, _ in documents_of(decided, documents)]
        is_gone = decided.paper is not None and not ids
        if is_gone and decided.action not in STRUCTURAL:
            continue
        shown.append(
            Decision(
                reviewer=decided.by,
                time=decided.at.isoformat(timespec="seconds"),
                rule=decided.rule or "",
                document=ids[0] if ids else None,
                field=decided.field,
                action=decided.action,
                value=decided.value,
                reason=decided.reason,
                revision=str(decided.revision),
                matters=decided.detail.matters,
                got=decided.detail.got,
                expected=decided.detail.expected,
                severity=decided.detail.severity,
            )
        )
    return tuple(shown)
