"""The tables of the store. Migrations (:mod:`pipeline.store.migrations`) lead to exactly these.

Whole records are one text column of ``case_revision``; what queues, lists and reports ask for
stands in indexed columns beside, so that no list parses records. Times are UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    text,
)

CASE_ID_CHARS = 255
NAME_CHARS = 255
SHA256_CHARS = 64
DRAFT_ID_CHARS = 32


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC. SQLite keeps no zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """In UTC, so that moments compare as text does."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """With its zone."""
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_AUTO_ID = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers only its own INTEGER


def _case_id(*, key: bool = False) -> Column[str]:
    return Column("case_id", String(CASE_ID_CHARS), primary_key=key, nullable=False)


reading = Table(
    "reading",
    metadata,
    Column("key", String(SHA256_CHARS), primary_key=True),
    Column("value", Text, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
)
"""A file's reading by content key: the same bytes are never read twice."""

case_state = Table(
    "case_state",
    metadata,
    _case_id(key=True),
    Column("content_key", String(SHA256_CHARS), nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("trouble", Text),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("folded_id", String(CASE_ID_CHARS)),  # as systems see it that tell no capitals apart
    Column("given_name", Text),  # the folder's or file's name as it came
    Column("is_folder", Boolean),  # else one file: a PDF, a zip
    Column("digest", String(SHA256_CHARS)),  # of the files that it has now
    Column("refused", Text),  # JSON: findings of entries that were not taken on arrival
    Column("arrived_at", UtcDateTime),
    Column("revision", Integer, nullable=False, server_default="0"),  # the one that stands
    Column("status", String(16)),  # of that revision, decisions included
    Column("matters", String(64), nullable=False, server_default=""),  # codes: "M1,M4"
    Column("channel", String(16)),
    Column("window", String(64)),
    Column("applicant_name", String(NAME_CHARS)),
    Column("applicant_number", String(64)),
    Column("doubts", Integer, nullable=False, server_default="0"),  # open review findings
    Column("due_on", Date),  # promised date of the whole
    Column("draw", Float, nullable=False, server_default="1"),  # 0 to 1, of its id: for samples
    Column("closed_at", UtcDateTime),  # every department has answered
    Index(None, "state", "status"),
    Index(None, "status", "due_on"),
    # What the reviewers' queue opens with, in its order.
    Index(
        "ix_case_state_doubtful",
        "due_on",
        "case_id",
        sqlite_where=text("doubts > 0"),
        postgresql_where=text("doubts > 0"),
    ),
    Index(None, "changed_at"),
    Index(None, "folded_id"),
    Index(None, "digest"),
    Index(None, "status", "draw"),
    Index(None, "window"),
    # What a search begins with; PostgreSQL's own order serves no beginnings.
    Index(None, "applicant_name", postgresql_ops={"applicant_name": "varchar_pattern_ops"}),
    Index(None, "applicant_number", postgresql_ops={"applicant_number": "varchar_pattern_ops"}),
    Index(None, "case_id", postgresql_ops={"case_id": "varchar_pattern_ops"}),
)
"""How each case stands: one row a case."""

case_file = Table(
    "case_file",
    metadata,
    _case_id(key=True),
    Column("name", String(1024), primary_key=True),  # path within the case
    Column("sha256", String(SHA256_CHARS), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
    Column("removed_at", UtcDateTime),  # by a split, or handed in anew
    Index(None, "sha256"),
)
"""The files of a case; their bytes lie in the object store."""

case_revision = Table(
    "case_revision",
    metadata,
    _case_id(key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("content_key", String(SHA256_CHARS), nullable=False),
    Column("status", String(16), nullable=False),
    Column("record", Text, nullable=False),
    Column("request", Text, nullable=False),
    Column("reason", String(255), nullable=False),  # why there is one: a code, see cases.Reason
    Column("made_at", UtcDateTime, nullable=False),
    Index(None, "made_at", "case_id"),
)
"""Every record that a case ever had; never changed."""

case_finding = Table(
    "case_finding",
    metadata,
    _case_id(key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("rule", String(32), nullable=False),
    Column("severity", String(16), nullable=False),
    Column("field", String(64)),
    Column("document_type", String(64)),
    Column("settled", Boolean, nullable=False),
    Index(None, "rule", "settled"),
)
"""The findings of the revision that stands: for queues and reports."""

decision = Table(
    "decision",
    metadata,
    Column("id", _AUTO_ID, primary_key=True, autoincrement=True),
    _case_id(),
    Column("revision", Integer, nullable=False),  # the one that was looked at
    Column("action", String(16), nullable=False),
    Column("rule", String(32)),
    Column("paper", String(255)),  # the paper by content: sha256 of its file, and page
    Column("document", String(64)),  # its id in that revision
    Column("field", String(64)),
    Column("value", Text),
    Column("previous", Text),  # what the machine had read
    Column("reason", Text, nullable=False, server_default=""),
    Column("detail", Text),  # JSON: what the action needs beside
    Column("by", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("undoes", BigInteger),  # id of the decision that this one takes back
    Column("subject", String(40), nullable=False),  # digest of what it is about
    Column("four_eyes", Boolean, nullable=False),  # counts once another person said the same
    Column("second", Boolean, nullable=False),  # made without seeing the first one
    Index(None, "case_id", "id"),
    Index(None, "at"),
)
"""What people decided; append-only, never changed or deleted."""

lease = Table(
    "lease",
    metadata,
    Column("name", String(300), primary_key=True),
    Column("owner", String(255), nullable=False),
    Column("token", BigInteger, nullable=False),  # rises with each taking: the fencing token
    Column("taken_at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
)
"""Who works on what; a row stays when its lease ends, so that tokens never fall."""

arrival = Table(
    "arrival",
    metadata,
    Column("id", _AUTO_ID, primary_key=True, autoincrement=True),
    _case_id(),
    Column("given_name", Text, nullable=False),
    Column("source", String(1024), nullable=False),  # name of the inbox, or of the page
    Column("digest", String(SHA256_CHARS), nullable=False),  # of all files and names
    Column("policy", String(16), nullable=False),  # new, same, grown, replaced, other
    Column("at", UtcDateTime, nullable=False),
    Index(None, "digest"),
    Index(None, "case_id"),
    Index(None, "at"),
)
"""Every coming in, also of what was there already."""

draft = Table(
    "draft",
    metadata,
    Column("id", String(DRAFT_ID_CHARS), primary_key=True),  # becomes the case's given name
    Column("by", String(64), nullable=False),
    Column("window", String(64)),
    Column("said", Text, nullable=False),  # JSON: what was typed, as the page has it
    Column("made_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("case_id", String(CASE_ID_CHARS)),  # once it was submitted
    Column("closed_at", UtcDateTime),  # submitted
    Index(None, "by", "closed_at"),
)
"""An application that is being put together at the counter, kept from the first click on."""

draft_file = Table(
    "draft_file",
    metadata,
    Column("id", String(32), primary_key=True),
    Column(
        "draft",
        String(DRAFT_ID_CHARS),
        ForeignKey("draft.id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("position", Integer, nullable=False),
    Column("name", String(1024), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),  # coming, kept
    Column("sha256", String(SHA256_CHARS)),  # once it is kept
    Column("replaces", String(32)),  # the file that goes when this one is kept
    Column("added_at", UtcDateTime, nullable=False),
    Index(None, "draft", "position"),
)
"""The files of a draft. Bytes that are still coming lie beside the objects, by this id."""

draft_event = Table(
    "draft_event",
    metadata,
    Column("id", _AUTO_ID, primary_key=True, autoincrement=True),
    Column(
        "draft",
        String(DRAFT_ID_CHARS),
        ForeignKey("draft.id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("kind", String(16), nullable=False),
    Column("detail", Text, nullable=False),  # JSON: ids, counts and kinds of papers, no values
    Column("at", UtcDateTime, nullable=False),
    Index(None, "draft", "id"),
)
"""What happened to a draft, in order: a page that lost its connection asks for what it missed."""

audit_entry = Table(
    "audit_entry",
    metadata,
    Column("id", _AUTO_ID, primary_key=True, autoincrement=True),
    Column("at", UtcDateTime, nullable=False),
    Column("by", String(64), nullable=False),
    Column("action", String(64), nullable=False),
    Column("case_id", String(CASE_ID_CHARS)),
    Column("detail", Text, nullable=False),  # codes and names of fields, no values
    Index(None, "at"),
    Index(None, "case_id"),
    Index(None, "by", "id"),
    Index(None, "action", "id"),
)
"""Who did or opened what; append-only."""

account = Table(
    "account",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("display_name", String(64), nullable=False),
    Column("role", String(16), nullable=False),
    Column("window", String(64)),
    Column("password_hash", String(255), nullable=False),
    Column("must_change", Boolean, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
)
"""People who may log in."""

login_attempt = Table(
    "login_attempt",
    metadata,
    Column("id", _AUTO_ID, primary_key=True, autoincrement=True),
    Column("subject", String(SHA256_CHARS), nullable=False),  # digest of a name, or of an address
    Column("at", UtcDateTime, nullable=False),
    Index(None, "subject", "at"),
    Index(None, "at"),
)
"""Attempts to log in that did not succeed, lately; of names that exist and of those that do not."""

session = Table(
    "session",
    metadata,
    Column("token_hash", String(SHA256_CHARS), primary_key=True),
    Column("account", String(64), ForeignKey("account.name"), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Index(None, "account"),
)
"""Who is logged in; the token itself is never kept."""

TOKEN_NAME_CHARS = 40

api_token = Table(
    "api_token",
    metadata,
    Column("name", String(TOKEN_NAME_CHARS), primary_key=True),
    Column("token_hash", String(SHA256_CHARS), nullable=False),
    Column("scopes", String(255), nullable=False),  # separated by blanks, as OAuth writes them
    Column("department", String(16)),  # the only one whose packets it may read
    Column("made_at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime),
    Column("used_at", UtcDateTime),  # to the minute
    Index(None, "token_hash", unique=True),
)
"""Programs that may ask; the token itself is never kept."""

api_answer = Table(
    "api_answer",
    metadata,
    Column("token", String(TOKEN_NAME_CHARS), primary_key=True),
    Column("key", String(255), primary_key=True),  # of the request, as its sender chose it
    Column("digest", String(SHA256_CHARS), nullable=False),  # of what was sent
    Column("case_id", String(CASE_ID_CHARS), nullable=False),
    Column("answer", Text, nullable=False),  # JSON
    Column("made_at", UtcDateTime, nullable=False),
    Index(None, "made_at"),
)
"""What was answered to requests that may come again: the same request gets the same answer."""
