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


def test_summary_of_a_case_without_findings_says_so() -> None:
    assert list(summary(make_record()))[-1] == "没有发现问题。"
