"""Issuer and date of a letter where its end is not the usual one."""

from __future__ import annotations

from extractors.letters.closing import CLOSING_ALONE, FROM_SLIP, NOT_PLAIN
from pipeline.model import Reading
from tests.extractors.letters.test_prose import read_letter_text

BODY = """
# 低保家庭证明
  兹证明覃桂香（身份证号452123196812085162）为我县农村低保对象，情况属实。
"""


def _read(closing: str) -> dict[str, Reading]:
    (document,) = read_letter_text(BODY + closing)
    assert document.type == "civil_affairs_proof"
    return dict(document.fields)


def test_year_that_lost_its_circles_is_put_right_and_doubted() -> None:
    day = _read("> 象州县民政局\n> 二六年四月二日")["issue_date"]
    assert day.value == "2026-04-02"
    assert NOT_PLAIN in day.doubts


def test_day_of_a_copy_stamp_is_not_the_letter_s() -> None:
    read = _read("> 象州县民政局\n> 2026年4月2日\n\n\n> 与原件核对一致\n> 2026年5月9日")
    assert read["issue_date"].value == "2026-04-02"


def test_issuer_behind_its_label_is_read() -> None:
    read = _read("^ 签发单位：象州县民政局\n  经办人：韦定国\n  电话：07724362156\n  备注：无")
    assert read["issuing_authority"].value == "象州县民政局"


def test_issuer_without_a_date_below_is_doubted() -> None:
    issuer = _read("  特此证明。\n> 象州县民政局")["issuing_authority"]
    assert issuer.value == "象州县民政局"
    assert CLOSING_ALONE in issuer.doubts


def test_issuer_is_taken_from_the_slip_where_none_signed() -> None:
    issuer = _read("---\n# 回执\n^ 象州县民政局：\n  来函收悉。")["issuing_authority"]
    assert issuer.value == "象州县民政局"
    assert FROM_SLIP in issuer.doubts


def test_day_without_its_signs_is_put_right_and_doubted() -> None:
    day = _read("> 象州县民政局\n> 2026,0402")["issue_date"]
    assert (day.value, NOT_PLAIN in day.doubts) == ("2026-04-02", True)


def test_day_that_there_is_not_is_no_date() -> None:
    day = _read("> 象州县民政局\n> 2026年4月35日")["issue_date"]
    assert (day.value, day.doubts) == ("", ("不是完整的日期",))


def test_day_is_read_behind_the_issuer_in_one_row() -> None:
    for row in ("象州县民政局2026年4月2日", "签发单位：象州县民政局 日期：2026年4月2日"):
        assert _read(f"> {row}")["issue_date"].value == "2026-04-02"


def test_issuer_in_the_cell_behind_its_label_is_read() -> None:
    read = _read("^ 受理单位（盖章）  象州县民政局\n  2026年4月2日\n  备注：无")
    assert read["issuing_authority"].value == "象州县民政局"


def test_issuer_right_below_the_day_is_read() -> None:
    read = _read("> 2026年4月2日\n> 象州县民政局")
    assert read["issuing_authority"].value == "象州县民政局"
