"""The trace of a run: what happened to which case, as JSON lines for whoever mends it.

Case ids, codes, counts and places in our code, nothing else: a key that is not in KEYS is dropped
before anything is written, so that no value of a paper, no text that was read and no file's name
can get there by accident. Silent where no file was given: a terminal is for results.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self, TextIO, cast

import structlog

from pipeline.errors import StoreError

LOG_FILE = "run.log"
log: Any = structlog.get_logger()
"""``log.info("case done", case=…)``. Writes nothing outside :func:`tracing`."""
KEYS = frozenset(
    {"event", "level", "timestamp", "version", "case", "cases", "state", "status", "rules"}
    | {"files", "pages", "seconds", "resumed", "attempts", "kinds", "places", "step"}
    | {"target", "kind", "policy"}
)
"""What may be written."""

Event = MutableMapping[str, Any]


def _only_known(_: object, __: str, event: Event) -> Event:
    return {key: value for key, value in event.items() if key in KEYS}


def _drop(_: object, __: str, event: Event) -> Event:
    raise structlog.DropEvent


class _Patient:
    """The file, where a full disk loses lines and nothing else: a case that is done is done,
    whether or not that can be written here."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._out.close()

    def write(self, text: str) -> int:
        """As a file's."""
        with suppress(OSError):
            return self._out.write(text)
        return 0

    def flush(self) -> None:
        """As a file's."""
        with suppress(OSError):
            self._out.flush()


def quiet() -> None:
    """Write nothing anywhere."""
    structlog.configure(processors=[_drop], cache_logger_on_first_use=False)


@contextmanager
def tracing(file: Path) -> Iterator[None]:
    """Write the events of this block to the end of a file. Raises StoreError where it cannot be
    written."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        out = file.open("a", encoding="utf-8", buffering=1)
    except OSError as error:
        raise StoreError(
            f"无法写入运行日志“{file.name}”。", "请检查结果目录是否可写、磁盘是否已满。"
        ) from error
    with _Patient(out) as patient:
        structlog.configure(
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                _only_known,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            logger_factory=structlog.WriteLoggerFactory(cast(TextIO, patient)),
            cache_logger_on_first_use=False,
        )
        try:
            yield
        finally:
            quiet()


quiet()
