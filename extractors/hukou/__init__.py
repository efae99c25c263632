"""居民户口簿: household register booklet, issued by the police (公安机关户口登记机关).

Form of 公通字〔1995〕91号, in force since 1 July 1996: inner pages of 143 x 105 mm with a printed
grid, filled later by a dot-matrix printer or by hand. Faces:

``head``             户主页: 户别, 户主姓名, 户号, 住址, 签发日期;
``member``           常住人口登记卡: one person;
``changes``          登记事项变更和更正记载, the back of a member's page: table ``changes``;
``address_changes``  住址变动登记: table ``address_changes``.

A scan may hold several pages; each becomes a face. Source: domain.md 2.3.
"""

from __future__ import annotations

from collections.abc import Sequence

from extractors.hukou.grid import read_head, read_member
from extractors.hukou.pages import find_pages
from pipeline.contracts import Recogniser
from pipeline.model import DocumentType, Face, Line, Sheet
from pipeline.ruling import find_rules

KIND = DocumentType.HUKOU
VERSION = 1


def score(lines: Sequence[Line]) -> float | None:
    """How surely these lines are pages of a booklet, 0 to 1; None: they are not."""
    pages = find_pages(lines)
    return max((page.score for page in pages), default=None)


def extract(sheet: Sheet, recognise: Recogniser) -> Sequence[Face]:
    """One face for each booklet page on the sheet."""
    ruling = find_rules(sheet.image)
    faces = []
    for page in find_pages(sheet.lines):
        if page.kind == "member":
            faces.append(read_member(sheet, page, ruling, recognise).finish())
        elif page.kind == "head":
            faces.append(read_head(sheet, page, ruling, recognise).finish())
    return faces
