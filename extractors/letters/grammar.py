"""What values of letters look like, beside those of cards (:mod:`extractors.labelled.grammar`)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from extractors.labelled.grammar import (
    HALF_NAME,
    HALF_OFFICE,
    HALF_TOWN,
    HEADLESS_OFFICE,
    MISFIT,
    UNPLACED,
    Grammar,
    ethnicity,
    full_date,
    is_unplaced,
    month,
    name,
    number,
    phone,
    plain,
    sex,
)
from extractors.letters.groups import group_name
from pipeline.evidence.evidence import Value
from pipeline.reference import addresses, ethnicities
from pipeline.reference.names import SEPARATOR
from pipeline.reference.surnames import begins_with_surname

_NUMBER = re.compile(
    r"(?P<word>[^\d(\[〔【{<《]*)(?P<open>[(\[〔【{<《|丨])(?P<year>(?:19|20)\d\d)年?[)\]〕】}>》|丨]"
    r"(?P<order>第?)(?P<count>\d{1,5})号?"
)
_DOUBLED = re.compile(r"([(\[〔【{<《|丨])[(\[〔【{<《|丨]+")
_BRACKETS = {
    "(": "（）",
    "[": "[]",
    "〔": "〔〕",
    "【": "【】",
    "{": "〔〕",
    "<": "〔〕",
    "《": "〔〕",
    "|": "〔〕",
    "丨": "〔〕",
}
ORGAN = re.compile(
    r"[^\d\s:;,。]{2,}(?:局|厅|部|委|院|校|所|站|社|厂|店|馆|园|队|公司|政府|中心|委员会|办事处|办公室|服务处|工作处|人事处|学院|"
    r"大学|中学|小学|幼儿园|医院|银行|集团|联社|事务所|村委会|居委会|党委|支部|组织部|分局|派出所|大队|支队|处|科|股|矿|协会|"
    r"联合会|基金会|合作社|总厂|基地|农场|林场)(?:\([^)]*\))?"
)
"""A body that addresses, issues or employs: by how such names end."""
_TITLED = re.compile(r"函(?!授)|证明|通知")
"""What titles say and no body's name: a letter's title was read into it (…中心调档函…中学)."""
SHORT_WORD = "文号的机关代字前可能缺字"
NO_BODY = "不似单位名称"
BEHEADED = "单位名称前面可能缺字"
_BEHEADED = re.compile(
    r"[族自治]{0,3}(?:[县区市州省]|[镇乡](?!镇))"
    r"(?:公安|民政|教育|人民|人社|人力|就业|农业|水|\S{0,6}派出所)"
)
"""A body's name that begins with the rank of its place has lost the place."""
_NAMELESS = re.compile(r"\S?(?:总|分|子|有限|责任|股份|集团|实业)*(?:公司|厂|集团)")
"""An enterprise's name whose own part (字号) has lost all but one character: the law asks for two
(企业名称登记管理规定, 2020 年修订, 第八条)."""
FIRST_PART_MAX = 6
"""Characters of the first part of a name of several parts; more are other words before it."""
_NO_NAME = re.compile("同志|先生|女士|性别|身份|证明|村民|居民")
_HAN_DIGITS = dict(zip("零一二三四五六七八九", range(10), strict=True)) | dict(
    zip("壹贰叁肆伍陆柒捌玖", range(1, 10), strict=True)
)


def letter_number(text: str) -> Value:
    """A letter's number as printed (桂人才函〔2026〕57号); a bracket that was read as half of
    another kind follows the first."""
    single = _DOUBLED.sub(r"\1", text)
    found = _NUMBER.fullmatch(single)
    if found is None:
        return Value(text, () if re.fullmatch(r"[A-Za-z0-9-]{3,}", text) else (MISFIT,))
    pair = _BRACKETS[found["open"]]
    head = f"{found['word']}{pair[0]}{found['year']}{pair[1]}"
    # A body's word has two characters and more: of 调函字 the first may be lost.
    short = len(found["word"].removesuffix("字")) < 2
    doubts = [SHORT_WORD] if short else []
    doubts += [MISFIT] if found["open"] in "|丨" or single != text else []
    return Value(f"{head}{found['order']}{found['count']}号", tuple(doubts))


def org(text: str) -> Value:
    """A body's name. Where it names a county, the county must exist."""
    value = text.replace("(", "（").replace(")", "）")
    if not ORGAN.fullmatch(text) or _TITLED.search(text):
        return Value(value, (NO_BODY,))
    if _BEHEADED.match(text) or _NAMELESS.fullmatch(text):
        return Value(value, (BEHEADED,))
    if HALF_OFFICE.search(text) or HEADLESS_OFFICE.match(text):
        return Value(value, (HALF_NAME,))
    found = addresses.parse_address(text)
    if found.near is not None:
        return Value(value, (f"地名疑为“{found.near.name}”",))
    if is_unplaced(text):
        return Value(value, (UNPLACED,))
    if found.lacks_in_town:
        return Value(value, (HALF_TOWN,))
    return Value(value)


def person(text: str) -> Value:
    """A name found among other words: a known surname must begin it."""
    value = name(text)
    known = begins_with_surname(value.value)
    if _NO_NAME.search(value.value) or ethnicities.find(value.value):
        return Value(value.value, (*value.doubts, "含有不属于姓名的字"))
    first, _, rest = value.value.partition(SEPARATOR)
    if rest and len(first) > FIRST_PART_MAX:
        return Value(value.value, (*value.doubts, "姓名前的字可能不属于姓名"))
    return value if known else Value(value.value, (*value.doubts, "姓氏不常见，可能不是姓名"))


def days(text: str) -> Value:
    """A number of days."""
    number_ = int(text) if text.isascii() and text.isdigit() else _small(text)
    return Value(text, (MISFIT,)) if number_ is None else Value(str(number_), (), True)


def _small(text: str) -> int | None:
    """一 to 九百九十九, also in the numerals of accounts."""
    text = text.replace("拾", "十").replace("佰", "百")
    total, digit = 0, 0
    for char in text:
        if char in "十百":
            total += (digit or 1) * (10 if char == "十" else 100)
            digit = 0
        elif char in _HAN_DIGITS:
            digit = _HAN_DIGITS[char]
        else:
            return None
    return total + digit or None


def group_wording(text: str) -> Value:
    """How a special group is worded: 城市低保, 农村最低生活保障, 特困人员救助供养 …, as printed."""
    return Value(text, () if group_name(text) else (MISFIT,), True)


def group(text: str) -> Value:
    """Which special group of the resident pension (domain.md 1.8)."""
    found = group_name(text)
    return Value(text, (MISFIT,)) if found is None else Value(found, (), True)


def open_date(text: str) -> Value:
    """A full date in a letter or form. Nothing bears its digits out, so it is not closed."""
    found = full_date(text)
    return Value(found.value, found.doubts)


LETTER_GRAMMARS: Mapping[str, Grammar] = {
    "plain": plain,
    "name": name,
    "person": person,
    "id_number": number,
    "sex": sex,
    "ethnicity": ethnicity,
    "phone": phone,
    "full_date": open_date,
    "month": month,
    "letter_number": letter_number,
    "org": org,
    "days": days,
    "wording": group_wording,
    "group": group,
}
