"""The clerk's summary: masked, complete, worst first."""

from __future__ import annotations

from flows.summary import STAGE_LABELS, stage_lines, summary
from pipeline.finding import Severity, finding
from pipeline.stages import STAGES
from tests.flows.records import low_name, make_record


def test_summary_says_how_the_case_stands_and_what_to_do() -> None:
    missing = finding("OCR-MISSING", document="d1", field="address")
    text = "\n".join(summary(make_record(low_name(), missing)))
    for part in (
        "待人工复核",
        "居民户口簿",
        "须验原件",
        "2026-12-03",
        "（日历暂定）",
        "未能读出“住址”",
    ):
        assert part in text
    assert "韦昊燊" not in text
    assert "450***********9991" in text


def test_values_are_shown_in_full_on_purpose_alone() -> None:
    hidden, full = (
        "\n".join(summary(make_record(low_name()), reveal=reveal)) for reveal in (False, True)
    )
    for value in ("韦昊燊", "450103199002309991"):
        assert value in full and value not in hidden
    assert full.count("韦昊燊") == 3  # the applicant, the card, the doubt about it


def test_measures_of_a_photo_are_not_called_read() -> None:
    measured = finding(
        "PH-BACKGROUND", document="d1", got="background_share=0.1463", problem="不白", cure="重拍"
    )
    text = "\n".join(summary(make_record(measured)))
    assert "不白" in text and "background_share" not in text and "读到“" not in text


def test_subject_and_fact_are_said_once() -> None:
    stranger = finding(
        "X1",
        document="d1",
        file="别人的.jpg",
        where="居民身份证",
        problem="是李*的，不是申请人的",
        doubt="",
    )
    excluded = [
        finding("EXC-M2-M3", matter=matter, one="甲事项", other="乙事项") for matter in ("M2", "M3")
    ]
    text = "\n".join(summary(make_record(stranger, *excluded)))
    assert "别人的.jpg 居民身份证是李*的" in text
    assert text.count("互斥") == 1


def test_what_was_typed_is_not_said_to_be_read() -> None:
    typed = finding("X14", field="delivery", got="pickup", reason="“送达”不一致：录入“窗口领取”")
    text = "\n".join(summary(make_record(typed)))
    assert "录入“窗口领取”" in text and "读到“窗口领取”" not in text


def test_summary_of_a_case_without_findings_says_so() -> None:
    assert list(summary(make_record()))[-1] == "没有发现问题。"


def test_stages_are_listed_with_the_longest_first() -> None:
    lines = list(stage_lines([{"decode": 0.5, "detect": 1.0}, {"detect": 2.0, "extract": 0.5}]))
    assert [line.split("秒")[0].strip() for line in lines] == ["3.00", "0.50", "0.50", "4.00"]
    assert "75%" in lines[0]
    assert "文字检测（detect）" in lines[0]
    assert "2 个文件" in lines[-1]
    assert list(stage_lines([])) == ["    0.00 秒       合计 0 个文件"]


def test_every_stage_has_a_label() -> None:
    assert set(STAGE_LABELS) == set(STAGES)


def test_what_to_tell_the_applicant_comes_first_and_notes_are_counted() -> None:
    lacking = finding(
        "MAT-4.2", severity=Severity.MEND, matter="M4", name="照片", problem="缺少", action="请补交"
    )
    note = finding("X18", matter="M4", where="居民身份证")
    lines = list(summary(make_record(lacking, note)))
    assert lines[1].startswith("告诉申请人：请补交：") and "照片" in lines[1]
    assert lines[-1] == "另有 1 条提示，不影响办理（--notes 列出）"
    assert not any("人脸比对" in line for line in lines)
    told = list(summary(make_record(lacking, note), notes=True))
    assert any("人脸比对" in line for line in told) and "另有" not in told[-1]
    assert list(summary(make_record()))[1] == "告诉申请人：材料齐全"


def test_what_is_looked_at_is_said_and_nothing_is_asked_of_the_applicant_yet() -> None:
    strange = finding(
        "X14",
        document="d1",
        reason="申请表写的是唐*玲，与录入的申请人不是同一人",
        severity=Severity.REVIEW,
    )
    line = list(summary(make_record(strange)))[1]
    assert line.startswith("告诉申请人：正在核对，核对后再告知：居民身份证（")
    assert "唐*玲" in line and "回答" not in line
