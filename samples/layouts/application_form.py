"""灵活就业参保“一件事”申请表, as different offices would lay it out (domain.md 1.4, 2.11).

The guide shows no form, so three offices have made their own: labels, order, wording, boxes and
ways of filling differ. What is asked for is an ``application.json`` (contract.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from samples.draw import Canvas, Drawn, Kit
from samples.layouts.dates import han, printed
from samples.layouts.ticks import Mark, Ticks
from samples.ornament import signature, watermark
from samples.persons import TODAY, Person, make_address, place

MATTERS = {
    "M1": ("流动人员人事档案接收和转递",),
    "M2": ("城乡居民基本养老保险参保登记", "城乡居民养老保险参保登记"),
    "M3": ("灵活就业人员养老保险登记", "灵活就业人员养老保险登记（职工参保登记）"),
    "M4": ("社会保障卡（含电子社保卡）申领",),
    "M5": ("城乡居民基本医疗保险参保登记", "城乡居民基本医疗保险参保登记（城乡居民参保登记）"),
    "M6": ("城乡居民基本医疗保险参保信息变更登记", "城乡居民基本医疗保险参保信息变更登记"),
    "M7": (
        "灵活就业人员医疗保险参保登记",
        "灵活就业人员医疗保险参保登记（灵活就业人员医疗保险申报）",
    ),
    "M8": ("灵活就业人员医疗保险参保信息变更登记",),
    "M9": ("灵活就业人员社会保险费申报",),
}
GROUPS = {
    "SG1": "重度残疾人（一、二级）",
    "SG2": "城乡特困救助供养对象",
    "SG3": "城镇或农村低保对象",
    "SG4": "村干部",
    "SG5": "低保残疾人",
    "SG6": "民办教师",
    "SG7": "代课人员",
    "SG8": "返贫致贫人员",
}
_CHOICES: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "flex_type": (
        ("sole_proprietor", ("无雇工的个体工商户",)),
        (
            "part_time",
            ("未在用人单位参加社会保险的非全日制从业人员", "未在用人单位参保的非全日制从业人员"),
        ),
        ("other", ("其他灵活就业人员",)),
    ),
    "employment": (
        ("unemployed", ("未就业",)),
        ("flexible", ("灵活就业",)),
        ("employed", ("在用人单位就业", "单位就业")),
        ("public_institution", ("国家机关、事业单位工作人员", "机关事业单位工作人员")),
    ),
    "insured_pension": (
        ("none", ("未参保", "未参加")),
        ("resident", ("城乡居民养老保险", "城乡居民基本养老保险")),
        ("employee", ("企业职工养老保险", "职工养老保险")),
    ),
    "insured_medical": (
        ("none", ("未参保", "未参加")),
        ("resident", ("城乡居民医疗保险", "城乡居民基本医疗保险")),
        ("employee", ("职工医疗保险", "职工基本医疗保险")),
    ),
    "delivery": (
        ("online", ("线上反馈", "线上反馈办理结果")),
        ("mail", ("线下邮寄送达", "邮寄送达")),
        ("pickup", ("到窗口领取", "通知窗口领取", "窗口统一领取")),
    ),
}
ITEMS = {
    "name": "姓名",
    "id_number": "公民身份号码",
    "birth_date": "出生日期",
    "ethnicity": "民族",
    "sex": "性别",
    "office_phone": "办公电话",
    "mobile": "移动电话",
    "postcode": "邮政编码",
    "address": "常住地详细地址",
    "other": "其他",
}
_DIRECTION = (("in", "接收（转入）"), ("out", "转递（转出）"))
_HOLDER = (
    ("state_unit", "机关、国有企事业单位"),
    ("talent_centre", "公共人才服务机构"),
    ("school", "学校"),
    ("other", "其他"),
)


def make_request(person: Person, rng: Random) -> dict[str, Any]:
    """What this person might ask for: facts that go together, as application.json says them."""
    matters = rng.choice(
        (
            ["M3", "M7", "M9"],
            ["M2", "M5"],
            ["M2", "M4", "M5"],
            ["M3", "M5"],
            ["M8"],
            ["M6"],
            ["M1", "M3"],
            ["M7"],
            ["M1"],
            ["M3", "M4", "M7", "M9"],
        )
    )
    request: dict[str, Any] = {
        "channel": "window",
        "accepted_on": TODAY.isoformat(),
        "matters": matters,
        "name": person.name,
        "id_number": person.id_number,
        "mobile": person.mobile,
        "postcode": f"5{rng.randrange(3, 5)}{rng.randrange(1, 8)}{rng.randrange(100, 900)}",
        "flex_type": rng.choice(("sole_proprietor", "part_time", "other")),
        "employment": "unemployed" if {"M2", "M5"} & set(matters) else "flexible",
        "is_student": False,
        "insured_pension": "none",
        "insured_medical": "none",
        "card_applied_before": False,
        "enrol_division": person.place.code,
        "delivery": rng.choice(("online", "mail", "pickup")),
    }
    if "M2" in matters and rng.random() < 0.4:
        request["special_groups"] = rng.sample(list(GROUPS), rng.randrange(1, 3))
    if matters in (["M6"], ["M8"]):
        request["insured_medical"] = "resident" if matters == ["M6"] else "employee"
        request["changes"] = [
            {"item": "mobile", "old": "1380000" + person.mobile[7:], "new": person.mobile}
        ]
    if "M1" in matters:
        request["archive"] = {
            "direction": rng.choice(("in", "out")),
            "holder": rng.choice(("state_unit", "talent_centre", "school")),
        }
    return request


class _Sheet:
    """An A4 form: rows of boxed labels and contents."""

    def __init__(self, kit: Kit, filled_by_hand: bool):
        rng = kit.rng
        self.kit, self.rng = kit, rng
        self.canvas: Canvas = kit.canvas(210, 297)
        role = rng.choice(("song", "hei", "fang"))
        self.label = kit.ink("hei" if role == "fang" else "song")
        self.text = kit.ink("fang" if role == "fang" else "song")
        self.value = (
            kit.ink("hand", rng.choice(((20, 28, 92), (24, 24, 28))), "hand")
            if filled_by_hand
            else kit.ink(rng.choice(("kai", "hei")), (22, 22, 24))
        )
        mark: Mark = (
            rng.choice(("tick", "cross", "fill"))
            if filled_by_hand
            else rng.choice(("typed", "tick", "fill"))
        )
        self.ticks = Ticks(
            self.canvas, self.text, mark, round_=rng.random() < 0.2, after=rng.random() < 0.2
        )
        self.x, self.w = 18.0, 174.0
        self.y = 0.0
        self.size = 3.5

    def pairs(self, cells: list[tuple[str, str, float]], h: float = 8.4) -> None:
        """One row of label and value pairs; the share is that of both together."""
        x = self.x
        for label, value, share in cells:
            wide = self.w * share
            tag = min(max(self.canvas.measure(label, 3.3, self.label) + 4, 20), wide * 0.6)
            self.canvas.box(x, self.y, tag, h, 0.2)
            self.canvas.box(x + tag, self.y, wide - tag, h, 0.2)
            self.canvas.centre(x + tag / 2, self.y + h / 2 - 1.8, label, 3.3, self.label)
            if value:
                size = self.size
                room = wide - tag - 2.4
                while self.canvas.measure(value, size, self.value) > room and size > 2.4:
                    size -= 0.15
                self.canvas.write(
                    x + tag + 1.4, self.y + h / 2 - size * 0.55, value, size, self.value
                )
            x += wide
        self.y += h

    def ticked(
        self, label: str, groups: list[tuple[str, list[tuple[str, bool]]]], tag: float = 30
    ) -> None:
        """A row whose content is choices, each group after its question."""
        x, room = self.x + tag + 1.8, self.w - tag - 3.6
        heights = []
        for question, choices in groups:
            lead = self.canvas.measure(question, 3.3, self.text) + 1.5 if question else 0
            heights.append(self.ticks.options(x + lead, 0, room - lead, choices, measure_only=True))
        total = max(sum(heights) + 2.6, 8.4)
        self.canvas.box(self.x, self.y, tag, total, 0.2)
        self.canvas.box(self.x + tag, self.y, self.w - tag, total, 0.2)
        lines = self.canvas.wrap(label, tag - 3, 3.3, self.label)
        for i, line in enumerate(lines):
            top = self.y + (total - len(lines) * 4.4) / 2 + i * 4.4
            self.canvas.centre(self.x + tag / 2, top, line, 3.3, self.label)
        y = self.y + 1.8
        for (question, choices), high in zip(groups, heights, strict=True):
            lead = 0.0
            if question:
                lead = self.canvas.write(x, y, question, 3.3, self.text) - x + 1.5
            self.ticks.options(x + lead, y, room - lead, choices)
            y += high
        self.y += total

    def heading(self, text: str) -> None:
        """A row across the table."""
        self.canvas.box(self.x, self.y, self.w, 7, 0.2, fill=(238, 238, 238))
        self.canvas.write(self.x + 2, self.y + 1.7, text, 3.5, self.label)
        self.y += 7


def choices_of(key: str, request: Mapping[str, Any], rng: Random) -> list[tuple[str, bool]]:
    """The choices of a group as some office words them, and which is chosen."""
    return [(rng.choice(words), request.get(key) == code) for code, words in _CHOICES[key]]


def _matters(
    request: Mapping[str, Any], codes: tuple[str, ...], rng: Random, numbered: bool
) -> list[tuple[str, bool]]:
    wanted = request.get("matters", [])
    rows = []
    for code in codes:
        name = rng.choice(MATTERS[code])
        rows.append((f"{code[1]}．{name}" if numbered else name, code in wanted))
    return rows


def draw_form(
    person: Person,
    kit: Kit,
    request: Mapping[str, Any] | None = None,
    *,
    signed: bool = True,
    by_hand: bool | None = None,
) -> Drawn:
    """The form of one of three offices, filled in for this request."""
    rng = kit.rng
    request = request if request is not None else make_request(person, rng)
    by_hand = rng.random() < 0.4 if by_hand is None else by_hand
    layout = rng.choice(("office_a", "office_b", "office_c"))
    sheet = _Sheet(kit, by_hand)
    canvas = sheet.canvas
    title = rng.choice(
        (
            "灵活就业参保“一件事”申请表",
            "广西灵活就业参保“一件事”申请表",
            "灵活就业参保“一件事”联办申请表",
        )
    )
    canvas.centre(105, rng.uniform(11, 16), title, 6, kit.ink("song", bold=0.08), 0.3)
    sheet.y = 27.0
    if rng.random() < 0.5:
        canvas.write(sheet.x, 22.4, "受理编号：", 3.1, sheet.text)
    ethnicity = (
        f"{person.ethnicity}族" if person.ethnicity and rng.random() < 0.6 else person.ethnicity
    )
    enrol = place(request["enrol_division"]) if request.get("enrol_division") else person.place
    enrol_text = rng.choice(("广西壮族自治区", "广西")) + enrol.prefecture + enrol.county
    current = person.address if rng.random() < 0.7 else make_address(rng, enrol)
    birth = printed(person.birth, rng)
    name, number = (
        str(request.get("name", person.name)),
        str(request.get("id_number", person.id_number)),
    )
    mobile, postcode = str(request.get("mobile", "")), str(request.get("postcode", ""))
    proxy = request.get("proxy") or {}
    number_label = rng.choice(("证件号码", "公民身份号码", "身份证件号码"))
    phone_label = rng.choice(("移动电话", "手机号码", "联系电话"))
    post_label = rng.choice(("邮政编码", "邮编"))

    def person_rows() -> None:
        if layout == "office_b":
            sheet.pairs([("申请人姓名", name, 0.5), (number_label, number, 0.5)])
            sheet.pairs(
                [("性别", person.sex, 0.25), ("民族", ethnicity, 0.3), ("出生日期", birth, 0.45)]
            )
        else:
            sheet.pairs(
                [("姓名", name, 0.4), ("性别", person.sex, 0.25), ("民族", ethnicity, 0.35)]
            )
            sheet.pairs([("出生日期", birth, 0.4), (number_label, number, 0.6)])
        sheet.pairs([(phone_label, mobile, 0.55), (post_label, postcode, 0.45)])
        sheet.pairs([(rng.choice(("户籍地址", "户籍所在地")), person.address, 1)])
        sheet.pairs([(rng.choice(("常住地址", "居住地址", "现居住地址")), current, 1)])
        sheet.pairs([(rng.choice(("参保地", "参保所在地")), enrol_text, 1)])

    def status_rows() -> None:
        sheet.ticked(
            rng.choice(("灵活就业类型", "人员类别")), [("", choices_of("flex_type", request, rng))]
        )
        student = [
            ("是", request.get("is_student") is True),
            ("否", request.get("is_student") is False),
        ]
        card = [
            ("是", request.get("card_applied_before") is True),
            ("否", request.get("card_applied_before") is False),
        ]
        sheet.ticked(
            "就业状况", [("", choices_of("employment", request, rng)), ("是否在校学生：", student)]
        )
        sheet.ticked(
            rng.choice(("参保情况", "现参保情况")),
            [
                ("养老保险：", choices_of("insured_pension", request, rng)),
                ("医疗保险：", choices_of("insured_medical", request, rng)),
                (rng.choice(("是否申领过社会保障卡：", "曾申领社会保障卡：")), card),
            ],
        )

    def matter_rows() -> None:
        numbered = rng.random() < 0.6
        if layout == "office_a":
            sheet.ticked(
                "申请办理事项（可多选）", [("", _matters(request, tuple(MATTERS), rng, numbered))]
            )
        else:
            sheet.heading(rng.choice(("申请事项（在相应方框内打“√”）", "申办事项")))
            for label, codes in (
                ("人力资源社会保障部门", ("M1", "M2", "M3", "M4")),
                ("医保部门", ("M5", "M6", "M7", "M8")),
                ("税务部门", ("M9",)),
            ):
                sheet.ticked(label, [("", _matters(request, codes, rng, numbered))])

    if layout == "office_c":
        matter_rows()
        person_rows()
        status_rows()
    else:
        person_rows()
        status_rows()
        matter_rows()
    groups = request.get("special_groups", [])
    sheet.ticked(
        "特殊参保对象", [("", [(words, code in groups) for code, words in GROUPS.items()])]
    )
    changes = request.get("changes") or [{}]
    for change in changes:
        item = ITEMS.get(change.get("item", ""), "")
        sheet.pairs(
            [
                ("变更项目", item, 0.3),
                ("变更前", change.get("old", ""), 0.35),
                ("变更后", change.get("new", ""), 0.35),
            ]
        )
    archive = request.get("archive") or {}
    sheet.ticked(
        "人事档案",
        [
            (
                "办理方式：",
                [(words, archive.get("direction") == code) for code, words in _DIRECTION],
            ),
            ("现存放单位：", [(words, archive.get("holder") == code) for code, words in _HOLDER]),
        ],
    )
    sheet.pairs(
        [
            ("代办人姓名", str(proxy.get("name", "")), 0.4),
            ("代办人证件号码", str(proxy.get("id_number", "")), 0.6),
        ]
    )
    sheet.ticked(
        rng.choice(("结果送达方式", "领取方式")), [("", choices_of("delivery", request, rng))]
    )
    high = 27.0
    canvas.box(sheet.x, sheet.y, sheet.w, high, 0.2)
    canvas.paragraph(
        sheet.x + 3,
        sheet.y + 2,
        sheet.w - 6,
        rng.choice(
            (
                "　　本人承诺填报内容和提交的材料真实、完整，同意有关部门核验本人信息，"
                "如有不实愿承担相应责任。",
                "　　承诺：本人已知晓办理要求，所填内容属实，提供虚假材料的，"
                "自愿承担由此产生的法律责任。",
            )
        ),
        3.3,
        sheet.text,
    )
    signed_at = (sheet.x + rng.uniform(70, 88), sheet.y + 15.5)
    end = canvas.write(
        *signed_at,
        rng.choice(("申请人签名：", "申请人（签字）：", "申请人签名:")),
        3.5,
        sheet.label,
    )
    signer = str(proxy.get("name") or name)
    if signed:
        signature(
            canvas,
            end + 2,
            signed_at[1] - 3.5,
            signer,
            rng.uniform(6.5, 8.5),
            kit.ink("hand"),
            scribble=rng.random() < 0.5,
        )
        canvas.write(sheet.x + 138, sheet.y + 21, han(TODAY), 3.4, sheet.value)
    else:
        canvas.write(sheet.x + 138, sheet.y + 21, "年　　月　　日", 3.4, sheet.text)
    watermark(canvas, 188, 12, 5.5, kit.ink("hei"), 0.3)
    fields = {
        "name": name,
        "sex": person.sex,
        "ethnicity": person.ethnicity,
        "birth_date": person.birth.isoformat(),
        "id_number": number,
        "mobile": mobile,
        "postcode": postcode,
        "address": person.address,
        "current_address": current,
    }
    return Drawn(
        "form",
        canvas.pixels(),
        {k: v for k, v in fields.items() if v or k != "ethnicity"},
        marks={"signature": "yes" if signed else "no"},
        notes={"layout": layout, "by_hand": by_hand, "mark": sheet.ticks.mark},
        request={
            k: v for k, v in request.items() if k not in ("channel", "verified", "accepted_on")
        },
    )


def draw(person: Person, kit: Kit) -> list[Drawn]:
    """One page; in a few of ten nobody has signed."""
    return [draw_form(person, kit, signed=kit.rng.random() < 0.8)]
