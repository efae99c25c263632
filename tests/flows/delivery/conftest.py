"""A store over both databases, and cases in it that are ready, doubtful or refused."""

from __future__ import annotations

from tests.pipeline.store.conftest import store, where

__all__ = ["store", "where"]
