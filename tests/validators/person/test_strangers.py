"""Papers of another person are set aside before any rule, and given back; both ways."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.finding import Finding, Severity
from pipeline.model import Application, Document, PageRef, Quality, Reading, Request
from tests.validators.applications import (
    ORDER,
    TODAY,
    applied,
    assessed,
    booklet,
    card,
    foreign_card,
    foreigner,
    form,
    hk_pass,
    lodging,
    original,
    proof,
    proxy_card,
    record,
    status,
)
from tests.validators.papers_made import (
    ID,
    NAME,
    PROXY_ID,
    PROXY_NAME,
    disability,
    paper,
    undertaking,
    with_check,
)
from validators.output.notice import make_notice
from validators.person.strangers import strangers, typed_for_another
from validators.request.form import form_request
from validators.request.own import own_case, own_form
from validators.request.typed import merge_requests

OTHER = "何志兰"
OTHER_NUMBER = with_check("45033019870202902")
WHO: dict[str, Any] = {"name": OTHER, "id_number": OTHER_NUMBER}
BODY: dict[str, Any] = {"birth_date": "1987-02-02", "sex": "女"}
ARCHIVE_IN = {"archive": {"direction": "in", "holder": "talent_centre"}}


def spoken(application: Application) -> list[Finding]:
    return [f for f in assessed(application).findings if f.severity != Severity.NOTE]


def told(application: Application) -> list[tuple[str, str, str | None]]:
    return sorted({(f.rule, f.severity.value, f.document) for f in spoken(application)})


GIVEN_BACK = [("X1", "review", "s1")]


def other_booklet(document_id: str = "s1", **fields: Any) -> Document:
    """The page of somebody of another household, with its head page."""
    whole = WHO | BODY | {
        "head_name": OTHER,
        "relation_to_head": "户主",
        "household_number": "555555555",
        "address": "广西平乐县平乐镇一街1号",
        "marital_status": "",
    }  # fmt: skip
    return booklet(document_id, **(whole | fields))


SOCIAL: dict[str, Any] = {"name": OTHER, "social_security_number": OTHER_NUMBER}
UNDERTAKEN: dict[str, Any] = {"applicant_name": OTHER, "applicant_id_number": OTHER_NUMBER}
DISABLED: dict[str, Any] = {"name": OTHER, "certificate_number": f"{OTHER_NUMBER}42"}
UNSOUND = OTHER_NUMBER[:-1] + ("0" if OTHER_NUMBER[-1] != "0" else "1")

PAPERS = [
    (card("s1", **WHO, **BODY), ["M3"], {}),
    (original(paper("social_security_card", "s1", **SOCIAL)), ["M3"], {}),
    (proof("transfer_letter", "s1", **WHO), ["M3"], {}),
    (proof("transfer_letter", "s1", **WHO), ["M1"], ARCHIVE_IN),
    (proof("separation_document", "s1", **WHO), ["M3"], {}),
    (proof("police_change_proof", "s1", **WHO), ["M3"], {}),
    (original(disability("s1", **DISABLED, **BODY)), ["M3"], {}),
    (original(undertaking("s1", **UNDERTAKEN)), ["M3"], {}),
    (form("s1", **WHO, mobile="13899990000", enrol_division="450330", matters="M1"), ["M3"], {}),
    (other_booklet(), ["M3"], {}),
    (lodging("s1", name="SMITH JOHN", certificate_number="AB1234567"), ["M3"], {}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("stray", "matters", "said"), PAPERS, ids=[f"{p[0].type}-{p[1][0]}" for p in PAPERS]
)
def test_a_paper_of_another_person_that_nothing_needs_is_given_back(
    stray: Document, matters: list[str], said: dict[str, Any]
) -> None:
    own = form("f1", name=NAME, id_number=ID), card()
    assert told(applied(matters, *own, **said)) == []
    for papers in ((*own, stray), (stray, *own)):
        application = applied(matters, *papers, **said)
        assert told(application) == GIVEN_BACK
        assert status(application).value == "review"
        (found,) = {(f.message, f.hint, f.file) for f in spoken(application)}
        assert "*" in found[0] and "不是申请人的" in found[0] and OTHER not in found[0]
        assert found[1:] == ("请退回该材料。", "s1.jpg")
        assert assessed(application).applicant.name == NAME


DOUBTFUL = [
    card("s1", name=OTHER, **{**BODY, "id_number": OTHER_NUMBER}, doubtful=("id_number",)),
    card("s1", **WHO, **BODY, doubtful=("name",)),
    card("s1", **BODY, name=OTHER, id_number=UNSOUND),
    card("s1", name=OTHER),  # the applicant's number
    card("s1", id_number=OTHER_NUMBER, **BODY),  # the applicant's name
    card("s1", name="韦小方", id_number=OTHER_NUMBER),  # one character off
    card("s1", name=OTHER, id_number=""),
]  # fmt: skip


@pytest.mark.parametrize("stray", DOUBTFUL)
def test_what_may_be_the_applicants_own_is_never_set_aside(stray: Document) -> None:
    for papers in ((stray,), (card(), stray), (card(), booklet(), stray)):
        assert strangers(applied(["M3"], form(), *papers)) == ()


def test_a_misread_number_of_the_applicants_own_paper_stays_a_matter_for_review() -> None:
    misread = original(
        disability("d3", certificate_number=f"{OTHER_NUMBER}42", doubtful=("certificate_number",))
    )
    application = applied(["M2"], form(), card(), booklet(), misread, special_groups=("SG1",))
    assert strangers(application) == ()
    assert ("X2", "review", "d3") in told(application)


def test_a_needed_paper_of_another_is_given_back_and_the_applicants_own_demanded() -> None:
    stray = original(disability("s1", **DISABLED, **BODY))
    application = applied(["M2"], form(), card(), booklet(), stray, special_groups=("SG1",))
    assert told(application) == [("MAT-2.2", "mend", None), *GIVEN_BACK]
    own = original(disability("d9"))
    application = applied(["M2"], form(), card(), booklet(), stray, own, special_groups=("SG1",))
    assert told(application) == GIVEN_BACK


def test_a_side_that_a_strangers_card_may_have_taken_is_not_demanded() -> None:
    front = original(paper("id_card", "d1", faces=("portrait",), name=NAME, id_number=ID))
    whole = card("s1", **WHO, **BODY)
    loose = whole.model_copy(
        update={"pages": (*whole.pages, PageRef(file="s2.jpg", page=1, sha256="1" * 64))}
    )
    for stray, level in ((whole, "mend"), (loose, "review")):
        assert ("DOC-SIDE", level, "d1") in told(applied(["M3"], form(), front, stray))


# ------------------------------------------------------------------ kin


def test_a_paper_that_names_the_applicant_beside_its_holder_stays() -> None:
    ward = original(
        disability("s1", name=OTHER, certificate_number=f"{OTHER_NUMBER}42", guardian=NAME, **BODY)
    )
    assert strangers(applied(["M2"], form(), card(), booklet(), ward)) == ()


def test_a_proof_that_may_name_the_head_of_the_household_stays() -> None:
    civil = proof("civil_affairs_proof", "s1", **WHO)
    assert strangers(applied(["M2"], form(), card(), booklet(), civil)) == ()


def test_a_proof_of_another_is_given_back_where_no_group_asks_for_one() -> None:
    civil = proof("civil_affairs_proof", "s1", **WHO, category="城市低保")
    own = form(), card(), booklet()
    (found,) = spoken(applied(["M2"], *own, civil))
    assert (found.rule, found.severity, found.hint) == ("X1", "review", "请退回该材料。")
    assert "识别" not in found.message and found.todo == "请取回他人的民政部门证明"
    (asked, *_) = [
        f for f in spoken(applied(["M2"], *own, civil, special_groups=("SG3",))) if f.rule == "X1"
    ]
    assert "同户" in asked.hint


def test_a_letter_with_a_name_alone_is_given_back_where_no_matter_needs_it() -> None:
    letter = proof("transfer_letter", "s1", name=OTHER, id_number="")
    assert strangers(applied(["M3"], form(), card(), letter)) == ()
    (found,) = spoken(applied(["M3"], form(), card(), letter))
    assert (found.rule, found.severity, found.hint) == ("X1", "review", "请退回该材料。")


def test_the_notice_demands_nothing_for_a_name_that_was_read_with_doubt() -> None:
    doubtful = card(**WHO, **BODY, doubtful=("name", "id_number"))
    (entry, *_) = make_notice(record(applied(["M3"], form(), doubtful))).questions
    assert entry.todo == ("不是的请取回；需要时换交您本人的",)


SAME_BOOKLET = [
    {"household_number": "000028901"},
    {"head_name": "韦建国", "relation_to_head": "妻"},
    {"head_name": "韦建周"},  # one character misread
    {"address": "广西南宁市青秀区民族大道1号"},  # two booklets of one flat
    {"name": "韦建国"},  # who is the head of the applicant's booklet
    {"head_name": NAME},  # whose head is the applicant
]


@pytest.mark.parametrize("same", SAME_BOOKLET, ids=[next(iter(s)) for s in SAME_BOOKLET])
def test_another_member_of_the_same_booklet_is_no_stranger(same: dict[str, str]) -> None:
    page = other_booklet(**same)
    assert strangers(applied(["M2"], form(), card(), booklet(), page)) == ()


def test_a_page_of_another_booklet_is_given_back() -> None:
    for papers in ((booklet(), other_booklet()), (other_booklet(), booklet())):
        application = applied(["M2"], form(), card(), *papers)
        assert told(application) == GIVEN_BACK
        household = assessed(application).applicant.household
        assert household is not None and household.division == "450103"


def test_a_head_page_of_another_booklet_is_given_back() -> None:
    page = paper(
        "hukou", "s1", faces=("head",), head_name=OTHER, household_number="555555555",
        address="广西平乐县平乐镇一街1号",
    )  # fmt: skip
    assert told(applied(["M2"], form(), card(), booklet(), original(page))) == GIVEN_BACK
    # Beside a member's page without its head page it may be the applicant's own: X6 asks.
    alone = booklet(faces=("member",), head_name="", household_number="")
    assert strangers(applied(["M2"], form(), card(), alone, page)) == ()


def test_only_another_members_page_is_the_booklet_to_complete_where_one_is_needed() -> None:
    assert strangers(applied(["M2"], form(), card(), other_booklet())) == ()
    page = other_booklet(doubtful=("household_number", "head_name"))
    assert strangers(applied(["M2"], form(), card(), booklet(), page)) == ()


# ------------------------------------------------------------------ proxies


def test_an_undertaking_of_another_makes_no_proxy() -> None:
    stray = original(undertaking("s1", **UNDERTAKEN))
    application = applied(["M3"], form(), card(), stray, proxy_card("s2"))
    assert told(application) == [*GIVEN_BACK, ("X1", "review", "s2")]
    mine = original(undertaking("s1"))
    assert ("MAT-G3a", "mend", None) in told(applied(["M3"], form(), card(), mine))
    doubtful = undertaking(
        "s1",
        applicant_name=OTHER,
        applicant_id_number=OTHER_NUMBER,
        doubtful=("applicant_id_number",),
    )
    assert strangers(applied(["M3"], form(), card(), doubtful)) == ()


def test_an_undertaking_of_the_declared_proxy_is_written_wrong_and_no_strangers() -> None:
    wrong = original(undertaking("s1", **UNDERTAKEN))
    proxy = {"name": PROXY_NAME, "id_number": PROXY_ID}
    application = applied(["M3"], form(), card(), wrong, proxy_card(), proxy=proxy)
    assert strangers(application) == ()
    assert ("X15", "mend", "s1") in told(application)


@pytest.mark.parametrize(
    ("named", "is_strangers"),
    [
        ({}, False),
        ({"proxy_id_number": OTHER_NUMBER}, False),  # a number written wrong
        ({"proxy_id_number": ""}, False),
        ({"proxy_name": "李四平"}, False),  # a name written wrong
        ({"proxy_name": "李四平", "proxy_id_number": OTHER_NUMBER}, True),
        ({"proxy_name": "李四平", "proxy_id_number": ""}, True),
    ],
)
def test_an_undertaking_for_another_is_a_strangers_where_another_proxy_gives_it(
    named: dict[str, Any], is_strangers: bool
) -> None:
    proxy = {"name": PROXY_NAME, "id_number": PROXY_ID}
    stray = original(undertaking("s1", **UNDERTAKEN, **named))
    application = applied(["M3"], form(), card(), stray, proxy_card(), proxy=proxy)
    assert [d.id for d in strangers(application)] == ["s1"] * is_strangers


def test_a_third_persons_card_in_a_proxy_case_asks_for_no_signature() -> None:
    proxy = {"name": PROXY_NAME, "id_number": PROXY_ID}
    third = card("s1", **WHO, **BODY).model_copy(update={"quality": Quality()})
    own = form(), card(), original(undertaking("d5")), proxy_card()
    assert told(applied(["M3"], *own, third, proxy=proxy)) == GIVEN_BACK
    without = applied(["M3"], *own[:-1], third, proxy=proxy)
    assert told(without) == [("MAT-G3a", "mend", None), *GIVEN_BACK]
    assert any("也不是代办人黄*勇的" in f.message for f in spoken(without))


# ------------------------------------------------------------------ kinds of persons


def test_an_id_card_is_no_foreigners() -> None:
    for name in ("史密斯", "SMITH JOHN"):
        mine = (form(), foreign_card(name=name), lodging(name=name))
        assert told(foreigner(["M5"], *mine, name=name)) == []
        assert told(foreigner(["M5"], *mine, card("s1", **WHO, **BODY), name=name)) == GIVEN_BACK


def test_a_foreigners_paper_stays_where_no_card_says_who_applies() -> None:
    papers = form(), lodging("s1", name="SMITH JOHN", certificate_number="AB1234567")
    assert strangers(applied(["M3"], *papers)) == ()
    pass_ = hk_pass("s1", name=NAME)  # the applicant's name
    assert strangers(applied(["M3"], form(), card(), pass_)) == ()


# ------------------------------------------------------------------ who applies


def test_a_form_of_another_asks_for_nothing() -> None:
    stray = form("s1", **WHO, mobile="13899990000", matters="M1")
    own = form("f1", name=NAME, id_number=ID, mobile="13000003749", matters="M3")
    typed = Request(name=NAME, id_number=ID)
    for forms in ((stray, own), (own, stray)):
        made = own_form((*forms, card()), typed)
        assert made is not None and (made.mobile, made.matters) == ("13000003749", ("M3",))
        untyped = own_form((*forms, card()), None)
        assert untyped is not None and untyped.name == NAME
    assert own_form((stray, card()), typed) is None
    # Nothing typed and one form: it is open which of form and card is the stranger's.
    assert own_form((stray, card()), None) is not None


def test_what_a_strangers_form_asked_for_is_taken_out_of_the_request() -> None:
    stray = form("s1", **WHO, mobile="13899990000")
    own = form("f1", name=NAME, id_number=ID)
    typed = Request(**{k: v for k, v in ORDER.items() if k != "mobile"}, matters=("M3",))
    documents = (stray, own, card())
    both = form_request(documents)
    application = Application("c1", merge_requests(typed, both), documents, typed, both)
    assert application.request.mobile == "13899990000"
    assert own_case(application).application.request.mobile is None


def test_two_cards_of_which_nothing_says_whose_they_are_both_stay() -> None:
    nothing = Application("c1", Request(), (card(), card("s1", **WHO, **BODY)))
    assert strangers(nothing) == ()
    three = Application("c1", Request(), (card(), booklet(), card("s1", **WHO, **BODY)))
    assert [d.id for d in strangers(three)] == ["s1"]


def test_facts_typed_for_another_are_doubted_and_nothing_is_demanded() -> None:
    papers = form("f1", name=NAME, id_number=ID), card(), booklet()
    application = applied(["M2"], *papers, special_groups=("SG3",), **WHO)
    made = assessed(application)
    assert (made.applicant.name, made.applicant.id_number) == (NAME, ID)
    ((rule, level, document),) = told(application)
    assert (rule, level, document) == ("X14", "review", None)
    (found,) = spoken(application)
    assert "录入的申请人是何*兰，所交材料都是韦*芳的" in found.message
    assert "不需要申请人补正" in found.hint and found.file == "application.json"
    notice = make_notice(record(application))
    assert (notice.name, notice.missing, notice.mend) == ("韦*芳", (), ())
    assert [e.title for e in notice.questions] == ["窗口录入的申请信息"]
    assert typed_for_another(application) == (NAME, ID)


def test_facts_typed_for_another_leave_a_papers_own_fault_to_look_at() -> None:
    expired = card(valid_from="2006-05-06", valid_to="2016-05-06")
    application = applied(["M3"], form(name=NAME, id_number=ID), expired, **WHO)
    assert ("DOC-EXPIRED", "review", "d1") in told(application)
    assert status(application).value == "review"


@pytest.mark.parametrize(
    ("papers", "said"),
    [
        ((card(),), {}),  # one paper against what was typed
        ((card(), booklet(), card("s1", **WHO)), {}),  # a paper of the typed person is there
        ((card(), booklet(), card("s1", name="李四平", id_number=PROXY_ID)), {}),  # of a third
        ((card(), booklet()), {"id_number": ID}),  # the name alone
        ((card(), booklet()), {"name": NAME}),  # the number alone
        ((card(), booklet()), {"id_number": ...}),
        ((card(doubtful=("name",)), booklet()), {}),
        ((booklet(), booklet("d9")), {}),  # no identity paper
        ((card(), booklet()), {"changes": ({"item": "name", "old": NAME, "new": OTHER},)}),
    ],
)
def test_typing_stands_where_not_all_papers_are_against_it(
    papers: tuple[Document, ...], said: dict[str, Any]
) -> None:
    application = applied(["M3"], form(), *papers, **(WHO | said))
    assert typed_for_another(application) is None
    assert not any("所交材料都是" in f.message for f in assessed(application).findings)


def test_the_notice_says_whose_the_paper_is() -> None:
    application = applied(["M3"], form(), card(), card("s1", **WHO, **BODY))
    (entry,) = make_notice(record(application)).questions
    assert (entry.title, entry.problems) == ("居民身份证", ("是何*兰的，不是申请人的",))
    assert entry.todo == ("请取回他人的居民身份证",)


def test_a_doubt_about_a_paper_that_was_set_aside_concerns_no_matter() -> None:
    application = applied(["M3"], form(), card(), card("s1", **WHO, **BODY))
    needed = assessed(application, TODAY).needed_by
    assert needed is not None and needed["s1"] == ()


def test_a_hand_read_value_is_as_sure_as_typing() -> None:
    stray = card("s1", **WHO, **BODY, doubtful=("name", "id_number"))
    by_hand = {
        k: Reading(value=r.value, raw=r.raw, confidence=1.0, source="human")
        for k, r in stray.fields.items()
    }
    stray = stray.model_copy(update={"fields": by_hand})
    assert told(applied(["M3"], form(), card(), stray)) == GIVEN_BACK
