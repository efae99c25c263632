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


def test_a_paper_is_told_though_a_pen_tilts_the_line_that_names_its_group() -> None:
    """Of such a line no value is read: the group is missing, and that is said."""
    said = line("被认定为原中小学代课人员，代课年限9年。", 60, 200)
    (a, (bx, by), (cx, cy), d) = said.quad
    tilted = replace(said, quad=(a, (bx, by + 200), (cx, cy + 200), d))
    rest = [line("人员身份证明", 300, 40), line(f"韦建国，身份证号码{NUMBER}", 60, 140)]
    assert "代课" not in run_together([*rest, tilted]).text
    assert score_letter(DocumentType.GROUP_PROOF, [*rest, tilted]) is not None
    assert score_letter(DocumentType.GROUP_PROOF, rest) is None


def large(text: str, x: float, y: float) -> Line:
    """A line half as high again as the body's."""
    found = line(text, x, y)
    (a, b, (cx, cy), (dx, dy)) = found.quad
    return replace(found, quad=(a, b, (cx, cy + 15), (dx, dy + 15)))


@pytest.mark.parametrize("second", [0.0, 1.0])
def test_a_title_in_two_lines_is_one(second: float) -> None:
    """Whichever of the two was found higher, and whatever the second alone would say."""
    body = f"兹证明韦建国（身份证号码{NUMBER}）系我区农村低保对象，特此证明。"
    upper, lower = large("最低生活", 300, 40), large("保障证明", 300, 104)
    (a, b, (cx, cy), (dx, dy)) = lower.quad
    lower = replace(lower, quad=(a, b, (cx, cy + second), (dx, dy + second)))
    lines = [upper, lower, line(body, 60, 240), line("情况属实。", 60, 300)]
    assert title_of(run_together(lines)) == "最低生活保障证明"
    assert score_letter(DocumentType.CIVIL_AFFAIRS_PROOF, lines) == pytest.approx(0.95)


def test_the_name_of_the_body_above_a_title_is_none_of_it() -> None:
    """What an insurance company calls itself says nothing of the matter of its paper."""
    head, title = large("南宁市人民保险公司", 300, 40), large("离职证明", 340, 104)
    (a, b, (cx, cy), (dx, dy)) = title.quad
    title = replace(title, quad=(a, b, (cx, cy + 1), (dx, dy + 1)))
    body = line(f"韦建国（身份证号码{NUMBER}）于2026年3月5日离职，特此证明。", 60, 240)
    lines = [head, title, body, line("情况属实。", 60, 300)]
    assert title_of(run_together(lines)) == "离职证明"
    assert score_letter(DocumentType.SEPARATION_DOCUMENT, lines) == pytest.approx(0.95)
