"""Where the fonts of the specimens come from: Debian packages, or one font wheel.

No font is kept in this repository. :meth:`Shelf.system` takes what Debian packages have put
under ``/usr/share/fonts`` (``make samples`` names them); :meth:`Shelf.bundled` needs only the
wheel ``cvttf-notosanscjk-regular`` (SIL Open Font License), so tests can draw anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import Literal

from PIL import ImageFont

Role = Literal["hei", "song", "kai", "fang", "hand", "number", "latin"]

_ROOT = Path("/usr/share/fonts")

# role -> (file under /usr/share/fonts, index in the collection, Debian package)
_FONTS: dict[Role, tuple[tuple[str, int, str], ...]] = {
    "hei": (
        ("truetype/wqy/wqy-zenhei.ttc", 0, "fonts-wqy-zenhei"),
        ("truetype/wqy/wqy-microhei.ttc", 0, "fonts-wqy-microhei"),
        ("opentype/noto/NotoSansCJK-Medium.ttc", 2, "fonts-noto-cjk-extra"),
        ("opentype/noto/NotoSansCJK-Regular.ttc", 2, "fonts-noto-cjk"),
    ),
    "song": (
        ("truetype/arphic/uming.ttc", 0, "fonts-arphic-uming"),
        ("truetype/arphic-gbsn00lp/gbsn00lp.ttf", 0, "fonts-arphic-gbsn00lp"),
        ("opentype/noto/NotoSerifCJK-Medium.ttc", 2, "fonts-noto-cjk-extra"),
        ("opentype/noto/NotoSerifCJK-SemiBold.ttc", 2, "fonts-noto-cjk-extra"),
    ),
    "kai": (
        ("truetype/arphic/ukai.ttc", 0, "fonts-arphic-ukai"),
        ("truetype/arphic-gkai00mp/gkai00mp.ttf", 0, "fonts-arphic-gkai00mp"),
        ("truetype/lxgw-wenkai/LXGWWenKai-Bold.ttf", 0, "fonts-lxgw-wenkai"),
    ),
    "fang": (
        ("opentype/noto/NotoSerifCJK-Light.ttc", 2, "fonts-noto-cjk-extra"),
        ("truetype/arphic/uming.ttc", 0, "fonts-arphic-uming"),
    ),
    "hand": (
        ("truetype/klee/KleeOne-Regular.ttf", 0, "fonts-klee"),
        ("truetype/lxgw-wenkai/LXGWWenKai-Light.ttf", 0, "fonts-lxgw-wenkai"),
        ("truetype/arphic-gkai00mp/gkai00mp.ttf", 0, "fonts-arphic-gkai00mp"),
    ),
    "number": (
        ("opentype/ocr-b/OCRB.otf", 0, "fonts-ocr-b"),
        ("truetype/liberation/LiberationMono-Bold.ttf", 0, "fonts-liberation"),
    ),
    "latin": (
        ("truetype/liberation/LiberationSans-Regular.ttf", 0, "fonts-liberation"),
        ("truetype/dejavu/DejaVuSans.ttf", 0, "fonts-dejavu-core"),
    ),
}
# where a font lacks a character: these, in order
_FALLBACK = (
    ("opentype/noto/NotoSerifCJK-Regular.ttc", 2, "fonts-noto-cjk"),
    ("truetype/babelstone/BabelStoneHan.ttf", 0, "fonts-babelstone-han"),
    ("truetype/dejavu/DejaVuSans.ttf", 0, "fonts-dejavu-core"),
)


class MissingGlyph(Exception):
    """No font at hand can draw a character: a paper with an empty box would lie."""


@dataclass(frozen=True)
class Typeface:
    """A font file and what to take where it lacks a character."""

    path: str
    index: int = 0
    fallback: tuple[tuple[str, int], ...] = ()

    def at(self, char: str, size_px: int) -> ImageFont.FreeTypeFont:
        """The font that draws ``char`` at this size. Raises MissingGlyph where none does."""
        for path, index in ((self.path, self.index), *self.fallback):
            if has_glyph(path, index, char):
                return _load(path, index, size_px)
        raise MissingGlyph(f"U+{ord(char):04X}")


@lru_cache(maxsize=96)
def _load(path: str, index: int, size_px: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size_px, index, layout_engine=ImageFont.Layout.BASIC)


@cache
def has_glyph(path: str, index: int, char: str) -> bool:
    """Whether the font draws the character with something other than its empty box."""
    if char.isspace():
        return True
    font = _load(path, index, 24)
    drawn, tofu = font.getmask(char), font.getmask("\U0010fffe")
    return drawn.size != (0, 0) and (drawn.size != tofu.size or bytes(drawn) != bytes(tofu))


@dataclass(frozen=True)
class Shelf:
    """The typefaces at hand, by role."""

    faces: tuple[tuple[Role, tuple[Typeface, ...]], ...]

    def pick(self, role: Role, rng: Random) -> Typeface:
        """One of the typefaces of a role."""
        return rng.choice(dict(self.faces)[role])

    @staticmethod
    def bundled() -> Shelf:
        """One sans-serif for everything, from the wheel cvttf-notosanscjk-regular."""
        path = str(files("cvttf_NotoSansCJK_Regular") / "NotoSansCJKtc-Regular.otf")
        face = (Typeface(path),)
        return Shelf(tuple((role, face) for role in _FONTS))

    @staticmethod
    def system() -> Shelf:
        """What Debian's font packages have installed.

        Raises FileNotFoundError, naming the packages to install, where a role has no font.
        """
        last = Shelf.bundled().faces[0][1][0]
        fallback = (
            *((str(_ROOT / f), i) for f, i, _ in _FALLBACK if (_ROOT / f).exists()),
            (last.path, 0),
        )
        faces = []
        for role, rows in _FONTS.items():
            there = tuple(
                Typeface(str(_ROOT / f), i, fallback) for f, i, _ in rows if (_ROOT / f).exists()
            )
            if not there:
                raise FileNotFoundError("apt-get install " + " ".join(sorted(packages())))
            faces.append((role, there))
        return Shelf(tuple(faces))


def packages() -> set[str]:
    """The Debian packages that :meth:`Shelf.system` draws with."""
    return {p for rows in (*_FONTS.values(), _FALLBACK) for _, _, p in rows}
