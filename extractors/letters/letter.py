"""The two functions of an extractor, for any kind of letter."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from extractors.letters.draft import Draft
from extractors.letters.kinds import letter_kinds
from extractors.letters.reading import make_face, read_letter
from extractors.letters.running import Running, run_together
from extractors.letters.telling import score_letter, title_of, title_rows, without_remark
from pipeline.contracts import Recogniser
from pipeline.model import DocumentType, Face, Line, Sheet
from pipeline.watch import PlaceFound, is_watched, tell

Score = Callable[[Sequence[Line]], float | None]
Extract = Callable[[Sheet, Recogniser], Sequence[Face]]


def letter(kind: DocumentType) -> tuple[Score, Extract]:
    """``score`` and ``extract`` (:class:`pipeline.contracts.Extractor`) of a kind of letter."""

    def score(lines: Sequence[Line]) -> float | None:
        """How surely these lines are such a paper."""
        return score_letter(kind, lines)

    def extract(sheet: Sheet, recognise: Recogniser) -> Sequence[Face]:
        """The paper on the sheet."""
        draft = Draft(run_together(sheet.lines), sheet, recognise)
        title = title_of(draft.running) or ""
        if is_watched():
            _tell_title(draft.running, title)
        missing, tables = read_letter(letter_kinds()[kind], title, draft)
        return [make_face(kind, score(sheet.lines) or 0.0, sheet, draft.fields, missing, tables)]

    return score, extract


def _tell_title(running: Running, title: str) -> None:
    for row in title_rows(running):
        text = without_remark(row.text)
        if text and text in title:
            for piece in row.pieces:
                tell(PlaceFound("title", piece.quad))
