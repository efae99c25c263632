"""Tables of every released version lead to those of this one."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from pipeline.errors import StoreError, UsageError
from pipeline.store.cases import Store
from pipeline.store.fitting import HEAD, KNOWN
from pipeline.store.migrations import _config
from pipeline.store.tables import metadata


def differences(store: Store) -> list[object]:
    """What the tables of the store lack, or have beyond ours."""
    with store.snapshot() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))


def migrated(where: Path | str, version: str) -> None:
    """Make a database as that version left it."""
    if isinstance(where, Path):
        where.parent.mkdir(parents=True, exist_ok=True)
        url = f"sqlite:///{where}"
    else:
        url = where.replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(url)
    with engine.begin() as connection:
        command.upgrade(_config(connection), version)
    engine.dispose()


def test_new_tables_are_those_of_the_last_migration(empty: Path | str) -> None:
    with Store(empty) as store:
        assert differences(store) == []


@pytest.mark.parametrize("version", KNOWN)
def test_every_version_is_brought_to_ours(empty: Path | str, version: str) -> None:
    migrated(empty, version)
    with Store(empty) as store:
        assert differences(store) == []
        assert store.read_cases() == []


def test_the_last_migration_is_known() -> None:
    with closing(sqlite3.connect(":memory:")):
        scripts = ScriptDirectory.from_config(_config(None))  # type: ignore[arg-type]
    assert scripts.get_current_head() == HEAD
    assert {script.revision for script in scripts.walk_revisions()} == set(KNOWN)


def test_a_newer_store_is_refused_and_left_alone(empty: Path | str) -> None:
    with Store(empty) as store, store.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="更新版本"):
        Store(empty)


@pytest.mark.parametrize("address", ["mysql://a/b", "no address", "sqlite:///x"])
def test_an_address_of_another_kind_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match="YIJIANSHI_DATABASE_URL"):
        Store(address)


def test_a_server_that_is_not_there_says_so() -> None:
    with pytest.raises(StoreError, match="PostgreSQL") as caught:
        Store("postgresql://nobody@127.0.0.1:1/none")
    assert "YIJIANSHI_DATABASE_URL" in caught.value.hint
