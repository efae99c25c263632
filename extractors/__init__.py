"""What each paper looks like: one module a certificate. Never imports ``validators``."""

from __future__ import annotations

from collections.abc import Mapping

from extractors import application_form, hukou, passport
from extractors.cards import (
    disability_certificate,
    foreign_permanent_resident_card,
    hk_macao_travel_permit,
    hmt_residence_permit,
    id_card,
    residence_permit,
    social_security_card,
    taiwan_travel_permit,
    temporary_id_card,
)
from extractors.labelled.titles import titles_say
from extractors.letters import (
    civil_affairs_proof,
    group_proof,
    police_change_proof,
    proxy_undertaking,
    separation_document,
    transfer_letter,
)
from extractors.lodging import registration as lodging_registration
from pipeline.assemble import Complete
from pipeline.contracts import Extractors

__all__ = ["COMPLETIONS", "EXTRACTORS", "titles_say"]

EXTRACTORS: Extractors = {
    id_card.KIND: id_card,
    application_form.KIND: application_form,
    hukou.KIND: hukou,
    disability_certificate.KIND: disability_certificate,
    residence_permit.KIND: residence_permit,
    hmt_residence_permit.KIND: hmt_residence_permit,
    temporary_id_card.KIND: temporary_id_card,
    social_security_card.KIND: social_security_card,
    hk_macao_travel_permit.KIND: hk_macao_travel_permit,
    taiwan_travel_permit.KIND: taiwan_travel_permit,
    passport.KIND: passport,
    foreign_permanent_resident_card.KIND: foreign_permanent_resident_card,
    proxy_undertaking.KIND: proxy_undertaking,
    transfer_letter.KIND: transfer_letter,
    separation_document.KIND: separation_document,
    civil_affairs_proof.KIND: civil_affairs_proof,
    group_proof.KIND: group_proof,
    police_change_proof.KIND: police_change_proof,
    lodging_registration.KIND: lodging_registration,
}
"""All papers that can be read, by document type. A new one is a module and a line here."""

COMPLETIONS: Mapping[str, Complete] = {hukou.KIND: hukou.complete}
"""What a type's documents get once all their faces are together."""
