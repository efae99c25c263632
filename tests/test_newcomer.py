"""What newcomers met: every number of ``newcomer.toml`` has its tests; the last ones are here."""

from __future__ import annotations

import re
import stat
import tomllib
from pathlib import Path

import pytest

from flows.cli import run_command
from flows.notice import Letterhead, render_notice
from pipeline.model import Application, Request
from pipeline.settings import Settings
from tests.validators.applications import TODAY, card, record

HERE = Path(__file__).parent
TESTS: dict[str, list[str]] = tomllib.loads((HERE / "newcomer.toml").read_text(encoding="utf-8"))
Capture = pytest.CaptureFixture[str]


def test_every_number_has_tests_that_there_are() -> None:
    assert list(TESTS) == [f"B{n}" for n in range(1, 38)]
    for number, tests in TESTS.items():
        assert tests, number
        for test in tests:
            file, _, name = test.partition("::")
            text = (HERE / file).read_text(encoding="utf-8")
            assert re.search(rf"^def {name}\(", text, re.MULTILINE), f"{number}: {test}"


def test_where_the_matters_are_not_known_nothing_is_promised() -> None:
    """B4: whoever does not say what is asked for is not told that nothing else is needed."""
    for papers, asked in ((card(),), "申请表"), ((), "居民身份证"):
        page = render_notice(record(Application("001", Request(), papers)), TODAY, Letterhead())
        assert asked in page
        assert "清单以外的材料不需要再交" not in page


def test_check_of_an_inbox_names_the_command_for_it(capfd: Capture, tmp_path: Path) -> None:
    for name in ("001", "002"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "application.json").write_text('{"matters": ["M3"]}', "utf-8")
    assert run_command(["check", str(tmp_path)]) != 0
    told = capfd.readouterr().err
    assert "这是收件箱" in told and "yijianshi run" in told


def test_an_empty_inbox_says_so(capfd: Capture, tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    assert run_command(["run", str(tmp_path / "inbox"), "--out", str(tmp_path / "out")]) == 0
    assert "收件箱是空的" in capfd.readouterr().out


def test_doctor_lists_every_setting_with_its_value_and_origin(
    capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YIJIANSHI_WORKERS", "3")
    run_command(["doctor"])
    told = capfd.readouterr().out
    for name in Settings.model_fields:
        assert f"YIJIANSHI_{name.upper()}" in told, name
    (line,) = [line for line in told.splitlines() if "YIJIANSHI_WORKERS" in line]
    assert "3" in line


def test_what_a_command_writes_is_its_owner_s_alone(tmp_path: Path) -> None:
    """B37: files 0600, folders 0700, whatever the machine's own mask."""
    (tmp_path / "inbox").mkdir()
    out = tmp_path / "out"
    assert run_command(["run", str(tmp_path / "inbox"), "--out", str(out)]) == 0
    assert run_command(["form", str(out / "申请表.pdf"), "--force"]) == 0
    paths = [out, *out.rglob("*")]
    assert any(path.is_file() for path in paths)
    for path in paths:
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), path
