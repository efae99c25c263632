"""The whole plug-in contract on one page.

The steps of :mod:`pipeline.steps` receive everything that knows a paper or a rule as an
argument; these are the shapes of those arguments. Extractors are held in an explicit dict (modules,
or what the tables of cards and letters make), and so are checks, which are functions.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol, runtime_checkable

from pipeline.finding import Finding
from pipeline.model import Application, DocumentType, Face, Image, Line, Quad, Sheet
from pipeline.record import Applicant, Delivery, Material, Matter, Whole


class OcrEngine(Protocol):
    """Reads text on pixels. One engine a process; not thread-safe."""

    @property
    def fingerprint(self) -> str:
        """Engine, versions and digests of the models: all that decides an answer. Part of the key
        under which a reading is kept."""

    def detect(self, image: Image, long_side_px: int = 960) -> list[Quad]:
        """Where lines of text lie, in pixels of ``image``; not in any order."""

    def recognise(self, image: Image, quads: Sequence[Quad]) -> list[Line]:
        """What the lines say, in the order of ``quads``. Empty text where nothing was read."""

    def read(self, image: Image, long_side_px: int = 960) -> list[Line]:
        """``detect`` then ``recognise``, without the lines in which nothing was read."""


@runtime_checkable
class TellsDirection(Protocol):
    """An engine that can tell which way up lines stand without reading them."""

    def on_its_head(self, image: Image, quads: Sequence[Quad]) -> list[float]:
        """The chance, 0 to 1, that each line stands on its head; 0.5 where nothing tells."""


Recogniser = Callable[[Image, Sequence[Quad]], Sequence[Line]]
"""``OcrEngine.recognise``, as an extractor gets it to read a part of a sheet again."""


class Extractor(Protocol):
    """One a certificate. ``KIND`` is the document type that it reads.

    What it gives depends on its arguments alone, never on the day: readings are kept.
    """

    KIND: DocumentType

    def score(self, lines: Sequence[Line]) -> float | None:
        """How surely these lines are this paper, 0 to 1; None: they are not."""

    def extract(self, sheet: Sheet, recognise: Recogniser) -> Sequence[Face]:
        """The faces on the sheet (usually one), boxes in pixels of the upright page.

        ``recognise`` reads parts of ``sheet.image`` again, for doubtful fields.
        """


@runtime_checkable
class TwoSided(Protocol):
    """An extractor of a paper whose other side may not say what it is."""

    def extract_side(
        self, sheet: Sheet, recognise: Recogniser, known: Collection[str]
    ) -> Sequence[Face]:
        """The other side of the paper, on a sheet that no title tells; none where the sheet does
        not fit. ``known`` are the faces of the paper that lie on the same page: they vouch for it.
        """


@runtime_checkable
class Fillable(Protocol):
    """An extractor of a form whose PDF has fields to type into."""

    def extract_filled(self, sheet: Sheet, recognise: Recogniser) -> Sequence[Face]:
        """The faces of a sheet with entries; none where the entries are not this form's."""


Extractors = Mapping[str, Extractor]


TitlesSay = Callable[[Sequence[Line]], Mapping[str, str]]
"""What the titles say of a sheet that no extractor takes, as marks of its face: which stand there,
and why they tell no paper. Nothing where none stands there."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the rules make of an application: everything of the record that is not reading.

    ``needed_by``: for each document the chosen matters that count on it, empty where none does;
    None where it is not known what was applied for. ``needed_fields``: for each document and each
    matter that counts on it the fields that the matter needs; a document that is not in it needs
    all of its fields.
    """

    applicant: Applicant
    matters: tuple[Matter, ...]
    materials: tuple[Material, ...]
    findings: tuple[Finding, ...]
    ruleset: str
    calendar: str
    whole: Whole | None = None
    delivery: Delivery | None = None
    needed_by: Mapping[str, tuple[str, ...]] | None = None
    needed_fields: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)


Check = Callable[[Application, date], Iterable[Finding]]
"""One family of rules. ``date`` is today: the acceptance date where one is known. All checks
run; none raises for what is wrong with a paper."""

Assess = Callable[[Application, date], Assessment]
"""All checks and the guide together (``validators.assess.assess``)."""
