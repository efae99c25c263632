"""Findings: what is wrong with a paper or an application, as data.

Rule ids are those of contract.md. Their Chinese messages, hints, bases and severities are
data: ``pipeline/catalogue/*.toml``, one table a rule, one file a family::

    ["ID-CHECKSUM"]
    severity = "review"                  # the usual one
    also = ["mend"]                      # others that a check may give, default none
    message = "公民身份号码校验位不符。"    # {slots} are filled by the check
    hint = "请对照原件核对号码。"          # what the clerk does next
    basis = "GB 11643-1999"              # clauses of docs/guide.md, laws, standards; parted by ；

A rule that rests on no clause, law or standard has no ``basis``: findings then carry "" and
screens show none.
"""

from __future__ import annotations

import tomllib
from enum import StrEnum
from functools import cache
from importlib.resources import files

from pipeline.model import Frozen
from pipeline.wire import DESCRIBED, MatterCode

MOST_CASES = 3
"""Other cases that a message names; of the rest it gives the number."""


class Severity(StrEnum):
    """Worst first (contract.md)."""

    REJECT = "reject"
    MEND = "mend"
    REVIEW = "review"
    NOTE = "note"


class Rule(Frozen):
    """One row of the catalogue."""

    severity: Severity
    also: tuple[Severity, ...] = ()
    message: str
    hint: str = ""
    basis: str = ""


class Finding(Frozen):
    """One thing a person should know. Never raised."""

    model_config = DESCRIBED

    rule: str
    """Id of the rule (contract.md)."""
    severity: Severity
    """reject: the guide closes the matter; mend: something must be brought or corrected; review: a
    person decides; note: worth knowing."""
    message: str
    """In Chinese, for the clerk."""
    hint: str = ""
    """What the clerk does next, in Chinese."""
    todo: str = ""
    """What the applicant does, where the finding knows it better than its rule alone."""
    basis: str = ""
    """Clause of the guide, law or standard; "" where there is none."""
    matter: MatterCode | None = None
    """The matter it is about; absent where about all of them, or none in particular."""
    document: str | None = None
    """Id of the document it is about."""
    field: str | None = None
    """Field name, or key of the application, it is about."""
    file: str | None = None
    """Name of the file it is about."""
    got: str | None = None
    """The value in question, as text."""
    expected: str | None = None
    """What was expected in its place, as text."""
    cases: tuple[str, ...] = ()
    """Ids of other cases that it is about (X16 and X17); never handed to a department."""

    @property
    def told(self) -> str:
        """The message as our own people see it: with the other cases that it is about."""
        if not self.cases:
            return self.message
        more = f" 等 {len(self.cases)} 件" if len(self.cases) > MOST_CASES else ""
        return f"{self.message}（见申请 {'、'.join(self.cases[:MOST_CASES])}{more}）"


class PassingFinding(Finding):
    """A finding that speaks of this moment (file locked, changed, slow, no memory), not of the
    bytes: the next time may go well, so no result with such a finding is kept."""


@cache
def catalogue() -> dict[str, Rule]:
    """All rules by id.

    Raises ValueError naming file and rule where a row is wrong or stands twice.
    """
    rules: dict[str, Rule] = {}
    folder = files("pipeline") / "catalogue"
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if not entry.name.endswith(".toml"):
            continue
        for rule_id, row in tomllib.loads(entry.read_text(encoding="utf-8")).items():
            if rule_id in rules:
                raise ValueError(f"{entry.name}: rule {rule_id} stands twice")
            try:
                rules[rule_id] = Rule.model_validate(row)
            except ValueError as error:
                raise ValueError(f"{entry.name}: rule {rule_id}: {error}") from error
    return rules


def finding(
    rule: str,
    *,
    severity: Severity | None = None,
    matter: str | None = None,
    document: str | None = None,
    field: str | None = None,
    file: str | None = None,
    got: str | None = None,
    expected: str | None = None,
    todo: str = "",
    hint: str | None = None,
    cases: tuple[str, ...] = (),
    **slots: object,
) -> Finding:
    """A finding of the catalogue; ``slots`` fill the message (with field, file, got, expected).
    ``hint`` stands in for the catalogue's where the check knows better what to do.

    Raises KeyError for a rule that the catalogue lacks, or a slot the message needs and did not
    get; ValueError for a severity that the rule does not allow. All three are bugs.
    """
    row = catalogue()[rule]
    if severity is None:
        severity = row.severity
    elif severity not in (row.severity, *row.also):
        raise ValueError(f"rule {rule} never gives {severity}")
    filled = {
        "field": field_label(field) if field else "",
        "file": file or "",
        "got": got or "",
        "expected": expected or "",
        **slots,
    }
    return Finding(
        rule=rule,
        severity=severity,
        message=row.message.format(**filled),
        hint=row.hint.format(**filled) if hint is None else hint,
        todo=todo,
        basis=row.basis,
        matter=matter,
        document=document,
        field=field,
        file=file,
        got=got,
        expected=expected,
        cases=cases,
    )


class Labels(Frozen):
    """``labels.toml``: what fields, document types, pages that are no paper, and coded values are
    called in Chinese."""

    fields: dict[str, str]
    types: dict[str, str]
    pages: dict[str, str]
    values: dict[str, dict[str, str]]


@cache
def _labels() -> Labels:
    text = (files("pipeline") / "labels.toml").read_text(encoding="utf-8")
    return Labels.model_validate(tomllib.loads(text))


def field_label(name: str) -> str:
    """The Chinese name of a field (``id_number`` -> 公民身份号码), for messages and pages."""
    return _labels().fields.get(name, name)


def type_label(name: str) -> str:
    """The Chinese name of a document type (``hukou`` -> 居民户口簿)."""
    return _labels().types.get(name, name)


def page_label(state: str) -> str:
    """What a page that is no paper is (``empty`` -> 空白页); nothing where nothing is known."""
    return _labels().pages.get(state, "")


def value_label(field: str, value: str) -> str:
    """A value in Chinese: codes of the application (``pickup`` -> 窗口领取), several of them
    parted by commas; what is no code as it is."""
    codes = _labels().values.get(field)
    if codes is None:
        return value
    return "、".join(codes.get(part.lower(), codes.get(part, part)) for part in value.split(","))
