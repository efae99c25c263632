"""A decision's transaction, in which nobody else works on its cases."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from flows.review.opened import NotDecided
from pipeline.store.cases import Store
from pipeline.store.leases import new_owner, release, take

CASE_LEASE = "case:"
WAIT_SECONDS = 3.0
"""How long a decision waits for whoever works on the case at this moment."""


@contextmanager
def alone_with(store: Store, case_ids: Iterable[str]) -> Iterator[Any]:
    """A transaction under the leases of these cases. Who reads or checks one at the moment is
    waited for. Raises NotDecided."""
    until = time.monotonic() + WAIT_SECONDS
    names = [CASE_LEASE + case_id for case_id in sorted(case_ids)]
    while True:
        with store.begin() as connection:
            # A name for this decision alone: two of one process are kept apart, too.
            owner = new_owner()
            leases = [take(connection, name, owner, seconds=60) for name in names]
            if None not in leases:
                yield connection
                for lease in leases:
                    if lease is not None:
                        release(connection, lease)
                return
            for lease in leases:
                if lease is not None:
                    release(connection, lease)
        if time.monotonic() > until:
            raise NotDecided("这一件正在重新识别或核验。", "请稍候几秒再试，输入的内容不会丢失。")
        time.sleep(0.05)
