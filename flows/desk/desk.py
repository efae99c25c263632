"""The counter: drafts, from the first click to the case that they become. Their files come through
:mod:`flows.desk.incoming`, are read as they come, and are checked as often as somebody looks
(:mod:`flows.desk.stands`).
"""

from __future__ import annotations

import io
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from flows.desk.bell import Bell
from flows.desk.incoming import Incoming
from flows.desk.stands import Stand, Stands, request_text
from flows.desk.uploads import FOLDER, Uploads
from flows.desk.warm import WarmReader
from flows.reading import Reader
from flows.telling import Address
from pipeline.deciding import Decided
from pipeline.errors import StoreError
from pipeline.intake.names import APPLICATION
from pipeline.settings import Settings
from pipeline.store import drafts
from pipeline.store.arrivals import Stored, arrive
from pipeline.store.cases import Store
from pipeline.store.decisions import FourEyes, put_decision
from pipeline.store.drafts import Draft, DraftEvent
from pipeline.store.files import CaseFile
from pipeline.store.objects import Objects

KEPT_DAYS = 30
"""How long a draft waits for somebody to go on with it."""
WORK = "desk"
"""Below OUT: what was typed for open drafts, as files. The store holds it too."""


class Desk:
    """The counter's work. Safe between threads; close it, or use ``with``."""

    def __init__(
        self,
        settings: Settings,
        out: Path,
        store: Store,
        objects: Objects,
        *,
        today: Callable[[], date],
        policy: FourEyes | None = None,
        reader: Callable[[Address], Reader] | None = None,
    ) -> None:
        """``reader``: made already; by default of the settings. Raises DependencyError."""
        self.settings = settings
        self.policy = policy
        self.store = store
        self.objects = objects
        self.pictures = out / "pictures"
        self.uploads = Uploads(out / FOLDER)
        self.bell = Bell()
        self._today = today
        self._lock = threading.Lock()
        self._readers: dict[str, set[str]] = defaultdict(set)
        self.files = Incoming(settings, store, objects, self.uploads, self.bell, self.read)
        self.warm = WarmReader(settings, store, self.pictures, self._news, reader=reader)
        self._stands = Stands(settings, store, objects, self.uploads, self.warm, out / WORK, today)
        self.tidy()

    def __enter__(self) -> Desk:
        return self

    def __exit__(self, *_: object) -> None:
        self.warm.close()

    # ------------------------------------------------------------ drafts

    def begin(self, by: str, window: str | None) -> Draft:
        """A new draft."""
        with self.store.begin() as connection:
            return drafts.new_draft(connection, by, window)

    def find(self, draft_id: str) -> Draft | None:
        """The draft of this id."""
        with self.store.snapshot() as connection:
            return drafts.find_draft(connection, draft_id)

    def open_drafts(self, by: str) -> list[Draft]:
        """Somebody's drafts that were not submitted."""
        with self.store.snapshot() as connection:
            return drafts.open_drafts(connection, by)

    def say(self, draft: Draft, said: Mapping[str, Any]) -> Draft:
        """Keep what was typed; the answer changes with it."""
        with self.store.begin() as connection:
            drafts.say(connection, draft.id, said)
            drafts.tell(connection, draft.id, "said")
        self.bell.ring(draft.id)
        return draft.model_copy(update={"said": said})

    def drop(self, draft: Draft) -> None:
        """Forget a draft with its files."""
        with self.store.begin() as connection:
            files = drafts.draft_files(connection, draft.id)
            drafts.drop_draft(connection, draft.id)
        for file in files:
            self.uploads.drop(file)
        self._stands.forget(draft.id)

    def submit(self, stand: Stand, source: str) -> str:
        """Hand a draft in: its files arrive as a case of its id, what was said of its papers goes
        with it, and the draft is closed, in one transaction. The case's id. Raises StoreError."""
        draft = stand.draft
        said = dict(draft.said)
        said["request"] = {**said.get("request", {}), "accepted_on": self._today().isoformat()}
        typed = self.objects.put(io.BytesIO(request_text(said).encode()))
        files = [
            CaseFile(name=f.file.name, sha256=f.file.sha256, size_bytes=f.file.size_bytes)
            for f in stand.files
            if f.file.sha256 is not None
        ]
        files.append(CaseFile(name=APPLICATION, **typed.model_dump()))
        stored = Stored(name=draft.id, is_folder=True, files=tuple(files))
        with self.store.begin() as connection:
            arrival = arrive(connection, draft.id, stored, source=source, stays=True)
            if arrival.case_id != draft.id:  # its decisions stand under its own id
                raise StoreError("这件申请的编号已被占用。", "请新建一件申请，重新交入材料。")
            drafts.close_draft(connection, draft.id, arrival.case_id)
            drafts.tell(connection, draft.id, "submitted")
        self._stands.forget(draft.id)
        self.bell.ring(draft.id)
        return arrival.case_id

    def tidy(self, *, now: datetime | None = None) -> int:
        """Forget drafts that nobody touched for :data:`KEPT_DAYS`, and pieces of files that belong
        to none; how many drafts. What was submitted is a case and stays."""
        moment = (now or datetime.now(UTC)) - timedelta(days=KEPT_DAYS)
        with self.store.snapshot() as connection:
            old = drafts.drafts_before(connection, moment)
        for draft_id in old:
            draft = self.find(draft_id)
            if draft is not None:
                self.drop(draft)
        self.uploads.tidy(moment.timestamp())
        return len(old)

    def day(self) -> date:
        """The office's own day."""
        return self._today()

    # ------------------------------------------------------------ reading and checking

    def read(self, draft_id: str) -> None:
        """Begin to read what was not read of a draft; what is being read goes on. Also after a
        server was stopped: called whenever somebody looks."""
        for source in self._stands.listed(draft_id)[1].files:
            with self._lock:
                self._readers[source.sha256].add(draft_id)
            self.warm.begin(source)

    def stand(self, draft: Draft) -> Stand:
        """A draft as it stands, checked. Raises StoreError where a scan is gone."""
        return self._stands.of(draft)

    def decide(self, draft: Draft, decisions: Sequence[Decided]) -> None:
        """Keep what the clerk said of papers: all of it, or nothing. Raises StoreError."""
        with self.store.begin() as connection:
            for decided in decisions:
                put_decision(connection, draft.id, decided, self.policy)
            drafts.tell(connection, draft.id, "decided")
        self.bell.ring(draft.id)

    def events(self, draft_id: str, after: int) -> tuple[DraftEvent, ...]:
        """What happened to a draft after the event of this number."""
        with self.store.snapshot() as connection:
            return tuple(drafts.events_after(connection, draft_id, after))

    def last_event(self, draft_id: str) -> int:
        """The number of the last event of a draft."""
        with self.store.snapshot() as connection:
            return drafts.last_event(connection, draft_id)

    def _news(self, sha256: str, page: int | None) -> None:
        """A page was read, or all of a file: write it down for each draft that has the file."""
        with self._lock:
            told = tuple(self._readers.get(sha256, ()))
            if page is None:
                self._readers.pop(sha256, None)
        for draft_id in told:
            with suppress(StoreError):  # the draft was dropped meanwhile, or the disk is full
                with self.store.begin() as connection:
                    if drafts.find_draft(connection, draft_id) is None:
                        continue
                    kind = "read" if page is None else "page"
                    drafts.tell(connection, draft_id, kind, sha256=sha256[:20], page=page)
                self.bell.ring(draft_id)
