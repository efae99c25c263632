"""What the counter's routes stand on, and what they share."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from fastapi import HTTPException, Request, Response
from fastapi.templating import Jinja2Templates

from flows.desk.answer import Answer, Paper, answer_of
from flows.desk.desk import Desk
from flows.desk.stands import Stand
from pipeline.store.drafts import Draft


class CounterUser(Protocol):
    """Who is at the counter."""

    @property
    def name(self) -> str:
        """The account's name."""

    @property
    def window(self) -> str | None:
        """The window where it works."""


@dataclass(slots=True)
class Room:
    """``user``: a FastAPI dependency; ``audit``: writes down who did what with which case;
    ``work``: takes a case that has arrived to its end."""

    desk: Desk
    templates: Jinja2Templates
    user: Callable[..., CounterUser]
    audit: Callable[[CounterUser, str, str, str], None]
    work: Callable[[str], object]
    _opened: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def draft(self, draft_id: str, user: CounterUser) -> Draft:
        """A draft of this person's, or of the same window. Raises 404 for any other."""
        draft = self.desk.find(draft_id)
        mine = draft is not None and (
            draft.by == user.name or (user.window is not None and draft.window == user.window)
        )
        if draft is None or not mine:
            raise HTTPException(404, "没有这件申请，或它属于别的窗口。")
        return draft

    def open_draft(self, draft_id: str, user: CounterUser) -> Draft:
        """The same, while it may be changed. Raises 409 once it was submitted."""
        draft = self.draft(draft_id, user)
        if draft.closed_at is not None:
            raise HTTPException(409, "这件申请已提交，不能再改。如需补件，请按新的申请办理。")
        return draft

    def answer(self, draft: Draft, user: CounterUser) -> tuple[Stand, Answer]:
        """The draft as it stands, and what is said of it."""
        stand = self.desk.stand(draft)
        return stand, answer_of(stand, self.opened(draft, user))

    def paper(self, draft: Draft, user: CounterUser, key: str) -> tuple[Stand, Paper]:
        """One paper of a draft. Raises 404."""
        stand, answer = self.answer(draft, user)
        for paper in answer.papers:
            if paper.key == key:
                return stand, paper
        raise HTTPException(404, "这份材料已不在这件申请里。")

    def open_paper(self, draft: Draft, user: CounterUser, key: str) -> None:
        """Show a paper's values whole to this person from now on; it is written down once."""
        with self._lock:
            keys = self._opened[user.name, draft.id]
            if key in keys:
                return
            keys.add(key)
        self.audit(user, "open-values", draft.id, key.split("-")[2])

    def forget(self, name: str) -> None:
        """Mask everything for this person again."""
        with self._lock:
            for key in [key for key in self._opened if key[0] == name]:
                del self._opened[key]

    def opened(self, draft: Draft, user: CounterUser) -> frozenset[str]:
        """The papers that this person opened."""
        with self._lock:
            return frozenset(self._opened.get((user.name, draft.id), ()))

    def page(self, request: Request, template: str, user: CounterUser, **context: Any) -> Response:
        """A page of the counter."""
        values = {"user": user, **context}
        return self.templates.TemplateResponse(request, f"counter/{template}", values)
