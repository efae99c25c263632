"""The same fact on two papers."""

import pytest

from pipeline.model import Application, Document, Proxy, Reading, Request
from tests.validators.papers_made import (
    ID,
    NAME,
    OTHER_ID,
    PROXY_ID,
    PROXY_NAME,
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
from validators.papers.cross import county_of_authority
from validators.person.whose import cast

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
    # One finding, to give it back: her own card is there.
    assert rules == {("X1", "review", "d2")}


def test_another_persons_card_alone_is_mended_by_bringing_ones_own() -> None:
    spouse = id_card("d2", name="黄大勇", id_number=PROXY_ID, birth_date="1985-01-01", sex="男")
    (x1,) = [f for f in found(case(spouse, name=NAME, id_number=ID)) if f.rule == "X1"]
    assert x1.severity.value == "mend" and x1.file == "d2.jpg"
    assert "黄*勇" in x1.message and "黄大勇" not in x1.message
    assert "本人的居民身份证" in x1.todo and "改名" not in x1.hint


def test_a_card_of_neither_applicant_nor_proxy_names_the_proxy_awaited() -> None:
    stranger = id_card("d2", name="李四平", id_number="450103198702029019", sex="男")
    application = case(id_card(), stranger, name=NAME, id_number=ID, proxy=Proxy(name=PROXY_NAME))
    (x1,) = [f for f in found(application) if f.rule == "X1"]
    assert "代办人黄*勇" in x1.message


def test_a_spare_paper_that_no_matter_needs_is_looked_at_and_not_demanded() -> None:
    of_spouse = disability("d9", name="黄大勇", certificate_number=f"{PROXY_ID}42")
    application = case(id_card(), disability(), of_spouse, matters=("M3",), name=NAME, id_number=ID)
    rules = {(f.rule, f.severity.value, f.document) for f in found(application)}
    assert rules == {("X1", "review", "d9")}
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
    assert "X1" in told and "X2" not in told
    assert "李*" in told["X1"]


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


def test_a_strangers_paper_that_names_the_applicant_is_his_too() -> None:
    """The residence permit of a spouse: the relation stands in a field that is not the holder's."""
    permit = paper(
        "residence_permit", "d4", name="李四", id_number=PROXY_ID, relation=f"{NAME}之夫"
    )
    assert cast(case(id_card(), permit, name=NAME, id_number=ID)).roles["d4"] == "other"
    assert told("X1", case(id_card(), permit, name=NAME, id_number=ID)) == []


# ------------------------------------------------------------------ what exactly is said


def told(rule: str, application: Application) -> list[tuple[str | None, ...]]:
    """Severity, document, field, what was read and what it is held against."""
    return [
        (f.severity.value, f.document, f.field, f.got, f.expected)
        for f in found(application)
        if f.rule == rule
    ]


def message(rule: str, application: Application) -> str:
    (only,) = [f.message for f in found(application) if f.rule == rule]
    return only


def confident(document: Document, field: str, confidence: float) -> Document:
    """The paper with one field read with this confidence, and no doubt."""
    reading = document.fields[field].model_copy(update={"confidence": confidence})
    return document.model_copy(update={"fields": {**document.fields, field: reading}})


@pytest.mark.parametrize(
    ("confidence", "near", "other"),
    [(0.98, "mend", "mend"), (0.93, "review", "mend"), (0.8, "review", "review")],
)
@pytest.mark.parametrize("doubted", ["card", "booklet"])
def test_names_differ_in_earnest_where_both_were_read_surely(
    confidence: float, near: str, other: str, doubted: str
) -> None:
    for name, level in (("韦小方", near), ("韦大山", other)):
        card, book = id_card(), hukou(name=name)
        if doubted == "card":
            card = confident(card, "name", confidence)
        else:
            book = confident(book, "name", confidence)
        assert told("X1", case(card, book)) == [(level, "d2", "name", name, NAME)]


def test_names_with_rare_characters_that_are_a_character_off_are_looked_at() -> None:
    assert told("X1", case(id_card(name="韦小嬿"), hukou(name="韦小嫌")))[0][0] == "review"
    assert told("X1", case(id_card(name="韦小嬿"), hukou(name="黄大勇"), id_number=ID))[0][0] == (
        "mend"
    )


@pytest.mark.parametrize(
    ("name", "words"),
    [("韦小方", "，仅一字之差"), ("韋小芳", "，仅为异体字或繁体字之别")],
)
def test_a_difference_of_names_says_of_what_kind_it_is(name: str, words: str) -> None:
    assert words in message("X1", case(id_card(), hukou(name=name)))


def test_a_former_name_explains_a_difference_on_either_side() -> None:
    book = hukou(name="韦丽", former_name=NAME)
    assert "与户口簿曾用名相符" in message("X1", case(id_card(), book))
    own = hukou(former_name="韦丽")
    old = disability(name="韦丽")
    assert told("X1", case(id_card(), own, old)) == [("review", "d3", "name", "韦丽", NAME)]
    other = paper("residence_permit", "d4", name="韦丽", id_number=ID, former_name="韦丽")
    assert told("X1", case(id_card(), other))[0][0] == "mend"


def test_names_in_two_scripts_are_not_compared() -> None:
    card = paper("passport", "d2", name="WEI XIAOFANG", id_number=ID)
    assert told("X1", case(id_card(), card, name=NAME, id_number=ID)) == []
    latin = paper("social_security_card", "d2", name="WEI XIAOFANG", social_security_number=ID)
    both = case(id_card(), latin, name=NAME, id_number=ID)
    assert cast(both).roles == {"d1": "applicant", "d2": "applicant"}
    assert told("X1", both) == []


def test_only_both_names_of_a_change_are_no_difference() -> None:
    half = (change("name", "韦丽", "韦大山"),)
    application = case(id_card(), hukou(name="韦丽"), matters=("M6",), name=NAME, changes=half)
    assert told("X1", application) != []
    asked = {"matters": ("M6",), "name": NAME, "id_number": ID}
    other = (change("mobile", "韦丽", NAME),)
    application = case(id_card(), hukou(name="韦丽"), **asked, changes=other)
    assert told("X1", application) != []


def test_a_strangers_paper_is_held_against_what_was_typed_where_no_paper_is_his() -> None:
    stranger = id_card(name="李四", id_number=PROXY_ID, sex="男", birth_date="1985-01-01")
    application = case(stranger, name=NAME, id_number=ID)
    assert told("X1", application) == [("mend", "d1", "name", "李四", NAME)]
    assert "不是申请人的" in message("X1", application)
    doubtful = id_card(
        name="李四", id_number=PROXY_ID, sex="男", birth_date="1985-01-01", doubtful=("name",)
    )
    assert told("X1", case(doubtful, name=NAME, id_number=ID))[0][0] == "review"


def test_a_strangers_number_is_held_against_what_was_typed() -> None:
    nameless = id_card(name="", id_number=PROXY_ID, sex="男", birth_date="1985-01-01")
    application = case(nameless, name=NAME, id_number=ID)
    assert told("X2", application) == [("mend", "d1", "id_number", PROXY_ID, ID)]


@pytest.mark.parametrize("doubted", ["d1", "d3"])
def test_numbers_differ_in_earnest_where_both_were_read_surely(doubted: str) -> None:
    doubtful = ("id_number", "certificate_number")
    papers = {
        "d1": id_card(doubtful=doubtful if doubted == "d1" else ()),
        "d3": disability(
            certificate_number=f"{OTHER_ID}42", doubtful=doubtful if doubted == "d3" else ()
        ),
    }
    assert {row[0] for row in told("X2", case(*papers.values()))} == {"review"}


def test_numbers_of_a_change_are_both_the_applicants() -> None:
    both = (change("id_number", OTHER_ID, ID),)
    asked = {"matters": ("M6",), "name": NAME, "id_number": ID}
    old = disability(certificate_number=f"{OTHER_ID}42")
    assert told("X2", case(id_card(), old, **asked, changes=both)) == []
    half = (change("id_number", OTHER_ID, PROXY_ID),)
    assert told("X2", case(id_card(), old, **asked, changes=half)) != []


def test_a_sound_number_is_held_against_before_one_that_more_papers_give() -> None:
    wrong = OTHER_ID[:-1] + "9"
    papers = id_card(id_number=wrong), hukou(id_number=wrong), disability()
    assert {row[1] for row in told("X2", case(*papers, name=NAME))} == {"d1", "d2"}


@pytest.mark.parametrize(
    ("authority", "address", "differs"),
    [
        ("南宁市公安局青秀分局", "广西南宁市青秀区民族大道1号", False),
        ("南宁市公安局兴宁分局", "广西南宁市青秀区民族大道1号", True),
        ("博白县公安局", "广西博白县博白镇一村", False),
        ("博白县公安局", "广西南宁市青秀区民族大道1号", True),
        ("", "广西南宁市青秀区民族大道1号", False),
        ("博白县公安局", "", False),
        ("某某派出所", "广西南宁市青秀区民族大道1号", False),
    ],
)
def test_a_card_is_issued_where_its_holder_lives(
    authority: str, address: str, differs: bool
) -> None:
    card = id_card(issuing_authority=authority, address=address)
    wanted = [("note", "d1", "issuing_authority", authority, address)] if differs else []
    assert told("X5", case(card)) == wanted


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("博白县公安局", "450923"),
        ("南宁市公安局青秀分局", "450103"),
        ("南宁市公安局青秀公安分局", "450103"),
        ("南宁市公安局青秀区分局", "450103"),
        ("南宁市公安局", None),
        ("南宁市公安局某某分局", None),
        ("青秀派出所", None),
    ],
)
def test_the_county_of_an_organ_is_told_by_its_name(text: str, code: str | None) -> None:
    assert county_of_authority(text) == code


def test_a_typed_name_is_held_against_the_papers_unless_it_changes() -> None:
    typed = {"name": "韦晓芳", "id_number": ID}
    assert told("X14", case(id_card(), **typed)) == [("review", None, "name", "韦晓芳", NAME)]
    changes = (change("name", "韦晓芳", NAME),)
    assert told("X14", case(id_card(), **typed, matters=("M6",), changes=changes)) == []
    assert told("X14", case(id_card(), name=f" {NAME}", id_number=ID)) == []


def test_a_typed_number_is_held_against_the_papers_unless_it_changes() -> None:
    typed = {"name": NAME, "id_number": OTHER_ID}
    assert told("X14", case(id_card(), **typed)) == [("mend", None, "id_number", OTHER_ID, ID)]
    changes = (change("id_number", OTHER_ID, ID),)
    assert told("X14", case(id_card(), **typed, matters=("M6",), changes=changes)) == []
    assert told("X14", case(id_card(doubtful=("id_number",)), **typed))[0][0] == "review"
    assert told("X14", case(paper("id_card", "d1", name=NAME), **typed)) == []


def test_a_typed_number_that_any_paper_gives_is_his() -> None:
    other = disability(certificate_number=f"{OTHER_ID}42")
    assert told("X14", case(id_card(), other, name=NAME, id_number=OTHER_ID)) == []


@pytest.mark.parametrize(("doubtful", "level"), [((), "review"), (("delivery",), "note")])
def test_a_choice_on_the_form_counts_against_typing_where_it_was_read_surely(
    doubtful: tuple[str, ...], level: str
) -> None:
    form = paper("application_form", "f1", delivery="mail", doubtful=doubtful)
    application = Application(
        case_id="c1",
        request=Request(delivery="pickup"),
        documents=(form,),
        typed=Request(delivery="pickup"),
        form=Request(delivery="mail"),
    )
    assert told("X14", application) == [(level, None, "delivery", "pickup", "mail")]


def test_a_stranger_without_a_name_is_told_by_his_number_alone() -> None:
    nameless = paper("id_card", "d2", id_number=PROXY_ID)
    application = case(id_card(), nameless, name=NAME, id_number=ID)
    assert {f.rule for f in found(application) if f.document == "d2"} >= {"X2"}
    assert told("X1", application) == []


def test_the_applicants_paper_without_a_name_contradicts_none() -> None:
    nameless = paper("disability_certificate", "d3", certificate_number=f"{ID}42")
    assert told("X1", case(id_card(), nameless)) == []
    assert told("X1", case(nameless)) == []


def test_a_strangers_latin_name_is_not_held_against_a_chinese_one() -> None:
    passport = paper("passport", "d2", name="SMITH JOHN", passport_number="AB123456")
    assert told("X1", case(id_card(), passport, name=NAME, id_number=ID)) == []


def test_a_change_of_another_item_renumbers_nobody() -> None:
    changes = (change("mobile", OTHER_ID, ID),)
    old = disability(certificate_number=f"{OTHER_ID}42")
    asked = {"matters": ("M6",), "name": NAME, "id_number": ID}
    assert told("X2", case(id_card(), old, **asked, changes=changes)) != []


def test_nothing_is_compared_with_a_form_that_is_not_there() -> None:
    typed = Request(mobile="13800138000")
    for form in (None, Request()):
        application = Application("c1", typed, (), typed=typed, form=form)
        assert told("X14", application) == []


def test_a_short_number_is_not_held_against_a_foreigners() -> None:
    foreign = paper("foreign_permanent_resident_card", "d1", name="史密斯", id_number=FPR_ID)
    assert told("X14", case(foreign, name="史密斯", id_number="AB123456")) == []


FPR_ID = "911124198108030024"
