"""Papers are split, joined, named otherwise and turned, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from flows.review.desk import Desk
from pipeline.model import DocumentType
from pipeline.settings import Settings
from pipeline.store.cases import Store
from tests.flows.pages.review.conftest import SURE, TYPED, NewPage, claimed
from tests.flows.pages.review.serving import Served
from tests.flows.pages.review.test_case_page import revision, settled
from tests.flows.review.made import Drawn, SeesRows, Shown, hand_in, id_card, make_desk


@pytest.fixture
def desk(tmp_path: Path, store: Store, settings: Settings) -> Desk:
    """A card of two scans, before an engine that takes everything to stand on its head."""
    made = make_desk(tmp_path, store, SeesRows(), settings)
    emblem = Drawn(DocumentType.ID_CARD, {"valid_to": Shown("长期")}, face="emblem", seed=9)
    hand_in(made, "c1", [id_card(Shown("LU YI"), seed=8, more=SURE), emblem], TYPED)
    return made


def form_of(page: Page, position: int) -> Locator:
    """The form of a paper, its papers unfolded."""
    page.locator("details.certain").evaluate("d => { d.open = true; }")
    return page.locator("form.arrange").nth(position)


def arrange(page: Page, position: int, action: str, /, **chosen: str) -> None:
    """Say something of a paper as a person does."""
    form = form_of(page, position)
    seen = revision(page)
    form.get_by_label("这份材料").select_option(action)
    for name, value in chosen.items():
        form.locator(f"select[name={name}]").select_option(value)
    form.get_by_role("button", name="执行").click()
    settled(page, seen)


def papers(served: Served) -> list[tuple[str, tuple[str, ...]]]:
    return [(str(d.type), d.faces) for d in served.desk.open("c1", "li").documents]


def test_a_paper_of_two_pages_is_split_and_joined_again(new_page: NewPage, served: Served) -> None:
    page = claimed(new_page())
    assert papers(served) == [("id_card", ("portrait", "emblem"))]
    arrange(page, 0, "split", page="1")
    assert papers(served) == [("id_card", ("portrait",)), ("id_card", ("emblem",))]
    expect(page.locator("section.document")).to_have_count(2)
    arrange(page, 0, "join", other="d2")
    assert papers(served) == [("id_card", ("portrait", "emblem"))]
    expect(page.locator("section.document")).to_have_count(1)
    expect(page.locator(".decisions")).to_contain_text("合并")


def test_a_paper_is_said_to_be_of_another_kind(new_page: NewPage, served: Served) -> None:
    page = claimed(new_page())
    arrange(page, 0, "split", page="1")
    arrange(page, 1, "reclassify", kind="residence_permit")
    assert [kind for kind, _ in papers(served)] == ["id_card", "residence_permit"]
    expect(page.locator("section.document").nth(1)).to_contain_text("居住证")


def test_a_page_is_turned_and_shown_as_it_was_turned(new_page: NewPage, served: Served) -> None:
    page = claimed(new_page())
    arrange(page, 0, "split", page="1")
    arrange(page, 1, "rotate", turn="180")
    turned = served.desk.open("c1", "li").documents[1].pages[0]
    assert turned.rotation == 180
    with page.expect_response(lambda r: r.url.endswith(f"/{turned.sha256}/1/180/picture")) as told:
        page.keyboard.press("Tab")
    assert told.value.ok


def test_what_cannot_be_arranged_is_said_and_changes_nothing(
    new_page: NewPage, served: Served
) -> None:
    page = claimed(new_page())
    form = form_of(page, 0)
    form.get_by_label("这份材料").select_option("move")
    form.get_by_label("案件编号").fill("no such case")
    form.get_by_role("button", name="执行").click()
    expect(page.locator("#say")).to_contain_text("没有案件“no such case”")
    assert papers(served) == [("id_card", ("portrait", "emblem"))]
    assert [act for _, act, _ in served.audited if act.startswith("decide")] == []
