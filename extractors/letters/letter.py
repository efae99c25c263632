"""The two functions of an extractor, for any kind of letter."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from extractors.letters.kinds import letter_kinds
from extractors.letters.reading import make_face, read_letter
from extractors.letters.running import run_together
from extractors.letters.telling import score_letter, title_of
from pipeline.contracts import Recogniser
from pipeline.model import DocumentType, Face, Line, Sheet

Score = Callable[[Sequence[Line]], float | None]
Extract = Callable[[Sheet, Recogniser], Sequence[Face]]


def letter(kind: DocumentType) -> tuple[Score, Extract]:
    """``score`` and ``extract`` (:class:`pipeline.contracts.Extractor`) of a kind of letter."""

    def score(lines: Sequence[Line]) -> float | None:
        """How surely these lines are such a paper."""
        return score_letter(kind, lines)

    def extract(sheet: Sheet, recognise: Recogniser) -> Sequence[Face]:
        """The paper on the sheet."""
        running = run_together(tuple(sheet.lines))
        title = title_of(running) or ""
        fields, missing, tables = read_letter(
            letter_kinds()[kind], title, running, sheet, recognise
        )
        return [make_face(kind, score(sheet.lines) or 0.0, sheet, fields, missing, tables)]

    return score, extract
