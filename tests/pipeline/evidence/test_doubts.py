"""What was read in doubt: which matters it concerns, and what settles it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pipeline.evidence.doubts import (
    name_matters,
    reading_findings,
    settle_by_typing,
)
from pipeline.evidence.witnesses import settle_by_papers
from pipeline.finding import Finding, Severity, finding
from pipeline.model import Application, Document, Request, UnsureChar
from pipeline.record import Record
from pipeline.steps import make_record, minimise
from tests.validators.applications import applied, booklet, card, form, original
from tests.validators.papers_made import (
    ID,
    NAME,
    PROXY_ID,
    PROXY_NAME,
    disability,
    paper,
    undertaking,
)
from validators.assess import assess

LOW = finding("OCR-LOW", document="d1", field="name", why="x")
MATTERS = ("M2", "M5")


def named(
    found: Finding, needed: dict[str, tuple[str, ...]] | None
) -> list[tuple[str | None, str]]:
    return [(f.matter, f.severity.value) for f in name_matters([found], MATTERS, needed)]


def test_finding_names_nobody_when_all_matters_count_on_the_paper() -> None:
    assert named(LOW, {"d1": ("M2", "M5")}) == [(None, "review")]


def test_finding_names_the_one_matter_that_counts_on_the_paper() -> None:
    assert named(LOW, {"d1": ("M2",)}) == [("M2", "review")]


def test_finding_is_a_note_when_no_matter_counts_on_the_paper() -> None:
    assert named(LOW, {"d1": ()}) == [(None, "note")]


def test_finding_stays_when_it_is_not_known_what_was_applied_for() -> None:
    assert named(LOW, None) == [(None, "review")]
    assert named(LOW, {}) == [(None, "review")]


def test_field_that_a_matter_does_not_need_is_its_note() -> None:
    needed = {"d1": ("M2", "M5")}
    both = {"d1": {"M2": frozenset({"name"}), "M5": frozenset({"name"})}}
    one = {"d1": {"M2": frozenset({"name"}), "M5": frozenset[str]()}}
    none = {"d1": {"M2": frozenset[str](), "M5": frozenset[str]()}}

    def given(fields: dict[str, dict[str, frozenset[str]]]) -> list[tuple[str | None, str]]:
        found = name_matters([LOW], MATTERS, needed, fields)
        return [(f.matter, f.severity.value) for f in found]

    assert given(both) == [(None, "review")]
    assert given(one) == [("M2", "review")]
    assert given(none) == [(None, "note")]
    assert given({}) == [(None, "review")]


def test_unknown_paper_is_always_looked_at() -> None:
    unknown = finding("DOC-UNKNOWN", document="d1", file="f", page=1, why="")
    assert named(unknown, {"d1": ()}) == [(None, "review")]


def made(application: Application) -> Record:
    return make_record(
        "c1",
        application.request,
        application.typed,
        application.form,
        application.documents,
        (),
        assess,
        date(2026, 11, 23),
        {},
    )


def test_doubt_on_a_paper_of_one_matter_leaves_the_other_ready() -> None:
    certificate = original(disability(doubtful=("valid_until",)))
    record = made(
        applied(["M2", "M5"], form(), card(), booklet(), certificate, special_groups=("SG1",))
    )
    assert {m.code: m.status.value for m in record.matters} == {"M2": "review", "M5": "ready"}


def test_doubt_on_a_paper_that_nobody_asked_for_holds_nothing_up() -> None:
    certificate = original(disability(doubtful=("category",)))
    record = made(applied(["M3"], form(), card(), certificate))
    assert record.status.value == "ready"
    assert [f.severity for f in record.findings if f.rule == "OCR-LOW"] == [Severity.NOTE]


def test_doubt_on_the_household_is_of_the_matters_that_rest_on_it() -> None:
    record = made(applied(["M3", "M5"], form(), card(), booklet(doubtful=("address",))))
    assert {f.matter for f in record.findings if f.rule == "OCR-LOW"} == {"M5"}


def test_unknown_page_sends_everything_to_a_person() -> None:
    record = made(applied(["M3"], form(), card(), original(paper("unknown", "d9"))))
    assert record.status.value == "review"


# ------------------------------------------------------------------ two witnesses


def low(record: Record) -> set[tuple[str | None, str | None, Severity]]:
    return {(f.document, f.field, f.severity) for f in record.findings if f.rule == "OCR-LOW"}


@pytest.mark.parametrize("field", ["name", "id_number", "birth_date", "sex"])
def test_doubt_is_settled_where_the_paper_reads_as_was_typed(field: str) -> None:
    record = made(applied(["M3"], form(), card(doubtful=(field,))))
    assert low(record) == {("d1", field, Severity.NOTE)}
    assert record.status.value == "ready"


def test_head_of_the_household_who_applies_was_typed() -> None:
    head = booklet(doubtful=("head_name",), head_name=NAME, relation_to_head="户主")
    assert low(made(applied(["M2"], form(), card(), head))) == {("d2", "head_name", Severity.NOTE)}
    father = booklet(doubtful=("head_name",))
    told = low(made(applied(["M2"], form(), card(), father)))
    assert told == {("d2", "head_name", Severity.REVIEW)}


@pytest.mark.parametrize("field", ["ethnicity", "valid_to", "address"])
def test_doubt_about_what_nobody_typed_stays(field: str) -> None:
    record = made(applied(["M2"], form(), card(doubtful=(field,)), booklet()))
    assert low(record) == {("d1", field, Severity.REVIEW)}


def test_doubt_stays_where_something_else_was_typed() -> None:
    record = made(applied(["M3"], form(), card(doubtful=("name",), name="韦小劳")))
    assert ("d1", "name", Severity.REVIEW) in low(record)
    number = made(applied(["M3"], form(), card(doubtful=("sex",)), id_number=...))
    assert low(number) == {("d1", "sex", Severity.REVIEW)}


def test_doubt_stays_where_nothing_was_typed() -> None:
    told = applied(["M3"], form(), card(doubtful=("name",)))
    untyped = replace(told, typed=None, form=told.request)
    assert low(made(untyped)) == {("d1", "name", Severity.REVIEW)}


def poorly_read(document: Document, field: str) -> Document:
    """The paper with one value read poorly, and nothing else against it."""
    reading = document.fields[field].model_copy(update={"confidence": 0.5, "doubts": ()})
    return document.model_copy(update={"fields": {**document.fields, field: reading}})


def test_doubt_is_settled_where_another_paper_reads_the_same_surely() -> None:
    both = made(applied(["M2"], form(), poorly_read(card(), "address"), booklet()))
    assert low(both) == {("d1", "address", Severity.NOTE)}
    assert both.status.value == "ready"


def test_doubt_stays_where_the_other_paper_is_doubted_or_reads_something_else() -> None:
    poor = poorly_read(card(), "address")
    doubted = low(made(applied(["M2"], form(), poor, booklet(doubtful=("address",)))))
    assert ("d1", "address", Severity.REVIEW) in doubted
    other = low(made(applied(["M2"], form(), poor, booklet(address="广西南宁市邕宁区1号"))))
    assert ("d1", "address", Severity.REVIEW) in other


def test_what_could_be_anybodys_is_not_settled_by_another_paper() -> None:
    poor = poorly_read(card(), "ethnicity")
    assert low(made(applied(["M2"], form(), poor, booklet()))) == {
        ("d1", "ethnicity", Severity.REVIEW)
    }


@pytest.mark.parametrize("field", ["birth_date", "id_number"])
def test_dates_and_numbers_are_settled_by_another_paper(field: str) -> None:
    untyped = replace(applied(["M2"], form(), poorly_read(card(), field), booklet()), typed=None)
    assert low(made(replace(untyped, form=untyped.request))) == {("d1", field, Severity.NOTE)}


def settled(*documents: Document) -> dict[tuple[str | None, str | None], Severity]:
    found = settle_by_papers(reading_findings(documents), documents)
    return {(f.document, f.field): f.severity for f in found if f.rule == "OCR-LOW"}


def test_two_poor_readings_do_not_settle_each_other() -> None:
    both = poorly_read(card(), "name"), poorly_read(booklet(), "name")
    assert set(settled(*both).values()) == {Severity.REVIEW}


def test_a_name_settles_a_name_whatever_the_field_is_called() -> None:
    own = booklet(head_name=NAME)
    assert settled(poorly_read(own, "head_name"), card()) == {("d2", "head_name"): Severity.NOTE}


def test_a_paper_does_not_settle_its_own_doubt() -> None:
    own = booklet(head_name=NAME)
    assert settled(poorly_read(own, "head_name")) == {("d2", "head_name"): Severity.REVIEW}


def test_what_speaks_against_a_value_is_not_settled_by_another_paper() -> None:
    assert settled(card(doubtful=("name",)), booklet()) == {("d1", "name"): Severity.REVIEW}


def test_a_blank_settles_nothing() -> None:
    blank = poorly_read(card(name=""), "name")
    other = booklet(name="")
    assert settled(blank, other) == {("d1", "name"): Severity.REVIEW}


def test_an_address_settles_an_address_and_no_name() -> None:
    odd = poorly_read(card(name="广西南宁市青秀区民族大道1号"), "name")
    assert settled(odd, booklet()) == {("d1", "name"): Severity.REVIEW}


ADDRESS = "广西南宁市武鸣区罗波镇岜独村上屯12号"
RARE, COMMON = ADDRESS.index("岜"), ADDRESS.index("波")


def unsure_of(
    document: Document, *places: int, read: str = "", doubts: tuple[str, ...] = ()
) -> Document:
    """The paper with an address of which the characters at some places may be others."""
    value = document.fields["address"].value
    reading = document.fields["address"].model_copy(
        update={
            "raw": read or value,
            "confidence": 0.5,
            "doubts": doubts,
            "unsure": tuple(UnsureChar(at=at, score=0.5, alternatives=("邑",)) for at in places),
        }
    )
    return document.model_copy(update={"fields": {**document.fields, "address": reading}})


def own_papers(*addresses: str) -> list[Document]:
    return [make(address=address) for make, address in zip((card, booklet), addresses, strict=True)]


def test_two_papers_unsure_of_the_same_rare_character_settle_it() -> None:
    one, other = (unsure_of(own, RARE) for own in own_papers(ADDRESS, ADDRESS))
    assert set(settled(one, other).values()) == {Severity.NOTE}
    restored = unsure_of(
        one, RARE, read=ADDRESS.replace("岜", "邑"), doubts=("生僻字：“邑”取“岜”",)
    )
    assert set(settled(restored, other).values()) == {Severity.NOTE}


def test_two_papers_unsure_of_the_same_common_character_do_not_settle_it() -> None:
    one, other = (unsure_of(own, COMMON) for own in own_papers(ADDRESS, ADDRESS))
    assert set(settled(one, other).values()) == {Severity.REVIEW}


def test_all_unsure_characters_must_be_borne_out() -> None:
    own = own_papers(ADDRESS, ADDRESS)
    found = settled(unsure_of(own[0], RARE, COMMON), unsure_of(own[1], COMMON))
    assert found["d1", "address"] == Severity.REVIEW


def test_papers_unsure_of_different_characters_settle_each_other() -> None:
    own = own_papers(ADDRESS, ADDRESS)
    found = settled(unsure_of(own[0], COMMON), unsure_of(own[1], COMMON + 5))
    assert set(found.values()) == {Severity.NOTE}


def test_an_address_without_its_province_speaks_for_one_with_it() -> None:
    own = own_papers(ADDRESS, ADDRESS.removeprefix("广西南宁市"))
    assert settled(unsure_of(own[0], RARE), own[1]) == {("d1", "address"): Severity.NOTE}
    assert settled(unsure_of(own[0], 1), own[1]) == {("d1", "address"): Severity.REVIEW}


@pytest.mark.parametrize("other", ["广西南宁市武鸣区罗波镇邑独村上屯12号", "广西上林县下屯12号"])
def test_an_address_that_ends_otherwise_speaks_for_nothing(other: str) -> None:
    own = own_papers(ADDRESS, other)
    assert settled(unsure_of(own[0], RARE), own[1]) == {("d1", "address"): Severity.REVIEW}


def test_a_short_common_end_speaks_for_nothing() -> None:
    own = own_papers("广西上林县上屯1号", "广西宾阳县上屯1号")
    at = len("广西上林县上屯")
    assert settled(unsure_of(own[0], at - 1), own[1]) == {("d1", "address"): Severity.REVIEW}


def test_one_reading_on_two_papers_is_one_witness() -> None:
    one = unsure_of(booklet(address=ADDRESS), RARE)
    member = one.model_copy(update={"id": "d7"})
    assert set(settled(one, member).values()) == {Severity.REVIEW}


def test_a_value_that_something_speaks_against_is_no_witness() -> None:
    own = own_papers(ADDRESS, ADDRESS)
    against = unsure_of(own[1], doubts=("两次识别不一致",))
    assert settled(unsure_of(own[0], RARE), against)["d1", "address"] == Severity.REVIEW


def test_missing_and_unknown_are_settled_by_no_paper() -> None:
    unknown, lacking = paper("unknown", "d9"), paper("id_card", "d8", missing=("name",))
    documents = (unknown, lacking, card())
    given = list(settle_by_papers(reading_findings(documents), documents))
    assert {(f.rule, f.document, f.severity) for f in given} == {
        ("DOC-UNKNOWN", "d9", Severity.REVIEW),
        ("OCR-MISSING", "d8", Severity.REVIEW),
    }


# ------------------------------------------------------------------ what was typed


def typed_settles(field: str, document: Document, **typed: object) -> Severity:
    """The severity of the doubt about one field once the request was typed."""
    request = Request.model_validate(typed)
    given = settle_by_typing(reading_findings([document]), [document], request)
    return {f.field: f.severity for f in given}[field]


def test_a_doubt_is_settled_by_the_proxys_name_and_number_too() -> None:
    proxy = {"name": PROXY_NAME, "id_number": PROXY_ID}
    for field in ("proxy_name", "proxy_id_number"):
        paper_of_proxy = undertaking(doubtful=(field,))
        assert typed_settles(field, paper_of_proxy, proxy=proxy) == Severity.NOTE
        assert typed_settles(field, paper_of_proxy, name=NAME) == Severity.REVIEW


def test_a_name_is_settled_in_its_canonical_form() -> None:
    own = card(name="阿依古丽•买买提", doubtful=("name",))
    assert typed_settles("name", own, name="阿依古丽·买买提") == Severity.NOTE


def test_a_number_settles_no_name_and_a_name_no_number() -> None:
    assert typed_settles("name", card(name=ID, doubtful=("name",)), id_number=ID) == Severity.REVIEW
    assert typed_settles("id_number", card(doubtful=("id_number",)), name=NAME) == Severity.REVIEW


@pytest.mark.parametrize("field", ["birth_date", "sex"])
def test_birth_date_and_sex_stand_in_a_typed_number_that_the_paper_shows(field: str) -> None:
    wrong = {"birth_date": "1990-03-08", "sex": "男"}[field]
    own = card(doubtful=(field,))
    assert typed_settles(field, own, id_number=ID) == Severity.NOTE
    other = card(doubtful=(field,), **{field: wrong})
    assert typed_settles(field, other, id_number=ID) == Severity.REVIEW
    elsewhere = card(doubtful=(field,), id_number=PROXY_ID)
    assert typed_settles(field, elsewhere, id_number=ID) == Severity.REVIEW
    invalid = card(doubtful=(field,), id_number=ID[:-1] + "3")
    assert typed_settles(field, invalid, id_number=ID[:-1] + "3") == Severity.REVIEW


def test_nothing_typed_is_no_witness_of_nothing_read() -> None:
    assert typed_settles("name", card(name="", doubtful=("name",)), name="") == Severity.REVIEW


def test_doubts_about_the_form_are_notes_once_it_was_typed() -> None:
    page = form(mobile="13000003749", doubtful=("mobile",))
    assert typed_settles("mobile", page, name=NAME) == Severity.NOTE


# ------------------------------------------------------------------ what is doubted


def test_a_page_that_several_papers_share_is_doubted_once() -> None:
    one = booklet("d2", doubtful=("address",))
    other = one.model_copy(update={"id": "d3"})
    assert [f.document for f in reading_findings([one, other])] == ["d2"]
    page = one.pages[0].model_copy(update={"page": 2})
    elsewhere = other.model_copy(update={"pages": (page,)})
    assert [f.document for f in reading_findings([one, elsewhere])] == ["d2", "d3"]


def test_a_doubt_says_why_and_what_was_read() -> None:
    doubted, poor = card(doubtful=("name",)), poorly_read(card("d2"), "name")
    one, other = reading_findings([doubted, poor])
    assert (one.field, one.got) == ("name", NAME)
    assert "score" in one.message
    assert "0.50" in other.message


def test_an_unknown_page_says_what_kind_of_page_it_is() -> None:
    page = paper("unknown", "d9", marks={"page": "empty"})
    (found,) = reading_findings([page])
    assert "空白页" in found.message
    assert (found.document, found.file) == ("d9", "d9.jpg")


def test_a_matters_own_finding_names_no_other_matter() -> None:
    own = LOW.model_copy(update={"matter": "M5"})
    assert named(own, {"d1": ("M2",)}) == [("M5", "review")]


def test_a_finding_about_no_paper_is_everybodys() -> None:
    general = LOW.model_copy(update={"document": None})
    assert named(general, {"d1": ("M2",)}) == [(None, "note")] or named(
        general, {"d1": ("M2",)}
    ) == [(None, "review")]


def test_a_field_is_needed_by_the_matters_that_need_its_paper() -> None:
    fields = {"d1": {"M2": frozenset({"name"}), "M5": frozenset({"name"})}}
    given = list(name_matters([LOW], MATTERS, {"d1": ("M5",)}, fields))
    assert [(f.matter, f.severity.value) for f in given] == [("M5", "review")]
    whole = LOW.model_copy(update={"field": None})
    (kept,) = name_matters([whole], MATTERS, {"d1": ("M2", "M5")}, {"d1": {}})
    assert (kept.matter, kept.severity) == (None, Severity.REVIEW)


# ------------------------------------------------------------------ no more than is needed


def test_a_booklet_keeps_what_the_matters_need_and_doubts_nothing_else() -> None:
    whole = paper(
        "hukou", "d2", name=NAME, religion="无", blood_type="A", employer="某厂", id_number=ID,
        missing=("height", "household_type"), doubtful=("religion",),
    )  # fmt: skip
    kept = minimise(whole)
    assert set(kept.fields) == {"name", "id_number"}
    assert kept.missing == ("household_type",)
    record = made(applied(["M2"], form(), card(), original(whole)))
    assert not {"religion", "blood_type", "employer"} & {
        name for d in record.documents for name in d.fields
    }
    assert not [f for f in record.findings if f.field in ("religion", "height")]


def test_a_paper_that_no_table_limits_keeps_its_fields() -> None:
    own = card(religion="无")
    assert minimise(own) == own


def test_a_sex_that_two_papers_share_may_be_anybodys() -> None:
    assert settled(poorly_read(card(), "sex"), booklet()) == {("d1", "sex"): Severity.REVIEW}
