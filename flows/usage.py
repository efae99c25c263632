"""Usage errors in Chinese: typer words them in English, and a clerk has to act on them.

Each row is typer's wording and ours. What no row fits is shown as typer says it.
"""

from __future__ import annotations

import re
from typing import Any

from typer.core import TyperCommand, TyperGroup

_ROWS = (
    (r"No such command '([^']*)'\.?", r"没有“\1”这个命令。"),
    (r"No such option:? '?([^\s']+?)'?(\.|$|(?= Did))", r"没有“\1”这个选项。"),
    (r"Did you mean (?:one of )?:?\s*(.+?)\?", r"您要的也许是：\1。"),
    (r"Missing (?:argument|parameter) '([^']*)'\.?", r"缺少参数 \1。"),
    (r"Missing option '([^']*)'(?: / '[^']*')*\.?", r"缺少选项 \1。"),
    (r"Option '([^']*)' requires an? argument\.?", r"选项 \1 后面缺少值。"),
    (r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)", r"多出了参数：\1。"),
    (r"Invalid value for '([^']*)'(?: / '[^']*')*:", r"\1 的值不对："),
    (
        r"(?:Value error, )?'([^']*)' does not match the formats? .+",
        r"“\1”不是日期，应如 2026-11-23。",
    ),
    (r"(?:Value error, )?'([^']*)' is not one of (.+?)\.?$", r"没有“\1”，可用的是 \2。"),
    (r"Input should be greater than or equal to (\S+)", r"不得小于 \1。"),
    (r"Input should be less than or equal to (\S+)", r"不得大于 \1。"),
    (r"Input should be a valid integer.*$", "应为整数。"),
)


def in_chinese(message: str) -> str:
    """Typer's message of a usage error, as far as it is known, in Chinese."""
    for theirs, ours in _ROWS:
        message = re.sub(theirs, ours, message)
    message = re.sub(r"'([^']*)'(?:, (?='))?", r"\1、", message).replace("、。", "。")
    return message.replace("。 ", "。").replace("： ", "：").strip()


_HELP = (
    (r"(?m)^Usage: ", "用法："),
    (r"(?m)^Options:", "选项："),
    (r"(?m)^Commands:", "命令："),
    (r"(?m)^Arguments:", "参数："),
    (r"\[OPTIONS\]", "[选项]"),
    (r"COMMAND \[ARGS\]\.\.\.", "命令 [参数]…"),
    (r"Show this message and exit\.", "显示这段说明。"),
    (r"\[default:\s+([^\]]*?)\s*\]", r"[默认 \1]"),
    (r"\[required\]", "[必填]"),
    (r"<path>", "<路径>"),
    (r"<str>", "<文字>"),
    (r"<int(?: range)?>", "<整数>"),
    (r"<list\[([^\]]*)\]>", r"<\1>"),
    (r"\[x>=(\d+)\]", r"[不小于 \1]"),
)
"""What typer's help says of itself, and what we say."""


def help_in_chinese(text: str) -> str:
    """A help page with its own words in Chinese; ours are Chinese already."""
    for theirs, ours in _HELP:
        text = re.sub(theirs, ours, text)
    return text


class ChineseCommand(TyperCommand):
    """A command whose help is Chinese."""

    def get_help(self, ctx: Any) -> str:
        """See typer."""
        return help_in_chinese(super().get_help(ctx))


class ChineseGroup(TyperGroup):
    """All commands; their help is Chinese."""

    def get_help(self, ctx: Any) -> str:
        """See typer."""
        return help_in_chinese(super().get_help(ctx))
