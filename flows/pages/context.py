"""What the pages work with: handed to the application when it is made, found by each request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, cast

from fastapi import Depends, Request

from flows.counter import today
from flows.reading import Reader
from pipeline.settings import Settings
from pipeline.store.cases import Store
from pipeline.store.objects import Objects


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class PageContext:
    """The office's store and objects, where results lie, and what time it is."""

    settings: Settings
    store: Store
    objects: Objects
    out: Path
    reader: Reader
    now: Callable[[], datetime] = _now
    today: Callable[[], date] = today


def page_context(request: Request) -> PageContext:
    """The context of the application that this request came to."""
    return cast(PageContext, request.app.state.context)


Context = Annotated[PageContext, Depends(page_context)]
