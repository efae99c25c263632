"""After a case was submitted the clerk is told what became of it, and no more than is true."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from flows.case_work import CaseWork
from pipeline.store import leases
from tests.flows.pages.counter.conftest import Clerk
from tests.flows.pages.counter.serving import Served
from tests.flows.pages.counter.test_counter_page import check_accessible, full_form
from tests.validators.applications import card


def handed_in(clerk: Clerk, served: Served) -> str:
    """An application that can be received, not yet submitted; its id."""
    draft = clerk.begin("M3")
    scans = served.counter.scans
    clerk.hand_in(scans.scan("身份证.jpg", card()), scans.scan("申请表.jpg", full_form(), number=2))
    clerk.wait_for("ready")
    return draft


def test_a_case_that_broke_is_not_said_to_be_done_and_can_be_worked_on_again(
    clerk: Clerk, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = handed_in(clerk, served)
    page = clerk.page

    def broken(self: CaseWork, *_: object, **__: object) -> None:
        raise ValueError("a bug")

    with monkeypatch.context() as patch:
        patch.setattr(CaseWork, "_result", broken)
        page.get_by_role("button", name="提交").click()
        expect(page.locator("h1")).to_have_text("已提交，但核验时出错")
        expect(page.get_by_role("alert")).to_contain_text("不会丢失")
        expect(page.get_by_role("alert")).to_contain_text(draft)
        check_accessible(page)
    assert ("submitted", draft) in served.audited
    page.get_by_role("button", name="再处理一次").click()
    expect(page.locator("h1")).to_have_text("已提交")
    expect(page.locator(".answer.ready")).to_contain_text("核验结论：")
    expect(page.get_by_role("button", name="再处理一次")).to_have_count(0)


def test_a_case_that_another_works_on_is_said_to_be_under_way(clerk: Clerk, served: Served) -> None:
    draft = handed_in(clerk, served)
    page, store = clerk.page, served.counter.store
    with store.begin() as connection:
        held = leases.take(connection, f"case:{draft}", "a batch")
    assert held is not None
    page.get_by_role("button", name="提交").click()
    expect(page.locator("h1")).to_have_text("已提交，还在核验")
    check_accessible(page)
    with store.begin() as connection:
        leases.release(connection, held)
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.locator("h1")).to_have_text("已提交，还在核验")
    page.get_by_role("button", name="再处理一次").click()
    expect(page.locator("h1")).to_have_text("已提交")
    expect(other.locator("h1")).to_have_text("已提交")  # by itself
