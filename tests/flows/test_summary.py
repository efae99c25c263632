"""The clerk's summary: masked, complete, worst first."""

from __future__ import annotations

from flows.summary import summary
from pipeline.finding import finding
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


def test_summary_of_a_case_without_findings_says_so() -> None:
    assert list(summary(make_record()))[-1] == "没有发现问题。"
