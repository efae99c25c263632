"""Where a person's name begins and ends among other words, as regular expressions.

Nothing parts words in Chinese. A name of two to four characters begins with a surname
(:mod:`pipeline.reference.surnames`); a name of several parts (阿里木·买买提) is told from the words
around it by characters that no such name is written with. Where a name ends is certain before a
sign, an honorific or a label (:data:`HARD_END`); before a character that names end with, too
(韦有为, 李自, 韦胜男), it is not (:data:`SOFT_END`): the same name elsewhere must settle it, or a
person.
"""

from __future__ import annotations

import re

from extractors.letters.tables import table
from pipeline.reference.surnames import surnames

HAN = "㐀-䶿一-鿿〇𠀀-𲎯"
_DOT = r"[·•.・‧∙]"
_WORDS = table()["names"]
_NOT_FIRST, _NEVER = _WORDS["not_first"], _WORDS["not_in_parts"]
PARTS = (
    rf"(?:(?!{_WORDS['before_parts']})(?![{_NEVER}])[{HAN}]){{1,12}}?"
    rf"(?:{_DOT}\s*(?:(?![{_NEVER}])[{HAN}]){{1,12}}?){{1,3}}?"
)
ANYNAME = rf"(?:(?!{_NOT_FIRST})(?:{PARTS}|[{HAN}]{{2,4}}?))"
_ONE, _TWO = surnames().telling, surnames().compound
_BEFORE_PARTS = (
    rf"(?:(?<![{HAN}])|(?<=[村居公]民)|(?<=[职员]工)|(?<=[教老]师)|(?<=干部)|(?<=同志)|(?<=同意)|(?<=证明)|"
    r"(?<=[有将与和受查请调取收代替帮为因由系及兹叫等])|(?<=其中)|(?<=户主)|(?<=[人会]员)|(?<=对象)|(?<=书记)|"
    r"(?<=主任)|(?<=委员)|(?<=支书)|(?<=会计)|(?<=经理)|(?<=医生)|(?<=护士)|(?<=关于)|(?<=给予)|(?<=代办人)|(?<=委托)|(?<=授权)|"
    r"(?<=[人名主号室位一二三四五六七八九十])|(?<=[组队村镇局科校会]长)|(?<=[子夫女儿弟妹哥姐母父友戚妻侄孙媳婿]))"
)
"""Before a name of several parts, which no surname tells from the words before it."""
PERSON = (
    rf"(?:(?<![·•.・‧∙])(?!{_NOT_FIRST})(?!(?<=[辖小社城市地园矿景校库院])区)(?!(?<=[现人我其来])代)(?!(?<=[主现担历常就])任)(?:{_BEFORE_PARTS}{PARTS}|"
    rf"(?:{'|'.join(sorted(_TWO))})[{HAN}]{{1,2}}|[{''.join(sorted(_ONE))}][{HAN}]{{1,2}}))"
)
"""A name that begins with a known surname, or one of several parts whose beginning is certain."""
HARD_END = (
    rf"(?=\s*(?:{_WORDS['behind']}|[等系是已被受及以的]|(?<!关)于|[,，。;；:()〔·“”/、]|$|\n|\t))"
)
SOFT_END = (
    r"(?=\s*(?:[男女][,，、)]|[自因经与为之现原和在从向由曾至]|家庭|夫妇|"
    r"户[(系为属共现,，]|委托|授权|申请|同意))"
)
END = rf"(?:{HARD_END}|{SOFT_END})"
"""What follows a name in running text."""
BEFORE_NAME = re.compile(
    rf"(?:[^{HAN}]|[民工员师部志有将与和受查意为得准定实予示人计长记象生户主是请兹明的士医子夫女儿叫由因同任调取收聘代替帮名我托弟妹哥姐母父友偶戚妻侄孙媳婿村镇乡屯组队校院厂场科室站店处居街位号局社]|其中)$"
)
"""What may stand before a name in running text: no letter, or the end of a word that introduces
persons. After any other character the name may have lost its beginning."""
WHOLE_NAME = 3
"""Characters of a name that begins with a surname of one: it has no more."""
_HARD = re.compile(HARD_END, re.M)
_ENDS_SOFTLY = re.compile(SOFT_END)


_PLACES = "区路江水林山池宫城门丘湾坡塘寨井关党"
"""Surnames that words before a name end with as well (我辖区文敏)."""


_LONE_BEFORE = re.compile(rf"(?:^|[\s,、;:。])[{HAN}]$")
"""One character between a clause's beginning and a name: a name's first (塔季扬娜 for 季扬娜)."""


def begins_surely(text: str, start: int, end: int) -> bool:
    """Whether the name ``text[start:end]`` has no more characters before: it is whole, or what
    stands there introduces persons. What a value follows in the same row is a label (供养方式:)."""
    if text[end : end + 1] == ":" and text[end + 1 : end + 2] not in ("", "\n"):
        return False
    if start == 0 or BEFORE_NAME.search(text[:start]):
        return True
    return (
        end - start == WHOLE_NAME
        and text[start] not in _PLACES
        and not _LONE_BEFORE.search(text[:start])
        and not re.search(_DOT, text[start:end])
    )


def is_open(text: str, start: int, end: int) -> bool:
    """Whether the name ``text[start:end]`` may go on: it has fewer characters than names may have,
    what follows may be one more, and nowhere else does the text end it with certainty."""
    name = text[start:end]
    parts = re.search(_DOT, name) is not None
    if not parts and len(name) > (3 if name[:2] in _TWO else 2):
        return False
    if _HARD.match(text, end) or not _ENDS_SOFTLY.match(text, end):
        return False
    if parts and text[end] in _NEVER:
        return False
    return not any(_HARD.match(text, m.end()) for m in re.finditer(re.escape(name), text))
