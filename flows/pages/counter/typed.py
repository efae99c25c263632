"""What the counter asks, and what was answered, as ``application.json`` has it.

Which questions matter is not decided here: they are those whose facts the guide's tables name for
the chosen matters.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from fastapi.datastructures import FormData

from pipeline.finding import Severity, value_label
from pipeline.model import Change, Frozen, Request
from pipeline.reference import divisions
from validators.guide.checklist import Checklist, Circumstances, checklist
from validators.guide.guide import Guide, guide
from validators.guide.vocabulary import CHANGE_ITEMS

CHANGE_ROWS = 5
TEXT_CHARS = 200
NONE = "none"
"""Said of special groups: none of them."""

Kind = Literal["choice", "yesno", "groups", "county", "text", "changes", "proxy"]


class Question(Frozen):
    """One question. ``key`` and ``of`` are its place in ``application.json``."""

    key: str
    of: str = ""
    label: str
    kind: Kind
    options: dict[str, str] = {}
    options_of: str = ""
    facts: tuple[str, ...] = ()
    groups: bool = False
    always: bool = False
    folded: bool = False
    beside: bool = False

    @property
    def name(self) -> str:
        """Its name in the page's form."""
        return f"{self.key}.{self.of}" if self.of else self.key


class _Table(Frozen):
    question: tuple[Question, ...]


@cache
def questions() -> tuple[Question, ...]:
    """All questions, each with its options."""
    text = (files("flows.pages.counter") / "typed.toml").read_text(encoding="utf-8")
    table = _Table.model_validate(tomllib.loads(text))
    return tuple(q.model_copy(update={"options": _options(q)}) for q in table.question)


def _options(question: Question) -> dict[str, str]:
    if question.options:
        return question.options
    if question.kind == "yesno":
        return {"true": "是", "false": "否"}
    if question.kind == "groups":
        return {group.code: group.name for group in guide().table.special_group}
    if question.kind != "choice":
        return {}
    name = question.options_of or question.key
    field = Request.model_fields.get(question.key)
    codes = _LITERALS.get(name) or _literal(field.annotation if field else None)
    return {code: value_label(name, code) for code in codes}


_LITERALS = {
    "archive_direction": ("in", "out"),
    "archive_holder": ("state_unit", "talent_centre", "school", "other"),
    "archive_kind": ("left_unit", "graduate", "flexible", "other"),
}


def _literal(annotation: Any) -> tuple[str, ...]:
    """The codes that a field of the request takes: of ``Literal[…] | None``."""
    parts = [annotation, *getattr(annotation, "__args__", ())]
    for part in parts:
        codes = getattr(part, "__args__", ())
        if codes and all(isinstance(code, str) for code in codes):
            return tuple(codes)
    return ()


def asked(matters: tuple[str, ...], rules: Guide | None = None) -> tuple[Question, ...]:
    """The questions that decide about these matters, and those that are always asked."""
    rules = rules or guide()
    chosen = set(matters)
    facts: set[str] = set()
    grouped = False
    for row in rules.eligibility:
        if chosen & set(row.matters):
            facts |= {row.fact, *row.when}
    for material in rules.materials:
        if chosen & set(material.matters):
            facts |= set(material.when)
            grouped |= material.group is not None
    return tuple(
        q for q in questions() if q.always or facts & set(q.facts) or (q.groups and grouped)
    )


# ---------------------------------------------------------------- from the form


def said_of(form: FormData) -> dict[str, Any]:
    """What the page's form says, as the draft keeps it: ``request`` as ``application.json`` has it,
    and beside it what only the checklist asks. What the form does not hold was not said."""
    request: dict[str, Any] = {}
    said: dict[str, Any] = {"request": request}
    codes = set(guide().codes)
    matters = [code for code in dict.fromkeys(form.getlist("matters")) if code in codes]
    if matters:
        request["matters"] = sorted(map(str, matters))
    channel = _text(form, "channel")
    if channel in ("window", "online", "mail"):
        request["channel"] = channel
    for question in questions():
        value = _value(form, question)
        if value is None:
            continue
        if question.beside:
            said[question.key] = value
        elif question.of:
            request.setdefault(question.key, {})[question.of] = value
        else:
            request[question.key] = value
    if isinstance(request.get("special_groups"), list) and NONE in request["special_groups"]:
        del request["special_groups"]
        said["no_groups"] = True
    if "proxy" in request and not request["proxy"].get("name"):
        said["by_proxy"] = True
        del request["proxy"]
    if form.get("proxy") == "self":
        said["by_proxy"] = False
    return said


def _value(form: FormData, question: Question) -> Any:
    """The answer to a question; None where there is none, or one that is not offered."""
    text = _text(form, question.name)
    match question.kind:
        case "text":
            return text or None
        case "choice":
            return text if text in question.options else None
        case "yesno":
            return {"true": True, "false": False}.get(text)
        case "county":
            return text if text in counties() else None
        case "groups":
            allowed = {*question.options, NONE}
            return [
                code for code in map(str, form.getlist(question.name)) if code in allowed
            ] or None
        case "proxy":
            if text != "proxy":
                return None
            number = _text(form, "proxy.id_number")
            return {"name": _text(form, "proxy.name")} | ({"id_number": number} if number else {})
        case "changes":
            return list(_changes(form)) or None


def _changes(form: FormData) -> Iterator[dict[str, str]]:
    for row in range(CHANGE_ROWS):
        item = _text(form, f"changes.{row}.item")
        if item in CHANGE_ITEMS:
            old, new = (_text(form, f"changes.{row}.{part}") for part in ("old", "new"))
            yield Change(item=item, old=old, new=new).model_dump()  # type: ignore[arg-type]


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value.strip()[:TEXT_CHARS] if isinstance(value, str) else ""


# ---------------------------------------------------------------- what it comes to


def chosen(said: Mapping[str, Any]) -> tuple[str, ...]:
    """The matters that were chosen, by code."""
    return tuple(said.get("request", {}).get("matters", ()))


def what_to_bring(said: Mapping[str, Any]) -> Checklist:
    """The guide's checklist for what was said so far."""
    request = said.get("request", {})
    archive = request.get("archive", {})
    groups = request.get("special_groups")
    by_proxy = True if "proxy" in request else said.get("by_proxy")
    circumstances = Circumstances(
        category=said.get("category"),
        channel=request.get("channel"),
        proxy=by_proxy,
        student=request.get("is_student"),
        employment=request.get("employment"),
        special_groups=() if said.get("no_groups") else (tuple(groups) if groups else None),
        changes=tuple(dict.fromkeys(change["item"] for change in request.get("changes", ()))),
        archive_direction=archive.get("direction"),
        archive_holder=archive.get("holder"),
    )
    return checklist(chosen(said), circumstances)


class Conflict(Frozen):
    """Two chosen matters that do not go together; ``hard``: the guide excludes it outright."""

    names: tuple[str, str]
    codes: tuple[str, str]
    hard: bool


def conflicts(matters: tuple[str, ...]) -> tuple[Conflict, ...]:
    """The pairs among the chosen matters that do not go together."""
    rules = guide()
    return tuple(
        Conflict(
            names=(rules.matter(row.matters[0]).name, rules.matter(row.matters[1]).name),
            codes=row.matters,
            hard=row.severity == Severity.REJECT,
        )
        for row in rules.table.exclusion
        if set(row.matters) <= set(matters)
    )


@cache
def counties() -> Mapping[str, tuple[str, str]]:
    """The counties of Guangxi by code: (city, county)."""
    found: dict[str, tuple[str, str]] = {}
    for row in divisions.every():
        code = row.code
        here = code.startswith(divisions.GUANGXI) and row.level == "county" and row.is_current
        if not here or row.name in divisions.NOT_NAMED_ON_PAPERS:
            continue
        city = divisions.prefecture_of(code)
        found[code] = (city.name if city else "", row.name)
    return found
