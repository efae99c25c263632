"""What a command does not need is not imported before it runs."""

from __future__ import annotations

import subprocess
import sys

HEAVY = {"cv2", "extractors", "validators", "prefect", "openvino", "paddleocr", "sqlalchemy"}


def test_help_imports_nothing_that_reads_or_judges() -> None:
    script = (
        "import sys\n"
        "from flows.cli import run_command\n"
        "run_command(['--help'])\n"
        f"print(sorted({HEAVY!r} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"
