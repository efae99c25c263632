"""残疾人证号 (GB/T 26341-2010): 18 characters of the citizen number, category, grade, and after a
re-issue B and a count. Source: domain.md 2.4."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from pipeline.reference import idnumber
from pipeline.reference.text import plain_dashes, squeeze

CATEGORIES = {
    "1": "视力",
    "2": "听力",
    "3": "言语",
    "4": "肢体",
    "5": "智力",
    "6": "精神",
    "7": "多重",
}
GRADES = {"1": "一级", "2": "二级", "3": "三级", "4": "四级"}

_SHAPE = re.compile(r"(\d{17}[\dX])(\d)(\d)(?:B([1-9]))?", re.ASCII)

CertificateNumber = Literal["length", "charset", "category", "grade", "id_number"]


class InvalidDisabilityNumber(ValueError):
    """Not a disability certificate's number; ``code`` says why."""

    def __init__(self, code: CertificateNumber) -> None:
        super().__init__(code)
        self.code: CertificateNumber = code


@dataclass(frozen=True, slots=True, repr=False)
class DisabilityNumber:
    """``number`` canonical; ``reissue`` counts re-issues after loss, 0 for the first issue."""

    number: str
    id_number: str
    category: str
    grade: str
    reissue: int


def clean(text: str) -> str:
    """Narrow, without spaces and separators, upper-case."""
    return re.sub(r"[-/.·]", "", plain_dashes(squeeze(text))).upper()


def parse(text: str) -> DisabilityNumber:
    """The number that ``text`` prints.

    Raises InvalidDisabilityNumber; ``id_number`` where the first 18 characters are no citizen
    number.
    """
    number = clean(text)
    if len(number) not in (20, 22):
        raise InvalidDisabilityNumber("length")
    found = _SHAPE.fullmatch(number)
    if found is None:
        raise InvalidDisabilityNumber("charset")
    id_number, category, grade, reissue = found.groups()
    if not idnumber.is_valid(id_number):
        raise InvalidDisabilityNumber("id_number")
    if category not in CATEGORIES:
        raise InvalidDisabilityNumber("category")
    if grade not in GRADES:
        raise InvalidDisabilityNumber("grade")
    return DisabilityNumber(
        number, id_number, CATEGORIES[category], GRADES[grade], int(reissue or 0)
    )


def is_valid(text: str) -> bool:
    """Whether ``text`` is a disability certificate's number."""
    try:
        parse(text)
    except InvalidDisabilityNumber:
        return False
    return True


def find_grade(text: str) -> str | None:
    """一级 to 四级 for what is printed (``二级``, ``2级``, ``贰级``, ``二``), else None."""
    text = squeeze(text).removesuffix("级")
    words = {"1": "1一壹", "2": "2二贰", "3": "3三叁", "4": "4四肆"}
    return next((GRADES[d] for d, forms in words.items() if len(text) == 1 and text in forms), None)


def find_category(text: str) -> str | None:
    """视力 to 多重 for what is printed (``肢体残疾``, ``肢体``), else None."""
    word = squeeze(text).removesuffix("残疾")
    return word if word in CATEGORIES.values() else None
