"""Usage errors in Chinese: typer words them in English, and a clerk has to act on them.

Each row is typer's wording and ours. What no row fits is shown as typer says it.
"""

from __future__ import annotations

import re

_ROWS = (
    (r"No such command '([^']*)'\.?", r"没有“\1”这个命令。"),
    (r"No such option:? '?([^\s']+?)'?(\.|$|(?= Did))", r"没有“\1”这个选项。"),
    (r"Did you mean (?:one of )?:?\s*(.+?)\?", r"您要的也许是：\1。"),
    (r"Missing (?:argument|parameter) '([^']*)'\.?", r"缺少参数 \1。"),
    (r"Missing option '([^']*)'(?: / '[^']*')*\.?", r"缺少选项 \1。"),
    (r"Option '([^']*)' requires an? argument\.?", r"选项 \1 后面缺少值。"),
    (r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)", r"多出了参数：\1。"),
    (r"Invalid value for '([^']*)'(?: / '[^']*')*:", r"\1 的值不对："),
    (r"(?:Value error, )?'([^']*)' is not one of (.+?)\.?$", r"没有“\1”，可用的是 \2。"),
    (r"Input should be greater than or equal to (\S+)", r"不得小于 \1。"),
    (r"Input should be less than or equal to (\S+)", r"不得大于 \1。"),
    (r"Input should be a valid integer.*$", "应为整数。"),
)


def in_chinese(message: str) -> str:
    """Typer's message of a usage error, as far as it is known, in Chinese."""
    for theirs, ours in _ROWS:
        message = re.sub(theirs, ours, message)
    return message.replace("。 ", "。").replace("： ", "：").strip()
