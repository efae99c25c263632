"""Applications with which something is wrong: missing, expired, doubtful, not allowed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from samples.cases.applicants import (
    booklet,
    card,
    form,
    request,
    resident,
    who,
)
from samples.folder import Expectation, Folder
from samples.layouts import disability_booklet
from samples.layouts.disability import make_certificate
from samples.layouts.hukou_changes import draw_changes
from samples.persons import Place, make_number


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
        documents=("id_card", "hukou", "disability_certificate", "application_form"),
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
