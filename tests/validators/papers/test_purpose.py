"""Papers against what they were handed in for."""

from typing import Any

import pytest

from pipeline.model import Application, Document, Proxy
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
    found,
    hukou,
    id_card,
    paper,
    residence_permit,
    ruled,
    undertaking,
)
from validators.person.values import is_same

ROWS: list[Row] = [
    (
        case(
            id_card(),
            paper("police_change_proof", "d2", name=NAME, old_name="韦晓芳", new_name=NAME),
            matters=("M6",),
            name=NAME,
            id_number=ID,
            changes=(change("name", "韦小方", NAME),),
        ),
        "X13",
        "mend",
        "old_name",
    ),
    (
        case(id_card(), matters=("M8",), id_number=ID, changes=(change("name", NAME, "韦丽"),)),
        "X13",
        "mend",
        "name",
    ),
    (
        case(id_card(), matters=("M8",), id_number=ID, changes=(change("name", "韦丽", NAME),)),
        "",
        "",
        None,
    ),
    (
        case(id_card(), name=NAME, proxy=Proxy(name=NAME, id_number=ID), id_number=ID),
        "X15",
        "mend",
        "proxy",
    ),
    (
        case(id_card(), name=NAME, proxy=Proxy(name=NAME, id_number=PROXY_ID), id_number=ID),
        "",
        "",
        None,
    ),
    (case(id_card(), undertaking(signature="no"), name=NAME), "X15", "mend", "signature"),
    (case(id_card(), undertaking(signature="unsure"), name=NAME), "X15", "review", "signature"),
    (case(id_card(), undertaking(issue_date="2026-11-24"), name=NAME), "X15", "mend", "issue_date"),
    (case(id_card(), undertaking(issue_date=""), name=NAME), "X15", "mend", "issue_date"),
    (
        case(id_card(), undertaking(applicant_name="李四"), name=NAME),
        "X15",
        "mend",
        "applicant_name",
    ),
    (
        case(id_card(), undertaking(), name=NAME, proxy=Proxy(name="李四", id_number=PROXY_ID)),
        "X15",
        "mend",
        "proxy_name",
    ),
    (
        case(id_card(), residence_permit(), matters=("M5",), enrol_division="450205", name=NAME),
        "X19",
        "mend",
        "current_address",
    ),
    (
        case(
            id_card(),
            residence_permit(current_address="柳州市中山路2号"),
            matters=("M7",),
            enrol_division="450202",
        ),
        "X19",
        "review",
        "current_address",
    ),
    (case(id_card(), residence_permit(), matters=("M5",), enrol_division="450103"), "", "", None),
    (
        case(
            id_card(),
            residence_permit(valid_from="2025-05-06", valid_to="2026-05-06"),
            matters=("M5",),
            enrol_division="450202",
        ),
        "X19",
        "mend",
        "valid_to",
    ),
    (
        case(
            hukou(name="韦丽"),
            matters=("M6",),
            id_number=ID,
            changes=(change("name", "韦丽", NAME),),
        ),
        "X13",
        "mend",
        "name",
    ),
    (
        case(
            hukou(name="韦丽"),
            paper("police_change_proof", "d3", old_name="韦丽", new_name=NAME),
            matters=("M6",),
            id_number=ID,
            changes=(change("name", "韦丽", NAME),),
        ),
        "X13",
        "review",
        "name",
    ),
    (
        case(
            id_card(),
            paper("residence_permit", "d4", name=NAME, id_number=ID),
            matters=("M5",),
            enrol_division="450202",
        ),
        "X19",
        "review",
        "current_address",
    ),
]


@pytest.mark.parametrize("row", ROWS)
def test_rule_speaks_when_its_case_is_there_and_is_silent_when_not(row: Row) -> None:
    check_row(row)


def test_the_proxy_is_known_by_the_undertaking_when_nobody_declared_one() -> None:
    card = id_card("d2", name=PROXY_NAME, id_number=PROXY_ID, sex="男", birth_date="1985-01-01")
    card = card.model_copy(
        update={"fields": {k: v for k, v in card.fields.items() if "valid" not in k}}
    )
    assert ruled(case(id_card(), card, undertaking(), name=NAME, id_number=ID)) == []


# ------------------------------------------------------------------ the same value in two prints


@pytest.mark.parametrize(
    ("item", "a", "b", "same"),
    [
        ("name", "韦 小芳", "韦小芳", True),
        ("name", "韦小芳", "韦小方", False),
        ("id_number", ID, f" {ID}", True),
        ("id_number", "450103900307912", ID[:-4] + "9120", False),
        ("id_number", ID, PROXY_ID, False),
        ("ethnicity", "壮", "壮族", True),
        ("ethnicity", "壮族", "汉族", False),
        ("birth_date", "1990年3月7日", "1990-03-07", True),
        ("birth_date", "1990-03-08", "1990-03-07", False),
        ("sex", " 女", "女", True),
        ("sex", "男", "女", False),
    ],
)
def test_values_are_compared_by_what_they_mean(item: str, a: str, b: str, same: bool) -> None:
    assert is_same(item, a, b) is same


def told(rule: str, application: Application) -> list[tuple[str | None, ...]]:
    """Severity, matter, document, field, what was read and what it is held against."""
    return [
        (f.severity.value, f.matter, f.document, f.field, f.got, f.expected)
        for f in found(application)
        if f.rule == rule
    ]


# ------------------------------------------------------------------ X13


def changing(*documents: Document, item: str, old: str, new: str, **request: Any) -> Application:
    asked = {"matters": ("M6",), "name": NAME, "id_number": ID} | request
    return case(*documents, **asked, changes=(change(item, old, new),))


@pytest.mark.parametrize(
    ("item", "level"), [("sex", "review"), ("ethnicity", "review"), ("birth_date", "mend")]
)
def test_what_must_be_proved_must_stand_on_the_card(item: str, level: str) -> None:
    new = {"sex": "男", "ethnicity": "汉族", "birth_date": "1991-03-07"}[item]
    rows = told("X13", changing(id_card(), item=item, old="", new=new))
    assert [(row[0], row[1], row[2], row[3], row[5]) for row in rows] == [
        (level, "M6", "d1", item, new)
    ]


def test_a_change_of_what_no_paper_shows_is_not_looked_for() -> None:
    assert told("X13", changing(id_card(), item="mobile", old="1", new="2")) == []


def test_a_change_is_looked_for_in_each_matter_that_registers_one() -> None:
    asked = {"item": "name", "old": NAME, "new": "韦丽"}
    rows = told("X13", changing(id_card(), **asked, matters=("M3", "M6", "M8")))
    assert [row[1] for row in rows] == ["M6", "M8"]
    assert told("X13", changing(id_card(), **asked, matters=("M3",))) == []


def test_a_number_read_in_doubt_or_refuted_by_its_check_digit_demands_nothing() -> None:
    wrong = OTHER_ID[:-1] + "9"
    for card in (id_card(id_number=wrong), id_card(id_number=OTHER_ID, doubtful=("id_number",))):
        rows = told("X13", changing(card, item="id_number", old=ID, new=PROXY_ID))
        assert [row[0] for row in rows] == ["review"]
    sure = changing(id_card(id_number=OTHER_ID), item="id_number", old=OTHER_ID, new=ID)
    assert [row[0] for row in told("X13", sure)] == ["mend"]


def proof(**fields: Any) -> Document:
    return paper("police_change_proof", "d2", name=NAME, **fields)


def test_a_proof_states_both_values_as_they_were_applied_for() -> None:
    asked = {"item": "name", "old": "韦丽", "new": NAME}
    assert told("X13", changing(id_card(), proof(old_name="韦丽", new_name=NAME), **asked)) == []
    wrong = told("X13", changing(id_card(), proof(old_name="韦莉", new_name="韦小方"), **asked))
    assert [row[3:] for row in wrong] == [
        ("old_name", "韦莉", "韦丽"),
        ("new_name", "韦小方", NAME),
    ]
    assert told("X13", changing(id_card(), proof(old_name="", new_name=NAME), **asked)) == []
    open_ = {"item": "name", "old": "", "new": NAME}
    assert told("X13", changing(id_card(), proof(old_name="韦莉"), **open_)) == []


# ------------------------------------------------------------------ X15


PROXY = {"name": PROXY_NAME, "id_number": PROXY_ID}


def handed_in(*documents: Document, **request: Any) -> Application:
    return case(id_card(), *documents, **({"name": NAME, "id_number": ID} | request))


def proxy_card(**fields: Any) -> Document:
    whole = {"sex": "男", "birth_date": "1985-01-01", **PROXY, **fields}
    return id_card("d2", **whole)


def test_the_undertaking_names_the_proxys_card() -> None:
    assert told("X15", handed_in(proxy_card(), undertaking(), proxy=Proxy(**PROXY))) == []
    wrong = undertaking(proxy_id_number=OTHER_ID)
    rows = told("X15", handed_in(proxy_card(), wrong, proxy=Proxy(**PROXY)))
    assert rows == [("mend", None, "d5", "proxy_id_number", OTHER_ID, PROXY_ID)] * 2
    doubtful = proxy_card(doubtful=("id_number",))
    rows = told("X15", handed_in(doubtful, wrong, proxy=Proxy(**PROXY)))
    assert [row[0] for row in rows] == ["mend", "review"]
    renamed = undertaking(proxy_name="黄小勇")
    rows = told("X15", handed_in(proxy_card(), renamed, proxy=Proxy(**PROXY)))
    assert [row[3:] for row in rows] == [("proxy_name", "黄小勇", PROXY_NAME)] * 2


def test_nobody_who_hands_in_is_nobodys_fault() -> None:
    nobody = undertaking(proxy_name="", proxy_id_number="", signature="no", issue_date="")
    assert told("X15", handed_in(nobody)) == []
    numbered = undertaking(proxy_name="", signature="no")
    assert [row[3] for row in told("X15", handed_in(numbered))] == ["signature"]


def test_the_undertaking_names_the_applicant() -> None:
    rows = told("X15", handed_in(undertaking(applicant_id_number=OTHER_ID)))
    assert rows == [("mend", None, "d5", "applicant_id_number", OTHER_ID, ID)]
    assert told("X15", handed_in(undertaking(applicant_name=""))) == []


@pytest.mark.parametrize(
    ("issue_date", "doubtful", "levels"),
    [
        ("2026-11-23", (), []),
        ("2026-11-24", (), ["mend"]),
        ("2026-11-24", ("issue_date",), ["review"]),
        ("", ("issue_date",), ["review"]),
        ("某年", (), []),
    ],
)
def test_an_undertaking_is_dated_and_not_later_than_today(
    issue_date: str, doubtful: tuple[str, ...], levels: list[str]
) -> None:
    page = undertaking(issue_date=issue_date, doubtful=doubtful)
    assert [row[0] for row in told("X15", handed_in(page))] == levels


def test_an_undertaking_without_a_place_for_a_date_may_have_another() -> None:
    whole = undertaking()
    bare = whole.model_copy(
        update={"fields": {k: r for k, r in whole.fields.items() if k != "issue_date"}}
    )
    assert told("X15", handed_in(bare)) == []
    late = whole.fields["issue_date"].model_copy(update={"value": "2026-12-01"})
    other = bare.model_copy(update={"fields": bare.fields | {"date": late}})
    assert [row[3] for row in told("X15", handed_in(other))] == ["date"]


# ------------------------------------------------------------------ X19


def enrolled(*documents: Document, **request: Any) -> Application:
    asked = {"matters": ("M5",), "enrol_division": "450202", "name": NAME, "id_number": ID}
    return case(*documents, **(asked | request))


def test_only_a_permit_shows_where_somebody_lives() -> None:
    assert told("X19", enrolled(id_card(), hukou())) == []
    assert told("X19", enrolled(id_card(), residence_permit())) == []


def test_a_permit_for_another_county_is_told_to_each_matter() -> None:
    rows = told("X19", enrolled(id_card(), residence_permit(), enrol_division="450205"))
    assert [row[:4] for row in rows] == [("mend", "M5", "d4", "current_address")]
    both = enrolled(
        id_card(), residence_permit(), enrol_division="450205", matters=("M5", "M7", "M3")
    )
    assert [row[1] for row in told("X19", both)] == ["M5", "M7"]
    doubtful = residence_permit(doubtful=("current_address",))
    rows = told("X19", enrolled(id_card(), doubtful, enrol_division="450205"))
    assert [row[0] for row in rows] == ["review"]


def test_who_enrols_at_home_needs_no_permit() -> None:
    at_home = {"enrol_division": "450103"}
    elsewhere = residence_permit(current_address="广西柳州市城中区中山路2号")
    assert told("X19", enrolled(id_card(), elsewhere, **at_home)) == []
    unplaced = hukou(address="中山路2号")  # the card says where the household is
    assert told("X19", enrolled(id_card(), unplaced, elsewhere, **at_home)) == []
    nowhere = enrolled(id_card(address=""), unplaced, elsewhere, **at_home)
    assert told("X19", nowhere) != []
    moved = hukou(address="广西柳州市城中区中山路2号")
    assert told("X19", enrolled(id_card(), moved, elsewhere, **at_home)) != []


@pytest.mark.parametrize(
    ("valid_to", "doubtful", "levels"),
    [
        ("2026-11-23", (), []),
        ("2026-11-22", (), ["mend"]),
        ("2026-11-22", ("valid_to",), ["review"]),
        ("", (), []),
    ],
)
def test_a_permit_holds_on_the_day_of_acceptance(
    valid_to: str, doubtful: tuple[str, ...], levels: list[str]
) -> None:
    permit = residence_permit(valid_to=valid_to, doubtful=doubtful)
    rows = told("X19", enrolled(id_card(), permit))
    assert [row[0] for row in rows] == levels
