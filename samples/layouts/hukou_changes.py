"""登记事项变更和更正记载 and 住址变动登记: the pages of changes of a 居民户口簿."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from random import Random

from samples.draw import Canvas, Drawn
from samples.layouts.dates import printed, some_day
from samples.layouts.hukou_book import HEIGHT, WIDTH, Book, draw_row
from samples.layouts.hukou_member import EDUCATION, JOBS, WORKS
from samples.ornament import chop, watermark
from samples.persons import Person, make_name, make_number, make_person

_CHANGED = {
    "服务处所": "employer",
    "文化程度": "education",
    "婚姻状况": "marital_status",
    "姓名": "name",
    "职业": "occupation",
    "公民身份号码": "id_number",
    "民族": "ethnicity",
    "兵役状况": "military_service",
}


def _changed_value(item: str, person: Person, rng: Random) -> str:
    if item == "姓名":
        return person.name
    if item == "公民身份号码":
        return make_number(rng, person.place.code, person.birth, person.sex)
    options = {
        "服务处所": [v for v in WORKS if v],
        "文化程度": [v for v in EDUCATION if v],
        "婚姻状况": ["已婚", "离婚", "再婚", "丧偶"],
        "职业": [v for v in JOBS if v],
        "民族": ["壮族", "瑶族", "侗族"],
        "兵役状况": ["退出现役", "服预备役"],
    }
    return rng.choice(options[item])


def draw_changes(
    person: Person, book: Book, rows: list[tuple[str, str, date]] | None = None
) -> Drawn:
    """登记事项变更和更正记载: item, what it became, date, clerk. The last row of an item wins."""
    rng = book.kit.rng
    canvas = book.page()
    if rows is None:
        rows = []
        day = some_day(rng, 2003, 2010)
        for _ in range(rng.randrange(1, 6)):
            item = rng.choice(list(_CHANGED))
            rows.append((item, _changed_value(item, person, rng), day))
            day = date(
                min(day.year + rng.randrange(1, 4), 2026),
                rng.randrange(1, 11),
                rng.randrange(1, 29),
            )
    title = rng.choice(
        ("登记事项变更和更正记载", "登记事项变更和更正记载", "登记事项变更、更正记载")
    )
    canvas.centre(WIDTH / 2, 6, title, 4.8, book.label, 0.9)
    heads = (
        "项目",
        rng.choice(("变更、更正后的内容", "变更更正后内容")),
        rng.choice(("变更、更正日期", "变更更正日期", "变更日期")),
        "承办人签章",
    )
    fields: dict[str, str] = {}
    table = []
    body = [(item, text, printed(day, rng)) for item, text, day in rows]
    _table(canvas, book, heads, (0.18, 0.4, 0.22, 0.2), body)
    for item, text, day in rows:
        fields[_CHANGED[item]] = text
        table.append({"item": item, "content": text, "date": day.isoformat()})
    watermark(canvas, WIDTH * 0.8, HEIGHT - 5, 4.2, book.kit.ink("hei"), 0.32)
    return Drawn(
        "changes",
        canvas.pixels(),
        fields,
        tables={"changes": table},
        notes={"by_hand": book.by_hand},
    )


def draw_address_changes(
    person: Person, book: Book, moves: list[tuple[str, date]] | None = None
) -> Drawn:
    """住址变动登记: the last row is the present address."""
    rng = book.kit.rng
    canvas = book.page()
    if moves is None:
        moves = []
        for _ in range(rng.randrange(1, 4)):
            other = make_person(rng, where=person.place, ethnicity="汉")
            moves.append(
                (other.address, some_day(rng, 2004 + 6 * len(moves), 2009 + 6 * len(moves)))
            )
    canvas.centre(WIDTH / 2, 6, "住址变动登记", 4.8, book.label, 1.6)
    heads = (rng.choice(("变动后的住址", "变动后住址")), "变动日期", "承办人签章")
    body = [(address, printed(day, rng)) for address, day in moves]
    _table(canvas, book, heads, (0.58, 0.22, 0.2), body)
    table = [{"address": address, "date": day.isoformat()} for address, day in moves]
    watermark(canvas, WIDTH * 0.8, HEIGHT - 5, 4.2, book.kit.ink("hei"), 0.32)
    return Drawn(
        "address_changes",
        canvas.pixels(),
        {"address": moves[-1][0]},
        tables={"address_changes": table},
        notes={"by_hand": book.by_hand},
    )


def _table(
    canvas: Canvas,
    book: Book,
    heads: tuple[str, ...],
    shares: tuple[float, ...],
    body: Sequence[tuple[str, ...]],
) -> None:
    rng = book.kit.rng
    x, y, w, h = 7.5, 15.0, 128.0, rng.uniform(9.2, 10.4)
    draw_row(canvas, book, x, y, w, 8, [(s, t, None) for s, t in zip(shares, heads, strict=True)])
    y += 8
    for index in range(7):
        values = (*body[index], "") if index < len(body) else ("",) * len(shares)
        draw_row(
            canvas, book, x, y, w, h, [(s, "", v) for s, v in zip(shares, values, strict=True)]
        )
        if index < len(body):
            at = x + w * (1 - shares[-1]) + 3
            name = make_name(rng, rng.choice("男女"), 0)
            if rng.random() < 0.5:
                chop(canvas, at, y + 2, name, 3.2, book.kit.ink("song"))
            else:
                canvas.write(at, y + 2, name, 4, book.kit.ink("hand", (30, 40, 110), "hand"))
        y += h
