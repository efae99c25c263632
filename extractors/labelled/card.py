"""Extractors of cards whose faces are read by their labels: all that tells one from another is its
forms (``forms.toml``) and what these arguments say."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from extractors.labelled.arithmetic import corroborate, derive_id_number
from extractors.labelled.bare_portrait import read_bare_portrait
from extractors.labelled.forms import forms_of
from extractors.labelled.matching import score_forms
from extractors.labelled.reading import FormDraft, read_forms, read_side
from pipeline.contracts import Recogniser
from pipeline.model import DocumentType, Face, Line, Sheet


def weigh_number(draft: FormDraft) -> None:
    """Weigh a face by its number, in place."""
    corroborate(draft.fields, draft.missing)
    derive_id_number(draft.fields)
    if "certificate_number" in draft.missing:
        draft.missing.append("id_number")  # which the certificate's number holds


@dataclass
class Card:
    """A card (:class:`pipeline.contracts.Extractor`). ``amend`` weighs or completes a face that was
    read, in place; ``clean`` gives the lines without those that are no form's."""

    KIND: DocumentType
    amend: Callable[[FormDraft], None] = weigh_number
    clean: Callable[[Sequence[Line]], Sequence[Line]] = tuple

    def score(self, lines: Sequence[Line]) -> float | None:
        """How surely these lines are a face of such a card."""
        return score_forms(forms_of(self.KIND), self.clean(lines))

    def extract(self, sheet: Sheet, recognise: Recogniser) -> Sequence[Face]:
        """The faces on the sheet."""
        plain = replace(sheet, lines=tuple(self.clean(sheet.lines)))
        drafts = list(read_forms(forms_of(self.KIND), plain, recognise))
        for draft in drafts:
            self.amend(draft)
        return [draft.finish() for draft in drafts]


@dataclass
class TwoSidedCard(Card):
    """A card whose other side may print no title (:class:`pipeline.contracts.TwoSided`).
    ``bare_portrait``: its portrait side may be known by its values alone, beside its other side."""

    bare_portrait: bool = False

    def extract_side(
        self, sheet: Sheet, recognise: Recogniser, known: Collection[str]
    ) -> Sequence[Face]:
        """The other side, where no title or no label tells it."""
        may_be_bare = self.bare_portrait and "portrait" not in known
        if may_be_bare and (bare := read_bare_portrait(forms_of(self.KIND), sheet)):
            return bare
        return read_side(forms_of(self.KIND), sheet, recognise, known)
