"""Proofs for the special groups of the resident pension, of changed identity, and the proxy's
undertaking (domain.md 1.8, 2.11)."""

from __future__ import annotations

from datetime import date, timedelta

from samples.draw import Drawn, Kit
from samples.layouts.dates import han, some_day
from samples.layouts.letter import Letter, Signing, letter_number
from samples.persons import (
    TODAY,
    Person,
    make_name,
    make_number,
    make_person,
    make_village,
)

_CIVIL = {
    "urban_low_income": ("城市最低生活保障", "城市低保"),
    "rural_low_income": ("农村最低生活保障", "农村低保"),
    "extreme_poverty": ("特困人员救助供养", "特困供养"),
}


def draw_civil_affairs(
    person: Person,
    kit: Kit,
    kind: str | None = None,
    *,
    sealed: bool = True,
    day: date | None = None,
) -> list[Drawn]:
    """低保 or 特困 proof by the county's civil affairs bureau."""
    rng = kit.rng
    kind = kind or rng.choice(list(_CIVIL))
    words = _CIVIL[kind]
    issuer = f"{person.place.county}民政局"
    day = day or TODAY - timedelta(days=rng.randrange(1, 300))
    since = some_day(rng, 2017, 2025)
    category = words[0] if rng.random() < 0.5 else words[1]
    letter = Letter(kit)
    extra = ""
    if kind == "extreme_poverty":
        extra = rng.choice(("分散供养", "集中供养"))
        letter.title(rng.choice(("特困人员证明", "特困人员救助供养证明", "证　明")))
    else:
        letter.title(rng.choice(("低保证明", "最低生活保障证明", "低保家庭证明", "证　明")))
    members = rng.randrange(1, 5)
    fields = {
        "name": person.name,
        "id_number": person.id_number,
        "category": category,
        "start_date": f"{since:%Y-%m}",
        "issue_date": day.isoformat(),
        "issuing_authority": issuer,
    }
    begun = f"{since.year}年{since.month}月"
    if rng.random() < 0.6:
        subject = (
            f"兹证明{person.name}，{person.sex}，{person.ethnicity}族，身份证号码{person.id_number}，"
            f"家住{person.address}，"
        )
        more = f"（{extra}）" if extra else ""
        letter.paragraph(
            f"{subject}自{begun}起享受{category}待遇{more}，家庭保障人口{members}人，现仍在保。"
        )
        letter.paragraph("特此证明。")
    else:
        letter.pair("姓　　名：", person.name)
        letter.pair("身份证号：", person.id_number)
        letter.pair("保障类别：", category + (f"（{extra}）" if extra else ""))
        letter.pair("保障人口：", f"{members}人")
        letter.pair("起始时间：", begun)
        letter.pair("家庭住址：", person.address)
        letter.paragraph("以上情况属实，特此证明。")
    letter.gap(16)
    letter.close(issuer, day, sealed=sealed, line="" if rng.random() < 0.6 else "社会救助专用章")
    return [letter.finish("letter", fields, kind)]


_GROUPS = {
    "SG4": ("村干部", "{place}镇人民政府", "自{begun}起任{village}村民委员会{post}，系在职村干部"),
    "SG6": (
        "民办教师",
        "{county}教育局",
        "于{begun}至{ended}在{village}小学任民办教师，教龄{years}年",
    ),
    "SG7": ("代课人员", "{county}教育局", "于{begun}至{ended}在{village}小学代课，系代课人员"),
    "SG8": ("返贫致贫人员", "{county}农业农村局", "经核查，属我县防返贫监测系统中的返贫致贫人员"),
}


def draw_group(
    person: Person, kit: Kit, group: str | None = None, *, sealed: bool = True
) -> list[Drawn]:
    """A village official's, community teacher's, substitute's or returned-poverty proof."""
    rng = kit.rng
    group = group or rng.choice(list(_GROUPS))
    word, issuer, text = _GROUPS[group]
    village = make_village(rng)
    issuer = issuer.format(
        place=person.place.county + make_village(rng), county=person.place.county
    )
    first = max(person.birth.year + 20, 1978)
    begun = some_day(rng, first, min(first + 6, 2024))
    years = rng.randrange(2, 9)
    ended = min(begun.year + years, 2026)
    day = TODAY - timedelta(days=rng.randrange(1, 200))
    letter = Letter(kit)
    letter.title(rng.choice((f"{word}证明", f"{word}身份证明", "证　明")))
    told = text.format(
        begun=f"{begun.year}年{begun.month}月",
        ended=f"{ended}年{begun.month}月",
        village=village,
        post=rng.choice(("主任", "副主任", "委员")),
        years=ended - begun.year,
    )
    letter.paragraph(
        f"兹证明{person.name}同志（{person.sex}，身份证号码：{person.id_number}），{told}。"
    )
    letter.paragraph(rng.choice(("特此证明。", "情况属实，特此证明。")))
    letter.gap(16)
    if rng.random() < 0.3:
        letter.sign(Signing("经办人：", make_name(rng, "男", 0)))
    letter.close(issuer, day, sealed=sealed)
    fields = {
        "name": person.name,
        "id_number": person.id_number,
        "group": word,
        "issuing_authority": issuer,
        "issue_date": day.isoformat(),
    }
    return [letter.finish("letter", fields, group)]


def draw_police_change(
    person: Person,
    kit: Kit,
    changes: list[tuple[str, str, str]] | None = None,
    *,
    sealed: bool = True,
) -> list[Drawn]:
    """A police station's proof of an identity before and after: (item, old, new) each."""
    rng = kit.rng
    names = {
        "name": "姓名",
        "id_number": "公民身份号码",
        "birth_date": "出生日期",
        "ethnicity": "民族",
    }
    if changes is None:
        item = rng.choice(("name", "name", "id_number", "ethnicity"))
        before = {
            "name": make_name(rng, person.sex, 0),
            "id_number": make_number(rng, person.place.code, person.birth, person.sex),
            "ethnicity": "汉" if person.ethnicity != "汉" else "壮",
        }
        after = {
            "name": person.name,
            "id_number": person.id_number,
            "ethnicity": person.ethnicity,
        }
        changes = [(item, before[item], after[item])]
    issuer = f"{person.place.county}公安局{make_village(rng)}派出所"
    day = TODAY - timedelta(days=rng.randrange(1, 120))
    changed = day - timedelta(days=rng.randrange(5, 900))
    reason = rng.choice(("申报错误更正", "本人申请", "更正民族成份", "重号更正"))
    letter = Letter(kit)
    letter.title(
        rng.choice(("户口登记项目变更证明", "户籍变更证明", "公民身份信息变更证明", "证　明"))
    )
    if rng.random() < 0.5:
        letter.right(letter_number(rng, "户证字", day.year))
    whole = "；".join(f"{names[i]}由“{old}”变更为“{new}”" for i, old, new in changes)
    fields = {
        "name": person.name,
        "id_number": person.id_number,
        "issuing_authority": issuer,
        "issue_date": day.isoformat(),
    }
    tabular = rng.random() < 0.5
    if tabular:
        letter.pair("姓名：", person.name)
        letter.pair("公民身份号码：", person.id_number)
        for i, old, new in changes:
            letter.pair("变更项目：", names[i])
            letter.pair("变更前：", old)
            letter.pair("变更后：", new)
        letter.pair("变更日期：", han(changed))
        letter.pair("变更原因：", reason)
    else:
        letter.paragraph(
            f"兹证明我辖区居民{person.name}（公民身份号码：{person.id_number}，住址：{person.address}），"
            f"因{reason}，于{han(changed)}经公安机关批准，将{whole}。变更前后系同一人。"
        )
    letter.paragraph("特此证明。")
    for i, old, new in changes:
        fields[f"old_{i}"], fields[f"new_{i}"] = old, new
    letter.gap(16)
    letter.close(issuer, day, sealed=sealed, line=rng.choice(("户口专用章", "", "户籍专用章")))
    return [letter.finish("letter", fields, "table" if tabular else "text")]


def draw_undertaking(
    person: Person,
    kit: Kit,
    proxy: Person | None = None,
    *,
    signed: bool = True,
    day: date | None = None,
) -> list[Drawn]:
    """个人代办承诺书: whoever hands the papers in for another promises and signs."""
    rng = kit.rng
    proxy = proxy or make_person(rng, rarity=0.1)
    day = day or TODAY - timedelta(days=rng.randrange(0, 20))
    hand = rng.random() < 0.35
    letter = Letter(kit)
    letter.title(rng.choice(("个人代办承诺书", "代办承诺书", "委托代办承诺书")))
    matters = rng.choice(("灵活就业参保“一件事”", "灵活就业人员参保登记", "社会保险参保登记"))
    relation = rng.choice(("夫妻", "父女", "兄弟", "朋友", "母子"))
    if hand or rng.random() < 0.6:
        letter.pair("代办人姓名：", proxy.name, hand=hand)
        letter.pair("代办人身份证号：", proxy.id_number, hand=hand)
        letter.pair("联系电话：", proxy.mobile, hand=hand)
        letter.pair("申请人姓名：", person.name, hand=hand)
        letter.pair("申请人身份证号：", person.id_number, hand=hand)
        letter.pair("与申请人关系：", relation, hand=hand)
        letter.pair("代办事项：", matters, hand=hand)
        letter.paragraph(
            "本人受申请人委托办理上述事项，承诺所提交的材料真实有效，如有虚假，愿承担相应的法律责任。"
        )
    else:
        letter.paragraph(
            f"本人{proxy.name}（身份证号码：{proxy.id_number}，联系电话：{proxy.mobile}），"
            f"受{person.name}（身份证号码：{person.id_number}）委托，代其办理{matters}事项。"
        )
        letter.paragraph(
            "本人承诺：所提交的申请材料真实、完整、有效，由此产生的一切法律责任由本人承担。"
        )
    letter.gap(14)
    letter.sign(
        Signing(
            rng.choice(("代办人签名：", "代办人（签字）：", "承诺人：")),
            proxy.name if signed else "",
        )
    )
    letter.canvas.write(letter.left + 80, letter.y, "日期：" + han(day), letter.size, letter.body)
    fields = {
        "proxy_name": proxy.name,
        "proxy_id_number": proxy.id_number,
        "proxy_phone": proxy.mobile,
        "applicant_name": person.name,
        "applicant_id_number": person.id_number,
        "issue_date": day.isoformat(),
    }
    drawn = letter.finish("letter", fields, "hand" if hand else "typed")
    drawn.notes["by_hand"] = hand
    return [drawn]
