"""Reading the guide's tables: a wrong one is refused with line and reason."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from pipeline.errors import DependencyError


class TableError(DependencyError):
    """A table of the guide is wrong; the message names file, line and reason."""

    def __init__(self, file: str, line: int | None, reason: str) -> None:
        place = f"{file} 第 {line} 行" if line else file
        super().__init__(f"规则表有误：{place}：{reason}", "请更正该表后再启动。")
        self.file = file
        self.line = line


T = TypeVar("T", bound=BaseModel)


def table_text(file: str, room: str = "validators.guide") -> str:
    """The text of a table that stands in ``room``, a package."""
    return (files(room) / file).read_text(encoding="utf-8")


def parse_table(text: str, model: type[T], file: str) -> T:
    """The table as a value. Raises TableError with line and reason."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        raise TableError(file, int(found[1]) if found else None, f"不是 TOML：{error}") from error
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = [p for p in first["loc"] if isinstance(p, str | int)]
        row = "/".join(str(p + 1) if isinstance(p, int) else p for p in place)
        raise TableError(file, table_line(text, place), f"{row}：{first['msg']}") from error


def table_line(text: str, place: Sequence[str | int]) -> int | None:
    """The line (from 1) of a value in TOML text: ``["material", 3, "accepts", 0, "type"]``.

    The header of the row where the key itself does not stand; None where there is neither.
    """
    lines = text.splitlines()
    at = 0
    header = ""
    keys = list(place)
    while keys:
        key = keys.pop(0)
        if keys and isinstance(keys[0], int) and isinstance(key, str):
            header = f"{header}.{key}" if header else key
            starts = [i for i in range(at, len(lines)) if lines[i].strip() == f"[[{header}]]"]
            row = int(keys.pop(0))
            if len(starts) <= row:  # rows within braces or brackets, which stand at their key
                return _key_line(lines, at, key) or at or None
            at = starts[row] + 1
            continue
        if keys:
            names = (f"[{key}]", f'["{key}"]')
            at = next((i + 1 for i, text in enumerate(lines) if text.strip() in names), at)
            continue
        found = _key_line(lines, at, str(key))
        return found or at or None
    return at or None


def _key_line(lines: Sequence[str], start: int, key: str) -> int | None:
    for i in range(start, len(lines)):
        if lines[i].startswith("["):
            if lines[i].strip() in (f"[{key}]", f"[[{key}]]"):
                return i + 1
            if start:
                return None
        if re.match(rf"\s*{re.escape(key)}\s*=", lines[i]):
            return i + 1
    return None


def refuse_repeats(names: Iterable[str], what: str) -> None:
    """Raise ValueError where a name stands twice."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"{what} {name} 出现两次")
        seen.add(name)
