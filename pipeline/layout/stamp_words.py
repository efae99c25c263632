"""What is read from stamps and photos, told from a card's own print by its words, size and lean."""

from __future__ import annotations

import re

from pipeline.layout.piece import Piece

STAMPS = re.compile(
    r"专用章|与原件|原件一致|件相符|核对无误|核对一致|仅供|仅限|限办理|参保使用|他用无效|复印无效|再次复印"
)
"""What only stamps and watermarks say, also within a line."""
STAMP_RUN = re.compile(r"[复印件此本与原经核对一—致相符无误]{4,}")
"""A copy's stamp, as far as it goes in a line that a value goes on behind."""
LEAN = (0.16, 0.4)
"""Slope (rise over run) from which text is a stamp's: of a long line, and of a short one, whose box
shows its direction poorly."""
LEAN_ASPECT = 3.0
"""Box heights from which a piece is long enough to tell."""


def without_stamp(piece: Piece) -> list[Piece]:
    """What a line says before and behind a copy's stamp that was read with it; the piece as it is
    where it says nothing else."""
    text = piece.text
    run = next((r for r in STAMP_RUN.finditer(text) if STAMPS.search(r[0])), None)
    if run is None or len(text) != len(piece.chars) or len(run[0]) > len(text) - 2:
        return [piece]
    parts = ((0, run.start()), (run.end(), len(text)))
    return [piece.part(start, end) for start, end in parts if end - start >= 2]


def is_stamp(piece: Piece, typical: float) -> bool:
    """Whether a piece is read from a stamp or the photo: far larger than print, or leaning."""
    return piece.height > 2.1 * typical or is_weak(piece) or is_stamped(piece)


def is_weak(piece: Piece) -> bool:
    """Whether a piece is a few characters read poorly, as those of a seal or a watermark are."""
    return piece.score < 0.72 and len(piece.text) <= 3 and not piece.text.isascii()


def is_stamped(piece: Piece) -> bool:
    """Whether a piece says what stamps say, or leans as they do."""
    return STAMPS.search(piece.text) is not None or leans(piece)


def leans(piece: Piece) -> bool:
    """Whether a piece runs aslant or down the page, as only a stamp's words do beside print."""
    is_long = piece.right - piece.left >= LEAN_ASPECT * piece.height
    return len(piece.chars) >= 2 and abs(piece.tilt) > LEAN[0 if is_long else 1]
