"""Names with characters that names do not have are doubted, wherever they were read."""

from __future__ import annotations

from pipeline.evidence.evidence import is_doubtful
from pipeline.evidence.unusual_names import with_unusual_names
from pipeline.model import DocumentType, Face, PageRef, Reading


def face(**values: str) -> Face:
    return Face(
        type=DocumentType.GROUP_PROOF,
        face="page",
        score=1.0,
        page=PageRef(file="a.jpg", page=1, sha256="0" * 64),
        fields={
            name: Reading(value=value, raw=value, confidence=0.999)
            for name, value in values.items()
        },
    )


def test_a_name_that_nobody_has_is_doubted_though_read_surely() -> None:
    before = face(name="令狐驶", issuing_authority="驶县公安局")
    after = with_unusual_names(before)
    assert not is_doubtful("name", before.fields["name"])
    assert is_doubtful("name", after.fields["name"])
    assert after.fields["name"].doubts == ("姓名中少见的字：驶",)
    assert after.fields["issuing_authority"] == before.fields["issuing_authority"]


def test_a_usual_name_is_left_as_it_is() -> None:
    before = face(name="韦世安", chinese_name="大卫")
    assert with_unusual_names(before) is before
