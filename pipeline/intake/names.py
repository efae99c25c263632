"""Names of files and folders: what they give away, how they are shown, what becomes of them.

Names come in any bytes: a zip unpacked on Linux leaves GBK, macOS decomposes accents, people paste
line breaks. What is shown is always text that any file can hold; the path itself stays as it is.
"""

from __future__ import annotations

import hashlib
import os
import tomllib
import unicodedata
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files

from pipeline.model import Frozen

APPLICATION = "application.json"
"""The typed facts of a case. Windows does not tell capitals, so neither do we."""
HASH_CHARS = 8
"""Hexadecimal digits by which ids that would be one are told apart."""


class _Patterns(Frozen):
    names: tuple[str, ...]


class _Ids(Frozen):
    longest_bytes: int
    forbidden: str
    reserved: frozenset[str]


class _Table(Frozen):
    leftovers: _Patterns
    remnants: _Patterns
    ids: _Ids


@cache
def _table() -> _Table:
    text = (files("pipeline.intake") / "names.toml").read_text(encoding="utf-8")
    return _Table.model_validate(tomllib.loads(text))


def is_clutter(name: str) -> bool:
    """Whether a file or folder of this name was left behind by a system or an editor."""
    return _matches(name, _table().leftovers.names)


def is_remnant(name: str) -> bool:
    """Whether a file of this name is an upload or download that has not ended."""
    return not is_clutter(name) and _matches(name, _table().remnants.names)


def is_application(name: str) -> bool:
    """Whether a file of this name holds the typed facts."""
    return name.casefold() == APPLICATION


def readable(name: str) -> str:
    """The name as text: bytes that are no UTF-8 are read as GB 18030, as Chinese Windows and its
    zips write them; what is neither, what cannot be printed, and what turns the direction of
    writing, by which ``gpj.exe`` shows as ``exe.jpg``, becomes U+FFFD."""
    data = _as_bytes(name)
    for encoding in ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        text = data.decode("utf-8", "replace")
    return "".join("\ufffd" if _is_hidden(c) else c for c in text)


def _is_hidden(c: str) -> bool:
    return c in _TURNING or unicodedata.category(c) in ("Cc", "Cs", "Co")


_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Bidi_Control of Unicode (PropList.txt)."""


def unique(names: Iterable[str]) -> list[str]:
    """The names in their order, each once: a name that came before gets a number (a（2）.jpg)."""
    taken: set[str] = set()
    made = []
    for name in names:
        stem, dot, suffix = name.rpartition(".")
        own, number = name, 1
        while own in taken:
            number += 1
            own = f"{stem}（{number}）{dot}{suffix}" if stem else f"{name}（{number}）"
        taken.add(own)
        made.append(own)
    return made


def case_ids(names: Iterable[str]) -> list[str]:
    """A case id for each name, in their order: safe as a file name on every system, and no two
    the same where capitals or Unicode forms are not told apart.

    A name that is safe is its own id; where something had to be changed, or another case has the
    id already, a few digits of the name's hash are added.
    """
    taken: set[str] = set()
    ids = []
    for name in names:
        wanted = _safe(name)
        if wanted != name or folded(wanted) in taken:
            wanted = f"{wanted}~{hashlib.sha256(_as_bytes(name)).hexdigest()[:HASH_CHARS]}"
        taken.add(folded(wanted))
        ids.append(wanted)
    return ids


def _safe(name: str) -> str:
    rules = _table().ids
    text = unicodedata.normalize("NFC", readable(name))
    text = "".join("_" if c in rules.forbidden or c == "\ufffd" else c for c in text)
    text = text.rstrip(". ").lstrip(" ")
    if text.startswith((".", "-", "~")):
        text = "_" + text[1:]
    while len(text.encode()) > rules.longest_bytes:
        text = text[:-1]
    if not text or text.split(".")[0].casefold() in rules.reserved:
        text = f"_{text}"
    return text


def _as_bytes(name: str) -> bytes:
    """The name's bytes, as the file system has them; a lone surrogate that stands for no byte, as
    an archive may hold it, as a question mark."""
    try:
        return os.fsencode(name)
    except UnicodeEncodeError:
        return name.encode("utf-8", "replace")


def folded(text: str) -> str:
    """The text as systems see it that tell neither capitals nor Unicode forms apart."""
    return unicodedata.normalize("NFKC", text).casefold()


def _matches(name: str, patterns: Iterable[str]) -> bool:
    folded = name.casefold()
    return any(fnmatchcase(folded, pattern.casefold()) for pattern in patterns)
