"""How a row of the list of materials is said to people."""

from __future__ import annotations

from validators.guide.rows import MaterialRow
from validators.guide.vocabulary import VERIFICATIONS

_FORMS = {
    "original": "交原件{n}份",
    "shown": "带原件查验",
    "copy_and_shown": "交复印件，并带原件核对",
    "electronic": "交电子版",
    "scan": "交原件或复印件",
}


def bring_words(row: MaterialRow) -> str:
    """In which form to bring the material: 交原件1份, 带原件查验 …"""
    return _FORMS[row.form].format(n=row.copies or 1)


def full_words(row: MaterialRow) -> str:
    """Form, pages and waiver: 带原件查验（首页和本人页）；经电子核验户籍信息的可免提交."""
    detail = f"（{row.detail}）" if row.detail else ""
    return f"{bring_words(row)}{detail}{waiver_words(row)}"


def waiver_words(row: MaterialRow) -> str:
    """What the agency may verify instead; empty where nothing."""
    if row.waived_by is None:
        return ""
    return f"；经电子核验{VERIFICATIONS[row.waived_by]}的可免提交"
