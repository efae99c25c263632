"""Letters in many wordings: each is told, and what it states is read, or doubted, never wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extractors import EXTRACTORS
from extractors.letters.changes import find_changes
from extractors.letters.draft import LetterDraft
from extractors.letters.grammar import SHORT_WORD, person
from extractors.letters.running import run_together
from pipeline.evidence.doubts import reading_findings
from pipeline.model import DocumentType
from samples.draw import Drawn, Kit
from samples.fonts import Shelf
from samples.layouts.wordings import KINDS, draw_wording, wordings
from samples.persons import Person
from samples.specimens import RECIPES
from tests.extractors.letters.test_overprint import sheet_of
from tests.lines import Paper, line
from tests.reader import NothingRead, Read, read_drawn, read_recipe

SHELF = Shelf.bundled()
nothing = NothingRead().recognise
WORDINGS = [
    pytest.param(kind, i, marks=pytest.mark.long if i % 4 else ())
    for kind in KINDS
    for i in range(len(wordings(kind)))
]
"""Every wording; three in four of them in ``make long``."""


def _read_wording(kind: str, index: int) -> Read:
    def draw(person: Person, kit: Kit) -> list[Drawn]:
        return [draw_wording(wordings(kind)[index], person, kit)]

    recipe = replace(RECIPES[f"{kind}_worded"], draw=draw)
    return read_recipe(recipe, kind, f"test/{kind}/{index}", SHELF)


def _silent(read: Read, kind: str) -> dict[str, tuple[str, str | None]]:
    """Wrong values that nothing tells a person to look at."""
    flagged = {f.field for f in reading_findings(read.documents)}
    return {
        name: pair
        for name, pair in read.wrong(kind).items()
        if pair[1] is not None and name not in flagged
    }


@pytest.mark.drawn
@pytest.mark.parametrize(("kind", "index"), WORDINGS)
def test_values_are_right_when_wording_is_another(kind: str, index: int) -> None:
    read = _read_wording(kind, index)
    assert kind in read.types
    assert _silent(read, kind) == {}
    assert read.wrong(kind) == {}


@pytest.mark.drawn
@pytest.mark.parametrize("kind", KINDS)
def test_values_are_right_when_wording_is_the_usual_one(kind: str) -> None:
    read = read_drawn(kind, f"test/{kind}/usual", SHELF)
    assert kind in read.types
    assert read.wrong(kind) == {}


@pytest.mark.parametrize("word", ["同意", "接收", "工作需要", "会计"])
def test_word_is_doubted_when_no_surname_begins_it(word: str) -> None:
    assert person(word).doubts == ("姓氏不常见，可能不是姓名",)


@pytest.mark.parametrize("word", ["证明", "变更证明", "宁同志"])
def test_word_is_doubted_when_it_holds_words_of_letters(word: str) -> None:
    assert person(word).doubts == ("含有不属于姓名的字",)


@pytest.mark.parametrize("name", ["韦建国", "覃丽萍", "欧阳雪", "古丽仙·沙依木", "侬绍宁"])
def test_name_is_sure_when_a_surname_begins_it(name: str) -> None:
    assert not person(name).doubts


def test_a_telephone_that_is_shown_and_nobodys_is_said() -> None:
    text = ("代办承诺书", "本人承诺信息真实，代为办理参保。", "代办人电话：18900001234")
    lines = tuple(line(row, 100, 100 + 60 * i) for i, row in enumerate(text))
    (face,) = EXTRACTORS[DocumentType.PROXY_UNDERTAKING].extract(sheet_of(*lines), nothing)
    assert "proxy_phone" in {*face.missing, *face.fields}


def test_a_label_without_a_value_is_said_and_no_label_is_not() -> None:
    rows = [
        "调档函",
        "姓名：韦建国",
        "性别：",
        "身份证号：450103198510169012",
        "请将档案转至我单位。",
    ]
    extract = EXTRACTORS[DocumentType.TRANSFER_LETTER].extract

    def missing(rows: list[str]) -> tuple[str, ...]:
        lines = tuple(line(row, 100, 100 + 60 * i) for i, row in enumerate(rows))
        (face,) = extract(sheet_of(*lines), nothing)
        return face.missing

    assert "sex" in missing(rows)
    assert "sex" not in missing([row for row in rows if row != "性别："])


@pytest.mark.parametrize(("before", "doubted"), [("", False), ("桂", True)])
def test_a_numbers_short_word_is_doubted_where_ink_stands_before_it(
    before: str, doubted: bool
) -> None:
    paper = Paper((1000, 800))
    paper.write("调档函", 400, 40)
    if before:
        paper.write(before, 598, 120, found=False)
    paper.write("证字〔2026〕75号", 630, 120)
    paper.write("姓名：韦建国", 60, 200)
    draft = LetterDraft(run_together(paper.lines), paper.sheet(), nothing)
    at = draft.text.index("证")
    found = draft.take("letter_number", "letter_number", (at, draft.text.index("号", at) + 1))
    assert found is not None and found.value.value == "证字〔2026〕75号"
    assert (SHORT_WORD in found.value.doubts) == doubted


def test_a_change_of_birth_date_is_read_though_a_sign_of_its_item_was_misread() -> None:
    rows = (
        "变更更正证明",
        "居民赵文博的出生目期原登记为1992年11月1目，",
        "于2026-02-12更正为1991年11月1目。",
    )
    running = run_together(tuple(line(row, 100, 100 + 60 * i) for i, row in enumerate(rows)))
    assert {"old_birth_date", "new_birth_date"} <= find_changes(running).keys()
