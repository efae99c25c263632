"""Labels and values in rows, in the many ways in which issues of cards set them.

left      姓名　张三, values in a column           colon     姓名：张三
spread    姓　　名　张三                          run       姓名张三, in one ink
ruled     as left, on lines                      numbered  1.姓名　张三
inline    姓名 Name　张三                          stack     姓名 over Name, then the value
above     姓名 Name, the value below               slash     姓名/Name, the value below
cells     label and value in boxes
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from samples.any_hand.page import Crowded, Page
from samples.draw import BLACK, Canvas, Colour, Ink

BELOW = ("above", "slash")
"""Styles whose values stand below their labels."""


@dataclass(frozen=True)
class Item:
    """A label with its value as printed. ``label`` is Chinese and the second language; "" has no
    label. ``short`` items may share a row; ``number`` is set in the number's face; ``wraps`` may be
    broken over lines (an address); a line break in ``text`` is kept."""

    text: str
    label: tuple[str, str] = ("", "")
    short: bool = False
    number: bool = False
    wraps: bool = False


@dataclass(frozen=True)
class Look:
    """How rows are set: sizes in millimetres. ``offset`` shifts values against their labels, as on
    forms that are overprinted; ``lead`` is the leading of wrapped values, ``most`` the widest gap
    between rows."""

    style: str
    label: Ink
    value: Ink
    other: Ink
    number: Ink
    label_size: float
    value_size: float
    pairs: bool = True
    offset: tuple[float, float] = (0.0, 0.0)
    separator: str = " "
    lead: float = 1.25
    most: float = 3.0
    rule: Colour = BLACK

    @property
    def other_size(self) -> float:
        """Size of the second language."""
        return self.label_size * 0.78


def groups(items: Sequence[Item], look: Look) -> list[list[Item]]:
    """Items by row: short ones two to a row where the look pairs them."""
    rows: list[list[Item]] = []
    for item in items:
        alone = not rows or len(rows[-1]) > 1 or not (rows[-1][0].short and item.short)
        if alone or not look.pairs or look.style in ("numbered", "run"):
            rows.append([item])
        else:
            rows[-1].append(item)
    return rows


def lay(
    page: Page, x: float, y: float, width: float, bottom: float, items: Sequence[Item], look: Look
) -> float:
    """Set the items between ``y`` and ``bottom``, evenly; the y below the last."""
    look = replace(
        look, label_size=look.label_size * page.scale, value_size=look.value_size * page.scale
    )
    setter = _Setter(page, x, width, items, look)
    rows = groups(items, look)
    natural = setter.rehearse(rows)
    least = 0.0 if look.style == "cells" else 0.45
    spare = max(0.0, bottom - y - natural) / (2 * max(len(rows), 1))
    setter.pad += min(spare, look.label_size * 0.5) if look.style == "cells" else 0.0
    gap = min(look.most, max(least, (bottom - y - natural) / max(len(rows), 1)))
    for row in rows:
        y = setter.row(page, y, row) + gap
    return y - gap


def height(page: Page, width: float, items: Sequence[Item], look: Look) -> float:
    """How high the items are without gaps between rows."""
    look = replace(
        look, label_size=look.label_size * page.scale, value_size=look.value_size * page.scale
    )
    return _Setter(page, 0.0, width, items, look).rehearse(groups(items, look))


class _Setter:
    """Sets row after row; all rows share the column at which values begin."""

    def __init__(self, page: Page, x: float, width: float, items: Sequence[Item], look: Look):
        self.x, self.width, self.look = x, width, look
        self.pad = look.label_size * 0.3
        self.order = {item.label: n for n, item in enumerate(items, 1)}
        short = [i for i in items if len(i.label[0]) <= 6 and i.label[0]]
        self.column = max((self._label_width(page, i) for i in short), default=0.0)
        self.column += look.label_size * (0.7 if look.style != "cells" else 1.0)

    def rehearse(self, rows: Sequence[Sequence[Item]]) -> float:
        """How high all rows are, set without gaps between them."""
        page, y = Page(Canvas(1, 1, Random(0)), real=False), 0.0
        for row in rows:
            y = self.row(page, y, row)
        return y

    def row(self, page: Page, y: float, row: Sequence[Item]) -> float:
        """Set one row; the y below it."""
        look = self.look
        if look.style in BELOW:
            return self._below(page, y, row)
        if look.style == "cells":
            return self._cells(page, y, row)
        x, right, ends = self.x, self.x + self.width, [y]
        for index, item in enumerate(row):
            if index:
                wide = self._label_width(page, item) + look.label_size + self._width(page, item)
                x = max(x + look.label_size, min(self.x + self.width * 0.5, right - wide))
            x, low = self._beside(page, x, y, right, item, first=index == 0)
            ends.append(low)
        if look.style == "ruled":
            low = max(ends) + 0.5
            at = self.x + self.column
            page.line(at - 1, low, self.x + self.width, low, 0.15, look.rule)
            return low + 0.2
        return max(ends)

    # ------------------------------------------------------------------ parts

    def _text(self, item: Item) -> str:
        zh = item.label[0]
        if self.look.style == "numbered" and zh:
            return f"{self.order[item.label]}.{zh}"
        return zh + "：" if self.look.style == "colon" and zh else zh

    def _label_width(self, page: Page, item: Item) -> float:
        look = self.look
        wide = page.measure(self._text(item), look.label_size, look.label)
        if look.style == "spread":
            wide = max(wide, look.label_size * 4)
        other = page.measure(look.separator + item.label[1], look.other_size, look.other)
        if look.style == "inline" and item.label[1]:
            return wide + other
        return wide if look.style in BELOW or not item.label[1] else max(wide, other)

    def _both_width(self, page: Page, item: Item) -> float:
        look = self.look
        other = page.measure(look.separator + item.label[1], look.other_size, look.other)
        return page.measure(item.label[0], look.label_size, look.label) + other

    def _label(self, page: Page, x: float, y: float, item: Item) -> tuple[float, float]:
        """Draw a label; the x and y where it ends."""
        look, text = self.look, self._text(item)
        size, zh = look.label_size, item.label[0]
        low = y + size
        if look.style == "spread" and 1 < len(zh) < 4:
            track = (size * 4 - page.measure(zh, size, look.label)) / (len(zh) - 1)
            end = page.write(x, y, zh, size, look.label, track)
        else:
            end = page.write(x, y, text, size, look.value if look.style == "run" else look.label)
        if item.label[1] and look.style in ("inline", *BELOW):
            other = look.separator + item.label[1]
            end = page.write(end, y + size * 0.2, other, look.other_size, look.other)
        elif item.label[1]:
            # Zhuang stands in small letters under its label whatever the style
            other_end = page.write(x, low + 0.15, item.label[1], look.other_size, look.other)
            end, low = max(end, other_end), low + 0.15 + look.other_size
        return end, low

    def _value(self, page: Page, x: float, y: float, right: float, item: Item) -> float:
        look = self.look
        ink = look.number if item.number else look.value
        size = look.value_size * (1.12 if item.number else 1.0)
        x, y = x + look.offset[0], y + look.offset[1]
        low = y
        if not item.text:
            return y + size
        if not item.wraps and x + self._width(page, item) > right:
            raise Crowded(item.text)
        for n, line in enumerate(item.text.split("\n")):
            top = y if n == 0 else low + size * 0.15
            low = page.paragraph(x, top, right - x, line, size, ink, look.lead)
        return low

    def _width(self, page: Page, item: Item) -> float:
        look = self.look
        ink = look.number if item.number else look.value
        size = look.value_size * (1.12 if item.number else 1.0)
        return max(page.measure(line, size, ink) for line in item.text.split("\n"))

    def _beside(
        self, page: Page, x: float, y: float, right: float, item: Item, *, first: bool
    ) -> tuple[float, float]:
        look = self.look
        if not item.label[0]:
            at = x + (self.column if first and look.style not in ("colon", "run") else 0.0)
            return at + self._width(page, item), self._value(page, at, y, right, item)
        end, low = self._label(page, x, y, item)
        close = {"colon": 0.1, "run": 0.15}.get(look.style)
        if close is not None:
            at = end + look.value_size * close
        elif first:
            at = max(x + self.column, end + look.label_size * 0.5)
        else:
            at = end + look.label_size * 0.8
        rise = (look.value_size - look.label_size) * 0.55
        if look.style == "stack" and item.label[1]:
            rise -= (look.other_size + 0.15) * 0.4
        under = self._value(page, at, y - rise, right, item)
        return at + self._width(page, item), max(low, under)

    def _below(self, page: Page, y: float, row: Sequence[Item]) -> float:
        ends = [y]
        for index, item in enumerate(row):
            last, right = index == len(row) - 1, self.x + self.width
            x = self.x
            if index:
                wide = max(self._label_width(page, item), self._width(page, item))
                if item.label[1]:
                    wide = max(wide, self._both_width(page, item))
                x = min(self.x + self.width * 0.58, right - wide)
            elif not last:
                right = self.x + self.width * 0.58
            low = self._label(page, x, y, item)[1] + 0.15 if item.label[0] else y
            ends.append(self._value(page, x, low, right, item))
        return max(ends)

    def _cells(self, page: Page, y: float, row: Sequence[Item]) -> float:
        look, pad = self.look, self.pad
        part = self.width / len(row)
        lows = [y]
        for index, item in enumerate(row):
            x = self.x + index * part
            at = max(self.column, self._label_width(page, item) + 2 * pad)
            lows.append(self._label(page, x + pad, y + pad, item)[1])
            lows.append(self._value(page, x + at + pad, y + pad, x + part - pad, item))
        low = max(lows) + pad
        for index, item in enumerate(row):
            x = self.x + index * part
            at = max(self.column, self._label_width(page, item) + 2 * pad)
            page.frame(x, y, at, low - y, 0.15, look.rule)
            page.frame(x + at, y, part - at, low - y, 0.15, look.rule)
        return low
