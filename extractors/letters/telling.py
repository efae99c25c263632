"""Which kind of letter a text is: by its title, or, under 证明 and the like, by what it says.

Foreign papers hold every familiar word somewhere. So a title decides wherever there is one: a paper
headed by another title (申请表, 收入证明) is none of these, whatever it says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extractors.letters.kinds import LetterKind, letter_kinds
from extractors.letters.running import LetterRow, Running, run_together
from pipeline.model import DocumentType, Line

TITLED = 0.95
PLAIN_TITLE = 0.8
"""Scores of a letter known by its title, and by its words under a plain title."""
UPPER = 0.55
"""Part of the written height within which a title stands."""
TITLE_MAX = 44
"""Characters of the longest title."""
_HEADING = re.compile(
    r".*(?:证明书?|证明信|通知书?|批复|批文|决定书?|函|公函|复函|承诺书?|协议书?|合同书?|声明|启事|公告|公示|登记表|申请表|"
    r"申请书|审批表|审核表|认定表|确认表|确认书|明细|账单|对账单|发票|病历|简历|收据|委托书|介绍信|证|单|表|书|试卷|名册|报告|须知|"
    r"请示|意见|办法|总结|说明)(?:\([^()]{1,10}\))?"
)
_SENTENCE = re.compile(r"[。;,]|:$|^(?:特此|兹|以上|此复)|[:]")
_SHEET = re.compile(r"\((?:第?[一二三四五\d]联|存根|正本|副本|回执)[^()]*\)")
_PERSON = re.compile(r"\d{14,}[\dXx]?|姓名|同志|先生|女士|身份")


def without_remark(title: str) -> str:
    """A title without the remark which of several sheets this is: （第二联：交档案所在单位）."""
    return _SHEET.sub("", title)


def title_rows(running: Running) -> Iterator[LetterRow]:
    """Rows of the upper part that may be a title: short, no sentence, not in the text's column."""
    if not running.rows:
        return
    top = min(row.level for row in running.rows)
    limit = top + UPPER * (running.bottom - top)
    for row in running.rows:
        text = without_remark(row.text)
        if row.level <= limit and len(text) <= TITLE_MAX and not _SENTENCE.search(text):
            yield row


def title_of(running: Running) -> str | None:
    """The paper's title: the largest row that is worded as one; a title of two rows is joined.

    Where no row is, a part of one: a cell of a table may be worded so, too (解除聘用合同 时间).
    """
    rows = list(title_rows(running))
    parts = [(row, piece.text) for row in rows if len(row.pieces) > 1 for piece in row.pieces]
    for candidates in (_headings(rows), parts):
        said = [(row.height, without_remark(text)) for row, text in candidates]
        headings = [(height, text) for height, text in said if _HEADING.fullmatch(text)]
        if headings:
            return max(headings, key=lambda h: h[0])[1]
    return None


def _headings(rows: Sequence[LetterRow]) -> Iterator[tuple[LetterRow, str]]:
    for i, row in enumerate(rows):
        yield row, row.text
        after = rows[i + 1] if i + 1 < len(rows) else None
        if after is None or row.height < 1.15 * _least(rows):
            continue
        alike = 0.75 < after.height / row.height < 1.33
        if alike and after.level - row.level < 2.6 * row.height:
            yield row, row.text + after.text


def _least(rows: Sequence[LetterRow]) -> float:
    return min(row.height for row in rows)


def score_letter(kind: DocumentType, lines: Sequence[Line]) -> float | None:
    """How surely these lines are a letter of this kind; None: they are not."""
    running = run_together(lines)
    title = title_of(running)
    if title is None:
        return None
    own = letter_kinds()[kind]
    if any(p.search(title) for p in own.against) or not _PERSON.search(running.text):
        return None
    if own.need is not None and not own.need.search(running.text):
        return None
    if own.deny is not None and own.deny.search(running.text):
        return None
    if _is_titled(own, title):
        return TITLED
    others = (k for k in letter_kinds().values() if k is not own)
    if any(_is_titled(k, title) for k in others):
        return None
    if not any(p.fullmatch(title) for p in own.plain_titles):
        return None
    return PLAIN_TITLE if all(p.search(running.text) for p in own.plain) else None


def _is_titled(kind: LetterKind, title: str) -> bool:
    return any(p.fullmatch(title) for p in kind.titles)
