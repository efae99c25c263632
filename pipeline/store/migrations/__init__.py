"""Alembic's migrations of the store, run by the program itself (:mod:`pipeline.store.fitting`).

One file a released version of the tables, in ``versions/``. To change the tables: change
:mod:`pipeline.store.tables`, add a file that leads there from the last one (as long as the last one
is not released, change it instead), and set ``HEAD``. A test migrates from every released version
and compares.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def upgrade(connection: Connection, found: str) -> None:
    """Bring the tables from migration ``found`` to the last one, in the caller's transaction."""
    config = _config(connection)
    command.stamp(config, found)
    command.upgrade(config, "head")


def stamp(connection: Connection, version: str) -> None:
    """Write down which migration the tables are at."""
    command.stamp(_config(connection), version)


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config
