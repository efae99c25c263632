"""A real browser before the reviewer's pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from flows.review.desk import Desk
from pipeline.model import UnsureChar
from pipeline.settings import Settings
from pipeline.store.cases import Store
from tests.flows.pages.review.serving import Served, serving
from tests.flows.review.made import NUMBER_OK, SeesText, Shown, hand_in, id_card, make_desk

LOW = Shown("韦昊炎", 0.5, (UnsureChar(at=2, score=0.5, alternatives=("燚", "焱")),))
TYPED: dict[str, object] = {
    "channel": "window",
    "matters": ["M3"],
    "accepted_on": "2026-11-20",
    "name": "韦昊燚",
    "id_number": NUMBER_OK,
    "flex_type": "other",
    "employment": "flexible",
}
SURE = {"sex": Shown("男"), "birth_date": Shown("1990-01-01"), "ethnicity": Shown("壮")}

NewPage = Callable[..., Page]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "s.sqlite") as opened:
        yield opened


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(cache=tmp_path / "cache", sample_rate=1.0)


@pytest.fixture
def desk(tmp_path: Path, store: Store, settings: Settings) -> Desk:
    made = make_desk(tmp_path, store, SeesText("韦昊燚"), settings)
    hand_in(made, "c1", [id_card(LOW, more=SURE)], TYPED)
    return made


@pytest.fixture
def served(desk: Desk) -> Iterator[Served]:
    with serving(desk) as opened:
        yield opened


@pytest.fixture
def new_page(browser: Browser, served: Served) -> Iterator[NewPage]:
    """Opens a browser of its own for a person; nothing may leave the host, nothing may go wrong in
    the page's scripts."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def opened(
        person: str = "li", width: int = 1366, height: int = 768, has_touch: bool = False
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            base_url=served.address,
            has_touch=has_touch,
        )
        context.add_cookies([{"name": "who", "value": person, "url": served.address}])
        context.set_default_timeout(60_000)
        context.on("request", lambda r: _at_home(r.url, served.address, wrong))
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda m: _no_policy(m.text, wrong))
        contexts.append(context)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []


def _at_home(url: str, address: str, wrong: list[str]) -> None:
    if not url.startswith((address, "data:", "blob:", "about:")):
        wrong.append(f"left the host: {url}")


def _no_policy(text: str, wrong: list[str]) -> None:
    if "Content Security Policy" in text:
        wrong.append(text)


def claimed(page: Page, case_id: str = "c1") -> Page:
    """Claim a case and wait until its page hears keys."""
    page.goto(f"/review/cases/{case_id}")
    page.get_by_role("button", name="认领并开始复核").click()
    expect(page.locator("#main[data-ready=yes] .work[data-mine=yes]")).to_be_visible()
    return page
