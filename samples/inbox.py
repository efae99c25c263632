"""The sample inbox: whole applications that between them show every status and every paper.

Each function below is one case; its first lines say who applies for what. ``python -m
samples.make inbox OUT`` writes the folders into OUT and what is expected of them beside it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from samples.draw import Drawn
from samples.folder import Expectation, Folder
from samples.fonts import Shelf
from samples.layouts import disability_booklet, hmt_residence_permit, id_card, residence_permit
from samples.layouts.application_form import draw_form
from samples.layouts.disability import make_certificate
from samples.layouts.hukou_book import Book, make_household
from samples.layouts.hukou_changes import draw_changes
from samples.layouts.hukou_head import draw_head
from samples.layouts.hukou_member import draw_member
from samples.persons import (
    TODAY,
    Person,
    Place,
    make_address,
    make_hmt_person,
    make_number,
    make_person,
    place,
)

SEED = "inbox-1"
Case = Callable[[Folder], Expectation]


def resident(
    rng: Random,
    code: str,
    ages: tuple[int, int] = (24, 42),
    sex: str | None = None,
    ethnicity: str = "汉",
    surname: str | None = None,
) -> Person:
    """A resident of this county whose name and address hold no rare character."""
    person = make_person(
        rng,
        ages=ages,
        sex=sex,
        ethnicity=ethnicity,
        where=place(code),
        rarity=0,
        surname=surname or rng.choice("韦梁莫廖卢吴周李何蒋唐"),
    )
    return replace(person, address=_plain_address(rng, place(code)))


def _plain_address(rng: Random, where: Place) -> str:
    rare = set("埇榃岽崀塍坌砦墟渌枧麓埠陂")
    while True:
        address = make_address(rng, where)
        if not rare & set(address):
            return address


def request(person: Person, *matters: str, **facts: Any) -> dict[str, Any]:
    """What the clerk typed for this person."""
    prefix = {
        "4501": "530",
        "4502": "545",
        "4503": "541",
        "4504": "543",
        "4505": "536",
        "4506": "538",
        "4507": "535",
        "4508": "537",
        "4509": "537",
        "4510": "533",
        "4511": "542",
        "4512": "547",
        "4513": "546",
        "4514": "532",
    }
    unemployed = bool({"M2", "M5"} & set(matters))
    return {
        "channel": "window",
        "accepted_on": TODAY.isoformat(),
        "matters": list(matters),
        "name": person.name,
        "id_number": person.id_number,
        "mobile": person.mobile,
        "postcode": prefix.get(person.place.code[:4], "530") + "0" + person.id_number[14:16],
        "flex_type": "other",
        "employment": "unemployed" if unemployed else "flexible",
        "is_student": False,
        "insured_pension": "none",
        "insured_medical": "none",
        "card_applied_before": False,
        "enrol_division": person.place.code,
        "delivery": "pickup",
        **facts,
    }


def card(
    folder: Folder, person: Person, span: tuple[date, date | None] | None = None
) -> list[Drawn]:
    """Both sides of the identity card; in force unless ``span`` says otherwise."""
    kit = folder.kit()
    bilingual = folder.rng.random() < 0.4
    return [
        id_card.draw_portrait_side(person, kit, zhuang=bilingual),
        id_card.draw_emblem_side(person, kit, zhuang=bilingual, span=span or in_force(person)),
    ]


def in_force(person: Person) -> tuple[date, date | None]:
    """A span that fits the age at issue and has not run out."""
    age = TODAY.year - person.birth.year
    if age >= 50:
        return date(TODAY.year - 3, 5, 16), None
    issued = date(TODAY.year - 2, 4, 9)
    years = 5 if age - 3 < 16 else 10 if age - 2 < 26 else 20
    return issued, date(issued.year + years, 4, 9)


def booklet(
    folder: Folder, person: Person, values: dict[str, str] | None = None
) -> tuple[Drawn, Drawn, Book]:
    """Head page and own page of a computer-filled booklet, and the book for further pages."""
    book = Book(folder.kit())
    while book.by_hand:
        book = Book(folder.kit())
    home = replace(make_household(person, book.kit), issued=date(2016, 5, 12))
    return draw_head(home, book), draw_member(person, home, book, values=values), book


def form(folder: Folder, person: Person, asked: Mapping[str, Any], *, signed: bool = True) -> Drawn:
    """The typed application form."""
    return draw_form(person, folder.kit(), asked, signed=signed, by_hand=False)


def who(person: Person, **more: str) -> dict[str, str]:
    """The applicant's fields that a record of this person has."""
    return {
        "name": person.name,
        "sex": person.sex,
        "birth_date": person.birth.isoformat(),
        "ethnicity": person.ethnicity,
        "id_number": person.id_number,
        "id_type": "id_card",
        "category": "mainland",
        "household.division": person.place.code,
        **more,
    }


def employee_ready(folder: Folder) -> Expectation:
    """Employee track: both sides of the card on one grey copy, a typed form."""
    person = resident(folder.rng, "450722", sex="男")
    asked = request(person, "M3", "M7", "M9")
    folder.asks(asked)
    folder.copy("扫描全能王 2026-11-23 09.12.jpg", *card(folder, person), grey=True)
    folder.scan("IMG_20261123_091503.jpg", form(folder, person, asked))
    return Expectation(
        "ready",
        {"M3": "ready", "M7": "ready", "M9": "ready"},
        "职工养老、职工医保、缴费申报一并办理，材料齐全",
        fields=who(person),
        documents=("id_card", "application_form"),
    )


def resident_ready(folder: Folder) -> Expectation:
    """Resident track: phone photos of the card, two booklet pages on one scan."""
    person = resident(folder.rng, "451324", ethnicity="瑶", sex="女")
    asked = request(person, "M2", "M5")
    folder.asks(asked)
    front, back = card(folder, person)
    folder.photo("微信图片_20261122203115.jpg", front)
    folder.photo("微信图片_20261122203121.jpg", back)
    head, member, _ = booklet(folder, person)
    folder.copy("SKM_C22626112309310.jpg", head, member, grey=False)
    folder.scan("0003.jpg", form(folder, person, asked))
    return Expectation(
        "ready",
        {"M2": "ready", "M5": "ready"},
        "城乡居民养老、医保参保，户口簿齐全",
        fields=who(person),
        documents=("id_card", "hukou", "application_form"),
    )


def disability_ready(folder: Folder) -> Expectation:
    """Severely disabled, everything in one PDF from the counter's scanner."""
    person = resident(folder.rng, "450423", ages=(40, 45), sex="男")
    asked = request(person, "M2", special_groups=["SG1"])
    folder.asks(asked)
    kit = folder.kit()
    cert = replace(
        make_certificate(person, kit, "肢体", "一级"),
        issued=date(2021, 6, 17),
        until=date(2031, 6, 17),
    )
    head, member, _ = booklet(folder, person)
    folder.pdf(
        "20261123105533.pdf",
        folder.page(form(folder, person, asked)),
        folder.page(*card(folder, person), grey=False),
        folder.page(head, member, grey=False),
        folder.page(disability_booklet.draw_booklet(person, cert, kit), grey=False),
    )
    return Expectation(
        "ready",
        {"M2": "ready"},
        "一级肢体残疾，全部材料在一个 PDF 里",
        fields=who(person),
        documents=("application_form", "id_card", "hukou", "disability_certificate"),
    )


def hmt_ready(folder: Folder) -> Expectation:
    """A resident of Macao with the residence permit, photographed on a table."""
    person = replace(make_hmt_person(folder.rng, "820000"), place=place("450502"))
    person = replace(person, address=_plain_address(folder.rng, place("450502")))
    asked = request(person, "M2", "M5")
    folder.asks(asked)
    kit = folder.kit()
    front = id_card.draw_portrait_side(person, kit, with_ethnicity=False, zhuang=False)
    back = hmt_residence_permit.draw_back(person, kit, (date(2023, 3, 8), date(2028, 3, 8)))
    folder.photo("IMG_8830.jpg", front)
    folder.photo("IMG_8831.jpg", back)
    folder.scan("扫描0001.jpg", form(folder, person, asked))
    fields = {
        "name": person.name,
        "sex": person.sex,
        "birth_date": person.birth.isoformat(),
        "id_number": person.id_number,
        "id_type": "hmt_residence_permit",
        "category": "hmt",
        "id_valid_to": "2028-03-08",
        "residence.division": "450502",
    }
    return Expectation(
        "ready",
        {"M2": "ready", "M5": "ready"},
        "澳门居民持居住证参加居民养老和医保",
        fields=fields,
        documents=("hmt_residence_permit", "application_form"),
    )


def away_ready(folder: Folder) -> Expectation:
    """Enrols where she lives, with a residence permit of that county; a zip from the mail."""
    person = resident(folder.rng, "451027", sex="女", ethnicity="壮")
    here = place("450205")
    asked = request(person, "M7", "M9", enrol_division=here.code, channel="mail")
    folder.asks(asked)
    folder.copy("身份证.jpg", *card(folder, person), grey=False)
    current = _plain_address(folder.rng, here)
    sides = residence_permit.draw_card(
        person, folder.kit(), here, (date(2026, 3, 20), date(2027, 3, 20)), current
    )
    folder.copy("居住证.jpg", *sides, grey=False)
    folder.scan("申请表.jpg", form(folder, person, asked))
    folder.zipped = True
    return Expectation(
        "ready",
        {"M7": "ready", "M9": "ready"},
        "在居住地参加职工医保，有居住证；压缩包",
        fields=who(person),
        documents=("id_card", "residence_permit", "application_form"),
    )


def form_only_ready(folder: Folder) -> Expectation:
    """Nobody typed anything: what is asked for stands on the scanned form alone."""
    person = resident(folder.rng, "450881", sex="男")
    asked = request(person, "M3")
    folder.scan("新文档 11-23.jpg", form(folder, person, asked))
    folder.copy("新文档 11-23_2.jpg", *card(folder, person), grey=False)
    return Expectation(
        "ready",
        {"M3": "ready"},
        "没有 application.json，事项只写在申请表上",
        fields=who(person),
        documents=("application_form", "id_card"),
    )


def change_mobile_ready(folder: Folder) -> Expectation:
    """A new telephone number: form and card in one TIFF of several pages."""
    person = resident(folder.rng, "450321", sex="女")
    changes = [{"item": "mobile", "old": "13800000127", "new": person.mobile}]
    asked = request(person, "M6", insured_medical="resident", changes=changes)
    folder.asks(asked)
    folder.tiff(
        "FAX_0231.tif",
        folder.page(form(folder, person, asked)),
        folder.page(*card(folder, person), grey=True),
    )
    return Expectation(
        "ready",
        {"M6": "ready"},
        "变更移动电话；多页 TIFF",
        fields=who(person),
        documents=("application_form", "id_card"),
    )


def photo_missing(folder: Folder) -> Expectation:
    """A social security card without a photo for it."""
    person = resident(folder.rng, "450603", sex="女")
    asked = request(person, "M4")
    folder.asks(asked)
    front, back = card(folder, person)
    folder.photo("mmexport1763860001122.jpg", front, 1600)
    folder.photo("mmexport1763860001155.jpg", back, 1600)
    folder.scan("scan-01.jpg", form(folder, person, asked))
    return Expectation(
        "incomplete",
        {"M4": "incomplete"},
        "申领社保卡，缺制卡照片",
        ("MAT-4.2",),
        fields=who(person),
        documents=("id_card", "application_form"),
    )


def booklet_missing(folder: Folder) -> Expectation:
    """Resident pension without the household booklet, and nobody signed the form."""
    person = resident(folder.rng, "451425", ethnicity="壮")
    asked = request(person, "M2")
    folder.asks(asked)
    folder.copy("DOC112326.jpg", *card(folder, person), grey=True)
    folder.scan("DOC112326-1.jpg", form(folder, person, asked, signed=False))
    return Expectation(
        "incomplete",
        {"M2": "incomplete"},
        "缺户口簿，申请表未签名",
        ("MAT-2.1",),
        fields=who(person),
        documents=("id_card", "application_form"),
    )


def card_expired(folder: Folder) -> Expectation:
    """The identity card ran out in spring."""
    person = resident(folder.rng, "450924", ages=(31, 34))
    asked = request(person, "M3", "M9")
    folder.asks(asked)
    span = (date(2016, 3, 30), date(2026, 3, 30))
    folder.copy("20261123_0915_001.jpg", *card(folder, person, span), grey=True)
    folder.scan("20261123_0915_002.jpg", form(folder, person, asked))
    return Expectation(
        "incomplete",
        {"M3": "incomplete", "M9": "incomplete"},
        "居民身份证已过期",
        ("DOC-EXPIRED",),
        fields=who(person),
        documents=("id_card", "application_form"),
    )


def grade_three(folder: Folder) -> Expectation:
    """Claims severe disability; the certificate says grade three."""
    person = resident(folder.rng, "450126", ages=(30, 44), sex="女")
    asked = request(person, "M2", special_groups=["SG1"])
    folder.asks(asked)
    kit = folder.kit()
    cert = replace(
        make_certificate(person, kit, "听力", "三级"),
        issued=date(2022, 9, 5),
        until=date(2032, 9, 5),
    )
    folder.copy("a.jpg", *card(folder, person), grey=False)
    head, member, _ = booklet(folder, person)
    folder.copy("b.jpg", head, member, grey=True)
    folder.photo("c.jpg", disability_booklet.draw_booklet(person, cert, kit), 2400)
    folder.scan("d.jpg", form(folder, person, asked))
    return Expectation(
        "incomplete",
        {"M2": "incomplete"},
        "按重度残疾人参保，但残疾证为三级",
        ("MAT-2.2",),
        fields=who(person),
        documents=("id_card", "hukou", "disability_certificate"),
    )


def number_wrong(folder: Folder) -> Expectation:
    """The card prints a number whose check digit does not hold: misread or forged."""
    person = resident(folder.rng, "450703", sex="男")
    last = "7" if person.id_number[-1] != "7" else "4"
    printed = replace(person, id_number=person.id_number[:-1] + last)
    asked = request(printed, "M3")
    del asked["id_number"]
    folder.asks(asked)
    folder.copy("1.jpg", *card(folder, printed), grey=False)
    folder.scan("2.jpg", form(folder, printed, asked | {"id_number": ""}))
    return Expectation(
        "review",
        {"M3": "review"},
        "身份证号码校验位不符，须人工核对",
        ("ID-CHECKSUM",),
        documents=("id_card", "application_form"),
    )


def pension_and_pension(folder: Folder) -> Expectation:
    """Both pension schemes at once: only one is possible."""
    person = resident(folder.rng, "450804", sex="女")
    asked = request(person, "M2", "M3")
    folder.asks(asked)
    folder.copy("IMG_0001.jpg", *card(folder, person), grey=False)
    head, member, _ = booklet(folder, person)
    folder.copy("IMG_0002.jpg", head, member, grey=False)
    folder.scan("IMG_0003.jpg", form(folder, person, asked))
    return Expectation(
        "ineligible",
        {"M2": "ineligible", "M3": "ineligible"},
        "居民养老与职工养老互斥",
        ("EXC-M2-M3",),
        fields=who(person),
        documents=("id_card", "hukou", "application_form"),
    )


def household_elsewhere(folder: Folder) -> Expectation:
    """Household in Hunan: the resident pension of Guangxi is not open to him."""
    base = resident(folder.rng, "450302", sex="男")
    home = Place("430121", "长沙市", "长沙县")
    address = "湖南省长沙县青榕镇百井村大岭组36号"
    person = replace(
        base,
        place=home,
        address=address,
        ethnicity="汉",
        id_number=make_number(folder.rng, home.code, base.birth, "男"),
    )
    asked = request(person, "M2", enrol_division="450302", postcode="541001")
    folder.asks(asked)
    folder.copy("Scan.jpg", *card(folder, person), grey=False)
    head, member, _ = booklet(folder, person)
    folder.copy("Scan (2).jpg", head, member, grey=True)
    folder.scan("Scan (3).jpg", form(folder, person, asked))
    return Expectation(
        "ineligible",
        {"M2": "ineligible"},
        "户籍在湖南，不能参加广西居民养老",
        ("E-M2-1",),
        fields=who(person),
        documents=("id_card", "hukou", "application_form"),
    )


def name_change_online(folder: Folder) -> Expectation:
    """A new name, handed in online: such changes are for the window only."""
    person = resident(folder.rng, "451121", sex="女", surname="廖")
    old = "廖" + "阿妹"
    changes = [{"item": "name", "old": old, "new": person.name}]
    asked = request(person, "M8", channel="online", insured_medical="employee", changes=changes)
    folder.asks(asked)
    folder.copy("upload_1.jpg", *card(folder, person), grey=False)
    head, member, book = booklet(folder, person, {"former_name": old})
    rows = [("姓名", person.name, date(2026, 6, 18))]
    folder.copy("upload_2.jpg", head, member, draw_changes(person, book, rows), grey=False)
    return Expectation(
        "ineligible",
        {"M8": "ineligible"},
        "变更姓名只能线下办理",
        ("CH-M8",),
        documents=("id_card", "hukou"),
    )


def file_broken(folder: Folder) -> Expectation:
    """One file never finished uploading; the card's other side is missing with it."""
    person = resident(folder.rng, "451222")
    asked = request(person, "M3")
    folder.asks(asked)
    front, back = card(folder, person)
    folder.photo("Camera_0017.jpg", front, 1600)
    folder.photo("Camera_0018.jpg", back, 1600)
    folder.files["Camera_0018.jpg"] = folder.files["Camera_0018.jpg"][:9000]
    folder.scan("Camera_0019.jpg", form(folder, person, asked))
    return Expectation(
        "incomplete",
        {"M3": "incomplete"},
        "身份证国徽面的照片文件损坏",
        ("SRC-UNREADABLE",),
        documents=("id_card", "application_form"),
    )


CASES: dict[str, Case] = {
    "a01-employee": employee_ready,
    "a02-resident": resident_ready,
    "a03-disability-pdf": disability_ready,
    "a04-macao": hmt_ready,
    "a05-away-zip": away_ready,
    "a06-form-only": form_only_ready,
    "a07-mobile-tiff": change_mobile_ready,
    "b01-photo-missing": photo_missing,
    "b02-booklet-missing": booklet_missing,
    "b03-card-expired": card_expired,
    "b04-grade-three": grade_three,
    "b05-file-broken": file_broken,
    "c01-number-wrong": number_wrong,
    "d01-two-pensions": pension_and_pension,
    "d02-household-elsewhere": household_elsewhere,
    "d03-name-online": name_change_online,
}


def make_inbox(out: Path, shelf: Shelf, only: tuple[str, ...] = ()) -> int:
    """Write the cases into ``out`` and ``inbox-expected.json`` beside it.

    Returns how many cases there are. Raises OSError where a file cannot be written.
    """
    out.mkdir(parents=True, exist_ok=True)
    expected: dict[str, Any] = {}
    for case_id, case in CASES.items():
        folder = Folder(case_id, SEED, shelf)
        expectation = case(folder)
        expected[case_id] = expectation.to_json()
        if not only or case_id in only:
            folder.write(out)
    text = json.dumps(expected, ensure_ascii=False, indent=1)
    (out.parent / "inbox-expected.json").write_text(text + "\n", encoding="utf-8")
    return len(expected)
