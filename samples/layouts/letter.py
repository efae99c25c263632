"""A4 letters: title, number, paragraphs, place for seal, signature and date (domain.md 2.11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from samples.draw import Canvas, Drawn, Ink, Kit
from samples.layouts.dates import han, numerals
from samples.ornament import seal, signature, watermark

WIDTH, HEIGHT = 210.0, 297.0


@dataclass(frozen=True)
class Signing:
    """A place for a signature: its label and the name written there, or none."""

    label: str
    name: str = ""


class Letter:
    """One sheet that fills from the top: title, then lines and paragraphs."""

    def __init__(self, kit: Kit, *, red_head: str = ""):
        rng = kit.rng
        self.kit, self.rng = kit, rng
        self.canvas: Canvas = kit.canvas(WIDTH, HEIGHT)
        self.left = rng.uniform(24, 30)
        self.room = WIDTH - 2 * self.left
        self.size = rng.uniform(4.6, 5.4)
        role = rng.choice(("fang", "song", "kai", "song"))
        self.body: Ink = kit.ink("song" if role == "song" else "fang" if role == "fang" else "kai")
        self.y = rng.uniform(28, 40)
        self.marks: dict[str, str] = {}
        if red_head:
            red = kit.ink("song", (200, 30, 36), bold=0.1)
            size = min(10.0, 150 / max(len(red_head), 8))
            self.canvas.centre(WIDTH / 2, 22, red_head, size, red, 0.8)
            self.canvas.line(self.left, 42, WIDTH - self.left, 42, 0.7, (200, 30, 36))
            self.y = 52.0

    def title(self, text: str) -> None:
        """The heading in the middle."""
        self.canvas.centre(WIDTH / 2, self.y, text, 7.4, self.kit.ink("song", bold=0.12), 0.6)
        self.y += 17

    def right(self, text: str) -> None:
        """A line at the right edge (the letter's number)."""
        at = WIDTH - self.left - self.canvas.measure(text, self.size * 0.86, self.body)
        self.canvas.write(at, self.y, text, self.size * 0.86, self.body)
        self.y += self.size * 1.9

    def line(self, text: str, *, indent: float = 0.0) -> None:
        """One line at the left."""
        self.canvas.write(self.left + indent, self.y, text, self.size, self.body)
        self.y += self.size * 1.75

    def paragraph(self, text: str) -> None:
        """A paragraph, indented by two characters."""
        self.y = self.canvas.paragraph(
            self.left, self.y, self.room, "　　" + text, self.size, self.body, leading=1.75
        )

    def pair(self, label: str, text: str, *, hand: bool = False, line: bool = True) -> None:
        """A label and its value on a rule, as printed forms have them."""
        ink = self.kit.ink("hand", (24, 30, 90), "hand") if hand else self.body
        at = self.canvas.write(self.left, self.y, label, self.size, self.body) + 1
        self.canvas.write(at + 2, self.y - 0.2, text, self.size, ink)
        if line:
            self.canvas.line(
                at, self.y + self.size * 1.15, WIDTH - self.left, self.y + self.size * 1.15, 0.2
            )
        self.y += self.size * 2.0

    def gap(self, mm: float) -> None:
        """Leave room."""
        self.y += mm

    def sign(self, place: Signing) -> None:
        """A signature line; empty where nobody signed."""
        x = self.left + self.rng.uniform(60, 80)
        end = self.canvas.write(x, self.y, place.label, self.size, self.body)
        if place.name:
            signature(
                self.canvas,
                end + 2,
                self.y - 3,
                place.name,
                self.rng.uniform(7, 9),
                self.kit.ink("hand"),
                scribble=self.rng.random() < 0.6,
            )
        self.marks["signature"] = "yes" if place.name else "no"
        self.y += self.size * 2.4

    def close(
        self,
        issuer: str,
        day: date,
        *,
        sealed: bool = True,
        arc: str = "",
        line: str = "",
        oval: bool = False,
    ) -> None:
        """Issuer, date, and the seal over both."""
        right = WIDTH - self.left
        text = numerals(day) if self.rng.random() < 0.3 else han(day)
        width = self.canvas.measure(issuer, self.size, self.body) if issuer else 40.0
        centre = right - max(width, 40) / 2
        if issuer:
            self.canvas.centre(centre, self.y, issuer, self.size, self.body)
            self.y += self.size * 1.9
        self.canvas.centre(centre, self.y, text, self.size, self.body)
        if sealed:
            seal(
                self.canvas,
                centre + self.rng.uniform(-5, 5),
                self.y - self.rng.uniform(0, 4),
                self.rng.uniform(38, 43),
                arc or issuer,
                self.kit.ink("song"),
                line=line,
                oval=oval,
                star=not oval or self.rng.random() < 0.5,
                strength=self.rng.uniform(0.55, 0.9),
            )
            self.marks["seal"], self.marks["seal_text"] = "yes", arc or issuer
        else:
            self.marks["seal"] = "no"
        self.y += self.size * 2

    def finish(self, name: str, fields: dict[str, str], kind: str = "") -> Drawn:
        """The sheet, watermarked."""
        watermark(self.canvas, WIDTH - 26, 14, 6, self.kit.ink("hei"), 0.3)
        return Drawn(
            name,
            self.canvas.pixels(),
            fields,
            marks=self.marks,
            notes={"layout": kind} if kind else {},
        )


def letter_number(rng: Random, word: str, year: int) -> str:
    """桂人才函〔2026〕57号."""
    brackets = rng.choice(("〔{}〕", "[{}]", "（{}）"))
    return f"{word}{brackets.format(year)}{rng.randrange(3, 480)}号"
