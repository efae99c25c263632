"""The third-generation 残疾人证: both sides of the card (domain.md 2.4)."""

from __future__ import annotations

from samples.draw import Colour, Drawn, Kit
from samples.layouts.dates import dotted, han
from samples.layouts.disability import Certificate, make_certificate
from samples.ornament import guilloche, portrait, seal, tint, watermark
from samples.persons import Person


def draw_card(person: Person, cert: Certificate, kit: Kit) -> list[Drawn]:
    """The third-generation card: both sides."""
    rng = kit.rng
    red = cert.category == "视力"
    colour: Colour = (150, 50, 54) if red else (40, 84, 140)
    ground: tuple[Colour, Colour, Colour, Colour] = (
        ((250, 226, 222), (252, 240, 236), (248, 232, 228), (250, 224, 222))
        if red
        else ((216, 232, 246), (236, 244, 250), (226, 238, 248), (210, 228, 244))
    )
    front = kit.canvas(85.6, 54)
    tint(front, ground)
    guilloche(front, colour, 0.2, rng.choice(("mesh", "rosette")))
    label, value = kit.ink("hei", colour), kit.ink("hei")
    front.centre(
        42.8,
        3.4,
        rng.choice(("中华人民共和国残疾人证", "残 疾 人 证")),
        4.2,
        kit.ink("hei", colour, bold=0.05),
        0.35,
    )
    photo_left = rng.random() < 0.35
    photo_x = 5.0 if photo_left else 60.0
    x = 28.5 if photo_left else 5.5
    y, step = rng.uniform(10.6, 11.6), 5.2
    rows: list[tuple[str, str]] = [("姓名", person.name), ("性别", person.sex)]
    full = rng.random() < 0.7
    if full:
        rows += [
            ("民族", person.ethnicity),
            ("出生日期", han(person.birth) if rng.random() < 0.5 else dotted(person.birth)),
        ]
    rows += [("残疾类别", cert.category), ("残疾等级", cert.grade)]
    joined = rng.random() < 0.5
    index = 0
    while index < len(rows):
        key, text = rows[index]
        front.spread(x, y, 11.6, key, 2.7, label)
        end = front.write(x + 13.4, y - 0.2, text, 3.0, value)
        if (
            joined
            and key in ("性别", "残疾类别")
            and index + 1 < len(rows)
            and rows[index + 1][0] != "出生日期"
        ):
            key, text = rows[index + 1]
            at = max(end + 4, x + 24)
            front.spread(at, y, 11.6, key, 2.7, label)
            front.write(at + 13.2, y - 0.2, text, 3.0, value)
            index += 1
        index += 1
        y += step
    y = max(y, 36.5)
    fields = {
        "name": person.name,
        "sex": person.sex,
        "certificate_number": cert.number,
        "category": cert.category,
        "grade": cert.grade,
        "id_number": person.id_number,
    }
    if full:
        fields |= {"ethnicity": person.ethnicity, "birth_date": person.birth.isoformat()}
    front_dates = rng.random() < 0.6
    if front_dates:
        front.write(5.5, y, "有效期限", 2.7, label)
        front.write(19.5, y - 0.2, f"{dotted(cert.issued)}-{dotted(cert.until)}", 3.0, value)
        fields |= {"issue_date": cert.issued.isoformat(), "valid_until": cert.until.isoformat()}
    front.write(5.5, 48.0, rng.choice(("证号", "残疾人证号")), 2.8, label, 0.3)
    front.write(
        22, 47.6, cert.number, 3.5, kit.ink("number") if rng.random() < 0.6 else value, 0.12
    )
    portrait(front, photo_x, 11, 20.5, 25.5, person.sex, ground=(238, 240, 244))
    watermark(front, photo_x + 10.2, 33, 4, kit.ink("hei"), 0.7)

    back = kit.canvas(85.6, 54)
    tint(back, ground)
    guilloche(back, colour, 0.18, "waves")
    y = rng.uniform(5, 7)
    later: dict[str, str] = {
        "address": person.address,
        "guardian": cert.guardian,
        "guardian_phone": cert.guardian_phone,
        "issuing_authority": cert.authority,
    }
    back.spread(5.5, y, 11.6, "住址", 2.7, label)
    y = back.paragraph(21, y - 0.2, 56, person.address, 3.0, value, leading=1.5) + 2
    back.spread(5.5, y, 11.6, "监护人", 2.7, label)
    back.write(21, y - 0.2, cert.guardian, 3.0, value)
    y += 5.6
    back.write(5.5, y, "监护人电话" if rng.random() < 0.5 else "联系电话", 2.7, label)
    back.write(21, y - 0.2, cert.guardian_phone, 3.0, value)
    y += 5.6
    back.write(5.5, y, rng.choice(("发证机关", "签发机关")), 2.7, label)
    back.write(21, y - 0.2, cert.authority, 3.0, value)
    y += 5.6
    if not front_dates:
        back.write(5.5, y, rng.choice(("发证日期", "签发日期")), 2.7, label)
        back.write(21, y - 0.2, han(cert.issued), 3.0, value)
        back.write(5.5, y + 5.6, "有效期至", 2.7, label)
        back.write(21, y + 5.4, han(cert.until), 3.0, value)
        later |= {"issue_date": cert.issued.isoformat(), "valid_until": cert.until.isoformat()}
    seal(back, 66, 33, 25, cert.authority, kit.ink("song"), strength=0.6)
    back.centre(42.8, 48.4, rng.choice(("中国残疾人联合会监制", "中国残疾人联合会")), 2.5, label)
    watermark(back, 74, 47, 3.6, kit.ink("hei"), 0.3)
    seal_mark = {"seal": "yes", "seal_text": cert.authority}
    return [
        Drawn("front", front.pixels(), fields, ("id_number",)),
        Drawn("back", back.pixels(), later, marks=seal_mark),
    ]


def draw(person: Person, kit: Kit) -> list[Drawn]:
    """Both sides of the card."""
    return draw_card(person, make_certificate(person, kit), kit)
