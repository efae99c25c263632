"""The registered extractors: every table has one; those of some cards look for their other side."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from extractors import EXTRACTORS
from extractors.labelled.forms import Form, forms_of
from extractors.letters.kinds import letter_kinds
from pipeline.contracts import TwoSided
from pipeline.model import DocumentType


def test_every_form_and_every_letter_of_the_tables_is_read() -> None:
    forms = {kind for kind in DocumentType if forms_of(kind)}
    assert forms | letter_kinds().keys() <= EXTRACTORS.keys()
    assert all(kind == extractor.KIND for kind, extractor in EXTRACTORS.items())


def test_cards_whose_other_side_may_be_untitled_look_for_it_and_no_others() -> None:
    assert {kind for kind, extractor in EXTRACTORS.items() if isinstance(extractor, TwoSided)} == {
        DocumentType.ID_CARD,
        DocumentType.DISABILITY_CERTIFICATE,
        DocumentType.RESIDENCE_PERMIT,
        DocumentType.HMT_RESIDENCE_PERMIT,
        DocumentType.FOREIGN_PERMANENT_RESIDENT_CARD,
    }


def test_a_key_that_no_form_has_is_refused() -> None:
    (portrait, _) = forms_of(DocumentType.ID_CARD)
    with pytest.raises(ValidationError):
        Form.model_validate({**dict(portrait), "need_title": True})
