"""Travel permits and social security cards: labels set wide, worn, stamped over; noise around."""

from __future__ import annotations

import pytest

from extractors import EXTRACTORS
from extractors.cards.travel_permits import runs_on
from pipeline.contracts import Extractor
from pipeline.evidence.evidence import is_doubtful
from pipeline.layout.piece import Piece, pieces_of
from pipeline.model import DocumentType, Face
from tests.lines import EM, GREY, Paper

HK_MACAO_TRAVEL_PERMIT = EXTRACTORS[DocumentType.HK_MACAO_TRAVEL_PERMIT]
TAIWAN_TRAVEL_PERMIT = EXTRACTORS[DocumentType.TAIWAN_TRAVEL_PERMIT]
SOCIAL_SECURITY_CARD = EXTRACTORS[DocumentType.SOCIAL_SECURITY_CARD]

NUMBER = "450103198510169012"
BANK = "6217009876543210981"
NOISE = ("Unmratuey", 880, 160)


def _faces(kind: Extractor, paper: Paper) -> list[Face]:
    assert (kind.score(paper.lines) or 0) >= 0.5
    return list(kind.extract(paper.sheet(), paper.recognise))


def _values(face: Face) -> dict[str, str]:
    return {name: reading.value for name, reading in face.fields.items()}


def permit(name: str = "姓 名", sex: str = "性 别") -> Paper:
    """A Taiwan permit without the row of 有效期限."""
    paper = Paper()
    paper.write("台湾居民来往大陆通行证", 320, 20)
    paper.write(name, 60, 100)
    paper.write("LIN,PUISHAN", 230, 160)
    paper.write(sex, 60, 280)
    rows = (("出生日期", "1989.07.18", 220), ("签发机关", "公安部出入境管理局", 400))
    for label, value, y in (*rows, ("签发地点", "北京", 460), ("证件号码", "95552247", 520)):
        paper.write(label, 60, y)
        paper.write(value, 230, y)
    return paper


def test_label_is_found_with_a_speck_between_its_characters() -> None:
    paper = permit("姓·名", "性.别")
    paper.write("林佩珊", 230, 100)
    paper.write("女", 230, 280)
    (face,) = _faces(TAIWAN_TRAVEL_PERMIT, paper)
    assert (_values(face)["name"], _values(face)["sex"]) == ("林佩珊", "女")
    assert not any(is_doubtful(name, reading) for name, reading in face.fields.items())


def test_label_is_found_by_its_second_character_where_the_column_ends() -> None:
    paper = permit()
    paper.lines = [line for line in paper.lines if line.text != "性别"]
    paper.write("林佩珊", 230, 100)
    paper.write("别女", 150, 280)
    (face,) = _faces(TAIWAN_TRAVEL_PERMIT, paper)
    assert _values(face)["sex"] == "女"


def test_value_that_begins_with_a_labels_second_character_is_no_label() -> None:
    paper = permit()
    paper.cover("性别")
    paper.write("林佩珊", 230, 100)
    paper.write("别女", 230, 280)
    (face,) = _faces(TAIWAN_TRAVEL_PERMIT, paper)
    assert "sex" not in face.fields


def test_latin_name_keeps_to_the_column_of_the_name() -> None:
    paper = permit()
    paper.lines.insert(0, Paper().write(*NOISE))
    paper.write("林佩珊", 230, 100)
    (face,) = _faces(TAIWAN_TRAVEL_PERMIT, paper)
    assert _values(face)["english_name"] == "LIN, PUISHAN"  # the drawn engine gives no spaces


def test_span_is_read_where_noise_stands_a_little_above_it_in_its_row() -> None:
    paper = permit()
    paper.write("林佩珊", 230, 100)
    paper.write("有效期限", 60, 340)
    paper.write("2024.09.07-2029.09.07", 230, 340)
    paper.write("KL", 900, 324)
    (face,) = _faces(TAIWAN_TRAVEL_PERMIT, paper)
    assert _values(face)["valid_to"] == "2029-09-07"


def test_span_and_number_are_told_by_their_shape_with_doubt_when_no_label_was_read() -> None:
    paper = permit()
    paper.write("林佩珊", 230, 100)
    paper.write("2024.09.07-2029.09.07", 230, 340)
    (face,) = _faces(TAIWAN_TRAVEL_PERMIT, paper)
    assert _values(face)["valid_from"] == "2024-09-07"
    assert is_doubtful("valid_from", face.fields["valid_from"])


def test_name_under_a_reflection_is_read_with_doubt() -> None:
    paper = permit()
    paper.write("林佩珊", 230, 100, colour=GREY)
    (face,) = _faces(TAIWAN_TRAVEL_PERMIT, paper)
    assert _values(face)["name"] == "林佩珊"
    assert is_doubtful("name", face.fields["name"])


def test_back_is_told_with_the_holders_name_and_a_copys_stamp() -> None:
    paper = Paper(size=(1000, 1200))
    paper.write("澳门居民身份证号码", 60, 60)
    paper.write("5919479(4)", 400, 60)
    paper.write("中文姓名", 60, 120)
    paper.write("梁志鸿", 400, 120)
    paper.write("复印件与原件一致", 60, 900)
    paper.write("2026年11月23日", 60, 1000)
    (face,) = _faces(HK_MACAO_TRAVEL_PERMIT, paper)
    assert (face.face, _values(face)) == ("back", {"home_id_number": "5919479(4)"})


def stamped_card(title: str = "社会保障卡", number: str = NUMBER) -> Paper:
    """A social security card with a stamp across the labels of its numbers."""
    paper = Paper()
    paper.write(title, 380, 20)
    paper.write("姓名", 60, 160)
    paper.write("莫琳", 230, 160)
    paper.write(f"与原民份号{number}", 60, 240)
    paper.write("会保H90645066", 60, 300)
    paper.write(f"{BANK[:4]} {BANK[4:10]} {BANK[10:]}", 60, 460)
    return paper


def test_social_security_card_is_told_by_title_and_number_when_a_stamp_covers_labels() -> None:
    (face,) = _faces(SOCIAL_SECURITY_CARD, stamped_card())
    values = _values(face)
    assert (values["social_security_number"], values["card_number"]) == (NUMBER, "H90645066")
    assert is_doubtful("social_security_number", face.fields["social_security_number"])


def test_card_with_half_a_title_is_not_told_by_a_number_and_one_label() -> None:
    assert SOCIAL_SECURITY_CARD.score(stamped_card("保障卡").lines) is None


def test_title_tells_the_card_and_a_misread_number_is_no_silent_value() -> None:
    (face,) = _faces(SOCIAL_SECURITY_CARD, stamped_card(number=NUMBER[:-1] + "0"))
    read = face.fields.get("social_security_number")
    assert (
        "social_security_number" in face.missing
        if read is None
        else is_doubtful("social_security_number", read)
    )


def permit_below(*, title: str, labels: tuple[str, str, str, str, str]) -> Paper:
    """A travel permit that prints every value below its label."""
    paper = Paper(size=(1000, 760))
    paper.write(title, 300, 20)
    name, birth, sex, validity, number = labels
    paper.write(name, 60, 120)
    paper.write("林佩珊", 60, 160)
    paper.write("LIN, PEISHAN", 60, 200)
    paper.write(birth, 60, 260)
    paper.write("1988.03.09", 60, 300)
    paper.write(sex, 600, 260)
    paper.write("女/F", 600, 300)
    paper.write(validity, 60, 360)
    paper.write("2023.05.06-2028.05.05", 60, 400)
    paper.write(number, 60, 480)
    paper.write("12345678", 60, 520)
    return paper


@pytest.mark.parametrize(
    ("title", "labels"),
    [
        ("台湾居民来往大陆通行证", ("姓名", "出生日期", "性别", "有效期限", "证件号码")),
        (
            "台湾居民来往大陆通行证",
            (
                "姓名 Name",
                "出生日期 Date of Birth",
                "性别 Sex",
                "有效期限 Validity",
                "证件号码 No.",
            ),
        ),
        ("臺灣居民來往大陸通行證", ("姓名/Name", "出生日期", "性別 Sex", "有效期限", "证件号码")),
    ],
)
def test_values_below_their_labels(title: str, labels: tuple[str, str, str, str, str]) -> None:
    (face,) = _faces(TAIWAN_TRAVEL_PERMIT, permit_below(title=title, labels=labels))
    assert _values(face) == {
        "name": "林佩珊",
        "english_name": "LIN, PEISHAN",
        "birth_date": "1988-03-09",
        "sex": "女",
        "valid_from": "2023-05-06",
        "valid_to": "2028-05-05",
        "permit_number": "12345678",
    }


def test_latin_name_is_none_of_the_noise_beside_the_card() -> None:
    paper = permit()
    paper.lines = [line for line in paper.lines if not line.text.startswith("LIN")]
    paper.write("林佩珊", 230, 100)
    paper.write(*NOISE)
    (face,) = _faces(TAIWAN_TRAVEL_PERMIT, paper)
    assert "english_name" in face.missing


def test_name_that_only_a_second_look_found_is_doubted() -> None:
    paper = permit()
    paper.write("林佩珊", 230, 100, found=False)
    (face,) = _faces(TAIWAN_TRAVEL_PERMIT, paper)
    assert _values(face)["name"] == "林佩珊"
    assert is_doubtful("name", face.fields["name"])


def test_end_of_a_name_under_a_reflection_is_kept() -> None:
    paper = permit()
    paper.image[..., 0][paper.image[..., 0] == 238] = 198  # coloured paper
    paper.write("林", 230, 100)
    paper.image[90:140, 255:340] = 255
    paper.write("佩珊", 260, 100, colour=(160, 160, 160))
    paper.join(*paper.lines[-2:])
    (face,) = _faces(TAIWAN_TRAVEL_PERMIT, paper)
    assert _values(face)["name"] == "林佩珊"


def test_the_first_letter_of_a_number_is_no_part_of_the_translation_before_it() -> None:
    paper = Paper(size=(1000, 700))
    paper.write("港澳居民来往内地通行证", 300, 20)
    paper.write("姓名 Name", 60, 120)
    paper.write("林佩珊", 360, 120)
    paper.write("出生日期 Date of Birth", 60, 180)
    paper.write("1988.03.09", 460, 180)
    paper.write("有效期限 Validity", 60, 240)
    paper.write("2023.05.06-2028.05.05", 460, 240)
    paper.write("证件号码Document No. M96617912", 60, 300)
    (face,) = _faces(HK_MACAO_TRAVEL_PERMIT, paper)
    assert _values(face)["permit_number"] == "M96617912"


def test_a_back_with_notes_and_a_translated_label_is_told() -> None:
    paper = Paper(size=(1000, 700))
    paper.write("澳门居民身份证号码Macao ID Card No. 1993351(2)", 60, 120)
    paper.write("此证供持证人来往内地使用。", 60, 300)
    paper.write("如有遗失，应立即报失。", 60, 340)
    (face,) = _faces(HK_MACAO_TRAVEL_PERMIT, paper)
    assert (face.face, _values(face)) == ("back", {"home_id_number": "1993351(2)"})


def test_back_on_the_sheet_of_the_front_is_read_though_both_name_the_holder() -> None:
    paper = Paper((1200, 1200))
    for line in permit().lines:
        x, y = line.quad[0]
        paper.write(line.text.replace("台湾居民来往大陆", "港澳居民来往内地"), x, y)
    paper.write("黄佩珊", 230, 100)
    paper.write("女", 230, 280)
    paper.write("香港居民身份证号码", 60, 800)
    paper.write("Z980405(4)", 400, 800)
    faces = _faces(HK_MACAO_TRAVEL_PERMIT, paper)
    assert sorted(face.face for face in faces) == ["back", "card"]
    values = {name: value for face in faces for name, value in _values(face).items()}
    assert (values["name"], values["home_id_number"]) == ("黄佩珊", "Z980405(4)")


def test_latin_name_is_found_below_a_name_whose_label_is_as_high_as_both() -> None:
    paper = permit(name="姓名")
    paper.write("Name", 60, 135)
    paper.write("林佩珊", 230, 118)
    paper.lines = [line for line in paper.lines if not line.text.startswith("LIN")]
    paper.write("LIN, PUI SHAN", 230, 151)
    (face,) = _faces(TAIWAN_TRAVEL_PERMIT, paper)
    assert _values(face)["english_name"] == "LIN, PUISHAN"


def test_translation_behind_a_label_is_no_part_of_the_value_that_is_read_again() -> None:
    paper = permit()
    paper.write("林佩珊", 230, 100)
    paper.write("女", 230, 280)
    label, value = (line for line in paper.lines if line.text in ("签发地点", "北京"))
    paper.lines.remove(label)
    paper.lines.remove(value)
    paper.write("签发地点 Place of Issue", 60, 460)
    paper.write("北京", 450, 460, score=0.7)
    (face,) = _faces(TAIWAN_TRAVEL_PERMIT, paper)
    assert _values(face)["issue_place"] == "北京"


def test_letters_that_stand_apart_in_one_word_lost_their_space() -> None:
    def name(*words: str) -> Piece:
        """Words set wide apart that were read as one."""
        paper, x = Paper(), 60.0
        parts = []
        for word in words:
            parts.append(paper.write(word, x, 100))
            x += EM * (0.5 * len(word) + 0.6)
        if len(parts) > 1:
            paper.join(*parts)
        return pieces_of(paper.lines)[0]

    assert runs_on(name("WONG,SZE", "WING"))
    assert not runs_on(name("WONG,SZEWING"))
