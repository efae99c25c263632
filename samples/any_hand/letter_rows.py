"""Labels and values of a letter: as a list, in columns, in a table. Each returns the y below."""

from __future__ import annotations

from dataclasses import dataclass

from samples.any_hand.family import Choices
from samples.any_hand.page import Page
from samples.draw import Ink


@dataclass(frozen=True)
class Rows:
    """Where and how an office sets them; millimetres."""

    office: Choices
    page: Page
    body: Ink
    size: float
    left: float
    room: float
    leading: float

    def listed(self, y: float, rows: list[tuple[str, str]], ink: Ink) -> float:
        """A label and its value to a line."""
        page, size = self.page, self.size
        ruled = self.office.chance("ruled", 0.5) or ink.mode == "hand"
        aligned = self.office.chance("aligned", 0.4)
        colon = self.office.choose("colon", ("：", "：", ":", ""))
        widest = max(page.measure(label + colon, size, self.body) for label, _ in rows)
        for label, text in rows:
            end = page.write(self.left, y, label + colon, size, self.body)
            at = (self.left + widest if aligned or not colon else end) + 2
            low = page.paragraph(at, y, self.left + self.room - at, text, size, ink, 1.35)
            if ruled and low < y + size * 1.2:
                page.line(at - 1, low + 0.6, self.left + self.room, low + 0.6, 0.2, (40, 40, 40))
            y = low + size * (self.leading - 1)
        return y

    def columned(self, y: float, rows: list[tuple[str, str]], ink: Ink) -> float:
        """Two to a line where they are short."""
        page, size, x = self.page, self.size, self.left
        half = self.room / 2
        for label, text in rows:
            wide = page.measure(f"{label}：{text}", size, self.body) + 6
            if x > self.left and (x + wide > self.left + self.room):
                x, y = self.left, y + size * self.leading
            end = page.write(x, y, label + "：", size, self.body)
            low = page.paragraph(end + 1, y, self.left + self.room - end - 1, text, size, ink, 1.35)
            if x > self.left or wide > half:
                x, y = self.left, low + size * (self.leading - 1)
            else:
                x += half
        return y + (size * self.leading if x > self.left else 0.0)

    def boxed(self, y: float, rows: list[tuple[str, str]], ink: Ink) -> float:
        """A table of labels and values."""
        page, size = self.page, min(self.size, 4.5)
        narrow = self.office.between("label cell", 30, 42)
        pad = self.office.between("cell pad", 1.6, 3.4)
        for label, text in rows:
            lines = page.wrap(label, narrow - 2, size, self.body)
            inner = page.wrap(text, self.room - narrow - 4, size, ink)
            high = max(len(lines), len(inner)) * size * 1.3 + 2 * pad
            page.frame(self.left, y, narrow, high, 0.2, (30, 30, 30))
            page.frame(self.left + narrow, y, self.room - narrow, high, 0.2, (30, 30, 30))
            top = y + (high - len(lines) * size * 1.3) / 2
            for n, line in enumerate(lines):
                page.centre(self.left + narrow / 2, top + n * size * 1.3, line, size, self.body)
            top = y + (high - len(inner) * size * 1.3) / 2
            for n, line in enumerate(inner):
                page.write(self.left + narrow + 2, top + n * size * 1.3, line, size, ink)
            y += high
        return y + size * 0.8
