"""Papers against what they were handed in for."""

import pytest

from pipeline.model import Proxy
from tests.validators.papers_made import (
    ID,
    NAME,
    PROXY_ID,
    PROXY_NAME,
    Row,
    case,
    change,
    check_row,
    hukou,
    id_card,
    paper,
    residence_permit,
    ruled,
    undertaking,
)

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
