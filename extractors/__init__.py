"""What each paper looks like: one extractor a certificate. Never imports ``validators``."""

from __future__ import annotations

from collections.abc import Mapping

from extractors import application_form, hukou, passport
from extractors.cards import foreign_permanent_resident_card, temporary_id_card
from extractors.cards.social_security_card import read_bank_number
from extractors.cards.travel_permits import read_latin_name, without_zone
from extractors.labelled.card import Card, TwoSidedCard
from extractors.labelled.titles import titles_say
from extractors.letters.letter import Letter
from extractors.lodging import registration
from pipeline.assemble import Complete
from pipeline.contracts import Extractor, Extractors
from pipeline.model import DocumentType as Kind

__all__ = ["COMPLETIONS", "EXTRACTORS", "titles_say"]

_EXTRACTORS: tuple[Extractor, ...] = (
    TwoSidedCard(Kind.ID_CARD, bare_portrait=True),
    application_form,
    hukou,
    TwoSidedCard(Kind.DISABILITY_CERTIFICATE),
    TwoSidedCard(Kind.RESIDENCE_PERMIT),
    TwoSidedCard(Kind.HMT_RESIDENCE_PERMIT, bare_portrait=True),
    temporary_id_card,
    Card(Kind.SOCIAL_SECURITY_CARD, read_bank_number),
    Card(Kind.HK_MACAO_TRAVEL_PERMIT, read_latin_name, without_zone),
    Card(Kind.TAIWAN_TRAVEL_PERMIT, read_latin_name, without_zone),
    passport,
    foreign_permanent_resident_card,
    Letter(Kind.PROXY_UNDERTAKING),
    Letter(Kind.TRANSFER_LETTER),
    Letter(Kind.SEPARATION_DOCUMENT),
    Letter(Kind.CIVIL_AFFAIRS_PROOF),
    Letter(Kind.GROUP_PROOF),
    Letter(Kind.POLICE_CHANGE_PROOF),
    registration,
)
EXTRACTORS: Extractors = {extractor.KIND: extractor for extractor in _EXTRACTORS}
"""All papers that can be read, by document type. A new one is a line here, and where its tables do
not tell all of it a module."""

COMPLETIONS: Mapping[str, Complete] = {hukou.KIND: hukou.complete}
"""What a type's documents get once all their faces are together."""
