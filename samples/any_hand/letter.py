"""Draws letters and proofs: running text, tables, lists, columns, by print or filled in by hand."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

from samples.any_hand.closing import Closing
from samples.any_hand.faces import Part
from samples.any_hand.facts import DAYS, GROUP_ISSUERS, ITEMS, Fact, gather, issuer, same
from samples.any_hand.family import Choices
from samples.any_hand.letter_rows import Rows
from samples.any_hand.page import Crowded, Hand, Page, fit
from samples.any_hand.running import Segment, flow
from samples.draw import Colour, Drawn, Ink
from samples.fonts import Role, Shelf
from samples.layouts.letter import letter_number
from samples.ornament import watermark

WIDTH, HEIGHT = 210.0, 297.0
_FORMS = ("table", "list", "columns", "table-hand", "list-hand", "slip")
_FIELD = re.compile(r"\{([^}]+)\}")
_NUMBER_WORDS = (
    "身份证号",
    "身份证号码",
    "公民身份号码",
    "居民身份证号码",
    "身份证号码为",
    "身份证",
)
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "transfer_letter": ("name", "sex", "id_number", "addressee", "validity_days", "valid_to"),
    "separation_document": ("name", "id_number", "end_date"),
    "civil_affairs_proof": ("name", "id_number", "category", "start_date"),
    "group_proof": ("name", "id_number", "group"),
    "police_change_proof": (
        "name", "id_number", *(f"{when}_{item}" for item in ITEMS for when in ("old", "new")),
    ),
    "proxy_undertaking": ("proxy_name", "proxy_id_number", "proxy_phone", "applicant_name",
                          "applicant_id_number"),
}  # fmt: skip
"""What is truth of what a letter names; issuer, date and number come with the closing."""
_BLUE: tuple[Colour, ...] = ((24, 30, 90), (20, 22, 30), (30, 44, 110))


@cache
def letters() -> Mapping[str, Any]:
    """How offices word letters (``letters.toml``)."""
    text = (files("samples.any_hand") / "letters.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


KINDS = tuple(_FIELDS)


@dataclass(frozen=True)
class Office(Choices):
    """An office: ``form`` is prose, prose-hand, table, list, columns, table-hand, list-hand or
    slip (a list, and a receipt to cut off); ``wording`` the place of its text among the kind's."""

    form: str
    wording: int


@cache
def offices(kind: str, part: Part) -> tuple[Office, ...]:
    """The offices that write letters of this kind. Raises KeyError where there is no such kind."""
    count = len(letters()[kind]["prose"])
    order, rest = list(range(count)), list(_FORMS)
    Random(f"any-hand/{kind}/wordings").shuffle(order)
    Random(f"any-hand/{kind}/forms").shuffle(rest)
    forms = [("prose-hand" if n % 3 == 2 else "prose", w) for n, w in enumerate(order)]
    forms += [(form, n % count) for n, form in enumerate(rest)]
    made = []
    for index, (form, wording) in enumerate(forms):
        own: Part = "held-out" if index % 3 == 1 else "develop"
        made.append(Office(kind, f"{form}-{index:02d}", own, form, wording))
    return tuple(o for o in made if o.part == part)


class _Writer:
    """One letter in the making."""

    def __init__(self, office: Office, shelf: Shelf, rng: Random):
        self.office, self.table = office, letters()[office.kind]
        self.hand = Hand(f"{office.kind}/{office.name}", shelf)
        self.day = office.choose("day", ("han", "han", "padded", "dotted", "iso"))
        self.person, self.facts = gather(office.kind, self.day, rng)
        self.used: set[str] = set()
        self.wording, patterns = self._wording(rng)
        self.issuer = issuer(tuple(patterns), self.facts, rng) if patterns else ""
        self.facts["employer"] = same(self.issuer)
        number = letter_number(rng, rng.choice(("人调字", "档函", "证字", "桂人社函")), 2026)
        self.number = number if office.chance("number", 0.5) and patterns else ""
        self.sealed = rng.random() < 0.85
        self.signed = rng.random() < 0.85
        self.length = rng.choice((1, 1, 2))

    def _wording(self, rng: Random) -> tuple[list[str], Sequence[str]]:
        """The paragraphs, and patterns of who may write them."""
        table, facts = self.table, self.facts
        entry = table["prose"][self.office.wording % len(table["prose"])]
        if not isinstance(entry, dict):
            if "categories" in table:
                facts["category"] = same(rng.choice(table["categories"]))
            return entry, table["issuers"]
        if "group" in entry:
            facts["group"] = same(entry["group"])
            return entry["text"], GROUP_ISSUERS[entry["by"]]
        item = entry["item"]
        facts["item"] = Fact(ITEMS[item])
        self.used |= {f"old_{item}", f"new_{item}"}
        facts["old"], facts["new"] = facts[f"old_{item}"], facts[f"new_{item}"]
        return entry["text"], table["issuers"]

    # ------------------------------------------------------------------ words

    def fill(self, text: str, *, by_hand: bool = False) -> list[Segment]:
        """The text in segments: what is printed on the form, and what is filled in."""
        word = self.office.choose("号", _NUMBER_WORDS)
        parts: list[Segment] = []
        at = 0
        for found in _FIELD.finditer(text):
            parts.append(Segment(text[at : found.start()], self.body))
            at = found.end()
            if found[1] == "号":
                parts.append(Segment(word, self.body))
                continue
            self.used.add(found[1])
            ink = self.pen if by_hand else self.body
            parts.append(Segment(self.facts[found[1]].text, ink, line=by_hand))
        return [*(p for p in parts if p.text), Segment(text[at:], self.body)]

    def plain(self, text: str) -> str:
        """The text with its blanks filled."""
        return "".join(s.text for s in self.fill(text))

    # ------------------------------------------------------------------ drawing

    def draft(self, page: Page, rng: Random) -> Drawn:
        """Draw the letter from the top down."""
        office = self.office
        role: Role = office.choose("body", ("song", "fang", "kai", "song", "hei"))
        self.body: Ink = self.hand.ink(role)
        self.pen: Ink = self.hand.ink("hand", office.choose("pen", _BLUE), "hand")
        self.size = office.between("size", 4.3, 5.5) * page.scale
        self.left = office.between("left", 22, 32)
        self.room = page.width - 2 * self.left
        self.leading = office.between("leading", 1.5, 2.0)
        self.page = page
        y = self._head(office.between("top", 20, 40))
        y = self._body(y + self.size * office.between("after title", 0.6, 1.8))
        closing = Closing(office, self.hand, self.body, self.size, self.left)
        if office.kind == "proxy_undertaking":
            signer = self.facts["proxy_name"].text if self.signed else ""
            marks = closing.sign(page, y, signer, self._date())
        else:
            marks = closing.close(page, y, self.issuer, self._date(), sealed=self.sealed)
        if office.form == "slip" and self.issuer:
            self._receipt(max(b.bottom for b in page.boxes) + 14)
        hei = self.hand.ink("hei")
        page.paint(lambda canvas: watermark(canvas, page.width - 24, 12, 5.5, hei, 0.3))
        if max(b.bottom for b in page.boxes) > page.height - 10:
            raise Crowded("letter runs over its sheet")
        notes: dict[str, str | bool] = {"family": office.name, "part": office.part}
        return Drawn("letter", page.canvas.pixels(), self._truth(), marks=marks, notes=notes)

    def _receipt(self, y: float) -> None:
        """The slip that comes back, below a line to cut along; nobody has filled it in."""
        page, size, x = self.page, self.size * 0.95, self.left - 8
        while x < page.width - self.left + 8:
            page.line(x, y, x + 2.4, y, 0.25, (40, 40, 40))
            x += 4.2
        page.centre(page.width / 2, y + 6, "回　执", size * 1.2, self.body)
        text = f"{self.issuer}：来函收悉，有关手续已于　　年　月　日办理。"
        y = page.paragraph(self.left, y + 6 + size * 2.4, self.room, text, size, self.body, 1.6)
        words = "经办单位（盖章）"
        at = page.width - self.left - page.measure(words, size, self.body)
        page.write(at, y + size * 1.2, words, size, self.body)

    def _date(self) -> str:
        issued = self.facts["issue_date"]
        form = self.office.choose("closing day", ("han", "han", "padded", "gaps", "numerals"))
        return DAYS[form](date.fromisoformat(issued.value))

    def _truth(self) -> dict[str, str]:
        kind, facts = self.office.kind, self.facts
        fields = {f: facts[f].value for f in _FIELDS[kind] if f in self.used and facts[f].value}
        fields["issue_date"] = facts["issue_date"].value
        if kind != "proxy_undertaking":
            fields["issuing_authority"] = self.issuer
        if kind == "separation_document":
            fields["employer"] = self.issuer
        if kind in ("transfer_letter", "separation_document") and self.number:
            fields["letter_number"] = self.number
        return fields

    def _head(self, y: float) -> float:
        page, office, size = self.page, self.office, self.size
        if self.issuer and office.kind != "police_change_proof" and office.chance("red", 0.25):
            red = self.hand.ink("song", (200, 30, 36), bold=0.08)
            words = self.issuer + office.choose("head", ("", "文件"))
            high = min(10.0, 140 / len(words))
            page.centre(page.width / 2, y, words, high, red, 0.6)
            y += high + 6
            page.line(self.left, y, page.width - self.left, y, 0.6, (200, 30, 36))
            y += 7
        place = office.choose("number place", ("above", "below", "left"))
        if self.number and place == "above":
            self._right(y, self.number)
            y += size * 1.8
        role: Role = office.choose("title", ("song", "hei", "song", "kai"))
        ink = self.hand.ink(role, bold=0.1 if office.chance("bold", 0.5) else 0.0)
        title = self.plain(office.choose("titles", self.table["titles"]))
        high = min(office.between("title size", 6.2, 8.6), (page.width - 40) / len(title))
        track = office.between("track", 0.0, 2.0) if len(title) < 12 else 0.0
        if page.measure(title, high, ink, track) > page.width - 30:
            track = 0.0
        page.centre(page.width / 2, y, title, high, ink, track)
        y += high * 1.5
        if self.number and place == "below":
            words = office.choose("number word", ("编号：", "", "文号："))
            self._right(y, words + self.number)
            y += size * 1.8
        if self.number and place == "left":
            page.write(self.left, y, self.number, size * 0.9, self.body)
            y += size * 1.8
        return y

    def _right(self, y: float, text: str) -> None:
        size = self.size * 0.9
        wide = self.page.measure(text, size, self.body)
        self.page.write(self.page.width - self.left - wide, y, text, size, self.body)

    def _body(self, y: float) -> float:
        office = self.office
        to = office.choose("to", self.table["to"])
        if to and (office.form.startswith("prose") or "addressee" in to or "name" not in to):
            y = self._paragraph(y, to, indent="")
        if office.form.startswith("prose"):
            by_hand = office.form.endswith("hand")
            for text in self.wording:
                y = self._paragraph(y, text, by_hand=by_hand)
        else:
            before = office.choose("before", self.table["before"])
            if before:
                y = self._paragraph(y, before)
            y = self._rows(y)
            y = self._paragraph(y, office.choose("after", self.table["after"]))
        tail = office.choose("tail", self.table["tail"])
        return self._paragraph(y, tail) if tail else y

    def _paragraph(
        self, y: float, text: str, *, by_hand: bool = False, indent: str = "　　"
    ) -> float:
        segments = [Segment(indent, self.body), *self.fill(text, by_hand=by_hand)]
        return flow(self.page, self.left, y, self.room, segments, self.size, self.leading)

    def _rows(self, y: float) -> float:
        """The facts as a table, a list, or columns."""
        form, by_hand = self.office.form.split("-")[0], "hand" in self.office.form
        ink = self.pen if by_hand else self._values()
        rows = []
        for labels, field in self.table["rows"]:
            label = self.office.choose(f"row/{field}", labels.split("/"))
            if not field.startswith("="):
                self.used.add(field)
            text = field[1:] if field.startswith("=") else self.facts[field].text
            rows.append((label, text))
        sheet = Rows(
            self.office, self.page, self.body, self.size, self.left, self.room, self.leading
        )
        makers: Mapping[str, Callable[[float, list[tuple[str, str]], Ink], float]] = {
            "table": sheet.boxed, "list": sheet.listed, "columns": sheet.columned,
            "slip": sheet.listed,
        }  # fmt: skip
        return makers[form](y + 1, rows, ink)

    def _values(self) -> Ink:
        role: Role = self.office.choose("values", ("song", "hei", "kai", "fang"))
        return self.hand.ink(role)


def draw_letter(office: Office, seed: str, shelf: Shelf) -> tuple[list[Drawn], list[Page]]:
    """One letter of the office. Raises Crowded where it does not fit its sheet."""
    writer = _Writer(office, shelf, Random(f"{seed}/filling"))
    drawn, page = fit((WIDTH, HEIGHT), writer.draft, f"{seed}/letter")
    return [drawn], [page]
