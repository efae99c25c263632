"""The engine and the extractors as they are, timed, and what extractors answered written down."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from pipeline.contracts import Extractor, Extractors, OcrEngine, Recogniser, TwoSided
from pipeline.model import Face, Image, Line, Quad, Sheet
from pipeline.watch import PlaceFound


class StageClock:
    """Seconds by stage. A stage within another stops the outer one meanwhile."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._running: list[str] = []
        self._since = time.perf_counter()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Have the time until the end of the block counted as this stage's."""
        self._count()
        self._running.append(name)
        try:
            yield
        finally:
            self._count()
            self._running.pop()

    def _count(self) -> None:
        now = time.perf_counter()
        if self._running:
            name = self._running[-1]
            self.seconds[name] = self.seconds.get(name, 0.0) + now - self._since
        self._since = now


class TimedEngine:
    """Passes everything to an engine and times it."""

    def __init__(self, engine: OcrEngine, clock: StageClock) -> None:
        self._engine = engine
        self._clock = clock

    @property
    def fingerprint(self) -> str:
        """The engine's own."""
        return self._engine.fingerprint

    def detect(self, image: Image, long_side_px: int = 960) -> list[Quad]:
        """As the engine."""
        with self._clock.stage("detect"):
            return self._engine.detect(image, long_side_px)

    def recognise(self, image: Image, quads: Sequence[Quad]) -> list[Line]:
        """As the engine."""
        with self._clock.stage("recognise"):
            return self._engine.recognise(image, quads)

    def read(self, image: Image, long_side_px: int = 960) -> list[Line]:
        """As the engine."""
        lines = self.recognise(image, self.detect(image, long_side_px))
        return [line for line in lines if line.text]


@dataclass(slots=True)
class Trial:
    """An extractor at work on a sheet: the faces it made of it, and the places told meanwhile and
    until the next trial (seals and signatures are looked for once a paper is known)."""

    kind: str
    sheet: Sheet
    faces: tuple[Face, ...] = ()
    places: list[PlaceFound] = field(default_factory=list)


@dataclass(slots=True)
class Answers:
    """What extractors answered on one page. ``scores`` holds, for each set of lines that was
    judged, the lines and the score of every extractor (None: certainly another paper)."""

    scores: dict[int, tuple[Sequence[Line], dict[str, float | None]]] = field(default_factory=dict)
    trials: list[Trial] = field(default_factory=list)

    def scores_of(self, lines: Sequence[Line]) -> Mapping[str, float | None]:
        """The scores of these very lines; nothing where they were never judged."""
        kept = self.scores.get(id(lines))
        return kept[1] if kept is not None and kept[0] is lines else {}

    def clear(self) -> None:
        """Begin a new page."""
        self.scores.clear()
        self.trials.clear()


class WatchedExtractor:
    """Passes everything to an extractor, times it and keeps its answers."""

    def __init__(self, inner: Extractor, answers: Answers, clock: StageClock) -> None:
        self.KIND = inner.KIND
        self._inner = inner
        self._answers = answers
        self._clock = clock

    def score(self, lines: Sequence[Line]) -> float | None:
        """As the extractor."""
        with self._clock.stage("classify"):
            score = self._inner.score(lines)
        _, own = self._answers.scores.setdefault(id(lines), (lines, {}))
        own[self.KIND] = score
        return score

    def extract(self, sheet: Sheet, recognise: Recogniser) -> Sequence[Face]:
        """As the extractor."""
        trial = Trial(self.KIND, sheet)
        self._answers.trials.append(trial)
        with self._clock.stage("extract"):
            trial.faces = tuple(self._inner.extract(sheet, recognise))
        return trial.faces


class WatchedTwoSided(WatchedExtractor):
    """The same of a paper whose other side may not say what it is."""

    def __init__(
        self, inner: Extractor, sides: TwoSided, answers: Answers, clock: StageClock
    ) -> None:
        super().__init__(inner, answers, clock)
        self._sides = sides

    def extract_side(
        self, sheet: Sheet, recognise: Recogniser, known: Collection[str]
    ) -> Sequence[Face]:
        """As the extractor."""
        trial = Trial(self.KIND, sheet)
        self._answers.trials.append(trial)
        with self._clock.stage("extract"):
            trial.faces = tuple(self._sides.extract_side(sheet, recognise, known))
        return trial.faces


def watched(extractors: Extractors, answers: Answers, clock: StageClock) -> Extractors:
    """The extractors, each timed and its answers kept."""
    return {
        kind: WatchedTwoSided(inner, inner, answers, clock)
        if isinstance(inner, TwoSided)
        else WatchedExtractor(inner, answers, clock)
        for kind, inner in extractors.items()
    }
