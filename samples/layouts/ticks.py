"""Boxes to tick, and what people put into them."""

from __future__ import annotations

from typing import Literal

from PIL import ImageDraw

from samples.draw import BLACK, Canvas, Colour, Ink, px

Mark = Literal["tick", "cross", "fill", "typed"]


class Ticks:
    """The boxes of one form: square or round, before or after their words, marked in one way."""

    def __init__(self, canvas: Canvas, text: Ink, mark: Mark, *, round_: bool, after: bool):
        self.canvas, self.text, self.mark = canvas, text, mark
        self.round_, self.after = round_, after
        self.pen: Colour = canvas.rng.choice(((20, 26, 88), (24, 24, 30), (20, 40, 130)))

    def box(self, x: float, y: float, size: float, *, marked: bool) -> None:
        """One box with its left top at (x, y)."""
        canvas = self.canvas
        pen = ImageDraw.Draw(canvas.image)
        frame = (px(x), px(y), px(x + size), px(y + size))
        if self.round_:
            pen.ellipse(frame, outline=BLACK, width=max(2, px(0.22)))
        else:
            pen.rectangle(frame, outline=BLACK, width=max(2, px(0.22)))
        if marked:
            self.put(x, y, size)

    def put(self, x: float, y: float, size: float) -> None:
        """A mark on a box with its left top at (x, y)."""
        rng = self.canvas.rng
        wide = 0.0 if self.mark == "typed" else size * 0.12

        def at(u: float, v: float) -> tuple[float, float]:
            return x + size * u + rng.gauss(0, wide), y + size * v + rng.gauss(0, wide)

        if self.mark == "fill":
            self._stroke(
                [
                    at(0.2, 0.3),
                    at(0.85, 0.3),
                    at(0.15, 0.5),
                    at(0.9, 0.55),
                    at(0.2, 0.75),
                    at(0.8, 0.8),
                ],
                size * 0.3,
            )
        elif self.mark == "cross":
            self._stroke([at(0.05, 0.05), at(0.95, 0.98)], size * 0.13)
            self._stroke([at(0.95, 0.02), at(0.05, 0.95)], size * 0.13)
        elif self.mark == "tick":
            self._stroke([at(0.1, 0.5), at(0.42, 0.95), at(1.2, -0.15)], size * 0.14)
        else:
            self._stroke([at(0.18, 0.5), at(0.42, 0.78), at(0.84, 0.2)], size * 0.13)

    def _stroke(self, points: list[tuple[float, float]], width: float) -> None:
        colour = BLACK if self.mark == "typed" else self.pen
        path = [(px(a), px(b)) for a, b in points]
        ImageDraw.Draw(self.canvas.image).line(
            path, fill=colour, width=max(2, px(width)), joint="curve"
        )

    def options(
        self,
        x: float,
        y: float,
        width: float,
        choices: list[tuple[str, bool]],
        size: float = 3.3,
        *,
        measure_only: bool = False,
    ) -> float:
        """The choices one after another, broken into lines. Returns the height they take."""
        at, top, side = x, y, size * 0.95
        for words, marked in choices:
            wide = self.canvas.measure(words, size, self.text) + side + 1.1
            if at > x and at + wide > x + width:
                at, top = x, top + size * 1.65
            if not measure_only:
                if self.after:
                    end = self.canvas.write(at, top, words, size, self.text)
                    self.box(end + 0.7, top + 0.1, side, marked=marked)
                else:
                    self.box(at, top + 0.1, side, marked=marked)
                    self.canvas.write(at + side + 0.8, top, words, size, self.text)
            at += wide + 3.2
        return top + size * 1.65 - y
