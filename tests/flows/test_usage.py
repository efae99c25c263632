"""Usage errors speak Chinese, whatever typer calls them."""

from __future__ import annotations

import re

import pytest

from flows.cli import run_command
from pipeline.errors import ExitCode


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nonsense"], "没有“nonsense”这个命令"),
        (["runn", "x"], "您要的也许是：run"),
        (["check"], "缺少参数 folder"),
        (["guide"], "缺少选项 --matters"),
        (["run", "x", "--nope"], "没有“--nope”这个选项"),
        (["run", "x", "--out"], "选项 --out 后面缺少值"),
        (["check", "a", "b"], "多出了参数：b"),
        (["run", "x", "--out", "y", "--workers", "0"], "--workers 的值不对：不得小于 1"),
        (["score", "x", "--workers", "abc"], "--workers 的值不对：应为整数"),
        (["check", "x", "--accepted-on", "2026-13-01"], "“2026-13-01”不是日期，应如 2026-11-23"),
        (
            ["schema", "other"],
            "没有“other”，可用的是 record、packet、application、message、manifest、result、openapi",
        ),
    ],
)
def test_usage_error_is_said_in_chinese(
    capfd: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert run_command(arguments) == ExitCode.USAGE
    message = capfd.readouterr().err
    assert said in message
    assert not re.search(
        r"\b(No such|Missing|Invalid|should|requires|Value|Got|Did you)\b", message
    )
    assert f"yijianshi {arguments[0]} --help" in message or "yijianshi --help" in message


ENGLISH = re.compile(
    r"Usage|Options:|Commands:|Arguments:|Show this|default:|required|<(path|int|str|list)"
)


@pytest.mark.parametrize(
    "arguments",
    [[], ["--help"], *([name, "--help"] for name in ("run", "check", "schema", "guide"))],
)
def test_help_is_chinese(capfd: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    """B30. Without a command the help is shown, and nothing is called wrong."""
    assert run_command(arguments) == (ExitCode.DONE if arguments else ExitCode.USAGE)
    told = capfd.readouterr()
    assert "用法：yijianshi" in told.out and "选项：" in told.out
    assert not ENGLISH.search(told.out)
    assert "命令有误" not in told.err
