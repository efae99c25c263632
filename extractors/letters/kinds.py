"""The kinds of letters as ``letters.toml`` describes them; patterns are compiled when first needed.

Macros are the shapes of values: {ID} {PHONE} {DATES} … A label becomes a pattern that allows white
space between its characters and a remark in brackets after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from extractors.letters.tables import table
from pipeline.model import DocumentType

_DIGIT = "0-9〇零○一二三四五六七八九十"
_YEAR = rf"(?:(?:19|20)\d\d|[{_DIGIT}]{{4}})\s*年"
_DAY = rf"{_YEAR}\s*[{_DIGIT}]{{1,3}}\s*月\s*[{_DIGIT}]{{1,3}}\s*[日目曰]?"
_DOTTED = r"(?:19|20)\d\d\s*[./-]\s*\d{1,2}\s*[./-]\s*\d{1,2}(?!\d)"
_DATES = rf"(?:{_DAY}|{_DOTTED})"
_YEAR_MONTH = rf"{_YEAR}\s*[{_DIGIT}]{{1,3}}\s*月"
MACROS = {
    "ID": r"(?P<v>(?<![\dA-Za-z])[\dOoIlB][\dOoIlBSZ\s]{12,19}[\dXx×ХOoIlB✕](?!\d))",
    "PHONE": r"(?P<v>(?:\+?86-?)?1[3-9]\d{9}|0\d{2,3}-?\d{7,8})",
    "DATES": _DATES,
    "MONTHS": rf"(?:{_DATES}|{_YEAR_MONTH}|(?:19|20)\d\d[./-]\d{{1,2}}(?![\d./-]))",
    "YEARS": r"[(\[〔【{<《|丨]?\s*(?:19|20)\d\d\s*年?\s*[)\]〕】}>》|丨]?\s*",
}
_MACRO = re.compile(r"\{([A-Z_]+)\}")
_LABELLED = {"id_number": MACROS["ID"], "full_date": rf"(?P<v>{_DATES})"}
"""What stands beside a label, by the field's grammar, where the table says nothing else."""


@dataclass(frozen=True)
class LetterFact:
    """A field that a letter words: ``row`` of the table."""

    name: str
    row: dict[str, Any]

    @property
    def grammar(self) -> str:
        """What its values look like."""
        return str(self.row["grammar"])

    @cached_property
    def label(self) -> re.Pattern[str] | None:
        """The value behind any of the field's labels; group ``label`` tells which."""
        labels = self.labels
        if not labels:
            return None
        value = expand(self.row["value"]) if "value" in self.row else _LABELLED[self.grammar]
        guard = "".join(rf"(?<!{re.escape(word)})" for word in self.row.get("not_after", ()))
        words = "|".join(r"\s*".join(map(re.escape, w)) for w in sorted(labels, key=len)[::-1])
        apart = "+" if self.row.get("apart") else "*"
        tail = rf"\)?(?:\s*\([^)]{{1,8}}\))?[:\t.·_为是]{apart}{value}"
        return re.compile(rf"{guard}(?P<label>{words}){tail}", re.M | re.S)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The printed labels, best first."""
        words = self.row.get("labels", ())
        return tuple(table()["labels"][words] if isinstance(words, str) else words)

    @cached_property
    def patterns(self) -> tuple[re.Pattern[str], ...]:
        """The wordings of the field, best first."""
        return tuple(compiled(p) for p in self.row.get("text", ()))

    @cached_property
    def printed(self) -> re.Pattern[str] | None:
        """Any of the field's labels, whatever stands behind."""
        words = "|".join(r"\s*".join(map(re.escape, word)) for word in self.labels)
        return re.compile(rf"(?:^|[\s,;。])(?:{words})[:\t]", re.M) if words else None

    def find(self, text: str) -> Iterator[re.Match[str]]:
        """Where the text may state it, best first: behind a label, then as it is worded."""
        if self.label is not None:
            found = [(m, m["label"].translate(_BLANK)) for m in self.label.finditer(text)]
            ranks = {word: i for i, word in enumerate(self.labels)}
            yield from (m for m, word in sorted(found, key=lambda f: ranks.get(f[1], 0)))
        for pattern in self.patterns:
            yield from pattern.finditer(text)


_BLANK = {ord(c): None for c in " \t\n"}


@dataclass(frozen=True, slots=True)
class LetterKind:
    """One kind of letter, as a table of ``letters.toml``."""

    type: DocumentType
    topic: re.Pattern[str]
    says: tuple[re.Pattern[str], ...]
    against: re.Pattern[str] | None
    need: re.Pattern[str] | None
    always: tuple[str, ...]
    facts: tuple[LetterFact, ...]
    employer_is_issuer: bool
    events: tuple[str, ...]
    """Fields that are the date of an event (:mod:`events`)."""

    def is_titled(self, title: str) -> bool:
        """Whether a title is about what such papers prove."""
        denied = self.against is not None and self.against.search(title) is not None
        return not denied and self.topic.search(title) is not None


def expand(pattern: str) -> str:
    """A pattern of the table as a regular expression."""
    spaced = pattern.replace(" ", r"\s*")
    return _MACRO.sub(lambda m: MACROS.get(m[1]) or _groups(m[1].lower()), spaced)


def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of the table, compiled."""
    return re.compile(expand(pattern), re.MULTILINE | re.DOTALL)


def _groups(proof: str) -> str:
    """Any wording of the groups that papers of this type prove."""
    return "|".join(row["words"] for row in table()["group"] if row["proof"] == proof)


def _kind(row: dict[str, Any]) -> LetterKind:
    return LetterKind(
        type=DocumentType(row["type"]),
        topic=re.compile(expand(row["topic"])),
        says=tuple(compiled(p) for p in row["says"]),
        against=re.compile(row["against"]) if "against" in row else None,
        need=compiled(row["need"]) if "need" in row else None,
        always=tuple(row["always"]),
        facts=tuple(LetterFact(name, fact) for name, fact in row.get("fields", {}).items()),
        employer_is_issuer=row.get("employer") == "issuer",
        events=tuple(row.get("events", ())),
    )


@cache
def letter_kinds() -> dict[DocumentType, LetterKind]:
    """All kinds of letters."""
    return {kind.type: kind for kind in map(_kind, table()["letter"])}
