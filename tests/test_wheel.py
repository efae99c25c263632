"""The wheel: built, put into an empty environment, and used there as a stranger would."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_string
from email.message import Message
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from pipeline import __version__

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[1]
SHIPPED = ("pipeline", "extractors", "validators", "flows")
OF_THE_PROJECT = ("pyproject.toml", "requirements.in", "README.md", "LICENSE")
NOTICES = "THIRD_PARTY_NOTICES.md"
CASE = "b03-card-expired"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of the tree: building leaves things behind."""
    tree = tmp_path_factory.mktemp("tree")
    for name in (*SHIPPED, "samples"):
        shutil.copytree(
            ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__", "inbox")
        )
    for name in (*OF_THE_PROJECT, NOTICES):
        shutil.copy(ROOT / name, tree / name)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    build = [*pip, "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", "built", "."]
    subprocess.run(build, cwd=tree, check=True, capture_output=True, env=_outside())
    (made,) = (tree / "built").glob("*.whl")
    return made


@dataclass(frozen=True)
class Installed:
    """An environment that holds the wheel, and this one's packages for what it needs."""

    folder: Path

    @property
    def packages(self) -> Path:
        (found,) = self.folder.glob("lib/python*/site-packages")
        return found

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run yijianshi, away from the tree."""
        program = self.folder / "bin" / "yijianshi"
        return subprocess.run(
            [str(program), *arguments],
            cwd=self.folder,
            env=_outside() | variables,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    made = Installed(tmp_path_factory.mktemp("stranger"))
    venv.create(made.folder, with_pip=False)
    python = str(made.folder / "bin" / "python")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python]
    install = [*pip, "install", "--quiet", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(install, check=True, capture_output=True, env=_outside())
    ours = Path(sysconfig.get_path("purelib"))
    (made.packages / "what-it-needs.pth").write_text(f"{ours}\n")
    return made


def _outside() -> dict[str, str]:
    """The environment variables, without those that would lead back into the tree."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def _metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        return message_from_string(archive.read(name).decode())


def test_version_of_the_wheel_is_that_of_the_program(wheel: Path, installed: Installed) -> None:
    assert _metadata(wheel)["Version"] == __version__
    assert installed.run("--version").stdout == f"yijianshi {__version__}\n"


def test_everything_that_ships_is_in_the_wheel_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    there = {
        path.relative_to(ROOT).as_posix()
        for package in SHIPPED
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert packed == there


def test_licence_and_notices_travel_with_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    for notice in ("licenses/LICENSE", f"licenses/{NOTICES}"):
        assert any(name.endswith(f".dist-info/{notice}") for name in names)
    assert "pipeline/reference/NOTICE.md" in names


def _imported() -> Iterator[str]:
    """Top-level names of the packages that what ships imports."""
    for package in SHIPPED:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Import):
                    yield from (alias.name.split(".")[0] for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    yield node.module.split(".")[0]


def test_every_package_that_is_imported_is_declared(wheel: Path) -> None:
    required = _metadata(wheel).get_all("Requires-Dist") or []
    declared = {_plain(re.split(r"[^\w.-]", line, maxsplit=1)[0]) for line in required}
    known = packages_distributions()
    names = set(_imported()) - set(sys.stdlib_module_names) - set(SHIPPED)
    lacking = {n for n in names if not declared & {_plain(d) for d in known.get(n, [n])}}
    assert lacking == set()
    assert {"openvino", "onnxruntime", "cvttf-notosanscjk-regular", "structlog"} <= declared


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.engine
def test_an_installed_wheel_checks_a_case(installed: Installed) -> None:
    expected = json.loads((ROOT / "samples" / "inbox-expected.json").read_text("utf-8"))[CASE]
    done = installed.run("check", str(ROOT / "samples" / "inbox" / CASE), "--json", "-j", "1")
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert record["status"] == expected["status"]
    assert record["provenance"]["pipeline"] == __version__
    assert set(expected["must_have"]) <= {found["rule"] for found in record["findings"]}


def test_without_model_files_it_says_what_to_do(installed: Installed, tmp_path: Path) -> None:
    case = tmp_path / "07"
    case.mkdir()
    done = installed.run("check", str(case), YIJIANSHI_CACHE=str(tmp_path / "empty"))
    assert done.returncode == 4
    assert "缺少模型文件" in done.stderr and "yijianshi weights" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_the_table_of_model_files_it_says_so(installed: Installed, tmp_path: Path) -> None:
    case = tmp_path / "07"
    case.mkdir()
    table = installed.packages / "pipeline" / "ocr" / "weights.toml"
    content = table.read_bytes()
    table.unlink()
    try:
        runs = [installed.run("check", str(case)), installed.run("weights")]
    finally:
        table.write_bytes(content)
    for done in runs:
        assert done.returncode == 4
        assert "weights.toml" in done.stderr and "重新安装" in done.stderr
        assert "Traceback" not in done.stderr
