"""调档函, and papers by which somebody left a public employer (domain.md 2.11)."""

from __future__ import annotations

from datetime import date, timedelta

from samples.draw import Drawn, Kit
from samples.layouts.dates import add_years, han, some_day
from samples.layouts.letter import Letter, Signing, letter_number
from samples.persons import TODAY, Person, make_mobile, make_name


def draw_transfer_letter(
    person: Person, kit: Kit, *, sealed: bool = True, day: date | None = None
) -> list[Drawn]:
    """调档函: a body that may keep personnel archives asks for this person's."""
    rng = kit.rng
    place = person.place
    issuer = rng.choice(
        (
            f"{place.county}人才交流服务中心",
            f"{place.prefecture}人力资源和社会保障局",
            f"{place.county}就业和人才服务中心",
            f"{place.prefecture}公共就业和人才服务中心",
        )
    )
    day = day or TODAY - timedelta(days=rng.randrange(2, 50))
    holder = rng.choice(("柳江机械制造有限责任公司", "青榕师范学院学生工作处", "锦林矿务局人事处"))
    letter = Letter(kit, red_head=issuer if rng.random() < 0.5 else "")
    letter.title(rng.choice(("调档函", "调 档 函", "人事档案调档函", "商调函")))
    number = letter_number(rng, rng.choice(("人才调", "桂人调档", "调函字")), day.year)
    letter.right(number)
    fields = {
        "name": person.name,
        "id_number": person.id_number,
        "letter_number": number,
        "addressee": holder,
        "issuing_authority": issuer,
        "issue_date": day.isoformat(),
    }
    letter.line(f"{holder}：")
    if rng.random() < 0.6:
        letter.paragraph(
            f"兹有{person.name}（{person.sex}，身份证号码：{person.id_number}）因"
            f"{rng.choice(('个人申请', '灵活就业', '户籍迁回'))}，"
            "经研究同意接收其人事档案。请将该同志的人事档案密封后，通过机要或派专人转至我单位，"
            "勿交本人自带。"
        )
        fields["sex"] = person.sex
    else:
        letter.paragraph("因工作需要，请将下列人员的人事档案转来我单位：")
        letter.pair("姓名：", person.name)
        letter.pair("性别：", person.sex)
        letter.pair("公民身份号码：", person.id_number)
        letter.pair("调档事由：", rng.choice(("自由职业", "灵活就业", "档案托管")))
        fields["sex"] = person.sex
    letter.paragraph(
        f"接收单位：{issuer}　地址：{place.county}新康路8号　"
        f"邮政编码：5{rng.randrange(30000, 47999)}"
    )
    letter.paragraph(f"联系人：{make_name(rng, '女', 0)}　联系电话：{make_mobile(rng)}")
    if rng.random() < 0.6:
        days = rng.choice((30, 60, 90))
        if rng.random() < 0.5:
            until = day + timedelta(days=days)
            letter.paragraph(f"本函有效期至{han(until)}。")
            fields["valid_to"] = until.isoformat()
        else:
            letter.paragraph(f"（本函自开具之日起{days}日内有效）")
            fields["validity_days"] = str(days)
    letter.gap(14)
    letter.close(issuer, day, sealed=sealed, line="" if rng.random() < 0.7 else "档案业务专用章")
    if rng.random() < 0.35:
        letter.gap(10)
        letter.canvas.line(letter.left, letter.y, 210 - letter.left, letter.y, 0.2)
        letter.gap(6)
        letter.line("回　执")
        letter.paragraph(
            "你单位要求调转的　　　　　同志的人事档案已于　　年　　月　　日转出，请查收。"
        )
    return [letter.finish("letter", fields)]


def draw_separation(
    person: Person,
    kit: Kit,
    kind: str | None = None,
    *,
    sealed: bool = True,
    unit: str = "",
) -> list[Drawn]:
    """An approval, reply, notice or certificate that somebody left an employer."""
    rng = kit.rng
    kind = kind or rng.choice(("approval", "notice", "certificate", "table"))
    unit = unit or person.place.county + rng.choice(
        ("教育局", "农业农村局", "第二人民医院", "自来水公司", "糖业集团有限公司", "市场监督管理局")
    )
    started = add_years(person.birth, 22)
    ended = min(some_day(rng, max(started.year + 1, 2019), 2026), TODAY - timedelta(days=5))
    day = min(ended + timedelta(days=rng.randrange(0, 12)), TODAY - timedelta(days=1))
    job = rng.choice(("教师", "会计", "技术员", "科员", "护士"))
    fields = {
        "name": person.name,
        "id_number": person.id_number,
        "employer": unit,
        "end_date": ended.isoformat(),
        "issue_date": day.isoformat(),
        "issuing_authority": unit,
    }
    years = max(ended.year - started.year, 1)
    if kind == "approval":
        letter = Letter(kit, red_head=f"{unit}文件")
        number = letter_number(rng, "人字", day.year)
        letter.right(number)
        letter.title(
            rng.choice(
                (f"关于同意{person.name}同志辞职的批复", f"关于{person.name}同志辞去公职的批复")
            )
        )
        letter.line(f"{unit}人事股：")
        letter.paragraph(
            f"你股《关于{person.name}同志申请辞职的请示》收悉。经研究，同意{person.name}同志"
            f"（{person.sex}，公民身份号码{person.id_number}）辞去现任{job}职务，"
            f"自{han(ended)}起解除人事关系。"
        )
        letter.paragraph("此复。")
        fields["letter_number"] = number
    elif kind == "notice":
        letter = Letter(kit)
        letter.title(rng.choice(("解除聘用合同通知书", "终止聘用合同通知书", "辞退通知书")))
        letter.line(f"{person.name}：")
        letter.paragraph(
            f"你（身份证号：{person.id_number}）与我单位签订的聘用合同，现根据有关规定，"
            f"自{han(ended)}起{rng.choice(('解除', '终止'))}。"
            "请于接到本通知之日起三十日内办理人事档案转移手续。"
        )
    elif kind == "certificate":
        letter = Letter(kit)
        letter.title(
            rng.choice(("解除（终止）劳动合同证明书", "解除劳动合同证明", "终止劳动合同证明"))
        )
        letter.paragraph(
            f"本单位与{person.name}（{person.sex}，身份证号码{person.id_number}）"
            f"于{han(started)}签订的"
            f"劳动合同，因{rng.choice(('合同期满', '双方协商一致', '本人辞职'))}，"
            f"于{han(ended)}{rng.choice(('解除', '终止'))}。"
            f"该同志在本单位的工作岗位为{job}，工作年限为{years}年。"
        )
        letter.paragraph("特此证明。")
    else:
        letter = Letter(kit)
        letter.title("解除（终止）劳动（聘用）合同证明")
        letter.pair("单位名称：", unit)
        letter.pair("职工姓名：", person.name)
        letter.pair("公民身份号码：", person.id_number)
        letter.pair("合同期限：", f"{han(started)}至{han(ended)}")
        letter.pair("工作岗位：", job)
        letter.pair("本单位工作年限：", f"{years}年")
        letter.pair("解除或终止日期：", han(ended))
        letter.pair("解除或终止原因：", rng.choice(("劳动合同期满", "个人原因辞职")))
        letter.gap(6)
        letter.sign(Signing("职工签名：", person.name if rng.random() < 0.8 else ""))
    letter.gap(16)
    letter.close(unit, day, sealed=sealed)
    return [letter.finish("letter", fields, kind)]
