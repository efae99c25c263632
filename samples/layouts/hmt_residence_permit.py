"""港澳居民居住证 and 台湾居民居住证: two sides like the identity card's (domain.md 2.6).

No ethnic group; on the back 通行证号码 and 签发次数; valid for five years; issued since
September 2018.
"""

from __future__ import annotations

from datetime import date

from samples.draw import Drawn, Kit
from samples.layouts.dates import add_years, dotted, some_day
from samples.layouts.id_card import HEIGHT, WIDTH, authority, draw_portrait_side, paper
from samples.ornament import emblem, watermark
from samples.persons import Person


def permit_number(person: Person, kit: Kit) -> str:
    """The travel permit's number that goes with the region (domain.md 2.7)."""
    region = person.id_number[:6]
    digits = f"{kit.rng.randrange(90_000_000, 99_999_999)}"
    return {"810000": "H", "820000": "M", "830000": ""}[region] + digits


def draw_back(person: Person, kit: Kit, span: tuple[date, date] | None = None) -> Drawn:
    """The side with the title."""
    rng = kit.rng
    canvas = kit.canvas(WIDTH, HEIGHT)
    paper(canvas)
    emblem(canvas, rng.uniform(5, 7), rng.uniform(4.5, 6), 15)
    song, hei = kit.ink("song", bold=0.06), kit.ink("hei")
    title = "台湾居民居住证" if person.id_number.startswith("83") else "港澳居民居住证"
    middle, y = rng.uniform(51, 54), rng.uniform(6, 8)
    canvas.spread(middle - 18, y, 36, "中华人民共和国", 4.2, song)
    canvas.spread(middle - 24, y + 9, 48, title, 5.8, song)
    watermark(canvas, 12, 25, 4.2, hei, 0.35)
    if span is None:
        issued = some_day(rng, 2022, 2026)
        span = issued, add_years(issued, 5)
    office, number = authority(person, rng), permit_number(person, kit)
    count = f"{rng.randrange(1, 4):02d}"
    rows = [
        ("签发机关", office),
        ("有效期限", f"{dotted(span[0])}-{dotted(span[1])}"),
        ("通行证号码", number),
    ]
    x, size = rng.uniform(17, 21), rng.uniform(2.9, 3.15)
    y, step = rng.uniform(29.5, 31), rng.uniform(5.5, 6.1)
    if rng.random() < 0.5:
        rows = [rows[0], rows[2], rows[1]]
    beside = rng.random() < 0.6
    for label, value in rows:
        canvas.write(x, y, label, 2.7, kit.ink("hei", bold=0.04), 0.1)
        end = canvas.write(x + 16.5, y - 0.15, value, size, hei)
        if label == "通行证号码" and beside:
            canvas.write(end + 4, y, "签发次数", 2.7, kit.ink("hei", bold=0.04))
            canvas.write(end + 17, y - 0.15, count, size, hei)
        y += step
    if not beside:
        canvas.write(x, y, "签发次数", 2.7, kit.ink("hei", bold=0.04), 0.1)
        canvas.write(x + 16.5, y - 0.15, count, size, hei)
    fields = {
        "issuing_authority": office,
        "valid_from": span[0].isoformat(),
        "valid_to": span[1].isoformat(),
        "permit_number": number,
        "issue_count": count,
    }
    return Drawn("back", canvas.pixels(), fields)


def draw(person: Person, kit: Kit) -> list[Drawn]:
    """Both sides, portrait first."""
    return [
        draw_portrait_side(person, kit, with_ethnicity=False, zhuang=False),
        draw_back(person, kit),
    ]
