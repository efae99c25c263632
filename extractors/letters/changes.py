"""What a police station's proof says was changed: each item's value before and after.

Worded (将姓名由“甲”变更为“乙”；原姓名：甲，现姓名：乙), as blocks (变更项目、变更前、变更后)
or as rows of a table under such heads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from extractors.letters.kinds import MACROS
from extractors.letters.names import HAN
from extractors.letters.people import Span
from extractors.letters.reading import read_span
from extractors.letters.running import Running
from pipeline.contracts import Recogniser
from pipeline.evidence.evidence import Evidence
from pipeline.model import Sheet

_Q = r"[\"“”「」『』'‘’`\s:]*"
_TO = r"(?:变更登记|变更|更正|更改|修改|改名|更名|改)\s*(?:为|成)"
_ANYID = MACROS["ID"].replace("?P<v>", "?:")
_GROUP = rf"(?!成[份分])[{HAN}]{{1,5}}?族?"
_STOP = r"(?=[\"”“」』'’`\s,，。;；.()、]|$)"
_HALT = rf"(?:{_STOP}|(?=[已于经因]))"
"""Where an old value ends that a sentence goes on after (原号码…已于某日更正为)."""


@dataclass(frozen=True, slots=True)
class Item:
    """An item that can be changed: its field, how it is printed, the shape of its value."""

    field: str
    words: str
    value: str
    grammar: str


ITEMS = (
    Item("name", "姓名|名字", MACROS["ANYNAME"], "name"),
    Item(
        "id_number",
        "公民身份号码|居民身份证号码?|身份证号码?|身份证件号码|公民身份证号码?|身份号码|号码",
        _ANYID,
        "id_number",
    ),
    Item("birth_date", "出生日期|出生年月日|出生年月|出生时间", MACROS["DATES"], "full_date"),
    Item("ethnicity", "民族成份|民族成分|民族", _GROUP, "ethnicity"),
    Item("sex", "性别", "[男女]", "sex"),
)


_ANY = "|".join(item.words for item in ITEMS)


def _patterns(item: Item) -> Iterator[re.Pattern[str]]:
    """How an item's old and new values are worded, the clearest first."""
    w, v = rf"(?:{item.words})", item.value
    old, new = rf"(?P<old>{v})", rf"(?P<new>{v})"
    reg = r"(?:户口)?(?:登记)?的?"
    before = r"(?:变更|更正|更改|修改){1,2}前"
    after = r"(?:变更|更正|更改|修改){1,2}后"
    for text in (
        rf"{w}{_Q}(?:于{MACROS['DATES']})?{_Q}(?:已|现)?(?:由|从)(?:原来的|原)?{_Q}{old}{_Q}{_TO}{_Q}{new}{_STOP}",
        rf"{w}(?:{MACROS['DATES']}|(?!{_ANY})[^。\n\d]){{0,20}}?(?:由|从)(?:原来的|原)?{_Q}{old}{_Q}{_TO}{_Q}{new}{_STOP}",
        rf"{w}{_Q}{old}{_Q}{_TO}(?:{w})?{_Q}{new}{_STOP}",
        rf"(?:变更|更正|更改|修改){{1,2}}(?:项目|内容|事项){_Q}{w}\s*{before}(?:内容)?{_Q}{old}\s*{after}(?:内容)?{_Q}{new}{_STOP}",
        rf"{before}的?{w}{_Q}{old}{_STOP}.{{0,40}}?{after}的?{w}{_Q}{new}{_STOP}",
        rf"{before}[:,(]?[^。]{{0,60}}?{w}{_Q}{old}{_STOP}[^。]{{0,80}}?{after}[:,(]?[^。]{{0,60}}?{w}{_Q}{new}{_STOP}",
        rf"(?<!变更)(?:原|曾用|旧){reg}{w}{_Q}(?:为|是)?{_Q}{old}{_STOP}.{{0,60}}?(?:现|新)(?:用)?{reg}{w}{_Q}(?:为|是)?{_Q}{new}{_STOP}",
        rf"(?<!变更)(?:原|旧)(?:使用)?{reg}{w}{_Q}(?:为|是)?{_Q}{old}{_HALT}.{{0,40}}?(?:{after}的?{w}{_Q}(?:为|是)?|{_TO}){_Q}{new}{_STOP}",
        rf"{w}{_Q}(?:原|原来)(?:登记)?(?:为|是|系){_Q}{old}{_HALT}.{{0,40}}?(?:{after}的?{w}{_Q}(?:为|是)?|{_TO}){_Q}{new}{_STOP}",
        rf"{before}[^\n]{{0,12}}{after}[^\n]*\n(?:[^\n]*\n){{0,8}}?{w}\t{old}\t{new}{_STOP}",
    ):
        yield re.compile(text, re.M | re.S)
    if item.field == "name":
        to = r"(?:(?:现用名|现名|更名|改名)(?:为|是|叫|成)?)"
        for text in (
            rf"(?:曾用名|原名|旧名){_Q}(?:为|是|叫)?{_Q}{old}{_STOP}[^。]{{0,40}}?{to}{_Q}{new}{_STOP}",
            rf"(?<![{HAN}]){new}\((?:原名|曾用名|原姓名|旧名){_Q}(?:为|是|叫)?{_Q}{old}\)",
            rf"(?<![{HAN}]){old}{_Q}(?:更名|改名){_Q}(?:为|成){_Q}{new}{_STOP}",
        ):
            yield re.compile(text, re.M | re.S)


_COMPILED = {item.field: tuple(_patterns(item)) for item in ITEMS}


_FORMER = re.compile(r"(?:变更|更正|更改|修改)*前.{0,6}|(?:原|旧).{0,6}")
_LATTER = re.compile(r"(?:变更|更正|更改|修改)*后.{0,6}|(?:现|新).{0,6}")
"""Heads of the columns of old and new values."""
CHANGE_ROWS_MAX = 8
"""Rows below such heads."""


def find_changes(running: Running, sheet: Sheet, recognise: Recogniser) -> dict[str, Evidence]:
    """``old_<item>`` and ``new_<item>`` of every item that the text says was changed."""
    fields: dict[str, Evidence] = {}
    tabled = dict(_tabled(running))
    for item in ITEMS:
        found = next((m for p in _COMPILED[item.field] if (m := p.search(running.text))), None)
        spans = (found.span("old"), found.span("new")) if found else tabled.get(item.field)
        if spans is None:
            continue
        for side, span in zip(("old", "new"), spans, strict=True):
            name = f"{side}_{item.field}"
            fields[name] = read_span(name, item.grammar, span, running, sheet, recognise)
    return fields


def _tabled(running: Running) -> Iterator[tuple[str, tuple[Span, Span]]]:
    """Items named in rows under heads such as 变更项目, 原登记内容, 现登记内容: where their values
    stand in the text."""
    starts = {id(place[0]): i for i, place in enumerate(running.places) if place and place[1] == 0}
    for i, head in enumerate(running.rows):
        former = next((p for p in head.pieces if _FORMER.fullmatch(p.text)), None)
        latter = next((p for p in head.pieces if _LATTER.fullmatch(p.text)), None)
        if former is None or latter is None:
            continue
        for row in running.rows[i + 1 : i + 1 + CHANGE_ROWS_MAX]:
            item = next((it for it in ITEMS if re.fullmatch(it.words, row.pieces[0].text)), None)
            old, new = (
                next(
                    (p for p in row.pieces[1:] if p.left < column.right and column.left < p.right),
                    None,
                )
                for column in (former, latter)
            )
            if item and old and new and old is not new:
                a, b = starts[id(old)], starts[id(new)]
                yield item.field, ((a, a + len(old.text)), (b, b + len(new.text)))
