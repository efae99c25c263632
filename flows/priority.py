"""How much of the machine a process may take from others that want it too.

A person waits for the counter, nobody for the batch. Linux may share the processor between login
sessions first and between their processes only then (autogroup, sched(7)); a process that steps
back therefore leaves its session and lowers its own group as well.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

BATCH_NICE = 15
"""Of the batch's reading processes: beside a process of the counter on the same core they get a
thirtieth of it (weights 36 and 1024 of Linux), alone all of it."""

_AUTOGROUP = Path("/proc/self/autogroup")
_TRIES = 5
_WAIT_SECONDS = 0.12
"""Linux takes one change of a group's level in a tenth of a second."""


def step_back(nice: int) -> None:
    """Give way to processes of a lower level from now on; 0 changes nothing. Never raises: a
    process that may not step back works all the same."""
    if nice <= 0:
        return
    with suppress(OSError):
        os.nice(nice)
    if not _AUTOGROUP.exists():
        return
    with suppress(OSError):  # a process that leads its session already has a group of its own
        os.setsid()
    for _ in range(_TRIES):
        with suppress(OSError):
            _AUTOGROUP.write_text(str(nice), encoding="ascii")
            return
        time.sleep(_WAIT_SECONDS)
