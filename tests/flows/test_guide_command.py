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


def test_what_is_closed_says_so_and_asks_for_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["guide", "-m", "M2", "--category", "foreign"]) == ExitCode.DONE
    out = capsys.readouterr().out
    assert "不能办理" in out and "要带的材料" not in out


def test_special_groups_and_proxies_are_asked_about(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["guide", "-m", "M2", "--category", "mainland"]) == ExitCode.DONE
    out = capsys.readouterr().out
    assert (
        "村干部证明（属村干部的才需要）" in out and "个人代办承诺书（委托他人代办的才需要）" in out
    )
    assert "没有说明、会影响材料的情况" in out
    said = ["guide", "-m", "M2", "--category", "mainland", "--special", "none", "--self"]
    assert run_command(said) == ExitCode.DONE
    out = capsys.readouterr().out
    assert "村干部" not in out and "承诺书" not in out and "没有说明" not in out


def test_condition_is_printed_when_it_was_not_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["guide", "-m", "M5"]) == ExitCode.DONE
    assert "（大陆居民不在户籍地参保的才需要）" in capsys.readouterr().out


def test_json_is_one_value(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["guide", "-m", "M5,M7", "--json"]) == ExitCode.DONE
    made = json.loads(capsys.readouterr().out)
    assert [m["code"] for m in made["matters"]] == ["M5", "M7"]
    assert made["conflicts"]
    assert made["matters"][0]["online_workdays"] == 0


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
    err = capsys.readouterr().err
    assert err
    if "M10" in arguments:
        assert "M4 社会保障卡" in err  # codes with their names


def test_a_mistyped_setting_is_said_though_the_guide_needs_none(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YIJIANSHI_WORKER", "3")
    assert run_command(["guide", "-m", "M2"]) == ExitCode.USAGE
    assert "YIJIANSHI_WORKER" in capsys.readouterr().err
