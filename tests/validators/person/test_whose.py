"""Whose papers these are."""

import pytest

from pipeline.model import Document, Proxy
from pipeline.reference.same_number import canonical_number
from tests.validators.papers_made import (
    ID,
    NAME,
    OTHER_ID,
    PROXY_ID,
    PROXY_NAME,
    case,
    disability,
    hukou,
    id_card,
    paper,
    undertaking,
)
from validators.person.whose import cast, claim_of, comparable, foreign_forms


@pytest.mark.parametrize(
    ("document", "role"),
    [
        (id_card(), "applicant"),
        (id_card(name="李四"), "applicant"),  # by number
        (id_card(id_number=OTHER_ID), "applicant"),  # by name
        (id_card(name="李四", id_number=ID[:9] + "7" + ID[10:]), "applicant"),  # one digit misread
        (id_card(name="韦小方", id_number=""), "applicant"),  # one character misread
        (id_card(name="韦小方", id_number=PROXY_ID), "proxy"),
        (id_card(name=PROXY_NAME, id_number=""), "proxy"),
        (id_card(name="李四", id_number=PROXY_ID[:9] + "0" + PROXY_ID[10:]), "proxy"),
        (id_card(name="李四", id_number="110101198501019015"), "other"),
        (hukou(name="李四", id_number=""), "household"),
        (paper("hukou", head_name="李四"), "nobody"),
        (paper("photo"), "nobody"),
        (disability(certificate_number=f"{ID}42B1", name=""), "applicant"),
        (paper("civil_affairs_proof", name="李四"), "other"),
    ],
)
def test_role_follows_number_and_name(document: Document, role: str) -> None:
    application = case(
        document, name=NAME, id_number=ID, proxy=Proxy(name=PROXY_NAME, id_number=PROXY_ID)
    )
    assert cast(application).roles[document.id] == role


def test_nobody_is_the_applicant_when_there_is_no_paper() -> None:
    people = cast(case())
    assert (people.names, people.numbers, people.of("applicant")) == ((), (), ())


def test_papers_that_name_nobody_make_nobody_the_applicant() -> None:
    people = cast(case(paper("photo"), paper("hukou", "d2", head_name="韦建国")))
    assert (people.names, people.numbers) == ((), ())
    assert people.roles == {"d1": "nobody", "d2": "nobody"}


@pytest.mark.parametrize(
    ("typed", "foreign"),
    [
        ({"name": NAME, "id_number": ID}, True),
        ({"name": "李四", "id_number": ID}, False),  # one of both is enough
        ({"name": NAME, "id_number": PROXY_ID}, False),
        ({"name": "SMITH JOHN", "id_number": ID}, False),  # two scripts cannot be compared
        ({"name": NAME, "id_number": "AB123456"}, False),  # nor two kinds of number
    ],
)
def test_a_form_is_somebody_elses_only_where_both_name_and_number_contradict(
    typed: dict[str, str], foreign: bool
) -> None:
    written = paper("application_form", name="李四", id_number=PROXY_ID)
    assert foreign_forms(case(written, **typed)) == ((written,) if foreign else ())


def test_the_most_named_person_is_the_applicant_when_nothing_was_said() -> None:
    people = cast(case(id_card("d1", name="李四", id_number=PROXY_ID), hukou(), disability()))
    assert people.numbers == (ID,)
    assert people.roles == {"d1": "other", "d2": "applicant", "d3": "applicant"}


def test_the_proxy_is_never_taken_for_the_applicant_when_papers_are_counted() -> None:
    proxy = id_card("d1", name=PROXY_NAME, id_number=PROXY_ID)
    people = cast(case(proxy, undertaking(), hukou()))
    assert people.roles["d1"] == "proxy" and people.roles["d2"] == "applicant"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (f"{ID}42B1", ID),
        (f"{ID[:6]} {ID[6:14]} {ID[14:]}", ID),
        ("610104620927690", "610104196209276908"),
        ("can110081080310", "CAN110081080310"),
        ("", ""),
    ],
)
def test_canonical_number_can_be_compared(text: str, number: str) -> None:
    assert canonical_number(text) == number


def test_a_masked_number_is_no_claim() -> None:
    assert claim_of(paper("transfer_letter", id_number="4501**********1234")).number is None


def test_a_foreigner_is_known_by_the_name_in_either_script() -> None:
    passport = paper("passport", name="SMITH JOHN", passport_number="AB123456")
    card = paper(
        "foreign_permanent_resident_card",
        "d2",
        name="SMITH JOHN",
        chinese_name="史密斯",
        id_number="911124198108030024",
    )
    people = cast(case(passport, card, name="史密斯", id_number="911124198108030024"))
    assert people.roles["d2"] == "applicant"
    by_latin = cast(case(passport, card, name="SMITH JOHN"))
    assert set(by_latin.roles.values()) == {"applicant"}


def test_numbers_are_comparable_when_papers_have_one_number_in_common() -> None:
    card, booklet = claim_of(id_card()), claim_of(hukou())
    passport = claim_of(paper("passport", passport_number="E12345678"))
    permit = claim_of(paper("hk_macao_travel_permit", permit_number="H12345678"))
    assert comparable(card, booklet)
    assert not comparable(card, passport)
    assert not comparable(passport, permit)
    assert comparable(permit, permit)
