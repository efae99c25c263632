"""Files are seen whole or not at all, also where several write the same one at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from flows.files import write_whole


@pytest.mark.parametrize("private", [True, False])
def test_several_who_write_the_same_file_at_once(tmp_path: Path, private: bool) -> None:
    """As two requests for a page's picture do that is drawn for the first time."""
    path, several = tmp_path / "page.json", 6
    together = threading.Barrier(several)

    def write(number: int) -> None:
        together.wait()
        for _ in range(40):
            write_whole(path, str(number) * 50_000, private=private)
            assert len(set(path.read_text(encoding="utf-8"))) == 1, "half of one, half of another"

    with ThreadPoolExecutor(several) as pool:
        list(pool.map(write, range(several)))
    assert len(path.read_text(encoding="utf-8")) == 50_000
    assert list(tmp_path.iterdir()) == [path]
