"""Who may log in, as administrators keep it: by the pages and by ``yijianshi users`` alike.

Each change is one transaction and stands in the audit, with who made it. One administrator at least
stays, whoever asks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flows.pages import passwords
from pipeline.errors import UsageError
from pipeline.store import attempts, people
from pipeline.store.cases import Store
from pipeline.store.people import Account, Presence, Role

COMMAND_LINE = "(cli)"
"""Who changes something by the command line. No account can have this name."""
NAME = re.compile(r"[\w.@-]{1,64}")
MAX_CHARS = 64


@dataclass(frozen=True, slots=True)
class Person:
    """An account, and how it stands now."""

    account: Account
    presence: Presence | None
    is_locked: bool


def list_people(store: Store, *, now: datetime | None = None) -> list[Person]:
    """All accounts, by name."""
    now = now or datetime.now(UTC)
    with store.snapshot() as connection:
        accounts = people.list_accounts(connection)
        there = people.presences(connection, now=now)
        locked = attempts.locked_names(connection, [a.name for a in accounts], now=now)
    return [Person(a, there.get(a.name), a.name in locked) for a in accounts]


def add(
    store: Store, by: str, name: str, role: Role, display_name: str = "", window: str | None = None
) -> str:
    """Let a person log in; the password for the first time. Raises UsageError."""
    name = name.strip()
    if not NAME.fullmatch(name):
        raise UsageError(
            "登录名应为 1 至 64 个字母、汉字、数字或 . _ - @，不含空格。", "例如 wei 或 3号窗口。"
        )
    account = Account(
        name=name,
        display_name=_text(display_name, "姓名") or name,
        role=role,
        window=_text(window or "", "窗口") or None,
        must_change=True,
    )
    password = passwords.new_password()
    hashed = passwords.hash_password(password)
    with store.begin() as connection:
        taken = {known.name.casefold() for known in people.list_accounts(connection)}
        if name.casefold() in taken:
            raise UsageError(f"已有登录名“{name}”。", "请另取一个；忘记口令的，请重置口令。")
        people.add_account(connection, account, hashed)
        told = {"account": name, "role": role.value}
        _write(connection, by, "account-added", told | ({"window": account.window or ""}))
    return password


def change(
    store: Store,
    by: str,
    name: str,
    *,
    role: Role | None = None,
    display_name: str | None = None,
    window: str | None = None,
) -> bool:
    """Change what is given of an account (an empty window: none); whether that changed anything.
    The person must log in anew. Raises UsageError."""
    with store.begin() as connection:
        before = _known(connection, name)
        wanted = {
            "role": before.role if role is None else role,
            "display_name": before.display_name
            if display_name is None
            else _text(display_name, "姓名") or name,
            "window": before.window if window is None else _text(window, "窗口") or None,
        }
        changes = {k: v for k, v in wanted.items() if getattr(before, k) != v}
        if not changes:
            return False
        if wanted["role"] != Role.ADMINISTRATOR:
            _must_leave_one(connection, name)
        people.set_account(connection, name, **changes)
        told = {"account": name}
        # A person's name is no code; that it was changed is told by its key alone.
        told |= {k: "" if k == "display_name" else str(v or "") for k, v in changes.items()}
        if "role" in changes:
            told["role_before"] = before.role.value
        _write(connection, by, "account-changed", told)
    return True


def set_active(store: Store, by: str, name: str, *, active: bool) -> None:
    """Let a person log in no more, at once, or again. Raises UsageError."""
    with store.begin() as connection:
        if _known(connection, name).active == active:
            return
        if not active:
            _must_leave_one(connection, name)
        people.set_account(connection, name, active=active)
        attempts.forgive(connection, name)
        action = "account-enabled" if active else "account-disabled"
        _write(connection, by, action, {"account": name})


def reset_password(store: Store, by: str, name: str) -> str:
    """A new password for a person, to be changed at the next login; who is logged in with the old
    one is logged out, and a lock ends. Raises UsageError."""
    password = passwords.new_password()
    hashed = passwords.hash_password(password)
    with store.begin() as connection:
        _known(connection, name)
        people.set_password(connection, name, hashed, must_change=True)
        attempts.forgive(connection, name)
        _write(connection, by, "password-reset", {"account": name})
    return password


def end_sessions(store: Store, by: str, name: str) -> int:
    """Log a person out everywhere; of how many sessions. Raises UsageError."""
    with store.begin() as connection:
        _known(connection, name)
        ended = people.end_sessions(connection, name)
        _write(connection, by, "sessions-ended", {"account": name, "sessions": str(ended)})
    return ended


def _must_leave_one(connection: Any, name: str) -> None:
    """Raise UsageError where nobody else could administrate."""
    if people.hold_administrators(connection) == {name}:
        raise UsageError(
            "这是最后一个可用的管理员，不能停用或改作其他角色。", "请先增加另一个管理员。"
        )


def _known(connection: Any, name: str) -> Account:
    account = people.find_account(connection, name) if name.isprintable() else None
    if account is None:
        raise UsageError(f"没有登录名“{name}”。", "请在用户列表中查看全部。")
    return account


def _text(text: str, what: str) -> str:
    text = text.strip()
    if len(text) > MAX_CHARS or not text.isprintable():
        raise UsageError(f"{what}最多 {MAX_CHARS} 个字符，不含换行等符号。", "请改短后再试。")
    return text


def _write(connection: Any, by: str, action: str, told: Mapping[str, str]) -> None:
    people.write_audit(connection, by, action, detail=told)
