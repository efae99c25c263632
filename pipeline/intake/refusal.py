"""Why a file, or a page of it, is not taken; and the time that a file may cost."""

from __future__ import annotations

import errno
import time
from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.finding import Finding, PassingFinding, Severity, finding

UNREADABLE = "SRC-UNREADABLE"
ENCRYPTED = "SRC-ENCRYPTED"
TOO_LARGE = "SRC-TOO-LARGE"

GOES_ON = "其余文件已继续处理。"
CHANGED = "文件在处理过程中被改动"
GONE = "文件在处理过程中被删除或移走"
DEAD_LINK = "是失效的链接，所指的文件不在"
LOOP = "是指向自己的链接"
NO_PAPER = "如是申请材料，请放入它的扫描件；其余文件已继续处理。"
NO_PERMISSION = "没有读取权限"
DISK = "磁盘或网络读取出错"
OURS = (
    "这是本机读取的问题，不需要申请人补交：请检查读取权限、链接和所在的磁盘后重新核验。"
    "其余文件已继续处理。"
)


_CURES = (
    ("嵌套", "请把里层的文件取出，放到本件文件夹的最外层后重新提交。"),
    ("压缩", "请解压为普通文件夹后重新提交。"),
    ("像素", "请缩小到上限以内另存，或分段扫描后重新提交。"),
)
"""What cures a file that is beyond a limit, by a word of the reason; else the catalogue's hint."""


class Refused(Exception):
    """A file or page is not taken. Never leaves the intake package: it becomes a finding.

    ``passing``: not for what the bytes hold, but for the state of file or machine at this moment.
    """

    def __init__(
        self,
        rule: str,
        reason: str = "",
        severity: Severity | None = None,
        *,
        passing: bool = False,
    ) -> None:
        super().__init__(reason)
        self.rule = rule
        self.reason = reason
        self.severity = severity
        self.passing = passing

    def finding(self, file: str, page: int | None = None) -> Finding:
        """The finding of that file; ``page`` (from 1) where the file has several."""
        reason = self.reason if page is None else f"第 {page} 页{self.reason}"
        hint = NO_PAPER if self.rule == UNREADABLE and self.severity == Severity.NOTE else None
        if self.rule == UNREADABLE and "，请" in reason:  # says what to do
            hint = GOES_ON
        elif self.rule == UNREADABLE and self.passing:
            hint = OURS
        todo = ""
        if self.rule == TOO_LARGE:
            hint = next((cure for word, cure in _CURES if word in self.reason), None)
            todo = (hint or "").rstrip("。")
        found = finding(
            self.rule, file=file, severity=self.severity, reason=reason, hint=hint, todo=todo
        )
        return PassingFinding(**found.model_dump()) if self.passing else found


def refused_by(error: OSError, *, is_link: bool = False) -> Refused:
    """What an error of the file system means for the file. What the bytes hold is not known then,
    so a person of the office looks, and nothing is asked of the applicant."""
    if error.errno == errno.ELOOP:
        return Refused(UNREADABLE, LOOP)
    if is_link and isinstance(error, FileNotFoundError):
        return unopened(DEAD_LINK)
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return unopened(GONE)
    if isinstance(error, PermissionError):
        return unopened(NO_PERMISSION)
    return unopened(DISK)


def unopened(reason: str) -> Refused:
    """A file whose bytes we could not get, for a reason of ours."""
    return Refused(UNREADABLE, reason, Severity.REVIEW, passing=True)


class Clock:
    """The time that reading one file has taken, without what others did between its pages."""

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._spent_s = 0.0
        self._since: float | None = None

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count the time in this block. Raises Refused at its end where it is used up."""
        self._since = time.monotonic()
        try:
            yield
        finally:
            self._spent_s += time.monotonic() - self._since
            self._since = None
        self.check()

    def is_over(self) -> bool:
        """Whether the time is used up."""
        running = 0.0 if self._since is None else time.monotonic() - self._since
        return self._spent_s + running > self._limit_s

    def check(self) -> None:
        """Raise Refused where the time is used up."""
        if self.is_over():
            raise Refused(TOO_LARGE, f"读取用时超过 {self._limit_s:g} 秒", passing=True)
