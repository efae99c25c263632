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

from extractors.labelled.looks import look
from extractors.letters.grammar import ORGAN, org
from extractors.letters.kinds import MACROS
from extractors.letters.running import LetterRow, Running
from pipeline.contracts import Recogniser
from pipeline.evidence.evidence import Evidence, Value, chances
from pipeline.layout.piece import Piece, pieces_of
from pipeline.model import Sheet
from pipeline.reference import dates

ABOVE = 4.2
"""Line heights above the date within which the issuer stands."""
CLOSING_BELOW = 2.6
"""Line heights below the date within which the issuer stands where it is not above."""
LEVEL_CLOSING = 0.6
"""Line heights by which the pieces of the date's own row may lie lower."""
CLOSING_BESIDE = 3.0
"""Line heights by which the issuer's end may lie left of where the date begins."""
ISSUER_MAX = 2.2
"""Heights of usual lines above which a name is no line of print: a letterhead, a seal's arc."""
_DATE = re.compile(MACROS["DATES"])
_LABEL = re.compile(
    r"(?:签发|发证|出证|填表|填写|承诺|签署|落款|出具|登记|受理|申请|打印)?(?:日期|时间)[:.]*|年月日[:.]*|"
    r".{0,2}记.?期[:.]*"
)
"""Labels of the closing date, 登记日期 also misread; others (变更日期) have dates of their own."""
_DATE_LIKE = re.compile(
    r"[0-9〇○零O一二三四五六七八九十廿]{1,6}年[0-9〇○零O一二三四五六七八九十廿]{1,4}月"
    r"[0-9〇○零O一二三四五六七八九十廿]{0,4}[日目曰号]{0,2}|20\d\d[.,/:-]?\d\d[.,/:-]?\d\d"
)
"""A date with characters missing or misread under a seal."""
_NO_SIGNS = re.compile(r"(20\d\d)[.,/:-]?(\d\d)[.,/:-]?(\d\d)")
_CUT_YEAR = re.compile(r"[二2〇○零O0]{0,3}([一二三四五六七八九])(年.+)")
"""A year in Chinese numerals whose circles were lost: 二六年, 〇二六年 for 二〇二六年."""
NOT_PLAIN = "日期有未识别或识别把握不足的字"
DIGIT_MIN = 0.95
"""Score of a date's digit below which a person looks. Of 37 dates on drawn phone pictures a misread
one stood at 0.91, the weakest right ones but two at 0.97 and more."""
_SIGNS = "年月日.,/:-"
_BLANK = re.compile(r"(?:(?:签发|出具|承诺|填写|登记)?(?:日期|时间)[:.]*)?(?:20\d?\d?)?年月日?")
_ISSUER_LABEL = re.compile(
    r"(?:签发|发证|出证|出具|发函|填发|登记|受理|经办|开具|证明|用人|审批)(?:单位|机关|机构|部门)(?:\([^)]{1,5}\))?"
    r"(?:名称)?[:.]*|(?:单位|机关)?(?:\((?:盖章|公章|签章)\)|盖章|公章)[:.]*"
)
_STAMPED = re.compile(r"\((?:盖章|公章|签章|章)\)$")
_STARS = "★☆*"
"""The middle of a seal, read at the end of a name."""
_COPY_STAMP = re.compile(r".*(?:原件|复印|核对|收讫|收件|校对).*")
"""What an office stamps on a copy, with the day of copying below."""
STAMP_REACH = 2.6
"""Line heights from such a stamp within which a date is the stamp's."""
_SLIP = re.compile(r"(?:\S{0,10})?回\s*执(?:单|联)?(?:\([^)]*\))?")
FROM_SLIP = "未读到落款单位，按回执抬头推定"
CLOSING_ALONE = "未见落款日期，请核对签发单位"


@dataclass(frozen=True, slots=True)
class Closing:
    """What a letter ends with; None where it was not found."""

    issuer: Evidence | None
    day: Evidence | None


def close_of(running: Running, sheet: Sheet, recognise: Recogniser) -> Closing:
    """Issuer and date. Of several dates (a slip below a cutting line has its own) the lowest
    that has an issuer beside it counts, else the lowest."""
    found = list(_dates(running, sheet))
    for row, pieces in found:
        issuer = _issuer_by(running, row)
        if issuer is not None:
            return Closing(issuer, _day(pieces, sheet, recognise))
    issuer = _labelled(running) or _slip(running)
    if found:
        return Closing(issuer, _day(found[0][1], sheet, recognise))
    return Closing(issuer or _alone(running), _blank(running))


def _dates(running: Running, sheet: Sheet) -> Iterator[tuple[LetterRow, list[Piece]]]:
    """Rows that are a date, from the lowest: all of the row, a run of its pieces, or what follows
    日期：. Rows that look like a misread one come last."""
    stamps = [p for p in pieces_of(sheet.lines) if _COPY_STAMP.fullmatch(p.text)]
    rows = [
        row
        for row in sorted(running.rows, key=lambda r: -r.level)
        if _LABEL.match(row.text) or not _is_stamped(row, stamps)
    ]
    doubtful = []
    for row in rows:
        if pieces := _date_pieces(row, _DATE):
            if _parsed("".join(p.text for p in pieces)).doubts:
                doubtful.append((row, pieces))
            else:
                yield row, pieces
        elif pieces := _date_pieces(row, _DATE_LIKE):
            doubtful.append((row, pieces))
    yield from doubtful


def _is_stamped(row: LetterRow, stamps: Sequence[Piece]) -> bool:
    """Whether a row belongs to a stamp such as 与原件一致 with its day."""
    return any(
        abs(row.level - stamp.centre[1]) < STAMP_REACH * stamp.height
        and row.left < stamp.right
        and stamp.left < row.right
        for stamp in stamps
    )


def _day(pieces: Sequence[Piece], sheet: Sheet, recognise: Recogniser) -> Evidence:
    """The date, looked at again where it is doubtful."""
    evidence = look("issue_date", pieces, _parsed, sheet, recognise)
    weigh_digits(evidence)
    return evidence


def weigh_digits(evidence: Evidence) -> None:
    """Doubt a date that nothing bears out where a digit is not quite sure, in place: another digit
    gives a date as good."""
    if any(chances(c)[c.text] < DIGIT_MIN for c in evidence.chars if c.text not in _SIGNS):
        evidence.doubts.append(NOT_PLAIN)


def _parsed(text: str) -> Value:
    """A full date; one that lacks signs is put right with a doubt. Nothing bears its digits out,
    so it is not closed."""
    value = dates.parse_date(text)
    if value is not None and len(value) == 10:
        return Value(value)
    if found := _CUT_YEAR.fullmatch(text):
        value = dates.parse_date(f"二〇二{found[1]}{found[2]}")
    elif found := _NO_SIGNS.fullmatch(text):
        value = dates.parse_date("-".join(found.groups()))
    if value is not None and len(value) == 10:
        return Value(value, (NOT_PLAIN,))
    return Value("", ("不是完整的日期",))


def _date_pieces(row: LetterRow, shape: re.Pattern[str]) -> list[Piece]:
    """The pieces of a row that print a date; no other words but a label may stand in the row
    (what was read from a seal beside it is short)."""
    chars = [(p, i) for p in row.pieces for i in range(len(p.chars))]
    found = shape.search(row.text)
    if found is None:
        return []
    before, after = row.text[: found.start()], row.text[found.end() :]
    if (len(before) > 3 and not _may_precede(before)) or len(after) > 3:
        return []
    pieces: list[Piece] = []
    for piece in row.pieces:
        own = [i for p, i in chars[found.start() : found.end()] if p is piece]
        if own:
            pieces.append(piece.part(own[0], own[-1] + 1))
    return pieces


def _may_precede(text: str) -> bool:
    """Whether a date may end a row that begins with this: its label, or the issuer with or without
    a label of its own."""
    if _LABEL.fullmatch(text):
        return True
    name = _ISSUER_LABEL.sub("", _STAMPED.sub("", text), count=1)
    label = re.search(rf"(?:{_LABEL.pattern})$", name)
    return ORGAN.fullmatch(name[: label.start()] if label else name) is not None


def _alone(running: Running) -> Evidence | None:
    """The body named by itself in the lower right, where no date was found below it."""
    low = [r for r in running.rows if r.level > running.bottom / 2]
    edge = max((r.right for r in running.rows), default=0.0) / 3
    for row in sorted(low, key=lambda r: -r.level):
        if len(row.pieces) == 1 and row.left > edge and ORGAN.fullmatch(row.text):
            issuer = _issuer(row.pieces[0], running)
            if not issuer.agreed:
                issuer.doubts.append(CLOSING_ALONE)
            return issuer
    return None


def _issuer_by(running: Running, day: LetterRow) -> Evidence | None:
    """The body named above the date or left of it in its row, nearest first; else right below."""
    height = min(day.height, 1.4 * running.body)
    best: dict[bool, tuple[float, Evidence]] = {}
    for row in running.rows:
        distance = (day.level - row.level) / height
        if not -CLOSING_BELOW < distance < ABOVE:
            continue
        for piece in _parts(row):
            name = _STAMPED.sub("", piece.text)
            reaches = (
                piece.right > day.left - CLOSING_BESIDE * height and piece.left < day.right + height
            )
            if not reaches or not ORGAN.fullmatch(name) or piece.height > ISSUER_MAX * running.body:
                continue
            evidence = _issuer(piece.part(0, len(name)), running)
            # A name in one piece as long as a body's is no part of a seal; the longer, the surer.
            weight = (evidence.agreed, len(name) >= 5, -abs(distance - 1.7))
            score = 4.0 * weight[0] + 2.0 * weight[1] + weight[2]
            below = distance <= -LEVEL_CLOSING
            if below not in best or score > best[below][0]:
                best[below] = (score, evidence)
    found = best.get(False) or best.get(True)
    return None if found is None else found[1]


def _slip(running: Running) -> Evidence | None:
    """The body to whom the slip at the end (回执) is to be sent back, where none signed."""
    rows = sorted(running.rows, key=lambda r: r.level)
    begun = next((i for i, r in enumerate(rows) if _SLIP.fullmatch(r.text)), None)
    for row in rows[begun + 1 : begun + 4] if begun is not None else ():
        piece = row.pieces[0]
        name = piece.text.removesuffix(":")
        if name != piece.text and ORGAN.fullmatch(name):
            issuer = _issuer(piece.part(0, len(name)), running)
            issuer.doubts.append(FROM_SLIP)
            return issuer
    return None


def _parts(row: LetterRow) -> Iterator[Piece]:
    """The pieces of a row without the label before a name."""
    for piece in row.pieces:
        label = _ISSUER_LABEL.match(piece.text)
        start = label.end() if label else 0
        end = len(piece.text.rstrip(_STARS))
        if start < end:
            yield piece.part(start, end)


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
                name = own.text.rstrip(_STARS)
                if ORGAN.fullmatch(name):
                    return _issuer(own.part(0, len(name)), running)
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
