"""What each paper looks like: one module a certificate. Never imports ``validators``."""

from __future__ import annotations

from pipeline.contracts import Extractors

from . import hukou

EXTRACTORS: Extractors = {
    hukou.KIND: hukou,
}
"""All papers that can be read, by document type. A new one is a module and a line here."""
