"""What one paper's doubtful reading and another paper's reading of the same say to each other.

Two papers are read independently of each other. A character of which one reading was not sure is
settled by another paper that has the same one there and is sure of it; and by one that is as unsure
of it where it is a rare character: nearly all misread characters are rare ones read as common ones,
hardly ever the other way round, so no two papers are misread into the same rare one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.evidence.doubts import NUMBERS
from pipeline.evidence.evidence import field_kind, is_doubtful, is_of_characters
from pipeline.finding import Finding, Severity
from pipeline.model import Document, PageRef, Reading
from pipeline.reference import names
from pipeline.reference.rarity import is_rare

SAME_END = 6
"""Characters in which two addresses must end alike for one to speak for the other: a village, a
group and a number. The beginnings may differ, a booklet often leaves out province and city."""
_TOLD_TWICE = frozenset({"address", "birth_date"}) | NUMBERS
"""Fields besides names whose values no two persons share by chance, as they do a sex."""


def settle_by_papers(
    findings: Iterable[Finding], documents: Sequence[Document]
) -> Iterator[Finding]:
    """The findings, those as notes that another paper settles: the characters that were read poorly
    stand on it, too, and nothing else speaks against the value."""
    papers = {d.id: d for d in documents}
    told = [
        witness
        for document in documents
        for name, reading in document.fields.items()
        if (witness := _Witness.of(name, reading, document)) is not None
    ]
    for found in findings:
        paper = papers.get(found.document or "")
        reading = paper.fields.get(found.field or "") if paper else None
        own = _Witness.of(found.field or "", reading, paper) if paper and reading else None
        if found.rule != "OCR-LOW" or own is None or not is_of_characters(own.reading):
            yield found
            continue
        settled = any(own.is_borne_out_by(other) for other in told)
        yield found.model_copy(update={"severity": Severity.NOTE}) if settled else found


@dataclass(frozen=True, slots=True)
class _Witness:
    """A reading that tells something about one person. ``what``: the kind of thing, the same on
    every paper; ``value``: canonical."""

    what: str
    value: str
    reading: Reading
    is_doubted: bool
    document: str
    place: PageRef

    @staticmethod
    def of(name: str, reading: Reading, document: Document) -> _Witness | None:
        """The witness, None for what could be anybody's."""
        is_name = field_kind(name) in ("name", "latin")
        if not reading.value or not (is_name or name in _TOLD_TWICE):
            return None
        return _Witness(
            "name" if is_name else name,
            names.normalise(reading.value) if is_name else reading.value,
            reading,
            is_doubtful(name, reading),
            document.id,
            document.pages[reading.page],
        )

    def is_borne_out_by(self, other: _Witness) -> bool:
        """Whether the other one, of another paper, tells the same where this one is not sure."""
        if self.document == other.document or self._is_same_print(other):
            return False
        if self.what != other.what or (other.is_doubted and not is_of_characters(other.reading)):
            return False
        mine, others = self._unsure(), other._unsure()
        if mine is None or others is None or not mine:
            return self.value == other.value and not other.is_doubted
        if self.value != other.value and (
            self.what != "address" or self._same_end(other) < max(SAME_END, max(mine))
        ):
            return False
        return all(at not in others or is_rare(self.value[-at]) for at in mine)

    def _is_same_print(self, other: _Witness) -> bool:
        """Whether it is one reading twice: a booklet's head page belongs to each member's paper."""
        return (self.place, self.reading.box) == (other.place, other.reading.box)

    def _unsure(self) -> frozenset[int] | None:
        """The places of the characters that may be others, from the end (1 is the last); None where
        it is not known which characters of the value they are."""
        value, raw = self.value, self.reading.raw
        if value != self.reading.value or len(value) != len(raw):
            return None
        unsure = {char.at for char in self.reading.unsure}
        changed = {i for i, (a, b) in enumerate(zip(value, raw, strict=True)) if a != b}
        return frozenset(len(value) - at for at in unsure | changed)

    def _same_end(self, other: _Witness) -> int:
        """How many characters the two values share at their end."""
        pairs = zip(reversed(self.value), reversed(other.value), strict=False)
        return next(
            (i for i, (a, b) in enumerate(pairs) if a != b), min(len(self.value), len(other.value))
        )
