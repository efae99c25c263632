"""Two equal readings on one letter are one witness: a doubt of the one is the other's, too."""

from __future__ import annotations

import pytest

from extractors.letters.draft import LetterDraft
from extractors.letters.kinds import letter_kinds
from extractors.letters.reading import UNSURE_ELSEWHERE, read_letter
from extractors.letters.running import run_together
from pipeline.model import DocumentType
from tests.lines import Paper


@pytest.mark.parametrize(("score", "doubted"), [(0.7, True), (0.99, False)])
def test_the_new_name_is_doubted_with_the_same_name_above(score: float, doubted: bool) -> None:
    paper = Paper((1000, 900))
    paper.write("变更更正证明", 300, 40)
    for i, (label, value) in enumerate(
        (("姓名：", "秦枫"), ("身份证号：", "450802197104219499"), ("变更项目：", "姓名"),
         ("变更前：", "秦宗翰"), ("变更后：", "秦枫"))
    ):  # fmt: skip
        paper.write(label, 60, 140 + 60 * i)
        scores = {"枫": score} if i == 0 else None
        others = {"枫": [("讽", 0.01)]} if i == 0 else None
        paper.write(value, 300, 140 + 60 * i, scores=scores, alternatives=others)
    draft = LetterDraft(run_together(paper.sheet().lines), paper.sheet(), paper.recognise)
    read_letter(letter_kinds()[DocumentType.POLICE_CHANGE_PROOF], "变更更正证明", draft)
    assert draft.fields["new_name"].value.value == "秦枫"
    assert (UNSURE_ELSEWHERE in draft.fields["new_name"].doubts) == doubted
