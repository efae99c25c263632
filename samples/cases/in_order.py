"""Applications with which nothing is wrong, as folders, a zip, a PDF and a TIFF."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from samples.cases.applicants import (
    booklet,
    card,
    form,
    plain_address,
    request,
    resident,
    who,
)
from samples.folder import Expectation, Folder
from samples.layouts import disability_booklet, hmt_residence_permit, id_card, residence_permit
from samples.layouts.disability import make_certificate
from samples.persons import make_hmt_person, place


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
    person = replace(person, address=plain_address(folder.rng, place("450502")))
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
    current = plain_address(folder.rng, here)
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
