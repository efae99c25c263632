"""The fonts that families are set in, parted into those to develop on and those held out."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from samples.fonts import Role, Shelf, Typeface

Part = Literal["develop", "held-out"]
PARTS: tuple[Part, ...] = ("develop", "held-out")

_ROOT = Path("/usr/share/fonts")
_NOTO = "opentype/noto/NotoS{}CJK-{}.ttc"

# role -> rows of (file under /usr/share/fonts, index in the collection, Debian package)
_DEVELOP: dict[Role, tuple[tuple[str, int, str], ...]] = {
    "hei": (
        ("truetype/wqy/wqy-zenhei.ttc", 0, "fonts-wqy-zenhei"),
        (_NOTO.format("ans", "Medium"), 2, "fonts-noto-cjk-extra"),
        (_NOTO.format("ans", "Regular"), 2, "fonts-noto-cjk"),
        (_NOTO.format("ans", "Bold"), 2, "fonts-noto-cjk"),
    ),
    "song": (
        ("truetype/arphic/uming.ttc", 0, "fonts-arphic-uming"),
        (_NOTO.format("erif", "Medium"), 2, "fonts-noto-cjk-extra"),
        (_NOTO.format("erif", "Regular"), 2, "fonts-noto-cjk"),
    ),
    "kai": (
        ("truetype/arphic/ukai.ttc", 0, "fonts-arphic-ukai"),
        ("truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf", 0, "fonts-lxgw-wenkai"),
    ),
    "fang": (
        (_NOTO.format("erif", "Light"), 2, "fonts-noto-cjk-extra"),
        ("truetype/arphic/uming.ttc", 0, "fonts-arphic-uming"),
    ),
    "hand": (
        ("truetype/lxgw-wenkai/LXGWWenKai-Light.ttf", 0, "fonts-lxgw-wenkai"),
        ("truetype/arphic/ukai.ttc", 0, "fonts-arphic-ukai"),
    ),
    "number": (
        ("opentype/ocr-b/OCRB.otf", 0, "fonts-ocr-b"),
        ("truetype/liberation/LiberationMono-Bold.ttf", 0, "fonts-liberation"),
        ("truetype/liberation/LiberationSans-Regular.ttf", 0, "fonts-liberation"),
    ),
    "latin": (
        ("truetype/liberation/LiberationSans-Regular.ttf", 0, "fonts-liberation"),
        ("truetype/dejavu/DejaVuSans.ttf", 0, "fonts-dejavu-core"),
        ("truetype/liberation/LiberationSerif-Regular.ttf", 0, "fonts-liberation"),
    ),
}
_HELD_OUT: dict[Role, tuple[tuple[str, int, str], ...]] = {
    "hei": (
        ("truetype/wqy/wqy-microhei.ttc", 0, "fonts-wqy-microhei"),
        (_NOTO.format("ans", "DemiLight"), 2, "fonts-noto-cjk-extra"),
    ),
    "song": (
        ("truetype/arphic-gbsn00lp/gbsn00lp.ttf", 0, "fonts-arphic-gbsn00lp"),
        (_NOTO.format("erif", "SemiBold"), 2, "fonts-noto-cjk-extra"),
        ("truetype/hanazono/HanaMinA.ttf", 0, "fonts-hanazono"),
    ),
    "kai": (
        ("truetype/arphic-gkai00mp/gkai00mp.ttf", 0, "fonts-arphic-gkai00mp"),
        ("truetype/lxgw-wenkai/LXGWWenKai-Bold.ttf", 0, "fonts-lxgw-wenkai"),
    ),
    "fang": (("truetype/arphic-gbsn00lp/gbsn00lp.ttf", 0, "fonts-arphic-gbsn00lp"),),
    "hand": (("truetype/arphic-gkai00mp/gkai00mp.ttf", 0, "fonts-arphic-gkai00mp"),),
    "number": (
        ("truetype/ocr-a/OCRA.ttf", 0, "fonts-ocr-a"),
        ("truetype/dejavu/DejaVuSansMono.ttf", 0, "fonts-dejavu-core"),
    ),
    "latin": (
        ("truetype/liberation/LiberationSansNarrow-Regular.ttf", 0, "fonts-liberation"),
        ("truetype/dejavu/DejaVuSerif.ttf", 0, "fonts-dejavu-core"),
    ),
}
_TABLES = {"develop": _DEVELOP, "held-out": _HELD_OUT}
# where a font lacks a character: these, in order
_FALLBACK: dict[bool, tuple[tuple[str, int, str], ...]] = {
    True: (
        (_NOTO.format("erif", "Regular"), 2, "fonts-noto-cjk"),
        ("truetype/babelstone/BabelStoneHan.ttf", 0, "fonts-babelstone-han"),
    ),
    False: (
        (_NOTO.format("ans", "Regular"), 2, "fonts-noto-cjk"),
        ("truetype/babelstone/BabelStoneHan.ttf", 0, "fonts-babelstone-han"),
    ),
}


def packages() -> set[str]:
    """The Debian packages that :func:`shelf` draws with."""
    rows = (r for table in (_DEVELOP, _HELD_OUT) for role in table.values() for r in role)
    return {row[2] for row in (*rows, *_FALLBACK[True], *_FALLBACK[False])}


def shelf(part: Part) -> Shelf:
    """The typefaces of this part, from Debian's packages.

    Raises FileNotFoundError, naming the packages to install, where a font is not there.
    """
    last = (Shelf.bundled().faces[0][1][0].path, 0)
    faces: list[tuple[Role, tuple[Typeface, ...]]] = []
    for role, rows in _TABLES[part].items():
        if not all((_ROOT / row[0]).exists() for row in (*rows, *_FALLBACK[True])):
            raise FileNotFoundError("apt-get install " + " ".join(sorted(packages())))
        behind = (
            *((str(_ROOT / f), i) for f, i, _ in _FALLBACK[role not in ("hei", "latin")]),
            last,
        )
        faces.append((role, tuple(Typeface(str(_ROOT / f), i, behind) for f, i, _ in rows)))
    return Shelf(tuple(faces))


def file_names(part: Part) -> set[str]:
    """The font files of this part."""
    return {row[0] for rows in _TABLES[part].values() for row in rows}
