"""Applications with the rarer papers: proofs, proxies, foreigners, passes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from samples.cases.applicants import booklet, card, form, plain_address, request, resident, who
from samples.folder import Expectation, Folder
from samples.layouts import lodging, plain_cards, proofs, travel
from samples.persons import TODAY, Person, make_hmt_person, place


def low_income(folder: Folder) -> Expectation:
    """Rural low income, proved by the civil affairs bureau."""
    person = resident(folder.rng, "451026", ethnicity="壮", ages=(35, 50))
    asked = request(person, "M2", special_groups=["SG3"])
    folder.asks(asked)
    folder.copy("p1.jpg", *card(folder, person), grey=False)
    head, member, _ = booklet(folder, person)
    folder.copy("p2.jpg", head, member, grey=False)
    proof = proofs.draw_civil_affairs(
        person, folder.kit(), "rural_low_income", day=date(2026, 10, 9)
    )
    folder.scan("p3.jpg", proof[0])
    folder.scan("p4.jpg", form(folder, person, asked))
    return Expectation(
        "ready",
        {"M2": "ready"},
        "农村低保对象，民政局证明",
        fields=who(person),
        documents=("id_card", "hukou", "civil_affairs_proof", "application_form"),
    )


def village_official(folder: Folder) -> Expectation:
    """A village official with the township's proof."""
    person = resident(folder.rng, "451423", ethnicity="壮", ages=(38, 52), sex="男")
    asked = request(person, "M2", special_groups=["SG4"])
    folder.asks(asked)
    folder.copy("IMG_4410.jpg", *card(folder, person), grey=False)
    head, member, _ = booklet(folder, person)
    folder.copy("IMG_4411.jpg", head, member, grey=False)
    folder.scan("IMG_4412.jpg", proofs.draw_group(person, folder.kit(), "SG4")[0])
    folder.scan("IMG_4413.jpg", form(folder, person, asked))
    return Expectation(
        "ready",
        {"M2": "ready"},
        "村干部，镇政府证明",
        fields=who(person),
        documents=("id_card", "hukou", "group_proof", "application_form"),
    )


def new_name(folder: Folder) -> Expectation:
    """A new name, at the window, with the police station's proof of both names."""
    person = resident(folder.rng, "450403", sex="女", surname="卢")
    old = "卢水妹"
    changes = [{"item": "name", "old": old, "new": person.name}]
    asked = request(person, "M6", insured_medical="resident", changes=changes)
    folder.asks(asked)
    folder.copy("扫描_01.jpg", *card(folder, person), grey=False)
    proof = proofs.draw_police_change(person, folder.kit(), [("name", old, person.name)])
    folder.scan("扫描_02.jpg", proof[0])
    folder.scan("扫描_03.jpg", form(folder, person, asked))
    return Expectation(
        "ready",
        {"M6": "ready"},
        "窗口变更姓名，有派出所变更证明",
        fields=who(person),
        documents=("id_card", "police_change_proof", "application_form"),
    )


def _proxy_papers(folder: Folder, *, signed: bool) -> tuple[Person, dict[str, Any]]:
    person = resident(folder.rng, "450981", ages=(50, 54), sex="男")
    proxy = resident(folder.rng, "450981", ages=(24, 30), sex="女")
    asked = request(person, "M3", proxy={"name": proxy.name, "id_number": proxy.id_number})
    folder.asks(asked)
    folder.copy("申请人身份证.jpg", *card(folder, person), grey=False, signed_by=person.name)
    folder.copy("代办人身份证.jpg", *card(folder, proxy), grey=False, signed_by=person.name)
    letter = proofs.draw_undertaking(
        person, folder.kit(), proxy, signed=signed, day=date(2026, 11, 22)
    )
    while letter[0].notes["by_hand"]:
        letter = proofs.draw_undertaking(
            person, folder.kit(), proxy, signed=signed, day=date(2026, 11, 22)
        )
    folder.scan("承诺书.jpg", letter[0])
    folder.scan("申请表.jpg", form(folder, person, asked))
    return person, asked


def by_proxy(folder: Folder) -> Expectation:
    """His daughter brings the papers: her card, her undertaking, copies signed by him."""
    person, _ = _proxy_papers(folder, signed=True)
    return Expectation(
        "ready",
        {"M3": "ready"},
        "委托代办，承诺书已签名，复印件有申请人签名",
        fields=who(person),
        documents=("id_card", "proxy_undertaking", "application_form"),
    )


def proxy_unsigned(folder: Folder) -> Expectation:
    """As before, but nobody signed the undertaking."""
    person, _ = _proxy_papers(folder, signed=False)
    return Expectation(
        "incomplete",
        {"M3": "incomplete"},
        "委托代办，承诺书没有代办人签名",
        ("X15",),
        fields=who(person),
        documents=("id_card", "proxy_undertaking", "application_form"),
    )


def _foreigner(folder: Folder, *, sealed: bool) -> tuple[Person, travel.Foreigner]:
    who_ = travel.make_foreigner(folder.rng)
    number = travel.fpr_number(who_, folder.rng, new=True)
    person = travel.foreign_person(who_, folder.rng, number)
    here = place("450305")
    person = replace(person, place=here, address=plain_address(folder.rng, here))
    asked = request(person, "M5")
    folder.asks(asked)
    sides = travel.draw_permanent_resident(person, folder.kit(), who_, new=True, number=number)
    folder.copy("PR card.jpg", *sides, grey=False)
    sheet = lodging.draw(
        person, folder.kit(), who_, number, here=here, sealed=sealed, arrived=date(2026, 8, 3)
    )
    folder.scan("住宿登记表.jpg", sheet[0])
    folder.scan("申请表.jpg", form(folder, person, asked))
    return person, who_


def foreigner(folder: Folder) -> Expectation:
    """A foreign permanent resident joins the residents' medical insurance."""
    person, _ = _foreigner(folder, sealed=True)
    fields = {
        "id_number": person.id_number,
        "category": "foreign",
        "sex": person.sex,
        "birth_date": person.birth.isoformat(),
    }
    return Expectation(
        "ready",
        {"M5": "ready"},
        "外国人永久居留身份证（18位）和住宿登记表",
        fields=fields,
        documents=("foreign_permanent_resident_card", "lodging_registration", "application_form"),
    )


def lodging_unsealed(folder: Folder) -> Expectation:
    """The lodging registration bears no seal of the police."""
    person, _ = _foreigner(folder, sealed=False)
    return Expectation(
        "incomplete",
        {"M5": "incomplete"},
        "住宿登记表没有公安部门盖章",
        ("DOC-SEAL",),
        fields={"id_number": person.id_number, "category": "foreign"},
        documents=("foreign_permanent_resident_card", "lodging_registration", "application_form"),
    )


def insurance_card(folder: Folder) -> Expectation:
    """Shows a social security card instead of the identity card."""
    person = resident(folder.rng, "450902", ages=(28, 40))
    asked = request(person, "M3", card_applied_before=True)
    folder.asks(asked)
    shown = plain_cards.draw_social_security(person, folder.kit())[0]
    while shown.fields.get("valid_to", TODAY.isoformat()) < TODAY.isoformat():  # as text
        shown = plain_cards.draw_social_security(person, folder.kit())[0]
    folder.photo("IMG20261123083055.jpg", shown)
    folder.scan("IMG20261123083201.jpg", form(folder, person, asked))
    fields = {"name": person.name, "id_number": person.id_number, "category": "mainland"}
    return Expectation(
        "ready",
        {"M3": "ready"},
        "以社会保障卡作身份证明",
        fields=fields,
        documents=("social_security_card", "application_form"),
    )


def _pass_holder(folder: Folder, region: str, code: str) -> tuple[Person, dict[str, Any]]:
    person = replace(make_hmt_person(folder.rng, region), place=place(code))
    asked = request(person, "M4")
    del asked["id_number"]
    folder.asks(asked)
    return person, asked


def hong_kong(folder: Folder) -> Expectation:
    """A Hong Kong resident asks for a card with the travel permit, without a photo."""
    person, asked = _pass_holder(folder, "810000", "450102")
    sides = travel.draw_hk_macao(person, folder.kit(), foreign=False)
    folder.photo("IMG_0155.jpg", sides[0])
    folder.photo("IMG_0156.jpg", sides[1])
    folder.scan("IMG_0157.jpg", form(folder, person, {**asked, "id_number": ""}))
    return Expectation(
        "incomplete",
        {"M4": "incomplete"},
        "港澳居民来往内地通行证，缺照片",
        ("MAT-4.2",),
        fields={"name": person.name, "category": "hmt"},
        documents=("hk_macao_travel_permit", "application_form"),
    )


def taiwan(folder: Folder) -> Expectation:
    """The same with a Taiwan permit."""
    person, asked = _pass_holder(folder, "830000", "450602")
    folder.photo("DSC_0091.jpg", travel.draw_taiwan(person, folder.kit())[0])
    folder.scan("DSC_0092.jpg", form(folder, person, {**asked, "id_number": ""}))
    return Expectation(
        "incomplete",
        {"M4": "incomplete"},
        "台湾居民来往大陆通行证，缺照片",
        ("MAT-4.2",),
        fields={"name": person.name, "category": "hmt"},
        documents=("taiwan_travel_permit", "application_form"),
    )


def temporary(folder: Folder) -> Expectation:
    """A temporary identity card, in force, and no photo."""
    person = resident(folder.rng, "450123", ages=(20, 30), ethnicity="壮")
    asked = request(person, "M4")
    folder.asks(asked)
    sides = plain_cards.draw_temporary(person, folder.kit(), date(2026, 10, 20))
    folder.copy("scan0007.jpg", *sides, grey=False)
    folder.scan("scan0008.jpg", form(folder, person, asked))
    fields = {"name": person.name, "id_number": person.id_number, "category": "mainland"}
    return Expectation(
        "incomplete",
        {"M4": "incomplete"},
        "临时居民身份证，缺照片",
        ("MAT-4.2",),
        fields=fields,
        documents=("temporary_id_card", "application_form"),
    )


def passport(folder: Folder) -> Expectation:
    """A foreigner asks for the employees' pension with a passport: the guide is silent."""
    who_ = travel.make_worker(folder.rng)
    person = travel.foreign_person(who_, folder.rng, "")
    person = replace(person, place=place("450702"))
    asked = request(person, "M3")
    del asked["id_number"]
    folder.asks(asked)
    folder.copy("passport.jpg", *travel.draw_passport(person, folder.kit(), who_), grey=False)
    folder.scan("form.jpg", form(folder, person, {**asked, "id_number": ""}))
    return Expectation(
        "review",
        {"M3": "review"},
        "外国人持护照申请职工养老，指南未列明",
        ("MAT-G2",),
        fields={"category": "foreign"},
        documents=("passport", "application_form"),
    )
