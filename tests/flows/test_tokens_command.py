"""``yijianshi tokens``: a token is shown once, and ends when it is told to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from flows.cli import run_command
from flows.review_command import open_office
from pipeline.store.tokens import Scope, find_token


def run(*words: str, out: Path) -> int:
    return run_command(["tokens", *words, "--out", str(out)])


def test_a_token_is_made_listed_and_ended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = ("create", "税务", "--scope", "packets:read", "--scope", "cases:read")
    assert run(*made, "--days", "7", "--department", "tax", out=tmp_path) == 0
    shown = capsys.readouterr()
    token = shown.out.strip()  # alone on standard output, for scripts
    assert "只显示这一次" in shown.err
    with open_office(tmp_path).snapshot() as connection:
        found = find_token(connection, token)
        told = connection.execute(text("SELECT action, detail FROM audit_entry")).one()
    assert found is not None
    assert found.scopes == {Scope.PACKETS_READ, Scope.CASES_READ}
    assert found.department == "tax"
    assert abs(found.until - datetime.now(UTC) - timedelta(days=7)) < timedelta(minutes=5)
    assert told[0] == "token-made"
    assert token not in str(told)

    assert run("list", out=tmp_path) == 0
    listed = capsys.readouterr().out
    assert "税务  cases:read packets:read  只限 tax  到期" in listed
    assert "从未使用" in listed
    assert token not in listed
    assert run("revoke", "税务", out=tmp_path) == 0
    capsys.readouterr()
    run("list", out=tmp_path)
    assert "（已停用）" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("create", "a", "--scope", "everything"), "没有权限“everything”"),
        (("create", "a"), "--scope"),
        (("create", "a" * 41, "--scope", "cases:read"), "1 至 40 个字符"),
        (("create", "有", "--scope", "cases:read"), "已有令牌“有”"),
        (("create", "a", "--scope", "cases:read", "--days", "0"), "--days"),
        (("revoke", "无"), "没有令牌“无”"),
    ],
)
def test_what_is_wrong_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    assert run("create", "有", "--scope", "cases:read", out=tmp_path) == 0
    capsys.readouterr()
    assert run(*words, out=tmp_path) == 2
    assert said in capsys.readouterr().err
