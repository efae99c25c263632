"""A case is split, or two are joined, by a person who looked: what a stack was told apart into, or
what came in two envelopes.

Files change hands; their bytes and what was read of them stay. Under which content a case came in
stays, too, so that the same scans in an inbox bring back nothing that a person divided.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import PurePosixPath

from sqlalchemy import Connection, delete, insert, select, update

from pipeline.errors import InputError
from pipeline.intake.names import folded, unique
from pipeline.store.arrivals import ARRIVING, Policy
from pipeline.store.cases import CaseState
from pipeline.store.database import in_turn
from pipeline.store.files import CaseFile, files_of, put_file, take_file
from pipeline.store.leases import held_by_other
from pipeline.store.outbox import revoke
from pipeline.store.outgoing import messages_of
from pipeline.store.tables import arrival as _arrival
from pipeline.store.tables import case_finding as _finding
from pipeline.store.tables import case_mark as _mark
from pipeline.store.tables import case_matter as _matter
from pipeline.store.tables import case_state as _case

STACK = "SRC-STACK"


def split(connection: Connection, case_id: str, names: Sequence[str], *, now: datetime) -> str:
    """Take files out of a case and make them one of its own; its id. Both are checked anew.

    Raises InputError where there is no such case or file, where nothing would be left, or where the
    case is worked on or closed.
    """
    in_turn(connection, ARRIVING)  # ids are given out one at a time
    _open_case(connection, case_id, now)
    files = files_of(connection, case_id)
    known = {file.name: file for file in files}
    if unknown := [name for name in names if name not in known]:
        raise InputError(
            f"案件“{case_id}”中没有文件：{'、'.join(unknown)}。",
            f"其中的文件是：{'、'.join(known)}。",
        )
    taken = [known[name] for name in dict.fromkeys(names)]
    if not taken or len(taken) == len(files):
        raise InputError("须分出一部分文件，也须留下一部分。", f"共有：{'、'.join(known)}。")
    new_id = _free_id(connection, case_id)
    row = {
        "case_id": new_id,
        "state": CaseState.ARRIVED.value,
        "content_key": "",
        "attempts": 0,
        "changed_at": now,
        "arrived_at": now,
        "folded_id": folded(new_id),
        "given_name": new_id,
        "is_folder": True,
    }
    connection.execute(insert(_case).values(row))
    for file in taken:
        take_file(connection, case_id, file.name, file.sha256)
        put_file(connection, new_id, file)
    _anew(connection, case_id, now)
    _note(connection, new_id, f"{case_id} 分出", Policy.SPLIT, now)
    return new_id


def join(connection: Connection, case_id: str, other: str, *, now: datetime) -> list[str]:
    """Put all files of another case to a case; under which names. The other one is no case any
    more: what was sent of it is taken back, and nothing waits for it. Raises InputError as
    :func:`split`."""
    in_turn(connection, ARRIVING)  # ids are given out one at a time
    if case_id == other:
        raise InputError("不能与自己合并。", "请指定两件不同的申请。")
    _open_case(connection, case_id, now)
    _open_case(connection, other, now)
    here = [file.name for file in files_of(connection, case_id)]
    names: list[str] = []
    for file in files_of(connection, other):
        name = _name_beside(file.name, other, [*here, *names])
        put_file(connection, case_id, CaseFile(**{**file.model_dump(), "name": name}))
        take_file(connection, other, file.name, file.sha256)
        names.append(name)
    for target in {message.target for message in messages_of(connection, other)}:
        revoke(connection, other, target, now=now)
    for table in (_finding, _matter, _mark):
        connection.execute(delete(table).where(table.c.case_id == other))
    ended = {
        "state": CaseState.JOINED.value,
        "status": None,
        "doubts": 0,
        "changed_at": now,
        "closed_at": now,
        "trouble": None,
    }
    connection.execute(update(_case).where(_case.c.case_id == other).values(ended))
    connection.execute(update(_case).where(_case.c.case_id == case_id).values(is_folder=True))
    _anew(connection, case_id, now)
    _note(connection, case_id, f"与 {other} 合并", Policy.JOINED, now)
    return names


def waiting_parts(connection: Connection) -> list[str]:
    """The cases that were split off or joined and have yet to be checked: no inbox holds them as
    they are."""
    divided = select(_arrival.c.case_id).where(
        _arrival.c.policy.in_((Policy.SPLIT.value, Policy.JOINED.value))
    )
    waits = (CaseState.ARRIVED.value, CaseState.RUNNING.value)
    found = select(_case.c.case_id).where(_case.c.state.in_(waits), _case.c.case_id.in_(divided))
    return [*connection.scalars(found.order_by(_case.c.case_id))]


def _open_case(connection: Connection, case_id: str, now: datetime) -> None:
    found = select(_case.c.state, _case.c.closed_at).where(_case.c.case_id == case_id)
    row = connection.execute(found.with_for_update()).one_or_none()
    if row is None:
        raise InputError(f"没有案件“{case_id}”。", "案件编号见 yijianshi export 或复核页面。")
    if row.state == CaseState.JOINED.value:
        raise InputError(f"案件“{case_id}”已并入另一件。", "请对并入后的那一件操作。")
    if row.closed_at is not None:
        raise InputError(f"案件“{case_id}”已办结。", "办结的案件不再拆分或合并。")
    if held_by_other(connection, f"case:{case_id}", now=now):
        raise InputError(f"案件“{case_id}”正在处理。", "请稍后再试。")


def _free_id(connection: Connection, case_id: str) -> str:
    number = 2
    while True:
        new_id = f"{case_id}-{number}"
        taken = select(_case.c.case_id).where(_case.c.folded_id == folded(new_id))
        if connection.execute(taken).first() is None:
            return new_id
        number += 1


def _name_beside(name: str, other: str, taken: Sequence[str]) -> str:
    """A name that no file of the case has: two scans are both 001.jpg."""
    if name not in taken:
        return name
    path = PurePosixPath(name)
    return unique([*taken, str(path.with_name(f"{other}-{path.name}"))])[-1]


def _anew(connection: Connection, case_id: str, now: datetime) -> None:
    """Let a case be checked anew, without what only said that a person should look."""
    found = select(_case.c.refused).where(_case.c.case_id == case_id)
    refused = connection.execute(found).scalar_one()
    kept = [row for row in json.loads(refused or "[]") if row["rule"] != STACK]
    waits = {
        "state": CaseState.ARRIVED.value,
        "content_key": "",
        "attempts": 0,
        "trouble": None,
        "changed_at": now,
        "refused": json.dumps(kept, ensure_ascii=False) if kept else None,
    }
    connection.execute(update(_case).where(_case.c.case_id == case_id).values(waits))


def _note(connection: Connection, case_id: str, name: str, policy: Policy, now: datetime) -> None:
    row = {
        "case_id": case_id,
        "given_name": name,
        "source": "",
        "digest": "",
        "policy": policy.value,
        "at": now,
    }
    connection.execute(insert(_arrival).values(row))
