"""The head page (首页) of a 居民户口簿: five facts, two seals, the date of issue."""

from __future__ import annotations

from samples.draw import Drawn
from samples.layouts.dates import printed
from samples.layouts.hukou_book import WIDTH, Book, Household, draw_clerk, seal_ink
from samples.ornament import seal, watermark


def draw_head(home: Household, book: Book) -> Drawn:
    """The 首页: 户别, 户主姓名, 户号, 住址, seals, 签发日期."""
    rng, kit = book.kit.rng, book.kit
    canvas = book.page()
    layout = rng.choice(("four", "wide", "stacked"))
    x, w, y = 9.0, 125.0, rng.uniform(14, 20)
    if rng.random() < 0.5:
        title = rng.choice(("居民户口簿", "户口簿首页", "户　口　簿"))
        canvas.centre(WIDTH / 2, y - 9.5, title, 5.2, book.label, 1.2)
    if rng.random() < 0.6:
        code = "".join(rng.choice("0123456789") for _ in range(13))
        canvas.write(x, y - 4.4, f"№ {code}", 2.6, kit.ink("latin", (150, 60, 50)))
    h = rng.uniform(11.5, 13.5)

    def row(cells: list[tuple[float, str, str | None]], height: float) -> None:
        nonlocal y
        at = x
        for share, label, value in cells:
            wide = w * share
            canvas.box(at, y, wide, height, 0.25, book.rule)
            if value is None:
                book.tag(canvas, at, y, wide, height, label)
            else:
                book.cell(canvas, at, y, wide, height, value, size=3.7)
            at += wide
        y += height

    kind, head, number, address = home.kind, home.head, home.number, home.address
    if layout == "four":
        row([(0.15, "户别", None), (0.33, "", kind), (0.17, "户主姓名", None), (0.35, "", head)], h)
        row(
            [(0.15, "户号", None), (0.33, "", number), (0.17, "住址", None), (0.35, "", address)], h
        )
    elif layout == "wide":
        row([(0.15, "户别", None), (0.35, "", kind), (0.16, "户主姓名", None), (0.34, "", head)], h)
        row([(0.15, "户号", None), (0.85, "", number)], h * 0.85)
        row([(0.15, "住址", None), (0.85, "", address)], h)
    else:
        row([(0.2, "户别", None), (0.8, "", kind)], h * 0.8)
        row(
            [(0.2, "户主姓名", None), (0.3, "", head), (0.14, "户号", None), (0.36, "", number)],
            h * 0.9,
        )
        row([(0.2, "住址", None), (0.8, "", address)], h * 1.1)
    sy, sh = y, 34.0
    if rng.random() < 0.6:
        canvas.box(x, y, w / 2, sh, 0.25, book.rule)
        canvas.box(x + w / 2, y, w / 2, sh, 0.25, book.rule)
    for at, name in ((x + w * 0.25, "省级公安机关"), (x + w * 0.75, "户口登记机关")):
        canvas.centre(at, sy + sh / 2 - 5, name, 3.4, book.label)
        canvas.centre(at, sy + sh / 2 + 0.5, "户口专用章", 3.4, book.label)
    seal(
        canvas,
        x + w * 0.25 + rng.uniform(-3, 3),
        sy + sh / 2,
        31,
        f"{home.province}公安厅",
        seal_ink(book),
        line="户口专用章",
    )
    seal(
        canvas,
        x + w * 0.75 + rng.uniform(-5, 5),
        sy + sh / 2 + rng.uniform(-2, 2),
        30,
        home.station,
        seal_ink(book),
        line="户口专用章",
    )
    foot = sy + sh + 4
    draw_clerk(canvas, book, x + 2, foot)
    d, at = home.issued, x + w * 0.56
    if rng.random() < 0.5:
        canvas.write(at, foot, "签发日期", 3.2, book.label)
        book.cell(canvas, at + 15, foot - 2, 42, 7, printed(d, rng))
    else:
        parts = ((f"{d.year}", "年"), (f"{d.month:02d}", "月"), (f"{d.day:02d}", "日签发"))
        for value, unit in parts:
            at = canvas.write(at + book.dx, foot + book.dy, value, 3.4, book.value) - book.dx + 1.4
            at = canvas.write(at, foot, unit, 3.2, book.label) + 2.2
    watermark(canvas, WIDTH / 2, 99, 4.4, kit.ink("hei"), 0.3)
    fields = {
        "household_type": kind,
        "head_name": head,
        "household_number": number,
        "address": address,
        "issue_date": d.isoformat(),
    }
    marks = {"seal": "yes", "seal_text": home.station}
    return Drawn(
        "head",
        canvas.pixels(),
        fields,
        marks=marks,
        notes={"layout": layout, "by_hand": book.by_hand},
    )
