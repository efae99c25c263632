"""外国人永久居留身份证: bilingual labels above their values, two scripts of a name, two numbers."""

from __future__ import annotations

import pytest

from extractors.cards import foreign_permanent_resident_card as card
from extractors.cards.foreign_permanent_resident_card import _bear_nationality_out, _names
from extractors.passport.printed import ONE_NAME
from pipeline.evidence.evidence import Evidence, Value, is_doubtful
from pipeline.layout.piece import pieces_of
from pipeline.model import Face
from tests.lines import Paper, line

NUMBER = "911124198108030024"
ROWS: dict[str, tuple[str, tuple[str, ...]]] = {
    "name": ("姓名/Name", ("SMITH, JANE", "史密斯")),
    "sex": ("性别/Sex", ("女/F",)),
    "birth_date": ("出生日期/Date of Birth", ("1981.08.03",)),
    "nationality": ("国籍/Nationality", ("加拿大/CAN",)),
    "validity": ("有效期限/Period of Validity", ("2024.06.05-2034.06.05",)),
    "id_number": ("证件号码/ID No.", (NUMBER,)),
}
PLACES = {
    "name": (60, 100),
    "sex": (60, 240),
    "birth_date": (320, 240),
    "nationality": (60, 340),
    "validity": (320, 340),
    "id_number": (60, 440),
}


def drawn(titled: bool = True, **changed: tuple[str, tuple[str, ...]] | None) -> Paper:
    """A front with its values below the labels; a row that is None is left out."""
    paper = Paper()
    if titled:
        paper.write("外国人永久居留身份证", 300, 20)
    for name, row in (ROWS | changed).items():
        if row is None:
            continue
        (x, y), (label, values) = PLACES[name], row
        paper.write(label, x, y)
        for i, value in enumerate(values):
            paper.write(value, x, y + 40 * (i + 1))
    return paper


def read(paper: Paper) -> Face:
    assert (card.score(paper.lines) or 0) >= 0.5
    (face,) = card.extract(paper.sheet(), paper.recognise)
    return face


def values(face: Face) -> dict[str, str]:
    return {name: reading.value for name, reading in face.fields.items()}


def test_front_is_read_below_its_labels() -> None:
    face = read(drawn())
    assert values(face) == {
        "name": "SMITH, JANE",
        "chinese_name": "史密斯",
        "sex": "女",
        "birth_date": "1981-08-03",
        "nationality": "CAN",
        "valid_from": "2024-06-05",
        "valid_to": "2034-06-05",
        "id_number": NUMBER,
    }
    assert (face.face, face.missing) == ("card", ())


@pytest.mark.parametrize(
    ("first", "second", "name", "is_whole"),
    [
        ("RAHMANSYAH,", "PUTRI", "RAHMANSYAH, PUTRI", True),
        ("RAHMANSYAH,", "", "RAHMANSYAH,", False),
        ("SMITH, JANE", "", "SMITH, JANE", True),
    ],
)
def test_a_name_of_two_lines_is_read_whole_or_doubted(
    first: str, second: str, name: str, is_whole: bool
) -> None:
    fields: dict[str, Evidence] = {}
    rows = [
        line(first, 60, 100),
        *([line(second, 60, 140)] if second else []),
        line("普翠", 60, 180),
    ]
    _names(pieces_of(rows), fields)
    assert (fields["name"].value.value, fields["chinese_name"].value.value) == (name, "普翠")
    assert (not fields["name"].value.doubts) is is_whole


@pytest.mark.parametrize(
    ("printed", "value", "is_doubted"),
    [("田中宏树", "田中宏树", False), ("H中宏树", "H中宏树", True), ("H0中宏", None, False)],
)
def test_a_chinese_name_with_a_misread_sign_is_said(
    printed: str, value: str | None, is_doubted: bool
) -> None:
    fields: dict[str, Evidence] = {}
    _names(pieces_of([line("TANAKA, HIROKI", 60, 100), line(printed, 60, 140)]), fields)
    name = fields.get("chinese_name")
    assert (name and name.value.value) == value
    assert bool(name and name.value.doubts) is is_doubted


@pytest.mark.parametrize(
    ("number", "doubtful"),
    [
        (NUMBER, False),
        (NUMBER[:-1] + "5", True),
        ("CAN110081080310", False),
        ("CRR450199080659", True),
    ],
)
def test_number_is_held_against_its_check_digit(number: str, doubtful: bool) -> None:
    reading = read(drawn(id_number=("证件号码/ID No.", (number,)))).fields["id_number"]
    assert reading.value == number
    assert is_doubtful("id_number", reading) is doubtful


def test_what_is_no_date_and_no_number_is_missing() -> None:
    face = read(
        drawn(
            birth_date=("出生日期/Date of Birth", ("1981.13.03",)),
            validity=("有效期限/Period of Validity", ("2024.06",)),
            id_number=("证件号码/ID No.", ("9111",)),
        )
    )
    assert {"birth_date", "valid_to", "id_number"} <= set(face.missing)
    assert not {"birth_date", "valid_to", "id_number"} & set(face.fields)


def test_a_birth_date_without_its_day_is_doubted() -> None:
    reading = read(drawn(birth_date=("出生日期/Date of Birth", ("1981.08",)))).fields["birth_date"]
    assert (reading.value, reading.doubts) == ("1981-08", ("日期不完整",))


def test_sides_without_a_title_are_told_beside_the_other() -> None:
    paper = Paper()
    paper.write("签发机关", 180, 380)
    paper.write("国家移民管理局", 380, 380)
    paper.write("持证人曾持有号码", 180, 480)
    paper.write("GBR450187041844", 450, 480)
    sides = card.extract_side(paper.sheet(), paper.recognise, ("card",))
    assert [values(side) for side in sides] == [
        {"issuing_authority": "国家移民管理局", "former_number": "GBR450187041844"}
    ]


def test_card_is_told_by_its_number_where_the_title_was_not_read() -> None:
    untitled = drawn(titled=False)
    titled = card.score(drawn().lines) or 0
    assert 0.5 <= (card.score(untitled.lines) or 0) < titled
    assert values(read(untitled))["name"] == "SMITH, JANE"


FOLDED = (
    "国籍/Natio",
    "性别/Gender",
    "外国人永久居留身份证",
    "GBR450195122630",
    "男/M",
    "英国 / GBR",
)
"""All that was read of a card in whose fold the other labels lie, in no order."""


def test_title_and_number_tell_a_card_whose_labels_lie_in_a_fold() -> None:
    lines = [line(text, 60, 60 * i) for i, text in enumerate(FOLDED)]
    assert (card.score(lines) or 0) >= 0.5
    untitled = [x for x in lines if x.text != "外国人永久居留身份证"]
    assert (card.score(untitled) or 0) < 0.5
    assert (card.score(lines[2:4]) or 0) < 0.5


def test_labels_alone_tell_no_card() -> None:
    assert (card.score(drawn(titled=False, id_number=None).lines) or 0) < 0.5


def test_values_beside_the_labels_are_read_as_well() -> None:
    paper = Paper()
    paper.write("外国人永久居留身份证", 300, 20)
    rows = (
        ("姓名", "史密斯"),
        ("性别", "女/F"),
        ("出生日期", "1981年08月03日"),
        ("国籍", "加拿大/CAN"),
        ("有效期限", "2024.06.05-2034.06.05"),
        ("证件号码", NUMBER),
    )
    for i, (label, value) in enumerate(rows):
        paper.write(label, 60, 100 + 80 * i)
        paper.write(value, 260, 100 + 80 * i)
    paper.write("SMITH, JANE", 260, 138)
    face = read(paper)
    assert values(face) == {
        "name": "SMITH, JANE",
        "chinese_name": "史密斯",
        "sex": "女",
        "birth_date": "1981-08-03",
        "nationality": "CAN",
        "valid_from": "2024-06-05",
        "valid_to": "2034-06-05",
        "id_number": NUMBER,
    }


def test_a_name_without_its_comma_is_doubted() -> None:
    label = ROWS["name"][0]
    whole = read(drawn()).fields["name"]
    half = read(drawn(name=(label, ("JANE", "史密斯")))).fields["name"]
    assert ONE_NAME in half.doubts and ONE_NAME not in whole.doubts


@pytest.mark.parametrize("title", ["外国人永久居留身份证", None])
def test_a_title_of_its_own_tells_a_front_with_few_labels(title: str | None) -> None:
    """Without its title the same two labels tell nothing; in a sentence its words need four."""
    lost = dict.fromkeys(("birth_date", "nationality", "validity", "id_number"))
    paper = drawn(titled=False, **lost)
    paper.write(title or "凡持外国人永久居留身份证者请先取号", 60, 20)
    assert (card.score(paper.lines) is not None) is (title is not None)
    if title is not None:
        assert {"birth_date", "nationality", "valid_to", "id_number"} <= set(read(paper).missing)


@pytest.mark.parametrize(
    ("number", "printed", "agreed"),
    [
        (NUMBER, "CAN", True),
        (NUMBER, "THA", False),
        ("THA450189122112", "THA", True),
        ("THA450189122112", "CAN", False),
        ("911124", "CAN", False),  # cut off: no number of either kind
    ],
)
def test_a_nationality_that_the_number_names_is_borne_out(
    number: str, printed: str, agreed: bool
) -> None:
    fields = {
        name: Evidence(pieces_of([line(text, 60, 100)]), Value(text))
        for name, text in (("id_number", number), ("nationality", printed))
    }
    _bear_nationality_out(fields)
    assert fields["nationality"].agreed is agreed
    assert fields["nationality"].doubts == []
