"""Lodging registrations in further arrangements that police stations print (domain.md 2.10: layouts
are local): the visitors' form with three pairs a row, English before Chinese, a table whose labels
head its columns, and blanks on underlines filled in by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from samples.draw import Canvas, Drawn, Ink, Kit
from samples.layouts.dates import add_years, dotted, han, some_day
from samples.layouts.lodging import registered
from samples.layouts.travel import Foreigner, make_foreigner
from samples.ornament import seal, signature, watermark
from samples.persons import TODAY, Person, make_address, make_mobile, make_village

Pair = tuple[str, str, str]
"""Chinese label, English label, value."""
_LEFT, _RIGHT = 16.0, 194.0


@dataclass(frozen=True)
class Stay:
    """What a registration says."""

    who: Foreigner
    number: str
    address: str
    arrived: date
    leaving: date
    day: date
    station: str
    phone: str
    write: Callable[[date], str]

    @property
    def fields(self) -> dict[str, str]:
        """The truth of a form that has them all."""
        days = (self.arrived, self.leaving, self.day)
        names = {"surname": self.who.surname, "given_name": self.who.given}
        return names | registered(self.who, self.number, self.address, days, self.station)


def make_stay(person: Person, kit: Kit) -> Stay:
    """A made-up stay in the person's county."""
    rng = kit.rng
    arrived = some_day(rng, 2025, 2026)
    return Stay(
        make_foreigner(rng),
        f"{rng.choice('BCKLNPX')}{rng.randrange(9_000_000, 9_999_999)}",
        make_address(rng, person.place),
        arrived,
        add_years(arrived, 1),
        min(arrived + timedelta(days=1), TODAY - timedelta(days=1)),
        f"{person.place.county}公安局{make_village(rng)}派出所",
        make_mobile(rng),
        rng.choice((dotted, han, date.isoformat)),
    )


def draw(person: Person, kit: Kit) -> list[Drawn]:
    """A registration in one of four arrangements."""
    stay = make_stay(person, kit)
    arrange = kit.rng.choice((_visitors, _english_first, _headed, _blanks))
    canvas = kit.canvas(210, 297)
    y = arrange(canvas, kit, stay)
    bottom = max(y + 8, 190.0)
    label = kit.ink("song")
    canvas.write(104, bottom, f"登记单位（盖章）：{stay.station}", 3.6, label)
    canvas.write(120, bottom + 9, f"登记日期：{stay.write(stay.day)}", 3.6, label)
    strength = kit.rng.uniform(0.55, 0.85)
    seal(canvas, 150, bottom + 5, 40, stay.station, kit.ink("song"), strength=strength)
    watermark(canvas, 184, 14, 6, kit.ink("hei"), 0.3)
    marks = {"seal": "yes", "seal_text": stay.station}
    return [Drawn("form", canvas.pixels(), stay.fields, marks=marks)]


def _title(canvas: Canvas, kit: Kit, text: str, below: str = "") -> None:
    canvas.centre(105, 16, text, 6.2, kit.ink("hei"), 0.6)
    if below:
        canvas.centre(105, 25, below, 3.0, kit.ink("latin"))


def _visitors(canvas: Canvas, kit: Kit, stay: Stay) -> float:
    """Boxes, up to three pairs a row; labels in narrow cells, English below the Chinese."""
    who, write = stay.who, stay.write
    _title(
        canvas,
        kit,
        kit.rng.choice(("境外人员临时住宿登记表", "外国人住宿登记表")),
        "REGISTRATION FORM OF TEMPORARY RESIDENCE FOR VISITORS",
    )
    rows: list[list[Pair]] = [
        [
            ("英文姓", "Surname", who.surname),
            ("英文名", "First Name", who.given),
            ("性别", "Sex", who.sex),
        ],
        [
            ("中文姓名", "Name in Chinese", who.chinese),
            ("国籍", "Nationality", who.country),
            ("出生日期", "Date of Birth", write(who.birth)),
        ],
        [
            ("证件种类", "Type of Travel Document", "护照"),
            ("证件号码", "No. of Travel Document", stay.number),
        ],
        [
            ("签证种类", "Type of Visa", "居留许可"),
            ("签证有效期", "Validity of Visa", write(add_years(stay.arrived, 2))),
        ],
        [
            ("抵达日期", "Date of Arrival", write(stay.arrived)),
            ("离开日期", "Date of Departure", write(stay.leaving)),
        ],
        [("由何处来", "From", "友谊关"), ("往何处去", "To", "")],
        [("停留事由", "Object of Stay", "探亲"), ("联系电话", "Telephone", stay.phone)],
        [("住宿地址", "Address", stay.address)],
    ]
    han_ink, latin, value = kit.ink("song"), kit.ink("latin"), kit.ink("fang")
    y, h = 34.0, kit.rng.uniform(12, 15)
    for row in rows:
        x, width = _LEFT, (_RIGHT - _LEFT) / len(row)
        tag = 19.0 if len(row) == 3 else 28.0
        for chinese, english, text in row:
            canvas.box(x, y, tag, h, 0.2)
            canvas.box(x + tag, y, width - tag, h, 0.2)
            canvas.centre(x + tag / 2, y + 1.6, chinese, 3.2, han_ink)
            size = min(2.1, (tag - 1.5) / canvas.measure(english, 1.0, latin))
            canvas.centre(x + tag / 2, y + 6.6, english, size, latin)
            _fill(canvas, x + tag + 1.2, y, width - tag - 2, h, text, value)
            x += width
        y += h
    return y


def _fill(
    canvas: Canvas, x: float, y: float, w: float, h: float, text: str, ink: Ink, size: float = 3.5
) -> None:
    lines = canvas.wrap(text, w, size, ink)
    top = y + (h - 1.3 * size * len(lines)) / 2
    for line in lines:
        canvas.write(x, top, line, size, ink)
        top += 1.3 * size


def _english_first(canvas: Canvas, kit: Kit, stay: Stay) -> float:
    """One line per label, English before Chinese, values in a column of their own."""
    who, write = stay.who, stay.write
    _title(canvas, kit, "境外人员住宿登记表", "Registration Form of Temporary Residence")
    rows: list[Pair] = [
        ("外文姓", "Surname", who.surname),
        ("外文名", "Given Names", who.given),
        ("中文姓名", "Chinese Name", who.chinese),
        ("性别", "Sex", who.sex),
        ("出生日期", "Date of Birth", write(who.birth)),
        ("国籍/地区", "Nationality/Region", f"{who.country} {who.nation}"),
        ("证件种类", "Type of Document", "普通护照"),
        ("证件号码", "Document No.", stay.number),
        ("入境日期", "Date of Entry", write(stay.arrived - timedelta(days=1))),
        ("住址", "Present Address", stay.address),
        ("来此日期", "Date of Arrival", write(stay.arrived)),
        ("拟离开日期", "Date of Departure", write(stay.leaving)),
        ("联系电话", "Telephone No.", stay.phone),
    ]
    label, value = kit.ink(kit.rng.choice(("song", "hei"))), kit.ink("kai")
    slash, column, y = kit.rng.choice(("/", " ", "")), 84.0, 40.0
    for chinese, english, text in rows:
        canvas.write(22, y, f"{english}{slash or '('}{chinese}{'' if slash else ')'}:", 3.4, label)
        for i, line in enumerate(canvas.wrap(text, 104, 3.8, value)):
            y += 5.4 if i else 0.0
            canvas.write(column, y, line, 3.8, value)
        y += 9.0
    return y


def _headed(canvas: Canvas, kit: Kit, stay: Stay) -> float:
    """Bands of a table: a row of labels, and below it a row of values."""
    who, write = stay.who, stay.write
    _title(canvas, kit, "境外人员住宿登记表")
    bands: list[list[tuple[str, str]]] = [
        [("英文姓", who.surname), ("英文名", who.given), ("中文姓名", who.chinese)],
        [("性别", who.sex), ("出生日期", write(who.birth)), ("国籍（地区）", who.country)],
        [("证件种类", "普通护照"), ("证件号码", stay.number), ("联系电话", stay.phone)],
        [
            ("入境日期", write(stay.arrived - timedelta(days=1))),
            ("入住日期", write(stay.arrived)),
            ("拟离开日期", write(stay.leaving)),
        ],
        [("现住址", stay.address)],
    ]
    label, value = kit.ink("hei"), kit.ink("song")
    y, h = 32.0, kit.rng.uniform(8.5, 11)
    for band in bands:
        width = (_RIGHT - _LEFT) / len(band)
        for i, (name, text) in enumerate(band):
            x = _LEFT + i * width
            canvas.box(x, y, width, h, 0.2)
            canvas.box(x, y + h, width, h, 0.2)
            canvas.centre(x + width / 2, y + h / 2 - 1.8, name, 3.4, label)
            wide = canvas.measure(text, 3.6, value)
            canvas.write(x + max(2.0, (width - wide) / 2), y + 1.5 * h - 1.8, text, 3.6, value)
        y += 2 * h
    return y


def _blanks(canvas: Canvas, kit: Kit, stay: Stay) -> float:
    """Several pairs a line, the blanks on underlines, filled in with a pen."""
    who = stay.who
    _title(canvas, kit, "境外人员临时住宿登记表")
    rows: list[list[tuple[str, str, float]]] = [
        [("英文姓", who.surname, 44), ("英文名", who.given, 50), ("性别", who.sex, 16)],
        [("中文姓名", who.chinese, 40), ("国籍", who.country, 40)],
        [("出生日期", han(who.birth), 48), ("证件种类", "护照", 40)],
        [("证件号码", stay.number, 48), ("联系电话", stay.phone, 44)],
        [("住宿地址", stay.address, 150)],
        [("入住日期", han(stay.arrived), 48), ("拟离开日期", han(stay.leaving), 48)],
    ]
    label, pen = kit.ink("song"), kit.ink("hand", (24, 30, 74), "hand")
    y = 38.0
    for row in rows:
        x = 20.0
        for name, text, wide in row:
            x = canvas.write(x, y, f"{name}：", 3.8, label)
            size = min(4.2, 4.2 * (wide - 2) / max(canvas.measure(text, 4.2, pen), 1.0))
            canvas.write(x + 1.5, y - 0.3, text, size, pen)
            canvas.line(x, y + 5.0, x + wide, y + 5.0, 0.2)
            x += wide + 5
        y += 13.0
    canvas.write(20, y, "申报人签名：", 3.8, label)
    signature(canvas, 46, y - 2, who.given.title(), 5.5, kit.ink("hand"))
    return y
