"""From what is told while a page is read to what was seen of it; pictures are written on the way,
while the pixels are there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np

from flows.files import write_whole
from flows.look.faces import FacePainter, face_seen
from flows.look.lines import in_rows, line_seen
from flows.look.sight import CandidateSeen, PageSeen, PlaceSeen, SheetSeen
from flows.look.watched import Answers, Trial
from flows.look.words import look_words, name_of
from pipeline.evidence.evidence import outline_of
from pipeline.finding import type_label
from pipeline.image import apply, invert, shrink, size_of, turn, turn_matrix
from pipeline.model import DocumentType, Face, Image, Matrix, Page, Sheet
from pipeline.steps import MIN_SCORE
from pipeline.watch import BesideFound, Outline, PagePlanned, PlaceFound, SheetRead, Told

PAGE_PX = 1600
"""Long side of a page's picture. A sheet's is as large as it was read."""
JPEG_QUALITY = 85


class Observer:
    """Watches one file being read; ``pages`` are what was seen. Pictures go into ``folder``.

    ``told`` is the watcher (:mod:`pipeline.watch`), ``show`` is told of every page that is done.
    """

    def __init__(self, folder: Path, answers: Answers) -> None:
        self.pages: list[PageSeen] = []
        self._folder = folder
        self._answers = answers
        self._begin()

    def _begin(self) -> None:
        self._plan: PagePlanned | None = None
        self._read: list[SheetRead] = []
        self._beside: list[BesideFound] = []
        self._answers.clear()

    def told(self, told: Told) -> None:
        """Keep what was told."""
        match told:
            case PagePlanned():
                self._plan = told
            case SheetRead():
                self._read.append(told)
            case BesideFound():
                self._beside.append(told)
            case PlaceFound():
                if self._answers.trials:
                    self._answers.trials[-1].places.append(told)

    def show(self, page: Page, faces: tuple[Face, ...]) -> None:
        """A page is read: ``faces`` are those that it came to, in the order of its sheets."""
        self.pages.append(self._page(page, faces))
        self._begin()

    def _page(self, page: Page, faces: tuple[Face, ...]) -> PageSeen:
        turns = Counter(read.sheet.rotation for read in self._read)
        rotation = turns.most_common(1)[0][0] if turns else 0
        name = f"page-{len(self.pages) + 1:02d}"
        upright = turn(page.image, rotation)
        self._write(shrink(upright, PAGE_PX)[0], f"{name}.jpg")
        width, height = size_of(upright)
        seen: list[SheetSeen] = []
        at = 0
        for read in self._read:
            own = faces[at : at + len(read.faces)]
            at += len(read.faces)
            seen.append(self._sheet(read.sheet, own, page, rotation, f"{name}-{len(seen) + 1}"))
        plan = self._plan or PagePlanned(page, (), (), (), ())
        painter = FacePainter(lambda image, crop: self._write(image, crop), None, name)
        return PageSeen(
            file=page.source.file,
            page=page.source.page,
            sha256=page.source.sha256,
            picture=f"{name}.jpg",
            width=width,
            height=height,
            rotation=rotation,
            text_layer=bool(page.lines),
            lines=tuple(_turned(quad, page, rotation) for quad in plan.lines),
            areas=tuple(_turned(quad, page, rotation) for quad in plan.areas),
            rivals=tuple(_turned(quad, page, rotation) for quad in plan.rivals),
            grids=tuple(_turned(cell, page, rotation) for cells in plan.grids for cell in cells),
            beside=tuple(
                (b.state, _turned(b.outline, page, rotation, b.rotation)) for b in self._beside
            ),
            tried=tuple(self._tried()),
            sheets=tuple(seen),
            unread=tuple(face_seen(face, painter) for face in faces[at:]),
        )

    def _tried(self) -> Iterator[str]:
        """What the readings that were not kept were taken for."""
        kept = {id(read.sheet.lines) for read in self._read}
        for key, (_, scores) in self._answers.scores.items():
            if key not in kept:
                best = max(_sure(scores), default=None)
                yield type_label(best[1] if best else DocumentType.UNKNOWN)

    def _sheet(
        self, sheet: Sheet, faces: tuple[Face, ...], page: Page, rotation: int, name: str
    ) -> SheetSeen:
        self._write(sheet.image, f"{name}.jpg")
        width, height = size_of(sheet.image)
        painter = FacePainter(lambda image, crop: self._write(image, crop), sheet, name)
        seen = tuple(face_seen(face, painter) for face in faces)
        kinds = {face.type for face in faces}
        places = tuple(self._places(sheet, kinds))
        return SheetSeen(
            number=int(name.rpartition("-")[2]),
            picture=f"{name}.jpg",
            width=width,
            height=height,
            rotation=sheet.rotation,
            on_page=_turned(outline_of(sheet), page, rotation, sheet.rotation),
            candidates=tuple(self._candidates(sheet, kinds)),
            faces=seen,
            places=places,
            lines=tuple(line_seen(line, seen, places) for line in in_rows(sheet.lines)),
        )

    def _candidates(self, sheet: Sheet, kinds: set[DocumentType]) -> Iterator[CandidateSeen]:
        """Every paper that was thought of, the surest first, and what came of it."""
        scores = self._answers.scores_of(sheet.lines)
        taken = self._taken(sheet, kinds)
        trials = {t.kind: t for t in self._answers.trials if t.sheet is sheet}
        for score, kind in sorted(_sure(scores), key=lambda found: -found[0]):
            trial = trials.get(kind)
            outcome = "taken" if trial is not None and trial is taken else ""
            if trial is not None and not trial.faces and score >= MIN_SCORE:
                outcome = "empty"
            yield CandidateSeen(kind, type_label(kind), round(score, 3), outcome)
        if taken is not None and scores.get(taken.kind) is None:
            yield CandidateSeen(taken.kind, type_label(taken.kind), None, "taken")

    def _taken(self, sheet: Sheet, kinds: set[DocumentType]) -> Trial | None:
        """The trial whose faces the sheet was read as: a side that two papers claimed is none's."""
        own = (t for t in self._answers.trials if t.sheet is sheet and t.faces)
        return next((t for t in own if t.kind in kinds), None)

    def _places(self, sheet: Sheet, kinds: set[DocumentType]) -> Iterator[PlaceSeen]:
        words = look_words()
        seen = set()
        for trial in self._answers.trials:
            if trial.sheet is not sheet:
                continue
            for place in trial.places:
                is_mark = place.role in ("seal", "signature")
                if place in seen or not (is_mark or trial.kind in kinds):
                    continue
                seen.add(place)
                states = words.choices if place.role == "choice" else words.states
                yield PlaceSeen(
                    role=place.role,
                    role_label=words.roles[place.role],
                    label="、".join(name_of(name) for name in place.fields),
                    state=states.get(place.state, ""),
                    is_chosen=place.role == "choice" and place.state == "yes",
                    outline=place.outline,
                )

    def _write(self, image: Image, name: str) -> None:
        _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
        write_whole(self._folder / name, data.tobytes(), private=True)


def _sure(scores: Mapping[str, float | None]) -> list[tuple[float, str]]:
    """The papers that were not ruled out."""
    return [(score, kind) for kind, score in scores.items() if score is not None]


def _turned(
    outline: Sequence[tuple[float, float]], page: Page, rotation: int, had: int = 0
) -> Outline:
    """An outline on the page turned by ``had`` as one on the page turned by ``rotation``."""
    back: Matrix = invert(turn_matrix(size_of(page.image), had))
    moved = apply(turn_matrix(size_of(page.image), rotation) @ back, np.asarray(outline))
    return tuple((round(float(x), 1), round(float(y), 1)) for x, y in moved)
