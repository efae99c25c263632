"""Applications about personnel archives (M1)."""

from __future__ import annotations

from datetime import date

from samples.cases.applicants import card, form, request, resident, who
from samples.folder import Expectation, Folder
from samples.layouts.archive_letters import draw_separation, draw_transfer_letter


def archive_in(folder: Folder) -> Expectation:
    """Left a public employer; the archive comes in, with the approval of the resignation."""
    person = resident(folder.rng, "450226", ages=(30, 45), ethnicity="侗")
    asked = request(
        person,
        "M1",
        employment="unemployed",
        archive={"direction": "in", "holder": "state_unit"},
    )
    folder.asks(asked)
    folder.copy("身份证正反面.jpg", *card(folder, person), grey=False)
    unit = f"{person.place.county}教育局"
    letter = draw_separation(person, folder.kit(), "approval", unit=unit)
    folder.copy("辞职批复.jpg", *letter, grey=False)
    folder.scan("申请表.jpg", form(folder, person, asked))
    return Expectation(
        "ready",
        {"M1": "ready"},
        "档案转入，有脱离关系的批复",
        fields=who(person),
        documents=("id_card", "separation_document", "application_form"),
    )


def archive_out(folder: Folder) -> Expectation:
    """The archive goes out: a 调档函 asks for it."""
    person = resident(folder.rng, "450330", ages=(26, 40))
    asked = request(
        person,
        "M1",
        employment="flexible",
        archive={"direction": "out", "holder": "talent_centre"},
    )
    folder.asks(asked)
    folder.copy("00001.jpg", *card(folder, person), grey=True)
    letter = draw_transfer_letter(person, folder.kit(), day=date(2026, 11, 12))
    folder.scan("00002.jpg", letter[0])
    folder.scan("00003.jpg", form(folder, person, asked))
    return Expectation(
        "ready",
        {"M1": "ready"},
        "档案转出，有调档函",
        fields=who(person),
        documents=("id_card", "transfer_letter", "application_form"),
    )


def letter_missing(folder: Folder) -> Expectation:
    """The archive should go out, but nobody has asked for it."""
    person = resident(folder.rng, "450921", ages=(26, 40))
    asked = request(
        person,
        "M1",
        employment="flexible",
        archive={"direction": "out", "holder": "talent_centre"},
    )
    folder.asks(asked)
    folder.copy("IMG-20261122-WA0003.jpg", *card(folder, person), grey=False)
    folder.scan("IMG-20261122-WA0004.jpg", form(folder, person, asked))
    return Expectation(
        "incomplete",
        {"M1": "incomplete"},
        "档案转出，缺调档函",
        ("MAT-1.3",),
        fields=who(person),
        documents=("id_card", "application_form"),
    )
