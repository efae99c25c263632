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


def test_a_name_that_is_none_by_its_length_is_left_to_other_doubts() -> None:
    for before in (face(former_name="无"), face(name="驶"), face(name="驶驶驶驶驶")):
        assert with_unusual_names(before) is before


def test_each_name_of_a_face_is_looked_at_and_earlier_doubts_stay() -> None:
    doubted = face(name="令狐驶", head_name="韦驶", new_name="韦世安")
    earlier = doubted.fields["name"].model_copy(update={"doubts": ("?",)})
    after = with_unusual_names(
        doubted.model_copy(update={"fields": {**doubted.fields, "name": earlier}})
    )
    assert after.fields["name"].doubts == ("?", "姓名中少见的字：驶")
    assert after.fields["head_name"].doubts == ("姓名中少见的字：驶",)
    assert after.fields["new_name"].doubts == ()


def test_all_strange_characters_of_a_name_are_said() -> None:
    after = with_unusual_names(face(name="令狐驶频"))
    assert after.fields["name"].doubts == ("姓名中少见的字：驶、频",)


def test_only_a_foreigners_chinese_name_is_free_of_surnames() -> None:
    assert with_unusual_names(face(name="大卫")).fields["name"].doubts == ("姓名中少见的字：大",)
    strange = with_unusual_names(face(chinese_name="大驶")).fields["chinese_name"]
    assert strange.doubts == ("姓名中少见的字：驶",)
