"""What the reviewer's routes stand on, and what they share."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from fastapi import HTTPException, Request, Response
from fastapi.templating import Jinja2Templates
from pydantic import BaseModel, ConfigDict

from flows.review.desk import Desk
from flows.review.opened import OpenCase
from pipeline.errors import InputError


class Sent(BaseModel):
    """What a browser sends. What is not asked for (its token against forgery) is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class ReviewUser(Protocol):
    """Who reviews."""

    @property
    def name(self) -> str:
        """The account's name."""


@dataclass(slots=True)
class ReviewRoom:
    """``user``: a FastAPI dependency that lets reviewers in; ``audit``: writes down who did what
    with which case (user, action, case id, codes)."""

    desk: Desk
    templates: Jinja2Templates
    user: Callable[..., ReviewUser]
    audit: Callable[[ReviewUser, str, str, str], None]
    _opened: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def open_values(self, user: ReviewUser, case_id: str, how: str) -> None:
        """Show a case's values whole to this person from now on; written down each time that it
        was closed before."""
        with self._lock:
            if case_id in self._opened[user.name]:
                return
            self._opened[user.name].add(case_id)
        self.audit(user, "open-values", case_id, how)

    def close_values(self, user: ReviewUser, case_id: str) -> None:
        """Mask a case's values for this person again."""
        with self._lock:
            self._opened[user.name].discard(case_id)

    def forget(self, name: str) -> None:
        """Mask everything for this person again."""
        with self._lock:
            self._opened.pop(name, None)

    def is_open(self, user: ReviewUser, case_id: str) -> bool:
        """Whether this person may see the case's values."""
        with self._lock:
            return case_id in self._opened[user.name]

    def must_be_open(self, user: ReviewUser, case_id: str) -> None:
        """Scans and values are for those who opened the case, which is written down. Raises 403."""
        if not self.is_open(user, case_id):
            raise HTTPException(403, "这一件的内容尚未打开。")

    def open(self, case_id: str, user: ReviewUser) -> OpenCase:
        """The case as it lies before this person. Raises 404."""
        try:
            return self.desk.open(case_id, user.name)
        except InputError as error:
            raise HTTPException(404, f"{error.message}{error.hint}") from error

    def page(
        self, request: Request, template: str, user: ReviewUser, status: int = 200, **context: Any
    ) -> Response:
        """A page of the reviewer."""
        values = {"user": user, **context}
        return self.templates.TemplateResponse(
            request, f"review/{template}", values, status_code=status
        )
