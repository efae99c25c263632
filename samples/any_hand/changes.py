"""登记事项变更和更正记载: the page of changes of a household booklet (domain.md 2.3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from random import Random

from samples.any_hand.booklets import SIZE
from samples.any_hand.facts import DAYS
from samples.any_hand.family import Choices
from samples.any_hand.page import Hand, Page, fit
from samples.draw import Colour, Drawn, Ink
from samples.fonts import Role, Shelf
from samples.layouts.hukou_member import EDUCATION, JOBS, WORKS
from samples.ornament import chop, guilloche, tint, watermark
from samples.persons import make_name

_ITEMS = {
    "服务处所": ("employer", [w for w in WORKS if w]),
    "职业": ("occupation", [j for j in JOBS if j]),
    "文化程度": ("education", [e for e in EDUCATION if e]),
    "婚姻状况": ("marital_status", ["已婚", "离婚", "再婚", "丧偶"]),
}
_STOCKS: tuple[Colour, ...] = ((250, 244, 232), (240, 246, 238), (252, 240, 238), (250, 250, 250))
_RULES: tuple[Colour, ...] = ((70, 96, 80), (120, 60, 50), (60, 60, 60), (96, 84, 60))
_LINES = 7


def draw_changes(family: Choices, seed: str, shelf: Shelf) -> tuple[Drawn, Page]:
    """The page in the family's layout. Raises Crowded where a row does not fit."""
    rng = Random(f"{seed}/changes/filling")
    rows = _rows(rng)
    hand = Hand(f"{family.kind}/{family.name}", shelf)
    clerks = [make_name(rng, rng.choice("男女"), 0) for _ in rows]

    def draft(page: Page, rng: Random) -> Drawn:
        del rng
        return _Sheet(family, hand, page).drawn(rows, clerks)

    return fit(SIZE, draft, f"{seed}/changes")


def _rows(rng: Random) -> list[tuple[str, str, date]]:
    rows, year = [], rng.randrange(2003, 2010)
    for _ in range(rng.randrange(1, 6)):
        item = rng.choice(list(_ITEMS))
        day = date(year, rng.randrange(1, 13), rng.randrange(1, 29))
        rows.append((item, rng.choice(_ITEMS[item][1]), day))
        year += rng.randrange(1, 4)
    return rows


class _Sheet:
    """One page: a table of four columns, or three."""

    def __init__(self, family: Choices, hand: Hand, page: Page):
        self.family, self.hand, self.page = family, hand, page
        self.rule: Colour = family.choose("change rule", _RULES)
        role: Role = family.choose("change label", ("song", "hei", "fang"))
        self.label: Ink = hand.ink(role, self.rule)
        by_hand = family.chance("change hand", 0.3)
        blue: Colour = (26, 32, 80)
        self.value: Ink = hand.ink("hand", blue, "hand") if by_hand else hand.ink("song")
        self.size = family.between("change size", 3.0, 3.6) * page.scale

    def drawn(self, rows: Sequence[tuple[str, str, date]], clerks: Sequence[str]) -> Drawn:
        """Draw the page."""
        family, page = self.family, self.page
        stock: Colour = family.choose("change stock", _STOCKS)
        page.paint(lambda canvas: tint(canvas, (stock, (252, 252, 250), (252, 252, 250), stock)))
        page.paint(lambda canvas: guilloche(canvas, self.rule, 0.14, "waves"))
        titles = ("登记事项变更和更正记载", "登记事项变更、更正记载", "登记事项变更更正记载")
        page.centre(page.width / 2, 6, family.choose("change title", titles), 4.8, self.label, 0.8)
        heads = [
            "项目",
            family.choose("content", ("变更、更正后的内容", "变更更正后内容")),
            family.choose("changed on", ("变更、更正日期", "变更日期", "日期")),
        ]
        shares = [0.2, 0.46, 0.34]
        if family.chance("clerk column", 0.7):
            heads.append("承办人签章")
            shares = list(
                family.choose("shares", ((0.18, 0.4, 0.22, 0.2), (0.16, 0.36, 0.26, 0.22)))
            )
        form = DAYS[family.choose("change day", ("han", "padded", "dotted", "iso"))]
        y = self._row(15.0, 8.0, heads, shares, self.label)
        high = family.between("change row", 9.6, 11.2)
        for index in range(_LINES):
            cells = [""] * len(heads)
            if index < len(rows):
                item, text, day = rows[index]
                cells[:3] = [item, text, form(day)]
            if index < len(rows) and len(heads) == 4:
                self._clerk(y, high, shares, clerks[index])
            y = self._row(y, high, cells, shares, self.value)
        hei = self.hand.ink("hei")
        page.paint(lambda canvas: watermark(canvas, page.width * 0.8, page.height - 5, 4, hei, 0.3))
        fields = {_ITEMS[item][0]: text for item, text, _ in rows}
        table = [{"item": i, "content": t, "date": d.isoformat()} for i, t, d in rows]
        notes: dict[str, str | bool] = {"family": family.name, "part": family.part}
        return Drawn(
            "changes", page.canvas.pixels(), fields, tables={"changes": table}, notes=notes
        )

    def _row(
        self, y: float, high: float, cells: Sequence[str], shares: Sequence[float], ink: Ink
    ) -> float:
        x, wide, page = 7.5, self.page.width - 15.0, self.page
        for text, share in zip(cells, shares, strict=True):
            page.frame(x, y, wide * share, high, 0.22, self.rule)
            if text:
                lines = page.wrap(text, wide * share - 2, self.size, ink)
                top = y + (high - len(lines) * self.size * 1.2) / 2
                for line in lines:
                    page.write(x + 1.2, top, line, self.size, ink)
                    top += self.size * 1.2
            x += wide * share
        return y + high

    def _clerk(self, y: float, high: float, shares: Sequence[float], name: str) -> None:
        x = 7.5 + (self.page.width - 15.0) * (1 - shares[-1]) + 3
        ink = self.hand.ink("song")
        self.page.paint(lambda canvas: chop(canvas, x, y + high / 2 - 3, name, 3.2, ink))
