"""Processes that tests end."""

from __future__ import annotations

from contextlib import suppress

import psutil


def kill_tree(pid: int, *, wait_seconds: float = 0.0) -> None:
    """Kill a process and all that it started at once, as a power cut does, and wait for their end
    as long as this. Nothing where there is no such process."""
    try:
        main = psutil.Process(pid)
        # The first is whoever would start the others again.
        family = [main, *main.children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    for process in family:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    if wait_seconds:
        psutil.wait_procs(family, timeout=wait_seconds)
