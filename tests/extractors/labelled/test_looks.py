"""Looking again: when, at what, and which look is believed; two that disagree are never silent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from extractors.labelled.grammar import Grammar, read_value
from extractors.labelled.looks import DISAGREE, MENDED, UNREAD_LOOK, Looker, look
from extractors.lodging.grammar import either_sex
from pipeline.evidence.evidence import Evidence, Value
from pipeline.layout.ink import Ink
from pipeline.layout.piece import Piece, pieces_of
from pipeline.model import Char, Image, Line, Quad, Sheet, Source
from tests.lines import EM, RED, Paper, line

NO_LIMITS = (0.0, 1000.0)


def grammar(name: str) -> Grammar:
    return lambda text: read_value(name, text)


def anything(text: str) -> Value:
    """A grammar that takes all but what holds a question mark; closed where it ends with one."""
    return Value(text, ("?",) if "?" in text else (), text.endswith("!"))


@dataclass
class Script:
    """A recogniser that answers each call with the next text, and keeps what it was asked."""

    answers: list[str]
    score: float = 0.99
    asked: list[tuple[Image, list[Quad]]] = field(default_factory=list)

    def __call__(self, picture: Image, quads: Sequence[Quad]) -> list[Line]:
        self.asked.append((picture, list(quads)))
        text = self.answers[len(self.asked) - 1]
        if not text:
            return [Line("", 0.0, q) for q in quads]
        return [line(text, *q[0], score=self.score) for q in quads]


class Reaching(Ink):
    """Ink that goes on beyond every row by so many pixels."""

    ahead: tuple[float, float] = (0.0, 0.0)
    faint: str = ""
    hides: bool | None = None
    """Whether what touches the line on the right was taken for what may hide its end."""

    def reach(
        self, quad: Quad, left: float, right: float, *, blots: bool = False
    ) -> tuple[float, float]:
        if right > quad[1][0]:
            self.hides = blots
        before = self.ahead[0] if left < quad[0][0] else 0.0
        return before, self.ahead[1] if right > quad[1][0] else 0.0

    def without_faint(self, pieces: Sequence[Piece]) -> list[Piece]:
        return [p for p in pieces if not self.faint or self.faint not in p.text]


def paper(*, red: bool = True) -> Paper:
    """A sheet; with red ink it is looked at twice, as it is and without the red."""
    made = Paper()
    if red:
        made.write("口口口口口", 600, 500, colour=RED, found=False)
    return made


def seen(
    first: Line | str,
    *answers: str,
    name: str = "name",
    rule: Callable[[str], Value] = anything,
    ahead: tuple[float, float] = (0.0, 0.0),
    red: bool = True,
    limits: tuple[float, float] = NO_LIMITS,
) -> tuple[Evidence, Script]:
    """What is made of a first look and of the answers of further ones."""
    own = line(first, 100, 40, score=0.5) if isinstance(first, str) else first
    script = Script(list(answers))
    sheet = paper(red=red).sheet()
    ink = Reaching(sheet.image)
    ink.ahead = ahead
    found = Looker(sheet, script, ink).look(name, pieces_of([own]), rule, limits)
    return found, script


# ------------------------------------------------------------------ when


def test_a_sure_value_is_not_looked_at_again() -> None:
    found, script = seen(line("韦小芳", 100, 40))
    assert (found.value.value, found.doubts, script.asked) == ("韦小芳", [], [])


@pytest.mark.parametrize(("score", "again"), [(0.92, False), (0.91, True)])
def test_a_value_below_the_limit_of_its_field_is_looked_at_again(score: float, again: bool) -> None:
    _, script = seen(line("大小方", 100, 40, score=score), "大小方", "大小方")
    assert bool(script.asked) is again


def test_a_value_that_its_grammar_doubts_is_looked_at_again() -> None:
    _, script = seen(line("韦?", 100, 40), "韦?", "韦?")
    assert len(script.asked) == 2


def test_a_value_with_an_almost_read_character_is_looked_at_again_and_stays_doubted() -> None:
    almost = (Char("瀚", 0.6, 0.4, 0.5),)
    found, script = seen(replace(line("韦小芳", 100, 40), lost=almost), "韦小芳", "韦小芳")
    assert len(script.asked) == 2
    assert found.doubts == [UNREAD_LOOK]


def test_digits_have_no_almost_read_characters() -> None:
    almost = (Char("瀚", 0.6, 0.4, 0.5),)
    _, script = seen(replace(line("123", 100, 40), lost=almost), name="id_number")
    assert script.asked == []


@pytest.mark.parametrize(("ahead", "again"), [(0.35 * EM, False), (0.4 * EM, True)])
@pytest.mark.parametrize("side", [0, 1])
def test_ink_beyond_a_value_is_looked_at(ahead: float, again: bool, side: int) -> None:
    reach = (ahead, 0.0) if side == 0 else (0.0, ahead)
    _, script = seen(line("韦小芳", 100, 40), "韦小芳", "韦小芳", ahead=reach)
    assert bool(script.asked) is again


def test_nothing_is_looked_for_beyond_a_whole_value_but_a_certificates_number() -> None:
    for name, again in (("sex", False), ("certificate_number", True)):
        _, script = seen(line("12!", 100, 40), "12!", "12!", name=name, ahead=(0, EM))
        assert bool(script.asked) is again


# ------------------------------------------------------------------ which


def test_two_looks_that_disagree_are_doubted() -> None:
    found, _ = seen("韦小芳", "韦小方", "")
    assert DISAGREE in found.doubts


def test_a_look_that_gives_the_traditional_form_does_not_disagree() -> None:
    found, _ = seen("黃小芳", "黄小芳", "黄小芳")
    assert (found.value.value, found.doubts) == ("黄小芳", [])
    other, _ = seen("黄小芳", "黃小芳", "黃小芳")
    assert (other.value.value, other.doubts) == ("黃小芳", [DISAGREE])


def test_looks_that_agree_are_not_doubted() -> None:
    found, _ = seen("韦小芳", "韦小芳", "韦小芳")
    assert (found.value.value, found.doubts) == ("韦小芳", [])


def test_most_looks_decide_and_the_other_stays_a_doubt() -> None:
    found, _ = seen("韦小芳", "韦小方", "韦小方")
    assert (found.value.value, found.doubts) == ("韦小方", [DISAGREE])


def test_a_look_that_does_not_fit_is_no_rival() -> None:
    found, _ = seen("韦小芳", "韦?", "韦?")
    assert (found.value.value, found.doubts) == ("韦小芳", [])


def test_what_one_look_alone_mends_is_doubted_and_what_two_mend_is_not() -> None:
    alone, _ = seen("韦?", "韦小芳", "")
    assert (alone.value.value, alone.doubts) == ("韦小芳", [MENDED])
    both, _ = seen("韦?", "韦小芳", "韦小芳")
    assert (both.value.value, both.doubts) == ("韦小芳", [])


def test_a_look_at_traditional_forms_is_a_second_one_at_the_same() -> None:
    """木棉路250號 is no address for the grammar, and says the same as 木棉路250号."""
    whole = grammar("address")
    script = Script(["广西来宾市兴宾区木棉路250号", ""])
    sheet = paper().sheet()
    own = pieces_of([line("广西来宾市兴宾区木棉路250號", 100, 40, score=0.5)])
    looker = Looker(sheet, script, Reaching(sheet.image))
    found = looker.look("address", own, whole, NO_LIMITS)
    assert (found.value.value, found.doubts) == ("广西来宾市兴宾区木棉路250号", [])
    script = Script(["广西来宾市兴宾区木棉路250号", ""])
    own = pieces_of([line("广西来宾市兴宾区木棉路250", 100, 40, score=0.5)])
    looker = Looker(sheet, script, Reaching(sheet.image))
    found = looker.look("address", own, whole, NO_LIMITS)
    assert (found.value.value, found.doubts) == ("广西来宾市兴宾区木棉路250号", [MENDED])


def test_a_word_of_a_closed_list_outdoes_all_others_and_needs_no_second_look() -> None:
    found, _ = seen("女人", "女!", "女人")
    assert (found.value.value, found.doubts) == ("女!", [])


def test_two_words_of_a_closed_list_are_doubted() -> None:
    found, _ = seen("女?", "女!", "男!")
    assert DISAGREE in found.doubts


def test_the_first_look_is_kept_with_its_place_where_others_agree() -> None:
    found, _ = seen("韦小芳", "韦小芳", "韦小芳")
    assert found.pieces[0].quad[0] == (100, 40)


def test_a_look_that_covers_what_goes_on_beats_the_first() -> None:
    found, _ = seen("韦小", "韦小芳", "韦小芳", ahead=(0, EM))
    assert (found.value.value, found.doubts) == ("韦小芳", [])
    alone, _ = seen("韦小", "韦小芳", "", ahead=(0, EM))
    assert (alone.value.value, alone.doubts) == ("韦小芳", [MENDED])


@pytest.mark.parametrize(("ems", "is_lost"), [(1.0, False), (1.5, True), (4.0, True)])
def test_ink_behind_a_value_that_no_look_reads_is_said(ems: float, is_lost: bool) -> None:
    """Specks over its end: both looks read 韦小 again and stop where the first one does."""
    found, _ = seen("韦小", "韦小", "韦小", ahead=(0, ems * EM))
    assert found.value.value == "韦小"
    assert (UNREAD_LOOK in found.doubts) is is_lost


def test_ink_before_a_value_is_the_label_s() -> None:
    found, _ = seen("韦小", "韦小", "韦小", ahead=(4 * EM, 0))
    assert found.doubts == []


def test_looks_beyond_that_disagree_are_doubted() -> None:
    found, _ = seen("韦小", "韦小芳", "韦小方", ahead=(0, EM))
    assert DISAGREE in found.doubts


def test_the_surer_of_two_single_looks_is_taken() -> None:
    own = line("韦小芳", 100, 40, score=0.7)
    found, _ = seen(own, "韦小方", "")
    assert (found.value.value, DISAGREE in found.doubts) == ("韦小方", True)
    assert MENDED in found.doubts


def test_an_answer_without_text_is_no_look() -> None:
    found, script = seen("韦小芳", "", "")
    assert (found.value.value, found.doubts, len(script.asked)) == ("韦小芳", [], 2)


# ------------------------------------------------------------------ where


def test_the_place_is_read_again_with_a_rim_of_a_tenth() -> None:
    _, script = seen("韦小芳", "韦小芳", "韦小芳", name="name")
    (quad,) = script.asked[0][1]
    assert quad == ((97, 37), (193, 37), (193, 73), (97, 73))


def test_the_place_is_stretched_over_ink_to_both_sides() -> None:
    _, script = seen("韦小芳", "韦小芳", "韦小芳", ahead=(20, 40))
    (quad,) = script.asked[0][1]
    assert quad == ((77, 37), (233, 37), (233, 73), (77, 73))


@pytest.mark.parametrize(("limit", "right"), [(1000.0, 259.0), (240.0, 243.0), (210.0, 223.0)])
def test_an_unfinished_value_is_read_on_as_far_as_there_is_room(limit: float, right: float) -> None:
    own = line("8号大之", 100, 40)
    found, script = seen(
        own, "8号大之一", "8号大之一", ahead=(0, 0), limits=(0.0, limit), name="address"
    )
    edge = 100 + 3.5 * EM
    wanted = edge + max(0.0, min(limit - edge, 1.3 * EM)) + 0.1 * EM
    assert script.asked[0][1][0][1][0] == pytest.approx(wanted)
    assert right == pytest.approx(wanted, abs=20)
    assert found.value.value == "8号大之一"


def test_a_leaning_line_is_stretched_along_itself() -> None:
    leaning = replace(
        line("韦小芳", score=0.5), quad=((100, 100), (190, 130), (180, 160), (90, 130))
    )
    _, script = seen(leaning, "韦小芳", "韦小芳")
    ((ax, ay), (bx, by), (cx, cy), (dx, dy)) = script.asked[0][1][0]
    assert (by - ay) / (bx - ax) == pytest.approx(30 / 90)
    assert (cy - dy) / (cx - dx) == pytest.approx(30 / 90)
    assert (dx - ax) / (dy - ay) == pytest.approx(-10 / 30)
    assert ax < 100 and ay < 100 and cx > 180 and cy > 160


def test_the_last_row_of_a_value_is_read_on_where_it_is_unfinished() -> None:
    high = replace(line("8号之", score=0.5), quad=((100, 90), (200, 90), (200, 130), (100, 130)))
    small = replace(line("2", score=0.5), quad=((60, 95), (90, 95), (90, 125), (60, 125)))
    pieces = pieces_of([line("广西大大大大", 100, 40, score=0.5), small, high])
    script = Script(["广西大大大大8号之一"])
    sheet = paper(red=False).sheet()
    ink = Reaching(sheet.image)
    Looker(sheet, script, ink).look("address", pieces, anything, (0.0, 245.0))
    upper, lower = script.asked[0][1]
    assert upper[1][0] == pytest.approx(280 + 3)
    assert lower[0][0] == pytest.approx(60 - 3, abs=0.1)
    assert lower[1][0] == pytest.approx(245 + 3, abs=0.1)


def test_a_row_of_several_pieces_is_read_from_the_first_to_the_last() -> None:
    pieces = pieces_of([line("广西", 100, 40, score=0.5), line("大大", 200, 40, score=0.5)])
    _, script = seen_pieces(pieces, "广西大大")
    assert script.asked[0][1] == [((97, 37), (263, 37), (263, 73), (97, 73))]


def seen_pieces(pieces: list[Piece], *answers: str) -> tuple[Evidence, Script]:
    script = Script(list(answers))
    sheet = paper(red=False).sheet()
    ink = Reaching(sheet.image)
    return Looker(sheet, script, ink).look("address", pieces, anything, NO_LIMITS), script


def test_faint_ink_is_left_out_of_the_sheet_as_it_is_and_not_of_cleaned_pictures() -> None:
    script = Script(["韦小芳", "韦小芳"])
    sheet = paper().sheet()
    ink = Reaching(sheet.image)
    ink.faint = "韦小芳"
    own = pieces_of([line("韦?", 100, 40, score=0.5)])
    found = Looker(sheet, script, ink).look("name", own, anything, NO_LIMITS)
    assert (found.value.value, found.doubts) == ("韦小芳", [MENDED])
    faint_alone = Script(["韦小芳"])
    plain = paper(red=False).sheet()
    ink = Reaching(plain.image)
    ink.faint = "韦小芳"
    found = Looker(plain, faint_alone, ink).look("name", own, anything, NO_LIMITS)
    assert found.value.value == "韦?"


def test_a_speck_of_red_is_no_red_ink() -> None:
    made = paper(red=False)
    made.image[500:506, 500:506] = RED
    assert len(Looker(made.sheet(), Script([]), Ink(made.image)).pictures) == 1


def test_every_row_of_a_value_is_read_again() -> None:
    pieces = pieces_of([line("广西大", 100, 40, score=0.5), line("小方", 100, 90, score=0.5)])
    script = Script(["大", "大"])
    sheet = paper().sheet()
    Looker(sheet, script, Ink(sheet.image)).look("address", pieces, anything, NO_LIMITS)
    assert [len(quads) for _, quads in script.asked] == [2, 2]


def test_red_ink_is_taken_off_where_there_is_any() -> None:
    _, plain = seen("韦小芳", "韦小芳", red=False)
    assert len(plain.asked) == 1
    _, script = seen("韦小芳", "韦小芳", "韦小芳")
    first, second = (picture for picture, _ in script.asked)
    assert first is not second
    assert second[510:520, 605:740].min() > first[510:520, 605:740].min()


def test_a_grey_sheet_is_looked_at_as_it_is() -> None:
    sheet = replace(paper().sheet(), image=paper().image[..., 0].copy())
    assert len(Looker(sheet, Script([]), Ink(sheet.image)).pictures) == 1


def test_dark_ink_alone_is_a_picture_where_the_sheet_told_how_dark_its_values_are() -> None:
    made = paper(red=False)
    own = pieces_of([made.write("大小方大小方大小方", 100, 40)])
    ink = Ink(made.image)
    ink.calibrate(own)
    pictures = Looker(made.sheet(), Script([]), ink).pictures
    assert len(pictures) == 2
    assert (pictures[1] == ink.clean).all()


def test_a_value_in_running_text_is_looked_at_within_its_own_line() -> None:
    own = pieces_of([line("韦小芳", 100, 40, score=0.5)])
    script = Script(["韦小方"])
    found = look("name", own, anything, paper(red=False).sheet(), script)
    assert DISAGREE in found.doubts


# ------------------------------------------------------------------ beside a label


STRIP: Quad = ((100, 40), (200, 40), (200, 70), (100, 70))


def beside(*answers: str, rule: Callable[[str], Value] = anything, score: float = 0.99) -> str:
    script = Script(list(answers), score)
    sheet = paper().sheet()
    pieces: list[Piece] = Looker(sheet, script, Ink(sheet.image)).beside(STRIP, rule)
    assert len(script.asked) <= len(answers)
    return "".join(p.text for p in pieces)


def test_a_strip_says_what_the_grammar_takes() -> None:
    assert beside("韦?", "韦小芳") == "韦小芳"
    assert beside("韦小芳", "韦?") == "韦小芳"
    assert beside("女人", "女!") == "女!"
    assert beside("女!") == "女!"  # needs no second look
    assert beside("", "") == ""


@pytest.mark.parametrize(("score", "text"), [(0.75, "韦小芳"), (0.74, "")])
def test_what_reads_poorly_beside_a_label_is_no_text(score: float, text: str) -> None:
    assert beside("韦小芳", "韦小芳", score=score) == text


def test_of_two_that_fit_beside_a_label_the_first_stays() -> None:
    assert beside("韦小芳", "韦小方") == "韦小芳"


def test_names_are_judged_by_their_grammar() -> None:
    assert beside("出生", "韦小芳", rule=grammar("name")) in ("韦小芳", "出生")


def test_a_value_that_fits_nothing_is_read_without_the_foot_of_its_label() -> None:
    image = np.full((200, 300, 3), 240, np.uint8)
    image[46:78, 44:148:6] = 20  # the label down to its foot
    image[82:110, 46:76:5] = 20
    label: Quad = ((40, 40), (150, 40), (150, 85), (40, 85))
    value: Quad = ((40, 72), (80, 72), (80, 116), (40, 116))

    def recognise(picture: Image, quads: Sequence[Quad]) -> list[Line]:
        return [said("勇" if quad[0][1] < 78 else "男", quad) for quad in quads]

    def said(text: str, quad: Quad) -> Line:
        return Line(text, 0.99, quad, (Char(text[0], 0.99, 0.0, 1.0),))

    lines = said("性", label), said("勇", value)
    sheet = Sheet(image, Source("a.jpg", 1, "0" * 64), 0, np.eye(3), lines)
    found = look("sex", pieces_of(lines[1:]), either_sex, sheet, recognise)
    assert found.value == Value("男", (), True)
    assert found.doubts == []


@pytest.mark.parametrize(
    ("x", "y", "hides"),
    [
        (None, 0, True),
        (3.5, 0, False),
        (7.5, 0, True),
        (-3.0, 0, True),
        (3.5, 0.9, False),
        (3.5, 1.1, True),
    ],
)
def test_what_hides_a_value_s_end_is_no_other_line(x: float | None, y: float, hides: bool) -> None:
    """韦小芳 ends three ems behind its beginning; a seal's words stand so many ems from there."""
    made = paper()
    own = made.write("韦小芳", 100, 40, score=0.5)
    if x is not None:
        made.write("专用章", 100 + x * EM, 40 + y * EM)
    sheet = made.sheet()
    ink = Reaching(sheet.image)
    Looker(sheet, Script(["韦小芳", "韦小芳"]), ink).look(
        "name", pieces_of([own]), anything, NO_LIMITS
    )
    assert ink.hides is hides


def test_ink_beyond_any_row_is_looked_at() -> None:
    """The second of two rows goes on, the first does not."""
    rows = [line("韦小芳", 100, 40), line("韦小", 100, 80)]

    class Lower(Reaching):
        def reach(
            self, quad: Quad, left: float, right: float, *, blots: bool = False
        ) -> tuple[float, float]:
            return 0.0, EM if quad[0][1] > 60 and right > quad[1][0] else 0.0

    sheet = paper().sheet()
    script = Script(["韦小芳", "韦小芳"])
    Looker(sheet, script, Lower(sheet.image)).look("name", pieces_of(rows), anything, NO_LIMITS)
    assert len(script.asked) == 2


def test_what_a_further_look_leaves_unfinished_is_looked_at_once_more() -> None:
    """Specks end the ink behind 之: 一 is as low as a dash."""
    found, script = seen(
        line("8号", 100, 40), *["8号之"] * 2, *["8号之一"] * 2,
        name="address", rule=lambda t: Value(t, ("!",) if t.endswith("之") else ()), ahead=(0, EM),
    )  # fmt: skip
    assert (found.value.value, found.doubts) == ("8号之一", [])
    (short,), (long,) = script.asked[0][1], script.asked[2][1]
    assert long[1][0] - short[1][0] == pytest.approx(1.3 * EM)
