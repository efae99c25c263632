"""A multipart request as it comes in: each file goes to the disk piece by piece, never into memory.

A file over the limit ends it: what still comes is thrown away unread, so that a sender who sends
before he listens gets his answer, up to :data:`THROWN_AWAY_BYTES`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from uuid import uuid4

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from flows.pages.api.problems import Refusal
from pipeline.errors import StoreError
from pipeline.settings import MEBI, Limits

FILES = "files"
APPLICATION = "application"
NAME = "name"
TEXT_BYTES = {APPLICATION: MEBI, NAME: 1024}
"""The parts that are text, each with the most that it may have."""
THROWN_AWAY_BYTES = 512 * MEBI


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that came: its name as it was sent, and where its bytes lie for now."""

    name: str
    path: Path
    size_bytes: int


@dataclass(slots=True)
class Sent:
    """What came; :meth:`forget` removes the files."""

    texts: dict[str, bytes] = field(default_factory=dict)
    files: list[SentFile] = field(default_factory=list)
    made: list[Path] = field(default_factory=list)

    def forget(self) -> None:
        """Remove what was put on the disk."""
        for path in self.made:
            with suppress(OSError):
                path.unlink(missing_ok=True)


class Parts:
    """Takes the parts of one request apart, with the callbacks that the parser asks for."""

    def __init__(self, boundary: bytes, folder: Path, file_bytes: int, limits: Limits) -> None:
        self.sent = Sent()
        self._folder = folder
        self._file_bytes = file_bytes
        self._limits = limits
        self._total = 0
        self._header = b""
        self._value = b""
        self._disposition = b""
        self._name = ""
        self._file_name = ""
        self._out: IO[bytes] | None = None
        self._size = 0
        self._ended = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_field,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_finished,
                "on_part_data": self._data,
                "on_part_end": self._end,
                "on_end": self._all,
            },
        )

    async def take(self, stream: AsyncIterator[bytes]) -> None:
        """Take the request to its end. Raises Refusal, StoreError."""
        try:
            async for piece in stream:
                try:
                    self._parser.write(piece)
                except FormParserError as error:
                    raise _malformed() from error
            self._parser.finalize()
            if not self._ended:
                raise _malformed()
        except OSError as error:
            raise StoreError("上传的文件没有存下来。", "请检查磁盘空间和写权限。") from error
        except Refusal:
            await _throw_away(stream)
            raise
        finally:
            if self._out is not None:
                self._out.close()

    def _begin(self) -> None:
        self._disposition = b""
        self._size = 0

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value
        self._header = self._value = b""

    def _headers_finished(self) -> None:
        _, told = parse_options_header(self._disposition)
        self._name = told.get(b"name", b"").decode("utf-8", "replace")
        self._file_name = told.get(b"filename", b"").decode("utf-8", "surrogateescape")
        if self._name in TEXT_BYTES:
            if self._name in self.sent.texts:
                raise Refusal("invalid", what=f"{self._name} 出现了两次。")
            self.sent.texts[self._name] = b""
        elif self._name == FILES:
            if len(self.sent.files) >= self._limits.files:
                raise Refusal("too-large", what="文件数", most=f"{self._limits.files} 个")
            self._open()
        else:
            known = "、".join((FILES, *TEXT_BYTES))
            raise Refusal("invalid", what=f"表单里有不认识的部分；只收 {known}。")

    def _open(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{uuid4().hex}.part"
        path.touch(0o600)
        self.sent.made.append(path)
        self._out = path.open("wb")

    def _data(self, data: bytes, start: int, end: int) -> None:
        size = end - start
        self._size += size
        self._total += size
        if self._out is None:
            if self._size > TEXT_BYTES[self._name]:
                raise Refusal("too-large", what=self._name, most=f"{TEXT_BYTES[self._name]} 字节")
            self.sent.texts[self._name] += data[start:end]
            return
        if self._size > self._file_bytes:
            raise Refusal("too-large", what="单个文件", most=f"{self._file_bytes // MEBI} MB")
        if self._total > self._limits.case_bytes:
            most = f"{self._limits.case_bytes // MEBI} MB"
            raise Refusal("too-large", what="全部文件合计", most=most)
        self._out.write(data[start:end])

    def _end(self) -> None:
        if self._out is None:
            return
        self._out.close()
        self._out = None
        self.sent.files.append(SentFile(self._file_name, self.sent.made[-1], self._size))

    def _all(self) -> None:
        self._ended = True


def boundary_of(content_type: str) -> bytes:
    """What stands between the parts. Raises Refusal where the request is of another kind."""
    kind, told = parse_options_header(content_type)
    if kind != b"multipart/form-data":
        raise Refusal("media-type")
    boundary = told.get(b"boundary", b"")
    if not boundary:
        raise _malformed()
    return boundary


async def _throw_away(stream: AsyncIterator[bytes]) -> None:
    thrown = 0
    async for piece in stream:
        thrown += len(piece)
        if thrown > THROWN_AWAY_BYTES:
            return


def _malformed() -> Refusal:
    return Refusal("invalid", what="表单没有传完，或不合 multipart/form-data 的格式。")
