"""What reading saw of a scan, as it is written to ``look.json`` and shown on ``index.html``.

Places are closed lines through points, in pixels: a page's in those of the page turned upright by
``rotation``, a sheet's in the sheet's own. Pictures are file names relative to the output folder.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.watch import Outline


@dataclass(frozen=True, slots=True)
class CharSeen:
    """A character: the engine's score, the chance that it is right (rare characters weighed), and
    what else it may be, best first."""

    text: str
    score: float
    chance: float
    alternatives: tuple[tuple[str, float], ...]

    @property
    def is_uncertain(self) -> bool:
        """Whether a person should look at it."""
        return self.chance < UNCERTAIN


UNCERTAIN = 0.9
"""Chance below which a character is shown as uncertain; most fields are doubted below 0.85."""


@dataclass(frozen=True, slots=True)
class LineSeen:
    """A line: ``lost`` are characters almost read, with the fraction of the line where they lie;
    ``tags`` what it is (role, Chinese name of the field, field key)."""

    text: str
    score: float
    outline: Outline
    chars: tuple[CharSeen, ...]
    lost: tuple[tuple[str, float, float], ...]
    tags: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class FieldSeen:
    """A field's value, canonical and (``shown``) in Chinese. ``key`` joins it with its place on the
    picture; ``limit`` is the confidence below which a person is asked; ``crop`` the picture of a
    doubtful value."""

    key: str
    name: str
    label: str
    value: str
    shown: str
    raw: str
    confidence: float
    limit: float
    is_doubtful: bool
    doubts: tuple[str, ...]
    source: str
    outline: Outline | None
    crop: str = ""


@dataclass(frozen=True, slots=True)
class FaceSeen:
    """A face of a paper; ``missing`` are Chinese names of fields, ``marks`` and ``quality`` pairs
    of a Chinese name and what was found."""

    type: str
    label: str
    face: str
    face_label: str
    score: float
    fields: tuple[FieldSeen, ...]
    rows: tuple[tuple[str, tuple[FieldSeen, ...]], ...]
    missing: tuple[str, ...]
    marks: tuple[tuple[str, str], ...]
    quality: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PlaceSeen:
    """A title, label, choice, seal or place for a signature on the sheet."""

    role: str
    role_label: str
    label: str
    state: str
    is_chosen: bool
    outline: Outline


@dataclass(frozen=True, slots=True)
class CandidateSeen:
    """What an extractor said of the sheet: ``score`` None where it rules the paper out; ``outcome``
    is ``taken``, ``empty`` (tried, but it read no face), or nothing."""

    type: str
    label: str
    score: float | None
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class SheetSeen:
    """A sheet cut from the page. ``rotation``: how far the page was turned clockwise for it."""

    number: int
    picture: str
    width: int
    height: int
    rotation: int
    on_page: Outline
    candidates: tuple[CandidateSeen, ...]
    faces: tuple[FaceSeen, ...]
    places: tuple[PlaceSeen, ...]
    lines: tuple[LineSeen, ...]


@dataclass(frozen=True, slots=True)
class PageSeen:
    """A page. ``tried``: further readings of parts of the page that were not kept, each with what
    it was taken for. ``photo``: the page is a portrait photo and was not read. ``beside``: writing
    on the blank part of the page, each with its state as a signature."""

    file: str
    page: int
    sha256: str
    picture: str
    width: int
    height: int
    rotation: int
    text_layer: bool
    lines: tuple[Outline, ...]
    areas: tuple[Outline, ...]
    rivals: tuple[Outline, ...]
    grids: tuple[Outline, ...]
    beside: tuple[tuple[str, Outline], ...]
    tried: tuple[str, ...]
    sheets: tuple[SheetSeen, ...]
    unread: tuple[FaceSeen, ...]


@dataclass(frozen=True, slots=True)
class FindingSeen:
    """What is wrong, by the file alone."""

    rule: str
    severity: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class StageSeen:
    """How long a stage took, all pages together; times exclude those of stages within."""

    name: str
    label: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Sight:
    """All that was seen of one file."""

    file: str
    sha256: str
    engine: str
    played: bool
    seconds: float
    stages: tuple[StageSeen, ...]
    pages: tuple[PageSeen, ...]
    findings: tuple[FindingSeen, ...]
