"""The reviewer's way, keys as a person presses them, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from flows.review.desk import Desk
from flows.review.moves import Move
from pipeline.record import Action
from pipeline.settings import Settings
from tests.flows.pages.review.conftest import SURE, TYPED, NewPage, claimed
from tests.flows.pages.review.serving import Served
from tests.flows.review.made import MANY_TYPED, Shown, hand_in, id_card, many_doubts
from tests.flows.review.test_given_back import OF_OTHER


def current(page: Page) -> Page:
    return page.locator("article.item:not([hidden])")  # type: ignore[return-value]


def revision(page: Page) -> int:
    return int(page.locator(".work").get_attribute("data-revision") or 0)


def settled(page: Page, before: int) -> None:
    expect(page.locator(f".work:not([data-revision='{before}'])")).to_be_visible()


def value(desk: Desk, case_id: str = "c1", name: str = "name") -> str | None:
    return desk.open(case_id, "li").documents[0].value(name)


def test_the_machine_was_right_one_key(new_page: NewPage, served: Served) -> None:
    page = claimed(new_page())
    seen = revision(page)
    page.keyboard.press("Enter")
    settled(page, seen)
    assert value(served.desk) == "韦昊炎"


def test_a_wrong_character_two_keys_by_its_alternative(new_page: NewPage, served: Served) -> None:
    page = claimed(new_page())
    expect(page.locator("mark")).to_have_text("炎")
    seen = revision(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    settled(page, seen)
    assert value(served.desk) == "韦昊燚"


def test_a_wrong_character_is_selected_so_that_typing_replaces_it(
    new_page: NewPage, served: Served
) -> None:
    page = claimed(new_page())
    seen = revision(page)
    page.keyboard.insert_text("燊")
    page.keyboard.press("Enter")
    settled(page, seen)
    assert value(served.desk) == "韦昊燊"


def test_an_input_method_keeps_its_enter(new_page: NewPage, served: Served) -> None:
    page = claimed(new_page())
    seen = revision(page)
    page.evaluate(
        "document.activeElement.dispatchEvent(new KeyboardEvent('keydown',"
        " {key: 'Enter', isComposing: true, bubbles: true}))"
    )
    page.wait_for_timeout(300)
    assert revision(page) == seen
    assert served.desk.open("c1", "li").decisions == ()


def test_the_paper_flies_to_the_field(new_page: NewPage) -> None:
    page = claimed(new_page())
    mark = page.locator(".field-mark")
    expect(mark).to_be_visible()
    expect(page.locator(".crop").first).to_be_visible()
    box, viewer = mark.bounding_box(), page.locator("#viewer").bounding_box()
    assert box and viewer
    assert viewer["x"] <= box["x"]
    assert box["x"] + box["width"] <= viewer["x"] + viewer["width"]
    assert box["width"] > viewer["width"] * 0.3  # large enough to be read


def test_ten_doubts_by_keyboard_alone(new_page: NewPage, served: Served) -> None:
    hand_in(served.desk, "ten", many_doubts(), MANY_TYPED)
    page = claimed(new_page(), "ten")
    before = len(served.desk.open("ten", "li").items)
    keys = 0
    for _ in range(10):
        seen = revision(page)
        is_name = "姓名" in current(page).locator("h2").inner_text()
        for key in ("ArrowDown", "Enter") if is_name else ("Enter",):
            page.keyboard.press(key)
            keys += 1
        settled(page, seen)
    opened = served.desk.open("ten", "li")
    assert len(opened.decisions) == 10
    assert len(opened.items) <= before - 10
    assert opened.documents[0].value("name") == "韦昊燚"
    assert keys <= 12


def test_undo_with_one_key(new_page: NewPage, served: Served) -> None:
    page = claimed(new_page())
    seen = revision(page)
    page.keyboard.press("Enter")
    settled(page, seen)
    seen = revision(page)
    page.keyboard.press("Control+z")
    settled(page, seen)
    expect(page.locator("mark").first).to_have_text("炎")
    assert served.desk.open("c1", "li").decisions == ()


def test_unreadable_waived_and_sent_back_by_keys(new_page: NewPage, served: Served) -> None:
    page = claimed(new_page())
    seen = revision(page)
    page.keyboard.press("F4")
    page.keyboard.press("1")
    settled(page, seen)
    (decided,) = served.desk.open("c1", "li").decisions
    assert (decided.action, decided.reason) == (Action.SEND_BACK, "图像不清晰")
    seen = revision(page)
    page.keyboard.press("Control+z")
    settled(page, seen)
    page.keyboard.press("F2")
    expect(page.get_by_text("经人工查看仍无法辨认")).to_have_count(1)


def test_question_mark_shows_all_keys(new_page: NewPage) -> None:
    page = claimed(new_page())
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_hidden()


def test_a_region_is_read_by_drawing(new_page: NewPage, served: Served) -> None:
    page = claimed(new_page())
    expect(page.locator(".field-mark")).to_be_visible()
    page.wait_for_timeout(600)  # until it has flown there
    box = page.locator(".field-mark").bounding_box()
    assert box
    page.keyboard.press("F9")
    page.mouse.move(box["x"], box["y"])
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"], box["y"] + box["height"], steps=4)
    page.mouse.up()
    expect(current(page).locator(".value-input")).to_have_value("韦昊燚")
    seen = revision(page)
    page.keyboard.press("Enter")
    settled(page, seen)
    (decided,) = served.desk.open("c1", "li").decisions
    assert (decided.action, decided.value) == (Action.READ_REGION, "韦昊燚")
    assert decided.detail.box is not None
    assert abs(decided.detail.box[0][0] - 200) < 12  # where it was drawn, in pixels of the page
    assert abs(decided.detail.box[0][1] - 60) < 12


def test_two_reviewers_on_one_case(new_page: NewPage, served: Served) -> None:
    mine = claimed(new_page("li"))
    other = new_page("wu")
    other.goto("/review/cases/c1")
    expect(other.get_by_text("此件现由 li 复核")).to_be_visible()
    expect(other.get_by_role("button", name="认领并开始复核")).to_have_count(0)
    other.goto("/review")
    expect(other.get_by_role("row", name="c1")).to_contain_text("li")
    mine.get_by_role("button", name="释放").click()
    mine.wait_for_url("**/review")
    other.reload()
    other.get_by_role("button", name="复核 c1").click()
    expect(other.locator(".work[data-mine=yes]")).to_be_visible()


def test_a_second_tab_with_an_old_page_is_refused_and_shown_the_difference(
    new_page: NewPage, served: Served
) -> None:
    page = claimed(new_page())
    old = page.context.new_page()
    old.goto("/review/cases/c1")
    expect(old.locator(".work[data-mine=yes]")).to_be_visible()
    seen = revision(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    settled(page, seen)
    old.keyboard.press("Enter")
    expect(old.get_by_text("本次决定未保存")).to_be_visible()
    expect(old.locator(".stale")).to_contain_text("姓名")
    assert value(served.desk) == "韦昊燚"
    assert [act for _, act, _ in served.audited if act.startswith("decide")] == ["decide-correct"]
    old.keyboard.press("Enter")
    expect(old.locator(".stale")).to_have_count(0)


def test_a_browser_closed_with_a_claim_open_holds_nothing(
    new_page: NewPage, served: Served
) -> None:
    page = claimed(new_page())
    page.close()
    later = new_page("wu")
    later.goto("/review/cases/c1")
    expect(later.get_by_text("此件现由 li 复核")).to_be_visible()
    served.desk.settings = served.desk.settings.model_copy(update={"claim_minutes": 1 / 6000})
    served.desk.claim("c1", "li")  # its last sign of life; ten milliseconds later it has ended
    later.reload()
    later.get_by_role("button", name="认领并开始复核").click()
    served.desk.settings = served.desk.settings.model_copy(update={"claim_minutes": 10.0})
    later.reload()
    expect(later.locator("main.case")).to_be_visible()


def test_values_are_masked_until_opened_and_opening_is_audited(
    new_page: NewPage, served: Served
) -> None:
    page = new_page()
    page.goto("/review")
    expect(page.get_by_role("row", name="c1")).to_contain_text("韦*燚")
    page.goto("/review/cases/c1")
    expect(page.locator("#work")).not_to_contain_text("韦昊炎")
    assert page.request.get("/review/cases/c1/paper").status == 403
    sha256 = served.desk.open("c1", "li").documents[0].pages[0].sha256
    assert page.request.get(f"/review/cases/c1/pages/{sha256}/1/0/picture").status == 403
    assert served.audited == []
    page.get_by_role("button", name="只查看").click()
    expect(page.locator("#work")).to_contain_text("韦昊炎")
    assert served.audited == [("li", "open-values", "c1")]
    assert page.request.get(f"/review/cases/c1/pages/{sha256}/1/0/picture").status == 200


def test_a_paper_is_moved_to_another_case(new_page: NewPage, served: Served) -> None:
    stray = id_card(Shown("黄梅"), "450103198501010026", seed=5, more={"sex": Shown("女")})
    hand_in(served.desk, "c2", [id_card(Shown("陆一"), seed=1, more=SURE), stray], TYPED)
    page = claimed(new_page(), "c2")
    page.locator("details.certain").evaluate("d => { d.open = true; }")
    form = page.locator("section.document", has_text="scan1.png").locator("form.arrange")
    form.get_by_label("这份材料").select_option("move")
    form.get_by_label("案件编号").fill("c1")
    seen = revision(page)
    form.get_by_role("button", name="执行").click()
    settled(page, seen)
    names = {d.value("name") for d in served.desk.open("c1", "li").documents}
    assert names == {"韦昊炎", "黄梅"}
    assert [d.value("name") for d in served.desk.open("c2", "li").documents] == ["陆一"]


def test_what_is_certain_can_be_opened_and_mended(new_page: NewPage, served: Served) -> None:
    page = claimed(new_page())
    page.locator("details.certain summary").click()
    row = page.locator("details.certain dd", has_text="壮")
    row.get_by_role("button", name="改").click()
    seen = revision(page)
    page.keyboard.insert_text("瑶")
    page.keyboard.press("Enter")
    settled(page, seen)
    assert value(served.desk, name="ethnicity") == "瑶"


def test_markup_in_a_name_is_text(new_page: NewPage, served: Served) -> None:
    evil = Shown("<img src=x onerror=alert(1)>", 0.5)
    hand_in(served.desk, "c9", [id_card(evil, seed=9, more=SURE)], TYPED)
    page = claimed(new_page(), "c9")
    expect(current(page).locator(".value-input")).to_have_value("<img src=x onerror=alert(1)>")
    assert page.locator("img[src=x]").count() == 0


def test_two_monitors_are_in_step(new_page: NewPage) -> None:
    page = claimed(new_page())
    with page.expect_popup() as opening:
        page.get_by_role("button", name="双屏").click()
    paper = opening.value
    expect(paper.locator(".field-mark")).to_be_visible()
    expect(page.locator("main.two-monitors")).to_be_visible()
    paper.close()
    expect(page.locator("main.two-monitors")).to_have_count(0)


class TestFourEyes:
    import pytest as _pytest

    @_pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"four_eyes_rules": "OCR-"})

    def test_the_second_sees_nothing_of_the_first(self, new_page: NewPage, served: Served) -> None:
        first = claimed(new_page("li"))
        first.keyboard.press("ArrowDown")
        first.keyboard.press("Enter")
        expect(first.get_by_text("处待第二人判断")).to_be_visible()
        first.get_by_role("button", name="释放").click()
        first.wait_for_url("**/review")
        second = claimed(new_page("wu"))
        assert "已作的决定" not in second.locator("#work").inner_text()
        expect(current(second).locator(".value-input")).to_have_value("韦昊炎")
        seen = revision(second)
        second.keyboard.press("ArrowDown")
        second.keyboard.press("Enter")
        settled(second, seen)
        assert value(served.desk) == "韦昊燚"


def test_a_decision_made_elsewhere_is_not_overwritten(new_page: NewPage, served: Served) -> None:
    page = claimed(new_page())
    opened = served.desk.open("c1", "li")
    (item,) = [i for i in opened.items if i.is_field]
    served.desk.decide("c1", "li", opened.revision, Move(item.key, Action.CORRECT, "韦昊焱"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("本次决定未保存")).to_be_visible()
    assert value(served.desk) == "韦昊焱"


def settle_name(page: Page, text: str) -> None:
    """Say what the name is; what is said is kept, though with four eyes nothing follows yet."""
    page.keyboard.insert_text(text)
    with page.expect_response(lambda answer: answer.url.endswith("/decide")) as answered:
        page.keyboard.press("Enter")
    assert answered.value.ok


@pytest.mark.parametrize(
    "settings", [Settings(cache=Path("none"), sample_rate=1.0, four_eyes_rules="OCR-")]
)
def test_four_eyes_the_second_person_s_page_shows_nothing_of_the_first(
    new_page: NewPage, served: Served
) -> None:
    first = claimed(new_page("li"))
    settle_name(first, "燊")
    expect(first.locator(".progress")).to_contain_text("1 处待第二人判断")
    first.get_by_role("button", name="释放").click()
    first.wait_for_url("**/review")

    second = claimed(new_page("wu"))
    page = second.content()
    assert "燊" not in page and "待第二人判断" not in page and "已作的决定" not in page
    expect(second.locator("mark").first).to_have_text("炎")
    settle_name(second, "燚")  # another word than the first's: neither counts
    expect(second.locator(".progress")).to_contain_text("1 处待第二人判断")
    assert served.desk.open("c1", "wu").documents[0].value("name") == "韦昊炎"
    second.get_by_role("button", name="释放").click()
    second.wait_for_url("**/review")

    # Who has spoken is not asked again; a third person's word decides with which of the two.
    first = claimed(first)
    expect(first.locator(".progress")).to_contain_text("1 处待第二人判断")
    first.get_by_role("button", name="释放").click()
    first.wait_for_url("**/review")
    third = claimed(new_page("lu"))
    settle_name(third, "燚")
    expect(third.locator(".progress")).not_to_contain_text("待第二人判断")
    assert served.desk.open("c1", "lu").documents[0].value("name") == "韦昊燚"


def test_by_touch_alone(new_page: NewPage, served: Served) -> None:
    """No keyboard at all: an alternative, the confirmation, the folded values; nothing to be hit
    by a finger is smaller than 24 px (WCAG 2.2, 2.5.8)."""
    page = new_page("li", 1366, 768, has_touch=True)
    page.goto("/review/cases/c1")
    page.get_by_role("button", name="认领并开始复核").tap()
    expect(page.locator("#main[data-ready=yes] .work[data-mine=yes]")).to_be_visible()
    for button in current(page).locator("button:visible").all():
        box = button.bounding_box()
        assert box is not None and min(box["width"], box["height"]) >= 24
    seen = revision(page)
    page.locator("[data-alternative]").first.tap()
    page.locator("[data-act=confirm]:visible").tap()
    settled(page, seen)
    assert value(served.desk) == "韦昊燚"
    page.locator("details.certain summary").tap()
    expect(page.locator("details.certain dl").first).to_be_visible()


def test_a_strangers_paper_is_given_back_beside_its_doubt(
    new_page: NewPage, served: Served
) -> None:
    own = id_card(Shown("韦昊燚"), more=SURE, seed=31)
    hand_in(served.desk, "c9", [own, OF_OTHER], TYPED)
    page = claimed(new_page(), "c9")
    at = page.locator("article.item").evaluate_all(
        "all => all.findIndex(a => a.querySelector('[data-elsewhere]'))"
    )
    for _ in range(at):
        page.keyboard.press("Tab")
    page.get_by_role("button", name="是另一件的").click()
    expect(page.locator("form.arrange input[name=case_id]:visible")).to_be_focused()
    seen = revision(page)
    page.get_by_role("button", name="不是本人的，退还").click()
    settled(page, seen)
    expect(page.locator(".give-back")).to_contain_text("请退还不属于申请人的材料：居民身份证")
    assert not [f for f in served.desk.open("c9", "li").record.open_findings if f.rule == "X1"]
