"""A place that seems empty is blank only where nothing is printed in it, and what was not read is
said."""

from __future__ import annotations

from extractors import EXTRACTORS
from extractors.labelled.reading import NOT_BLANK
from pipeline.model import DocumentType, Face
from tests.lines import Paper, line

ROWS = (
    ("姓名", "劳赟林"),
    ("性别", "男"),
    ("残疾人证号", "45142220080113977621"),
    ("残疾类别", "听力"),
    ("残疾等级", "一级"),
    ("监护人", ""),
    ("联系电话", "17700009160"),
)


def certificate(guardian: str, *, rows: tuple[tuple[str, str], ...] = ROWS) -> Face:
    """A disability certificate whose guardian was read with a low score, or not at all."""
    paper = Paper((900, 1000))
    paper.write("中华人民共和国残疾人证", 60, 20)
    for i, (label, value) in enumerate(rows):
        paper.write(label, 60, 100 + 70 * i)
        if value:
            paper.write(value, 300, 100 + 70 * i)
        if label == "监护人" and guardian:
            paper.lines.append(line(guardian, 300, 100 + 70 * i, score=0.6))
    kind = DocumentType.DISABILITY_CERTIFICATE
    (face,) = EXTRACTORS[kind].extract(paper.sheet(), paper.recognise)
    return face


def test_a_place_in_which_something_was_read_poorly_is_not_blank() -> None:
    guardian = certificate("郗頫").fields["guardian"]
    assert guardian.value or NOT_BLANK in guardian.doubts


def test_an_empty_place_is_blank_beyond_doubt() -> None:
    guardian = certificate("").fields["guardian"]
    assert (guardian.value, guardian.doubts) == ("", ())


def test_where_a_label_was_lost_others_may_have_been() -> None:
    assert "address" not in certificate("").missing
    assert {"name", "address"} <= set(certificate("", rows=ROWS[1:]).missing)


def test_with_the_certificates_number_the_persons_is_missing() -> None:
    lost = certificate("", rows=(*ROWS[:2], *ROWS[3:]))
    assert {"certificate_number", "id_number"} <= set(lost.missing)
    assert "id_number" not in certificate("").missing


def test_a_grade_whose_label_was_lost_is_the_numbers_with_a_doubt() -> None:
    grade = certificate("", rows=(*ROWS[:4], *ROWS[5:])).fields["grade"]
    assert grade.value == "一级" and grade.doubts
