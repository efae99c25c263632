"""What a police station's proof says was changed: each item's value before and after.

A value is old or new by the word right before it (原, 由, 变更前; 现, 变更为, 更正后), of the item
named there or, where none is, of the item named last; or by the column of a table. A name or number
of the past without a new one beside was given up for the one that the person has now.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from extractors.letters.kinds import MACROS
from extractors.letters.names import ANYNAME, HAN
from extractors.letters.people import Span
from extractors.letters.running import Running


@dataclass(frozen=True, slots=True)
class Item:
    """An item that can be changed: its field, how it is printed, the shape of its value."""

    field: str
    words: str
    value: str
    grammar: str


ITEMS = (
    Item("name", "姓名|名字|曾用名|名", ANYNAME, "name"),
    Item(
        "id_number",
        "(?:公民|居民)?身份证?件?号码?|公民身份证号码?|居民身份证号码?|号码",
        MACROS["ID"].replace("?P<v>", "?:"),
        "id_number",
    ),
    Item("birth_date", "出生(?:[日目]期|年月[日目]?|时间)", MACROS["DATES"], "full_date"),
    Item("ethnicity", "民族(?:成[份分])?", rf"(?!成[份分])[{HAN}]{{1,5}}?族?", "ethnicity"),
    Item("sex", "性别", "[男女]", "sex"),
)
_WORDS = "|".join(item.words for item in ITEMS)
_DO = "(?:变更|更正|更改|修改|改正|订正)"
_OLD = (
    rf"{_DO}{{1,2}}前(?:的|内容|登记|信息)*|(?:(?<!变更)原来?|旧)(?:户口)?(?:登记|使用|内容|信息|的)*(?={_WORDS}|[:\t为是])|"
    rf"曾用(?=名)|(?:{_WORDS})(?:原来?(?:登记|使用)?(?=[为是系])|(?=[^由从原现,。\n][^,。\n]{{1,24}}{_DO}(?:登记)?[为成]))|(?:由|从)(?:原来?的?)?"
)
_NEW = (
    rf"{_DO}{{1,2}}后(?:的|内容|登记|信息)*|(?:现|新)(?:户口)?(?:登记|使用|用|内容|信息|的)*(?={_WORDS}|[:\t为是])|"
    rf"(?:{_DO}(?:登记)?|改名|更名|改)(?:为|成)"
)
_LINK = r"[\"“”「」『』'‘’`\s:为是叫系]*"
_STOP = rf"(?=[\"”“」』'’`\s,，。;；.()、]|$|[已于经因与]|{_DO}|改)"
"""Where a name or a nation ends."""
CHANGE_ROWS_MAX = 8
"""Rows below the heads of a table's columns."""
_FORMER = re.compile(rf"{_DO}*前.{{0,6}}|(?:原|旧).{{0,6}}")
_LATTER = re.compile(rf"{_DO}*后.{{0,6}}|(?:现|新).{{0,6}}")
"""Heads of the columns of old and new values."""


@cache
def _cues() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A word that tells old or new, with the item named beside; an item's name."""
    cue = rf"(?:(?P<old>{_OLD})|(?P<new>{_NEW}))(?P<item>{_WORDS})?(?:内容)?{_LINK}"
    return re.compile(cue, re.M), re.compile(_WORDS)


@cache
def _value(item: Item) -> re.Pattern[str]:
    stop = _STOP if item.grammar in ("name", "ethnicity") else ""
    return re.compile(item.value + stop, re.M)


def find_changes(running: Running) -> dict[str, Span]:
    """Where the text states ``old_<item>`` and ``new_<item>`` of the items that were changed."""
    found: dict[str, Span] = dict(_tabled(running))
    for item, side, span in _worded(running.text):
        other = found.get(f"{'new' if side == 'old' else 'old'}_{item.field}")
        said = running.text[slice(*span)]
        if other is None or running.text[slice(*other)] != said:
            found.setdefault(f"{side}_{item.field}", span)
    return found


def _worded(text: str) -> Iterator[tuple[Item, str, Span]]:
    cue, words = _cues()
    for found in cue.finditer(text):
        named = found["item"]
        if named is None:
            last = [m[0] for m in words.finditer(text, max(0, found.start() - 80), found.end())]
            named = last[-1] if last else ""
        item = next((i for i in ITEMS if re.fullmatch(i.words, named)), None)
        value = _value(item).match(text, found.end()) if item else None
        if item is not None and value is not None:
            yield item, "old" if found["old"] else "new", value.span()


def _tabled(running: Running) -> Iterator[tuple[str, Span]]:
    """Items named in rows under heads such as 变更项目, 原登记内容, 现登记内容."""
    starts = {id(place[0]): i for i, place in enumerate(running.places) if place and place[1] == 0}
    for i, head in enumerate(running.rows):
        former = next((p for p in head.pieces if _FORMER.fullmatch(p.text)), None)
        latter = next((p for p in head.pieces if _LATTER.fullmatch(p.text)), None)
        if former is None or latter is None:
            continue
        for row in running.rows[i + 1 : i + 1 + CHANGE_ROWS_MAX]:
            item = next((it for it in ITEMS if re.fullmatch(it.words, row.pieces[0].text)), None)
            old, new = (
                next((p for p in row.pieces[1:] if p.left < c.right and c.left < p.right), None)
                for c in (former, latter)
            )
            if item and old and new and old is not new:
                for side, piece in (("old", old), ("new", new)):
                    at = starts[id(piece)]
                    yield f"{side}_{item.field}", (at, at + len(piece.text))
