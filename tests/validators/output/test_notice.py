"""The notice: everything the applicant must act on, in plain words, and nothing else."""

from __future__ import annotations

import re
from datetime import date

import pytest

from flows.notice import Letterhead, letterhead, render_notice, render_receipt, write_notice
from pipeline.errors import StoreError
from pipeline.finding import Finding, Severity, catalogue, finding
from pipeline.model import Application, Proxy, Request
from pipeline.record import Action, Decision, with_status
from pipeline.settings import Settings
from tests.validators.applications import (
    TODAY,
    applied,
    booklet,
    card,
    foreign_card,
    foreigner,
    form,
    lodging,
    photo,
    proxy_card,
    record,
)
from tests.validators.guide import test_eligibility, test_materials
from tests.validators.papers_made import ID, NAME, PROXY_ID, PROXY_NAME, disability, undertaking
from validators.output.notice import OTHER, Notice, advices, make_notice

REJECTED = applied(["M2", "M3"], form(), card(), booklet())
LACKING = applied(["M2", "M4"], form(signature="no"), card(), special_groups=("SG3",))
PLAIN = Letterhead()
READY = applied(["M3", "M7", "M9"], form(), card())
REVIEWED = applied(["M5"], form(), card(), employment="employed")
NOTHING = Application("c1", Request(), ())

EVERY = [
    REJECTED,
    LACKING,
    READY,
    REVIEWED,
    NOTHING,
    *(row[1] for row in test_materials.ROWS),
    *(case for _, _, case in test_eligibility.TRIGGERED),
]


def text_of(application: Application) -> str:
    """The words of the page, without markup and style."""
    page = render_notice(record(application), TODAY, PLAIN)
    return re.sub(r"<[^>]+>", "\n", re.sub(r"<style>.*?</style>", "", page, flags=re.S))


def test_missing_material_is_told_with_form_and_reason() -> None:
    made = make_notice(record(LACKING))
    told = {entry.title: entry for entry in made.missing}
    assert set(told) == {"居民户口簿", "民政部门出具的城镇或农村低保对象证明", "制卡人照片"}
    booklet_entry = told["居民户口簿"]
    assert booklet_entry.todo == ("带原件查验（首页和本人页）；经电子核验户籍信息的可免提交",)
    assert booklet_entry.problems == ("大陆居民须提交，用于居民养老保险参保登记",)
    assert "交原件1份" in told["民政部门出具的城镇或农村低保对象证明"].todo[0]


def test_wrong_paper_is_told_once_with_what_to_do() -> None:
    made = make_notice(record(LACKING))
    assert [(e.title, e.problems, e.todo) for e in made.mend] == [
        ("申请表", ("没有申请人的签名",), ("请申请人签名",))
    ]


def test_excluded_pair_is_told_once() -> None:
    made = make_notice(record(REJECTED))
    assert [e.title for e in made.cannot] == ["居民养老保险参保登记、灵活就业养老保险登记"]
    assert "选择其中一项" in made.cannot[0].todo[0]


def test_ready_application_says_when_it_is_done() -> None:
    text = text_of(READY)
    assert "材料齐全" in text and "承诺办结日：2026年11月23日" in text
    made = make_notice(record(READY))
    assert not (made.cannot or made.missing or made.mend)
    assert made.originals == ("有效身份证件",)


def test_what_the_office_must_look_at_is_not_told() -> None:
    text = text_of(REVIEWED)
    assert "正在核对" in text
    assert "单位" not in text and "请核" not in text


def test_settled_finding_is_not_told() -> None:
    settled = record(LACKING).model_copy(
        update={
            "decisions": (
                Decision(
                    reviewer="r", time="t", rule="DOC-SIGNATURE", document="f1", action=Action.WAIVE
                ),
            )
        }
    )
    assert make_notice(settled).mend == ()


@pytest.mark.parametrize("application", EVERY)
def test_page_holds_nothing_of_the_office(application: Application) -> None:
    text = text_of(application)
    assert not re.search(r"\b(E|EXC|CH|MAT|DOC|X|PH|OCR|SRC|SG)-?\d", text)
    assert not re.search(r"\bM\d\b", text)
    for word in (
        "置信度",
        "请核。",
        "请核）",
        "复核",
        "人工",
        "识别把握",
        "None",
        "domain.md",
        "[I]",
        "{",
        "}",
    ):
        assert word not in text, word
    assert NAME not in text and ID not in text
    assert "韦*芳" in text or application is NOTHING or application.request.name != NAME


@pytest.mark.parametrize("application", EVERY)
def test_whatever_must_be_acted_on_is_told(application: Application) -> None:
    made_record = record(application)
    made = make_notice(made_record)
    told = bool(made.cannot or made.missing or made.mend)
    assert told == (made_record.status.value in ("incomplete", "ineligible"))
    assert all(
        e.title and all(e.problems) and all(e.todo)
        for e in (*made.cannot, *made.missing, *made.mend)
    )


def test_every_rule_that_may_stop_an_application_has_its_own_words() -> None:
    """MAT rules take theirs from the list of materials."""
    acting = {
        rule
        for rule, row in catalogue().items()
        if {row.severity.value, *(s.value for s in row.also)} & {"reject", "mend"}
        and not rule.startswith("MAT-")
    }
    assert acting - set(advices()) == set()


def test_words_are_given_only_for_rules_that_there_are() -> None:
    families = r"(OTHER|E-|EXC-|CH-|MAT-|X\d|ID-|DIS-|DOC-|PH-|PHONE|POSTCODE|OCR-|SRC-|DEC-)"
    assert all(rule == OTHER or re.match(families, rule) for rule in advices())


def test_page_escapes_what_papers_say() -> None:
    application = applied(["M3"], form(), name="<script>alert(1)</script>", id_number=...)
    assert "<script>" not in render_notice(record(application), TODAY, PLAIN)


def test_long_list_is_set_close() -> None:
    application = applied(
        ["M1", "M2", "M4", "M5"], special_groups=("SG1", "SG3"), enrol_division="450202",
        proxy={"name": "黄大勇"}, archive={"direction": "out", "holder": "school"},
    )  # fmt: skip
    assert make_notice(record(application)).is_long
    assert 'class="dense"' in render_notice(record(application), TODAY, PLAIN)


def test_notice_needs_no_other_file() -> None:
    page = render_notice(record(LACKING), TODAY, PLAIN)
    assert not re.search(r"(src|href)=|url\(|@import|<script", page)


def test_notice_is_written_whole(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "notice.html"
    write_notice(record(READY), path, TODAY, PLAIN)
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(StoreError):
        write_notice(record(READY), tmp_path / "none" / "notice.html", TODAY, PLAIN)


def test_papers_of_every_kind_are_named_by_their_names() -> None:
    wrong = disability(grade="四级", certificate_number=f"{ID}44")
    application = applied(
        ["M2", "M4"], form(), card(), booklet(), wrong, photo(verdict="fail"),
        special_groups=("SG1",),
    )  # fmt: skip
    assert [e.title for e in make_notice(record(application)).mend] == ["残疾人证", "制卡照片"]
    sealless = foreigner(["M5"], form(), foreign_card(), lodging(seal="no"))
    assert [e.title for e in make_notice(record(sealless)).mend] == ["境外人员住宿登记表"]


# ------------------------------------------------------------------ what stands where


def with_found(*found: Finding) -> Notice:
    """The notice of an application in order in which these findings were made."""
    ready = record(READY)
    matters = with_status(ready.matters, found)
    return make_notice(ready.model_copy(update={"findings": found, "matters": matters}))


def test_a_day_by_a_provisional_calendar_says_so() -> None:
    ready = record(READY)
    later = tuple(m.model_copy(update={"calendar": "provisional"}) for m in ready.matters)
    made = make_notice(ready.model_copy(update={"matters": later}))
    assert all(m.due.endswith("（以正式公布的放假安排为准）") for m in made.matters)
    assert not any("放假" in m.due for m in make_notice(ready).matters)


def test_what_lies_in_no_paper_is_told_of_the_files_or_of_the_form() -> None:
    file = finding("SRC-UNREADABLE", severity=Severity.MEND, file="x.pdf", reason="文件已损坏")
    form_fault = finding("PHONE", severity=Severity.MEND, field="mobile", where="申请信息")
    assert [e.title for e in with_found(file).mend] == ["提交的材料"]
    assert [e.title for e in with_found(form_fault).mend] == ["申请表填写的内容"]
    assert [e.title for e in with_found(file, form_fault).mend] == ["申请表填写的内容"]


def test_what_is_missing_by_other_tables_is_told_in_the_words_of_its_finding() -> None:
    old = finding(
        "MAT-2.4", severity=Severity.MEND, matter="M2", name="旧表名称", problem="未提交",
        action="请申请人提交旧表名称。",
    )  # fmt: skip
    (entry,) = with_found(old).missing
    assert (entry.title, entry.problems) == ("旧表名称", ("未提交",))
    assert entry.todo == ("请提交旧表名称",)
    assert entry.matters == ("居民养老保险参保登记",)


def test_a_missing_signature_is_told_once() -> None:
    proxy = Proxy(name=PROXY_NAME, id_number=PROXY_ID)
    unsigned = applied(
        ["M3"], form(), card(), proxy_card(), undertaking(signature="no"), proxy=proxy
    )
    (entry,) = make_notice(record(unsigned)).mend
    assert entry.problems == ("承诺书没有代办人签字",)
    assert entry.todo == ("请代办人本人在承诺书上签字",)


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL).split())


def test_a_notice_says_who_gave_it_when_and_by_when_to_come_again() -> None:
    office = letterhead(
        Settings(office="青秀区<一窗>", office_phone="0771-5550000", mend_workdays=5)
    )
    page = render_notice(record(LACKING), date(2026, 9, 29), office)
    words = words_of(page)
    assert "青秀区&lt;一窗&gt; 咨询电话 0771-5550000" in words
    assert "告知日期 2026年9月29日" in words
    # The national holiday lies between, and the Saturday after it is worked.
    assert "请于 2026年10月12日（告知之日起5个工作日） 前补齐" in words
    assert "窗口电话和工作时间" not in words
    assert "青秀区&lt;一窗&gt;" in render_receipt(record(READY), TODAY, office)


def test_a_limit_is_set_only_by_the_office_and_where_something_is_asked_for() -> None:
    assert "前补齐" not in words_of(render_notice(record(LACKING), TODAY, PLAIN))
    limited = Letterhead(mend_workdays=5)
    assert "前补齐" in words_of(render_notice(record(LACKING), TODAY, limited))
    for nothing_asked in (READY, REJECTED):
        page = render_notice(record(nothing_asked), TODAY, limited)
        assert "前补齐" not in words_of(page)
    assert "咨询电话" not in words_of(render_notice(record(LACKING), TODAY, PLAIN))


def test_what_the_office_typed_wrongly_is_not_put_to_the_applicant() -> None:
    slips = (
        finding("E-0", field="matter", file="application.json", reason="有不认识的项目“matter”"),
        finding("E-0", field="accepted_on", reason="受理日期晚于今天一个月以上"),
    )
    ready = record(READY)
    made = make_notice(ready.model_copy(update={"findings": slips, "status": "review"}))
    (asked,) = made.questions
    assert asked.title == "窗口录入的申请信息"
    page = render_notice(ready.model_copy(update={"findings": slips}), TODAY, PLAIN)
    assert "matter" not in page and "受理日期晚于" not in page


def test_that_nothing_was_handed_in_is_said_once() -> None:
    empty = finding("SRC-EMPTY", what="文件夹“空”")
    nothing = record(NOTHING)
    assert any(f.rule.startswith("MAT-") for f in nothing.findings)
    made = make_notice(nothing.model_copy(update={"findings": (*nothing.findings, empty)}))
    assert made.missing and made.mend == ()
    alone = make_notice(record(READY).model_copy(update={"findings": (empty,)}))
    assert len(alone.mend) == 1


def asked_of(rule: str, **words: str) -> tuple[str, str]:
    found = finding(rule, severity=Severity.REVIEW, **words)  # type: ignore[arg-type]
    made = record(READY)
    made = made.model_copy(
        update={"findings": (found,), "matters": with_status(made.matters, [found])}
    )
    (entry,) = make_notice(made).questions
    return entry.title, "".join((*entry.problems, *entry.todo))


def test_an_application_handed_in_twice_is_the_offices_to_settle() -> None:
    title, told = asked_of("X22")
    assert title == "是否重复提交"
    assert "不需要您补交材料" in told and "一致" not in told and "请带" not in told


def test_a_rules_number_is_not_taken_for_the_beginning_of_another() -> None:
    assert "取回" not in "".join(asked_of("X11", why="x", where="x", field="name", other="x"))
