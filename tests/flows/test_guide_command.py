"""``yijianshi guide``."""

from __future__ import annotations

import json

import pytest

from flows.cli import run_command
from pipeline.errors import ExitCode


def test_list_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["guide", "--matters", "m2，M4", "--special", "SG1", "--category", "mainland"]
    assert run_command(arguments) == ExitCode.DONE
    out = capsys.readouterr().out
    assert "[ ] 居民户口簿：带原件查验" in out
    assert "残疾人证" in out and "制卡人照片" in out
    assert "港澳台居民居住证（" not in out


def test_condition_is_printed_when_it_was_not_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["guide", "-m", "M5"]) == ExitCode.DONE
    assert "（大陆居民不在户籍地参保的才需要）" in capsys.readouterr().out


def test_json_is_one_value(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["guide", "-m", "M5,M7", "--json"]) == ExitCode.DONE
    made = json.loads(capsys.readouterr().out)
    assert [m["code"] for m in made["matters"]] == ["M5", "M7"]
    assert made["conflicts"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--matters", "M10"],
        ["--matters", ""],
        ["--matters", "M2", "--special", "SG9"],
        ["--matters", "M6", "--changes", "hair"],
        ["--matters", "M2", "--verified", "moon"],
        [],
    ],
)
def test_wrong_word_is_refused_with_what_is_allowed(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["guide", *arguments]) == ExitCode.USAGE
    assert capsys.readouterr().err
