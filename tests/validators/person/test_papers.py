"""What papers say as evidence: sure only where a sure source, or two of them, say so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pipeline.finding import Severity, finding
from pipeline.model import Application, Document, DocumentType, Proxy, Reading
from tests.validators.applications import applied, booklet, card, foreign_card, form, original
from tests.validators.papers_made import ID, paper
from validators.person.papers import PaperEvidence, Papers, prefer_sure, settle

DAY = date(2026, 11, 23)


def said(value: str, document: str | None = "d1", *, sure: bool = True) -> PaperEvidence:
    return PaperEvidence(value, sure, document)


def papers(application: Application, day: date = DAY) -> Papers:
    return Papers(application, day)


# ------------------------------------------------------------------ several sources


def test_no_source_says_nothing() -> None:
    assert settle([]) is None


@pytest.mark.parametrize("sure", [True, False])
def test_one_source_is_as_sure_as_it_was_read(sure: bool) -> None:
    assert settle([said("a", sure=sure)]) == said("a", sure=sure)


def test_two_papers_that_agree_are_sure_together() -> None:
    assert settle([said("a", "d1", sure=False), said("a", "d2", sure=False)]) == said("a", "d1")


def test_the_same_paper_twice_is_no_second_witness() -> None:
    one = said("a", "d1", sure=False)
    assert settle([one, one]) == one


def test_a_paper_and_what_was_typed_are_two_witnesses() -> None:
    both = settle([said("a", "d1", sure=False), said("a", None, sure=False)])
    assert both == said("a", "d1")


def test_a_sure_source_backs_an_unsure_one() -> None:
    assert settle([said("a", sure=False), said("a", "d1")]) == said("a")


def test_a_sure_source_that_says_otherwise_makes_it_unsure() -> None:
    assert settle([said("a"), said("b", "d2")]) == said("a", sure=False)
    assert settle([said("a"), said("b", "d2", sure=False)]) == said("a")


def test_two_unsure_papers_that_differ_are_no_witnesses_of_each_other() -> None:
    assert settle([said("a", sure=False), said("b", "d2", sure=False)]) == said("a", sure=False)


def test_what_was_typed_stands_before_a_paper_read_in_doubt() -> None:
    shown, typed = [said("a", sure=False)], [said("a", None)]
    assert prefer_sure(shown, typed) == [said("a", None), said("a", sure=False)]
    other = [said("b", None)]
    assert prefer_sure(shown, other) == [said("b", None, sure=False), said("a", sure=False)]


def test_a_paper_read_surely_stands_before_what_was_typed() -> None:
    shown, typed = [said("a")], [said("b", None)]
    assert prefer_sure(shown, typed) == [*shown, *typed]
    unsure = [said("b", None, sure=False)]
    assert prefer_sure([said("a", sure=False)], unsure) == [said("a", sure=False), *unsure]
    assert prefer_sure([], typed) == typed
    assert prefer_sure(shown, []) == shown


def test_typed_evidence_rests_on_no_document() -> None:
    assert said("a", None).documents == ()
    assert said("a", "d2").documents == ("d2",)


# ------------------------------------------------------------------ whose it is


def other(doubtful: tuple[str, ...] = ()) -> Application:
    """A card of somebody that nobody named."""
    stranger = card("d9", name="李建国", id_number="450103198501019012", doubtful=doubtful)
    return applied(["M3"], form(), card(), stranger)


@pytest.mark.parametrize(
    ("doubtful", "holder"), [((), "other"), (("name",), "unsure"), (("id_number",), "unsure")]
)
def test_a_paper_is_somebody_elses_only_where_that_was_read_surely(
    doubtful: tuple[str, ...], holder: str
) -> None:
    application = other(doubtful)
    assert papers(application).holder(application.documents[-1]) == holder


def test_what_may_be_the_applicants_stands_behind_what_is() -> None:
    application = other(("name",))
    turned = replace(application, documents=application.documents[::-1])
    own = papers(turned).owned(DocumentType.ID_CARD)
    assert [d.id for d in own] == ["d1", "d9"]


def test_a_paper_that_names_nobody_may_be_anybodys() -> None:
    nameless = original(paper("id_card", "d9", faces=("emblem",), valid_to="2040-05-06"))
    application = applied(["M3"], form(), card(), nameless)
    assert papers(application).holder(nameless) == "unsure"


def test_the_most_telling_valid_paper_shows_who_he_is() -> None:
    expired = card("d1", valid_to="2020-05-06")
    temporary = original(
        paper("temporary_id_card", "d2", name="韦小芳", id_number=ID, valid_to="2027-01-01")
    )
    both = papers(applied(["M3"], form(), expired, temporary))
    assert both.identity is not None
    assert both.identity.id == "d2"
    alone = papers(applied(["M3"], form(), expired))
    assert alone.identity is not None
    assert alone.identity.id == "d1"
    assert papers(applied(["M3"], form())).identity is None


# ------------------------------------------------------------------ validity


def expired(valid_to: str, doubtful: tuple[str, ...] = ()) -> bool | None:
    own = card("d1", valid_to=valid_to, doubtful=doubtful)
    return papers(applied(["M3"], form(), own)).is_expired(own)


@pytest.mark.parametrize(
    ("valid_to", "is_expired"),
    [
        ("2026-11-23", False),
        ("2026-11-22", True),
        ("2026-11", False),
        ("2026-10", True),
        ("长期", False),
        ("某年", None),
    ],
)
def test_a_paper_holds_to_the_end_of_its_last_day(valid_to: str, is_expired: bool | None) -> None:
    assert expired(valid_to) is is_expired


def test_a_paper_has_expired_only_where_its_end_was_read_surely() -> None:
    assert expired("2020-05-06", ("valid_to",)) is None
    assert expired("2040-05-06", ("valid_to",)) is False


def test_a_paper_whose_end_was_not_read_may_have_expired_but_for_undated_ones() -> None:
    unread = original(paper("id_card", "d1", name="韦小芳", id_number=ID))
    booklet = original(paper("hukou", "d2", name="韦小芳", id_number=ID))
    both = papers(applied(["M3"], form(), unread, booklet))
    assert both.is_expired(unread) is None
    assert both.is_expired(booklet) is False


@pytest.mark.parametrize(
    ("rule", "level", "doubted"),
    [
        ("DOC-EXPIRED", Severity.REVIEW, True),
        ("DOC-VALIDITY", Severity.REVIEW, True),
        ("DOC-EXPIRED", Severity.MEND, False),
        ("OCR-LOW", Severity.REVIEW, False),
    ],
)
def test_a_validity_that_a_check_doubts_has_ended_for_nobody(
    rule: str, level: Severity, doubted: bool
) -> None:
    own = card("d1", valid_to="2020-05-06")
    template = finding("OCR-LOW", document="d1", field="valid_to", why="")
    made = template.model_copy(update={"rule": rule, "severity": level})
    judged = Papers(applied(["M3"], form(), own), DAY, [made])
    assert judged.is_doubted(own) is doubted
    assert judged.is_expired(own) is (None if doubted else True)


def test_evidence_is_the_first_field_that_is_not_blank() -> None:
    own = foreign_card(name="", english_name="SMITH")
    found = papers(applied(["M3"], own)).evidence(own, "name", "english_name")
    assert found == said("SMITH")
    assert papers(applied(["M3"], own)).evidence(own, "former_name") is None


def test_a_number_is_as_sure_as_it_was_read() -> None:
    own = card(doubtful=("id_number",))
    assert papers(applied(["M3"], own)).number(own) == said(ID, sure=False)
    blank = original(paper("id_card", "d1", name="韦小芳"))
    assert papers(applied(["M3"], blank)).number(blank) is None


def test_what_was_declared_is_text_and_as_sure_as_its_source() -> None:
    case = papers(applied(["M3"], form(), card(), is_student=False))
    assert case.declared("is_student") == said("False", None)
    assert case.declared("archive") is None


def test_a_valid_paper_stands_before_an_expired_one() -> None:
    old, new = card("d1", valid_to="2020-05-06"), card("d2")
    own = papers(applied(["M3"], form(), old, new)).owned(DocumentType.ID_CARD)
    assert [d.id for d in own] == ["d2", "d1"]


def test_what_is_surely_his_shows_who_he_is_before_what_may_be() -> None:
    nameless = original(paper("id_card", "d9", faces=("emblem",), valid_to="2040-05-06"))
    passport = original(
        paper("temporary_id_card", "d2", name="韦小芳", id_number=ID, valid_to="2027-01-01")
    )
    both = papers(applied(["M3"], form(), nameless, passport))
    assert both.identity is not None
    assert both.identity.id == "d2"


@pytest.mark.parametrize(("name", "number", "own"), [
    ("韦小芳", ID, True), ("黄大勇", "450103198501019012", False),
])  # fmt: skip
def test_the_applicant_is_no_proxy_of_his_own(name: str, number: str, own: bool) -> None:
    case = applied(["M3"], form(), card(), proxy=Proxy(name=name, id_number=number))
    assert papers(case).is_own_proxy is own


def ids(*documents: Document, kinds: tuple[DocumentType, ...] = (DocumentType.ID_CARD,)) -> str:
    """The applicant's own of these papers, in the order they are taken in; in any order of scans
    the same."""
    turns = [documents, documents[::-1], (*documents[1:], documents[0])]
    orders = {
        " ".join(d.id for d in papers(applied(["M3"], form(), *turn)).owned(*kinds))
        for turn in turns
    }
    assert len(orders) == 1
    return orders.pop()


def test_of_one_kind_the_later_stands_first() -> None:
    early, late = card("d1", valid_from="2018-05-06"), card("d2", valid_from="2022-05-06")
    undated = card("d3", valid_from="")
    assert ids(early, late, undated) == "d2 d1 d3"


def test_of_several_kinds_the_order_asked_for_stands_before_the_later_paper() -> None:
    temporary = original(
        paper(
            "temporary_id_card", "d2", name="韦小芳", id_number=ID,
            valid_from="2026-11-01", valid_to="2027-02-01",
        )
    )  # fmt: skip
    own = card("d1")
    both = (DocumentType.ID_CARD, DocumentType.TEMPORARY_ID_CARD)
    assert ids(own, temporary, kinds=both) == "d1 d2"
    assert ids(own, temporary, kinds=both[::-1]) == "d2 d1"


def test_of_two_alike_what_they_say_decides_and_no_file() -> None:
    first_one, second = card("d1", address="南宁市甲路1号"), card("d2", address="南宁市乙路1号")
    assert ids(first_one, second) == "d2 d1"  # 乙 stands before 甲 in the order of characters


def test_the_later_of_two_cards_shows_who_he_is() -> None:
    early, late = card("d1", valid_from="2018-05-06"), card("d2", valid_from="2022-05-06")
    for order in ((early, late), (late, early)):
        shown = papers(applied(["M3"], form(), *order)).identity
        assert shown is not None
        assert shown.id == "d2"


def test_of_two_cards_alike_what_they_say_shows_who_he_is() -> None:
    one, other_one = card("d1", address="南宁市甲路1号"), card("d2", address="南宁市乙路1号")
    for order in ((one, other_one), (other_one, one)):
        shown = papers(applied(["M3"], form(), *order)).identity
        assert shown is not None
        assert shown.id == "d2"


# ------------------------------------------------------------------ proofs in another's name

WIFE, WIFE_ID = "黄梅", "450103198501019012"


def proof(listed: tuple[tuple[str, str], ...] = (), doubtful: tuple[str, ...] = ()) -> Document:
    """A village's proof for a household in the wife's name, with the members that it lists."""
    made = paper("group_proof", "d7", name=WIFE, id_number=WIFE_ID, doubtful=doubtful)
    rows = tuple(
        {
            key: Reading(value=value, raw=value, confidence=0.99)
            for key, value in (("name", name), ("id_number", number))
            if value
        }
        for name, number in listed
    )
    return original(made.model_copy(update={"tables": {"members": rows}} if rows else {}))


def holder_of(made: Document, *booklets: Document) -> str:
    return papers(applied(["M2"], form(), card(), made, *booklets)).holder(made)


OWN_PAGE = booklet("d2", head_name="韦建国", household_number="000028901")
HER_PAGE = booklet("d3", name=WIFE, id_number=WIFE_ID, household_number="000028901")
HERS_ELSEWHERE = booklet("d3", name=WIFE, id_number=WIFE_ID, household_number="000099999")


def test_a_proof_that_lists_his_number_is_his() -> None:
    assert holder_of(proof((("韦小芳", ID),))) == "applicant"
    assert holder_of(proof((("韦小芳", ID),)), OWN_PAGE) == "applicant"


def test_a_proof_that_lists_his_name_alone_is_his_where_the_booklet_joins_the_two() -> None:
    listed = proof((("韦小芳", ""),))
    assert holder_of(listed) == "unsure"
    assert holder_of(listed, OWN_PAGE) == "unsure"
    assert holder_of(listed, OWN_PAGE, HERS_ELSEWHERE) == "unsure"
    assert holder_of(listed, OWN_PAGE, HER_PAGE) == "applicant"


def test_the_head_of_his_household_is_of_it() -> None:
    headed = booklet("d2", head_name=WIFE)
    assert holder_of(proof((("韦小芳", ""),)), headed) == "applicant"


def test_a_proof_that_lists_nobody_is_a_strangers_where_the_booklet_leaves_her_out() -> None:
    assert holder_of(proof()) == "unsure"  # no booklet tells who is of the household
    assert holder_of(proof(), OWN_PAGE) == "other"
    assert holder_of(proof(doubtful=("name",)), OWN_PAGE) == "unsure"
    assert holder_of(proof(), OWN_PAGE, HER_PAGE) == "unsure"
    assert holder_of(proof(), HERS_ELSEWHERE) == "unsure"  # a booklet that is not his


def test_a_booklet_that_names_nobody_joins_nobody() -> None:
    nameless = booklet("d2", head_name="", name="")
    assert holder_of(proof(), nameless) == "unsure"


def test_a_proof_without_a_name_is_nobodys_for_sure() -> None:
    made = original(paper("group_proof", "d7", name="", id_number=WIFE_ID))
    assert holder_of(made, OWN_PAGE) == "unsure"


def test_a_proof_that_lists_others_is_a_strangers() -> None:
    assert holder_of(proof((("陆一", "450103198501010052"),))) == "other"


def test_he_has_a_paper_of_a_kind_where_one_of_them_is_surely_his() -> None:
    strange = card("d9", name="李建国", id_number=WIFE_ID)
    both = papers(applied(["M3"], form(), card(), strange))
    assert both.has_own(DocumentType.ID_CARD)
    assert not both.has_own(DocumentType.HUKOU)
    assert not papers(applied(["M3"], form(), strange)).has_own(DocumentType.ID_CARD)
    assert [d.id for d in both.owned(DocumentType.ID_CARD)] == ["d1"]


@pytest.mark.parametrize(("doubtful", "surely"), [((), True), (("is_student",), False)])
def test_what_the_form_says_is_declared_as_surely_as_it_was_read(
    doubtful: tuple[str, ...], surely: bool
) -> None:
    filled = form(doubtful=doubtful, is_student="否")
    untyped = replace(applied(["M3"], filled, card()), typed=None)
    assert papers(untyped).is_declared_surely("is_student") is surely
    assert papers(applied(["M3"], filled, card())).is_declared_surely("is_student")


def test_the_first_of_several_sources_decides_whether_typing_stands_before_papers() -> None:
    shown = [said("a", sure=False), said("b", "d2")]
    assert prefer_sure(shown, [said("a", None)])[0] == said("a", None, sure=False)
    assert prefer_sure(shown[::-1], [said("a", None)]) == [*shown[::-1], said("a", None)]
    typed = [said("a", None), said("b", None, sure=False)]
    assert prefer_sure([said("a", sure=False)], typed) == [said("a", None), said("a", sure=False)]
