"""The tool that puts faults into guards: which faults, and that tests are asked about each."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tools.mutants.__main__ import main
from tools.mutants.operators import mutants_of

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]


def faults(source: str) -> set[str]:
    """What becomes of the one line that differs."""
    return {m.now for m in mutants_of("m.py", source)}


@pytest.mark.parametrize(
    ("source", "made"),
    [
        ("x = a < b", {"x = a >= b", "x = a <= b"}),
        ("x = a == b", {"x = a != b"}),
        ("x = a in b", {"x = a not in b"}),
        ("x = a and b", {"x = (a or b)"}),
        ("x = not a", {"x = (a)"}),
        ("x = a + b", {"x = (a - b)"}),
        ("x = any(a)", {"x = all(a)"}),
        ("x = 3", {"x = 4", "x = 2"}),
        ("x = 0.5", {"x = 0.75", "x = 0.333333"}),
        ("x = True", {"x = False"}),
        ("x = [a for a in b if a]", {"x = [a for a in b if True]"}),
        ("x = a if b else c", {"x = a if (not (b)) else c"}),
        ("a.append(b)", {"pass"}),
        ("x[0] = a", {"pass", "x[1] = a", "x[-1] = a"}),
        ("raise a", {"pass"}),
    ],
)
def test_each_kind_of_fault_is_made(source: str, made: set[str]) -> None:
    assert faults(source + "\n") == made


@pytest.mark.parametrize(
    "source",
    ['"""Words."""', 'x = "words"', "x: Literal[1]", 'x = f"{a + 1}"', "import a", "x = a"],
)
def test_texts_annotations_and_bindings_are_left_alone(source: str) -> None:
    assert faults(source + "\n") == set()


@pytest.mark.parametrize(
    ("declared", "made"),
    [
        ("bool", {"return True", "return False"}),
        ("str", {'return ""'}),
        ("list[str]", {"return []"}),
        ("Thing | None", {"return None"}),
    ],
)
def test_a_function_returns_nothing_of_what_it_says(declared: str, made: set[str]) -> None:
    assert faults(f"def f(a) -> {declared}:\n    return a\n") == made


def test_a_fault_is_one_place_behind_characters_of_several_bytes() -> None:
    (mutant, _) = [m for m in mutants_of("m.py", 'x = "公民", a < b\ny = 1\n') if m.line == 1]
    assert mutant.was == 'x = "公民", a < b'
    assert mutant.source in ('x = "公民", a >= b\ny = 1\n', 'x = "公民", a <= b\ny = 1\n')


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small repository of a module with a limit, and a test that holds one side of it."""
    (tmp_path / "guard.py").write_text("def is_high(x: int) -> bool:\n    return x > 2\n")
    (tmp_path / "test_guard.py").write_text(
        "from guard import is_high\n\ndef test_high() -> None:\n    assert is_high(9)\n"
        "    assert not is_high(1)\n"
    )
    (tmp_path / "test_wrong.py").write_text("def test_wrong() -> None:\n    assert False\n")
    (tmp_path / "pyproject.toml").write_text(
        '[tool.pytest.ini_options]\nmarkers = ["engine: x", "bench: x"]\n'
    )
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    return tmp_path


SCRIPT = """
import sys
from pathlib import Path
from tools.mutants.operators import mutants_of
from tools.mutants.runs import UnsoundTestsError, preload, run_on_copy
root = Path(sys.argv[1])
preload()
mutants = mutants_of("guard.py", (root / "guard.py").read_text())
try:
    runs = run_on_copy(root, mutants, [sys.argv[2]])
except UnsoundTestsError as error:
    print("unsound", error)
else:
    print(*sorted(f"{r.mutant.now} {r.outcome}" for r in runs), sep="\\n")
"""


def run_on(tree: Path, tests: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tree), tests],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    return done.stdout.splitlines()


def test_a_mutant_is_caught_where_its_test_fails_and_the_tree_is_left_as_it_was(tree: Path) -> None:
    before = {p.name: p.read_bytes() for p in tree.glob("*.py")}
    assert run_on(tree, "test_guard.py") == [
        "return False caught",
        "return True caught",
        "return x <= 2 caught",
        "return x > 1 survived",
        "return x > 3 survived",
        "return x >= 2 survived",
    ]
    assert {p.name: p.read_bytes() for p in tree.glob("*.py")} == before


def test_tests_that_fail_without_a_fault_catch_nothing(tree: Path) -> None:
    assert run_on(tree, "test_wrong.py") == ["unsound test_wrong.py"]


def test_every_guard_and_its_tests_are_there() -> None:
    table = tomllib.loads((ROOT / "tools" / "guards.toml").read_text(encoding="utf-8"))
    for file, tests in table["guards"].items():
        assert [name for name in (file, *tests) if not (ROOT / name).exists()] == []


def test_every_equivalent_mutant_is_one_and_says_why() -> None:
    table = tomllib.loads((ROOT / "tools" / "equivalent.toml").read_text(encoding="utf-8"))
    for row in table["mutant"]:
        made = mutants_of(row["file"], (ROOT / row["file"]).read_text(encoding="utf-8"))
        assert (row["was"], row["now"]) in {(m.was, m.now) for m in made}
        assert row["why"]


def test_nothing_to_do_is_no_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["no/such/module"]) == 0
    assert "no module" in capsys.readouterr().out
