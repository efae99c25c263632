"""``/healthz``, ``/readyz``, ``/metrics`` of the pages: without a login, since they tell counts
alone."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from flows.pages.context import Context
from flows.seeing.health import PATHS, answer
from flows.seeing.status import Status, read_status

router = APIRouter()


def health(request: Request, context: Context) -> Response:
    """See :mod:`flows.seeing.health`."""

    def read() -> Status:
        today, now = context.today(), context.now()
        return read_status(context.settings, context.store, context.out, today, now=now)

    given = answer(request.url.path, read)
    if given is None:
        return Response(status_code=404)
    headers = {"cache-control": "no-store"}
    return Response(given.body, given.status, headers, media_type=given.kind)


for _path in PATHS:
    router.add_api_route(_path, health, methods=["GET"])
