"""The office guide as one value: all its tables, checked against each other.

``guide()`` reads the tables of this package once; :func:`parse_guide` takes texts, so that a
changed table can be tried before it is put in place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable

from pipeline.finding import Severity, catalogue
from validators.guide.due import Workdays
from validators.guide.rows import (
    ChangeClass,
    EligibilityRow,
    EligibilityTable,
    GuideTable,
    MaterialRow,
    MaterialsTable,
    MatterRow,
    RetirementLine,
    SpecialGroup,
    TimeLimits,
    WorkdaysTable,
)
from validators.guide.tables import TableError, parse_table, refuse_repeats, table_line, table_text

FILES = ("guide.toml", "eligibility.toml", "materials.toml", "workdays.toml")


@dataclass(frozen=True, slots=True)
class Guide:
    """The tables, and what is looked up in them."""

    table: GuideTable
    eligibility: tuple[EligibilityRow, ...]
    materials: tuple[MaterialRow, ...]
    invalidating: frozenset[str]
    workdays: Workdays
    ruleset: str
    calendar: str

    @property
    def limits(self) -> TimeLimits:
        """Numbers of the guide."""
        return self.table.limits

    @property
    def codes(self) -> tuple[str, ...]:
        """M1 … M9, in the guide's order."""
        return tuple(row.code for row in self.table.matter)

    def matter(self, code: str) -> MatterRow:
        """The row of a matter. Raises KeyError."""
        for row in self.table.matter:
            if row.code == code:
                return row
        raise KeyError(code)

    def find_matter(self, name: str) -> str | None:
        """The code of a matter by any of its names in the guide: exact, but for white space,
        quotes, brackets' width and 基本 (domain.md 1.3)."""
        return self._aliases().get(plain_name(name))

    def _aliases(self) -> dict[str, str]:
        return {
            plain_name(name): row.code
            for row in self.table.matter
            for name in (row.code, row.name, *row.aliases)
        }

    def change_class(self, item: str) -> ChangeClass:
        """How a change of this item is treated. Every item has its class."""
        return next(row for row in self.table.change_class if item in row.items)

    def special_group(self, code: str) -> SpecialGroup | None:
        """The special group of this code."""
        return next((g for g in self.table.special_group if g.code == code), None)

    def proof_kind(self, text: str) -> str | None:
        """Who a proof is about by what it prints: the kind of the longest word in it."""
        found = [
            (len(w), row.kind) for row in self.table.proof_kind for w in row.words if w in text
        ]
        return max(found, key=lambda f: f[0])[1] if found else None

    def proof_state(self, text: str) -> str:
        """Of what time the words printed with a kind speak: ``current`` where they do not say."""
        for row in self.table.proof_state:
            if any(word in text for word in row.words):
                return row.state
        return "current"

    def retirement_lines(self, sex: str) -> dict[str, RetirementLine]:
        """The lines of statutory retirement that may hold for this sex."""
        return {row.line: row for row in self.table.retirement if row.sex == sex}


_DROPPED = str.maketrans("", "", " \t\r\n　“”\"'‘’「」《》:：;；。")
_BRACKETS = str.maketrans("(),-", "（），—")


def plain_name(name: str) -> str:
    """A matter's name without white space, quotes, colons and 基本."""
    return name.translate(_DROPPED).translate(_BRACKETS).replace("基本", "").replace("——", "—")


def parse_guide(texts: Mapping[str, str]) -> Guide:
    """The guide from the texts of :data:`FILES`. Raises TableError with file, line and reason."""
    table = parse_table(texts["guide.toml"], GuideTable, "guide.toml")
    rules = parse_table(texts["eligibility.toml"], EligibilityTable, "eligibility.toml").rule
    materials = parse_table(texts["materials.toml"], MaterialsTable, "materials.toml")
    workdays = parse_table(texts["workdays.toml"], WorkdaysTable, "workdays.toml")
    _check_guide(table, texts["guide.toml"])
    known = {row.code for row in table.matter}
    _check_rules(rules, texts["eligibility.toml"], known)
    _check_materials(materials, texts["materials.toml"], known, table)
    return Guide(
        table=table,
        eligibility=rules,
        materials=materials.material,
        invalidating=frozenset(materials.invalidating),
        workdays=Workdays(workdays),
        ruleset=f"{table.version}+"
        f"{_digest([*(texts[name] for name in FILES[:3]), *_other_tables()])}",
        calendar=f"{_calendar_version()}+{_digest([texts['workdays.toml']])}",
    )


@cache
def guide() -> Guide:
    """The guide of this package. Raises TableError where a table is wrong."""
    return parse_guide({name: table_text(name) for name in FILES})


@cache
def _other_tables() -> tuple[str, ...]:
    """Every other table that rules rest on: of all checks, of the words, of the numbers."""
    folders = (files("validators"), files("pipeline") / "catalogue", files("pipeline.reference"))
    return tuple(
        entry.read_text(encoding="utf-8")
        for folder in folders
        for entry in sorted(tables_below(folder), key=lambda e: e.name)
        if entry.name not in FILES
    )


def tables_below(folder: Traversable) -> Iterator[Traversable]:
    """The tables in a folder and in all folders in it."""
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from tables_below(entry)
        elif entry.name.endswith((".toml", ".csv")):
            yield entry


def _check_guide(table: GuideTable, text: str) -> None:
    try:
        refuse_repeats([m.code for m in table.matter], "事项")
        # Two spellings of one matter may be the same without 基本; two matters never.
        refuse_repeats(
            [
                name
                for m in table.matter
                for name in sorted({plain_name(n) for n in (m.code, m.name, *m.aliases)})
            ],
            "事项名称",
        )
        refuse_repeats([r.rule for r in table.exclusion], "互斥规则")
        refuse_repeats([g.code for g in table.special_group], "特殊对象")
        refuse_repeats([i for c in table.change_class for i in c.items], "变更项目")
        refuse_repeats([k.kind for k in table.proof_kind], "证明种类")
        refuse_repeats([w for k in table.proof_kind for w in k.words], "证明种类的词")
    except ValueError as error:
        raise TableError("guide.toml", None, str(error)) from error
    codes = {row.code for row in table.matter}
    for i, row in enumerate(table.exclusion):
        _check_known(
            row.matters, codes, row.rule, ("guide.toml", table_line(text, ["exclusion", i]))
        )
        if row.source.startswith("[I]") and row.severity == Severity.REJECT:
            line = table_line(text, ["exclusion", i, "severity"])
            raise TableError("guide.toml", line, f"{row.rule}：来源为 [I] 的规则不得 reject")
    for i, matter in enumerate(table.matter):
        if max(matter.online_workdays, matter.offline_workdays) > table.limits.promised_workdays:
            line = table_line(text, ["matter", i])
            raise TableError("guide.toml", line, f"{matter.code} 的时限超过整体承诺时限")


def _check_rules(rules: tuple[EligibilityRow, ...], text: str, codes: set[str]) -> None:
    every = catalogue()
    for i, row in enumerate(rules):
        place = ("eligibility.toml", table_line(text, ["rule", i]))
        _check_known(row.matters, codes, row.id, place)
        if row.unknown_by is not None and row.unknown_by not in {r.id for r in rules}:
            raise TableError(*place, f"unknown_by：没有规则 {row.unknown_by}")
        allowed = {every[row.id].severity, *every[row.id].also}
        if lacking := row.severities - allowed:
            raise TableError(
                *place, f"{row.id} 的目录条目不允许 {sorted(s.value for s in lacking)}"
            )


def _check_materials(
    table: MaterialsTable, text: str, codes: set[str], guide_table: GuideTable
) -> None:
    groups = {g.code for g in guide_table.special_group}
    kinds = {k.kind for k in guide_table.proof_kind}
    for i, row in enumerate(table.material):
        place = ("materials.toml", table_line(text, ["material", i]))
        _check_known(row.matters, codes, f"MAT-{row.item}", place)
        if row.group is not None and row.group not in groups:
            raise TableError(*place, f"没有特殊对象 {row.group}")
        for way in row.accepts:
            named = {k for s in way.says for k in (*s.kinds, *s.doubtful_kinds)}
            if strange := named - kinds:
                raise TableError(*place, f"没有证明种类 {sorted(strange)}")
            _check_known(way.matters, set(row.matters), f"MAT-{way.item or row.item}", place)
    lacking = groups - {row.group for row in table.material}
    if lacking:
        raise TableError("materials.toml", None, f"特殊对象 {sorted(lacking)} 没有证明材料")


def _check_known(
    matters: tuple[str, ...], codes: set[str], rule: str, place: tuple[str, int | None]
) -> None:
    if strange := set(matters) - codes:
        raise TableError(*place, f"{rule}：没有事项 {sorted(strange)}")
    if rule not in catalogue():
        raise TableError(*place, f"规则目录中没有 {rule}")


def _digest(texts: Iterable[str]) -> str:
    joined = "\0".join(texts)
    return hashlib.sha256(joined.encode()).hexdigest()[:12]


def _calendar_version() -> str:
    return f"chinesecalendar-{version('chinesecalendar')}"
