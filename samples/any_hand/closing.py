"""Who wrote a letter and when, its seal, or a signature: set as offices do."""

from __future__ import annotations

from samples.any_hand.family import Choices
from samples.any_hand.page import Hand, Page
from samples.draw import Ink
from samples.ornament import seal, signature


class Closing:
    """The closing of a family's letters."""

    def __init__(self, office: Choices, hand: Hand, body: Ink, size: float, left: float):
        self.office, self.hand, self.body = office, hand, body
        self.size, self.left = size, left

    def close(self, page: Page, y: float, issuer: str, day: str, *, sealed: bool) -> dict[str, str]:
        """Issuer and date; the marks of the seal."""
        how = self.office.choose("close", ("usual", "usual", "flush", "label", "left", "row"))
        size, body, gap = self.size, self.body, self.size * 1.9
        y += self.office.between("before close", 8, 26)
        right = page.width - self.left
        wide = page.measure(issuer, size, body)
        at = right - wide / 2, y
        if how == "usual":
            middle = right - max(wide, 44) / 2
            page.centre(middle, y, issuer, size, body)
            page.centre(middle, y + gap, day, size, body)
            at = middle, y + gap * 0.7
        elif how == "flush":
            page.write(right - wide, y, issuer, size, body)
            page.write(right - page.measure(day, size, body), y + gap, day, size, body)
        elif how in ("label", "left"):
            words = self.office.choose(
                "close words",
                (
                    ("单位（盖章）：", "日期："),
                    ("出具单位：", "出具日期："),
                    ("签发单位：", "签发日期："),
                ),
            )
            x = self.left if how == "left" else max(self.left, right - wide - size * 8)
            end = page.write(x, y, words[0], size, body)
            end = page.write(end, y, issuer, size, body)
            page.write(x, y + gap, words[1] + day, size, body)
            at = min(end + 4, right - 14), y + gap * 0.4
        else:
            end = page.write(self.left, y, f"（公章）{issuer}", size, body)
            when = page.measure(day, size, body)
            if end + 8 + when < right:
                page.write(right - when, y, day, size, body)
            else:
                page.write(right - when, y + gap, day, size, body)
            at = (self.left + end) / 2, y
        if not sealed:
            return {"seal": "no"}
        ink = self.hand.ink("song")
        across = self.office.between("seal size", 36, 43)
        strength = self.office.between("seal strength", 0.5, 0.85)
        x, middle_y = at[0] + self.office.between("seal dx", -10, 6), at[1]
        page.paint(lambda canvas: seal(canvas, x, middle_y, across, issuer, ink, strength=strength))
        return {"seal": "yes", "seal_text": issuer}

    def sign(self, page: Page, y: float, name: str, day: str) -> dict[str, str]:
        """A place for a signature, and the date."""
        size = self.size
        y += self.office.between("before close", 8, 26)
        words = self.office.choose(
            "sign", ("代办人签名：", "承诺人（签字）：", "代办人：", "承诺人签名（捺印）：")
        )
        x = self.left + self.office.between("sign x", 40, 80)
        end = page.write(x, y, words, size, self.body)
        if name:
            page.occupy(end + 1, y - 2, 30, size + 3)
            ink = self.hand.ink("hand")
            high = self.office.between("sign size", 6.5, 8.5)
            scribble = self.office.chance("scribble", 0.5)
            page.paint(
                lambda canvas: signature(canvas, end + 2, y - 2, name, high, ink, scribble=scribble)
            )
        date = self.office.choose("date word", ("日期：", "", "承诺日期："))
        page.write(x, y + size * 2.6, date + day, size, self.body)
        return {"signature": "yes" if name else "no"}
