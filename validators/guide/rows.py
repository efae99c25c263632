"""Rows of the guide's tables, and what must hold within each."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from pipeline.finding import Severity
from pipeline.model import DocumentType, Frozen
from validators.guide.vocabulary import CHANGE_ITEMS, NUMBER_FACTS, VALUES, VERIFICATIONS

Department = Literal["hrss", "medical", "tax"]
Channel = Literal["window", "online", "mail"]
Category = Literal["mainland", "hmt", "foreign"]
FormOfPaper = Literal["original", "shown", "copy_and_shown", "electronic", "scan"]
RowText = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Conditions = dict[str, tuple[str, ...]]


def check_conditions(when: Conditions) -> None:
    """Raise ValueError for a fact that is none, or a value that it cannot have."""
    for fact, values in when.items():
        if fact not in VALUES:
            raise ValueError(f"没有名为 {fact} 的事实")
        if strange := set(values) - VALUES[fact]:
            raise ValueError(f"{fact} 没有 {sorted(strange)} 这样的值")


# ---------------------------------------------------------------- guide.toml


class TimeLimits(Frozen):
    """Numbers of the guide and thresholds of ours."""

    promised_workdays: int = Field(gt=0)
    statutory_workdays: int = Field(gt=0)
    proof_age_months: int = Field(gt=0)
    permit_endorsement_months: int = Field(gt=0)
    same_place_level: Literal["county", "prefecture"]
    female_line: Literal["F55", "F50", "BOTH"]
    guangxi: str = Field(pattern=r"^\d{2}$")
    repeat_days: int = Field(gt=0)
    acceptance_ahead_months: int = Field(gt=0)
    acceptance_behind_months: int = Field(gt=0)


class MatterRow(Frozen):
    """One of the nine matters (guide 二, 三, 六). Time limits in workdays; 0 is 即时办结."""

    code: str = Field(pattern=r"^M\d$")
    name: RowText
    short: RowText
    department: Department
    aliases: tuple[str, ...]
    online_workdays: int = Field(ge=0)
    offline_workdays: int = Field(ge=0)
    legal_basis: tuple[RowText, ...]
    remark: str = ""
    source: RowText


class ExclusionRow(Frozen):
    """Two matters that do not go together (guide 四, 注意)."""

    rule: RowText
    matters: tuple[str, str]
    severity: Literal[Severity.REJECT, Severity.REVIEW]
    source: RowText


class Dependency(Frozen):
    """A matter that has nothing to go by but others that are applied for with it (guide 四), unless
    these facts hold."""

    matter: str
    on: tuple[str, ...] = Field(min_length=1)
    unless: Conditions = {}
    source: RowText

    @model_validator(mode="after")
    def _known(self) -> Self:
        check_conditions(self.unless)
        return self


class ProofKind(Frozen):
    """Who a proof is about, and the words that print it."""

    kind: str
    words: tuple[RowText, ...] = Field(min_length=1)
    source: RowText


class ProofState(Frozen):
    """Of what time a proof speaks, in words for people and as printed."""

    state: Literal["former", "applied", "refused"]
    name: RowText
    words: tuple[RowText, ...] = Field(min_length=1)
    source: RowText


class ChangeClass(Frozen):
    """Items of a change registration that are treated alike."""

    class_: str = Field(alias="class")
    items: tuple[str, ...]
    channels: tuple[Channel, ...]
    doubtful_channels: tuple[Channel, ...]
    proof: bool
    source: RowText

    @model_validator(mode="after")
    def _known_items(self) -> Self:
        if strange := set(self.items) - set(CHANGE_ITEMS):
            raise ValueError(f"没有名为 {sorted(strange)} 的变更项目")
        return self


class SpecialGroup(Frozen):
    """A group of M2 that needs a proof of its own."""

    code: str = Field(pattern=r"^SG\d$")
    name: RowText
    proof: RowText
    source: RowText


class Contradiction(Frozen):
    """Declarations that cannot hold together."""

    facts: Conditions
    message: RowText
    source: RowText

    @model_validator(mode="after")
    def _known(self) -> Self:
        check_conditions(self.facts)
        return self


class RetirementLine(Frozen):
    """One line of the statutory retirement age."""

    line: Literal["M60", "F55", "F50"]
    sex: Literal["男", "女"]
    base_years: int
    first_year: int
    step_months: int = Field(gt=0)
    cap_months: int = Field(gt=0)
    source: RowText


class GuideTable(Frozen):
    """guide.toml."""

    name: RowText
    version: RowText
    limits: TimeLimits
    departments: dict[Department, RowText]
    matter: tuple[MatterRow, ...]
    exclusion: tuple[ExclusionRow, ...]
    dependency: tuple[Dependency, ...]
    proof_kind: tuple[ProofKind, ...]
    proof_state: tuple[ProofState, ...]
    change_class: tuple[ChangeClass, ...]
    special_group: tuple[SpecialGroup, ...]
    contradiction: tuple[Contradiction, ...]
    retirement: tuple[RetirementLine, ...]


# ---------------------------------------------------------------- eligibility.toml


class RowOutcome(Frozen):
    """What a value of a fact leads to. ``reason`` may hold the slot ``{detail}``; ``todo`` is what
    the applicant does, where it is not what the rule's other outcomes ask."""

    severity: Severity
    reason: RowText
    todo: str = ""


class EligibilityRow(Frozen):
    """One condition of a rule, over one fact."""

    id: RowText
    matters: tuple[str, ...] = Field(min_length=1)
    whole: bool = False
    when: Conditions = {}
    fact: str
    good: tuple[str, ...] = Field(default=(), alias="pass")
    outcomes: dict[str, RowOutcome] = {}
    at_least: int | None = None
    below: RowOutcome | None = None
    unknown: RowText | None = None
    unknown_by: str | None = None
    source: RowText

    @model_validator(mode="after")
    def _whole_domain(self) -> Self:
        check_conditions(self.when)
        if self.fact in NUMBER_FACTS:
            if self.at_least is None or self.below is None or self.good or self.outcomes:
                raise ValueError(f"{self.fact} 需要 at_least 和 below，不用 pass 和 outcomes")
        elif self.fact not in VALUES:
            raise ValueError(f"没有名为 {self.fact} 的事实")
        else:
            named = [*self.good, *self.outcomes]
            if strange := set(named) - VALUES[self.fact]:
                raise ValueError(f"{self.fact} 没有 {sorted(strange)} 这样的值")
            if lacking := VALUES[self.fact] - set(named):
                raise ValueError(f"{self.fact} 的值 {sorted(lacking)} 没有处理")
            if len(named) != len(set(named)):
                raise ValueError(f"{self.fact} 有一个值既通过又不通过")
        if (self.unknown is None) == (self.unknown_by is None):
            raise ValueError("unknown 与 unknown_by 必须且只能写一个")
        if self.source.startswith("[I]") and Severity.REJECT in self.severities:
            raise ValueError("来源为 [I] 的规则不得 reject")
        return self

    @property
    def severities(self) -> frozenset[Severity]:
        """What this row can give."""
        ways = {o.severity for o in self.outcomes.values()}
        if self.below:
            ways.add(self.below.severity)
        return frozenset(ways | {Severity.REVIEW})


class EligibilityTable(Frozen):
    """eligibility.toml."""

    rule: tuple[EligibilityRow, ...]


# ---------------------------------------------------------------- materials.toml


class Says(Frozen):
    """What must be printed on a paper: the first of ``fields`` that was read holds one of
    ``words``, matches ``pattern`` whole, or is of one of the ``kinds`` of guide.toml; of
    ``doubtful_kinds`` a person decides. ``states`` are the times, besides now, of which it may
    speak, ``doubtful_states`` those of which a person decides. ``cure`` says what to bring instead,
    where that is not the item itself."""

    fields: tuple[str, ...] = Field(min_length=1)
    words: tuple[RowText, ...] = ()
    pattern: str | None = None
    kinds: tuple[str, ...] = ()
    doubtful_kinds: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    doubtful_states: tuple[str, ...] = ()
    reason: RowText
    cure: str = ""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(map(bool, (self.words, self.pattern, self.kinds))) != 1:
            raise ValueError("words、pattern 与 kinds 必须且只能写一个")
        if self.pattern:
            try:
                re.compile(self.pattern)
            except re.error as error:
                raise ValueError(f"pattern 不是正则表达式：{error}") from error
        return self

    def holds(self, text: str) -> bool:
        """Whether the printed text is what it must be."""
        if self.pattern:
            return re.fullmatch(self.pattern, text) is not None
        return any(word in text for word in self.words)


class IssuedBy(Frozen):
    """Whose paper it must be by the guide: one of ``words`` is in the issuer's name or on its
    seal. ``lacking`` is said, for a person to look at, where the issuer was read and is another."""

    words: tuple[RowText, ...] = Field(min_length=1)
    lacking: RowText

    def is_met(self, issuer: str, seal: str) -> bool:
        """Whether issuer or seal is of the right kind; so is what could not be read at all."""
        return not issuer or any(word in text for word in self.words for text in (issuer, seal))


class Accepts(Frozen):
    """A paper that fulfils an item."""

    type: DocumentType
    matters: tuple[str, ...] = ()
    category: tuple[Category, ...] = ()
    item: str | None = None
    doubt: RowText | None = None
    says: tuple[Says, ...] = ()
    issued_by: IssuedBy | None = None
    faces: tuple[tuple[str, ...], ...] = ()
    shows_change: bool = False


class MaterialRow(Frozen):
    """One item of the guide's list of materials, or one part of it."""

    item: RowText
    matters: tuple[str, ...] = Field(min_length=1)
    name: RowText
    detail: str = ""
    form: FormOfPaper
    copies: int | None = Field(default=None, gt=0)
    when: Conditions = {}
    group: str | None = None
    in_words: str = ""
    holder: Literal["applicant", "proxy", "nobody"]
    waived_by: str | None = None
    seen_by_guide: bool = False
    signer: str = "申请人"
    marks: tuple[Literal["signature", "seal", "verdict"], ...] = ()
    looked_for: tuple[Literal["signature", "seal"], ...] = ()
    ages: bool = False
    generated_online: bool = False
    accepts: tuple[Accepts, ...] = Field(min_length=1)
    source: RowText

    @model_validator(mode="after")
    def _sound(self) -> Self:
        check_conditions(self.when)
        if (self.when or self.group) and not self.in_words:
            raise ValueError("有条件的材料须在 in_words 写明条件")
        if self.waived_by is not None and self.waived_by not in VERIFICATIONS:
            raise ValueError(f"没有名为 {self.waived_by} 的核验种类")
        return self

    @property
    def show_original(self) -> bool:
        """Whether the original is shown and checked (验原件, 核原件)."""
        return self.form in ("shown", "copy_and_shown")


class MaterialsTable(Frozen):
    """materials.toml."""

    invalidating: tuple[str, ...]
    material: tuple[MaterialRow, ...]


# ---------------------------------------------------------------- workdays.toml


class SpecialDays(Frozen):
    """Days off and worked weekend days of one year."""

    year: int
    off: tuple[date, ...]
    worked: tuple[date, ...] = ()
    source: str = ""

    @model_validator(mode="after")
    def _in_year(self) -> Self:
        if strange := [d.isoformat() for d in (*self.off, *self.worked) if d.year != self.year]:
            raise ValueError(f"{strange} 不在 {self.year} 年")
        if weekdays := [d.isoformat() for d in self.worked if d.weekday() < 5]:
            raise ValueError(f"worked 只写调休上班的周末，{weekdays} 不是周末")
        return self


class Sanyuesan(Frozen):
    """壮族三月三: the lunar day of each year."""

    days_off: int = Field(gt=0)
    window_days: int = Field(gt=0)
    source: RowText
    dates: dict[int, date]


class Fixed(Frozen):
    """Days off that never move, ``MM-DD``."""

    off: tuple[Annotated[str, StringConstraints(pattern=r"^\d{2}-\d{2}$")], ...]
    source: RowText


class WorkdaysTable(Frozen):
    """workdays.toml."""

    sanyuesan: Sanyuesan
    fixed: Fixed
    region: tuple[SpecialDays, ...] = ()
    national: tuple[SpecialDays, ...] = ()
    statutory: tuple[SpecialDays, ...] = ()
