"""A case is taken in: by the functions by which an inbox's entries arrive, once for each key."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from flows.desk.uploads import FOLDER, UploadRefused, clean_name
from flows.pages.api.bearer import subject
from flows.pages.api.models import CaseTaken, FileRefused, FileTaken
from flows.pages.api.parts import APPLICATION as PART
from flows.pages.api.parts import NAME, Sent, SentFile
from flows.pages.api.problems import Refusal
from flows.pages.context import PageContext
from pipeline.errors import StoreError
from pipeline.intake.case import Entries, Entry
from pipeline.intake.names import APPLICATION, case_ids, unique
from pipeline.store import leases
from pipeline.store.answers import Answer, find_answer, keep_answer, lease_name
from pipeline.store.arrivals import Arrival, Policy, Stored, arrive, keep_entries, sources_of
from pipeline.store.drafts import letters
from pipeline.store.people import write_audit
from pipeline.store.tokens import Token

ID_CHARS = 8
LONGEST_NAME_CHARS = 200


@contextmanager
def held_key(context: PageContext, token: Token, key: str) -> Iterator[None]:
    """The key is this request's alone while it lasts. Raises Refusal while another has it."""
    name, owner = lease_name(token.name, key), f"{leases.new_owner()}:{uuid4().hex[:8]}"
    with context.store.begin() as connection:
        lease = leases.take(connection, name, owner)
    if lease is None:
        raise Refusal("in-flight", headers={"Retry-After": "5"})
    try:
        yield
    finally:
        with context.store.begin() as connection:
            leases.release(connection, lease)


def uploads_folder(context: PageContext) -> Path:
    """Where what comes lies until it is kept; the counter's, which is tidied."""
    return context.out / FOLDER


def take_in(context: PageContext, token: Token, key: str, sent: Sent) -> tuple[CaseTaken, bool]:
    """Make what came a case; what was answered, and whether it had been answered before. The key
    must be held. Raises Refusal, StoreError."""
    name = _name(sent)
    stored = _kept(context, sent, name)
    digest = hashlib.sha256(f"{name}\n{stored.digest}".encode()).hexdigest()
    source = f"接口 {token.name}"
    with context.store.begin() as connection:
        before = find_answer(connection, token.name, key)
        if before is not None:
            if before.digest != digest:
                raise Refusal("key-reused")
            return CaseTaken.model_validate_json(before.answer), True
        case_id = case_ids([name])[0] if name else _new_id(context, context.now())
        if not name:
            stored = stored.model_copy(update={"name": case_id})
        mine = sources_of(connection, case_id) <= {source}
        arrival = arrive(connection, case_id, stored, source=source, stays=False, now=context.now())
        if arrival.policy in (Policy.GROWN, Policy.REPLACED) and not (
            mine and sources_of(connection, arrival.case_id) == {source}
        ):
            raise Refusal("name-taken")  # nothing of this transaction is kept
        taken = _taken(arrival, stored)
        keep_answer(
            connection,
            Answer(
                token=token.name,
                key=key,
                digest=digest,
                case_id=arrival.case_id,
                answer=taken.model_dump_json(),
                made_at=context.now(),
            ),
        )
        write_audit(
            connection,
            subject(token),
            "api-submitted",
            case_id=arrival.case_id,
            detail={"arrival": arrival.policy.value},
            now=context.now(),
        )
    return taken, False


def _name(sent: Sent) -> str:
    try:
        name = sent.texts.get(NAME, b"").decode("utf-8").strip()
    except UnicodeDecodeError as error:
        raise Refusal("invalid", what="name 不是 UTF-8。") from error
    if len(name) > LONGEST_NAME_CHARS or not all(c.isprintable() for c in name):
        raise Refusal("invalid", what=f"name 最多 {LONGEST_NAME_CHARS} 个可见字符。")
    return name


def _kept(context: PageContext, sent: Sent, name: str) -> Stored:
    """The files in the object store, as an inbox's would be."""
    if not sent.files:
        raise Refusal("invalid", what="没有文件；每个文件是一个名为 files 的部分。")
    names = unique(_file_name(file) for file in sent.files)
    entries = [Entry(n, file.path) for n, file in zip(names, sent.files, strict=True)]
    if PART in sent.texts:
        entries.append(Entry(APPLICATION, _typed(context, sent)))
    limits = context.settings.limits
    stored = keep_entries(Entries(name, True, tuple(entries)), context.objects, limits)
    if stored.is_passing:
        raise StoreError("上传的文件没有存下来。", "请检查磁盘空间和写权限。")
    return stored


def _file_name(file: SentFile) -> str:
    if file.size_bytes == 0:
        raise Refusal("invalid", what="有一个文件是空的（0 字节）。")
    try:
        return clean_name(file.name)
    except UploadRefused as error:
        raise Refusal("invalid", what="有一个文件不是申请材料：系统文件，或没有传完。") from error


def _typed(context: PageContext, sent: Sent) -> Path:
    """What was typed, as a file; what is wrong with its keys and values becomes findings."""
    text = sent.texts[PART]
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refusal("invalid", what="application 不是 JSON。") from error
    if not isinstance(told, dict):
        raise Refusal("invalid", what="application 应是一个 JSON 对象。")
    path = uploads_folder(context) / f"{uuid4().hex}.part"
    sent.made.append(path)
    try:
        path.touch(0o600)
        path.write_bytes(text)
    except OSError as error:
        raise StoreError("录入的内容没有存下来。", "请检查磁盘空间和写权限。") from error
    return path


def _new_id(context: PageContext, now: datetime) -> str:
    """An id for a case whose sender gave no name; it says the day."""
    while True:
        made = f"A{now.astimezone():%y%m%d}-{letters(ID_CHARS)}"
        if context.store.find_case(made) is None:
            return made


def _taken(arrival: Arrival, stored: Stored) -> CaseTaken:
    return CaseTaken(
        case_id=arrival.case_id,
        arrival=arrival.policy,
        files=tuple(FileTaken.model_validate(file.model_dump()) for file in stored.files),
        refused=tuple(
            FileRefused(name=found.file or "", rule=found.rule, message=found.message)
            for found, _ in stored.refused
        ),
    )
