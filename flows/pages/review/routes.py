"""All routes of the reviewer's pages."""

from __future__ import annotations

from fastapi import APIRouter

from flows.pages.review.case import add_case
from flows.pages.review.queue import add_queue
from flows.pages.review.room import ReviewRoom


def review_router(room: ReviewRoom) -> APIRouter:
    """Everything below ``/review``."""
    router = APIRouter(prefix="/review", tags=["review"])
    add_queue(router, room)
    add_case(router, room)
    return router
