"""A decision as a noun, and which of many decisions count."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from pipeline.finding import Severity
from pipeline.model import DocumentType, Frozen, Point, Quad
from pipeline.record import Action

VALUES = frozenset({Action.CONFIRM, Action.CORRECT, Action.READ_REGION})
"""What gives a field its value."""
OF_FIELDS = VALUES | {Action.UNREADABLE}
STRUCTURAL = frozenset(
    {Action.RECLASSIFY, Action.ROTATE, Action.SPLIT, Action.JOIN, Action.MOVE, Action.RECEIVE}
)
"""What says which papers there are."""
REASONED = frozenset({Action.WAIVE, Action.SEND_BACK})
"""What is nothing without a reason."""


class Paper(Frozen):
    """A paper by content. ``spot`` is its middle (or that of the field in question) in pixels of
    the page turned by ``rotation``: it tells two papers of one kind on one page apart."""

    sha256: str
    page: int
    rotation: int = 0
    type: DocumentType = DocumentType.UNKNOWN
    spot: Point | None = None


class Detail(Frozen):
    """What an action needs beside, and what is kept of the moment for measuring."""

    paper: Paper | None = None
    got: str | None = None
    expected: str | None = None
    severity: Severity | None = None
    matters: tuple[str, ...] = ()
    box: Quad | None = None
    other: Paper | None = None
    case_id: str | None = None
    file: str | None = None
    own: bool = False
    kind: DocumentType | None = None
    turn: int = 0
    doubted: bool = False
    doubts: tuple[str, ...] = ()
    confidence: float | None = None
    looked_at: dict[str, int] = {}


class Decided(Frozen):
    """One decision as it is kept. ``value`` is the field's value by the person, ``previous`` what
    the machine had read; ``undoes`` the decision that this one takes back; ``second``: made without
    seeing the first; ``four_eyes``: it counts once another person said the same."""

    id: int = 0
    revision: int
    action: Action
    by: str
    at: datetime
    rule: str | None = None
    paper: Paper | None = None
    document: str | None = None
    field: str | None = None
    value: str | None = None
    previous: str | None = None
    reason: str = ""
    detail: Detail = Detail()
    undoes: int | None = None
    second: bool = False
    four_eyes: bool = False

    @property
    def is_of_field(self) -> bool:
        """Whether it says what stands in a field, rather than what is made of a finding."""
        return self.action in OF_FIELDS and self.rule is None and self.field is not None

    @property
    def subject(self) -> str:
        """What it is about: equal for every decision about the same thing."""
        paper = "" if self.paper is None else self.paper.model_dump_json()
        about: tuple[object, ...]
        if self.action in STRUCTURAL:
            about = ("paper", paper, self.action, self.detail.other)
        elif self.rule is None:
            about = ("field", paper, self.field)
        else:
            about = ("finding", self.rule, paper, self.field, self.detail.got, self.detail.expected)
        return hashlib.sha256(repr(about).encode()).hexdigest()[:40]

    @property
    def verdict(self) -> tuple[str, str | None]:
        """What it comes to: two people agree where their verdicts are equal."""
        if self.is_of_field and self.action in VALUES:
            return "value", self.value
        if self.action in STRUCTURAL:
            return self.action, f"{self.detail.kind} {self.detail.turn} {self.detail.case_id}"
        return self.action, None


def standing(decisions: Iterable[Decided]) -> tuple[Decided, ...]:
    """The decisions that nobody took back, in their order. Taking back may be taken back."""
    gone: set[int] = set()
    kept = []
    for decided in sorted(decisions, key=lambda d: d.id, reverse=True):
        if decided.id and decided.id in gone:
            continue
        if decided.action == Action.UNDO:
            gone.add(decided.undoes or 0)
        else:
            kept.append(decided)
    return tuple(reversed(kept))


def effective(decisions: Iterable[Decided]) -> tuple[Decided, ...]:
    """The decisions that count: the last one about each thing; where four eyes are asked for, once
    the last words of two different people agree."""
    by_subject: dict[str, list[Decided]] = defaultdict(list)
    for decided in standing(decisions):
        if decided.action != Action.CHECKED:
            by_subject[decided.subject].append(decided)
    counting = []
    for said in by_subject.values():
        one = _agreed(said) if any(d.four_eyes for d in said) else said[-1]
        if one is not None:
            counting.append(one)
    return tuple(sorted(counting, key=lambda d: d.id))


def waiting(decisions: Iterable[Decided]) -> tuple[Decided, ...]:
    """Decisions that wait for a second person."""
    every = standing(decisions)
    settled = {d.subject for d in effective(every)}
    return tuple(d for d in every if d.four_eyes and d.subject not in settled)


def visible(decisions: Iterable[Decided], viewer: str) -> tuple[Decided, ...]:
    """What this person may see: of what waits for a second person only his own, and nothing from
    which the first one's could be told."""
    every = tuple(sorted(decisions, key=lambda d: d.id))
    settled = {d.subject for d in effective(every)}
    hidden: set[int] = set()
    for decided in every:
        is_open = decided.four_eyes and decided.subject not in settled
        if decided.by != viewer and (is_open or decided.undoes in hidden):
            hidden.add(decided.id)
    return tuple(d for d in every if d.id not in hidden)


def _agreed(said: Sequence[Decided]) -> Decided | None:
    """The last decision with which the last word of another person agrees."""
    last = list({d.by: d for d in said}.values())
    agreeing = [d for d in last if any(o.by != d.by and o.verdict == d.verdict for o in last)]
    return max(agreeing, key=lambda d: d.id, default=None)


def asks_four_eyes(
    case_id: str, subject: str, rule: str | None, rules: Iterable[str], rate: float
) -> bool:
    """Whether a second person must say the same: the rules chosen for it (by their beginning), and
    a sample that is the same on every machine and day."""
    if rule is not None and any(rule.startswith(start) for start in rules):
        return True
    return in_sample(f"{case_id}\n{subject}", rate)


def in_sample(name: str, rate: float) -> bool:
    """Whether a name falls into a sample of this rate (0 to 1): by its hash, so always the same."""
    return draw_of(name) < rate


def draw_of(name: str) -> float:
    """A number from 0 to 1 that belongs to a name: what a sample is drawn by."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:6], "big") / 2**48
