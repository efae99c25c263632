"""Results come back: taken once, kept in their order, closing the case; what is late is told."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from sqlalchemy import func, select

from flows.delivery.listing import list_lines, list_results, render_list
from flows.delivery.results import TakenResults, result_schema, take_results
from pipeline.errors import InputError
from pipeline.store.cases import Store
from pipeline.store.outcomes import count_open, overdue
from pipeline.store.tables import case_state, outcome
from tests.flows.delivery.office import Office, changed

TOLD = """
[hrss]
folder = "hrss"
[medical]
folder = "medical"
[applicant]
folder = "applicant"
"""
BEFORE, AFTER = date(2026, 11, 23), date(2026, 12, 4)


@pytest.fixture
def office(tmp_path: Path, store: Store) -> Office:
    for name in ("hrss", "medical", "applicant", "back"):
        (tmp_path / name).mkdir()
    return Office(tmp_path, store, TOLD)


def said(case_id: str, department: str, number: str = "1", **more: Any) -> dict[str, Any]:
    code = {"hrss": "M3", "medical": "M7"}[department]
    return {
        "result_version": "1",
        "id": f"{department}-{case_id}-{number}",
        "department": department,
        "case_id": case_id,
        "decided_at": "2026-11-24T10:00:00+08:00",
        "matters": [{"code": code, "passed": True}],
    } | more


def put(office: Office, *results: dict[str, Any]) -> TakenResults:
    for number, result in enumerate(results):
        text = json.dumps(result, ensure_ascii=False)
        (office.folder / "back" / f"{number}.json").write_text(text, encoding="utf-8")
    return take_results(office.store, office.folder / "back")


def is_closed(office: Office, case_id: str = "c1") -> bool:
    with office.store.snapshot() as connection:
        found = select(case_state.c.closed_at).where(case_state.c.case_id == case_id)
        return connection.execute(found).scalar_one() is not None


def test_a_case_closes_when_all_departments_have_answered(office: Office) -> None:
    office.put("c1", "M3", "M7")
    office.round()
    result = said("c1", "hrss")
    jsonschema.validate(result, result_schema())
    assert put(office, result).taken == 1
    assert not is_closed(office)
    failed = [{"code": "M7", "passed": False, "reason": "已参加职工医保"}]
    assert put(office, said("c1", "medical", matters=failed)).taken == 1
    assert is_closed(office)
    made = list_results(office.store, AFTER)
    (row,) = made.rows
    assert (row.way, row.passed, made.late) == ("窗口领取", False, ())
    assert "医保 灵活就业医疗保险参保登记：审核不通过，已参加职工医保" in row.results
    assert "小c1" not in " ".join(list_lines(made))
    assert [p.name for p in (office.folder / "back").iterdir()] == ["taken"]


def test_the_same_result_again_is_taken_once(office: Office) -> None:
    office.put("c1", "M3")
    office.round()
    for wanted in ((1, 0), (0, 1)):
        came = put(office, said("c1", "hrss"))
        assert (came.taken, came.same) == wanted
    with office.store.snapshot() as connection:
        assert connection.execute(select(func.count()).select_from(outcome)).scalar_one() == 1


def test_a_later_result_counts_and_the_earlier_one_is_kept(office: Office) -> None:
    office.put("c1", "M3")
    office.round()
    failed = [{"code": "M3", "passed": False, "reason": "材料不符"}]
    put(office, said("c1", "hrss", matters=failed))
    put(office, said("c1", "hrss", "2"))
    assert [row.passed for row in list_results(office.store, AFTER).rows] == [True]
    with office.store.snapshot() as connection:
        assert connection.execute(select(func.count()).select_from(outcome)).scalar_one() == 2


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no such case": ({"case_id": "c9"}, "没有案件"),
    "not its matter": ({"matters": [{"code": "M7", "passed": True}]}, "没有该部门的事项 M7"),
    "no reason": ({"matters": [{"code": "M3", "passed": False}]}, "须写明 reason"),
    "blank reason": ({"matters": [{"code": "M3", "passed": False, "reason": " "}]}, "reason"),
    "no matter": ({"matters": []}, "matters：至少一项"),
    "a matter twice": ({"matters": [{"code": "M3", "passed": True}] * 2}, "出现两次"),
    "no zone": ({"decided_at": "2026-11-24T10:00:00"}, "须带时区"),
    "a later revision": ({"revision": 7}, "没有送达过第 7 版"),
    "a strange key": ({"note": "x"}, "没有这一项"),
    "a strange department": ({"department": "police"}, "不是允许的值"),
    "a strange version": ({"result_version": "2"}, "不是允许的值"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_fits_nothing_stays_and_is_told(name: str, office: Office) -> None:
    office.put("c1", "M3")
    office.round()
    more, words = BAD[name]
    came = put(office, said("c1", "hrss") | more)
    ((file, why),) = came.wrong
    assert (came.taken, file) == (0, "0.json") and words in why
    assert (office.folder / "back" / "0.json").exists() and not is_closed(office)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"a": 1}', "[" * 9999, "\ud7ff"])
def test_what_is_no_result_stays_and_the_others_are_taken(text: str, office: Office) -> None:
    office.put("c1", "M3")
    office.round()
    (office.folder / "back" / "z.json").write_bytes(text.encode("utf-16"))
    (office.folder / "back" / "y.json").write_text(text, encoding="utf-8")
    (office.folder / "back" / "x.txt").write_text("no result", encoding="utf-8")
    came = put(office, said("c1", "hrss"))
    assert came.taken == 1 and [name for name, _ in came.wrong] == ["y.json", "z.json"]
    assert is_closed(office)


def test_a_result_of_another_number_with_other_words_is_refused(office: Office) -> None:
    office.put("c1", "M3")
    office.round()
    put(office, said("c1", "hrss"))
    came = put(office, said("c1", "hrss", decided_at="2026-11-25T10:00:00+08:00"))
    assert "内容不同" in came.wrong[0][1]


def test_a_case_that_was_not_sent_has_no_result(office: Office) -> None:
    office.put("c1", "M3")
    assert "没有送达该部门" in put(office, said("c1", "hrss")).wrong[0][1]


def test_an_answer_to_what_was_corrected_since_closes_nothing(office: Office) -> None:
    made = office.put("c1", "M3")
    office.round()
    office.write(changed(made, "13000009999"))
    office.round()
    assert put(office, said("c1", "hrss", revision=1)).taken == 1
    assert not is_closed(office)
    assert put(office, said("c1", "hrss", "2", revision=2)).taken == 1
    assert is_closed(office)
    office.write(changed(made, "13000008888"))  # another look at it changes nothing any more
    assert office.round(after=9999).delivered == 0


def test_what_departments_let_go_by_is_late(office: Office) -> None:
    office.put("c1", "M3", "M7", delivery="mail")
    office.put("c2", "M3")
    office.put("c3", "M4", card_applied_before=True, delivery="mail")
    office.round()
    put(office, said("c1", "hrss"))
    with office.store.snapshot() as connection:
        assert overdue(connection, BEFORE) == []
        assert [one.case_id for one in overdue(connection, AFTER)] == ["c1", "c2"]
        assert [one.case_id for one in overdue(connection, AFTER, way="mail")] == ["c1"]
        assert count_open(connection) == 2
    made = list_results(office.store, AFTER)
    assert [row.case_id for row in made.rows] == ["c3"]
    lines = "\n".join(list_lines(made))
    assert (
        "不予受理" in lines and "医保 灵活就业医疗保险参保登记：未回" in lines and "逾期" in lines
    )


def test_the_list_goes_by_the_way_of_delivery_and_tells_where_to_mail(office: Office) -> None:
    ways = {"c1": "online", "c2": "mail", "c3": "pickup"}
    for case_id, way in ways.items():
        office.put(case_id, "M3", delivery=way)
    office.round()
    put(office, *(said(case_id, "hrss") for case_id in ways))
    made = list_results(office.store, BEFORE, reveal=True)
    assert [(way, [row.case_id for row in rows]) for way, rows in made.by_way()] == [
        ("线上反馈", ["c1"]),
        ("邮寄送达", ["c2"]),
        ("窗口领取", ["c3"]),
    ]
    page = render_list(made)
    assert page.index("线上反馈") < page.index("邮寄送达") < page.index("窗口领取")
    assert "韦小c2" in page and "韦小c2" not in render_list(list_results(office.store, BEFORE))
    assert len(list_results(office.store, BEFORE, way="mail").rows) == 1


def test_a_folder_that_is_not_there_is_said(office: Office) -> None:
    with pytest.raises(InputError, match="结果文件夹"):
        take_results(office.store, office.folder / "none")


def test_a_result_in_another_departments_folder_stays(office: Office) -> None:
    office.put("c1", "M3")
    office.round()
    text = json.dumps(said("c1", "hrss"))
    (office.folder / "back" / "0.json").write_text(text, encoding="utf-8")
    came = take_results(office.store, office.folder / "back", "medical")
    assert "不是这个文件夹的 medical" in came.wrong[0][1]
