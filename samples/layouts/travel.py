"""Travel documents: 港澳居民来往内地通行证, 台湾居民来往大陆通行证, passports, and the cards of
foreign permanent residents (domain.md 2.7, 2.8; ICAO 9303 for the machine-readable zones)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from random import Random

from samples.draw import Canvas, Colour, Drawn, Kit
from samples.layouts.dates import add_years, dotted, some_day
from samples.ornament import emblem, guilloche, portrait, tint, watermark
from samples.persons import TODAY, Person, check_digit, make_hmt_person, make_person

_VALUES = {**{str(i): i for i in range(10)}, **{chr(65 + i): 10 + i for i in range(26)}, "<": 0}


def mrz_digit(text: str) -> str:
    """The check digit of a machine-readable zone: weights 7 3 1, modulo 10."""
    return str(sum(_VALUES[c] * (7, 3, 1)[i % 3] for i, c in enumerate(text)) % 10)


def mrz_lines(
    country: str,
    surname: str,
    given: str,
    number: str,
    nation: str,
    birth: date,
    sex: str,
    until: date,
    optional: str = "",
) -> tuple[str, str]:
    """The two lines of a TD3 zone (passport book)."""
    names = f"{surname.replace(' ', '<')}<<{given.replace(' ', '<')}"
    first = f"P<{country}{names}"[:44].ljust(44, "<")
    number = number.ljust(9, "<")
    optional = optional.ljust(14, "<")
    born, ends = f"{birth:%y%m%d}", f"{until:%y%m%d}"
    body = (
        number + mrz_digit(number) + nation + born + mrz_digit(born) + sex + ends + mrz_digit(ends)
    )
    last = mrz_digit(optional) if optional.strip("<") else "<"
    whole = number + mrz_digit(number) + born + mrz_digit(born) + ends + mrz_digit(ends) + optional
    return first, body + optional + last + mrz_digit(whole + (last if last != "<" else "<"))


@dataclass(frozen=True)
class Foreigner:
    """A made-up foreigner who lives in Guangxi."""

    surname: str
    given: str
    chinese: str
    sex: str
    birth: date
    nation: str
    nation_number: str
    country: str


_NATIONS = (
    ("VNM", "704", "越南", "VIET NAM"),
    ("CAN", "124", "加拿大", "CANADA"),
    ("DEU", "276", "德国", "GERMANY"),
    ("MYS", "458", "马来西亚", "MALAYSIA"),
    ("GBR", "826", "英国", "UNITED KINGDOM"),
    ("THA", "764", "泰国", "THAILAND"),
)
_FOREIGN = (
    ("HALLBERG", "MARTA ELISE", "玛尔塔", "女"),
    ("NGUYEN", "THI HOA", "阮氏花", "女"),
    ("OKAFORD", "DAVID JAMES", "大卫", "男"),
    ("TREMAINE", "LUC", "特雷曼", "男"),
    ("SOMPHON", "KRIT", "颂蓬", "男"),
    ("LINDQVARN", "SARA", "林莎拉", "女"),
)


def make_foreigner(rng: Random) -> Foreigner:
    """A foreigner between 22 and 60."""
    surname, given, chinese, sex = rng.choice(_FOREIGN)
    nation, number, country, _ = rng.choice(_NATIONS)
    return Foreigner(
        surname, given, chinese, sex, some_day(rng, 1967, 2003), nation, number, country
    )


def make_worker(rng: Random) -> Foreigner:
    """A foreigner who may still join a pension: from 50 a woman may have retired."""
    who = make_foreigner(rng)
    while who.sex == "女" and who.birth.year <= TODAY.year - 50:
        who = make_foreigner(rng)
    return who


def _stock(canvas: Canvas, ground: Colour, line: Colour) -> None:
    r, g, b = ground
    light: Colour = (min(r + 18, 255), min(g + 14, 255), min(b + 10, 255))
    tint(canvas, (ground, light, light, ground))
    guilloche(canvas, line, 0.24, canvas.rng.choice(("waves", "rosette")))


def tint_stock(canvas: Canvas, ground: Colour) -> None:
    """The printed ground of a passport's page."""
    _stock(canvas, ground, (150, 120, 160))


def draw_hk_macao(person: Person, kit: Kit, *, foreign: bool | None = None) -> list[Drawn]:
    """港澳居民来往内地通行证: the card for Chinese citizens, or that for others (HA, MA)."""
    rng = kit.rng
    if not person.id_number.startswith(("81", "82")):
        person = make_hmt_person(rng, rng.choice(("810000", "820000")))
    foreign = rng.random() < 0.35 if foreign is None else foreign
    region = "H" if person.id_number.startswith("81") else "M"
    number = f"{region}{rng.randrange(90_000_000, 99_999_999)}"
    if foreign:
        number = f"{region}A{rng.randrange(9_000_000, 9_999_999)}"
    count = f"{rng.randrange(0, 4):02d}"
    issued = some_day(rng, 2024 if foreign else 2019, 2026)
    until = add_years(issued, 5 if foreign else 10)
    canvas = kit.canvas(85.6, 54)
    _stock(canvas, (206, 226, 236) if not foreign else (228, 220, 236), (90, 140, 170))
    label, value = kit.ink("hei", (50, 90, 120)), kit.ink("hei")
    title = "港澳居民来往内地通行证" + ("（非中国籍）" if foreign else "")
    canvas.centre(48, 3.2, title, 3.7, kit.ink("song", bold=0.05), 0.15)
    canvas.centre(
        48, 7.8, "Mainland Travel Permit for Hong Kong and Macao Residents", 1.55, kit.ink("latin")
    )
    left = rng.random() < 0.6
    photo_x, x = (4.5, 29.5) if left else (61, 5.5)
    portrait(canvas, photo_x, 11.5, 20, 25.5, person.sex, ground=(240, 242, 244))
    watermark(canvas, photo_x + 10, 33.6, 4, kit.ink("hei"), 0.7)
    y = 11.8
    english = f"{person.english[0]}, {person.english[1]}"
    rows = [
        ("姓名", person.name),
        ("", english),
        ("出生日期", dotted(person.birth)),
        ("性别", person.sex),
    ]
    if foreign:
        rows.append(("国籍", rng.choice(("英国", "葡萄牙", "加拿大"))))
    rows += [
        ("有效期限", f"{dotted(issued)}-{dotted(until)}"),
        ("签发机关", rng.choice(("公安部出入境管理局", "中华人民共和国出入境管理局"))),
        ("证件号码", number),
    ]
    step = 38.5 / len(rows)
    for key, text in rows:
        if key:
            canvas.spread(x, y + 0.2, 11, key, 2.35, label)
        canvas.write(x + 13, y, text, 2.9 if key != "证件号码" else 3.4, value)
        y += step
    canvas.write(66 if left else 5.5, 48.6, "换证次数", 2.35, label)
    canvas.write(78 if left else 17.5, 48.4, count, 2.9, value)
    front: dict[str, str] = {
        "name": person.name,
        "english_name": english,
        "sex": person.sex,
        "birth_date": person.birth.isoformat(),
        "valid_from": issued.isoformat(),
        "valid_to": until.isoformat(),
        "issuing_authority": rows[-2][1],
        "permit_number": number,
        "issue_count": count,
    }
    if foreign:
        front["nationality"] = rows[4][1]
    back = kit.canvas(85.6, 54)
    _stock(back, (214, 230, 236), (90, 140, 170))
    own = f"{rng.choice('ABCDEFGHKMPRSVYZ')}{rng.randrange(900000, 999999)}({rng.randrange(10)})"
    if region == "M":
        own = f"{rng.choice('157')}{rng.randrange(900000, 999999)}({rng.randrange(10)})"
    canvas2_label = "香港居民身份证号码" if region == "H" else "澳门居民身份证号码"
    back.write(8, 8, canvas2_label, 2.7, label)
    back.write(42, 7.8, own, 3.1, value)
    if foreign:
        back.write(8, 15, "中文姓名", 2.7, label)
        back.write(42, 14.8, person.name, 3.1, value)
    line1 = f"CR{number.ljust(9, '<')}{mrz_digit(number.ljust(9, '<'))}<<<<<<<<<<<<<<<"[:30].ljust(
        30, "<"
    )
    born, ends = f"{person.birth:%y%m%d}", f"{until:%y%m%d}"
    sex = "M" if person.sex == "男" else "F"
    line2 = f"{born}{mrz_digit(born)}{sex}{ends}{mrz_digit(ends)}CHN".ljust(30, "<")
    line3 = f"{person.english[0]}<<{person.english[1].replace(' ', '<')}".ljust(30, "<")
    for i, line in enumerate((line1, line2, line3)):
        back.write(4.6, 35 + i * 5.4, line, 3.3, kit.ink("number"), 0.28)
    watermark(back, 70, 26, 4.4, kit.ink("hei"), 0.3)
    return [
        Drawn(
            "front", canvas.pixels(), front, notes={"form": "non_chinese" if foreign else "chinese"}
        ),
        Drawn(
            "back",
            back.pixels(),
            {"home_id_number": own},
            notes={"form": "non_chinese" if foreign else "chinese"},
        ),
    ]


def draw_taiwan(person: Person, kit: Kit) -> list[Drawn]:
    """台湾居民来往大陆通行证: the card's front."""
    rng = kit.rng
    if not person.id_number.startswith("83"):
        person = make_hmt_person(rng, "830000")
    number = f"{rng.randrange(90_000_000, 99_999_999):08d}"
    count = f"{rng.randrange(1, 6):02d}"
    issued = some_day(rng, 2022, 2026)
    until = add_years(issued, 5)
    canvas = kit.canvas(85.6, 54)
    _stock(canvas, (226, 234, 216), (110, 150, 90))
    label, value = kit.ink("hei", (70, 100, 60)), kit.ink("hei")
    canvas.centre(46, 3.4, "台湾居民来往大陆通行证", 4.0, kit.ink("song", bold=0.05), 0.3)
    canvas.centre(46, 8.3, "Mainland Travel Permit for Taiwan Residents", 1.7, kit.ink("latin"))
    left = rng.random() < 0.5
    photo_x, x = (4.5, 29.5) if left else (61, 5.5)
    portrait(canvas, photo_x, 12, 20, 25.5, person.sex, ground=(242, 242, 240))
    watermark(canvas, photo_x + 10, 34, 4, kit.ink("hei"), 0.7)
    english = f"{person.english[0]}, {person.english[1]}"
    place = rng.choice(("福建", "广西", "香港", "公安部出入境管理局"))
    rows = [
        ("姓名", person.name),
        ("", english),
        ("出生日期", dotted(person.birth)),
        ("性别", person.sex),
        ("有效期限", f"{dotted(issued)}-{dotted(until)}"),
        ("签发机关", "公安部出入境管理局"),
        ("签发地点", place if place != "公安部出入境管理局" else "北京"),
        ("证件号码", number),
    ]
    y = 12.2
    for key, text in rows:
        if key:
            canvas.spread(x, y + 0.2, 11, key, 2.35, label)
        canvas.write(x + 13, y, text, 2.9 if key != "证件号码" else 3.4, value)
        y += 4.75
    canvas.write(66 if left else 5.5, 49.2, "签发次数", 2.35, label)
    canvas.write(78 if left else 17.5, 49, count, 2.9, value)
    fields = {
        "name": person.name,
        "english_name": english,
        "sex": person.sex,
        "birth_date": person.birth.isoformat(),
        "valid_from": issued.isoformat(),
        "valid_to": until.isoformat(),
        "issuing_authority": "公安部出入境管理局",
        "issue_place": rows[6][1],
        "permit_number": number,
        "issue_count": count,
    }
    return [Drawn("front", canvas.pixels(), fields)]


def draw_passport(person: Person, kit: Kit, who: Foreigner | None = None) -> list[Drawn]:
    """The data page of a passport book with its two lines of machine-readable zone."""
    rng = kit.rng
    who = who or make_foreigner(rng)
    number = rng.choice("BCKLNPX") + f"{rng.randrange(9_000_000, 9_999_999)}"
    issued = some_day(rng, 2018, 2025)
    until = add_years(issued, 10)
    canvas = kit.canvas(125, 88)
    _stock(canvas, rng.choice(((232, 224, 236), (222, 234, 238), (240, 232, 216))), (150, 120, 160))
    label, value = kit.ink("latin", (70, 70, 100)), kit.ink("latin", (20, 20, 24))
    country = next(n[3] for n in _NATIONS if n[0] == who.nation)
    canvas.write(6, 4.5, country, 3.4, value)
    canvas.write(
        60, 4.5, rng.choice(("PASSPORT / PASSEPORT", "PASSPORT", "PASSPORT / 护照")), 3.2, value
    )
    portrait(canvas, 6, 14, 32, 41, who.sex, ground=(240, 240, 242))
    watermark(canvas, 22, 50, 5.5, kit.ink("hei"), 0.7)
    x = 44.0
    months = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")

    def day(d: date) -> str:
        return f"{d.day:02d} {months[d.month - 1]} {d.year}"

    rows: list[list[tuple[str, str]]] = [
        [("Type", "P"), ("Code", who.nation), ("Passport No.", number)],
        [("Surname", who.surname)],
        [("Given names", who.given)],
        [("Nationality", country), ("Sex", "M" if who.sex == "男" else "F")],
        [
            ("Date of birth", day(who.birth)),
            ("Place of birth", rng.choice(("RIVERTON", "HAI DUONG", "LINDEN"))),
        ],
        [("Date of issue", day(issued)), ("Date of expiry", day(until))],
        [("Authority", rng.choice(("PASSPORT OFFICE", "MINISTRY OF FOREIGN AFFAIRS")))],
    ]
    y = 12.0
    for row in rows:
        at = x
        for key, text in row:
            canvas.write(at, y, key, 1.7, label)
            end = canvas.write(at, y + 2.1, text, 3.0, value)
            at = max(at + 26, end + 5)
        y += 7.2
    first, second = mrz_lines(
        who.nation,
        who.surname,
        who.given,
        number,
        who.nation,
        who.birth,
        "M" if who.sex == "男" else "F",
        until,
    )
    zone = kit.ink("number")
    room = 125 - 11
    for i, line in enumerate((first, second)):
        size = 3.5
        track = (room - canvas.measure(line, size, zone)) / 44
        canvas.write(5.5, 70 + i * 7, line, size, zone, track)
    fields = {
        "name": f"{who.surname} {who.given}",
        "passport_number": number,
        "nationality": who.nation,
        "sex": who.sex,
        "birth_date": who.birth.isoformat(),
        "issue_date": issued.isoformat(),
        "valid_to": until.isoformat(),
        "mrz": f"{first}\n{second}",
    }
    return [Drawn("data_page", canvas.pixels(), fields)]


def fpr_number(who: Foreigner, rng: Random, *, new: bool) -> str:
    """A permanent resident's number: 18 characters since December 2023, 15 before."""
    if new:
        sequence = rng.randrange(900, 1000, 2) + (1 if who.sex == "男" else 0)
        body = f"945{who.nation_number}{who.birth:%Y%m%d}{sequence:03d}"
        return body + check_digit(body)
    body = f"{who.nation}4501{who.birth:%y%m%d}{rng.randrange(9)}"
    return body + mrz_digit(body)


def draw_permanent_resident(
    person: Person,
    kit: Kit,
    who: Foreigner | None = None,
    *,
    new: bool | None = None,
    number: str | None = None,
) -> list[Drawn]:
    """外国人永久居留身份证 of 2017 (15 characters) or 2023 (18 characters): both sides."""
    rng = kit.rng
    who = who or make_foreigner(rng)
    new = rng.random() < 0.5 if new is None else new
    number = number or fpr_number(who, rng, new=new)
    issued = some_day(rng, 2024, 2026) if new else some_day(rng, 2018, 2023)
    until = add_years(issued, 10)
    canvas = kit.canvas(85.6, 54)
    _stock(canvas, (220, 234, 240) if new else (216, 236, 228), (80, 140, 150))
    label, value = kit.ink("hei", (44, 96, 120)), kit.ink("hei")
    if not new:
        canvas.centre(43, 2.8, "外国人永久居留身份证", 3.7, kit.ink("song", bold=0.05), 0.3)
        canvas.centre(43, 7.2, "FOREIGN PERMANENT RESIDENT ID CARD", 1.8, kit.ink("latin"))
    sex = "男/M" if who.sex == "男" else "女/F"
    name = f"{who.surname}, {who.given}"
    rows = [
        ("姓名 / Name", name),
        ("", who.chinese),
        ("性别 / Sex", sex),
        ("出生日期 / Date of Birth", dotted(who.birth)),
        ("国籍 / Nationality", f"{who.country}/{who.nation}"),
        ("有效期限 / Period of Validity", f"{dotted(issued)}-{dotted(until)}"),
    ]
    y, x = (10.8 if not new else 4.6), 5.5
    for key, text in rows:
        if key:
            canvas.write(x, y, key, 2.0, label)
            y += 2.6
        canvas.write(x, y, text, 2.9, value)
        y += 3.7 if key else 4.0
    canvas.write(x, 47.5, "证件号码 / ID No." if not new else "证件号码", 2.3, label)
    canvas.write(27, 47, number, 3.5, kit.ink("number") if rng.random() < 0.6 else value, 0.4)
    portrait(canvas, 60, 10, 20.5, 26, who.sex, ground=(242, 242, 244))
    watermark(canvas, 70, 32.5, 4.2, kit.ink("hei"), 0.7)
    back = kit.canvas(85.6, 54)
    _stock(back, (224, 236, 240), (80, 140, 150))
    emblem(back, 6, 5, 13)
    back.centre(52, 6, "中华人民共和国", 3.6, kit.ink("song", bold=0.05), 0.8)
    back.centre(52, 12.5, "外国人永久居留身份证", 4.4, kit.ink("song", bold=0.05), 0.6)
    back.centre(
        52,
        19,
        "PEOPLE'S REPUBLIC OF CHINA FOREIGN PERMANENT RESIDENT ID CARD",
        1.45,
        kit.ink("latin"),
    )
    office = "国家移民管理局" if new else "中华人民共和国公安部"
    back.write(14, 32, "签发机关", 2.6, label)
    back.write(30, 31.8, office, 3.0, value)
    fields = {
        "name": name,
        "chinese_name": who.chinese,
        "sex": who.sex,
        "birth_date": who.birth.isoformat(),
        "nationality": who.nation,
        "valid_from": issued.isoformat(),
        "valid_to": until.isoformat(),
        "id_number": number,
    }
    later = {"issuing_authority": office}
    if new and rng.random() < 0.5:
        old = fpr_number(who, rng, new=False)
        back.write(14, 40, "持证人曾持有号码", 2.6, label)
        back.write(40, 39.8, old, 3.0, value)
        later["former_number"] = old
    watermark(back, 20, 47, 4, kit.ink("hei"), 0.3)
    notes: dict[str, str | bool] = {"version": "2023" if new else "2017"}
    return [
        Drawn("front", canvas.pixels(), fields, notes=notes),
        Drawn("back", back.pixels(), later, notes=notes),
    ]


def foreign_person(who: Foreigner, rng: Random, number: str) -> Person:
    """The foreigner as an applicant, for forms."""
    base = make_person(rng, ages=(25, 50), ethnicity="汉")
    return replace(
        base,
        name=f"{who.surname} {who.given}",
        sex=who.sex,
        ethnicity="",
        birth=who.birth,
        id_number=number,
    )
