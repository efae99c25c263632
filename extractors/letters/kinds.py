"""The kinds of letters as ``letters.toml`` describes them, with their patterns compiled.

Macros are the shapes of values: {NAME} {ID} {PHONE} {DATES} … A label becomes a pattern that allows
white space between its characters and a remark in brackets after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from extractors.letters.names import ANYNAME, END, HAN, HARD_END, PERSON
from extractors.letters.people import NAME_LABEL
from extractors.letters.tables import table
from pipeline.model import DocumentType

_DIGIT = "0-9〇零○一二三四五六七八九十"
_YEAR = rf"(?:(?:19|20)\d\d|[{_DIGIT}]{{4}})\s*年"
_DAY = rf"{_YEAR}\s*[{_DIGIT}]{{1,3}}\s*月\s*[{_DIGIT}]{{1,3}}\s*[日目曰]?"
_DOTTED = r"(?:19|20)\d\d\s*([./-])\s*\d{1,2}\s*[./-]\s*\d{1,2}(?!\d)"
_DATES = rf"(?:{_DAY}|{_DOTTED.replace('([./-])', '[./-]')})"
_YEAR_MONTH = rf"{_YEAR}\s*[{_DIGIT}]{{1,3}}\s*月"
_MONTHS = rf"(?:{_DATES}|{_YEAR_MONTH}|(?:19|20)\d\d[./-]\d{{1,2}}(?![\d./-]))"
_APPLICANT = r"(?:(?:申请|申办)人|被代办人|被代理人|参保人|(?<![受被])委托人)"
_PROXY = r"(?:(?<!被)代办人|受委托人|被委托人|受托人|(?<!被)代理人|承诺人)"
MACROS = {
    "NAME": rf"(?P<v>{ANYNAME})",
    "ANYNAME": ANYNAME,
    "PERSON": rf"(?P<v>{PERSON})",
    "ID": r"(?P<v>(?<![\dA-Za-z])[\dOoIlB][\dOoIlBSZ\s]{12,19}[\dXx×ХOoIlB✕](?!\d))",
    "PHONE": r"(?P<v>(?:\+?86-?)?1[3-9]\d{9}|0\d{2,3}-?\d{7,8})",
    "DATES": _DATES,
    "MONTHS": _MONTHS,
    "SEX": r"(?:性别:?)?[男女]",
    "STOP": rf"(?:{HARD_END}|(?=与))",
    "END": END,
    "WHO": (
        r"(?:兹有|兹证明|兹因|兹查|兹|今有|今|现有|现|证明|(?:经查|经核查|经核实|查)[实明]?[,]?|同意|关于|与|和|受|请将|将|其中|"
        r"你单位|贵单位|我单位|本单位|原|因)"
        r"(?:[^\s,，。;；:()]{0,26}?(?:居民|村民|职工|员工|教师|老师|干部|人员|社员|学生|公民|工人|户主|对象|成员))?"
        r"[:\t“”]*"
    ),
    "ORG": rf"[{HAN}()\d]{{3,40}}?",
    "YEARS": r"[(\[〔【{<《|丨]?\s*(?:19|20)\d\d\s*年?\s*[)\]〕】}>》|丨]?\s*",
    "CIVIL": (
        r"(?:城市|城镇|农村|城乡|城区)?(?:居民)?(?:最低生活保障|低保)|"
        r"(?:城市|城镇|农村|城乡)?(?:特困|五保)(?:人员|对象|供养人员)?(?:救助)?(?:供养)?"
    ),
    "CIVIL_WHOLE": (
        r"(?:城市|城镇|农村|城乡|城区)(?:居民)?(?:最低生活保障|低保)|"
        r"(?:城市|城镇|农村|城乡)?(?:特困|五保)(?:人员|对象|供养人员)?(?:救助)?(?:供养)?"
    ),
    "IDWORD": r"(?:公民|居民)?(?:身份|证件)[^\s:\d]{0,5}",
    "APPLICANT": _APPLICANT,
    "PROXY": _PROXY,
    "APPLICANT_NOT": rf"{_PROXY}(?:(?!{_APPLICANT}).)*?",
}
_MACRO = re.compile(r"\{([A-Z_]+)\}")
LABELLED = {
    "name": rf"{MACROS['NAME']}{MACROS['STOP']}",
    "id_number": MACROS["ID"],
    "phone": MACROS["PHONE"],
    "full_date": rf"(?P<v>{_DATES})",
    "month": rf"(?P<v>{_MONTHS})",
}
"""What stands beside a label, by the field's grammar, where the table says nothing else."""
BESIDE_NUMBER = (
    r"{PERSON} (?= (?:同志|先生|女士)? [,(] (?:[^,。;\n]{1,12}[,;]){0,3}? (?:现|其)?"
    r"(?:公民|居民)?身份)"
)
"""Where the person that a letter is about stands, whatever the letter says before: right before its
citizen number."""
COMRADE = "(?<![请该]) {PERSON} (?= 同志)"
"""Where else such a person may stand."""


@dataclass(frozen=True, slots=True)
class LetterFact:
    """One field of a letter: ``patterns`` are tried in order, the first that is found counts.

    ``short``: the same patterns for names of which but one character was read.
    """

    name: str
    grammar: str
    patterns: tuple[re.Pattern[str], ...]
    short: tuple[re.Pattern[str], ...] = ()
    labelled: int = 0
    """How many patterns, from the first, are those of labels."""
    weak: bool = False
    """The last pattern finds words that a title or another sentence may hold as well."""
    mentions: int = 1
    """How many patterns, from the last, find every mention of such a fact."""


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
    events: tuple[str, ...] = ()
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


def label_pattern(label: str, not_after: tuple[str, ...] = ()) -> str:
    """A printed label as a regular expression: white space between its characters."""
    guard = "".join(rf"(?<!{re.escape(word)})" for word in not_after)
    return guard + r"\s*".join(re.escape(c) for c in label)


def _fact(name: str, row: dict[str, Any], named: Mapping[str, list[str]]) -> LetterFact:
    patterns = list(_beside_labels(row, named))
    texts = list(row.get("text", ()))
    if name == "name":
        patterns.append(compiled(rf"{NAME_LABEL}[:\t]+{LABELLED['name']}"))
        texts = [BESIDE_NUMBER, *texts, COMRADE]
    labelled = len(patterns)
    patterns += [compiled(p) for p in texts]
    short = [_one_read(p) for p in patterns] if row["grammar"] == "name" else []
    return LetterFact(
        name,
        row["grammar"],
        tuple(patterns),
        tuple(short),
        labelled,
        row.get("weak", False),
        row.get("mentions", 1),
    )


def _beside_labels(
    row: dict[str, Any], named: Mapping[str, list[str]]
) -> Iterator[re.Pattern[str]]:
    """What stands beside each of a field's labels, the best first."""
    value = expand(row["value"]) if "value" in row else LABELLED.get(row["grammar"], "")
    words = row.get("labels", [])
    words = named[words] if isinstance(words, str) else words
    not_after = tuple(row.get("not_after", ()))
    unsigned = r"(?!\s*\([^)]{0,4}签|\s*签)" if row.get("unsigned") else ""
    apart = "+" if row.get("apart") else "*"
    for word in words:
        # 姓名 is no label where it ends a longer one (户主姓名)
        longer = tuple(w.removesuffix(word) for w in words if w != word and w.endswith(word))
        head = label_pattern(word, not_after + longer) + unsigned
        text = rf"{head}\)?(?:\s*\([^)]{{1,8}}\))?[:\t.·_为是]{apart}{value}"
        yield re.compile(text, re.M | re.S)


def _one_read(pattern: re.Pattern[str]) -> re.Pattern[str]:
    """The pattern for a name of one character: the other one was not read."""
    whole, one = MACROS["NAME"], MACROS["NAME"].replace("{2,4}?", "{1}")
    return re.compile(pattern.pattern.replace(whole, one), pattern.flags)


def _kind(row: dict[str, Any], named: Mapping[str, list[str]]) -> LetterKind:
    return LetterKind(
        type=DocumentType(row["type"]),
        topic=re.compile(expand(row["topic"])),
        says=tuple(compiled(p) for p in row["says"]),
        against=re.compile(row["against"]) if "against" in row else None,
        need=compiled(row["need"]) if "need" in row else None,
        always=tuple(row["always"]),
        facts=tuple(_fact(name, fact, named) for name, fact in row["fields"].items()),
        employer_is_issuer=row.get("employer") == "issuer",
        events=tuple(row.get("events", ())),
    )


def _groups(types: str) -> str:
    """Any wording of the groups that papers of this type prove."""
    return "|".join(row["words"] for row in table()["group"] if row["proof"] == types)


@cache
def letter_kinds() -> dict[DocumentType, LetterKind]:
    """All kinds of letters."""
    kinds = (_kind(row, table()["labels"]) for row in table()["letter"])
    return {kind.type: kind for kind in kinds}
