"""Outlines of characters from an OpenType font with Type 2 charstrings (Adobe technical notes 5176
and 5177). PDF writers at hand embed no such fonts, so characters are drawn: a printed form looks
the same everywhere and needs no font on the machine that prints it.

The font is Noto Sans CJK (SIL Open Font License 1.1, fsType 0: may be embedded), from the package
``cvttf-notosanscjk-regular``.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from importlib.resources import files
from itertools import pairwise

Segment = tuple[str, tuple[float, ...]]
"""("M", x y), ("L", x y) or ("C", x1 y1 x2 y2 x y), in units of the font, y upwards."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character: its outline and how far it moves on, in ems."""

    segments: tuple[Segment, ...]
    advance: float


class Font:
    """Reads characters' outlines."""

    def __init__(self, data: bytes) -> None:
        count = struct.unpack(">H", data[4:6])[0]
        self._data = data
        self._tables = {
            data[12 + 16 * i : 16 + 16 * i]: struct.unpack(">II", data[20 + 16 * i : 28 + 16 * i])
            for i in range(count)
        }
        self._units = struct.unpack(">H", self._table(b"head")[18:20])[0]
        self._wide = struct.unpack(">H", self._table(b"hhea")[34:36])[0]
        self._hmtx = self._table(b"hmtx")
        self._map = _character_map(self._table(b"cmap"))
        self._cff = _Cff(self._table(b"CFF "))
        self._known: dict[str, Glyph] = {}

    def _table(self, tag: bytes) -> bytes:
        offset, length = self._tables[tag]
        return self._data[offset : offset + length]

    def glyph(self, char: str) -> Glyph:
        """The character's glyph. Raises KeyError where the font has none."""
        if char not in self._known:
            number = self._map[ord(char)]
            at = min(number, self._wide - 1) * 4
            advance = struct.unpack(">H", self._hmtx[at : at + 2])[0] / self._units
            scaled = tuple(
                (kind, tuple(v / self._units for v in places))
                for kind, places in self._cff.outline(number)
            )
            self._known[char] = Glyph(scaled, advance)
        return self._known[char]


def bundled_font() -> Font:
    """Noto Sans CJK Regular."""
    path = files("cvttf_NotoSansCJK_Regular") / "NotoSansCJKtc-Regular.otf"
    return Font(path.read_bytes())


def _character_map(cmap: bytes) -> dict[int, int]:
    """Unicode to glyph numbers, from the subtable of format 12."""
    for i in range(struct.unpack(">H", cmap[2:4])[0]):
        offset = struct.unpack(">I", cmap[8 + 8 * i : 12 + 8 * i])[0]
        if struct.unpack(">H", cmap[offset : offset + 2])[0] == 12:
            count = struct.unpack(">I", cmap[offset + 12 : offset + 16])[0]
            groups = struct.iter_unpack(">III", cmap[offset + 16 : offset + 16 + 12 * count])
            return {c: g + c - first for first, last, g in groups for c in range(first, last + 1)}
    return {}


class _Cff:
    """The parts of a CID-keyed CFF table that outlines need."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        _, at = self._index(data[2])
        tops, at = self._index(at)
        _, at = self._index(at)
        self._shared, _ = self._index(at)
        top = _dict(tops[0])
        self._glyphs, _ = self._index(int(top[17][0]))
        fonts, _ = self._index(int(top[1236][0]))
        self._own = [self._subroutines(_dict(font)) for font in fonts]
        self._select = self._font_of(int(top[1237][0]))

    def _index(self, at: int) -> tuple[list[bytes], int]:
        data = self._data
        count = struct.unpack(">H", data[at : at + 2])[0]
        if count == 0:
            return [], at + 2
        size = data[at + 2]
        places = [
            int.from_bytes(data[at + 3 + size * i : at + 3 + size * (i + 1)], "big")
            for i in range(count + 1)
        ]
        base = at + 2 + size * (count + 1)
        rows = [data[base + a : base + b] for a, b in pairwise(places)]
        return rows, base + places[-1]

    def _subroutines(self, font: dict[int, list[float]]) -> list[bytes]:
        size, offset = (int(v) for v in font[18])
        private = _dict(self._data[offset : offset + size])
        return self._index(offset + int(private[19][0]))[0] if 19 in private else []

    def _font_of(self, at: int) -> list[int]:
        """For every glyph the font whose subroutines it calls (FDSelect, formats 0 and 3)."""
        data, count = self._data, len(self._glyphs)
        if data[at] == 0:
            return list(data[at + 1 : at + 1 + count])
        rows = struct.unpack(">H", data[at + 1 : at + 3])[0]
        chosen: list[int] = []
        for i in range(rows):
            start = at + 3 + 3 * i
            first, font, end = struct.unpack(">HBH", data[start : start + 5])
            chosen += [font] * (end - first)
        return chosen

    def outline(self, number: int) -> list[Segment]:
        """A glyph's outline."""
        pen = _Pen(self._shared, self._own[self._select[number]])
        pen.run(self._glyphs[number])
        return pen.segments


def _dict(data: bytes) -> dict[int, list[float]]:
    """A DICT: operator to operands; two-byte operators are 1200 and more."""
    found: dict[int, list[float]] = {}
    operands: list[float] = []
    at = 0
    while at < len(data):
        byte = data[at]
        at += 1
        if byte == 12:
            found[1200 + data[at]] = operands
            operands, at = [], at + 1
        elif byte <= 21:
            found[byte] = operands
            operands = []
        elif byte == 28:
            operands.append(struct.unpack(">h", data[at : at + 2])[0])
            at += 2
        elif byte == 29:
            operands.append(struct.unpack(">i", data[at : at + 4])[0])
            at += 4
        elif byte == 30:  # a real number, not needed here
            while data[at] & 15 != 15 and data[at] >> 4 != 15:
                at += 1
            operands.append(0.0)
            at += 1
        elif byte <= 246:
            operands.append(byte - 139)
        else:
            operands.append(_two_bytes(byte, data[at]))
            at += 1
    return found


def _two_bytes(first: int, second: int) -> int:
    if first <= 250:
        return (first - 247) * 256 + second + 108
    return -(first - 251) * 256 - second - 108


@dataclass(slots=True)
class _Pen:
    """Runs a charstring."""

    shared: list[bytes]
    own: list[bytes]
    segments: list[Segment] = field(default_factory=list)
    stack: list[float] = field(default_factory=list)
    hints: int = 0
    x: float = 0.0
    y: float = 0.0

    def run(self, code: bytes) -> bool:
        """Carry out a charstring or subroutine. True where the glyph has ended."""
        at = 0
        while at < len(code):
            byte = code[at]
            at += 1
            if byte == 28:
                self.stack.append(struct.unpack(">h", code[at : at + 2])[0])
                at += 2
            elif byte == 255:
                self.stack.append(struct.unpack(">i", code[at : at + 4])[0] / 65536)
                at += 4
            elif byte >= 247:
                self.stack.append(_two_bytes(byte, code[at]))
                at += 1
            elif byte >= 32:
                self.stack.append(byte - 139)
            elif byte in (10, 29):
                routines = self.own if byte == 10 else self.shared
                bias = 107 if len(routines) < 1240 else 1131 if len(routines) < 33900 else 32768
                if self.run(routines[int(self.stack.pop()) + bias]):
                    return True
            elif byte == 11:
                return False
            elif byte == 14:
                return True
            elif byte in (19, 20):
                self.hints += len(self.stack) // 2
                self.stack.clear()
                at += (self.hints + 7) // 8
            else:
                if byte == 12:
                    byte = 1200 + code[at]
                    at += 1
                self._draw(byte)
                self.stack.clear()
        return False

    def _draw(self, operator: int) -> None:
        s = self.stack
        if operator in (1, 3, 18, 23):
            self.hints += len(s) // 2
        elif operator == 21:
            self._move(s[-2], s[-1])
        elif operator == 22:
            self._move(s[-1], 0)
        elif operator == 4:
            self._move(0, s[-1])
        elif operator == 5:
            self._lines(s)
        elif operator in (6, 7):
            for i, v in enumerate(s):
                level = (i % 2 == 0) == (operator == 6)
                self._line(v if level else 0, 0 if level else v)
        elif operator == 8:
            self._curves(s)
        elif operator == 24:
            self._curves(s[:-2])
            self._lines(s[-2:])
        elif operator == 25:
            self._lines(s[:-6])
            self._curves(s[-6:])
        elif operator in (26, 27):
            self._even_curves(s, upright=operator == 26)
        elif operator in (30, 31):
            self._turning_curves(s, level=operator == 31)
        else:
            raise ValueError(f"charstring operator {operator}")

    def _move(self, dx: float, dy: float) -> None:
        self.x, self.y = self.x + dx, self.y + dy
        self.segments.append(("M", (self.x, self.y)))

    def _line(self, dx: float, dy: float) -> None:
        self.x, self.y = self.x + dx, self.y + dy
        self.segments.append(("L", (self.x, self.y)))

    def _lines(self, s: list[float]) -> None:
        for i in range(0, len(s) - 1, 2):
            self._line(s[i], s[i + 1])

    def _curve(self, *d: float) -> None:
        x1, y1 = self.x + d[0], self.y + d[1]
        x2, y2 = x1 + d[2], y1 + d[3]
        self.x, self.y = x2 + d[4], y2 + d[5]
        self.segments.append(("C", (x1, y1, x2, y2, self.x, self.y)))

    def _curves(self, s: list[float]) -> None:
        for i in range(0, len(s) - 5, 6):
            self._curve(*s[i : i + 6])

    def _even_curves(self, s: list[float], *, upright: bool) -> None:
        """Vvcurveto and hhcurveto: curves that begin and end in one direction."""
        first = s[0] if len(s) % 4 else 0.0
        for i in range(len(s) % 4, len(s) - 3, 4):
            a, b, c, d = s[i : i + 4]
            if upright:
                self._curve(first, a, b, c, 0, d)
            else:
                self._curve(a, first, b, c, d, 0)
            first = 0.0

    def _turning_curves(self, s: list[float], *, level: bool) -> None:
        """Hvcurveto and vhcurveto: curves that begin and end across, in turn."""
        last = len(s) - len(s) % 4 - 4
        for i in range(0, last + 1, 4):
            a, b, c, d = s[i : i + 4]
            rest = s[-1] if i == last and len(s) % 4 else 0.0
            if level:
                self._curve(a, 0, b, c, rest, d)
            else:
                self._curve(0, a, b, c, d, rest)
            level = not level
