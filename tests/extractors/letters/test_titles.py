"""The title of a letter: the row that is one, never a cell of its table."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extractors.letters.running import run_together
from extractors.letters.telling import score_letter, title_of
from pipeline.model import DocumentType, Line
from tests.lines import line

NUMBER = "451224196607159979"


def table(title: str, *cells: str, beside: str = "") -> list[Line]:
    """A heading above a table of two columns, whose lines were found higher than the heading."""
    lines = [line(title, 300, 40)]
    if beside:
        lines.append(line(beside, 900, 40))
    for i, cell in enumerate(cells):
        found = line(cell, 60 + 480 * (i % 2), 140 + 60 * (i // 2))
        (a, b, (cx, cy), (dx, dy)) = found.quad
        lines.append(replace(found, quad=(a, b, (cx, cy + 6), (dx, dy + 6))))
    return [*lines, line("2026年9月28日", 700, 900)]


def test_a_cell_worded_like_a_title_is_none() -> None:
    lines = table(
        "事业单位解除聘用合同证明书",
        *("姓名", "粟小平", "身份证号码", NUMBER),
        *("解除聘用合同", "时间2026年9月16日", "聘用单位", "东兰县水利局"),
    )
    assert title_of(run_together(lines)) == "事业单位解除聘用合同证明书"
    assert score_letter(DocumentType.SEPARATION_DOCUMENT, lines) is not None


@pytest.mark.parametrize("cell", ["申请人身份证", "委托人身份证"])
def test_an_identity_card_in_a_table_heads_nothing(cell: str) -> None:
    lines = table("返贫致贫户身份证明", "申请人", "蒋立新", cell, NUMBER)
    assert title_of(run_together(lines)) == "返贫致贫户身份证明"


def test_a_title_beside_a_number_is_found_where_no_row_is_one() -> None:
    lines = table("解除劳动合同证明书", "姓名", "粟小平", beside="编号001")
    assert title_of(run_together(lines)) == "解除劳动合同证明书"


@pytest.mark.parametrize(("other", "told"), [("干", True), ("木", False)])
def test_a_group_is_named_by_a_signs_second_choice(other: str, told: bool) -> None:
    body = f"蒙美玲，身份证号{NUMBER}，自2019年10月起任古井村村千部，现仍在岗。"
    choices = {"千": [(other, 0.03)]}
    lines = [line("特殊群体身份认定证明", 300, 40), line(body, 60, 140, alternatives=choices)]
    assert (score_letter(DocumentType.GROUP_PROOF, lines) is not None) == told
