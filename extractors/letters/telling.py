"""Which kind of letter a text is: by its title, or, under 证明 and the like, by what it says.

Foreign papers hold every familiar word somewhere. So a title decides wherever there is one: a title
is what it is called (证明, 通知单 …), about what, by whom and of whom. One that is about the matter
of a kind tells it; one about nothing leaves it to the facts; one about another matter (收入证明)
denies, whatever the text says. A sheet without any title is told by its facts alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from extractors.labelled.titles import names_another
from extractors.letters.events import event_dates
from extractors.letters.grammar import ORGAN
from extractors.letters.groups import group_of
from extractors.letters.kinds import LetterKind, letter_kinds
from extractors.letters.names import PERSON
from extractors.letters.running import LetterRow, Running, run_together
from extractors.letters.subject import subject_of
from extractors.letters.tables import table
from pipeline.model import DocumentType, Line

TITLED, PLAIN_TITLE, UNTITLED = 0.95, 0.8, 0.6
"""Scores of a letter known by its title, by its facts under a plain title, and without a title."""
BY_EVENT = 0.05
"""Score gained where the text dates the event that such a paper is about."""
UPPER = 0.55
"""Part of the written height within which a title stands."""
TITLE_MAX = 44
"""Characters of the longest title."""
RESIDUE_MAX = 1
"""Characters of a plain title that are none of its known words."""
_SENTENCE = re.compile(r"[。;,:]|^(?:特此|兹|以上|此复)")
_SHEET = re.compile(r"\((?:第?[一二三四五\d]联|存根|正本|副本|回执)[^()]*\)")
_PERSON = re.compile(r"\d{14,}[\dXx]?|姓名|同志|先生|女士|身份")
_LABELLED = re.compile(r"(?:身份|证件)[^\s:\d]{0,6}[:为是\t]*\d{15}")
_PAIR = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")


@cache
def _title_words() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What a title ends with; words of it that say nothing of the matter."""
    words = table()["title"]
    noun = rf"(?:{words['nouns']})(?:\([^()]{{1,10}}\))?"
    neutral = rf"{words['neutral']}|{PERSON}(?=同志|的|$)|[\s\d()〔〕《》“”\"、:-]+"
    return re.compile(rf"{noun}$"), re.compile(neutral)


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
    noun, _ = _title_words()
    parts = [(row, piece.text) for row in rows if len(row.pieces) > 1 for piece in row.pieces]
    for candidates in (_headings(rows, running.body), parts):
        said = [(row.height, without_remark(text)) for row, text in candidates]
        headings = [(height, text) for height, text in said if noun.search(text)]
        if headings:
            return max(headings, key=lambda h: h[0])[1]
    return None


def _headings(rows: Sequence[LetterRow], body: float) -> Iterator[tuple[LetterRow, str]]:
    """Rows; and before the second of two larger than the body, of which the first is no body's
    name, both of them together."""
    for row, after in zip(rows, (*rows[1:], None), strict=False):
        yield row, row.text
        if after is None or row.height < 1.15 * body or ORGAN.fullmatch(row.text):
            continue
        alike = 0.75 < after.height / row.height < 1.33
        if alike and after.level - row.level < 2.6 * row.height:
            yield max(row, after, key=lambda r: r.height), row.text + after.text


def is_plain(title: str) -> bool:
    """Whether a title says nothing of what the paper proves: 证明, 关于某同志情况的函."""
    noun, neutral = _title_words()
    rest = noun.sub("", title)
    body = ORGAN.match(rest)
    if body is not None and not rest.startswith("关于"):
        rest = rest[body.end() :]
    return len(neutral.sub("", rest)) <= RESIDUE_MAX


def score_letter(kind: DocumentType, lines: Sequence[Line]) -> float | None:
    """How surely these lines are a letter of this kind; None: they are not."""
    running = run_together(lines)
    title, text = title_of(running) or "", running.text
    own = letter_kinds()[kind]
    if not _PERSON.search(text) or (own.against and own.against.search(title)):
        return None
    # A pen across the print tilts a line, which gives no value then; what it says is still said.
    said = "\n".join((text, *(line.text for line in lines)))
    if own.need is not None and not own.need.search(said):
        return None
    if own.topic.search(title):
        return TITLED
    if any(k.is_titled(title) for k in letter_kinds().values()) or names_another(lines, kind):
        return None
    told = text.replace("\t", "")
    if not all(p.search(told) for p in own.says) or not _is_stated(own, text):
        return None
    if title:
        dated = any(event_dates(text, event) for event in own.events)
        return PLAIN_TITLE + BY_EVENT * dated if is_plain(title) else None
    return UNTITLED if _PAIR.search(text) else None


def _is_stated(kind: LetterKind, text: str) -> bool:
    """Whether a text claims of somebody what such a paper proves, not just names it."""
    if "id_number" in kind.always and not (_LABELLED.search(text) or subject_of(text)):
        return False
    if "group" not in kind.always:
        return True
    told = group_of(text, "")
    return told is not None and not told.doubts
