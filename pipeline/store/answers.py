"""What was answered to requests that may come again, by the key that their sender chose.

A sender whose connection broke cannot know whether its request was carried out; it sends it again
under the same key and gets the first answer. While a request is being carried out its key is held
by a lease, so that a server that died holds none for ever.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from pipeline.model import Frozen
from pipeline.store.cases import CaseState
from pipeline.store.tables import api_answer as _answer
from pipeline.store.tables import case_state as _case

KEPT_DAYS = 30


class Answer(Frozen):
    """What was answered: ``digest`` of what had been sent, ``answer`` as JSON."""

    token: str
    key: str
    digest: str
    case_id: str
    answer: str
    made_at: datetime


def lease_name(token: str, key: str) -> str:
    """The name of the lease under which a key is held; keys are of any length and letters."""
    return f"request:{hashlib.sha256(f'{token} {key}'.encode()).hexdigest()}"


def find_answer(connection: Connection, token: str, key: str) -> Answer | None:
    """What was answered to this token's request of this key."""
    wanted = select(_answer).where(_answer.c.token == token, _answer.c.key == key)
    row = connection.execute(wanted).first()
    return None if row is None else Answer.model_validate(dict(row._mapping))


def keep_answer(connection: Connection, answer: Answer) -> None:
    """Keep what was answered, and forget what is older than :data:`KEPT_DAYS`."""
    oldest = datetime.now(UTC) - timedelta(days=KEPT_DAYS)
    connection.execute(delete(_answer).where(_answer.c.made_at < oldest))
    connection.execute(insert(_answer).values(answer.model_dump()))


def unfinished(connection: Connection) -> list[str]:
    """The cases that came in by such requests and have not come to an end, the oldest first."""
    states = (CaseState.ARRIVED.value, CaseState.RUNNING.value)
    found = (
        select(_case.c.case_id)
        .where(_case.c.state.in_(states), _case.c.case_id.in_(select(_answer.c.case_id)))
        .order_by(_case.c.arrived_at, _case.c.case_id)
    )
    return [*connection.scalars(found)]
