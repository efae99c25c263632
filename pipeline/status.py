"""How a case, or a matter of it, stands. By itself, so that the command line need not load the
record to know the words."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """Best first."""

    READY = "ready"
    REVIEW = "review"
    INCOMPLETE = "incomplete"
    INELIGIBLE = "ineligible"
