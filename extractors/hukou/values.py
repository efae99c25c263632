"""What a value of each field looks like: its canonical form, and what speaks against it.

Doubts are sentences for the person who looks.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from pipeline.reference import (
    addresses,
    countries,
    dates,
    ethnicities,
    idnumber,
    names,
    relations,
    vocabulary,
)
from pipeline.reference.text import is_misread, squeeze

_HEIGHT = re.compile(r"(\d{2,3})(?:厘米|公分|CM|cm|Cm)?|[12][.]\d{1,2}(?:米|M|m)?")
_BLOOD = re.compile(
    r"(A|B|O|AB)(?:型)?(?:RH[阴阳]性|[(]?RH[+-][)]?)?|不明|未明|未知|未定|不详|其他"
)
_DATED = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日")
_LEADING = re.compile(r"\d{4}年\d{1,2}月(?:\d{1,2}日)?|\d{4}([-./])\d{1,2}\1\d{1,2}|\d{8}(?!\d)")
_SPACED_DATE = re.compile(r"(\d{4}[-./]\d{1,2}[-./]\d{1,2})\s*[^\s\d]")
_HOUSEHOLD = re.compile(r".*(?:户|户口)$")
_NUMBER = re.compile(r"\d{4,18}")
_SPECKS = ".,，。'`·:：;；、|_-~…★☆"
"""What dust and rules are read as, at the ends of a value."""
_SETTLED = frozenset({"久居", "出生", "世居", "久住", "祖居", "原住", "无"})
_MOVING = re.compile(r"迁|转|来|入户|落户|出生|申报|补录|登记|投靠|分户|立户|入籍")
_UNKNOWN_COUNTY = re.compile(r"[一-鿿]{1,7}[县市区旗]")
"""What can only be a county's name, where it is all that is left of a place."""
_UNUSUAL = "不是常见的填写内容"
_SEXES = frozenset("男女")
_UNFIT = "内容不合该栏的格式"
_PLACE_FIELDS = frozenset({"birth_place", "native_place", "other_address_in_city", "address"})
_NAME_FIELDS = frozenset({"name", "head_name"})
_DATE_FIELDS = frozenset({"birth_date", "registration_date", "issue_date", "date"})

# A letter that cannot be a digit, or the other way round, by the field's grammar.
_BLOOD_LOOKS = str.maketrans(
    {"0": "O", "〇": "O", "○": "O", "o": "O", "a": "A", "b": "B", "8": "B"}
)


@dataclass(frozen=True, slots=True)
class HukouValue:
    """A canonical value, and why a person should look at it."""

    value: str
    doubts: tuple[str, ...] = ()
    is_usual: bool = False
    """Whether it fits a closed grammar or a known word: agreement of its own."""
    is_closed: bool = False
    """Whether it is a whole word of the field's list, or a number that checks itself."""


def _doubtful(value: str, *doubts: str) -> HukouValue:
    return HukouValue(value, doubts)


def _word(text: str, is_word: bool, doubt: str) -> HukouValue:
    """A value of a closed list."""
    return HukouValue(text, (), True, True) if is_word else _doubtful(text, doubt)


def _closed(is_word: Callable[[str], bool], doubt: str) -> Callable[[str], HukouValue]:
    """The grammar of a closed list."""
    return lambda text: _word(text, is_word(text), doubt)


def _is_ethnicity(text: str) -> bool:
    return ethnicities.find(text) is not None


def _id_number(text: str) -> HukouValue:
    number = idnumber.clean(text)
    if not idnumber.is_valid(number):
        return _doubtful(number, "号码位数或校验位不符")
    if len(number) == 15:
        return _doubtful(number, "十五位号码，无校验位可核")
    return HukouValue(number, (), True, True)


def _height(text: str) -> HukouValue:
    found = _HEIGHT.fullmatch(text)
    if found is None:
        return _doubtful(text, _UNFIT)
    centimetres = int(found[1]) if found[1] else 100
    return HukouValue(text, () if 30 <= centimetres <= 230 else ("数值超出常见范围",), True)


def _blood_type(text: str) -> HukouValue:
    value = text.translate(_BLOOD_LOOKS)
    return _word(value, _BLOOD.fullmatch(value) is not None, _UNFIT)


def _date(text: str) -> HukouValue:
    iso = dates.parse_date(text.removesuffix("签发"))
    if iso is None or len(iso) != 10:
        return _doubtful(iso or "", "不是完整的日期")
    return HukouValue(iso, (), True)


def _name(text: str) -> HukouValue:
    name = names.normalise(text)
    return (
        HukouValue(name) if names.is_plausible(name) else _doubtful(name, "姓名的字数或用字不常见")
    )


def _former_name(text: str) -> HukouValue:
    return HukouValue(text, (), True) if text in names.NONE else _name(text)


_CUT_OFF = re.compile(r"[^\d元栋幢座楼室-]\d+$|单元$|(?:村民|居民)小?$|第[一二三四五六七八九十]+$")
"""The end of an address whose last signs are not there: 号 behind a number, a number behind 单元,
the group of villagers."""


def _place(text: str) -> HukouValue:
    found = addresses.parse_address(text)
    if found.lacks_in_town:
        return _doubtful(text, "乡镇名称疑缺字")
    if _CUT_OFF.search(text):
        return _doubtful(text, "地址似不完整")
    if found.near is not None:
        return _doubtful(text, f"地名疑为“{found.near.name}”")
    if found.county is not None and found.method != "none":
        return HukouValue(text, (), True)
    if _UNKNOWN_COUNTY.fullmatch(found.rest):
        return _doubtful(text, "未找到已知的县（市、区）")
    return HukouValue(text)


def _origin(text: str) -> HukouValue:
    """A place of birth or origin: it begins with a known division, or is a foreign country."""
    found = addresses.parse_address(text)
    known = found.county or found.prefecture or found.province or found.candidates
    if known or found.near or countries.find(text):
        return _place(text)
    return _doubtful(text, "未找到已知的地名")


def _household_number(text: str) -> HukouValue:
    return HukouValue(text) if _NUMBER.fullmatch(text) else _doubtful(text, _UNFIT)


def _household_type(text: str) -> HukouValue:
    if vocabulary.is_usual("household_type", text):
        return HukouValue(text, (), True, True)
    return HukouValue(text) if _HOUSEHOLD.fullmatch(text) else _doubtful(text, _UNUSUAL)


def _listed(field: str) -> Callable[[str], HukouValue]:
    def value(text: str) -> HukouValue:
        if vocabulary.is_usual(field, text):
            return HukouValue(text, (), True, True)
        # Another word is more likely misread than new: 文旨 for 文盲.
        near = [w for w in vocabulary.words(field) if _is_near(w, text)]
        return _doubtful(text, f"疑为“{near[0]}”" if near else _UNUSUAL)

    return value


def _is_near(word: str, text: str) -> bool:
    """Whether one character makes the difference between a word of three or more and the text."""
    if len(word) < 3 or abs(len(word) - len(text)) > 1:
        return False
    if len(word) == len(text):
        return is_misread(text, word)
    long, short = (word, text) if len(word) > len(text) else (text, word)
    return any(long[:i] + long[i + 1 :] == short for i in range(1, len(long) - 1))


def _starts_with_date(text: str) -> bool:
    head = _LEADING.match(text)
    return head is not None and dates.parse_date(head[0]) is not None


def _sentence(text: str) -> HukouValue:
    """何时由何地迁来: 久居, or a date and a place. A date that does not exist is misread."""
    for found in _DATED.findall(text):
        if dates.parse_date(found) is None:
            return _doubtful(text, "其中的日期不完整或不存在")
    if text[:1].isdigit() and not _starts_with_date(text):
        return _doubtful(text, "其中的日期不完整或不存在")
    place = re.search(r"(?:由|从)(.+?)(?:迁来|迁入|转入|$)", text) or re.match(
        rf"(?:{_LEADING.pattern})(广.+)", text
    )
    if place is not None:
        found_place = _place(place[place.lastindex or 1])
        return HukouValue(text, found_place.doubts, found_place.is_usual)
    if text in _SETTLED:
        return HukouValue(text, (), True, True)
    if len(text) < 5 or not _MOVING.search(text):
        return _doubtful(text, _UNUSUAL)
    return HukouValue(text)


_GRAMMARS: dict[str, Callable[[str], HukouValue]] = {
    "relation_to_head": _closed(relations.is_relation, _UNUSUAL),
    "sex": _closed(_SEXES.__contains__, _UNFIT),
    "ethnicity": _closed(_is_ethnicity, _UNUSUAL),
    "id_number": _id_number,
    "height": _height,
    "blood_type": _blood_type,
    "household_number": _household_number,
    "household_type": _household_type,
    "move_in_from_city": _sentence,
    "move_in_to_address": _sentence,
    "education": _listed("education"),
    "marital_status": _listed("marital_status"),
    "military_service": _listed("military_service"),
    "religion": _listed("religion"),
    **dict.fromkeys(sorted(_PLACE_FIELDS), _place),
    "birth_place": _origin,
    "native_place": _origin,
    **dict.fromkeys(sorted(_NAME_FIELDS), _name),
    "former_name": _former_name,
    **dict.fromkeys(sorted(_DATE_FIELDS), _date),
}


def read_hukou_value(field: str, text: str) -> HukouValue:
    """The canonical value of ``text`` as ``field`` prints it; ``""`` for a blank."""
    squeezed = squeeze(text).strip(_SPECKS)
    if not squeezed:
        return HukouValue("")
    grammar = _GRAMMARS.get(field)
    value = grammar(squeezed) if grammar else HukouValue(squeezed)
    if grammar is _sentence and (dated := _SPACED_DATE.match(text)):
        # Printed with a space, which the engine loses at times.
        value = replace(value, value=f"{dated[1]} {value.value[len(dated[1]) :]}")
    return value


def _is_long_date(text: str) -> bool:
    return (dates.parse_date(text) or "")[4:5] == "-" and len(text) >= 8


_MARITAL = frozenset({"未婚", "已婚", "初婚", "再婚", "复婚", "丧偶", "离婚", "离异", "有配偶"})
_MILITARY = frozenset({"未服兵役", "退出现役", "服现役", "预备役", "未服过兵役", "士兵预备役"})
_STRONG: dict[str, Callable[[str], bool]] = {
    "relation_to_head": relations.is_relation,
    "sex": _SEXES.__contains__,
    "ethnicity": _is_ethnicity,
    "birth_date": _is_long_date,
    "date": _is_long_date,
    "id_number": lambda t: len(t) in (15, 18) and t[:-1].isdigit(),
    "height": lambda t: t.endswith(("厘米", "cm", "CM")),
    "blood_type": lambda t: (
        t.endswith("型") and _BLOOD.fullmatch(t.translate(_BLOOD_LOOKS)) is not None
    ),
    "marital_status": _MARITAL.__contains__,
    "military_service": _MILITARY.__contains__,
    "household_type": lambda t: vocabulary.is_usual("household_type", t),
    "household_number": lambda t: _NUMBER.fullmatch(t) is not None and len(t) >= 5,
}
"""Fields whose values are so unlike those of their neighbours that a value alone says which cell
it belongs to: what the shift of the values against the grid is measured by."""


def is_strongly_typed(field: str, text: str) -> bool:
    """Whether the text could hardly be the value of any other cell nearby."""
    test = _STRONG.get(field)
    return test is not None and test(squeeze(text))
