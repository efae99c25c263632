"""境外人员住宿登记表 (Registration Form of Temporary Residence): bilingual, local layouts
(domain.md 2.10)."""

from __future__ import annotations

from datetime import date, timedelta

from samples.draw import Canvas, Drawn, Ink, Kit
from samples.layouts.dates import add_years, dotted, some_day
from samples.layouts.travel import Foreigner, make_foreigner
from samples.ornament import seal, signature, watermark
from samples.persons import TODAY, Person, Place, make_address, make_mobile, make_name, make_village


def _rows(
    who: Foreigner,
    number: str,
    until: date,
    address: str,
    host: tuple[str, str],
    days: tuple[date, date],
) -> list[list[tuple[str, str, str]]]:
    """Rows of (Chinese label, English label, value)."""
    sex = "男 M" if who.sex == "男" else "女 F"
    return [
        [("英文姓", "Surname", who.surname), ("英文名", "Given Name", who.given)],
        [("中文姓名", "Chinese Name", who.chinese), ("性别", "Sex", sex)],
        [
            ("国籍", "Nationality", f"{who.country} {who.nation}"),
            ("出生日期", "Date of Birth", dotted(who.birth)),
        ],
        [
            ("证件种类", "Type of Certificate", "外国人永久居留身份证"),
            ("证件号码", "Certificate No.", number),
        ],
        [("证件有效期", "Valid Until", dotted(until)), ("职业", "Occupation", "")],
        [
            ("入境日期", "Date of Entry", dotted(days[0] - timedelta(days=2))),
            ("停留事由", "Purpose of Stay", "定居"),
        ],
        [("住址", "Present Address", address)],
        [
            ("抵达日期", "Date of Arrival", dotted(days[0])),
            ("拟离开日期", "Date of Departure", dotted(days[1])),
        ],
        [("留宿人", "Host", host[0]), ("联系电话", "Telephone", host[1])],
    ]


class _Grid:
    """Boxed label and value pairs; labels carry English below or beside."""

    def __init__(self, canvas: Canvas, han: Ink, latin: Ink, value: Ink, *, beside: bool):
        self.canvas, self.han, self.latin, self.value, self.beside = (
            canvas,
            han,
            latin,
            value,
            beside,
        )

    def row(self, y: float, h: float, cells: list[tuple[str, str, str]]) -> None:
        canvas, x, width = self.canvas, 16.0, 178.0 / len(cells)
        for han, english, text in cells:
            tag = 34.0
            canvas.box(x, y, tag, h, 0.2)
            canvas.box(x + tag, y, width - tag, h, 0.2)
            if self.beside:
                end = canvas.write(x + 1, y + h / 2 - 1.6, han, 3.0, self.han)
                size = min(
                    1.9, (tag - (end - x) - 1) / max(canvas.measure(english, 1.0, self.latin), 1)
                )
                canvas.write(end + 0.6, y + h / 2 - 0.9, english, size, self.latin)
            else:
                canvas.centre(x + tag / 2, y + h / 2 - 3.9, han, 3.4, self.han)
                canvas.centre(x + tag / 2, y + h / 2 + 0.8, english, 2.2, self.latin)
            lines = canvas.wrap(text, width - tag - 3, 3.6, self.value)
            top = y + (h - len(lines) * 4.6) / 2
            for line in lines:
                canvas.write(x + tag + 1.5, top, line, 3.6, self.value)
                top += 4.6
            x += width


def draw(
    person: Person,
    kit: Kit,
    who: Foreigner | None = None,
    number: str | None = None,
    *,
    here: Place | None = None,
    sealed: bool = True,
    arrived: date | None = None,
) -> list[Drawn]:
    """The form, with the police station's seal."""
    rng = kit.rng
    who = who or make_foreigner(rng)
    here = here or person.place
    number = number or f"{rng.choice('BCKLNPX')}{rng.randrange(9_000_000, 9_999_999)}"
    address = make_address(rng, here)
    arrived = arrived or some_day(rng, 2025, 2026)
    leaving = add_years(arrived, 1)
    until = add_years(some_day(rng, 2020, 2025), 10)
    host = (make_name(rng, rng.choice("男女"), 0), make_mobile(rng))
    rows = _rows(who, number, until, address, host, (arrived, leaving))
    canvas = kit.canvas(210, 297)
    canvas.centre(105, 16, "境外人员住宿登记表", 6.6, kit.ink("song", bold=0.1), 0.8)
    canvas.centre(
        105,
        25.5,
        rng.choice(
            (
                "REGISTRATION FORM OF TEMPORARY RESIDENCE",
                "Registration Form of Temporary Residence for Visitors",
            )
        ),
        3.2,
        kit.ink("latin"),
    )
    grid = _Grid(
        canvas,
        kit.ink(rng.choice(("song", "hei"))),
        kit.ink("latin"),
        kit.ink(rng.choice(("fang", "hei", "kai"))),
        beside=rng.random() < 0.35,
    )
    y, h = 36.0, rng.uniform(12, 15)
    for cells in rows:
        if rng.random() < 0.25 and len(cells) == 2:
            for cell in cells:
                grid.row(y, h, [cell])
                y += h
        else:
            grid.row(y, h, cells)
            y += h
    station = f"{here.county}公安局{make_village(rng)}派出所"
    day = min(arrived + timedelta(days=1), TODAY - timedelta(days=1))
    y += 6
    canvas.write(16, y, "申报人签名 Signature：", 3.4, grid.han)
    signed = rng.random() < 0.7
    if signed:
        signature(canvas, 56, y - 3, who.given.title(), 6, kit.ink("hand"))
    y += 12
    canvas.write(16, y, rng.choice(("登记单位：", "受理单位（盖章）：")), 3.6, grid.han)
    canvas.write(52, y, station, 3.6, grid.value)
    canvas.write(130, y + 10, "登记日期：" + dotted(day), 3.6, grid.han)
    if sealed:
        seal(
            canvas,
            145,
            y + 4,
            40,
            station,
            kit.ink("song"),
            line=rng.choice(("境外人员管理专用章", "户口专用章", "")),
            strength=rng.uniform(0.55, 0.85),
        )
    watermark(canvas, 184, 14, 6, kit.ink("hei"), 0.3)
    fields = {
        "surname": who.surname,
        "given_name": who.given,
        **registered(who, number, address, (arrived, leaving, day), station),
    }
    marks = {"seal": "yes" if sealed else "no", "signature": "yes" if signed else "no"}
    if sealed:
        marks["seal_text"] = station
    return [Drawn("form", canvas.pixels(), fields, marks=marks)]


def registered(
    who: Foreigner, number: str, address: str, days: tuple[date, date, date], station: str
) -> dict[str, str]:
    """What every registration says, however it is laid out. ``days``: of arrival, of departure
    and of issue."""
    arrived, leaving, day = days
    return {
        "name": f"{who.surname} {who.given}",
        "chinese_name": who.chinese,
        "sex": who.sex,
        "birth_date": who.birth.isoformat(),
        "nationality": who.nation,
        "certificate_number": number,
        "address": address,
        "arrival_date": arrived.isoformat(),
        "departure_date": leaving.isoformat(),
        "issuing_authority": station,
        "issue_date": day.isoformat(),
    }
