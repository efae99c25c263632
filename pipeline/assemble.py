"""Faces become documents: the two sides of a card, the pages of a booklet.

A face that names its person (number or name) begins a document; a face that does not (the emblem
side of a card, the head page of a booklet) joins the nearest document of its type that still
lacks that face: same page first, then same file, then the nearest file. The same paper scanned
twice is one document; two papers of one kind of the same person (an old card and the new one) stay
two. Nothing is thrown away: a face that finds no partner is a document of its own, and says so by
lacking a side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.model import Document, DocumentType, Face, PageRef, Quality, Reading
from pipeline.reference import names
from pipeline.reference.relations import is_head

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

BOOKLET_FIELDS = ("household_number", "head_name")
"""What tells two booklets apart by their head pages."""


TELLING = (
    "valid_from", "valid_to", "valid_until", "issue_date", "issue_count", "letter_number",
    "address", "current_address", "certificate_number", "category", "grade", "group",
    "household_number", "head_name", "arrival_date",
)  # fmt: skip
"""What tells two papers of one kind apart, where the same person has both. Names are not among
them: two readings of a rare character differ too."""

TELLING_ALL = frozenset({DocumentType.APPLICATION_FORM, DocumentType.PROXY_UNDERTAKING})
"""Papers that a person fills in: all that is written tells one from another."""

SURE = 0.9
"""Confidence from which two readings contradict each other in earnest (the rules' own limit)."""


@dataclass(slots=True)
class _Draft:
    type: DocumentType
    faces: list[Face] = field(default_factory=list)

    def lacks(self, face: Face) -> bool:
        return all(f.face != face.face for f in self.faces)


def assemble(
    faces: Sequence[Face],
    complete: Mapping[str, Complete] | None = None,
    *,
    apart: Sequence[int] = (),
    together: Sequence[tuple[int, int]] = (),
) -> tuple[Document, ...]:
    """The documents of a case, in the order in which their first faces came; ids d1, d2 …

    A person may have said that some faces are papers of their own (``apart``), or that two are of
    one paper (``together``); both by their place in ``faces``.
    """
    order = {id(face): i for i, face in enumerate(faces)}
    files = {name: i for i, name in enumerate(dict.fromkeys(f.page.file for f in faces))}
    drafts: list[_Draft] = []
    for kind in dict.fromkeys(f.type for f in faces):
        drafts += _group([f for f in faces if f.type == kind], files)
    drafts = _as_told(
        drafts, [faces[i] for i in apart], [(faces[i], faces[j]) for i, j in together]
    )
    drafts.sort(key=lambda d: min(order[id(f)] for f in d.faces))
    documents = []
    for number, draft in enumerate(drafts, start=1):
        document = _document(f"d{number}", draft)
        finish = (complete or {}).get(draft.type)
        documents.append(finish(document) if finish else document)
    return tuple(documents)


def _as_told(
    drafts: list[_Draft], apart: Sequence[Face], together: Sequence[tuple[Face, Face]]
) -> list[_Draft]:
    """The drafts as a person put them together, or took them apart."""
    drafts = list(drafts)
    for face in apart:
        holders = [d for d in drafts if len(d.faces) > 1 and _holds(d, face)]
        for draft in holders:
            draft.faces = [f for f in draft.faces if f is not face]
        if holders:
            drafts.append(_Draft(face.type, [face]))
    for one, other in together:
        first = next((d for d in drafts if _holds(d, one)), None)
        second = next((d for d in drafts if _holds(d, other)), None)
        if first and second and first is not second and first.type == second.type:
            first.faces += [f for f in second.faces if not _holds(first, f)]
            drafts.remove(second)
    return drafts


def _holds(draft: _Draft, face: Face) -> bool:
    return any(f is face for f in draft.faces)


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
        same = [d for d in drafts if _same_person(d, face) and d.lacks(face)]
        if same:
            min(same, key=lambda d: _distance(d, face, files)).faces.append(face)
        else:
            drafts.append(_Draft(kind, [face]))
    while anonymous:
        # The nearest pair first: the back on the same scan as a front is that card's, whatever
        # loose back of somebody else comes before it.
        face = min(anonymous, key=lambda f: _nearest(drafts, f, files))
        anonymous.remove(face)
        candidates = [d for d in drafts if d.lacks(face)]
        again = [d for d in drafts if not d.lacks(face) and not _contradicts(d.faces, [face])]
        if candidates:
            nearest = min(candidates, key=lambda d: _distance(d, face, files))
            nearest.faces.append(face)
        elif again:
            min(again, key=lambda d: _distance(d, face, files)).faces.append(face)
        else:
            drafts.append(_Draft(kind, [face]))
    drafts = _without_repeats(drafts)
    if not drafts and shared:
        return [_Draft(kind, pages) for pages in _booklets(shared)]
    given = [(draft, _own_pages(draft, shared, drafts, files)) for draft in drafts]
    used = [face for _, pages in given for face in pages]
    for draft, pages in given:
        draft.faces[:0] = pages
    left = [face for face in shared if not any(face is u for u in used)]
    return [*drafts, *(_Draft(kind, pages) for pages in _booklets(left))]


def _own_pages(
    draft: _Draft, shared: Sequence[Face], drafts: Sequence[_Draft], files: Mapping[str, int]
) -> list[Face]:
    """The shared pages that are of the draft's booklet: those that nothing contradicts. Where they
    are of several booklets, those of the same scan, else of the nearest booklet that does not lie
    with another person's page."""
    fitting = [face for face in shared if _is_of_one_booklet(face, draft.faces)]
    ranks: list[tuple[int, tuple[int, int]]] = []
    booklets = []
    for pages in _booklets(fitting):
        lies_here = any(_is_on_page_of(draft, page) for page in pages)
        elsewhere = any(_is_on_page_of(d, page) for d in drafts if d is not draft for page in pages)
        another = any(_is_another_head(page, f) for page in pages for f in draft.faces)
        if another and elsewhere and not lies_here:
            continue
        distance = min(_distance(draft, page, files) for page in pages)
        standing = 0 if lies_here else 3 if another else 2 if elsewhere else 1
        ranks.append((standing, distance))
        booklets.append(pages)
    return booklets[ranks.index(min(ranks))] if booklets else []


def _booklets(shared: Sequence[Face]) -> list[list[Face]]:
    """Shared pages by the booklet that they are of. A page that says nothing of its booklet is of
    the one in its file, else of the one that it follows."""
    booklets: list[list[Face]] = []
    for face in shared:
        same = [b for b in booklets if not any(_are_two_booklets(face, page) for page in b)]
        here = [b for b in same if any(page.page.file == face.page.file for page in b)]
        silent = not any(face.fields.get(name) for name in BOOKLET_FIELDS)
        if same:
            (here or ([same[-1]] if silent else same))[0].append(face)
        else:
            booklets.append([face])
    return booklets


def _are_two_booklets(one: Face, other: Face) -> bool:
    """Whether two head pages are of two booklets: number or head differ surely, and the other of
    the two does not say that they are one."""
    differ = [name for name in BOOKLET_FIELDS if _differs(one, other, name)]
    agree = [name for name in BOOKLET_FIELDS if _agrees(one, other, name)]
    return bool(differ) and not agree


def _agrees(one: Face, other: Face, name: str) -> bool:
    a, b = one.fields.get(name), other.fields.get(name)
    if a is None or b is None or not a.value:
        return False
    return "".join(a.value.split()) == "".join(b.value.split())


def _is_on_page_of(draft: _Draft, face: Face) -> bool:
    return any(f.page == face.page for f in draft.faces)


def _is_of_one_booklet(face: Face, others: Sequence[Face]) -> bool:
    """Whether nothing says that a page belongs to another booklet: both print a household number,
    both were read surely, and the two differ."""
    return not any(_differs(face, other, "household_number") for other in others)


def _is_another_head(head_page: Face, member: Face) -> bool:
    """Whether the member is the head of a household, and surely of another than the head page
    names. A collective household's head is an institution."""
    relation, name = member.fields.get("relation_to_head"), member.fields.get("name")
    head = head_page.fields.get("head_name")
    if relation is None or name is None or head is None or not is_head(relation.value):
        return False
    kind = head_page.fields.get("household_type")
    if kind is not None and any(word in kind.value for word in ("集体", "公共")):
        return False
    sure = all(map(_is_sure, (relation, name, head)))
    return sure and names.compare(head.value, name.value) == "different"


def _nearest(drafts: Sequence[_Draft], face: Face, files: Mapping[str, int]) -> tuple[int, int]:
    """How far the nearest document is that lacks the face; further than any where none does."""
    distances = [_distance(d, face, files) for d in drafts if d.lacks(face)]
    return min(distances, default=(len(files), 0))


def _without_repeats(drafts: list[_Draft]) -> list[_Draft]:
    """The drafts, those of one person that nothing tells apart put together: the same paper
    scanned again."""
    kept: list[_Draft] = []
    for draft in drafts:
        named = next((f for f in draft.faces if _identity(f)), None)
        twin = None
        if named is not None:
            twin = next(
                (
                    d
                    for d in kept
                    if _same_person(d, named) and not _contradicts(d.faces, draft.faces)
                ),
                None,
            )
        if twin is None:
            kept.append(draft)
        else:
            twin.faces += draft.faces
    return kept


def _contradicts(some: Sequence[Face], others: Sequence[Face]) -> bool:
    """Whether the same face says two different things, both read surely."""
    return any(
        one.face == other.face and _differs(one, other, name)
        for one in some
        for other in others
        for name in (one.fields if one.type in TELLING_ALL else TELLING)
    ) or any(
        one.face == other.face
        and one.type in TELLING_ALL
        and _rows(one)
        and _rows(other)
        and _rows(one) != _rows(other)
        for one in some
        for other in others
    )


def _differs(one: Face, other: Face, name: str) -> bool:
    a, b = one.fields.get(name), other.fields.get(name)
    if a is None or b is None or not a.value or not b.value:
        return False
    sure = _is_sure(a) and _is_sure(b)
    return sure and "".join(a.value.split()) != "".join(b.value.split())


def _rows(face: Face) -> list[list[tuple[str, str]]]:
    """The rows of the face's tables that were read surely, in an order of their own."""
    return sorted(
        sorted((key, r.value) for key, r in row.items())
        for rows in face.tables.values()
        for row in rows
        if all(map(_is_sure, row.values()))
    )


def _is_sure(reading: Reading) -> bool:
    return reading.confidence >= SURE and not reading.doubts


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
