"""``yijianshi score``: how well a folder of papers with ``truth.json`` was read.

A field counts as *exact* where its value equals the truth; *wrong* where a value was given that
does not; *missed* where none was. A wrong value is *silent* where nothing tells a person to
look: no finding of severity ``mend`` or ``review`` names the field, nor the whole document. A
right value that a finding doubts is *needlessly flagged*. How far confidence and each kind of
doubt can be trusted is counted beside (:class:`Reliability`).
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.errors import InputError
from pipeline.evidence.evidence import is_doubtful
from pipeline.finding import Finding, Severity
from pipeline.model import Document, Reading

NUMBER_FIELDS = frozenset({"id_number", "certificate_number"})
LEVELS = ("flatbed", "office", "phone")


@dataclass(slots=True)
class Tally:
    """Counts of fields."""

    fields: int = 0
    exact: int = 0
    wrong: int = 0
    missed: int = 0
    silent: int = 0
    needless: int = 0

    def add(self, other: Tally) -> None:
        """Add another tally to this one."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def row(self) -> str:
        """Counts and shares as one line."""
        n = self.fields or 1
        return (
            f"{self.fields:6} {100 * self.exact / n:7.2f} {self.wrong:6} {self.missed:6} "
            f"{self.silent:6} {1000 * self.silent / n:8.2f} {100 * self.needless / n:8.2f}"
        )


HEADER = f"{'':34} fields  exact%  wrong missed silent        ‰ needless%"


CONFIDENCES = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99)
"""Lower ends of the bins in which confidence is compared with how many values are right."""
LOW_CONFIDENCE = "置信度不足"
"""The kind of a doubt that nothing but a low confidence raises."""


@dataclass(slots=True)
class Reliability:
    """How many values were read with a doubt of each kind, or with a confidence of each bin, and
    how many of them were wrong. A value with two doubts counts for either."""

    doubts: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    bins: dict[float, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))

    def add(self, name: str, reading: Reading, *, exact: bool) -> None:
        """Count one value of the field ``name``."""
        at = max(low for low in CONFIDENCES if reading.confidence >= low)
        counts = [self.bins[at]]
        if is_doubtful(name, reading):
            kinds = {kind_of_doubt(doubt) for doubt in reading.doubts} or {LOW_CONFIDENCE}
            counts += [self.doubts[kind] for kind in kinds]
        for count in counts:
            count[0] += 1
            count[1] += not exact

    def lines(self) -> Iterable[str]:
        """Two tables as lines of text."""
        yield f"{'confidence from':34} values  wrong  wrong%"
        for low in sorted(self.bins):
            yield _share(f"{low:.2f}", self.bins[low])
        yield ""
        yield f"{'doubt':34} values  wrong  wrong%"
        for kind in sorted(self.doubts, key=lambda kind: -self.doubts[kind][0]):
            yield _share(kind, self.doubts[kind])


def kind_of_doubt(doubt: str) -> str:
    """The doubt without what it is about in the one value: quoted words, and what follows a
    colon."""
    return re.sub("“[^”]*”", "“…”", doubt.partition("：")[0])


def _share(name: str, count: Sequence[int]) -> str:
    return f"{name:34} {count[0]:6} {count[1]:6} {100 * count[1] / count[0]:7.2f}"


@dataclass(slots=True)
class Error:
    """One field that is not exact, or was flagged without need."""

    file: str
    field: str
    truth: str
    got: str | None
    kind: str
    why: str


@dataclass(slots=True)
class Score:
    """Tallies by type and level, by field, and every error."""

    groups: dict[tuple[str, str], Tally] = field(default_factory=lambda: defaultdict(Tally))
    fields: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    errors: list[Error] = field(default_factory=list)
    misclassified: list[tuple[str, str, str]] = field(default_factory=list)
    reliability: Reliability = field(default_factory=Reliability)

    def total(self, keep: Callable[[str, str], bool] = lambda kind, level: True) -> Tally:
        """All groups that ``keep(type, level)`` keeps, together."""
        total = Tally()
        for (kind, level), tally in self.groups.items():
            if keep(kind, level):
                total.add(tally)
        return total


def read_truth(folder: Path) -> dict[str, dict[str, Any]]:
    """``truth.json`` of a folder of papers.

    Raises InputError where there is none or it is no JSON object.
    """
    path = folder / "truth.json"
    try:
        truth = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(
            f"“{folder.name}”中没有 truth.json。", "请指定带有 truth.json 的样张目录。"
        ) from error
    except (OSError, ValueError) as error:
        raise InputError(
            f"“{folder.name}”中的 truth.json 无法读取。", "请检查文件格式。"
        ) from error
    if not isinstance(truth, dict):
        raise InputError("truth.json 应为“文件名: 真值”的对象。", "请检查文件格式。")
    return truth


def type_of(kind: str) -> str:
    """The document type behind a truth type, which may name faces (``id_card_front``)."""
    for prefix, name in (
        ("id_card", "id_card"),
        ("hukou", "hukou"),
        ("disability", "disability_certificate"),
    ):
        if kind.startswith(prefix):
            return name
    return kind


def score_file(
    score: Score,
    file: str,
    truth: Mapping[str, Any],
    documents: Sequence[Document],
    findings: Sequence[Finding],
) -> None:
    """Add one paper to the score."""
    kind, level = truth["type"], truth["level"]
    wanted = type_of(kind)
    mine = [d for d in documents if d.type == wanted]
    if not mine:
        got = ",".join(d.type for d in documents) or "-"
        score.misclassified.append((file, wanted, got))
    for name, value in truth["fields"].items():
        tally, error = _score_field(file, name, value, mine, findings)
        score.groups[kind, level].add(tally)
        score.fields[name].add(tally)
        holder = _holder(mine, name)
        if holder is not None:
            score.reliability.add(name, holder.fields[name], exact=bool(tally.exact))
        if error is not None:
            score.errors.append(error)


def _score_field(
    file: str,
    name: str,
    truth: str | Sequence[str],
    documents: Sequence[Document],
    findings: Sequence[Finding],
) -> tuple[Tally, Error | None]:
    """``truth`` is what is printed, or a list of spellings any of which is right (a country by its
    name or by its code)."""
    spellings = (truth,) if isinstance(truth, str) else tuple(truth)
    value = spellings[0]
    holder = _holder(documents, name)
    if holder is None:
        return Tally(fields=1, missed=1), Error(file, name, value, None, "missed", "")
    got = holder.fields[name].value
    flags = [f for f in findings if _flags(f, holder, name)]
    why = "; ".join(f"{f.rule} {f.message}" for f in flags)
    if got in spellings:
        if flags:
            error = Error(file, name, value, got, "needless", why)
            return Tally(fields=1, exact=1, needless=1), error
        return Tally(fields=1, exact=1), None
    if flags:
        return Tally(fields=1, wrong=1), Error(file, name, value, got, "wrong", why)
    return Tally(fields=1, wrong=1, silent=1), Error(file, name, value, got, "SILENT", "")


def _holder(documents: Sequence[Document], name: str) -> Document | None:
    """The first document that has the field."""
    return next((d for d in documents if name in d.fields), None)


def _flags(finding: Finding, document: Document, name: str) -> bool:
    return (
        finding.severity in (Severity.REVIEW, Severity.MEND)
        and finding.document == document.id
        and finding.field in (name, None)
        and finding.rule.startswith(("OCR-", "ID-", "DIS-", "X", "DOC-V", "DOC-D"))
    )


def score_lines(score: Score, *, errors: bool) -> Iterable[str]:
    """The score as lines of text."""
    yield HEADER
    for (kind, level), tally in sorted(score.groups.items()):
        yield f"{kind:24} {level:9} {tally.row()}"
    yield ""
    levels = sorted({level for _, level in score.groups})
    for level in levels:
        yield f"{'all types':24} {level:9} {score.total(lambda _, x, w=level: x == w).row()}"  # type: ignore[misc]
    yield f"{'all types':24} {'all':9} {score.total().row()}"
    yield ""
    for name, tally in sorted(score.fields.items()):
        yield f"{name:34} {tally.row()}"
    numbers = Tally()
    for name in NUMBER_FIELDS & score.fields.keys():
        numbers.add(score.fields[name])
    yield f"{'ID and certificate numbers':34} {numbers.row()}"
    if score.reliability.bins:
        yield ""
        yield from score.reliability.lines()
    if score.misclassified:
        yield ""
        yield "type not found:"
        for file, wanted, got in score.misclassified:
            yield f"  {file}: {wanted} <- {got}"
    if errors:
        yield ""
        for e in sorted(score.errors, key=lambda e: (e.kind, e.field, e.file)):
            yield f"{e.kind:9} {e.field:24} {e.file:36} {e.truth!r} <- {e.got!r}  {e.why}"
