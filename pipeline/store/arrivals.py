"""What comes in: kept by content, and made a case, or more of one that is there.

What is the same content as a case that stands is that case. An id that is taken by other papers is
decided by where they came from: the same entry of the same inbox handed in anew is the same
application in a new version; else, where no file is the same, it is another application that
happens to have that name ("01" of the next day), and gets an id of its own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, func, insert, or_, select, update

from pipeline.errors import InputError
from pipeline.finding import Finding, PassingFinding
from pipeline.intake.case import Entries, Entry
from pipeline.intake.names import folded
from pipeline.intake.refusal import Refused, refused_by
from pipeline.intake.source import open_regular
from pipeline.model import Frozen
from pipeline.settings import Limits
from pipeline.store.database import in_turn, upsert
from pipeline.store.files import CaseFile, entry_of, files_of
from pipeline.store.objects import Objects
from pipeline.store.tables import arrival as _arrival
from pipeline.store.tables import case_file as _file
from pipeline.store.tables import case_state as _case

HASH_CHARS = 8
ARRIVING = 0x79696A6A
"""Of our choosing, the next one after that of :mod:`pipeline.store.fitting`."""


class Policy(StrEnum):
    """What an arrival is."""

    NEW = "new"
    """A case."""
    SAME = "same"
    """The content of a case that is there: nothing to do."""
    GROWN = "grown"
    """More files of a case that is there."""
    REPLACED = "replaced"
    """Other files of a case that is there."""
    OTHER = "other"
    """A case whose name another one has already: it got an id of its own."""
    STACK = "stack"
    """A stack of which the case is a part."""
    SPLIT = "split"
    """Files that a person took out of another case."""
    JOINED = "joined"
    """Another case's files, that a person put to it."""


class Stored(Frozen):
    """What was handed in as one case, its bytes in the object store. ``refused``: what could not be
    taken, and whether for the moment only."""

    name: str
    is_folder: bool
    files: tuple[CaseFile, ...]
    refused: tuple[tuple[Finding, bool], ...] = ()

    @property
    def digest(self) -> str:
        """By content and names; never the same twice where something was refused for the moment."""
        told = {
            "folder": self.is_folder,
            "files": sorted((file.name, file.sha256) for file in self.files),
            "refused": sorted((f.rule, f.file or "", f.message) for f, _ in self.refused),
            "moment": datetime.now(UTC).isoformat() if self.is_passing else "",
        }
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()

    @property
    def is_passing(self) -> bool:
        """Whether a file could not be taken for the moment only."""
        return any(passing for _, passing in self.refused)


class Arrival(Frozen):
    """What became of what came in. ``added`` and ``removed``: names of files."""

    case_id: str
    policy: Policy
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def keep_entries(entries: Entries, objects: Objects, limits: Limits) -> Stored:
    """Copy what was handed in into the object store. What cannot be taken becomes a finding. Raises
    StoreError."""
    kept = []
    refused = [(found, isinstance(found, PassingFinding)) for found in entries.findings]
    for entry in entries.files:
        try:
            with open_regular(entry.path, limits.case_bytes) as stream:
                stored = objects.put(stream)
            kept.append(CaseFile(name=entry.name, **stored.model_dump()))
        except OSError as error:
            refused.append(_refused(refused_by(error), entry))
        except Refused as error:
            refused.append(_refused(error, entry))
    return Stored(
        name=entries.name, is_folder=entries.is_folder, files=tuple(kept), refused=tuple(refused)
    )


def arrive(
    connection: Connection,
    case_id: str,
    stored: Stored,
    *,
    source: str,
    stays: bool,
    now: datetime | None = None,
) -> Arrival:
    """Make what came in a case, or part of one.

    ``case_id``: the id that its name gives; ``source``: where it came from, for people; ``stays``:
    whether what comes from there under this name is the same application each time (an inbox that
    is worked through where it lies).
    """
    now = now or datetime.now(UTC)
    digest = stored.digest
    in_turn(connection, ARRIVING)  # of two that bring the same at once, the second must see it
    standing, policy = _standing(connection, case_id, stored, digest, stays=stays)
    if standing is None and policy == Policy.OTHER:
        case_id = f"{case_id}~{digest[:HASH_CHARS]}"
    elif standing is not None:
        case_id = standing.case_id
    arrival = Arrival(case_id=case_id, policy=policy)
    if policy != Policy.SAME:
        arrival = _write(connection, arrival, stored, digest, now, new=standing is None)
    connection.execute(
        insert(_arrival).values(
            case_id=case_id,
            given_name=stored.name,
            source=source,
            digest=digest,
            policy=policy.value,
            at=now,
        )
    )
    return arrival


def put_stack(
    connection: Connection,
    stack: Stored,
    case_ids: Sequence[str],
    *,
    source: str,
    now: datetime | None = None,
) -> None:
    """Write down which cases came of a stack, so that it is told apart once."""
    row = {
        "given_name": stack.name,
        "source": source,
        "digest": stack.digest,
        "policy": Policy.STACK.value,
        "at": now or datetime.now(UTC),
    }
    connection.execute(insert(_arrival), [{**row, "case_id": case_id} for case_id in case_ids])


def stack_of(connection: Connection, digest: str) -> list[str]:
    """The cases that came of the stack of this content; none where it is not known as one."""
    found = select(_arrival.c.case_id, func.min(_arrival.c.id)).where(
        _arrival.c.digest == digest, _arrival.c.policy == Policy.STACK.value
    )
    by_case = found.group_by(_arrival.c.case_id).order_by(func.min(_arrival.c.id))
    return [row.case_id for row in connection.execute(by_case)]


def content_is_case(connection: Connection, digest: str) -> bool:
    """Whether this content is a case, or was taken in as one before."""
    found = select(_arrival.c.id).where(_arrival.c.digest == digest).limit(1)
    return connection.execute(found).first() is not None


def sources_of(connection: Connection, case_id: str) -> frozenset[str]:
    """Where what makes up a case came from."""
    found = select(_arrival.c.source).where(_arrival.c.case_id == case_id).distinct()
    return frozenset(connection.execute(found).scalars())


def case_entries(connection: Connection, objects: Objects, case_id: str) -> Entries:
    """A case as it was handed in, its bytes in the object store.

    Raises InputError where there is no such case, StoreError where bytes are gone.
    """
    found = select(_case.c.given_name, _case.c.is_folder, _case.c.refused)
    row = connection.execute(found.where(_case.c.case_id == case_id)).first()
    if row is None:
        raise InputError(f"没有案件“{case_id}”。", "案件编号见 yijianshi status。")
    files = files_of(connection, case_id)
    return Entries(
        name=row.given_name or case_id,
        is_folder=bool(row.is_folder),
        files=tuple(entry_of(file, objects) for file in files),
        findings=tuple(_read_refused(row.refused)),
    )


def _standing(
    connection: Connection, case_id: str, stored: Stored, digest: str, *, stays: bool
) -> tuple[Row[*tuple[Any, ...]] | None, Policy]:
    """The case that this is more of, and what it is."""
    columns = select(_case.c.case_id, _case.c.digest).with_for_update()
    same_id = connection.execute(columns.where(_case.c.case_id == case_id)).first()
    if same_id is not None and same_id.digest == digest:
        return same_id, Policy.SAME
    if not stays:
        same = connection.execute(columns.where(_case.c.digest == digest)).first()
        if same is not None:
            return same, Policy.SAME
    own = {file.sha256 for file in stored.files}
    for row in _named(connection, case_id):
        if stays and row.case_id != case_id:
            continue  # an id that was made from the name is another entry's
        before = {file.sha256 for file in files_of(connection, row.case_id)}
        if row.digest is None or (stays and row.case_id == case_id):
            return row, Policy.GROWN if before < own and before else Policy.REPLACED
        if before & own or not before:
            grown = before and before <= own
            return row, Policy.GROWN if grown else Policy.REPLACED
    taken = select(_case.c.case_id).where(_case.c.folded_id == folded(case_id))
    free = connection.execute(taken).first() is None
    return None, Policy.NEW if free else Policy.OTHER


def _named(connection: Connection, case_id: str) -> Sequence[Row[*tuple[Any, ...]]]:
    """The cases that the name may mean: of this id, or of one that was made from it."""
    made = _case.c.case_id.startswith(f"{case_id}~", autoescape=True)
    named = select(_case.c.case_id, _case.c.digest).where(or_(_case.c.case_id == case_id, made))
    return connection.execute(named.order_by(_case.c.case_id)).all()


def _write(
    connection: Connection,
    arrival: Arrival,
    stored: Stored,
    digest: str,
    now: datetime,
    *,
    new: bool,
) -> Arrival:
    case_id = arrival.case_id
    before = files_of(connection, case_id)
    facts = {
        "state": "arrived",
        "content_key": "",
        "attempts": 0,
        "trouble": None,
        "changed_at": now,
        "folded_id": folded(case_id),
        "given_name": stored.name,
        "is_folder": stored.is_folder,
        "digest": digest,
        "refused": _refused_json(stored.refused),
        "closed_at": None,
    }
    if new:
        connection.execute(insert(_case).values(case_id=case_id, arrived_at=now, **facts))
    else:
        connection.execute(update(_case).where(_case.c.case_id == case_id).values(facts))
    _put_files(connection, case_id, before, stored.files, now)
    return arrival.model_copy(
        update={
            "added": tuple(_beyond(stored.files, before)),
            "removed": tuple(_beyond(before, stored.files)),
        }
    )


def _put_files(
    connection: Connection,
    case_id: str,
    before: Sequence[CaseFile],
    files: Sequence[CaseFile],
    now: datetime,
) -> None:
    """Set which files a case has; what it has no longer stays on record as removed."""
    mine = _file.c.case_id == case_id
    kept = {(file.name, file.sha256) for file in files}
    for file in before:
        if (file.name, file.sha256) not in kept:
            gone = (mine, _file.c.name == file.name, _file.c.sha256 == file.sha256)
            connection.execute(update(_file).where(*gone).values(removed_at=now))
    for position, file in enumerate(files):
        row = {**file.model_dump(), "case_id": case_id, "position": position, "added_at": now}
        upsert(connection, _file, {**row, "removed_at": None})


def _beyond(files: Iterable[CaseFile], others: Iterable[CaseFile]) -> list[str]:
    known = {(file.name, file.sha256) for file in others}
    return [file.name for file in files if (file.name, file.sha256) not in known]


def _refused(refused: Refused, entry: Entry) -> tuple[Finding, bool]:
    return refused.finding(entry.name), refused.passing


def _refused_json(refused: Iterable[tuple[Finding, bool]]) -> str | None:
    rows = [{"passing": passing, **found.model_dump(mode="json")} for found, passing in refused]
    return json.dumps(rows, ensure_ascii=False) if rows else None


def _read_refused(text: str | None) -> Iterable[Finding]:
    for row in json.loads(text) if text else ():
        kind = PassingFinding if row.pop("passing") else Finding
        yield kind.model_validate(row)
