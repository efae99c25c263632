"""The engine of the test's workers: plays a tape, and waits as long as it is told a page, as if
somebody else computed."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from flows import worker
from flows.telling import Address
from pipeline.model import Image, Line, Quad
from pipeline.ocr.replay import ReplayEngine
from pipeline.settings import Settings

TAPE = Path(__file__).parents[1] / "tapes" / "id-card-copy"
WAIT = "REPLAY_WAIT_SECONDS"


class WaitingEngine(ReplayEngine):
    """Answers from a tape, not at once."""

    def detect(self, image: Image, long_side_px: int = 960) -> list[Quad]:
        """As recorded."""
        time.sleep(float(os.environ.get(WAIT, "0")))
        return super().detect(image, long_side_px)

    def recognise(self, image: Image, quads: Sequence[Quad]) -> list[Line]:
        """As recorded."""
        return super().recognise(image, quads)


def start(settings: Settings, address: Address | None = None) -> None:
    """In place of :func:`flows.worker.start`. It does not step back: beside other tests it would
    wait for ever."""
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, 0)
        Path("/proc/self/autogroup").write_text("0", encoding="ascii")
    worker.start_with(settings, WaitingEngine(TAPE / "tape.json.gz"), None, address)
