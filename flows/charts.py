"""Small charts as inline SVG: no script, nothing from elsewhere; readable in print and without
colour (each bar says its number, and carries it for screen readers)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from markupsafe import Markup, escape

BAR, GAP, HEIGHT, FOOT = 26, 10, 90, 34
ORDER: Mapping[str, str] = {
    "ready": "#1a7f4b",
    "review": "#9a6700",
    "incomplete": "#b3441e",
    "ineligible": "#a8232f",
}


def stacked_bars(
    days: Sequence[tuple[date, Mapping[str, int]]], labels: Mapping[str, str], what: str
) -> Markup:
    """A bar a day, its parts by status from the bottom; ``what`` is its title."""
    most = max((sum(counts.values()) for _, counts in days), default=0) or 1
    width = len(days) * (BAR + GAP) + GAP
    parts = [
        f'<svg class="chart" viewBox="0 0 {width} {HEIGHT + FOOT}" width="{width}" '
        f'height="{HEIGHT + FOOT}" role="img" aria-label="{escape(what)}">'
    ]
    for number, (day, counts) in enumerate(days):
        x = GAP + number * (BAR + GAP)
        total = sum(counts.values())
        told = "，".join(f"{labels[s]} {counts[s]}" for s in ORDER if counts.get(s))
        parts.append(f"<g><title>{day.isoformat()}：{escape(told or '无')}</title>")
        parts += _bar(x, counts, most)
        top = HEIGHT + 12 - (HEIGHT - 14) * total / most
        if total:
            parts.append(_text(x, top - 3, str(total)))
        parts.append(_text(x, HEIGHT + 26, day.strftime("%m-%d")))
        parts.append("</g>")
    parts.append("</svg>")
    return Markup("".join(parts))


def _bar(x: int, counts: Mapping[str, int], most: int) -> Iterable[str]:
    at = float(HEIGHT + 12)
    for status, colour in ORDER.items():
        tall = (HEIGHT - 14) * counts.get(status, 0) / most
        if tall:
            at -= tall
            yield (
                f'<rect x="{x}" y="{at:.1f}" width="{BAR}" height="{tall:.1f}" fill="{colour}"/>'
            )


def _text(x: int, y: float, text: str) -> str:
    return (
        f'<text x="{x + BAR / 2:.0f}" y="{y:.1f}" text-anchor="middle" font-size="10" '
        f'fill="#5d6878">{text}</text>'
    )
