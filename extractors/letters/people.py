"""Who a text names: persons beside their citizen numbers, and which of them acts for which.

A number has a check digit and stands right behind its owner, whatever else a letter says and
however it says it. So the pair bears out a name found by a letter's wording, stands in for one that
was not found, and belies one that was taken from another sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from extractors.letters.names import ANYNAME, BEFORE_NAME, END, PERSON
from pipeline.reference import ethnicities, idnumber

Span = tuple[int, int]
LetterRole = Literal["proxy", "applicant"]

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
_TAIL = r"(?:姓名)?[:,、(\t“”\s]*$"
_PROXY_BEFORE = re.compile(
    rf"(?:(?<!被)(?:代办|代理)人|受委?托人|被委托人|承诺人|"
    rf"委托(?:其|我|本人)?(?:{KIN})?|由其?(?:{KIN})?|的(?:{KIN})){_TAIL}"
)
_SELF_BEFORE = re.compile(rf"(?:本人|我叫){_TAIL}")
_APPLICANT_BEFORE = re.compile(
    rf"(?:(?:申请|申办)人|被(?:代办|代理)人|参保人|(?<![受被])委托人|受|代|替|为|帮|因|我[是系])(?:申请人|参保人)?{_TAIL}"
)
_APPLICANT_AFTER = re.compile(
    rf"[\dXx][^\n。;\d]{{0,16}}?(?<=[)\dXx])\s*(?:同志)?(?:的?(?:委托|授权|特?委托|{KIN})|[,]?(?:因[^\n。]{{0,20}}?)?(?:行动不便|不便|不能|无法|外出|个人原因|工作繁忙|年老|患病|住院))"
)
_PROXY_NOUN = re.compile(r"(?<!被)(?:代办|代理)人|受委?托人|被委托人|承诺人")
_APPLICANT_NOUN = re.compile(r"(?:申请|申办)人|被(?:代办|代理)人|参保人|(?<![受被])委托人")


@dataclass(frozen=True, slots=True)
class Pair:
    """A person and the number beside, as stretches of the text; ``role`` as far as it is told."""

    name: Span
    number: Span
    role: LetterRole | None = None


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
            yield Pair(names[-1], found.span(), _role(text, begun, names[-1], found.end()))
        begun = found.end()


def _is_owner(named: re.Match[str], text: str) -> bool:
    """Whether a name begins where it stands, and is no official's and none of the past."""
    before = text[: named.start()]
    begins = named["labelled"] is not None or BEFORE_NAME.search(before) is not None
    name = named["labelled"] or named["plain"]
    return begins and _OTHER.search(before) is None and not ethnicities.find(name)


def _role(text: str, begun: int, name: Span, end: int) -> LetterRole | None:
    """What the words around a pair make of the person; else the last such word before."""
    before = text[max(0, name[0] - 24) : name[0]]
    if _PROXY_BEFORE.search(before):
        return "proxy"
    if _APPLICANT_BEFORE.search(before) or _APPLICANT_AFTER.match(text, end - 1):
        return "applicant"
    if _SELF_BEFORE.search(before):
        return "proxy"
    said = text[begun : name[0]]
    nouns: list[tuple[int, LetterRole]] = [(m.end(), "proxy") for m in _PROXY_NOUN.finditer(said)]
    nouns += [(m.end(), "applicant") for m in _APPLICANT_NOUN.finditer(said)]
    return max(nouns)[1] if nouns else None


def persons_of(pairs: Sequence[Pair], text: str) -> dict[str, Pair]:
    """Each number that stands beside a name, with the first of its names."""
    return {text[slice(*p.number)].upper(): p for p in reversed(pairs)}


def parts_of(pairs: Sequence[Pair], text: str) -> dict[LetterRole, Pair]:
    """Proxy and applicant, where exactly two persons are named and the text tells who is who. Where
    it tells the part of one, the other has the other."""
    distinct = persons_of(pairs, text)
    if len(distinct) != 2:
        return {}
    roles = {p.role: p for p in distinct.values() if p.role is not None}
    if len(roles) != 1:
        return roles
    (known,) = roles
    other = next(p for p in distinct.values() if p is not roles[known])
    if other.role is not None:
        return {}
    return roles | {"applicant" if known == "proxy" else "proxy": other}


def owner_of(number: str, pairs: Sequence[Pair], text: str) -> Pair | None:
    """The first person named before this number."""
    return next((p for p in pairs if text[slice(*p.number)].upper() == number), None)
