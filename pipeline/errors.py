"""What can be wrong with *us* (what is wrong with a paper is a :mod:`pipeline.finding`).

::

    YijianshiError          root, never raised itself
    ├── UsageError          2   the command's words are off
    ├── InputError          3   a file or folder handed in cannot be used
    ├── DependencyError     4   a model file, a program or a package is missing or altered
    └── StoreError          5   the store or the output folder cannot be used

Every message is Chinese, names what is wrong and what to do next; it never holds personal
data. :mod:`flows.cli` is the one place that turns these into exit codes.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of contract.md."""

    DONE = 0
    FAIL_ON = 1
    USAGE = 2
    INPUT = 3
    DEPENDENCY = 4
    STORE = 5
    BUG = 70
    INTERRUPTED = 130
    TERMINATED = 143


class YijianshiError(Exception):
    """Root of all errors of ours. ``hint`` says what to do next."""

    exit_code = ExitCode.BUG

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(YijianshiError):
    """The command's words or a settings file are off."""

    exit_code = ExitCode.USAGE


class InputError(YijianshiError):
    """A file or folder handed in cannot be used at all."""

    exit_code = ExitCode.INPUT


class DependencyError(YijianshiError):
    """Something needed is not installed, missing, or not what it should be."""

    exit_code = ExitCode.DEPENDENCY


class StoreError(YijianshiError):
    """The store or the output folder cannot be read or written."""

    exit_code = ExitCode.STORE
