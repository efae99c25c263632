"""What check read is kept for the next check: for its owner alone, and not for ever."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import pytest

from flows import counter
from flows.counter import check_case
from flows.kept_readings import KEPT_DAYS, KeptReadings
from pipeline.file_reading import FileReading
from pipeline.settings import Settings
from tests.flows.fake_reading import InlinePool, fake_reader
from tests.pipeline.sheets.scans import noise, scanned_pdf

KEY = "k" * 64
READING = FileReading(sha256="a" * 64, pages=1)


def test_a_reading_comes_back_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    kept = KeptReadings(tmp_path / "cache" / "readings")
    assert kept.find_reading(KEY) is None
    kept.write_reading(KEY, READING)
    assert KeptReadings(tmp_path / "cache" / "readings").find_reading(KEY) == READING
    (file,) = (tmp_path / "cache" / "readings").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) & 0o077 == 0


def test_what_is_old_is_deleted(tmp_path: Path) -> None:
    kept = KeptReadings(tmp_path)
    for days, key in ((KEPT_DAYS + 1, "old"), (KEPT_DAYS - 1, "new")):
        kept.write_reading(key, READING)
        then = time.time() - days * 24 * 3600
        os.utime(tmp_path / f"{key}.json", (then, then))
    KeptReadings(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["new.json"]


@pytest.mark.parametrize("text", ["", "{", '{"sha256": 1}'])
def test_a_damaged_reading_is_read_anew(text: str, tmp_path: Path) -> None:
    (tmp_path / f"{KEY}.json").write_text(text, encoding="utf-8")
    assert KeptReadings(tmp_path).find_reading(KEY) is None


def test_a_folder_that_cannot_be_used_stands_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    kept = KeptReadings(tmp_path / "file" / "readings")
    kept.write_reading(KEY, READING)
    assert kept.find_reading(KEY) is None


@pytest.mark.parametrize(("keep", "read_again"), [(True, 1), (False, 2)])
def test_the_next_check_reads_only_what_is_new(
    keep: bool, read_again: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = tmp_path / "case"
    case.mkdir()
    (case / "1.pdf").write_bytes(scanned_pdf([noise(1)]))
    monkeypatch.setenv("YIJIANSHI_CACHE", str(tmp_path / "cache"))
    pools = []

    def reader(
        settings: Settings, workers: int, *, store: KeptReadings | None, **_: object
    ) -> object:
        pools.append(InlinePool())
        return fake_reader(settings, tmp_path / "models", store, pools[-1])

    monkeypatch.setattr(counter, "Reader", reader)
    check_case(case, keep=keep)
    (case / "2.pdf").write_bytes(scanned_pdf([noise(2)]))
    check_case(case, keep=keep)
    assert [pool.asked for pool in pools] == [1, read_again]
    assert (tmp_path / "cache" / "readings").exists() is keep
