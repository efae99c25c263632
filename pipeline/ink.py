"""How dark the ink under each character is: print and handwriting against seals and watermarks.

Values are the darkest thing on a paper: black print, dark pen. Seals are red, on a grey copy
mostly greyer than print, and watermarks are paler still. Where text of a seal runs into a value,
its characters show it by their ink.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.image import shrink, size_of
from pipeline.model import Image
from pipeline.piece import Piece
from pipeline.reference.names import is_han

STROKES = 0.03
"""Part of a full square that even the sparsest character (一) fills with strokes."""
FAINT = 0.65
"""Part of the usual darkness below which a character may be of other ink than the values'."""
FAINT_RUN = 0.5
"""The same for the mean of a run of them. Measured: characters of seals have 0.13 to 0.59, of
values 0.7 and more but for 1 in 100, and those do not stand together."""
FAINT_SINGLE = 0.42
"""The same for one character alone beside others, whose strokes may be few."""
CALIBRATING = 6
"""Characters from which what is usual on a sheet can be told."""


class Ink:
    """Darkness of a sheet's ink, 0 (paper) to 1 (black), and what is usual for its values.

    Coloured ink counts by its brightest channel: red is nearly paper, black is black.
    """

    def __init__(self, image: Image) -> None:
        bright = image if image.ndim == 2 else image.max(axis=2)
        small, _ = shrink(bright, 400)
        paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((25, 25), np.uint8))
        paper = cv2.resize(cv2.blur(paper, (25, 25)), size_of(image))
        share = bright.astype(np.float32) / np.maximum(paper, 1)
        self._dark: NDArray[np.float32] = np.clip(1.0 - share, 0.0, 1.0)
        self._usual: float | None = None

    def calibrate(self, pieces: Iterable[Piece]) -> None:
        """Learn what is usual from the values: most of their characters are no seal's."""
        darkness = [d for piece in pieces for d in self.under(piece)]
        self._usual = float(np.median(darkness)) if len(darkness) >= CALIBRATING else None

    def under(self, piece: Piece) -> list[float]:
        """Darkness of each character's strokes."""
        return [self._strokes(piece.part(i, i + 1)) for i in range(len(piece.chars))]

    def _strokes(self, char: Piece) -> float:
        box = np.array(char.quad)
        left, top = np.floor(box.min(axis=0)).astype(int)
        right, bottom = np.ceil(box.max(axis=0)).astype(int)
        # The rules above and below a value are no part of it.
        inset = (bottom - top) // 6
        part = self._dark[max(0, top + inset) : bottom - inset, max(0, left) : right]
        count = round(STROKES * (bottom - top) ** 2)
        if part.size <= count or count < 1:
            return 0.0
        return float(np.partition(part, -count, axis=None)[-count])

    def without_faint(self, pieces: Sequence[Piece]) -> list[Piece]:
        """The pieces without runs of faint Han characters at their ends, and without pieces that
        are nothing else. The pieces themselves where too little was there to learn from.

        Within a piece nothing is taken out: what stands between a value's characters is under
        a stamp at most. Digits are kept: their boxes are too narrow to be judged, and seals hold
        words.
        """
        usual = self._usual
        if usual is None:
            return list(pieces)
        kept = []
        for piece in pieces:
            shares = [d / usual for d in self.under(piece)]
            start, end = 0, len(shares)
            while (run := _faint_run(piece, shares, range(start, end))) and start < end:
                start += run
            while (run := _faint_run(piece, shares, range(end - 1, start - 1, -1))) and start < end:
                end -= run
            if start < end:
                kept.append(piece.part(start, end))
        return kept


def _faint_run(piece: Piece, shares: Sequence[float], order: Sequence[int]) -> int:
    """How many characters, from the first of ``order``, were not written with the values' ink."""
    run: list[float] = []
    for i in order:
        text = piece.chars[i].text
        if not is_han(text) or text in "年月日" or shares[i] >= FAINT:
            break  # 年, 月 and 日 of a date are printed in the labels' colour
        run.append(shares[i])
    if not run:
        return 0
    limit = FAINT_SINGLE if len(run) == 1 < len(order) else FAINT_RUN
    return len(run) if sum(run) / len(run) < limit else 0
