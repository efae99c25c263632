"""临时居民身份证 (domain.md 2.2) and 社会保障卡 (2.5)."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from samples.draw import Colour, Drawn, Kit
from samples.layouts.dates import add_years, dotted, han, some_day
from samples.layouts.id_card import authority
from samples.ornament import emblem, guilloche, portrait, tint, watermark
from samples.persons import TODAY, Person


def draw_temporary(person: Person, kit: Kit, issued: date | None = None) -> list[Drawn]:
    """Laminated, pale green, grey portrait; one side carries all nine items. Three months."""
    rng = kit.rng
    issued = issued or TODAY - timedelta(days=rng.randrange(3, 110))
    month = issued.month + 3
    until = date(issued.year + (month - 1) // 12, (month - 1) % 12 + 1, min(issued.day, 28))
    green: Colour = (218, 236, 218)
    front = kit.canvas(85.6, 54)
    tint(front, (green, (236, 246, 234), (232, 244, 232), green))
    guilloche(front, (90, 150, 100), 0.26, "waves")
    label, value = kit.ink("hei", (40, 90, 60)), kit.ink("hei")
    y, x, step = rng.uniform(3.6, 4.8), 5.0, 5.2
    titled = rng.random() < 0.5
    if titled:
        front.centre(
            42.8, 2.4, "中华人民共和国临时居民身份证", 3.4, kit.ink("song", bold=0.05), 0.2
        )
        y, step = 7.6, 4.8
    at = x + 12.5
    front.spread(x, y, 8, "姓名", 2.5, label)
    front.write(at, y - 0.2, person.name, 3.2, value)
    y += step
    front.spread(x, y, 8, "性别", 2.5, label)
    front.write(at, y - 0.2, person.sex, 2.9, value)
    front.spread(at + 9, y, 8, "民族", 2.5, label)
    front.write(at + 19, y - 0.2, person.ethnicity, 2.9, value)
    y += step
    front.spread(x, y, 8, "出生", 2.5, label)
    front.write(at, y - 0.2, han(person.birth), 2.9, value)
    y += step
    front.spread(x, y, 8, "住址", 2.5, label)
    y = front.paragraph(at, y - 0.2, 37, person.address, 2.8, value, leading=1.3) + 0.8
    y = max(y, 33.2)
    front.write(x, y, "公民身份号码", 2.4, label)
    front.write(
        at + 8,
        y - 0.3,
        person.id_number,
        3.1,
        kit.ink("number") if rng.random() < 0.5 else value,
        0.2,
    )
    office = authority(person, rng)
    front.write(x, y + 5.8, "签发机关", 2.5, label)
    front.write(at + 4, y + 5.6, office, 2.9, value)
    front.write(x, y + 11.4, "有效期限", 2.5, label)
    front.write(at + 4, y + 11.2, f"{dotted(issued)}-{dotted(until)}", 2.9, value)
    portrait(
        front, 61, 7.5 if titled else 5.5, 19.5, 24.5, person.sex, ground=(236, 238, 236), grey=True
    )
    watermark(front, 70.8, 28 if titled else 26, 4, kit.ink("hei"), 0.7)
    back = kit.canvas(85.6, 54)
    tint(back, (green, green, (240, 248, 238), green))
    guilloche(back, (90, 150, 100), 0.3, "mesh")
    back.centre(42.8, 16, "中华人民共和国", 5, kit.ink("song", bold=0.06), 1.2)
    back.centre(42.8, 26, "临时居民身份证", 6.2, kit.ink("song", bold=0.06), 1.2)
    watermark(back, 70, 46, 4.4, kit.ink("hei"), 0.35)
    fields = {
        "name": person.name,
        "sex": person.sex,
        "ethnicity": person.ethnicity,
        "birth_date": person.birth.isoformat(),
        "address": person.address,
        "id_number": person.id_number,
        "issuing_authority": office,
        "valid_from": issued.isoformat(),
        "valid_to": until.isoformat(),
    }
    return [Drawn("portrait", front.pixels(), fields), Drawn("title", back.pixels(), {})]


def bank_number(rng: Random) -> str:
    """A bank card number of 19 digits that passes the Luhn check; its issuer does not exist."""
    body = "6299990" + "".join(rng.choice("0123456789") for _ in range(11))
    total = 0
    for i, digit in enumerate(reversed(body)):
        n = int(digit) * (2 if i % 2 == 0 else 1)
        total += n - 9 if n > 9 else n
    return body + str(-total % 10)


def draw_social_security(person: Person, kit: Kit) -> list[Drawn]:
    """The face of a social security card in one of three generations' layouts."""
    rng = kit.rng
    layout = rng.choice(("first", "second", "third"))
    canvas = kit.canvas(85.6, 54)
    tint(
        canvas,
        rng.choice(
            (
                ((206, 226, 244), (232, 240, 248), (222, 234, 246), (200, 220, 240)),
                ((226, 236, 224), (240, 244, 234), (236, 242, 232), (220, 232, 220)),
                ((244, 232, 214), (250, 242, 230), (246, 238, 224), (240, 226, 208)),
            )
        ),
    )
    guilloche(canvas, (120, 150, 180), 0.24, rng.choice(("rosette", "waves")))
    label, value = kit.ink("hei", (40, 70, 110)), kit.ink("hei")
    emblem(canvas, 4.5, 3.2, 8)
    title = rng.choice(("中华人民共和国社会保障卡", "社会保障卡"))
    canvas.centre(48, 4.6, title, 4.4, kit.ink("song", bold=0.06), 0.4)
    canvas.write(
        15, 10.2, rng.choice(("广西壮族自治区人力资源和社会保障厅", "广西壮族自治区")), 2.2, label
    )
    photo_left = layout == "third"
    photo_x, x = (5, 29) if photo_left else (62, 6)
    portrait(canvas, photo_x, 14.5, 18, 22.5, person.sex, ground=(242, 242, 244))
    watermark(canvas, photo_x + 9, 33.4, 3.8, kit.ink("hei"), 0.7)
    number = rng.choice("ABCDEFGHK") + f"{rng.randrange(90_000_000, 99_999_999)}"
    issued = some_day(rng, 2014, 2026)
    fields = {
        "name": person.name,
        "social_security_number": person.id_number,
        "card_number": number,
    }
    rows = [("姓名", person.name)]
    if layout == "first":
        rows.append(("性别", person.sex))
        fields["sex"] = person.sex
    rows.append((rng.choice(("社会保障号码", "公民身份号码")), person.id_number))
    rows.append(("社会保障卡号" if layout != "first" else "卡号", number))
    if rng.random() < 0.5:
        rows.append(("发卡日期", f"{issued.year}年{issued.month:02d}月"))
        fields["issue_date"] = f"{issued:%Y-%m}"
    else:
        rows.append(("发卡日期", han(issued, padded=True)))
        fields["issue_date"] = issued.isoformat()
    if layout != "first" and rng.random() < 0.6:
        until = add_years(issued, 10)
        rows.append(
            (
                "有效期限",
                f"{dotted(issued)}-{dotted(until)}"
                if rng.random() < 0.5
                else f"{until.year}年{until.month:02d}月",
            )
        )
        fields["valid_to"] = until.isoformat() if "-" in rows[-1][1] else f"{until:%Y-%m}"
    y = 15.2
    for key, text in rows:
        canvas.write(x, y, key, 2.4, label)
        canvas.write(x + max(15.5, canvas.measure(key, 2.4, label) + 2), y - 0.3, text, 3.0, value)
        y += 5.0
    if layout != "first" and rng.random() < 0.7:
        bank = bank_number(rng)
        grouped = " ".join(bank[i : i + 4] for i in range(0, len(bank), 4))
        canvas.write(8, 45.5, grouped, 4.2, kit.ink("number", (50, 50, 56)), 0.3)
        fields["bank_card_number"] = bank
    notes: dict[str, str | bool] = {"layout": layout}
    return [Drawn("face", canvas.pixels(), fields, notes=notes)]
