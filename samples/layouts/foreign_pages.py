"""Pages that are none of the guide's papers: bills, novels, statements, forms of other offices.

A reader must call each of them unknown, however many familiar words it holds.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from samples.draw import Drawn, Kit
from samples.layouts.dates import han, printed, some_day
from samples.layouts.letter import Letter
from samples.ornament import seal, watermark
from samples.persons import TODAY, Person, make_mobile, make_name, make_village, people

_NOVEL = (
    "天还没亮透，码头上的雾就漫到了街口。老人把竹篮放在石阶上，听见河对岸有人喊了一声，又没了动静。",
    "她把那封信折了又折，最后塞进灶膛里。火苗舔上来的时候，她忽然觉得，那些年等过的渡船，其实一次也没有来过。",
    "镇上的人都说，榕树下的那口井通着江底。每逢涨水，井里便有鱼，孩子们拿着竹筛守在井边，一守就是半天。",
    "掌柜拨着算盘，头也不抬地问：“住几天？”来人不答，只把湿透的斗笠挂在门后，水顺着墙根流成一条细线。",
    "那一年的稻子收得晚，学堂也开得晚。先生在黑板上写了一个“归”字，问谁认得，满屋子的孩子都不作声。",
)
_DISHES = (
    "老友粉",
    "柠檬鸭",
    "螺蛳粉",
    "白切鸡",
    "酸笋炒肉",
    "啤酒鱼",
    "五色糯米饭",
    "桂花糕",
    "罗汉果茶",
    "清炒苋菜",
)


def _restaurant(person: Person, kit: Kit) -> Drawn:
    rng = kit.rng
    canvas = kit.canvas(76, 180)
    ink = kit.ink("song", mode="dot")
    canvas.centre(38, 8, rng.choice(("桂竹小馆", "江畔人家酒楼", "望州老友粉店")), 5, ink)
    y = 18.0
    for text in (
        f"单号：{rng.randrange(10**9, 10**10)}",
        f"台号：{rng.randrange(1, 40)}　人数：{rng.randrange(1, 9)}",
        f"时间：{printed(some_day(rng, 2025, 2026), rng)} 12:{rng.randrange(10, 59)}",
    ):
        canvas.write(5, y, text, 3.3, ink)
        y += 5.4
    canvas.line(5, y, 71, y, 0.2)
    total = 0
    for dish in rng.sample(_DISHES, rng.randrange(4, 8)):
        price = rng.randrange(8, 98)
        count = rng.randrange(1, 4)
        total += price * count
        y += 5.6
        canvas.write(5, y, dish, 3.3, ink)
        canvas.write(42, y, f"{count}", 3.3, ink)
        canvas.write(55, y, f"{price * count}.00", 3.3, ink)
    y += 8
    canvas.write(5, y, f"合计：￥{total}.00", 4, ink)
    canvas.write(5, y + 8, f"电话：0771-5{rng.randrange(100000, 999999)}", 3.2, ink)
    canvas.centre(38, y + 16, "谢谢惠顾 欢迎下次光临", 3.3, ink)
    watermark(canvas, 60, 172, 4, kit.ink("hei"), 0.35)
    return Drawn("page", canvas.pixels(), notes={"layout": "restaurant_bill"})


def _novel(person: Person, kit: Kit) -> Drawn:
    rng = kit.rng
    letter = Letter(kit)
    letter.canvas.centre(105, 16, rng.choice(("渡口", "榕树井", "归")), 3.6, letter.body)
    letter.y = 30
    while letter.y < 250:
        letter.paragraph(rng.choice(_NOVEL))
    letter.canvas.centre(105, 280, str(rng.randrange(12, 300)), 3.6, letter.body)
    return letter.finish("page", {}, "novel")


def _statement(person: Person, kit: Kit) -> Drawn:
    rng = kit.rng
    canvas = kit.canvas(210, 297)
    text = kit.ink("song")
    canvas.centre(
        105,
        16,
        rng.choice(("个人账户交易明细", "银行卡客户交易查询单", "活期账户对账单")),
        6,
        kit.ink("hei"),
    )
    canvas.write(
        16,
        30,
        f"户名：{person.name}　账号：6299 99** **** {rng.randrange(1000, 9999)}　币种：人民币",
        3.4,
        text,
    )
    canvas.write(
        16,
        37,
        f"证件号码：{person.id_number[:6]}********{person.id_number[-4:]}　打印日期：{han(TODAY)}",
        3.4,
        text,
    )
    heads = ("交易日期", "摘要", "交易金额", "账户余额", "对方户名")
    y, wide = 46.0, (30, 34, 34, 34, 46)
    balance = rng.randrange(900, 90000)
    for index in range(rng.randrange(14, 26)):
        amount = rng.randrange(-900, 1200)
        balance = max(balance + amount, 10)
        values = (
            heads
            if index == 0
            else (
                printed(some_day(rng, 2025, 2026), rng),
                rng.choice(("消费", "转账", "代发工资", "社保缴费", "取现")),
                f"{amount}.{rng.randrange(100):02d}",
                f"{balance}.{rng.randrange(100):02d}",
                make_name(rng, "女", 0),
            )
        )
        x = 16.0
        for value, w in zip(values, wide, strict=True):
            canvas.box(x, y, w, 8, 0.15)
            canvas.write(x + 1.5, y + 2.2, value, 3.1, text)
            x += w
        y += 8
    seal(
        canvas,
        160,
        min(y + 4, 262),
        36,
        "桂竹商业银行股份有限公司",
        kit.ink("song"),
        line="业务专用章",
    )
    watermark(canvas, 186, 12, 6, kit.ink("hei"), 0.3)
    return Drawn("page", canvas.pixels(), notes={"layout": "bank_statement"})


def _invoice(person: Person, kit: Kit) -> Drawn:
    rng = kit.rng
    canvas = kit.canvas(210, 140)
    rule = (150, 70, 50)
    label, text = kit.ink("song", rule), kit.ink("fang")
    canvas.centre(
        105,
        8,
        rng.choice(("电子发票（普通发票）", "广西增值税普通发票", "通用机打发票")),
        6.5,
        kit.ink("kai", rule),
    )
    canvas.write(145, 20, f"发票号码：{rng.randrange(10**19, 10**20)}", 3, text)
    canvas.write(145, 26, f"开票日期：{han(some_day(rng, 2025, 2026), padded=True)}", 3, text)
    canvas.box(10, 34, 190, 82, 0.3, rule)
    for y in (56, 90, 102):
        canvas.line(10, y, 200, y, 0.2, rule)
    canvas.write(12, 37, "购买方　名称：", 3.2, label)
    canvas.write(40, 37, rng.choice((person.name, "青榕养殖合作社", "锦林物流有限公司")), 3.3, text)
    canvas.write(12, 44, "统一社会信用代码/纳税人识别号：", 3.2, label)
    for x, head in (
        (12, "项目名称"),
        (70, "规格型号"),
        (100, "单位"),
        (115, "数量"),
        (135, "单价"),
        (158, "金额"),
        (182, "税率"),
    ):
        canvas.write(x, 58, head, 3, label)
    total = 0
    for i in range(rng.randrange(1, 4)):
        price, count = rng.randrange(9, 500), rng.randrange(1, 20)
        total += price * count
        for x, value in (
            (
                12,
                rng.choice(("*农产品*砂糖橘", "*餐饮服务*餐费", "*建筑材料*水泥", "*纸制品*A4纸")),
            ),
            (100, "件"),
            (115, str(count)),
            (135, f"{price}.00"),
            (158, f"{price * count}.00"),
            (182, "免税"),
        ):
            canvas.write(x, 66 + i * 7, value, 3.2, text)
    canvas.write(12, 94, f"价税合计（小写）￥{total}.00", 3.6, text)
    canvas.write(12, 106, "销售方　名称：南山水泥制品厂", 3.2, text)
    canvas.write(
        12,
        121,
        "　".join(f"{role}：{make_name(rng, '女', 0)}" for role in ("收款人", "复核", "开票人")),
        3.2,
        text,
    )
    seal(
        canvas,
        165,
        110,
        38,
        "南山水泥制品厂",
        kit.ink("song"),
        line="发票专用章",
        oval=True,
        star=False,
    )
    watermark(canvas, 28, 13, 5, kit.ink("hei"), 0.3)
    return Drawn("page", canvas.pixels(), notes={"layout": "invoice"})


def _other_form(person: Person, kit: Kit) -> Drawn:
    rng = kit.rng
    canvas = kit.canvas(210, 297)
    label, text = kit.ink("song"), kit.ink(rng.choice(("fang", "kai")))
    title, rows = rng.choice(
        (
            (
                "不动产登记申请书",
                (
                    "申请人",
                    "证件种类",
                    "证件号码",
                    "联系电话",
                    "坐落",
                    "不动产单元号",
                    "面积",
                    "登记原因",
                ),
            ),
            (
                "机动车驾驶证申请表",
                (
                    "姓名",
                    "性别",
                    "出生日期",
                    "国籍",
                    "身份证明号码",
                    "住所",
                    "联系电话",
                    "申请准驾车型",
                ),
            ),
            (
                "新生入学登记表",
                (
                    "学生姓名",
                    "性别",
                    "民族",
                    "出生日期",
                    "户籍地址",
                    "家长姓名",
                    "联系电话",
                    "毕业学校",
                ),
            ),
            (
                "医院门诊病历",
                ("姓名", "性别", "年龄", "就诊科室", "主诉", "现病史", "诊断", "处理意见"),
            ),
            (
                "宽带业务受理单",
                (
                    "客户名称",
                    "证件号码",
                    "装机地址",
                    "联系电话",
                    "套餐名称",
                    "受理日期",
                    "受理人",
                    "备注",
                ),
            ),
        )
    )
    canvas.centre(105, 20, title, 7, kit.ink("song", bold=0.1), 0.8)
    values = {
        "姓名": person.name,
        "申请人": person.name,
        "客户名称": person.name,
        "学生姓名": person.name,
        "性别": person.sex,
        "民族": person.ethnicity,
        "出生日期": printed(person.birth, rng),
        "证件号码": person.id_number,
        "身份证明号码": person.id_number,
        "联系电话": make_mobile(rng),
        "住所": person.address,
        "户籍地址": person.address,
        "坐落": person.address,
        "装机地址": person.address,
        "国籍": "中国",
        "证件种类": "身份证",
        "家长姓名": make_name(rng, "男", 0),
        "受理日期": han(TODAY),
    }
    y = 38.0
    for row in rows:
        canvas.box(20, y, 40, 14, 0.2)
        canvas.box(60, y, 130, 14, 0.2)
        canvas.centre(40, y + 5, row, 3.8, label)
        canvas.paragraph(62, y + 4.5, 126, values.get(row, ""), 3.8, text)
        y += 14
    canvas.write(100, y + 12, "申请人签字：" + person.name, 4, text)
    watermark(canvas, 186, 12, 6, kit.ink("hei"), 0.3)
    return Drawn("page", canvas.pixels(), notes={"layout": "other_form"})


def _notice(person: Person, kit: Kit) -> Drawn:
    rng = kit.rng
    letter = Letter(kit)
    letter.title(
        rng.choice(("停水通知", "关于召开村民小组会议的通知", "招 租 启 事", "遗 失 声 明"))
    )
    village = make_village(rng)
    road = rng.choice(people()["village"]["road"])
    letter.paragraph(
        f"因供水管网检修，定于{han(TODAY + timedelta(days=3))}八时至二十时，"
        f"{village}社区及{road}路一带暂停供水，请提前储水，不便之处敬请谅解。"
    )
    letter.paragraph(f"如有疑问，请致电{make_mobile(rng)}，联系人{make_name(rng, '男', 0)}。")
    letter.gap(14)
    letter.close(f"{person.place.county}自来水公司", TODAY)
    return letter.finish("page", {}, "notice")


def _exam(person: Person, kit: Kit) -> Drawn:
    rng = kit.rng
    letter = Letter(kit)
    letter.title("七年级数学期中测试卷")
    letter.pair("学校：", "凤鸣镇中心学校")
    letter.pair("姓名：", person.name, hand=True)
    for i in range(1, 9):
        a, b = rng.randrange(2, 60), rng.randrange(2, 60)
        letter.line(f"{i}．计算：{a}×{b}－{a + b}＝")
        letter.gap(12)
    return letter.finish("page", {}, "exam")


def _minority(person: Person, kit: Kit) -> Drawn:
    rng = kit.rng
    canvas = kit.canvas(148, 210)
    ink = kit.ink("latin")
    words = (
        "Bouxboux",
        "ma",
        "daengz",
        "lajmbwn",
        "couh",
        "miz",
        "cwyouz",
        "caeuq",
        "cinhyenz",
        "genzli",
        "bingzdaengj",
        "gyoengqde",
        "miz",
        "lijsing",
        "liengzsim",
        "wngdang",
        "daih",
        "beixnuengx",
        "ityiengh",
    )
    y = 16.0
    canvas.centre(74, y, "Gvangjsih Bouxcuengh", 5, ink)
    y += 14
    while y < 190:
        canvas.paragraph(14, y, 120, " ".join(rng.choice(words) for _ in range(9)) + ".", 3.8, ink)
        y += 9
    watermark(canvas, 128, 12, 5, kit.ink("hei"), 0.3)
    return Drawn("page", canvas.pixels(), notes={"layout": "zhuang_page"})


_PAGES: tuple[Callable[[Person, Kit], Drawn], ...] = (
    _restaurant,
    _novel,
    _statement,
    _invoice,
    _other_form,
    _notice,
    _exam,
    _minority,
    _other_form,
)


def draw(person: Person, kit: Kit) -> list[Drawn]:
    """One page that nobody asked for."""
    return [kit.rng.choice(_PAGES)(person, kit)]
