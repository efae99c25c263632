"""A Chromium is found wherever the set-up put it; one of another content than was tried is not
run."""

from __future__ import annotations

import io
import platform
import tarfile
from pathlib import Path

import pytest

from tools import browser


def program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without a browser; the folder of its programs."""
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setattr(browser, "HOME", tmp_path / "home" / "chromium")
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    return programs


def test_the_machine_s_own_comes_before_the_package_s(bare: Path) -> None:
    assert browser.find_chromium() is None
    taken = browser.HOME / "chromium"
    program(taken, "#!/bin/sh\n")
    assert browser.find_chromium() == taken
    program(bare / "chromium", "#!/bin/sh\n")
    assert browser.find_chromium() == bare / "chromium"


def test_without_npm_it_says_what_to_do(bare: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert browser.fetch() == 4
    assert "没有 npm" in capsys.readouterr().err


def test_another_content_is_not_run(
    bare: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    packed = tmp_path / "other.tgz"
    with tarfile.open(packed, "w:gz") as archive:
        told = tarfile.TarInfo("package/bin/chromium.br")
        archive.addfile(told, io.BytesIO())
    program(bare / "npm", f"#!/bin/sh\n/bin/cp {packed} got.tgz\n")
    program(bare / "node", "#!/bin/sh\n/bin/touch /nowhere\n")
    assert browser.fetch() == 4
    assert "内容与试用过的不同" in capsys.readouterr().err
    assert browser.find_chromium() is None


def test_letters_come_from_the_wheel(tmp_path: Path) -> None:
    environment = browser.with_fonts(tmp_path)
    settings = Path(environment["FONTCONFIG_FILE"]).read_text(encoding="utf-8")
    folder = Path(settings.split("<dir>")[1].split("</dir>")[0])
    assert list(folder.glob("*.otf"))
