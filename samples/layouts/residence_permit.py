"""居住证 of mainland residents: cards and booklets, whose layout differs by province
(domain.md 2.9, 居住证暂行条例)."""

from __future__ import annotations

from datetime import date
from random import Random

from samples.draw import Canvas, Colour, Drawn, Kit
from samples.layouts.dates import add_years, dotted, han, printed, some_day
from samples.layouts.id_card import authority
from samples.ornament import chop, emblem, guilloche, portrait, seal, tint, watermark
from samples.persons import TODAY, Person, Place, make_address, places

Span = tuple[date, date]


def make_span(rng: Random) -> Span:
    """A year from the issue; nearly always still running."""
    issued = date(2026, rng.randrange(1, 11), rng.randrange(1, 29))
    if rng.random() < 0.08:
        issued = add_years(issued, -2)
    return issued, add_years(issued, 1)


_STOCK: tuple[tuple[Colour, Colour, Colour, Colour], ...] = (
    ((222, 240, 226), (240, 246, 232), (232, 244, 236), (214, 236, 222)),
    ((236, 230, 246), (246, 240, 244), (240, 236, 248), (228, 222, 242)),
    ((250, 238, 218), (252, 246, 232), (248, 240, 224), (246, 232, 210)),
)


def draw_card(
    person: Person,
    kit: Kit,
    here: Place | None = None,
    span: Span | None = None,
    current: str | None = None,
) -> list[Drawn]:
    """Both sides of a card in one of four layouts."""
    rng = kit.rng
    here = here or rng.choice(places())
    span = span or make_span(rng)
    current = current or make_address(rng, here)
    layout = rng.choice(("plain", "titled", "left", "front_both"))
    stock = rng.choice(_STOCK)
    colour: Colour = rng.choice(((30, 100, 70), (96, 50, 110), (150, 90, 20), (40, 70, 120)))
    front = kit.canvas(85.6, 54)
    tint(front, stock)
    guilloche(front, colour, 0.2, rng.choice(("waves", "rosette")))
    label, value = kit.ink("hei", colour), kit.ink(rng.choice(("hei", "song")), (24, 24, 28))
    y = 4.2
    if layout != "plain":
        title = rng.choice(("广西壮族自治区居住证", "中华人民共和国居住证", "居　住　证"))
        front.centre(42.8, y - 0.8, title, 3.9, kit.ink("song", (160, 30, 36), bold=0.05), 0.3)
        y += 5.6
    photo_left = layout == "left"
    photo_x, x = (4.5, 30.0) if photo_left else (61.0, 4.8)
    at, step, size = x + 12.0, rng.uniform(5.3, 6.0), 2.95
    front.spread(x, y, 9.5, "姓名", 2.6, label)
    front.write(at, y - 0.2, person.name, size * 1.1, value)
    y += step
    front.spread(x, y, 9.5, "性别", 2.6, label)
    front.write(at, y - 0.2, person.sex, size, value)
    front.spread(at + 9, y, 9, "民族", 2.6, label)
    front.write(at + 20.5, y - 0.2, person.ethnicity, size, value)
    y += step
    birth_label = rng.choice(("出生", "出生日期"))
    front.spread(x, y, 10.8, birth_label, 2.6, label)
    front.write(
        at, y - 0.2, han(person.birth) if rng.random() < 0.6 else dotted(person.birth), size, value
    )
    y += step
    room = (60.0 if not photo_left else 83) - at - 1
    home_label = rng.choice(("户籍地址", "常住户口\n所在地住址", "户籍住址"))
    low = y
    for line in home_label.split("\n"):
        front.write(x, low, line, 2.3, label)
        low += 3.1
    start = at if "\n" not in home_label else at + 1.2
    y = front.paragraph(
        start, y - 0.2, room - (start - at), person.address, size * 0.93, value, leading=1.32
    )
    fields = {
        "name": person.name,
        "sex": person.sex,
        "ethnicity": person.ethnicity,
        "birth_date": person.birth.isoformat(),
        "address": person.address,
        "id_number": person.id_number,
    }
    place_label = rng.choice(("居住地址", "居住地住址", "现居住地址"))
    if layout == "front_both" and y < 37:
        y = max(y, low) + 0.9
        front.write(x, y, place_label, 2.3, label)
        front.paragraph(at + 1.2, y - 0.2, room - 1.2, current, size * 0.9, value, leading=1.3)
        fields["current_address"] = current
    front.write(x if not photo_left else 4.8, 47, "公民身份号码", 2.6, label)
    front.write(
        26, 46.5, person.id_number, 3.5, kit.ink("number") if rng.random() < 0.6 else value, 0.5
    )
    portrait(front, photo_x, 11, 20, 25, person.sex, ground=(240, 242, 244))
    watermark(front, photo_x + 10, 32.6, 4, kit.ink("hei"), 0.7)

    back = kit.canvas(85.6, 54)
    tint(back, stock)
    guilloche(back, colour, 0.18, "mesh")
    office = authority(
        Person(
            person.name,
            person.sex,
            person.ethnicity,
            person.birth,
            person.id_number,
            here,
            current,
            "",
        ),
        rng,
    )
    later: dict[str, str] = {"issuing_authority": office, "valid_from": span[0].isoformat()}
    y = 6.0
    if layout in ("plain", "left"):
        emblem(back, 5, 4.4, 12.5)
        back.centre(50, 5.2, "中华人民共和国", 3.6, kit.ink("song", bold=0.05), 0.6)
        back.centre(50, 11.2, "居住证", 5.4, kit.ink("song", bold=0.05), 2.5)
        y = 22.5
    if "current_address" not in fields:
        back.write(5.5, y, place_label, 2.6, label)
        y = back.paragraph(21.5, y - 0.2, 58, current, 2.95, value, leading=1.4) + 1.8
        later["current_address"] = current
    back.write(5.5, y, "签发机关", 2.6, label, 0.1)
    back.write(21.5, y - 0.2, office, 2.95, value)
    y += 5.8
    if rng.random() < 0.6:
        back.write(5.5, y, "有效期限", 2.6, label, 0.1)
        back.write(21.5, y - 0.2, f"{dotted(span[0])}-{dotted(span[1])}", 2.95, value)
    else:
        back.write(5.5, y, "签发日期", 2.6, label, 0.1)
        back.write(21.5, y - 0.2, han(span[0]), 2.95, value)
        y += 5.8
        back.write(5.5, y, rng.choice(("有效期至", "有效期限至")), 2.6, label)
        back.write(21.5, y - 0.2, han(span[1]), 2.95, value)
    later["valid_to"] = span[1].isoformat()
    if rng.random() < 0.5:
        _matrix(kit, back, 68, 33, 13)
    back.write(
        5.5,
        48,
        rng.choice(
            ("持证人住址变更的，应当申报居住登记。", "每年签注一次，逾期未签注的使用功能中止。")
        ),
        2.1,
        label,
    )
    watermark(back, 58, 42.5, 4, kit.ink("hei"), 0.3)
    notes: dict[str, str | bool] = {"layout": layout}
    return [
        Drawn("front", front.pixels(), fields, notes=notes),
        Drawn("back", back.pixels(), later, notes=notes),
    ]


def _matrix(kit: Kit, canvas: Canvas, x: float, y: float, size: float) -> None:
    """A field of squares that looks like a QR code and says nothing."""
    count = 25
    step = size / count
    canvas.box(x - 0.8, y - 0.8, size + 1.6, size + 1.6, 0.01, (255, 255, 255), (255, 255, 255))
    for row in range(count):
        for column in range(count):
            if kit.rng.random() < 0.48:
                canvas.box(
                    x + column * step, y + row * step, step, step, 0.01, (20, 20, 20), (20, 20, 20)
                )


def draw_booklet(
    person: Person, kit: Kit, here: Place | None = None, span: Span | None = None
) -> list[Drawn]:
    """An opened booklet: the holder on the left, the residence and endorsements on the right."""
    rng = kit.rng
    here = here or rng.choice(places())
    span = span or make_span(rng)
    current = make_address(rng, here)
    pw, ph = 74.0, 105.0
    canvas = kit.canvas(pw * 2, ph)
    tint(canvas, rng.choice(_STOCK))
    colour: Colour = rng.choice(((30, 90, 70), (90, 50, 50), (50, 60, 90)))
    guilloche(canvas, colour, 0.14, "waves")
    canvas.line(pw, 0, pw, ph, 0.5, (180, 180, 176))
    label = kit.ink(rng.choice(("song", "kai")), colour)
    value = kit.ink("fang", (30, 30, 34), "dot" if rng.random() < 0.4 else "print")
    canvas.centre(
        pw / 2,
        5,
        rng.choice(("居住证", "流动人口居住证")),
        5,
        kit.ink("song", (150, 30, 34), bold=0.05),
        1,
    )
    portrait(canvas, (pw - 24) / 2, 14, 24, 30, person.sex, ground=(200, 220, 236))
    watermark(canvas, pw / 2, 40, 4.6, kit.ink("hei"), 0.7)
    y = 49.0
    for key, text in (
        ("姓名", person.name),
        ("性别", person.sex),
        ("民族", person.ethnicity + "族"),
        ("出生日期", printed(person.birth, rng)),
        ("公民身份号码", person.id_number),
    ):
        room = 22.0 if len(key) > 4 else 14.0
        canvas.spread(6, y, room, key, 3.0, label)
        canvas.write(6 + room + 3, y - 0.1, text, 3.2, value)
        canvas.line(6 + room + 2, y + 4, pw - 5, y + 4, 0.12, colour)
        y += 7.4
    canvas.write(6, y, rng.choice(("户籍地址", "常住户口所在地")), 3.0, label)
    canvas.paragraph(29, y - 0.1, pw - 34, person.address, 3.0, value, leading=1.45)
    x, y = pw + 6.0, 10.0
    canvas.write(x, y, rng.choice(("居住地址", "现住址")), 3.0, label)
    y = canvas.paragraph(x + 16, y - 0.1, 46, current, 3.1, value, leading=1.45) + 4
    office = authority(Person(person.name, person.sex, "", person.birth, "", here, "", ""), rng)
    for key, text in (
        ("签发机关", office),
        ("签发日期", han(span[0], padded=True)),
        ("有效期至", han(span[1], padded=True)),
    ):
        canvas.write(x, y, key, 3.0, label)
        canvas.write(x + 16, y - 0.1, text, 3.1, value)
        y += 8
    seal(canvas, x + 40, y - 8, 30, office, kit.ink("song"), line="居住证专用章", strength=0.6)
    y = max(y + 6, 62)
    canvas.centre(x + 31, y, "签　注", 3.6, label)
    y += 6
    for index in range(3):
        canvas.box(x, y, 62, 8.5, 0.2, colour)
        if index == 0 and rng.random() < 0.5:
            endorsed = some_day(rng, 2026, 2026)
            if endorsed < TODAY:
                chop(
                    canvas, x + 4, y + 1.6, f"{han(endorsed)} 签注", 3, kit.ink("song"), frame=False
                )
        y += 8.5
    fields = {
        "name": person.name,
        "sex": person.sex,
        "ethnicity": person.ethnicity + "族",
        "birth_date": person.birth.isoformat(),
        "address": person.address,
        "id_number": person.id_number,
        "current_address": current,
        "issuing_authority": office,
        "valid_from": span[0].isoformat(),
        "valid_to": span[1].isoformat(),
    }
    marks = {"seal": "yes", "seal_text": office}
    return [Drawn("spread", canvas.pixels(), fields, marks=marks, notes={"layout": "booklet"})]


def draw(person: Person, kit: Kit) -> list[Drawn]:
    """A card in three of four cases, else a booklet."""
    if kit.rng.random() < 0.75:
        return draw_card(person, kit)
    return draw_booklet(person, kit)
