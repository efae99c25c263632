"""The extractors as they are, with what they answered written down."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.contracts import Extractor, Extractors, Recogniser, TwoSided
from pipeline.model import Face, Line, Sheet
from pipeline.watch import PlaceFound


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
    """Passes everything to an extractor and keeps its answers."""

    def __init__(self, inner: Extractor, answers: Answers) -> None:
        self.KIND = inner.KIND
        self._inner = inner
        self._answers = answers

    def score(self, lines: Sequence[Line]) -> float | None:
        """As the extractor."""
        score = self._inner.score(lines)
        _, own = self._answers.scores.setdefault(id(lines), (lines, {}))
        own[self.KIND] = score
        return score

    def extract(self, sheet: Sheet, recognise: Recogniser) -> Sequence[Face]:
        """As the extractor."""
        trial = Trial(self.KIND, sheet)
        self._answers.trials.append(trial)
        trial.faces = tuple(self._inner.extract(sheet, recognise))
        return trial.faces


class WatchedTwoSided(WatchedExtractor):
    """The same of a paper whose other side may not say what it is."""

    def __init__(self, inner: Extractor, sides: TwoSided, answers: Answers) -> None:
        super().__init__(inner, answers)
        self._sides = sides

    def extract_side(
        self, sheet: Sheet, recognise: Recogniser, known: Collection[str]
    ) -> Sequence[Face]:
        """As the extractor."""
        trial = Trial(self.KIND, sheet)
        self._answers.trials.append(trial)
        trial.faces = tuple(self._sides.extract_side(sheet, recognise, known))
        return trial.faces


def watched(extractors: Extractors, answers: Answers) -> Extractors:
    """The extractors, each with its answers kept."""
    return {
        kind: WatchedTwoSided(inner, inner, answers)
        if isinstance(inner, TwoSided)
        else WatchedExtractor(inner, answers)
        for kind, inner in extractors.items()
    }
