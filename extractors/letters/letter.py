"""Extractors of letters: a kind is what ``letters.toml`` says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extractors.labelled.faces import make_face
from extractors.letters.draft import LetterDraft
from extractors.letters.kinds import letter_kinds
from extractors.letters.reading import read_letter
from extractors.letters.running import Running, run_together
from extractors.letters.telling import score_letter, title_of, title_rows, without_remark
from pipeline.contracts import Recogniser
from pipeline.model import DocumentType, Face, Line, Sheet
from pipeline.watch import PlaceFound, is_watched, tell


@dataclass
class Letter:
    """A kind of letter (:class:`pipeline.contracts.Extractor`)."""

    KIND: DocumentType

    def score(self, lines: Sequence[Line]) -> float | None:
        """How surely these lines are such a paper."""
        return score_letter(self.KIND, lines)

    def extract(self, sheet: Sheet, recognise: Recogniser) -> Sequence[Face]:
        """The paper on the sheet."""
        draft = LetterDraft(run_together(sheet.lines), sheet, recognise)
        title = title_of(draft.running) or ""
        if is_watched():
            _tell_title(draft.running, title)
        missing, tables = read_letter(letter_kinds()[self.KIND], title, draft)
        score = self.score(sheet.lines) or 0.0
        return [make_face(self.KIND, "page", score, sheet, draft.fields, missing, tables)]


def _tell_title(running: Running, title: str) -> None:
    for row in title_rows(running):
        text = without_remark(row.text)
        if text and text in title:
            for piece in row.pieces:
                tell(PlaceFound("title", piece.quad))
