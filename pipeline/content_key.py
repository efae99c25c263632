"""Content keys: digests of everything that decides a result, so that equal keys mean equal results.

What is kept under a key is never wrong, at worst made anew needlessly. Code and tables are part of
the keys by their bytes: nobody has to remember to raise a number when an extractor changes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from pipeline.settings import Limits

SUFFIXES = (".py", ".toml", ".csv", ".txt", ".json", ".html", ".css", ".js")
"""Files that make results: code, tables, templates. Compiled code and notices are none."""

LISTING_LIMITS = frozenset({"seconds", "folder_depth"})
"""Limits that never change a reading that is kept. ``folder_depth`` decides which files are listed,
not what a file holds; what ran into ``seconds`` is not kept (PassingFinding)."""

LIBRARIES = (
    "numpy",
    "opencv-python",
    "opencv-contrib-python",
    "pillow",
    "pi-heif",
    "pypdfium2",
    "pdfplumber",
    "python-stdnum",
)
"""Packages beside the engine's own that turn bytes into pixels and pixels into values."""


def key_of(**parts: Any) -> str:
    """The key of named parts: sha256, in hexadecimal, of their JSON.

    Raises TypeError where a part is not made of what JSON knows.
    """
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def code_digest(*places: str) -> str:
    """A digest of the code and tables of packages (``pipeline``), with all that lies in them, and
    of modules (``flows.worker``). Once a process; works in a tree and in an installed wheel.

    Raises ModuleNotFoundError for a package, FileNotFoundError for a module that is not there.
    """
    digest = hashlib.sha256()
    for place in sorted(places):
        for name, content in _contents(place):
            digest.update(f"{place}/{name}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()


def _contents(place: str) -> Iterator[tuple[str, bytes]]:
    package, _, module = place.rpartition(".")
    if package:
        folder = files(package)
        entry = folder / module
        if not entry.is_dir():
            yield module, (folder / f"{module}.py").read_bytes()
            return
    else:
        entry = files(place)
    yield from _below(entry, "")


def _below(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.is_dir():
            yield from _below(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith(SUFFIXES):
            yield prefix + entry.name, entry.read_bytes()


def limits_that_read(limits: Limits) -> Mapping[str, Any]:
    """The limits of intake that decide what is read of a file."""
    return limits.model_dump(exclude=set(LISTING_LIMITS))


@cache
def library_versions() -> Mapping[str, str]:
    """The versions of LIBRARIES; empty text where one is not installed."""
    return {name: _version(name) for name in LIBRARIES}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
