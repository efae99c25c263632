"""The auditor's page: who did or opened what, without a value of anybody's."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict

from flows.pages.accounts import COMMAND_LINE
from flows.pages.context import Context, PageContext
from flows.pages.review.words import ACTION_LABELS
from flows.pages.security import require
from flows.pages.templating import ROLE_LABELS, page
from pipeline.finding import field_label, type_label
from pipeline.privacy import mask_case_id
from pipeline.record import Action
from pipeline.store import people
from pipeline.store.audit import Entry, Sought, read_page
from pipeline.store.people import Login, Role, write_audit

router = APIRouter(prefix="/audit")
Auditor = Annotated[Login, Depends(require(Role.AUDITOR))]

EXPORTED_AT_ONCE = 1000
MAX_CHARS = 255
COLUMNS = ("序号", "时间", "人员", "事项", "代码", "案件", "说明")
FORMULA_BEGINS = tuple("=+-@\t\r\n＝＋－＠")
"""What makes a spreadsheet compute a cell (OWASP, CSV Injection), in both widths."""


class Asked(BaseModel):
    """The filter as a browser sends it: what is empty, or is none, is not asked for."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    by: str = ""
    action: str = ""
    case_id: str = ""
    same: str = ""
    """An entry of the case: so an address needs no id that may name somebody."""
    since: str = ""
    until: str = ""
    before: str = ""

    @property
    def sought(self) -> Sought:
        """What the store is asked."""
        return Sought(
            by=_text(self.by),
            action=_text(self.action),
            case_id=_text(self.case_id),
            same_as=None if _text(self.case_id) else _entry(self.same),
            since=_day(self.since),
            until=_day(self.until),
        )

    @property
    def cursor(self) -> int | None:
        """The entry before which the page begins."""
        return _entry(self.before)

    def query(self, **changes: object) -> dict[str, object]:
        """The filter as an address has it, without what is empty."""
        return {k: v for k, v in {**self.model_dump(), **changes}.items() if v}


@router.get("")
def show(
    request: Request, login: Auditor, context: Context, asked: Annotated[Asked, Query()]
) -> Response:
    """A page of the audit, newest first."""
    with context.store.snapshot() as connection:
        found = read_page(connection, asked.sought, asked.cursor)
        names = [account.name for account in people.list_accounts(connection)]
    return page(
        request,
        "audit/list.html",
        asked=asked,
        found=found,
        names=[*names, COMMAND_LINE],
        actions=_choices(asked.sought.action),
        looks=_words()["looks"],
        action_label=action_label,
        told=told,
        mask_case_id=mask_case_id,
    )


@router.get("/export.csv")
def export(login: Auditor, context: Context, asked: Annotated[Asked, Query()]) -> Response:
    """All entries that are asked for, as a table for a spreadsheet."""
    with context.store.begin() as connection:
        detail = {k: str(v) for k, v in asked.query(before="").items()}
        write_audit(connection, login.account.name, "audit-exported", detail=detail)
    name = f"audit-{context.today().isoformat()}.csv"
    return StreamingResponse(
        _lines(context, asked.sought),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _lines(context: PageContext, sought: Sought) -> Iterator[str]:
    """The table piece by piece; nothing is held longer than a piece takes."""
    yield "\ufeff" + _row(COLUMNS)  # the mark by which Excel knows UTF-8
    before: int | None = None
    while True:
        with context.store.snapshot() as connection:
            found = read_page(connection, sought, before, EXPORTED_AT_ONCE)
        yield "".join(map(_row_of, found.entries))
        before = found.after
        if before is None:
            return


def _row_of(entry: Entry) -> str:
    return _row(
        (
            str(entry.id),
            entry.at.astimezone().isoformat(timespec="seconds"),
            entry.by,
            action_label(entry.action),
            entry.action,
            mask_case_id(entry.case_id or ""),
            "；".join(told(entry)),
        )
    )


def _row(cells: tuple[str, ...]) -> str:
    made = io.StringIO()
    csv.writer(made, quoting=csv.QUOTE_ALL).writerow(map(safe_cell, cells))
    return made.getvalue()


def safe_cell(text: str) -> str:
    """The text so that no spreadsheet computes it."""
    return f"'{text}" if text.startswith(FORMULA_BEGINS) else text


def action_label(code: str) -> str:
    """What a code is called on screen (Chinese)."""
    words = _words()
    if code in words["actions"]:
        return str(words["actions"][code])
    start, _, action = code.partition("-")
    if start in words["decisions"] and action in set(Action):
        return str(words["decisions"][start]).format(ACTION_LABELS[Action(action)])
    return code


def _choices(chosen: str) -> dict[str, str]:
    """Acts to choose from, with their names, what was chosen among them. To ask the audit which
    ones occur would read all of it."""
    known: dict[str, str] = dict(_words()["actions"])
    if chosen and not chosen.endswith("*"):
        known.setdefault(chosen, action_label(chosen))
    return known


def told(entry: Entry) -> list[str]:
    """What stands beside an entry, each with its name (Chinese)."""
    labels, values = _words()["details"], _words()["values"]
    lines = []
    for key, value in entry.detail.items():
        if key in ("role", "role_before") and value in set(Role):
            value = ROLE_LABELS[Role(value)]
        elif key == "action":
            value = action_label(value)
        elif key == "about":
            value = _about(value)
        elif key == "case_id":
            value = mask_case_id(value)
        label = str(labels.get(key, key))
        lines.append(f"{label} {values.get(value, value)}".strip())
    return lines


def _about(key: str) -> str:
    """What a decision was about: a field (``f-d1-name``), a finding (``j-OCR-LOW-d1-name-`` and a
    digest), else a kind of paper, a field, or as it is."""
    kind, *parts = key.split("-")
    if kind == "f" and len(parts) == 2:
        return field_label(parts[1])
    if kind == "j" and len(parts) >= 4:
        return f"{'-'.join(parts[:-3])} {field_label(parts[-2])}".strip()
    return type_label(field_label(key))


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads((files("flows.pages") / "audit.toml").read_text(encoding="utf-8"))


def _text(text: str) -> str:
    return "".join(c for c in text.strip() if c.isprintable())[:MAX_CHARS]


def _entry(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1970 <= day.year < 9999 else None
