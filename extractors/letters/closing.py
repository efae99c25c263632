"""Issuer and date of a letter: the last rows, to the right, mostly under a seal.

The date is the lowest row that is one, alone or behind 日期：. The issuer is behind a label
(签发单位, 受理单位) or stands right above the date; what was read from the seal's arc stands there
too, so a row counts only where it is worded as a body's name. The same name elsewhere on the paper
(letterhead, 接收单位：) bears it out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extractors.letters.grammar import ORGAN, org
from extractors.letters.kinds import MACROS
from extractors.letters.running import Row, Running
from pipeline.evidence import Evidence, Value
from pipeline.model import Char
from pipeline.piece import Piece
from pipeline.reference import dates

ABOVE = 4.2
"""Line heights above the date within which the issuer stands."""
BESIDE = 3.0
"""Line heights by which the issuer's end may lie left of where the date begins."""
ISSUER_MAX = 2.2
"""Heights of usual lines above which a name is no line of print: a letterhead, a seal's arc."""
_DATE = re.compile(MACROS["DATES"])
_LABEL = re.compile(
    r"(?:签发|发证|出证|填表|填写|承诺|签署|落款|出具|登记|申请|打印)?(?:日期|时间)[:.]*|年月日[:.]*"
)
_SHORT_YEAR = re.compile(r"二[一二三四五六七八九][〇○零一二三四五六七八九]年")
ZERO_MIN = 0.75
"""Score of a circle that is not among the characters almost read: the calendar tells it."""
_BLANK = re.compile(r"(?:(?:签发|出具|承诺|填写|登记)?(?:日期|时间)[:.]*)?(?:20\d?\d?)?年月日?")
_ISSUER_LABEL = re.compile(
    r"(?:签发|发证|出证|出具|发函|填发|登记|受理|经办|开具|证明|用人|审批)(?:单位|机关|机构|部门)(?:\((?:盖章|公章|签章|章)\))?"
    r"(?:名称)?[:.]*|(?:单位|机关)?(?:\((?:盖章|公章|签章)\)|盖章|公章)[:.]*"
)
_STAMPED = re.compile(r"\((?:盖章|公章|签章|章)\)$")


@dataclass(frozen=True, slots=True)
class Closing:
    """What a letter ends with; None where it was not found."""

    issuer: Evidence | None
    day: Evidence | None


def close_of(running: Running) -> Closing:
    """Issuer and date. Of several dates (a slip below a cutting line has its own) the lowest
    that has an issuer above it counts, else the lowest."""
    found = list(_dates(running))
    for row, day in found:
        issuer = _issuer_above(running, row)
        if issuer is not None:
            return Closing(issuer, day)
    labelled = _labelled(running)
    if found:
        return Closing(labelled, found[0][1])
    return Closing(labelled, _blank(running))


def _dates(running: Running) -> Iterator[tuple[Row, Evidence]]:
    """Rows that are a date, from the lowest: all of the row, a run of its pieces, or what follows
    日期：."""
    for row in sorted(running.rows, key=lambda r: -r.level):
        pieces = _date_pieces(row)
        if pieces:
            text = "".join(p.text for p in pieces)
            value = dates.parse_date(text)
            if value is not None and len(value) == 10:
                yield row, Evidence(pieces, Value(value, (), True))


def _with_zero(piece: Piece) -> Piece:
    """二二六年 as 二〇二六年: the circle of the year is often dropped, and only there can it stand
    in a year of this century."""
    if _SHORT_YEAR.match(piece.text) is None:
        return piece
    one, other = piece.chars[0], piece.chars[1]
    lost = [c for c in piece.line.lost if c.text in "〇○零O0" and one.left <= c.left <= other.right]
    score = max((c.score for c in lost), default=0.0)
    zero = Char("〇", max(score, ZERO_MIN), one.right, other.left)
    return Piece(piece.line, (one, zero, *piece.chars[1:]), piece.quad)


def _date_pieces(row: Row) -> list[Piece]:
    """The pieces of a row that print a date; no other words but a label may stand in the row
    (what was read from a seal beside it is short)."""
    whole = [_with_zero(p) for p in row.pieces]
    chars = [(p, i) for p in whole for i in range(len(p.chars))]
    text = "".join(p.text for p in whole)
    found = _DATE.search(text)
    if found is None:
        return []
    before, after = text[: found.start()], text[found.end() :]
    if (len(before) > 3 and not _LABEL.fullmatch(before)) or len(after) > 3:
        return []
    pieces: list[Piece] = []
    for piece in whole:
        own = [i for p, i in chars[found.start() : found.end()] if p is piece]
        if own:
            pieces.append(piece.part(own[0], own[-1] + 1))
    return pieces


def _issuer_above(running: Running, day: Row) -> Evidence | None:
    """The body named above the date (or in its row, left of it), nearest first."""
    height = min(day.height, 1.4 * running.body)
    best: tuple[float, Evidence] | None = None
    for row in running.rows:
        distance = (day.level - row.level) / height
        if not -0.6 < distance < ABOVE or row is day:
            continue
        for piece in _parts(row):
            name = _STAMPED.sub("", piece.text)
            reaches = piece.right > day.left - BESIDE * height and piece.left < day.right + height
            if not reaches or not ORGAN.fullmatch(name) or piece.height > ISSUER_MAX * running.body:
                continue
            evidence = _issuer(piece.part(0, len(name)), running)
            # A name in one piece as long as a body's is no part of a seal; the longer, the surer.
            weight = (evidence.agreed, len(name) >= 5, -abs(distance - 1.7))
            score = 4.0 * weight[0] + 2.0 * weight[1] + weight[2]
            if best is None or score > best[0]:
                best = (score, evidence)
    return None if best is None else best[1]


def _parts(row: Row) -> Iterator[Piece]:
    """The pieces of a row without the label before a name."""
    for piece in row.pieces:
        label = _ISSUER_LABEL.match(piece.text)
        start = label.end() if label else 0
        if start < len(piece.chars):
            yield piece.part(start, len(piece.chars))


def _labelled(running: Running) -> Evidence | None:
    """The body behind 签发单位, 受理单位（盖章） and the like, the lowest."""
    for row in sorted(running.rows, key=lambda r: -r.level):
        for i, piece in enumerate(row.pieces):
            label = _ISSUER_LABEL.match(piece.text)
            if label is None:
                continue
            rest: Sequence[Piece] = row.pieces[i + 1 : i + 2]
            if label.end() < len(piece.chars):
                rest = [piece.part(label.end(), len(piece.chars))]
            for own in rest:
                if ORGAN.fullmatch(own.text):
                    return _issuer(own, running)
    return None


def _issuer(piece: Piece, running: Running) -> Evidence:
    """The name as evidence; what else the paper says of it bears it out."""
    elsewhere = sum(row.text.count(piece.text) for row in running.rows)
    return Evidence([piece], org(piece.text), elsewhere > 1)


def _blank(running: Running) -> Evidence | None:
    """A place for the date that nobody filled in."""
    for row in sorted(running.rows, key=lambda r: -r.level)[:6]:
        if _BLANK.fullmatch(row.text):
            return Evidence(list(row.pieces), Value("", (), True))
    return None
