"""常住人口登记卡: the 22 facts of one member of a household (domain.md 2.3)."""

from __future__ import annotations

from datetime import date
from random import Random

from samples.draw import Drawn
from samples.layouts.dates import han, printed, some_day
from samples.layouts.hukou_book import (
    HEIGHT,
    WIDTH,
    Book,
    Household,
    draw_clerk,
    draw_row,
    seal_ink,
)
from samples.ornament import seal, watermark
from samples.persons import Person, make_name, places

EDUCATION = (
    "研究生教育",
    "大学本科",
    "大学专科",
    "中等专科",
    "职业高中",
    "技工学校",
    "普通高级中学",
    "高中",
    "初级中学",
    "初中",
    "小学",
    "文盲",
    "",
)
WORKS = (
    "南山水泥制品厂",
    "凤鸣镇中心小学",
    "桂竹建材经营部",
    "青榕养殖合作社",
    "锦林物流有限公司",
    "",
    "",
    "无",
    "粮农",
    "在家务农",
)
JOBS = (
    "农民",
    "粮农",
    "个体户",
    "教师",
    "驾驶员",
    "无业",
    "商业服务业人员",
    "学生",
    "",
    "",
    "木工",
)


def _place_text(rng: Random) -> str:
    where = rng.choice(places())
    style = rng.random()
    if style < 0.4:
        return f"广西{where.county}"
    if style < 0.7:
        return f"广西壮族自治区{where.county}"
    return f"广西{where.prefecture}{where.county}"


def _moved(rng: Random, birth: date) -> str:
    draw = rng.random()
    if draw < 0.3:
        return "久居"
    if draw < 0.45:
        return ""
    if draw < 0.55:
        return "出生"
    day = some_day(rng, max(birth.year, 1986), 2025)
    source = _place_text(rng)
    return rng.choice(
        (
            f"{han(day)}由{source}迁来",
            f"{han(day, padded=True)}因婚迁由{source}迁来",
            f"{day:%Y-%m-%d} {source}",
            f"{day.year}年{day.month}月从{source}迁入",
        )
    )


def member_values(person: Person, home: Household, rng: Random, relation: str) -> dict[str, str]:
    """All facts of a member, canonical; those left blank are empty."""
    man = person.sex == "男"
    suffix = "" if "·" in person.name and rng.random() < 0.5 else "族"
    adult = (date(2026, 11, 23) - person.birth).days > 21 * 366
    values = {
        "name": person.name,
        "relation_to_head": relation,
        "former_name": make_name(rng, person.sex, 0) if rng.random() < 0.15 else "",
        "sex": person.sex,
        "birth_place": _place_text(rng),
        "ethnicity": person.ethnicity + suffix,
        "native_place": _place_text(rng),
        "birth_date": person.birth.isoformat(),
        "other_address_in_city": "",
        "religion": rng.choice(("", "", "无", "无宗教信仰", "佛教")),
        "id_number": person.id_number,
        "height": rng.choice(
            (
                "",
                f"{rng.randrange(148, 186)}",
                f"{rng.randrange(148, 186)}厘米",
                f"{rng.randrange(148, 186)}cm",
            )
        ),
        "blood_type": rng.choice(("", "A", "O", "B型", "AB型", "O型", "不明", "A型")),
        "education": rng.choice(EDUCATION),
        "marital_status": rng.choice(("已婚", "初婚", "有配偶", "离婚", "丧偶", "再婚", "未婚"))
        if adult
        else "未婚",
        "military_service": rng.choice(("", "未服兵役", "退出现役", "服预备役"))
        if man
        else rng.choice(("", "未服兵役")),
        "employer": rng.choice(WORKS),
        "occupation": rng.choice(JOBS),
        "move_in_from_city": _moved(rng, person.birth),
        "move_in_to_address": _moved(rng, person.birth),
        "registration_date": max(home.issued, some_day(rng, 1998, 2026)).isoformat(),
    }
    return values


_MEMBER_LAYOUTS = (
    # (left label share, left value share, right label share); rows differ by layout
    (0.155, 0.375, 0.165),
    (0.14, 0.42, 0.15),
    (0.175, 0.345, 0.17),
)


def draw_member(
    person: Person,
    home: Household,
    book: Book,
    relation: str = "户主",
    values: dict[str, str] | None = None,
) -> Drawn:
    """常住人口登记卡. ``values`` replaces single facts (a former name, an address …)."""
    rng, kit = book.kit.rng, book.kit
    canvas = book.page()
    facts = member_values(person, home, rng, relation) | (values or {})
    number_label = rng.choice(
        ("公民身份\n证件编号", "公民身份\n号码", "公民身份号码", "公民身份\n证编号")
    )
    open_, close = rng.choice((("（", "）"), ("(", ")")))
    city = f"市{open_}县{close}"
    day = date.fromisoformat(facts["birth_date"])
    birth_text = rng.choice((han(day), han(day, padded=True), f"{day:%Y-%m-%d}", f"{day:%Y%m%d}"))
    ll, lv, rl = rng.choice(_MEMBER_LAYOUTS)
    rv = 1 - ll - lv - rl
    x, w, top = 7.5, 128.0, rng.uniform(14.5, 17)
    canvas.centre(
        WIDTH / 2 if rng.random() < 0.6 else WIDTH * 0.42,
        top - 9.2,
        "常住人口登记卡",
        5.2,
        book.label,
        1.1,
    )
    if rng.random() < 0.5:
        canvas.write(
            x + w - 34, top - 5.6, rng.choice(("户号", "编号")) + " " + home.number, 2.9, book.label
        )
    pairs = [
        (("姓名", "name"), ("户主或与\n户主关系", "relation_to_head")),
        (("曾用名", "former_name"), ("性别", "sex")),
        (("出生地", "birth_place"), ("民族", "ethnicity")),
        (("籍贯", "native_place"), ("出生日期", "birth_date")),
        ((f"本{city}\n其他住址", "other_address_in_city"), ("宗教信仰", "religion")),
    ]
    h = (HEIGHT - top - 15.5) / 10
    y = top
    shown = facts | {"birth_date": birth_text}
    for (left, lkey), (right, rkey) in pairs:
        draw_row(
            canvas,
            book,
            x,
            y,
            w,
            h,
            [(ll, left, None), (lv, "", shown[lkey]), (rl, right, None), (rv, "", shown[rkey])],
        )
        y += h
    third = (1 - ll - lv) / 4
    draw_row(
        canvas,
        book,
        x,
        y,
        w,
        h,
        [
            (ll, number_label, None),
            (lv, "", facts["id_number"]),
            (third * 0.85, "身高", None),
            (third * 1.3, "", facts["height"]),
            (third * 0.85, "血型", None),
            (third, "", facts["blood_type"]),
        ],
    )
    y += h
    draw_row(
        canvas,
        book,
        x,
        y,
        w,
        h,
        [
            (ll, "文化程度", None),
            (lv * 0.62, "", facts["education"]),
            (0.13, "婚姻\n状况" if rng.random() < 0.4 else "婚姻状况", None),
            (0.12, "", facts["marital_status"]),
            (0.13, "兵役状况", None),
            (1 - ll - lv * 0.62 - 0.38, "", facts["military_service"]),
        ],
    )
    y += h
    draw_row(
        canvas,
        book,
        x,
        y,
        w,
        h,
        [
            (ll, "服务处所", None),
            (lv, "", facts["employer"]),
            (rl, "职业", None),
            (rv, "", facts["occupation"]),
        ],
    )
    y += h
    for label, key in (
        (f"何时由何地\n迁来本{city}", "move_in_from_city"),
        ("何时由何地\n迁来本址", "move_in_to_address"),
    ):
        draw_row(
            canvas, book, x, y, w, h, [(ll + 0.03, label, None), (1 - ll - 0.03, "", facts[key])]
        )
        y += h
    draw_clerk(canvas, book, x + 2, y + 3.4)
    registered = date.fromisoformat(facts["registration_date"])
    colon = rng.choice(("", "：", ":"))
    end = canvas.write(x + w * 0.55, y + 3.4, f"登记日期{colon}", 3.2, book.label)
    if rng.random() < 0.5:
        book.cell(canvas, end, y + 1.4, 40, 7, printed(registered, rng))
    else:
        for value, unit in (
            (f"{registered.year}", "年"),
            (f"{registered.month}", "月"),
            (f"{registered.day}", "日"),
        ):
            canvas.write(end + 2 + book.dx, y + 3.4 + book.dy, value, 3.3, book.value)
            end = canvas.write(end + 11.5, y + 3.4, unit, 3.2, book.label)
    where = (x + w * rng.uniform(0.6, 0.85), y - rng.uniform(2, 26))
    seal(
        canvas,
        *where,
        29,
        home.station,
        seal_ink(book),
        line="户口登记专用章" if rng.random() < 0.6 else "户口专用章",
        strength=rng.uniform(0.45, 0.85),
    )
    watermark(canvas, WIDTH / 2, HEIGHT - 4, 4.2, kit.ink("hei"), 0.3)
    return Drawn(
        "member",
        canvas.pixels(),
        facts,
        marks={"seal": "yes", "seal_text": home.station},
        notes={"by_hand": book.by_hand},
    )
