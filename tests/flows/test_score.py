"""The score: what counts as exact, wrong, silent, needless."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.score import (
    LOW_CONFIDENCE,
    Score,
    kind_of_doubt,
    read_truth,
    score_file,
    score_lines,
)
from pipeline.errors import InputError
from pipeline.finding import Finding, finding
from pipeline.model import Document, DocumentType, PageRef, Reading

TRUTH = {
    "type": "id_card_front",
    "level": "phone",
    "fields": {"name": "韦昊", "sex": "男", "address": "广西"},
}


def document(**values: str) -> Document:
    fields = {n: Reading(value=v, raw=v, confidence=0.9) for n, v in values.items()}
    page = PageRef(file="a", page=1, sha256="")
    return Document(id="d1", type=DocumentType.ID_CARD, pages=(page,), fields=fields)


def scored(made: Document, *findings: Finding) -> Score:
    score = Score()
    score_file(score, "a.jpg", TRUTH, [made], findings)
    return score


def test_right_wrong_and_missed_values_are_told_apart() -> None:
    total = scored(document(name="韦昊", sex="女")).total()
    assert (total.fields, total.exact, total.wrong, total.missed, total.silent) == (3, 1, 1, 1, 1)


def test_wrong_value_that_a_finding_names_is_not_silent() -> None:
    low = finding("OCR-LOW", document="d1", field="sex", why="")
    total = scored(document(sex="女"), low).total()
    assert (total.wrong, total.silent) == (1, 0)


def test_right_value_that_a_finding_names_is_needlessly_flagged() -> None:
    low = finding("OCR-LOW", document="d1", field="name", why="")
    assert scored(document(name="韦昊"), low).total().needless == 1


def test_note_flags_nothing() -> None:
    note = Finding(rule="OCR-LOW", severity="note", message="", document="d1", field="sex")  # type: ignore[arg-type]
    assert scored(document(sex="女"), note).total().silent == 1


def test_paper_taken_for_another_is_listed() -> None:
    other = document(name="韦昊").model_copy(update={"type": DocumentType.HUKOU})
    score = scored(other)
    assert score.misclassified == [("a.jpg", "id_card", "hukou")]
    assert score.total().missed == 3
    assert any("id_card <- hukou" in line for line in score_lines(score, errors=True))


def test_folder_without_truth_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        read_truth(tmp_path)
    (tmp_path / "truth.json").write_text("[]")
    with pytest.raises(InputError):
        read_truth(tmp_path)


def test_doubts_and_confidence_are_set_against_what_was_right() -> None:
    unsure = document(name="韦昊", sex="女")
    readings = {
        "name": unsure.fields["name"].model_copy(
            update={"doubts": ("生僻字：“吴”取“昊”", "两次识别不一致"), "confidence": 0.4}
        ),
        "sex": unsure.fields["sex"].model_copy(update={"confidence": 0.3}),
    }
    score = scored(unsure.model_copy(update={"fields": readings}))
    assert score.reliability.doubts == {
        "生僻字": [1, 0],
        "两次识别不一致": [1, 0],
        LOW_CONFIDENCE: [1, 1],
    }
    assert score.reliability.bins == {0.0: [2, 1]}
    table = "\n".join(score_lines(score, errors=False))
    assert f"{LOW_CONFIDENCE:34}      1      1  100.00" in table


def test_a_kind_of_doubt_is_told_without_its_words() -> None:
    assert kind_of_doubt("“邑”或为“岜”") == kind_of_doubt("“良”或为“崀”") == "“…”或为“…”"
    assert kind_of_doubt("姓名中少见的字：黃") == "姓名中少见的字"
