"""How dark the ink under each character is: print and handwriting against seals and watermarks.

Values are the darkest thing on a paper: black print, dark pen. Seals are red, on a grey copy
mostly greyer than print, and watermarks are paler still. Where text of a seal runs into a value,
its characters show it by their ink.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.image import Mask, brightest, darkest, shrink, size_of
from pipeline.layout.piece import Piece
from pipeline.model import Image, Quad
from pipeline.reference.names import is_han

INK_STROKES = 0.03
"""Part of a full square that even the sparsest character (一) fills with strokes."""
FAINT = 0.65
"""Part of the usual darkness below which a character may be of other ink than the values'."""
FAINT_RUN = 0.55
"""The same for the mean of a run of them. Measured: characters of seals have 0.13 to 0.59, of
values 0.7 and more but for 1 in 100, and those do not stand together."""
FAINT_SINGLE = 0.42
"""The same for one character alone beside others, whose strokes may be few."""
INK_THIN = frozenset("一二三十之")
"""Characters of so few and thin strokes that the darkest part of them is paler than others'."""
THIN_SHARE = 0.6
"""What their darkness is compared with, over others'."""
USUAL_MIN = 0.15
"""Darkness below which what is usual on a sheet tells nothing."""
INKED = 0.5
"""Part of the usual darkness from which a pixel is ink of the values."""
SPECK_PX = 6
INK_GAP = 1.1
"""Line heights between two characters of one line, at most."""
DENSE = 0.6
"""Share of ink above which a patch is no text."""
LONGEST = 4.0
"""Line heights that connected text may go on without a gap."""
TOUCHING = 0.5
"""Line heights behind a value, within which ink that is no text may hide its end."""
PICTURE = 8.0
"""Squares of a line's height that solid ink beside it covers if it is a picture: a portrait's coat.
Specks over print leave paper between them, and a blot over a line's end is no larger than a few
characters."""
AROUND = 2.0
"""Line heights above and below a line, within which a picture is looked for."""
LOW = 0.3
"""Line heights below which ink is a speck, a dash or residue of a rule."""
VEILED = 250.0
"""Grey level of every channel from which paper may be white from a reflection over it."""
UNVEILED = 235.0
"""Grey level below which the sheet's own paper is darker than such a reflection."""
CALIBRATING = 6
"""Characters from which what is usual on a sheet can be told."""


class Ink:
    """Darkness of a sheet's ink, 0 (paper) to 1 (black), and what is usual for its values.

    Coloured ink counts by its brightest channel: red is nearly paper, black is black. Nothing is
    measured until it is asked for: a whole page of ink takes longer than reading a line of it.
    """

    def __init__(self, image: Image) -> None:
        self._image = image
        self._usual: float | None = None
        self._mask: Mask | None = None

    @cached_property
    def _bright(self) -> Image:
        return brightest(self._image)

    @cached_property
    def _dark(self) -> NDArray[np.float32]:
        small, _ = shrink(self._bright, 400)
        paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((25, 25), np.uint8))
        paper = cv2.resize(cv2.blur(paper, (25, 25)), size_of(self._image))
        dark = self._bright.astype(np.float32)
        dark /= np.maximum(paper, 1)
        np.subtract(1.0, dark, out=dark)
        return np.clip(dark, 0.0, 1.0, out=dark)

    @cached_property
    def _veil(self) -> Mask | None:
        """Where a reflection whitens the paper, and the ink with it (255); None: nowhere."""
        small, _ = shrink(darkest(self._image), 400)
        paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
        white = np.where(paper >= VEILED, 255, 0).astype(np.uint8)
        if np.median(paper) >= UNVEILED or not white.any():
            return None
        return cast(Mask, cv2.resize(white, size_of(self._image), interpolation=cv2.INTER_NEAREST))

    def _is_veiled(self, char: Piece) -> bool:
        if self._veil is None:
            return False
        (x, y), (height, width) = char.centre, self._veil.shape
        return bool(self._veil[min(max(int(y), 0), height - 1), min(max(int(x), 0), width - 1)])

    def calibrate(self, pieces: Iterable[Piece]) -> None:
        """Learn what is usual from the values: most of their characters are no seal's."""
        darkness = [d for piece in pieces for d in self.under(piece)]
        usual = float(np.median(darkness)) if len(darkness) >= CALIBRATING else 0.0
        self._usual = usual if usual >= USUAL_MIN else None

    @property
    def is_calibrated(self) -> bool:
        """Whether there was enough to learn from."""
        return self._usual is not None

    @property
    def mask(self) -> Mask:
        """Where ink as dark as the values' lies: 255, elsewhere 0. Printed rules and specks are
        left out. Nothing where too little was there to learn from."""
        if self._mask is None:
            level = 1.0 if self._usual is None else INKED * self._usual
            self._mask = _without_rules((self._dark > level).astype(np.uint8) * 255)
        return self._mask

    @property
    def clean(self) -> Image:
        """The sheet in grey with everything but that ink faded to paper."""
        grey = self._bright.astype(np.float32)
        near = cv2.dilate(self.mask, np.ones((5, 5), np.uint8)).astype(np.float32) / 255
        weight = cv2.GaussianBlur(near, (0, 0), 1.0)
        paper = float(np.percentile(self._bright, 90))
        faded = np.clip(weight * grey + (1 - weight) * paper, 0, 255).astype(np.uint8)
        return np.dstack([faded, faded, faded])

    def reach(
        self, quad: Quad, left: float, right: float, *, blots: bool = False
    ) -> tuple[float, float]:
        """How far the text of a line goes on beyond its quad, to the left and to the right, in
        pixels; not beyond ``left`` and ``right`` (x positions), nor over gaps wider than a
        character, nor into what is too dense for text (a photo). ``blots``: but for what touches
        the line on the right, which may hide its end; a picture hides none. Nowhere where what is
        usual is not known."""
        if self._usual is None:
            return 0.0, 0.0
        a, b = np.array(quad[0]), np.array(quad[1])
        height = float(np.linalg.norm(np.array(quad[3]) - a))
        if height < 4 or b[0] - a[0] < 1:
            return 0.0, 0.0
        slope = (b[1] - a[1]) / (b[0] - a[0])
        x0, x1 = min(left, a[0]), max(right, b[0])
        rows = round(height)
        middle = (a[1] + np.array(quad[3])[1]) / 2
        matrix = np.array(
            [
                [1, 0, -x0],
                [-slope, 1, slope * a[0] - middle + rows / 2],
            ]
        )
        beyond = round(AROUND * rows) if blots else 0  # above and below, where a picture goes on
        matrix[1, 2] += beyond
        around = cv2.warpAffine(self.mask, matrix, (max(1, round(x1 - x0)), rows + 2 * beyond))
        strip = slice(beyond + rows // 8, beyond + rows - rows // 8)
        inner = around[strip] > 0
        starts, ends = round(a[0] - x0), round(b[0] - x0)
        behind = (
            _without_picture(around[:, ends:].astype(np.uint8), rows)[strip] > 0
            if blots
            else inner[:, ends:]
        )
        after = _goes_on(behind, rows, blots=blots)
        before = _goes_on(inner[:, :starts][:, ::-1], rows)
        return float(before), float(after)

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
        count = round(INK_STROKES * (bottom - top) ** 2)
        if part.size <= count or count < 1:
            return 0.0
        return float(np.partition(part, -count, axis=None)[-count])

    def without_faint(self, pieces: Sequence[Piece]) -> list[Piece]:
        """The pieces without runs of faint Han characters at their ends, and without pieces that
        are nothing else. The pieces themselves where too little was there to learn from.

        Within a piece nothing is taken out: what stands between a value's characters is under
        a stamp at most. Digits are kept: their boxes are too narrow to be judged, and seals hold
        words. Nor is anything taken out under a reflection, which makes all ink faint.
        """
        usual = self._usual
        if usual is None:
            return list(pieces)
        kept = []
        for piece in pieces:
            shares = [
                d / (usual * (THIN_SHARE if char.text in INK_THIN else 1.0))
                for d, char in zip(self.under(piece), piece.chars, strict=True)
            ]
            if self._veil is not None:
                singles = [piece.part(i, i + 1) for i in range(len(shares))]
                shares = [
                    1.0 if self._is_veiled(char) else share
                    for share, char in zip(shares, singles, strict=True)
                ]
            start, end = 0, len(shares)
            while (run := _faint_run(piece, shares, range(start, end))) and start < end:
                start += run
            while (run := _faint_run(piece, shares, range(end - 1, start - 1, -1))) and start < end:
                end -= run
            if start < end:
                kept.append(piece.part(start, end))
        return kept


def _without_rules(mask: Mask) -> Mask:
    """The mask without long straight lines and without specks."""
    length = max(24, mask.shape[1] // 18)
    out = mask.copy()
    # Strokes that cross a rule are kept: only what is as thin as the rule goes.
    thick = cv2.dilate(cv2.erode(mask, np.ones((5, 5), np.uint8)), np.ones((7, 7), np.uint8))
    for size in ((length, 1), (1, length)):
        rules = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones(size[::-1], np.uint8))
        out[cv2.subtract(rules, thick) > 0] = 0
    _, labels, stats, _ = cv2.connectedComponentsWithStats(out, connectivity=8)
    small = stats[:, cv2.CC_STAT_AREA] < SPECK_PX
    out[small[labels]] = 0
    return out


def _without_picture(mask: Image, height: int) -> Image:
    """The mask without ink that is solid over more than so many pixels square, if that is so much
    that it is a picture."""
    if mask.shape[1] < height:
        return mask
    solid = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((height, height), np.uint8))
    if np.count_nonzero(solid) < PICTURE * height**2:
        return mask
    rim = height // 2 * 2 + 1  # what its rounded edges left
    return np.where(cv2.dilate(solid, np.ones((rim, rim), np.uint8)) > 0, 0, mask)


def _goes_on(inner: NDArray[np.bool_], height: int, *, blots: bool = False) -> int:
    """Columns from the first to the last that text goes on in, or ``blots`` that may hide some."""
    used: NDArray[np.bool_] = np.asarray(inner.any(axis=0))
    last = 0
    column = 0
    while column < len(used) and column - last <= INK_GAP * height:
        if not used[column]:
            column += 1
            continue
        end = column
        while end < len(used) and used[end]:
            end += 1
        run = inner[:, column:end]
        extent = np.flatnonzero(run.any(axis=1))
        is_long = end - column > LONGEST * height
        is_blot = is_long or run.mean() > DENSE
        # Specks join and fill the print under them; what stands apart (a photo) hides none.
        if is_blot and (not blots or column - last > TOUCHING * height):
            break
        if is_long:
            return round(column + LONGEST * height)
        if is_blot or extent[-1] - extent[0] >= LOW * height:
            last = end
        column = end
    return last


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
