"""Draws the faces of a card in its family's layout."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random

from samples.any_hand.family import Family
from samples.any_hand.filling import Face
from samples.any_hand.page import Box, Crowded, Hand, Page, fit
from samples.any_hand.rows import BELOW, Look, height, lay
from samples.draw import Canvas, Colour, Drawn, Ink, Mode
from samples.fonts import Role, Shelf
from samples.ornament import emblem, guilloche, portrait, seal, tint, watermark

_SHEET_MM = 200.0
"""Papers higher than this are plain sheets, without ground or emblem."""
_STOCKS: tuple[tuple[Colour, Colour], ...] = (
    ((214, 230, 240), (236, 244, 248)), ((222, 240, 226), (240, 246, 232)),
    ((236, 228, 244), (246, 240, 246)), ((250, 236, 216), (252, 246, 234)),
    ((244, 226, 226), (250, 240, 238)), ((248, 248, 246), (255, 255, 255)),
)  # fmt: skip
_DARKS: tuple[Colour, ...] = (
    (40, 84, 130), (30, 100, 70), (96, 50, 110), (120, 66, 20), (44, 44, 48), (140, 36, 40),
)  # fmt: skip
_TITLES: tuple[Colour, ...] = ((168, 30, 36), (30, 30, 34), (30, 60, 120), (20, 90, 60))


class CardHand:
    """Everything that a family's cards share."""

    def __init__(self, family: Family, shelf: Shelf):
        self.family, self.hand = family, Hand(f"{family.kind}/{family.name}", shelf)
        self.colour: Colour = family.choose("colour", _DARKS)
        self.left = family.between("margin", 4.2, 6.5)
        self.paired, self.zoom = True, 1.0

    def look(self, zoom: float = 1.0) -> Look:
        """How the rows of this family are set."""
        f, hand = self.family, self.hand
        roles: tuple[tuple[Role, Role], ...] = (
            ("hei", "hei"), ("hei", "hei"), ("hei", "song"), ("song", "hei"), ("kai", "song"),
            ("song", "song"), ("hei", "kai"), ("hei", "fang"),
        )  # fmt: skip
        strict = f.kind in ("id_card", "hmt_residence_permit")
        pair: tuple[Role, Role] = roles[0] if strict else f.choose("roles", roles)
        label, value = pair
        bold = 0.05 if value == "hei" and f.chance("bold", 0.25) else 0.0
        dark: Colour = f.choose("dark", ((24, 24, 28), (24, 24, 28), (46, 46, 54), (30, 34, 70)))
        mode: Mode = "dot" if f.chance("dot", 0.08) and not strict else "print"
        colour = self.colour if f.chance("coloured labels", 0.7) else dark
        own = f.choose("number face", ("number", "number", "value"))
        value_ink = hand.ink(value, dark, mode, bold)
        dy = f.between("dy", -0.9, 0.9) if f.labels not in BELOW else f.between("dy", 0.0, 0.5)
        shift = (f.between("dx", -0.6, 1.4), dy)
        size = f.between("label size", 2.35, 2.85) * zoom
        return Look(
            f.labels,
            hand.ink(label, colour),
            value_ink,
            hand.ink("latin", colour),
            hand.ink("number", dark) if own == "number" else value_ink,
            size,
            size * f.between("value size", 1.0, 1.3),
            pairs=self.paired and (f.chance("pairs", 0.75) or strict),
            offset=shift if f.chance("overprint", 0.3) and not strict else (0.0, 0.0),
            separator=f.choose("separator", ("/", "/", " / ") if f.labels == "slash" else (" ",)),
            lead=f.between("lead", 1.18, 1.4),
            most=f.between("most", 1.6, 3.4) * zoom if f.labels != "cells" else 0.0,
            rule=self.colour,
        )

    def draft(self, face: Face) -> Callable[[Page, Random], Drawn]:
        """What draws the face on a page."""

        def drawn(page: Page, rng: Random) -> Drawn:
            del rng
            self.zoom = face.zoom
            self.left = self.family.between("margin", 4.2, 6.5) * face.zoom**2
            page.paint(self._ground)
            top = self._heading(page, face)
            x, width = self.left, page.width - 2 * self.left
            bottom = self._small(page, face, page.height - 3.0)
            items, look = list(face.items), self.look(face.zoom)
            if look.style in ("numbered", "cells", "run"):
                items += face.foot
            elif face.foot:
                bottom = self._foot(page, face, bottom)
            if face.split:
                half = page.width / 2
                page.line(half, 0, half, page.height, 0.4, (176, 176, 172))
                rest, items = items[face.split :], items[: face.split]
                lay(page, half + self.left, self.left + 3, half - 2 * self.left, bottom, rest, look)
                width = half - 2 * self.left
                if face.portrait:
                    top = self._portrait(page, face, top, bottom, half)[2]
            elif face.portrait and self.family.portrait:
                x, width, _ = self._portrait(page, face, top, bottom)
            # sides with little on them begin lower
            spare = bottom - top - height(page, width, items, look) - look.most * len(items)
            sink = 0.7 if page.height < 100 else 0.1
            top += max(0.0, spare) * self.family.between("sink", 0.0, sink)
            low = lay(page, x, top, width, bottom, items, look)
            marks = self._seal(page, face, low)
            self._mark(page)
            notes: dict[str, str | bool] = {"family": self.family.name, "part": self.family.part}
            return Drawn(
                face.name, page.canvas.pixels(), face.fields, face.derived, marks=marks, notes=notes
            )

        return drawn

    # ------------------------------------------------------------------ parts

    def _ground(self, canvas: Canvas) -> None:
        family = self.family
        if canvas.height > _SHEET_MM:
            return
        dark, light = family.choose("stock", _STOCKS)
        tint(canvas, (dark, light, light, dark))
        kind = family.choose("guilloche", ("waves", "rosette", "mesh", "none"))
        if kind != "none":
            guilloche(canvas, self.colour, family.between("strength", 0.12, 0.24), kind)
        if family.chance("frame", 0.2):
            canvas.box(1.2, 1.2, canvas.width - 2.4, canvas.height - 2.4, 0.25, self.colour)

    def _heading(self, page: Page, face: Face) -> float:
        lines, english = face.heading
        if not lines:
            return self.family.between("top", 4.0, 6.5)
        family, scale = self.family, page.scale * self.zoom
        ink = self._title_ink()
        size = family.between("title size", 3.5, 5.4) * scale
        y = family.between("title top", 2.4, 4.2) * self.zoom**2
        bare = not face.portrait and len(lines) > 1 and self.zoom == 1
        left = self.left
        right = page.width / 2 if face.split else page.width
        middle = right / 2
        if bare or (page.height < _SHEET_MM and family.chance("emblem", 0.35)):
            disc = 12.5 if bare else 8.0
            page.occupy(left - 1, y, disc, disc)
            page.paint(lambda canvas: emblem(canvas, left - 1, y, disc))
            left += disc + 1
            middle = (left + right) / 2
        track = family.between("title track", 0.1, 1.0) * scale
        widest = max(page.measure(line, size, ink, track) for line in lines)
        room = right - left - 3
        if widest > room:
            size, track = size * room / widest, track * room / widest
        flush = family.chance("title left", 0.25)
        above = english and family.chance("english above", 0.25)
        if above:
            y = self._english(page, middle, left, y, english, flush=flush)
        for line in lines:
            if flush:
                page.write(left, y, line, size, ink, track)
            else:
                page.centre(middle, y, line, size, ink, track)
            y += size * 1.25
        if english and not above:
            y = self._english(page, middle, left, y, english, flush=flush)
        if bare:
            y = max(y, 18.0)
        return y + family.between("under title", 0.8, 2.2) * self.zoom

    def _title_ink(self) -> Ink:
        family = self.family
        role: Role = family.choose("title role", ("song", "hei", "song", "kai"))
        colour: Colour = family.choose("title colour", _TITLES)
        return self.hand.ink(role, colour, bold=0.06 if family.chance("title bold", 0.5) else 0.0)

    def _english(
        self, page: Page, middle: float, left: float, y: float, text: str, *, flush: bool
    ) -> float:
        ink = self.hand.ink("latin", self.family.choose("title colour", _TITLES))
        size = 2.0 * page.scale * self.zoom
        room = page.width - left - 3
        size *= min(1.0, room / page.measure(text, size, ink))
        if flush:
            page.write(left, y, text, size, ink)
        else:
            page.centre(middle, y, text, size, ink)
        return y + size * 1.3

    def _portrait(
        self, page: Page, face: Face, top: float, bottom: float, fold: float = 0.0
    ) -> tuple[float, float, float]:
        """Draw the picture, on a spread in the middle of its left page; where the rows beside it
        begin, how wide they are, and the y below it."""
        family, w = self.family, 19.5 * self.zoom
        h = w * 1.26
        room = (bottom - top) * (0.45 if fold else 1.0)
        if room < h:
            h, w = room, room / 1.26
        on_left = family.portrait == "left"
        x = self.left if on_left else page.width - self.left - w
        y = top + (room - h) * family.between("portrait at", 0.0, 0.6)
        if fold:
            x, y = (fold - w) / 2, top
        page.occupy(x, y, w, h)
        grey = family.kind == "temporary_id_card" or family.chance("grey portrait", 0.15)
        ground: Colour = family.choose("portrait ground", ((240, 242, 244), (206, 222, 238)))
        hei = self.hand.ink("hei")

        def brush(canvas: Canvas) -> None:
            portrait(canvas, x, y, w, h, face.portrait, ground=ground, grey=grey)
            watermark(canvas, x + w / 2, y + h * 0.86, 3.8, hei, 0.7)

        page.paint(brush)
        gap = family.between("portrait gap", 1.5, 3.5)
        beside = page.width - 2 * self.left - w - gap
        return (x + w + gap if on_left else self.left), beside, y + h + 2

    def _foot(self, page: Page, face: Face, bottom: float) -> float:
        """The items at the lower edge; the y above which the rows must end."""
        look, x, width = self.look(self.zoom), self.left, page.width - 2 * self.left
        parts = [width] if len(face.foot) == 1 else [width * 0.6, width * 0.4 - 2]
        pairs = list(zip(face.foot, parts, strict=True))
        high = max(height(page, part, [item], look) for item, part in pairs)
        y = bottom - self.family.between("foot", 0.2, 2.0) - high
        for item, part in pairs:
            lay(page, x, y, part, y + high, [item], look)
            x += part + 2
        return y - 1.2

    def _small(self, page: Page, face: Face, bottom: float) -> float:
        """Small print and the machine-readable zone at the lower edge."""
        zone = self.hand.ink("number")
        if face.zone:
            size = 3.2
            track = (page.width - 9 - page.measure(face.zone[0], size, zone)) / (
                len(face.zone[0]) - 1
            )
            bottom -= len(face.zone) * size * 1.5
            for index, line in enumerate(face.zone):
                page.write(4.5, bottom + index * size * 1.5, line, size, zone, track)
            bottom -= 1.5
        for note in reversed(face.notes):
            bottom -= 2.7
            page.write(self.left, bottom, note, 2.0, self.hand.ink("hei", self.colour))
        return bottom - (1.0 if face.notes else 0.0)

    def _mark(self, page: Page) -> None:
        """样本 in a corner that is free, or faint in the middle."""
        hei, w, h = self.hand.ink("hei"), page.width, page.height
        places = ((w - 6, h - 3.2), (6, h - 3.2), (w - 6, 3.2), (6, 3.2), (w / 2, h - 3.2))
        for x, y in places:
            spot = Box(x - 3.2, y - 1.6, x + 3.2, y + 1.6, "样本")
            if not any(spot.meets(box) for box in page.boxes):
                page.paint(partial(watermark, x=x, y=y, size=2.6, ink=hei, strength=0.45))
                return
        page.paint(lambda canvas: watermark(canvas, w / 2, h / 2, 9, hei, 0.12))

    def _seal(self, page: Page, face: Face, low: float) -> dict[str, str]:
        """The issuer's seal, over the last rows or beside them."""
        if not face.issuer:
            return {}
        ink, across = self.hand.ink("song"), 40.0 if page.height > _SHEET_MM else 27.0
        x = page.width - self.left - across * self.family.between("seal x", 0.5, 1.2)
        y = min(low - self.family.between("seal y", -4, 10), page.height - across / 2 - 2)
        strength = self.family.between("seal strength", 0.45, 0.75)
        page.paint(lambda canvas: seal(canvas, x, y, across, face.issuer, ink, strength=strength))
        return {"seal": "yes", "seal_text": face.issuer}


def draw_faces(
    family: Family, faces: list[Face], seed: str, shelf: Shelf
) -> tuple[list[Drawn], list[Page]]:
    """The faces in the family's layout, and the pages that tell where their text lies.

    Raises Crowded where they do not fit.
    """
    hand = CardHand(family, shelf)
    made = []
    for face in faces:
        hand.paired = True
        try:
            made.append(fit(face.size, hand.draft(face), f"{seed}/{face.name}"))
        except Crowded:
            # an issue whose rows are too narrow for two values sets them one below the other
            hand.paired = False
            made.append(fit(face.size, hand.draft(face), f"{seed}/{face.name}"))
    return [drawn for drawn, _ in made], [page for _, page in made]
