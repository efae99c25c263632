"""``yijianshi demo`` in a process of its own, with an engine that reads nothing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from flows import demo, worker
from flows.cli import run_command
from flows.desk import warm
from flows.reading import Reader
from tests.flows.fake_reading import InlinePool, model_folders
from tests.reader import NothingRead


def main(inbox: str, out: str, port: str) -> int:
    """Run it until it is interrupted; an exit code."""
    folder = Path(out).with_name("models")

    def reader(settings: Any, workers: int | None = None, **ways: Any) -> Reader:
        worker.start_with(settings, NothingRead(), None)
        return Reader(settings, 1, weights=model_folders(folder), pool=InlinePool(), **ways)

    for module in (demo, warm):
        setattr(module, "Reader", reader)  # noqa: B010  what a module imports is not its own to type
    return run_command(["demo", inbox, "--out", out, "--port", port])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
