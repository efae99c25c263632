"""Makes ``pipeline/reference/look_alikes.csv``: which rare characters look like which others.

Run by hand when the lists of rare characters or the reference fonts change::

    python -m tools.build_look_alikes

Needs the reference fonts of ``yijianshi weights``.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pipeline import reference
from pipeline.ocr.glyph_features import GlyphBook
from pipeline.ocr.weights import locate
from pipeline.reference.name_characters import written_in_names
from pipeline.reference.rare_characters import listed
from pipeline.reference.rarity import is_rare
from pipeline.reference.towns import all_towns
from pipeline.settings import load_settings

LIKE = 0.65
"""Likeness from which a rare character is listed. Of 403 misread characters of 3,000 drawn lines
with rare ones, 331 are as like the one read."""
MOST = 6
"""Rare characters listed for one: of 252 true ones that were listed, 241 were among six."""
HEADER = """\
# Rare characters of names, villages and towns that look like another one, the most like it first;
# the engine may read the other for them. Made by tools/build_look_alikes.py: likeness of edges in
# Noto Sans SC and Noto Serif SC (SIL Open Font License), 0.65 and above, six at most. Used to
# choose between readings by their picture.
"""


def main() -> None:
    """Write the table anew."""
    book = GlyphBook(locate(load_settings()).glyphs)
    rare = sorted(
        c for c in listed() | written_in_names() | set("".join(all_towns())) if is_rare(c)
    )
    known = [(c, v) for c in rare if (v := book.vectors(c)) is not None]
    shapes = np.stack([v for _, v in known])
    target = Path(reference.__path__[0]) / "look_alikes.csv"
    with target.open("w", encoding="utf-8", newline="") as file:
        file.write(HEADER)
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("read", "rare"))
        for char in _readable():
            own = book.vectors(char)
            if own is None:
                continue
            likeness = (shapes * own).sum(axis=2).max(axis=1)
            order = [int(i) for i in np.argsort(-likeness, kind="stable")[: MOST + 1]]
            like = [known[i][0] for i in order if likeness[i] >= LIKE and known[i][0] != char]
            if like:
                writer.writerow((char, "".join(like[:MOST])))


def _readable() -> Iterator[str]:
    """What an engine reads for rare characters: those of GB 2312, and common traditional ones."""
    for code in range(0x4E00, 0xA000):
        char = chr(code)
        if _encodes(char, "gb2312") or not is_rare(char):
            yield char


def _encodes(char: str, encoding: str) -> bool:
    try:
        char.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


if __name__ == "__main__":
    main()
