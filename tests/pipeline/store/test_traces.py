"""What cases leave for others is found again in columns, as the records themselves would tell."""

from __future__ import annotations

import pytest

from pipeline.model import Application
from pipeline.store.cases import Store
from pipeline.store.traces import trace_of, traces_near
from tests.validators.applications import applied, card, form, photo, record
from validators.papers.repeats import find_repeats

OTHER = {"name": "黄秀英", "id_number": "450103198812121247"}


def cases() -> dict[str, Application]:
    own = (form(), card())
    return {
        "a": applied(["M3"], *own),
        "b": applied(["M3"], *own),  # the same again
        "c": applied(["M7"], form(), card("d9")),
        "d": applied(["M3"], form(), **OTHER),
        "e": applied(["M4"], form(), photo(), **OTHER),
        "f": applied(["M4"], *own, photo()),
    }


@pytest.mark.parametrize("asked", [["a"], ["f"], ["a", "b", "c", "d", "e", "f"], ["no such"]])
def test_repeats_are_those_that_the_records_tell(store: Store, asked: list[str]) -> None:
    traces = []
    for case_id, application in cases().items():
        made = record(application).model_copy(update={"case_id": case_id})
        store.write_record(case_id, "k", made, application.request)
        traces.append(trace_of(made, application.request))
    every = find_repeats(traces)
    with store.snapshot() as connection:
        near = traces_near(connection, asked)
    found = find_repeats(near)
    assert every and {c: found.get(c) for c in asked} == {c: every.get(c) for c in asked}
    assert {trace.case_id for trace in near} <= set(cases())
    if asked == sorted(cases()):
        assert near == traces


def test_a_case_that_shares_nothing_is_alone(store: Store) -> None:
    for case_id in ("a", "d"):
        application = cases()[case_id]
        made = record(application).model_copy(update={"case_id": case_id})
        store.write_record(case_id, "k", made, application.request)
    with store.snapshot() as connection:
        assert [trace.case_id for trace in traces_near(connection, ["d"])] == ["d"]
