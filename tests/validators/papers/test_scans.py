"""How papers were scanned, as findings: each rule with a case for it and one without."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.finding import Severity, catalogue
from pipeline.model import Application, Document, Quality
from pipeline.quality import DAZZLED
from pipeline.quality.limits import limits
from tests.validators import papers_made
from tests.validators.applications import applied, card, form, original, rules_of
from tests.validators.papers_made import case, found, paper

TODAY = date(2026, 11, 23)
LIMIT = limits().blur.limit
SOUND = Quality(copy_=False, screen=False, blur=LIMIT, glare=0.0, cut=False)
WRONG = {
    "DOC-COPY": Quality(copy_=True),
    "DOC-SCREEN": Quality(screen=True),
    "DOC-BLUR": Quality(blur=LIMIT + 0.01),
    "DOC-GLARE": Quality(glare=0.01),
    "DOC-CUT": Quality(cut=True),
}


def scanned(quality: Quality, document: Document | None = None) -> Application:
    taken = document or papers_made.id_card("d1")
    return case(taken.model_copy(update={"quality": quality}))


def scan_rules(application: Application) -> list[tuple[str, Severity]]:
    return [(f.rule, f.severity) for f in found(application) if f.rule in WRONG]


@pytest.mark.parametrize("rule", WRONG)
def test_rule_is_given_for_its_own_fault_alone(rule: str) -> None:
    severity = Severity.NOTE if rule == "DOC-COPY" else Severity.REVIEW
    assert scan_rules(scanned(WRONG[rule])) == [(rule, severity)]
    assert catalogue()[rule].hint and catalogue()[rule].basis


@pytest.mark.parametrize("quality", [SOUND, Quality()])
def test_nothing_is_said_of_a_sound_scan_or_one_that_was_not_measured(quality: Quality) -> None:
    assert scan_rules(scanned(quality)) == []


def message(application: Application, rule: str) -> str:
    (said,) = [f.message for f in found(application) if f.rule == rule]
    return said


def test_messages_name_the_items_in_doubt() -> None:
    whole = papers_made.id_card("d1")
    fields = dict(whole.fields)
    fields["name"] = fields["name"].model_copy(update={"doubts": (DAZZLED,)})
    fields["address"] = fields["address"].model_copy(update={"confidence": 0.2})
    del fields["birth_date"]
    torn = whole.model_copy(update={"fields": fields, "missing": ("birth_date",)})
    glare = message(scanned(WRONG["DOC-GLARE"], torn), "DOC-GLARE")
    assert "“姓名”“出生日期”" in glare and "住址" not in glare and "1%" in glare
    blur = message(scanned(WRONG["DOC-BLUR"], torn), "DOC-BLUR")
    assert "“住址”" in blur and "“出生日期”" in blur and "“性别”" not in blur
    assert message(scanned(WRONG["DOC-CUT"], torn), "DOC-CUT").endswith("未见“出生日期”。")
    assert message(scanned(WRONG["DOC-CUT"], whole), "DOC-CUT").endswith("画面之外。")


def test_page_that_is_no_paper_is_named_by_its_file() -> None:
    unknown = paper("unknown", "d1")
    second = unknown.pages[0].model_copy(update={"file": "other.jpg"})
    whole = unknown.model_copy(update={"pages": (*unknown.pages, second)})
    said = message(scanned(WRONG["DOC-SCREEN"], whole), "DOC-SCREEN")
    assert unknown.pages[0].file in said
    assert "居民身份证" in message(scanned(WRONG["DOC-SCREEN"]), "DOC-SCREEN")


def test_other_peoples_papers_are_not_judged() -> None:
    stranger = papers_made.id_card("d2", name="何一", id_number=papers_made.PROXY_ID)
    blurred = stranger.model_copy(update={"quality": WRONG["DOC-BLUR"]})
    assert scan_rules(case(papers_made.id_card("d1"), blurred, name=papers_made.NAME)) == []


def test_case_with_a_blurred_card_is_looked_at_and_with_a_copy_is_not() -> None:
    blurred = card().model_copy(update={"quality": WRONG["DOC-BLUR"]})
    copied = card().model_copy(update={"quality": WRONG["DOC-COPY"]})
    assert rules_of(applied(["M3"], form(), blurred))["DOC-BLUR"] == {Severity.REVIEW}
    assert rules_of(applied(["M3"], form(), copied))["DOC-COPY"] == {Severity.NOTE}


def test_paper_that_no_matter_needs_gives_a_note() -> None:
    spare = original(paper("disability_certificate", "d3"))
    blurred = spare.model_copy(update={"quality": WRONG["DOC-BLUR"]})
    assert rules_of(applied(["M3"], form(), card(), blurred))["DOC-BLUR"] == {Severity.NOTE}
