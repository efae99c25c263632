"""Writes the applications of a stack as folders of an inbox, each whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from flows.stacks.parts import Begun, Part, Parts
from flows.stacks.separators import codes_of
from pipeline.errors import InputError, StoreError
from pipeline.finding import Finding
from pipeline.intake.inbox import not_usable
from pipeline.intake.names import case_ids, readable
from pipeline.intake.stack import stack_pages
from pipeline.quality.unread import is_empty
from pipeline.settings import Limits

UNFINISHED = ".stack-"
"""Beginning of the name of the folder that pages are written to: no inbox takes a hidden one in."""


@dataclass(slots=True)
class Unstacked:
    """What a stack was made into. ``folders`` are the new cases with what each begins with;
    ``blank``: empty back sides that were left out; ``unread``: what could not be read."""

    folders: list[tuple[Path, Begun, int]] = field(default_factory=list)
    of_folder: list[list[Finding]] = field(default_factory=list)
    """For each of them, what could not be read of its pages."""
    separators: int = 0
    doubled: int = 0
    blank: int = 0
    unread: list[Finding] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """What a person should know, in Chinese."""
        pages = sum(count for _, _, count in self.folders)
        yield (
            f"分成 {len(self.folders)} 件，共 {pages} 页；"
            f"分隔页 {self.separators} 张，空白页 {self.blank} 页未收。"
        )
        for folder, begun, count in self.folders:
            yield f"  {folder.name}：{count} 页{_WORDS[begun]}"
        if self.doubled:
            yield f"有 {self.doubled} 张分隔页后面没有材料，请看是否漏扫。"
        for found in self.unread:
            yield f"未收：{found.message}{found.hint}"


_WORDS = {
    Begun.SEPARATOR: "",
    Begun.BROKEN: "（前面的分隔页已无法辨认，请核对是否从这里起是另一件）",
    Begun.FORM: "（前面没有分隔页，从申请表起算另一件，请核对）",
    Begun.NOTHING: "（在第一张分隔页之前，请核对属于谁）",
}


def unstack(
    stack: Path,
    inbox: Path,
    limits: Limits,
    progress: Callable[[int], None] = lambda _: None,
    *,
    name: str | None = None,
) -> Unstacked:
    """Tell a stack apart. ``progress`` gets the number of pages looked at; ``name`` is what its
    cases are named by, where that is not the file's.

    Pages are written as they come: a stack of any size needs the room of one page in memory.
    Raises InputError where the stack cannot be used, or its cases are in the inbox already;
    StoreError where the inbox cannot be written.
    """
    if not stack.exists():
        raise InputError(*not_usable(stack))
    own = readable(stack.name if stack.is_dir() else stack.stem)
    name = case_ids([own])[0] if name is None else name
    there = sorted(inbox.glob(f"{_escaped(name)}-[0-9][0-9][0-9]*"))
    if there:
        raise InputError(
            f"收件箱里已有这一叠的申请：{there[0].name}。",
            "如要重新拆分，请先移走它们，或把扫描件改名。",
        )
    try:
        return _Writing(inbox, name).write(stack, limits, progress)
    except OSError as error:
        raise StoreError(
            f"无法写入收件箱“{readable(str(inbox))}”：{error.strerror or error}。",
            "请检查该文件夹是否可写、磁盘是否已满，然后重试。",
        ) from error


def _escaped(name: str) -> str:
    return "".join(f"[{c}]" if c in "*?[" else c for c in name)


class _Writing:
    """One stack on its way into an inbox."""

    def __init__(self, inbox: Path, name: str) -> None:
        self._name = name
        self._inbox = inbox
        self._room = inbox / f"{UNFINISHED}{name}"
        self._parts: Parts[Path] = Parts()
        self._done = Unstacked()

    def write(self, stack: Path, limits: Limits, progress: Callable[[int], None]) -> Unstacked:
        """All of it, or nothing where it cannot be finished."""
        shutil.rmtree(self._room, ignore_errors=True)
        self._room.mkdir(parents=True)
        try:
            self._look(stack, limits, progress)
            self._done.separators = self._parts.separators
            self._done.doubled = self._parts.doubled
            for number, part in enumerate(self._parts.done(), start=1):
                self._put(number, part)
        finally:
            shutil.rmtree(self._room, ignore_errors=True)
        return self._done

    def _look(self, stack: Path, limits: Limits, progress: Callable[[int], None]) -> None:
        for count, page in enumerate(stack_pages(stack, limits), start=1):
            progress(count)
            if isinstance(page, Finding):
                self._done.unread.append(page)
                self._parts.add_unread(page)
                continue
            seen = codes_of(page.image)
            is_blank = seen.separator is None and is_empty(page.image)
            self._done.blank += is_blank
            kept = self._room / f"{count:05}{page.suffix}"
            if seen.separator is None and not is_blank:
                kept.write_bytes(page.data)
            self._parts.add(kept, seen, is_blank=is_blank)

    def _put(self, number: int, part: Part[Path]) -> None:
        """One application's folder, seen by the inbox only when all of it is there."""
        made = self._room / f"{number:03}"
        made.mkdir()
        for at, page in enumerate(part.pages, start=1):
            page.rename(made / f"{at:03}{page.suffix}")
        folder = self._inbox / f"{self._name}-{number:03}"
        made.rename(folder)
        self._done.folders.append((folder, part.begun, len(part.pages)))
        self._done.of_folder.append(part.unread)
