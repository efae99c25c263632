"""The same fact on two papers."""

import pytest

from pipeline.model import Application, Reading, Request
from tests.validators.papers_made import (
    ID,
    NAME,
    OTHER_ID,
    PROXY_ID,
    Row,
    case,
    change,
    check_row,
    disability,
    found,
    hukou,
    id_card,
    paper,
    ruled,
)

ROWS: list[Row] = [
    (case(id_card(), hukou(name="韦大山")), "X1", "mend", "name"),
    (case(id_card(), hukou(name="韦小方")), "X1", "mend", "name"),
    (case(id_card(), hukou(name="韦小昉")), "X1", "review", "name"),
    (case(id_card(), hukou(name="韦小方", doubtful=("name",))), "X1", "review", "name"),
    (case(id_card(), hukou(name="韋小芳")), "X1", "review", "name"),
    (case(id_card(), hukou(name="韦丽", former_name=NAME)), "X1", "review", "name"),
    (
        case(
            id_card(), disability(name="李四", certificate_number="45010319850101901242"), name=NAME
        ),
        "X1",
        "mend",
        "name",
    ),
    (
        case(id_card(), disability(certificate_number=f"{OTHER_ID}42")),
        "X2",
        "mend",
        "certificate_number",
    ),
    (
        case(id_card(id_number=OTHER_ID[:-1] + "9"), hukou(), disability(), name=NAME),
        "X2",
        "review",
        "id_number",
    ),
    (
        case(
            id_card(),
            paper("social_security_card", "d2", name=NAME, social_security_number=OTHER_ID),
        ),
        "X2",
        "mend",
        "social_security_number",
    ),
    (case(id_card(issuing_authority="柳州市公安局城中分局")), "X5", "note", "issuing_authority"),
    (case(id_card(issuing_authority="南宁市公安局")), "", "", None),
    (case(id_card(), name="韦晓芳", id_number=ID), "X14", "review", "name"),
    (case(id_card(), name=NAME, id_number=OTHER_ID), "X14", "mend", "id_number"),
    (case(id_card(), name=NAME, id_number=OTHER_ID[:-1]), "ID-CHECKSUM", "review", "id_number"),
]


@pytest.mark.parametrize("row", ROWS)
def test_rule_speaks_when_its_case_is_there_and_is_silent_when_not(row: Row) -> None:
    check_row(row)


def test_a_human_correction_counts_as_sure() -> None:
    card = id_card()
    seen = Reading(value="韦大山", raw="韦大", confidence=0.3, source="human")
    booklet = hukou(name="韦大山")
    booklet = booklet.model_copy(update={"fields": booklet.fields | {"name": seen}})
    assert ("X1", "mend", "name") in ruled(case(card, booklet))


def test_the_paper_that_stands_alone_is_named_when_two_others_agree() -> None:
    application = case(id_card(name="韦大山"), hukou(), disability())
    assert [f.document for f in found(application) if f.rule == "X1"] == ["d1"]


def test_two_identity_cards_of_different_people_contradict_each_other() -> None:
    spouse = id_card("d2", name="黄大勇", id_number=PROXY_ID, birth_date="1985-01-01", sex="男")
    application = case(id_card(), spouse, name=NAME, id_number=ID)
    rules = {(f.rule, f.severity.value, f.document) for f in found(application)}
    assert rules == {("X1", "mend", "d2"), ("X2", "mend", "d2")}


def test_a_spare_paper_that_no_matter_needs_is_looked_at_and_not_demanded() -> None:
    of_spouse = disability("d9", name="黄大勇", certificate_number=f"{PROXY_ID}42")
    application = case(id_card(), disability(), of_spouse, matters=("M3",), name=NAME, id_number=ID)
    rules = {(f.rule, f.severity.value, f.document) for f in found(application)}
    assert rules >= {("X1", "review", "d9"), ("X2", "review", "d9")}
    assert not {r for r in rules if r[1] == "mend"}


def test_applicant_is_whom_most_papers_name_when_nothing_was_typed() -> None:
    stranger = id_card("d8", name="李四", id_number=PROXY_ID, sex="男", birth_date="1985-01-01")
    application = case(stranger, hukou(), disability())
    assert {f.document for f in found(application) if f.rule in ("X1", "X2")} == {"d8"}


def test_old_and_new_name_of_a_change_are_both_the_applicants() -> None:
    application = case(
        id_card(),
        hukou(name="韦丽"),
        matters=("M6",),
        id_number=ID,
        name=NAME,
        changes=(change("name", "韦丽", NAME),),
    )
    assert [f for f in ruled(application) if f[0] == "X1"] == []


def test_form_and_typing_are_compared_when_both_are_there() -> None:
    application = Application(
        case_id="c1",
        request=Request(mobile="13800138000"),
        documents=(),
        typed=Request(mobile="13800138000"),
        form=Request(mobile="13800138001"),
    )
    assert ruled(application) == [("X14", "review", "mobile")]


def test_two_passports_with_different_numbers_are_looked_at() -> None:
    old = paper("passport", "d1", name="SMITH JOHN", passport_number="AB123456")
    new = paper("passport", "d2", name="SMITH JOHN", passport_number="AB987654")
    assert ruled(case(old, new)) == [("X2", "review", "passport_number")]


def test_a_passport_and_a_card_have_each_their_own_number() -> None:
    passport = paper("passport", "d1", name="SMITH JOHN", passport_number="AB123456")
    card = paper("social_security_card", "d2", name="SMITH JOHN", social_security_number=ID)
    assert ruled(case(passport, card)) == []


def test_a_typed_number_of_another_kind_is_looked_at_when_the_card_has_a_citizens() -> None:
    assert ruled(case(id_card(), name=NAME, id_number=ID[:8])) == [("X14", "review", "id_number")]


LETTERS = (
    "transfer_letter",
    "separation_document",
    "civil_affairs_proof",
    "group_proof",
    "police_change_proof",
)


@pytest.mark.parametrize("kind", LETTERS)
def test_another_persons_letter_is_named_as_such(kind: str) -> None:
    letter = paper(kind, "d8", name="李四", id_number=PROXY_ID)
    application = case(id_card(), letter, name=NAME, id_number=ID)
    told = {f.rule: f.message for f in found(application) if f.document == "d8"}
    assert {"X1", "X2"} <= told.keys()
    assert "可能是他人的材料" in told["X1"]


@pytest.mark.parametrize("kind", LETTERS)
def test_the_applicants_own_letter_passes(kind: str) -> None:
    letter = paper(kind, "d8", name=NAME, id_number=ID)
    application = case(id_card(), letter, name=NAME, id_number=ID)
    assert not {"X1", "X2"} & {f.rule for f in found(application)}


def test_a_household_proof_is_the_applicants_when_it_lists_him() -> None:
    letter = paper("civil_affairs_proof", "d8", name="李四", id_number=PROXY_ID)
    member = {"name": letter.fields["name"].model_copy(update={"value": NAME})}
    letter = letter.model_copy(update={"tables": {"members": (member,)}})
    application = case(id_card(), letter, name=NAME, id_number=ID)
    assert not {"X1", "X2"} & {f.rule for f in found(application)}
