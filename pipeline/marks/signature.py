"""Ink in the place where a signature belongs: yes, no or unsure; never who. Pure, on pixels."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.layout.piece import Piece, pieces_of
from pipeline.layout.ruled_table import dark_ink, level_ink
from pipeline.model import Image, Line, Quad
from pipeline.watch import PlaceFound, tell

SignatureState = Literal["yes", "no", "unsure"]

SIGNED = 0.75
"""Area of ink, in squared widths of a character, from which somebody signed: the strokes of two
small characters."""
BLANK_INK = 0.12
"""Area up to which there is nothing but specks."""
SIGNATURE_WIDE = 14.0
"""Characters' widths behind the words in which a signature is looked for."""
SIGNATURE_HIGH = 1.7
"""Half height of the searched strip, in widths of a character."""
EM_OF_INK = 1.1
"""Width of a character by the height of a line's ink."""
EM_MIN = 0.5
"""Least width of a character, as a part of the line's height: faint text may leave little ink."""
PRINTED = 1.2
"""Heights of the words' ink up to which what is read beside them may be print."""
PRINT_SCORE = 0.93
"""Score from which what is read beside the words may be print: handwriting reads worse."""
BLUE = 18.0
"""Grey levels by which a pen's blue exceeds red, beyond the paper's own."""
_WORDS = re.compile(
    r"(?:签名|签字|签章|签署)(?:处|盖章|按手印)?(?:[(（][^()（）]{0,8}[)）])?[:：]?"
    r"|(?:代办|承诺|受托|受委托|委托|申请|经办|声明|申报)人(?:[(（](?:签名|签字|签章|盖章)[)）])?[:：]"
)
_DATED = re.compile(r"(?:日期|时间|年|月|日|[0-9〇零一二三四五六七八九十:：./()（）年月日 -])+")


def ink_area(
    ink: NDArray[np.bool_], box: Sequence[float], em: float, prints: Iterable[Quad]
) -> float:
    """How much ink lies within ``box`` (left, top, right, bottom) beside the print, in squared
    widths of a character (``em`` pixels)."""
    free = np.zeros(ink.shape, np.uint8)
    left, top, right, bottom = (max(0, round(v)) for v in box)
    free[top : max(top, bottom), left : max(left, right)] = 1
    for quad in prints:
        cv2.fillConvexPoly(free, np.array(quad).round().astype(np.int32), (0,))
    part = (ink & (free > 0)).astype(np.uint8)
    strokes = cv2.morphologyEx(part, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    return float(strokes.sum()) / em**2


def state_of(area: float) -> SignatureState:
    """What an area of ink says."""
    return "yes" if area >= SIGNED else "no" if area <= BLANK_INK else "unsure"


def find_signature(image: Image, lines: Sequence[Line]) -> SignatureState | None:
    """Whether somebody signed behind the lowest 签名, 签字, 承诺人 and the like that ends a line or
    has only little behind it; None where there are no such words.

    A name typed in the place is ``unsure``; a date is no signature, nor is a rule or red ink.
    """
    pieces = pieces_of(lines)
    places = [(p, end) for p in pieces if (end := _label_end(p.text)) is not None]
    if not places:
        return None
    ink = dark_ink(level_ink(image)) > 0
    ink &= ~_rules(ink, max(p.height for p, _ in places))
    lowest = max(p.centre[1] for p, _ in places)
    near = [(p, e) for p, e in places if p.centre[1] > lowest - 8 * p.height]
    states = {_state(image, ink, piece, end, pieces) for piece, end in near}
    return "yes" if "yes" in states else "unsure" if "unsure" in states else "no"


def _rules(ink: NDArray[np.bool_], height: float) -> NDArray[np.bool_]:
    """Straight level runs longer than any stroke of a pen beside words so high, with a rim."""
    long = np.ones((1, max(9, round(2.5 * height))), np.uint8)
    runs = cv2.morphologyEx(ink.astype(np.uint8), cv2.MORPH_OPEN, long)
    return np.asarray(cv2.dilate(runs, np.ones((7, 3), np.uint8)) > 0)


def _label_end(text: str) -> int | None:
    """Where the words end after which somebody signs; None where running text goes on."""
    found = list(_WORDS.finditer(text))[-1:]
    if not found:
        return None
    last = found[0]
    if len(text) - last.end() > 8 or last.start() > 12:
        return None
    return last.end()


def _state(
    image: Image, ink: NDArray[np.bool_], piece: Piece, end: int, pieces: Sequence[Piece]
) -> SignatureState:
    label = piece.part(0, end)
    em = _em(ink, label)
    prints = [label.quad]
    typed: list[Piece] = []
    middle = label.centre[1]
    left, right = (
        label.right + 0.2 * em,
        min(float(ink.shape[1]), label.right + SIGNATURE_WIDE * em),
    )
    top, bottom = middle - SIGNATURE_HIGH * em, middle + SIGNATURE_HIGH * em
    rest = [piece.part(end, len(piece.chars))] if end < len(piece.chars) else []
    for other in [*(p for p in pieces if p is not piece), *rest]:
        if not (other.right > left and other.left < right and top < other.centre[1] < bottom):
            if top - em < other.centre[1] < bottom + em:
                prints.append(other.quad)
            continue
        if _DATED.fullmatch(other.text) or any(w in other.text for w in ("日期", "年月")):
            if other.left > left + em:
                right = min(right, other.left)
            prints.append(other.quad)
        elif is_typed(image, ink, other, label):
            typed.append(other)
            prints.append(other.quad)
    box = left, top, right, bottom
    state = state_of(ink_area(ink, box, em, prints))
    state = "unsure" if state == "no" and typed else state
    tell_signature(box, state)
    return state


def tell_signature(box: Sequence[float], state: SignatureState) -> None:
    """Tell whoever watches where (left, top, right, bottom) a signature was looked for."""
    left, top, right, bottom = box
    outline = ((left, top), (right, top), (right, bottom), (left, bottom))
    tell(PlaceFound("signature", outline, ("signature",), state))


def _em(ink: NDArray[np.bool_], label: Piece) -> float:
    """The width of the words' characters in pixels: their line is as high as a signature that was
    read with them."""
    high = 0.85 * label.height
    return min(high, max(EM_OF_INK * _tall(ink, label), EM_MIN * high))


def is_typed(image: Image, ink: NDArray[np.bool_], piece: Piece, label: Piece) -> bool:
    """Whether a name beside the words is typed: as high as they are, read as surely, and black."""
    if piece.score < PRINT_SCORE or _tall(ink, piece) > PRINTED * _tall(ink, label):
        return False
    return _blue(image, ink, piece) < _blue(image, ink, label) + BLUE


def _tall(ink: NDArray[np.bool_], piece: Piece) -> float:
    """How high the ink of a piece stands, its box widened by a quarter, in pixels."""
    part = ink[_box(piece, piece.height / 4)]
    used = np.flatnonzero(part.sum(axis=1) > max(2.0, 0.02 * part.shape[1]))
    return float(used[-1] - used[0] + 1) if len(used) else 0.0


def _blue(image: Image, ink: NDArray[np.bool_], piece: Piece) -> float:
    """By how many grey levels a piece's ink is bluer than the paper about it."""
    if image.ndim == 2:
        return 0.0
    box = _box(piece, 0.0)
    pixels, dark = image[box].astype(np.int16), ink[box]
    if dark.sum() < 20 or (~dark).sum() < 20:
        return 0.0
    tint = pixels[..., 0] - pixels[..., 2]
    return float(np.median(tint[dark]) - np.median(tint[~dark]))


def _box(piece: Piece, pad: float) -> tuple[slice, slice]:
    """Rows and columns that hold a piece, ``pad`` pixels more above and below."""
    xs, ys = [x for x, _ in piece.quad], [y for _, y in piece.quad]
    rows = slice(max(0, round(min(ys) - pad)), max(0, round(max(ys) + pad)))
    return rows, slice(max(0, round(min(xs))), max(0, round(max(xs))))
