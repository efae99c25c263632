"""Content keys: each part changes the key, what is no part does not."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from pipeline.content_key import (
    LIBRARIES,
    LISTING_LIMITS,
    code_digest,
    key_of,
    library_versions,
    limits_that_read,
)
from pipeline.settings import Limits


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package ``kept_code`` with a module, a table and a room, on the path."""
    folder = tmp_path / "kept_code"
    (folder / "room" / "deeper").mkdir(parents=True)
    for name in ("__init__.py", "rules.py", "room/__init__.py", "room/limits.toml", "words.csv"):
        (folder / name).write_text(f"# {name}\n")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    for name in [n for n in sys.modules if n.split(".")[0] == "kept_code"]:
        monkeypatch.delitem(sys.modules, name)
    return folder


def digest(*places: str) -> str:
    code_digest.cache_clear()
    return code_digest(*places)


@pytest.mark.parametrize(
    "name", ["rules.py", "words.csv", "room/limits.toml", "room/deeper/new.toml", "page.html"]
)
def test_code_digest_changes_with_any_code_or_table(package: Path, name: str) -> None:
    before = digest("kept_code")
    (package / name).write_text("changed\n")
    assert digest("kept_code") != before


def test_code_digest_changes_with_a_figure_that_is_as_long_as_before(package: Path) -> None:
    (package / "words.csv").write_text("limit,0.85\n")
    before = digest("kept_code")
    (package / "words.csv").write_text("limit,0.86\n")
    assert digest("kept_code") != before


def test_code_digest_changes_when_text_moves_from_one_table_to_the_next(package: Path) -> None:
    (package / "a.csv").write_text("one\ntwo\n")
    (package / "b.csv").write_text("three\n")
    before = digest("kept_code")
    (package / "a.csv").write_text("one\n")
    (package / "b.csv").write_text("two\nthree\n")
    assert digest("kept_code") != before


def test_code_digest_changes_when_a_table_goes_or_gets_another_name(package: Path) -> None:
    before = digest("kept_code")
    (package / "words.csv").rename(package / "names.csv")
    renamed = digest("kept_code")
    (package / "names.csv").unlink()
    assert len({before, renamed, digest("kept_code")}) == 3


@pytest.mark.parametrize("name", ["__pycache__/rules.cpython-311.pyc", "NOTICE.md", "py.typed"])
def test_code_digest_leaves_out_what_makes_no_result(package: Path, name: str) -> None:
    before = digest("kept_code")
    (package / name).parent.mkdir(exist_ok=True)
    (package / name).write_text("changed\n")
    assert digest("kept_code") == before


def test_code_digest_of_a_module_is_that_of_the_module_alone(package: Path) -> None:
    before = digest("kept_code.rules")
    (package / "words.csv").write_text("changed\n")
    assert digest("kept_code.rules") == before
    (package / "rules.py").write_text("changed\n")
    assert digest("kept_code.rules") != before


def test_code_digest_of_a_room_is_that_of_all_in_it(package: Path) -> None:
    before = digest("kept_code.room")
    (package / "rules.py").write_text("changed\n")
    assert digest("kept_code.room") == before
    (package / "room" / "limits.toml").write_text("changed\n")
    assert digest("kept_code.room") != before


def test_code_digest_of_what_is_not_there_is_an_error(package: Path) -> None:
    with pytest.raises(ModuleNotFoundError):
        digest("no_such_code")
    with pytest.raises(FileNotFoundError):
        digest("kept_code.nothing")


def test_key_takes_names_and_values_apart() -> None:
    keys = {key_of(a="1", b="2"), key_of(a="2", b="1"), key_of(ab="12"), key_of(a="1", b=None)}
    assert len(keys) == 4
    assert key_of(a="1", b="2") == key_of(b="2", a="1")


def _other(name: str) -> Limits:
    return Limits.model_validate({name: getattr(Limits(), name) + 1})


@pytest.mark.parametrize("name", sorted(set(Limits.model_fields) - LISTING_LIMITS))
def test_every_limit_that_reads_is_a_part(name: str) -> None:
    assert limits_that_read(_other(name)) != limits_that_read(Limits())


@pytest.mark.parametrize("name", sorted(LISTING_LIMITS))
def test_a_limit_that_changes_no_kept_reading_is_no_part(name: str) -> None:
    assert limits_that_read(_other(name)) == limits_that_read(Limits())


def test_versions_of_all_libraries_are_known() -> None:
    assert set(library_versions()) == set(LIBRARIES)
    assert all(library_versions().values())
