"""Faces become documents."""

from __future__ import annotations

from typing import Any

from pipeline.assemble import SURE, assemble
from pipeline.model import Document, DocumentType, Face, PageRef, Quality, Reading


def face(
    kind: DocumentType, which: str, file: str = "a.jpg", /, page: int = 1, **fields: str
) -> Face:
    return Face(
        type=kind,
        face=which,
        score=1.0,
        page=PageRef(file=file, page=page, sha256=file),
        fields={k: Reading(value=v, raw=v, confidence=0.9) for k, v in fields.items()},
    )


ID = DocumentType.ID_CARD
HUKOU = DocumentType.HUKOU


def test_two_sides_on_one_scan_become_one_card() -> None:
    (card,) = assemble([face(ID, "portrait", id_number="1"), face(ID, "emblem", valid_to="长期")])
    assert card.faces == ("portrait", "emblem")
    assert len(card.pages) == 1
    assert card.value("valid_to") == "长期"


def test_sides_in_two_files_become_one_card_whose_boxes_name_their_page() -> None:
    (card,) = assemble(
        [face(ID, "emblem", "b.jpg", valid_to="长期"), face(ID, "portrait", "a.jpg", id_number="1")]
    )
    assert [p.file for p in card.pages] == ["a.jpg", "b.jpg"]
    assert card.fields["valid_to"].page == 1
    assert card.fields["id_number"].page == 0


def test_two_cards_when_numbers_differ_each_get_the_nearest_back() -> None:
    cards = assemble(
        [
            face(ID, "portrait", "a.jpg", id_number="1"),
            face(ID, "emblem", "a.jpg", valid_to="2030-01-01"),
            face(ID, "portrait", "b.jpg", id_number="2"),
            face(ID, "emblem", "c.jpg", valid_to="2040-01-01"),
        ]
    )
    assert [(c.value("id_number"), c.value("valid_to")) for c in cards] == [
        ("1", "2030-01-01"),
        ("2", "2040-01-01"),
    ]
    assert [c.id for c in cards] == ["d1", "d2"]


def test_same_card_scanned_twice_stays_one_and_the_surer_reading_wins() -> None:
    worn = face(ID, "portrait", "a.jpg", id_number="1", name="韦某")
    sure = face(ID, "portrait", "b.jpg", id_number="1", name="韦昊")
    sure = sure.model_copy(
        update={
            "fields": {k: r.model_copy(update={"confidence": 0.99}) for k, r in sure.fields.items()}
        }
    )
    (card,) = assemble([worn, sure])
    assert card.value("name") == "韦昊"
    assert len(card.pages) == 2


def test_back_without_front_is_a_document_that_lacks_a_side() -> None:
    (card,) = assemble([face(ID, "emblem", valid_to="长期")])
    assert card.faces == ("emblem",)


def test_head_page_belongs_to_every_member() -> None:
    members = assemble(
        [
            face(HUKOU, "head", "a.jpg", household_number="077"),
            face(HUKOU, "member", "a.jpg", id_number="1", name="甲"),
            face(HUKOU, "member", "b.jpg", id_number="2", name="乙"),
        ]
    )
    assert [m.value("household_number") for m in members] == ["077", "077"]
    assert [m.value("name") for m in members] == ["甲", "乙"]


def test_head_page_alone_is_a_document() -> None:
    (booklet,) = assemble([face(HUKOU, "head", household_number="077")])
    assert booklet.faces == ("head",)


def test_completion_runs_once_all_faces_are_together() -> None:
    def complete(document: Document) -> Document:
        return document.model_copy(update={"marks": {"completed": str(len(document.faces))}})

    (card,) = assemble([face(ID, "portrait", id_number="1"), face(ID, "emblem")], {ID: complete})
    assert card.marks == {"completed": "2"}


def test_field_missing_on_one_scan_but_read_on_another_is_not_missing() -> None:
    worn = face(ID, "portrait", "a.jpg", id_number="1").model_copy(update={"missing": ("name",)})
    good = face(ID, "portrait", "b.jpg", id_number="1", name="韦昊")
    (card,) = assemble([worn, good])
    assert card.missing == ()


def test_quality_of_a_document_is_its_worst_face() -> None:
    blurred = face(ID, "portrait", id_number="1").model_copy(
        update={"quality": Quality(blur=0.7, copy_=True)}
    )
    sharp = face(ID, "emblem").model_copy(update={"quality": Quality(blur=0.1)})
    (card,) = assemble([blurred, sharp])
    assert card.quality.blur == 0.7
    assert card.quality.copy_ is True
    assert card.quality.glare is None


def test_back_of_a_residence_permit_joins_its_front_though_it_gives_another_number() -> None:
    kind = DocumentType.HMT_RESIDENCE_PERMIT
    front = face(kind, "portrait", name="陈某", id_number="810000199408230021")
    back = face(kind, "emblem", permit_number="H12345678", valid_to="2029-06-05")
    (permit,) = assemble([front, back])
    assert permit.faces == ("portrait", "emblem")
    assert permit.value("permit_number") == "H12345678"


# ------------------------------------------------------------------ whose face it is


def numbers(documents: tuple[Document, ...]) -> list[tuple[str | None, str | None]]:
    return [(d.value("id_number"), d.value("valid_to")) for d in documents]


def test_faces_of_two_persons_are_never_one_document() -> None:
    two = assemble([face(ID, "portrait", id_number="1"), face(ID, "portrait", id_number="2")])
    assert [d.value("id_number") for d in two] == ["1", "2"]


def test_a_number_decides_before_a_name() -> None:
    same = face(ID, "portrait", id_number="1", name="韦某"), face(ID, "other", id_number="1")
    assert len(assemble(same)) == 1
    namesakes = (
        face(ID, "portrait", id_number="1", name="韦某"),
        face(ID, "portrait", "b.jpg", id_number="2", name="韦某"),
    )
    assert len(assemble(namesakes)) == 2


def test_a_name_decides_where_only_one_face_has_a_number() -> None:
    pages = face(ID, "portrait", id_number="1", name="韦某"), face(ID, "other", name="韦某")
    assert len(assemble(pages)) == 1
    strangers = face(ID, "portrait", id_number="1", name="韦某"), face(ID, "other", name="黄某")
    assert len(assemble(strangers)) == 2


def test_a_blank_names_nobody() -> None:
    (card,) = assemble([face(ID, "portrait", id_number="1"), face(ID, "emblem", id_number="")])
    assert card.faces == ("portrait", "emblem")


def test_a_second_back_is_a_document_of_its_own() -> None:
    cards = assemble(
        [
            face(ID, "portrait", id_number="1"),
            face(ID, "emblem", valid_to="2030-01-01"),
            face(ID, "emblem", "b.jpg", valid_to="2040-01-01"),
        ]
    )
    assert numbers(cards) == [("1", "2030-01-01"), (None, "2040-01-01")]


def test_a_back_joins_the_nearest_page_of_its_file() -> None:
    cards = assemble(
        [
            face(ID, "portrait", "a.pdf", page=1, id_number="1"),
            face(ID, "portrait", "a.pdf", page=5, id_number="2"),
            face(ID, "emblem", "a.pdf", page=4, valid_to="2040-01-01"),
        ]
    )
    assert numbers(cards) == [("1", None), ("2", "2040-01-01")]


def test_photos_and_unknown_pages_are_documents_of_their_own() -> None:
    for kind in (DocumentType.PHOTO, DocumentType.UNKNOWN):
        assert len(assemble([face(kind, "page"), face(kind, "page")])) == 2


def test_documents_are_numbered_as_their_first_faces_came() -> None:
    every = assemble(
        [
            face(HUKOU, "member", id_number="1"),
            face(ID, "portrait", "b.jpg", id_number="1"),
            face(HUKOU, "member", "c.jpg", id_number="2"),
        ]
    )
    assert [(d.id, d.type) for d in every] == [("d1", HUKOU), ("d2", ID), ("d3", HUKOU)]
    assert assemble([]) == ()


def test_rows_of_a_table_name_their_page_and_follow_each_other() -> None:
    row = {"item": Reading(value="x", raw="x", confidence=0.9)}
    pages = [
        face(HUKOU, "member", "a.jpg", id_number="1"),
        face(HUKOU, "changes", "b.jpg").model_copy(update={"tables": {"changes": (row,)}}),
        face(HUKOU, "more", "c.jpg").model_copy(update={"tables": {"changes": (row,)}}),
    ]
    (booklet,) = assemble(pages)
    assert [r["item"].page for r in booklet.tables["changes"]] == [1, 2]


def test_marks_of_all_faces_are_kept_and_missing_fields_named_once() -> None:
    one = face(ID, "portrait", id_number="1").model_copy(
        update={"marks": {"seal": "yes"}, "missing": ("name", "sex")}
    )
    other = face(ID, "emblem").model_copy(
        update={"marks": {"signature": "no"}, "missing": ("name",)}
    )
    (card,) = assemble([one, other])
    assert card.marks == {"seal": "yes", "signature": "no"}
    assert card.missing == ("name", "sex")


def test_the_first_of_two_equally_sure_readings_stays() -> None:
    (card,) = assemble(
        [face(ID, "portrait", id_number="1", name="甲"), face(ID, "x", id_number="1", name="乙")]
    )
    assert card.value("name") == "甲"


def test_a_worse_measure_of_a_later_face_counts() -> None:
    sharp = face(ID, "portrait", id_number="1").model_copy(
        update={"quality": Quality(blur=0.1, cut=False)}
    )
    spoilt = face(ID, "emblem").model_copy(update={"quality": Quality(blur=0.7, cut=True)})
    for order in ([sharp, spoilt], [spoilt, sharp]):
        (card,) = assemble(order)
        assert (card.quality.blur, card.quality.cut) == (0.7, True)


def test_a_number_and_a_name_have_nothing_in_common() -> None:
    two = assemble([face(ID, "portrait", id_number="1"), face(ID, "other", name="韦某")])
    assert len(two) == 2


def scanned(number: str, file: str, valid_to: str, address: str = "") -> list[Face]:
    return [
        face(ID, "portrait", file, id_number=number, address=address),
        face(ID, "emblem", file, valid_to=valid_to),
    ]


def test_an_old_card_and_the_new_one_of_the_same_person_stay_two() -> None:
    cards = assemble([*scanned("1", "a.jpg", "2020-01-01"), *scanned("1", "b.jpg", "2040-01-01")])
    assert [c.value("valid_to") for c in cards] == ["2020-01-01", "2040-01-01"]
    assert [c.faces for c in cards] == [("portrait", "emblem")] * 2


def test_two_cards_of_one_person_that_differ_in_the_address_stay_two() -> None:
    cards = assemble(
        [
            *scanned("1", "a.jpg", "2040-01-01", address="青秀区"),
            *scanned("1", "b.jpg", "2040-01-01", address="天河区"),
        ]
    )
    assert [c.value("address") for c in cards] == ["青秀区", "天河区"]


def test_both_sides_scanned_twice_are_one_card() -> None:
    (card,) = assemble([*scanned("1", "a.jpg", "2040-01-01"), *scanned("1", "b.jpg", "2040-01-01")])
    assert card.faces == ("portrait", "emblem")
    assert {p.file for p in card.pages} == {"a.jpg", "b.jpg"}


def test_a_doubtful_difference_does_not_make_two_cards() -> None:
    first = scanned("1", "a.jpg", "2040-01-01")
    worn = []
    for side in scanned("1", "b.jpg", "2046-01-01"):
        read = {k: r.model_copy(update={"confidence": 0.5}) for k, r in side.fields.items()}
        worn.append(side.model_copy(update={"fields": read}))
    (card,) = assemble([*first, *worn])
    assert card.value("valid_to") == "2040-01-01"


def test_two_forms_of_one_person_that_ask_for_different_things_stay_two() -> None:
    kind = DocumentType.APPLICATION_FORM
    one = face(kind, "page", "a.jpg", id_number="1", name="甲", matters="M2")
    other = face(kind, "page", "b.jpg", id_number="1", name="甲", matters="M3")
    assert [d.value("matters") for d in assemble([one, other])] == ["M2", "M3"]
    again = face(kind, "page", "c.jpg", id_number="1", name="甲", matters="M2")
    assert [d.value("matters") for d in assemble([one, again])] == ["M2"]


# ------------------------------------------------------------------ what a person said


def sides(*documents: Document) -> list[list[tuple[str, str]]]:
    return [[(p.file, f) for p, f in zip(d.pages, d.faces, strict=True)] for d in documents]


CARDS = [
    face(ID, "portrait", "a.jpg", id_number="1"),
    face(ID, "emblem", "b.jpg", valid_to="2030-01-01"),
    face(ID, "portrait", "c.jpg", id_number="2"),
    face(ID, "emblem", "d.jpg", valid_to="2040-01-01"),
]


def test_a_face_that_is_said_to_be_a_paper_of_its_own_leaves_its_paper_alone() -> None:
    assert sides(*assemble(CARDS, apart=[1])) == [
        [("a.jpg", "portrait")],
        [("b.jpg", "emblem")],
        [("c.jpg", "portrait"), ("d.jpg", "emblem")],
    ]


def test_a_face_that_is_alone_stays_what_it_is() -> None:
    assert sides(*assemble(CARDS[:1], apart=[0])) == [[("a.jpg", "portrait")]]


def test_faces_that_are_said_to_be_one_paper_become_one() -> None:
    taken = assemble(CARDS, apart=[1, 3], together=[(0, 3), (2, 1)])
    assert numbers(taken) == [("1", "2040-01-01"), ("2", "2030-01-01")]
    assert len(assemble(CARDS, together=[(0, 1)])) == 2  # they are one already
    other = face(HUKOU, "member", "h.jpg", id_number="1")
    assert len(assemble([*CARDS, other], together=[(0, 4)])) == 3  # no card is a booklet


# ------------------------------------------------------------------ which is nearer, which differs


def test_a_face_scanned_again_joins_the_nearest_paper_that_says_the_same() -> None:
    """Two old cards and a back without a front that both have: it goes to its neighbour."""
    cards = assemble(
        [
            *scanned("1", "a.jpg", "2040-01-01"),
            *scanned("2", "b.jpg", "2040-01-01"),
            face(ID, "emblem", "c.jpg", valid_to="2040-01-01"),
        ]
    )
    assert [[p.file for p in c.pages] for c in cards] == [["a.jpg"], ["b.jpg", "c.jpg"]]


def test_a_page_of_a_person_joins_the_nearest_of_his_papers() -> None:
    """Two cards of one person, of different years: each page goes to the one that it lies by."""
    pages = [
        face(ID, "portrait", "a.jpg", id_number="1", valid_to="2020-01-01"),
        face(ID, "portrait", "z.jpg", id_number="1", valid_to="2040-01-01"),
        face(ID, "other", "z.jpg", id_number="1"),
    ]
    assert [[p.file for p in d.pages] for d in assemble(pages)] == [["a.jpg"], ["z.jpg"]]
    kinds = [d.faces for d in assemble(pages)]
    assert kinds == [("portrait",), ("portrait", "other")]


def test_the_back_on_the_same_scan_comes_before_a_strangers_that_came_first() -> None:
    cards = assemble(
        [
            face(ID, "emblem", "a.jpg", valid_to="2020-01-01"),
            face(ID, "portrait", "c.jpg", id_number="1"),
            face(ID, "emblem", "c.jpg", valid_to="2040-01-01"),
        ]
    )
    assert numbers(cards) == [(None, "2020-01-01"), ("1", "2040-01-01")]


def test_readings_contradict_each_other_from_nine_tenths() -> None:
    assert SURE == 0.9

    def dated(valid_to: str, confidence: float) -> Face:
        one = face(ID, "portrait", f"{valid_to}.jpg", id_number="1", valid_to=valid_to)
        read = one.fields["valid_to"].model_copy(update={"confidence": confidence})
        return one.model_copy(update={"fields": one.fields | {"valid_to": read}})

    assert len(assemble([dated("2020-01-01", 0.9), dated("2040-01-01", 0.9)])) == 2
    assert len(assemble([dated("2020-01-01", 0.9), dated("2040-01-01", 0.8999)])) == 1


def row(confidence: float = 0.9, **cells: str) -> dict[str, Reading]:
    return {k: Reading(value=v, raw=v, confidence=confidence) for k, v in cells.items()}


def form(file: str, *rows: dict[str, Reading], which: str = "page") -> Face:
    one = face(DocumentType.APPLICATION_FORM, which, file, id_number="1", name="甲")
    return one.model_copy(update={"tables": {"changes": rows}} if rows else {})


def test_two_forms_whose_tables_differ_stay_two() -> None:
    mobile, account = row(item="手机号", new="1"), row(item="账号", new="2")
    assert len(assemble([form("a.jpg", mobile), form("b.jpg", account)])) == 2
    assert len(assemble([form("a.jpg", mobile), form("b.jpg", mobile)])) == 1
    assert len(assemble([form("a.jpg", mobile, account), form("b.jpg", account, mobile)])) == 1


def test_a_table_that_one_form_lacks_or_that_was_hardly_read_tells_nothing() -> None:
    mobile, faint = row(item="手机号", new="1"), row(0.5, item="账号", new="2")
    assert len(assemble([form("a.jpg", mobile), form("b.jpg")])) == 1
    assert len(assemble([form("a.jpg", mobile), form("b.jpg", faint)])) == 1
    assert len(assemble([form("a.jpg", mobile), form("b.jpg", mobile, which="more")])) == 1


def test_tables_of_other_papers_tell_nothing() -> None:
    """The page of changes of a booklet grows from scan to scan."""

    def member(file: str, *rows: dict[str, Reading]) -> Face:
        one = face(HUKOU, "member", file, id_number="1")
        return one.model_copy(update={"tables": {"changes": rows}})

    pages = [member("a.jpg", row(item="姓名")), member("b.jpg", row(item="住址"))]
    assert len(assemble(pages)) == 1


# ------------------------------------------------------------------ pages of two booklets


OWN_HEAD: dict[str, Any] = {"household_number": "077", "head_name": "韦建国", "address": "青秀区"}
STRANGERS_HEAD: dict[str, Any] = {
    "household_number": "088",
    "head_name": "何志兰",
    "address": "平乐县",
}


def household(*faces: Face) -> dict[str | None, str | None]:
    """The address of each member's booklet, by his name."""
    return {d.value("name"): d.value("address") for d in assemble(faces)}


def test_each_member_gets_the_head_page_of_his_own_booklet_whatever_the_files_are_called() -> None:
    for stranger in ("IMG_9.jpg", "zz.jpg", "0.jpg"):
        pages = [
            face(HUKOU, "head", "h.jpg", **OWN_HEAD),
            face(HUKOU, "member", "h.jpg", id_number="1", name="韦小芳"),
            face(HUKOU, "head", stranger, **STRANGERS_HEAD),
            face(HUKOU, "member", stranger, id_number="2", name="何美"),
        ]
        for order in (pages, [*pages[2:], *pages[:2]]):
            assert household(*order) == {"韦小芳": "青秀区", "何美": "平乐县"}


def test_a_head_page_that_lies_with_another_persons_page_is_not_taken_before_a_free_one() -> None:
    """The stranger's photo lies between the applicant's two."""
    pages = [
        face(HUKOU, "head", "a.jpg", **OWN_HEAD),
        face(HUKOU, "head", "c.jpg", **STRANGERS_HEAD),
        face(HUKOU, "member", "c.jpg", id_number="2", name="何美"),
        face(HUKOU, "member", "d.jpg", id_number="1", name="韦小芳"),
    ]
    assert household(*pages) == {"何美": "平乐县", "韦小芳": "青秀区"}


def test_a_free_member_page_takes_the_nearest_of_two_free_head_pages() -> None:
    pages = [
        face(HUKOU, "head", "a.jpg", **STRANGERS_HEAD),
        face(HUKOU, "head", "b.jpg", **OWN_HEAD),
        face(HUKOU, "member", "c.jpg", id_number="1", name="韦小芳"),
    ]
    assert household(*pages) == {None: "平乐县", "韦小芳": "青秀区"}


def test_another_households_head_does_not_take_the_only_head_page() -> None:
    """It lies with its own member's page; the applicant, himself a head, has handed in none."""
    him: dict[str, Any] = {"id_number": "1", "name": "韦小芳", "relation_to_head": "户主"}
    pages = [
        face(HUKOU, "head", "a.jpg", **STRANGERS_HEAD),
        face(HUKOU, "member", "a.jpg", id_number="2", name="何美"),
        face(HUKOU, "member", "b.jpg", **him),
    ]
    assert household(*pages) == {"何美": "平乐县", "韦小芳": None}
    child = face(HUKOU, "member", "b.jpg", **(him | {"relation_to_head": "女儿"}))
    assert household(*pages[:2], child)["韦小芳"] == "平乐县"  # one booklet, as is usual
    collective = face(HUKOU, "head", "a.jpg", **STRANGERS_HEAD, household_type="集体户")
    assert household(collective, *pages[1:])["韦小芳"] == "平乐县"
    # Alone on its scan it is nobody else's: the rules say that the names differ.
    alone = face(HUKOU, "head", "z.jpg", **STRANGERS_HEAD)
    assert household(alone, *pages[1:])["韦小芳"] == "平乐县"


def test_one_head_page_scanned_twice_is_of_one_booklet() -> None:
    again = OWN_HEAD | {"household_number": "071"}  # misread; the head is the same
    pages = [
        face(HUKOU, "head", "a.jpg", **OWN_HEAD),
        face(HUKOU, "head", "b.jpg", **again),
        face(HUKOU, "address_changes", "b.jpg", page=2),
        face(HUKOU, "member", "c.jpg", id_number="1", name="韦小芳"),
    ]
    (booklet,) = assemble(pages)
    assert booklet.faces == ("head", "address_changes", "member")
    assert [p.file for p in booklet.pages] == ["a.jpg", "b.jpg", "b.jpg", "c.jpg"]


def test_a_page_of_address_changes_is_of_the_booklet_that_it_follows() -> None:
    pages = [
        face(HUKOU, "head", "a.jpg", **OWN_HEAD),
        face(HUKOU, "member", "a.jpg", id_number="1", name="韦小芳"),
        face(HUKOU, "head", "b.jpg", **STRANGERS_HEAD),
        face(HUKOU, "address_changes", "b.jpg", page=2),
        face(HUKOU, "member", "b.jpg", id_number="2", name="何美"),
    ]
    kinds = {d.value("name"): d.faces for d in assemble(pages)}
    assert kinds["韦小芳"] == ("head", "member")
    assert kinds["何美"] == ("head", "address_changes", "member")


def test_head_pages_read_with_doubt_are_not_told_apart() -> None:
    worn = face(HUKOU, "head", "b.jpg", **STRANGERS_HEAD)
    doubtful = {k: r.model_copy(update={"confidence": 0.5}) for k, r in worn.fields.items()}
    pages = [
        face(HUKOU, "head", "a.jpg", **OWN_HEAD),
        worn.model_copy(update={"fields": doubtful}),
        face(HUKOU, "member", "c.jpg", id_number="1", name="韦小芳"),
    ]
    assert len(assemble(pages)) == 1


def test_head_pages_of_two_booklets_without_members_are_two_documents() -> None:
    heads = face(HUKOU, "head", "a.jpg", **OWN_HEAD), face(HUKOU, "head", "b.jpg", **STRANGERS_HEAD)
    assert [d.value("address") for d in assemble(heads)] == ["青秀区", "平乐县"]
    number: dict[str, Any] = {"household_number": "077"}
    again = face(HUKOU, "head", "a.jpg", **number), face(HUKOU, "head", "b.jpg", **number)
    assert len(assemble(again)) == 1
