"""What cases leave for others is found again in columns, as the records themselves would tell."""

from __future__ import annotations

import pytest

from pipeline.model import Application, DocumentType
from pipeline.record import Record
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


def made_of(case_id: str) -> Record:
    """The record of a case; each person has scans of his own, all card photos show one picture."""
    made = record(cases()[case_id])
    sha256 = ("d" if case_id in "de" else "c") * 64
    documents = []
    for document in made.documents:
        pages = tuple(page.model_copy(update={"sha256": sha256}) for page in document.pages)
        marks = dict(document.marks)
        if document.type == DocumentType.PHOTO:
            marks["picture_hash"] = "5a" * 121
        documents.append(document.model_copy(update={"pages": pages, "marks": marks}))
    return made.model_copy(update={"case_id": case_id, "documents": tuple(documents)})


@pytest.mark.parametrize("asked", [["a"], ["f"], ["a", "b", "c", "d", "e", "f"], ["no such"]])
def test_repeats_are_those_that_the_records_tell(store: Store, asked: list[str]) -> None:
    traces = []
    for case_id, application in cases().items():
        made = made_of(case_id)
        store.write_record(case_id, "k", made, application.request)
        traces.append(trace_of(made, application.request))
    every = find_repeats(traces)
    rules = {f.rule for findings in every.values() for f in findings}
    assert rules == {"X16", "X17", "X22"}
    with store.snapshot() as connection:
        near = traces_near(connection, asked)
    found = find_repeats(near)
    assert {c: found.get(c) for c in asked} == {c: every.get(c) for c in asked}
    if asked == sorted(cases()):
        assert near == traces


def test_a_case_that_shares_nothing_is_alone(store: Store) -> None:
    for case_id in ("a", "d"):
        store.write_record(case_id, "k", made_of(case_id), cases()[case_id].request)
    with store.snapshot() as connection:
        assert [trace.case_id for trace in traces_near(connection, ["d"])] == ["d"]
