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

import re
from collections.abc import Callable, Sequence

from extractors.hukou.agreement import weigh_against_head
from extractors.hukou.changes import apply_changes, complete, read_rows
from extractors.hukou.faces import BookletDraft
from extractors.hukou.grid import read_head, read_member_page
from extractors.hukou.pages import BookletPage, find_pages
from extractors.hukou.words import PageKind
from extractors.labelled.titles import names_another
from pipeline.contracts import Recogniser
from pipeline.layout.ruled_lines import find_rules
from pipeline.layout.ruled_table import Ruling
from pipeline.model import DocumentType, Face, Line, Sheet

__all__ = ["KIND", "apply_changes", "complete", "extract", "score"]

Read = Callable[[Sheet, BookletPage, Ruling, Recogniser], BookletDraft]
_READERS: dict[PageKind, Read] = {
    "member": read_member_page,
    "head": read_head,
    "changes": read_rows,
    "address_changes": read_rows,
}

KIND = DocumentType.HUKOU


_PROOF = re.compile(r".{0,20}(?:户口|户籍|变更|更正).{0,10}(?:证明书?|情况说明)")
"""Title of what a police station writes about a register, with the register's own words."""


def score(lines: Sequence[Line]) -> float | None:
    """How surely these lines are pages of a booklet, 0 to 1; None: they are not."""
    is_proof = any(_PROOF.fullmatch("".join(line.text.split())) for line in lines)
    if is_proof or names_another(lines, KIND):
        return None
    pages = find_pages(lines)
    return max((page.score for page in pages), default=None)


def extract(sheet: Sheet, recognise: Recogniser) -> Sequence[Face]:
    """One face for each booklet page on the sheet."""
    ruling = find_rules(sheet.image)
    drafts = [
        _READERS[page.kind](sheet, page, ruling, recognise) for page in find_pages(sheet.lines)
    ]
    weigh_against_head(
        [d for d in drafts if d.face == "head"], [d for d in drafts if d.face == "member"]
    )
    return [draft.finish() for draft in drafts]
