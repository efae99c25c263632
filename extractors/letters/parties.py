"""Who acts for whom: the proxy and the applicant of an undertaking.

Every mention of a person votes for a part by the words around: a label (受托人：), a phrase
(受某人委托), the heading of a block (二、受托人信息), 本人. The parts go to the two persons whose
votes agree best; where the other way round is nearly as good, that is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations
from typing import Literal

from extractors.letters.kinds import MACROS
from extractors.letters.people import KIN, Span, find_pairs, mentions_of
from extractors.letters.subject import Subject
from pipeline.reference import names

Role = Literal["proxy", "applicant"]
ROLES: tuple[Role, Role] = ("proxy", "applicant")
BY_PHRASE, BY_SELF, BY_NOUN, SIGNED = 4.0, 2.0, 1.0, 0.5
"""Votes: a label or phrase right at the name, 本人, the last heading before, a signature."""
PARTY_MARGIN = 1.0
"""Votes by which the parts must agree better than the other way round."""
PARTY_REACH = 60
"""Characters behind a name within which its number or telephone stands."""
_PROXY = r"(?<!被)(?:代办|代理)人|受委?托人|被委托人|承诺人"
_APPLICANT = r"(?:申请|申办)人|被(?:代办|代理)人|参保人|(?<![受被])委托人"
_TAIL = r"[:\t\s]*(?:\([^)]{1,8}\))?(?:姓\s*名)?[是为叫:,、(\t“”\s]*$"
_BEFORE = {
    "proxy": re.compile(
        rf"(?:{_PROXY}|委托(?:其|我|本人)?的?(?:{KIN})?|由其?(?:{KIN})?|的(?:{KIN})){_TAIL}"
    ),
    "applicant": re.compile(
        rf"(?:{_APPLICANT}|[受代替为帮因]|征得|我[是系])"
        rf"(?:申请人|参保人|委托人|其|本人|我)?的?(?:{KIN})?{_TAIL}"
    ),
}
_SELF = re.compile(rf"(?:本人|我叫|我是){_TAIL}")
_AFTER_APPLICANT = re.compile(
    r"(?:同志)?(?:[(,][^\n。;)]{0,14}?\d{17}[\dXx]\)?)?(?:同志)?"
    rf"(?:的?(?:特?委托|授权|{KIN})|,?(?:因[^\n。]{{0,20}}?)?"
    r"(?:行动不便|不便|不能|无法|外出|个人原因|工作繁忙|年老|患病|住院|腿脚|身体))"
)
_NOUNS = {"proxy": re.compile(_PROXY), "applicant": re.compile(_APPLICANT)}
_NUMBERS = {
    role: re.compile(
        rf"(?:{noun})的?(?:公民|居民)?(?:身份|证件)[^\s:\d]{{0,5}}?[为是:\t]*{MACROS['ID']}"
    )
    for role, noun in (("proxy", _PROXY), ("applicant", _APPLICANT))
}
_SIGN = re.compile(r"[签章印][^\n]{0,6}$")
_NUMBER = re.compile(MACROS["ID"])
_PHONE = re.compile(rf"(?<!\d){MACROS['PHONE']}(?!\d)")


@dataclass(frozen=True, slots=True)
class Parties:
    """Who is who, as far as the text names them; ``unsure``: it may be the other way round."""

    persons: dict[Role, Subject]
    unsure: bool


def parties_of(text: str) -> Parties:
    """Proxy and applicant."""
    votes: dict[str, dict[Role, float]] = {}
    spans: dict[str, tuple[Span, bool]] = {}
    for mention in sorted(mentions_of(text), key=lambda m: (not m.labelled, m.span)):
        name = names.normalise(text[slice(*mention.span)])
        spans.setdefault(name, (mention.span, mention.labelled))
        own = votes.setdefault(name, {"proxy": 0.0, "applicant": 0.0})
        for role, vote in _votes(text, mention.span):
            own[role] = max(own[role], vote)
    numbered = {names.normalise(text[slice(*p.name)]): p.number for p in reversed(find_pairs(text))}
    for pair in find_pairs(text):
        name = names.normalise(text[slice(*pair.name)])
        spans.setdefault(name, (pair.name, False))
        votes.setdefault(name, {"proxy": 0.0, "applicant": 0.0})
    told = _assign(votes, set(numbered))
    persons = {
        role: Subject(
            *spans[name],
            numbered.get(name) or _number_of(role, text) or _number(text, spans[name][0]),
            False,
        )
        for role, name in told.items()
    }
    return Parties(persons, _is_unsure(told, votes, len(numbered)))


def _assign(votes: dict[str, dict[Role, float]], numbered: set[str]) -> dict[Role, str]:
    """The two parts by the votes; where a text gives but two numbers, by exclusion."""
    people = [n for n in votes if n in numbered or max(votes[n].values()) >= BY_SELF]
    best, told = 0.0, dict[Role, str]()
    for proxy, applicant in permutations([*people, ""], 2):
        score = votes[proxy]["proxy"] if proxy else 0.0
        score += votes[applicant]["applicant"] if applicant else 0.0
        score += 0.1 * ((proxy in numbered) + (applicant in numbered))
        if score > best:
            both = {"proxy": proxy, "applicant": applicant}
            best, told = score, {r: n for r in ROLES if (n := both[r]) and votes[n][r]}
    if len(told) == 1 and len(numbered) == 2:
        (role,) = told
        other = numbered - {told[role]}
        if len(other) == 1:
            told["applicant" if role == "proxy" else "proxy"] = other.pop()
    return told


def _is_unsure(told: dict[Role, str], votes: dict[str, dict[Role, float]], numbers: int) -> bool:
    if len(told) < 2:
        return numbers > 1
    proxy, applicant = told["proxy"], told["applicant"]
    straight = votes[proxy]["proxy"] + votes[applicant]["applicant"]
    crossed = votes[applicant]["proxy"] + votes[proxy]["applicant"]
    return straight - crossed < PARTY_MARGIN


def _votes(text: str, span: Span) -> Iterator[tuple[Role, float]]:
    before = text[max(0, span[0] - 30) : span[0]]
    signed = _SIGN.search(before) is not None
    for role in ROLES:
        if _BEFORE[role].search(before):
            yield role, SIGNED if signed else BY_PHRASE
            return
    if _AFTER_APPLICANT.match(text, span[1]):
        yield "applicant", BY_PHRASE
        return
    if _SELF.search(before):
        yield "proxy", BY_SELF
        return
    nouns = [(m.end(), role) for role in ROLES for m in _NOUNS[role].finditer(text, 0, span[0])]
    if nouns:
        yield max(nouns)[1], BY_NOUN


def is_parted(text: str, role: Role, person: Subject) -> bool:
    """Whether the other party is named between a person and the number, which may be the other's:
    where the person's own was not read, the next one in the text was taken."""
    if person.number is None or person.number == _number_of(role, text):
        return False
    between = text[person.name[1] : person.number[0]]
    return any(noun.search(between) for other, noun in _NOUNS.items() if other != role)


def _number_of(role: Role, text: str) -> Span | None:
    """A number that is labelled as that of a party, apart from the name (申请人的身份证为 …)."""
    found = _NUMBERS[role].search(text)
    return found.span("v") if found else None


def _number(text: str, name: Span) -> Span | None:
    """A number behind a name that no check digit bears out."""
    found = _NUMBER.search(text, name[1], name[1] + PARTY_REACH)
    return found.span("v") if found else None


def phone_of(text: str, parties: Parties) -> Span | None:
    """The proxy's telephone: of the numbers in the text the one nearest behind the proxy."""
    phones = [
        m.span("v") for m in _PHONE.finditer(text) if not text[m.end() : m.end() + 1].isdigit()
    ]
    proxy, applicant = (parties.persons.get(role) for role in ROLES)
    if proxy is None or not phones:
        return phones[0] if len(phones) == 1 and applicant is None else None

    def owner(phone: Span) -> str:
        at = [(p.name[0], r) for r, p in parties.persons.items() if p.name[0] < phone[0]]
        return max(at)[1] if at else "proxy"

    own = [phone for phone in phones if owner(phone) == "proxy"]
    return own[0] if own else (phones[0] if len(phones) == 1 else None)
