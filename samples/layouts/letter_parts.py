"""Parts that letters and proofs are put together from: boxed tables, columns, slips, closings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from samples.draw import Ink
from samples.layouts.dates import han
from samples.layouts.letter import HEIGHT, WIDTH, Letter, Signing

FILLED = "＿"
"""Encloses what is filled into a blank of a paragraph."""
_LABEL_MM = 32.0
_FOOT_MM = 14.0


def write_filled(letter: Letter, text: str, hand: Ink) -> None:
    """A paragraph whose blanks are underlined and filled in by ``hand``."""
    canvas, size = letter.canvas, letter.size
    inks = [letter.body] * 2
    for i, part in enumerate(text.split(FILLED)):
        inks += [hand if i % 2 else letter.body] * len(part)
    rest = iter(inks)
    for line in canvas.wrap("　　" + text.replace(FILLED, ""), letter.room, size, letter.body):
        x = letter.left
        for ink, run in groupby(zip(line, rest, strict=False), lambda pair: pair[1]):
            words = "".join(char for char, _ in run)
            end = x + canvas.measure(words, size, ink)
            canvas.write(x, letter.y, words, size, ink)
            if ink is hand:
                canvas.line(x, letter.y + size * 1.15, end, letter.y + size * 1.15, 0.2)
            x = end
        letter.y += size * 1.75


def write_table(letter: Letter, rows: Sequence[Sequence[str]], values: Ink) -> None:
    """Boxed cells: labels narrow and values wide where cells come in pairs, else even columns."""
    if not rows:
        return
    canvas, y, high = letter.canvas, letter.y + 2, letter.rng.uniform(10, 14)
    for cells in rows:
        x = letter.left
        for i, (width, text) in enumerate(zip(_widths(cells, letter.room), cells, strict=True)):
            canvas.box(x, y, width, high, 0.2)
            size = min(letter.size, 4.4)
            ink = values if i % 2 and len(cells) % 2 == 0 else letter.body
            lines = canvas.wrap(text, width - 2, size, letter.body)
            top = y + (high - len(lines) * size * 1.2) / 2
            for line in lines:
                canvas.write(x + 1, top, line, size, ink)
                top += size * 1.2
            x += width
        y += high
    letter.y = y + 5


def _widths(cells: Sequence[str], room: float) -> list[float]:
    if len(cells) % 2:
        return [room / len(cells)] * len(cells)
    value = (room - _LABEL_MM * len(cells) / 2) / (len(cells) / 2)
    return [_LABEL_MM, value] * (len(cells) // 2)


def write_columns(letter: Letter, rows: Sequence[Sequence[str]], values: Ink) -> None:
    """Labels and values without boxes, two to a row, all rows aligned."""
    if not rows:
        return
    canvas, size = letter.canvas, min(letter.size, 4.6)
    labels = [cells[i] for cells in rows for i in range(0, len(cells), 2)]
    label = min(max(canvas.measure(text, size, letter.body) for text in labels) + 3, 44.0)
    for cells in rows:
        for i in range(0, len(cells), 2):
            x = letter.left + (letter.room / 2 if i else 0.0)
            canvas.write(x, letter.y, cells[i], size, letter.body)
            at = max(x + label, x + canvas.measure(cells[i], size, letter.body) + 2)
            canvas.write(at, letter.y, cells[i + 1], size, values)
        letter.y += size * 2.1


def write_stub(letter: Letter, texts: Sequence[str]) -> None:
    """The part above the letter that stays with the issuer, and the line to cut along."""
    if not texts:
        return
    letter.y = min(letter.y, 22.0)
    letter.canvas.centre(WIDTH / 2, letter.y, texts[0], letter.size * 1.15, letter.body)
    letter.y += letter.size * 2
    for text in texts[1:]:
        letter.line(text)
    _cut(letter)


def write_slip(letter: Letter, texts: Sequence[str]) -> None:
    """The receipt below the letter that comes back, after the line to cut along."""
    if not texts:
        return
    letter.gap(12)
    _cut(letter)
    letter.canvas.centre(WIDTH / 2, letter.y, texts[0], letter.size * 1.15, letter.body)
    letter.y += letter.size * 2
    for text in texts[1:]:
        if letter.y < HEIGHT - _FOOT_MM:
            letter.y = letter.canvas.paragraph(
                letter.left, letter.y, letter.room, text, letter.size, letter.body, leading=1.75
            )


def _cut(letter: Letter) -> None:
    x, y = letter.left - 8, letter.y + 2
    while x < WIDTH - letter.left + 8:
        letter.canvas.line(x, y, x + 2.4, y, 0.25)
        x += 4.2
    letter.y += 8


def write_close(how: str, letter: Letter, issuer: str, day: date, signer: str) -> None:
    """Who issued the letter, and when, set as ``how`` says (see ``wordings.toml``)."""
    match how:
        case "promise":
            label = letter.rng.choice(("承诺人（签名）：", "代办人签字：", "承诺人："))
            letter.sign(Signing(label, signer))
            letter.line(han(day), indent=90)
        case "label":
            letter.line(f"签发单位：{issuer}", indent=60)
            letter.gap(2)
            letter.line(f"签发日期：{han(day)}", indent=60)
        case "left":
            letter.line(f"单位（盖章）：{issuer}")
            letter.gap(1)
            letter.line(f"日期：{han(day)}")
        case "row":
            letter.line(f"（盖章）{issuer}")
            letter.y -= letter.size * 1.75
            letter.right(han(day))
        case "first":
            letter.line(han(day), indent=80)
            letter.line(issuer, indent=80)
        case "gaps":
            letter.line(issuer, indent=80)
            letter.line(f"{day.year} 年 {day.month} 月 {day.day} 日", indent=84)
        case _:
            letter.close(issuer, day)
