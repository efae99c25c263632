"""What a command does not need is not imported before it runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HEAVY = {
    "cv2",
    "extractors",
    "numpy",
    "openvino",
    "paddleocr",
    "prefect",
    "pydantic",
    "sqlalchemy",
    "validators",
}
READS_TEXT = {"extractors", "openvino", "paddleocr", "prefect", "sqlalchemy"}


def test_help_imports_nothing_that_reads_or_judges() -> None:
    assert imported_by("--help", among=HEAVY) == "[]"


def test_a_photo_does_not_wait_for_what_reads_text(tmp_path: Path) -> None:
    picture = tmp_path / "photo.jpg"
    picture.write_bytes(b"no picture")
    assert imported_by("photo", str(picture), among=READS_TEXT) == "[]"


def imported_by(*arguments: str, among: set[str]) -> str:
    """Which of these modules a command has imported when it ends, as a list's text."""
    script = (
        "import sys\n"
        "from flows.cli import run_command\n"
        f"run_command({list(arguments)!r})\n"
        f"print(sorted({among!r} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()[-1]
