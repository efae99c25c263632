"""The second-generation 残疾人证: the inner spread of the booklet (domain.md 2.4)."""

from __future__ import annotations

from datetime import date

from samples.draw import Canvas, Colour, Drawn, Ink, Kit
from samples.layouts.dates import dotted, han, printed
from samples.layouts.disability import Certificate, certificate_fields, make_certificate
from samples.ornament import guilloche, portrait, seal, tint, watermark
from samples.persons import Person, make_mobile


class _Form:
    """Label and value pairs on underlined or boxed rows."""

    def __init__(self, canvas: Canvas, label: Ink, value: Ink, rule: Colour, boxed: bool):
        self.canvas, self.label, self.value = canvas, label, value
        self.rule, self.boxed = rule, boxed

    def row(
        self,
        x: float,
        y: float,
        w: float,
        label: str,
        text: str,
        *,
        tag: float = 17.0,
        h: float = 8.0,
    ) -> float:
        """One pair. Returns the y of the next row."""
        canvas, size = self.canvas, 3.4
        lines = canvas.wrap(text, w - tag - 1.6, size, self.value) or [""]
        high = max(h, (len(lines)) * 5.4 + 1.6) if len(lines) > 1 else h
        if self.boxed:
            canvas.box(x, y, tag, high, 0.2, self.rule)
            canvas.box(x + tag, y, w - tag, high, 0.2, self.rule)
            canvas.spread(x + 1.2, y + high / 2 - 1.7, tag - 2.4, label, 2.8, self.label)
        else:
            canvas.spread(x, y + h - 5, tag - 2.2, label, 3.0, self.label)
        at = y + (high - len(lines) * 5.4) / 2 + 1.1 if self.boxed else y + h - 5.1
        for line in lines:
            canvas.write(x + tag + 0.8, at, line, size, self.value)
            if not self.boxed:
                canvas.line(x + tag, at + 4.2, x + w, at + 4.2, 0.15, self.rule)
            at += 5.4
        return y + high


def draw_booklet(person: Person, cert: Certificate, kit: Kit) -> Drawn:
    """The inner spread of the second-generation booklet: two pages side by side or stacked."""
    rng = kit.rng
    stacked = rng.random() < 0.25
    pw, ph = (105.0, 80.0) if stacked else (80.0, 118.0)
    canvas = kit.canvas(pw if stacked else pw * 2, ph * 2 if stacked else ph)
    stock: Colour = rng.choice(((242, 248, 240), (250, 240, 236), (248, 246, 236)))
    tint(canvas, (stock, (250, 250, 246), (248, 250, 246), stock))
    rule: Colour = rng.choice(((50, 110, 84), (140, 60, 56), (80, 96, 84)))
    guilloche(canvas, rule, 0.14, rng.choice(("mesh", "waves")))
    if stacked:
        canvas.line(0, ph, pw, ph, 0.5, (190, 190, 184))
    else:
        canvas.line(pw, 0, pw, ph, 0.5, (190, 190, 184))
    mode = rng.choice(("print", "print", "dot", "hand"))
    value = (
        kit.ink("hand", (24, 28, 70), "hand")
        if mode == "hand"
        else kit.ink(
            rng.choice(("song", "hei", "fang")), (30, 30, 34), "dot" if mode == "dot" else "print"
        )
    )
    form = _Form(
        canvas, kit.ink(rng.choice(("hei", "song", "kai")), rule), value, rule, rng.random() < 0.4
    )
    fields = certificate_fields(person, cert)
    photo_right = rng.random() < 0.4 or stacked
    number_label = rng.choice(("证号", "残疾人证号", "残疾证号", "证件号码"))
    padded = rng.random() < 0.5

    def day(which: date) -> str:
        return han(which, padded=True) if padded else printed(which, rng)

    # first page: portrait and certificate
    left, room = 7.0, pw - 14.0
    photo = (pw - 36 if photo_right else (pw - 27) / 2, 8.0, 27.0, 34.0)
    if photo_right:
        room_top = pw - 36 - left - 3
        y = form.row(left, 14, room_top, "姓名", person.name, tag=17)
        if stacked:
            y = form.row(
                left,
                y + 3,
                room_top,
                rng.choice(("发证日期", "签发日期")),
                day(cert.issued),
                tag=19,
            )
            y = form.row(
                left,
                y + 3,
                room_top,
                rng.choice(("有效期至", "有效期限至")),
                day(cert.until),
                tag=19,
            )
            form.row(left, 56, room, number_label, cert.number, tag=22)
        else:
            y = form.row(
                left, 52, room, number_label, cert.number, tag=22 if len(number_label) > 2 else 14
            )
            y = form.row(
                left, y + 3, room, rng.choice(("发证日期", "签发日期")), day(cert.issued), tag=19
            )
            form.row(
                left, y + 3, room, rng.choice(("有效期至", "有效期限至")), day(cert.until), tag=19
            )
    else:
        y = form.row(left, 54, room, "姓名", person.name, tag=17)
        y = form.row(
            left, y + 3, room, number_label, cert.number, tag=22 if len(number_label) > 2 else 14
        )
        y = form.row(
            left, y + 3, room, rng.choice(("发证日期", "签发日期")), day(cert.issued), tag=19
        )
        if rng.random() < 0.6:
            form.row(left, y + 3, room, "有效期至", day(cert.until), tag=19)
        else:
            form.row(
                left, y + 3, room, "有效期", f"{dotted(cert.issued)}-{dotted(cert.until)}", tag=19
            )
    portrait(
        canvas,
        *photo,
        person.sex,
        ground=rng.choice(((208, 60, 60), (236, 240, 244), (96, 150, 200))),
    )
    watermark(canvas, photo[0] + 13.5, photo[1] + 29.6, 5, kit.ink("hei"), 0.7)
    if rng.random() < 0.6:
        seal(
            canvas,
            photo[0] + rng.uniform(2, 8),
            photo[1] + 33,
            30,
            cert.authority,
            kit.ink("song"),
            strength=0.55,
        )

    # second page: the person
    dx, dy = (0.0, ph) if stacked else (pw, 0.0)
    x, y, w = dx + 7.0, dy + rng.uniform(7, 10), pw - 14.0
    repeat = rng.random() < 0.5
    if repeat:
        y = form.row(x, y, w, "姓名", person.name, tag=17)
    half = w / 2 - 1
    if rng.random() < 0.6:
        form.row(x, y, half, "性别", person.sex, tag=14)
        y = form.row(x + half + 2, y, half, "民族", person.ethnicity, tag=14)
    else:
        y = form.row(x, y, w, "性别", person.sex, tag=17)
        y = form.row(x, y, w, "民族", person.ethnicity + "族", tag=17)
        fields["ethnicity"] = person.ethnicity + "族"
    if rng.random() < 0.35:
        text = f"{person.birth.year}年{person.birth.month:02d}月"
        fields["birth_date"] = f"{person.birth:%Y-%m}"
        y = form.row(x, y, w, "出生年月", text, tag=19)
    else:
        y = form.row(x, y, w, rng.choice(("出生日期", "出生年月")), day(person.birth), tag=19)
    kind = cert.category + ("残疾" if rng.random() < 0.4 else "")
    if rng.random() < 0.5:
        form.row(x, y, half + 2, "残疾类别", kind, tag=18)
        y = form.row(x + half + 4, y, half - 2, "残疾等级", cert.grade, tag=18)
    else:
        y = form.row(x, y, w, "残疾类别", kind, tag=19)
        y = form.row(x, y, w, "残疾等级", cert.grade, tag=19)
    y = form.row(x, y, w, rng.choice(("住址", "家庭住址", "户籍住址")), person.address, tag=19)
    own = rng.random() < 0.4
    if own and not stacked:
        y = form.row(x, y, w, "联系电话", make_mobile(rng), tag=19)
    y = form.row(x, y, w, "监护人", cert.guardian, tag=19)
    y = form.row(
        x,
        y,
        w,
        "监护人电话" if own or rng.random() < 0.5 else "联系电话",
        cert.guardian_phone,
        tag=21,
    )
    if not stacked:
        y = form.row(
            x, y, w, rng.choice(("批准机关", "发证机关", "签发机关")), cert.authority, tag=19
        )
        canvas.write(x + w - 20, y + 3, "（盖章）", 3.2, form.label)
        seal(
            canvas,
            x + w - 22,
            min(y + 1, dy + ph - 17),
            rng.uniform(30, 36),
            cert.authority,
            kit.ink("song"),
            strength=rng.uniform(0.5, 0.85),
        )
    else:
        seal(canvas, x + w - 16, dy + ph - 19, 30, cert.authority, kit.ink("song"), strength=0.6)
        fields.pop("issuing_authority")
    if not stacked:
        watermark(canvas, dx + 20, dy + ph - 7, 5, kit.ink("hei"), 0.3)
    marks = {"seal": "yes", "seal_text": cert.authority}
    return Drawn(
        "spread",
        canvas.pixels(),
        fields,
        ("id_number",),
        marks=marks,
        notes={"by_hand": mode == "hand"},
    )


def draw(person: Person, kit: Kit) -> list[Drawn]:
    """One face: the spread."""
    return [draw_booklet(person, make_certificate(person, kit), kit)]
