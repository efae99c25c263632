"""Booklet pages drawn in code, and a recogniser that reads what was drawn.

Characters are drawn as blocks of strokes; the recogniser gives those whose middle lies in the
quad and under which the picture it gets is dark. So a seal in red, a faded copy and a look at
dark ink only behave as they do on paper, without fonts and without an OCR engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from pipeline.model import Char, Image, Line, Point, Quad, Sheet, Source

BLACK = (35, 35, 35)
GREEN = (70, 120, 50)
RED = (70, 60, 205)
GREY = (182, 182, 182)
DARK_GREY = (90, 90, 90)
EM = 30.0

MEMBER_LABELS: tuple[tuple[tuple[str, ...], ...], ...] = (
    (("姓名",), ("户主或与", "户主关系")),
    (("曾用名",), ("性别",)),
    (("出生地",), ("民族",)),
    (("籍贯",), ("出生日期",)),
    (("本市(县)", "其他住址"), ("宗教信仰",)),
    (("公民身份", "号码"), ("身高",), ("血型",)),
    (("文化程度",), ("婚姻状况",), ("兵役状况",)),
    (("服务处所",), ("职业",)),
    (("何时由何地", "迁来本市(县)"),),
    (("何时由何地", "迁来本址"),),
)
MEMBER_FIELDS: tuple[tuple[str, ...], ...] = (
    ("name", "relation_to_head"),
    ("former_name", "sex"),
    ("birth_place", "ethnicity"),
    ("native_place", "birth_date"),
    ("other_address_in_city", "religion"),
    ("id_number", "height", "blood_type"),
    ("education", "marital_status", "military_service"),
    ("employer", "occupation"),
    ("move_in_from_city",),
    ("move_in_to_address",),
)
PERSON: dict[str, str] = {
    "name": "韦某某",
    "relation_to_head": "长子",
    "former_name": "",
    "sex": "男",
    "birth_place": "广西南宁市青秀区",
    "ethnicity": "壮族",
    "native_place": "广西宾阳县",
    "birth_date": "1985年10月16日",
    "other_address_in_city": "",
    "religion": "",
    "id_number": "450103198510169012",
    "height": "172厘米",
    "blood_type": "",
    "education": "初中",
    "marital_status": "已婚",
    "military_service": "",
    "employer": "",
    "occupation": "粮农",
    "move_in_from_city": "久居",
    "move_in_to_address": "1998年3月2日由广西宾阳县迁来",
}


@dataclass(frozen=True)
class Written:
    """One character on the paper."""

    text: str
    centre: Point
    box: tuple[int, int, int, int]


@dataclass
class Paper:
    """A sheet that is drawn upon, the lines an engine would find, and what is written."""

    width: int = 1400
    height: int = 1000
    image: Image = field(init=False)
    lines: list[Line] = field(default_factory=list)
    written: list[Written] = field(default_factory=list)

    def __post_init__(self) -> None:
        """White paper."""
        self.image = np.full((self.height, self.width, 3), 238, dtype=np.uint8)

    def sheet(self) -> Sheet:
        """The paper as an extractor gets it."""
        return Sheet(self.image, Source("纸.jpg", 1, "0" * 64), 0, np.eye(3), tuple(self.lines))

    def rule(self, a: Point, b: Point, colour: tuple[int, int, int] = GREEN) -> None:
        """A printed rule."""
        ends = [(round(x), round(y)) for x, y in (a, b)]
        cv2.line(self.image, ends[0], ends[1], colour, 2)

    def write(
        self,
        text: str,
        x: float,
        y: float,
        colour: tuple[int, int, int] = BLACK,
        *,
        em: float = EM,
        found: bool = True,
        tilt: float = 0.0,
        score: float = 0.99,
    ) -> None:
        """Write from ``x`` on with the middle at ``y``. ``found``: the engine finds the line."""
        chars = []
        at = x
        for text_char in text:
            wide = em * (0.5 if text_char.isascii() else 1.0)
            cy = y + tilt * (at - x)
            self._draw(text_char, at, cy, wide, em, colour)
            chars.append((text_char, at, at + wide))
            at += wide
        if not found or not text:
            return
        rise = tilt * (at - x)
        half = 0.58 * em
        quad: Quad = (
            (x, y - half),
            (at, y + rise - half),
            (at, y + rise + half),
            (x, y + half),
        )
        width = at - x
        self.lines.append(
            Line(
                text,
                score,
                quad,
                tuple(Char(c, score, (a - x) / width, (b - x) / width) for c, a, b in chars),
            )
        )

    def _draw(
        self, text: str, x: float, y: float, wide: float, em: float, colour: tuple[int, int, int]
    ) -> None:
        left, right = round(x + 0.1 * wide), round(x + 0.9 * wide)
        top, bottom = round(y - 0.4 * em), round(y + 0.4 * em)
        cv2.rectangle(self.image, (left, top), (right, bottom), colour, 3)
        cv2.line(self.image, (left, round(y)), (right, round(y)), colour, 2)
        cv2.line(self.image, (round(x + wide / 2), top), (round(x + wide / 2), bottom), colour, 2)
        self.written.append(Written(text, (x + wide / 2, y), (left, top, right, bottom)))

    def recognise(self, image: Image, quads: Sequence[Quad]) -> list[Line]:
        """What is dark in the quads of the picture."""
        return [self._recognise(image, quad) for quad in quads]

    def _recognise(self, image: Image, quad: Quad) -> Line:
        outline = np.array(quad, dtype=np.float32)
        left, right = float(outline[:, 0].min()), float(outline[:, 0].max())
        seen = []
        for char in self.written:
            x0, y0, x1, y1 = char.box
            inside = cv2.pointPolygonTest(outline, char.centre, measureDist=False) > 0
            if inside and float(np.mean(image[y0:y1, x0:x1].min(axis=2) < 140)) > 0.15:
                seen.append(char)
        seen.sort(key=lambda c: c.centre[0])
        chars = tuple(
            Char(
                c.text, 0.99, (c.box[0] - left) / (right - left), (c.box[2] - left) / (right - left)
            )
            for c in seen
        )
        return Line("".join(c.text for c in chars), 0.99 if chars else 0.0, quad, chars)


@dataclass(frozen=True)
class Printing:
    """How a member page is printed, and how the values lie on it."""

    left: float = 80
    top: float = 150
    pitch: float = 70
    label_width: float = 200
    value_width: float = 440
    dx: float = 0
    dy: float = 0
    ruled: bool = True
    hidden: frozenset[str] = frozenset()
    """Fields whose labels the engine does not find."""
    unfound: frozenset[str] = frozenset()
    """Fields whose values the engine does not find."""


def columns(row: int, how: Printing) -> list[float]:
    """The places of a row's vertical rules."""
    a, b, c = how.left, how.left + how.label_width, how.left + how.label_width + how.value_width
    end = how.left + 1200
    if len(MEMBER_LABELS[row]) == 1:
        return [a, b, end]
    if len(MEMBER_LABELS[row]) == 2:
        return [a, b, c, c + how.label_width, end]
    step = (end - c) / 4
    if row == 5:
        return [a, b, c, c + step * 0.9, c + 2 * step, c + 2.9 * step, end]
    return [a, b, b + 240, b + 400, b + 600, b + 760, end]


def draw_member(
    paper: Paper, values: dict[str, str], how: Printing | None = None, date: str = "2011年1月13日"
) -> None:
    """常住人口登记卡 with these values."""
    how = how or Printing()
    paper.write("常住人口登记卡", how.left + 450, how.top - 50, GREEN, em=46)
    end = how.left + 1200
    for row, labels in enumerate(MEMBER_LABELS):
        y = how.top + row * how.pitch
        middle = y + how.pitch / 2
        places = columns(row, how)
        if how.ruled:
            paper.rule((how.left, y), (end, y))
            for x in places:
                paper.rule((x, y), (x, y + how.pitch))
        for i, (parts, name) in enumerate(zip(labels, MEMBER_FIELDS[row], strict=True)):
            _label(paper, parts, places[2 * i], middle, name not in how.hidden)
            x = places[2 * i + 1] + 12 + how.dx
            _value(
                paper, values.get(name, ""), x, middle + how.dy, places[2 * i + 2] - x, name, how
            )
    bottom = how.top + len(MEMBER_LABELS) * how.pitch
    if how.ruled:
        paper.rule((how.left, bottom), (end, bottom))
    paper.write("承办人签章:", how.left + 20, bottom + 50, GREEN)
    paper.write("陆警官", how.left + 220, bottom + 50)
    paper.write("登记日期:", how.left + 700, bottom + 50, GREEN)
    paper.write(date, how.left + 860, bottom + 50 + how.dy)


def _label(paper: Paper, parts: tuple[str, ...], x: float, middle: float, found: bool) -> None:
    size = 26.0
    for i, part in enumerate(parts):
        y = middle + (i - (len(parts) - 1) / 2) * 31
        paper.write(part, x + 14, y, GREEN, em=size, found=found)


def _value(
    paper: Paper, text: str, x: float, y: float, room: float, name: str, how: Printing
) -> None:
    wide = sum(0.5 if c.isascii() else 1.0 for c in text) * EM
    lines = [text]
    if wide > room - 10 and len(text) > 4:
        half = (len(text) + 1) // 2
        lines = [text[:half], text[half:]]
    for i, line in enumerate(lines):
        at = y + (i - (len(lines) - 1) / 2) * 33
        paper.write(line, x, at, found=name not in how.unfound)


def draw_head(paper: Paper, values: dict[str, str], top: float = 150, left: float = 100) -> None:
    """户主页 with these values."""
    xs = [left, left + 170, left + 560, left + 760, left + 1180]
    rows = [
        [("户别", "household_type"), ("户主姓名", "head_name")],
        [("户号", "household_number"), ("住址", "address")],
    ]
    for i, row in enumerate(rows):
        y = top + 120 * i
        paper.rule((xs[0], y), (xs[-1], y))
        for x in xs:
            paper.rule((x, y), (x, y + 120))
        for j, (label, name) in enumerate(row):
            paper.write(label, xs[2 * j] + 20, y + 60, GREEN)
            text = values.get(name, "")
            half = len(text) if len(text) < 13 else 12
            for k, line in enumerate((text[:half], text[half:])):
                off = 0 if half == len(text) else (k - 0.5) * 36
                paper.write(line, xs[2 * j + 1] + 20, y + 60 + off)
    paper.rule((xs[0], top + 240), (xs[-1], top + 240))
    paper.write("省级公安机关", left + 120, top + 330, GREEN)
    paper.write("户口专用章", left + 130, top + 380, GREEN)
    paper.write("承办人签章:", left + 20, top + 480, GREEN)
    paper.write(values.get("issue_date", "") + "签发", left + 760, top + 480)


def draw_rows(
    paper: Paper,
    title: str,
    heads: Sequence[str],
    widths: Sequence[float],
    rows: Sequence[Sequence[str]],
    *,
    dy: float = 0.0,
    ruled: bool = True,
    unfound: frozenset[str] = frozenset(),
) -> None:
    """A page of changes: a header and rows, some of them blank."""
    left, top, pitch = 80.0, 160.0, 88.0
    paper.write(title, 420, 90, GREEN, em=44)
    xs = [left]
    for width in widths:
        xs.append(xs[-1] + width)
    for i in range(len(rows) + 4):
        y = top + i * pitch
        if ruled:
            paper.rule((xs[0], y), (xs[-1], y))
        if ruled and i < len(rows) + 3:
            for x in xs:
                paper.rule((x, y), (x, y + pitch))
        texts = heads if i == 0 else rows[i - 1] if i <= len(rows) else ()
        for x, text in zip(xs, texts, strict=False):
            shift = 0.0 if i == 0 else dy
            colour = GREEN if i == 0 else BLACK
            paper.write(
                text, x + 14, y + pitch / 2 + shift, colour, em=26, found=text not in unfound
            )
