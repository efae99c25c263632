"""Who a text names: persons beside their citizen numbers.

A number has a check digit and stands right behind its owner, whatever else a letter says and
however it says it. So the pair bears out a name found by a letter's wording, stands in for one that
was not found, and belies one that was taken from another sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from extractors.letters.names import ANYNAME, END, PERSON, begins_surely
from pipeline.reference import ethnicities, idnumber

Span = tuple[int, int]

PERSON_REACH = 90
"""Characters before a number within which its owner is named."""
_NUMBER = re.compile(r"(?<![\dA-Za-z])\d{17}[\dXx](?![\dA-Za-z])")
_OTHERS = (
    "经办|联系|证明|审核|审批|填表|制表|核查|调查|批准|负责|承办|监护|介绍|收件|法定代表|签收|接收|见证|护理|"
    "复核|开具"
)
"""Whose names an office prints beside the person's: those who do something about the paper."""
_NO_OTHER = "".join(rf"(?<!(?<!被){word})" for word in _OTHERS.split("|"))
NAME_LABEL = rf"(?:姓\s*名|{_NO_OTHER}人员?|对象|户主|职工|员工|教师|学生)"
"""What the label of a person's own name ends with, whatever stands before."""
_NAMED = re.compile(
    rf"(?:{NAME_LABEL}[:\t]+\s*(?P<labelled>{ANYNAME})|(?P<plain>{PERSON})){END}", re.M
)
_OTHER = re.compile(
    rf"(?:(?:{_OTHERS})(?:人员?|员)|(?:原|曾用|旧|[更变][改更正]前)姓?名[为是叫]?)[:\t“”(]*\Z"
)
"""Before a name that is not the number's owner: an official's, or one of the past."""
KIN = (
    "父亲|母亲|父母|丈夫|妻子|儿子|女儿|配偶|兄弟|哥哥|弟弟|姐姐|妹妹|姐妹|亲属|亲戚|朋友|同事|邻居|"
    "儿媳|女婿|侄子|侄女|孙子|孙女|[长次三]子|[长次三]女|爱人"
)
"""Words of relation before a name."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A person and the number beside, as stretches of the text."""

    name: Span
    number: Span


def find_pairs(text: str) -> tuple[Pair, ...]:
    """Every valid citizen number with the person named before it, in the order of the text."""
    return tuple(_pairs(text))


def _pairs(text: str) -> Iterator[Pair]:
    begun = 0
    for found in _NUMBER.finditer(text):
        if not idnumber.is_valid(found[0].upper()):
            continue
        start = max(begun, found.start() - PERSON_REACH)
        names = [
            m.span("labelled" if m["labelled"] else "plain")
            for m in _NAMED.finditer(text[: found.end()], start)
            if m.end() <= found.start() and _is_owner(m, text)
        ]
        if names:
            yield Pair(names[-1], found.span())
        begun = found.end()


def _is_owner(named: re.Match[str], text: str) -> bool:
    """Whether a name begins where it stands, and is no official's and none of the past."""
    before = text[: named.start()]
    start, end = named.span("labelled" if named["labelled"] else "plain")
    begins = named["labelled"] is not None or begins_surely(text, start, end)
    name = text[start:end]
    return begins and _OTHER.search(before) is None and not ethnicities.find(name)
