"""What each paper looks like: one module a certificate. Never imports ``validators``."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.assemble import Complete
from pipeline.contracts import Extractors

from . import (
    disability_certificate,
    hmt_residence_permit,
    hukou,
    id_card,
    residence_permit,
)

EXTRACTORS: Extractors = {
    id_card.KIND: id_card,
    hukou.KIND: hukou,
    disability_certificate.KIND: disability_certificate,
    residence_permit.KIND: residence_permit,
    hmt_residence_permit.KIND: hmt_residence_permit,
}
"""All papers that can be read, by document type. A new one is a module and a line here."""

COMPLETIONS: Mapping[str, Complete] = {hukou.KIND: hukou.complete}
"""What a type's documents get once all their faces are together."""
