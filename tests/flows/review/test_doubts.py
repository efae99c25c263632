"""What is asked: where it stands, which characters to look at, what else says the same fact."""

from __future__ import annotations

from flows.review.doubts import Item, in_value, items_of
from pipeline.finding import finding
from pipeline.model import Document, DocumentType, PageRef, Reading, UnsureChar
from pipeline.record import Record

BOX = ((10.0, 20.0), (90.0, 20.0), (90.0, 40.0), (10.0, 40.0))


def paper(number: int, kind: DocumentType, **values: str) -> Document:
    page = PageRef(file=f"{number}.jpg", page=1, sha256=f"{number:064d}")
    fields = {
        name: Reading(value=value, raw=value, confidence=0.9, box=BOX)
        for name, value in values.items()
    }
    return Document(id=f"d{number}", type=kind, pages=(page,), fields=fields)


CARD = paper(1, DocumentType.ID_CARD, name="梁涛", issuing_authority="梧州市公安局万秀分局")
FORM = paper(2, DocumentType.APPLICATION_FORM, name="梁涛", delivery="mail")
PROOF = paper(3, DocumentType.POLICE_CHANGE_PROOF, name="梁涛", issuing_authority="三枧派出所")
PASSPORT = paper(4, DocumentType.PASSPORT, name="L")


def asked(*findings: object) -> tuple[Item, ...]:
    record = Record.model_construct(
        case_id="c1", findings=findings, documents=(), decisions=(), matters=()
    )
    return items_of(record, [CARD, FORM, PROOF, PASSPORT])


def test_what_a_form_says_otherwise_is_shown_where_the_form_says_it() -> None:
    (item,) = asked(finding("X14", field="delivery", got="pickup", reason="“送达”不一致"))
    assert item.document is None and not item.is_field  # it is about the application
    assert (item.page, item.box) == (FORM.pages[0], BOX)


def test_what_is_about_a_kind_of_paper_or_about_none_shows_a_paper() -> None:
    (item,) = asked(finding("E-M3-3", matter="M3", field="passport", reason="请核"))
    assert (item.page, item.box) == (PASSPORT.pages[0], None)
    (item,) = asked(finding("E-M3-3", matter="M3", reason="请核"))
    assert (item.page, item.box) == (CARD.pages[0], None)


def test_only_the_same_fact_is_set_beside_a_doubt() -> None:
    """Who issued the card is not who issued the proof; whose they are is one fact."""
    by, name = asked(
        finding("OCR-LOW", document="d3", field="issuing_authority", got="x", why="置信度 0.60"),
        finding("OCR-LOW", document="d3", field="name", got="x", why="置信度 0.60"),
    )
    if by.field == "name":
        by, name = name, by
    assert (by.elsewhere, by.alternatives) == ((), ())
    assert [e.document.id for e in name.elsewhere] == ["d1", "d2", "d4"]


def test_a_character_that_was_taken_for_another_is_marked_and_may_be_taken_back() -> None:
    reading = Reading(
        value="三枧派出所",
        raw="三视派出所",
        confidence=0.9,
        unsure=(UnsureChar(at=3, score=0.8, alternatives=("山",)),),
    )
    assert in_value(reading) == (
        UnsureChar(at=1, score=0.0, alternatives=("视",)),
        UnsureChar(at=3, score=0.8, alternatives=("山",)),
    )
    sure = reading.model_copy(
        update={"unsure": (UnsureChar(at=1, score=0.6, alternatives=("枧", "现")),)}
    )
    assert in_value(sure) == (UnsureChar(at=1, score=0.6, alternatives=("视", "现")),)


def test_what_is_only_written_otherwise_is_not_marked() -> None:
    date = Reading(value="1994-09-17", raw="1994年9月17日", confidence=0.9)
    assert in_value(date) == ()
