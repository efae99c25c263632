"""Applications on our own form (``yijianshi form``), filled in and scanned."""

from __future__ import annotations

from samples.cases.applicants import card, request, resident, who
from samples.folder import Expectation, Folder
from samples.layouts.printed_form import draw_printed


def form_alone(folder: Folder) -> Expectation:
    """Nobody typed anything at the counter: all that is asked for is ticked on our own form."""
    person = resident(folder.rng, "450126", sex="女")
    asked = request(person, "M3", "M7")
    first, _ = draw_printed(person, folder.kit(), asked, by_hand=False, version=1)
    folder.scan("扫描件_20261123_1.jpg", first)
    folder.copy("扫描件_20261123_2.jpg", *card(folder, person), grey=False)
    return Expectation(
        "ready",
        {"M3": "ready", "M7": "ready"},
        "没有 application.json，事项只勾选在本系统印制的申请表上",
        must_not_have=("OCR-LOW", "OCR-MISSING"),
        fields=who(person, mobile=person.mobile),
        documents=("application_form", "id_card"),
    )


def form_disagrees(folder: Folder) -> Expectation:
    """The clerk typed another delivery than the form says, which was filled in by pen."""
    person = resident(folder.rng, "450302", sex="男")
    asked = request(person, "M3")
    folder.asks(asked)
    said = {**asked, "matters": ["M3", "M9"], "delivery": "mail"}
    first, _ = draw_printed(person, folder.kit(), said, by_hand=True, version=1)
    folder.scan("IMG_20261123_0004.jpg", first)
    folder.copy("IMG_20261123_0005.jpg", *card(folder, person), grey=False)
    return Expectation(
        "review",
        {"M3": "review"},
        "录入的事项和送达方式与申请表上勾选的不一致",
        must_have=("X14",),
        fields=who(person),
        documents=("application_form", "id_card"),
    )
