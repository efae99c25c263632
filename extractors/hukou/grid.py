"""Pages with a fixed form: 户主页 and 常住人口登记卡."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extractors.hukou.agreement import weigh_against_number
from extractors.hukou.faces import BookletDraft, look_at_face
from extractors.hukou.form import find_slots, fitting_rows
from extractors.hukou.labels import HukouLabel, find_hukou_labels
from extractors.hukou.pages import BookletPage
from extractors.hukou.placing import Placing, Shift, place_pieces, row_offset
from extractors.hukou.reading import CellReading, HukouPage, read_cell, tilt_of
from extractors.hukou.seals import without_words
from extractors.hukou.words import deregistered_words
from extractors.hukou.writing import CellWriting
from pipeline.contracts import Recogniser
from pipeline.evidence.evidence import box_around
from pipeline.layout.beside import rows_of
from pipeline.layout.piece import Piece
from pipeline.layout.ruled_table import Ruling
from pipeline.model import Sheet

_DATE = re.compile(
    r"\d{4}年\d{1,2}月\d{1,2}[日号]|(?<!\d)\d{4}([-./])\d{1,2}\1\d{1,2}(?!\d)"
    r"|[二一][〇○零九]..年[一二三四五六七八九十]+月[一二三四五六七八九十]+日"
)
BLANK_BESIDE = "栏位不明，旁有未归入任何栏的文字"
BLANK_GUESSED = "栏目名称未见，不能确定是空白"
CELL_BESIDE = 1.5
"""Row pitches before a guessed cell within which writing may be its own."""
GRID_SAME_ROW = 0.75
"""Line heights between middles of what stands on one line outside of the grid."""


def read_member_page(
    sheet: Sheet, page: BookletPage, ruling: Ruling, recognise: Recogniser
) -> BookletDraft:
    """常住人口登记卡."""
    draft = BookletDraft(sheet, "member", page.score)
    labels, placing = _read_grid(draft, page, ruling, recognise)
    _put_dated(draft, "registration_date", labels.get("registration_date"), placing)
    _put_number(draft, labels.get("household_number"), placing)
    weigh_against_number(draft)
    _mark_deregistered(draft, page.pieces, placing)
    return draft


def read_head(
    sheet: Sheet, page: BookletPage, ruling: Ruling, recognise: Recogniser
) -> BookletDraft:
    """户主页 (首页)."""
    draft = BookletDraft(sheet, "head", page.score)
    labels, placing = _read_grid(draft, page, ruling, recognise)
    _put_dated(draft, "issue_date", labels.get("issue_date"), placing)
    _mark_deregistered(draft, page.pieces, placing)
    return draft


def _read_grid(
    draft: BookletDraft, page: BookletPage, ruling: Ruling, recognise: Recogniser
) -> tuple[dict[str, HukouLabel], Placing]:
    sheet = draft.sheet
    found = find_hukou_labels(page.pieces, page.kind)
    rows = fitting_rows(page.kind, found.labels)
    width = sheet.image.shape[1]
    edge = float(min(width - 1, max(p.right for p in page.pieces) + 0.02 * width))
    slots = find_slots(found.labels, rows, ruling, edge, tilt_of(page.pieces))
    placing = place_pieces((part for piece in found.rest for part in without_words(piece)), slots)
    look = HukouPage.of(sheet, ruling, found.labels, placing, page.pieces, recognise)
    for row in rows:
        for name in row:
            if name not in placing.slots:
                draft.missing.append(name)
            else:
                cell = read_cell(placing.slots[name], look)
                draft.put(name, _doubted_blank(cell, name, placing, look.writing))
    return found.labels, placing


def _doubted_blank(
    cell: CellReading, name: str, placing: Placing, writing: CellWriting
) -> CellReading:
    """A blank cell whose place is a guess, with a doubt: where its own label was not seen (it may
    lie under a punch hole, and the value elsewhere), or where something stands beside it that no
    cell took and that is no red seal's."""
    slot = placing.slots[name].slot
    if slot.is_ruled or cell.look is None or cell.look.text:
        return cell
    if slot.is_inferred:
        return replace(cell, doubts=(*cell.doubts, BLANK_GUESSED))
    near = any(
        slot.left - CELL_BESIDE * slot.height < piece.centre[0] < slot.right
        and abs(row_offset(piece, slot, placing.shift)) <= 0.5
        and not all(writing.is_red(piece))
        for piece in placing.stray
    )
    return replace(cell, doubts=(*cell.doubts, BLANK_BESIDE)) if near else cell


def _row_right_of(label: HukouLabel, placing: Placing) -> list[Piece]:
    """Stray pieces on the line of a label, to its right, from left to right."""
    x, y = label.centre
    shift: Shift = placing.shift
    own = [
        p
        for p in placing.stray
        if p.left > x
        and min(abs(p.centre[1] - y), abs(p.centre[1] - shift.dy_at(x) - y))
        <= GRID_SAME_ROW * label.height
    ]
    return sorted(own, key=lambda p: p.left)


def _put_dated(draft: BookletDraft, name: str, label: HukouLabel | None, placing: Placing) -> None:
    """A date below the grid: beside its label, or where 年 月 日 are printed."""
    rows = [_row_right_of(label, placing)] if label is not None else []
    rows += [sorted(row, key=lambda p: p.left) for row in rows_of(placing.stray)]
    for row in rows:
        text = "".join(p.text for p in row)
        found = _DATE.search(text)
        if found is None:
            continue
        own = _covering(row, found.start(), found.end())
        look = look_at_face(name, own)
        if look.value.value:
            draft.put(name, CellReading(look, box_around(own)))
            return
    draft.missing.append(name)


def _covering(row: Sequence[Piece], start: int, end: int) -> list[Piece]:
    """The parts of a row's pieces that make up characters ``start`` to ``end`` of its text."""
    parts = []
    at = 0
    for piece in row:
        size = len(piece.chars)
        a, b = max(start - at, 0), min(end - at, size)
        if a < b:
            parts.append(piece.part(a, b))
        at += size
    return parts


def _put_number(draft: BookletDraft, label: HukouLabel | None, placing: Placing) -> None:
    """户号 in the head of a member page, where it is printed."""
    if label is None:
        return
    for piece in _row_right_of(label, placing)[:1]:
        look = look_at_face("household_number", [piece])
        if not look.value.doubts:
            draft.put("household_number", CellReading(look, piece.quad))


def _mark_deregistered(draft: BookletDraft, pieces: Sequence[Piece], placing: Placing) -> None:
    """A page stamped 迁出, 注销 or 死亡 proves nothing any more (domain.md 2.3)."""
    words = deregistered_words()
    for piece in pieces:
        text = piece.text
        if text in words or (
            len(text) <= 8 and piece in placing.stray and any(w in text for w in words)
        ):
            draft.marks["deregistered"] = "yes"
