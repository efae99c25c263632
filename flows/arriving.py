"""An entry of an inbox becomes a case of the store: what a run, a night and a service share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.intake.case import Entries
from pipeline.settings import Settings
from pipeline.store.arrivals import Arrival, Stored, arrive, keep_entries
from pipeline.store.cases import Store
from pipeline.store.objects import Objects


@dataclass(frozen=True, slots=True)
class Desk:
    """Where entries arrive. ``source``: the inbox's name, for people; ``stays``: whether what comes
    from there under a name is the same application each time."""

    settings: Settings
    store: Store
    objects: Objects
    source: str
    stays: bool
    now: datetime | None = None

    def keep(self, entries: Entries) -> Stored:
        """Copy what was handed in into the object store."""
        return keep_entries(entries, self.objects, self.settings.limits)

    def arrive(self, case_id: str, stored: Stored) -> Sequence[Arrival]:
        """Make it cases."""
        with self.store.begin() as connection:
            return [
                arrive(
                    connection,
                    case_id,
                    stored,
                    source=self.source,
                    stays=self.stays,
                    now=self.now,
                )
            ]
