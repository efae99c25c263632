"""What a value of each field looks like: its canonical form, and what speaks against it.

Nothing is corrected here and nothing is made up: a value that does not fit keeps what was read and
gets a doubt.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from pipeline.evidence.evidence import Value
from pipeline.reference import (
    addresses,
    countries,
    dates,
    disability,
    ethnicities,
    idnumber,
    names,
    permits,
)
from pipeline.reference.text import squeeze

Grammar = Callable[[str], Value]

MISFIT = "内容不合该栏的格式"
_PHONE = re.compile(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}")
_AUTHORITY = re.compile(
    r"[一-鿿]{2,}(?:公安局|分局|派出所|公安厅|管理局|(?<!残)残疾人联合会|残联|中心|大队)"
    r"|(?:中华人民共和国)?公安部"
)
HALF_OFFICE = re.compile(r"公安(?![局厅部分])|(?<!派)出所")
"""A police office whose 局 was lost (桂平市公安南乡派出所), or a station misread (源出所)."""
HEADLESS_OFFICE = re.compile(
    r"公安(?!部)|派出所|(?:民政|教育|财政|卫生|人力资源)\S{0,6}?局|人民政府|残疾?人?联"
    r"|(?!中华人民)(?:华人|人)?民?共和国"
)
"""What a body's name does not begin with: its place, or the state's first signs, were lost."""
_PLACED = re.compile(r"[^\s区县市]{1,10}(?:[区县市]|自治[州县旗])(?!场)")
"""A body's name that begins with a place of county or prefecture rank."""
HALF_NAME = "机关名称疑缺字"
UNPLACED = "单位名称中的地名不在行政区划表中"
HALF_TOWN = "乡镇名称疑缺字"
VALUE_SPECKS = ".,。，、·'`’‘\"~^*_|丨:："
"""Signs that specks and rules around a value are read as; no value begins or ends with one."""
_END = re.compile(
    r".*(?:[号室房户屯村组队楼栋幢座层厂场院区苑园城里巷弄街路道店站校庄寨坡社]"
    r"|(?:单元|[栋幢座楼室-])\d+|之[\d一二三四五六七八九十]+)"
)
"""What a whole address ends with: a number with its word, or a named place smaller than a town."""
_BETWEEN = re.compile(r"[.,。，、'`‘’:：;；*~^_|]")
"""Signs within an address that specks are read as (13.1号 for 131号)."""
_UNNUMBERED = re.compile(r"[栋幢座楼号]单元|[路街道巷弄屯村]号")
"""Words that a number stands before: it was lost under a seal (9栋单元 for 9栋1单元)."""
_SEX = re.compile(
    r"(?:(?P<before>[MF])(?:ale|emale)?[/(ノ]?)?(?P<sex>[男女])"
    r"(?:[/(ノ]?(?P<behind>[MF])?(?:ale|emale)?\)?|[/(ノ][A-Z℉]\)?)"
)
"""The word with its translation, of whose one letter behind a stroke another may be read."""
_LETTERS = {"男": "M", "女": "F"}
_HOME_NUMBER = re.compile(r"[A-Z]{1,2}[0-9]{6}\(?[0-9A]\)?|[1578]/?[0-9]{6}/?\(?[0-9]\)?")
"""Identity cards of Hong Kong (A264268(8)) and Macao (1/234567/8, 1234567(8))."""
_CATEGORY = {name: name for name in disability.CATEGORIES.values()}
_GRADES = {
    **{name: name for name in disability.GRADES.values()},
    **{digit + "级": name for digit, name in disability.GRADES.items()},
    "壹级": "一级",
    "贰级": "二级",
    "叁级": "三级",
    "肆级": "四级",
}


def name(text: str) -> Value:
    """A person's name."""
    value = names.normalise(text)
    if names.is_plausible(value):
        return Value(value, of_person=True)
    return Value(value, ("姓名的字数或用字不常见",))


def sex(text: str) -> Value:
    """男 or 女, also with its translation: 男/M, which must be the same."""
    told = _SEX.fullmatch(text)
    if told is None:
        return Value(text, (MISFIT,))
    clash = {told["before"], told["behind"]} - {None, _LETTERS[told["sex"]]}
    return Value(told["sex"], (MISFIT,) if clash else (), True)


def ethnicity(text: str) -> Value:
    """An ethnic group as printed, with or without 族."""
    return Value(text, (), True) if ethnicities.find(text) else Value(text, ("不是已知的民族名称",))


def full_date(text: str) -> Value:
    """A date to the day, or 长期."""
    value = dates.parse_date(text)
    if value is None:
        return Value("", ("不是完整的日期",))
    return Value(value, () if len(value) == 10 or value == "长期" else ("日期不完整",), True)


def month(text: str) -> Value:
    """A date that may be printed to the month only (出生年月)."""
    value = dates.parse_date(text)
    return Value("", ("不是完整的日期",)) if value is None else Value(value, (), True)


def number(text: str) -> Value:
    """A citizen number."""
    value = idnumber.clean(text)
    without_specks = re.sub(r"[.,·:;'、，。]", "", value)
    if idnumber.is_valid(without_specks):  # the check character says that nothing else was lost
        value = without_specks
    if len(value) == 18 and idnumber.is_valid(value):
        return Value(value, (), True)
    return Value(value, ("号码位数或校验位不符",))


def certificate_number(text: str) -> Value:
    """A disability certificate's number."""
    value = disability.clean(text)
    try:
        return Value(disability.parse(value).number, (), True)
    except disability.InvalidDisabilityNumber:
        return Value(value, ("残疾人证号位数、校验位或类别等级不符",))


def address(text: str) -> Value:
    """An address: its county must be one that exists or existed."""
    found = addresses.parse_address(text)
    if found.near is not None:
        return Value(text, (f"地名疑为“{found.near.name}”",))
    if found.county is None:
        return Value(text, ("地址中未找到已知的县（市、区）",))
    if found.lacks_in_town:
        return Value(text, (HALF_TOWN,))
    if _BETWEEN.search(text):
        return Value(text, ("地址中夹有不应有的符号",))
    if _UNNUMBERED.search(found.rest):
        return Value(text, ("地址中疑缺号码",))
    whole = found.rest and _END.fullmatch(text)
    return Value(text, () if whole else ("地址似不完整",))


def authority(text: str) -> Value:
    """An issuing organ. Latin letters and figures beside it come from a seal, or from specks."""
    text = re.sub(r"^[A-Za-z0-9]+|[A-Za-z0-9]+$", "", text)
    if not _AUTHORITY.fullmatch(text):
        return Value(text, (MISFIT,))
    if HALF_OFFICE.search(text) or HEADLESS_OFFICE.match(text):
        return Value(text, (HALF_NAME,))
    found = addresses.parse_address(text)
    if found.near is not None:
        return Value(text, (f"地名疑为“{found.near.name}”",))
    if is_unplaced(text):
        return Value(text, (UNPLACED,))
    if found.lacks_in_town:
        return Value(text, (HALF_TOWN,))
    return Value(text, (), found.county is not None or found.prefecture is not None)


def is_unplaced(body: str) -> bool:
    """Whether a body's name begins with a county or a city that there is not (韩县 for 藤县)."""
    found = addresses.parse_address(body)
    places = (found.county, found.prefecture, found.province, *found.candidates)
    return _PLACED.match(body) is not None and not any(places)


def phone(text: str) -> Value:
    """A telephone number. What stands around it belongs to a label or a seal: a person looks."""
    value = re.sub(r"\s", "", text)
    if _PHONE.fullmatch(value):
        return Value(value)
    inside = re.fullmatch(rf"[^\d]*({_PHONE.pattern})[^\d]*", value)
    return Value(inside[1] if inside else value, (MISFIT,))


def category(text: str) -> Value:
    """A kind of disability, without 残疾."""
    value = _CATEGORY.get(text.removesuffix("残疾"))
    return Value(text, (MISFIT,)) if value is None else Value(value, (), True)


def grade(text: str) -> Value:
    """A grade of disability."""
    value = _GRADES.get(text)
    return Value(text, (MISFIT,)) if value is None else Value(value, (), True)


def permit_number(text: str) -> Value:
    """The number of a travel permit (domain.md 2.7)."""
    value = permits.clean(text)
    return Value(value, () if permits.parse_travel_permit(value) else (MISFIT,))


def nationality(text: str) -> Value:
    """A country's Chinese name as printed (港澳居民来往内地通行证 of those who are not Chinese)."""
    if countries.find(text) is not None:
        return Value(text, (), True)
    plainer = names.in_standard_form(text)
    if countries.find(plainer) is not None:
        return Value(plainer, ("国名读作繁体",), True)
    return Value(text, ("不是已知的国家或地区",))


def home_number(text: str) -> Value:
    """The number of an identity card of Hong Kong or Macao, as printed."""
    return Value(text, () if _HOME_NUMBER.fullmatch(text) else (MISFIT,))


def count(text: str) -> Value:
    """How often a card was issued: two digits."""
    return Value(text, () if re.fullmatch(r"\d{1,2}", text) else (MISFIT,))


def card_number(text: str) -> Value:
    """The number of a social security card: nine characters. Source: domain.md 2.5."""
    return Value(text, () if re.fullmatch(r"[A-Z0-9]{9}", text) else (MISFIT,))


def place(text: str) -> Value:
    """Where a permit was issued: a place's Chinese name."""
    return Value(text, () if re.fullmatch(r"[一-鿿]{2,12}", text) else (MISFIT,))


def plain(text: str) -> Value:
    """Anything."""
    return Value(text)


GRAMMARS: Mapping[str, Grammar] = {
    "nationality": nationality,
    "name": name,
    "guardian": name,
    "sex": sex,
    "ethnicity": ethnicity,
    "birth_date": full_date,
    "month": month,
    "issue_date": full_date,
    "valid_from": full_date,
    "valid_to": full_date,
    "valid_until": full_date,
    "id_number": number,
    "certificate_number": certificate_number,
    "address": address,
    "current_address": address,
    "issuing_authority": authority,
    "guardian_phone": phone,
    "category": category,
    "grade": grade,
    "permit_number": permit_number,
    "social_security_number": number,
    "card_number": card_number,
    "issue_count": count,
    "issue_place": place,
    "home_id_number": home_number,
}


def read_value(field: str, text: str) -> Value:
    """The canonical value of ``text`` as ``field`` prints it; ``""`` for a blank."""
    squeezed = squeeze(text).strip(VALUE_SPECKS)
    if not squeezed:
        return Value("")
    return GRAMMARS.get(field, plain)(squeezed)
