"""临时住宿登记单: slips that police stations and their machines print, label beside value in
lines, or label above value (domain.md 2.10: layouts are local)."""

from __future__ import annotations

from datetime import date, timedelta

from samples.draw import Drawn, Kit
from samples.layouts.dates import add_years, dotted, han, some_day
from samples.layouts.lodging import registered
from samples.layouts.travel import make_foreigner
from samples.ornament import seal, watermark
from samples.persons import TODAY, Person, make_address, make_mobile, make_village

_TITLES = (
    ("境外人员临时住宿登记单", "Registration Form of Temporary Residence"),
    ("境外人员住宿登记表", ""),
    ("外国人临时住宿登记表", "REGISTRATION FORM OF TEMPORARY RESIDENCE FOR VISITORS"),
)


def draw(person: Person, kit: Kit) -> list[Drawn]:
    """A slip in one of two arrangements."""
    rng = kit.rng
    who = make_foreigner(rng)
    number = f"{rng.choice('BCKLNPX')}{rng.randrange(9_000_000, 9_999_999)}"
    address = make_address(rng, person.place)
    arrived = some_day(rng, 2025, 2026)
    leaving = add_years(arrived, 1)
    day = min(arrived + timedelta(days=1), TODAY - timedelta(days=1))
    station = f"{person.place.county}公安局{make_village(rng)}派出所"
    form = rng.choice((dotted, han, date.isoformat))
    english = rng.random() < 0.6
    name_fields = rng.random() < 0.5
    names = (
        [("英文姓", "Surname", who.surname), ("英文名", "Given Name", who.given)]
        if name_fields
        else [("英文姓名", "Name in Full", f"{who.surname} {who.given}")]
    )
    rows = [
        *names,
        ("中文姓名", "Chinese Name", who.chinese),
        ("性别", "Sex", who.sex),
        (
            "国籍（地区）",
            "Nationality",
            rng.choice((who.country, f"{who.country}（{who.nation}）")),
        ),
        ("出生日期", "Date of Birth", form(who.birth)),
        ("证件种类", "Type of Certificate", "普通护照"),
        ("证件号码", "Certificate No.", number),
        ("签证种类", "Type of Visa", "居留许可"),
        ("停留有效期", "Valid Until", form(add_years(arrived, 2))),
        ("入境日期", "Date of Entry", form(arrived - timedelta(days=1))),
        ("入境口岸", "Port of Entry", "友谊关"),
        ("停留事由", "Purpose of Stay", "探亲"),
        ("住宿地址", "Address", address),
        ("入住日期", "Date of Arrival", form(arrived)),
        ("拟离开日期", "Date of Departure", form(leaving)),
        ("联系电话", "Telephone", make_mobile(rng)),
    ]
    canvas = kit.canvas(210, 297)
    title, below = rng.choice(_TITLES)
    canvas.centre(105, 20, title, 6.6, kit.ink("song", bold=0.1), 0.6)
    if below:
        canvas.centre(105, 29, below, 3.2, kit.ink("latin"))
    label, value = kit.ink(rng.choice(("song", "hei"))), kit.ink(rng.choice(("fang", "hei")))
    y = 42.0
    if rng.random() < 0.6:
        for han_label, latin, text in rows:
            printed = han_label + (f" {latin}" if english else "") + "："
            at = canvas.write(24, y, printed, 3.8, label)
            for i, line in enumerate(canvas.wrap(text, 186 - at, 3.8, value)):
                canvas.write(at + 1.5, y + 5.2 * i, line, 3.8, value)
                y += 5.2 if i else 0.0
            y += 8.6
    else:
        for left, right in zip(rows[::2], [*rows[1::2], None], strict=False):
            for x, cell in ((24.0, left), (112.0, right)):
                if cell is None:
                    continue
                canvas.write(x, y, cell[0] + (f"/{cell[1]}" if english else ""), 3.0, label)
                for i, line in enumerate(canvas.wrap(cell[2], 82, 3.8, value)):
                    canvas.write(x, y + 4.6 + 4.8 * i, line, 3.8, value)
            y += 15.5
    y = max(y + 6, 200.0)
    canvas.write(112, y, f"登记单位：{station}", 3.8, label)
    canvas.write(112, y + 9, f"登记日期：{form(day)}", 3.8, label)
    seal(canvas, 150, y + 5, 40, station, kit.ink("song"), strength=rng.uniform(0.5, 0.8))
    watermark(canvas, 184, 14, 6, kit.ink("hei"), 0.3)
    fields = registered(who, number, address, (arrived, leaving, day), station)
    if name_fields:
        fields |= {"surname": who.surname, "given_name": who.given}
    return [Drawn("form", canvas.pixels(), fields, marks={"seal": "yes", "seal_text": station})]
