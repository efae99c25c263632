"""The three functions of an extractor, for any card whose sides are read by their labels."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from extractors.labelled.arithmetic import corroborate, derive_id_number
from extractors.labelled.bare_portrait import read_bare_portrait
from extractors.labelled.forms import forms_of
from extractors.labelled.matching import score_forms
from extractors.labelled.reading import read_forms, read_side
from pipeline.contracts import Recogniser
from pipeline.model import DocumentType, Face, Line, Sheet

Score = Callable[[Sequence[Line]], float | None]
Extract = Callable[[Sheet, Recogniser], Sequence[Face]]
ExtractSide = Callable[[Sheet, Recogniser, Collection[str]], Sequence[Face]]


def card(
    kind: DocumentType, *, bare_portrait: bool = False, derives_number: bool = False
) -> tuple[Score, Extract, ExtractSide]:
    """``score``, ``extract`` and ``extract_side`` (:class:`pipeline.contracts.TwoSided`) of a card.

    ``bare_portrait``: its portrait side may be known by its values alone, beside its other side;
    ``derives_number``: its own number holds the holder's.
    """

    def score(lines: Sequence[Line]) -> float | None:
        """How surely these lines are a side of such a card."""
        return score_forms(forms_of(kind), lines)

    def extract(sheet: Sheet, recognise: Recogniser) -> Sequence[Face]:
        """The sides on the sheet."""
        faces = []
        for draft in read_forms(forms_of(kind), sheet, recognise):
            corroborate(draft.fields, draft.missing)
            if derives_number:
                derive_id_number(draft.fields)
            faces.append(draft.finish())
        return faces

    def extract_side(sheet: Sheet, recognise: Recogniser, known: Collection[str]) -> Sequence[Face]:
        """The other side, where no title or no label tells it."""
        may_be_bare = bare_portrait and "portrait" not in known
        if may_be_bare and (bare := read_bare_portrait(forms_of(kind), sheet)):
            return bare
        return read_side(forms_of(kind), sheet, recognise, known)

    return score, extract, extract_side
