"""The record that a case's decisions make, by the functions of the batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from flows.case import CaseResult, make_case_record
from flows.decided import PAGES, read_for
from flows.reading import Reader
from flows.review.loading import KEPT_CASES, Loaded, Loader
from pipeline.deciding import Decided, effective
from pipeline.file_reading import FileReading
from pipeline.model import Request
from pipeline.store.cases import Store

Made = tuple[Loaded, tuple[Decided, ...], date, CaseResult]
"""A result, and all that it was made of."""


@dataclass(slots=True)
class Maker:
    """Makes records for all reviewers of a process, and keeps the last ones."""

    store: Store
    reader: Reader
    loader: Loader
    today: Callable[[], date]
    _made: dict[str, Made] = field(default_factory=dict)

    def result(self, loaded: Loaded, decisions: Sequence[Decided]) -> CaseResult:
        """The record, made once for each state of a case: a page asks again for what a decision
        has just made."""
        case_id, day = loaded.files.case_id, self.today()
        known = tuple(decisions)  # whole: an id whose transaction failed is given again
        kept = self._made.get(case_id)
        if kept is not None and kept[0] is loaded and kept[1:3] == (known, day):
            return kept[3]
        counting = effective(decisions)
        result = make_case_record(
            loaded.files,
            loaded.readings,
            self.reader.models,
            day,
            counting,
            self.again(loaded, counting),
            self._accepted_on(case_id),
        )
        if len(self._made) >= KEPT_CASES:
            self._made.clear()
        self._made[case_id] = (loaded, known, day, result)
        return result

    def _accepted_on(self, case_id: str) -> date | None:
        """The day of acceptance that the record was made with, where its papers say none."""
        row = self.store.find_case(case_id)
        if row is None or row.request is None:
            return None
        return Request.model_validate_json(row.request).accepted_on

    def again(self, loaded: Loaded, counting: Sequence[Decided]) -> Mapping[int, FileReading]:
        """What was read anew for decisions about pages; read now where it is not kept."""
        case_id = loaded.files.case_id
        return read_for(
            counting,
            self.store,
            self.reader,
            loaded.files,
            lambda listed: self.loader.source(case_id, listed.sha256),
        )

    def read_ahead(self, every: Mapping[str, Sequence[Decided]]) -> None:
        """Read the pages that decisions ask for before the transaction begins: reading takes
        seconds, and everybody else's writing would wait."""
        for case, decided in every.items():
            asking = [d for d in decided if d.action in PAGES]
            if asking:
                self.again(self.loader.load(case), asking)
