"""The queue: what is asked for is listed, one case at a time is taken, the sample is measured."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from pipeline.evidence.evidence import threshold
from pipeline.record import Action
from tests.flows.pages.review.conftest import LOW, SURE, TYPED, NewPage, claimed
from tests.flows.pages.review.serving import Served
from tests.flows.review.made import hand_in, id_card


@pytest.fixture
def many(served: Served) -> Served:
    for number in range(3):
        hand_in(served.desk, f"q{number}", [id_card(LOW, seed=30 + number, more=SURE)], TYPED)
    return served


def rows(page: Page) -> list[str]:
    return page.locator("table.cases tbody tr td:first-child").all_inner_texts()


def test_it_lists_filters_and_searches(new_page: NewPage, many: Served) -> None:
    page = new_page()
    page.goto("/review")
    assert rows(page) == ["c1", "q0", "q1", "q2"]
    page.get_by_label("查找").fill("q1")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=q1**")
    assert rows(page) == ["q1"]
    page.goto("/review?rule=DOC-UNKNOWN")
    expect(page.get_by_text("没有符合条件的件")).to_be_visible()
    page.goto("/review?status=nonsense&due_by=nonsense&older=-1&order=x&page=-3&matter=%25")
    expect(page.locator("main.queue")).to_be_visible()


def test_a_case_named_by_its_applicant_names_nobody_in_the_list(
    new_page: NewPage, served: Served
) -> None:
    case_id = "007 韦昊炎 13812348000"
    hand_in(served.desk, case_id, [id_card(LOW, seed=60, more=SURE)], TYPED)
    page = new_page()
    page.goto("/review")
    assert sorted(rows(page)) == ["007 韦*炎 138****8000", "c1"]
    expect(page.get_by_role("button", name="复核 007 韦*炎 138****8000")).to_be_visible()
    words = page.locator("main").inner_text()
    assert "韦昊炎" not in words and "13812348000" not in words


def test_two_who_take_the_next_get_two_cases(new_page: NewPage, many: Served) -> None:
    taken = []
    for person in ("li", "wu"):
        page = new_page(person)
        page.goto("/review")
        page.get_by_role("button", name="下一件").click()
        page.wait_for_url("**/review/cases/**")
        taken.append(page.url)
    assert len(set(taken)) == 2


def test_when_nothing_is_left_the_queue_says_so(new_page: NewPage, many: Served) -> None:
    for case_id in ("c1", "q0", "q1", "q2"):
        many.desk.claim(case_id, "other")
    page = new_page("li")
    page.goto("/review")
    page.get_by_role("button", name="下一件").click()
    page.wait_for_url("**empty=1")
    expect(page.get_by_text("没有可认领的件了")).to_be_visible()


def test_accuracy_comes_from_what_was_decided(new_page: NewPage, many: Served) -> None:
    page = claimed(new_page())
    seen = page.locator(".work").get_attribute("data-revision")
    page.keyboard.press("Enter")
    expect(page.locator(f".work:not([data-revision='{seen}'])")).to_be_visible()
    (said,) = many.desk.open("c1", "li").decisions
    assert (said.action, said.detail.doubted) == (Action.CONFIRM, True)
    page.goto("/review/accuracy")
    table = page.locator("table.accuracy", has_text="按栏目")
    expect(table.get_by_role("row", name="姓名")).to_contain_text("1（100%）")
    below = f"置信度低于 {threshold('name')}"
    expect(page.locator("table.accuracy", has_text="最费查看")).to_contain_text(below)


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080)])
def test_pages_fit_their_screens(new_page: NewPage, many: Served, width: int, height: int) -> None:
    page = new_page(width=width, height=height)
    page.goto("/review/cases/c1")
    page.get_by_role("button", name="认领并开始复核").click()
    expect(page.locator(".field-mark")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    confirm = page.get_by_role("button", name="确认 Enter").bounding_box()
    assert confirm is not None
    assert confirm["y"] + confirm["height"] <= height  # without scrolling


def test_axe_finds_nothing_serious(new_page: NewPage, many: Served) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = new_page()
    found = []
    for address in ("/review", "/review/cases/c1", "/review/accuracy"):
        page.goto(address)
        if page.get_by_role("button", name="认领并开始复核").count():
            found += _serious(Axe().run(page).response)
            page.get_by_role("button", name="认领并开始复核").click()
            expect(page.locator(".field-mark")).to_be_visible()
        found += _serious(Axe().run(page).response)
    assert found == []


def _serious(response: dict[str, list[dict[str, object]]]) -> list[tuple[object, object]]:
    return [
        (v["id"], [n["target"] for n in v["nodes"]])  # type: ignore[attr-defined]
        for v in response["violations"]
        if v["impact"] in ("serious", "critical")
    ]
