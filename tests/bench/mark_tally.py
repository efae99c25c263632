"""Counts of what was seen of seals and signatures, by level: presence, and the issuer's word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

STATES = ("yes", "no", "unsure")
ISSUERS = (
    "人民政府", "街道办事处", "公安局", "派出所", "民政", "教育", "农业农村", "人力资源", "人才",
    "就业", "组织部", "市场监督", "医院", "公司", "学校", "中学", "学院", "林场", "委员会",
)  # fmt: skip
"""Words by which an issuer's kind is told (validators/guide/materials.toml, `issued_by`)."""


@dataclass
class MarkTally:
    """Marks by (mark, level): what there was, what was seen, and false certain answers."""

    seen: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    """(mark, level, truth, seen) -> papers."""
    words: Counter[tuple[str, bool]] = field(default_factory=Counter)
    """(level, whether the issuer's word was read) -> papers with a certain seal."""
    false: list[str] = field(default_factory=list)

    def add(
        self, file: str, level: str, truth: Mapping[str, str], given: Mapping[str, str]
    ) -> None:
        """Count one paper: its true marks, and those of its document."""
        for mark in ("seal", "signature"):
            if mark not in truth or mark not in given:
                continue
            wanted, got = truth[mark], given[mark]
            self.seen[mark, level, wanted, got] += 1
            if got not in (wanted, "unsure"):
                self.false.append(f"{file}: {mark} {got}, not {wanted}")
        text = truth.get("seal_text", "")
        kinds = [word for word in ISSUERS if word in text]
        if given.get("seal") == "yes" and kinds:
            read = any(word in given.get("seal_text", "") for word in kinds)
            self.words[level, read] += 1

    def share_read(self, level: str) -> float:
        """Part of the certain seals whose issuer's word was read; 1 where there are none."""
        total = self.words[level, True] + self.words[level, False]
        return self.words[level, True] / total if total else 1.0

    def lines(self) -> Iterator[str]:
        """The table."""
        yield f"{'':28}" + "".join(f"{state:>8}" for state in STATES)
        for mark, level, truth in sorted({key[:3] for key in self.seen}):
            counts = [self.seen[mark, level, truth, state] for state in STATES]
            yield f"{mark:10} {level:8} is {truth:5}" + "".join(f"{n:8}" for n in counts)
        for level in sorted({level for level, _ in self.words}):
            total = self.words[level, True] + self.words[level, False]
            yield f"issuer's word {level:8} {100 * self.share_read(level):6.1f} % of {total}"
        yield f"false certain: {len(self.false)}"
        yield from (f"  {line}" for line in self.false)


def marks_of(documents: Any) -> Mapping[str, str]:
    """The marks of a file's papers; of one that fell in two, the surer."""
    marks: dict[str, str] = {}
    for document in documents:
        for name, value in document.marks.items():
            if name not in marks or marks[name] == "unsure":
                marks[name] = value
    return marks
